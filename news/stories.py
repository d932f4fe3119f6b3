"""Grouping articles about one event as they arrive.

One pass: an article joins the best story above a threshold or begins its own. What is kept in
memory follows from the store alone, so a restart or a second process changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import structlog
from sqlalchemy.engine import Connection

from news.headlines import Headlines, central
from news.model import Article, Story, Vector
from news.places import Places
from news.signals import Bag, Signals, encode_articles, signals_of
from news.sketch import Sketch, begun, together
from news.store import Store
from news.store.placing import ALL
from news.story_index import JOIN, WINDOW, StoryIndex
from summarizer.encode import Encoder, EncoderUnavailable

_BATCH = 256
"""Articles encoded together: of many, those of one length share a batch of the model."""
_AT_ONCE = 64
"""Articles placed in one transaction: some tenths of a second in which nobody else can write."""
_SLACK = timedelta(days=5)
"""Stories are loaded so much further than is needed now, and dropped so much later."""
_NAMED_BY = 12
"""The headline of a story is chosen among those of its latest articles."""
_READ_AGAIN = 64
"""A sketch that is missing is made from so many of its story's latest articles."""


class Grouper:
    """Gives every waiting article a vector and a story. One at a time per process."""

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        places: Places,
        headlines: Headlines | None = None,
    ) -> None:
        self._store = store
        self._headlines = headlines
        self._encoder = encoder
        self._places = places
        self._forget()

    @property
    def open_stories(self) -> int:
        """How many stories are in memory."""
        return len(self._index)

    def run(
        self,
        now: datetime,
        *,
        stop: Callable[[], bool] = lambda: False,
        progress: Callable[[int], None] = lambda count: None,
    ) -> int:
        """Group all that waits, in order of publication; `progress` gets each batch's size."""
        done = 0
        if self._store.placing.use_encoder(self._encoder.name):
            self._forget()
        while not stop():
            waiting = self._store.placing.waiting(_BATCH)
            if not waiting:
                break
            vectors = self._vectors(waiting)
            pairs = [
                (article, _signals(article, vector))
                for article, vector in zip(waiting, vectors, strict=True)
            ]
            for start in range(0, len(pairs), _AT_ONCE):
                part = pairs[start : start + _AT_ONCE]
                placed = self._place_all(part, now, stop)
                done += placed
                if placed < len(part):
                    return done
                progress(placed)
        return done

    def _vectors(self, articles: Sequence[Article]) -> list[Vector]:
        """Encode articles; one that the encoder cannot take gets no direction at all."""
        try:
            return encode_articles(self._encoder, articles)
        except EncoderUnavailable:
            raise
        except Exception:
            found = [self._vector_alone(article) for article in articles]
            known = next((vector for vector in found if vector is not None), None)
            if known is None:  # the encoder's own trouble, not an article's
                raise
            return [np.zeros_like(known) if vector is None else vector for vector in found]

    def _vector_alone(self, article: Article) -> Vector | None:
        try:
            return encode_articles(self._encoder, [article])[0]
        except Exception as error:  # noqa: BLE001 - one text must not keep all others waiting
            log = structlog.get_logger()
            log.warning("article not encoded", article=article.id, reason=str(error))
            return None

    def _place_all(
        self, pairs: Sequence[tuple[Article, Signals]], now: datetime, stop: Callable[[], bool]
    ) -> int:
        """Place articles in one transaction until `stop()`; give how many were looked at."""
        done = 0
        try:
            with self._store.database.write() as connection:
                if self._seen is not None:
                    self._catch_up(connection)
                for article, signals in pairs:
                    if stop():
                        break
                    self._cover(connection, article.published_at)
                    self._place(connection, article, signals, now)
                    done += 1
                self._count(connection)
        except BaseException:
            self._forget()  # what the store took is not certain: learn it anew
            raise
        return done

    def _forget(self) -> None:
        self._index = StoryIndex()
        self._seen: int | None = None
        self._from: datetime | None = None
        self._until: datetime | None = None
        self._uncounted: Counter[int] = Counter()

    def _count(self, connection: Connection) -> None:
        """Add the terms of the articles placed in this transaction to the store's counts."""
        self._store.placing.count(connection, self._uncounted)
        self._uncounted = Counter()

    def _cover(self, connection: Connection, at: datetime) -> None:
        """Have all stories in memory that an article of this time might join."""
        start, end = at - WINDOW, at + WINDOW
        if self._from is not None and self._until is not None:
            if self._from <= start and end <= self._until:
                return
            if start - _SLACK > self._until or end + _SLACK < self._from:
                self._count(connection)
                self._forget()
        placing, sketches = self._store.placing, self._store.sketches
        if self._seen is None:
            self._seen = placing.last(connection)
            self._learn(placing.counts(connection))
        self._from = min(self._from or start, start) - _SLACK
        self._until = max(self._until or end, end) + _SLACK
        self._from = max(self._from, start - 3 * _SLACK)
        self._index.drop_before(self._from)
        near = sketches.stories_between(connection, self._from, self._until)
        self._load(connection, [id for id in near if id not in self._index])

    def _learn(self, counts: dict[int, int]) -> None:
        articles = counts.pop(ALL, 0)
        self._index.know(list(counts), list(counts.values()), articles)

    def _load(self, connection: Connection, story_ids: Sequence[int]) -> None:
        """Take stories into the index; a sketch that is missing is made from the articles."""
        found = dict(self._store.sketches.of(connection, story_ids))
        missing = [id for id in story_ids if id not in found]
        for id in missing:
            sketch = self._sketch_anew(connection, id)
            if sketch is not None:
                found[id] = sketch
                self._store.sketches.keep(connection, id, sketch)
        for id, sketch in sorted(found.items(), key=lambda one: one[1].place):
            self._index.put(id, sketch)
        if missing:
            structlog.get_logger().info("stories read again", stories=len(missing))

    def _sketch_anew(self, connection: Connection, id: int) -> Sketch | None:
        latest = self._store.placing.latest(connection, id, _READ_AGAIN)
        parts = [
            begun(_signals(placed.article, placed.vector), self._index.rarity, placed.place)
            for placed in reversed(latest)
        ]
        return together(parts, self._index.rarity) if parts else None

    def _catch_up(self, connection: Connection) -> None:
        """Learn what another process has placed meanwhile."""
        assert self._seen is not None
        placing = self._store.placing
        fresh = placing.after(connection, self._seen)
        if not fresh:
            return
        touched = sorted({placed.article.story_id for placed in fresh if placed.article.story_id})
        places = {ALL}
        for placed in fresh:
            places.update(_signals(placed.article, placed.vector).terms.buckets.tolist())
        self._learn(placing.counts(connection, places))
        self._load(connection, touched)
        self._seen = fresh[-1].place

    def _place(
        self, connection: Connection, article: Article, signals: Signals, now: datetime
    ) -> None:
        stories, placing = self._store.stories, self._store.placing
        found = placing.still_waits(connection, article.number)
        if found is None or found[0].content_hash != article.content_hash:
            return
        article, place = found
        id, opened = article.story_id, False
        if id is None:
            id, opened = self._choose(connection, article, signals)
        edited = article.story_id is not None and place is None
        if not (opened or edited or id in self._index):
            self._load(connection, [id])
        self._seen = placing.place(connection, article.number, id, signals.vector)
        if article.story_id is None:
            self._uncounted.update([ALL, *signals.terms.buckets.tolist()])
            self._index.count(signals.terms)
        if edited:
            self._store.sketches.forget(connection, id)
            self._load(connection, [id])
        else:
            sketch = self._index.add(id, signals, self._seen)
            self._store.sketches.keep(connection, id, sketch)
        if article.story_id is None or edited:
            story = stories.lock(connection, id)
            stories.change(connection, self._told(connection, story, article, now))

    def _choose(
        self, connection: Connection, article: Article, signals: Signals
    ) -> tuple[int, bool]:
        """Give the story that a new article joins; where none fits one is opened, and true."""
        original = self._store.articles.story_of(connection, article.copy_of)
        if original is not None:
            return original, False
        best = self._index.best(signals)
        if best is not None and best[1] >= JOIN:
            return best[0], False
        return self._store.stories.add(connection, _opened(article, now=article.published_at)), True

    def _title(self, connection: Connection, story: Story) -> str:
        latest = self._store.placing.latest(connection, story.id, _NAMED_BY)
        headlines = [
            (one.article.published_at, self._headline(one.article), one.vector) for one in latest
        ]
        middle = self._index.sketch(story.id).unit()
        return central(headlines, middle, self._is_view) or story.title

    def _headline(self, article: Article) -> str:
        if self._headlines is None:
            return article.title
        return self._headlines.clean(article.title, outlet=article.outlet, text=article.text)

    def _is_view(self, headline: str) -> bool:
        return self._headlines is not None and self._headlines.is_view(headline)

    def _told(self, connection: Connection, story: Story, article: Article, now: datetime) -> Story:
        """Add an article to a story; a copy brings no news, an edit of a member no article."""
        if story.articles == 0 or article.copy_of is None:
            story = replace(story, revision=story.revision + 1, changed_at=now)
        outlets = story.outlets
        if article.outlet.name and article.outlet.name not in outlets:
            outlets = (*outlets, article.outlet.name)
        weights = {code: 3.0 / (rank + 1) for rank, code in enumerate(story.countries)}
        own = self._places.main(self._places.of(article.title, article.text))
        for rank, code in enumerate(own):
            weights[code] = weights.get(code, 0.0) + 2.0 / (rank + 1)
        return replace(
            story,
            title=self._title(connection, story),
            first_at=min(story.first_at, article.published_at),
            last_at=max(story.last_at, article.published_at),
            articles=story.articles + (article.story_id is None),
            outlets=outlets,
            countries=self._places.main(weights),
        )


def _opened(article: Article, *, now: datetime) -> Story:
    return Story(
        id=0,
        title=article.title,
        first_at=article.published_at,
        last_at=article.published_at,
        changed_at=now,
        articles=0,
        revision=0,
    )


def _signals(article: Article, vector: Vector) -> Signals:
    """Give an article's signals; a text that cannot be read has no terms, and stays alone."""
    half = vector.astype(np.float16).astype(np.float32)  # as the store will give it back
    try:
        return signals_of(article, half)
    except Exception as error:  # noqa: BLE001 - one text must not keep all others waiting
        structlog.get_logger().warning("article not read", article=article.id, reason=str(error))
        bare = Bag(buckets=np.zeros(0, np.int32), weights=np.zeros(0, np.float32))
        return Signals(vector=half, terms=bare, at=article.published_at)
