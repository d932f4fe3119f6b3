"""Train what weighs the reader's measures: `summarizer/data/reader.safetensors` and its figures.

    python -m bench.train_reader --data SHARED/data --kept FOLDER --out reader.safetensors

A probe learns which tokens of corrupted claims were changed, from the packaged language model's
states; then a logistic model weighs its marks, the model's likelihoods and the judge's score on
the even half of the annotated sets. The odd half is not looked at. Wants the converted writer;
what the model said is kept in FOLDER for the next run.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from bench import train_checker
from bench.checker_data import CORRUPTED_SET, about, annotated, articles_of, measured
from bench.corruptions import Pair, pairs, stems_of
from bench.train_checker import Table, balance, figures, folds_of, least, turning, worst
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
    LAYER,
    MOST_TOKENS,
    MOST_WORDS,
    NAMES,
    Probe,
    Read,
    before_of,
    forward,
    measures,
    overlaps,
    read_beside,
    shown,
    tokens_of,
)
from summarizer.text import split_sentences

NAME = "geobrief-reader-2"
SEED = 1
MADE, MADE_APART = 9_000, 600
"""Corrupted claims and true ones: the probe learns from the former number."""
ROWS = 8
"""Sentences that are read side by side."""
WIDTH, ROUNDS, BATCH, RATE, DROPPED = 48, 6, 1024, 1.5e-3, 0.3
CHANGED_WEIGHT = 3.0
"""What a changed token counts against one that was not."""
QUANTILES = 60
PENALTY = 100.0
"""Of the logistic model's squared weights; strong, since the annotated sets are small. Chosen by
cross-validation on the even half."""
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


Ask = Callable[[Loaded, Sequence[str], Sequence[str]], list[Any]]


def read(sentences: Sequence[Sentence], kept: Path, lender: Lender, ask: Ask) -> list[Any]:
    """What `ask` gives of each sentence, from `kept` where it was asked before."""
    if kept.exists():
        with kept.open("rb") as file:
            known: list[Any] = pickle.load(file)
        return known
    order = sorted(range(len(sentences)), key=lambda at: len(sentences[at].source))
    found: dict[int, Any] = {}
    began = time.monotonic()
    with lender.lend() as model:
        for start in range(0, len(order), ROWS):
            part = order[start : start + ROWS]
            texts = [sentences[at] for at in part]
            each = ask(model, [one.source for one in texts], [one.text for one in texts])
            found.update(zip(part, each, strict=True))
            if start % (100 * ROWS) == 0:
                print(f"{start} of {len(order)}, {time.monotonic() - began:.0f} s", flush=True)
    everything = [found[at] for at in range(len(sentences))]
    with kept.open("wb") as file:
        pickle.dump(everything, file)
    return everything


def states(model: Loaded, sources: Sequence[str], sentences: Sequence[str]) -> list[Any]:
    """LAYER's states of each sentence's tokens; the layers above it are left out."""
    layers = model.model.model.layers
    model.model.model.layers = layers[:LAYER]
    try:
        own = [tokens_of(model, one) for one in sentences]
        before = [before_of(model, one) for one in sources]
        with torch.inference_mode():
            return [middle.half().clone() for _, middle in forward(model, before, own)]
    finally:
        model.model.model.layers = layers


def marks(sentences: Sequence[Sentence], lender: Lender) -> torch.Tensor:
    """For the sentences' tokens, one behind another, whether they stand in a changed stretch."""
    found = []
    with lender.lend() as model:
        for one in sentences:
            given = model.tokenizer(one.text, add_special_tokens=False, return_offsets_mapping=True)
            places = given["offset_mapping"][:MOST_TOKENS]
            found += [any(a < end and b > start for start, end in one.changed) for a, b in places]
    return torch.tensor(found, dtype=torch.float32)


