"""What a story is about, and which outlets have the habit of writing about that.

Reads the store; decides nothing about silence (news/coverage.py does).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from news.coverage import LOOK_BACK, MAIN_COUNTRIES, Matter, matter_of
from news.model import Article, Story
from news.store import Store
from news.store.activity import Activity
from news.topics import Topic, Topics

_COUNTRY, _TOPIC, _REGION = 2, 2, 3
"""Fewer texts are no habit; a region is wide, so it takes more."""
_TOPICS = 2
_LOOKED_AT = 300
"""So many articles that hold a topic's terms best are looked at."""


def matters(
    story: Story,
    articles: Sequence[Article],
    activity: Sequence[Activity],
    *,
    store: Store,
    topics: Topics,
    name: Callable[[str], str],
) -> list[Matter]:
    """Give a story's main countries, its listed topics and the regions of its countries.

    The narrowest come first; `name` names a country.
    """
    main = story.countries[:MAIN_COUNTRIES]
    listed = list(topics.of(story, articles))[:_TOPICS]
    regions = {one.id: one for code in main if (one := topics.region_of(code)) is not None}
    since = story.first_at - LOOK_BACK
    return [
        *(matter_of(name(code), (code,), activity, _COUNTRY) for code in main),
        *(_on_topic(topics.get(id), since, store, topics) for id in listed),
        *(matter_of(one.name, one.countries, activity, _REGION) for one in regions.values()),
    ]


def _on_topic(topic: Topic, since: datetime, store: Store, topics: Topics) -> Matter:
    """Count the articles about a topic by their outlets, of those that hold its terms best."""
    rows = store.articles.matching(topic.terms, since=since, limit=_LOOKED_AT)
    found = store.articles.by_numbers(number for number, _, _ in rows).values()
    about = Counter(
        (one.outlet.name, one.outlet.host)
        for one in found
        if topic.id in topics.listed(title=one.title, text=one.text)
    )
    return Matter(name=topic.name, texts=about, least=_TOPIC)
