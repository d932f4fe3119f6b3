"""The real chat application against the local Bot API server, over a real store."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from telegram import Bot
from telegram.request import HTTPXRequest
from telegram_samples import (
    NOW,
    answer,
    brief,
    caught_up,
    coverage,
    digest,
    entry,
    story,
    timeline,
)

from bot.preview import users
from bot.preview.clock import Edition
from bot.preview.people import Json
from bot.preview.server import GROUP_ID, READER_ID, PreviewServer, create_app, new_token
from bot.preview.world import World
from bot.telegram import ALLOWED_UPDATES, Services, build_application
from bot.telegram.markup import escape
from news.coverage import Coverage
from news.desk import Unreadable
from news.history import CaughtUp, Timeline
from news.model import Answer, Brief, Digest, Importance, Length, Story, StoryBrief, Weighed
from news.store import Store
from news.voices import Voices

READER, ROBIN, ADMIN_OF_BOT = READER_ID, READER_ID + 1, READER_ID + 2
GROUP, FORUM, CHANNEL = GROUP_ID, GROUP_ID - 1, GROUP_ID - 2
KNOWN = [("ukraine", "War in Ukraine"), ("grain", "Grain trade"), ("nato", "NATO")] + [
    (f"region-{number}", f"Region {number}") for number in range(9)
]


class SetClock:
    """A clock that stands still."""

    adjustable = False

    def now(self) -> datetime:
        """The set instant."""
        return NOW

    def advance_to(self, at: datetime) -> None:
        """A real clock cannot be moved."""
        raise AssertionError(at)


class KnownTopics:
    """Three topics and some regions."""

    def known(self) -> list[tuple[str, str]]:
        """All of them."""
        return KNOWN

    def label(self, words: str, /) -> str:
        """The name of a known one, else the words."""
        return dict(KNOWN).get(words.casefold(), words)


@dataclass(slots=True)
class SmallDesk:
    """A desk with one story, which it gives for every question with the word "ferry"."""

    asked: list[str] = field(default_factory=list)
    read: list[tuple[str, str]] = field(default_factory=list)
    broken: bool = False
    slow: threading.Event = field(default_factory=threading.Event)

    def ask(self, question: str, *, now: datetime, since: timedelta | None = None) -> Answer:
        """Answer when it is about the ferry."""
        self.asked.append(question)
        if self.broken:
            raise RuntimeError("the desk is on fire")
        if "slow" in question:
            self.slow.wait(10)
        return replace(answer(answered="ferry" in question), question=question)

    def brief(
        self,
        *,
        now: datetime,
        topics: Sequence[str] = (),
        since: timedelta = timedelta(hours=24),
        length: Length = "medium",
        known: Mapping[int, int] | None = None,
        chat_id: int | None = None,
    ) -> Brief:
        """A brief of one story; nothing about grain."""
        return replace(brief(*([] if "grain" in topics else [entry(1)])), topics=tuple(topics))

    def story(
        self,
        story_id: int,
        *,
        now: datetime,
        length: Length = "medium",
        chat_id: int | None = None,
    ) -> StoryBrief | None:
        """Story 1."""
        if story_id != 1:
            return None
        if length == "long":
            return entry(1, "One sentence.", "Two sentences.", "Three sentences.")
        return entry(1)

    def coverage(self, story_id: int, *, now: datetime) -> Coverage | None:
        """Story 1 is told by two outlets, one of them a state's; story 2 by nobody any more."""
        if story_id not in (1, 2):
            return None
        return coverage(told=story_id == 1)

    def why(self, story_id: int, *, now: datetime, topics: Sequence[str] = ()) -> Weighed | None:
        """Story 1 has two points, and is off any topic but grain."""
        parts = {"voices": 1.5, "topic": 0.5}
        because = {"voices": "2 independent voices: Wire & Post", "topic": "fits <grain>"}
        importance = Importance(total=2.0, parts=parts, because=because)
        fits = not topics or "grain" in topics
        return Weighed(story=story(1), importance=importance, fits=fits) if story_id == 1 else None

    def timeline(
        self,
        words: str,
        *,
        now: datetime,
        since: timedelta | None = None,
        dates: int | None = None,
    ) -> Timeline:
        """Twenty days of the ferry."""
        self.asked.append(words)
        return timeline(20 if "ferry" in words else 0, title=words)

    def story_timeline(self, story_id: int, *, now: datetime) -> Timeline | None:
        """Three days of story 1."""
        if story_id != 1:
            return None
        return replace(timeline(3), story=entry(1).story)

    def catch_up(self, words: str, *, now: datetime) -> CaughtUp:
        """Five days of the ferry and one piece of news."""
        return caught_up(5 if "ferry" in words else 0, title=words)

    def voices(self, story_id: int) -> tuple[Story, Voices] | None:
        """Two voices of story 1 that share nothing."""
        if story_id != 1:
            return None
        return entry(1).story, Voices(
            facts=(), counts=(), alone=(), voices=2, articles=2, outlets=("Wire", "Post")
        )

    def read_link(self, url: str, *, now: datetime) -> Digest:
        """Read any page but a dead one."""
        self.read.append(("link", url))
        if "dead" in url:
            raise Unreadable("the page cannot be reached")
        return digest("The page says this.", title="A page")

    def read_text(self, text: str, *, now: datetime, title: str | None = None) -> Digest:
        """Read any text of some length."""
        self.read.append(("text", text))
        if len(text) < 40:
            raise Unreadable("that text is too short to summarise")
        return digest("The text says this.", title="A text", url=None)

    def read_file(self, name: str, body: bytes, *, now: datetime) -> Digest:
        """Read any file."""
        self.read.append((name, body.decode()))
        return digest("The file says this.", title="A file", url=None)


