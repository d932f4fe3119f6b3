"""Which countries a text is about, by a gazetteer that is data (`config/places.toml`)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_MENTIONS = 0.2
"""A country with less than this share of the most named country's mentions is a side remark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country or territory with the names that point to it; `words` are also its cities."""

    code: str
    name: str
    region: str
    names: tuple[str, ...]
    words: tuple[str, ...]


class Places:
    """A compiled gazetteer. Longest names match first; all-capital names only in that case."""

    def __init__(self, countries: Iterable[Country]) -> None:
        self.countries = {country.code: country for country in countries}
        self._by_word: dict[str, str] = {}
        for country in self.countries.values():
            for word in (*country.names, *country.words):
                self._by_word.setdefault(_key(word), country.code)
        longest_first = sorted(self._by_word, key=len, reverse=True)
        self._pattern = re.compile(
            r"(?<!\w)(?:" + "|".join(re.escape(word) for word in longest_first) + r")(?!\w)",
            re.IGNORECASE,
        )
        firsts = (_WORD.match(word) for word in longest_first)
        self._firsts = frozenset(first.group().casefold() for first in firsts if first)

    @classmethod
    def from_tables(cls, tables: Mapping[str, Any]) -> Places:
        """Build from the parsed file: its `country` tables."""
        return cls(
            Country(
                code=table["code"],
                name=table["name"],
                region=table["region"],
                names=(table["name"], *table["aliases"], *table["demonyms"]),
                words=tuple(word for word in (table["capital"], *table["cities"]) if word),
            )
            for table in tables["country"]
        )

    def mentions(self, text: str) -> Counter[str]:
        """Count the mentions of each country (its code) in a text."""
        found: Counter[str] = Counter()
        plain, end = _plain(text), 0
        for token in _WORD.finditer(plain):
            # the pattern of all names at every place would take twenty times as long
            if token.start() < end or token.group().casefold() not in self._firsts:
                continue
            match = self._pattern.match(plain, token.start())
            if match is None:
                continue
            word, end = match.group(), match.end()
            if word.islower():  # a turkey, fine china, "us" and "who"
                continue
            code = self._by_word.get(word) or self._by_word.get(word.casefold())
            if code:
                found[code] += 1
        return found

    def of(self, title: str, text: str) -> Counter[str]:
        """Weigh the countries that an article is about: its title counts five times."""
        found = self.mentions(text)
        for code, count in self.mentions(title).items():
            found[code] += 5 * count
        return found

    def main(self, weights: Mapping[str, float], limit: int = 4) -> tuple[str, ...]:
        """Give the codes that matter, heaviest first, without side remarks."""
        if not weights:
            return ()
        top = max(weights.values())
        ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
        return tuple(code for code, weight in ranked if weight >= _MENTIONS * top)[:limit]

    def code(self, name: str) -> str | None:
        """Give the country that a person means by a name, demonym or code."""
        if name.upper() in self.countries and len(name) == 2 and name.isupper():
            return name
        key = _plain(name).strip()
        return self._by_word.get(key.casefold()) or self._by_word.get(key.upper())

    def name(self, code: str) -> str:
        """Give a country's common name; an unknown code is its own name."""
        country = self.countries.get(code)
        return country.name if country else code


_WORD = re.compile(r"\w+")


def _plain(text: str) -> str:
    """Drop accents and make typographic apostrophes plain; the length may change."""
    decomposed = unicodedata.normalize("NFD", text.replace("’", "'"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _key(word: str) -> str:
    plain = _plain(word)
    return plain if plain.isupper() and len(plain) <= 6 else plain.casefold()
