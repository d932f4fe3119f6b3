"""A backfill measured by stage, and replayed: rows of a file to stored, encoded, grouped articles.

    python -m bench.backfill DATA.jsonl.gz [--rows 3000] [--layers N] [--twice] [--profile]

Prints articles a second, each stage's share, memory as it goes, and how much faster the encoder
is in batches than text by text. With --twice the same file comes again: nothing may change.
--layers 1 encodes with the first layer alone: a real encoder, so that long runs are affordable.
More rows than the file has: it comes again in other words and later, 720 rows a day.
"""

from __future__ import annotations

import argparse
import contextlib
import cProfile
import gzip
import hashlib
import json
import logging
import pstats
import re
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from config.editorial import load_places
from news import receiving, stories
from news.correcting import Correcting
from news.describing import Describer
from news.extract import PagePool
from news.fetch import Fetcher
from news.ingest import Ingest
from news.open_stories import OpenStories
from news.outlets import Outlets
from news.places import Places
from news.store import Store
from news.store.tables import articles
from news.store.tables import stories as story_table
from news.stories import Grouper
from summarizer.encode import SentenceEncoder, bound_torch_threads

_ALONE = 60
_LONG_WORD = re.compile(r"\b[A-Za-z]{6,}\b")
_BEGIN = datetime(2023, 1, 1, tzinfo=UTC)
_STEP = timedelta(minutes=2)


class Stages:
    """Seconds by stage; a stage inside another is not counted twice."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._open: list[list[float]] = []

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what happens inside."""
        begun, inner = time.perf_counter(), [0.0]
        self._open.append(inner)
        try:
            yield
        finally:
            self._open.pop()
            whole = time.perf_counter() - begun
            self.seconds[name] += whole - inner[0]
            if self._open:
                self._open[-1][0] += whole

    def watch(self, owner: Any, attribute: str, name: str) -> None:
        """Count every call of a function or method."""
        plain: Callable[..., Any] = getattr(owner, attribute)

        def timed(*args: Any, **named: Any) -> Any:
            with self.stage(name):
                return plain(*args, **named)

        setattr(owner, attribute, timed)


def unpack(data: Path, target: Path, rows: int) -> int:
    """Write so many rows to a plain file; give their number."""
    opened = gzip.open if data.suffix == ".gz" else open
    with opened(data, "rb") as lines, target.open("wb") as out:
        written = sum(1 for line in islice(lines, rows) if out.write(line))
        lines.seek(0)
        known = [json.loads(line) for line in lines] if written < rows else []
        for number in range(written, rows):
            turn, at = divmod(number, written)
            row = _in_other_words(known[at], turn, _BEGIN + number * _STEP)
            out.write(json.dumps(row).encode() + b"\n")
    return rows


def _in_other_words(row: dict[str, Any], turn: int, at: datetime) -> dict[str, Any]:
    """Give a row that is no copy of the first: each long word ends in the turn's letter."""
    end = chr(ord("a") + turn % 26)
    return {
        "url": f"https://outlet-{len(row['title']) % 97}.example/{turn}/{at.timestamp():.0f}",
        "title": _LONG_WORD.sub(rf"\g<0>{end}", row["title"]),
        "text": _LONG_WORD.sub(rf"\g<0>{end}", row.get("article") or row.get("description", "")),
        "date": at.isoformat(),
    }


def digest_of(store: Store) -> str:
    """Give a sum over all articles and stories as they are."""
    found = hashlib.sha256()
    with store.database.read() as connection:
        for table in (articles, story_table):
            for row in connection.execute(sa.select(table).order_by(*table.primary_key)):
                found.update(
                    repr([v.tobytes() if hasattr(v, "tobytes") else v for v in row]).encode()
                )
    return found.hexdigest()


def alone(encoder: SentenceEncoder, store: Store) -> float:
    """Give the articles a second when each text is encoded by itself."""
    with store.database.read() as connection:
        rows = connection.execute(
            sa.select(articles.c.title, articles.c.text).order_by(articles.c.id).limit(_ALONE)
        ).all()
    begun = time.perf_counter()
    for row in rows:
        encoder.encode([f"{row.title}. {' '.join(row.text.split()[:180])}"])
        encoder.encode([row.title])
    return len(rows) / (time.perf_counter() - begun)


def watched() -> Stages:
    """Begin to count the stages of taking in and grouping."""
    stages = Stages()
    stages.watch(receiving, "_ready", "language and sums")
    stages.watch(receiving.Receiver, "_settle", "known or new, stored")
    stages.watch(stories, "encode_articles", "encode")
    stages.watch(stories, "read_or_bare", "terms")
    stages.watch(OpenStories, "cover", "load stories")
    stages.watch(OpenStories, "add", "keep the story")
    stages.watch(Grouper, "_choose", "choose a story")
    stages.watch(Describer, "told", "tell the story")
    stages.watch(Correcting, "run", "correct")
    return stages


