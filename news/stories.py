"""Grouping articles about one event as they arrive.

One pass: an article joins the best story above a threshold or begins its own; stories that
turn out to be one, or two, are put right later. What is kept in memory follows from the store
alone, so a restart or a second process changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import numpy as np
import structlog
from sqlalchemy.engine import Connection

from news.correcting import NAMED_BY, Correcting
from news.describing import Describer
from news.headlines import Headlines
from news.model import Article, Story, Vector
from news.open_stories import OpenStories, read_or_bare
from news.places import Places
from news.signals import Signals, encode_articles
from news.store import Store
from news.story_index import JOIN
from summarizer.encode import Encoder, EncoderUnavailable

_BATCH = 256
"""Articles encoded together: of many, those of one length share a batch of the model."""
_AT_ONCE = 64
"""Articles placed in one transaction: some tenths of a second in which nobody else can write."""


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
        self._encoder = encoder
        self._describer = Describer(places, headlines)
        self._open = OpenStories(store)
        self._correcting = Correcting(store, self._open, self._describer)

    @property
    def open_stories(self) -> int:
        """How many stories are in memory."""
        return len(self._open.index)

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
            self._open.forget()
        while not stop():
            waiting = self._store.placing.waiting(_BATCH)
            if not waiting:
                self._correcting.run(now, stop=stop)  # what a process that died left
                break
            vectors = self._vectors(waiting)
            pairs = [
                (article, read_or_bare(article, vector))
                for article, vector in zip(waiting, vectors, strict=True)
            ]
            for start in range(0, len(pairs), _AT_ONCE):
                part = pairs[start : start + _AT_ONCE]
                placed = self._place_all(part, now, stop)
                done += placed
                if placed < len(part):
                    return done
                progress(placed)
            self._correcting.run(now, stop=stop)
        return done

    def _vectors(self, articles: Sequence[Article]) -> list[Vector]:
        """Encode articles; one that the encoder cannot take gets no direction at all."""
        try:
            return encode_articles(self._encoder, articles)
        except EncoderUnavailable:
            raise
        except Exception:
            # any model may be set, so its errors on one odd text are not ours to list: each
            # text is tried alone, and only when none can be encoded is the error the model's
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
        moved: dict[int, Story] = {}
        try:
            with self._store.database.write() as connection:
                self._open.begin(connection)
                for article, signals in pairs:
                    if stop():
                        break
                    self._open.cover(connection, signals.at)
                    self._place(connection, article, signals, now, moved)
                    done += 1
                self._describe(connection, moved.values())
                self._open.end(connection)
        except BaseException:
            self._open.forget()  # what the store took is not certain: learn it anew
            raise
        return done

    def _place(
        self,
        connection: Connection,
        article: Article,
        signals: Signals,
        now: datetime,
        moved: dict[int, Story],
    ) -> None:
        """Give an article its story; what is said of that now goes to `moved`."""
        placing = self._store.placing
        found = placing.still_waits(connection, article.number)
        if found is None or found[0].content_hash != article.content_hash:
            return
        article, place = found
        id, opened = article.story_id, False
        if id is None:
            id, opened = self._choose(connection, article, signals)
        edited = article.story_id is not None and place is None
        if not (opened or edited):
            self._open.have(connection, id)
        place = placing.place(connection, article.number, id, signals.vector)
        if article.story_id is None:
            self._open.count(signals.terms)
        if edited:
            self._open.renew(connection, id, place)
        else:
            self._open.add(id, signals, place)
        if article.story_id is None or edited:
            story = moved.get(id) or self._store.stories.lock(connection, id)
            moved[id] = self._describer.told(story, article, now)

    def _describe(self, connection: Connection, moved: Iterable[Story]) -> None:
        """Name the stories that moved, once each: a burst is one story many times over."""
        for story in moved:
            self._open.have(connection, story.id)
            latest = self._store.placing.latest(connection, story.id, NAMED_BY)
            middle = self._open.index.sketch(story.id).unit()
            self._store.stories.change(connection, self._describer.titled(story, latest, middle))

    def _choose(
        self, connection: Connection, article: Article, signals: Signals
    ) -> tuple[int, bool]:
        """Give the story that a new article joins; where none fits one is opened, and true."""
        original = self._store.articles.story_of(connection, article.copy_of)
        if original is not None:
            return original, False
        best = self._open.index.best(signals)
        if best is not None and best[1] >= JOIN:
            return best[0], False
        if signals.at != article.published_at:
            log = structlog.get_logger()
            log.warning("dated in the future", article=article.id, date=str(article.published_at))
        opened = self._describer.opened(article, signals.at)
        return self._store.stories.add(connection, opened), True
