"""What tells how much a sentence matters: its place, its words, its likeness to the others.

Pure functions over the sentences of one or more documents. Knows no model and no scores.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from summarizer.text import content_words, leans, names, quotations, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

NAMES = (
    *("place", "early", "first", "top", "depth", "late", "length_of_all", "documents"),
    *("length", "long", "short", "frequent", "weight", "weight_in_own", "title_words", "titled"),
    *("names", "figures", "quoted", "leaning", "opens_quote", "words_elsewhere"),
    *("centroid", "own_centroid", "lead", "title", "nearest", "elsewhere", "before", "degree"),
    "wanted",
)
"""The features, in the order of the columns."""

_DIGIT = re.compile(r"\d")
_NEAR = 0.45
"""Two sentences whose vectors are this close speak of the same matter."""


def features(
    texts: Sequence[str],
    owner: Sequence[int],
    position: Sequence[int],
    titles: Sequence[str],
    vectors: Vector,
    title_vectors: Vector,
    *,
    wanted: int,
) -> Vector:
    """One row for each sentence, one column for each of NAMES; float32, about 0 to 1.

    `wanted` is how many sentences are to be chosen: three are chosen otherwise than ten.
    `owner` is each sentence's document, `position` its place in there from 0; there is a
    title, empty or not, for each document. Vectors are normalised, one for each text.
    """
    by_words = _of_words(texts, np.asarray(owner), np.asarray(position), titles)
    by_vectors = _of_vectors(
        vectors.astype(np.float32),
        title_vectors.astype(np.float32),
        np.asarray(owner),
        np.asarray(position),
        np.array([bool(title.strip()) for title in titles]),
    )
    asked = np.full((len(texts), 1), np.log1p(wanted) / 3)
    return np.concatenate([by_words, by_vectors, asked], axis=1).astype(np.float32)


def _of_words(
    texts: Sequence[str], owner: NDArray[np.int_], position: NDArray[np.int_], titles: Sequence[str]
) -> Vector:
    count = len(texts)
    sizes = np.bincount(owner, minlength=len(titles))
    length = np.array([len(words(text)) for text in texts], dtype=np.float32)
    contents = [set(content_words(text)) for text in texts]
    asked = [set(content_words(title)) for title in titles]
    spread = Counter(word for content in contents for word in content)
    own = [Counter[str]() for _ in titles]
    for content, document in zip(contents, owner, strict=True):
        own[document].update(content)
    columns = (
        1 / (1 + position),
        np.exp(-position / 5),
        position == 0,
        position < 3,
        position / sizes[owner],
        np.log1p(position) / 4,
        np.full(count, np.log1p(count) / 4),
        np.full(count, np.log(len(titles)) / 2),
        np.minimum(length, 30) / 30,
        np.maximum(length - 30, 0) / 30,
        length < 10,
        [_mean(c, spread) / count for c in contents],
        [sum(spread[w] - 1 for w in c) / count / 5 for c in contents],
        [_mean(c, own[d]) / sizes[d] for c, d in zip(contents, owner, strict=True)],
        [len(c & asked[d]) / (len(asked[d]) or 1) for c, d in zip(contents, owner, strict=True)],
        [bool(asked[d]) for d in owner],
        [min(len(names(text)), 6) / 6 for text in texts],
        [min(len(_DIGIT.findall(text)), 6) / 6 for text in texts],
        [min(sum(map(len, quotations(t))) / max(1, len(t)), 1.0) for t in texts],
        [leans(text) for text in texts],
        [text[:1] in "\"“‘«'" for text in texts],
        [_elsewhere(c, d, own) for c, d in zip(contents, owner, strict=True)],
    )
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)


def _mean(content: set[str], counts: Counter[str]) -> float:
    return sum(counts[word] for word in content) / max(1, len(content))


def _elsewhere(content: set[str], document: int, own: Sequence[Counter[str]]) -> float:
    """Which share of the words other documents have too, as a mean over these."""
    others = [counts for index, counts in enumerate(own) if index != document]
    if not others or not content:
        return 0.0
    return sum(sum(w in counts for w in content) for counts in others) / len(content) / len(others)


def _of_vectors(
    vectors: Vector,
    titles: Vector,
    owner: NDArray[np.int_],
    position: NDArray[np.int_],
    titled: NDArray[np.bool_],
) -> Vector:
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, 0.0)
    same = owner[:, None] == owner[None, :]
    lead = vectors @ _unit((vectors * np.exp(-position / 4)[:, None]).sum(axis=0))
    centres = np.stack([_unit(vectors[owner == d].sum(axis=0)) for d in range(len(titled))])
    nearest = -np.sort(-likeness, axis=1)[:, :3]
    before = np.where(same & (position[:, None] > position[None, :]), likeness, 0.0)
    elsewhere = [
        likeness[:, owner == d].max(axis=1, initial=0.0) * (owner != d) for d in range(len(titled))
    ]
    columns = (
        vectors @ _unit(centres.sum(axis=0)),
        (vectors * centres[owner]).sum(axis=1),
        lead,
        np.where(titled[owner], (vectors * titles[owner]).sum(axis=1), lead),
        nearest.mean(axis=1) if len(vectors) > 1 else np.zeros(len(vectors)),
        np.sum(elsewhere, axis=0) / max(1, len(titled) - 1),
        before.max(axis=1, initial=0.0),
        (likeness > _NEAR).mean(axis=1),
    )
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)


def _unit(vector: Vector) -> Vector:
    return np.asarray(vector / (float(np.linalg.norm(vector)) or 1.0))
