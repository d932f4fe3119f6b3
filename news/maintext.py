"""Which words of a parsed page are its article: two readings of trafilatura, then readability.

The strict reading is believed when it is long enough, as it is on most pages. Knows no dates,
titles or authors; clutter within the text is news.clutter's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from news.clutter import Cleaned, cleaned, is_real, wide
from news.plain import html_to_text, tidy
from news.standfirst import with_standfirst

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from news.facts import Facts

# Characters from which a reading is believed to be the article.
_ENOUGH = 500
# Another reading must find this much more: it also finds more of what is not the article.
_MUCH_MORE = 1.5
_MORE = 1.2
# No reading looks into these; without them every step is quicker.
_NEVER = (
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "canvas",
    "audio", "video", "map", "button", "select", "textarea", "input",
    "label", "nav", "aside", "footer", "menu", "link", "dialog",
)  # fmt: skip
# A link around blocks of this many words or fewer is a card that leads to another page.
_CARD_WORDS = 120
_MENU_LINKS = 3
_MENU_SHARE = 0.8
_BLOCKS = (
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "div", "section", "article", "ul", "li", "figure",
    "figcaption", "blockquote",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MainText:
    """The article's paragraphs; `walled` when a line said that readers must pay for the rest."""

    paragraphs: tuple[str, ...]
    walled: bool


def main_text(tree: HtmlElement, source: str, facts: Facts) -> MainText:
    """The article of a page, empty where none is found; `tree` loses what no reader sees."""
    from lxml import etree

    etree.strip_elements(tree, *_NEVER, with_tail=False)
    _drop_cards(tree)
    _drop_menus(tree)
    best, walled = _best(tree, source, facts)
    told = cleaned(html_to_text(facts.article_body).split("\n\n"), facts.title)
    # the page's own data may hold what the markup hides
    if size(told.paragraphs) > max(_MUCH_MORE * size(best), _ENOUGH):
        best = told.paragraphs
    return MainText(paragraphs=with_standfirst(tree, best, facts.descriptions), walled=walled)


def size(paragraphs: Sequence[str]) -> int:
    """Characters; those of Chinese, Japanese and Korean say as much as three Latin ones."""
    text = "\n\n".join(paragraphs)
    return len(text) + 2 * wide(text)


def _drop_cards(tree: HtmlElement) -> None:
    """Take out links around whole blocks: pictures and headlines of other pages."""
    for link in list(tree.iter("a")):
        address = link.get("href") or ""
        around = next(link.iterdescendants(*_BLOCKS), None) is not None
        if not around or not address or address.startswith("#") or link.getparent() is None:
            continue
        if len(link.text_content().split()) <= _CARD_WORDS:
            link.drop_tree()


def _drop_menus(tree: HtmlElement) -> None:
    """Take out what opens over a word of a paragraph: spans of several links and little else."""
    for paragraph in list(tree.iter("p")):
        if len(list(paragraph.iter("a"))) < _MENU_LINKS:
            continue
        # the innermost, so that the word itself stays
        for span in reversed(list(paragraph.iter("span"))):
            links = [_length(link) for link in span.iter("a")]
            if len(links) >= _MENU_LINKS and sum(links) >= _MENU_SHARE * _length(span):
                span.drop_tree()


def _length(node: HtmlElement) -> int:
    return len(" ".join(node.text_content().split()))


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
