"""Where the bounds of shared facts and of news lie: set on one half of the stories, told of both.

    python -m bench.thresholds DATA.jsonl.gz [--limit N] [--json]

Rows as in the shared data: `title, article, date, source, cluster`. Clusters whose md5 is even
are for choosing, the others the report. A sentence of one story that another story's article
supports is a fact by chance; the lead of a second report of one event is no news after the
first, that of another event is. All bounds of likeness are moved together, by `shift`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.stories import in_tuning_half
from bot.evaluation import Row, read_rows
from news.changes import is_new
from news.model import Article, Outlet
from news.rows import read_row
from news.statements import SentenceVectors, Statement, as_document, statement
from news.voices import supports
from summarizer.candidates import proper_sentences
from summarizer.encode import SentenceEncoder, bound_torch_threads

SHIFTS = (-0.12, -0.09, -0.06, -0.03, 0.0, 0.03, 0.06, 0.09)
"""Added to every bound of likeness; 0 is the program as it is."""
_SENTENCES = 12
"""Of an article, from its beginning."""
_NEAR = timedelta(days=10)
_NOW = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Report:
    """An article's first sentences, as they are compared, with a row of `vectors` for each."""

    at: datetime
    rows: Sequence[Statement]
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """Two reports of one event, and one of the event that is most alike among those near it."""

    first: Report
    second: Report
    another: Report


def cases(rows: Sequence[Row], vectors: SentenceVectors, limit: int | None) -> list[Case]:
    """Give a case for each story of two outlets that has another within ten days."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: str(row["date"])):
        found[str(row["cluster"])].setdefault(str(row["source"]), row)
    stories = [list(one.values())[:2] for one in found.values() if len(one) > 1][:limit]
    reports = [[_report(row, vectors) for row in story] for story in stories]
    heads = vectors.of([str(story[0]["title"]) for story in stories])
    likeness = heads @ heads.T
    made = []
    for at, (first, second) in enumerate(reports):
        near = [
            other for other, its in enumerate(reports)
            if other != at and abs(its[0].at - first.at) <= _NEAR and its[0].rows
        ]  # fmt: skip
        if near and first.rows and second.rows:
            another = max(near, key=lambda other: float(likeness[at, other]))
            made.append(Case(first=first, second=second, another=reports[another][0]))
    return made


def _report(row: Row, vectors: SentenceVectors) -> Report:
    fields = read_row(dict(row), now=_NOW)
    at = fields.published_at or _NOW
    article = Article(
        id=str(row["id"]), number=0, url=None, title=fields.title, text=fields.text,
        outlet=Outlet(name=fields.source, host=""), language="en", author=None,
        published_at=at, fetched_at=at, content_hash="",
    )  # fmt: skip
    sentences = proper_sentences(as_document(article))[:_SENTENCES]
    said = [statement(article, fields.source, one, place) for place, one in enumerate(sentences)]
    return Report(at=at, rows=said, vectors=vectors.of([one.sentence.text for one in said]))


def facts(stated: Report, other: Report, shift: float) -> int:
    """Count the sentences of a report that another says too."""
    alike = stated.vectors @ other.vectors.T - shift
    return sum(
        any(supports(one, its, float(alike[row, column])) for column, its in enumerate(other.rows))
        for row, one in enumerate(stated.rows)
    )


def lead_is_news(report: Report, known: Report, shift: float) -> bool:
    """Whether the first sentence of a report is news to somebody who read another one whole."""
    return is_new(report.rows[0], known.rows, known.vectors @ report.vectors[0] - shift)


def measured(made: Sequence[Case], shift: float) -> dict[str, float]:
    """Give facts for each pair of reports, and how often leads are judged news, as shares."""
    within = sum(facts(one.first, one.second, shift) for one in made)
    by_chance = sum(facts(one.first, one.another, shift) for one in made)
    again = sum(lead_is_news(one.second, one.first, shift) for one in made)
    new = sum(lead_is_news(one.another, one.first, shift) for one in made)
    n = max(1, len(made))
    return {
        "facts_of_one_event": round(within / n, 3),
        "facts_by_chance": round(by_chance / n, 3),
        "chance_share": round(by_chance / max(1, within), 3),
        "told_again_as_news": round(again / n, 3),
        "told_as_news": round(new / n, 3),
        "balanced_accuracy_of_news": round((1 - again / n + new / n) / 2, 3),
    }


def measure(rows: Sequence[Row], limit: int | None = None) -> dict[str, Any]:
    """Measure both halves at every shift."""
    vectors = SentenceVectors(SentenceEncoder())
    halves: dict[str, Any] = {}
    for name, tuning in (("tuning_half", True), ("report_half", False)):
        mine = [row for row in rows if in_tuning_half(str(row["cluster"])) == tuning]
        made = cases(mine, vectors, limit)
        halves[name] = {"n": len(made), **{f"{one:+.2f}": measured(made, one) for one in SHIFTS}}
    return halves


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--limit", type=int, help="so many stories of each half")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    bound_torch_threads(2)
    started = time.perf_counter()
    found = measure(read_rows(given.data), given.limit)
    found["seconds"] = round(time.perf_counter() - started, 1)
    print(json.dumps(found, indent=None if given.json else 1))


if __name__ == "__main__":
    main()
