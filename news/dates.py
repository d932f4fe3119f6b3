"""The days that a text speaks of, with their places in it, resolved against its own date.

Patterns of a language's words find, the calendar resolves; what is no day (a week, a month, a
year) is given with its bounds. Knows no articles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from dateutil.relativedelta import relativedelta

from news.datewords import TOKEN, YEAR, Words, words_of

Grain = Literal["day", "span", "week", "month", "year"]

_NEAR = 90
"""So many characters before or after a day say whether it is told as past or as to come."""
_ANY = date.max
"""The day of a text without one: what a full date means does not depend on it."""
_WINDOW = 40
"""No expression reaches further from the word that it is found by."""
_FOUR = re.compile(YEAR)
_CLAUSE = re.compile(r"[.!?;:\n]\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A time that a text names: `text[start:end]`, from `first` to `last`, both included.

    `grain` "day" is one day, "span" two days named as ends. `ahead`: told as yet to come.
    `full`: its year is named.
    """

    start: int
    end: int
    first: date
    last: date
    grain: Grain
    ahead: bool = False
    full: bool = False

    @property
    def days(self) -> tuple[date, ...]:
        """The days named: one, the two ends of a span, none of what is no day."""
        if self.grain == "day":
            return (self.first,)
        return (self.first, self.last) if self.grain == "span" else ()


def mentions(text: str, published: date | None, language: str | None = None) -> list[Mention]:
    """Give the times that `text` names, in order, none inside another.

    `published` is the day the text is of: without it only full dates are read. `language` is
    an ISO 639 code, English without one. What is no date of the calendar (30 February) or
    could be two (03/04/2021) is left out.
    """
    words = words_of(language)
    found: list[Mention] = []
    for begin, end in _windows(text, words.anchors):
        for match in words.pattern.finditer(text, begin, end):
            kind = str(match.lastgroup)
            read = _READERS.get(kind)
            full = _is_full(match, kind)
            if read is None or (published is None and not full):
                continue
            try:
                one = read(match, words, published or _ANY, found[-1].end if found else 0)
            except (ValueError, OverflowError):
                continue
            if one is not None:
                found.append(replace(one, full=full))
    return found


def _is_full(match: re.Match[str], kind: str) -> bool:
    """Whether an expression names its year, so that it means the same in any text."""
    return f"{kind}_y" in match.re.groupindex and match[f"{kind}_y"] is not None


