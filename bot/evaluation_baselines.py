"""Summaries by methods that everybody knows, to be measured beside ours.

First sentences, LexRank and TextRank by sumy with our sentences and words, and a TF-IDF
centroid with MMR. Each takes documents and a budget and gives sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bot.failure import FAILED, USAGE, Failure
from summarizer.budget import Budget
from summarizer.model import Document
from summarizer.text import split_sentences, stem
from summarizer.text import words as words_of
from summarizer.words import STOP_WORDS

Baseline = Callable[[Sequence[Document], Budget], list[str]]

_LEAST_WORDS = 5
_MOST_WORDS = 60
"""Shorter and longer lines are headlines, bylines, menus and whole paragraphs."""
_MOST_SENTENCES = 250
"""The graphs grow with the square of the sentences; of several articles each has its share."""
_RELEVANCE = 0.6
"""Of MMR: what the centroid counts for. This and the next were picked on two reported sets, in the
baseline's favour."""
_POSITION = 0.1


def needs_extra() -> Failure:
    """What to say when a library that only measuring needs is not there."""
    return Failure('measuring summaries needs more libraries: pip install "geobrief[eval]"', FAILED)


def sentences_of(document: Document) -> list[str]:
    """The document's sentences, without lines that are no sentences by their length."""
    found = [one.text for one in split_sentences(document.text, document.language or "en")]
    proper = [text for text in found if _LEAST_WORDS <= len(text.split()) <= _MOST_WORDS]
    return proper or found


def known(asked: str) -> list[str] | None:
    """Read "all" (None), "none", or names with commas. Raises Failure for an unknown one."""
    names = [] if asked == "none" else [name.strip() for name in asked.split(",")]
    if asked == "all":
        return None
    baselines(names)
    return names


def baselines(names: Sequence[str] | None = None) -> dict[str, Baseline]:
    """The baselines by name, all or those named. Raises Failure for a name that is none."""
    every: dict[str, Baseline] = {
        "lead": lead,
        "lexrank": lexrank,
        "textrank": textrank,
        "centroid_mmr": centroid_mmr,
    }
    for name in names or ():
        if name not in every:
            raise Failure(f"“{name}” is no baseline; known: {', '.join(every)}", USAGE)
    return {name: every[name] for name in (every if names is None else names)}


def lead(documents: Sequence[Document], budget: Budget) -> list[str]:
    """The first sentences of one document; of several, the first of each in turn."""
    split = [sentences_of(document) for document in documents]
    most = max(map(len, split), default=0)
    turns = [one[turn] for turn in range(most) for one in split if turn < len(one)]
    return turns[: budget.taken(turns)]


def lexrank(documents: Sequence[Document], budget: Budget) -> list[str]:
    """LexRank (Erkan and Radev, 2004) as sumy has it. Raises Failure without sumy."""
    return _by_sumy("lex_rank", "LexRankSummarizer", documents, budget)


def textrank(documents: Sequence[Document], budget: Budget) -> list[str]:
    """TextRank (Mihalcea and Tarau, 2004) as sumy has it. Raises Failure without sumy."""
    return _by_sumy("text_rank", "TextRankSummarizer", documents, budget)


class _Tokens:
    """Our splitter and words in the form sumy asks for: its own tokenizer wants a download."""

    def to_sentences(self, text: str) -> list[str]:
        """One sentence a line."""
        return text.split("\n")

    def to_words(self, text: str) -> list[str]:
        """The words, folded."""
        return words_of(text)


def _by_sumy(module: str, name: str, documents: Sequence[Document], budget: Budget) -> list[str]:
    import importlib

    try:
        from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence

        summarizer = getattr(importlib.import_module(f"sumy.summarizers.{module}"), name)(stem)
    except ImportError as error:
        raise needs_extra() from error
    summarizer.stop_words = STOP_WORDS
    share = max(4, _MOST_SENTENCES // max(1, len(documents)))
    tokens = _Tokens()
    paragraphs = [
        Paragraph([Sentence(" ".join(text.split()), tokens) for text in sentences_of(one)[:share]])
        for one in documents
    ]

    def best(rated: Iterable[Any]) -> list[Any]:
        found = list(rated)
        return found[: budget.taken([str(one.sentence) for one in found])]

    return [str(one) for one in summarizer(ObjectDocumentModel(paragraphs), best)]


def centroid_mmr(documents: Sequence[Document], budget: Budget) -> list[str]:
    """The sentences nearest to the TF-IDF centroid of texts and titles, each unlike the others.

    Centroid after Radev et al., 2004, with their bonus for early sentences; MMR after Carbonell
    and Goldstein, 1998.
    """
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts, places = [], []
    for document in documents:
        for place, text in enumerate(sentences_of(document)[:_MOST_SENTENCES]):
            texts.append(text)
            places.append(place)
    try:
        vectorizer = TfidfVectorizer(stop_words="english", sublinear_tf=True)
        rows = vectorizer.fit_transform(texts)
    except ValueError:  # no text, or stop words only
        return texts[: budget.taken(texts)]
    titles = vectorizer.transform([document.title for document in documents])
    centre = np.asarray(rows.sum(axis=0) + titles.sum(axis=0)).ravel()
    relevance = np.asarray(rows @ centre).ravel() / (float(np.linalg.norm(centre)) or 1.0)
    relevance += _POSITION / (1 + np.array(places))
    likeness = (rows @ rows.T).toarray()
    nearest, free = np.zeros(len(texts)), np.ones(len(texts), dtype=bool)
    order: list[int] = []
    while free.any():
        value = _RELEVANCE * relevance - (1 - _RELEVANCE) * nearest
        best = int(np.where(free, value, -np.inf).argmax())
        order.append(best)
        free[best] = False
        nearest = np.maximum(nearest, likeness[best])
    ranked = [texts[index] for index in order]
    return ranked[: budget.taken(ranked)]
