"""Questions for somebody's own words and for reasons: which sentences of a story answer them.

The words of such questions are data (questions.toml). Pure: knows no store and no encoder.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from news.search import asked_words
from summarizer.align import tokens
from summarizer.speakers import tellings
from summarizer.text import content_words
from summarizer.words import SPEECH

Kind = Literal["said", "why"]

_AND = re.compile(r",|\b(?:and|et|y|und|и)\b", re.IGNORECASE)
_EDGES = " ?!.…\"'“”’«»"
_NEXT = 8
"""So many words and commas stand between a name and its deed: "A, the mayor of B, has warned"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What a question asks for: the words of `who`, or the reason, of `what`."""

    kind: Kind
    who: str
    what: str

    @property
    def subject(self) -> str:
        """What to look for, without the words of asking."""
        return " ".join(filter(None, (self.who, self.what)))


@dataclass(frozen=True, slots=True)
class _Words:
    """The patterns of questions, each with its kind, and the words of reasons by language."""

    questions: tuple[tuple[Kind, re.Pattern[str]], ...]
    causes: dict[str, re.Pattern[str]]


@cache
def _words() -> _Words:
    data = tomllib.loads((files("news") / "questions.toml").read_text(encoding="utf-8"))
    kinds: tuple[Kind, ...] = ("said", "why")
    return _Words(
        questions=tuple(
            (kind, re.compile(pattern, re.IGNORECASE)) for kind in kinds for pattern in data[kind]
        ),
        causes={
            language: re.compile(rf"\b(?:{'|'.join(listed)})\b", re.IGNORECASE)
            for language, listed in data["causes"].items()
        },
    )


def inquire(question: str) -> Inquiry | None:
    """Read a question; None where it asks for neither, or of nothing that could be looked for."""
    text = " ".join(question.split()).strip(_EDGES)
    for kind, pattern in _words().questions:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        groups = match.groupdict()
        found = Inquiry(
            kind=kind,
            who=(groups.get("who") or "").strip(_EDGES),
            what=(groups.get("what") or "").strip(_EDGES),
        )
        if kind == "why" or _keys(found.who):
            return found
    return None


def _keys(who: str) -> frozenset[str]:
    """The last word of each name that was asked for, as places and their people meet."""
    names = who.title() if who.islower() else who  # the key of a word depends on its capital
    last = [list(tokens(part))[-1:] for part in _AND.split(names)]
    return frozenset(one.key for found in last for one in found if one.content)


def answers_it(inquiry: Inquiry, sentence: str, language: str | None) -> bool:
    """Whether a sentence gives what is asked: words that it leaves with `who`, or a reason."""
    if inquiry.kind == "said":
        return speaks(inquiry.who, sentence)
    causes = _words().causes.get(language or "en")
    return causes is not None and causes.search(sentence) is not None


def speaks(who: str, sentence: str) -> bool:
    """Whether a sentence tells what somebody said: "A said", "according to A", "A has warned"."""
    keys = _keys(who)
    found = tokens(sentence)
    named = {
        place for place, token in enumerate(found) if token.key in keys and not token.is_possessive
    }
    if not named:
        return False
    told = tellings(sentence)
    if any(named & telling.speaker for telling in told):
        return True
    if any(min(telling.speaker, default=telling.verb) < telling.verb for telling in told):
        return False
    verbs = {place for place, token in enumerate(found) if token.word in SPEECH}
    near = (range(place + 1, place + 1 + _NEXT) for place in named)
    return any(verbs.intersection(places) for places in near)


def shares(inquiry: Inquiry, sentence: str) -> float:
    """Which share of the words of what is asked about stands in a sentence."""
    asked = set(asked_words(inquiry.what)) if inquiry.what else set()
    return len(asked & set(content_words(sentence))) / len(asked) if asked else 0.0
