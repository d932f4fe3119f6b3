"""Brings together what a chat was shown of a story and what came since, for news/changes.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from news import changes
from news.model import Article, Changes, Point, StoryBrief
from news.statements import SentenceVectors, Statement, as_document, state, statement
from news.store import Store
from news.store.showing import Shown
from summarizer.candidates import proper_sentences
from summarizer.model import Sentence

LAG = timedelta(minutes=5)
"""What was read just before a story was told may not have been in the story yet."""
_MOST_OLD = 240
_LEAST_OLD = 8
_MOST_VERSIONS = 12


class CatchingUp:
    """Finds what is news for a chat. Safe to use from many threads."""

    def __init__(self, store: Store, vectors: SentenceVectors) -> None:
        self._store = store
        self._vectors = vectors

    def news(self, chat_id: int, articles: Sequence[Article], *, sentences: int) -> Changes | None:
        """Give what is news in a story's articles; None where the chat was shown none of it."""
        shown = self._store.showing.of(chat_id, [article.id for article in articles])
        if not shown:
            return None
        since = max(one.shown_at for one in shown)
        fresh = self._fresh(articles, shown, since)
        if not fresh:
            return Changes(since=since, points=(), figures=())
        found = changes.find(self._rows(articles, fresh, shown), sentences=sentences)
        return Changes(
            since=since,
            points=tuple(
                Point(text=one.sentence.text, evidence=(one.evidence,), origin="source")
                for one in found.statements
            ),
            figures=found.figures,
        )

    def _fresh(
        self, articles: Sequence[Article], shown: Sequence[Shown], since: datetime
    ) -> list[Article]:
        """The texts that came or were edited since, copies aside."""
        cited = {one.evidence.article_id for one in shown}
        return [
            one
            for one in articles
            if one.text
            and one.copy_of is None
            and one.fetched_at > (since if one.id in cited else since - LAG)
        ]

    def _rows(
        self, articles: Sequence[Article], fresh: Sequence[Article], shown: Sequence[Shown]
    ) -> changes.Rows:
        new = state(fresh, self._vectors)
        known = {article.id: article for article in articles}
        told = [_as_shown(one, known[one.evidence.article_id]) for one in shown]
        ids = {article.id for article in fresh}
        before = [one for one in articles if one.id not in ids]
        earlier = self._earlier(fresh)
        old = _sentences([*before, *earlier])
        texts = [one.sentence.text for one in (*told, *old)]
        return changes.Rows(
            shown=told,
            old=old,
            fresh=new.rows,
            vectors=np.concatenate([self._vectors.of(texts), new.vectors]),
            salience=new.salience,
            edited=frozenset(one.id for one in earlier),
        )

    def _earlier(self, fresh: Sequence[Article]) -> list[Article]:
        """What edited articles said before."""
        return [
            replace(article, text=version.text, fetched_at=version.fetched_at)
            for article in fresh[:_MOST_VERSIONS]
            for version in self._store.articles.versions(article.id)[:-1]
        ]


def _as_shown(one: Shown, article: Article) -> Statement:
    place = Sentence(text=one.evidence.sentence, start=one.evidence.start, end=one.evidence.end)
    return statement(article, article.outlet.name, place, 0)


def _sentences(articles: Sequence[Article]) -> list[Statement]:
    """The sentences of articles, the newest article's first, so many in all."""
    newest = sorted(articles, key=lambda one: (one.published_at, one.number), reverse=True)
    share = max(_LEAST_OLD, _MOST_OLD // max(1, len(newest)))
    found: list[Statement] = []
    for article in newest:
        if len(found) >= _MOST_OLD:
            break
        for position, sentence in enumerate(proper_sentences(as_document(article))[:share]):
            found.append(statement(article, article.outlet.name, sentence, position))
    return found[:_MOST_OLD]


def moved_on(entry: StoryBrief) -> StoryBrief:
    """Give the entry of a story that moved: what is news in it stands in the summary's place."""
    assert entry.changes is not None
    points = entry.changes.points
    ids = dict.fromkeys(one.article_id for point in points for one in point.evidence)
    digest = replace(
        entry.digest, points=points, article_ids=tuple(ids), note=None, final=True, differs=()
    )
    return replace(entry, digest=digest, new=False)
