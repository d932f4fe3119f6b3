"""Which stretches of a document can stand in a summary: proper sentences, each once.

Drops headlines, bylines, captions, calls to the reader and other clutter by their form.
Knows no vectors and no scores.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from summarizer.model import Document, Sentence
from summarizer.text import content_words, quotations, split_sentences, words

MOST_SENTENCES = 360
"""How many sentences are considered over all documents: bounds time and memory."""

MOST_OF_ONE = 200
"""How many sentences of one document are considered: half of them leading ones (about 2,000
words), half the most typical ones of equal stretches of the rest."""

_FEW = 40
"""A document that may give no more than that is told by its beginning, as news is written."""

_STRETCHES = 10

MOST_WORDS = 120
_LEAST_WORDS = 5
_ENDS = re.compile(r"[.!?。！？؟।]['\"”’»)\]]*$")
_TEASER = re.compile(r"(?:…|\.\.\.)['\"”’»)\]]*$")
_BULLET = re.compile(r"(?:[-–—*•·●▪►»>]+|\d{1,2}[.)])\s+")
_LEAD_IN = re.compile(
    r"(?:(?:[^\W\d_][\w .,'’/-]{0,50}?\s*)?"
    r"(?:\([A-Z][\w .&/-]{1,30}\)\s*[-–—]+\s*|\([A-Z]{2,}[\w .&/-]{0,20}\)\s*)"
    r"|[A-Z][A-Z .,'’/-]{2,40}(?:,\s*\w+\.?\s*\d{0,2})?(?:\s+-+\s+|\s*[–—]+\s*)"
    r"|[A-Z][A-Z ]{4,30}:\s*)"
    r"(?=[\"“‘'A-Z0-9])"
)
"""A dateline such as "CITY (Agency) - " or "(Agency)" before the first word."""
_HIGH = r"[^\W\d_a-zß-öø-ÿа-яё]"
_MONTH = r"[^\W\d_]{3,12}\.?"
_AGENCY = r"(?:\s*[(/\[][^()\[\]/\n\d]{2,30}[)/\]])?"
_DATED = re.compile(
    rf"(?:{_HIGH}[\w.'’-]*(?:[ ,/]+(?:{_HIGH}[\w.'’-]*|[a-zà-ÿ]{{2,3}})){{0,5}}"
    rf"{_AGENCY}[,،.]\s*(?:le\s+)?)?"
    rf"(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+"
    rf"|\d{{1,2}}(?:er|[.º])?\s+(?:de\s+)?{_MONTH}\s+(?:del?\s+)?|(?:\d{{1,2}}[./-]){{2}})"
    rf"(?:19|20)\d\d(?:\s*г(?:ода|\.))?{_AGENCY},?(?:\s+-+\s+|\s*[–—]+\s*)"
    rf"(?=[\"“‘«„'0-9]|{_HIGH})"
)
"""A dateline with the year, the agency or none, in any language: "CITY, Land, March 3, 2026 - "."""


@cache
def _clutter() -> re.Pattern[str]:
    text = resources.files("summarizer").joinpath("data/clutter_en.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return re.compile("|".join(f"(?:{line})" for line in lines), re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sentence that may be shown, and where it stands.

    `position` counts the candidates of its document from 0; `document` is an index.
    """

    document: int
    sentence: Sentence
    position: int


def cut(document: Document, start: int, end: int) -> Sentence:
    """The stretch of `document.text` from `start` to `end`, without blanks at its ends."""
    piece = document.text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    return Sentence(text=document.text[start:end], start=start, end=max(start, end))


