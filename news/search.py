"""Finding the stored articles that a question is about: words and vectors together.

Says how well each hit covers the question, so that "nothing" can be an answer.
"""

from __future__ import annotations

import math
import re
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from news.identify import SOLID
from news.model import Article
from news.store import Store
from summarizer.encode import PACKAGED, Encoder
from summarizer.scripts import is_latin
from summarizer.text import content_words, stem
from summarizer.words import CALENDAR

_WORD_HITS = 60
_VECTOR_HITS = 40
_BM25_SHARE = 0.2
_COVERAGE_SHARE = 0.3
"""Beside likeness in meaning, which counts 1; chosen with bench/search.py."""
_FADE = timedelta(days=60)
_FADING = 0.15
_BEGUN = 2
"""So many letters a word and its stem have in common, whatever stemming did to the end."""
_WORD = re.compile(r"\w+")
_SOLID = re.compile(f"[{SOLID}]")
_FEW_WORDS = 2
_BEGINNING = 600
"""Characters of an article, about its first three sentences: whom they name it is about."""
_PREFIX = 5
"""From this length on a stem also finds the words that begin with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article found. `coverage` is the rarity-weighted share of the question's words in it.

    `by_words`: the encoder does not know the question's script, and `likeness` says nothing.
    `named`: all of the few words asked for stand in its headline, or as names where it begins.
    """

    article: Article
    score: float
    coverage: float
    likeness: float
    by_words: bool = False
    named: bool = False


class Search:
    """Searches a store. Vectors are kept in memory and learnt as articles arrive."""

    def __init__(self, store: Store, encoder: Encoder) -> None:
        self._store = store
        self._encoder = encoder
        self._lock = threading.Lock()
        self._seen = 0
        self._numbers: list[int] = []
        self._rows: dict[int, int] = {}
        self._matrix: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)

    def find(
        self, question: str, *, now: datetime, since: timedelta | None = None, limit: int = 20
    ) -> list[Hit]:
        """Give the articles that fit a question best, best first."""
        begin = now - since if since is not None else None
        strange = self._encoder.name == PACKAGED and _is_strange(question)
        words = beginnings(question) if strange else asked_words(question)
        by_words = self._store.articles.matching(
            [_term(word) for word in words], since=begin, limit=_WORD_HITS
        )
        likeness = self._likeness(question)
        numbers = {number for number, _, _ in by_words}
        numbers.update(sorted(likeness, key=likeness.__getitem__, reverse=True)[:_VECTOR_HITS])
        rarity = self._rarity(words)
        best = max((score for _, _, score in by_words), default=0.0) or 1.0
        bm25 = {number: score / best for number, _, score in by_words}
        hits = []
        for number, article in self._store.articles.by_numbers(numbers).items():
            if article.private or article.story_id is None:
                continue
            if article.published_at > now or (begin and article.published_at < begin):
                continue
            coverage = _coverage(words, rarity, article, strange)
            alike = likeness.get(number, 0.0)
            age = (now - article.published_at) / _FADE
            share = coverage if strange else alike + _COVERAGE_SHARE * coverage
            fit = share + _BM25_SHARE * bm25.get(number, 0.0)
            score = fit * (1 - _FADING + _FADING * math.exp(-age))
            hits.append(
                Hit(
                    article=article,
                    score=score,
                    coverage=coverage,
                    likeness=alike,
                    by_words=strange,
                    named=not strange and _named(words, article),
                )
            )
        hits.sort(key=lambda hit: (-hit.score, hit.article.number))
        return hits[:limit]

    def likeness(self, question: str, numbers: Iterable[int]) -> dict[int, float]:
        """Give how like a question articles are in meaning; those without a vector are left out."""
        asked = self._encoder.encode([question])[0]
        with self._lock:
            self._learn(len(asked))
            known = [number for number in numbers if number in self._rows]
            if not known:
                return {}
            rows = [self._rows[number] for number in known]
            return dict(zip(known, (self._matrix[rows] @ asked).tolist(), strict=True))

    def _likeness(self, question: str) -> dict[int, float]:
        asked = self._encoder.encode([question])[0]
        with self._lock:
            self._learn(len(asked))
            count = len(self._numbers)
            scores = self._matrix[:count] @ asked if count else np.zeros(0, dtype=np.float32)
            top = np.argsort(-scores)[: _VECTOR_HITS * 5].tolist()
            return {self._numbers[row]: float(scores[row]) for row in top}

    def _learn(self, dimensions: int) -> None:
        """Take over vectors that are new or were made anew since the last question."""
        for place, number, vector in self._store.placing.vectors_after(self._seen):
            self._seen = place
            if len(vector) != dimensions:  # another model's, soon made anew
                continue
            row = self._rows.get(number)
            if row is None:
                row = self._rows[number] = len(self._numbers)
                self._numbers.append(number)
                if row >= len(self._matrix):
                    grown = np.zeros((max(256, 2 * row), dimensions), dtype=np.float32)
                    if row:
                        grown[:row] = self._matrix[:row]
                    self._matrix = grown
            self._matrix[row] = vector

    def _rarity(self, words: Sequence[str]) -> dict[str, float]:
        total = self._store.articles.count() + 1
        return {
            word: math.log(1 + total / (self._store.articles.frequency(_term(word)) + 0.5))
            for word in words
        }


