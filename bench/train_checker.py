"""Train the judge of written sentences: `summarizer/data/judge.safetensors` and its figures.

    python -m bench.train_checker --data SHARED/data --out summarizer/data/judge.safetensors

Learns on the even half of the annotated sets, by document, and on corrupted claims made from
article texts; reports cross-validation and what each set gives when it is left out. The odd half
is not looked at. `--features FILE` keeps what was measured of each sentence for the next run.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.checker_data import CORRUPTED, CORRUPTED_SET, EACH, SEED, USED, about, measured
from bot.evaluation_faithfulness import area, balanced
from summarizer.judge import NAMES, THRESHOLD, calibrated, members, ranked

NAME = "geobrief-judge-1"
QUANTILES = 60
ROUNDS = 3
"""Of a false summary only its worst sentence is learned from: found by the model before."""

MEMBERS: Sequence[tuple[str | None, float, float, float]] = (
    ("two_sentences", 0.7, 0.08, 0.02),
    ("high_best_mean", 0.65, 0.07, 0.02),
    (None, 0.0, 1.0, 0.02),
)
"""For each member: the feature that tells copied from freely worded text, where it turns, how
sharply, and the penalty on weights. Chosen by cross-validation on the even half."""

UNCOUNTED = frozenset((CORRUPTED_SET, "xsumfaith_xsumfaith"))
"""Sets that have no part in choosing where to turn: one is made, one has hardly a true summary."""

LOWERS = (
    *("missing_words", "missing_run", "denies_more", "denies_less", "tells_more", "tells_less"),
    *("new", "new_names", "new_numbers", "low_new_sum", "high_new_sum"),
)
"""Features of which more never makes a sentence more credible; of all others, never less."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Summaries: their sentences' features in `rows`, and which summary each is `of`."""

    rows: Floats
    of: NDArray[np.int64]
    labels: NDArray[np.int64]
    sets: NDArray[np.str_]
    groups: NDArray[np.int64]

    def part(self, chosen: NDArray[np.bool_]) -> Table:
        """The summaries that are chosen, with their sentences."""
        place = np.cumsum(chosen) - 1
        mine = chosen[self.of]
        return Table(
            rows=self.rows[mine],
            of=place[self.of[mine]],
            labels=self.labels[chosen],
            sets=self.sets[chosen],
            groups=self.groups[chosen],
        )


