"""Datelines: the place and day before a report's first words ("KYIV, 12 March 2024 -").

Only a whole date counts: of which year "March 12" was is not known of a text without a date.
The library reads the day; knows no feeds and no pages.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from news.entries import OLDEST
from news.language import detect_language

_SKEW = timedelta(hours=1)
_REACH = 160
_PLACE_WORDS = 6
_CASELESS_WORDS = 2
_DAY_WORDS = 6
# a dash between spaces, a long dash, the full stop with a dash of Spanish reports, a colon, a bar,
# the end of the line
_END = re.compile(r"\.?\s+[-\u2010-\u2015]{1,2}\s|[\u2013-\u2015]|\.-|:\s|\s?\||\s*$")
_YEAR = re.compile(r"\d{4}")
# whose 12/3/2024 is the twelfth of March and whose the third of December is not known
_SLASHES = re.compile(r"\d/\d")
_BRACKETS = re.compile(r"[(\[（【][^\d)\]）】]*[)\]）】]")
_APART = re.compile(r"[\s,،(（)）]+")
# an agency, a place, the day, and the sign for "wired"
_CHINESE = re.compile(
    r"^[（(【\s]*[^\d\s]{0,14}(\d{4}年\d{1,2}月\d{1,2}日)[^\d。]{0,14}?[电電讯訊]"
)


def dateline(text: str, *, language: str | None, now: datetime) -> datetime | None:
    """Give the day that a text's first line is dated with: its midnight in UTC.

    None without one, or for one before 1990 or more than an hour after `now`.
    """
    line = text[:_REACH].lstrip().partition("\n")[0]
    wired = _CHINESE.match(line)
    at = _day(wired[1], "zh") if wired else None
    for end in _END.finditer(line):
        head = line[: end.start()]
        if at is None and _YEAR.search(head) and not _SLASHES.search(head):
            at = _dated(head, language or detect_language(text))
            break
    return at if at is not None and OLDEST <= at <= now + _SKEW else None


def _dated(head: str, language: str | None) -> datetime | None:
    """The day at the end of the words, when those before it can be a place."""
    words = [word for word in _APART.split(_BRACKETS.sub(" ", head)) if word]
    for start in range(max(0, len(words) - _DAY_WORDS), min(len(words), _PLACE_WORDS + 1)):
        at = _day(" ".join(words[start:]), language)
        if at is not None:
            return at if _is_place(words[:start]) else None
    return None


def _is_place(words: list[str]) -> bool:
    """Names have capitals, between them stand short words; without capitals they are short."""
    if not any(word[0] != word[0].swapcase() for word in words):
        return len(words) <= _CASELESS_WORDS
    capital = [word[0] == word[0].upper() for word in words]
    return capital[0] and all(
        high or len(word) <= 3 for high, word in zip(capital, words, strict=True)
    )


def _day(words: str, language: str | None) -> datetime | None:
    # slow to load, and needed for few texts
    import dateparser
    from dateparser.data.languages_info import language_order

    known = (language or "").partition("-")[0].lower()
    at = dateparser.parse(
        words,
        languages=[known if known in language_order else "en"],
        settings={"REQUIRE_PARTS": ["day", "month", "year"], "STRICT_PARSING": True},
    )
    return None if at is None else datetime(at.year, at.month, at.day, tzinfo=UTC)
