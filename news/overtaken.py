"""Old figures beside newer ones: of one count, a summary tells what the newest day's articles say.

What outlets give differently on one day is a difference, not an old figure, and is told as one.
Decides over sentences with their vectors; knows no store and no encoder.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from news.model import Article, Count, Evidence
from news.readings import Reading, alike, count_of, groups, read, same_value
from news.statements import name_keys, statement
from summarizer.candidates import Candidate
from summarizer.figures import VAGUE, counts_people, figures
from summarizer.model import Document, Sentence

ONE_DAY = timedelta(hours=6)
"""What was published so shortly before the newest is as new as that, across midnight too."""

_LEAD = 4000
"""So many characters of an article tell which places it is about."""

Encode = Callable[[Sequence[str]], NDArray[np.float32]]


class Overtaken:
    """Finds which candidates of a story's articles tell a figure that a newer article replaced."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = {article.id: article for article in articles}

    def __call__(
        self,
        documents: Sequence[Document],
        candidates: Sequence[Candidate],
        vectors: NDArray[np.float32],
    ) -> Mapping[int, int]:
        """Give the place of each candidate with an old figure, and of the one with the newest.

        `vectors` has a row for each candidate; documents have their articles' ids.
        """
        found: dict[int, int] = {}
        if len(documents) < 2:
            return found
        articles = [self._articles[document.id] for document in documents]
        for readings in _readings(articles, candidates).values():
            for group in groups(readings, vectors):
                found |= _replaced(group)
        return found


def differing(
    evidence: Sequence[Evidence], articles: Mapping[str, Article], encode: Encode
) -> tuple[Count, ...]:
    """Give the counts of which these sentences tell several values, of people or alike in words.

    `encode` is asked for vectors only where two of the sentences have a figure of one kind.
    """
    said = [
        statement(
            articles[one.article_id],
            one.source,
            Sentence(text=one.sentence, start=one.start, end=one.end),
            place,
        )
        for place, one in enumerate(evidence)
        if one.article_id in articles
    ]
    kinds = Counter(kind for one in said for kind in {figure.kind for figure in one.figures})
    if not any(count > 1 for count in kinds.values()):
        return ()
    found = [reading for row, one in enumerate(said) for reading in read(one, row)]
    told = []
    for group in groups(found, encode([one.sentence.text for one in said])):
        heads = _heads(group)
        count = count_of(heads)
        if count.differs and any(_another(one, heads[0]) for one in heads):
            told.append(count)
    return tuple(told)


def _readings(
    articles: Sequence[Article], candidates: Sequence[Candidate]
) -> dict[int | None, list[Reading]]:
    """The figures of each story: those of two events are not compared."""
    found: dict[int | None, list[Reading]] = defaultdict(list)
    for row, one in enumerate(candidates):
        article = articles[one.document]
        if figures(one.sentence.text):
            said = statement(article, article.outlet.name, one.sentence, one.position)
            found[article.story_id] += read(said, row)
    return found


def _replaced(group: Sequence[Reading]) -> dict[int, int]:
    """The rows of one count that say another number than the newest day's, each with its heir."""
    heads = _heads(group)
    newest = max(heads, key=lambda one: (one.at, -one.statement.position))
    today = [one for one in heads if _same_day(one, newest)]
    present: dict[str, Reading] = {}
    for one in sorted(today, key=lambda one: one.at):
        present[one.statement.article.outlet.name] = one
    found = {}
    for one in group:
        mine = present.get(one.statement.article.outlet.name)
        late = _same_day(one, newest) and (mine is None or mine.at <= one.at)
        if late or any(not _another(one, other) for other in present.values()):
            continue
        found[one.row] = newest.row
    return found


def _heads(group: Sequence[Reading]) -> list[Reading]:
    """What each article gives as the figure of now: the first it tells, of a rise its end."""
    heads: dict[str, Reading] = {}
    for one in sorted(group, key=lambda one: (one.statement.position, -one.figure.high)):
        heads.setdefault(one.statement.article.id, one)
    return list(heads.values())


def _same_day(one: Reading, newest: Reading) -> bool:
    return one.at.date() == newest.at.date() or newest.at - one.at <= ONE_DAY


def _another(one: Reading, newer: Reading) -> bool:
    """Whether a newer figure is another number for the same thing."""
    if one.row == newer.row or VAGUE in (one.figure.sign, newer.figure.sign):
        return False
    if same_value(one.figure, newer.figure) or _elsewhere(one, newer):
        return False
    return counts_people(newer.figure.kind) or alike(one, newer)


def _elsewhere(one: Reading, newer: Reading) -> bool:
    """Whether a figure is of a place that the newer article does not name."""
    article = newer.statement.article
    return bool(one.places) and not one.places & name_keys(article.text[:_LEAD])
