"""Train the marker of words that sources do not support (summarizer/marking.py).

It learns from claims whose changed words are known, and from annotated summaries of which only the
verdict is: such a summary is wrong as far as any of its words is. What the model read of the
sources does not change while the adapter learns, so it is read once and kept in memory.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from summarizer.marking import ADAPTED, DOWN, LAYERS, UP, Before, Marker, read_before, shallow

SEED = 1
RANK, ROUNDS, RATE, HEAD_RATE, DECAY = 16, 3, 3e-4, 1e-3, 0.01
WARM_STEPS, LEAST_RATE = 30, 0.02
SUMMARY_TOKENS, CLAIM_TOKENS = 700, 400
"""Of written sentences, in one step."""
CHANGED_WEIGHT = 3.0
"""What a changed token counts against one that was not."""
FIRST_LOGIT = -2.5
"""Most tokens are supported."""
ROWS = 8
"""Sources that are read side by side, and sentences that are marked."""

Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One sentence: the keys and values of what stands before it, its tokens, which are false.

    `kept` has shape (LAYERS, 2, heads, places, width); `text` begins with the last token before
    the sentence, `changed` has a 0 or 1 for each token behind that one.
    """

    kept: torch.Tensor
    text: list[int]
    changed: torch.Tensor


def read_rows(
    model: Any, before: Sequence[list[int]], own: Sequence[list[int]], changed: Sequence[list[bool]]
) -> list[Row]:
    """Read what stands before each sentence, the same once."""
    holders: dict[tuple[int, ...], list[int]] = {}
    for at, first in enumerate(before):
        holders.setdefault(tuple(first[:-1]), []).append(at)
    kept: dict[int, torch.Tensor] = {}
    order = sorted(holders, key=len)
    began = time.monotonic()
    with torch.no_grad(), shallow(model):
        for start in range(0, len(order), ROWS):
            part = order[start : start + ROWS]
            read = read_before(model, part)
            for row, text in enumerate(part):
                kept.update(dict.fromkeys(holders[text], _kept_of(read, row)))
            if start % (100 * ROWS) == 0:
                _say(f"sources: {start} of {len(order)}", began)
    return [
        Row(
            kept=kept[at],
            text=[before[at][-1], *own[at]],
            changed=torch.tensor(changed[at], dtype=torch.float32),
        )
        for at in range(len(own))
    ]


def _kept_of(read: Before, row: int) -> torch.Tensor:
    """One row's keys and values without padding, in memory of their own."""
    first = int((read.seen[row] == 0).sum())
    layers = [(layer.keys, layer.values) for layer in read.cache.layers[:LAYERS]]
    return torch.stack([torch.stack([part[row, :, first:] for part in own]) for own in layers])


def joined(rows: Sequence[Row]) -> Before:
    """The rows' keys and values side by side, as `read_before` would have left them."""
    from transformers import DynamicCache

    width = max(row.kept.shape[3] for row in rows)
    cache = DynamicCache()
    padded = [functional.pad(row.kept, (0, 0, width - row.kept.shape[3], 0)) for row in rows]
    together = torch.stack(padded, 2)  # (LAYERS, 2, rows, heads, places, width)
    for layer in range(LAYERS):
        cache.update(together[layer, 0], together[layer, 1], layer)
    seen = [[0] * (width - row.kept.shape[3]) + [1] * row.kept.shape[3] for row in rows]
    return Before(cache=cache, seen=torch.tensor(seen))


def marks_of(model: Any, tensors: Tensors, rows: Sequence[Row]) -> list[torch.Tensor]:
    """The marks of each row's sentence by a finished marker."""
    marker = Marker(tensors)
    order = sorted(range(len(rows)), key=lambda at: rows[at].kept.shape[3])
    found: dict[int, torch.Tensor] = {}
    with torch.inference_mode():
        for start in range(0, len(order), ROWS):
            part = order[start : start + ROWS]
            chosen = [rows[at] for at in part]
            marks = marker.marks(model, joined(chosen), [row.text for row in chosen])
            found.update(zip(part, marks, strict=True))
    return [found[at] for at in range(len(rows))]