@dataclass(slots=True)
class Writer:
    """Writes when it is let to; remembers which texts nobody waited for."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    result: Digest | None = None
    fails: bool = False
    stopped: list[str] = field(default_factory=list)

    async def write(self, source: Digest, stop: Callable[[], bool]) -> Digest | None:
        """Wait for the gate, or for the order to stop."""
        while not self.gate.is_set():
            if stop():
                self.stopped.append(source.title)
                return None
            await asyncio.sleep(0.01)
        if self.fails:
            raise RuntimeError("out of memory")
        return self.result


@dataclass(kw_only=True)
class Talk:
    """A running chat, seen from the people's side."""

    world: World
    store: Store
    desk: SmallDesk
    writer: Writer
    server: PreviewServer
    token: str

    def bot(self) -> Bot:
        """Another connection of the bot's own, not yet initialized."""
        return Bot(
            self.token,
            base_url=self.server.base_url,
            request=HTTPXRequest(httpx_kwargs={"trust_env": False}),
            get_updates_request=HTTPXRequest(httpx_kwargs={"trust_env": False}),
        )

    def say(
        self, text: str, *, chat_id: int = READER, user: int | None = None, **more: Any
    ) -> Json:
        """Write a text."""
        chat = self.world.chat(chat_id)
        return users.say(self.world, chat, users.speaker(chat, user), text, **more)[-1]

    def send_file(self, name: str, content: bytes, *, mime: str | None = None) -> Json:
        """Send a file in the private chat."""
        chat = self.world.chat(READER)
        sender = users.speaker(chat, None)
        return users.send_file(self.world, chat, sender, name=name, mime=mime, content=content)

    async def press(
        self, message: Json, label: str, *, user: int | None = None, chat_id: int = READER
    ) -> Json:
        """Press the button of this label under a message, once it is there."""
        chat = self.world.chat(chat_id)

        def found() -> str | None:
            now = self.world.message(chat, message["message_id"])
            rows = now.body.get("reply_markup", {}).get("inline_keyboard", []) if now else []
            data = [one["callback_data"] for row in rows for one in row if one["text"] == label]
            return data[0] if data else None

        data: str = await self.until(found)
        return await users.press(
            self.world, chat, users.speaker(chat, user), message["message_id"], data, wait=10
        )

    def from_bot(self, chat_id: int = READER) -> list[Json]:
        """The bot's messages in a chat, oldest first."""
        found = [one for one in self.world.store.messages_after(chat_id, 0) if not one.deleted]
        return [
            one.body
            for one in sorted(found, key=lambda one: one.message_id)
            if one.body["from"]["id"] == self.world.bot.id and "text" in one.body
        ]

    def pictures(self, chat_id: int = READER) -> list[Json]:
        """The bot's pictures in a chat."""
        found = self.world.store.messages_after(chat_id, 0)
        return [one.body for one in found if "photo" in one.body and not one.deleted]

    async def until(self, seen: Callable[[], Any], what: str = "") -> Any:
        """Wait until something is true, and give it."""
        async with asyncio.timeout(15):
            while not (found := seen()):  # noqa: ASYNC110 - what is seen is another program's
                await asyncio.sleep(0.02)
        return found

    async def reply(self, sent: Json) -> Json:
        """The bot's first message after this one."""
        chat_id, number = sent["chat"]["id"], sent["message_id"]

        def later() -> list[Json]:
            return [one for one in self.from_bot(chat_id) if one["message_id"] > number]

        found: Json = (await self.until(later))[0]
        return found

    async def ask(self, text: str, **more: Any) -> Json:
        """Write a text and give the bot's answer."""
        return await self.reply(self.say(text, **more))

    async def shows(self, message: Json, words: str) -> Json:
        """Wait until a message of the bot shows these words, and give it."""
        chat = self.world.chat(message["chat"]["id"])

        def there() -> Json | None:
            now = self.world.message(chat, message["message_id"])
            return now.body if now is not None and words in now.body["text"] else None

        found: Json = await self.until(there)
        return found

    async def silent(self, sent: Json) -> bool:
        """Whether the bot says nothing to a message before it answers the next one."""
        chat_id = sent["chat"]["id"]
        await self.reply(
            self.say("/help@geobrief_preview_bot", chat_id=chat_id, user=sent_by(sent))
        )
        later = [one for one in self.from_bot(chat_id) if one["message_id"] > sent["message_id"]]
        return len(later) == 1


