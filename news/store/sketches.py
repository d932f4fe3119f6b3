"""Sketches of stories: kept with each placing, read when a process begins or goes back in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from news.signals import Bag
from news.sketch import Sketch
from news.store.tables import sketches, stories

LONGEST = timedelta(days=90)
"""A story that ended so long after a span of time is not looked for in it: only the time of a
story's end has an index."""
_MANY = 500


class Sketches:
    """Queries over sketches. The connection belongs to the caller."""

    def keep(self, connection: Connection, story_id: int, sketch: Sketch) -> None:
        """Keep a story's sketch in the place of the one before."""
        self.keep_all(connection, [(story_id, sketch)])

    def keep_all(self, connection: Connection, kept: Sequence[tuple[int, Sketch]]) -> None:
        """Keep sketches in the place of those before, in one statement."""
        if kept:
            connection.execute(
                sa.insert(sketches).prefix_with("OR REPLACE"),
                [{"story_id": story_id, **_values(sketch)} for story_id, sketch in kept],
            )

    def forget(self, connection: Connection, story_id: int) -> None:
        """Take a story's sketch away: it is made anew when it is needed."""
        connection.execute(sa.delete(sketches).where(sketches.c.story_id == story_id))

    def of(self, connection: Connection, story_ids: Sequence[int]) -> list[tuple[int, Sketch]]:
        """Give the sketches that there are of these stories, in the order of their last place."""
        found = []
        for start in range(0, len(story_ids), _MANY):
            part = sketches.c.story_id.in_(story_ids[start : start + _MANY])
            rows = connection.execute(sa.select(sketches).where(part))
            found += [(row.story_id, _sketch(row)) for row in rows]
        return sorted(found, key=lambda one: one[1].place)

    def stories_between(self, connection: Connection, start: datetime, end: datetime) -> list[int]:
        """Give the ids of the stories whose articles span some time of [start, end]."""
        c = stories.c
        query = sa.select(c.id).where(
            c.last_at >= start, c.last_at <= end + LONGEST, c.first_at <= end
        )
        return list(connection.execute(query.order_by(c.id)).scalars())


def _values(sketch: Sketch) -> dict[str, Any]:
    return {
        "articles": sketch.count,
        "first_at": sketch.first_at,
        "last_at": sketch.last_at,
        "place": sketch.place,
        "buckets": sketch.terms.buckets.astype("<i4").tobytes(),
        "weights": sketch.terms.weights.astype("<f4").tobytes(),
        "total": sketch.total.astype("<f4").tobytes(),
        "found_by": sketch.keys.astype("<i4").tobytes(),
    }


def _sketch(row: Row[Any]) -> Sketch:
    return Sketch(
        count=row.articles,
        first_at=row.first_at,
        last_at=row.last_at,
        place=row.place,
        terms=Bag(
            buckets=np.frombuffer(row.buckets, dtype="<i4").astype(np.int32),
            weights=np.frombuffer(row.weights, dtype="<f4").astype(np.float32),
        ),
        total=np.frombuffer(row.total, dtype="<f4").astype(np.float32),
        keys=np.frombuffer(row.found_by, dtype="<i4").astype(np.int32),
    )
