"""Story grouping beside its baselines on the half of the clusters no threshold was chosen on.

    python -m bench.stories DATA.jsonl.gz [--limit N] [--json]

Rows as `geobrief eval stories` takes them. Clusters whose md5 is even are the half that weights
and thresholds were chosen on, the baselines' too; the other half is the report.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.evaluation import read_rows
from bot.evaluation_stories import (
    Labelled,
    bcubed,
    by_index,
    by_tfidf,
    by_title,
    by_vectors,
    labelled,
)
from news.story_index import JOIN
from summarizer.encode import SentenceEncoder, bound_torch_threads

Pass = Callable[[Sequence[Labelled], float], list[int]]
_METHODS: dict[str, Pass] = {
    "geobrief": by_index,
    "tfidf_single_pass": by_tfidf,
    "vectors_alone": by_vectors,
}
_GRID = tuple(round(0.15 + 0.02 * step, 2) for step in range(33))


def tuning(item: Labelled) -> bool:
    """Say whether an article's cluster belongs to the half that thresholds were chosen on."""
    return int(hashlib.md5(item.cluster.encode()).hexdigest(), 16) % 2 == 0


def curve(group: Pass, items: Sequence[Labelled]) -> dict[float, float]:
    """Give BCubed F1 at each threshold: a good one does not stand on an edge."""
    return {join: bcubed(group(items, join), items)["bcubed_f1"] for join in _GRID}


def measure(items: Sequence[Labelled]) -> dict[str, Any]:
    """Choose each method's threshold on one half and report it on the other and on all."""
    chosen = [item for item in items if tuning(item)]
    report = [item for item in items if not tuning(item)]
    found: dict[str, Any] = {}
    for name, group in _METHODS.items():
        by_join = curve(group, chosen)
        best = max(by_join, key=lambda one: by_join[one])
        join = JOIN if group is by_index else best
        found[name] = {
            "join": join,
            "report_half": bcubed(group(report, join), report),
            "all": bcubed(group(items, join), items),
            "tuning_curve": by_join,
        }
    found["exact_titles"] = {
        "report_half": bcubed(by_title(report), report),
        "all": bcubed(by_title(items), items),
    }
    return {"n": len(items), "report_n": len(report), "methods": found}


def main() -> None:
    """Measure and print one object."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("data", type=Path)
    options.add_argument("--limit", type=int)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    bound_torch_threads(2)
    started = time.perf_counter()
    result = measure(labelled(read_rows(given.data, given.limit), SentenceEncoder()))
    result["seconds"] = round(time.perf_counter() - started, 1)
    print(json.dumps(result, indent=None if given.json else 1))


if __name__ == "__main__":
    main()
