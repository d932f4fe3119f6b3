"""All texts that a source sentence may become: itself, and itself with less in it.

What may go is for `droppable`; here the parts are put together and the marks mended. No model
takes part, and nothing is ever added.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations, pairwise

from summarizer.align import tokens
from summarizer.droppable import droppable
from summarizer.pauses import Stretch, is_whole

NAME = "geobrief-shortening-1"
"""The rules' name and version, for receipts; grows when other texts come out."""

MOST = 32
"""So many texts of one sentence at most."""

_MOST_STRETCHES = 5
_LEAST_WORDS = 5


def shortenings(
    sentence: str,
    language: str | None = "en",
    later: Iterable[str] = (),
    *,
    only_links: bool = False,
) -> tuple[str, ...]:
    """The sentence itself first, then what it may become, the longest first; at most `MOST`.

    `language` is an ISO 639-1 code, None for English; of another language there is the sentence
    alone. `later` are texts shown after this one: a name that they use stays, where this
    sentence has it once. With `only_links` nothing goes but what tells nothing itself.
    """
    if language not in (None, "en"):
        return (sentence,)
    stretches = sorted(
        droppable(sentence, only_links=only_links), key=lambda one: (one.start - one.end, one.start)
    )
    stretches = stretches[:_MOST_STRETCHES]
    needed = {name for text in later for name in _names(text)}
    found = {
        text
        for some in _choices(stretches)
        if _stands(text := _without(sentence, some)) and _keeps(sentence, text, needed)
    }
    ordered = sorted(found - {sentence}, key=lambda text: (-len(text), text))
    return (sentence, *ordered[-(MOST - 1) :])


def _choices(stretches: Sequence[Stretch]) -> Iterator[Sequence[Stretch]]:
    """Every choice of stretches none of which overlap."""
    for count in range(1, len(stretches) + 1):
        for some in combinations(sorted(stretches), count):
            if all(a.end <= b.start for a, b in pairwise(some)):
                yield some


def _without(sentence: str, stretches: Sequence[Stretch]) -> str:
    text = sentence
    for one in reversed(stretches):
        text = text[: one.start] + one.instead + text[one.end :]
    text = text.strip()
    if text.endswith("..") and not sentence.endswith(".."):  # "in the U.S., which ..."
        text = text[:-1]
    return text[:1].upper() + text[1:]


def _stands(text: str) -> bool:
    """Whether it is a sentence: some words, a main clause, no mark doubled."""
    doubled = any(marks in text for marks in ("  ", ",,", " ,", " .", ",."))
    return len(text.split()) >= _LEAST_WORDS and not doubled and is_whole(text[:-1])


def _keeps(sentence: str, text: str, needed: Collection[str]) -> bool:
    return not (_names(sentence) - _names(text)) & set(needed)


def _names(text: str) -> set[str]:
    return {token.key for token in tokens(text) if token.is_capital and token.content}
