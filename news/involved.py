"""Who is involved in a story: people, organisations, regions of conflict, and listed topics.

From the story's articles by the gazetteer and by what their texts say of people. Texts that
were dropped for their age leave the headlines to go by.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from news.independence import voice_of
from news.model import Article, Involved, Story
from news.people import People, PeopleWords
from news.places import Mentions, Places
from news.topics import Topics

_MOST_ARTICLES = 24
"""So many of a story's latest articles are read, copies left out."""
_MOST = 6
_LEAST_SHARE = 0.1
"""What is named less often than this share of the most named is a side remark."""


class Involvement:
    """Says who is involved in stories."""

    def __init__(self, places: Places, words: PeopleWords, topics: Topics) -> None:
        self._places = places
        self._people = People(words, places)
        self._topics = topics

    def of(self, story: Story, articles: Sequence[Article]) -> Involved:
        """Give who is involved in a story, those named most first."""
        own = [article for article in articles if article.copy_of is None] or list(articles)
        own = own[-_MOST_ARTICLES:]
        named = [
            self._places.named(one.title, one.text, one.published_at, one.language) for one in own
        ]
        people = self._people.of(own, named)[:_MOST]
        return Involved(
            countries=tuple(map(self._places.name, story.countries)),
            people=tuple(people),
            offices={
                name: office
                for name in people
                if (office := self._places.office(name, story.last_at)) is not None
            },
            organisations=_shared(own, named, lambda one: one.organisations),
            areas=_shared(own, named, lambda one: one.areas),
            topics=tuple(self._topics.of(story, own)),
        )


def _shared(
    articles: Sequence[Article],
    named: Sequence[Mentions],
    of: Callable[[Mentions], Counter[str]],
) -> tuple[str, ...]:
    """Give what several voices name, or a headline does, without side remarks."""
    total: Counter[str] = Counter()
    voices: dict[str, set[str]] = {}
    for article, mentions in zip(articles, named, strict=True):
        total.update(of(mentions))
        for name in of(mentions):
            voices.setdefault(name, set()).add(voice_of(article.outlet))
    enough = min(2, len({voice_of(article.outlet) for article in articles}))
    top = max(total.values(), default=0)
    ranked = sorted(total, key=lambda name: (-len(voices[name]), -total[name], name))
    kept = [
        name
        for name in ranked
        if total[name] >= _LEAST_SHARE * top and (len(voices[name]) >= enough or total[name] >= 5)
    ]
    return tuple(kept[:_MOST])
