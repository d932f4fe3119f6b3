"""Messages onto Telegram, and what its refusals mean. Knows no news and no chats of ours.

A refusal is a value (`Outcome`), so that the delivery ledger can decide: sendMessage cannot be
repeated safely, and a request that timed out after it was sent is `Unknown`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import httpx
import structlog
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.telegram import markup
from bot.telegram.messages import Message, Rows, from_json
from bot.telegram.splitting import split, split_message
from news.served import Delivery

CAPTION_LIMIT = 1024
PATIENCE = timedelta(seconds=30)
"""How long an answer in a chat waits when Telegram asks the bot to slow down."""
_LATER = timedelta(minutes=1)
_TOKEN_REFUSED = timedelta(minutes=10)
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# httpx failures that happen before anything of the request leaves
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_GONE = (
    "chat not found",
    "user is deactivated",
    "user not found",
    "peer_id_invalid",
    "group chat was deactivated",
    "not enough rights",
    "have no rights to send",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_restricted",
    "bot is not a member",
    "bot was kicked",
)
_NO_THREAD = (
    "thread not found",
    "topic_closed",
    "topic_deleted",
    "topic_id_invalid",
    "topic closed",
)


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram took the message."""

    message_id: int


@dataclass(frozen=True, slots=True)
class RetryLater:
    """Certainly not taken; worth trying again after a while."""

    after: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The chat cannot be written to: blocked, kicked, deactivated, unknown, no rights."""

    reason: str


@dataclass(frozen=True, slots=True)
class Migrated:
    """The group became a supergroup; nothing was sent."""

    new_chat_id: int


@dataclass(frozen=True, slots=True)
class ThreadClosed:
    """The forum thread is closed or gone; the chat itself may be fine."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The message can never be sent."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows whether Telegram took it; sending again could show it twice."""

    reason: str


Outcome = Sent | RetryLater | Gone | Migrated | ThreadClosed | Refused | Unknown


def classify(error: TelegramError) -> Outcome:
    """Say what a failed sendMessage means for the message."""
    text = error.message.lower()
    if isinstance(error, RetryAfter):
        return RetryLater(_waiting(error), error.message)
    if isinstance(error, ChatMigrated):
        return Migrated(error.new_chat_id)
    if isinstance(error, Forbidden):
        return Gone(error.message)
    if isinstance(error, InvalidToken):
        return RetryLater(_TOKEN_REFUSED, "Telegram does not accept the bot's token")
    if isinstance(error, BadRequest):
        if any(words in text for words in _NO_THREAD):
            return ThreadClosed(error.message)
        if any(words in text for words in _GONE):
            return Gone(error.message)
        return Refused(error.message)
    if isinstance(error, NetworkError):
        unsent = isinstance(error.__cause__, _NEVER_SENT)
        if isinstance(error, TimedOut):
            unsent = unsent or text.startswith("pool timeout")
        elif "too many requests" in text:
            unsent = True
        return RetryLater(_LATER, error.message) if unsent else Unknown(error.message)
    return Unknown(error.message)


async def deliver(bot: Bot, delivery: Delivery) -> Outcome:
    """Send one message of the ledger, once, and say what became of it."""
    message = Message(text=delivery.text, buttons=from_json(delivery.markup))
    try:
        return Sent(await _send_part(bot, delivery.chat_id, delivery.thread_id, message))
    except TelegramError as error:
        return classify(error)


async def send_message(
    bot: Bot,
    chat_id: int,
    thread_id: int | None,
    message: Message,
    reply_to: int | None = None,
) -> int:
    """Send an answer, in parts if need be, and give the last part's id (it has the buttons).

    Waits and tries again when Telegram asks to slow down. Raises TelegramError.
    """
    return (await send_parts(bot, chat_id, thread_id, message, reply_to))[-1]


async def send_parts(
    bot: Bot,
    chat_id: int,
    thread_id: int | None,
    message: Message,
    reply_to: int | None = None,
) -> list[int]:
    """Send an answer like `send_message` and give every part's id. Raises TelegramError."""
    sent: list[int] = []
    for part in split_message(message):
        answers = reply_to if not sent else None
        try:
            number = await _send_part(bot, chat_id, thread_id, part, answers)
        except RetryAfter as error:
            if _waiting(error) > PATIENCE:
                raise
            await asyncio.sleep(_waiting(error).total_seconds())
            number = await _send_part(bot, chat_id, thread_id, part, answers)
        sent.append(number)
    return sent


