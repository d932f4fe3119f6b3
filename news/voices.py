"""Who says what in a story: what several voices share, what only one side says, what differs.

Shared facts are sentences of independent voices that say the same: alike in meaning, with
the same names and numbers. Pure: decides over statements, knows no store and no encoder.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from news.model import Count, Evidence, Outlet
from news.readings import compare, readings, same_value
from news.statements import Statement, Statements
from summarizer.text import fold, leans, numbers
from summarizer.words import NEGATIONS, REPORTING

SAME = 0.66
"""From this likeness two sentences may say the same."""
SAME_NAMELESS = 0.72
"""The same for a sentence without a name."""
NAMED = 0.54
"""The same for a sentence that shares half its words and five telling names with the other."""
APART = 0.52
"""Below this likeness to all that other voices say, a sentence is said by one voice alone."""
_NAMES = 0.5
_SURE = 0.75
_MANY_WORDS = 0.5
_MANY_NAMES = 5
_COMMON = 0.15
_WORDS = 0.35
_WORDS_NAMELESS = 0.45
_COPIED = 0.8
"""Sentences that share so many of their words in a row are one text, not two voices."""
_FACTS = 5
_APART_PRIVATE = 0.45
_NEAREST = 8
_COVERED = 0.55
_ALONE = 4
_ALONE_PRIVATE = 2
_ALONE_OF_ONE = 2
_SHORTEST, _LONGEST = 9, 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence and the outlet that says it."""

    outlet: Outlet
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What several voices share: one source's sentence, and each other voice's own.

    `copied` are outlets that carry the very words: that is one text, not another voice. `side`
    is the country of all who say it, where outlets of other countries were read as well.
    """

    text: str
    said: tuple[Said, ...]
    copied: tuple[str, ...] = ()
    side: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """What only one voice says, of those that were read; `state`: a state's.

    `outlets` are all of that voice that say it.
    """

    text: str
    said: Said
    state: bool
    outlets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """Who says what in a story. `articles` were read, of `voices` independent voices."""

    facts: tuple[Fact, ...]
    counts: tuple[Count, ...]
    alone: tuple[Alone, ...]
    voices: int
    articles: int
    outlets: tuple[str, ...]
    seconds: float = 0.0


def hear(statements: Statements) -> Voices:
    """Find what voices share, where their figures differ, and what one says alone."""
    rows = statements.rows
    likeness = statements.vectors @ statements.vectors.T
    articles = {row.article.id: row.article for row in rows}
    counts = compare(readings(statements), statements.vectors)
    return Voices(
        facts=tuple(_facts(statements, likeness)),
        counts=tuple(counts),
        alone=tuple(_alone(statements, likeness, counts)),
        voices=len(statements.voices),
        articles=len(articles),
        outlets=tuple(
            dict.fromkeys(one.outlet.name for one in articles.values() if one.outlet.name)
        ),
    )


def supports(
    stated: Statement, other: Statement, alike: float, common: frozenset[str] = frozenset()
) -> bool:
    """Whether another voice's sentence says what `stated` says: likeness, names, numbers.

    `common` are names that half the story's sentences could have: sharing them says little.
    """
    shared = len(stated.words & other.words) / max(1, len(stated.words))
    telling = (stated.names & other.names) - common
    well_named = len(telling) >= _MANY_NAMES and shared >= _MANY_WORDS
    least = NAMED if well_named else SAME if stated.names else SAME_NAMELESS
    if alike < least or copied(stated, other):
        return False
    if stated.names and len(stated.names & other.names) < _NAMES * len(stated.names):
        return False
    if alike < _SURE:
        if shared < (_WORDS if stated.names else _WORDS_NAMELESS):
            return False
        if shared < _MANY_WORDS and not telling:
            return False
    for figure in stated.figures:
        theirs = [one for one in other.figures if one.kind == figure.kind]
        if not any(same_value(figure, one) for one in theirs):
            return False
    counted = numbers(stated.sentence.text)
    known = {one.value for one in numbers(other.sentence.text)}
    if any(one.value not in known for one in counted if not stated.figures):
        return False
    return _denies(stated) == _denies(other)


def copied(one: Statement, two: Statement) -> bool:
    """Whether two sentences are one text: nearly all their word pairs are the same."""
    a, b = _pairs(one.sentence.text), _pairs(two.sentence.text)
    return bool(a and b) and len(a & b) >= _COPIED * min(len(a), len(b))


def _pairs(text: str) -> set[tuple[str, str]]:
    found = re.findall(r"[^\W_]+", fold(text))
    return set(pairwise(found))


def _denies(one: Statement) -> bool:
    found = re.findall(r"[^\W_]+(?:[’'][^\W_]+)*", one.sentence.text)
    return any(fold(word) in NEGATIONS or fold(word).endswith("n't") for word in found)


def _facts(statements: Statements, likeness: NDArray[np.float32]) -> list[Fact]:
    rows = statements.rows
    counted = Counter(name for row in rows for name in row.names)
    common = frozenset(name for name, count in counted.items() if count > _COMMON * len(rows))
    backing: list[dict[str, int]] = []
    for at, stated in enumerate(rows):
        best: dict[str, int] = {}
        for other in np.nonzero(likeness[at] >= NAMED)[0].tolist():
            if rows[other].voice == stated.voice:
                continue
            if supports(stated, rows[other], float(likeness[at, other]), common):
                held = best.get(rows[other].voice)
                if held is None or likeness[at, other] > likeness[at, held]:
                    best[rows[other].voice] = other
        backing.append(best)
    order = sorted(
        (at for at in range(len(rows)) if backing[at] and _can_stand(rows[at])),
        key=lambda at: (-len(backing[at]), -_weight(statements, likeness, at, backing[at])),
    )
    facts: list[Fact] = []
    used: list[int] = []
    for at in order:
        if len(facts) == _FACTS:
            break
        if any(likeness[at, other] >= SAME for other in used):
            continue
        facts.append(_fact(statements, likeness, at, list(backing[at].values())))
        used += [at, *backing[at].values()]
    return facts


@cache
def _openers() -> re.Pattern[str]:
    """Words by which a sentence goes on from the one before it (data: openers.txt)."""
    listed = (files("news") / "openers.txt").read_text(encoding="utf-8").splitlines()
    return re.compile(rf"\W*(?:{'|'.join(filter(None, listed))})\b", re.IGNORECASE)


def _can_stand(one: Statement) -> bool:
    text = one.sentence.text
    length = len(text.split())
    return not leans(text) and not _openers().match(text) and _SHORTEST <= length <= _LONGEST


def _weight(
    statements: Statements,
    likeness: NDArray[np.float32],
    at: int,
    backing: dict[str, int],
) -> float:
    close = float(np.mean([likeness[at, other] for other in backing.values()]))
    return close + 0.5 * float(statements.salience[at])


def _fact(
    statements: Statements, likeness: NDArray[np.float32], at: int, others: Sequence[int]
) -> Fact:
    rows = statements.rows
    near = np.nonzero(likeness[at] >= _COPIED)[0].tolist()
    heard = {rows[at].voice, *(rows[other].voice for other in others)}
    same_words = [
        rows[other].article.outlet.name
        for other in near
        if rows[other].voice not in heard and copied(rows[at], rows[other])
    ]
    ordered = sorted(others, key=lambda other: -likeness[at, other])
    return Fact(
        text=rows[at].sentence.text,
        said=tuple(_said(rows[one]) for one in (at, *ordered)),
        copied=tuple(dict.fromkeys(name for name in same_words if name)),
        side=_side([rows[one] for one in (at, *ordered)], rows),
    )


def _side(mine: Sequence[Statement], rows: Sequence[Statement]) -> str:
    """The one country of all who say something, unless nobody of another country was read."""
    countries = {one.article.outlet.country for one in mine}
    others = {one.article.outlet.country for one in rows} - {None}
    (country, *more) = countries
    return country if country and not more and len(others) > 1 else ""


def _said(one: Statement) -> Said:
    return Said(outlet=one.article.outlet, evidence=one.evidence)


def _alone(
    statements: Statements, likeness: NDArray[np.float32], counts: Sequence[Count]
) -> list[Alone]:
    """What only one voice says: a state's first, then others' claims where three voices speak."""
    rows = statements.rows
    if len(statements.voices) < 2:
        return []
    compared = {
        (one.article_id, one.start)
        for count in counts
        for told in count.told
        for one in told.evidence
    }
    found: list[tuple[bool, float, int]] = []
    for at, one in enumerate(rows):
        others = [other for other in range(len(rows)) if rows[other].voice != one.voice]
        nearest = float(likeness[at, others].max())
        state = one.article.outlet.ownership == "state"
        if nearest >= (APART if state else _APART_PRIVATE) or not _tells(one, state=state):
            continue
        if not _can_stand(one) or _covered(
            one, [rows[other] for other in others], likeness[at, others]
        ):
            continue
        if (one.article.id, one.sentence.start) in compared:
            continue
        if not state and len(statements.voices) < 3:
            continue
        found.append((not state, -float(statements.salience[at]), at))
    taken: dict[str, int] = {}
    chosen: list[int] = []
    for not_state, _, at in sorted(found):
        voice = rows[at].voice
        most = 1 if not_state else _ALONE_OF_ONE
        if taken.get(voice, 0) >= most or len(chosen) == _ALONE:
            continue
        if (
            not_state
            and sum(rows[other].article.outlet.ownership != "state" for other in chosen)
            == _ALONE_PRIVATE
        ):
            continue
        if any(likeness[at, other] >= SAME for other in chosen):
            continue
        taken[voice] = taken.get(voice, 0) + 1
        chosen.append(at)
    return [
        Alone(
            text=rows[at].sentence.text,
            said=_said(rows[at]),
            state=rows[at].article.outlet.ownership == "state",
            outlets=_same_voice(rows, likeness[at], at),
        )
        for at in chosen
    ]


def _same_voice(
    rows: Sequence[Statement], likeness: NDArray[np.float32], at: int
) -> tuple[str, ...]:
    """The outlets of one voice that say the same, the cited one first."""
    mine = [
        rows[other].article.outlet.name
        for other in np.argsort(-likeness).tolist()
        if rows[other].voice == rows[at].voice and likeness[other] >= SAME
    ]
    return tuple(dict.fromkeys(name for name in mine if name))


def _covered(one: Statement, others: Sequence[Statement], likeness: NDArray[np.float32]) -> bool:
    """Whether other voices tell it in pieces: their nearest sentences hold most of its words."""
    nearest = np.argsort(-likeness)[:_NEAREST].tolist()
    held = frozenset[str]().union(*(others[at].words for at in nearest))
    return len(one.words & held) >= _COVERED * len(one.words)


def _tells(one: Statement, *, state: bool) -> bool:
    """Whether a sentence claims something of its own: by a speaker or with a figure.

    Of a state's outlet anything about somebody counts: what it alone reports is its side.
    """
    spoken = {fold(word) for word in re.findall(r"[^\W_]+", one.sentence.text)} & REPORTING
    return bool(spoken or one.figures or (state and one.names))
