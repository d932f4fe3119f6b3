"""Encoding articles as grouping does: each text alone by plain sentence-transformers, in batches.

    python -m bench.encoding DATA.jsonl.gz [--rows 512] [--threads 1]

Titles and titles with first words apart and together, in turns; the best of `--turns` counts, in
processor seconds, which other programs disturb little. `most` is what full use of the processor
would bring: the rate of one large product of matrices to the rate of texts alone.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.evaluation import read_rows
from news.signals import lead_of
from summarizer.encode import SentenceEncoder, bound_torch_threads

Vectors = NDArray[np.float32]
Way = Callable[[Sequence[str]], Vectors]


class _Exact(SentenceEncoder):
    """Ours where the processor has no bfloat16."""

    def _has_half(self) -> bool:
        return False


def ways() -> dict[str, Way]:
    """Each way of encoding by its name; what it needs is loaded, and warm, when this returns."""
    ours, exact = SentenceEncoder(), _Exact()
    # sentence-transformers' own model, and its own encode()
    plain = SentenceEncoder().load()

    def alone(texts: Sequence[str]) -> Vectors:
        return np.stack([plain.encode([text], normalize_embeddings=True)[0] for text in texts])

    def batched(texts: Sequence[str]) -> Vectors:
        return np.asarray(plain.encode(list(texts), normalize_embeddings=True))

    def unsorted(texts: Sequence[str]) -> Vectors:
        parts = [texts[start : start + 32] for start in range(0, len(texts), 32)]
        return np.concatenate([plain.encode(part, normalize_embeddings=True) for part in parts])

    found: dict[str, Way] = {
        "alone": alone,
        "batches of 32 as they come": unsorted,
        "batches of 32 by length": batched,
        "ours, float32": exact.encode,
        "ours": ours.encode,
    }
    for way in found.values():
        way(["Loaded before the clock starts."] * 2)
    return found


def texts_of(data: Path, rows: int) -> dict[str, list[str]]:
    """Give what grouping encodes of each row: the title, and the title with the first words."""
    found: dict[str, list[str]] = {"titles": [], "with first words": []}
    for row in read_rows(data, rows):
        text = str(row.get("article") or row.get("text") or row.get("description") or "")
        found["titles"].append(str(row["title"]))
        found["with first words"].append(lead_of(str(row["title"]), text))
    return found


def operations(model: Any, texts: Sequence[str]) -> tuple[int, float]:
    """Count the tokens that the model reads of texts, and the floating point operations."""
    shape = model[0].auto_model.config
    wide, inner = shape.hidden_size, shape.intermediate_size
    lengths = [
        len(ids)
        for ids in model.tokenizer(
            list(texts), truncation=True, max_length=model.max_seq_length
        ).input_ids
    ]
    # two a weight and token; twice as many a pair of tokens for likeness and for mixing
    each = [2 * n * (4 * wide**2 + 2 * wide * inner) + 4 * n**2 * wide for n in lengths]
    return sum(lengths), float(shape.num_hidden_layers * sum(each))


def product_rate() -> float:
    """Operations a processor second of one large float32 product of matrices."""
    import torch

    left, right, best = torch.rand(2048, 384), torch.rand(384, 1536), 1e9
    for _ in range(40):
        begun = time.process_time()
        left @ right
        best = min(best, time.process_time() - begun)
    return 2 * 2048 * 384 * 1536 / best


def measure(kinds: dict[str, list[str]], turns: int) -> dict[str, Any]:
    """Texts a processor second by kind and way, the multiple of texts alone, the least cosine."""
    methods, model = ways(), SentenceEncoder().load()
    seconds: dict[tuple[str, str], float] = {}
    vectors: dict[tuple[str, str], Vectors] = {}
    for _ in range(turns):
        for kind, texts in kinds.items():
            for name, way in methods.items():
                begun = time.process_time()
                vectors[kind, name] = way(texts)
                passed = time.process_time() - begun
                seconds[kind, name] = min(seconds.get((kind, name), 1e9), passed)
    found: dict[str, Any] = {}
    rate = product_rate()
    for kind, texts in kinds.items():
        tokens, work = operations(model, texts)
        alone = seconds[kind, "alone"]
        found[kind] = {"texts": len(texts), "tokens": tokens, "most": round(rate * alone / work, 2)}
        for name in methods:
            cosines = (vectors[kind, name] * vectors[kind, "alone"]).sum(axis=1)
            found[kind][name] = {
                "texts_per_processor_second": round(len(texts) / seconds[kind, name], 1),
                "gigaflops": round(work / seconds[kind, name] / 1e9, 1),
                "times_alone": round(alone / seconds[kind, name], 2),
                "least_cosine": round(float(cosines.min()), 5),
            }
    whole = {name: sum(seconds[kind, name] for kind in kinds) for name in methods}
    together = {name: round(whole["alone"] / whole[name], 2) for name in methods}
    return {"product_gigaflops": round(rate / 1e9, 1), **found, "together, times_alone": together}


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", type=int, default=512)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    bound_torch_threads(options.threads)
    print(json.dumps(measure(texts_of(options.data, options.rows), options.turns), indent=1))


if __name__ == "__main__":
    main()
