"""How well networks choose on examples that they were not trained on, baselines beside them.

The choice is made as the package makes it: scores averaged over networks, what says the same left
out. ROUGE is `rouge-score`'s, as in `geobrief eval summaries`. Trains nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.ranker_examples import Example
from bot.evaluation_baselines import baselines
from bot.evaluation_summaries import Scores, documents_of, references_of
from summarizer.budget import Budget, fitting
from summarizer.candidates import considered
from summarizer.extract import select, weighed
from summarizer.features import NAMES
from summarizer.leaning import Needs, Standing, stands_alone

_FEW = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Examples of some sets that are measured together, and how much may be chosen of each."""

    sets: tuple[str, ...]
    budget: Budget
    holds: Callable[[Example], bool]
    baselines: tuple[str, ...]


SUITES = {
    "cnn_1000": Suite(
        sets=("cnn",),
        budget=Budget(sentences=3),
        holds=lambda one: not one.short,
        baselines=("lead", "textrank"),
    ),
    "newssumm, training part": Suite(
        sets=("news",),
        budget=Budget(sentences=4),
        holds=lambda one: not one.short,
        baselines=("lead",),
    ),
    "allsides, training part": Suite(
        sets=("stories",),
        budget=Budget(words=60),
        holds=lambda one: not one.short,
        baselines=("lead", "centroid_mmr"),
    ),
    "articles of at most ten sentences": Suite(
        sets=("cnn", "news"),
        budget=Budget(sentences=2),
        holds=lambda one: not one.short and len(one.texts) <= _FEW,
        baselines=("lead",),
    ),
}
"""Whole articles and stories; the last are short as they came, not cut by us."""


def chosen(
    example: Example, networks: Sequence[Any], budget: Budget, needs: Needs = stands_alone
) -> list[int]:
    """What the package would show of the example with these networks, in the example's order.

    `needs` tells which sentences lean on which.
    """
    vectors = example.vectors.astype(np.float32)
    columns = example.columns.copy()

    def of(count: int) -> list[int]:
        columns[:, NAMES.index("wanted")] = np.log1p(count) / 3
        return select(weighed(columns, vectors, count, networks), vectors, count, needs=needs)

    count = budget.likely_sentences
    if budget.words is not None:
        count = fitting(lambda n: int(example.words[of(n)].sum()), budget.words, count)
    return sorted(of(count))


def measured(
    folds: Iterable[tuple[Sequence[Any], Mapping[str, Sequence[Example]]]],
    rows: Mapping[str, Mapping[str, Any]],
    suites: Mapping[str, Suite] = SUITES,
) -> dict[str, Any]:
    """By suite: the figures of every fold's networks on what the fold kept from them, together.

    `folds` gives networks and the sets' unseen examples, of which whole ones are measured; `rows`
    has the data's row by its id, from which baselines choose.
    """
    ours = {name: Scores() for name in suites}
    theirs = {name: {b: Scores() for b in suite.baselines} for name, suite in suites.items()}
    for networks, unseen in folds:
        for name, suite in suites.items():
            examples = [e for part in suite.sets for e in unseen[part] if suite.holds(e)]
            for one in examples:
                references, documents = references_of(rows[one.id]), documents_of(rows[one.id])
                needs = Standing(documents, considered(documents))
                picked = chosen(one, networks, suite.budget, needs)
                ours[name].add(references, [one.texts[i] for i in picked], 0.0)
                for baseline, choose in baselines(suite.baselines).items():
                    lines = choose(documents, suite.budget)
                    theirs[name][baseline].add(references, lines, 0.0)
    return {
        name: {
            "n": len(ours[name].values["rouge1"]),
            "budget": str(suite.budget),
            "ranker": _figures(ours[name]),
            **{baseline: _figures(scores) for baseline, scores in theirs[name].items()},
        }
        for name, suite in suites.items()
    }


def _figures(scores: Scores) -> dict[str, float]:
    return {name: value for name, value in scores.report().items() if name.startswith("rouge")}