def fit_probe(states: torch.Tensor, labels: torch.Tensor) -> dict[str, torch.Tensor]:
    """The probe's weights: cross-entropy of the tokens, with dropout."""
    torch.manual_seed(SEED)
    mean, spread = states.float().mean(0), states.float().std(0) + 1e-3
    first, last = torch.nn.Linear(states.shape[1], WIDTH), torch.nn.Linear(WIDTH, 1)
    parameters = [*first.parameters(), *last.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.05)
    weight = torch.tensor(CHANGED_WEIGHT)
    for _ in range(ROUNDS):
        total = 0.0
        for chosen in torch.split(torch.randperm(len(labels)), BATCH):
            given = ((states[chosen].float() - mean) / spread).clamp(-6, 6)
            hidden = functional.gelu(first(functional.dropout(given, DROPPED)))
            logits = last(functional.dropout(hidden, DROPPED)).squeeze(-1)
            loss = functional.binary_cross_entropy_with_logits(
                logits, labels[chosen], pos_weight=weight
            )
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
            total += float(loss.detach()) * len(chosen)
        for group in optimizer.param_groups:
            group["lr"] *= 0.7
        print(f"probe: loss {total / len(labels):.4f}", flush=True)
    return {
        "mean": mean,
        "spread": spread,
        "in.weight": first.weight.detach(),
        "in.bias": first.bias.detach(),
        "out.weight": last.weight.detach(),
        "out.bias": last.bias.detach(),
    }


def by_kind(
    sentences: Sequence[Sentence], reads: Sequence[Read], probe: Probe
) -> dict[str, dict[str, float]]:
    """AUC of each kind of corruption against all true claims, by each measure that tells most."""
    rows = np.array([measures(one, probe) for one in reads])
    true = [at for at, one in enumerate(sentences) if one.label]
    found = {}
    for kind in sorted({one.kind for one in sentences if not one.label}):
        false = [at for at, one in enumerate(sentences) if one.kind == kind and not one.label]
        labels = [1] * len(true) + [0] * len(false)
        found[kind] = {"n": float(len(false))} | {
            name: round(area(labels, [*rows[true + false, NAMES.index(name)]]), 3)
            for name in ("gain_low", "gap_low", "marked", "marked_most")
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


def joined(data: Path, rows: Sequence[Sequence[float]], of: Sequence[int], kept: Path) -> Table:
    """The summaries with the reader's measures of each sentence and the judge's score behind."""
    table, scores = judged(data, kept)
    each = list(scores)
    first = np.searchsorted(table.of, np.arange(len(table.labels)))
    place = [first[summary] + at for summary, at in zip(of, _within(of), strict=True)]
    return Table(
        rows=np.column_stack([np.array(rows), [each[at] for at in place]]),
        of=np.array(of),
        labels=table.labels,
        sets=table.sets,
        groups=table.groups,
    )


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
    """Read, train the probe, weigh, write."""
    from safetensors.torch import save_file

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kept", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.kept.mkdir(parents=True, exist_ok=True)
    lender = Lender(default_models_folder())
    claims = made(arguments.data)
    learned, apart_claims = claims[:MADE], claims[MADE:]
    known = read(learned, arguments.kept / "states.pickle", lender, states)
    tensors = fit_probe(torch.cat(known), marks(learned, lender))
    probe = Probe(tensors)
    reads = read(apart_claims, arguments.kept / "apart.pickle", lender, read_beside)
    kinds = by_kind(apart_claims, reads, probe)
    print(json.dumps(kinds), flush=True)
    sentences, of = real(arguments.data)
    real_reads = read(sentences, arguments.kept / "real.pickle", lender, read_beside)
    rows = [
        measures(one, probe) + overlaps(text.text, text.whole)
        for one, text in zip(real_reads, sentences, strict=True)
    ]
    table = joined(arguments.data, rows, of, arguments.kept / "features.jsonl")
    apart = cross_validated(table)
    turn = turning(table, apart)
    report = {
        "judge": report_of(table, least(table, table.rows[:, -1])),
        "both": report_of(table, calibrated(apart, turn)),
        "made": kinds,
    }
    print(json.dumps(report, indent=1))
    grid, mix = weigh(table)
    settings = {"seed": SEED, "made": MADE, "penalty": PENALTY, "annotated": len(table.labels)}
    told = {"name": NAME, "turn": f"{turn:.3f}", "features": json.dumps(NAMES)}
    told |= {"settings": json.dumps(settings), "data": json.dumps(about(arguments.data))}
    told |= {"report": json.dumps(report), "threshold": str(THRESHOLD)}
    kept = {name: tensor.half() for name, tensor in tensors.items()}
    kept |= {"grid": torch.from_numpy(grid).float(), "mix": torch.from_numpy(mix).float()}
    save_file(kept, arguments.out, metadata=told)


if __name__ == "__main__":
    main()
