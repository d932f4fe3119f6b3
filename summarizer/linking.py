"""What only ties a sentence to others: connectives, agency marks, where somebody spoke.

One part of `droppable`. The words are data (`data/shortening_en.toml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from summarizer.grammar import (
    PREPOSITIONS,
    RELATIVES,
    is_certainly_finite,
    is_date_word,
    is_finite,
)
from summarizer.pauses import Reading, Stretch, may_go, points_back, word_lists
from summarizer.words import SPEECH

_LONGEST_PHRASE = 5


def links(read: Reading) -> Iterator[Stretch]:
    """The stretches of that kind."""
    yield from _fronts(read)
    yield from _inner(read)
    yield from _asides(read)


def _fronts(read: Reading) -> Iterator[Stretch]:
    """Words that join only, and where somebody spoke: "However, ...", "Speaking in A, ..."."""
    lists = word_lists()
    first, comma = read.word(0), read.pauses[1]
    phrase = " ".join(read.word(at) for at in range(min(comma, _LONGEST_PHRASE + 1)))
    bare = first in lists["bare"] and read.word(1) not in lists["not_bare"]
    if mark := dateline_end(read.text):
        yield from read.cut(0, mark)
    elif phrase == "so" and read.word(comma + 1) == "too":
        return  # "so, too, does B"
    elif read.is_comma(comma) and (phrase in lists["front"] or _is_place_of_speech(read, comma)):
        yield from read.cut(0, read.tokens[comma].start + 1)
    elif bare and comma != 1:
        yield from read.cut(0, read.tokens[1].start)


def dateline_end(text: str) -> int:
    """Where an agency's mark at the beginning ends; 0 without one."""
    mark = _dateline().match(text)
    return mark.end() if mark else 0


@cache
def _dateline() -> re.Pattern[str]:
    """The mark of an agency with place and dash, or a place and the day of the report."""
    agencies = "|".join(map(re.escape, sorted(word_lists()["agencies"])))
    place = r"(?:[A-Z][A-Z./'’-]+[ ,]+){1,4}(?:[A-Z][\w.]+[ ,]+){0,3}"
    marked = rf"(?:{place})?\((?i:{agencies})\)\s*(?:--|[-–—])?\s*"
    day = r"(?:\d{1,2} [A-Z][a-z]{2,8}|[A-Z][a-z]{2,8}\.? \d{1,2})"
    dated = rf"[A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+)?, {day} ?[:–—-]\s*"
    return re.compile(rf"(?:{marked}|{dated})(?=[A-Z\"“])")


def _inner(read: Reading) -> Iterator[Stretch]:
    """Say that "also", and where somebody "said in a statement", only leads to what is told."""
    lists, before = word_lists(), set[str]()
    for at, token in enumerate(read.tokens[:-1]):
        before.add(token.word)
        beside = {read.word(at - 1), read.word(at + 1)}
        near = read.tokens[at - 1].is_pause or read.tokens[at + 1].is_pause
        kept = near or beside & lists["not_also"] or "only" in before
        if at and token.text == "also" and not kept:
            yield from read.cut(token.start, read.tokens[at + 1].start)
        for size in (3, 4):
            if token.word in SPEECH and _is_venue(read, at + 1, at + 1 + size):
                last = read.tokens[at + size]
                end = last.start + len(last.text.rstrip("."))
                yield from read.cut(read.tokens[at + 1].start - 1, end)


def _is_venue(read: Reading, first: int, last: int) -> bool:
    """Whether only where it was said stands there, with nothing that belongs to it behind."""
    if " ".join(read.word(at) for at in range(first, last)) not in word_lists()["venues"]:
        return False
    dated = read.word(last) == "on" and is_date_word(read.word(last + 1))
    return dated or read.word(last) not in PREPOSITIONS | {"and", "or"} | RELATIVES


def _is_place_of_speech(read: Reading, comma: int) -> bool:
    """Whether it says before whom somebody spoke, and the sentence's subject follows."""
    if read.word(0) not in word_lists()["speaking"] or not may_go(read, 0, comma, dated=False):
        return False
    subject = next(read.parts(comma + 1, len(read.tokens)), ())
    told = any(is_certainly_finite(one.word) for one in subject[1:])
    return told and not is_finite(subject[0].word) and not points_back(read, 0, comma, who=True)


def _asides(read: Reading) -> Iterator[Stretch]:
    """Phrases between commas that join only, and ", too." at the end."""
    for before, after in pairwise(read.pauses[1:]):
        phrase = " ".join(read.word(at) for at in range(before + 1, after))
        if not read.is_comma(before) or phrase not in word_lists()["aside"]:
            continue
        start = read.tokens[before].start
        if after == len(read.tokens):
            yield from read.cut(start, len(read.text), ".")
        elif read.is_comma(after):
            inside = is_finite(read.word(after + 1)) or is_finite(read.word(before - 1))
            yield from read.cut(start, read.tokens[after].start + 1, "" if inside else ",")