def _windows(text: str, anchors: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Give the stretches of a text that may name a time: its words' neighbourhoods, joined.

    The pattern is tried only there: on whole texts it takes fifteen times as long.
    """
    begin = end = 0
    for token in TOKEN.finditer(text):
        if token[0] not in anchors and not _FOUR.fullmatch(token[0]):
            continue
        if token.start() - _WINDOW > end:
            if end:
                yield begin, end
            begin = max(end, token.start() - _WINDOW)
        end = min(len(text), token.end() + _WINDOW)
        while end < len(text) and text[end - 1].isalnum():
            end += 1
    if end:
        yield begin, end


def _mention(
    match: re.Match[str], first: date, last: date | None = None, grain: Grain = "day",
    *, ahead: bool = False,
) -> Mention:  # fmt: skip
    last = last or first
    if last < first:
        raise ValueError("a span that ends before it begins")
    return Mention(
        start=match.start(), end=match.end(), first=first, last=last, grain=grain, ahead=ahead
    )


def _calendar(match: re.Match[str], words: Words, published: date, after: int) -> Mention:
    """Read a day with its month: "3 March", "March 3, 2021", "9 to 14 February"."""
    kind = match.lastgroup
    month, other = words.months[match[f"{kind}_m"].casefold()], match[f"{kind}_n"]
    named = words.months[other.casefold()] if other else month
    # "30 January to 2 February", but "January 30 to February 2": which month is the first day's
    starts, ends = (named, month) if kind == "dmy" else (month, named)
    day, end, year = int(match[f"{kind}_d"]), match[f"{kind}_e"], match[f"{kind}_y"]
    if end is None:
        first = _dated(day, month, year, published)
        return _mention(match, first, ahead=first > published)
    last = _dated(int(end), ends, year, published)
    first = date(last.year, starts, day)
    if first > last and starts > ends:  # from December to January
        first = date(last.year - 1, starts, day)
    return _mention(match, first, last, "span", ahead=first > published)


def _dated(day: int, month: int, year: str | None, published: date) -> date:
    """Give a day; without a year the one nearest to the day of publication."""
    if year is not None:
        return date(int(year), month, day)
    near = []
    for offset in (-1, 0, 1):
        try:
            near.append(date(published.year + offset, month, day))
        except ValueError:  # 29 February
            continue
    return min(near, key=lambda one: abs(one - published))


def _iso(match: re.Match[str], words: Words, published: date, after: int) -> Mention:
    one = date(int(match["iso_y"]), int(match["iso_m"]), int(match["iso_d"]))
    return _mention(match, one, ahead=one > published)


def _figures(match: re.Match[str], words: Words, published: date, after: int) -> Mention | None:
    """Read 13/02/2022; where day and month could be each other's, nobody knows."""
    one, two, year = int(match["fig_1"]), int(match["fig_2"]), int(match["fig_y"])
    if one > 12 or match["fig_s"] == "." or one == two:
        found = date(year, two, one)
    elif two > 12:
        found = date(year, one, two)
    else:
        return None
    return _mention(match, found, ahead=found > published)


def _weekday(match: re.Match[str], words: Words, published: date, after: int) -> Mention | None:
    """Read a weekday: the last one before publication, the next where it is told as to come."""
    which = (match["wd_q"] or "").casefold()
    if which in words.repeated:
        return None
    weekday = words.weekdays[match["wd_d"].casefold()]
    back = (published.weekday() - weekday) % 7
    if which in words.before:
        return _mention(match, published - timedelta(days=back or 7))
    if which in words.after or _is_ahead(match, words, after):
        on = published + timedelta(days=(weekday - published.weekday()) % 7 or 7)
        return _mention(match, on, ahead=True)
    return _mention(match, published - timedelta(days=back))


def _is_ahead(match: re.Match[str], words: Words, after: int) -> bool:
    """Say whether a clause tells its day as to come: its nearest word of telling decides.

    A day that opens its sentence is judged by what follows.
    """
    if words.cue is None:
        return False
    text = match.string
    left = max(after, match.start() - _NEAR)
    before = text[left : match.start()]
    cut = [found.end() for found in _CLAUSE.finditer(before)]
    clause = before[cut[-1] :] if cut else before
    cues = [found[0].casefold() for found in words.cue.finditer(clause)]
    if cues:
        return cues[-1] in words.ahead
    if len(clause.split()) > 2:
        return False
    ends = _CLAUSE.search(text, match.end(), match.end() + _NEAR)
    until = ends.start() if ends else match.end() + _NEAR
    following = words.cue.search(text, match.end(), until)
    return following is not None and following[0].casefold() in words.ahead


def _relative(match: re.Match[str], words: Words, published: date, after: int) -> Mention:
    off = words.relative[" ".join(match["rel_w"].casefold().split())]
    return _mention(match, published + timedelta(days=off), ahead=off > 0)


def _ago(match: re.Match[str], words: Words, published: date, after: int) -> Mention | None:
    number = match["ago_n"].casefold()
    count = int(number) if number.isdigit() else words.numbers[number]
    unit = words.units[match["ago_u"].casefold()]
    if unit == "day":
        return _mention(match, published - timedelta(days=count))
    then = published - relativedelta(**{f"{unit}s": count})
    return _mention(match, *_period(then, unit))


def _this_or_last(match: re.Match[str], words: Words, published: date, after: int) -> Mention:
    which, unit = match["per_q"].casefold(), words.units[match["per_u"].casefold()]
    step = -1 if which in words.before else 1 if which in words.after else 0
    then = published + relativedelta(**{f"{unit}s": step})
    return _mention(match, *_period(then, unit), ahead=step > 0)


def _month(match: re.Match[str], words: Words, published: date, after: int) -> Mention:
    """Read "March 2021", or "in March": the nearest one."""
    kind = match.lastgroup
    month = words.months[match[f"{kind}_m"].casefold()]
    year = match["my_y"] if kind == "my" else None
    first = _dated(1, month, year, published)
    return _mention(match, *_period(first, "month"), ahead=first > published)


def _year(match: re.Match[str], words: Words, published: date, after: int) -> Mention:
    first = date(int(match["yr_y"]), 1, 1)
    return _mention(match, *_period(first, "year"), ahead=first > published)


def _period(day: date, unit: str) -> tuple[date, date, Grain]:
    """Give the first and last day of the week, month or year that a day lies in."""
    if unit == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6), "week"
    if unit == "month":
        first = day.replace(day=1)
        return first, first + relativedelta(months=1, days=-1), "month"
    return day.replace(month=1, day=1), day.replace(month=12, day=31), "year"


_READERS: dict[str, Any] = {
    "dmy": _calendar,
    "mdy": _calendar,
    "iso": _iso,
    "fig": _figures,
    "wd": _weekday,
    "rel": _relative,
    "ago": _ago,
    "per": _this_or_last,
    "my": _month,
    "mo": _month,
    "yr": _year,
}
"""How each kind of match is read; a name that only holds a day's name has no reader."""
