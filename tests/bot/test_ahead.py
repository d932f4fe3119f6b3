"""Before a brief is due its stories are written; the brief itself waits for nobody."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.ahead import WritingAhead
from bot.clock import EditionClock
from bot.health import Metrics
from bot.jobs import Briefing
from bot.writing import WriterPlan, WritingRoom
from config.editorial import load_places, load_topics
from news.desk import Desk
from news.extract import PagePool
from news.fetch import Fetcher
from news.ingest import Ingest
from news.model import Draft, Outlet
from news.outlets import Outlets
from news.places import Places
from news.served import Chat, Subscription
from news.store import Store
from news.stories import Grouper
from news.topics import Topics
from summarizer.models.lending import Lender
from summarizer.pipeline import Summarizer
from summarizer.text import content_words
from summarizer.write import Ask, Stop, Writer, WriterUnavailable

DUE = datetime(2022, 2, 19, 7, 30, tzinfo=UTC)
CHAT = 42
NEWS = (
    "The harbour of Varnes was closed on Friday after a crane fell onto the northern quay. "
    "The harbour master said that repairs will take nine days and cost two million crowns.",
    "Teachers in the province of Quessel began a strike on Friday over unpaid overtime. "
    "The education office of the province offered talks for the coming week.",
)


class Words:
    """Vectors of words: texts that share words are alike."""

    name, dimensions = "words", 512

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows, shape (texts, 512)."""
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in content_words(text):
                row[zlib.crc32(word.encode()) % self.dimensions] += 1
        return np.asarray(rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9))


class Shortener(Writer):
    """Says the first sentence it is shown without its day; counts what comes together."""

    def __init__(self) -> None:
        self.turns: list[int] = []

    @property
    def name(self) -> str:
        """A name for receipts."""
        return "shortener"

    def generate(self, system: str, user: str, *, max_tokens: int, stop: Stop) -> str:
        """One sentence of the article."""
        return user.split("\n")[1].split(". ", maxsplit=1)[0].replace(" on Friday", "") + "."

    def generate_many(self, asks: Sequence[Ask], *, stop: Stop) -> list[str | WriterUnavailable]:
        """Each as alone."""
        self.turns.append(len(asks))
        return super().generate_many(asks, stop=stop)


class Morning:
    """Two stories, one subscriber, a writer, and everything between them."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.metrics = Metrics()
        self.writer = Shortener()
        summarizer = Summarizer(Words(), self.writer, heard=self.metrics.wrote)
        places = Places.from_tables(load_places())
        self.ingest = Ingest(store, Fetcher("tests"), PagePool(1), Outlets([]))
        self.grouper = Grouper(store, Words(), places)
        desk = Desk(store, summarizer, self.ingest, Topics.from_tables(load_topics(), places))
        self.clock = EditionClock(store, DUE - timedelta(hours=1))
        self.room = WritingRoom(
            summarizer, WriterPlan(models=folder), Lender(folder), threading.Event()
        )
        self.briefing = Briefing(store=store, desk=desk, clock=self.clock, written=desk.written)
        self.ahead = WritingAhead(
            store=store, desk=desk, clock=self.clock, briefing=self.briefing, room=self.room
        )
        for text in NEWS:
            self.tell(text, DUE - timedelta(hours=5))
        store.chats.meet(Chat(id=CHAT, kind="private", title="Ann", created_at=DUE))
        store.subscriptions.add(
            Subscription(
                id=0, chat_id=CHAT, thread_id=None, topics=(), local_time="07:30", zone="UTC",
                next_due_at=DUE, created_at=DUE - timedelta(days=3),
            )
        )  # fmt: skip

    def tell(self, text: str, at: datetime) -> None:
        """Take an article in and give it its story."""
        self.ingest.receive(
            Draft(
                url=f"https://wire.example/{len(text)}", title=text[:50],
                text=text, outlet=Outlet(name="Wire", host="wire.example"), language="en",
                published_at=at, fetched_at=at,
            ),
            "it",
        )  # fmt: skip
        self.grouper.run(at)

    def until(self, minutes: int) -> None:
        """Move the clock to so many minutes before the brief is due."""
        self.clock.advance_to(DUE - timedelta(minutes=minutes))

    def sent(self) -> str:
        """Serve what is due and give the text of all that was booked."""
        self.briefing.run()
        texts = []
        while (delivery := self.store.briefs.claim_next(self.clock.now())) is not None:
            texts.append(delivery.text)
            self.store.briefs.sent(delivery.id, 1)
        return "\n".join(texts)


@pytest.fixture
def morning(tmp_path: Path) -> Iterator[Morning]:
    """An hour before the brief."""
    store = Store(tmp_path / "news.db")
    made = Morning(store, tmp_path)
    yield made
    made.room.close()
    made.ingest.close()
    made.ingest.pages.close()
    store.close()


def test_stories_are_written_together_before_the_brief(morning: Morning) -> None:
    """Not an hour before; in the last minutes all at once, and only once; the brief shows it."""
    assert morning.ahead.run(lambda: False) == 0
    morning.until(15)
    assert morning.ahead.run(lambda: False) == 2
    assert morning.writer.turns == [2]
    morning.until(3)
    assert morning.ahead.run(lambda: False) == 0
    assert morning.writer.turns == [2]
    morning.until(0)
    told = morning.sent()
    assert "The harbour of Varnes was closed after a crane fell onto the northern quay." in told
    assert "closed on Friday after a crane" not in told
    fates = morning.metrics.sentences
    assert fates.labels(fate="kept")._value.get() == 2


def test_late_news_is_looked_at_again(morning: Morning) -> None:
    """What comes in after the first look is written at the second."""
    morning.until(15)
    morning.ahead.run(lambda: False)
    morning.tell(
        "Surgeons in Bellmoor separated twins on Friday in an operation of eleven hours. "
        "Both girls were stable, the hospital of the city said in the evening.",
        DUE - timedelta(minutes=10),
    )
    morning.until(4)
    assert morning.ahead.run(lambda: False) == 1
    assert morning.writer.turns == [2, 1]


def test_a_brief_that_was_not_written_goes_out_in_source_sentences(morning: Morning) -> None:
    """The clock waits for no writer, and the brief asks it nothing."""
    morning.until(0)
    assert "closed on Friday after a crane" in morning.sent()
    assert morning.writer.turns == []


def test_without_a_writer_nothing_is_composed(morning: Morning) -> None:
    """A room that is closed or empty costs nothing."""
    morning.room.close()
    morning.until(15)
    assert morning.ahead.run(lambda: False) == 0
