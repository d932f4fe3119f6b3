"""ROUGE of source-sentence summaries beside baselines: `geobrief eval summaries` without a store.

    python -m bench.summaries cnn_1000.jsonl.gz --rows 300:600 --json

Quick to start and to call from other benches; the measures are bot/evaluation_summaries.py's.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from bot import evaluation
from bot.evaluation_baselines import known, lead
from bot.evaluation_summaries import (
    Plan,
    Scores,
    documents_of,
    evaluate,
    references_of,
    usual_budget,
)
from summarizer.budget import Budget
from summarizer.encode import SentenceEncoder, bound_torch_threads
from summarizer.pipeline import Summarizer

__all__ = ["Scores", "documents_of", "evaluate", "lead", "read_rows", "references_of"]


def read_rows(path: Path, rows: str | None = None, prefix: str = "") -> list[dict[str, Any]]:
    """The rows of a JSON Lines file (gzip or not); `rows` is "from:to"."""
    return [dict(row) for row in evaluation.chosen(evaluation.read_rows(path), rows, prefix)]


def main() -> None:
    """Read the command line, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", help="from:to, counted after --prefix")
    parser.add_argument("--prefix", default="", help="only rows whose id begins so")
    parser.add_argument("--sentences", type=int)
    parser.add_argument("--words", type=int)
    parser.add_argument("--baselines", default="lead,centroid_mmr")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    bound_torch_threads(arguments.threads)
    encoder = SentenceEncoder()
    encoder.load()
    rows = read_rows(arguments.data, arguments.rows, arguments.prefix)
    given = arguments.sentences or arguments.words
    budget = Budget(sentences=arguments.sentences, words=arguments.words) if given else None
    plan = Plan(budget=budget or usual_budget(rows), baselines=known(arguments.baselines))
    report = evaluate(rows, Summarizer(encoder), plan)
    if arguments.json:
        print(json.dumps(report))
        return
    print(f"{arguments.data.name}: {report['n']} rows, {report['budget']}, {report['seconds']} s")
    for name, figures in {**report["baselines"], **report["methods"]}.items():
        print(f"{name:>12}", *(f"{key} {value}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
