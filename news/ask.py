"""Answering a question from the stored articles, or saying that they do not hold the answer."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from news import counting
from news.dates import mentions
from news.digest import Digests
from news.inquiry import Inquiry, inquire
from news.language import detect_language, question_language
from news.model import Answer, Article, Digest, Point, Story
from news.replies import none_given, reply
from news.search import Hit, Search, asked_words
from news.statements import SentenceVectors
from news.store import Store
from news.withdrawals import standing, withdrawn
from summarizer.languages import listed
from summarizer.text import content_words

SENTENCES = 4
_STORIES = 3
_CLOSE = 0.8
"""A second story answers too when its best article scores this share of the first one's."""
_MAIN = 2
"""Of a story's countries, those that it is about; of the others it speaks."""
_COVERAGE_SHARE = 0.25
_ENOUGH = 0.7
"""An article answers when its likeness to the question in meaning, with a quarter of the share
of the question's words that it holds, reaches this.

Measured by bench/search.py on 1,815 articles and 568 questions of each kind: of headlines and
summaries whose articles are there 3.3 and 2.3 % are refused; of those whose articles were taken
out, with no kept article nearer to them than 0.6, 5.1 and 2.9 % are answered.
"""

_ENOUGH_BY_WORDS = 0.7
"""The same by words alone, in a script that the encoder does not know. Of 12 questions in Russian
about eight articles of our own all have 1, of 15 about other things none has more than .5."""


def answers(hit: Hit) -> bool:
    """Say whether an article is about what was asked, not merely the nearest there is.

    A word or two hold too little meaning to be like anything: that they name it is enough.
    """
    if hit.named:
        return True
    if hit.by_words:
        return hit.coverage >= _ENOUGH_BY_WORDS
    return hit.likeness + _COVERAGE_SHARE * hit.coverage >= _ENOUGH


def is_about(countries: Sequence[str], wanted: Collection[str]) -> bool:
    """Say whether a story of these countries, the main one first, is about a wanted one."""
    return not wanted or any(code in wanted for code in countries[:_MAIN])


def ask(
    question: str,
    *,
    store: Store,
    search: Search,
    digests: Digests,
    vectors: SentenceVectors,
    now: datetime,
    since: timedelta | None = None,
    countries: Collection[str] = (),
) -> Answer:
    """Answer with cited source sentences from the best stories; without any, say so.

    A question for a number gets the newest figures first, of all articles of these stories. Where
    stories about one of the `countries` that it names answer it, others do not. Asked for
    somebody's words or a reason, it gives those of all articles, or says that there are none.
    """
    inquiry = inquire(question)
    hits = _of_countries(_hits(question, inquiry, search, now, since), countries, store)
    newest_at = store.articles.newest_at()
    if not hits:
        return Answer(
            question=question,
            answered=False,
            digest=None,
            stories=(),
            newest_source_at=newest_at,
            note=_other_language(question, store),
        )
    stories = _best_stories(hits, store)
    chosen = {story.id for story in stories}
    wrong = withdrawn(_articles(stories, store, now, None))
    found = [hit.article for hit in hits if hit.article.story_id in chosen]
    articles = list({one.id: one for one in (wrong.get(each.id, each) for each in found)}.values())
    begin = now - since if since is not None else None
    counted = _counted(question, stories, store, vectors, now, begin)
    if counted is not None:
        return counted
    if inquiry is not None:
        every = standing(_articles(stories, store, now, begin))
        digest = reply(inquiry, question, every, vectors, title=stories[0].title, now=now)
    if inquiry is None or digest is None:
        digest = digests.extract(
            articles,
            title=stories[0].title,
            sentences=SENTENCES,
            now=now,
            question=None if names_topic(question, articles) else question,
        )
        note = digest.note if inquiry is None else none_given(inquiry)
        final = digest.final or inquiry is not None
        digest = replace(digest, points=in_time(digest.points), note=note, final=final)
    cited = {evidence.article_id for point in digest.points for evidence in point.evidence}
    told = {article.story_id for article in articles if article.id in cited}
    return Answer(
        question=question,
        answered=bool(digest.points),
        digest=digest if digest.points else None,
        stories=tuple(story for story in stories if story.id in told) or tuple(stories[:1]),
        newest_source_at=max(article.published_at for article in articles),
    )


