"""What leaves the store with age: texts whose story is summarised, and records past their use.

Links, titles and a summary of every story stay. What a chat sent in for itself goes whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from news.digest import Digests, story_key
from news.model import Article, Story
from news.signals import bag, terms_of
from news.store import Store
from news.store.placing import ALL

EVERY = timedelta(hours=24)
SENTENCES = 3
"""The summary that stays of a story: as long as one of a brief."""
RECORDS = timedelta(days=60)
"""How long deliveries, feed entries and shown digests are kept: buttons work for weeks."""
_NOTE = "retention_at"
_AT_ONCE = 50
_MANY = 500
"""So many texts of one story go in one run; a longer story takes some days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What a run took away, in rows, and the bytes by which the file became smaller."""

    texts: int = 0
    private: int = 0
    digests: int = 0
    entries: int = 0
    briefs: int = 0
    freed: int = 0


class Retention:
    """Prunes a store. `keep` is how long a text stays after it was read; None for ever."""

    def __init__(self, store: Store, digests: Digests, keep: timedelta | None) -> None:
        self._store = store
        self._digests = digests
        self._keep = keep

    def run_if_due(
        self, now: datetime, *, stop: Callable[[], bool] = lambda: False
    ) -> Pruned | None:
        """Run once a day; None when the last run is not a day ago."""
        noted = self._store.note(_NOTE)
        if noted is not None and now - datetime.fromisoformat(noted) < EVERY:
            return None
        pruned = self.run(now, stop=stop)
        if not stop():
            self._store.set_note(_NOTE, now.isoformat())
        return pruned

    def run(self, now: datetime, *, stop: Callable[[], bool] = lambda: False) -> Pruned:
        """Take away what is too old, and give the file's free space back."""
        texts = private = 0
        if self._keep is not None:
            texts = self._drop_texts(now, now - self._keep, stop)
            private = self._store.aging.delete_private(now - self._keep)
        before = now - RECORDS
        self._store.showing.delete_before(before)
        aging = self._store.aging
        aging.delete_sketches(before)
        return Pruned(
            texts=texts,
            private=private,
            digests=aging.delete_digests(before),
            entries=aging.delete_entries(before),
            briefs=aging.delete_briefs(before),
            freed=0 if stop() else self._store.database.shrink(),
        )

    def _drop_texts(self, now: datetime, before: datetime, stop: Callable[[], bool]) -> int:
        ids = self._store.aging.stories_with_old_text(before)
        dropped = 0
        for start in range(0, len(ids), _AT_ONCE):
            part = ids[start : start + _AT_ONCE]
            known = self._store.stories.many(part)
            members = self._store.articles.of_stories(part)
            for id in part:
                if stop():
                    return dropped
                if id in known:
                    dropped += self._drop(known[id], members[id], now, before)
        return dropped

    def _drop(
        self, story: Story, articles: Sequence[Article], now: datetime, before: datetime
    ) -> int:
        """Keep the story's summary as of now, then let its old texts go.

        A story that goes on for longer than texts are kept is summarised anew each time.
        """
        told = [article for article in articles if article.text]
        old = [article for article in told if article.fetched_at < before][:_MANY]
        digest = self._digests.extract(
            told, title=story.title, sentences=SENTENCES, now=now, keep=False
        )
        self._store.stories.keep_digest(story_key(story.id), digest, anew=True)
        counts: Counter[int] = Counter()
        for article in old:
            first = self._store.articles.versions(article.id)[0]
            counts.update([ALL, *bag(terms_of(first.title, first.text)).buckets.tolist()])
        return self._store.aging.drop_texts([one.number for one in old], before, counts)
