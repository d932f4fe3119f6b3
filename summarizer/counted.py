"""The word lists of what numbers count (`data/counted_en.toml`), read once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

LEAST, MOST, ABOUT, VAGUE = ">", "<", "~", "s"
"""Signs of a number: at least, at most, about, and a vague plural such as dozens."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that is counted, and the forms by which it is told."""

    name: str
    after: frozenset[str]
    before: frozenset[str]
    toll: tuple[str, ...]
    nouns: frozenset[str]
    asked: frozenset[str]
    people: bool


@dataclass(frozen=True, slots=True)
class Lists:
    """All lists: kinds in their order, bounds with their signs, closed lists of words."""

    kinds: tuple[Kind, ...]
    bounds: Mapping[str, str]
    words: Mapping[str, frozenset[str]]


@cache
def lists() -> Lists:
    """Give the lists."""
    text = resources.files("summarizer").joinpath("data/counted_en.toml").read_text("utf-8")
    data = tomllib.loads(text)
    words = data["words"]
    return Lists(
        kinds=tuple(_kind(table) for table in data["kind"]),
        bounds=words["bounds"],
        words={name: frozenset(forms) for name, forms in words.items() if name != "bounds"},
    )


def _kind(table: Mapping[str, Any]) -> Kind:
    return Kind(
        name=table["name"],
        after=frozenset(table.get("after", ())),
        before=frozenset(table.get("before", ())),
        toll=tuple(table.get("toll", ())),
        nouns=frozenset(table.get("nouns", ())),
        asked=frozenset(table.get("asked", ())),
        people=bool(table.get("people")),
    )


@cache
def bound_pattern() -> re.Pattern[str]:
    """Give what finds a bound at the end of a text: "at least "."""
    forms = sorted(lists().bounds, key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, forms))})\s+(?:an?\s+)?$", re.IGNORECASE)
