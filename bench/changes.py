"""Briefs replayed day by day: how many of their sentences say again what was told before.

    python bench/changes.py DATA.jsonl.gz [--limit N] [--days N] [--json]

Rows as in the shared data: `title, description or article, date, source`. One reader of
everything gets a brief each morning. A sentence is a repetition when one told before holds
LIKE of its content words: a measure that the program itself does not use.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from config.editorial import load_places, load_topics
from news.desk import Desk
from news.extract import PagePool
from news.fetch import Fetcher
from news.ingest import Ingest
from news.model import Brief, Draft
from news.outlets import Outlets
from news.places import Places
from news.rows import read_row
from news.served import Chat
from news.store import Store
from news.store.briefs import Booking
from news.stories import Grouper
from news.topics import Topics
from summarizer.encode import SentenceEncoder, bound_torch_threads
from summarizer.pipeline import Summarizer
from summarizer.text import content_words

LIKE = 0.6
CHATS = {"before": 1, "now": 2}
"""A reader of the way it was, who gets a moved story's fresh articles summed up, and one of now."""
_DAY = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What one reader got."""

    briefs: int = 0
    entries: int = 0
    again: int = 0
    sentences: int = 0
    repeated: int = 0
    repeated_again: int = 0
    sentences_again: int = 0
    told: dict[int, list[frozenset[str]]] = field(default_factory=dict)

    def add(self, brief: Brief) -> None:
        """Count a brief's sentences against those told of the same story before."""
        self.briefs += 1
        for entry in brief.entries:
            self.entries += 1
            self.again += not entry.new
            before = self.told.setdefault(entry.story.id, [])
            for point in entry.digest.points:
                words = frozenset(content_words(point.text))
                same = any(len(words & other) >= LIKE * max(1, len(words)) for other in before)
                self.sentences += 1
                self.repeated += same
                if not entry.new:
                    self.sentences_again += 1
                    self.repeated_again += same
            before += [frozenset(content_words(p.text)) for p in entry.digest.points]

    def as_json(self) -> dict[str, float]:
        """Give the counts and shares."""
        return {
            "briefs": self.briefs,
            "entries": self.entries,
            "entries_of_known_stories": self.again,
            "sentences": self.sentences,
            "repeated": round(self.repeated / max(1, self.sentences), 4),
            "sentences_of_known_stories": self.sentences_again,
            "repeated_of_known_stories": round(
                self.repeated_again / max(1, self.sentences_again), 4
            ),
        }


def read(path: Path, limit: int | None) -> list[Draft]:
    """Read the rows that have a date, as drafts in order of time."""
    outlets, drafts = Outlets([]), []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row: dict[str, Any] = json.loads(line)
            found = read_row(row, now=datetime.fromisoformat("2030-01-01T00:00:00+00:00"))
            text = found.text or found.teaser
            if found.published_at is None or not text:
                continue
            drafts.append(
                Draft(
                    url=found.url or f"https://{found.source or 'x'}.example/{row['id']}",
                    title=found.title,
                    text=text,
                    outlet=outlets.of(None, name=found.source or None),
                    language="en",
                    published_at=found.published_at,
                    fetched_at=found.published_at,
                )
            )
    drafts.sort(key=lambda one: one.published_at)
    return drafts[:limit]


def replay(drafts: Sequence[Draft], days: int | None) -> dict[str, Any]:
    """Take the rows in as they came, with a brief each morning for both readers."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    bound_torch_threads(2)
    places = Places.from_tables(load_places())
    topics = Topics.from_tables(load_topics(), places)
    encoder = SentenceEncoder()
    tallies = {name: Tally() for name in CHATS}
    seconds = 0.0
    with tempfile.TemporaryDirectory() as folder, PagePool(1) as pages:
        store = Store(Path(folder) / "news.db")
        ingest = Ingest(store, Fetcher("bench"), pages, Outlets([]))
        desk = Desk(store, Summarizer(encoder), ingest, topics)
        grouper = Grouper(store, encoder, places)
        morning = drafts[0].published_at.replace(hour=7, minute=30) + _DAY
        for name, id in CHATS.items():
            store.chats.meet(Chat(id=id, kind="private", title=name, created_at=morning))
        last = morning + _DAY * days if days else None
        at = 0
        while at < len(drafts) and (last is None or morning < last):
            while at < len(drafts) and drafts[at].published_at <= morning:
                ingest.receive(drafts[at], drafts[at].title)
                at += 1
            grouper.run(morning)
            began = time.perf_counter()
            for name, id in CHATS.items():
                tallies[name].add(_brief(store, desk, id, morning, changes=name == "now"))
            seconds += time.perf_counter() - began
            morning += _DAY
        store.close()
    return {
        "rows": at,
        "seconds_of_briefs": round(seconds, 1),
        **{name: tally.as_json() for name, tally in tallies.items()},
    }


def _brief(store: Store, desk: Desk, id: int, now: datetime, *, changes: bool) -> Brief:
    brief = desk.brief(
        now=now, since=_DAY, known=store.briefs.told(id), chat_id=id if changes else None
    )
    store.briefs.book(
        Booking(
            slot=f"{id} {now.isoformat()}",
            chat_id=id,
            thread_id=None,
            messages=(),
            told={entry.story.id: entry.story.revision for entry in brief.entries},
            at=now,
            points=[point for entry in brief.entries for point in entry.digest.points],
        )
    )
    return brief


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--days", type=int)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = replay(read(options.data, options.limit), options.days)
    if options.json:
        print(json.dumps(found, indent=2))
        return
    print(f"{found['rows']} rows; {found['seconds_of_briefs']} s for all briefs")
    for name in CHATS:
        print(name, found[name])


if __name__ == "__main__":
    main()
