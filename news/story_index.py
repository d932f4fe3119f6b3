"""How well an article fits each open story: rare terms with names, vectors, closeness in time.

In memory; knows no store. The stories that an article is compared with are found by their
rarest terms and by the vectors of those that moved last: a bounded number, however many there
are. Term weighting after Salton and Buckley 1988, single pass with a fading window as in topic
detection and tracking (Allan et al. 1998).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from news.recent import RecentVectors
from news.signals import BUCKETS, Bag, Signals
from news.sketch import Sketch, begun, together

WINDOW = timedelta(days=10)
"""An article further than this from all of a story's articles does not join it."""
FADE = timedelta(days=5)
VECTOR_SHARE = 0.5
JOIN = 0.34
"""Chosen on one half of the clusters of a labelled set, see docs/quality.md."""
YOUNG = 1000
"""Articles that a store is taken to hold besides its own: without them a young store's counts
call every term common, and the first stories fall apart."""
_LEAST_LIKE = 0.25
"""Stories whose vectors are less alike than this are not compared further."""
_VERY_LIKE = 0.65
"""From this likeness of the vectors on it does not matter what else is shared."""
_REST = 0.07
"""Less than this cosine without the name that adds most to it: no more than a name is shared."""
_BY_TERMS = 48
_BY_VECTOR = 16
_HOLDERS = 256
"""Of the stories that are found by one term, so many are looked at: those that moved last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a story fits: `score` of all signals, `alike` of the vectors alone."""

    id: int
    score: float
    alike: float


