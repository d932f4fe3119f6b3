"""Train the reader of written sentences: `summarizer/data/reader.safetensors` and its figures.

    python -m bench.train_reader --data SHARED/data --out summarizer/data/reader.safetensors

Learns to mark the words that sources do not support: on corrupted claims, of which it is known
which words were changed, and on the even half of the annotated sets, of which only the verdict
is. A fifth of the documents is kept apart; there it is settled how the reader is weighed beside
the judge.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from bench import train_checker
from bench.checker_data import CORRUPTED_SET, about, annotated, articles_of, measured
from bench.corruptions import Pair, pairs, stems_of
from bot.evaluation_faithfulness import area, balanced
from summarizer.casing import mended
from summarizer.evidence import Evidence
from summarizer.jury import logit, weighed
from summarizer.model import Document
from summarizer.reading import MOST_WORDS, Network, blank, pooled, shown, tokens
from summarizer.text import split_sentences

NAME = "geobrief-reader-1"
SEED = 1
MADE, MADE_APART = 22_000, 300
"""Corrupted claims and their true counterparts: learned from, and kept apart."""
RATE, HEAD_RATE, WARM_UP = 2e-4, 1e-3, 100
ROWS, REAL, EVERY = 32, 16, 4
"""Made claims of a step; annotated summaries of one; so many of the former, then one of these."""
UPPER = 4
"""Layers that are trained; those below them and the word embeddings stay as they are."""
CHANGED_WEIGHT = 3.0
"""What a changed word counts against one that was not."""
MOST_SENTENCES = 6


@dataclass(slots=True, kw_only=True)
class Example:
    """A summary, or a made claim: its sentences with what each is read beside."""

    set: str
    group: int
    label: int
    sentences: list[str]
    sources: list[str]
    changed: tuple[tuple[int, int], ...] | None = None
    """The false stretches of a made claim; None where they are not known."""
    judged: list[float]
    """What a judge by features that saw nothing of the document says of each sentence."""
    weight: float = 1.0

    @property
    def is_apart(self) -> bool:
        """Whether its document belongs to the fifth that is not learned from."""
        return (self.group * 2_654_435_761 % 2**32 >> 9) % 5 == 0


def real_examples(data: Path) -> list[Example]:
    """The annotated summaries of the even half."""
    found = []
    for row in annotated(data):
        texts = [one.text for one in split_sentences(row["summary"])][:MOST_SENTENCES]
        if not texts:
            continue
        article = row["article"]
        evidence = Evidence([(Document(id="article", text=article), split_sentences(article))])
        claims = [mended(one, article) for one in texts]
        found.append(
            Example(
                set=row["set"],
                group=row["group"],
                label=row["label"],
                sentences=claims,
                sources=[shown(claim, evidence) for claim in claims],
                judged=[],
            )
        )
    count = Counter((one.set, one.label) for one in found)
    for one in found:
        one.weight = 1 / math.sqrt(count[one.set, one.label])
    mean = sum(one.weight for one in found) / len(found)
    for one in found:
        one.weight /= mean
    return found


def judge(real: Sequence[Example], data: Path, kept: Path | None) -> None:
    """Let each summary know its sentences' scores by a judge that saw nothing of its document."""
    table = train_checker.table_of(measured(data, kept))
    scores = train_checker.sentences_apart(table, train_checker.folds_of(table))
    own: dict[int, list[float]] = defaultdict(list)
    for summary, score in zip(table.of, scores, strict=True):
        own[int(summary)].append(float(score))
    known = [at for at, name in enumerate(table.sets) if name != CORRUPTED_SET]
    for one, at in zip(real, known, strict=True):
        one.judged = own[at][:MOST_SENTENCES]


def made_examples(data: Path) -> list[Example]:
    """Claims and their corruptions; a true claim has no changed stretch."""
    found = []
    for pair in pairs(articles_of(data), int(1.3 * MADE), SEED):
        group = int(hashlib.sha256(pair.document.encode()).hexdigest()[:7], 16) + 10**6
        found.append(
            Example(
                set=f"{CORRUPTED_SET}" if pair.label else f"{CORRUPTED_SET}: {pair.kind}",
                group=group,
                label=pair.label,
                sentences=[pair.claim],
                sources=[_beside(pair)],
                changed=pair.changed,
                judged=[],
            )
        )
    return found


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


