"""Examples to train the ranker on: a document's sentences, and what each adds to a reference.

ROUGE-1 and -2 of any choice of sentences come from counts made once. Each document is there whole
and cut to its beginning, as short news is. Rows of stories also give pairs without a human
summary: how one outlet begins its report, told from the other outlets'.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.evaluation_summaries import Remembering, documents_of
from summarizer.budget import nearest
from summarizer.candidates import considered
from summarizer.encode import Encoder
from summarizer.features import features
from summarizer.model import Document

WORDS_OF_A_SENTENCE = 24
"""A budget of words counts as so many sentences' worth where the ranker asks how many."""

_LEAST_BEGINNING, _BEGINNING = 120, 200
_FEW, _FEW_OF_SEVERAL, _WANTED_OF_FEW = (5, 12), (4, 8), 2.5
"""How many first sentences of an article alone, and of each of several, are a short one: as many
as agencies and feeds send. Of those two or three are shown."""

_MOST_OF_AN_ORACLE = 12
_BIGRAM_WEIGHT = 1.5
"""ROUGE-2 is smaller than ROUGE-1 and says more about getting the news right."""

Counts = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One choice to learn: `wanted` sentences, or that many sentences' worth of words.

    `group` is the same for rows with an article in common: no fold divides them. A `short` one is
    of documents that have few sentences, or were cut to their first ones;
    `reference` is what a choice is held against. `grams` holds for unigrams and bigrams: how often
    each sentence has each of the reference's (n, m), how often the reference has them (m,), and
    how many each sentence has at all (n,).
    """

    id: str
    group: str
    short: bool
    texts: tuple[str, ...]
    reference: str
    wanted: float
    by_words: bool
    columns: NDArray[np.float32]
    vectors: NDArray[np.float16]
    words: NDArray[np.int64]
    grams: tuple[tuple[Counts, Counts, NDArray[np.int64]], ...]
    taught: NDArray[np.float32]

    def cut(self, order: Sequence[int], wanted: float) -> Sequence[int]:
        """How much of `order`, best first, fits what is wanted."""
        if not self.by_words:
            return order[: max(1, round(wanted))]
        lengths = [int(self.words[i]) for i in order]
        return order[: nearest(lengths, round(wanted * WORDS_OF_A_SENTENCE))]

    def reward(self, chosen: Sequence[int]) -> float:
        """ROUGE-1 and ROUGE-2 (F-measures, 0 to 1) of the chosen sentences, weighted."""
        one, two = self.rouge(chosen)
        return one + _BIGRAM_WEIGHT * two

    def rouge(self, chosen: Sequence[int]) -> tuple[float, float]:
        """ROUGE-1 and ROUGE-2 (F-measures, 0 to 1); bigrams inside sentences only."""
        found = []
        for held, reference, sizes in self.grams:
            same = np.minimum(held[list(chosen)].sum(axis=0, dtype=np.int64), reference).sum()
            total = int(sizes[list(chosen)].sum()) + int(reference.sum(dtype=np.int64))
            found.append(2 * int(same) / total if total else 0.0)
        return found[0], found[1]


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a gzip file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def read_ahead(rows: Sequence[dict[str, Any]], encoder: Encoder) -> Encoder:
    """An encoder that has the sentences of all rows in memory, read in bulk: much faster."""
    known = Remembering(encoder)
    documents = [document for row in rows for document in documents_of(row)]
    texts = [c.sentence.text for document in documents for c in considered([document])]
    known.encode([*texts, *(document.title for document in documents)])
    return known


def examples_of(
    row: dict[str, Any], encoder: Encoder, *, wanted: float, by_words: bool
) -> Iterator[Example]:
    """The row's example, whole and short; none where there are too few sentences to choose from.

    Of several articles one, drawn by the row's id, also stands short and alone.
    """
    documents, reference = documents_of(row), row["references"][0]
    draw = random.Random(row["id"])
    given = _given(row, reference, wanted, by_words)
    yield from _examples(documents, encoder, given)
    few = _FEW_OF_SEVERAL if len(documents) > 1 else _FEW
    yield from _examples(documents, encoder, given.short(draw.randint(*few)))
    if len(documents) > 1:
        yield from _examples([draw.choice(documents)], encoder, given.short(draw.randint(*_FEW)))


def told_by_others(row: dict[str, Any], encoder: Encoder, *, wanted: float) -> Iterator[Example]:
    """For each article of a story: its first 200 words as the reference for the other articles."""
    documents = documents_of(row)
    for target in documents:
        beginning: list[str] = []
        for candidate in considered([target]):
            beginning.append(candidate.sentence.text)
            if len(" ".join(beginning).split()) >= _BEGINNING:
                break
        others = [document for document in documents if document is not target]
        if others and len(" ".join(beginning).split()) >= _LEAST_BEGINNING:
            given = _given(row, "\n".join(beginning), wanted, by_words=True)
            yield from _examples(others, encoder, given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an example is made of beside documents; `first` cuts each to so many sentences."""

    id: str
    group: str
    reference: str
    wanted: float
    by_words: bool
    first: int | None = None

    def short(self, first: int) -> Given:
        """The same of the documents' beginnings, of which at most so many are wanted."""
        return replace(self, first=first, wanted=min(self.wanted, _WANTED_OF_FEW))


