"""What a number or a date belongs to: "12 killed and 20 wounded" is not "20 killed".

Each word of a sentence goes to the nearest number, and to the nearest date, of its clause.
Knows no values: `numbers` reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from summarizer.evidence import Unit, units
from summarizer.grammar import verb_forms
from summarizer.numbers import Number, mentions
from summarizer.text import fold

_BREAK = re.compile(r"[,;:()—–]|\b(?:and|but|while|after|before|when|then)\b")
_BRACKET = re.compile(r"\([^()]*\)")
_SCORE = re.compile(r"\s?[-–]\s?")
_PER_BREAK = 40
_BEFORE_NUMBER = 15
"""What is counted follows its number: a word before one is this many characters further."""
_REACH = 60
_BEHIND = 5
_BESIDE_AFTER, _BESIDE_BEFORE = 30, 12


@dataclass(frozen=True, slots=True)
class Anchor:
    """A number (`value` is a Number) or a date (its form) and the words that belong to it."""

    value: Number | str
    start: int
    words: tuple[Unit, ...]


@lru_cache(maxsize=1_000)
def anchors(text: str, *, dates: bool) -> tuple[Anchor, ...]:
    """The numbers of `text`, or its dates, each with the words that stand nearest to it."""
    stated = units(text)
    days = [(unit.form, unit.start, unit.start + len(unit.word)) for unit in stated if unit.is_date]
    spots: list[tuple[Number | str, int, int]] = [*days] if dates else [*_counts(text, days)]
    owned: list[list[tuple[int, Unit]]] = [[] for _ in spots]
    breaks = [match.start() for match in _BREAK.finditer(text)]
    brackets = [match.span() for match in _BRACKET.finditer(text)]
    for unit in stated:
        if unit.is_date or not spots:
            continue
        away = [_distance(unit, start, end, breaks, brackets, dates) for _, start, end in spots]
        nearest = min(range(len(spots)), key=away.__getitem__)
        if away[nearest] <= _REACH + _PER_BREAK:
            owned[nearest].append((away[nearest], unit))
    return tuple(
        Anchor(
            value=value,
            start=start,
            words=tuple(unit for _, unit in sorted(words, key=lambda pair: pair[0])),
        )
        for (value, start, _), words in zip(spots, owned, strict=True)
    )


def _counts(text: str, days: Sequence[tuple[str, int, int]]) -> Iterator[tuple[Number, int, int]]:
    """The numbers that count something: not "19" of "April 19", of "2-0" only the first."""
    last = -1
    for mention in sorted(mentions(text), key=lambda mention: mention.start):
        dated = any(
            0 <= mention.start - end <= 1 or 0 <= start - mention.end <= 4 for _, start, end in days
        )
        if not dated and (last < 0 or not _SCORE.fullmatch(text[last : mention.start])):
            yield mention.number, mention.start, mention.end
        last = mention.end


def _distance(
    unit: Unit,
    start: int,
    end: int,
    breaks: Sequence[int],
    brackets: Sequence[tuple[int, int]],
    dates: bool,
) -> int:
    ahead = unit.start < start
    low, high = (unit.start, start) if ahead else (end, unit.start)
    crossed = sum(low <= one < high for one in breaks)
    for opened, closed in brackets:
        if low <= opened and closed <= high:  # a whole bracket between: as if it were not there
            crossed -= sum(opened <= one < closed for one in breaks)
            low += closed - opened
        elif opened <= start < closed and not opened <= unit.start < closed:
            crossed += 2  # what a bracket counts is its own
    return high - low + crossed * _PER_BREAK + (_BEFORE_NUMBER if ahead and not dates else 0)


def belongs_to_other(written: str, source: str, *, dates: bool) -> str | None:
    """One line when `source` ties what `written` says of a number or date to another one."""
    theirs = anchors(source, dates=dates)
    if len({anchor.value for anchor in theirs}) < 2:
        return None
    for mine in anchors(written, dates=dates):
        same = {u.form for one in theirs if one.value == mine.value for u in one.words}
        if not any(one.value == mine.value for one in theirs):
            continue
        for other in theirs:
            if other.value == mine.value:
                continue
            only = {unit.form for unit in other.words if _is_beside(unit, other.start)} - same
            if _tells_of(mine, only, same) or (dates and _place_after(mine) & only):
                shown = written[mine.start : mine.start + 12].split(maxsplit=1)[0].strip(".,;:")
                return f"its source does not say this of {shown!r}"
    return None


def _is_beside(unit: Unit, start: int) -> bool:
    """Whether a word stands so near to a number or date that no other thing is between."""
    if unit.start > start:
        return unit.start - start <= _BESIDE_AFTER
    return start - unit.start - len(unit.word) <= _BESIDE_BEFORE


def _place_after(mine: Anchor) -> set[str]:
    """The name right behind a date: "June in Belmora"."""
    end = mine.start + len(str(mine.value))
    return {
        unit.form
        for unit in mine.words
        if unit.word[0].isupper() and mine.start < unit.start <= end + _BEHIND
    }


def _tells_of(mine: Anchor, only: set[str], same: set[str]) -> bool:
    """Whether the nearest deed, or everything near, is what the source ties to another."""
    near = mine.words[:4]
    deeds = [unit for unit in near if fold(unit.word) in verb_forms()]
    if deeds and deeds[0].form in only:
        return True
    forms = {unit.form for unit in near}
    return len(forms & only) >= 2 and not forms & same
