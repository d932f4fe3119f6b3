"""Putting the grouping right afterwards: stories that moved lately are merged and split.

Acts on what `news.mending` decides. Each step is one transaction with the mark of how far it
got, so that a crash leaves every story whole and nothing is looked at twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy.engine import Connection

from news.describing import Describer
from news.mending import LEAST, may_split, to_merge, to_split
from news.model import Story
from news.open_stories import OpenStories, read_or_bare
from news.signals import Signals
from news.store import Store

NAMED_BY = 12
"""The headline of a story is chosen among those of its latest articles."""
_AT_ONCE = 64
"""Articles whose stories are looked at in one transaction."""
_MOST_LOOKED = 10_000
MOST = 200
"""Stories of more articles are not split: to compare them all would keep others waiting."""


class Correcting:
    """Looks at the stories that articles were placed in, in the order of placing."""

    def __init__(self, store: Store, open_stories: OpenStories, describer: Describer) -> None:
        self._store = store
        self._open = open_stories
        self._describer = describer
        self._looked: dict[int, int] = {}

    def run(self, now: datetime, *, stop: Callable[[], bool] = lambda: False) -> int:
        """Correct what was placed since the last run; give how many stories were put right."""
        with self._store.database.read() as connection:
            looked = self._store.corrections.looked(connection)
            done, more = 0, self._store.placing.last(connection) > looked
        try:
            while more and not stop():
                with self._store.database.write() as connection:
                    corrected, more = self._step(connection, now)
                    done += corrected
        except BaseException:
            self._open.forget()
            raise
        if done:
            structlog.get_logger().info("stories merged or split", stories=done)
        return done

    def _step(self, connection: Connection, now: datetime) -> tuple[int, bool]:
        corrections = self._store.corrections
        looked = corrections.looked(connection)
        ids, last = corrections.changed(connection, looked, _AT_ONCE)
        if last == looked:
            return 0, False
        self._open.begin(connection)
        done = sum(self._correct(connection, id, now) for id in ids)
        if done:
            self._open.corrected(connection)
        self._open.end(connection)
        corrections.set_looked(connection, last)
        return done, True

    def _correct(self, connection: Connection, id: int, now: datetime) -> bool:
        story = self._store.stories.find(connection, id)
        if story is None:  # part of another by now
            return False
        self._open.cover(connection, story.last_at)
        self._open.have(connection, id)
        if id not in self._open.index:
            return False
        return self._merge(connection, story, now) or self._split(connection, story, now)

    def _merge(self, connection: Connection, story: Story, now: datetime) -> bool:
        def latest() -> Signals:
            (one,) = self._store.placing.latest(connection, story.id, 1)
            return read_or_bare(one.article, one.vector)

        other_id = to_merge(self._open.index, story.id, latest)
        if other_id is None:
            return False
        other = self._store.stories.lock(connection, other_id)
        # the one that moved more stays: nobody's mark of what was told grows too high by that
        into, old = sorted((story, other), key=lambda one: (-one.revision, one.id))
        both = self._describer.both(into, old)
        self._store.corrections.merge(connection, old, both, now)
        self._open.replace(connection, old.id, into.id)
        self._store.stories.change(connection, self._titled(connection, both))
        structlog.get_logger().debug("stories merged", old=old.id, into=into.id)
        return True

    def _split(self, connection: Connection, story: Story, now: datetime) -> bool:
        sketch = self._open.index.sketch(story.id)
        if sketch.count > MOST or not may_split(sketch, self._looked.get(story.id, 0)):
            return False
        if len(self._looked) > _MOST_LOOKED:
            self._looked.clear()
        self._looked[story.id] = sketch.count
        placed = self._store.placing.latest(connection, story.id, MOST)
        placed.reverse()
        if len(placed) < max(LEAST, story.articles):  # some wait, or were dropped for their age
            return False
        articles = [one.article for one in placed]
        apart = to_split(
            self._open.index,
            articles,
            [one.vector for one in placed],
            lambda: [read_or_bare(one.article, one.vector) for one in placed],
        )
        if not apart:
            return False
        moved = {article.number for article in apart}
        rest = self._describer.anew([one for one in articles if one.number not in moved], now)
        rest = replace(rest, id=story.id, revision=story.revision, changed_at=story.changed_at)
        part = replace(self._describer.anew(apart, now), changed_at=story.changed_at)
        new_id = self._store.corrections.split(connection, rest, part, sorted(moved))
        for one in (rest, replace(part, id=new_id)):
            self._open.renew(connection, one.id)
            self._store.stories.change(connection, self._titled(connection, one))
        structlog.get_logger().debug("story split", story=story.id, new=new_id, articles=len(apart))
        return True

    def _titled(self, connection: Connection, story: Story) -> Story:
        latest = self._store.placing.latest(connection, story.id, NAMED_BY)
        return self._describer.titled(story, latest, self._open.index.sketch(story.id).unit())
