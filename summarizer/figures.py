"""What the numbers of a sentence count: "killing at least 12" is 12 or more killed.

The words by which it is told are data (`data/counted_en.toml`). A number whose count these
words do not tell is no figure. Knows one sentence, no articles and no dates.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from summarizer.amounts import Amount, amounts, shown
from summarizer.counted import ABOUT, LEAST, MOST, VAGUE, Kind, lists
from summarizer.text import fold, stem
from summarizer.words import CALENDAR, STOP_WORDS

__all__ = [
    "ABOUT",
    "LEAST",
    "MONEY",
    "MOST",
    "PERCENT",
    "VAGUE",
    "Figure",
    "asks_for_count",
    "counted",
    "counts_people",
    "figures",
    "kinds_asked",
]

MONEY, PERCENT = "money", "percent"

_TOKEN = re.compile(r"[^\W_]+(?:[’'.-][^\W_]+)*|[^\s\w]")
_AFTER = 14
"""So many words behind a number are looked at for what it counts."""
_TOLL = 14
_GUESSED = 6
_LONGEST_FORM = 4
_QUOTES = "\"'“”‘’«»"
_RATE = re.compile(
    r"[^.,;:]{0,40}\b(?:an?|per|each|every) (?:day|week|month|year|hour)\b|[^.,;:]{0,40}\bdaily\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A count in a sentence, from `low` to `high`, the same where it is one number.

    `kind` is a name of the word lists, "money" or "percent". `sign` is "" (as told), ">" (at
    least), "<" (at most), "~" (about) or "s" (dozens, hundreds). `who` is the stem of the noun
    where it narrows the kind (12 children), else "". `sentence[start:end]` is the number with
    the words that say how exact it is.
    """

    kind: str
    low: Decimal
    high: Decimal
    sign: str = ""
    unit: str = ""
    who: str = ""
    noun: str = ""
    start: int
    end: int
    shown: str = ""

    def __str__(self) -> str:
        """As one would read it: "at least 12", "18 to 20", "1.5 million $"."""
        return self.shown


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    low: str
    start: int
    end: int


def _words(name: str) -> frozenset[str]:
    return lists().words[name]


def kinds_asked(question: str) -> list[str]:
    """Give the kinds of figure that the words of a question ask for, in their order."""
    asked = [fold(match[0]) for match in _TOKEN.finditer(question)]
    text = f" {' '.join(asked)} "
    found: dict[str, int] = {}
    for kind in lists().kinds:
        forms = kind.after | kind.before | kind.asked | kind.nouns
        places = [text.find(f" {form} ") for form in forms]
        hits = [place for place in places if place >= 0]
        if hits:
            found[kind.name] = min(hits)
    return sorted(found, key=found.__getitem__)


def asks_for_count(question: str) -> bool:
    """Whether a question wants a number: "how many", "the death toll of"."""
    text = f" {' '.join(fold(match[0]) for match in _TOKEN.finditer(question))} "
    return any(f" {form} " in text for form in _words("questions"))


def counted(sentence: str, nouns: Collection[str]) -> list[Figure]:
    """Give the numbers right before a noun of one of these stems: "some 500 explosions"."""
    tokens = [_Token(m[0], fold(m[0]), m.start(), m.end()) for m in _TOKEN.finditer(sentence)]
    found = []
    for one in amounts(sentence):
        right = [token for token in tokens if token.start >= one.end][:_LONGEST_FORM]
        left = [token for token in tokens if token.end <= one.begin]
        named = next((token for token in right if stem(token.low) in nouns), None)
        if named is None or one.unit or _guessed(left):
            continue
        between = right[: right.index(named)]
        if any(not token.text[0].isalnum() or token.low in STOP_WORDS for token in between):
            continue
        found.append(
            Figure(
                kind=named.low,
                low=one.low,
                high=one.high,
                sign=one.sign,
                start=one.begin,
                end=one.end,
                shown=shown(sentence, one),
            )
        )
    return found