def _other_language(question: str, store: Store) -> str | None:
    """The line for a question in a language that no stored article is in."""
    asked = question_language(question)
    held = store.activities.languages()
    if asked is None or not held or asked in held:
        return None
    return (
        f"None of my articles is in {listed([asked])}, and I do not translate questions. "
        f"Most are in {listed(held[:1])}: ask in that."
    )


def _hits(
    question: str,
    inquiry: Inquiry | None,
    search: Search,
    now: datetime,
    since: timedelta | None,
) -> list[Hit]:
    """What answers a question as it is put; else by who and what, or what alone, it is about."""
    wordings = [question]
    if inquiry is not None:
        wordings += [inquiry.subject, inquiry.what]
    for words in filter(None, dict.fromkeys(wordings)):
        hits = [hit for hit in search.find(words, now=now, since=since) if answers(hit)]
        if hits:
            return hits
    return []


def _of_countries(hits: list[Hit], wanted: Collection[str], store: Store) -> list[Hit]:
    """The hits in stories about a country that was named, where there are some."""
    if not wanted:
        return hits
    known = store.stories.many([hit.article.story_id or 0 for hit in hits])
    of = {id: story.countries for id, story in known.items()}
    mine = [hit for hit in hits if is_about(of.get(hit.article.story_id or 0, ()), wanted)]
    return mine or hits


def in_time(points: Sequence[Point]) -> tuple[Point, ...]:
    """Order what is told of several days by these; what is of one day stays as it was told."""
    days = [_day(point) for point in points]
    if None in days or len(set(days)) < 2:
        return tuple(points)
    return tuple(point for _, point in sorted(zip(days, points, strict=True), key=_first))


def _first(pair: tuple[date | None, Point]) -> date:
    return pair[0] or date.min


def _day(point: Point) -> date | None:
    """The day that a sentence tells of: one that it names as past, else its article's."""
    for one in point.evidence:
        if one.published_at is not None:
            published = one.published_at.date()
            named = mentions(one.sentence, published, detect_language(one.sentence))
            past = [found.first for found in named if found.grain == "day" and not found.ahead]
            return past[0] if past else published
    return None


def _counted(
    question: str,
    stories: Sequence[Story],
    store: Store,
    vectors: SentenceVectors,
    now: datetime,
    begin: datetime | None,
) -> Answer | None:
    """Give the figures that a question asks for, of the first story that has some."""
    asked = counting.wanted(question)
    if asked is None:
        return None
    began = time.monotonic()
    for story in stories:
        articles = _articles([story], store, now, begin)
        counts = counting.count(question, asked, articles, vectors)
        points = counting.as_points(counts)
        if points:
            cited = {one.article_id for point in points for one in point.evidence}
            digest = Digest(
                title=story.title,
                points=points,
                method="extract",
                model=vectors.encoder.name,
                article_ids=tuple(one.id for one in articles if one.id in cited),
                created_at=now,
                seconds=round(time.monotonic() - began, 3),
                question=question,
                final=True,
            )
            return Answer(
                question=question,
                answered=True,
                digest=digest,
                stories=(story, *(one for one in stories if one.id != story.id)),
                newest_source_at=max(one.published_at for one in articles),
                counts=tuple(counts),
            )
    return None


def _articles(
    stories: Sequence[Story], store: Store, now: datetime, begin: datetime | None
) -> list[Article]:
    """All articles of stories within the time that is asked about."""
    found = store.articles.of_stories([story.id for story in stories]).values()
    return [
        one
        for articles in found
        for one in articles
        if one.published_at <= now and (begin is None or one.published_at >= begin)
    ]


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
