"""A running preview on loopback, and a small real python-telegram-bot application beside it."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ParseMode
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.preview.clock import Edition
from bot.preview.server import READER_ID, PreviewServer, create_app, new_token
from bot.preview.world import World


class SteppedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, adjustable: bool = True) -> None:
        self.at = datetime(2022, 2, 18, 20, 15, tzinfo=UTC)
        self.adjustable = adjustable

    def now(self) -> datetime:
        """The set instant."""
        return self.at

    def advance_to(self, at: datetime) -> None:
        """Set it."""
        self.at = at


@dataclass(kw_only=True)
class Preview:
    """A served preview, and the person's way into it."""

    server: PreviewServer
    world: World
    clock: SteppedClock
    token: str
    http: httpx.AsyncClient

    @property
    def link(self) -> str:
        """The bot's own address, up to the method."""
        return f"{self.server.base_url}{self.token}/"

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One Bot API call as JSON; the whole answer."""
        answer = await self.http.post(f"{self.link}{method}", json=parameters)
        found: dict[str, Any] = answer.json()
        return found

    async def say(self, text: str, chat_id: int = READER_ID, **more: Any) -> dict[str, Any]:
        """Write to the bot as a person."""
        answer = await self.http.post(
            f"{self.server.url}api/chats/{chat_id}/messages", json={"text": text} | more
        )
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()["message"]
        return found

    async def post(self, path: str, **body: Any) -> httpx.Response:
        """One act under /api."""
        return await self.http.post(f"{self.server.url}api/{path}", json=body)

    async def messages(self, chat_id: int = READER_ID, **query: Any) -> dict[str, Any]:
        """A chat's messages."""
        answer = await self.http.get(
            f"{self.server.url}api/chats/{chat_id}/messages", params=query, timeout=60
        )
        found: dict[str, Any] = answer.json()
        return found

    async def reply_to(self, sent: dict[str, Any]) -> dict[str, Any]:
        """The next message that comes after a sent one."""
        chat_id = sent["chat"]["id"]
        revision = 0
        for _ in range(40):
            found = await self.messages(chat_id, after=revision, wait=10)
            revision = found["revision"]
            for message in found["messages"]:
                if message["message_id"] > sent["message_id"] and not message.get("deleted"):
                    return dict(message)
        raise AssertionError("the bot did not reply")

    async def updates(self, **parameters: Any) -> list[dict[str, Any]]:
        """What the bot would get."""
        answer = await self.call("getUpdates", **parameters)
        assert answer["ok"], answer
        found: list[dict[str, Any]] = answer["result"]
        return found

    def bot(self) -> Bot:
        """python-telegram-bot's own client, not yet initialized."""
        return Bot(
            self.token,
            base_url=self.server.base_url,
            base_file_url=self.server.base_file_url,
        )


@asynccontextmanager
async def serve(database: Path, *, adjustable: bool = True, **more: Any) -> AsyncIterator[Preview]:
    """Run a preview over one database file."""
    clock = SteppedClock(adjustable)
    token = new_token()
    app = create_app(
        database=database,
        token=token,
        clock=clock,
        edition=Edition(name="Sample edition", note="invented outlets", zone="Europe/Helsinki"),
        **more,
    )
    server = PreviewServer(app)
    await server.start()
    try:
        async with httpx.AsyncClient(trust_env=False) as http:
            yield Preview(server=server, world=app.state.world, clock=clock, token=token, http=http)
    finally:
        await server.stop()


def picture(width: int = 1000, height: int = 500) -> bytes:
    """A PNG picture."""
    packed = io.BytesIO()
    Image.new("RGB", (width, height), (40, 110, 190)).save(packed, "PNG")
    return packed.getvalue()


_BUTTONS = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Edit", callback_data="edit")],
        [InlineKeyboardButton("Alert", callback_data="alert")],
    ]
)


async def _start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    payload = " ".join(context.args or []) or "no payload"
    await update.message.reply_text(
        f"<b>Welcome</b>, <i>{payload}</i>", parse_mode=ParseMode.HTML, reply_markup=_BUTTONS
    )


async def _echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_chat_action("typing")
    await update.message.reply_text(f"You said: {update.message.text}", do_quote=True)


async def _picture(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_photo(picture(), caption="<b>A chart</b>", parse_mode="HTML")


async def _document(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    assert update.message.document is not None
    file = await update.message.document.get_file()
    content = bytes(await file.download_as_bytearray())
    await update.message.reply_text(f"{len(content)} bytes, first {content[:5].decode()}")


async def _pressed(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None
    if query.data == "alert":
        await query.answer("Careful!", show_alert=True)
        return
    await query.edit_message_text("Edited in place")
    await query.answer("Done")


def small_application(preview: Preview) -> Application[Any, Any, Any, Any, Any, Any]:
    """An application as one would write it for Telegram; only the addresses are the preview's."""
    application = (
        ApplicationBuilder()
        .token(preview.token)
        .base_url(preview.server.base_url)
        .base_file_url(preview.server.base_file_url)
        .build()
    )
    application.add_handler(CommandHandler("start", _start))
    application.add_handler(CommandHandler("picture", _picture))
    application.add_handler(CallbackQueryHandler(_pressed))
    application.add_handler(MessageHandler(filters.Document.ALL, _document))
    application.add_handler(MessageHandler(filters.TEXT, _echo))
    return application


@asynccontextmanager
async def polling(preview: Preview) -> AsyncIterator[Application[Any, Any, Any, Any, Any, Any]]:
    """Run the small application with real long polling."""
    application = small_application(preview)
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling()
        await application.bot.set_my_commands(
            [("start", "Begin here"), ("picture", "Send a picture")]
        )
        await application.bot.set_my_description("Echoes what you write, with buttons.")
        try:
            yield application
        finally:
            await application.updater.stop()
            await application.stop()