def batches(real: Sequence[Example], made: Sequence[Example]) -> list[list[Example]]:
    """Steps of ROWS made claims of like length; after every few one of annotated summaries."""
    chance, found = random.Random(SEED), []
    order = list(made)
    chance.shuffle(order)
    pool: list[list[Example]] = []
    for start in range(0, len(order), EVERY * ROWS):
        near = sorted(order[start : start + EVERY * ROWS], key=_size)
        group = [near[at : at + ROWS] for at in range(0, len(near), ROWS)]
        chance.shuffle(group)
        if not pool:
            like = sorted(chance.sample(list(real), len(real)), key=_size)
            pool = [like[at : at + REAL] for at in range(0, len(like), REAL)]
            chance.shuffle(pool)
        found.extend([*group, pool.pop()])
    return found


def _size(one: Example) -> int:
    return len(one.sentences) * max(map(len, one.sources))


def read(
    network: Network, tokenizer: Any, batch: Sequence[Example]
) -> tuple[torch.Tensor, torch.Tensor, list[torch.Tensor]]:
    """Token logits, which of them were changed, and the logits of support by summary."""
    sentences = [text for one in batch for text in one.sentences]
    given = tokens(tokenizer, [text for one in batch for text in one.sources], sentences)
    offsets = given.pop("offset_mapping")
    logits = network(given)
    wrong = torch.zeros_like(logits)
    row = 0
    for one in batch:
        for start, end in one.changed or ():
            inside = (offsets[row, :, 0] < end) & (offsets[row, :, 1] > start)
            wrong[row] = torch.where(inside, torch.ones_like(wrong[row]), wrong[row])
        row += len(one.sentences)
    each = torch.split(-pooled(logits), [len(one.sentences) for one in batch])
    return logits, wrong, list(each)


def loss_of(network: Network, tokenizer: Any, batch: Sequence[Example]) -> torch.Tensor:
    """Cross-entropy of the words of made claims, and of the verdicts on all."""
    logits, wrong, each = read(network, tokenizer, batch)
    support = torch.stack([-torch.logsumexp(-one, 0) for one in each])
    labels = torch.tensor([float(one.label) for one in batch])
    weights = torch.tensor([one.weight for one in batch])
    verdicts = functional.binary_cross_entropy_with_logits(support, labels, reduction="none")
    known = torch.tensor([one.changed is not None for one in batch for _ in one.sentences])
    own = torch.isfinite(logits) & known[:, None]
    loss = (verdicts * weights).mean()
    if own.any():
        weight = torch.tensor(CHANGED_WEIGHT)
        words = functional.binary_cross_entropy_with_logits(
            logits[own], wrong[own], pos_weight=weight
        )
        loss = loss + 3 * words
    return loss


def freeze(network: Network) -> None:
    """Leave the word embeddings and the lower layers as they are: they are neither kept nor fit."""
    lower = network.layers.encoder.layer[:-UPPER]
    for tensor in (*network.layers.embeddings.parameters(), *lower.parameters()):
        tensor.requires_grad_(False)


def train(network: Network, tokenizer: Any, steps: Sequence[Sequence[Example]], seen: Any) -> None:
    """Fit the upper layers, in bfloat16.

    On the way it is printed how well those `seen` are told apart: nothing is chosen by it.
    """
    own = [tensor for tensor in network.layers.parameters() if tensor.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": own, "lr": RATE}, {"params": network.head.parameters(), "lr": HEAD_RATE}],
        weight_decay=0.01,
    )
    base = [group["lr"] for group in optimizer.param_groups]
    began, running = time.monotonic(), 0.0
    network.layers.train()
    for at, batch in enumerate(steps):
        factor = min(1.0, (at + 1) / WARM_UP) * max(0.02, 1 - at / len(steps))
        for group, rate in zip(optimizer.param_groups, base, strict=True):
            group["lr"] = rate * factor
        with torch.autocast("cpu", torch.bfloat16):
            loss = loss_of(network, tokenizer, batch)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(own, 1.0)
        optimizer.step()
        running = float(loss.detach()) if at == 0 else 0.98 * running + 0.02 * float(loss.detach())
        if at % 50 == 0:
            spent = time.monotonic() - began
            print(f"step {at} of {len(steps)}, loss {running:.3f}, {spent:.0f} s", flush=True)
        if at % 400 == 399:
            found = [min(values) for values in supports(network, tokenizer, seen)]
            print(figures(seen, found), flush=True)
    network.layers.eval()


