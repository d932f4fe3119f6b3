"""Story grouping beside its baselines on the half of the clusters no threshold was chosen on.

    python -m bench.stories DATA.jsonl.gz [--limit N] [--json]

Rows as `geobrief eval stories` takes them. Clusters whose md5 is even are the half that weights
and thresholds were chosen on, the baselines' too; the other half is the report.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.evaluation import read_rows
from bot.evaluation_stories import (
    Labelled,
    Member,
    bcubed,
    by_index,
    by_tfidf,
    by_title,
    by_vectors,
    grouped,
    labelled,
)
from news.mending import may_split, to_split
from news.sketch import begun, together
from news.story_index import JOIN, WINDOW, StoryIndex
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
    return in_tuning_half(item.cluster)


def in_tuning_half(cluster: str) -> bool:
    """Say the same of a cluster by its name."""
    return int(hashlib.md5(cluster.encode()).hexdigest(), 16) % 2 == 0


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
    return {
        "n": len(items),
        "report_n": len(report),
        "methods": found,
        "put_right_later": {
            name: _later(report, merging=merging, splitting=splitting)
            for name, merging, splitting in (
                ("never", False, False), ("merged", True, False), ("merged_and_split", True, True),
            )
        },
        "unions_split": unions(report),
    }  # fmt: skip


def _later(items: Sequence[Labelled], *, merging: bool, splitting: bool) -> dict[str, Any]:
    done = grouped(items, merging=merging, splitting=splitting)
    return {**bcubed(done.groups, items), "merges": done.merged, "splits": done.split}


def unions(items: Sequence[Labelled]) -> dict[str, dict[str, int]]:
    """Put two labelled stories together, and say how often they are split where they should be.

    Of each story of two articles or more: with another at random, and with the one that is most
    like it among those of the same ten days. "cohesive": too alike to be looked at closely.
    """
    index = StoryIndex()
    stories: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        index.count(item.signals.terms)
        stories.setdefault(item.cluster, []).append(place)
    listed = [places for places in stories.values() if len(places) > 1]
    parts = [begun(item.signals, index.rarity) for item in items]
    sketches = [together([parts[at] for at in places], index.rarity) for places in listed]
    units = np.stack([sketch.unit() for sketch in sketches])
    chance = random.Random(1)
    found: dict[str, Counter[str]] = {"random": Counter(), "most_alike": Counter()}
    for one, sketch in enumerate(sketches):
        near = [
            other for other, its in enumerate(sketches)
            if other != one and abs(its.first_at - sketch.first_at) <= WINDOW
        ]  # fmt: skip
        partners = {"random": chance.choice([at for at in range(len(listed)) if at != one])}
        if near:
            partners["most_alike"] = max(near, key=lambda other: float(units[one] @ units[other]))
        for name, other in partners.items():
            found[name][_parted(index, items, listed[one], listed[other])] += 1
    return {name: dict(counts) for name, counts in found.items()}


def _parted(
    index: StoryIndex, items: Sequence[Labelled], one: Sequence[int], other: Sequence[int]
) -> str:
    members = [Member(place=place) for place in (*one, *other)]
    read = [items[member.place].signals for member in members]
    both = together([begun(signals, index.rarity) for signals in read], index.rarity)
    if not may_split(both, 0):
        return "cohesive"
    apart = {
        member.place
        for member in to_split(index, members, [signals.vector for signals in read], lambda: read)
    }
    if not apart:
        return "left"
    return "exactly" if apart in (set(one), set(other)) else "elsewhere"


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
