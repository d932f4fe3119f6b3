"""Receipts: what a story's summary was made of and by, and whether the same comes out again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from news.digest import Digests
from news.model import Article, Digest, Evidence, Point, Story
from news.store import Store

SENTENCES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A story's summary with its articles, and its sentences made anew.

    `again` is None where they could not be made again, for the `reason`.
    """

    story: Story
    digest: Digest
    articles: tuple[Article, ...]
    again: tuple[Point, ...] | None
    reason: str | None

    @property
    def same(self) -> bool | None:
        """Whether the same text with the same sources came out; None where nothing could."""
        return None if self.again is None else _told(self.again) == _told(self.digest.points)

    @property
    def same_way(self) -> bool:
        """Whether it came about in the same way: the checks said the same of what was written."""
        return self.again == self.digest.points


def _told(points: Sequence[Point]) -> list[tuple[str, tuple[Evidence, ...]]]:
    return [(point.text, point.evidence) for point in points]


def write_receipt(
    story: Story, store: Store, digests: Digests, *, now: datetime, stop: Callable[[], bool]
) -> Receipt:
    """Take the summary that was made last of a story's articles, and make it again now.

    Where none is kept, one is made first. Slow where it was written. Raises WriterStopped.
    """
    articles = store.articles.of_stories([story.id])[story.id]
    digest = store.stories.last_digest({one.id for one in articles}, story.first_at)
    if digest is None:
        digest = digests.extract(articles, title=story.title, sentences=SENTENCES, now=now)
    found = digests.again(digest, stop=stop)
    return Receipt(
        story=story,
        digest=digest,
        articles=tuple(filter(None, map(store.articles.get, digest.article_ids))),
        again=None if isinstance(found, str) else found.points,
        reason=found if isinstance(found, str) else None,
    )
