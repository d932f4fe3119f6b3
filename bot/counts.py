"""Lines that are the same in the chat and on the command line: counts, a translation's mark."""

from __future__ import annotations

from news.model import Count, FigureChange, Point, Told
from summarizer.languages import language_name


def translated(point: Point) -> str:
    """Mark a translated sentence: "(translated from German)"."""
    return f"(translated from {language_name(point.translated_from or '')})"


def count_label(count: Count) -> str:
    """Name what is counted: "killed (children), in 2011"."""
    label = _label(count.kind, count.noun)
    return f"{label}, {count.period}" if count.period else label


def count_line(count: Count) -> str:
    """Give a count in one line: "killed: 18 to 20 (C, 17 Feb), 12 (A, B, 16 Feb)"."""
    return f"{count_label(count)}: " + ", ".join(value(told) for told in count.told)


def differ_line(count: Count) -> str:
    """Say that sources differ: "Sources differ: killed: 18 (B, 17 Feb), 12 (A, 17 Feb)"."""
    return f"Sources differ: {count_line(count)}"


def value(told: Told) -> str:
    """Give one value, who tells it, and the day (UTC) of the newest: "12 (A, B, 16 Feb)"."""
    return f"{told.shown} ({', '.join(told.outlets)}, {told.at.day} {told.at:%b})"


def change_line(change: FigureChange) -> str:
    """Give a figure that changed: "killed: was 12 (A, 16 Feb), now 18 (B, 17 Feb)"."""
    label = _label(change.kind, change.noun)
    return f"{label}: was {value(change.was)}, now {value(change.now)}"


def _label(kind: str, noun: str) -> str:
    return f"{kind} ({noun})" if noun else kind
