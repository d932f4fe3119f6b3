"""Which sentences are shown: ranked in view of each other, none saying what another says.

Chosen greedily by score less likeness to what is already chosen (MMR; Carbonell and
Goldstein, 1998). Knows where no model comes from and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from summarizer import ranker
from summarizer.candidates import Candidate, considered
from summarizer.encode import Encoder
from summarizer.features import NAMES, features
from summarizer.leaning import Needs, Standing, stands_alone
from summarizer.model import Document, Sentence
from summarizer.scripts import OtherScripts, nothing_apart
from summarizer.text import content_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

CHOICE = "4"
"""Grows when other sentences would be chosen by the same scores."""

_LIKENESS, _LIKENESS_OF_LONG = 1.0, 3.0
"""How much likeness to a chosen sentence takes from a score, in standard deviations of scores."""

_CENTRE_OF_LONG = 0.6
"""How much nearness to the centre of everything adds to the scores of a long summary: it is to
cover all, and there the plain centroid was the ranker's match (docs/quality.md)."""

_SHORT, _LONG = 4, 10
"""Between so many sentences a summary turns from a short one into a long one."""

_SAME = 0.8
"""Two sentences whose vectors are this close say the same: only one is shown. At .9 a seventh
of 156 stories still had two above .75, at .8 half as many; not read by eye. ROUGE-1 fell by .3."""

_BESIDE_QUERY, _QUERY, _QUERY_WORDS = 0.14, 1.5, 0.75
"""What a question asks for outweighs the rest: the first, the ranker's, is the best of eight of
bench/asking.py; the others were set by hand."""

_LEANING = 1.3
"""What it takes from a score that a sentence leans on one that is not shown, in standard deviations
of scores: another is "nearly as good" within that."""

_CHARACTERS_OF_A_PART = 12_000
"""About 2,000 words: a text of several such parts is to be told from all of them."""

Overtaken = Callable[
    [Sequence[Document], Sequence[Candidate], "NDArray[np.float32]"], Mapping[int, int]
]
"""Gives the places of candidates that a newer text made old, each with what replaced it.

Gets a row of vectors for each candidate."""

