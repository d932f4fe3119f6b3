"""A real half year replayed day by day: stories, copies, and daily briefs that repeat nothing.

    python -m bench.replay STREAM.jsonl.gz [--skip N] [--days N] [--told FILE] [--json]

Each day's rows are taken in, grouped, and a brief of everything is composed at 18:00 UTC for a
reader who got the one of the day before. Beside it: the day's titles without those that were
equal, as a feed bot sends them. `--told` keeps what was told again, to be read: texts, not scores.
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from bot.evaluation import Row, read_rows
from config.editorial import (
    load_headlines,
    load_places,
    load_severity,
    load_sources,
    load_topics,
)
from news import identify
from news.brief import STORIES
from news.desk import Desk
from news.extract import PagePool
from news.fetch import Fetcher
from news.headlines import Headlines
from news.ingest import Ingest
from news.model import Brief, StoryBrief
from news.outlets import Outlets
from news.places import Places
from news.rows import read_date
from news.served import Chat
from news.severity import SeverityWords
from news.store import Store
from news.store.briefs import Booking
from news.store.tables import articles, stories
from news.stories import Grouper
from news.topics import Topics
from summarizer.encode import SentenceEncoder, bound_torch_threads
from summarizer.pipeline import Summarizer
from summarizer.text import content_words, words

_HOUR = timedelta(hours=18)
_LATER = timedelta(minutes=15)
"""So long after a day's last news came in its brief is composed."""
_READER = 1
_DAY = timedelta(days=1)
LIKE = 0.6
"""A sentence says again what one of the day before said that holds so many of its content words,
in whatever story: a measure that the program itself does not use."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What the replay counts, of our briefs and of the feed bot's."""

    outcomes: Counter[str] = field(default_factory=Counter)
    entries: int = 0
    repeated: int = 0
    repeated_unmoved: int = 0
    same_title: int = 0
    briefs: int = 0
    briefs_with_repeats: int = 0
    sentences: int = 0
    sentences_again: int = 0
    stories_again: int = 0
    bot_entries: int = 0
    bot_repeated: int = 0


class Replay:
    """The program's parts around one store, moved through time by its caller."""

    def __init__(self, folder: Path) -> None:
        places = load_places()
        gazetteer = Places.from_tables(places)
        sources = [source.outlet for source in load_sources()]
        acronyms = [name for table in places["organisation"] for name in table["aliases"]]
        encoder = SentenceEncoder()
        self.folder = folder
        self.store = Store(folder / "news.db")
        self.ingest = Ingest(self.store, Fetcher("bench"), PagePool(1), Outlets(sources))
        topics = Topics.from_tables(load_topics(), gazetteer)
        headlines = Headlines(load_headlines(), sources, acronyms)
        self.grouper = Grouper(self.store, encoder, gazetteer, headlines)
        self.desk = Desk(
            self.store,
            Summarizer(encoder),
            self.ingest,
            topics,
            severity=SeverityWords.from_tables(load_severity()),
        )
        self.store.chats.meet(Chat(id=_READER, kind="private", title="", created_at=_noon(2000)))

    def take(self, rows: Sequence[Row], now: datetime) -> Counter[str]:
        """Take in and group one day's rows; give the outcomes."""
        path = self.folder / "day.jsonl"
        path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
        outcomes = Counter(one.outcome for one in self.ingest.take(str(path), now=now))
        self.grouper.run(now)
        return Counter({str(name): count for name, count in outcomes.items()})

    def brief(self, now: datetime) -> Brief:
        """Compose the reader's brief and note what it tells."""
        brief = self.desk.brief(
            now=now, since=_DAY, known=self.store.briefs.told(_READER), chat_id=_READER
        )
        self.store.briefs.book(
            Booking(
                slot=str(now),
                chat_id=_READER,
                thread_id=None,
                messages=[],
                told={entry.story.id: entry.story.revision for entry in brief.entries},
                at=now,
                points=[point for entry in brief.entries for point in entry.digest.points],
            )
        )
        return brief

    def close(self) -> None:
        """Close the store and the worker."""
        self.ingest.pages.close()
        self.ingest.close()
        self.store.close()


def _noon(year: int) -> datetime:
    return datetime(year, 1, 1, 12, tzinfo=UTC)


def by_day(rows: Sequence[Row]) -> dict[date, list[Row]]:
    """Give the rows of each day of briefs, which ends at the hour of the brief."""
    days: defaultdict[date, list[Row]] = defaultdict(list)
    for row in rows:
        at = read_date(str(row.get("date") or ""), _noon(2030))
        if at is not None:
            days[(at + timedelta(days=1) - _HOUR).date()].append(row)
    return dict(sorted(days.items()))


