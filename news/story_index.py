"""How well an article fits each open story: rare terms with names, vectors, closeness in time.

In memory and pure: knows no store. Term weighting after Salton and Buckley 1988, single pass
with a fading window as in topic detection and tracking (Allan et al. 1998).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from news.model import Article, Vector
from summarizer.encode import Encoder
from summarizer.text import content_words, names

WINDOW = timedelta(days=10)
"""An article further than this from all of a story's articles does not join it."""
FADE = timedelta(days=4)
VECTOR_SHARE = 0.5
TITLE_SHARE = 0.3
JOIN = 0.35
"""Chosen on one half of the clusters of a labelled set, see docs/quality.md."""
YOUNG = 1000
"""Articles that a store is taken to hold besides its own: without them a young store's counts
call every term common, and the first stories fall apart."""
_LEAST_LIKE = 0.25
"""Stories whose vectors are less alike than this are not compared further."""
_CENTRAL = 0.9
"""A headline may name a story when it is as near to its middle as this share of the nearest."""
_WORDS = 300
_ENCODED_WORDS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What an article is compared by: its vector, weighted terms, and time of publication."""

    vector: Vector
    terms: Mapping[str, float]
    at: datetime


@dataclass(slots=True)
class _Member:
    """A story in the index: sums over its articles, and its span of time."""

    row: int
    terms: dict[str, float]
    count: int
    first_at: datetime
    last_at: datetime
    headlines: list[tuple[datetime, str, Vector]]
    norm: tuple[int, float] = (-1, 1.0)


class StoryIndex:
    """The open stories, comparable with a new article. In memory; knows no store.

    Term sums are kept by term as well, so that an article is compared along its own terms
    and its cost grows with what it shares, not with the number of stories.
    """

    def __init__(self) -> None:
        self._stories: dict[int, _Member] = {}
        self._holders: dict[str, dict[int, float]] = {}
        self._sums: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._units: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._ids: list[int] = []
        self._frequency: dict[str, int] = {}
        self._articles = 0

    def best(self, signals: Signals) -> tuple[int, float] | None:
        """Give the most fitting story within WINDOW of the article and its score, or None."""
        if not self._stories:
            return None
        own = {term: weight * self._rarity(term) for term, weight in signals.terms.items()}
        length = math.sqrt(sum(value * value for value in own.values())) or 1.0
        shared = self._shared(own)
        likeness = self._units[: len(self._ids)] @ signals.vector
        best: tuple[int, float] | None = None
        for row in np.flatnonzero(likeness >= _LEAST_LIKE).tolist():
            id = self._ids[row]
            member = self._stories[id]
            gap = max(signals.at - member.last_at, member.first_at - signals.at, timedelta())
            if gap > WINDOW:
                continue
            alike = float(likeness[row])
            dots = shared.get(id, 0.0)
            cosine = dots / (length * self._norm(member)) / member.count if dots else 0.0
            score = (VECTOR_SHARE * alike + (1 - VECTOR_SHARE) * cosine) * math.exp(-gap / FADE)
            if best is None or score > best[1]:
                best = (id, score)
        return best

    def count(self, terms: Iterable[str]) -> None:
        """Count a new article's terms: what stands in many articles says little."""
        self._articles += 1
        for term in terms:
            self._frequency[term] = self._frequency.get(term, 0) + 1

    def know(self, frequency: Mapping[str, int], articles: int) -> None:
        """Take over counts: in how many of `articles` articles each term stands."""
        self._frequency.update(frequency)
        self._articles = articles

    def add(self, id: int, signals: Signals, headline: str) -> None:
        """Add an article to a story, opening the story when it is not in the index."""
        member = self._stories.get(id)
        if member is None:
            member = self._open(id, signals)
        for term, weight in signals.terms.items():
            total = member.terms.get(term, 0.0) + weight
            member.terms[term] = total
            self._holders.setdefault(term, {})[id] = total
        self._sums[member.row] += signals.vector
        total = self._sums[member.row]
        self._units[member.row] = total / max(float(np.linalg.norm(total)), 1e-9)
        member.count += 1
        member.first_at = min(member.first_at, signals.at)
        member.last_at = max(member.last_at, signals.at)
        member.headlines.append((signals.at, headline, signals.vector))

    def drop(self, id: int) -> None:
        """Take a story out; the terms of its articles stay counted."""
        member = self._stories.pop(id)
        for term in member.terms:
            holders = self._holders[term]
            del holders[id]
            if not holders:
                del self._holders[term]
        last = len(self._ids) - 1
        moved = self._ids[last]
        if moved != id:
            self._ids[member.row] = moved
            self._stories[moved].row = member.row
            for matrix in (self._sums, self._units):
                matrix[member.row] = matrix[last]
        self._ids.pop()

    def drop_before(self, at: datetime) -> None:
        """Take out the stories that ended before `at`."""
        for id in [id for id, member in self._stories.items() if member.last_at < at]:
            self.drop(id)

    def headline(
        self, id: int, *, avoid: Callable[[str], bool] = lambda headline: False
    ) -> str | None:
        """Give a story's headline: the newest of those near its middle.

        The nearest alone would name an old death toll for days. One to `avoid` names a story
        that has no other.
        """
        member = self._stories.get(id)
        if member is None:
            return None
        choice = [one for one in member.headlines if not avoid(one[1])] or member.headlines
        nearness = [float(vector @ self._units[member.row]) for _, _, vector in choice]
        enough = _CENTRAL * max(nearness)
        central = [
            headline for headline, near in zip(choice, nearness, strict=True) if near >= enough
        ]
        return max(central, key=lambda item: item[0])[1]

    def __contains__(self, id: int) -> bool:
        return id in self._stories

    def __len__(self) -> int:
        return len(self._stories)

    def _open(self, id: int, signals: Signals) -> _Member:
        row = len(self._ids)
        if row == len(self._sums):
            size = max(64, 2 * row)
            grown = np.zeros((2, size, len(signals.vector)), dtype=np.float32)
            if row:
                grown[0, :row], grown[1, :row] = self._sums, self._units
            self._sums, self._units = grown[0], grown[1]
        self._sums[row] = 0.0
        self._ids.append(id)
        member = _Member(row, {}, 0, signals.at, signals.at, [])
        self._stories[id] = member
        return member

    def _shared(self, own: Mapping[str, float]) -> dict[int, float]:
        """Give each story's dot product with an article's rare terms, times its articles."""
        shared: dict[int, float] = {}
        for term, value in own.items():
            factor = value * self._rarity(term)
            for id, weight in self._holders.get(term, {}).items():
                shared[id] = shared.get(id, 0.0) + factor * weight
        return shared

    def _rarity(self, term: str) -> float:
        return math.log((self._articles + YOUNG + 2) / (self._frequency.get(term, 0) + 0.5))

    def _norm(self, member: _Member) -> float:
        """Give a story's length in the space of rare terms, counted anew as either grows."""
        mark = member.count * 1_000_000 + self._articles // 50
        if member.norm[0] != mark:
            total = sum(
                (weight / member.count * self._rarity(term)) ** 2
                for term, weight in member.terms.items()
            )
            member.norm = (mark, math.sqrt(total) or 1.0)
        return member.norm[1]


def terms_of(title: str, text: str) -> dict[str, float]:
    """Weigh an article's terms: damped counts, two more for the title, one for each name."""
    lead = " ".join(text.split()[:_WORDS])
    weights = {word: 1.0 + math.log(count) for word, count in Counter(content_words(lead)).items()}
    for word in content_words(title):
        weights[word] = weights.get(word, 0.0) + 2.0
    for name in names(f"{title}. {lead}"):
        weights["@" + name.casefold()] = 1.0
    return weights


def encode_articles(encoder: Encoder, articles: Sequence[Article]) -> list[Vector]:
    """Give a unit vector for each article: its lead with the title, and the title alone."""
    return encode_parts(encoder, [(article.title, article.text) for article in articles])


def encode_parts(encoder: Encoder, parts: Sequence[tuple[str, str]]) -> list[Vector]:
    """Give the same for (title, text) of each article."""
    leads = [f"{title}. {' '.join(text.split()[:_ENCODED_WORDS])}" for title, text in parts]
    vectors = encoder.encode(leads + [title for title, _ in parts])
    mixed = (1 - TITLE_SHARE) * vectors[: len(parts)] + TITLE_SHARE * vectors[len(parts) :]
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True) + 1e-9
    return list(mixed.astype(np.float32))