def sent_by(message: Json) -> int:
    """Who wrote a message."""
    number: int = message["from"]["id"]
    return number


def labels(message: Json) -> list[str]:
    """The labels of a message's buttons."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


_PEOPLE = [{"id": READER, "first_name": "You"}, {"id": ROBIN, "first_name": "Robin"}]
_CHATS: tuple[Json, ...] = (
    {"id": READER, "type": "private", "members": [{"id": READER, "first_name": "You"}]},
    {
        "id": GROUP,
        "type": "supergroup",
        "title": escape("Group"),
        "members": [*_PEOPLE, {"id": ADMIN_OF_BOT, "first_name": "Op"}],
        "admins": [READER],
    },
    {
        "id": FORUM,
        "type": "supergroup",
        "title": "Forum",
        "members": _PEOPLE,
        "admins": [READER],
        "is_forum": True,
    },
    {
        "id": CHANNEL,
        "type": "channel",
        "title": "Channel",
        "members": _PEOPLE[:1],
        "admins": [READER],
        "bot": "administrator",
    },
)


@asynccontextmanager
async def talking(folder: Path, **more: Any) -> AsyncIterator[Talk]:
    """Run the preview server and the chat application; `more` are fields of `Services`."""
    token = new_token()
    page = create_app(
        database=folder / "preview.db",
        token=token,
        clock=SetClock(),
        edition=Edition(name="Test"),
        first_chats=_CHATS,
    )
    server = PreviewServer(page)
    store = Store(folder / "news.db")
    with store.database.write() as connection:
        store.stories.add(connection, story())
    desk, writer = SmallDesk(), Writer()
    options: dict[str, Any] = {"can_write": lambda: False, "default_zone": "Europe/Helsinki"} | more
    services = Services(
        desk=desk,
        store=store,
        clock=SetClock(),
        topics=KnownTopics(),
        write=writer.write,
        **options,
    )
    await server.start()
    application = build_application(
        token, services, base_url=server.base_url, base_file_url=server.base_file_url
    )
    try:
        async with application:
            assert application.post_init is not None
            await application.post_init(application)
            await application.start()
            assert application.updater is not None
            await application.updater.start_polling(
                poll_interval=0.0, timeout=1, allowed_updates=list(ALLOWED_UPDATES)
            )
            talk = Talk(
                world=page.state.world,
                store=store,
                desk=desk,
                writer=writer,
                server=server,
                token=token,
            )
            try:
                if "allowed" not in more:
                    await talk.until(lambda: talk.from_bot(GROUP) and talk.from_bot(FORUM))
                yield talk
            finally:
                await application.updater.stop()
                await application.stop()
    finally:
        await server.stop()
        store.close()
