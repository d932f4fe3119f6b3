"""Which sentence tells a day: those that name it, and the openings of what came out on it.

Ranked by vectors and form, verbatim, with their places. Knows nothing of how days are chosen.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from news.dates import Mention, mentions
from news.model import Article
from summarizer.candidates import proper
from summarizer.model import Document, Sentence
from summarizer.text import leans, quotations, split_sentences, words
from summarizer.words import FIRST_PERSON

if TYPE_CHECKING:
    from numpy.typing import NDArray

Encode = Callable[[Sequence[str]], "NDArray[np.float32]"]
"""A normalised row for each text, shape (texts, dimensions)."""

POOL = 16
"""So many sentences are encoded for a day at most."""
_LOOKED_AT = 8
"""So many times as many are looked at closely, those that came first and stand first."""
_LEAD = 4
_LEAST = 7
_SHORT = 10
"""Sentences of fewer than seven words say too little alone; of fewer than ten, mostly."""
_SAME = 0.85
"""Sentences whose vectors are this close tell the same: one of them is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What the features of a sentence count; the first three are likenesses, the rest are shares.

    Chosen by hand and checked by alignment ROUGE on two topics of news, then on two others.
    """

    day: float = 1.5
    topic: float = 1.0
    about: float = 1.0
    named: float = 0.6
    opening: float = 0.1
    prompt: float = 0.1
    several: float = -0.1
    ahead: float = -0.5
    quoted: float = -0.3
    personal: float = -0.2
    short: float = -0.2
    long: float = -0.2
    likeness: float = 1.0


WORTH = Worth()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence that may be told of a day; `prior` is its worth before any vector."""

    article: Article
    sentence: Sentence
    named: bool
    prior: float


class DatedText:
    """An article with the times that it names; a text without a date of its own names few."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.published = published_on(article)
        self.mentions = [
            one
            for one in mentions(article.text, self.published, article.language)
            # the day of publication with its year is a page's stamp, not what its text is about
            if not (one.full and one.first == one.last == self.published)
        ]

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The article's sentences, split when first asked for."""
        return split_sentences(self.article.text, self.article.language or "en")

    @cached_property
    def days(self) -> frozenset[date]:
        """The days that the article names."""
        return frozenset(day for mention in self.mentions for day in mention.days)

    def mentions_in(self, sentence: Sentence) -> list[Mention]:
        """The times named in one sentence."""
        return [one for one in self.mentions if sentence.start <= one.start < sentence.end]

    def place_of(self, offset: int) -> int:
        """The place of the sentence in which a character stands."""
        return max(0, bisect_right(self.sentences, offset, key=lambda one: one.start) - 1)


def published_on(article: Article) -> date | None:
    """Give the day an article came out; None for one stored with the time of reading."""
    if article.published_at == article.fetched_at:
        return None
    return article.published_at.date()


def lines_of(
    day: date,
    naming: Iterable[DatedText],
    published: Iterable[DatedText],
    *,
    most: int = POOL,
    worth: Worth = WORTH,
) -> list[Line]:
    """Give the sentences that may tell a day, best first, at most `most`, no two the same.

    `naming` are the texts that name the day, `published` those that came out on it.
    """
    places: list[tuple[float, DatedText, int, Mention | None]] = [
        (_lateness(text, day), text, text.place_of(mention.start), mention)
        for text in naming
        for mention in text.mentions
        if day in mention.days
    ]
    places += [
        (0.0, text, place, None)
        for text in published
        for place, sentence in enumerate(text.sentences[:_LEAD])
        if not any(_elsewhere(one, day) for one in text.mentions_in(sentence))
    ]
    places.sort(key=lambda row: (row[0] > 1, row[2] >= _LEAD, row[0], row[2]))
    found = [
        _line(text, place, day, mention, worth)
        for _, text, place, mention in places[: _LOOKED_AT * most]
    ]
    found.sort(key=lambda line: -line.prior)
    kept: dict[tuple[str, ...], Line] = {}
    for line in found:
        shown = proper(_document(line.article), line.sentence)
        key = tuple(words(shown.text)) if shown else ()
        # alone in its line, a sentence that leans on the one before it says nothing
        if shown is not None and len(key) >= _LEAST and key not in kept and not leans(shown.text):
            kept[key] = replace(line, sentence=shown)
            if len(kept) == most:
                break
    return list(kept.values())


