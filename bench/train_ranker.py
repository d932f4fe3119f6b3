"""Train the ranker, cross-validated, and write its weights: one command, seeds and data named.

First to prefer what helps the reference, then by the ROUGE of choices that the network itself
draws (REINFORCE with a mean baseline; Williams, 1992; Narayan et al., 2018 on summaries).
python -m bench.train_ranker DATA --cache FOLDER [--folds 5] [--write]
"""

from __future__ import annotations

import hashlib
import json
import pickle
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import structlog
import typer

from bench.ranker_examples import (
    Example,
    examples_of,
    read_ahead,
    rows_of,
    sampled,
    told_by_others,
)
from bench.ranker_scores import measured
from summarizer.encode import Encoder, SentenceEncoder
from summarizer.features import NAMES
from summarizer.ranker import network

if TYPE_CHECKING:
    from torch import Tensor

FILES = {
    "cnn": "summaries/cnn_1000.jsonl.gz",
    "news": "summaries/newssumm_1700.jsonl.gz",
    "stories": "stories/allsides_summaries.jsonl.gz",
}
TRAIN_OF_NEWS, TRAIN_STORIES = 1400, 600
EVERY = {"others": 2}
"""Of which set only every so many-th example is learned from: its pairs are many and long."""

SHAPE = {"features": len(NAMES), "vectors": 384, "width": 128, "heads": 4, "layers": 2}
SEEDS = (0, 1, 2)
TAUGHT_ROUNDS, DRAWN_ROUNDS = 5, 9
RATE, DRAWN_RATE = 1e-3, 3e-4
BATCH, DRAWS, MOST_DRAWN = 24, 12, 24
STILL_TAUGHT = 0.05
"""How much the first stage's loss counts in the second: keeps it from forgetting small sets."""

DROP, NO_VECTORS = 0.1, 0.1
"""The share of examples that hide their vectors: the ranker must do with other encoders too."""

app = typer.Typer(add_completion=False)


def prepared(data: Path, held_at: Path) -> dict[str, list[Example]]:
    """The examples by set, from `held_at` where they were made before; some minutes of encoding."""
    encoder = SentenceEncoder()
    held: dict[str, list[Example]] = {}
    for name, make in _makers(data, encoder):
        path = held_at / f"{name}.pickle"
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(pickle.dumps(list(make())))
        held[name] = pickle.loads(path.read_bytes())[:: EVERY.get(name, 1)]
        structlog.get_logger().info("prepared", set=name, examples=len(held[name]))
    return held


def _makers(data: Path, encoder: Encoder) -> Iterator[tuple[str, Callable[[], Iterator[Example]]]]:
    def articles(rows: Sequence[dict[str, Any]], wanted: float) -> Iterator[Example]:
        known = read_ahead(rows, encoder)
        for row in rows:
            yield from examples_of(row, known, wanted=wanted, by_words=False)

    @cache
    def of_told() -> Encoder:
        return read_ahead(told, encoder)

    def stories() -> Iterator[Example]:
        for row in told:
            yield from examples_of(row, of_told(), wanted=2.5, by_words=True)

    def others() -> Iterator[Example]:
        for row in told:
            yield from told_by_others(row, of_told(), wanted=10.4)

    rows = {name: grouped(rows_of(data / file)) for name, file in FILES.items()}
    told = trained_stories(rows["stories"])
    yield "cnn", lambda: articles(rows["cnn"], 3)
    yield "news", lambda: articles(rows["news"][:TRAIN_OF_NEWS], 4)
    yield "stories", stories
    yield "others", others


