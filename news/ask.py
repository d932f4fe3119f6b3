"""Answering a question from the stored articles, or saying that they do not hold the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from news.digest import Digests
from news.model import Answer, Article, Story
from news.search import Hit, Search, asked_words
from news.store import Store
from summarizer.text import content_words

SENTENCES = 4
_STORIES = 3
_CLOSE = 0.8
"""A second story answers too when its best article scores this share of the first one's."""
_COVERAGE_SHARE = 0.25
_ENOUGH = 0.7
"""An article answers when its likeness to the question in meaning, with a quarter of the share
of the question's words that it holds, reaches this.

Measured by bench/search.py on 1,815 articles and 568 questions of each kind: of headlines and
summaries whose articles are there 3.3 and 2.3 % are refused; of those whose articles were taken
out, with no kept article nearer to them than 0.6, 5.1 and 2.9 % are answered.
"""


def answers(hit: Hit) -> bool:
    """Say whether an article is about what was asked, not merely the nearest there is."""
    return hit.likeness + _COVERAGE_SHARE * hit.coverage >= _ENOUGH


def ask(
    question: str,
    *,
    store: Store,
    search: Search,
    digests: Digests,
    now: datetime,
    since: timedelta | None = None,
) -> Answer:
    """Answer with cited source sentences from the best stories; without any, say so."""
    hits = [hit for hit in search.find(question, now=now, since=since) if answers(hit)]
    newest_at = store.articles.newest_at()
    if not hits:
        return Answer(
            question=question, answered=False, digest=None, stories=(), newest_source_at=newest_at
        )
    stories = _best_stories(hits, store)
    chosen = {story.id for story in stories}
    articles = [hit.article for hit in hits if hit.article.story_id in chosen]
    digest = digests.extract(
        articles,
        title=stories[0].title,
        sentences=SENTENCES,
        now=now,
        question=None if names_topic(question, articles) else question,
    )
    cited = {evidence.article_id for point in digest.points for evidence in point.evidence}
    told = {article.story_id for article in articles if article.id in cited}
    return Answer(
        question=question,
        answered=bool(digest.points),
        digest=digest if digest.points else None,
        stories=tuple(story for story in stories if story.id in told) or tuple(stories[:1]),
        newest_source_at=max(article.published_at for article in articles),
    )


def names_topic(question: str, articles: Sequence[Article]) -> bool:
    """Say whether a question only names what its articles are about, by their headlines.

    Then what matters most in them answers it; the sentences that repeat its words would not.
    """
    headlines = {stem for article in articles for stem in content_words(article.title)}
    return headlines.issuperset(asked_words(question))


def _best_stories(hits: Sequence[Hit], store: Store) -> list[Story]:
    best: dict[int, float] = {}
    for hit in hits:
        assert hit.article.story_id is not None
        best.setdefault(hit.article.story_id, hit.score)
    top = max(best.values())
    ids = [id for id, score in best.items() if score >= _CLOSE * top][:_STORIES]
    found = store.stories.many(ids)
    return [found[id] for id in ids if id in found]
