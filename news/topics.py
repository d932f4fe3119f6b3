"""What a reader's topic means: a listed topic or region, a country, or just words.

The lists are data (`config/topics.toml`, `config/places.toml`); nothing here names a place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from news.lexicon import Lexicon, plain
from news.model import Article, Story
from news.places import Places
from summarizer.text import content_words

_LEAD_WORDS = 120
_ENOUGH = 2.0
"""Points that make a text about a topic: one term in the title, or two in the lead."""

_READ_ARTICLES = 6
_SHARED = 0.34
"""A story is about what a good part of its articles is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One thing to follow: terms found in text, countries that a story must be about.

    `near` are countries where the topic is set: they support a term and are not enough alone.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    countries: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()


class Topics:
    """The topics and regions on offer, and the meaning of any other words."""

    def __init__(self, topics: Iterable[Topic], places: Places) -> None:
        self._places = places
        self._topics = {topic.id: topic for topic in topics}
        # what is on offer under a name is found by it, whatever else goes by that name as well
        self._terms = Lexicon(
            (term, topic.id) for topic in self._topics.values() for term in topic.terms
        )
        self._names: dict[str, Topic] = {}
        for topic in self._topics.values():
            self._names.setdefault(_key(topic.id), topic)
        for topic in self._topics.values():
            self._names.setdefault(_key(topic.name), topic)
        for topic in self._topics.values():
            for alias in topic.aliases:
                self._names.setdefault(_key(alias), topic)

    @classmethod
    def from_tables(cls, tables: Mapping[str, Any], places: Places) -> Topics:
        """Build from the parsed file: its `topic`, `region` and `group` tables."""
        topics = [
            Topic(
                id=table["id"],
                name=table["name"],
                aliases=tuple(table.get("aliases", ())),
                terms=tuple(table["terms"]),
                near=frozenset(table.get("countries", ())),
            )
            for table in tables["topic"]
        ]
        regions = [
            Topic(id=table["id"], name=table["name"], countries=frozenset(table["countries"]))
            for table in tables["region"]
        ]
        members = {region.id: region.countries for region in regions}
        groups = [
            Topic(
                id=table["id"],
                name=table["name"],
                aliases=tuple(table.get("aliases", ())),
                countries=frozenset().union(*(members[id] for id in table["regions"])),
            )
            for table in tables.get("group", ())
        ]
        return cls([*topics, *groups, *regions], places)

    def known(self) -> list[tuple[str, str]]:
        """Give (id, name) of the topics and regions on offer, topics first."""
        return [(topic.id, topic.name) for topic in self._topics.values()]

    def get(self, id: str) -> Topic:
        """Give a listed topic or region by its id. Raises KeyError."""
        return self._topics[id]

    def country(self, code: str) -> str:
        """Give a country's common name."""
        return self._places.name(code)

    def countries_in(self, words: str) -> frozenset[str]:
        """Give the countries (codes) that a reader's words name; few readers write capitals."""
        return frozenset(self._places.mentions(words.title() if words.islower() else words))

    def region_of(self, code: str) -> Topic | None:
        """Give the region of a country: of all that hold it, the smallest."""
        holding = [one for one in self._topics.values() if code in one.countries]
        return min(holding, key=lambda one: len(one.countries), default=None)

    def find(self, words: str) -> Topic:
        """Give what a reader means: a listed topic, else a country, else these words."""
        listed = self._names.get(_key(words))
        if listed is not None:
            return listed
        code = self._places.code(words)
        if code is not None:
            name = self._places.name(code)
            return Topic(id=words, name=name, countries=frozenset({code}))
        return Topic(id=words, name=words)

    def label(self, words: str) -> str:
        """Give the name under which a reader's topic is shown."""
        return self.find(words).name

    def listed(self, *, title: str, text: str, countries: Sequence[str] = ()) -> dict[str, float]:
        """Give the listed topics (their ids) that a text is about, and how much, strongest first.

        The same measure as `strength`, for all topics at once, where a topic's own country
        stands for one term more; regions are left out.
        """
        lead = " ".join(text.split()[:_LEAD_WORDS])
        points: dict[str, float] = {}
        for part, worth in ((title, _ENOUGH), (lead, 1.0)):
            for found in self._terms.find(plain(part)):
                points[found.label] = points.get(found.label, 0.0) + worth
        for id in points:
            points[id] += not self._topics[id].near.isdisjoint(countries[:2])
        ranked = sorted(points, key=lambda id: (-points[id], id))
        return {id: min(1.0, points[id] / (2 * _ENOUGH)) for id in ranked if points[id] >= _ENOUGH}

    def of(self, story: Story, articles: Sequence[Article]) -> dict[str, float]:
        """Give the listed topics of a story by its title and its latest articles."""
        texts = [(article.title, article.text) for article in articles[-_READ_ARTICLES:]]
        texts = texts or [(story.title, "")]
        found: dict[str, float] = {}
        share: Counter[str] = Counter()
        for title, text in texts:
            listed = self.listed(title=title, text=text, countries=story.countries)
            share.update(list(listed))
            for id, strength in listed.items():
                found[id] = found.get(id, 0.0) + strength / len(texts)
        ranked = sorted(found, key=lambda id: (-found[id], id))
        return {id: found[id] for id in ranked if share[id] >= _SHARED * len(texts)}

    def strength(self, words: str, *, title: str, text: str, countries: Sequence[str]) -> float:
        """Say how much a text is about a topic: 0 for not at all, 1 for plainly so."""
        topic = self.find(words)
        if topic.countries:
            places = [rank for rank, code in enumerate(countries) if code in topic.countries]
            if places:
                return 1.0 if places[0] < 2 else 0.6
        lead = " ".join(text.split()[:_LEAD_WORDS])
        if topic.terms:
            pattern = _pattern(topic.terms)
            points = _ENOUGH * len(pattern.findall(title)) + len(pattern.findall(lead))
        elif topic.countries:
            return 0.0
        else:
            wanted = set(content_words(topic.name))
            in_title = wanted & set(content_words(title))
            found = in_title | (wanted & set(content_words(lead)))
            if not wanted or found != wanted:
                return 0.0
            points = _ENOUGH + len(in_title)
        return min(1.0, points / (2 * _ENOUGH)) if points >= _ENOUGH else 0.0


def _key(words: str) -> str:
    return " ".join(re.sub(r"[-_]+", " ", words).casefold().split())


@lru_cache(maxsize=512)
def _pattern(terms: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(terms, key=len, reverse=True)
    return re.compile(
        r"(?<!\w)(?:" + "|".join(re.escape(term) for term in longest_first) + r")(?!\w)",
        re.IGNORECASE,
    )
