"""Answers measured beside a reference: what a search finds besides, and what a weight changes."""

from __future__ import annotations

from typing import Any

from bench.asking import OTHERS, answers, found
from summarizer.encode import Encoder


def story(subject: str) -> dict[str, Any]:
    """Two reports of one event, in other words than every other event."""
    texts = [
        f"The {subject} of Veltmar burned down on Monday. Firemen came late to the {subject}. "
        f"Nobody knows why it burned, the {outlet} reports. Rain is forecast for the weekend."
        for outlet in ("Gazette", "Courier")
    ]
    articles = [{"text": text, "title": f"Fire in the {subject}"} for text in texts]
    return {"articles": articles, "reference_title": f"Did the {subject} burn?"}


def test_a_question_also_finds_other_stories(hashed: Encoder) -> None:
    """The story's articles first, then the nearest ones of others, none twice."""
    rows = [story(subject) for subject in ("theatre", "harbour", "market", "school")]
    for row, documents in zip(rows, found(rows, hashed), strict=True):
        own = [article["text"] for article in row["articles"]]
        assert [one.text for one in documents[:2]] == own
        assert len({one.text for one in documents}) == 2 + OTHERS


def test_the_question_weighs_more_as_the_ranker_weighs_less(hashed: Encoder) -> None:
    """With no weight at all on the ranker the sentences are about what was asked."""
    rows = [story(subject) for subject in ("theatre", "harbour", "market", "school")]
    documents = next(iter(found(rows, hashed)))
    told = answers(documents, "theatre fire", hashed)
    assert all("theatre" in line for line in told["0"][:2])
    assert set(told) > {"ranker alone", "0.14"}
