"""Names of countries, their cities and people as a language writes them, in all their forms.

Countries and cities by the CLDR (babel), the rest by data (`config/tongues.toml`). Knows no text
and no sense of a name.
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
class Tongue:
    """What is listed of a language: endings are (ending, what it becomes), longest first."""

    leave_out: frozenset[str] = frozenset()
    also: Mapping[str, Sequence[str]] = field(default_factory=dict)
    cases: Sequence[tuple[str, Sequence[str]]] = ()
    people_endings: Sequence[tuple[str, Sequence[str]]] = ()
    articles: Sequence[str] = ()
    prefixes: Sequence[str] = ()
    contracted: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, Sequence[str]] = field(default_factory=dict)


_NOTHING = Tongue()


class Tongues:
    """The languages that are listed; of others, what the CLDR says of them."""

    def __init__(self, tongues: Mapping[str, Tongue] | None = None) -> None:
        self._tongues = dict(tongues or {})

    @classmethod
    def from_tables(cls, tables: Mapping[str, Any]) -> Tongues:
        """Build from the parsed file: its `language` and `people` tables."""
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
                    people_endings=_longest_first(table.get("people", ())),
                    articles=table.get("articles", ()),
                    prefixes=table.get("prefixes", ()),
                    contracted=table.get("contracted", {}),
                    people=people.get(table["code"], {}),
                )
                for table in tables.get("language", ())
            }
        )

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
    if not tongue.cases or (name.isupper() and len(name) <= _SHORTEST):
        return
    words = [_cases(word, tongue.cases) for word in name.split()]
    for at in range(max(map(len, words))):
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
