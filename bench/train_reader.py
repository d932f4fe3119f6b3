"""Train what weighs the reader's measures: `summarizer/data/reader.safetensors` and its figures.

    python -m bench.train_reader --data SHARED/data --kept FOLDER --out reader.safetensors

A marker learns which words sources do not support (bench/train_marker.py), then a logistic model
weighs its marks, the model's likelihoods and the judge's score on the even half of the annotated
sets. For the weighing each third of them is marked by a marker that learned from the other two;
the one that is written learned from all. Wants the converted writer; what takes long is kept in
FOLDER for the next run.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from bench import train_checker
from bench.checker_data import CORRUPTED_SET, about, annotated, articles_of, measured
from bench.corruptions import Pair, pairs, stems_of
from bench.train_checker import Table, balance, figures, folds_of, least, turning, worst
from bench.train_marker import Row, Tensors, marks_of, read_rows, train
from bot.evaluation_faithfulness import area, fitted
from summarizer.casing import mended
from summarizer.evidence import Evidence
from summarizer.judge import THRESHOLD, calibrated
from summarizer.jury import inputs
from summarizer.model import Document
from summarizer.models.lending import Lender
from summarizer.models.memory import Loaded
from summarizer.models.packaged import default_models_folder
from summarizer.reading import (
    MOST_WORDS,
    NAMES,
    Read,
    before_of,
    measures,
    overlaps,
    read_beside,
    shown,
    tokens_of,
)
from summarizer.text import split_sentences

NAME = "geobrief-reader-4"
SEED = 1
MADE, MADE_APART = 1_500, 600
"""Corrupted claims and true ones: the marker learns from the former number."""
FOLDS = 3
"""Each part of the summaries is marked by a marker that learned from the others."""
ROWS = 8
"""Sentences that are read side by side."""
QUANTILES = 60
PENALTY = 100.0
"""Of the logistic model's squared weights; strong, since the annotated sets are small. Chosen by
cross-validation on the even half; a third or twice of it does as well."""
WORST_ROUNDS = 3
MOST_SENTENCES = 6

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What is read: a sentence, what beside, and which stretches of it are known to be false.

    `whole` is all of the sources' text, of which `source` is what is read.
    """

    text: str
    source: str
    whole: str = ""
    changed: tuple[tuple[int, int], ...] = ()
    kind: str = ""
    label: int = 1


def made(data: Path) -> list[Sentence]:
    """Claims and their corruptions in a random order; a true claim has no changed stretch."""
    found = [
        Sentence(
            text=pair.claim,
            source=_beside(pair),
            changed=pair.changed,
            kind=pair.kind,
            label=pair.label,
        )
        for pair in pairs(articles_of(data), int(1.3 * (MADE + MADE_APART)), SEED)
    ]
    random.Random(SEED).shuffle(found)
    return found[: MADE + MADE_APART]


def _beside(pair: Pair) -> str:
    """The sources of a pair that share most words with its claim, as many as a reader is shown."""
    wanted = stems_of(pair.claim)
    near = sorted(pair.sources, key=lambda one: -len(wanted & stems_of(one)))
    kept, room = {near[0]}, MOST_WORDS - len(near[0].split())
    for one in near[1:]:
        if len(one.split()) <= room:
            kept.add(one)
            room -= len(one.split())
    return " ".join(" ".join(one for one in pair.sources if one in kept).split())


def real(data: Path) -> tuple[list[Sentence], list[int]]:
    """The sentences of the even half's summaries, and which summary each is of."""
    found, of, count = [], [], 0
    for row in annotated(data):
        texts = [one.text for one in split_sentences(row["summary"])][:MOST_SENTENCES]
        article = row["article"]
        evidence = Evidence([(Document(id="article", text=article), split_sentences(article))])
        for text in texts:
            claim = mended(text, article)
            found.append(Sentence(text=claim, source=shown(claim, evidence), whole=article))
            of.append(count)
        count += bool(texts)
    return found, of


def rows_of(model: Loaded, sentences: Sequence[Sentence]) -> list[Row]:
    """What a marker is given of each sentence."""
    own, before, changed = [], [], []
    for one in sentences:
        told = model.tokenizer(one.text, add_special_tokens=False, return_offsets_mapping=True)
        own.append(tokens_of(model, one.text))
        before.append(before_of(model, one.source))
        places = told["offset_mapping"][: len(own[-1])]
        false = one.changed
        changed.append([any(a < end and b > start for start, end in false) for a, b in places])
    return read_rows(model.model.model, before, own, changed)


