"""The stories that articles of now may join, held in memory beside the store.

What is held follows from the store alone: a process that begins reads it there, one that runs
beside another catches up at the beginning of each transaction. Decides nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import structlog
from sqlalchemy.engine import Connection

from news.model import Article, Vector
from news.signals import Bag, Signals, signals_of, time_of
from news.sketch import Sketch, begun, together
from news.store import Store
from news.store.placing import ALL
from news.story_index import WINDOW, StoryIndex

_SLACK = timedelta(days=5)
"""Stories are loaded so much further than is needed now, and dropped so much later."""
_READ_AGAIN = 64
"""A sketch that is missing is made from so many of its story's latest articles."""


class OpenStories:
    """An index of open stories and how far it is with the store. One thread at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.forget()

    def forget(self) -> None:
        """Hold nothing: what the store took is not certain, or no longer so."""
        self.index = StoryIndex()
        self._seen: int | None = None
        self._corrections = 0
        self._from: datetime | None = None
        self._until: datetime | None = None
        self._uncounted: Counter[int] = Counter()
        self._unkept: set[int] = set()

    def begin(self, connection: Connection) -> None:
        """Learn, at the start of a transaction, what another process has done meanwhile."""
        if self._seen is None:
            return
        if self._store.corrections.number(connection) != self._corrections:
            self.forget()
            return
        placing = self._store.placing
        fresh = placing.after(connection, self._seen)
        if not fresh:
            return
        places = {ALL}
        for placed in fresh:
            places.update(read_or_bare(placed.article, placed.vector).terms.buckets.tolist())
        self._learn(placing.counts(connection, places))
        self._load(
            connection, sorted({one.article.story_id for one in fresh if one.article.story_id})
        )
        self._seen = fresh[-1].place

    def end(self, connection: Connection) -> None:
        """Store, at the end of a transaction, its articles' terms and its stories' sketches."""
        self._store.placing.count(connection, self._uncounted)
        self._uncounted = Counter()
        kept = [(id, self.index.sketch(id)) for id in sorted(self._unkept)]
        self._store.sketches.keep_all(connection, kept)
        self._unkept = set()

    def cover(self, connection: Connection, at: datetime) -> None:
        """Have all stories in memory that an article of this time might join."""
        start, end = at - WINDOW, at + WINDOW
        if self._from is not None and self._until is not None:
            if self._from <= start and end <= self._until:
                return
            if start - _SLACK > self._until or end + _SLACK < self._from:
                self.end(connection)
                self.forget()
        if self._seen is None:
            self._seen = self._store.placing.last(connection)
            self._corrections = self._store.corrections.number(connection)
            self._learn(self._store.placing.counts(connection))
        self._from = min(self._from or start, start) - _SLACK
        self._until = max(self._until or end, end) + _SLACK
        self._from = max(self._from, start - 3 * _SLACK)
        self.end(connection)
        self.index.drop_before(self._from)
        near = self._store.sketches.stories_between(connection, self._from, self._until)
        self._load(connection, [id for id in near if id not in self.index])

    def have(self, connection: Connection, id: int) -> None:
        """Have this story in memory, whatever its time; one that has no articles has nothing."""
        if id not in self.index:
            self._load(connection, [id])

    def add(self, id: int, signals: Signals, place: int) -> None:
        """Add an article that got this place to a story that is in memory, or is new."""
        self._seen = place
        self.index.add(id, signals, place)
        self._unkept.add(id)

    def count(self, terms: Bag) -> None:
        """Count the terms of an article that was not grouped before."""
        self._uncounted.update([ALL, *terms.buckets.tolist()])
        self.index.count(terms)

    def renew(self, connection: Connection, id: int, place: int | None = None) -> None:
        """Make a story's sketch anew from its articles; `place` was given to one of them."""
        self._seen = place or self._seen
        self._unkept.discard(id)
        self._store.sketches.forget(connection, id)
        self._load(connection, [id])

    def replace(self, connection: Connection, old: int, into: int) -> None:
        """Make one story of two, after the store did."""
        parts = [self.index.sketch(id) for id in sorted((old, into))]
        self._unkept -= {old, into}
        self.index.drop(old)
        both = together(parts, self.index.rarity)
        self.index.put(into, both)
        self._store.sketches.keep(connection, into, both)

    def corrected(self, connection: Connection) -> None:
        """Know of the corrections that were made by this process itself."""
        self._corrections = self._store.corrections.number(connection)

    def _learn(self, counts: dict[int, int]) -> None:
        articles = counts.pop(ALL, 0)
        self.index.know(list(counts), list(counts.values()), articles)

    def _load(self, connection: Connection, story_ids: Sequence[int]) -> None:
        """Take stories in; a sketch that is missing is made from the articles, and kept."""
        found = dict(self._store.sketches.of(connection, story_ids))
        missing = [id for id in story_ids if id not in found]
        for id in missing:
            sketch = self._anew(connection, id)
            if sketch is not None:
                found[id] = sketch
                self._store.sketches.keep(connection, id, sketch)
        for id, sketch in sorted(found.items(), key=lambda one: one[1].place):
            self.index.put(id, sketch)
        if len(missing) > 1:
            structlog.get_logger().info("stories read again", stories=len(missing))

    def _anew(self, connection: Connection, id: int) -> Sketch | None:
        latest = self._store.placing.latest(connection, id, _READ_AGAIN)
        rarity = self.index.rarity
        parts = [
            begun(read_or_bare(one.article, one.vector), rarity, one.place)
            for one in reversed(latest)
        ]
        return together(parts, rarity) if parts else None


def read_or_bare(article: Article, vector: Vector) -> Signals:
    """Give an article's signals; a text that cannot be read has no terms, and stays alone."""
    half = vector.astype(np.float16).astype(np.float32)  # as the store will give it back
    try:
        return signals_of(article, half)
    except Exception as error:  # noqa: BLE001 - one text must not keep all others waiting
        structlog.get_logger().warning("article not read", article=article.id, reason=str(error))
        bare = Bag(buckets=np.zeros(0, np.int32), weights=np.zeros(0, np.float32))
        return Signals(vector=half, terms=bare, at=time_of(article))
