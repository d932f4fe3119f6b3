"""Stories told article by article: how much of what is told next stood in an article before.

    python -m bench.changes_of_stories DATA.jsonl.gz [--limit N] [--json]

Rows as in the shared data: `title, article, date, source, cluster`. A reader is shown a summary of
a story's first article, then what each later one brings. A sentence is a repetition when a
sentence of an earlier article holds LIKE of its content words. Only clusters whose md5 is odd.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from bench.stories import in_tuning_half
from news.catching_up import CatchingUp
from news.digest import Digests
from news.extract import PagePool
from news.fetch import Fetcher
from news.ingest import Ingest
from news.model import Article, Draft, Outlet, Point
from news.outlets import Outlets
from news.rows import read_row
from news.served import Chat
from news.statements import SentenceVectors
from news.store import Store
from summarizer.encode import SentenceEncoder, bound_torch_threads
from summarizer.pipeline import Summarizer
from summarizer.text import content_words, split_sentences

LIKE = 0.6
SENTENCES = 2
HOUR = timedelta(hours=1)
NOW = datetime(2030, 1, 1, tzinfo=UTC)
CHAT = 1


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was told of later articles, and how much of it had stood in earlier ones."""

    updates: int = 0
    silent: int = 0
    sentences: int = 0
    repeated: int = 0

    def add(self, points: Sequence[Point], before: Sequence[frozenset[str]]) -> None:
        """Count one update."""
        self.updates += 1
        self.silent += not points
        for point in points:
            words = frozenset(content_words(point.text))
            self.sentences += 1
            self.repeated += any(len(words & one) >= LIKE * max(1, len(words)) for one in before)

    def as_json(self) -> dict[str, float]:
        """Give the counts and the share."""
        share = round(self.repeated / max(1, self.sentences), 4)
        return {
            "updates": self.updates,
            "silent": self.silent,
            "sentences": self.sentences,
            "repeated": share,
        }


def clusters(path: Path, limit: int | None) -> list[list[dict[str, Any]]]:
    """Read the clusters of at least two rows, each in order of time."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if not in_tuning_half(str(row["cluster"])):
                found[str(row["cluster"])].append(row)
    return [rows for rows in found.values() if len(rows) > 1][:limit]


def replay(path: Path, limit: int | None) -> dict[str, Any]:
    """Tell every cluster both ways."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    bound_torch_threads(2)
    encoder = SentenceEncoder()
    before, now = Tally(), Tally()
    with tempfile.TemporaryDirectory() as folder, PagePool(1) as pages:
        store = Store(Path(folder) / "news.db")
        store.chats.meet(Chat(id=CHAT, kind="private", title="Reader", created_at=NOW))
        ingest = Ingest(store, Fetcher("bench"), pages, Outlets([]))
        digests = Digests(store, Summarizer(encoder))
        catching_up = CatchingUp(store, SentenceVectors(encoder))
        told = clusters(path, limit)
        for rows in told:
            articles = _articles(ingest, rows)
            if len(articles) > 1:
                _tell(store, digests, catching_up, articles, before, now)
        store.close()
    return {"clusters": len(told), "before": before.as_json(), "now": now.as_json()}


def _articles(ingest: Ingest, rows: Sequence[dict[str, Any]]) -> list[Article]:
    found = []
    for number, row in enumerate(sorted(rows, key=lambda row: str(row["date"]))):
        text = read_row(row, now=NOW)
        at = NOW + number * HOUR
        received = ingest.receive(
            Draft(
                url=f"https://bench.example/{row['id']}",
                title=text.title,
                text=text.text,
                outlet=Outlet(name=text.source, host=f"{text.source}.example"),
                language="en",
                published_at=at,
                fetched_at=at,
            ),
            text.title,
        )
        article = ingest.store.articles.get(received.article_id or "")
        if article is not None and article.copy_of is None:
            found.append(article)
    return found


def _tell(
    store: Store,
    digests: Digests,
    catching_up: CatchingUp,
    articles: Sequence[Article],
    before: Tally,
    now: Tally,
) -> None:
    def summed_up(one: Article) -> tuple[Point, ...]:
        made = digests.extract([one], title="", sentences=SENTENCES, now=NOW, keep=False)
        return made.points

    store.showing.add(CHAT, None, summed_up(articles[0]), articles[0].fetched_at + HOUR / 2)
    for place, article in enumerate(articles[1:], 1):
        earlier = [
            frozenset(content_words(sentence.text))
            for one in articles[:place]
            for sentence in split_sentences(one.text)
        ]
        before.add(summed_up(article), earlier)
        changes = catching_up.news(CHAT, articles[: place + 1], sentences=SENTENCES)
        assert changes is not None
        now.add(changes.points, earlier)
        at = article.fetched_at + HOUR / 2
        # told or not, it was looked at: what comes later is held against it as well
        store.showing.add(CHAT, None, [*changes.points, *summed_up(articles[0])], at)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = replay(options.data, options.limit)
    print(json.dumps(found, indent=2) if options.json else found)


if __name__ == "__main__":
    main()