def grouped(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, with the same `group` where they have an article in common."""
    owners: dict[str, str] = {}
    found = []
    for row in rows:
        texts = [a["text"] for a in row["articles"]] if "articles" in row else [row["article"]]
        group = next((owners[text] for text in texts if text in owners), row["id"])
        owners.update(dict.fromkeys(texts, group))
        found.append({**row, "group": group})
    return found


def trained_stories(stories: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those to train on: of the training part, with no article of a story that is reported on."""
    reported = {a["text"] for row in stories if "_val_" in row["id"] for a in row["articles"]}
    own = [
        row
        for row in stories
        if "_train_" in row["id"] and not any(a["text"] in reported for a in row["articles"])
    ]
    return sampled(own, TRAIN_STORIES, seed=0)


class Trainer:
    """One network in training, from one seed."""

    def __init__(self, examples: Sequence[Example], seed: int) -> None:
        import torch

        torch.manual_seed(seed)
        torch.set_num_threads(1)
        self._draw = random.Random(seed)
        self._examples = examples
        self.net = network(**SHAPE, drop=DROP)

    def run(self) -> Any:
        """Train in two stages; the network, no longer training."""
        self._stage(TAUGHT_ROUNDS, RATE, self._taught_loss, warm=0.3)
        self._stage(DRAWN_ROUNDS, DRAWN_RATE, self._drawn_loss, warm=0.1)
        return self.net.eval()

    def _stage(self, rounds: int, rate: float, loss_of: Callable[..., Tensor], warm: float) -> None:
        import torch

        steps = rounds * -(-len(self._examples) // BATCH)
        optimizer = torch.optim.AdamW(self.net.parameters(), lr=rate, weight_decay=0.02)
        pace = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps, pct_start=warm)
        self.net.train()
        for _ in range(rounds):
            for batch in self._batches():
                wanted = [one.wanted * self._draw.uniform(0.75, 1.34) for one in batch]
                loss = loss_of(batch, wanted)
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
                optimizer.step()
                pace.step()

    def _batches(self) -> list[list[Example]]:
        """Examples of about one length together, in another order every time."""
        ordered = sorted(self._examples, key=lambda e: len(e.words) + 10 * self._draw.random())
        batches = [ordered[i : i + BATCH] for i in range(0, len(ordered), BATCH)]
        self._draw.shuffle(batches)
        return batches

    def _scores(self, batch: Sequence[Example], wanted: Sequence[float]) -> Tensor:
        import torch

        columns, vectors, mask = padded(batch, wanted)
        shown = torch.rand(len(batch), 1, 1) > NO_VECTORS
        return torch.as_tensor(self.net(columns, vectors * shown, mask))

    def _taught_loss(self, batch: Sequence[Example], wanted: Sequence[float]) -> Tensor:
        return self._taught(batch, self._scores(batch, wanted))

    def _taught(self, batch: Sequence[Example], scores: Tensor) -> Tensor:
        import torch

        target = torch.zeros_like(scores)
        for row, one in enumerate(batch):
            target[row, : len(one.taught)] = torch.from_numpy(one.taught)
        return -(target * torch.log_softmax(scores, -1)).sum(-1).mean()

    def _drawn_loss(self, batch: Sequence[Example], wanted: Sequence[float]) -> Tensor:
        """Make choices that score above the mean of DRAWS choices likelier (Plackett and Luce)."""
        import torch

        scores = self._scores(batch, wanted)
        noise = -torch.log(-torch.log(torch.rand(len(batch), DRAWS, scores.shape[1]) + 1e-9) + 1e-9)
        order = (scores.detach()[:, None] + noise).argsort(-1, descending=True)
        rewards = np.zeros((len(batch), DRAWS), dtype=np.float32)
        sizes = np.zeros((len(batch), DRAWS), dtype=np.int64)
        for row, one in enumerate(batch):
            for draw in range(DRAWS):
                found = order[row, draw, :MOST_DRAWN].tolist()
                chosen = one.cut([i for i in found if i < len(one.words)], wanted[row])
                rewards[row, draw], sizes[row, draw] = one.reward(chosen), len(chosen)
        gain = rewards - rewards.mean(1, keepdims=True)
        gain /= gain.std(1, keepdims=True) + 0.02
        inner = torch.gather(scores[:, None].expand_as(order), 2, order)
        left = torch.flip(torch.logcumsumexp(torch.flip(inner, [2]), 2), [2])
        drawn = torch.arange(scores.shape[1])[None, None] < torch.from_numpy(sizes)[..., None]
        likelihood = ((inner - left) * drawn).sum(-1) / drawn.sum(-1).clamp(min=1)
        drawn_loss = -(torch.from_numpy(gain) * likelihood).mean()
        return drawn_loss + STILL_TAUGHT * self._taught(batch, scores)


def padded(batch: Sequence[Example], wanted: Sequence[float]) -> tuple[Tensor, Tensor, Tensor]:
    """Columns, vectors and a mask of true sentences; `wanted` goes into its column."""
    import torch

    longest = max(len(one.words) for one in batch)
    columns = torch.zeros(len(batch), longest, SHAPE["features"])
    vectors = torch.zeros(len(batch), longest, SHAPE["vectors"])
    mask = torch.zeros(len(batch), longest, dtype=torch.bool)
    for row, one in enumerate(batch):
        count = len(one.words)
        columns[row, :count] = torch.from_numpy(one.columns)
        columns[row, :count, NAMES.index("wanted")] = float(np.log1p(wanted[row]) / 3)
        vectors[row, :count] = torch.from_numpy(one.vectors.astype(np.float32))
        mask[row, :count] = True
    return columns, vectors, mask


def _trained(examples: Sequence[Example], seed: int) -> dict[str, Tensor]:
    return dict(Trainer(examples, seed).run().state_dict())


def _network(weights: dict[str, Tensor]) -> Any:
    net = network(**SHAPE, drop=0.0)
    net.load_state_dict(weights)
    return net.eval()


def split(
    held: dict[str, list[Example]], folds: int
) -> list[tuple[list[Example], dict[str, list[Example]]]]:
    """What each fold is trained on, and by set what it has not seen: no group is in both."""
    groups = dict.fromkeys(one.group for part in held.values() for one in part)
    fold_of = {group: at % folds for at, group in enumerate(groups)}
    return [
        (
            [e for part in held.values() for e in part if fold_of[e.group] != fold],
            {n: [e for e in part if fold_of[e.group] == fold] for n, part in held.items()},
        )
        for fold in range(folds)
    ]


def checksum(data: Path) -> dict[str, str]:
    """The SHA-256 of each file that the ranker is trained on."""
    return {f: hashlib.sha256((data / f).read_bytes()).hexdigest() for f in FILES.values()}


@app.command()
def main(
    data: Path,
    cache: Annotated[Path, typer.Option(help="Where examples are kept between runs.")],
    folds: Annotated[int, typer.Option(help="Parts for cross-validation; 0 for none.")] = 5,
    processes: Annotated[int, typer.Option(help="Networks trained side by side.")] = 2,
    write: Annotated[bool, typer.Option(help="Train on all and write the weights.")] = False,
) -> None:
    """Cross-validate as shipped, with every seed; with --write train on all and keep that."""
    held = prepared(data, cache)
    report: dict[str, Any] = {"data": checksum(data)}
    parts = split(held, folds) if folds else []
    everything = [one for part in held.values() for one in part]
    with ProcessPoolExecutor(processes) as pool:
        final = [pool.submit(_trained, everything, seed) for seed in SEEDS if write]
        found = [[pool.submit(_trained, seen, seed) for seed in SEEDS] for seen, _ in parts]
        if write:
            report["weights"] = str(_written([each.result() for each in final]))
        networks = [[_network(each.result()) for each in fold] for fold in found]
    if folds:
        rows = {row["id"]: row for file in FILES.values() for row in rows_of(data / file)}
        unseen = [part for _, part in parts]
        report["cross_validated"] = measured(zip(networks, unseen, strict=True), rows)
    typer.echo(json.dumps(report, indent=1))


def _written(trained: Sequence[dict[str, Tensor]]) -> Path:
    import torch
    from safetensors.torch import save_file

    path = Path(__file__).parents[1] / "summarizer" / "data" / "ranker.safetensors"
    weights = {
        f"{seed}.{name}": tensor.to(torch.float16).contiguous()
        for seed, one in zip(SEEDS, trained, strict=True)
        for name, tensor in one.items()
    }
    save_file(weights, path, metadata={"shape": json.dumps(SHAPE)})
    return path


if __name__ == "__main__":
    app()
