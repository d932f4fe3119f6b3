"""Lists of feeds in OPML, in and out. Knows no store and no network."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.etree import ElementTree

from news.entries import plain_line, web_link
from news.model import Feed

MAX_BYTES = 10 * 1024 * 1024
_EMPTY = "this list names no feed"
_SCHEME = re.compile(r"^feed:(?://)?(?=https?:)|^feed(?=://)", re.IGNORECASE)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A feed that a list names; `title` is empty where the list gives none."""

    url: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedList:
    """The feeds of a list, each once, in its order; `refused` counts links that are none."""

    feeds: tuple[Listed, ...]
    refused: int = 0


def read_opml(body: bytes) -> FeedList | str:
    """Give the feeds of a list, nested as they may be, or one line that says what is wrong."""
    if len(body) > MAX_BYTES:
        return f"the list is larger than {MAX_BYTES // 1024 // 1024} MB"
    marks = body.lower()
    if b"<outline" not in marks:
        return _EMPTY if b"<opml" in marks else "this is no list of feeds (OPML)"
    import listparser
    from lxml import etree

    try:
        found = listparser.parse(body)
    except (etree.LxmlError, ValueError, LookupError, AttributeError, TypeError):
        return "this list of feeds (OPML) is broken"
    feeds: dict[str, Listed] = {}
    refused = 0
    for one in found.feeds:
        url = web_link(_SCHEME.sub(_web, str(one.get("url") or "")), "")
        if url is None:
            refused += 1
        else:
            feeds.setdefault(url, Listed(url=url, title=plain_line(one.get("title"))))
    if not feeds:
        return _EMPTY
    return FeedList(feeds=tuple(feeds.values()), refused=refused)


def write_opml(feeds: Iterable[Feed], now: datetime) -> bytes:
    """Give the feeds as OPML 2.0, those that are turned off included."""
    root = ElementTree.Element("opml", version="2.0")
    head = ElementTree.SubElement(root, "head")
    ElementTree.SubElement(head, "title").text = "Feeds of geobrief"
    ElementTree.SubElement(head, "dateCreated").text = format_datetime(now)
    body = ElementTree.SubElement(root, "body")
    for feed in feeds:
        name = _FORBIDDEN.sub("", feed.outlet.name or feed.outlet.host or feed.url)
        values = {"type": "rss", "text": name, "title": name, "xmlUrl": feed.url}
        if feed.outlet.language:
            values["language"] = feed.outlet.language
        ElementTree.SubElement(body, "outline", values)
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _web(scheme: re.Match[str]) -> str:
    return "http" if scheme[0].lower() == "feed" else ""
