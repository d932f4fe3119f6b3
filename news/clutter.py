"""Clutter: which lines of a page are not its article. The rules are data, in clutter.toml.

Works on paragraphs of plain text; knows no HTML.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain

# A paragraph of the article: a sentence or more of this many words, said to its end.
_REAL_WORDS = 25
_SHORT_WORDS = 40
_START_WORDS = 22
_HEAD_WORDS = 14
# After this share of the text an article may be over; before it a list is an inset.
_LATE = 0.6
_SENTENCE_END = re.compile(r"[.!?。！？؟।][\"'”’»)\]]*$")
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[\.{3}\]|\[…\])[\"'”’»)\]]*$")
_COUNT = re.compile(r"\s*[(\[]?\d+[)\]]?\s*$|^\d+\s+")
_EDGES = " \t.:;,!?|·•*#>»«<→▸►–—-_=+~\"'“”‘’„()[]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The lines of clutter.toml, normalised; see there what each list does."""

    tail: frozenset[str]
    end: frozenset[str]
    line: frozenset[str]
    start: tuple[str, ...]
    part: re.Pattern[str]
    head: tuple[str, ...]
    wall: re.Pattern[str]


@cache
def rules() -> Rules:
    """Those of all languages together: pages mix them."""
    data = tomllib.loads(files("news").joinpath("clutter.toml").read_text("utf-8"))

    def lines(kind: str) -> list[str]:
        return list(chain.from_iterable(language.get(kind, ()) for language in data.values()))

    def anywhere(kind: str) -> re.Pattern[str]:
        return re.compile("|".join(re.escape(_folded(line)) for line in lines(kind)))

    return Rules(
        tail=frozenset(map(_key, lines("tail"))),
        end=frozenset(map(_key, lines("end"))),
        line=frozenset(map(_key, lines("line"))),
        start=tuple(map(_folded, lines("start"))),
        part=anywhere("part"),
        head=tuple(map(_folded, lines("head"))),
        wall=anywhere("wall"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """The article's own paragraphs; `walled` when a line said the rest must be paid for."""

    paragraphs: tuple[str, ...]
    walled: bool = False


def cleaned(paragraphs: list[str], title: str | None = None) -> Cleaned:
    """Without clutter, without repeats of the title before the text, each line once in a row.

    Real paragraphs (25 words or more, ending like a sentence) are never dropped, except those
    after a comment form's heading, and after a list of links late in the text.
    """
    found = rules()
    kept: list[str] = []
    walled = False
    name = _key(title or "")
    total = sum(map(len, paragraphs)) or 1
    begun = skipping = False
    seen = 0
    for at, paragraph in enumerate(paragraphs):
        late = seen / total >= _LATE
        seen += len(paragraph)
        real = is_real(paragraph)
        key = _key(paragraph)
        if key in found.end:
            if late or _over(paragraphs[at + 1 :]):
                break
            continue
        if key in found.tail:
            if _over(paragraphs[at + 1 :]):
                break
            skipping = True
            continue
        skipping = skipping and not real
        if found.wall.search(_folded(paragraph)) and len(paragraph.split()) <= _SHORT_WORDS:
            walled = True
            continue
        if skipping or (not real and _is_clutter(paragraph, key, found)):
            continue
        if not begun and not real and (key == name or _is_head(paragraph, found)):
            continue
        begun = begun or real
        if not kept or kept[-1] != paragraph:
            kept.append(paragraph)
    return Cleaned(paragraphs=tuple(kept), walled=walled)


def is_real(paragraph: str) -> bool:
    """Whether it reads like a paragraph of an article."""
    words = len(paragraph.split())
    solid = sum(1 for char in paragraph if char >= "\u3000") >= 2 * _REAL_WORDS
    ends = _SENTENCE_END.search(paragraph) and not _CUT_OFF.search(paragraph)
    return bool(ends) and (words >= _REAL_WORDS or solid)


def _over(rest: list[str]) -> bool:
    return not any(map(is_real, rest))


def _is_clutter(paragraph: str, key: str, found: Rules) -> bool:
    if not key or key in found.line:
        return True
    words = len(paragraph.split())
    folded = _folded(paragraph)
    if words <= _START_WORDS and folded.startswith(found.start):
        return True
    return words <= _SHORT_WORDS and bool(found.part.search(folded))


def _is_head(paragraph: str, found: Rules) -> bool:
    """A byline, a date line, a reading time: short and without a sentence's end."""
    if len(paragraph.split()) > _HEAD_WORDS or _SENTENCE_END.search(paragraph):
        return False
    return _folded(paragraph).lstrip("0123456789 ~-").startswith(found.head)


def _key(line: str) -> str:
    """A whole line as compared: folded, without counts and the punctuation around it."""
    return _COUNT.sub("", _folded(line).strip(_EDGES)).strip(_EDGES)


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(text.replace("’", "'").replace("‘", "'").split()) + (
        " " if text.endswith(" ") else ""
    )
