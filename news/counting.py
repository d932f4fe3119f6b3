"""Questions for a number: the newest figures first, each with its source's sentence.

Pure: decides over statements. Knows no store.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from news.model import Article, Count, Point
from news.readings import Reading, count_of, groups, read
from news.search import asked_words
from news.statements import SentenceVectors, name_keys, state
from summarizer.figures import asks_for_count, counted, kinds_asked

_KIND = 0.25
"""A count of what is asked for outweighs likeness by so much, for each further voice a little."""
_VOICE = 0.03
_NOW = 0.3
_POINTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a question wants counted: kinds of the word lists, or else nouns by their stems."""

    kinds: tuple[str, ...]
    nouns: frozenset[str]
    years: frozenset[str]


def wanted(question: str) -> Wanted | None:
    """Give what a question wants counted; None where it asks for no number."""
    if not asks_for_count(question):
        return None
    names = {word for key in name_keys(question) for word in asked_words(key)}
    return Wanted(
        kinds=tuple(kinds_asked(question)),
        nouns=frozenset(asked_words(question)) - names,
        years=frozenset(re.findall(r"\b(?:19|20)\d\d\b", question)),
    )


def count(
    question: str, asked: Wanted, articles: Sequence[Article], vectors: SentenceVectors
) -> list[Count]:
    """Give the counts that answer a question: of each kind the one that fits it best."""
    stated = state(articles, vectors)
    rows = stated.rows
    found = [one for row, said in enumerate(rows) for one in read(said, row)]
    found = [one for one in found if one.figure.kind in asked.kinds]
    if not found:
        nouns = [
            replace(row, figures=tuple(counted(row.sentence.text, asked.nouns))) for row in rows
        ]
        found = [one for row, said in enumerate(nouns) for one in read(said, row)]
    found = [one for one in found if _of_time(one, asked)]
    if not found:
        return []
    (likeness,) = vectors.of([question]) @ stated.vectors.T
    best: dict[str, tuple[float, list[Reading]]] = {}
    for group in groups(found, stated.vectors):
        voices = {one.statement.voice for one in group}
        fit = max(float(likeness[one.row]) for one in group) + _VOICE * len(voices)
        fit += _KIND * (not group[0].figure.who)
        fit -= _NOW * isinstance(group[0].when, str)
        kind = group[0].figure.kind
        if kind not in best or fit > best[kind][0]:
            best[kind] = (fit, group)
    order = {kind: place for place, kind in enumerate(asked.kinds)}
    chosen = sorted(best.items(), key=lambda item: (order.get(item[0], 99), -item[1][0]))
    return [count_of(group) for _, (_, group) in chosen]


def _of_time(one: Reading, asked: Wanted) -> bool:
    """Whether a figure is of the year that was asked for; without one, any but another year's."""
    if asked.years:
        named = one.when if isinstance(one.when, str) else str(one.at.year)
        return any(year in named for year in asked.years)
    return not (isinstance(one.when, str) and re.search(r"\d{4}", one.when))


def as_points(counts: Sequence[Count]) -> tuple[Point, ...]:
    """Give the newest sentence of each value, newest value first, with all who tell it."""
    told = [one for count in counts for one in count.told]
    if len(counts) > 1:
        told.sort(key=lambda one: -one.at.timestamp())
    points: dict[str, Point] = {}
    for one in told:
        text = one.evidence[0].sentence
        points.setdefault(text, Point(text=text, evidence=one.evidence, origin="source"))
    return tuple(points.values())[:_POINTS]
