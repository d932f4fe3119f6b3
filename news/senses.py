"""What an ambiguous name means in one text: Georgia the country or the state, Jordan or a Jordan.

One sense a text (Gale, Church and Yarowsky 1992), decided by the words around and by what else
is named. The words are data (`config/places.toml`, `ambiguous` and `beside`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from news.lexicon import Found, Lexicon, plain
from summarizer.text import fold
from summarizer.words import STOP_WORDS

_USUAL = 0.75
"""What the usual sense has before anything was read, in words that speak for a sense."""
_NAMED, _MOST_NAMED = 0.5, 3
"""What another name of the sense's country adds, up to so many."""
_BEFORE = re.compile(r"(\w[\w'-]*)\.? \Z")
_AFTER = re.compile(r" (\w[\w'-]*)")
_OPENS = re.compile(r"(?:^|[.!?:;\"“”«\n(–—-])\s*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """A group of words with their senses: country codes, "" for none, and the words near each."""

    words: tuple[str, ...]
    usually: str
    given_name: bool
    senses: tuple[tuple[str, tuple[str, ...]], ...]


class Senses:
    """Decides ambiguous words and tells names of people from names of places."""

    def __init__(
        self, groups: Iterable[Ambiguous], before: Iterable[str], after: Iterable[str]
    ) -> None:
        self._groups = list(groups)
        self._of = {fold(word): group for group in self._groups for word in group.words}
        near: dict[str, list[tuple[str, str]]] = {}
        for group in self._groups:
            for code, words in group.senses:
                for word in words:
                    near.setdefault(plain(word).casefold(), []).append((group.words[0], code))
        spelled = {
            plain(word).casefold(): word
            for group in self._groups
            for _, words in group.senses
            for word in words
        }
        self._near = Lexicon((spelled[key], tuple(speaks)) for key, speaks in near.items())
        self._before = frozenset(map(fold, before))
        self._after = frozenset(map(fold, after))

    @classmethod
    def from_tables(cls, tables: Mapping[str, Any]) -> Senses:
        """Build from the parsed file: its `ambiguous` and `beside` tables."""
        beside = tables.get("beside", ())
        return cls(
            (
                Ambiguous(
                    words=tuple(table["words"]),
                    usually=table["usually"],
                    given_name=bool(table.get("given_name")),
                    senses=tuple((one["code"], tuple(one["near"])) for one in table["sense"]),
                )
                for table in tables.get("ambiguous", ())
            ),
            [word for table in beside for word in table["before"]],
            [word for table in beside for word in table["after"]],
        )

    def group(self, word: str) -> Ambiguous | None:
        """Give the group of an ambiguous word."""
        return self._of.get(fold(word))

    def decide(
        self, groups: Sequence[Ambiguous], texts: Sequence[str], named: Mapping[str, int]
    ) -> dict[str, str]:
        """Give what each group (its first word) means in these texts: a code, or "".

        `named` counts what is named otherwise, by country.
        """
        speaks: dict[tuple[str, str], set[str]] = {}
        for text in texts:
            for found in self._near.find(text):
                for one in found.label:
                    speaks.setdefault(one, set()).add(found.words.casefold())
        meant: dict[str, str] = {}
        for group in groups:
            first = group.words[0]
            points = {
                code: len(speaks.get((first, code), ()))
                + _NAMED * min(_MOST_NAMED, named.get(code, 0))
                + (_USUAL if code == group.usually else 0.0)
                for code, _ in group.senses
            }
            meant[first] = max(points, key=lambda code: points[code])
        return meant

    def is_part_of_a_name(self, text: str, found: Found[Any], *, titled: bool = False) -> bool:
        """Say whether a word stands between capitals that make a longer name of it.

        In a headline where every word has a capital nobody can tell: then it is none.
        """
        if titled:
            return False
        before = _BEFORE.search(text, 0, found.start)
        if before and self._makes_a_name(before[1], self._before):
            opens = bool(_OPENS.search(text, 0, before.start()))
            if not opens or f" {before[1].lower()} " not in text:
                return True
        after = _AFTER.match(text, found.end)
        return bool(after and self._makes_a_name(after[1], self._after))

    def _makes_a_name(self, word: str, beside: frozenset[str]) -> bool:
        key = fold(word)
        return (
            word[0].isupper()
            and any(char.islower() for char in word)
            and key not in beside
            and key not in STOP_WORDS
            and len(key) > 1
        )
