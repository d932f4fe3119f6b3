"""What is said of a story as a whole, from its articles: title, time, outlets, countries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from news.headlines import Headlines, central
from news.model import Article, Story, Vector
from news.places import Places
from news.signals import time_of
from news.store.placing import Placed

_OPENING_WORDS = 12
_MOST_NAMED = 12
"""Of so many countries is kept how much they are named."""


class Describer:
    """Describes stories by the lists that ship."""

    def __init__(self, places: Places, headlines: Headlines | None = None) -> None:
        self._places = places
        self._headlines = headlines

    def opened(self, article: Article, now: datetime) -> Story:
        """Give a story that holds no article yet, for this one."""
        return Story(
            id=0,
            title=article.title,
            first_at=time_of(article),
            last_at=time_of(article),
            changed_at=now,
            articles=0,
            revision=0,
        )

    def told(self, story: Story, article: Article, now: datetime) -> Story:
        """Add an article to a story; a copy brings no news, an edit of a member no article."""
        if story.articles == 0 or article.copy_of is None:
            story = replace(story, revision=story.revision + 1, changed_at=now)
        outlets = story.outlets
        if article.outlet.name and article.outlet.name not in outlets:
            outlets = (*outlets, article.outlet.name)
        own = self._places.of(article.title, article.text, article.published_at, article.language)
        named = _named(_known(story), _shares(own))
        return replace(
            story,
            first_at=min(story.first_at, time_of(article)),
            last_at=max(story.last_at, time_of(article)),
            articles=story.articles + (article.story_id is None),
            outlets=outlets,
            countries=self._places.main(named),
            named=named,
        )

    def titled(self, story: Story, latest: Sequence[Placed], middle: Vector) -> Story:
        """Name a story by the headlines of its latest articles."""
        headlines = [
            (time_of(one.article), self._headline(one.article), one.vector) for one in latest
        ]
        title = central(headlines, middle, self._is_view) or story.title
        return replace(story, title=title or _opening(latest[0].article.text))

    def both(self, into: Story, old: Story) -> Story:
        """Give `into` with all that was in `old`; the same news in one place is no new revision."""
        named = _named(_known(into), _known(old))
        return replace(
            into,
            first_at=min(into.first_at, old.first_at),
            last_at=max(into.last_at, old.last_at),
            changed_at=max(into.changed_at, old.changed_at),
            articles=into.articles + old.articles,
            outlets=tuple(dict.fromkeys((*into.outlets, *old.outlets))),
            countries=self._places.main(named),
            named=named,
        )

    def anew(self, articles: Sequence[Article], now: datetime) -> Story:
        """Describe a story by all of its articles, in the order of their arrival."""
        story = self.opened(articles[0], now)
        for article in articles:
            story = self.told(story, replace(article, story_id=None), now)
        return story

    def _headline(self, article: Article) -> str:
        if self._headlines is None:
            return article.title
        return self._headlines.clean(article.title, outlet=article.outlet, text=article.text)

    def _is_view(self, headline: str) -> bool:
        return self._headlines is not None and self._headlines.is_view(headline)


def _named(*counts: Mapping[str, float]) -> dict[str, float]:
    """Add up how much countries are named, and keep those that are named most."""
    total: dict[str, float] = {}
    for one in counts:
        for code, weight in one.items():
            total[code] = total.get(code, 0.0) + weight
    ranked = sorted(total.items(), key=lambda item: (-item[1], item[0]))
    return {code: round(weight, 3) for code, weight in ranked[:_MOST_NAMED]}


def _shares(weights: Mapping[str, int]) -> dict[str, float]:
    """Give each country's share of an article's mentions: long texts say no more than short."""
    whole = sum(weights.values())
    return {code: weight / whole for code, weight in weights.items()}


def _known(story: Story) -> Mapping[str, float]:
    """Give how much a story names countries; where that was not counted, go by their order."""
    if story.named or not story.articles:
        return story.named
    return {code: story.articles / 2 ** (rank + 1) for rank, code in enumerate(story.countries)}


def _opening(text: str) -> str:
    """Give a text's first words, for a story of which no article has a headline."""
    found = text.split()
    return " ".join(found[:_OPENING_WORDS]) + ("…" if len(found) > _OPENING_WORDS else "")
