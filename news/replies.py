"""Answers to questions for somebody's words or a reason: the sentences that give them, cited.

Knows an encoder, no store and no chat. What a question asks for is read by news/inquiry.py.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from news.inquiry import Inquiry, answers_it, shares
from news.model import Article, Digest, Point
from news.statements import SentenceVectors, Statement, as_document, heard, statement
from summarizer.candidates import proper_sentences
from summarizer.leaning import leans_back

SENTENCES = 4
_LIKE = 0.35
"""A sentence with a reason answers from this likeness to the question on, or with half its words:
set by reading the answers of the sample edition."""
_WORDS = 0.5
_SHARE = 0.3
_SAME = 0.8
_NONE = {
    "said": "My sources quote no words of {who} on this; this is what they tell of it.",
    "why": "My sources give no reason for this; this is what they tell of it.",
}


def reply(
    inquiry: Inquiry,
    question: str,
    articles: Sequence[Article],
    vectors: SentenceVectors,
    *,
    title: str,
    now: datetime,
) -> Digest | None:
    """Give the sentences that answer, oldest first; None where no article has one."""
    began = time.monotonic()
    found = [one for one in _answering(inquiry, articles) if one.sentence.text]
    if not found:
        return None
    chosen = _best(inquiry, question, found, vectors)
    if not chosen:
        return None
    chosen.sort(key=lambda one: (one.article.published_at, one.article.number, one.position))
    return Digest(
        title=title,
        points=tuple(
            Point(text=one.sentence.text, evidence=(one.evidence,), origin="source")
            for one in chosen
        ),
        method="extract",
        model=vectors.encoder.name,
        article_ids=tuple(dict.fromkeys(one.article.id for one in chosen)),
        created_at=now,
        seconds=round(time.monotonic() - began, 3),
        question=question,
        final=True,
    )


def none_given(inquiry: Inquiry) -> str:
    """Give the line for a question that the sources do not answer as it was asked."""
    who = inquiry.who.title() if inquiry.who.islower() else inquiry.who
    return _NONE[inquiry.kind].format(who=who.replace("The ", "the "))


def _answering(inquiry: Inquiry, articles: Sequence[Article]) -> list[Statement]:
    chosen, voices = heard(articles)
    found = [
        statement(article, voices[article.id], sentence, position)
        for article in chosen
        for position, sentence in enumerate(proper_sentences(as_document(article)))
        if answers_it(inquiry, sentence.text, article.language)
    ]
    alone = [one for one in found if not leans_back(one.sentence.text, one.article.language)]
    return alone or found


def _best(
    inquiry: Inquiry, question: str, found: Sequence[Statement], vectors: SentenceVectors
) -> list[Statement]:
    """The sentences nearest to the question, none saying what another says."""
    rows = vectors.of([one.sentence.text for one in found])
    (likeness,) = vectors.of([question]) @ rows.T
    held = np.array([shares(inquiry, one.sentence.text) for one in found])
    score = likeness + _SHARE * held
    chosen: list[int] = []
    for at in np.argsort(-score, kind="stable").tolist():
        fits = inquiry.kind == "said" or likeness[at] >= _LIKE or held[at] >= _WORDS
        if fits and all(rows[at] @ rows[other] < _SAME for other in chosen):
            chosen.append(at)
        if len(chosen) == SENTENCES:
            break
    return [found[at] for at in chosen]
