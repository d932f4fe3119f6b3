"""What plain words ask for beside an answer: a timeline, to be caught up. Patterns are data."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_EDGES = " \t\n.!?…:;,"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What is asked for ("timeline", "catchup") and about what."""

    name: str
    topic: str


def route(text: str) -> Route | None:
    """Read what words ask for; None for a question like any other."""
    plain = " ".join(text.split()).strip(_EDGES)
    for name, pattern in _patterns():
        found = pattern.fullmatch(plain)
        if found:
            return Route(name=name, topic=found["topic"].strip(_EDGES))
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each kind's phrases, longest first, so that "{topic} timeline" comes last."""
    table = tomllib.loads((files("bot.telegram") / "phrases.toml").read_text(encoding="utf-8"))
    rows = [(name, phrase) for name, phrases in table.items() for phrase in phrases]
    rows.sort(key=lambda row: (row[1].startswith("{topic}"), -len(row[1])))
    return tuple((name, _pattern(phrase)) for name, phrase in rows)


def _pattern(phrase: str) -> re.Pattern[str]:
    before, _, after = phrase.partition("{topic}")
    polite = r"(?:please,?\s+)?"
    return re.compile(
        rf"{polite}{re.escape(before)}(?P<topic>\w.*?|['\"“‘].+?){re.escape(after)}(?:,?\s+please)?",
        re.IGNORECASE,
    )
