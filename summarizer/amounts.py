"""Amounts in a sentence: numbers that may count something, with their ranges and bounds.

Dates, years, ages, clock times and numbers that belong to a name are no amounts. Knows nothing
about what is counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from summarizer.counted import LEAST, VAGUE, bound_pattern, lists
from summarizer.numbers import Mention, mentions
from summarizer.text import fold
from summarizer.words import CALENDAR

_LETTERS = {"m": 6, "b": 9}
_PART = re.compile(
    r"\s+(?:out )?of (?:them|whom|its|his|their)\b"
    r"|\s+in\s+(?:\d|two|three|four|five|six|seven|eight|nine|ten)\b"
)
_STATE = (
    r"(?:\s+[\w’'-]+){0,4}?\s+(?:killed|dead|wounded|injured|hurt|missing|arrested|detained)\s+"
    r"(?:were|was|are|is|had|have|has)\b"
)
_STATED = re.compile(_STATE)
_OF_THE = re.compile(r"\s+(?:out )?of (?:the|those|these)\b")
_NUMBER = r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
_OF_A_NUMBER = re.compile(rf"{_OF_THE.pattern}\s+{_NUMBER}")
_SHARE_OF = re.compile(
    r"(?:\bof (?:the|those|these|all)|\b(?:one|two|three|\d+) (?:in|out of)(?: every)?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number or range where it stands, bounds included from `begin` on."""

    low: Decimal
    high: Decimal
    unit: str
    sign: str
    begin: int
    start: int
    end: int


def amounts(sentence: str) -> list[Amount]:
    """Give the amounts of a sentence in order; a range, or "tens of thousands", is one."""
    return _joined(sentence, _counting(sentence))


def _counting(sentence: str) -> list[Mention]:
    """The numbers that may count something: no dates, years, ages, times, names, parts of it."""
    found = []
    for one in sorted(mentions(sentence), key=lambda mention: mention.start):
        number = one.number
        written = sentence[one.start : one.end]
        if number.unit == "th" or ":" in number.value:
            continue
        if number.unit in _LETTERS and not re.match(r"\s+[a-z]{3,}", sentence[one.end :]):
            continue  # metres, not millions
        if number.unit == "s" and written[0].isdigit():
            continue
        after, before = sentence[one.end :], sentence[: one.start].rstrip()
        if re.match(r"(?:-|\s)year(?:s|-|\s)*old|-[a-z]", after):
            continue
        if number.unit != "%" and (_PART.match(after) or _is_share(before, after)):
            continue
        if _is_date(number.value, written, before, after) or _is_name(written, before, after):
            continue
        found.append(one)
    return found


def _is_share(before: str, after: str) -> bool:
    """Whether another number beside this one counts, and this one says only what part it is.

    Of "12 of the 15 aboard died" the 12 count; of "3 of the 12 killed were women" the 12 do.
    """
    if _SHARE_OF.search(before):
        return not _STATED.match(after)
    whole = _OF_A_NUMBER.match(after)
    if whole is not None:
        return bool(_STATED.match(after, whole.end()))
    return bool(_OF_THE.match(after))


def _is_date(value: str, written: str, before: str, after: str) -> bool:
    if re.fullmatch(r"(?:1[5-9]|20)\d\d", written):
        if re.search(r"\b(?:in|since|of|from|until|during|by|before|after)$", before.lower()):
            return True
        counted = re.match(r"\s+([a-z]+)", after)
        return not (counted and counted[1] in lists().words["anyone"])
    last = re.search(r"([^\W\d_]+)\.?$", before)
    following = re.match(r"\s+([^\W\d_]+)", after)
    if value.isdigit() and int(value) <= 31:
        if last and last[1].casefold() in CALENDAR and last[1][0].isupper():
            return True
        if following and following[1].casefold() in CALENDAR and following[1][0].isupper():
            return True
    return False


def _is_name(written: str, before: str, after: str) -> bool:
    """A number that belongs to a name before it: "Boeing 737", "Title 42", "COVID-19"."""
    if not written[0].isdigit():
        return False
    if before.endswith(("-", "–", "/")) and re.search(r"[^\W\d_][-–/]$", before):
        return True
    last = re.search(r"(?:^|\s)([^\W\d_][\w.]*)$", before)
    if last is None or not last[1][0].isupper() or fold(last[1]) in CALENDAR:
        return False
    counted = re.match(r"\s+([a-z]+)", after)
    starts = not before[: last.start()].strip()
    return not (starts or (counted and counted[1] in lists().words["anyone"]))