def choose_lines(
    pools: Mapping[date, Sequence[Line]],
    encode: Encode,
    *,
    sentences: int = 1,
    about: str = "",
    worth: Worth = WORTH,
) -> dict[date, list[Line]]:
    """Choose for each day, in the order given, its best lines; no two of them tell the same.

    `about` says in words what is told. A day whose every line was told of an earlier one is
    left out. Encodes all lines in one call. Raises EncoderUnavailable.
    """
    texts = [line.sentence.text for pool in pools.values() for line in pool]
    encoded = encode([*texts, about])
    vectors, asked = encoded[:-1], encoded[-1] if about else np.zeros_like(encoded[-1])
    topic = _unit(vectors.sum(axis=0)) if texts else vectors
    chosen: dict[date, list[Line]] = {}
    told = np.zeros((0, vectors.shape[1]), dtype=np.float32)
    start = 0
    for day, pool in pools.items():
        rows = vectors[start : start + len(pool)]
        start += len(pool)
        score = (
            np.array([line.prior for line in pool])
            + worth.day * (rows @ _unit(rows.sum(axis=0)))
            + worth.topic * (rows @ topic)
            + worth.about * (rows @ asked)
        )
        picked = _pick(score, rows, told, sentences, worth)
        if picked:
            chosen[day] = [pool[place] for place in picked]
            told = np.vstack([told, rows[picked]])
    return chosen


def _pick(
    score: NDArray[np.float32], rows: NDArray[np.float32], told: NDArray[np.float32], count: int,
    worth: Worth,
) -> list[int]:  # fmt: skip
    """Places of the best rows, none like another or like one that was told before."""
    free = np.ones(len(rows), dtype=bool)
    nearest = np.zeros(len(rows), dtype=np.float32)
    if len(told):
        free &= (rows @ told.T).max(axis=1) < _SAME
    picked: list[int] = []
    while len(picked) < count and free.any():
        best = int(np.where(free, score - worth.likeness * nearest, -np.inf).argmax())
        picked.append(best)
        alike = rows @ rows[best]
        nearest = np.maximum(nearest, alike)
        free &= alike < _SAME
        free[best] = False
    return picked


def _line(text: DatedText, place: int, day: date, mention: Mention | None, worth: Worth) -> Line:
    sentence = text.sentences[place]
    days = {one for other in text.mentions_in(sentence) for one in other.days}
    said = words(sentence.text)
    count = len(said)
    prior = (
        worth.opening * math.exp(-place / 5)
        + worth.prompt * (_lateness(text, day) <= 1)
        + worth.quoted * bool(quotations(sentence.text))
        + worth.personal * (not FIRST_PERSON.isdisjoint(said))
        + worth.short * (count < _SHORT)
        + worth.long * (count > 45)
    )
    if mention is not None:
        prior += worth.named + worth.several * (len(days) > 1) + worth.ahead * mention.ahead
    return Line(article=text.article, sentence=sentence, named=mention is not None, prior=prior)


def _lateness(text: DatedText, day: date) -> float:
    """How many days after the day a text came out; of one from before it, or undated, very many."""
    days = (text.published - day).days if text.published else -1
    return float(days) if days >= 0 else math.inf


def _elsewhere(mention: Mention, day: date) -> bool:
    """Whether a time is another than the day, so that its sentence does not tell the day."""
    return day not in mention.days and (bool(mention.days) or mention.last < day)


def _document(article: Article) -> Document:
    return Document(
        id=article.id, text=article.text, title=article.title, language=article.language
    )


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(vector / (float(np.linalg.norm(vector)) or 1.0), dtype=np.float32)