def fit_member(
    rows: Floats, labels: NDArray[np.int64], weight: Floats, grid: Floats, member: Any
) -> Floats:
    """The weights of one member: logistic loss, squared penalty, signs as LOWERS says."""
    from scipy.optimize import minimize

    penalty = member[3]
    inputs = members(ranked(rows, grid), rows, [member[:3]])[0]
    plain = len(inputs[0]) - len(NAMES) * (1 if member[0] is None else 2)

    def loss(weights: Floats) -> tuple[float, Floats]:
        likely = 1 / (1 + np.exp(-(inputs @ weights)))
        held = labels * np.log(likely + 1e-12) + (1 - labels) * np.log(1 - likely + 1e-12)
        bound = weights.copy()
        bound[-plain:] = 0
        slope = inputs.T @ (weight * (likely - labels)) + 2 * penalty * bound
        return float(-(weight * held).sum() + penalty * (bound @ bound)), slope

    signs = [(None, 0) if name in LOWERS else (0, None) for name in NAMES]
    bounds = signs * ((inputs.shape[1] - plain) // len(NAMES)) + [(None, None)] * plain
    found = minimize(
        loss, np.zeros(inputs.shape[1]), jac=True, bounds=bounds, method="L-BFGS-B",
        options={"maxiter": 300},
    )  # fmt: skip
    return np.asarray(found.x)


def fit(table: Table) -> Callable[[Floats], Floats]:
    """A model of the table, as a function from rows of features to scores."""
    return model(*parameters(table))


def model(grid: Floats, weights: Sequence[Floats]) -> Callable[[Floats], Floats]:
    """What the judge computes from its parameters."""

    def scores(rows: Floats) -> Floats:
        inputs = members(ranked(rows, grid), rows, [member[:3] for member in MEMBERS])
        each = [1 / (1 + np.exp(-(x @ w))) for x, w in zip(inputs, weights, strict=True)]
        return np.asarray(np.mean(each, axis=0))

    return scores


def parameters(table: Table) -> tuple[Floats, list[Floats]]:
    """The quantiles of each feature and the members' weights, learned from the table."""
    keep = np.ones(len(table.of), dtype=bool)
    sizes = np.bincount(table.of)
    for turn in range(ROUNDS):
        labels = table.labels[table.of]
        share = np.where((labels == 1) | (turn == 0), sizes[table.of], 1)
        weight = (balance(table)[table.of] / share)[keep]
        grid = np.quantile(table.rows[keep], np.linspace(0, 1, QUANTILES), axis=0)
        weights = [
            fit_member(table.rows[keep], labels[keep], weight / weight.sum(), grid, member)
            for member in MEMBERS
        ]
        keep = worst(table, model(grid, weights)(table.rows))
    return grid, weights


def balance(table: Table) -> Floats:
    """Each set weighs the same, small ones less, and in each its two labels."""
    size, held = Counter(table.sets), Counter(zip(table.sets, table.labels, strict=True))
    return np.array(
        [
            min(1.0, size[name] / 150) ** 0.5 / held[name, label]
            for name, label in zip(table.sets, table.labels, strict=True)
        ]
    )


def worst(table: Table, scores: Floats) -> NDArray[np.bool_]:
    """All sentences of supported summaries, and the least supported one of every other."""
    keep: NDArray[np.bool_] = table.labels[table.of] == 1
    for summary in np.flatnonzero(table.labels == 0):
        own = np.flatnonzero(table.of == summary)
        keep[own[scores[own].argmin()]] = True
    return keep


def least(table: Table, scores: Floats) -> Floats:
    """A summary's score is its least supported sentence's."""
    found = np.ones(len(table.labels))
    np.minimum.at(found, table.of, scores)
    return found


def cross_validated(table: Table, folds: int = 5) -> Floats:
    """Each summary's score by a model that saw no summary of its document."""
    return least(table, sentences_apart(table, folds_of(table, folds)))


def folds_of(table: Table, folds: int = 5) -> list[NDArray[np.bool_]]:
    """The summaries of each fold; a document stands in one of them."""
    fold = ((table.groups * 2_654_435_761) % 2**32 >> 7) % folds
    return [fold == one for one in range(folds)]


def left_out(table: Table) -> Floats:
    """Each summary's score by a model that saw nothing of its set, nor of its documents."""
    parts = [table.sets == name for name in sorted(set(table.sets))]
    return least(table, sentences_apart(table, parts))


def sentences_apart(table: Table, parts: Sequence[NDArray[np.bool_]]) -> Floats:
    """Each sentence's score by a model that saw nothing of its summary's part or document."""
    found = np.zeros(len(table.of))
    for tested in parts:
        seen = np.isin(table.groups, table.groups[tested])
        scores = fit(table.part(~tested & ~seen))(table.rows)
        mine = tested[table.of]
        found[mine] = scores[mine]
    return found


def figures(table: Table, scores: Floats) -> dict[str, dict[str, float]]:
    """Balanced accuracy at THRESHOLD, and the area under the curve, for each set."""
    found = {}
    for name in sorted(set(table.sets)):
        own = table.sets == name
        labels = [int(one) for one in table.labels[own]]
        found[str(name)] = {
            "balanced_accuracy": round(
                balanced(labels, [bool(score >= THRESHOLD) for score in scores[own]]), 4
            ),
            "auc": round(area(labels, [float(score) for score in scores[own]]), 4),
        }
    return found


def table_of(entries: Sequence[dict[str, Any]]) -> Table:
    """The measured summaries as arrays."""
    return Table(
        rows=np.array([row for entry in entries for row in entry["rows"]]),
        of=np.array([at for at, entry in enumerate(entries) for _ in entry["rows"]]),
        labels=np.array([entry["label"] for entry in entries]),
        sets=np.array([entry["set"] for entry in entries]),
        groups=np.array([entry["group"] for entry in entries]),
    )


def save(path: Path, grid: Floats, weights: Sequence[Floats], told: dict[str, str]) -> None:
    """Write what the judge loads: float32 tensors, and as metadata what it was made of."""
    from safetensors.numpy import save_file

    tensors = {"grid": grid.astype(np.float32)}
    for at, each in enumerate(weights):
        tensors[f"weights.{at}"] = each.astype(np.float32)
    save_file(tensors, path, metadata=told)


def turning(table: Table, scores: Floats) -> float:
    """The score from which on to accept: the best mean of the sets' balanced accuracies."""
    chosen = [
        (table.labels[own], scores[own])
        for name in sorted(set(table.sets) - UNCOUNTED)
        for own in [table.sets == name]
    ]

    def reached(cut: float) -> float:
        each = [balanced([*map(int, a)], [bool(one >= cut) for one in b]) for a, b in chosen]
        return float(np.mean(each))

    cuts = np.linspace(0.3, 0.7, 41)
    # of neighbouring cuts the middle one: a single best one is luck
    smooth = np.convolve([reached(cut) for cut in cuts], np.ones(5) / 5, mode="same")[2:-2]
    return float(cuts[2:-2][smooth.argmax()])


def main() -> None:
    """Measure, cross-validate, train on all of it, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--features", type=Path)
    arguments = parser.parse_args()
    table = table_of(measured(arguments.data, arguments.features))
    apart = cross_validated(table)
    turn = turning(table, apart)
    report: dict[str, dict[str, Any]] = {
        "summaries": dict(Counter(map(str, table.sets))),
        "cross_validated": figures(table, calibrated(apart, turn)),
        "left_out": figures(table, calibrated(left_out(table), turn)),
    }
    grid, weights = parameters(table)
    told = {
        "name": NAME,
        "turn": f"{turn:.3f}",
        "features": json.dumps(NAMES),
        "members": json.dumps([member[:3] for member in MEMBERS]),
        "settings": json.dumps(
            {"seed": SEED, "corrupted": CORRUPTED, "articles": USED, "each": EACH,
             "quantiles": QUANTILES, "rounds": ROUNDS, "members": MEMBERS}
        ),
        "data": json.dumps(about(arguments.data)),
        "report": json.dumps(report),
    }  # fmt: skip
    save(arguments.out, grid, weights, told)
    for way in ("cross_validated", "left_out"):
        shown = {k: v for k, v in report[way].items() if k not in UNCOUNTED}
        mean = float(np.mean([one["balanced_accuracy"] for one in shown.values()]))
        print(way, round(mean, 4), json.dumps(report[way]))


if __name__ == "__main__":
    main()
