"""Who and what a text names: countries, organisations, regions of conflict, people in office.

By a gazetteer that is data (`config/places.toml`, `config/leaders.toml`); what an ambiguous name
means is decided in `news.senses`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from news.lexicon import Found, Lexicon, plain
from news.senses import Senses
from news.tongues import Named, Tongues

_MENTIONS = 0.2
"""A country with less than this share of the most named country's mentions is a side remark."""
_ENGLISH = "en"
_TITLE = 5
"""A mention in a headline counts like so many in the text."""
_BEFORE_OFFICE = timedelta(days=5 * 365)
"""A surname alone means a person so long before they took their first office."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country or territory with the names that point to it; `words` are also its cities."""

    code: str
    name: str
    region: str
    names: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An office of a country or organisation, and when it was held; `until` None: not known."""

    of: str
    name: str
    since: date
    until: date | None

    def held(self, on: date) -> bool:
        """Say whether it was held on a day; False where this is not known."""
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """A person in office: full names, and surnames that mean nobody else in world news."""

    name: str
    also: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    offices: tuple[Office, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """What a text names, with weights: countries and areas by code and id, the rest by name."""

    countries: Counter[str] = field(default_factory=Counter)
    organisations: Counter[str] = field(default_factory=Counter)
    areas: Counter[str] = field(default_factory=Counter)
    leaders: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Named:
    """What a phrase is listed as: a kind, and the country's code or the thing's name.

    `small`: it is meant in small letters too, as adjectives are in most languages.
    """

    kind: str
    id: str
    small: bool = False


class Places:
    """A compiled gazetteer. Longest names match first; all-capital names only in that case."""

    def __init__(
        self,
        countries: Iterable[Country],
        *,
        organisations: Iterable[tuple[str, Sequence[str]]] = (),
        areas: Iterable[tuple[str, Sequence[str], Sequence[str]]] = (),
        leaders: Iterable[Leader] = (),
        others: Iterable[str] = (),
        people: Iterable[str] = (),
        senses: Senses | None = None,
        tongues: Tongues | None = None,
    ) -> None:
        self.countries = {country.code: country for country in countries}
        listed = list(areas)
        self._area_countries = {name: tuple(codes) for name, _, codes in listed}
        self._leaders = {leader.name: leader for leader in leaders}
        self._senses = senses or Senses((), (), ())
        phrases: list[tuple[str, _Named]] = []
        for name, aliases, _ in listed:
            phrases += [(word, _Named("area", name)) for word in (name, *aliases)]
        by_name: list[tuple[str, _Named]] = []
        for country in self.countries.values():
            named = _Named("country", country.code)
            by_name += [(word, named) for word in (*country.names, *country.words)]
        phrases += by_name
        for name, aliases in organisations:
            phrases += [(word, _Named("organisation", name)) for word in (name, *aliases)]
        for leader in self._leaders.values():
            phrases += [
                (word, _Named("leader", leader.name)) for word in (leader.name, *leader.also)
            ]
            phrases += [(word, _Named("surname", leader.name)) for word in leader.alone]
        phrases += [(phrase, _Named("other", "")) for phrase in others]
        phrases += [(name, _Named("person", "")) for name in people]
        self._phrases = phrases
        self._lexicon = Lexicon(phrases)
        self._tongues = tongues or Tongues()
        self._lexicons: dict[str, Lexicon[_Named]] = {_ENGLISH: self._lexicon, "": self._lexicon}
        self._by_word: dict[str, str] = {}
        for word, named in by_name:
            self._by_word.setdefault(_key(word), named.id)

    @classmethod
    def from_tables(cls, tables: Mapping[str, Any]) -> Places:
        """Build from the parsed files: all but `country` tables may be missing."""
        return cls(
            (
                Country(
                    code=table["code"],
                    name=table["name"],
                    region=table["region"],
                    names=(table["name"], *table["aliases"], *table["demonyms"]),
                    words=tuple(word for word in (table["capital"], *table["cities"]) if word),
                )
                for table in tables["country"]
            ),
            organisations=[
                (table["name"], table["aliases"]) for table in tables.get("organisation", ())
            ],
            areas=[
                (table["name"], table["aliases"], table["countries"])
                for table in tables.get("area", ())
            ],
            leaders=[_leader(table, tables) for table in tables.get("leader", ())],
            others=[phrase for table in tables.get("other", ()) for phrase in table["phrases"]],
            people=[name for table in tables.get("other", ()) for name in table["people"]],
            senses=Senses.from_tables(tables),
            tongues=Tongues.from_tables(tables),
        )

    def mentions(self, text: str) -> Counter[str]:
        """Count the mentions of each country (its code) in a text."""
        return self.named("", text).countries

    def of(
        self, title: str, text: str, at: datetime | None = None, language: str | None = None
    ) -> Counter[str]:
        """Weigh the countries that an article is about: its title counts five times."""
        return self.named(title, text, at, language).countries

    def named(
        self, title: str, text: str, at: datetime | None = None, language: str | None = None
    ) -> Mentions:
        """Weigh all that an article names; `at` is its date, for who was in office.

        Names are found as English writes them, and as the article's own language does.
        """
        lexicon = self._lexicon_of(language)
        parts = [(plain(title), _TITLE), (plain(text), 1)]
        found = [(part, worth, list(self._finds(part, lexicon))) for part, worth in parts if part]
        meant = self._meanings(found)
        named = Mentions()
        for part, worth, finds in found:
            titled = worth > 1 and _titled(part)
            for one in finds:
                group = self._senses.group(one.words) if one.label.kind == "country" else None
                if group is not None:
                    lone = group.given_name and self._senses.is_part_of_a_name(
                        part, one, titled=titled
                    )
                    code = "" if lone else meant[group.words[0]]
                    if code:
                        named.countries[code] += worth
                    continue
                self._count(named, one, worth, at)
        return named

    def office(self, leader: str, at: datetime) -> str | None:
        """Give the office that a listed person held at a time, as "president, France"."""
        offices = self._leaders[leader].offices if leader in self._leaders else ()
        held = [office for office in offices if office.held(at.date())]
        return f"{held[-1].name}, {self.name(held[-1].of)}" if held else None

    def leader(self, name: str, language: str | None = None) -> str | None:
        """Give the listed person of this full name or spelling."""
        found = [one.label for one in self._lexicon_of(language).find(plain(name))]
        return found[0].id if len(found) == 1 and found[0].kind == "leader" else None

    def is_listed(self, name: str, language: str | None = None) -> bool:
        """Say whether a name is, as a whole, one of a place or an organisation."""
        flat = plain(name)
        return any(
            one.start == 0 and one.end == len(flat) and one.label.kind not in ("leader", "person")
            for one in self._lexicon_of(language).find(flat)
        )

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
        key = plain(name).strip()
        return self._by_word.get(key.casefold()) or self._by_word.get(key.upper())

    def name(self, code: str) -> str:
        """Give a country's common name; an unknown code is its own name."""
        country = self.countries.get(code)
        return country.name if country else code

    def _lexicon_of(self, language: str | None) -> Lexicon[_Named]:
        """Give the names of a language, compiled when it is first met."""
        code = (language or "").partition("-")[0]
        known = self._lexicons.get(code)
        if known is None:
            cities = {one.code: one.words for one in self.countries.values()}
            own = [
                (form.text, _Named("country", form.code, form.people))
                for form in self._tongues.forms(code, cities)
            ]
            own += [(one.text, _label(one)) for one in self._tongues.named(code)]
            left_out = {_key(name) for name in self._tongues.left_out(code)}
            rest = [one for one in self._phrases if _key(one[0]) not in left_out]
            known = Lexicon([*own, *rest]) if own else self._lexicon
            self._lexicons[code] = known
        return known

    def _finds(self, part: str, lexicon: Lexicon[_Named]) -> Iterable[Found[_Named]]:
        """Give what a text names; names in small letters are turkeys, fine china and "us"."""
        surnames = []
        for one in lexicon.find(part):
            if one.words.islower() and not one.label.small:
                continue
            if one.label.kind == "surname":
                surnames.append(one)
                continue
            yield one
        titled = _titled(part)
        for one in surnames:
            if not self._senses.is_part_of_a_name(part, one, titled=titled):
                yield one

    def _meanings(
        self, found: Sequence[tuple[str, int, Sequence[Found[_Named]]]]
    ) -> dict[str, str]:
        """Decide the ambiguous words of an article, all its parts together."""
        groups, clear, persons, lone = {}, Counter[str](), Counter[str](), Counter[str]()
        for part, worth, finds in found:
            for one in finds:
                group = self._senses.group(one.words) if one.label.kind == "country" else None
                if group is None:
                    clear.update(self._countries_of(one.label))
                    continue
                groups[group.words[0]] = group
                titled = worth > 1 and _titled(part)
                is_name = group.given_name and self._senses.is_part_of_a_name(
                    part, one, titled=titled
                )
                (persons if is_name else lone)[group.words[0]] += 1
        if not groups:
            return {}
        texts = [part for part, _, _ in found]
        meant = self._senses.decide(list(groups.values()), texts, clear)
        for first, group in groups.items():
            # a surname after its full name, where nothing else speaks of the country
            if persons[first] and not clear[group.usually] and lone[first] <= 3 * persons[first]:
                meant[first] = ""
        return meant

    def _count(self, named: Mentions, one: Found[_Named], worth: int, at: datetime | None) -> None:
        kind, id = one.label.kind, one.label.id
        if kind == "organisation":
            named.organisations[id] += worth
        elif kind == "area":
            named.areas[id] += worth
        elif kind in ("leader", "surname"):
            if kind == "surname" and at and at.date() < self._first_office(id) - _BEFORE_OFFICE:
                return
            named.leaders[id] += worth
            for office in self._leaders[id].offices if at else ():
                if office.held(at.date()) and office.of in self.countries:  # type: ignore[union-attr]
                    named.countries[office.of] += worth
        for code in self._countries_of(one.label):
            named.countries[code] += worth

    def _countries_of(self, label: _Named) -> tuple[str, ...]:
        if label.kind == "country":
            return (label.id,)
        return self._area_countries.get(label.id, ()) if label.kind == "area" else ()

    def _first_office(self, leader: str) -> date:
        return min(office.since for office in self._leaders[leader].offices)


def _leader(table: Mapping[str, Any], tables: Mapping[str, Any]) -> Leader:
    names = {one["id"]: one["name"] for one in tables.get("organisation", ())}
    return Leader(
        name=table["name"],
        also=tuple(table.get("also", ())),
        alone=tuple(table.get("alone", ())),
        offices=tuple(
            Office(
                of=names.get(one["of"], one["of"]),
                name=one["office"],
                since=one["from"],
                until=one.get("to"),
            )
            for one in table["offices"]
        ),
    )


def _label(one: Named) -> _Named:
    kind = "organisation"
    if one.person:
        kind = "leader" if " " in one.text else "surname"
    return _Named(kind, one.name, small=one.text.islower())


def _titled(part: str) -> bool:
    """Say whether a line has a capital at every longer word."""
    long = [word for word in part.split() if len(word) > 4 and word[0].isalpha()]
    return bool(long) and sum(word[0].isupper() for word in long) > 0.7 * len(long)


def _key(word: str) -> str:
    flat = plain(word)
    return flat if flat.isupper() and len(flat) <= 6 else flat.casefold()
