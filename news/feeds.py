"""Feeds: bytes in, items out. RSS, Atom, RDF and JSON Feed, well-formed or not.

The fast parser on the feed or its repaired form, the lenient one where that fails. Knows nothing of
the network, the store or what was read before.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from news.entries import (
    FeedItem,
    RawEntry,
    as_item,
    fast_entry,
    json_entry,
    language_code,
    lenient_entry,
    plain_line,
    told_apart,
    web_link,
)
from news.feedrepair import NO_DATE, names_dates, needs_work, repaired_root, serialised, well_formed
from news.plain import guessed

__all__ = [
    "MAX_BYTES",
    "MAX_ITEMS",
    "FeedItem",
    "NotAFeed",
    "ParsedFeed",
    "find_feed_links",
    "parse_feed",
]

MAX_ITEMS = 2000
MAX_BYTES = 10 * 1024 * 1024
# The lenient parser needs half a second for a million characters; the newest entries come first.
_MAX_LENIENT = 4_000_000
# What a feed says about itself stands before its entries.
_HEAD = 65_536
_NEWEST = datetime(2100, 1, 1, tzinfo=UTC)
_SKEW = timedelta(hours=1)

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,400}\?>", re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY[^>]*>", re.IGNORECASE)
_HTML_HEAD = re.compile(
    rb"^(?:\s|<\?xml[^>]{0,400}>|<!--.{0,2000}?-->)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_TTL = re.compile(rb"<ttl>\s*(\d{1,6})\s*</ttl>", re.IGNORECASE)
_LANGUAGE = re.compile(rb"<(?:dc:)?language>\s*([a-z]{2}[\w-]{0,9})\s*<", re.IGNORECASE)
_PERIOD = re.compile(rb"<sy:updatePeriod>\s*(hourly|daily|weekly)\s*<", re.IGNORECASE)
_FREQUENCY = re.compile(rb"<sy:updateFrequency>\s*(\d{1,3})\s*<", re.IGNORECASE)
_PERIODS = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(weeks=1)}
_FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/xml",
        "text/xml",
    }
)
# What the two parsers are known to throw on broken input; anything else is a fault of ours.
_PARSER_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    etree.LxmlError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed; `dropped` counts entries beyond the first MAX_ITEMS, `parser` says who read it."""

    title: str
    link: str | None
    language: str | None
    ttl: timedelta | None
    items: tuple[FeedItem, ...]
    dropped: int = 0
    parser: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAFeed:
    """The bytes hold no feed; `feed_links` are feeds that the page names itself."""

    reason: str
    feed_links: tuple[str, ...] = ()
    is_html: bool = False


def parse_feed(
    body: bytes, *, url: str, content_type: str | None = None, now: datetime | None = None
) -> ParsedFeed | NotAFeed:
    """Never raises for what the bytes hold.

    Relative links are resolved against `url`. Dates before 1990 and, with `now`, more than an
    hour ahead are dropped: the caller's clock knows better than a feed's wrong zone.
    """
    plain = _unpacked(body)
    if plain is None or len(plain) > MAX_BYTES:
        return NotAFeed(reason=f"the feed is larger than {MAX_BYTES // 1024 // 1024} MB")
    plain = plain.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not plain:
        return NotAFeed(reason="the feed is empty")
    latest = _NEWEST if now is None else now + _SKEW
    if plain.startswith(b"{"):
        return _json_feed(plain, url, latest)
    if _HTML_HEAD.match(plain[:4096]):
        links = find_feed_links(plain, url)
        hint = "it names these feeds: " + ", ".join(links) if links else "it names no feed"
        return NotAFeed(
            reason=f"this is a web page, not a feed; {hint}", feed_links=links, is_html=True
        )
    return _xml_feed(plain, url, content_type or "", latest)


def find_feed_links(page: bytes | str | etree._Element, url: str | None) -> tuple[str, ...]:
    """Feeds that a page names in `<link rel="alternate">`, absolute, in order, each once."""
    if isinstance(page, bytes | str):
        try:
            page = lxml_html.document_fromstring(page)
        except (ValueError, etree.LxmlError):
            return ()
    found: dict[str, None] = {}
    for link in page.iter("link"):
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" in (link.get("rel") or "").lower().split() and kind in _FEED_TYPES:
            address = web_link(link.get("href"), url or "")
            if address:
                found[address] = None
    return tuple(found)


