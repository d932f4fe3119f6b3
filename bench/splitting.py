"""Two real stories put into one by mistake: whether what comes later parts them, and the ids.

    python -m bench.splitting DATA.jsonl.gz --vectors FILE.npy [--pairs N] [--json]

Rows as in the shared data: `title, article, date, source, cluster`; only clusters whose md5 is
odd. The first articles of a story and of the one most like it near that day are placed in one
story; the rest then arrives through the program's own Grouper into a real store, on the
background of all other articles. Scores only.
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
import structlog
from numpy.typing import NDArray

from bench.grouping_speed import Precomputed, vectors_of
from bench.stories import in_tuning_half
from bot.evaluation import Row, read_rows
from news.model import Story
from news.places import Places
from news.rows import read_date
from news.store import Store
from news.store.tables import articles
from news.stories import Grouper
from news.story_index import WINDOW
from summarizer.encode import bound_torch_threads

_NOW = datetime(2030, 1, 1, tzinfo=UTC)
_ALIKE = 0.4
"""Of one topic: the first articles' vectors are at least so alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article of a labelled story; `at` is its place among the rows."""

    at: int
    row: Row
    published_at: datetime


def by_cluster(rows: Sequence[Row]) -> dict[str, list[Item]]:
    """Give the articles of each cluster of the report half, in order of time."""
    found: dict[str, list[Item]] = {}
    for at, row in enumerate(rows):
        date = read_date(str(row.get("date") or ""), _NOW)
        if date is not None and not in_tuning_half(str(row["cluster"])):
            found.setdefault(str(row["cluster"]), []).append(
                Item(at=at, row=row, published_at=date)
            )
    return {
        name: sorted(items, key=lambda one: (one.published_at, one.at))
        for name, items in found.items()
    }


def pairs(
    clusters: dict[str, list[Item]], vectors: NDArray[np.float32], limit: int
) -> list[tuple[list[Item], list[Item]]]:
    """Give stories of one topic, each with the one most like it near that day; each used once."""
    listed = [items for items in clusters.values() if len(items) > 1]
    listed.sort(key=lambda items: items[0].published_at)
    used: set[int] = set()
    found: list[tuple[list[Item], list[Item]]] = []
    for one, items in enumerate(listed):
        near = [
            other for other in range(len(listed))
            if other != one and other not in used
            and abs(listed[other][0].published_at - items[0].published_at) <= WINDOW
        ]  # fmt: skip
        if one in used or not near or len(found) == limit:
            continue
        alike = {
            other: float(vectors[items[0].at] @ vectors[listed[other][0].at]) for other in near
        }
        other = max(alike, key=lambda at: alike[at])
        if alike[other] >= _ALIKE:
            used |= {one, other}
            found.append((items, listed[other]))
    return found


class Archive:
    """A store, its grouper, and how articles get into them."""

    def __init__(self, folder: Path, encoder: Precomputed) -> None:
        self.store = Store(folder / "news.db")
        self.store.placing.use_encoder(encoder.name)
        self.grouper = Grouper(self.store, encoder, Places([]))

    def insert(self, items: Sequence[Item]) -> None:
        """Put articles into the store, where they wait."""
        with self.store.database.write() as connection:
            connection.execute(sa.insert(articles), [_values(one) for one in items])

    def group(self, items: Sequence[Item]) -> None:
        """Let articles arrive and be grouped."""
        self.insert(items)
        self.grouper.run(max(one.published_at for one in items))

    def join(self, items: Sequence[Item], vectors: NDArray[np.float32]) -> int:
        """Put articles into one new story, whatever they are about, and give its id."""
        self.insert(items)
        times = [one.published_at for one in items]
        story = Story(
            id=0, title=str(items[0].row["title"]), first_at=min(times), last_at=max(times),
            changed_at=max(times), articles=len(items), revision=1,
        )  # fmt: skip
        numbers = [self.number(one) for one in items]
        with self.store.database.write() as connection:
            id = self.store.stories.add(connection, story)
            for one, number in zip(items, numbers, strict=True):
                self.store.placing.place(connection, number, id, vectors[one.at])
        return id

    def number(self, item: Item) -> int:
        """Give an article's number in the store."""
        article = self.store.articles.get(_id(item))
        assert article is not None
        return article.number

    def story(self, item: Item) -> int:
        """Give the story that an article is in now."""
        article = self.store.articles.get(_id(item))
        assert article is not None
        assert article.story_id is not None
        return article.story_id


def _id(item: Item) -> str:
    return f"{item.at:012x}"


def _values(item: Item) -> dict[str, Any]:
    outlet = str(item.row.get("source") or "")
    return {
        "id": _id(item), "title": str(item.row["title"]), "text": str(item.row["article"]),
        "outlet": outlet, "host": f"{outlet.casefold().replace(' ', '-')}.example",
        "ownership": "unknown", "language": "en", "published_at": item.published_at,
        "fetched_at": item.published_at, "content_hash": f"{item.at:x}", "completeness": "full",
        "private": False,
    }  # fmt: skip


def outcome(archive: Archive, joined: int, one: Sequence[Item], other: Sequence[Item]) -> str:
    """Say what became of a joined story once all articles had come."""
    mine, theirs = ({archive.story(item) for item in items} for items in (one, other))
    if mine & theirs:
        return "still in one" if len(mine | theirs) == 1 else "parted elsewhere"
    if archive.store.stories.current(joined) not in mine | theirs:
        return "id lost"
    return "exactly parted, one keeps the id" if len(mine) == len(theirs) == 1 else "in pieces"


def measure(
    rows: Sequence[Row], encoder: Precomputed, vectors: NDArray[np.float32], limit: int
) -> Any:
    """Join, let the rest arrive, and count the outcomes."""
    clusters = by_cluster(rows)
    chosen = pairs(clusters, vectors, limit)
    taken = {item.at for pair in chosen for items in pair for item in items}
    rest = [item for items in clusters.values() for item in items if item.at not in taken]
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder), encoder)
        archive.group(sorted(rest, key=lambda one: one.published_at))
        came: Counter[str] = Counter()
        after: Counter[str] = Counter()
        for one, other in chosen:
            joined = archive.join([one[0], other[0]], vectors)
            later = sorted([*one[1:], *other[1:]], key=lambda item: item.published_at)
            came[str(len(later))] += 1
            archive.group(later)
            after[outcome(archive, joined, one, other)] += 1
        archive.store.close()
    return {"pairs": len(chosen), "articles_that_came_later": dict(came), **dict(after)}


def main() -> None:
    """Measure and print one object."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("data", type=Path)
    options.add_argument("--vectors", type=Path, required=True)
    options.add_argument("--pairs", type=int, default=100)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    bound_torch_threads(2)
    started = time.perf_counter()
    rows = read_rows(given.data)
    vectors = vectors_of(rows, given.vectors)
    found = measure(rows, Precomputed(rows, vectors), vectors, given.pairs)
    found["seconds"] = round(time.perf_counter() - started, 1)
    print(json.dumps(found, indent=None if given.json else 1))


if __name__ == "__main__":
    main()
