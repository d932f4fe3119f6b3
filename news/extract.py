"""Pages and plain texts: bytes in, an article's own words out.

A page is parsed once: its facts, its feeds and its text come from one tree. Knows no network
and no store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from news.clutter import asks_for_script, cleaned
from news.facts import read_facts
from news.feeds import find_feed_links
from news.language import detect_language
from news.maintext import main_text, size
from news.model import Completeness
from news.pagepool import ExtractFailed, PagePool
from news.plain import decode, html_to_text, is_html, tidy

__all__ = [
    "Completeness",
    "ExtractFailed",
    "Extracted",
    "PagePool",
    "extract_page",
    "extract_text",
    "html_to_text",
]

_TEASER_WORDS = 60
_WALLED_WORDS = 250
_EMPTY_WORDS = 12
_FRAME = 80
_HEADLINE_WORDS = 25
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[\.{3}\]|\[…\])$")
_SENTENCE_END = re.compile(r"[.。।;:,]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """What a page or text holds; paragraphs of `text` are separated by blank lines (NFC).

    `canonical_url` is the page's own name for itself, on the same site; instants are UTC.
    `reason` says of a page without an article what it asks for instead, where that is seen.
    """

    text: str
    title: str | None = None
    author: str | None = None
    language: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    canonical_url: str | None = None
    site_name: str | None = None
    image_url: str | None = None
    completeness: Completeness = "empty"
    feed_links: tuple[str, ...] = ()
    reason: str | None = None


def extract_page(
    html: bytes | str, *, url: str | None, now: datetime, content_type: str | None = None
) -> Extracted:
    """The article of a page; empty where there is none.

    Dates more than an hour after `now` are not believed. Slow or broken pages may take long
    or exhaust the machine: a program calls this through `PagePool`.
    """
    from trafilatura.utils import load_html

    source = decode(html, content_type, markup=True) if isinstance(html, bytes) else html
    tree = load_html(source) if source.strip() else None
    if tree is None:
        return Extracted(text="")
    facts = read_facts(tree, url=url, now=now)
    feed_links = find_feed_links(tree, url)
    found = main_text(tree, source, facts)
    text = "\n\n".join(found.paragraphs)
    completeness = _completeness(text, walled=found.walled or facts.free is False)
    return Extracted(
        text=text,
        title=facts.title,
        author=facts.author,
        language=detect_language(text) or facts.language,
        published_at=facts.published_at,
        modified_at=facts.modified_at,
        canonical_url=facts.canonical_url,
        site_name=facts.site_name,
        image_url=facts.image_url,
        completeness=completeness,
        feed_links=feed_links,
        reason=_asked(source) if completeness == "empty" else None,
    )


def extract_text(text: bytes | str) -> Extracted:
    """A plain text file: its first line, when it looks like a headline, is the title.

    Tags of HTML are taken out.
    """
    raw = decode(text) if isinstance(text, bytes) else text
    raw = html_to_text(raw) if is_html(raw) else raw
    lines = tidy(_unwrapped(raw)).split("\n\n")
    title = lines[0] if len(lines) > 1 and _is_headline(lines[0]) else None
    kept = cleaned(lines[1:] if title else lines, title)
    body = "\n\n".join(kept.paragraphs)
    return Extracted(
        text=body,
        title=title,
        language=detect_language(body),
        completeness=_completeness(body, walled=kept.walled),
    )


def _asked(source: str) -> str | None:
    """What a page without an article wants of its reader."""
    from lxml import etree
    from trafilatura.utils import load_html

    tree = load_html(source)
    if tree is None:
        return None
    if any((field.get("type") or "").lower() == "password" for field in tree.iter("input")):
        return "the page asks for a login"
    scripts = sum(1 for _ in tree.iter("script"))
    etree.strip_elements(tree, "script", "style", "head", with_tail=False)
    words = " ".join(tree.text_content().split())
    # an empty frame that scripts would fill
    if asks_for_script(words) or (scripts and len(words) < _FRAME):
        return "the page needs JavaScript to show its text"
    return None


def _completeness(text: str, *, walled: bool) -> Completeness:
    words = max(len(text.split()), size([text]) // 6)
    if words < _EMPTY_WORDS:
        return "empty"
    if walled and words < _WALLED_WORDS:
        return "paywalled"
    return "teaser" if words < _TEASER_WORDS or _CUT_OFF.search(text) else "full"


def _is_headline(line: str) -> bool:
    words = len(line.split())
    return words <= _HEADLINE_WORDS and len(line) <= 200 and not _SENTENCE_END.search(line)


def _unwrapped(text: str) -> str:
    """Lines broken at a fixed width joined again; every other line is a paragraph."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n\n".join(
        " ".join(block.split("\n")) if _is_wrapped(block) else block for block in blocks
    )


def _is_wrapped(block: str) -> bool:
    lines = [line.rstrip() for line in block.split("\n") if line.strip()]
    full = [len(line) for line in lines[:-1]]
    return bool(full) and min(full) >= 45 and max(full) <= 100