_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A chosen sentence of a document, and its score (higher matters more)."""

    document: Document
    sentence: Sentence
    score: float


def rank(
    documents: Sequence[Document],
    encoder: Encoder,
    *,
    sentences: int = 3,
    query: str | None = None,
    overtaken: Overtaken | None = None,
) -> list[Pick]:
    """The `sentences` sentences that matter most, in reading order; fewer where there are fewer.

    With `query`, likeness to it counts most. What `overtaken` names is not chosen, and what
    replaced it weighs as much. One encoder call for all sentences, titles and the query. Raises
    EncoderUnavailable.
    """
    candidates = considered(documents)
    if not candidates or sentences < 1:
        return []
    count = len(candidates)
    texts = [candidate.sentence.text for candidate in candidates]
    titles = [document.title for document in documents]
    vectors = encoder.encode([*texts, *titles, query or ""])
    score = scores(
        documents,
        candidates,
        vectors[:count],
        vectors[count:-1],
        encoder=encoder.name,
        wanted=sentences,
    )
    if query:
        score = asked(score, candidates, vectors[:count] @ vectors[-1], query)
    old = overtaken(documents, candidates, vectors[:count]) if overtaken is not None else {}
    for before, now in old.items():
        score[now] = max(score[now], score[before])
    chosen = select(
        score,
        vectors[:count],
        sentences,
        _parts(documents, candidates, sentences),
        needs=Standing(documents, candidates),
        barred=old,
        apart=OtherScripts(texts).apart if ranker.knows(encoder.name) else nothing_apart,
    )
    picks = [
        (
            candidates[i],
            Pick(
                document=documents[candidates[i].document],
                sentence=candidates[i].sentence,
                score=float(score[i]),
            ),
        )
        for i in chosen
    ]
    return _in_reading_order(picks)


def scores(
    documents: Sequence[Document],
    candidates: Sequence[Candidate],
    vectors: NDArray[np.float32],
    titles: NDArray[np.float32],
    *,
    encoder: str,
    wanted: int,
) -> Vector:
    """One score for each candidate, without any query: mean 0, deviation 1.

    `vectors` has a row for each candidate, `titles` one for each document, normalised, by the
    encoder of that name; `wanted` is how many sentences are to be chosen.
    """
    columns = features(
        [candidate.sentence.text for candidate in candidates],
        [candidate.document for candidate in candidates],
        [candidate.position for candidate in candidates],
        [document.title for document in documents],
        vectors,
        titles,
        wanted=wanted,
    )
    return weighed(columns, vectors if ranker.knows(encoder) else None, wanted)


def weighed(
    columns: NDArray[np.float32],
    vectors: NDArray[np.float32] | None,
    wanted: int,
    networks: Sequence[Any] = (),
) -> Vector:
    """The ranker's scores, for a long summary the centre's beside them: mean 0, deviation 1.

    `columns` are the features, `networks` others than the package's, such as to measure them.
    """
    found = ranker.scores(columns, vectors, networks)
    centre = columns[:, NAMES.index("centroid")].astype(np.float64)
    found += _CENTRE_OF_LONG * _length(wanted) * ranker.standardised(centre)
    return ranker.standardised(found)


def _length(count: int) -> float:
    """0 for a summary of a few sentences, 1 for a long one."""
    return min(1.0, max(0.0, (count - _SHORT) / (_LONG - _SHORT)))


def select(
    score: Vector,
    vectors: NDArray[np.floating[Any]],
    count: int,
    parts: Sequence[int] = (),
    *,
    needs: Needs = stands_alone,
    barred: Collection[int] = (),
    apart: Callable[[int], NDArray[np.bool_]] = nothing_apart,
) -> list[int]:
    """Indexes of at most `count` rows, best first, none of which says the same as another.

    `parts`, where given, tells of each row to which part of a long text it belongs: as long as
    others have something, no part gets more than its share. A row that leans on another (`needs`)
    is passed over for one nearly as good, or taken together with the one that it needs. None of
    `barred` is chosen. `apart` tells which rows say something else than one, however alike their
    vectors are.
    """
    likeness = vectors @ vectors.T
    part = np.asarray(parts or np.zeros(len(score)), dtype=np.int64)
    share = -(-count // max(1, len(set(part.tolist()))))
    weight = _LIKENESS + _length(count) * (_LIKENESS_OF_LONG - _LIKENESS)
    free = np.ones(len(score), dtype=bool)
    free[list(barred)] = False
    worth = np.array(score, dtype=np.float64)
    nearest = np.zeros(len(score))
    chosen: list[int] = []
    doubted: set[int] = set()
    while len(chosen) < count and free.any():
        taken = np.bincount(part[chosen], minlength=part.max() + 1)
        open_ones = free & (taken[part] < share)
        allowed = open_ones if open_ones.any() else free
        best = int(np.where(allowed, worth - weight * nearest, -np.inf).argmax())
        need = needs(best)
        alone = need is None or need in chosen
        if not alone and best not in doubted:
            doubted.add(best)
            worth[best] -= _LEANING
            continue
        pair = len(chosen) + 2 <= count and _stands_with(need, free, chosen, needs)
        for one in [need, best] if need is not None and not alone and pair else [best]:
            chosen.append(one)
            nearest = np.maximum(nearest, likeness[one])
            free &= (likeness[one] < _SAME) | apart(one)
            free[one] = False
    return chosen


def _stands_with(
    need: int | None, free: NDArray[np.bool_], chosen: Sequence[int], needs: Needs
) -> bool:
    """Whether the row that another needs may be shown, and does not lean on one that is not."""
    if need is None or need < 0 or not free[need]:
        return False
    further = needs(need)
    return further is None or further in chosen


def _parts(documents: Sequence[Document], candidates: Sequence[Candidate], count: int) -> list[int]:
    """Of which part of one long text each candidate is; several texts are told by their news."""
    if len(documents) > 1:
        return []
    parts = min(count, max(1, len(documents[0].text) // _CHARACTERS_OF_A_PART))
    size = len(documents[0].text) / parts
    return [int(candidate.sentence.start / size) for candidate in candidates]


def asked(
    score: Vector,
    candidates: Sequence[Candidate],
    likeness: NDArray[np.float32],
    query: str,
    beside: float = _BESIDE_QUERY,
) -> Vector:
    """The scores in view of a question: of its meaning, its words, and `beside` times `score`.

    `likeness` is each candidate's cosine to the question.
    """
    wanted = set(content_words(query))
    held = [len(wanted & set(content_words(c.sentence.text))) for c in candidates]
    words = np.array(held) / max(1, len(wanted))
    return np.asarray(beside * score + _QUERY * likeness + _QUERY_WORDS * words)


def _in_reading_order(picks: Sequence[tuple[Candidate, Pick]]) -> list[Pick]:
    """The best sentence's document first, the others by date; inside one by position."""
    if not picks:
        return []
    first = max(picks, key=lambda pair: pair[1].score)[0].document
    ordered = sorted(
        picks,
        key=lambda pair: (
            pair[0].document != first,
            pair[1].document.published_at or _LATEST,
            pair[0].document,
            pair[0].position,
        ),
    )
    return [pick for _, pick in ordered]
