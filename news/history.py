"""How a topic or a story unfolded, and what a reader who was away needs: told from the store.

Brings articles and sentence vectors to news/timeline.py. Synchronous; knows no clock, no chat.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from news.digest import Digests
from news.gathering import gather, gather_story, subject_of
from news.model import Article, Point, Story
from news.search import Search
from news.statements import SentenceVectors
from news.store import Store
from news.timeline import Entry, compose, read
from news.topics import Topics

NEW = timedelta(hours=48)
"""What came so lately is new to who asks to be caught up."""
BACKGROUND = 5
_NEWS = 4
_MOST_DAYS = 40
"""Of a topic that is in the news every day for months nobody reads more; who wants more, asks."""
_SAME = 0.8
"""A new sentence so like one of the background tells nothing new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The days of a topic, oldest first; no entries where the sources hold nothing about it.

    `story` is the one whose timeline this is, if it is one's. `articles` were read.
    """

    title: str
    entries: tuple[Entry, ...]
    articles: int
    newest_source_at: datetime | None
    seconds: float
    story: Story | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtUp:
    """The background of a topic by days, and what came since `since`, told by nothing older."""

    title: str
    background: tuple[Entry, ...]
    news: tuple[Point, ...]
    since: datetime
    articles: int
    newest_source_at: datetime | None
    seconds: float


class History:
    """Tells how things unfolded. Safe to use from many threads."""

    def __init__(
        self,
        store: Store,
        search: Search,
        topics: Topics,
        digests: Digests,
        vectors: SentenceVectors,
    ) -> None:
        self._store = store
        self._search = search
        self._topics = topics
        self._digests = digests
        self._vectors = vectors

    def timeline(
        self,
        words: str,
        *,
        now: datetime,
        since: timedelta | None = None,
        dates: int | None = None,
    ) -> Timeline:
        """Give the timeline of a topic: `dates` days, or as many as matter."""
        articles = self._about(words, now, since)
        return self._told(self._title(words), articles, now, since, dates)

    def of_story(self, story_id: int, *, now: datetime) -> Timeline | None:
        """Give the timeline of a story and of what led to it; None when there is none such."""
        story = self._store.stories.get(story_id)
        if story is None:
            return None
        articles = gather_story(story.id, store=self._store, search=self._search, now=now)
        return self._told(story.title, articles, now, None, None, story)

    def catch_up(self, words: str, *, now: datetime) -> CaughtUp:
        """Give five dated sentences of background, then the sentences of the last 48 hours.

        Where nothing came in these hours the background goes to the end; where all did, there
        is none.
        """
        began = time.monotonic()
        articles = self._about(words, now, None)
        since = now - NEW
        old = [one for one in articles if one.published_at < since]
        fresh = [one for one in articles if one.published_at >= since]
        title = self._title(words)
        entries = self._background(old, since, title)
        return CaughtUp(
            title=title,
            background=tuple(entries),
            news=tuple(self._news(title, fresh, entries, now)),
            since=since,
            articles=len(articles),
            newest_source_at=_newest(articles) or self._store.articles.newest_at(),
            seconds=round(time.monotonic() - began, 3),
        )

    def _title(self, words: str) -> str:
        return self._topics.label(subject_of(words, self._topics))

    def _background(self, old: Sequence[Article], until: datetime, about: str) -> list[Entry]:
        """A sentence each of the days that matter, spread over the time; of few days more each."""
        texts = read(old)
        entries: list[Entry] = []
        for sentences in (1, 2, BACKGROUND):
            entries = compose(
                texts,
                self._vectors.of,
                today=until.date(),
                dates=BACKGROUND,
                spread=True,
                sentences=sentences,
                about=about,
            )
            if len(entries) * sentences >= BACKGROUND:
                break
        left = BACKGROUND
        kept = []
        for entry in entries:
            kept.append(replace(entry, evidence=entry.evidence[:left]))
            left -= len(kept[-1].evidence)
        return [entry for entry in kept if entry.evidence]

    def _about(self, words: str, now: datetime, since: timedelta | None) -> list[Article]:
        return gather(
            words,
            store=self._store,
            search=self._search,
            topics=self._topics,
            now=now,
            since=since,
        )

    def _told(
        self,
        title: str,
        articles: Sequence[Article],
        now: datetime,
        since: timedelta | None,
        dates: int | None,
        story: Story | None = None,
    ) -> Timeline:
        began = time.monotonic()
        entries = compose(
            read(articles),
            self._vectors.of,
            today=now.date(),
            first=(now - since).date() if since is not None else None,
            dates=dates,
            most=_MOST_DAYS,
            about=title,
        )
        return Timeline(
            title=title,
            entries=tuple(entries),
            articles=len(articles),
            newest_source_at=_newest(articles) or self._store.articles.newest_at(),
            seconds=round(time.monotonic() - began, 3),
            story=story,
        )

    def _news(
        self, title: str, fresh: Sequence[Article], background: Sequence[Entry], now: datetime
    ) -> list[Point]:
        """The best sentences of the biggest new stories that repeat neither background nor news."""
        told = [one.sentence for entry in background for one in entry.evidence]
        groups = _biggest(fresh)[:_NEWS]
        news: list[Point] = []
        for place, group in enumerate(groups):
            left, stories = _NEWS - len(news), len(groups) - place
            wanted = -(-left // stories)
            digest = self._digests.extract(
                group, title=title, sentences=wanted + 2, now=now, keep=False
            )
            news += self._untold(digest.points, [*told, *(one.text for one in news)])[:wanted]
        return news

    def _untold(self, points: Sequence[Point], told: Sequence[str]) -> list[Point]:
        """Leave out points that say what was told."""
        if not told or not points:
            return list(points)
        rows = self._vectors.of([point.text for point in points])
        alike = (rows @ self._vectors.of(told).T).max(axis=1)
        return [point for point, most in zip(points, alike, strict=True) if most < _SAME]


def _biggest(articles: Sequence[Article]) -> list[list[Article]]:
    """Group articles by story, those of most articles first, of as many the newer."""
    groups: dict[object, list[Article]] = {}
    for article in articles:
        groups.setdefault(article.story_id or article.id, []).append(article)
    return sorted(
        groups.values(),
        key=lambda group: (len(group), max(one.published_at for one in group)),
        reverse=True,
    )


def _newest(articles: Sequence[Article]) -> datetime | None:
    return max((article.published_at for article in articles), default=None)
