"""Story grouping measured: BCubed of the story index beside its baselines, and its cost.

    python bench/stories.py DATA.jsonl.gz [--limit N] [--repeats 4] [--json]

Rows as in the shared data: `title, article, date, cluster`. Clusters whose md5 is even are the
half that weights were chosen on; the other half is the report.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import math
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from news.model import Vector
from news.story_index import JOIN, Signals, StoryIndex, encode_parts, terms_of
from summarizer.encode import SentenceEncoder, bound_torch_threads
from summarizer.text import content_words

_STRANGERS = timedelta(days=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A labelled article, ready to be compared."""

    title: str
    text: str
    cluster: str
    signals: Signals

    @property
    def tuning(self) -> bool:
        """Whether its cluster belongs to the half that weights were chosen on."""
        return int(hashlib.md5(self.cluster.encode()).hexdigest(), 16) % 2 == 0


def read(path: Path, limit: int | None) -> list[dict[str, Any]]:
    """Read the rows that have a date, in order of time."""
    from dateutil import parser

    begin = datetime(2000, 1, 1, tzinfo=UTC)
    rows = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            at = parser.parse(str(row["date"]), default=begin.replace(tzinfo=None))
            row["at"] = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
            rows.append(row)
    rows.sort(key=lambda row: (row["at"], row["id"]))
    return rows[:limit]


def prepare(rows: Sequence[dict[str, Any]]) -> tuple[list[Item], float]:
    """Encode the rows as the program does, and give the seconds that the terms took."""
    bound_torch_threads(2)
    pairs = [(str(row["title"]), str(row["article"])) for row in rows]
    vectors = encode_parts(SentenceEncoder(), pairs)
    started = time.perf_counter()
    terms = [terms_of(title, text) for title, text in pairs]
    seconds = time.perf_counter() - started
    return [
        Item(
            title=title,
            text=text,
            cluster=str(row["cluster"]),
            signals=Signals(vector=vector, terms=weights, at=row["at"]),
        )
        for row, (title, text), vector, weights in zip(rows, pairs, vectors, terms, strict=True)
    ], seconds


def by_index(items: Iterable[Item]) -> list[int]:
    """Group with the program's own index."""
    index, groups, last = StoryIndex(), [], 0
    for item in items:
        best = index.best(item.signals)
        if best is not None and best[1] >= JOIN:
            id = best[0]
        else:
            last += 1
            id = last
        index.count(item.signals.terms)
        index.add(id, item.signals, item.title)
        index.drop_before(item.signals.at - 2 * _STRANGERS)
        groups.append(id)
    return groups


def single_pass(
    items: Sequence[Item], vectors: Sequence[Any], like: Callable[[Any, Any], float], join: float
) -> list[int]:
    """Join the group whose mean is most alike among those of the last ten days, or begin one."""
    groups: list[int] = []
    sums: dict[int, Any] = {}
    times: dict[int, datetime] = {}
    for item, vector in zip(items, vectors, strict=True):
        near = [id for id, at in times.items() if item.signals.at - at <= _STRANGERS]
        best = max(((like(sums[id], vector), id) for id in near), default=(0.0, 0))
        id = best[1] if best[0] >= join else len(sums) + 1
        sums[id] = sums[id] + vector if id in sums else vector
        times[id] = item.signals.at
        groups.append(id)
    return groups