def considered(documents: Sequence[Document]) -> list[Candidate]:
    """The sentences of `documents` that may be shown, in order, no two with the same words.

    A document without one proper sentence (a headline, capitals, no punctuation) gives
    its lines of at least five words instead. At most MOST_SENTENCES over all documents,
    at least the first four of each, at most MOST_OF_ONE of one, from all of a long one.
    """
    share = max(4, min(MOST_OF_ONE, MOST_SENTENCES // max(1, len(documents))))
    found: list[Candidate] = []
    seen: set[tuple[str, ...]] = set()
    for index, document in enumerate(documents):
        new = []
        for sentence in proper_sentences(document):
            key = tuple(words(sentence.text))
            if key not in seen:
                seen.add(key)
                new.append(sentence)
        for position, sentence in enumerate(_most_telling(new, share)):
            found.append(Candidate(document=index, sentence=sentence, position=position))
    return found


def _most_telling(sentences: Sequence[Sentence], share: int) -> Sequence[Sentence]:
    """At most `share` of a document's sentences, in order, from all of it where that is many."""
    if len(sentences) <= share or share <= _FEW:
        return sentences[:share]
    contents = [frozenset(content_words(sentence.text)) for sentence in sentences]
    spread = Counter(word for content in contents for word in content)
    typical = [sum(spread[w] for w in c) / max(_LEAST_WORDS, len(c)) for c in contents]
    half = share // 2
    size = -(-(len(sentences) - half) // _STRETCHES)
    kept = list(range(half))
    for begin in range(half, len(sentences), size):
        stretch = range(begin, min(begin + size, len(sentences)))
        best = sorted(stretch, key=lambda i: (-typical[i], i))[: half // _STRETCHES]
        kept.extend(sorted(best))
    return [sentences[i] for i in kept]


def proper_sentences(document: Document) -> list[Sentence]:
    """The document's sentences without clutter; bullets and datelines are cut off in front."""
    language = document.language or "en"
    whole = split_sentences(document.text, language)
    pieces = [_bare(document, piece) for piece in whole if not _clutter().search(piece.text)]
    pieces = [piece for piece in pieces if piece.text and not _clutter().search(piece.text)]
    proper = [piece for piece in pieces if _is_sentence(piece.text)]
    if not proper:
        proper = [piece for piece in pieces if len(words(piece.text)) >= _LEAST_WORDS]
        return [_shortened(document, piece) for piece in proper]
    without_title = [piece for piece in proper if not _repeats(piece.text, document.title)]
    return without_title or proper


def proper(document: Document, sentence: Sentence) -> Sentence | None:
    """One sentence of the document as it may be shown, its dateline cut off; None for clutter."""
    if _clutter().search(sentence.text):
        return None
    piece = _bare(document, sentence)
    if not _is_sentence(piece.text) or _clutter().search(piece.text):
        return None
    return None if _repeats(piece.text, document.title) else piece


def _bare(document: Document, piece: Sentence) -> Sentence:
    start = piece.start
    for pattern in (_BULLET, _DATED, _LEAD_IN):
        if match := pattern.match(document.text, start, piece.end):
            start = match.end()
    return cut(document, start, piece.end) if start != piece.start else piece


def _shortened(document: Document, piece: Sentence) -> Sentence:
    """A line without punctuation can be a whole article: at most its first MOST_WORDS words."""
    end = piece.start
    for count, match in enumerate(re.finditer(r"\S+", piece.text)):
        if count >= MOST_WORDS:
            break
        end = piece.start + match.end()
    return cut(document, piece.start, end)


def _is_sentence(text: str) -> bool:
    count = len(words(text))
    if not _ENDS.search(text) or _TEASER.search(text):
        return False
    letters = [c for c in text if c.isalpha()]
    if not any(c.islower() for c in letters):
        # scripts without case do not put blanks between words; a full stop must do for them
        return bool(letters) and not any(c.isupper() for c in letters)
    if count < _LEAST_WORDS or count > MOST_WORDS or starts_inside(text):
        return False
    return not (text.rstrip("'\"”’»)]").endswith("?") and not quotations(text))


def starts_inside(text: str) -> bool:
    """Whether a text begins in the middle of a sentence: with a word in small letters."""
    first = re.search(r"[^\W\d_][^\W_]*", text)
    return first is not None and not any(c.isupper() for c in first[0]) and first[0][0].islower()


def _repeats(text: str, title: str) -> bool:
    mine, theirs = set(content_words(text)), set(content_words(title))
    return bool(theirs) and len(mine & theirs) >= 0.9 * len(mine | theirs)