def supports(network: Network, tokenizer: Any, rows: Sequence[Example]) -> list[list[float]]:
    """The logits of support of each example's sentences."""
    network.layers.eval()
    found: list[list[float]] = []
    with torch.inference_mode():
        for start in range(0, len(rows), 16):
            _, _, each = read(network, tokenizer, rows[start : start + 16])
            found.extend([float(value) for value in one] for one in each)
    network.layers.train()
    return found


def mixed(rows: Sequence[Example], read: Sequence[Sequence[float]]) -> dict[str, float]:
    """How the judge's logit and the reader's are weighed together, on the fifth apart.

    Each set and label weighs the same; the worst sentence by both stands for a false summary.
    """
    from sklearn.linear_model import LogisticRegression

    count = Counter((one.set, one.label) for one in rows)
    mix = {"judge": 1.0, "reader": 1.0, "constant": 0.0}
    for _ in range(5):
        inputs, labels, weights = [], [], []
        for one, own in zip(rows, read, strict=True):
            pairs = list(zip(map(logit, one.judged), own, strict=True))
            inputs.append(min(pairs, key=lambda pair: weighed(mix, *pair)))
            labels.append(one.label)
            weights.append(min(1.0, count[one.set, one.label] / 15) / count[one.set, one.label])
        scale = len(weights) / sum(weights)
        fitted = LogisticRegression(C=1.0).fit(inputs, labels, [w * scale for w in weights])
        (judge, reader), constant = fitted.coef_[0], fitted.intercept_[0]
        mix = {"judge": float(judge), "reader": float(reader), "constant": float(constant)}
    return mix


def figures(rows: Sequence[Example], scores: Sequence[float]) -> dict[str, Any]:
    """By set: rows, balanced accuracy where scores above 0 count as supported, and the AUC.

    Each kind of corruption stands beside all true claims that were made.
    """
    by_set: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for one, score in zip(rows, scores, strict=True):
        by_set[one.set].append((one.label, score))
    found = {}
    for name, own in sorted(by_set.items()):
        both = own + by_set[CORRUPTED_SET] if name.startswith(f"{CORRUPTED_SET}:") else own
        labels, values = [label for label, _ in both], [score for _, score in both]
        if len(set(labels)) == 2:
            reached = balanced(labels, [value > 0 for value in values])
            found[name] = (len(own), round(reached, 3), round(area(labels, values), 3))
    return found


def main() -> None:
    """Prepare, train, weigh beside the judge, write."""
    from safetensors.torch import load_file, save_file

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--trained", type=Path, help="weigh this file anew, train nothing")
    parser.add_argument("--features", type=Path, help="see bench.train_checker")
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    network, tokenizer = blank()
    freeze(network)
    found = real_examples(arguments.data)
    judge(found, arguments.data, arguments.features)
    apart = [one for one in found if one.is_apart]
    real = [one for one in found if not one.is_apart]
    everything = made_examples(arguments.data)
    made_apart = [one for one in everything if one.is_apart][:MADE_APART]
    made = [one for one in everything if not one.is_apart][:MADE]
    print(f"{len(real)} annotated, {len(made)} made, {len(apart)} apart", flush=True)
    if arguments.trained:
        network.take(load_file(arguments.trained))
    else:
        train(network, tokenizer, batches(real, made), apart + made_apart)
    own = supports(network, tokenizer, apart)
    mix = mixed(apart, own)
    both = [
        min(
            weighed(mix, logit(score), value) for score, value in zip(one.judged, each, strict=True)
        )
        for one, each in zip(apart, own, strict=True)
    ]
    report = {
        "reader": figures(apart, [min(values) for values in own]),
        "judge": figures(apart, [min(map(logit, one.judged)) for one in apart]),
        "both": figures(apart, both),
        "made": figures(
            made_apart, [min(values) for values in supports(network, tokenizer, made_apart)]
        ),
    }
    print(json.dumps({"mix": mix, **report}))
    settings = {
        "seed": SEED,
        "rate": RATE,
        "made": len(made),
        "annotated": len(real),
    }
    told = {"name": NAME, "mix": json.dumps(mix), "settings": json.dumps(settings)}
    told |= {"data": json.dumps(about(arguments.data)), "report": json.dumps(report)}
    tensors = {
        f"layers.{name}": tensor.detach().half().contiguous()
        for name, tensor in network.layers.named_parameters()
        if tensor.requires_grad
    }
    tensors |= {f"head.{k}": v.detach().half() for k, v in network.head.named_parameters()}
    save_file(tensors, arguments.out, metadata=told)


if __name__ == "__main__":
    main()
