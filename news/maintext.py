"""Which words of a parsed page are its article: two readings of trafilatura, then readability.

The strict reading is believed when it is long enough, as it is on most pages. Knows no dates,
titles or authors; clutter within the text is news.clutter's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from news.clutter import Cleaned, cleaned, ends_sentence, is_real, wide
from news.plain import html_to_text, tidy

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from news.facts import Facts

# Characters from which a reading is believed to be the article.
_ENOUGH = 500
# Another reading must find this much more: it also finds more of what is not the article.
_MUCH_MORE = 1.5
_MORE = 1.2
_LEAD_WORDS = 12
# No reading looks into these; without them every step is quicker.
_NEVER = (
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "canvas",
    "audio", "video", "map", "button", "select", "textarea", "input",
    "label", "nav", "aside", "footer", "menu", "link", "dialog",
)  # fmt: skip
_LEAVES = ("p", "div", "td", "blockquote", "section")
_INNER = frozenset(("p", "div", "ul", "ol", "table", "section", "article", "h1", "h2", "h3"))
# Characters by which a description is known again.
_SAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class MainText:
    """The article's paragraphs; `walled` when a line said that readers must pay for the rest."""

    paragraphs: tuple[str, ...]
    walled: bool


def main_text(tree: HtmlElement, source: str, facts: Facts) -> MainText:
    """The article of a page, empty where none is found; `tree` loses what no reader sees."""
    from lxml import etree

    etree.strip_elements(tree, *_NEVER, with_tail=False)
    best, walled = _best(tree, source, facts)
    told = cleaned(html_to_text(facts.article_body).split("\n\n"), facts.title)
    # the page's own data may hold what the markup hides
    if size(told.paragraphs) > max(_MUCH_MORE * size(best), _ENOUGH):
        return MainText(paragraphs=told.paragraphs, walled=walled)
    return MainText(paragraphs=_with_lead(tree, best, facts.description), walled=walled)


def size(paragraphs: Sequence[str]) -> int:
    """Characters; those of Chinese, Japanese and Korean say as much as three Latin ones."""
    text = "\n\n".join(paragraphs)
    return len(text) + 2 * wide(text)


def _best(tree: HtmlElement, source: str, facts: Facts) -> tuple[tuple[str, ...], bool]:
    readings: list[Cleaned] = []

    def reading(read: Callable[[], str]) -> tuple[str, ...]:
        readings.append(cleaned(tidy(read()).split("\n\n"), facts.title))
        return readings[-1].paragraphs

    best = reading(lambda: _read(tree, strict=True))
    if size(best) < _ENOUGH:
        wider = reading(lambda: _read(tree, strict=False))
        if _weight(wider, best) > _MUCH_MORE * _weight(best, wider):
            best = wider
    if size(best) < _ENOUGH:
        other = reading(lambda: _readable(source))
        if size(other) > _MORE * size(best):
            best = other
    return best, any(each.walled for each in readings)


def _weight(paragraphs: tuple[str, ...], other: tuple[str, ...]) -> int:
    """What real paragraphs weigh; all of them where neither reading has any real one."""
    real = [text for text in paragraphs if is_real(text)]
    return size(real if real or any(map(is_real, other)) else paragraphs)


def _read(tree: HtmlElement, *, strict: bool) -> str:
    from trafilatura import extract

    return extract(tree, fast=True, favor_precision=strict, include_comments=False) or ""


def _readable(source: str) -> str:
    from lxml.etree import LxmlError
    from readability import Document
    from readability.readability import Unparseable

    try:
        return html_to_text(Document(source).summary(html_partial=True))
    except (Unparseable, LxmlError, ValueError, TypeError, AttributeError, LookupError):
        return ""


def _with_lead(tree: HtmlElement, paragraphs: tuple[str, ...], description: str) -> tuple[str, ...]:
    """With the sentence over the text that the page gives as its description too."""
    lead = " ".join(tidy(description).split()).rstrip(".… ")
    opening = _squeezed(lead)[:_SAME]
    if not paragraphs or len(lead.split()) < _LEAD_WORDS:
        return paragraphs
    if opening in _squeezed("".join(paragraphs)):
        return paragraphs
    for node in tree.iter(*_LEAVES):
        if node.tag != "p" and any(child.tag in _INNER for child in node):
            continue
        text = " ".join(node.text_content().split())
        alike = len(lead) <= len(text) < 1.6 * len(lead) + _SAME
        if alike and _squeezed(text).startswith(opening) and not _is_links(node, text):
            return (tidy(text), *paragraphs) if ends_sentence(text) else paragraphs
    return paragraphs


def _is_links(node: HtmlElement, text: str) -> bool:
    return 2 * sum(len(link.text_content()) for link in node.iter("a")) >= len(text)


def _squeezed(text: str) -> str:
    return "".join(text.split())