def _given(row: dict[str, Any], reference: str, wanted: float, by_words: bool) -> Given:
    return Given(
        id=row["id"], group=row["group"], reference=reference, wanted=wanted, by_words=by_words
    )


def _examples(documents: Sequence[Document], encoder: Encoder, given: Given) -> Iterator[Example]:
    candidates = considered(documents)
    if given.first is not None:
        candidates = [one for one in candidates if one.position < given.first]
    texts = [candidate.sentence.text for candidate in candidates]
    if len(texts) <= given.wanted:
        return
    vectors = encoder.encode([*texts, *(document.title for document in documents)])
    columns = features(
        texts,
        [candidate.document for candidate in candidates],
        [candidate.position for candidate in candidates],
        [document.title for document in documents],
        vectors[: len(texts)],
        vectors[len(texts) :],
        wanted=1,
    )
    example = Example(
        id=given.id,
        group=given.group,
        short=given.first is not None,
        texts=tuple(texts),
        reference=given.reference,
        wanted=given.wanted,
        by_words=given.by_words,
        columns=columns,
        vectors=vectors[: len(texts)].astype(np.float16),
        words=np.array([len(text.split()) for text in texts]),
        grams=_grams(texts, given.reference),
        taught=np.zeros(len(texts), dtype=np.float32),
    )
    yield replace(example, taught=taught(example))


def _grams(texts: Sequence[str], reference: str) -> tuple[Any, ...]:
    from rouge_score.tokenizers import DefaultTokenizer

    tokenizer = DefaultTokenizer(use_stemmer=True)
    target = tokenizer.tokenize(reference)
    tokens = [tokenizer.tokenize(text) for text in texts]
    return tuple(_counts(tokens, target, size) for size in (1, 2))


def _counts(tokens: Sequence[list[str]], target: list[str], size: int) -> tuple[Any, ...]:
    def cut(one: list[str]) -> list[tuple[str, ...]]:
        return list(zip(*(one[i:] for i in range(size)), strict=False))

    wanted = Counter(cut(target))
    at = {gram: index for index, gram in enumerate(wanted)}
    held = np.zeros((len(tokens), len(at)), dtype=np.uint8)
    for row, one in enumerate(tokens):
        for gram in cut(one):
            if gram in at:
                held[row, at[gram]] += 1
    sizes = np.array([max(0, len(one) - size + 1) for one in tokens])
    return held, np.array(list(wanted.values()), dtype=np.uint8), sizes


def taught(example: Example) -> NDArray[np.float32]:
    """Which sentences to prefer, as shares: half for what each is worth alone, half the oracle's.

    The oracle adds greedily what gains most (Nallapati et al., 2017), up to what is wanted.
    """
    alone = np.array([example.reward([i]) for i in range(len(example.words))])
    soft = np.exp((alone - alone.max()) / 0.05)
    chosen = oracle(example)
    hard = np.zeros(len(alone))
    hard[chosen] = 1 / max(1, len(chosen))
    both = soft / soft.sum() + (hard if chosen else soft / soft.sum())
    return np.asarray(both / 2, dtype=np.float32)


def oracle(example: Example) -> list[int]:
    """Sentences chosen with the reference in view."""
    chosen: list[int] = []
    best = 0.0
    while len(chosen) < (_MOST_OF_AN_ORACLE if example.by_words else example.wanted):
        rest = [i for i in range(len(example.words)) if i not in chosen]
        value, index = max(((example.reward([*chosen, i]), i) for i in rest), default=(0.0, -1))
        if value <= best:
            break
        chosen.append(index)
        best = value
    return chosen


def sampled(rows: Sequence[dict[str, Any]], count: int, seed: int) -> list[dict[str, Any]]:
    """`count` of the rows, the same ones for the same seed."""
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    return shuffled[:count]
