"""Summaries of stored articles: made once, kept by what they were made of, shown with evidence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from news.model import Article, Digest, Evidence, Point
from news.store import Store
from news.store.aging import STORY
from summarizer.model import Claim, Document, Summary
from summarizer.pipeline import Summarizer

MOST_ARTICLES = 12
"""A story is summarised from so many of its articles: copies left out, each outlet heard."""
FORM = 1
"""Grows when the way of summarising changes, so that kept summaries are made anew."""


class Digests:
    """Makes and keeps digests. The writer's name is part of the key: a new model writes anew."""

    def __init__(self, store: Store, summarizer: Summarizer) -> None:
        self._store = store
        self._summarizer = summarizer

    def extract(
        self,
        articles: Sequence[Article],
        *,
        title: str,
        sentences: int,
        now: datetime,
        question: str | None = None,
        keep: bool = True,
    ) -> Digest:
        """Give the ranked source sentences of articles, verbatim, within fractions of a second.

        `keep`: whether the store keeps it to be given again.
        """
        chosen = choose([article for article in articles if article.text] or articles)
        if not any(article.text for article in chosen):
            return self._remembered(chosen, title=title, sentences=sentences, now=now)
        key = _key("extract", self._summarizer.encoder.name, chosen, sentences, question)
        kept = self._store.stories.digest(key)
        if kept is not None:
            return replace(kept, title=title)
        summary = self._summarizer.extract(
            [_document(article) for article in chosen], sentences=sentences, query=question
        )
        digest = _digest(summary, chosen, title=title, now=now, question=question)
        if keep:
            self._store.stories.keep_digest(key, digest)
        return digest

    def _remembered(
        self, articles: Sequence[Article], *, title: str, sentences: int, now: datetime
    ) -> Digest:
        """Give what was kept of a story when the texts were dropped for their age."""
        ids = {article.story_id for article in articles}
        kept = [self._store.stories.digest(story_key(id)) for id in sorted(filter(None, ids))]
        if len(kept) == 1 and kept[0] is not None:
            return replace(kept[0], title=title, points=kept[0].points[:sentences])
        return Digest(
            title=title,
            points=(),
            method="extract",
            model=self._summarizer.encoder.name,
            article_ids=tuple(article.id for article in articles),
            created_at=now,
            seconds=0.0,
            note="the text was dropped for its age; its link is kept",
        )

    def write(self, digest: Digest, *, now: datetime, stop: Callable[[], bool]) -> Digest | None:
        """Give the written form of an extracted digest, or None where there is nothing to gain.

        That is also so when no written sentence passed its checks: the digest stands as it is.
        Slow. Raises WriterStopped when `stop()` became true.
        """
        writer = self._summarizer.writer
        chosen = [
            article
            for article in map(self._store.articles.get, digest.article_ids)
            if article is not None and article.text
        ]
        if writer is None or not chosen or not digest.points or digest.final:
            return None
        sentences = len(digest.points)
        key = _key("write", writer.name, chosen, sentences, digest.question)
        kept = self._store.stories.digest(key)
        if kept is None:
            summary = self._summarizer.write(
                [_document(article) for article in chosen],
                sentences=sentences,
                query=digest.question,
                today=now.date(),
                stop=stop,
            )
            if summary.method != "write":
                return None
            kept = _digest(summary, chosen, title=digest.title, now=now, question=digest.question)
            self._store.stories.keep_digest(key, kept)
        if not any(point.origin == "written" for point in kept.points):
            return None
        return replace(kept, title=digest.title)


def story_key(story_id: int) -> str:
    """Give the key under which a story's summary stays when its texts are dropped."""
    return f"{STORY}{story_id}"


def choose(articles: Sequence[Article]) -> list[Article]:
    """Choose the articles to summarise: no copies, newest of each outlet first, oldest first out.

    Teasers speak only where no full text does.
    """
    originals = [article for article in articles if article.copy_of is None] or list(articles)
    full = [article for article in originals if article.completeness == "full"] or originals
    newest_first = sorted(full, key=lambda article: (article.published_at, article.number))
    newest_first.reverse()
    seen: dict[str, int] = {}
    ranked = []
    for order, article in enumerate(newest_first):
        turn = seen.get(article.outlet.name, 0)
        seen[article.outlet.name] = turn + 1
        ranked.append((turn, order, article))
    ranked.sort(key=lambda item: item[:2])
    kept = [article for _, _, article in ranked[:MOST_ARTICLES]]
    return sorted(kept, key=lambda article: (article.published_at, article.number))


def _document(article: Article) -> Document:
    return Document(
        id=article.id,
        text=article.text,
        title=article.title,
        source=article.outlet.name,
        url=article.url,
        published_at=article.published_at,
        language=article.language,
    )


def _digest(
    summary: Summary,
    articles: Sequence[Article],
    *,
    title: str,
    now: datetime,
    question: str | None,
) -> Digest:
    # a text that bore no date was stored with the time of reading, which is nobody's date
    times = {
        article.id: article.published_at
        for article in articles
        if article.published_at != article.fetched_at
    }
    return Digest(
        title=title,
        points=tuple(_point(claim, times) for claim in summary.claims),
        method=summary.method,
        model=summary.model,
        article_ids=tuple(article.id for article in articles),
        created_at=now,
        seconds=round(summary.seconds, 3),
        note=summary.note,
        question=question,
    )


def _point(claim: Claim, times: dict[str, datetime]) -> Point:
    return Point(
        text=claim.text,
        origin=claim.origin,
        checks=dict(claim.checks),
        evidence=tuple(
            Evidence(
                article_id=citation.document_id,
                url=citation.url,
                source=citation.source,
                sentence=citation.sentence,
                start=citation.start,
                end=citation.end,
                published_at=times.get(citation.document_id),
            )
            for citation in claim.citations
        ),
    )


def _key(
    method: str, model: str, articles: Sequence[Article], sentences: int, question: str | None
) -> str:
    made_of = [
        FORM,
        method,
        model,
        sentences,
        question,
        [[article.id, article.content_hash] for article in articles],
    ]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()
