"""One thing that someone asked of the bot: who, where, and the means to answer there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

import structlog
import telegram
from telegram.constants import ChatAction, ChatType
from telegram.error import TelegramError

from bot.telegram import transport
from bot.telegram.markup import escape
from bot.telegram.messages import Message
from bot.telegram.services import Services
from bot.telegram.views import Reader
from bot.telegram.writings import Key, Writings
from news.served import Chat

TYPING_EVERY = 4.0
"""Telegram shows "typing" for five seconds."""

P = ParamSpec("P")
T = TypeVar("T")


async def call(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run synchronous domain work in a thread, so that other chats are answered meanwhile."""
    return await asyncio.to_thread(function, *args, **kwargs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Who asks, where, and what with. `chat` is as stored, or as it would be if it were.

    `message` is the asking message, or the one with the pressed button. `anonymous`: written
    in the name of the chat itself, which only its admins can do.
    """

    bot: telegram.Bot
    services: Services
    writings: Writings
    chat: Chat
    thread_id: int | None
    message: telegram.Message | None
    reply_to: int | None
    user_id: int | None
    anonymous: bool

    @property
    def now(self) -> datetime:
        """The edition's present."""
        return self.services.clock.now()

    @property
    def reader(self) -> Reader:
        """For whom answers are made."""
        return Reader(now=self.now, zone=self.chat.zone, edition=self.services.edition)

    @property
    def key(self) -> Key:
        """Whose writing this is."""
        return self.chat.id, self.user_id or 0

    @property
    def is_private(self) -> bool:
        """Whether one person talks to the bot alone."""
        return self.chat.kind == ChatType.PRIVATE

    async def reply(self, message: Message) -> list[int]:
        """Answer where the question was asked, and give the parts' ids. Raises TelegramError."""
        return await transport.send_parts(
            self.bot, self.chat.id, self.thread_id, message, self.reply_to
        )

    async def say(self, text: str) -> None:
        """Answer with one line of plain text. Raises TelegramError."""
        await self.reply(Message(text=escape(text)))

    async def met(self) -> Request:
        """Store the chat, because there is now something to keep about it."""
        kept = await call(self.services.store.chats.meet, self.chat)
        return replace(self, chat=kept)

    @asynccontextmanager
    async def typing(self) -> AsyncIterator[None]:
        """Show "typing" from now on, as long as the work inside takes."""
        task = asyncio.create_task(self._keep_typing())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _keep_typing(self) -> None:
        while True:
            try:
                await self.bot.send_chat_action(
                    self.chat.id, ChatAction.TYPING, message_thread_id=self.thread_id
                )
            except TelegramError as error:
                structlog.get_logger().debug("typing_not_shown", reason=error.message)
            await asyncio.sleep(TYPING_EVERY)


async def from_message(
    message: telegram.Message, services: Services, writings: Writings
) -> Request:
    """Make the request of a message or channel post."""
    own_name = message.sender_chat is not None and message.sender_chat.id == message.chat.id
    private = message.chat.type in {ChatType.PRIVATE, ChatType.CHANNEL}
    return Request(
        bot=message.get_bot(),
        services=services,
        writings=writings,
        chat=await _known(message.chat, services),
        thread_id=message.message_thread_id if message.is_topic_message else None,
        message=message,
        reply_to=None if private else message.message_id,
        user_id=message.from_user.id if message.from_user and not message.sender_chat else None,
        anonymous=own_name or message.chat.type == ChatType.CHANNEL,
    )


async def from_press(
    query: telegram.CallbackQuery, services: Services, writings: Writings
) -> Request | None:
    """Make the request of a pressed button; None for one under an inline-mode message."""
    if query.message is None:
        return None
    message = query.message if isinstance(query.message, telegram.Message) else None
    chat = query.message.chat
    private = chat.type in {ChatType.PRIVATE, ChatType.CHANNEL}
    in_topic = message is not None and message.is_topic_message
    return Request(
        bot=query.get_bot(),
        services=services,
        writings=writings,
        chat=await _known(chat, services),
        thread_id=message.message_thread_id if message is not None and in_topic else None,
        message=message,
        reply_to=None if private else query.message.message_id,
        user_id=query.from_user.id,
        anonymous=False,
    )


async def _known(chat: telegram.Chat, services: Services) -> Chat:
    """The chat as stored, served again if it was paused; else as it would be stored."""
    as_new = chat_of(chat, services)
    stored: Any = await call(services.store.chats.get, chat.id)
    if stored is None:
        return as_new
    if stored.paused:
        return await call(services.store.chats.meet, as_new)
    known: Chat = stored
    return known


def chat_of(chat: telegram.Chat, services: Services) -> Chat:
    """Give a Telegram chat as ours, with the settings that a new one gets."""
    return Chat(
        id=chat.id,
        kind=str(chat.type),
        title=chat.title or chat.full_name or "",
        zone=services.default_zone,
        created_at=services.clock.now(),
    )
