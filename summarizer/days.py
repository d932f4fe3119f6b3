"""Days that a text names, resolved against the date it was published.

"Tuesday", "yesterday" and "5 March" of one article can be one day. Knows no time zones: a
day is what the article's own date calls so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from summarizer.words import CALENDAR, DAYS, MONTHS

_MONTH = "|".join(sorted((m for m in CALENDAR if CALENDAR[m] in MONTHS), key=len, reverse=True))
_MONTH_DAY = re.compile(
    rf"\b(?:(?P<month>{_MONTH})\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:.])"
    rf"|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<month2>{_MONTH})\b)",
    re.IGNORECASE,
)
_DAY = re.compile(rf"\b(?:{'|'.join(d for d in CALENDAR if CALENDAR[d] in DAYS)})\b", re.IGNORECASE)
_RELATIVE = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}
_RELATIVE_WORD = re.compile(rf"\b(?:{'|'.join(_RELATIVE)})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Day:
    """A day as a text names it at `start:end`: what it can be, as (month, day) pairs.

    `weekday` is 0 for Monday, None where only a month and a day are given and no year.
    """

    start: int
    end: int
    dates: frozenset[tuple[int, int]]
    weekday: int | None


@lru_cache(maxsize=2_000)
def days(text: str, published: date | None) -> tuple[Day, ...]:
    """The days of `text`; weekdays and "yesterday" only mean dates beside a publication date."""
    return tuple(_found(text, published))


def _found(text: str, published: date | None) -> Iterator[Day]:
    for match in _MONTH_DAY.finditer(text):
        month = MONTHS.index(CALENDAR[(match["month"] or match["month2"]).lower()]) + 1
        day = int(match["day"] or match["day2"])
        if 1 <= day <= 31:
            yield Day(match.start(), match.end(), frozenset([(month, day)]), None)
    for match in _DAY.finditer(text):
        if not match[0][0].isupper():
            continue
        weekday = DAYS.index(CALENDAR[match[0].lower()])
        yield Day(match.start(), match.end(), _near(weekday, published), weekday)
    for match in _RELATIVE_WORD.finditer(text):
        if published is not None:
            that = published + timedelta(days=_RELATIVE[match[0].lower()])
            dates = frozenset([(that.month, that.day)])
            yield Day(match.start(), match.end(), dates, that.weekday())


def _near(weekday: int, published: date | None) -> frozenset[tuple[int, int]]:
    """The last such day up to the publication, and the next one after it."""
    if published is None:
        return frozenset()
    back = published - timedelta(days=(published.weekday() - weekday) % 7)
    return frozenset((d.month, d.day) for d in (back, back + timedelta(days=7)))


def is_same_day(one: Day, other: Day) -> bool:
    """Whether two names can mean one day; a month and a day against a weekday need a date."""
    if one.dates & other.dates:
        return True
    return one.weekday is not None and one.weekday == other.weekday
