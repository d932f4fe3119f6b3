"""Feed entries: what the three parsers give, made one. Plain titles, absolute links, dates.

Knows no feed as a whole and no network.
"""

from __future__ import annotations

import calendar
import functools
import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urljoin, urlsplit

OLDEST = datetime(1990, 1, 1, tzinfo=UTC)

_PLAIN_TYPES = frozenset({"text", "text/plain"})
_MARKUP = re.compile(r"</?[a-zA-Z][\w:-]*(?:\s[^<>]*)?/?>")
_MAILBOX = re.compile(r"^\S+@\S+\s*\((.+)\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One entry; `guid` is the feed's own id, else the link, else a sum of the entry.

    `title` is plain text; `content_html` is empty where the feed gives one text only.
    """

    guid: str
    url: str | None
    title: str
    summary_html: str
    content_html: str
    published_at: datetime | None
    updated_at: datetime | None
    author: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """What the parsers have in common, as they give it."""

    guid: Any
    link: Any
    title: Any
    summary: Any
    content: Any
    published: datetime | None
    updated: datetime | None
    author: Any
    language: Any


def fast_entry(entry: Mapping[str, Any]) -> RawEntry:
    """An entry as fastfeedparser gives it."""
    content: Mapping[str, Any] = next(iter(entry.get("content") or ()), {})
    return RawEntry(
        guid=entry.get("id"),
        link=entry.get("link"),
        title=entry.get("title"),
        summary=entry.get("description"),
        content=_as_html(content),
        published=_iso(entry.get("published")),
        updated=_iso(entry.get("updated")),
        author=entry.get("author"),
        language=content.get("language"),
    )


def lenient_entry(entry: Mapping[str, Any]) -> RawEntry:
    """An entry as feedparser gives it."""
    # `dict.get`: its own `get` answers for other keys too, with a warning
    get = functools.partial(dict.get, entry)
    contents = get("content") or ()
    content: Mapping[str, Any] = max(
        contents, key=lambda part: len(part.get("value") or ""), default={}
    )
    return RawEntry(
        guid=get("id"),
        link=get("link"),
        title=get("title"),
        summary=get("summary"),
        content=_as_html(content),
        published=_struct(get("published_parsed")),
        updated=_struct(get("updated_parsed")),
        author=get("author"),
        language=content.get("language") or (get("title_detail") or {}).get("language"),
    )


def json_entry(entry: Mapping[str, Any]) -> RawEntry:
    """An entry of a JSON Feed; its plain texts become HTML like everyone else's."""
    authors = entry.get("authors") or [entry.get("author")]
    first = authors[0] if isinstance(authors, list) else None
    content = entry.get("content_html") or html.escape(_text(entry.get("content_text")), False)
    return RawEntry(
        guid=entry.get("id"),
        link=entry.get("url") or entry.get("external_url"),
        title=html.escape(_text(entry.get("title")), False),
        summary=html.escape(_text(entry.get("summary")), False),
        content=content,
        published=_iso(entry.get("date_published")),
        updated=_iso(entry.get("date_modified")),
        author=first.get("name") if isinstance(first, dict) else None,
        language=entry.get("language"),
    )


def as_item(entry: RawEntry, base: str, latest: datetime) -> FeedItem:
    """The entry as ours, one without link and words too: it is counted and told as such."""
    guid, title = _text(entry.guid), plain_line(entry.title)
    summary, content = _text(entry.summary), _text(entry.content)
    own = guid if guid.startswith(("http://", "https://")) else None
    url = web_link(entry.link, base) or web_link(own, base)
    return FeedItem(
        guid=guid or url or _sum_of(title, summary, content, entry),
        url=url,
        title=title,
        summary_html=summary,
        content_html="" if content == summary else content,
        published_at=_believable(entry.published, latest),
        updated_at=_believable(entry.updated, latest),
        author=_author(entry.author),
        language=language_code(entry.language),
    )


def told_apart(items: Iterable[FeedItem]) -> tuple[FeedItem, ...]:
    """Items of one id and several links are known by their links: the id is a feed's mistake."""
    given = list(items)
    links: dict[str, set[str]] = {}
    for item in given:
        if item.url:
            links.setdefault(item.guid, set()).add(item.url)
    return tuple(
        replace(item, guid=item.url) if item.url and len(links[item.guid]) > 1 else item
        for item in given
    )


def _sum_of(title: str, summary: str, content: str, entry: RawEntry) -> str:
    """An id for an entry that has none; what has no words either is told apart by its date."""
    said = f"{title}\n{summary}\n{content}"
    if not said.strip():
        said = f"{_text(entry.author)}\n{entry.published or entry.updated}"
    return sha256(said.encode()).hexdigest()


def _as_html(content: Mapping[str, Any]) -> str:
    value = _text(content.get("value"))
    return html.escape(value, quote=False) if content.get("type") in _PLAIN_TYPES else value


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def plain_line(value: object) -> str:
    """A title as plain text on one line: markup out, entities resolved (often escaped twice)."""
    text = html.unescape(_MARKUP.sub("", html.unescape(_text(value))))
    return " ".join(unicodedata.normalize("NFC", "".join(filter(_shown, text))).split())


def _shown(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn")


def _author(value: object) -> str | None:
    """A name; of `box@site (Name)` the name, of a bare mailbox nothing."""
    name = plain_line(value)
    mailbox = _MAILBOX.match(name)
    if mailbox:
        return mailbox[1].strip() or None
    return None if not name or ("@" in name and " " not in name) else name[:200]


def language_code(value: object) -> str | None:
    """The two letters of `en-GB`, `fr_FR` and the like."""
    code = re.split(r"[-_]", _text(value).lower(), maxsplit=1)[0]
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def web_link(value: object, base: str) -> str | None:
    """An absolute http(s) link, or None; `javascript:`, `data:` and the like are none."""
    text = re.sub(r"\s+", "%20", re.sub(r"[\r\n\t]+", "", _text(value)))
    if not text:
        return None
    try:
        link = urljoin(base, text)
        parts = urlsplit(link)
    except ValueError:
        return None
    return link if parts.scheme in ("http", "https") and parts.hostname else None


def _iso(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(value))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _struct(value: object) -> datetime | None:
    if not isinstance(value, tuple):
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(value), UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _believable(moment: datetime | None, latest: datetime) -> datetime | None:
    return moment if moment is not None and OLDEST <= moment <= latest else None
