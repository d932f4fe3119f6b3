"""Due briefs are composed once and sent once, whatever dies between two steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
import telegram
from telegram.error import Forbidden, NetworkError

from bot.clock import EditionClock, SystemClock
from bot.health import Metrics
from bot.jobs import MOST_ATTEMPTS, Briefing, Deliverer, Watching
from news.extract import PagePool
from news.fetch import Fetcher
from news.ingest import Ingest
from news.model import (
    Brief,
    Changes,
    Digest,
    Evidence,
    FigureChange,
    Importance,
    Length,
    Point,
    Story,
    StoryBrief,
    Told,
)
from news.outlets import Outlets
from news.served import Chat, Follow, Subscription
from news.store import Store

DUE = datetime(2022, 2, 19, 7, 30, tzinfo=UTC)
CHAT = 42


class OneStoryDesk:
    """A desk whose only story moves when told to."""

    def __init__(self, store: Store) -> None:
        with store.database.write() as connection:
            id = store.stories.add(connection, _story(0, 1))
        self.story_value = _story(id, 1)
        self.store = store
        self.asked: list[timedelta] = []
        self.topics = self
        self.changes: Changes | None = None

    def label(self, words: str) -> str:
        """Topics are called as they are."""
        return words

    def move(self) -> None:
        """An article with news of its own joins."""
        self.story_value = replace(self.story_value, revision=self.story_value.revision + 1)
        with self.store.database.write() as connection:
            self.store.stories.change(connection, self.story_value)

    def brief(
        self,
        *,
        now: datetime,
        topics: tuple[str, ...] = (),
        since: timedelta = timedelta(hours=24),
        length: Length = "medium",
        known: dict[int, int] | None = None,
        chat_id: int | None = None,
    ) -> Brief:
        """Tell the story unless the reader knows it as it is."""
        self.asked.append(since)
        told = (known or {}).get(self.story_value.id, 0)
        entries = (self._entry(),) if self.story_value.revision > told else ()
        return Brief(at=now, since=now - since, topics=topics, entries=entries)

    def story(
        self,
        story_id: int,
        *,
        now: datetime,
        length: Length = "medium",
        chat_id: int | None = None,
    ) -> StoryBrief:
        """Give the story."""
        return self._entry()

    def _entry(self) -> StoryBrief:
        source = Evidence(
            article_id="a", url=None, source="Wire", sentence="The dam holds.", start=0, end=14
        )
        digest = Digest(
            title=self.story_value.title,
            points=(Point(text="The dam holds.", evidence=(source,), origin="source"),),
            method="extract",
            model="m",
            article_ids=("a",),
            created_at=DUE,
            seconds=0.0,
        )
        return StoryBrief(
            story=self.story_value,
            digest=digest,
            importance=Importance(total=1.0, parts={}),
            changes=self.changes,
        )


class SetClock(SystemClock):
    """A clock that is set by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The set instant."""
        return self.at


class Line(telegram.Bot):
    """A bot whose line to Telegram fails as told, and else gives each message an id."""

    def __init__(self) -> None:
        super().__init__("1:a")
        self._failures: list[Exception] = []
        self._sent: list[tuple[int, str]] = []

    @property
    def sent(self) -> list[tuple[int, str]]:
        """What went out: chat and text."""
        return self._sent

    def fail(self, *errors: Exception) -> None:
        """Let the next messages fail so."""
        self._failures.extend(errors)

    async def send_message(self, chat_id: int, text: str, **more: object) -> telegram.Message:  # type: ignore[override]
        """Take a message, or raise the next failure."""
        if self._failures:
            raise self._failures.pop(0)
        self._sent.append((chat_id, text))
        chat = telegram.Chat(id=chat_id, type="private")
        return telegram.Message(message_id=len(self._sent), date=DUE, chat=chat, text=text)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one chat that has subscribed for 07:30 UTC."""
    store = Store(tmp_path / "jobs.db")
    store.chats.meet(Chat(id=CHAT, kind="private", title="Reader", created_at=DUE))
    store.subscriptions.add(
        Subscription(
            id=0,
            chat_id=CHAT,
            thread_id=None,
            topics=(),
            local_time="07:30",
            zone="UTC",
            next_due_at=DUE,
            created_at=DUE - timedelta(hours=12),
        )
    )
    yield store
    store.close()


