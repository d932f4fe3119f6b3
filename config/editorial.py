"""The editorial data that ships: the list of feeds, topics, places, and packaged editions.

Reads TOML beside this module and gives the domain's own values. Knows no store, no fetching.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

from news.model import Outlet, Ownership
from news.outlets import Source

_FOLDER = Path(__file__).parent


class EditorialError(Exception):
    """A shipped list is damaged or there is no such edition; one line that says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """News that ships: its outlets, its articles' folder, and when its own clock starts.

    `note` says to readers what kind of news it is.
    """

    name: str
    title: str
    note: str = ""
    starts_at: datetime
    outlets: tuple[Outlet, ...]
    folder: Path


def load_sources() -> tuple[Source, ...]:
    """The feeds of `sources.toml`, in its order. Raises EditorialError."""
    path = _FOLDER / "sources.toml"
    return tuple(
        Source(
            url=_text(table, "url", f"{path.name}, feed {number}"),
            outlet=_outlet(table, "outlet", f"{path.name}, feed {number}"),
            confirmed=bool(table.get("confirmed")),
        )
        for number, table in enumerate(_tables(_read(path), "feed", path), start=1)
    )


def load_topics() -> dict[str, list[dict[str, Any]]]:
    """The tables of `topics.toml`: `region`, `group`, `topic`. Raises EditorialError."""
    return _lists("topics.toml", "region", "group", "topic")


def load_places() -> dict[str, list[dict[str, Any]]]:
    """The tables of `places.toml`, `tongues.toml` and, as `leader`, of `leaders.toml`.

    Raises EditorialError. An office without an end is held until the day of which the file knows.
    """
    path = _FOLDER / "leaders.toml"
    data = _read(path)
    as_of = data.get("as_of")
    if not isinstance(as_of, date):
        raise EditorialError(f"{path}: as_of must be a date")
    leaders = _tables(data, "leader", path)
    for leader in leaders:
        for office in leader["offices"]:
            office.setdefault("to", max(as_of, office["from"]) + timedelta(days=1))
    kinds = ("country", "organisation", "area", "other", "beside", "ambiguous")
    tables = _lists("places.toml", *kinds)
    tongues = _lists("tongues.toml", "language", "people", "ambiguous")
    named = _lists("named.toml", "body", "person", "beside")
    for kind, more in (("ambiguous", tongues.pop("ambiguous")), ("beside", named.pop("beside"))):
        tables[kind] = tables[kind] + more
    return {**tables, **tongues, **named, "leader": leaders}


def load_severity() -> dict[str, list[dict[str, Any]]]:
    """The tables of `severity.toml`: `level`. Raises EditorialError."""
    return _lists("severity.toml", "level")


def load_headlines() -> dict[str, list[str]]:
    """The word lists of `headlines.toml`. Raises EditorialError."""
    return _word_lists("headlines.toml")


def load_people() -> dict[str, list[str]]:
    """The word lists of `people.toml`. Raises EditorialError."""
    return _word_lists("people.toml")


def load_edition(name: str) -> Edition:
    """A packaged edition, such as `sample`. Raises EditorialError when none has that name."""
    known = sorted(path.parent.name for path in _FOLDER.glob("*/edition.toml"))
    if name not in known:
        raise EditorialError(f"there is no packaged edition {name!r}; there is {', '.join(known)}")
    path = _FOLDER / name / "edition.toml"
    data = _read(path)
    place = f"{name}/{path.name}"
    starts_at = data.get("starts_at")
    if not isinstance(starts_at, datetime) or starts_at.tzinfo is None:
        raise EditorialError(f"{place}: starts_at must be a date and time with its offset")
    return Edition(
        name=name,
        title=_text(data, "title", place),
        note=str(data.get("note", "")),
        starts_at=starts_at.astimezone(UTC),
        outlets=tuple(
            _outlet(table, "name", f"{place}, outlet {number}")
            for number, table in enumerate(_tables(data, "outlet", path), start=1)
        ),
        folder=path.parent,
    )


def _lists(file: str, *names: str) -> dict[str, list[dict[str, Any]]]:
    path = _FOLDER / file
    data = _read(path)
    return {name: _tables(data, name, path) for name in names}


def _word_lists(file: str) -> dict[str, list[str]]:
    path = _FOLDER / file
    found = _read(path)
    for name, words in found.items():
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise EditorialError(f"{path}: {name} must be a list of words")
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise EditorialError(f"{path} cannot be read ({error}); install geobrief again") from error


def _tables(data: Mapping[str, Any], name: str, path: Path) -> list[dict[str, Any]]:
    found = data.get(name)
    if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
        raise EditorialError(f"{path}: there must be [[{name}]] tables")
    return found


def _outlet(table: Mapping[str, Any], name: str, place: str) -> Outlet:
    ownership = table.get("ownership", "unknown")
    if ownership not in get_args(Ownership):
        raise EditorialError(f"{place}: ownership must be one of {', '.join(get_args(Ownership))}")
    return Outlet(
        name=_text(table, name, place),
        host=_text(table, "host", place),
        country=_text(table, "country", place),
        region=_text(table, "region", place),
        language=_text(table, "language", place),
        ownership=ownership,
        family=_text(table, "family", place) if "family" in table else None,
    )


def _text(table: Mapping[str, Any], key: str, place: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise EditorialError(f"{place}: {key} is missing or not a text")
    return value