def _joined(sentence: str, found: Sequence[Mention]) -> list[Amount]:
    """Numbers with their bounds; two that make a range, or "tens of thousands", are one."""
    amounts: list[Amount] = []
    skip = False
    for one, following in pairwise([*found, None]):
        assert one is not None
        if skip:
            skip = False
            continue
        amount = _amount(sentence, one)
        if following is not None:
            between = sentence[one.end : following.start].strip().lower()
            second = _amount(sentence, following)
            joined = _range(sentence, amount, second, between)
            if joined is not None:
                amounts.append(joined)
                skip = True
                continue
        amounts.append(amount)
    return amounts


def _amount(sentence: str, one: Mention) -> Amount:
    value = Decimal(one.number.value)
    unit, sign = one.number.unit, ""
    if unit in _LETTERS:
        value, unit = value * 10 ** _LETTERS[unit], ""
    begin = one.start
    if unit == "s":
        unit, sign = "", VAGUE
    if re.search(r"\b(?:several|a few|many)\s+$", sentence[: one.start], re.IGNORECASE):
        sign = VAGUE
    bound = bound_pattern().search(sentence, max(0, one.start - 24), one.start)
    if bound:
        begin = bound.start()
        sign = sign or lists().bounds[bound[1].lower()]
    last = re.search(r"([a-z]+)\s+$", sentence[: one.start])
    if last and last[1] in lists().words["exceeds"]:
        sign = sign or LEAST
    return Amount(value, value, unit, sign, begin, one.start, one.end)


def _range(sentence: str, one: Amount, two: Amount, between: str) -> Amount | None:
    if one.sign == VAGUE and two.sign == VAGUE and between == "of":
        value = one.low * two.low
        return replace(one, low=value, high=value, end=two.end)
    units = {one.unit, two.unit} - {""}
    if len(units) > 1 or VAGUE in (one.sign, two.sign):
        return None
    before = sentence[: one.begin].rstrip().lower()
    unit = next(iter(units), "")
    if between == "to" and before.endswith("from"):
        return replace(two, unit=unit)  # it rose from one to the other
    low = one.low
    if low < two.low and two.low >= 1000 and one.low < 100 and between in ("to", "-", "–"):
        scale = re.search(r"(million|billion|trillion|thousand)", sentence[two.start : two.end])
        if scale:  # "5 to 7 million"
            times = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}[scale[1]]
            low = low * 10**times
    if low >= two.low:
        return None
    if between in ("to", "-", "–", "or") or (between == "and" and before.endswith("between")):
        begin = one.begin
        if between == "and":
            begin = sentence[: one.begin].lower().rfind("between")
        return Amount(low, two.low, unit, one.sign, begin, one.start, two.end)
    return None


def shown(sentence: str, one: Amount) -> str:
    """Give an amount as one would read it: "at least 12", "18 to 20"."""
    if one.sign == VAGUE:
        return " ".join(sentence[one.begin : one.end].lower().split())
    bound = " ".join(sentence[one.begin : one.start].split()).lower()
    bound = re.sub(r"\s+an?$", "", bound) if bound else ""
    if one.sign == LEAST and not bound:
        bound = "more than"  # the verb before it said so: it passed, it topped
    if one.low != one.high:
        bound = "" if bound == "between" else bound
        low, high = _plain(one.low), _plain(one.high)
        scale = high.partition(" ")[2]
        low = low.removesuffix(f" {scale}") if scale else low
        text = f"{low} to {high}"
    else:
        text = _plain(one.low)
    text = f"{one.unit}{text}" if one.unit and one.unit != "%" else f"{text}{one.unit}"
    return f"{bound} {text}".strip()


def _plain(value: Decimal) -> str:
    for name, size in (("trillion", 12), ("billion", 9), ("million", 6)):
        if value >= 10**size:
            return f"{(value / 10**size).normalize():f} {name}"
    return f"{value:,f}"
