"""What is news in a story for somebody who was shown some of it: new sentences, other figures.

A sentence is news when nothing that was shown, and nothing that stood in the story's articles
then, says the same. Pure: decides over statements, knows no store and no encoder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from news.model import FigureChange
from news.readings import Reading, alike, count_of, groups, read, same_value
from news.statements import Statement
from summarizer.figures import VAGUE, counts_people
from summarizer.text import denied, leans, numbers

REPEATED = 0.82
"""From this likeness a sentence says what was said, whatever other words it has."""
FRESH = 0.6
"""Below this likeness to all that was said a sentence is new."""
_SAME = 0.66
_NEW_WORDS = 0.4
_MORE_NEW_WORDS = 0.45
_SHORTEST = 7
_LEAD = 3
_LEADING = 0.85
"""A sentence behind the first three is news if it weighs so much of the weightiest one's."""
_FIGURES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The statements compared: what was shown, what stood there then, what came since.

    `vectors` has a row for each, in that order; `salience` one weight for each fresh one.
    `edited` are the ids of articles whose earlier text is among the old ones: what an edit adds
    is what it is for, wherever it stands.
    """

    shown: Sequence[Statement]
    old: Sequence[Statement]
    fresh: Sequence[Statement]
    vectors: NDArray[np.float32]
    salience: NDArray[np.float64]
    edited: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """The fresh statements that carry news, in the order of their articles, and other figures."""

    statements: tuple[Statement, ...]
    figures: tuple[FigureChange, ...]


def find(rows: Rows, *, sentences: int) -> News:
    """Give at most so many sentences of news, the weightiest, and the figures that changed."""
    figures, tellers = _figures(rows)
    known = len(rows.shown) + len(rows.old)
    likeness = rows.vectors[known:] @ rows.vectors[:known].T
    among = rows.vectors[known:] @ rows.vectors[known:].T
    top = float(rows.salience.max()) if len(rows.fresh) else 0.0
    order = sorted(
        range(len(rows.fresh)), key=lambda at: (at not in tellers, -float(rows.salience[at]))
    )
    chosen: list[int] = []
    for at in order:
        if len(chosen) == sentences:
            break
        one = rows.fresh[at]
        if any(among[at, other] >= _SAME for other in chosen):
            continue
        if at in tellers:
            chosen.append(at)
            continue
        weighty = one.position < _LEAD or one.article.id in rows.edited
        weighty = weighty or rows.salience[at] >= _LEADING * top
        if weighty and is_new(one, [*rows.shown, *rows.old], likeness[at]):
            chosen.append(at)
    chosen.sort(key=lambda at: (rows.fresh[at].article.published_at, at))
    return News(statements=tuple(rows.fresh[at] for at in chosen), figures=tuple(figures))


def is_new(one: Statement, known: Sequence[Statement], likeness: NDArray[np.float32]) -> bool:
    """Whether a sentence says what none of the known ones says. `likeness`: to each of them.

    Many of its words must be new; between the two bounds it must add a name or a number as well,
    or deny what the nearest says. Bounds read off the leads of 40 reports of events known already.
    """
    text = one.sentence.text
    if leans(text) or len(text.split()) < _SHORTEST:
        return False
    nearest = float(likeness.max()) if len(known) else 0.0
    if nearest >= REPEATED:
        return False
    words = frozenset[str]().union(*(other.words for other in known))
    missing = len(one.words - words) / max(1, len(one.words))
    if nearest < FRESH:
        return missing >= _NEW_WORDS
    if _takes_back(one, known[int(likeness.argmax())]):
        return True
    names = frozenset[str]().union(*(other.names for other in known))
    near = [known[at] for at in np.nonzero(likeness >= FRESH - 0.15)[0].tolist()]
    values = {number.value for other in near for number in numbers(other.sentence.text)}
    told = {number.value for number in numbers(text)} - values
    return missing >= _MORE_NEW_WORDS and bool(one.names - names or told)


def _takes_back(one: Statement, other: Statement) -> bool:
    """Whether one of two sentences denies what the other says."""
    mine, theirs = denied(one.sentence.text), denied(other.sentence.text)
    return bool(mine & other.words - theirs or theirs & one.words - mine)


def _figures(rows: Rows) -> tuple[list[FigureChange], set[int]]:
    """The figures of which a fresh article gives another value, and the fresh rows that do."""
    known = len(rows.shown) + len(rows.old)
    everything = [*rows.shown, *rows.old, *rows.fresh]
    readings = [one for row, said in enumerate(everything) for one in read(said, row)]
    found: list[FigureChange] = []
    tellers: set[int] = set()
    for group in groups(readings, rows.vectors):
        shown = [one for one in group if one.row < len(rows.shown)]
        old = [one for one in group if len(rows.shown) <= one.row < known]
        fresh = [one for one in group if one.row >= known]
        if not shown or not fresh or len(found) == _FIGURES:
            continue
        was = max(shown, key=lambda one: one.at)
        now = _newest(fresh, was, [*shown, *old])
        if now is not None:
            found.append(_change(was, now))
            tellers.add(now.row - known)
    return found, tellers


def _newest(fresh: Sequence[Reading], was: Reading, known: Sequence[Reading]) -> Reading | None:
    """The newest value that is another than was shown, and none that had been overtaken then."""
    newest = max(fresh, key=lambda one: (one.at, -one.statement.position))
    if newest.at < was.at or same_value(newest.figure, was.figure) or was.figure.sign == VAGUE:
        return None
    before = [one for one in known if one.at <= was.at and one is not was]
    if any(same_value(newest.figure, one.figure) for one in before):
        return None
    return newest if counts_people(newest.figure.kind) or alike(newest, was) else None


def _change(was: Reading, now: Reading) -> FigureChange:
    return FigureChange(
        kind=now.figure.kind,
        noun=now.figure.noun if now.figure.who else "",
        was=count_of([was]).told[0],
        now=count_of([now]).told[0],
    )