@pytest.fixture
def clock() -> SetClock:
    """A clock at the due minute."""
    return SetClock(DUE)


def briefing(store: Store, clock: SetClock) -> Briefing:
    """Compose over a desk with one story."""
    return Briefing(store=store, desk=OneStoryDesk(store), clock=clock)  # type: ignore[arg-type]


def deliverer(store: Store, clock: SetClock, line: Line) -> Deliverer:
    """Send over a line that the test controls."""
    return Deliverer(store, clock, Metrics(), line)


async def test_a_due_brief_is_composed_and_sent_once(store: Store, clock: SetClock) -> None:
    """A second tick in the same minute finds nothing to do, and the next slot is a day later."""
    jobs, line = briefing(store, clock), Line()
    assert jobs.run() == 1
    assert jobs.run() == 0
    assert await deliverer(store, clock, line).run(lambda: False) == 1
    assert await deliverer(store, clock, line).run(lambda: False) == 0
    assert [chat for chat, _ in line.sent] == [CHAT]
    assert store.subscriptions.of_chat(CHAT)[0].next_due_at == DUE + timedelta(days=1)


async def test_the_same_news_is_not_told_twice(store: Store, clock: SetClock) -> None:
    """Next day's brief leaves an unmoved story out and tells a moved one again."""
    jobs, line = briefing(store, clock), Line()
    desk = jobs.desk
    assert isinstance(desk, OneStoryDesk)
    for _ in range(2):
        jobs.run()
        await deliverer(store, clock, line).run(lambda: False)
        clock.at += timedelta(days=1)
    desk.move()
    jobs.run()
    await deliverer(store, clock, line).run(lambda: False)
    told = ["The dam" in text for _, text in line.sent]
    assert told == [True, False, True]


async def test_what_was_missed_comes_once_and_says_that_it_is_late(
    store: Store, clock: SetClock
) -> None:
    """After three days down there is one late brief, not three."""
    clock.at = DUE + timedelta(days=3, hours=2)
    jobs, line = briefing(store, clock), Line()
    assert jobs.run() == 1
    await deliverer(store, clock, line).run(lambda: False)
    assert len(line.sent) == 1
    assert "comes late" in line.sent[0][1]


async def test_a_death_while_sending_parks_the_message(store: Store, clock: SetClock) -> None:
    """Nobody knows whether it arrived, so it is reported and never sent again."""
    briefing(store, clock).run()
    assert store.briefs.claim_next(clock.now()) is not None  # the process dies here
    again = Store(store.database.path)
    assert again.briefs.park_interrupted() == 1
    line = Line()
    assert await deliverer(again, clock, line).run(lambda: False) == 0
    assert again.briefs.states() == {"unknown": 1}
    again.close()


async def test_a_death_before_sending_loses_nothing(store: Store, clock: SetClock) -> None:
    """What was booked is sent by the next process."""
    briefing(store, clock).run()
    again, line = Store(store.database.path), Line()
    assert again.briefs.park_interrupted() == 0
    assert await deliverer(again, clock, line).run(lambda: False) == 1
    again.close()


async def test_a_blocked_bot_pauses_the_chat(store: Store, clock: SetClock) -> None:
    """Preferences stay, nothing more is composed, and talking again resumes."""
    jobs, line = briefing(store, clock), Line()
    jobs.run()
    line.fail(Forbidden("Forbidden: bot was blocked by the user"))
    await deliverer(store, clock, line).run(lambda: False)
    chat = store.chats.get(CHAT)
    assert chat is not None
    assert chat.paused
    clock.at += timedelta(days=1)
    assert jobs.run() == 0
    store.chats.meet(chat)
    assert jobs.run() == 1


async def test_telegram_away_is_tried_again_and_given_up(store: Store, clock: SetClock) -> None:
    """A refused connection sent nothing: it is repeated, ever later, up to a bound."""
    briefing(store, clock).run()
    line = Line()
    refused = NetworkError("connection refused")
    refused.__cause__ = httpx.ConnectError("refused")
    line.fail(*[refused] * MOST_ATTEMPTS)
    for _ in range(MOST_ATTEMPTS + 2):
        await deliverer(store, clock, line).run(lambda: False)
        clock.at += timedelta(hours=2)
    assert line.sent == []
    assert store.briefs.states() == {"failed": 1}


