"""How much a summary may hold, in sentences or in words, and where to stop taking the best.

Pure functions over lengths. Knows no scores, sentences or documents.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

_WORDS_OF_A_SENTENCE = 24
"""How long a sentence of news is, about: where a search for the right number begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """At most `sentences` sentences, or about `words` words in whole sentences; one is given."""

    sentences: int | None = None
    words: int | None = None

    def __post_init__(self) -> None:
        """Raise ValueError unless exactly one of the two is given and is at least one."""
        given = [one for one in (self.sentences, self.words) if one is not None]
        if len(given) != 1 or given[0] < 1:
            raise ValueError("a budget is a number of sentences or a number of words, one or more")

    def __str__(self) -> str:
        return f"{self.words} words" if self.words else f"{self.sentences} sentences"

    def taken(self, texts: Sequence[str]) -> int:
        """How many of `texts`, best first, fit: of a word budget the number that comes nearest.

        At least one where there is one: a sentence is never cut.
        """
        if self.words is None:
            return min(self.sentences or 0, len(texts))
        return nearest([len(text.split()) for text in texts], self.words)

    @property
    def likely_sentences(self) -> int:
        """About how many sentences that makes."""
        return self.sentences or max(1, round((self.words or 0) / _WORDS_OF_A_SENTENCE))


def nearest(lengths: Sequence[int], words: int) -> int:
    """How many of `lengths`, from the first on, add up nearest to `words`; at least one."""
    total = 0
    for count, length in enumerate(lengths):
        if count and total + length > words:
            return count + 1 if total + length - words < words - total else count
        total += length
    return len(lengths)


def fitting(words_of: Callable[[int], int], words: int, begin: int) -> int:
    """The number of sentences whose words come nearest to `words`; at least one.

    `words_of(n)` gives how many words the best n sentences have: more for a larger n, until
    there are no more sentences. It is asked about numbers near `begin` only.
    """
    count = max(1, begin)
    while words_of(count) < words and words_of(count + 1) > words_of(count):
        count += 1
    while count > 1 and words_of(count - 1) >= words:
        count -= 1
    shorter = max(1, count - 1)
    return shorter if words - words_of(shorter) <= words_of(count) - words else count
