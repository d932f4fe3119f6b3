"""The dates of a sentence's relative days: what "on Friday" meant on the day it was written."""

from __future__ import annotations

from datetime import date

from news.dates import mentions
from news.language import detect_language
from news.model import Point


def day_marks(point: Point) -> tuple[tuple[str, date], ...]:
    """Give the weekdays and words such as "yesterday" of a shown sentence, each with its date.

    They are those of the source sentences behind it, by the dates of their articles; none of a
    source without a date, and none that is told with its own date.
    """
    found: dict[str, date] = {}
    for one in point.evidence:
        if one.published_at is None:
            continue
        language = detect_language(one.sentence)
        for mention in mentions(one.sentence, one.published_at.date(), language):
            words = one.sentence[mention.start : mention.end].strip()
            relative = mention.grain == "day" and not any(map(str.isdigit, words))
            if relative and words.casefold() in point.text.casefold():
                found.setdefault(words, mention.first)
    return tuple(found.items())


def day_note(point: Point) -> str:
    """Give them in a line, such as "Friday: 18 Feb 2022"; nothing where there are none."""
    return "; ".join(f"{words}: {day.day} {day:%b %Y}" for words, day in day_marks(point))