async def test_a_followed_story_that_moves_is_told_once(store: Store, clock: SetClock) -> None:
    """Following brings a message for each move, and none that a brief has brought already."""
    clock.at = DUE - timedelta(hours=8)
    jobs, line = briefing(store, clock), Line()
    desk = jobs.desk
    assert isinstance(desk, OneStoryDesk)
    story = desk.story_value
    store.follows.add(Follow(chat_id=CHAT, thread_id=None, story_id=story.id, revision=1))
    assert jobs.run() == 0
    desk.move()
    assert jobs.run() == 1
    assert jobs.run() == 0
    await deliverer(store, clock, line).run(lambda: False)
    assert "has moved" in line.sent[0][1]
    clock.at = DUE
    jobs.run()
    await deliverer(store, clock, line).run(lambda: False)
    assert "The dam" not in line.sent[-1][1]


async def test_a_followed_story_tells_only_what_is_news(store: Store, clock: SetClock) -> None:
    """A story to which articles came but no news is passed over; else the news alone is told."""
    clock.at = DUE - timedelta(hours=8)
    jobs, line = briefing(store, clock), Line()
    desk = jobs.desk
    assert isinstance(desk, OneStoryDesk)
    id = desk.story_value.id
    store.follows.add(Follow(chat_id=CHAT, thread_id=None, story_id=id, revision=1))
    desk.changes = Changes(since=clock.at, points=(), figures=())
    desk.move()
    assert jobs.run() == 0
    assert store.follows.moved(10) == []
    source = Evidence(article_id="b", url=None, source="Echo", sentence="It burst.", start=0, end=9)
    news = Point(text="It burst.", evidence=(source,), origin="source")
    figure = FigureChange(
        kind="killed", noun="", was=_told("12", source), now=_told("at least 18", source)
    )
    desk.changes = Changes(since=clock.at, points=(news,), figures=(figure,))
    desk.move()
    assert jobs.run() == 1
    await deliverer(store, clock, line).run(lambda: False)
    (text,) = [text for _, text in line.sent]
    assert "It burst." in text
    assert "The dam holds." not in text
    assert "killed: was 12 (Echo, 19 Feb), now at least 18 (Echo, 19 Feb)" in text


def _told(shown: str, source: Evidence) -> Told:
    return Told(
        shown=shown, low=Decimal(1), high=Decimal(1), outlets=("Echo",), at=DUE, evidence=(source,)
    )


def test_a_watched_folder_gives_its_new_files_once(
    store: Store, clock: SetClock, tmp_path: Path
) -> None:
    """A file is read when two looks found it the same; neither later nor by the next process."""
    folder = tmp_path / "incoming"
    folder.mkdir()
    path = folder / "dam.txt"
    path.write_text("The dam holds\n\n" + "The dam at Kerun held on Monday, its keeper said. " * 4)
    with PagePool(1) as pages, closing(Fetcher("test")) as fetcher:
        ingest = Ingest(store, fetcher, pages, Outlets([]))
        watching = Watching(folder=folder, ingest=ingest, clock=clock)
        assert [watching.run(lambda: False) for _ in range(3)] == [0, 1, 0]
        again = Watching(folder=folder, ingest=ingest, clock=clock)
        assert [again.run(lambda: False) for _ in range(2)] == [0, 0]
        path.unlink()
        folder.rmdir()
        assert watching.run(lambda: False) == 0
    assert store.articles.count() == 1


def test_an_editions_clock_goes_on_where_it_stood(store: Store) -> None:
    """It starts on the edition's day, only goes forward, and a restart does not turn it back."""
    starts_at = datetime(2022, 2, 18, 18, tzinfo=UTC)
    clock = EditionClock(store, starts_at)
    assert timedelta() <= clock.now() - starts_at < timedelta(minutes=1)
    jumps: list[bool] = []
    clock.on_jump = lambda: jumps.append(True)
    clock.advance_to(DUE)
    assert jumps == [True]
    with pytest.raises(ValueError, match="forward"):
        clock.advance_to(starts_at)
    later = EditionClock(store, starts_at)
    assert timedelta() <= later.now() - DUE < timedelta(minutes=1)


def _story(id: int, revision: int) -> Story:
    return Story(
        id=id,
        title="The dam at Kerun holds",
        first_at=DUE - timedelta(hours=10),
        last_at=DUE - timedelta(hours=9),
        changed_at=DUE - timedelta(hours=9),
        articles=2,
        revision=revision,
        outlets=("Wire",),
    )
