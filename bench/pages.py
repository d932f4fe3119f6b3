"""Article extraction: ours beside trafilatura's two modes on the same pages, in the same run.

Usage: `python bench/pages.py CASES.jsonl.gz [--half even|odd|all] [--limit N]`. Prints one JSON
object. Tuned on the even rows; report the odd ones.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import Any

GRAM = 4
Counts = tuple[int, int, int]
"""True positives, false positives, false negatives."""


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Runs of four words and how often each occurs; of a shorter text, the text."""
    words = re.findall(r"\w+", text)
    size = min(GRAM, len(words))
    starts = range(len(words) - size + 1) if words else range(0)
    return Counter(tuple(words[at : at + size]) for at in starts)


def compared(gold: str, text: str) -> Counts:
    """Shingles in both, in the text only, in the gold only."""
    one, two = shingles(gold), shingles(text)
    return (one & two).total(), (two - one).total(), (one - two).total()


def averaged(counts: Iterable[Counts]) -> dict[str, float]:
    """Precision and recall averaged over pages, and their F1.

    As in scrapinghub's article-extraction-benchmark: a page without any text counts for
    recall alone.
    """
    rows = list(counts)
    precision = mean([tp / (tp + fp) for tp, fp, _ in rows if tp + fp] or [0.0])
    recall = mean([tp / (tp + fn) for tp, _, fn in rows if tp + fn] or [0.0])
    both = precision + recall
    f1 = 2 * precision * recall / both if both else 0.0
    return {"f1": round(f1, 4), "precision": round(precision, 4), "recall": round(recall, 4)}


def segments(row: Mapping[str, Any], text: str) -> Counts:
    """For rows that list passages to be found and passages to be left out."""
    flat = " ".join(text.split())
    wanted = [" ".join(part.split()) in flat for part in row["with"]]
    unwanted = [" ".join(part.split()) in flat for part in row["without"]]
    return sum(wanted), sum(unwanted), len(wanted) - sum(wanted)


def ours(page: bytes, row: Mapping[str, Any], found: dict[str, Counter[str]]) -> str:
    """Our text; `found` counts titles and days that are right."""
    from news.extract import extract_page

    result = extract_page(page, url=row.get("url"), now=datetime.now(UTC))
    if row.get("title"):
        found["title"]["n"] += 1
        found["title"]["right"] += _words(row["title"]) == _words(result.title or "")
    if row.get("date"):
        found["date"]["n"] += 1
        day = result.published_at.date().isoformat() if result.published_at else ""
        found["date"]["right"] += day == row["date"][:10]
        found["date"]["none"] += not day
    return result.text


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _trafilatura(page: bytes, *, precise: bool) -> str:
    from trafilatura import extract

    return extract(page, favor_precision=precise, include_comments=False) or ""


def evaluate(rows: list[Mapping[str, Any]], folder: Path) -> dict[str, Any]:
    """Figures per method and source; pages lie in `folder`, gzip-compressed."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    methods: dict[str, Callable[[bytes, Mapping[str, Any]], str]] = {
        "ours": lambda page, row: ours(page, row, found),
        "trafilatura precision": lambda page, row: _trafilatura(page, precise=True),
        "trafilatura default": lambda page, row: _trafilatura(page, precise=False),
    }
    counts: dict[str, dict[str, list[Counts]]] = {name: defaultdict(list) for name in methods}
    seconds: Counter[str] = Counter()
    for row in rows:
        page = gzip.decompress((folder / row["html"]).read_bytes())
        for name, method in methods.items():
            started = time.perf_counter()
            text = method(page, row)
            seconds[name] += time.perf_counter() - started  # type: ignore[assignment]
            kind = "" if row.get("body") else " (passages)"
            count = compared(row["body"], text) if row.get("body") else segments(row, text)
            counts[name][row["source"] + kind].append(count)
    return {
        "n": len(rows),
        "methods": {
            name: {
                "ms_per_page": round(seconds[name] / max(1, len(rows)) * 1000, 1),
                **{source: averaged(values) for source, values in sorted(by_source.items())},
            }
            for name, by_source in counts.items()
        },
        "facts": {kind: dict(values) for kind, values in found.items()},
    }


def main() -> None:
    """Read the command line, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path)
    parser.add_argument("--half", choices=["even", "odd", "all"], default="odd")
    parser.add_argument("--limit", type=int)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with gzip.open(arguments.cases, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    chosen = {"even": rows[0::2], "odd": rows[1::2], "all": rows}[arguments.half]
    print(json.dumps(evaluate(chosen[: arguments.limit], arguments.cases.parent), indent=1))


if __name__ == "__main__":
    main()