def train(
    model: Any,
    claims: Sequence[Row],
    summaries: Sequence[Sequence[Row]],
    labels: NDArray[np.int_],
    weights: NDArray[np.float64],
) -> Tensors:
    """The marker's tensors, float16.

    `claims` have their changed tokens known; of `summaries`, each its sentences' rows, `labels`
    say which are supported (1), `weights` how much each counts.
    """
    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    tensors = _untrained(model)
    turn = torch.tensor([1.0, -1.0])  # from the sum of marks to the verdict: times, plus
    adapter = [tensor for name, tensor in tensors.items() if name.endswith((DOWN, UP))]
    head = [tensor for name, tensor in tensors.items() if not name.endswith((DOWN, UP))]
    learned = [*adapter, *head, turn]
    for tensor in learned:
        tensor.requires_grad_()
    groups = [{"params": adapter, "lr": RATE}, {"params": [*head, turn], "lr": HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=DECAY)
    marker = Marker(tensors)
    of_summaries = torch.tensor(weights / weights.mean(), dtype=torch.float32)
    false = torch.tensor(1 - labels, dtype=torch.float32)

    def of_claims(chosen: Sequence[int]) -> torch.Tensor:
        rows = [claims[at] for at in chosen]
        marks = torch.cat(marker.marks(model, joined(rows), [row.text for row in rows]))
        return functional.binary_cross_entropy_with_logits(
            marks, torch.cat([row.changed for row in rows]), pos_weight=torch.tensor(CHANGED_WEIGHT)
        )

    def of_verdicts(chosen: Sequence[int]) -> torch.Tensor:
        rows = [row for at in chosen for row in summaries[at]]
        marks = iter(marker.marks(model, joined(rows), [row.text for row in rows]))
        worst = [
            torch.logsumexp(torch.cat([next(marks) for _ in summaries[at]]), 0) for at in chosen
        ]
        return functional.binary_cross_entropy_with_logits(
            turn[0] * torch.stack(worst) + turn[1], false[chosen], weight=of_summaries[chosen]
        )

    steps = list(_steps(claims, summaries, chance))
    began, losses = time.monotonic(), {of_claims: [0.0], of_verdicts: [0.0]}
    for step, (is_claims, chosen) in enumerate(steps):
        loss_of = of_claims if is_claims else of_verdicts
        falling = max(LEAST_RATE, 0.5 * (1 + math.cos(math.pi * step / len(steps))))
        for group, rate in zip(optimizer.param_groups, (RATE, HEAD_RATE), strict=True):
            group["lr"] = rate * min(1.0, (step + 1) / WARM_STEPS) * falling
        loss = loss_of(chosen)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        losses[loss_of].append(float(loss.detach()))
        if step % 40 == 0:
            told = [f"{np.mean(own[-40:]):.3f}" for own in losses.values()]
            _say(f"step {step} of {len(steps)}, loss of claims and verdicts {told}", began)
    return {name: tensor.detach().half() for name, tensor in tensors.items()}


def _untrained(model: Any) -> Tensors:
    width = model.config.hidden_size
    tensors = {
        "norm.weight": torch.ones(width),
        "norm.bias": torch.zeros(width),
        "head.weight": torch.zeros(1, width),
        "head.bias": torch.full((1,), FIRST_LOGIT),
    }
    for at, layer in enumerate(model.layers[:LAYERS]):
        for part in ADAPTED:
            above, below = layer.get_submodule(part).weight.shape
            tensors[f"{at}.{part}.{DOWN}"] = torch.randn(RANK, below) / math.sqrt(below)
            tensors[f"{at}.{part}.{UP}"] = torch.zeros(above, RANK)
    return tensors


def _steps(
    claims: Sequence[Row], summaries: Sequence[Sequence[Row]], chance: random.Random
) -> Iterator[tuple[bool, list[int]]]:
    """What each step learns from: whether claims, and which. Every round has other claims."""
    sizes = [sum(len(row.text) for row in summary) for summary in summaries]
    share = len(claims) // ROUNDS
    for turn in range(ROUNDS):
        first = turn * share
        lengths = [len(row.text) for row in claims[first : first + share]]
        found = [(False, part) for part in _parts(sizes, SUMMARY_TOKENS, chance)]
        for part in _parts(lengths, CLAIM_TOKENS, chance):
            found.append((True, [first + at for at in part]))
        chance.shuffle(found)
        yield from found


def _parts(lengths: Sequence[int], room: int, chance: random.Random) -> list[list[int]]:
    """Indexes of about one length together, in parts of at most `room` tokens with padding."""
    order = sorted(range(len(lengths)), key=lambda at: lengths[at] * (1 + 0.15 * chance.random()))
    parts: list[list[int]] = []
    longest = 0
    for at in order:
        longest = max(longest, lengths[at])
        if parts and longest * (len(parts[-1]) + 1) <= room:
            parts[-1].append(at)
        else:
            parts.append([at])
            longest = lengths[at]
    return parts


def _say(line: str, began: float) -> None:
    print(f"{line}, {time.monotonic() - began:.0f} s", flush=True)
