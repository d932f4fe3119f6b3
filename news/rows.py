"""Rows of data files: an article's fields under the names that such files use, and its date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from news.entries import OLDEST

_FIELDS = {
    "url": ("url", "link", "canonical_url"),
    "title": ("title", "headline"),
    "text": ("text", "article", "body", "content"),
    "teaser": ("description", "summary"),
    "date": ("published_at", "published", "date", "pub_date"),
    "source": ("source", "outlet", "publisher"),
    "author": ("author", "byline"),
    "language": ("language", "lang"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFields:
    """What a row says; "" and None for what it does not. `teaser` stands in for a text."""

    url: str
    title: str
    text: str
    teaser: str
    source: str
    author: str
    language: str
    published_at: datetime | None


def read_row(row: dict[str, Any], *, now: datetime) -> RowFields:
    """Read a JSON object; an `id` that is a link is its link. Raises nothing."""
    found = {
        name: next((text for key in keys if (text := _plain(row.get(key)))), "")
        for name, keys in _FIELDS.items()
    }
    id, date = _plain(row.get("id")), found.pop("date")
    if not found["url"] and id.startswith(("http://", "https://")):
        found["url"] = id
    return RowFields(published_at=read_date(date, now), **found)


def read_date(text: str | None, now: datetime) -> datetime | None:
    """Read a date in the forms that data files use; without a zone it is UTC.

    Numbers are seconds or milliseconds since 1970; what lacks a year is of this year.
    """
    if not text:
        return None
    from dateutil import parser

    begin = datetime(now.year, 1, 1)  # noqa: DTZ001 - the library fills in from it, zone and all
    try:
        if re.fullmatch(r"\d{9,13}(?:\.\d+)?", text):
            seconds = float(text)
            return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, tz=UTC)
        at = _mail_date(text) or parser.parse(text, default=begin)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if at >= OLDEST else None


def _mail_date(text: str) -> datetime | None:
    """Read the form of feeds and mail, whose zone names the other reader does not know."""
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _plain(value: Any) -> str:
    """Give a row's text or number as text; lists and objects are none."""
    return str(value).strip() if isinstance(value, str | int | float) and value else ""
