"""Encoding texts of mixed length: each alone by plain sentence-transformers, and in batches.

    python -m bench.encoding DATA.jsonl.gz [--rows 512] [--threads 1]

Every way encodes the same texts (a row's title, and its title with its first words, as grouping
does), in turns, the best of `--turns` counts: processor seconds, which other programs on the
machine disturb little. Vectors are compared with those of texts alone.
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


def texts_of(data: Path, rows: int) -> list[str]:
    """Give what grouping encodes of each row: the title, and the title with the first words."""
    found = []
    for row in read_rows(data, rows):
        text = str(row.get("article") or row.get("text") or row.get("description") or "")
        found += [str(row["title"]), lead_of(str(row["title"]), text)]
    return found


def measure(texts: Sequence[str], turns: int) -> dict[str, Any]:
    """Texts a processor second by way, as a multiple of the first's, and the least cosine to it."""
    best: dict[str, float] = {}
    vectors: dict[str, Vectors] = {}
    methods = ways()
    for _ in range(turns):
        for name, way in methods.items():
            begun = time.process_time()
            vectors[name] = way(texts)
            best[name] = min(best.get(name, 1e9), time.process_time() - begun)
    return {
        name: {
            "texts_per_processor_second": round(len(texts) / seconds, 1),
            "times_alone": round(best["alone"] / seconds, 2),
            "least_cosine": round(float((vectors[name] * vectors["alone"]).sum(axis=1).min()), 5),
        }
        for name, seconds in best.items()
    }


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", type=int, default=512)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    bound_torch_threads(options.threads)
    texts = texts_of(options.data, options.rows)
    words = sorted(len(text.split()) for text in texts)
    found = measure(texts, options.turns)
    print(json.dumps({"texts": len(texts), "words": words[:: len(words) // 4], **found}, indent=1))


if __name__ == "__main__":
    main()
