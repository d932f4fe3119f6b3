"""Finding many listed words and phrases in a text at once, whole words only, longest first.

Time grows with the text, not with the list. Knows nothing of what the phrases mean.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

Label = TypeVar("Label")

_SIGNS = r"\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_SIGNS}]|[^\W{_SIGNS}]+")
"""Chinese and Japanese write no spaces: there each sign is a word."""
_JOINT = re.compile(r"[\s\-–'/&]{0,3}")
_DOTTED = re.compile(r"[\s\-–'/&.]{0,3}")
_SHORT = 6
"""Up to so many letters a phrase in capitals is an abbreviation: found in capitals only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[Label]):
    """A phrase in a text: what it is listed as, and where it stands in the plain text."""

    label: Label
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Entry(Generic[Label]):
    tokens: tuple[str, ...]
    label: Label
    exact: str | None
    dotted: bool


class Lexicon(Generic[Label]):
    """Phrases with a label each; of a phrase listed twice the first listing holds."""

    def __init__(self, phrases: Iterable[tuple[str, Label]]) -> None:
        known: dict[tuple[tuple[str, ...], str | None], _Entry[Label]] = {}
        for phrase, label in phrases:
            text = plain(phrase).strip()
            tokens = tuple(found[0].casefold() for found in _WORD.finditer(text))
            letters = [char for char in text if char.isalpha()]
            upper = bool(letters) and all(char.isupper() for char in letters)
            exact = "".join(_WORD.findall(text)) if upper and len(text) <= _SHORT else None
            if tokens:
                dotted = "." in text.rstrip(".")
                known.setdefault((tokens, exact), _Entry(tokens, label, exact, dotted))
        self._by_first: dict[str, list[_Entry[Label]]] = {}
        for entry in sorted(known.values(), key=lambda one: -len(one.tokens)):
            self._by_first.setdefault(entry.tokens[0], []).append(entry)

    def find(self, text: str) -> Iterator[Found[Label]]:
        """Give the phrases of a text in order; what lies inside a longer one is not given.

        `text` is taken as `plain` gives it: places count there.
        """
        tokens = list(_WORD.finditer(text))
        folded = [token[0].casefold() for token in tokens]
        index = 0
        while index < len(tokens):
            for entry in self._by_first.get(folded[index], ()):
                last = index + len(entry.tokens) - 1
                if _stands(entry, text, tokens[index : last + 1], folded[index : last + 1]):
                    start, end = tokens[index].start(), tokens[last].end()
                    yield Found(label=entry.label, words=text[start:end], start=start, end=end)
                    index = last
                    break
            index += 1


def plain(text: str) -> str:
    """Drop accents and make typographic apostrophes plain; the length may change."""
    decomposed = unicodedata.normalize("NFD", text.replace("’", "'"))
    kept = "".join(char for char in decomposed if not unicodedata.combining(char))
    # scripts whose marks are letters of their own are put together again
    return unicodedata.normalize("NFC", kept)


def _stands(
    entry: _Entry[Label], text: str, tokens: list[re.Match[str]], folded: list[str]
) -> bool:
    if tuple(folded) != entry.tokens:
        return False
    if entry.exact is not None and "".join(token[0] for token in tokens) != entry.exact:
        return False
    joint = _DOTTED if entry.dotted else _JOINT
    return all(joint.fullmatch(text, one.end(), two.start()) for one, two in pairwise(tokens))