def tfidf(items: Sequence[Item]) -> Any:
    """Give TF-IDF rows of title and text, the frequencies counted beforehand over all rows."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    weigher = TfidfVectorizer(analyzer=content_words, sublinear_tf=True, min_df=2)
    return weigher.fit_transform(f"{item.title} {item.text[:3000]}" for item in items)


def bcubed(groups: Sequence[int], items: Sequence[Item]) -> dict[str, float]:
    """BCubed precision, recall and F1 over documents (Bagga and Baldwin 1998), as fractions."""
    both = Counter(zip(groups, (item.cluster for item in items), strict=True))
    ours, gold = Counter(groups), Counter(item.cluster for item in items)
    n = len(items)
    precision = sum(count * count / ours[group] for (group, _), count in both.items()) / n
    recall = sum(count * count / gold[cluster] for (_, cluster), count in both.items()) / n
    return {
        "bcubed_precision": round(precision, 4),
        "bcubed_recall": round(recall, 4),
        "bcubed_f1": round(2 * precision * recall / (precision + recall), 4),
    }


def baselines(items: Sequence[Item], tuning: Sequence[Item]) -> dict[str, list[int]]:
    """Group by each baseline, its threshold chosen on the tuning half."""
    grid = [round(0.05 * step, 2) for step in range(2, 18)]

    def cosine(total: Any, row: Any) -> float:
        dot = float((total @ row.T).toarray()[0, 0])
        return dot / math.sqrt(float(total.multiply(total).sum())) if dot else 0.0

    def alike(total: Vector, row: Vector) -> float:
        return float(total @ row / np.linalg.norm(total))

    found: dict[str, list[int]] = {}
    for name, make, like in (
        ("tfidf single pass", tfidf, cosine),
        ("vectors alone", lambda some: [item.signals.vector for item in some], alike),
    ):
        rows = make(tuning)
        join = max(
            grid,
            key=lambda at: bcubed(
                single_pass(tuning, list(rows), like, at),
                tuning,
            )["bcubed_f1"],
        )
        found[f"{name} ({join})"] = single_pass(items, list(make(items)), like, join)
    return found


def speed(items: Sequence[Item], repeats: int) -> list[dict[str, float]]:
    """Articles a second of the index, the set repeated within one month: ever more open stories."""
    figures = []
    for times in range(1, repeats + 1):
        crowd = _crowd(items, times)
        started = time.process_time()
        groups = by_index(crowd)
        seconds = time.process_time() - started
        figures.append(
            {
                "articles_in_30_days": len(crowd),
                "stories": len(set(groups)),
                "articles_per_second": round(len(crowd) / seconds, 1),
                "ms_per_article": round(1000 * seconds / len(crowd), 3),
            }
        )
    return figures


def _crowd(items: Sequence[Item], times: int) -> list[Item]:
    """All items within 30 days, and `times - 1` more like them that are about other events.

    A repeated item shares a quarter of its words with its model and is 0.6 like it: a
    candidate to be looked at, but not to be joined.
    """
    begin, count = datetime(2022, 1, 1, tzinfo=UTC), len(items) * times
    month = timedelta(days=30)
    crowd = []
    for repeat in range(times):
        for order, item in enumerate(items):
            at = begin + month * ((order * times + repeat) / count)
            signals = replace(item.signals, at=at)
            if repeat:
                turned = np.roll(signals.vector, repeat)
                vector = 0.6 * signals.vector + 0.8 * turned
                vector /= np.linalg.norm(vector)
                terms = {
                    term if zlib.crc32(term.encode()) % 4 == 0 else f"{term}~{repeat}": weight
                    for term, weight in signals.terms.items()
                }
                signals = replace(signals, vector=vector, terms=terms)
            crowd.append(replace(item, signals=signals))
    return sorted(crowd, key=lambda item: item.signals.at)


def main() -> None:
    """Measure and print one object."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("data", type=Path)
    options.add_argument("--limit", type=int)
    options.add_argument("--repeats", type=int, default=4)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    started = time.perf_counter()
    items, terms_seconds = prepare(read(given.data, given.limit))
    halves = defaultdict(list)
    for item in items:
        halves[item.tuning].append(item)
    report = halves[False]
    result: dict[str, Any] = {
        "n": len(items),
        "all": bcubed(by_index(items), items),
        "report_half": {"n": len(report), **bcubed(by_index(report), report)},
        "baselines": {
            name: bcubed(groups, report) for name, groups in baselines(report, halves[True]).items()
        },
        "terms_ms_per_article": round(1000 * terms_seconds / max(1, len(items)), 2),
        "index_speed": speed(items, given.repeats),
    }
    result["seconds"] = round(time.perf_counter() - started, 1)
    print(json.dumps(result, indent=None if given.json else 1))


if __name__ == "__main__":
    main()