def encoder_of(layers: int | None, folder: Path) -> SentenceEncoder:
    """Give the packaged encoder, or one of its first layers alone, kept in `folder`."""
    if layers is None:
        return SentenceEncoder()
    from torch.nn import ModuleList

    model = SentenceEncoder().load()
    inner = model[0].auto_model
    inner.encoder.layer = ModuleList(list(inner.encoder.layer)[:layers])
    inner.config.num_hidden_layers = layers
    small = folder / f"{layers}-layer-encoder"
    model.save(str(small))
    return SentenceEncoder(small)


class Memory:
    """What the process holds, in MB, as the work goes on."""

    def __init__(self, every: int) -> None:
        self.every = every
        self.seen: list[tuple[int, int]] = []
        self._done = 0

    def step(self, count: int) -> None:
        """Count so many articles more, and look now and then."""
        before, self._done = self._done, self._done + count
        if before == 0 or self._done // self.every > before // self.every:
            self.seen.append((self._done, _holds()))
            print(f"{self._done} grouped, {_holds()} MB", file=sys.stderr, flush=True)

    def growth(self) -> float:
        """MB for each thousand articles of the second half."""
        half = self.seen[len(self.seen) // 2 :]
        articles, held = (half[-1][at] - half[0][at] for at in (0, 1))
        return round(1000 * held / articles, 2) if articles else 0.0


def _holds() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return round(pages * resource.getpagesize() / 2**20)


def take(ingest: Ingest, path: Path, now: datetime) -> Counter[str]:
    """Take the file in; give the outcomes."""
    return Counter(received.outcome for received in ingest.take(str(path), now=now))


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run the backfill in `folder` and give the figures."""
    file = folder / "rows.jsonl"
    rows = unpack(options.data, file, options.rows)
    now = datetime.now(UTC)
    stages = watched()
    encoder = encoder_of(options.layers, folder)
    encoder.encode(["Loaded before the clock starts."])
    memory, held = {"models loaded": _peak()}, Memory(max(256, rows // 20))
    with PagePool(1) as pages, Fetcher("geobrief-bench") as fetcher:
        store = Store(folder / "news.db")
        ingest = Ingest(store, fetcher, pages, Outlets([]))
        grouper = Grouper(store, encoder, Places.from_tables(load_places()))
        begun = time.perf_counter()
        with stages.stage("read and commit"):
            outcomes = take(ingest, file, now)
        took_in = time.perf_counter() - begun
        memory["taken in"] = _peak()
        with stages.stage("write the story"):
            grouped = grouper.run(now, progress=held.step)
        whole = time.perf_counter() - begun
        memory["grouped"] = _peak()
        found: dict[str, Any] = {
            "rows": rows,
            "outcomes": dict(outcomes),
            "articles_per_second": round(rows / whole, 1),
            "taken_in_per_second": round(rows / took_in, 1),
            "grouped_per_second": round(grouped / (whole - took_in), 1),
            "stages": {
                name: {
                    "percent": round(100 * seconds / whole, 1),
                    "articles_per_second": round(rows / max(seconds, 1e-9)),
                }
                for name, seconds in sorted(stages.seconds.items(), key=lambda item: -item[1])
            },
            "peak_memory_mb": memory,
            "memory_mb_by_articles": held.seen,
            "mb_for_a_thousand_more": held.growth(),
        }
        batched = grouped / stages.seconds["encode"]
        single = alone(encoder, store)
        found["encoder"] = {
            "batched_per_second": round(batched, 1),
            "alone_per_second": round(single, 1),
            "ratio": round(batched / single, 2),
        }
        if options.twice:
            found["again"] = again(ingest, grouper, file, now)
        store.close()
    return found


def _peak() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def again(ingest: Ingest, grouper: Grouper, file: Path, now: datetime) -> dict[str, Any]:
    """Take the same file in once more, later; give what changed."""
    before, begun = digest_of(ingest.store), time.perf_counter()
    later = now + timedelta(hours=3)
    outcomes = take(ingest, file, later)
    seconds = time.perf_counter() - begun
    grouped = grouper.run(later)
    return {
        "outcomes": dict(outcomes),
        "grouped": grouped,
        "unchanged": digest_of(ingest.store) == before,
        "rows_per_second": round(sum(outcomes.values()) / seconds, 1),
    }


def main() -> None:
    """Run the measurement in a folder that is thrown away."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--twice", action="store_true")
    parser.add_argument("--layers", type=int, help="encode with this many layers alone")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    bound_torch_threads(options.threads)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    profile = cProfile.Profile()
    with tempfile.TemporaryDirectory(prefix="geobrief-backfill-") as folder:
        if options.profile:
            profile.enable()
        found = measure(options, Path(folder))
        profile.disable()
    if options.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)
    print(json.dumps(found, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
