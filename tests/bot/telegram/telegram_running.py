"""The real chat application against the local Bot API server, over a real store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from telegram import Bot
from telegram.request import HTTPXRequest
from telegram_desk import SmallDesk
from telegram_samples import (
    NOW,
    story,
)

from bot.preview import users
from bot.preview.clock import Edition
from bot.preview.people import Json
from bot.preview.server import GROUP_ID, READER_ID, PreviewServer, create_app, new_token
from bot.preview.world import World
from bot.telegram import ALLOWED_UPDATES, Services, build_application
from bot.telegram.markup import escape
from news.model import Digest
from news.store import Store

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
