"""What a story's articles state, sentence by sentence: whose voice, which names and figures.

Bounded whatever the number of articles. Knows an encoder, no store and no chat.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from news.independence import independent
from news.model import Article, Evidence
from news.withdrawals import standing
from summarizer import extract
from summarizer.candidates import Candidate, proper_sentences
from summarizer.encode import Encoder
from summarizer.figures import Figure, figures
from summarizer.model import Document, Sentence
from summarizer.text import content_words, fold, names, place_key
from summarizer.words import CALENDAR, name_forms

MOST_ARTICLES = 60
"""So many articles of a story are read, each voice's newest first."""
MOST_SENTENCES = 240
_MOST_OF_ONE = 40
_LEAST_OF_ONE = 4
_TOLD = 3
"""How many sentences a story is told in, about: what the ranker is asked for."""
_KEPT = 12_000
"""Vectors of so many sentences stay in memory: eighteen megabytes."""

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence of one article, and what can be compared in it.

    `voice` is whose it is (news/independence.py), `position` counts the article's sentences
    from 0. `names` are keys under which "Ukraine" and "Ukrainian" meet, `words` stems.
    """

    article: Article
    voice: str
    sentence: Sentence
    position: int
    names: frozenset[str]
    words: frozenset[str]
    figures: tuple[Figure, ...]

    @property
    def evidence(self) -> Evidence:
        """The sentence as it is cited."""
        article, dated = self.article, self.article.published_at != self.article.fetched_at
        return Evidence(
            article_id=article.id,
            url=article.url,
            source=article.outlet.name,
            sentence=self.sentence.text,
            start=self.sentence.start,
            end=self.sentence.end,
            published_at=article.published_at if dated else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """Statements with a row of `vectors` and a weight in `salience` for each (higher: matters).

    A weight is 0.5 for a sentence that matters as much as most do, and never below 0.
    """

    rows: tuple[Statement, ...]
    vectors: Matrix
    salience: NDArray[np.float64]
    voices: tuple[str, ...]


class SentenceVectors:
    """Encodes sentences and keeps the latest: the same story is asked for again and again."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def of(self, texts: Sequence[str]) -> Matrix:
        """Give a normalised row for each text, shape (len(texts), dimensions)."""
        with self._lock:
            known = {text: self._kept[text] for text in texts if text in self._kept}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            rows = self.encoder.encode(missing)
            known.update(zip(missing, rows, strict=True))
        with self._lock:
            for text in dict.fromkeys(texts):
                self._kept[text] = known[text]
                self._kept.move_to_end(text)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        if not texts:
            return np.zeros((0, self.encoder.dimensions), dtype=np.float32)
        return np.stack([known[text] for text in texts])


def state(articles: Iterable[Article], vectors: SentenceVectors) -> Statements:
    """Give what articles state. A copy is not heard beside its original, nor a text twice."""
    chosen, voices = heard(articles)
    share = max(_LEAST_OF_ONE, min(_MOST_OF_ONE, MOST_SENTENCES // max(1, len(chosen))))
    documents = [as_document(article) for article in chosen]
    rows: list[Statement] = []
    candidates: list[Candidate] = []
    for at, (article, document) in enumerate(zip(chosen, documents, strict=True)):
        for position, sentence in enumerate(proper_sentences(document)[:share]):
            candidates.append(Candidate(document=at, sentence=sentence, position=position))
            rows.append(statement(article, voices[article.id], sentence, position))
    titles = [document.title for document in documents]
    encoded = vectors.of([*(row.sentence.text for row in rows), *titles])
    count = len(rows)
    salience = np.zeros(0)
    if rows:
        scores = extract.scores(
            documents,
            candidates,
            encoded[:count],
            encoded[count:],
            encoder=vectors.encoder.name,
            wanted=_TOLD,
        )
        salience = np.maximum(0.0, 0.5 + scores / 4)
    return Statements(
        rows=tuple(rows),
        vectors=encoded[:count],
        salience=salience,
        voices=tuple(dict.fromkeys(row.voice for row in rows)),
    )


def heard(articles: Iterable[Article]) -> tuple[list[Article], dict[str, str]]:
    """Choose the articles to read, oldest first, and give each one's voice by its id.

    Copies, what was withdrawn and texts that were dropped for their age say nothing of their own.
    """
    known = {article.id: article for article in standing(articles) if article.text.strip()}
    voices = independent(known.values())
    turns: list[tuple[int, float, str]] = []
    owner: dict[str, str] = {}
    seen: set[str] = set()
    for voice in voices:
        newest = sorted((known[id] for id in voice.articles), key=_order, reverse=True)
        for turn, article in enumerate(newest):
            if article.content_hash in seen:
                continue  # the same text under another link
            seen.add(article.content_hash)
            owner[article.id] = voice.name
            turns.append((turn, -article.published_at.timestamp(), article.id))
    chosen = [known[id] for _, _, id in sorted(turns)[:MOST_ARTICLES]]
    return sorted(chosen, key=_order), owner


def statement(article: Article, voice: str, sentence: Sentence, position: int) -> Statement:
    """Read one sentence of an article."""
    return Statement(
        article=article,
        voice=voice,
        sentence=sentence,
        position=position,
        names=name_keys(sentence.text),
        words=frozenset(content_words(sentence.text)),
        figures=tuple(figures(sentence.text)),
    )


def as_document(article: Article) -> Document:
    """Give an article as the summarizer takes it."""
    return Document(
        id=article.id,
        text=article.text,
        title=article.title,
        source=article.outlet.name,
        url=article.url,
        published_at=article.published_at,
        language=article.language,
    )


def name_keys(text: str) -> frozenset[str]:
    """Give the words of a text's names in a form in which places and their people meet."""
    found = set()
    for name in names(text):
        known = name_forms().get(name.lower().replace(".", ""))
        if known:
            found.add(known)
            continue
        for word in re.findall(r"[^\W_]+", name):
            if fold(word) not in CALENDAR and len(word) > 1:
                found.add(place_key(name_forms().get(fold(word), fold(word))))
    return frozenset(found)


def _order(article: Article) -> tuple[float, int]:
    return article.published_at.timestamp(), article.number
