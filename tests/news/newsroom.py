"""Invented news in a real store: a small deterministic encoder, and a room that tells articles."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from news.ingest import Ingest
from news.model import Draft, Outlet
from news.places import Places
from news.store import Store
from news.stories import Grouper
from summarizer.text import content_words

NOW = datetime(2022, 2, 18, 12, tzinfo=UTC)


class WordEncoder:
    """Texts that share words are alike: each stem has a direction of its own, made from its sum."""

    name = "words-64"
    dimensions = 64

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give unit rows, shape (texts, 64)."""
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for at, text in enumerate(texts):
            for word in content_words(text):
                rows[at] += _direction(word)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9
        return rows


@cache
def _direction(word: str) -> NDArray[np.float32]:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "little")
    return np.random.default_rng(seed).standard_normal(64).astype(np.float32)


class Newsroom:
    """A store with everything that fills it. `tell` takes an invented article in."""

    def __init__(self, store: Store, ingest: Ingest, places: Places) -> None:
        self.store = store
        self.ingest = ingest
        self.places = places
        self.grouper = Grouper(store, WordEncoder(), places)

    def tell(
        self,
        title: str,
        text: str,
        *,
        at: datetime = NOW,
        outlet: str = "Harbour Post",
        url: str | None = None,
        private: bool = False,
        fetched_at: datetime | None = None,
        language: str = "en",
    ) -> str:
        """Store an article and give its id; the link is made from outlet and title."""
        host = outlet.lower().replace(" ", "-") + ".example"
        slug = "-".join(title.lower().split())
        received = self.ingest.receive(
            Draft(
                url=url or f"https://{host}/{at:%Y%m%d%H%M}/{slug}",
                title=title,
                text=text,
                outlet=Outlet(name=outlet, host=host),
                language=language,
                published_at=at,
                fetched_at=fetched_at or at + timedelta(minutes=1),
                private=private,
            ),
            title,
        )
        assert received.article_id is not None, received.reason
        return received.article_id

    def group(self, now: datetime = NOW) -> int:
        """Give every waiting article its story."""
        return self.grouper.run(now)

    def story_of(self, article_id: str) -> int | None:
        """Give the story that an article is in."""
        article = self.store.articles.get(article_id)
        assert article is not None
        return article.story_id
