"""Clutter: which lines of a page are not its article. The rules are data, in clutter.toml.

Works on paragraphs of plain text; knows no HTML.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain, pairwise

# A paragraph of the article: a sentence or more of this many words, said to its end.
_REAL_WORDS = 25
_SHORT_WORDS = 40
_START_WORDS = 22
_TEASER_WORDS = 8
_LONG_WORDS = 15
_HEAD_WORDS = 14
# After this share of the text an article may be over; before it a list is an inset.
_LATE = 0.6
# What may close after a sentence's end: quotation marks differ, German and Japanese ones too.
_CLOSED = r"[\"'”’“‘»«›‹)\]」』】）》]*$"
_SENTENCE_END = re.compile(r"[.!?。！？؟۔।։።။។]" + _CLOSED)
_WIDE = re.compile("[\u3000-\U0010ffff]")
# Thai, Lao, Burmese and Khmer: no spaces between words, and the first two no full stop.
_JOINED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_STOPLESS = re.compile("[\u0e00-\u0eff]$")
_STOPLESS_WORDS = 15
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[\.{3}\]|\[…\])" + _CLOSED)
_STAMP = re.compile(
    r"\b\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})\b|\b(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?\b|\b\d{1,2}:\d\d\b"
)
_COUNT = re.compile(r"\s*[(\[]?\d+[)\]]?\s*$|^\d+\s+")
_EDGES = " \t.:;,!?|·•*#>»«<→▸►–—-_=+~\"'“”‘’„()[]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The lines of clutter.toml, normalised; see there what each list does."""

    tail: frozenset[str]
    end: frozenset[str]
    line: frozenset[str]
    start: tuple[str, ...]
    leading: frozenset[str]
    part: re.Pattern[str]
    head: tuple[str, ...]
    wall: re.Pattern[str]
    script: re.Pattern[str]


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
        leading=frozenset(line for line in map(_folded, lines("start")) if line.endswith(":")),
        part=anywhere("part"),
        head=tuple(map(_folded, lines("head"))),
        wall=anywhere("wall"),
        script=anywhere("script"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A short paragraph as the rules see it."""

    key: str
    folded: str
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """The article's own paragraphs; `walled` when a line said the rest must be paid for."""

    paragraphs: tuple[str, ...]
    walled: bool = False


def cleaned(paragraphs: Sequence[str], title: str | None = None) -> Cleaned:
    """Without clutter, without repeats of the title before the text, each line once in a row.

    Real paragraphs (25 words or more, ending like a sentence) are never dropped, except those
    after a comment form's heading, and after a list of links late in the text.
    """
    found = rules()
    kept: list[str] = []
    name = _key(title or "")
    total = sum(map(len, paragraphs)) or 1
    begun = skipping = leading = walled = False
    seen = 0
    for at, paragraph in enumerate(paragraphs):
        late = seen / total >= _LATE
        seen += len(paragraph)
        real = is_real(paragraph)
        if word_count(paragraph) > _SHORT_WORDS and not skipping:
            line = Line(key="", folded="", words=_SHORT_WORDS + 1)
        else:
            line = _line(paragraph)
        # a line that only leads to the next ("Read more:") takes it along
        follows, leading = (
            leading and not ends_sentence(paragraph),
            line.folded.rstrip() in found.leading,
        )
        if line.key in found.end or line.key in found.tail:
            if _over(paragraphs[at + 1 :], late=late and line.key in found.end):
                break
            skipping = line.key in found.tail
            continue
        skipping = skipping and not (real or _in_a_row(paragraphs[at : at + 2]))
        if found.wall.search(line.folded):
            walled = True
            continue
        if skipping or follows or (not real and _is_clutter(line, found)):
            continue
        if not begun and not real:
            if name and line.key == name:
                # what stands over the headline is the page's, unless it is said at length
                kept[:] = [text for text in kept if _is_long_sentence(text)]
                continue
            if _is_head(paragraph, line, found):
                continue
        begun = begun or real
        if not kept or kept[-1] != paragraph:
            kept.append(paragraph)
    return Cleaned(paragraphs=tuple(kept), walled=walled)


def asks_for_script(text: str) -> bool:
    """Whether a page says that it shows nothing without JavaScript."""
    return bool(rules().script.search(_folded(text)))


def is_real(paragraph: str) -> bool:
    """Whether it reads like a paragraph of an article."""
    return word_count(paragraph) >= _REAL_WORDS and ends_sentence(paragraph)


def wide(text: str) -> int:
    """How many of its characters are Chinese, Japanese or Korean, which need no spaces."""
    return len(_WIDE.findall(text)) if text and max(text) >= "\u3000" else 0


def word_count(text: str) -> int:
    """Words by their spaces; where a script has none, two to five characters are one."""
    words = len(text.split())
    if not text or max(text) < "\u0e00":
        return words
    return max(words, wide(text) // 2 + len(_JOINED.findall(text)) // 5)


def ends_sentence(text: str) -> bool:
    """Whether it ends as a sentence does, and not cut off."""
    if _STOPLESS.search(text):
        return word_count(text) >= _STOPLESS_WORDS
    return bool(_SENTENCE_END.search(text)) and not _CUT_OFF.search(text)


def _over(rest: Sequence[str], *, late: bool) -> bool:
    """Whether no article goes on in these lines, before the next heading of that kind."""
    if late:
        return True
    found = rules()
    told = []
    for paragraph in rest:
        if word_count(paragraph) <= _START_WORDS and _key(paragraph) in found.end | found.tail:
            break
        told.append(_is_sentence(paragraph))
    # headline, teaser, headline, teaser: articles have sentences in a row
    pairs = list(pairwise(told))
    if (True, True) in pairs:
        return False
    return pairs.count((False, True)) > 1 or not any(map(is_real, rest))


def _in_a_row(lines: Sequence[str]) -> bool:
    return len(lines) > 1 and all(map(_is_sentence, lines))


def _is_sentence(paragraph: str) -> bool:
    return word_count(paragraph) >= _TEASER_WORDS and ends_sentence(paragraph)


def _is_long_sentence(paragraph: str) -> bool:
    return word_count(paragraph) >= _LONG_WORDS and ends_sentence(paragraph)


def _line(paragraph: str) -> Line:
    return Line(key=_key(paragraph), folded=_folded(paragraph), words=word_count(paragraph))


def _is_clutter(line: Line, found: Rules) -> bool:
    if line.words > _SHORT_WORDS:
        return False
    if not line.key or line.key in found.line:
        return True
    if line.words <= _START_WORDS and line.folded.startswith(found.start):
        return True
    return bool(found.part.search(line.folded))


def _is_head(paragraph: str, line: Line, found: Rules) -> bool:
    """A byline, a date line, a reading time: short and without a sentence's end."""
    if line.words > _HEAD_WORDS or _SENTENCE_END.search(paragraph):
        return False
    return bool(
        _STAMP.search(paragraph) or line.folded.lstrip("0123456789 ~-").startswith(found.head)
    )


def _key(line: str) -> str:
    """A whole line as compared: folded, without counts and the punctuation around it."""
    return _COUNT.sub("", _folded(line).strip(_EDGES)).strip(_EDGES)


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(text.replace("’", "'").replace("‘", "'").split()) + (
        " " if text.endswith(" ") else ""
    )