def likelihoods(sentences: Sequence[Sentence], model: Loaded, kept: Path) -> list[Read]:
    """What the model reads of each sentence without an adapter, from `kept` where it is there."""
    if kept.exists():
        known: list[Read] = pickle.loads(kept.read_bytes())
        return known
    order = sorted(range(len(sentences)), key=lambda at: len(sentences[at].source))
    found: dict[int, Read] = {}
    for start in range(0, len(order), ROWS):
        part = [sentences[at] for at in order[start : start + ROWS]]
        read = read_beside(model, [one.source for one in part], [one.text for one in part])
        found.update(zip(order[start : start + ROWS], read, strict=True))
    everything = [found[at] for at in range(len(sentences))]
    kept.write_bytes(pickle.dumps(everything))
    return everything


class Learning:
    """What markers learn from: claims, and the annotated summaries' sentences.

    `table` tells of which summary each sentence is, and the verdicts.
    """

    def __init__(
        self,
        model: Loaded,
        claims: Sequence[Sentence],
        sentences: Sequence[Sentence],
        table: Table,
        kept: Path,
    ) -> None:
        self._model = model
        self._claims = claims
        self._sentences = sentences
        self._table = table
        self._kept = kept

    @cached_property
    def _rows(self) -> tuple[list[Row], list[Row]]:
        return rows_of(self._model, self._claims), rows_of(self._model, self._sentences)

    def marker(self, name: str, seen: NDArray[np.bool_]) -> Tensors:
        """A marker that learned from the summaries of `seen`, or the one kept under `name`."""
        from safetensors.torch import load_file, save_file

        path = self._kept / f"marker-{name}.safetensors"
        if not path.exists():
            claims, rows = self._rows
            table, chosen = self._table, places_of(seen)
            own = [[rows[at] for at in places_of(table.of == one)] for one in chosen]
            weights = balance(table.part(seen))
            layers = self._model.model.model
            save_file(train(layers, claims, own, table.labels[chosen], weights), path)
        return load_file(path)

    def marks(self, tensors: Tensors, sentences: Sequence[Sentence]) -> list[torch.Tensor]:
        """The marks of each sentence's tokens."""
        return marks_of(self._model.model.model, tensors, rows_of(self._model, sentences))


def places_of(chosen: NDArray[np.bool_]) -> list[int]:
    """Where an array is true."""
    return [int(at) for at in np.flatnonzero(chosen)]


def by_kind(
    sentences: Sequence[Sentence], marks: Sequence[torch.Tensor]
) -> dict[str, dict[str, float]]:
    """AUC of each kind of corruption against all true claims, by all marks and by the worst."""
    scores = {
        "marked": [-float(torch.logsumexp(own, 0)) for own in marks],
        "marked_most": [-float(own.max()) for own in marks],
    }
    true = [at for at, one in enumerate(sentences) if one.label]
    found = {}
    for kind in sorted({one.kind for one in sentences if not one.label}):
        false = [at for at, one in enumerate(sentences) if one.kind == kind and not one.label]
        labels = [1] * len(true) + [0] * len(false)
        found[kind] = {"n": float(len(false))} | {
            name: round(area(labels, [own[at] for at in true + false]), 3)
            for name, own in scores.items()
        }
    return found


def weigh(table: Table) -> tuple[Floats, Floats]:
    """The measures' quantiles and the logistic weights; the table's last column is the judge's.

    Of a false summary only its worst sentence is learned from, as the model before sees it.
    """
    from sklearn.linear_model import LogisticRegression

    grid = np.quantile(table.rows[:, :-1], np.linspace(0, 1, QUANTILES), axis=0)
    given = inputs(list(table.rows[:, -1]), table.rows[:, :-1], grid)
    labels = table.labels[table.of]
    weight = balance(table)[table.of]
    keep = np.ones(len(given), dtype=bool)
    for _ in range(WORST_ROUNDS):
        own = weight[keep] / weight[keep].mean()
        model = LogisticRegression(C=1 / PENALTY, max_iter=2000)
        model.fit(given[keep, :-1], labels[keep], own)
        mix = np.append(model.coef_[0], model.intercept_[0])
        keep = worst(table, given @ mix)
    return grid, mix


def cross_validated(table: Table) -> Floats:
    """Each summary's score by a weighing that saw nothing of its document."""
    found = np.zeros(len(table.of))
    for tested in folds_of(table):
        grid, mix = weigh(table.part(~tested))
        mine = tested[table.of]
        given = inputs(list(table.rows[mine, -1]), table.rows[mine, :-1], grid)
        found[mine] = 1 / (1 + np.exp(-(given @ mix)))
    return least(table, found)