@cache
def _asking() -> frozenset[str]:
    """Words by which people ask, not what they ask for (data: asking.txt), and their stems."""
    listed = (files("news") / "asking.txt").read_text(encoding="utf-8").split()
    return frozenset(listed) | {stem for word in listed for stem in content_words(word)}


def asked_words(question: str) -> list[str]:
    """Give the stems of what is asked for, each once, words of asking left out."""
    found = dict.fromkeys(content_words(question))
    return [word for word in found if word not in _asking()] or list(found)


def _named(words: Sequence[str], article: Article) -> bool:
    """Whether an article's headline, or the names in its beginning, hold all of a few words."""
    if not 0 < len(words) <= _FEW_WORDS or not _asking().isdisjoint(words):
        return False
    begins = [word for word in _WORD.findall(article.text[:_BEGINNING]) if not word.islower()]
    named = " ".join(word for word in begins if word.casefold() not in CALENDAR)
    return {*words} <= {*content_words(article.title), *content_words(named)}


def _is_strange(question: str) -> bool:
    """Whether only the words of a question tell what it asks: where they stand apart, that is."""
    return not is_latin(question) and _SOLID.search(question) is None


def beginnings(question: str) -> list[str]:
    """Give what inflection leaves of the words of a question in no Latin script, as `begin*`.

    The endings go by length, so that no language need be known; short words stay whole.
    """
    found = dict.fromkeys(word for word in _runs(question) if len(word) > 1)
    asked = [word for word in found if word not in _asking()] or list(found)
    return [word if len(word) < _PREFIX else f"{word[: -(3 * len(word) // 10)]}*" for word in asked]


def _runs(text: str) -> list[str]:
    """The words of a text, with the vowel signs that Indian scripts write as marks."""
    text = text.casefold()
    kinds = {char: unicodedata.category(char)[0] in "LMN" for char in set(text)}
    return "".join(char if kinds[char] else " " for char in text).split()


def _term(word: str) -> str:
    return word if word.endswith("*") else term(word)


def term(stem: str) -> str:
    """Give the index term of a stem; stemming made an i of a y, so it is left open."""
    return stem.removesuffix("i") + "*" if len(stem) >= _PREFIX else stem


def _coverage(
    words: Sequence[str], rarity: dict[str, float], article: Article, strange: bool
) -> float:
    if not words:
        return 0.0
    held = (_held_begun if strange else _held)(words, f"{article.title}\n{article.text}")
    return sum(rarity[word] for word in held) / sum(rarity.values())


def _held(asked: Sequence[str], text: str) -> set[str]:
    """Give which of these stems a text holds a word of.

    Only words that begin like a stem are stemmed: whole texts would take a hundred times as
    long, and every question is held against dozens of them.
    """
    begun: dict[str, list[str]] = {}
    for word in asked:
        begun.setdefault(word[:_BEGUN], []).append(word)
    held: set[str] = set()
    for word in set(_WORD.findall(_folded(text))):
        for one in begun.get(word[:_BEGUN], ()):
            if one not in held and word.startswith(one.removesuffix("i")) and stem(word) == one:
                held.add(one)
    return held


def _held_begun(asked: Sequence[str], text: str) -> set[str]:
    """Give which of these beginnings, or short words, a text has."""
    found = set(_runs(_folded(text)))
    held: set[str] = set()
    for one in asked:
        begin = _folded(one.removesuffix("*"))
        if begin in found or (one.endswith("*") and any(word.startswith(begin) for word in found)):
            held.add(one)
    return held


def _folded(text: str) -> str:
    plain = text.lower().replace(".", "")
    if plain.isascii():
        return plain
    return plain.translate({ord(sign): _bare(sign) for sign in set(plain) if not sign.isascii()})


@lru_cache(maxsize=10_000)
def _bare(sign: str) -> str:
    return "".join(
        part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part)
    )
