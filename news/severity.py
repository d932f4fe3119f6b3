"""How grave an event is by the words that its articles use (`config/severity.toml`).

Knows texts only; what gravity is worth beside other things is decided in `news.rank`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from news.lexicon import Lexicon, plain
from news.model import Article

_LEAD_WORDS = 60
_FIRST, _FURTHER, _IN_LEAD = 0.6, 0.2, 0.25
"""How strongly a text speaks by the first word of a level in its headline, by each further one
there, and by each in its first sentences: a lone word may be a figure of speech, or background."""
_ENOUGH = 0.8
"""So strongly the texts of a story have to speak, on average, for all of a level's weight."""
_MOST_TEXTS = 12
_NAMED_WORDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A kind of event and what it weighs; below zero for light ones."""

    id: str
    name: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """How grave (0 to 1) and how light (0 to 1) texts are, and the words that say so."""

    grave: float = 0.0
    light: float = 0.0
    level: str = ""
    words: tuple[str, ...] = ()
    light_words: tuple[str, ...] = ()


class SeverityWords:
    """The compiled lists."""

    def __init__(self, levels: Iterable[tuple[Level, Sequence[str]]]) -> None:
        listed = list(levels)
        self._levels = {level.id: level for level, _ in listed}
        self._lexicon = Lexicon(
            (word.strip(), level.id)
            for level, forms in listed
            for line in forms
            for word in line.split("|")
        )

    @classmethod
    def from_tables(cls, tables: Mapping[str, Any]) -> SeverityWords:
        """Build from the parsed file: its `level` tables."""
        return cls(
            (Level(id=table["id"], name=table["name"], weight=table["weight"]), table["words"])
            for table in tables["level"]
        )

    def of(self, articles: Sequence[Article]) -> Severity:
        """Weigh a story's articles by their headlines and first sentences; copies say nothing."""
        texts = [article for article in articles if article.copy_of is None] or list(articles)
        shares: dict[str, float] = {}
        words: dict[str, dict[str, int]] = {}
        texts = texts[-_MOST_TEXTS:]
        for article in texts:
            for id, strength in self._strengths(article, words).items():
                shares[id] = shares.get(id, 0.0) + strength / len(texts)
        values = {
            id: self._levels[id].weight * min(1.0, share / _ENOUGH) for id, share in shares.items()
        }
        top = max(values, key=lambda id: values[id], default="")
        lightest = min(values, key=lambda id: values[id], default="")
        grave, light = max(0.0, values.get(top, 0.0)), max(0.0, -values.get(lightest, 0.0))
        return Severity(
            grave=grave,
            # a footballer who died in an air raid is no sport
            light=light * (1.0 - grave),
            level=self._levels[top].name if grave else "",
            words=_most(words[top]) if grave else (),
            light_words=_most(words[lightest]) if light else (),
        )

    def _strengths(self, article: Article, words: dict[str, dict[str, int]]) -> dict[str, float]:
        """Give how strongly one text speaks of each level, 0 to 1; count its words in `words`."""
        lead = " ".join(article.text.split()[:_LEAD_WORDS])
        titled, led = self._words(article.title), self._words(lead)
        found: dict[str, float] = {}
        for id in {*titled, *led}:
            if self._levels[id].weight < 0 and id not in titled:
                continue  # sport far from the headline is no sport story
            counts = words.setdefault(id, {})
            for word in (*titled.get(id, ()), *led.get(id, ())):
                counts[word] = counts.get(word, 0) + 1
            first, further = bool(titled.get(id)), max(0, len(titled.get(id, ())) - 1)
            strength = _FIRST * first + _FURTHER * further + _IN_LEAD * len(led.get(id, ()))
            found[id] = min(1.0, strength)
        return found

    def _words(self, text: str) -> dict[str, set[str]]:
        """Give the listed words of a text, by level."""
        found: dict[str, set[str]] = {}
        for one in self._lexicon.find(plain(text)):
            found.setdefault(one.label, set()).add(one.words.casefold())
        return found


def _most(counts: Mapping[str, int]) -> tuple[str, ...]:
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return tuple(ranked[:_NAMED_WORDS])
