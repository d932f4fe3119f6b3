"""A sentence by its pauses: what stands between them, and what the rest of it depends on.

Reads commas, brackets and word classes, no parse tree. The words are data
(`data/shortening_en.toml`). Which parts may go is for `droppable`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from summarizer.align import Token, tokens
from summarizer.grammar import (
    DETERMINERS,
    HELPING,
    JOINING,
    PREPOSITIONS,
    RELATIVES,
    is_certainly_finite,
    is_date_word,
    is_finite,
    verb_forms,
)
from summarizer.words import NEGATIONS, SPEECH, word_set

_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_JOINS = word_set("and but so yet")
_RESUMING = (HELPING - word_set("be been being")) | word_set("said says told")
_CLAUSES = word_set("if when because although though while unless whether")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Stretch:
    """Characters `start:end` of a sentence that may go; `instead` stands in their place."""

    start: int
    end: int
    instead: str = ""


@cache
def _data() -> dict[str, Any]:
    text = resources.files("summarizer").joinpath("data/shortening_en.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def word_lists() -> Mapping[str, frozenset[str]]:
    """The lists of the data file."""
    return {name: frozenset(it) for name, it in _data().items() if isinstance(it, list)}


@cache
def _halves() -> Mapping[str, frozenset[str]]:
    return {word: frozenset(joins) for word, joins in _data()["halves"].items()}


class Reading:
    """A sentence, its tokens, and the pauses that stand in no quotation and no bracket."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.quoted = [match.span() for match in _QUOTED.finditer(text)]
        marks = _QUOTED.sub("", text)
        self.is_balanced = (
            not any(mark in marks for mark in '“”"')
            and text.count("(") == text.count(")")
            and len(self.tokens) > 1
        )
        depth, self.pauses = 0, [-1]
        for at, token in enumerate(self.tokens):
            if token.text == "(":
                depth += 1
            elif token.text == ")":
                depth -= 1
            elif token.is_pause and not depth and not self._is_quoted(token.start):
                self.pauses.append(at)
        self.pauses.append(len(self.tokens))

    def _is_quoted(self, place: int) -> bool:
        return any(start <= place < end for start, end in self.quoted)

    def is_comma(self, at: int) -> bool:
        """Whether a comma stands there."""
        return 0 <= at < len(self.tokens) and self.tokens[at].text == ","

    def word(self, at: int) -> str:
        """The folded word there, without a full stop; nothing behind the end."""
        return self.tokens[at].word if 0 <= at < len(self.tokens) else ""

    def span(self, first: int, last: int) -> Sequence[Token]:
        """The tokens from `first` up to, not with, `last`."""
        return self.tokens[max(0, first) : last]

    def parts(self, first: int, last: int) -> Iterator[Sequence[Token]]:
        """What stands between the pauses from `first` up to `last`."""
        inside = [p for p in self.pauses if first <= p < last]
        for start, end in zip([first - 1, *inside], [*inside, last], strict=True):
            if end > start + 1:
                yield self.tokens[start + 1 : end]

    def cut(self, start: int, end: int, instead: str = "") -> Iterator[Stretch]:
        """The stretch of these characters, unless it takes words of a quotation."""
        if not any(left < end and start < right for left, right in self.quoted):
            yield Stretch(start=start, end=end, instead=instead)


def speaks(part: Sequence[Token]) -> bool:
    """Whether somebody says something there."""
    return any(one.word in SPEECH for one in part)


def may_go(read: Reading, first: int, last: int, *, dated: bool) -> bool:
    """Whether nothing stands there that the rest depends on; times only where `dated`."""
    lists = word_lists()
    barred = lists["turns"] | lists["hedges"] | lists["sources"] | NEGATIONS
    for one in read.span(first, last):
        word = one.word
        if word in barred or "n't" in word or one.text in (";", ":"):
            return False
        if not dated and (is_date_word(word) or _YEAR.match(word)):
            return False
    before = {read.word(at) for at in range(first)}
    inside = {read.word(at) for at in range(first, last)}
    return not any(inside & joins for half, joins in _halves().items() if half in before)


def points_back(read: Reading, first: int, last: int, *, who: bool = False) -> bool:
    """Whether a later word may mean what is told only there; `who`: of a person there."""
    lists = word_lists()
    gone, after = read.span(first, last), read.span(last, len(read.tokens))
    named = any(one.is_capital and one.content for one in gone)
    later = {one.word for one in after}
    if later & (lists["counts"] | lists["moments"]) or (later & lists["refers"] and (named or who)):
        return True
    if named and later & lists["people"]:
        return True
    known = {one.form for one in read.span(0, first)}
    fresh = {one.form.rstrip(".") for one in gone if one.content and one.form not in known}
    return bool(fresh & {one.form.rstrip(".") for one in after if one.content})


def is_whole(text: str) -> bool:
    """Whether a main clause stands there, and it does not break off."""
    read = Reading(text)
    if not read.is_balanced:
        return False
    last = read.tokens[-1].word
    if read.tokens[-1].is_pause or last in HELPING | PREPOSITIONS | DETERMINERS | JOINING:
        return False
    parts = list(read.parts(0, len(read.tokens)))
    if last in SPEECH and len(parts) == 1:  # not so for "..., the mayor said"
        return False
    resumed = any(
        b[0].word in _RESUMING and any(_may_be_subject(a) for a in parts[:at])
        for at, b in enumerate(parts)
    )
    return (resumed or any(map(_is_main, parts))) and not _is_open(parts[-1])


def _is_open(part: Sequence[Token]) -> bool:
    """Whether a clause begins there that has no verb: "if a report"."""
    begun = max((i for i, one in enumerate(part) if one.word in _CLAUSES), default=None)
    return begun is not None and not any(
        is_finite(one.word) and not one.is_capital for one in part[begun + 1 :]
    )


def _is_main(part: Sequence[Token]) -> bool:
    """Whether it holds a subject and then its verb."""
    return _may_be_subject(part) and any(is_certainly_finite(one.word) for one in part[1:])


def _may_be_subject(part: Sequence[Token]) -> bool:
    """Whether it opens as a main clause does, not as a side clause, a phrase or a verb."""
    opening = part[0].word
    if opening in (PREPOSITIONS | JOINING | RELATIVES) - _JOINS:
        return False
    if opening.endswith(("ing", "ed")) and opening in verb_forms():
        return False
    return part[0].is_capital or opening not in verb_forms()
