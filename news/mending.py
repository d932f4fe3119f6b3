"""Which stories turn out to be one, and which to be two, once more articles are known.

Decides only; knows no store. Joining asks for more than an article needs to join, and parting
for far less likeness than that, so that no story is joined and parted in turns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from news.model import Vector
from news.signals import Signals
from news.sketch import Sketch, begun, together
from news.story_index import StoryIndex

MERGE = 0.42
"""Two stories that fit so well are one. Between .40 and .44 nothing changes on labelled news."""
SPLIT = 0.28
"""Two halves of a story that fit so badly are two stories."""
LEAST = 4
"""Of fewer articles a story is not looked at: two of each half are needed."""
_LOOSE = 0.85
"""Stories whose articles are on average so like their middle do not fall in two."""
_ALIKE = 0.65
"""Halves whose middles are so like each other are one story, whatever words they use."""
_ROUNDS = 10


class Text(Protocol):
    """What is asked of an article here: who it is, and whose copy."""

    @property
    def id(self) -> str:
        """Its name, unlike all others'."""

    @property
    def copy_of(self) -> str | None:
        """The name of the text that it is a copy of."""


Member = TypeVar("Member", bound=Text)


def to_merge(index: StoryIndex, id: int, latest: Callable[[], Signals]) -> int | None:
    """Give the story that this one is the same as, or None; `latest` reads its newest article."""
    best = next(iter(index.fits(index.sketch(id), without=id)), None)
    if best is None or best.score < MERGE:
        return None
    return best.id if index.more_than_a_name(latest(), best) else None


def may_split(sketch: Sketch, looked_at: int) -> bool:
    """Say whether a story is worth a closer look; `looked_at` is its size at the last one."""
    grown = sketch.count >= max(LEAST, looked_at + 1, 1.25 * looked_at)
    return grown and sketch.coherence() < _LOOSE


def to_split(
    index: StoryIndex,
    articles: Sequence[Member],
    vectors: Sequence[Vector],
    read: Callable[[], Sequence[Signals]],
) -> list[Member]:
    """Give the articles that are another story than the rest: the smaller half, or none.

    Copies go with their originals, and each half needs two texts of its own. `read` gives the
    signals of all articles; texts are read only where the vectors fall in two.
    """
    rows = np.stack(vectors)
    side = _halves(rows)
    if side is None:
        return []
    by_id = {article.id: half for article, half in zip(articles, side.tolist(), strict=True)}
    sides = [by_id.get(article.copy_of or "", by_id[article.id]) for article in articles]
    texts = [half for article, half in zip(articles, sides, strict=True) if not article.copy_of]
    if min(texts.count(0), texts.count(1)) < LEAST // 2 or _alike(rows, sides) >= _ALIKE:
        return []
    parts = [begun(one, index.rarity) for one in read()]
    one, other = (
        together(
            [part for part, half in zip(parts, sides, strict=True) if half == at], index.rarity
        )
        for at in (0, 1)
    )
    if index.score(one, other) >= SPLIT:
        return []
    smaller = int(one.count > other.count or (one.count == other.count and sides[0] == 0))
    return [article for article, half in zip(articles, sides, strict=True) if half == smaller]


def _alike(vectors: NDArray[np.float32], sides: Sequence[int]) -> float:
    """Give how like the middles of two halves are."""
    one, other = (vectors[np.array(sides) == at].sum(axis=0) for at in (0, 1))
    return float(one @ other / max(float(np.linalg.norm(one) * np.linalg.norm(other)), 1e-9))


def _halves(vectors: NDArray[np.float32]) -> NDArray[np.int64] | None:
    """Cut vectors in two by spherical 2-means, begun at the two least alike; None: they are one."""
    likeness = vectors @ vectors.T
    first, second = divmod(int(np.argmin(likeness)), len(vectors))
    middles: Vector = np.stack([vectors[first], vectors[second]])
    side = np.zeros(len(vectors), dtype=np.int64)
    for _ in range(_ROUNDS):
        side = (vectors @ middles.T).argmax(axis=1)
        if side.min() == side.max():
            return None
        middles = np.stack([vectors[side == half].mean(axis=0) for half in (0, 1)])
        middles /= np.linalg.norm(middles, axis=1, keepdims=True) + 1e-9
    return side
