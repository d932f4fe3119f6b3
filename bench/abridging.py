"""What choosing among shortenings is worth: ROUGE of source sentences, of all left out, of choices.

    python -m bench.abridging cnn_1000.jsonl.gz --rows 0:200 --sentences 3 [--nats 0,2,4]

For each number of nats the packaged writer chooses with that preference for leaving out; none: only
what needs no model. The judge is not asked, so that its refusals do not blur the preference.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from bench.summaries import read_rows
from bot.evaluation_summaries import Remembering, Scores, documents_of, extracted, references_of
from summarizer.budget import Budget
from summarizer.encode import SentenceEncoder, bound_torch_threads
from summarizer.model import Summary
from summarizer.models import packaged
from summarizer.models.local import LocalWriter
from summarizer.pipeline import Job, Summarizer
from summarizer.write import Ask, Stop, Words, Writer, WriterUnavailable

TODAY = date(2022, 6, 1)


class Shortest(Writer):
    """Takes the shortest of all texts allowed: the rules without a model."""

    @property
    def name(self) -> str:
        """A name for receipts."""
        return "shortest"

    @property
    def words(self) -> Words:
        """Whose words it uses."""
        return "sources"

    def generate(self, system: str, user: str, *, max_tokens: int, stop: Stop) -> str:
        """Nothing: it has no words of its own."""
        return ""

    def generate_many(self, asks: Sequence[Ask], *, stop: Stop) -> list[str | WriterUnavailable]:
        """The last text of each sentence."""
        return ["\n".join(texts[-1] for texts in ask.within) for ask in asks]


def writers(nats: Sequence[float], threads: int) -> Iterator[tuple[str, Writer]]:
    """The rules alone, and the packaged writer with each preference."""
    yield "all left out", Shortest()
    recipe = packaged.load_recipe()
    folder = packaged.default_models_folder() / recipe.folder_name
    for one in nats:
        yield (
            f"{one:g} nats",
            LocalWriter(
                folder, name=recipe.name, threads=threads, words="sources", leaving_out=one
            ),
        )


def shorter(summary: Summary) -> float:
    """The share of sentences told shorter."""
    told = [claim.origin == "written" for claim in summary.claims]
    return sum(told) / max(1, len(told))


def measure(
    rows: Sequence[dict[str, Any]], budget: Budget, made: Sequence[tuple[str, Writer]]
) -> dict[str, Any]:
    """The figures of each way over the same rows, and its gain in ROUGE-1 with standard error."""
    encoder = SentenceEncoder()
    scores = {name: Scores() for name in ("source", *(name for name, _ in made))}
    for row in rows:
        documents, references = documents_of(row), references_of(row)
        remembering = Remembering(encoder)
        source, _ = extracted(Summarizer(remembering), documents, budget)
        scores["source"].add(references, [claim.text for claim in source.claims], 0.0, shorter=0)
        job = Job(documents=documents, sentences=max(1, len(source.claims)))
        for name, writer in made:
            (found,) = Summarizer(remembering, writer).write_many(
                [job], today=TODAY, stop=lambda: False
            )
            lines = [claim.text for claim in found.claims]
            scores[name].add(references, lines, found.seconds, shorter=shorter(found))
    plain = scores["source"].values["rouge1"]
    report = {name: one.report() for name, one in scores.items()}
    for name, one in scores.items():
        gains = [a - b for a, b in zip(one.values["rouge1"], plain, strict=True)]
        report[name]["gain"] = round(mean(gains), 3)
        report[name]["gain_error"] = round(stdev(gains) / len(gains) ** 0.5, 3)
    return report


def main() -> None:
    """Measure and print one object."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", help="from:to, counted after --prefix")
    parser.add_argument("--prefix", default="", help="only rows whose id begins so")
    parser.add_argument("--sentences", type=int)
    parser.add_argument("--words", type=int)
    parser.add_argument("--nats", default="", help="preferences for leaving out, by commas")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    bound_torch_threads(given.threads)
    rows = read_rows(given.data, given.rows, given.prefix)
    nats = [float(one) for one in given.nats.split(",") if one]
    budget = Budget(sentences=given.sentences, words=given.words)
    report = measure(rows, budget, list(writers(nats, given.threads)))
    print(json.dumps({"n": len(rows), "budget": str(budget), "ways": report}, indent=1))


if __name__ == "__main__":
    main()
