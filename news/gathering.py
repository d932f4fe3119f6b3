"""All stored articles about a topic, for what is told of many: timelines, backgrounds.

A question wants the best few; this wants every one, and none that only mentions the topic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from news.ask import answers, is_about
from news.model import Article
from news.search import Search, asked_words, term
from news.store import Store
from news.topics import Topic, Topics
from news.withdrawals import standing
from summarizer.text import content_words

MOST = 3000
"""So many articles are read for one topic, those that fit its words best."""
_SEARCHED = 100
_LIKE = 0.6
"""Of the likeness of the article that is most like the topic."""
_PART = 1 / 3
"""Of a story's articles found, from which on it is about the topic as a whole."""
_STORIES = 2000
_EDGES = " .,:;!?…\"'“”‘’«»()"
_AT_ONCE = 500
_EVER = datetime(1900, 1, 1, tzinfo=UTC)


def gather(
    words: str,
    *,
    store: Store,
    search: Search,
    topics: Topics,
    now: datetime,
    since: timedelta | None = None,
) -> list[Article]:
    """Give the public articles about a topic, oldest first; none where nothing is about it.

    An article is about a listed topic or a country as a brief takes it (news/topics.py), or
    when the words stand in its title; about other words also when all of them stand in its lead
    and it is like them in meaning, or when it answers them; of the countries that the words name,
    its story must be about one.
    """
    begin = now - since if since is not None else None
    subject = subject_of(words, topics)
    topic = topics.find(subject)
    if len(topic.countries) > 1:
        found = _of_region(subject, store, topics, now, begin)
    else:
        found = _by_words(subject, topic, store, topics, begin)
    if not topic.terms and not topic.countries:
        hits = search.find(subject, now=now, since=since, limit=_SEARCHED)
        likest = max((hit.likeness for hit in hits), default=0.0)
        found = _of_subject(subject, found, search, _LIKE * likest)
        found += [hit.article for hit in hits if answers(hit)]
        found = _of_countries(found, topics.countries_in(subject), store)
    if len(topic.countries) < 2:
        found += _beside(found, store)
    return _in_order(found, now, begin)


def gather_story(story_id: int, *, store: Store, search: Search, now: datetime) -> list[Article]:
    """Give the articles of a story and those that its headline would find, oldest first."""
    story = store.stories.get(story_id)
    if story is None:
        return []
    found = store.articles.of_stories([story.id])[story.id]
    hits = search.find(story.title, now=now, limit=_SEARCHED)
    return _in_order([*found, *(hit.article for hit in hits if answers(hit))], now, None)


def subject_of(words: str, topics: Topics) -> str:
    """Give what is asked for, as written, without the words of asking before and after it."""
    topic = topics.find(words)
    if topic.terms or topic.countries:
        return words
    asked = set(asked_words(words))
    parts = words.split()
    held = [at for at, word in enumerate(parts) if asked.intersection(content_words(word))]
    return " ".join(parts[held[0] : held[-1] + 1]).strip(_EDGES) if held else words


def _by_words(
    subject: str, topic: Topic, store: Store, topics: Topics, begin: datetime | None
) -> list[Article]:
    """The articles that hold a topic's words and are about it, by title, lead and country.

    A listed topic goes by its terms as well as by the words that were asked.
    """
    stems = set(content_words(topic.name if topic.countries else subject))
    words = [term(stem) for stem in sorted(stems)]
    rows = store.articles.matching(words, since=begin, limit=MOST, every=True)
    if topic.terms:
        rows += store.articles.matching(topic.terms, since=begin, limit=MOST)
    articles = store.articles.by_numbers({number for number, _, _ in rows})
    countries = _countries(articles.values(), store) if topic.countries else {}
    return [
        article
        for article in articles.values()
        if stems.issubset(content_words(article.title))
        or topics.strength(
            subject,
            title=article.title,
            text=article.text,
            countries=countries.get(article.story_id or 0, ()),
        )
    ]


def _of_subject(subject: str, found: list[Article], search: Search, least: float) -> list[Article]:
    """Leave out what only holds the words: no word in its title, and unlike the subject."""
    alike = search.likeness(subject, [article.number for article in found])
    stems = set(content_words(subject))
    return [
        article
        for article in found
        if alike.get(article.number, 1.0) >= least
        or not stems.isdisjoint(content_words(article.title))
    ]


def _of_countries(found: list[Article], wanted: frozenset[str], store: Store) -> list[Article]:
    """Leave out articles whose story is about none of the wanted countries, if any is wanted."""
    if not wanted:
        return found
    countries = _countries(found, store)
    return [one for one in found if is_about(countries.get(one.story_id or 0, ()), wanted)]


def _beside(found: Iterable[Article], store: Store) -> list[Article]:
    """The other articles of the stories of which a good part was found: not all repeat the words.

    A story's own number of articles says how many it has, so that few are read in vain.
    """
    listed = {article.id: article.story_id for article in found}
    counts = Counter(id for id in listed.values() if id is not None)
    ids = sorted(counts)
    wanted = [
        id
        for start in range(0, len(ids), _AT_ONCE)
        for id, story in store.stories.many(ids[start : start + _AT_ONCE]).items()
        if _PART * story.articles <= counts[id] < story.articles
    ]
    return [one for articles in store.articles.of_stories(wanted).values() for one in articles]


def _countries(articles: Iterable[Article], store: Store) -> dict[int, tuple[str, ...]]:
    ids = sorted({article.story_id for article in articles if article.story_id is not None})
    return {
        id: story.countries
        for start in range(0, len(ids), _AT_ONCE)
        for id, story in store.stories.many(ids[start : start + _AT_ONCE]).items()
    }


def _of_region(
    subject: str, store: Store, topics: Topics, now: datetime, begin: datetime | None
) -> list[Article]:
    """The articles of the latest stories that are about a country of the region above all."""
    recent = store.stories.changed_since(begin or _EVER, now, limit=_STORIES)
    ids = [
        story.id
        for story in recent
        if topics.strength(subject, title="", text="", countries=story.countries) >= 1
    ]
    listed = store.articles.of_stories(ids).values()
    return [article for articles in listed for article in articles][:MOST]


def _in_order(found: Iterable[Article], now: datetime, begin: datetime | None) -> list[Article]:
    once = {
        article.id: article
        for article in found
        if not article.private
        and article.published_at <= now
        and (begin is None or article.published_at >= begin)
    }
    return sorted(
        standing(once.values()), key=lambda article: (article.published_at, article.number)
    )
