"""How well the checks tell supported summaries from others, on rows `article, summary, label`.

    python -m bench.faithfulness FILES... --half odd --json

Thresholds are fixed in `summarizer.check`; they were chosen on the even half. Halves are
taken by article, so that no article stands in both.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.summaries import read_rows
from summarizer.check import PASSED, Verdict, check
from summarizer.evidence import Evidence
from summarizer.model import Document
from summarizer.numbers import numbers
from summarizer.text import content_words, names, split_sentences


def half_of(article: str) -> str:
    """Which half an article is in, "even" or "odd", from its text alone."""
    return "odd" if hashlib.sha256(article.encode()).digest()[0] % 2 else "even"


def verdicts(row: Mapping[str, Any]) -> list[Verdict]:
    """One verdict for each sentence of the row's summary, against the whole article."""
    document = Document(id="article", text=row["article"])
    evidence = Evidence([(document, split_sentences(document.text))])
    return [check(sentence.text, evidence) for sentence in split_sentences(row["summary"])]


def bigram_overlap(row: Mapping[str, Any]) -> float:
    """The share of the summary's content-word pairs that the article has: a baseline."""
    mine, theirs = content_words(row["summary"]), content_words(row["article"])
    pairs = set(pairwise(mine))
    return len(pairs & set(pairwise(theirs))) / max(1, len(pairs))


def name_number_overlap(row: Mapping[str, Any]) -> float:
    """The share of the summary's names and numbers that the article has: a baseline."""
    stated = [*names(row["summary"]), *map(str, numbers(row["summary"]))]
    known = [name in row["article"] for name in names(row["summary"])]
    known += [number in numbers(row["article"]) for number in numbers(row["summary"])]
    return sum(known) / len(stated) if stated else 1.0


def figures(labels: list[int], accepted: list[bool], scores: list[float]) -> dict[str, float]:
    """Balanced accuracy, area under the curve, and the share of good ones that are rejected."""
    from sklearn.metrics import balanced_accuracy_score, roc_auc_score

    good = [yes for yes, label in zip(accepted, labels, strict=True) if label]
    return {
        "balanced_accuracy": round(float(balanced_accuracy_score(labels, accepted)), 4),
        "auc": round(float(roc_auc_score(labels, scores)), 4),
        "wrong_rejections": round(1 - sum(good) / max(1, len(good)), 4),
    }


def evaluate(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Our figures and those of two simple overlaps; the score is the least supported sentence's."""
    began = time.perf_counter()
    labels: list[int] = []
    accepted: list[bool] = []
    scores: list[float] = []
    overlaps: dict[str, list[float]] = {"bigram_overlap": [], "name_number_overlap": []}
    failures: Counter[str] = Counter()
    for row in rows:
        found = verdicts(row)
        labels.append(int(row["label"]))
        accepted.append(bool(found) and all(verdict.supported for verdict in found))
        scores.append(min((verdict.support for verdict in found), default=0.0))
        overlaps["bigram_overlap"].append(bigram_overlap(row))
        overlaps["name_number_overlap"].append(name_number_overlap(row))
        failures.update({k for v in found for k, said in v.checks.items() if said != PASSED})
    return {
        "n": len(labels),
        "seconds": round(time.perf_counter() - began, 1),
        **figures(labels, accepted, scores),
        "failed": dict(failures),
        "baselines": {
            name: figures(labels, [value >= 0.5 for value in values], values)
            for name, values in overlaps.items()
        },
    }


def main() -> None:
    """Read the command line, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--half", choices=["even", "odd", "all"], default="odd")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = [
        row
        for path in arguments.data
        for row in read_rows(path)
        if arguments.half in ("all", half_of(row["article"]))
    ]
    report = evaluate(rows)
    print(json.dumps(report) if arguments.json else json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
