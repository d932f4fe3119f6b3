"""Which word of a written sentence came from which place of a source sentence.

Greedy tiling by the longest common runs (Wise, 1993): a writer that copies leaves long runs,
and what it left out or joined shows between them. Knows no grammar and no verdicts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from summarizer.grammar import BE, irregular_forms
from summarizer.text import fold, place_key, stem
from summarizer.words import STOP_WORDS, name_forms

_TOKEN = re.compile(r"[^\W_]+(?:[’'.,](?=[^\W_])[^\W_]+)*\.?|--|[,;:()—–]")
_BESIDE = 2
_LONGEST_NAME = 5
_PAUSES = frozenset(",;:()—–")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word or a pause. `word` is folded, `form` compares, `content` carries meaning.

    `key` is the same for a place and its people.
    """

    text: str
    word: str
    form: str
    key: str
    start: int
    content: bool

    @property
    def is_pause(self) -> bool:
        """A comma, a dash, a bracket."""
        return self.text[0] in _PAUSES or self.text == "--"

    @property
    def is_capital(self) -> bool:
        """Whether it is written as names are."""
        return self.text[0].isupper()

    @property
    def is_possessive(self) -> bool:
        """Whether it ends in 's."""
        return self.text.endswith(("'s", "’s", "s'", "s’"))


@lru_cache(maxsize=2_000)
def tokens(text: str) -> tuple[Token, ...]:
    """The words and pauses of `text` in order; quotation marks and full stops are left out."""
    found = [_token(match) for match in _TOKEN.finditer(text)]
    return tuple(_named(found))


def _named(found: Sequence[Token]) -> Iterator[Token]:
    """The tokens, with several words that are one name form made one: "United States"."""
    index = 0
    while index < len(found):
        for length in range(min(_LONGEST_NAME, len(found) - index), 1, -1):
            span = found[index : index + length]
            phrase = " ".join(token.word for token in span)
            if phrase in name_forms() and span[0].is_capital:
                yield replace(
                    span[0],
                    text=" ".join(token.text for token in span),
                    word=phrase,
                    form=f"={name_forms()[phrase]}",
                    content=True,
                )
                index += length
                break
        else:
            yield found[index]
            index += 1


def _token(match: re.Match[str]) -> Token:
    text = match[0]
    word = fold(text)
    if not text[0].isalnum():
        return Token(text=text, word=text, form=text, key=text, start=match.start(), content=False)
    content = word not in STOP_WORDS or (word in name_forms() and text.isupper())
    form = stem(irregular_forms().get(word, word)) if content else word
    if content and word in name_forms():
        form = f"={name_forms()[word]}"
    elif word in BE:
        form = "be"
    elif text[0].isdigit():
        form = word.replace(",", "")
    key = place_key(word) if content and text[0].isupper() and form[0] != "=" else form
    return Token(text=text, word=word, form=form, key=key, start=match.start(), content=content)


@dataclass(frozen=True)
class Alignment:
    """`where[i]` is the place in `source` that written token i came from, or None."""

    written: tuple[Token, ...]
    source: tuple[Token, ...]
    where: tuple[int | None, ...]

    @cached_property
    def taken(self) -> frozenset[int]:
        """The places of the source that the written sentence uses."""
        return frozenset(place for place in self.where if place is not None)

    @cached_property
    def forms(self) -> frozenset[str]:
        """The forms of the written sentence's content words."""
        return frozenset(token.form for token in self.written if token.content)

    @property
    def share(self) -> float:
        """How much of the written sentence's content came from this source sentence."""
        content = [i for i, token in enumerate(self.written) if token.content]
        held = sum(self.where[i] is not None for i in content)
        return held / len(content) if content else 0.0


def align(written: str, sources: Sequence[str]) -> list[Alignment]:
    """Tile `written` with runs of the sources, longest first; a lone function word is no run.

    Every source may take only what the ones before it left, and after the first only runs
    with two content words: a word that two sentences share tells nothing.
    """
    mine = tokens(written)
    free = [True] * len(mine)
    found: list[Alignment] = []
    for source in sources:
        where = _tile(mine, tokens(source), free, least=2 if found else 1)
        free = [before and place is None for before, place in zip(free, where, strict=True)]
        found.append(Alignment(written=mine, source=tokens(source), where=where))
    return found


def _tile(
    mine: tuple[Token, ...], theirs: tuple[Token, ...], free: Sequence[bool], *, least: int
) -> tuple[int | None, ...]:
    where: list[int | None] = [None] * len(mine)
    open_, taken = list(free), [False] * len(theirs)

    def lay(least: int) -> None:
        while True:
            length, at, place = _longest(mine, theirs, open_, taken, least)
            if not length:
                return
            for step in range(length):
                where[at + step], open_[at + step] = place + step, False
                taken[place + step] = True

    lay(least)
    if least > 1:  # and the lone words beside what it took
        used = [i for i, place in enumerate(where) if place is not None]
        for index in range(len(open_)):
            open_[index] = open_[index] and any(abs(index - one) <= _BESIDE for one in used)
        lay(1)
    return tuple(where)


def _longest(
    mine: tuple[Token, ...],
    theirs: tuple[Token, ...],
    free: Sequence[bool],
    taken: Sequence[bool],
    least: int,
) -> tuple[int, int, int]:
    """The longest run of equal free tokens that holds content: its length and both starts."""
    best = (0, 0, 0)
    weight = 0
    ends: list[int] = [0] * (len(theirs) + 1)
    for at, token in enumerate(mine):
        before, ends = ends, [0] * (len(theirs) + 1)
        if not free[at]:
            continue
        for place, other in enumerate(theirs):
            if taken[place] or not (token.form == other.form or token.key == other.key):
                continue
            length = before[place] + 1
            ends[place + 1] = length
            if length < best[0]:
                continue
            start = at - length + 1
            content = sum(one.content for one in mine[start : at + 1])
            if content >= least and (length, content) > (best[0], weight):
                best, weight = (length, start, place - length + 1), content
    return best