def _unpacked(body: bytes) -> bytes | None:
    """The body, gzip undone as far as the cap; None when it is larger."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        machine = zlib.decompressobj(wbits=31)
        plain = machine.decompress(body, MAX_BYTES + 1)
    except zlib.error:
        return b""
    return None if len(plain) > MAX_BYTES else plain


def _xml_feed(body: bytes, url: str, content_type: str, latest: datetime) -> ParsedFeed | NotAFeed:
    raw, read = _read_xml(body, url, content_type)
    feed = raw.get("feed") or {}
    if not raw.get("entries") and not (feed.get("title") or feed.get("link")):
        return NotAFeed(reason="this is neither RSS nor Atom nor JSON Feed")
    entries = raw.get("entries") or []
    items = (as_item(read(entry), url, latest) for entry in entries[:MAX_ITEMS])
    return ParsedFeed(
        title=plain_line(feed.get("title")),
        link=web_link(feed.get("link"), url),
        language=language_code(feed.get("language")) or _told_language(body),
        ttl=_ttl(body),
        items=told_apart(items),
        dropped=max(0, len(entries) - MAX_ITEMS),
        parser="fast" if read is fast_entry else "lenient",
    )


def _read_xml(
    body: bytes, url: str, content_type: str
) -> tuple[Mapping[str, Any], Callable[[Mapping[str, Any]], RawEntry]]:
    """The fast parser's answer, unless it could not read the feed whole."""
    root = well_formed(body, url)
    whole = root is not None and not needs_work(root, body)
    if root is None:
        root = repaired_root(_decoded(body, content_type), url)
    raw: Mapping[str, Any] = {}
    dated = False
    if root is not None:
        import fastfeedparser

        hopeless = not any(_is_entry(element) for element in root.iter())
        dated = names_dates(root)
        with contextlib.suppress(*_PARSER_ERRORS):
            raw = fastfeedparser.parse(body if whole else serialised(root))
        if hopeless or (raw.get("entries") and _is_whole(raw, dated=dated)):
            return raw, fast_entry
    lenient = _lenient(body, url, content_type)
    if not raw or _telling(lenient) > _telling(raw):
        return lenient, lenient_entry
    # dates that only the lenient parser can read
    dated = (
        dated
        and not _has_dates(raw)
        and any(
            entry.get("published_parsed") or entry.get("updated_parsed")
            for entry in lenient.get("entries") or ()
        )
    )
    better = dated and _telling(lenient) == _telling(raw)
    return (lenient, lenient_entry) if better else (raw, fast_entry)


def _is_whole(raw: Mapping[str, Any], *, dated: bool) -> bool:
    """Whether the fast parser found words or a link in each entry, and dates where there are."""
    if _telling(raw) < len(raw["entries"]):
        return False
    return _has_dates(raw) or not dated


def _telling(raw: Mapping[str, Any]) -> int:
    """How many entries hold a link or words."""
    names = ("link", "title", "description", "summary", "content")
    return sum(any(dict.get(entry, name) for name in names) for entry in raw.get("entries") or ())


def _is_entry(element: etree._Element) -> bool:
    tag = element.tag
    return isinstance(tag, str) and tag.lower().endswith(("item", "entry"))


def _has_dates(raw: Mapping[str, Any]) -> bool:
    none = NO_DATE[:10]
    dates = (entry.get("published") or entry.get("updated") for entry in raw["entries"])
    return any(date and not str(date).startswith(none) for date in dates)


def _lenient(body: bytes, url: str, content_type: str) -> Mapping[str, Any]:
    """What feedparser makes of it, entity declarations removed: it would expand them."""
    import feedparser

    text = _ENTITY.sub("", _decoded(body, content_type))
    text = _DECLARATION.sub('<?xml version="1.0" encoding="utf-8"?>', text, count=1)
    if len(text) > _MAX_LENIENT:
        end = max(text.rfind(tag, 0, _MAX_LENIENT) + len(tag) for tag in ("</item>", "</entry>"))
        text = text[: max(end, _MAX_LENIENT // 2)]
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        # a stream, because it would open a string as a file or a link
        found = feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers=headers,
            sanitize_html=False,
        )
    except _PARSER_ERRORS:
        return {}
    return dict(found) if found.get("version") or found.get("entries") else {}


def _decoded(body: bytes, content_type: str) -> str:
    """The text, by byte order mark, declaration, HTTP header, UTF-8, or a guess."""
    declared = _DECLARED.match(body[:400])
    header = _CHARSET.search(content_type)
    marks = (
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"<\0", "utf-16-le"),
        (b"\0<", "utf-16-be"),
    )
    names = [name for mark, name in marks if body.startswith(mark)]
    wide = declared is not None and declared[1].lower().startswith((b"utf-16", b"utf-32"))
    if declared and not (wide and b"\0" not in body[:200]):
        names.append(declared[1].decode())
    names += [header[1]] if header else []
    for name in [*names, "utf-8"]:
        try:
            # utf-7 hides markup from every check before this one
            if codecs.lookup(name).name != "utf-7":
                return body.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return guessed(body)


def _json_feed(body: bytes, url: str, latest: datetime) -> ParsedFeed | NotAFeed:
    """JSON Feed 1.0 and 1.1 (jsonfeed.org)."""
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError):
        return NotAFeed(reason="this is broken JSON, not a feed")
    entries = feed.get("items")
    if not isinstance(entries, list) or "jsonfeed.org" not in str(feed.get("version", "")):
        return NotAFeed(reason="this is JSON, but not a JSON Feed")
    usable = [entry for entry in entries if isinstance(entry, dict)]
    items = (as_item(json_entry(entry), url, latest) for entry in usable[:MAX_ITEMS])
    return ParsedFeed(
        title=plain_line(feed.get("title")),
        link=web_link(feed.get("home_page_url"), url),
        language=language_code(feed.get("language")),
        ttl=None,
        items=told_apart(items),
        dropped=max(0, len(usable) - MAX_ITEMS),
        parser="json",
    )


def _told_language(body: bytes) -> str | None:
    """RSS `language`, which the fast parser leaves out."""
    told = _LANGUAGE.search(body[:_HEAD])
    return language_code(told[1].decode()) if told else None


def _ttl(body: bytes) -> timedelta | None:
    """How often the feed says it changes: RSS `ttl`, else the syndication module's period."""
    head = body[:_HEAD]
    minutes = _TTL.search(head)
    if minutes and int(minutes[1]) > 0:
        return timedelta(minutes=int(minutes[1]))
    period, times = _PERIOD.search(head), _FREQUENCY.search(head)
    if not period:
        return None
    return _PERIODS[period[1].decode().lower()] / max(1, int(times[1]) if times else 1)
