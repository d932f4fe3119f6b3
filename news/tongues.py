"""Names of countries, peoples, organisations and leaders as a language writes them, in all forms.

Countries and cities by the CLDR (babel), the rest by data (`config/tongues.toml`, `named.toml`).
Knows no text and no sense of a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_SHORTEST = 4
"""Names of fewer letters have no endings: abbreviations, and words that are others when bent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A way to write a country's name, or, where `people`, what is of its people."""

    text: str
    code: str
    people: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A way to write the name of an organisation or of a `person`, whose English one is `name`."""

    text: str
    name: str
    person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """What is listed of a language: endings are (ending, what it becomes), longest first."""

    leave_out: frozenset[str] = frozenset()
    also: Mapping[str, Sequence[str]] = field(default_factory=dict)
    cases: Sequence[tuple[str, Sequence[str]]] = ()
    person_cases: Sequence[tuple[str, Sequence[str]]] = ()
    people_endings: Sequence[tuple[str, Sequence[str]]] = ()
    articles: Sequence[str] = ()
    prefixes: Sequence[str] = ()
    contracted: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, Sequence[str]] = field(default_factory=dict)


_NOTHING = Tongue()


class Tongues:
    """The languages that are listed; of others, what the CLDR says of them."""

    def __init__(
        self, tongues: Mapping[str, Tongue] | None = None, named: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        """`named` are tables of an organisation or person: `name`, `person`, and by language."""
        self._tongues = dict(tongues or {})
        self._named = list(named)

    @classmethod
    def from_tables(cls, tables: Mapping[str, Any]) -> Tongues:
        """Build from the parsed files: `language` and `people`, `body` and `person` tables."""
        bodies = {table["id"]: table["name"] for table in tables.get("organisation", ())}
        people: dict[str, dict[str, Sequence[str]]] = {}
        for table in tables.get("people", ()):
            for language in table.keys() - {"code"}:
                people.setdefault(language, {})[table["code"]] = table[language]
        return cls(
            {
                table["code"]: Tongue(
                    leave_out=frozenset(table.get("leave_out", ())),
                    also=table.get("also", {}),
                    cases=_longest_first(table.get("cases", ())),
                    person_cases=_longest_first(table.get("persons", table.get("cases", ()))),
                    people_endings=_longest_first(table.get("people", ())),
                    articles=table.get("articles", ()),
                    prefixes=table.get("prefixes", ()),
                    contracted=table.get("contracted", {}),
                    people=people.get(table["code"], {}),
                )
                for table in tables.get("language", ())
            },
            [
                *({**one, "name": bodies[one["id"]]} for one in tables.get("body", ())),
                *({**one, "person": True} for one in tables.get("person", ())),
            ],
        )

    def named(self, language: str) -> list[Named]:
        """Give how a language writes the listed organisations and people, in all forms."""
        tongue = self._tongues.get(language, _NOTHING)
        found = []
        for table in self._named:
            person = bool(table.get("person"))
            for text in table.get(language, ()):
                forms = _bent_person(text, tongue) if person else _bent_body(text, tongue)
                found += [Named(text=form, name=table["name"], person=person) for form in forms]
        return found

    def forms(self, language: str, cities: Mapping[str, Iterable[str]]) -> list[Form]:
        """Give how a language writes what is of each country; nothing for an unknown language.

        `cities` are the listed places of each country, by its code, in English: of those the
        ones after which a time zone is named are translated.
        """
        locale = _locale(language)
        if locale is None:
            return []
        tongue = self._tongues.get(language, _NOTHING)
        translated = _translated(locale, cities)
        found = [
            Form(text=form, code=code)
            for code in cities
            for name in (*_names(locale, tongue, code), *translated.get(code, ()))
            for form in _bent(name, tongue)
        ]
        found += [
            Form(text=form, code=code, people=True)
            for code, listed in tongue.people.items()
            for word in listed
            for form in _people(word, tongue)
        ]
        return found

    def left_out(self, language: str) -> frozenset[str]:
        """Give the names that are no country's in a language."""
        return self._tongues.get(language, _NOTHING).leave_out


def _longest_first(rules: Sequence[Any]) -> list[tuple[str, Sequence[str]]]:
    return sorted(((ending, forms) for ending, forms in rules), key=lambda rule: -len(rule[0]))


def _locale(language: str) -> Any:
    """Give what the CLDR says of a language, or None."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return None


def _names(locale: Any, tongue: Tongue, code: str) -> Iterator[str]:
    name = locale.territories.get(code, "").split(" (")[0]
    if name and name not in tongue.leave_out:
        yield name
    yield from tongue.also.get(code, ())


def _translated(locale: Any, cities: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Translate the cities after which time zones are named, where they are known, by country."""
    from babel.core import get_global

    renamed, territories = get_global("zone_aliases"), get_global("zone_territories")
    found: dict[str, list[str]] = {}
    for zone, said in locale.time_zones.items():
        current = renamed.get(zone, zone)
        code = territories.get(current, "")
        known = set(cities.get(code, ()))
        if "city" in said and not known.isdisjoint(map(_city, (zone, current))):
            found.setdefault(code, []).append(said["city"])
    return found


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def _bent(name: str, tongue: Tongue) -> Iterator[str]:
    """Give a name in its cases, the words of it together, and with what is written before it."""
    yield name
    yield from (_joined(prefix, name, tongue) for prefix in tongue.prefixes)
    if not (name.isupper() and len(name) <= _SHORTEST):
        yield from _in_cases(name, tongue.cases)


def _bent_body(text: str, tongue: Tongue) -> Iterator[str]:
    """Give an organisation's name, what stands before a bar in its cases."""
    head, bar, rest = text.partition("|")
    name = f"{head} {rest}".strip() if bar else text
    yield name
    yield from (_joined(prefix, name, tongue) for prefix in tongue.prefixes)
    if bar:
        yield from (f"{form} {rest}".strip() for form in _in_cases(head, tongue.cases))


def _bent_person(name: str, tongue: Tongue) -> Iterator[str]:
    yield name
    yield from (_joined(prefix, name, tongue) for prefix in tongue.prefixes)
    yield from _in_cases(name, tongue.person_cases)


def _in_cases(name: str, rules: Sequence[tuple[str, Sequence[str]]]) -> Iterator[str]:
    words = [_cases(word, rules) for word in name.split()] if rules else []
    for at in range(max(map(len, words), default=0)):
        yield " ".join(forms[min(at, len(forms) - 1)] for forms in words)


def _cases(word: str, rules: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    if len(word) < _SHORTEST:
        return [word]
    ending, forms = next((rule for rule in rules if word.endswith(rule[0])), ("", ("",)))
    stem = word.removesuffix(ending)
    return [stem + form for form in forms]


def _people(word: str, tongue: Tongue) -> Iterator[str]:
    rules = tongue.people_endings
    ending, forms = next((rule for rule in rules if word.endswith(rule[0])), ("", ("",)))
    stem = word.removesuffix(ending)
    for article in ("", *tongue.articles):
        for form in forms:
            word = article + stem + form
            yield word
            yield from (_joined(prefix, word, tongue) for prefix in tongue.prefixes)


def _joined(prefix: str, word: str, tongue: Tongue) -> str:
    whole = prefix + word
    for two, one in tongue.contracted.items():
        at = len(prefix) - 1
        if whole.startswith(two, at):
            return whole[:at] + one + whole[at + len(two) :]
    return whole