async def send_picture(
    bot: Bot,
    chat_id: int,
    thread_id: int | None,
    png: bytes,
    caption: str,
    *,
    reply_to: int | None = None,
) -> int:
    """Send a picture with words below it, and give the message's id.

    Words that are too long for Telegram are cut at a line or a word. Raises TelegramError.
    """
    below = split(caption, CAPTION_LIMIT)[0]
    reply = (
        ReplyParameters(message_id=reply_to, allow_sending_without_reply=True)
        if reply_to is not None
        else None
    )

    async def send() -> int:
        sent = await bot.send_photo(
            chat_id=chat_id,
            photo=InputFile(png, filename="picture.png"),
            caption=below,
            parse_mode=ParseMode.HTML,
            message_thread_id=thread_id,
            reply_parameters=reply,
        )
        return sent.message_id

    try:
        return await send()
    except RetryAfter as error:
        if _waiting(error) > PATIENCE:
            raise
        await asyncio.sleep(_waiting(error).total_seconds())
        return await send()


async def edit_message(bot: Bot, chat_id: int, message_id: int, message: Message) -> bool:
    """Replace a sent message; false when Telegram would not, which is logged, never raised.

    An edit that changes nothing counts as done. What does not fit one message is not edited in.
    """
    parts = split_message(message)
    if len(parts) != 1:
        return False
    log = structlog.get_logger()
    for attempt in (1, 2):
        try:
            await _edit(bot, chat_id, message_id, parts[0])
        except RetryAfter as error:
            if attempt == 2 or _waiting(error) > PATIENCE:
                log.warning("edit_postponed_too_long", chat=chat_id, reason=error.message)
                return False
            await asyncio.sleep(_waiting(error).total_seconds())
        except TelegramError as error:
            if "message is not modified" in error.message.lower():
                return True
            log.warning("edit_failed", chat=chat_id, reason=error.message)
            return False
        else:
            return True
    return False


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """Give button rows as Telegram's keyboard."""
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(text=button.label, callback_data=button.data, url=button.url)
                for button in row
            ]
            for row in rows
        ]
    )


async def _send_part(
    bot: Bot, chat_id: int, thread_id: int | None, message: Message, reply_to: int | None = None
) -> int:
    """Send one part; text whose markup Telegram cannot read goes out again as plain text."""
    reply = (
        ReplyParameters(message_id=reply_to, allow_sending_without_reply=True)
        if reply_to is not None
        else None
    )

    async def send(text: str, mode: str | None) -> int:
        sent = await bot.send_message(
            chat_id=chat_id,
            text=text,
            parse_mode=mode,
            message_thread_id=thread_id,
            reply_markup=keyboard(message.buttons),
            reply_parameters=reply,
            link_preview_options=_NO_PREVIEW,
        )
        return sent.message_id

    try:
        return await send(message.text, ParseMode.HTML)
    except BadRequest as error:
        if not _unreadable(error):
            raise
    return await send(markup.plain(message.text), None)


async def _edit(bot: Bot, chat_id: int, message_id: int, message: Message) -> None:
    async def edit(text: str, mode: str | None) -> None:
        await bot.edit_message_text(
            text=text,
            chat_id=chat_id,
            message_id=message_id,
            parse_mode=mode,
            reply_markup=keyboard(message.buttons),
            link_preview_options=_NO_PREVIEW,
        )

    try:
        await edit(message.text, ParseMode.HTML)
    except BadRequest as error:
        if not _unreadable(error):
            raise
        await edit(markup.plain(message.text), None)


def _unreadable(error: BadRequest) -> bool:
    return "can't parse entities" in error.message.lower()


def _waiting(error: RetryAfter) -> timedelta:
    after = error.retry_after
    return after if isinstance(after, timedelta) else timedelta(seconds=after)