def counts_people(kind: str) -> bool:
    """Whether what is counted are people, so that a noun may narrow it."""
    return any(one.people for one in lists().kinds if one.name == kind)


def figures(sentence: str) -> list[Figure]:
    """Give what is counted in a sentence, in order; plans, guesses and ages are left out."""
    found = amounts(sentence)
    if not found:
        return []
    tokens = [_Token(m[0], fold(m[0]), m.start(), m.end()) for m in _TOKEN.finditer(sentence)]
    return [
        figure
        for place, one in enumerate(found)
        if (figure := _figure(sentence, tokens, found, place, one)) is not None
    ]


def _figure(
    sentence: str,
    tokens: Sequence[_Token],
    found: Sequence[Amount],
    place: int,
    one: Amount,
) -> Figure | None:
    right = [token for token in tokens if token.start >= one.end]
    left = [token for token in tokens if token.end <= one.begin]
    if _guessed(left):
        return None
    text = shown(sentence, one)
    plain = Figure(
        kind="",
        low=one.low,
        high=one.high,
        sign=one.sign,
        unit=one.unit,
        start=one.begin,
        end=one.end,
        shown=text,
    )
    if one.unit == "%":
        return replace(plain, kind=PERCENT)
    if one.unit:
        return replace(plain, kind=MONEY)
    if right and right[0].low in _words("measures"):
        return None
    if right and right[0].text in "-–" and right[0].start == one.end:
        return None
    others = [amount.begin for amount in found if amount is not one]
    noun, who, told = _noun(right)
    if told in _words("measures"):
        return None
    if _RATE.match(sentence, one.end):
        who = "rate"
    kind = _deed(left) or _state(right, others) or _toll(sentence, left, found[:place])
    if kind is not None:
        narrows = kind.people or who in ("new", "rate")
        return replace(plain, kind=kind.name, who=who if narrows else "", noun=noun)
    kind = _counted(right)
    if kind is None:
        return None
    whose = " ".join(stem(fold(word)) for word in noun.split() if word[0].isupper())
    return replace(plain, kind=kind.name, who=whose, noun=noun)


def _guessed(left: Sequence[_Token]) -> bool:
    near = left[-_GUESSED:]
    cut = max((at for at, token in enumerate(near) if token.text in ".;:—"), default=-1)
    return any(token.low in _words("guesses") for token in near[cut + 1 :])


def _deed(left: Sequence[_Token]) -> Kind | None:
    """Find the deed right before the number: "killed [another] 12"."""
    rest = list(left[-6:])
    while rest and (rest[-1].low in _words("another") or rest[-1].text in _QUOTES):
        rest.pop()
    for length in (2, 1):
        if len(rest) >= length:
            form = " ".join(token.low for token in rest[-length:])
            for kind in lists().kinds:
                if form in kind.before:
                    return kind
    return None


def _state(right: Sequence[_Token], others: Sequence[int]) -> Kind | None:
    """Find the state of who is counted, behind the number: "12 people were killed"."""
    at, seen = 0, 0
    passive = False
    while at < len(right) and seen < _AFTER:
        token = right[at]
        listed = token.start in others and at > 0 and right[at - 1].low == "and"
        if token.start in others and not listed:
            return None
        if token.low in _words("stops") or token.low in _words("guesses"):
            return None
        if token.text in ".;:—()":
            return None
        if token.text == ",":
            resumed = _resumed(right, at)
            if resumed is None:
                return None
            at = resumed
            continue
        kind, length = _form(right, at, "after")
        if kind is not None:
            follower = right[at + length] if at + length < len(right) else None
            form = " ".join(one.low for one in right[at : at + length])
            if passive or form not in kind.before or _is_passive(follower):
                return _with_second(kind, right, at + length)
            return None
        passive = passive or token.low in _words("passive")
        at, seen = at + 1, seen + 1
    return None


