"""Pages and plain texts: bytes in, an article's own words out.

The text comes from the first of several extractors that finds enough of it, then loses its
clutter. Knows no network and no store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from news.clutter import cleaned
from news.facts import Facts, read_facts
from news.feeds import find_feed_links
from news.language import detect_language
from news.model import Completeness
from news.pagepool import ExtractFailed, PagePool
from news.plain import decode, html_to_text, tidy

if TYPE_CHECKING:
    pass

__all__ = [
    "Completeness",
    "ExtractFailed",
    "Extracted",
    "PagePool",
    "extract_page",
    "extract_text",
    "html_to_text",
]

# Characters from which an extractor's text is believed to be the article.
_ENOUGH = 500
# A later extractor must find this much more: it also finds more of what is not the article.
_MUCH_MORE = 1.5
_TEASER_WORDS = 60
_WALLED_WORDS = 250
_EMPTY_WORDS = 12
_HEADLINE_WORDS = 25
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[\.{3}\]|\[…\])$")
_SENTENCE_END = re.compile(r"[.。।;:,]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """What a page or text holds; paragraphs of `text` are separated by blank lines (NFC).

    `canonical_url` is the page's own name for itself, on the same site; instants are UTC.
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
    text, walled = _article(source, facts)
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
        completeness=_completeness(text, walled=walled or facts.free is False),
        feed_links=find_feed_links(tree, url),
    )


def extract_text(text: bytes | str) -> Extracted:
    """A plain text file: its first line, when it looks like a headline, is the title."""
    raw = decode(text) if isinstance(text, bytes) else text
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


def _article(source: str, facts: Facts) -> tuple[str, bool]:
    """The text and whether a line said that the rest must be paid for."""
    best, walled = "", False
    for extractor in (_precise, _balanced, _readable):
        found = cleaned(tidy(extractor(source)).split("\n\n"), facts.title)
        walled = walled or found.walled
        text = "\n\n".join(found.paragraphs)
        if _size(text) > _MUCH_MORE * _size(best):
            best = text
        if _size(best) >= _ENOUGH:
            break
    told = "\n\n".join(cleaned(_told(facts).split("\n\n"), facts.title).paragraphs)
    # the page's own data may hold what the markup hides
    return (told if _size(told) > max(_MUCH_MORE * _size(best), _ENOUGH) else best), walled


def _told(facts: Facts) -> str:
    return html_to_text(facts.article_body)


def _precise(source: str) -> str:
    from trafilatura import extract

    return extract(source, favor_precision=True, include_comments=False) or ""


def _balanced(source: str) -> str:
    from trafilatura import extract

    return extract(source, include_comments=False) or ""


def _readable(source: str) -> str:
    from lxml.etree import LxmlError
    from readability import Document
    from readability.readability import Unparseable

    try:
        return html_to_text(Document(source).summary(html_partial=True))
    except (Unparseable, LxmlError, ValueError, TypeError, AttributeError, LookupError):
        return ""


def _completeness(text: str, *, walled: bool) -> Completeness:
    words = max(len(text.split()), _size(text) // 6)
    if words < _EMPTY_WORDS:
        return "empty"
    if walled and words < _WALLED_WORDS:
        return "paywalled"
    return "teaser" if words < _TEASER_WORDS or _CUT_OFF.search(text) else "full"


def _size(text: str) -> int:
    """Characters; those of Chinese, Japanese and Korean say as much as three Latin ones."""
    return len(text) + 2 * sum(1 for char in text if char >= "\u3000")


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
