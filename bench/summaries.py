"""ROUGE of our summaries beside the lead sentences, on rows with `article` or `articles`.

    python -m bench.summaries cnn_1000.jsonl.gz --rows 300:600 --json

Sentences are one a line for rougeLsum, with stemming, as in the literature. Nothing is
kept between runs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import mean
from typing import Any

from summarizer.encode import SentenceEncoder, bound_torch_threads
from summarizer.model import Document, Summary
from summarizer.pipeline import Summarizer
from summarizer.text import split_sentences

MEASURES = ("rouge1", "rouge2", "rougeLsum")


def read_rows(path: Path, rows: str | None = None, prefix: str = "") -> list[dict[str, Any]]:
    """The rows of a JSON Lines file (gzip where it ends so); `rows` is "from:to"."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        found = [row for row in map(json.loads, lines) if str(row["id"]).startswith(prefix)]
    if not rows:
        return found
    low, _, high = rows.partition(":")
    return found[int(low or 0) : int(high) if high else None]


def documents_of(row: Mapping[str, Any]) -> list[Document]:
    """The row's article or articles as documents."""
    articles = row.get("articles") or [{"text": row["article"], "title": row.get("title", "")}]
    return [
        Document(
            id=str(index),
            text=article if isinstance(article, str) else article["text"],
            title="" if isinstance(article, str) else article.get("title") or "",
            source="" if isinstance(article, str) else article.get("source") or "",
            published_at=None if isinstance(article, str) else _day(article.get("date")),
        )
        for index, article in enumerate(articles)
    ]


def _day(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "").replace(tzinfo=UTC)
    except ValueError:
        return None


def lead(documents: Sequence[Document], sentences: int) -> list[str]:
    """The first sentences of one document; of several, the first of each in turn."""
    split = [[s.text for s in split_sentences(document.text)] for document in documents]
    if len(split) == 1:
        return split[0][:sentences]
    turns = [one[turn] for turn in range(sentences) for one in split if turn < len(one)]
    return turns[:sentences]


class Scores:
    """ROUGE F-measures (percentages), words and seconds, averaged over rows."""

    def __init__(self) -> None:
        from rouge_score.rouge_scorer import RougeScorer

        self._scorer = RougeScorer(list(MEASURES), use_stemmer=True)
        self._values: dict[str, list[float]] = defaultdict(list)

    def add(self, reference: str, lines: Sequence[str], seconds: float, **counts: float) -> None:
        """Score one summary, given as its sentences."""
        for measure, score in self._scorer.score(reference, "\n".join(lines)).items():
            self._values[measure].append(100 * score.fmeasure)
        self._values["words"].append(len(" ".join(lines).split()))
        self._values["seconds_per_item"].append(seconds)
        for name, value in counts.items():
            self._values[name].append(value)

    def report(self) -> dict[str, float]:
        """The means, rounded."""
        return {name: round(mean(values), 3) for name, values in self._values.items() if values}


def evaluate(
    rows: Iterable[Mapping[str, Any]],
    summarizer: Summarizer,
    *,
    sentences: int = 3,
    write: bool = False,
    today: date | None = None,
    told: Callable[[int], None] = lambda done: None,
) -> dict[str, Any]:
    """Our methods and the lead baseline on the same rows. `told` hears how many are done.

    `write` needs a summarizer with a writer; figures per item are means.
    """
    methods = {"extract": Scores(), **({"write": Scores()} if write else {})}
    baselines = {"lead": Scores()}
    began = time.perf_counter()
    count = 0
    for count, row in enumerate(rows, start=1):
        documents, reference = documents_of(row), row["references"][0]
        baselines["lead"].add(reference, lead(documents, sentences), 0.0)
        summary = summarizer.extract(documents, sentences=sentences)
        methods["extract"].add(reference, [c.text for c in summary.claims], summary.seconds)
        if write:
            day = today or datetime.now(UTC).date()
            written = summarizer.write(
                documents, sentences=sentences, today=day, stop=lambda: False
            )
            lines = [claim.text for claim in written.claims]
            methods["write"].add(reference, lines, written.seconds, **counts_of(written))
        told(count)
    return {
        "n": count,
        "seconds": round(time.perf_counter() - began, 1),
        "methods": {name: scores.report() for name, scores in methods.items()},
        "baselines": {name: scores.report() for name, scores in baselines.items()},
    }


def counts_of(summary: Summary) -> dict[str, float]:
    """How many claims were kept as written, kept after a rewrite, replaced, and added."""
    claims = summary.claims
    rewritten = sum("rewritten" in claim.checks for claim in claims)
    replaced = sum(
        any(v != "passed" for k, v in c.checks.items() if k != "rewritten") for c in claims
    )
    return {
        "kept": sum(bool(claim.checks) for claim in claims) - rewritten - replaced,
        "rewritten": rewritten,
        "replaced": replaced,
        "added": sum(not claim.checks for claim in claims),
    }


def main() -> None:
    """Read the command line, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", help="from:to, counted after --prefix")
    parser.add_argument("--prefix", default="", help="only rows whose id begins so")
    parser.add_argument("--sentences", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    bound_torch_threads(arguments.threads)
    encoder = SentenceEncoder()
    encoder.load()
    report = evaluate(
        read_rows(arguments.data, arguments.rows, arguments.prefix),
        Summarizer(encoder),
        sentences=arguments.sentences,
    )
    if arguments.json:
        print(json.dumps(report))
        return
    print(f"{arguments.data.name}: {report['n']} rows, {report['seconds']} s")
    for name, figures in {**report["baselines"], **report["methods"]}.items():
        print(f"{name:>8}", *(f"{key} {value}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
