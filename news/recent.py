"""The middles of the stories that moved last, comparable with an article at a bounded cost."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from news.model import Vector

MOST = 4096
"""So many are compared: about half a millisecond for vectors of 384 numbers."""


class RecentVectors:
    """Unit vectors by id; when there are more than `most`, the one untouched longest goes."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._rows: OrderedDict[int, int] = OrderedDict()
        self._ids: list[int] = []
        self._units: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)

    def put(self, id: int, unit: Vector) -> None:
        """Keep or replace a story's vector; it counts as the newest."""
        row = self._rows.pop(id, None)
        if row is None:
            if len(self._ids) == self._most:
                self.drop(next(iter(self._rows)))
            row = len(self._ids)
            self._ids.append(id)
            self._make_room(len(unit))
        self._rows[id] = row
        self._units[row] = unit

    def drop(self, id: int) -> None:
        """Forget a story's vector; nothing happens where it is not kept."""
        row = self._rows.pop(id, None)
        if row is None:
            return
        last = len(self._ids) - 1
        moved = self._ids[last]
        if moved != id:
            self._ids[row] = moved
            self._rows[moved] = row
            self._units[row] = self._units[last]
        self._ids.pop()

    def nearest(self, vector: Vector, limit: int, least: float) -> list[int]:
        """Give the ids of at most `limit` stories that are at least so like the vector."""
        if not self._ids:
            return []
        likeness = self._units[: len(self._ids)] @ vector
        rows = np.flatnonzero(likeness >= least)
        if len(rows) > limit:
            rows = rows[np.argpartition(-likeness[rows], limit)[:limit]]
        return [self._ids[row] for row in rows.tolist()]

    def __len__(self) -> int:
        return len(self._ids)

    def _make_room(self, dimensions: int) -> None:
        if len(self._ids) <= len(self._units):
            return
        grown = np.zeros((min(max(64, 2 * len(self._ids)), self._most), dimensions), np.float32)
        if len(self._units):
            grown[: len(self._units)] = self._units
        self._units = grown
