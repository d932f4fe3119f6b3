"""What grouping costs as the store grows: articles a second, memory, open stories, by size.

    python -m bench.grouping_speed CORPUS.jsonl.gz --vectors FILE.npy [--articles 100000]
        [--filler 1000000] [--days 30] [--json]

The corpus is streamed through the program's own Grouper into a real store: squeezed into
`--days`, then again with shifted dates until there are `--articles`. Vectors are made once.
"""

from __future__ import annotations

import argparse
import json
import logging
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
import structlog
from numpy.typing import NDArray

from bot.evaluation import Row, read_rows
from news.places import Places
from news.signals import encode_parts, lead_of
from news.store import Store
from news.store.tables import articles, stories
from news.stories import Grouper
from summarizer.encode import SentenceEncoder, bound_torch_threads

BEGIN = datetime(2021, 1, 1, tzinfo=UTC)
_CHUNK = 1000


class Precomputed:
    """An encoder that knows the corpus by heart: what is left is the grouping alone."""

    name = "precomputed"

    def __init__(self, rows: Sequence[Row], vectors: NDArray[np.float32]) -> None:
        self.dimensions = vectors.shape[1]
        leads = [lead_of(str(row["title"]), str(row["article"])) for row in rows]
        self._known = dict(zip(leads, vectors, strict=True))
        self._none = np.zeros(self.dimensions, dtype=np.float32)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give the whole article's vector for its lead, and nothing for its title."""
        return np.stack([self._known.get(text, self._none) for text in texts])


def vectors_of(rows: Sequence[Row], path: Path) -> NDArray[np.float32]:
    """Read the corpus's vectors, or make and keep them."""
    if not path.exists():
        encoder = SentenceEncoder()
        parts = [(str(row["title"]), str(row["article"])) for row in rows]
        found = [
            vector
            for start in range(0, len(parts), 512)
            for vector in encode_parts(encoder, parts[start : start + 512])
        ]
        np.save(path, np.stack(found))
    return np.asarray(np.load(path), dtype=np.float32)


def stream(rows: Sequence[Row], count: int, span: timedelta) -> Iterator[dict[str, Any]]:
    """Give `count` article rows in order of time, the corpus over and over, each in `span`."""
    order = sorted(range(len(rows)), key=lambda at: (str(rows[at].get("date") or "9"), at))
    for number in range(count):
        turn, at = divmod(number, len(rows))
        row = rows[order[at]]
        published_at = BEGIN + span * (turn + at / len(rows))
        yield _values(number, str(row["title"]), str(row["article"]), published_at)


def _values(number: int, title: str, text: str, at: datetime) -> dict[str, Any]:
    return {
        "id": f"{number:012x}", "title": title, "text": text, "outlet": f"Outlet {number % 200}",
        "host": f"outlet-{number % 200}.example", "ownership": "unknown", "language": "en",
        "published_at": at, "fetched_at": at, "content_hash": f"{number:x}",
        "completeness": "full", "private": False,
    }  # fmt: skip


def fill(store: Store, count: int) -> None:
    """Put `count` old, placed articles and their stories before everything else."""
    vector = np.zeros(8, dtype=np.float32)
    start = BEGIN - timedelta(days=3650)
    step = timedelta(days=3600) / max(1, count)
    with store.database.write() as connection:
        for first in range(0, count, 20_000):
            numbers = range(first, min(first + 20_000, count))
            told = [{"id": n + 1, "title": "old", "first_at": start + step * n,
                     "last_at": start + step * n, "changed_at": start + step * n, "articles": 1,
                     "revision": 1, "outlets": [], "countries": []} for n in numbers]  # fmt: skip
            connection.execute(sa.insert(stories), told)
            placed = {"text": "old", "vector": vector}
            old = [{**_values(n, "old", "", start + step * n), **placed, "id": f"f{n:011x}",
                    "story_id": n + 1, "placed": n + 1} for n in numbers]  # fmt: skip
            connection.execute(sa.insert(articles), old)
        store.note_within(connection, "placed", count)
        store.corrections.set_looked(connection, count)


def measure(
    rows: Sequence[Row], encoder: Precomputed, *, count: int, filler: int, span: timedelta
) -> list[dict[str, Any]]:
    """Group the stream and give a line for about each tenth of it."""
    lines: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "news.db")
        store.placing.use_encoder(encoder.name)
        fill(store, filler)
        grouper = Grouper(store, encoder, Places([]))
        waiting: list[dict[str, Any]] = []
        spent, since, wall = 0.0, 0, 0.0
        for number, values in enumerate(stream(rows, count, span), start=1):
            waiting.append(values)
            if len(waiting) < _CHUNK and number < count:
                continue
            with store.database.write() as connection:
                connection.execute(sa.insert(articles), waiting)
            since += len(waiting)
            waiting = []
            started, clock = time.process_time(), time.perf_counter()
            grouper.run(values["published_at"])
            spent += time.process_time() - started
            wall += time.perf_counter() - clock
            if number == count or since >= count / 10:
                lines.append(
                    {
                        "articles": filler + number,
                        "open_stories": grouper.open_stories,
                        "per_second": round(since / wall, 1),
                        "cpu_ms_per_article": round(1000 * spent / since, 2),
                        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                        // 1024,
                        "stories": store.stories.count() - filler,
                    }
                )
                spent, since, wall = 0.0, 0, 0.0
        lines.append({"restart_seconds": _restart(store, encoder, values)})
        store.close()
    return lines


def _restart(store: Store, encoder: Precomputed, values: dict[str, Any]) -> float:
    """Give the seconds that a process takes that begins and groups one article."""
    one = {**values, "id": "e" * 12, "content_hash": "e"}
    with store.database.write() as connection:
        connection.execute(sa.insert(articles), [one])
    started = time.perf_counter()
    Grouper(store, encoder, Places([])).run(values["published_at"])
    return round(time.perf_counter() - started, 2)


def main() -> None:
    """Measure and print one object."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("corpus", type=Path)
    options.add_argument("--vectors", type=Path, required=True)
    options.add_argument("--articles", type=int, default=100_000)
    options.add_argument("--filler", type=int, default=0)
    options.add_argument("--days", type=float, default=30)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    bound_torch_threads(2)
    rows = read_rows(given.corpus)
    encoder = Precomputed(rows, vectors_of(rows, given.vectors))
    lines = measure(
        rows, encoder, count=given.articles, filler=given.filler, span=timedelta(days=given.days)
    )
    print(json.dumps({"n": given.articles, "lines": lines}, indent=None if given.json else 1))


if __name__ == "__main__":
    main()
