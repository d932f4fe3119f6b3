"""Answers beside a story's reference: how much the ranker counts where something was asked.

    python -m bench.asking DATA [--stories 240]

The question is a story's title, the articles are its own and the three of other stories with the
titles nearest to it, as a search finds them. Stories that the ranker was trained on are left out.
The weight is chosen on stories whose id's md5 is even and reported on the others.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.ranker_examples import read_ahead, rows_of
from bench.train_ranker import FILES, trained_stories
from bot.evaluation_summaries import Scores, documents_of, references_of
from news.ask import SENTENCES
from summarizer.candidates import considered
from summarizer.encode import Encoder, SentenceEncoder, bound_torch_threads
from summarizer.extract import asked, scores, select
from summarizer.model import Document

WEIGHTS = (0.0, 0.07, 0.14, 0.2, 0.3, 0.45, 0.7, 1.0)
OTHERS = 3


def found(rows: Sequence[Mapping[str, Any]], encoder: Encoder) -> Iterator[list[Document]]:
    """For each row its documents and those of other rows that its question finds too."""
    documents = [documents_of(row) for row in rows]
    owners = np.array([at for at, group in enumerate(documents) for _ in group])
    flat = [document for group in documents for document in group]
    titles = encoder.encode([document.title for document in flat])
    questions = encoder.encode([row["reference_title"] for row in rows])
    for at, group in enumerate(documents):
        known = {document.text for document in group}
        order = np.argsort(-(titles @ questions[at]))
        near = [flat[i] for i in order if owners[i] != at and flat[i].text not in known]
        yield [*group, *near[:OTHERS]]


def answers(documents: Sequence[Document], question: str, encoder: Encoder) -> dict[str, list[str]]:
    """The sentences shown with each weight, and with the ranker alone."""
    candidates = considered(documents)
    texts = [candidate.sentence.text for candidate in candidates]
    vectors = encoder.encode([*texts, *(one.title for one in documents), question])
    of_texts, count = vectors[: len(texts)], len(texts)
    ranked = scores(
        documents,
        candidates,
        of_texts,
        vectors[count:-1],
        encoder=encoder.name,
        wanted=SENTENCES,
    )
    tried = {"ranker alone": ranked} | {
        f"{weight:g}": asked(ranked, candidates, of_texts @ vectors[-1], question, weight)
        for weight in WEIGHTS
    }
    return {
        name: [texts[i] for i in select(score, of_texts, SENTENCES)]
        for name, score in tried.items()
    }


def main() -> None:
    """Measure both halves and print one object."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("data", type=Path)
    options.add_argument("--stories", type=int, default=240)
    given = options.parse_args()
    bound_torch_threads(1)
    encoder = SentenceEncoder()
    every = list(rows_of(given.data / FILES["stories"]))
    seen = {row["id"] for row in trained_stories(every)}
    rows = [row for row in every if row["id"] not in seen and "_train_" in row["id"]]
    rows = rows[: given.stories]
    known = read_ahead(rows, encoder)
    halves: list[dict[str, Scores]] = [{}, {}]
    for row, documents in zip(rows, found(rows, known), strict=True):
        half = halves[hashlib.md5(row["id"].encode()).digest()[0] % 2]
        for name, lines in answers(documents, row["reference_title"], known).items():
            half.setdefault(name, Scores()).add(references_of(row), lines, 0.0)
    report = {
        name: {
            "n": len(half["ranker alone"].values["rouge1"]),
            "weights": {weight: one.report() for weight, one in half.items()},
        }
        for name, half in zip(("chosen on", "reported on"), halves, strict=True)
    }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
