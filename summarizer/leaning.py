"""Whether a sentence needs the one before it: "he said", "the two ministers", "from there".

The words are data, for each of several languages (`data/leaning.toml`); of others nothing is
said. Looks outside quotation marks only; knows no ranking.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from summarizer.candidates import Candidate
from summarizer.model import Document
from summarizer.text import content_words, names, stem
from summarizer.words import CALENDAR

_QUOTED = re.compile(r"“[^”]*”?|«[^»]*»?|„[^“”]*[“”]?|\"[^\"]*\"?|「[^」]*」?")
_BEGINNING = r"^[\s\W_]*"


_BETWEEN = 4
"""So many characters may stand between a sentence and the one before it: a bullet, a mark."""

NOWHERE = -1
Needs = Callable[[int], int | None]
"""Gives of a candidate the index of the one that it leans on, NOWHERE where that one cannot be
shown, None where it stands alone."""


def stands_alone(at: int) -> int | None:
    """Find nothing that any candidate leans on."""
    return None


class Standing:
    """Which candidates of documents lean on which. A candidate is read when it is asked for."""

    def __init__(self, documents: Sequence[Document], candidates: Sequence[Candidate]) -> None:
        self._documents = documents
        self._candidates = candidates

    def __call__(self, at: int) -> int | None:
        """Give what `Needs` gives."""
        one = self._candidates[at]
        document = self._documents[one.document]
        if not leans_back(one.sentence.text, document.language):
            return None
        before = self._candidates[at - 1] if at else None
        if before is None or before.document != one.document:
            return NOWHERE
        between = document.text[before.sentence.end : one.sentence.start]
        return at - 1 if len(between.strip()) <= _BETWEEN else NOWHERE


@dataclass(frozen=True, slots=True)
class _Words:
    """One language's patterns, compiled; the names are those of the data."""

    opening: re.Pattern[str]
    excused: re.Pattern[str] | None
    unnamed: tuple[re.Pattern[str], ...]
    pointed: tuple[re.Pattern[str], ...]
    counted: tuple[re.Pattern[str], ...]
    numbers: Mapping[str, int]
    place: re.Pattern[str] | None


@cache
def _languages() -> Mapping[str, _Words]:
    text = resources.files("summarizer").joinpath("data/leaning.toml").read_text("utf-8")
    return {language: _compiled(table) for language, table in tomllib.loads(text).items()}


def _compiled(table: Mapping[str, Any]) -> _Words:
    links = rf"{_BEGINNING}(?:(?:{'|'.join(table['links'])})\s*){{0,2}}"
    numbers = "|".join(map(re.escape, table["numbers"]))
    every = (p.replace("{numbers}", numbers) for p in table["counted"])
    excused = "|".join(table["excused"])
    places = "|".join(table["places"])
    return _Words(
        opening=re.compile(rf"{links}(?:{'|'.join(table['openings'])})", re.IGNORECASE),
        excused=re.compile(rf"{links}(?:{excused})", re.IGNORECASE) if excused else None,
        unnamed=tuple(re.compile(one, re.IGNORECASE) for one in table["unnamed"]),
        pointed=tuple(re.compile(one, re.IGNORECASE) for one in table["pointed"]),
        counted=tuple(re.compile(one, re.IGNORECASE) for one in every),
        numbers=table["numbers"],
        place=re.compile(rf"\b(?:{places})\s+[A-ZÀ-ÞА-Я][\w.-]+") if places else None,
    )


@lru_cache(maxsize=4_000)
def leans_back(sentence: str, language: str | None = "en") -> bool:
    """Say whether a reader needs what stands before `sentence` to know who or what is meant.

    `language` is an ISO 639-1 code, None for English; of a language without a list the answer is
    no. A quotation that names no speaker leans too.
    """
    known = _languages().get(language or "en")
    if known is None:
        return False
    text = _QUOTED.sub(lambda match: " " * len(match[0]), sentence)
    if not any(character.isalpha() for character in text):
        return any(character.isalpha() for character in sentence)
    opens = sentence[:1].isalpha() and known.opening.match(text)
    if opens and not (known.excused and known.excused.match(text)):
        return True
    return (
        any(_unnamed(match, text) for one in known.unnamed for match in one.finditer(text))
        or any(_points(match, text) for one in known.pointed for match in one.finditer(text))
        or any(
            _short(match, sentence, known) for one in known.counted for match in one.finditer(text)
        )
    )


def _unnamed(match: re.Match[str], text: str) -> bool:
    return not names(text[: match.start()])


def _points(match: re.Match[str], text: str) -> bool:
    """Whether the thing pointed at was not named earlier in the sentence itself."""
    return stem(match["noun"].lower()) not in content_words(text[: match.start()])


def _short(match: re.Match[str], sentence: str, known: _Words) -> bool:
    """Whether a sentence names fewer than it counts, days and places aside."""
    text = known.place.sub(" ", sentence) if known.place else sentence
    named = [name for name in names(text) if name.lower() not in CALENDAR]
    return len(named) < known.numbers.get(match["many"].lower(), 2)