class StoryIndex:
    """The open stories, comparable with a new article."""

    def __init__(self) -> None:
        self._sketches: dict[int, Sketch] = {}
        self._holders: dict[int, list[int]] = {}
        self._recent = RecentVectors()
        self._counts: NDArray[np.int32] = np.zeros(BUCKETS, dtype=np.int32)
        self._articles = 0
        self._own: NDArray[np.float32] = np.zeros(BUCKETS, dtype=np.float32)

    def best(self, signals: Signals) -> tuple[int, float] | None:
        """Give the most fitting story within WINDOW of the article and its score, or None.

        Stories with which it shares no more than a name are passed over: another event in
        the same place, or another deed of the same person.
        """
        sketch = begun(signals, self.rarity)
        for fit in self.fits(sketch):
            if fit.score < JOIN or self.more_than_a_name(signals, fit):
                return fit.id, fit.score
        return None

    def more_than_a_name(self, signals: Signals, fit: Fit) -> bool:
        """Say whether an article shares more with a story that fits it than one name."""
        if fit.alike >= _VERY_LIKE:
            return True
        own, other = begun(signals, self.rarity), self._sketches[fit.id]
        return self._beyond_one_name(own, signals.names, other) >= _REST

    def fits(self, sketch: Sketch, *, without: int | None = None) -> list[Fit]:
        """Give how the candidates fit an article or a story, best first; `without` is itself.

        The middle of a story of many sides is near to much that is not of it: its scores are
        lowered to the average over its articles, or one war would become one story.
        """
        ids = [
            id
            for id in self._candidates(sketch)
            if id != without and _apart(self._sketches[id], sketch) <= WINDOW
        ]
        if not ids:
            return []
        alike, scores = self._compared(sketch, [self._sketches[id] for id in ids])
        fits = [
            Fit(id=id, score=float(score), alike=float(near))
            for id, score, near in zip(ids, scores, alike, strict=True)
            if near >= _LEAST_LIKE
        ]
        return sorted(fits, key=lambda fit: (-fit.score, fit.id))

    def score(self, one: Sketch, other: Sketch) -> float:
        """Give how well two stories fit each other, in the index or not."""
        return float(self._compared(one, [other])[1][0])

    def rarity(self, buckets: NDArray[np.int32]) -> NDArray[np.float32]:
        """Weigh buckets: the logarithm of one in how many articles holds a term of it."""
        held = self._counts[buckets]
        return np.log((self._articles + YOUNG + 2) / (held + 0.5)).astype(np.float32)

    def count(self, terms: Bag) -> None:
        """Count a new article's terms: what stands in many articles says little."""
        self._articles += 1
        self._counts[terms.buckets] += 1

    def know(self, buckets: Sequence[int], counts: Sequence[int], articles: int) -> None:
        """Take over counts: in how many of `articles` articles a term of each bucket stands."""
        self._counts[np.array(buckets, dtype=np.int64)] = counts
        self._articles = articles

    def add(self, id: int, signals: Signals, place: int = 0) -> Sketch:
        """Add an article to a story, opening it when it is not in the index; give its sketch."""
        one = begun(signals, self.rarity, place)
        known = self._sketches.get(id)
        sketch = one if known is None else together((known, one), self.rarity)
        self.put(id, sketch)
        return sketch

    def put(self, id: int, sketch: Sketch) -> None:
        """Take a story in as it is, in the place of what was known of it; it moved last."""
        known = self._sketches.pop(id, None)
        if known is not None:
            self._unlist(id, known)
        self._sketches[id] = sketch
        self._recent.put(id, sketch.unit())
        for key in sketch.keys.tolist():
            held = self._holders.setdefault(key, [])
            held.append(id)
            if len(held) > 2 * _HOLDERS:
                del held[:_HOLDERS]

    def drop(self, id: int) -> None:
        """Take a story out; the terms of its articles stay counted."""
        self._unlist(id, self._sketches.pop(id))
        self._recent.drop(id)

    def drop_before(self, at: datetime) -> None:
        """Take out the stories that ended before `at`."""
        for id in [id for id, sketch in self._sketches.items() if sketch.last_at < at]:
            self.drop(id)

    def sketch(self, id: int) -> Sketch:
        """Give what is known of a story. Raises KeyError."""
        return self._sketches[id]

    def __contains__(self, id: int) -> bool:
        return id in self._sketches

    def __len__(self) -> int:
        return len(self._sketches)

    def __iter__(self) -> Iterator[int]:
        return iter(self._sketches)

    def _unlist(self, id: int, sketch: Sketch) -> None:
        for key in sketch.keys.tolist():
            held = self._holders.get(key, [])
            if id in held:
                held.remove(id)
            if not held:
                self._holders.pop(key, None)

    def _candidates(self, sketch: Sketch) -> Iterable[int]:
        """Give the stories that share most rare terms, and those whose middle is nearest."""
        shared: Counter[int] = Counter()
        rarity = self.rarity(sketch.keys).tolist()
        for key, rare in zip(sketch.keys.tolist(), rarity, strict=True):
            for id in self._holders.get(key, ())[-_HOLDERS:]:
                shared[id] += rare
        most = [id for id, _ in shared.most_common(_BY_TERMS)]
        return dict.fromkeys(most + self._recent.nearest(sketch.unit(), _BY_VECTOR, _LEAST_LIKE))

    def _compared(
        self, sketch: Sketch, others: Sequence[Sketch]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give how like the vectors of others are, and their scores of all signals."""
        unit = sketch.unit()
        alike = np.array([float(one.unit() @ unit) for one in others])
        cosines = self._cosines(sketch.terms, [one.terms for one in others])
        close = np.array([one.coherence() for one in others]) * sketch.coherence()
        gaps = np.array([_apart(one, sketch) / FADE for one in others])
        share = VECTOR_SHARE * alike + (1 - VECTOR_SHARE) * cosines
        return alike, share * close * np.exp(-gaps)

    def _cosines(self, own: Bag, others: Sequence[Bag]) -> NDArray[np.float64]:
        """Give the cosine of a bag with each of others, all weighed by rarity."""
        mine = own.weights * self.rarity(own.buckets)
        self._own[own.buckets] = mine
        sizes = np.array([len(other) for other in others])
        buckets = np.concatenate([other.buckets for other in others])
        theirs = np.concatenate([other.weights for other in others]) * self.rarity(buckets)
        dots = _sums(self._own[buckets] * theirs, sizes)
        lengths = np.sqrt(_sums(theirs * theirs, sizes))
        self._own[own.buckets] = 0.0
        length = math.sqrt(float(mine @ mine))
        return dots / np.maximum(lengths * length, 1e-9)

    def _beyond_one_name(
        self, sketch: Sketch, names: Sequence[frozenset[int]], other: Sketch
    ) -> float:
        """Give the cosine that is left without the one name that adds most to it."""
        mine = sketch.terms.weights * self.rarity(sketch.terms.buckets)
        theirs = other.terms.weights * self.rarity(other.terms.buckets)
        both, at, there = np.intersect1d(
            sketch.terms.buckets, other.terms.buckets, assume_unique=True, return_indices=True
        )
        lengths = float(np.linalg.norm(mine) * np.linalg.norm(theirs))
        shares = mine[at] * theirs[there] / max(lengths, 1e-9)
        share = dict(zip(both.tolist(), shares.tolist(), strict=True))
        most = max((sum(share.get(one, 0.0) for one in name) for name in names), default=0.0)
        return float(shares.sum()) - most


def _sums(values: NDArray[np.float32], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sum consecutive runs of such sizes; an empty run is 0."""
    ends = np.cumsum(sizes)
    total = np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
    return np.asarray(total[ends] - total[ends - sizes], dtype=np.float64)


def _apart(one: Sketch, other: Sketch) -> timedelta:
    return max(one.first_at - other.last_at, other.first_at - one.last_at, timedelta())
