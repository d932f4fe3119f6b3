"""The standfirst: the sentences between headline and text, which readings of pages pass over.

Known by the page's own description, or by the name that its markup gives it (markup.toml).
Knows neither the reading nor the clutter rules.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from news.clutter import ends_sentence, word_count
from news.language import detect_language
from news.plain import tidy

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_WORDS = 12
_MOST = 3
_SENTENCE_WORDS = 8
_FIRST = 3
# Characters by which a paragraph is known again.
_SAME = 60
_LEAVES = ("p", "div", "td", "blockquote", "section", "strong", "b")
_INNER = frozenset(("p", "div", "ul", "ol", "table", "section", "article", "h1", "h2", "h3"))
_NAME_WORD = re.compile(r"[A-Z]?[a-z]+")


@cache
def _words_of(kind: str) -> frozenset[str]:
    data = tomllib.loads(files("news").joinpath("markup.toml").read_text("utf-8"))
    return frozenset(data[kind])


def with_standfirst(
    tree: HtmlElement, paragraphs: tuple[str, ...], descriptions: Sequence[str]
) -> tuple[str, ...]:
    """The paragraphs of an article, with those before them that belong to it, each once.

    In languages whose standfirst only says beforehand what the text says, there are none.
    """
    if not paragraphs:
        return paragraphs
    named = list(_named(tree, paragraphs))
    found = _with_described(
        tree, (*named, *paragraphs) if len(named) <= _MOST else paragraphs, descriptions
    )
    # asked last: few pages have one
    apart = len(found) > len(paragraphs) and detect_language("\n\n".join(paragraphs))
    return paragraphs if apart in _words_of("standfirst_apart") else found


def _named(tree: HtmlElement, paragraphs: tuple[str, ...]) -> Iterator[str]:
    """Sentences after the headline and before the text whose markup is called a standfirst."""
    begins = [_squeezed(text)[:_SAME] for text in paragraphs if _is_said(text)][:_FIRST]
    whole, headed = _squeezed("".join(paragraphs)), False
    found: list[str] = []
    for node in tree.iter("h1", *_LEAVES[:3]):
        if node.tag == "h1":
            headed, found = True, []
        elif (text := _leaf_text(node)) and any(map(_squeezed(text).startswith, begins)):
            yield from found
            return
        elif text and headed and _is_lead(node, text) and _squeezed(text)[:_SAME] not in whole:
            found.append(tidy(text))


def _with_described(
    tree: HtmlElement, paragraphs: tuple[str, ...], descriptions: Sequence[str]
) -> tuple[str, ...]:
    """With the sentence over the text that the page gives as its description too."""
    whole = _squeezed("".join(paragraphs))
    for description in descriptions:
        lead = " ".join(tidy(description).split()).rstrip(".… ")
        if word_count(lead) < _WORDS:
            continue
        if _squeezed(lead)[:_SAME] in whole:
            return paragraphs
        text = _described(tree, lead)
        if text is not None and ends_sentence(text):
            return (tidy(text), *paragraphs)
    return paragraphs


def _described(tree: HtmlElement, lead: str) -> str | None:
    """The first block that says what the description says, or begins or goes on with it."""
    opening = _squeezed(lead)[:_SAME]
    for node in tree.iter(*_LEAVES):
        text = _leaf_text(node)
        if not 0.5 * len(lead) <= len(text) < 1.6 * len(lead) + _SAME:
            continue
        if _squeezed(text)[:_SAME] == opening and not _is_links(node, text):
            return text
    return None


def _is_lead(node: HtmlElement, text: str) -> bool:
    if word_count(text) < _WORDS or not ends_sentence(text) or _is_links(node, text):
        return False
    near = [node, *list(node.iterancestors())[:2]]
    told = " ".join(f"{each.get('class') or ''} {each.get('id') or ''}" for each in near)
    return not _words_of("standfirst").isdisjoint(word.lower() for word in _NAME_WORD.findall(told))


def _leaf_text(node: HtmlElement) -> str:
    """A block's words; nothing of a block of blocks."""
    if node.tag != "p" and any(child.tag in _INNER for child in node):
        return ""
    return " ".join(node.text_content().split())


def _is_said(paragraph: str) -> bool:
    return word_count(paragraph) >= _SENTENCE_WORDS


def _is_links(node: HtmlElement, text: str) -> bool:
    return 2 * sum(len(link.text_content()) for link in node.iter("a")) >= len(text)


def _squeezed(text: str) -> str:
    return "".join(text.split())
