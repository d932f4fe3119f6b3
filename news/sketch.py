"""A story in the form in which articles are compared with it: sums over its articles, bounded.

Values and arithmetic only; knows no index and no store. A store keeps sketches, so that a
process that begins does not have to read the texts again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from news.model import Vector
from news.signals import Bag, Signals

TERMS = 128
"""So many terms of a story are kept, those that weigh most; more change no decision."""
KEYS = 32
"""By so many of them, the rarest that weigh most, a story is found."""

Rarity = Callable[[NDArray[np.int32]], NDArray[np.float32]]
"""Gives a weight for each bucket: what few articles hold says more."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sketch:
    """Sums over the articles of one story: of their weighted terms and of their vectors.

    `keys` are the buckets by which it is found, `place` is that of the article placed last.
    """

    count: int
    first_at: datetime
    last_at: datetime
    place: int
    terms: Bag
    total: Vector
    keys: NDArray[np.int32]

    def unit(self) -> Vector:
        """Give the middle of the story's vectors, of length one."""
        length = float(np.linalg.norm(self.total))
        return (self.total / max(length, 1e-9)).astype(np.float32)

    def coherence(self) -> float:
        """Give how like its middle the articles are on average: 1 where all say the same."""
        return float(np.linalg.norm(self.total)) / self.count


def begun(signals: Signals, rarity: Rarity, place: int = 0) -> Sketch:
    """Give the sketch of a story of one article."""
    terms, keys = _weighed(signals.terms, rarity)
    return Sketch(
        count=1,
        first_at=signals.at,
        last_at=signals.at,
        place=place,
        terms=terms,
        total=signals.vector.astype(np.float32),
        keys=keys,
    )


def together(sketches: Iterable[Sketch], rarity: Rarity) -> Sketch:
    """Give the sketch of a story that holds what several hold. Needs one or more."""
    parts = list(sketches)
    if len(parts) == 1:
        return parts[0]
    terms, keys = _weighed(_sum([part.terms for part in parts]), rarity)
    return Sketch(
        count=sum(part.count for part in parts),
        first_at=min(part.first_at for part in parts),
        last_at=max(part.last_at for part in parts),
        place=max(part.place for part in parts),
        terms=terms,
        total=np.sum([part.total for part in parts], axis=0, dtype=np.float32),
        keys=keys,
    )


def _sum(bags: Iterable[Bag]) -> Bag:
    parts = list(bags)
    buckets, places = np.unique(
        np.concatenate([part.buckets for part in parts]), return_inverse=True
    )
    weights = np.bincount(places, weights=np.concatenate([part.weights for part in parts]))
    return Bag(buckets=buckets, weights=weights.astype(np.float32))


def _weighed(terms: Bag, rarity: Rarity) -> tuple[Bag, NDArray[np.int32]]:
    """Give the terms that weigh most, and of them the keys, heaviest first."""
    order = np.argsort(-terms.weights * rarity(terms.buckets), kind="stable")
    keys = terms.buckets[order[:KEYS]]
    if len(terms) <= TERMS:
        return terms, keys
    kept = np.sort(order[:TERMS])
    return Bag(buckets=terms.buckets[kept], weights=terms.weights[kept]), keys