def _with_second(kind: Kind, right: Sequence[_Token], at: int) -> Kind:
    """Make one number for two kinds a kind of its own: "killed and injured"."""
    if at + 1 < len(right) and right[at].low in ("and", "or"):
        second, _ = _form(right, at + 1, "after")
        if second is not None and second is not kind:
            return replace(kind, name=f"{kind.name} or {second.name}")
    return kind


def _resumed(right: Sequence[_Token], comma: int) -> int | None:
    """Where a sentence goes on after a parenthesis between commas: ", including a child, were"."""
    for at in range(comma + 1, min(comma + 12, len(right) - 1)):
        if right[at].text == ",":
            goes_on = right[at + 1].low in _words("resumes")
            return at + 1 if goes_on else None
    return None


def _is_passive(follower: _Token | None) -> bool:
    if follower is None or not follower.text[0].isalnum():
        return True
    if follower.low in _words("fresh"):
        return False
    return follower.low in _words("goes_on") or follower.low in _words("anyone")


def _form(right: Sequence[_Token], at: int, where: str) -> tuple[Kind | None, int]:
    for length in range(min(_LONGEST_FORM, len(right) - at), 0, -1):
        form = " ".join(token.low for token in right[at : at + length])
        for kind in lists().kinds:
            if form in getattr(kind, where):
                return kind, length
    return None, 0


def _toll(sentence: str, left: Sequence[_Token], earlier: Sequence[Amount]) -> Kind | None:
    """Find the kind in "the death toll in the port has risen to 12"."""
    if not left or left[-1].low not in _words("links"):
        return None
    near = left[-_TOLL:]
    begin = near[0].start
    if any(amount.start >= begin for amount in earlier[-1:]):
        begin = earlier[-1].end
    text = sentence[begin : left[-1].end].lower()
    if re.search(r"[.;:—]", text):
        return None
    for kind in lists().kinds:
        if any(re.search(rf"\b{re.escape(form)}\b", text) for form in kind.toll):
            return kind
    return _number_of([token for token in near if token.start >= begin])


def _number_of(near: Sequence[_Token]) -> Kind | None:
    """Find the kind in "the number of people killed by the storm"."""
    for at in range(len(near) - 2):
        if near[at].low in _words("totals") and near[at + 1].low == "of":
            for place in range(at + 2, min(at + 5, len(near))):
                kind, _ = _form(near, place, "after")
                if kind is not None:
                    return kind
    return None


def _noun(right: Sequence[_Token]) -> tuple[str, str, str]:
    """The words between a number and what is told of them, the stem that narrows, the head."""
    phrase: list[_Token] = []
    for at, token in enumerate(right[:6]):
        if not token.text[0].isalnum():
            break
        if at == 0 and token.low == "of":
            continue
        verbal = token.low in STOP_WORDS or token.low in _words("stops")
        kind, _ = _form(right, at, "after")
        joined = at > 0 and token.low.endswith(("ing", "ed"))
        if (verbal and token.low not in ("other", "others")) or kind is not None or joined:
            break
        if token.low in CALENDAR:
            break
        phrase.append(token)
    if not phrase:
        return "", "", ""
    anyone = _words("anyone")
    head = phrase[-1]
    noun = " ".join(token.text for token in phrase)
    telling = [token for token in phrase if token.low not in anyone]
    who = stem(head.low) if head.low not in anyone else ""
    if not who and any(token.low in _words("fresh") for token in phrase):
        who = "new"  # those of a day, not all
    if not who and any(token.text[0].isupper() for token in telling):
        who = stem(telling[-1].low)
    return noun, who, head.low


def _counted(right: Sequence[_Token]) -> Kind | None:
    """The kind whose thing is counted: "12 [ballistic] missiles"."""
    for at, token in enumerate(right[:4]):
        if not token.text[0].isalnum() or (token.low in STOP_WORDS and token.low != "of"):
            return None
        kind, _ = _form(right, at, "nouns")
        if kind is not None:
            return kind
    return None
