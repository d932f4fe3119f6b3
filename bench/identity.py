"""How long it takes to know a text among many: stored articles of random words, some copied.

    python bench/identity.py [--stored 100000] [--asked 500] [--words 350] [--json]

Asks in equal parts for new texts, edited copies of stored ones, and texts that share a standing
form with many. Milliseconds of looking up and comparing; the signature is told apart.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from news.model import Draft, Outlet
from news.receiving import identity_of, original
from news.store import Store

_BEGIN = datetime(2022, 1, 1, tzinfo=UTC)
_BATCH = 1000


class Texts:
    """Random texts: words of a made-up vocabulary, the frequent ones often, as in languages."""

    def __init__(self, words: int, seed: int = 7) -> None:
        self._words = words
        self._random = np.random.default_rng(seed)
        letters = np.array(list("abcdefghijklmnoprstuvw"))
        sizes = self._random.integers(2, 10, 40_000)
        self._vocabulary = np.array(["".join(self._random.choice(letters, n)) for n in sizes])
        weights = 1.0 / np.arange(10, 40_010)
        self._weights = weights / weights.sum()
        self._form = " ".join(self._draw(self._words // 2))

    def new(self) -> str:
        """Give a text that is nobody's copy."""
        return " ".join(self._draw(self._words))

    def form(self) -> str:
        """Give a text of which nearly half is the same in all of its kind."""
        return f"{self._form} {' '.join(self._draw(self._words // 2))}"

    def edited(self, text: str) -> str:
        """Give a copy with a credit line, where every 30th word is another one."""
        words = text.split()
        for at in range(0, len(words), 30):
            words[at] = str(self._draw(1)[0])
        return " ".join([*words, "with", "agency", "material"])

    def _draw(self, count: int) -> list[str]:
        return list(self._random.choice(self._vocabulary, count, p=self._weights))


def _draft(text: str, number: int) -> Draft:
    at = _BEGIN + timedelta(minutes=2 * number)
    return Draft(
        url=f"https://paper-{number % 300}.example/{number}",
        title=" ".join(text.split()[:8]),
        text=text,
        outlet=Outlet(name=f"Paper {number % 300}", host=f"paper-{number % 300}.example"),
        published_at=at,
        fetched_at=at,
    )


def fill(store: Store, texts: Texts, count: int) -> list[str]:
    """Store so many articles, one in fifty of the same form; give some of their texts."""
    kept = []
    for start in range(0, count, _BATCH):
        drafts = [
            _draft(texts.form() if number % 50 == 0 else texts.new(), number)
            for number in range(start, min(start + _BATCH, count))
        ]
        found = [(draft, identity_of(draft)) for draft in drafts]
        with store.database.write() as connection:
            for draft, identity in found:
                store.articles.add(connection, draft, identity, None)
        kept.append(drafts[1].text)
    return kept


def measure(
    store: Store, texts: Texts, kept: list[str], asked: int, stored: int
) -> dict[str, object]:
    """Look texts up, and give the milliseconds and how many copies were recognised."""
    seconds: dict[str, list[float]] = {"new": [], "edited": [], "form": []}
    signing, right = [], 0
    for number in range(asked):
        kind = ("new", "edited", "form")[number % 3]
        source = kept[number % len(kept)]
        text = texts.new() if kind == "new" else texts.form()
        text = texts.edited(source) if kind == "edited" else text
        draft = _draft(text, stored + number)
        begun = time.perf_counter()
        identity = identity_of(draft)
        signing.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        with store.database.read() as connection:
            _, equal, like = store.articles.same_or_like(connection, identity)
        near = replace(draft, published_at=like[0].published_at) if like else draft
        found = original(near, identity, equal + like)
        seconds[kind].append(time.perf_counter() - begun)
        right += kind == "edited" and found is not None
    return {
        "stored": stored,
        "lookup_ms": {
            kind: {
                "median": round(1000 * statistics.median(values), 2),
                "p99": round(1000 * float(np.percentile(values, 99)), 2),
            }
            for kind, values in seconds.items()
        },
        "signature_ms": round(1000 * statistics.median(signing), 2),
        "copies_recognised": f"{right}/{len(seconds['edited'])}",
    }


def main() -> None:
    """Fill a store that is thrown away and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--stored", type=int, default=100_000)
    parser.add_argument("--asked", type=int, default=600)
    parser.add_argument("--words", type=int, default=350)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="geobrief-identity-") as folder:
        store = Store(Path(folder) / "news.db")
        texts = Texts(options.words)
        begun = time.perf_counter()
        kept = fill(store, texts, options.stored)
        filled = time.perf_counter() - begun
        found = measure(store, texts, kept, options.asked, options.stored)
        found["fill_seconds"] = round(filled, 1)
        found["file_mb"] = round((Path(folder) / "news.db").stat().st_size / 2**20, 1)
        store.close()
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            print(f"{name:18} {value}")


if __name__ == "__main__":
    main()