def replay(days: dict[date, list[Row]], folder: Path, again: list[Row]) -> dict[str, Any]:
    """Live through the days and count; `again` is given what was told again, to be read."""
    program, tally = Replay(folder), Tally()
    before: tuple[StoryBrief, ...] = ()
    bot_before: set[int] = set()
    seen: set[str] = set()
    for day, rows in days.items():
        taken = datetime(day.year, day.month, day.day, tzinfo=UTC) + _HOUR
        tally.outcomes += program.take(rows, taken)
        now = program.brief(taken + _LATER).entries
        again += [{"day": str(day), **one} for one in _compare(program.store, tally, before, now)]
        told_by_bot = _feed_bot(program.store, rows, seen)
        tally.bot_entries += len(told_by_bot)
        tally.bot_repeated += len(told_by_bot) - len(set(told_by_bot) - bot_before)
        before, bot_before = now, set(told_by_bot)
    result = _result(program.store, tally)
    program.close()
    return result


def _compare(
    store: Store, tally: Tally, before: Sequence[StoryBrief], now: Sequence[StoryBrief]
) -> Iterator[Row]:
    """Count one brief against that of the day before, and give what it tells again."""
    known = {store.stories.current(one.story.id): one for one in before}
    moved = [one for one in now if one.story.id in known]
    titles = {_key(one.story.title) for one in before}
    said = [point.text for one in before for point in one.digest.points]
    tally.briefs += 1
    tally.entries += len(now)
    tally.repeated += len(moved)
    tally.briefs_with_repeats += bool(moved)
    for entry in now:
        points = [point.text for point in entry.digest.points]
        same = [(text, like) for text in points if (like := _said(text, said))]
        earlier = known.get(entry.story.id)
        tally.sentences += len(points)
        tally.sentences_again += len(same)
        tally.stories_again += earlier is None and bool(same)
        tally.same_title += _key(entry.story.title) in titles
        if earlier is not None:
            tally.repeated_unmoved += entry.story.revision <= earlier.story.revision
            was = [point.text for point in earlier.digest.points]
            yield {"moved": entry.story.title, "was": was, "now": points, "same": same}
        elif same:
            yield {"another": entry.story.title, "now": points, "same": same}


def _said(text: str, said: Sequence[str]) -> str | None:
    """Give the sentence among those said that says this one's words, if any does."""
    mine = frozenset(content_words(text))
    for one in said:
        if mine and len(mine & frozenset(content_words(one))) >= LIKE * len(mine):
            return one
    return None


def _feed_bot(store: Store, rows: Sequence[Row], seen: set[str]) -> list[int]:
    """Give the stories of the day's first titles that were never sent, as many as in a brief."""
    sent: list[int] = []
    for row in rows:
        key = _key(str(row.get("title") or ""))
        if key in seen or len(sent) == STORIES["medium"]:
            continue
        id = _story_of(store, row)
        if id is not None:
            seen.add(key)
            sent.append(id)
    return sent


def _story_of(store: Store, row: Row) -> int | None:
    article = store.articles.get(identify.article_id(identify.canonical_url(str(row["id"])), ""))
    return article.story_id if article else None


def _key(title: str) -> str:
    return " ".join(words(title))


def _result(store: Store, tally: Tally) -> dict[str, Any]:
    with store.database.read() as connection:
        copies = sa.select(sa.func.count()).where(articles.c.copy_of.is_not(None))
        copied = int(connection.execute(copies).scalar_one())
        sizes = list(connection.execute(sa.select(stories.c.articles)).scalars())
        titles = [
            _key(title) for title in connection.execute(sa.select(articles.c.title)).scalars()
        ]
    return {
        "outcomes": dict(tally.outcomes),
        "copies": copied,
        "equal_titles": len(titles) - len(set(titles)),
        "stories_of_several": sum(size > 1 for size in sizes),
        "largest_story": max(sizes),
        "stories": store.stories.count(),
        "briefs": tally.briefs,
        "entries": tally.entries,
        "repeat_the_day_before": tally.repeated,
        "repeat_without_having_moved": tally.repeated_unmoved,
        "same_title_as_the_day_before": tally.same_title,
        "briefs_with_a_repeat": tally.briefs_with_repeats,
        "sentences": tally.sentences,
        "sentences_said_the_day_before": tally.sentences_again,
        "other_stories_with_such_a_sentence": tally.stories_again,
        "exact_title_bot": {
            "entries": tally.bot_entries,
            "repeat_an_event": tally.bot_repeated,
            "share": round(tally.bot_repeated / max(1, tally.bot_entries), 3),
        },
    }


def main() -> None:
    """Measure and print one object."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("data", type=Path)
    options.add_argument("--skip", type=int, default=0, help="so many days at the beginning")
    options.add_argument("--days", type=int)
    options.add_argument("--told", type=Path)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    bound_torch_threads(2)
    started = time.perf_counter()
    days = by_day(read_rows(given.data))
    kept = dict(list(days.items())[given.skip :][: given.days])
    again: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        result = replay(kept, Path(folder), again)
    if given.told is not None:
        given.told.write_text("\n".join(json.dumps(one) for one in again), encoding="utf-8")
    result["seconds"] = round(time.perf_counter() - started, 1)
    print(json.dumps(result, indent=None if given.json else 1))


if __name__ == "__main__":
    main()
