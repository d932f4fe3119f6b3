"""How many shown sentences lean on one that is not shown, with and without looking for it.

    python -m bench.leaning allsides_summaries.jsonl.gz --prefix neus_train --rows 0:150

Prints one object: the shares, and ROUGE of the same rows both ways. Sentences as the ranker alone
would choose them are the baseline.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.summaries import Scores, documents_of, read_rows, references_of
from summarizer.candidates import Candidate, considered
from summarizer.encode import Encoder, SentenceEncoder, bound_torch_threads
from summarizer.extract import scores, select
from summarizer.leaning import Standing, stands_alone
from summarizer.model import Document


class _Shown:
    """What one way of choosing showed: its scores, and what of it leaned on nothing shown."""

    def __init__(self) -> None:
        self.scores = Scores()
        self.sentences = 0
        self.leaning = 0

    def add(
        self,
        references: Sequence[Sequence[str]],
        candidates: Sequence[Candidate],
        picks: Sequence[int],
        needs: Standing,
    ) -> None:
        """Score one row's picks."""
        self.sentences += len(picks)
        asked = [needs(at) for at in picks]
        self.leaning += sum(need is not None and need not in picks for need in asked)
        lines = [candidates[at].sentence.text for at in sorted(picks)]
        self.scores.add(references, lines, 0.0)

    def report(self) -> dict[str, float]:
        """The share of sentences that lean, and the means of the rest."""
        return {"leaning": round(self.leaning / max(1, self.sentences), 4)} | self.scores.report()


def compare(
    rows: Sequence[dict[str, Any]], encoder: Encoder, sentences: int
) -> dict[str, dict[str, float]]:
    """Choose so many sentences of each row both ways."""
    found = {"ranked": _Shown(), "standing": _Shown()}
    for row in rows:
        documents: list[Document] = list(documents_of(row))
        candidates = considered(documents)
        if not candidates:
            continue
        texts = [one.sentence.text for one in candidates]
        rows_of = encoder.encode([*texts, *(one.title for one in documents)])
        vectors, titles = rows_of[: len(texts)], rows_of[len(texts) :]
        score = scores(
            documents, candidates, vectors, titles, encoder=encoder.name, wanted=sentences
        )
        needs = Standing(documents, candidates)
        for name, way in (("ranked", stands_alone), ("standing", needs)):
            picks = select(score, np.asarray(vectors), sentences, needs=way)
            found[name].add(references_of(row), candidates, picks, needs)
    return {name: one.report() for name, one in found.items()}


def main() -> None:
    """Read the command line, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", help="from:to, counted after --prefix")
    parser.add_argument("--prefix", default="", help="only rows whose id begins so")
    parser.add_argument("--sentences", type=int, default=3)
    arguments = parser.parse_args()
    bound_torch_threads(1)
    encoder = SentenceEncoder()
    encoder.load()
    rows = read_rows(arguments.data, arguments.rows, arguments.prefix)
    figures = compare(rows, encoder, arguments.sentences)
    print(json.dumps({"data": arguments.data.name, "n": len(rows), **figures}))


if __name__ == "__main__":
    main()