def judged(data: Path, kept: Path | None) -> tuple[Table, Iterator[float]]:
    """The annotated summaries, and what a judge that saw nothing of its document says of each."""
    table = train_checker.table_of(measured(data, kept))
    scores = train_checker.sentences_apart(table, folds_of(table))
    chosen = table.sets != CORRUPTED_SET
    mine = chosen[table.of]
    return table.part(chosen), iter(scores[mine])


def placed(judged_table: Table, of: Sequence[int]) -> Table:
    """The summaries with the sentences that are read: the first MOST_SENTENCES of each."""
    return Table(
        rows=np.zeros((len(of), 1)),
        of=np.array(of),
        labels=judged_table.labels,
        sets=judged_table.sets,
        groups=judged_table.groups,
    )


def joined(
    judged_table: Table, scores: Sequence[float], rows: Sequence[Sequence[float]], of: Sequence[int]
) -> Table:
    """The summaries with the reader's measures of each sentence and the judge's score behind."""
    first = np.searchsorted(judged_table.of, np.arange(len(judged_table.labels)))
    place = [first[summary] + at for summary, at in zip(of, _within(of), strict=True)]
    own = [scores[at] for at in place]
    return replace(placed(judged_table, of), rows=np.column_stack([np.array(rows), own]))


def _within(of: Sequence[int]) -> list[int]:
    """Which sentence of its summary each is."""
    seen: Counter[int] = Counter()
    found = []
    for summary in of:
        found.append(seen[summary])
        seen[summary] += 1
    return found


def report_of(table: Table, scores: Floats) -> dict[str, Any]:
    """`figures`, and what thresholds fitted to each set on its other documents give."""
    found: dict[str, Any] = figures(table, scores)
    for name, own in found.items():
        chosen = table.sets == name
        sides = [int(group) * 2_654_435_761 % 2**32 >> 13 & 1 for group in table.groups[chosen]]
        own["fitted"] = fitted([*map(int, table.labels[chosen])], [*scores[chosen]], sides)
    return found


def main() -> None:
    """Read, train the markers, weigh, write."""
    from safetensors.torch import save_file

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kept", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    data, kept = arguments.data, arguments.kept
    kept.mkdir(parents=True, exist_ok=True)
    claims = made(data)
    sentences, of = real(data)
    judged_table, scores = judged(data, kept / "features.jsonl")
    whole = placed(judged_table, of)
    everything = np.ones(len(whole.labels), dtype=bool)
    with Lender(default_models_folder()).lend() as model:
        reads = likelihoods(sentences, model, kept / "likelihoods.pickle")
        learning = Learning(model, claims[:MADE], sentences, whole, kept)
        for number, tested in enumerate(folds_of(whole, FOLDS)):
            mine = places_of(tested[whole.of])
            apart = learning.marker(f"without-{number}", ~tested)
            marks_apart = learning.marks(apart, [sentences[at] for at in mine])
            for at, marks in zip(mine, marks_apart, strict=True):
                reads[at].marks = marks
        tensors = learning.marker("all", everything)
        claimed_marks = learning.marks(tensors, claims[MADE:])
    kinds = by_kind(claims[MADE:], claimed_marks)
    rows = [
        measures(one) + overlaps(text.text, text.whole)
        for one, text in zip(reads, sentences, strict=True)
    ]
    table = joined(judged_table, list(scores), rows, of)
    unseen = cross_validated(table)
    turn = turning(table, unseen)
    report = {
        "judge": report_of(table, least(table, table.rows[:, -1])),
        "marks": report_of(table, least(table, table.rows[:, NAMES.index("marked")])),
        "both": report_of(table, calibrated(unseen, turn)),
        "made": kinds,
    }
    print(json.dumps(report, indent=1))
    grid, mix = weigh(table)
    settings = {"seed": SEED, "made": MADE, "penalty": PENALTY}
    settings["annotated"] = len(everything)
    told = {"name": NAME, "turn": f"{turn:.3f}", "features": json.dumps(NAMES)}
    told |= {"settings": json.dumps(settings), "data": json.dumps(about(data))}
    told |= {"report": json.dumps(report), "threshold": str(THRESHOLD)}
    tensors |= {"grid": torch.from_numpy(grid).float(), "mix": torch.from_numpy(mix).float()}
    save_file(tensors, arguments.out, metadata=told)


if __name__ == "__main__":
    main()
