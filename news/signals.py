"""What an article is compared by: a vector, its terms in buckets, and its time.

Knows texts and an encoder; knows no story and no store. Terms become numbers by hashing, so
that counting them takes the same room after a million articles as after a thousand.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from news.model import Article, Vector
from summarizer.encode import Encoder
from summarizer.text import content_words, names

BUCKETS = 1 << 20
"""Terms share a bucket rarely: of 50,000 terms that are not rare, 5 % stand in another's."""
TITLE_SHARE = 0.3
_AHEAD = timedelta(days=1)
"""Newsrooms set their clocks by hand and write tomorrow's date on tonight's page."""
_NAME = "@"
_WORDS = 300
_ENCODED_WORDS = 180


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bag:
    """Weighted buckets: `buckets` ascending, each once, shape (n,), and their `weights`."""

    buckets: NDArray[np.int32]
    weights: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.buckets)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signals:
    """What an article is compared by; `at` is its time of publication.

    `names` holds for each name in the text the buckets that it fills, those of its words and
    of its shorter forms among them.
    """

    vector: Vector
    terms: Bag
    at: datetime
    names: tuple[frozenset[int], ...] = ()


def signals_of(article: Article, vector: Vector) -> Signals:
    """Give the signals of an article whose vector is known."""
    return read_signals(article.title, article.text, vector, time_of(article))


def time_of(article: Article) -> datetime:
    """Give the time by which an article is grouped: a date in the future is a mistake."""
    if article.published_at > article.fetched_at + _AHEAD:
        return article.fetched_at
    return article.published_at


def read_signals(title: str, text: str, vector: Vector, at: datetime) -> Signals:
    """Give the same for the parts of an article."""
    terms = terms_of(title, text)
    named = [term[1:] for term in terms if term.startswith(_NAME)]
    return Signals(vector=vector, terms=bag(terms), at=at, names=_filled_by(named))


def _filled_by(named: Sequence[str]) -> tuple[frozenset[int], ...]:
    parts = {name: frozenset(content_words(name)) for name in sorted(named)}
    return tuple(
        frozenset(
            bucket(term)
            for term in (*words, *(_NAME + other for other, own in parts.items() if own <= words))
        )
        for words in parts.values()
        if words
    )


def bag(terms: Mapping[str, float]) -> Bag:
    """Put weighted terms into buckets."""
    found: dict[int, float] = {}
    for term, weight in terms.items():
        place = bucket(term)
        found[place] = found.get(place, 0.0) + weight
    order = sorted(found)
    return Bag(
        buckets=np.array(order, dtype=np.int32),
        weights=np.array([found[place] for place in order], dtype=np.float32),
    )


def bucket(term: str) -> int:
    """Give the bucket of a term, the same in every process and for ever."""
    return zlib.crc32(term.encode("utf-8", "replace")) % BUCKETS


def terms_of(title: str, text: str) -> dict[str, float]:
    """Weigh an article's terms: damped counts, two more for the title, one for each name."""
    lead = " ".join(text.split()[:_WORDS])
    weights = {word: 1.0 + math.log(count) for word, count in Counter(content_words(lead)).items()}
    for word in content_words(title):
        weights[word] = weights.get(word, 0.0) + 2.0
    for name in names(f"{title}. {lead}"):
        weights[_NAME + name.casefold()] = 1.0
    return weights


def encode_articles(encoder: Encoder, articles: Sequence[Article]) -> list[Vector]:
    """Give a unit vector for each article: its lead with the title, and the title alone."""
    return encode_parts(encoder, [(article.title, article.text) for article in articles])


def encode_parts(encoder: Encoder, parts: Sequence[tuple[str, str]]) -> list[Vector]:
    """Give the same for (title, text) of each article."""
    leads = [lead_of(title, text) for title, text in parts]
    vectors = encoder.encode(leads + [title for title, _ in parts])
    mixed = (1 - TITLE_SHARE) * vectors[: len(parts)] + TITLE_SHARE * vectors[len(parts) :]
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True) + 1e-9
    return list(mixed.astype(np.float32))


def lead_of(title: str, text: str) -> str:
    """Give what of an article is encoded besides its title alone."""
    return f"{title}. {' '.join(text.split()[:_ENCODED_WORDS])}"
