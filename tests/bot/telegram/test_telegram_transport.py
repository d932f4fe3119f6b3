"""What Telegram's refusals mean for a message, and what is tried again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from telegram import Bot
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
from telegram.request import HTTPXRequest
from telegram_running import READER, Talk, labels
from telegram_samples import NOW

from bot.telegram.messages import Button, Message, to_json
from bot.telegram.transport import (
    Gone,
    Migrated,
    Refused,
    RetryLater,
    Sent,
    ThreadClosed,
    Unknown,
    classify,
    deliver,
    edit_message,
    send_message,
)
from news.served import Delivery


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    """An error as the library raises it over httpx's."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), Gone),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), Gone),
        (Forbidden("Forbidden: user is deactivated"), Gone),
        (BadRequest("Bad Request: chat not found"), Gone),
        (BadRequest("Bad Request: not enough rights to send text messages to the chat"), Gone),
        (BadRequest("Bad Request: message thread not found"), ThreadClosed),
        (BadRequest("Bad Request: TOPIC_CLOSED"), ThreadClosed),
        (BadRequest("Bad Request: message is too long"), Refused),
        (BadRequest("Bad Request: BUTTON_DATA_INVALID"), Refused),
        (TimedOut(), Unknown),
        (NetworkError("Bad Gateway"), Unknown),
        (caused(NetworkError("httpx.ReadError: "), httpx.ReadError("")), Unknown),
        (caused(TimedOut(), httpx.ReadTimeout("")), Unknown),
        (caused(TimedOut(), httpx.ConnectTimeout("")), RetryLater),
        (caused(NetworkError("httpx.ConnectError: "), httpx.ConnectError("")), RetryLater),
        (
            TimedOut("Pool timeout: All connections in the connection pool are occupied."),
            RetryLater,
        ),
        (InvalidToken("Unauthorized"), RetryLater),
        (TelegramError("Invalid server response"), Unknown),
    ],
)
def test_refusals_are_told_apart(error: TelegramError, kind: type) -> None:
    """Only what certainly was not taken is tried again; what nobody knows is parked."""
    assert isinstance(classify(error), kind)


def test_waiting_time_and_new_id_are_kept() -> None:
    """Telegram says how long to wait and where a group went."""
    assert classify(RetryAfter(17)) == RetryLater(
        timedelta(seconds=17), "Flood control exceeded. Retry in 17 seconds"
    )
    assert classify(ChatMigrated(-100123)) == Migrated(-100123)


def delivery(text: str, *, chat_id: int = READER, markup: str | None = None) -> Delivery:
    """A message of the ledger."""
    return Delivery(
        id=1,
        brief_id=1,
        chat_id=chat_id,
        thread_id=None,
        part=0,
        text=text,
        markup=markup,
        state="sending",
        attempts=1,
        next_try_at=NOW,
    )


@pytest.fixture
async def line(talk: Talk) -> AsyncIterator[tuple[Talk, Bot]]:
    """A chat that was begun, and the bot's own connection to it."""
    await talk.ask("/help")
    async with talk.bot() as bot:
        yield talk, bot


async def test_delivery_is_sent_with_its_buttons(line: tuple[Talk, Bot]) -> None:
    """What the ledger keeps arrives as it was composed."""
    talk, bot = line
    rows = ((Button(label="1", data="1:sty:1"), Button(label="Web", url="https://a.example/")),)
    outcome = await deliver(bot, delivery("<b>A &amp; B</b>", markup=to_json(rows)))
    assert isinstance(outcome, Sent)
    last = talk.from_bot()[-1]
    assert (last["message_id"], last["text"]) == (outcome.message_id, "A & B")
    assert labels(last) == ["1", "Web"]


async def test_unreadable_markup_goes_out_as_plain_text(line: tuple[Talk, Bot]) -> None:
    """A reader gets the words even where the markup is broken."""
    talk, bot = line
    assert isinstance(await deliver(bot, delivery("<b>A &amp; B <i>x</b>")), Sent)
    assert talk.from_bot()[-1]["text"] == "A & B x"


async def test_refused_deliveries_say_why(line: tuple[Talk, Bot]) -> None:
    """A chat that is not there is gone; a text that is too long can never be sent."""
    _, bot = line
    assert isinstance(await deliver(bot, delivery("x", chat_id=42)), Gone)
    assert isinstance(await deliver(bot, delivery("x" * 5000)), Refused)


async def test_nobody_listening_is_tried_again() -> None:
    """Where no connection could be made, nothing was sent."""
    request = HTTPXRequest(httpx_kwargs={"trust_env": False})
    bot = Bot("1:x", base_url="http://127.0.0.1:9/bot", request=request)
    await request.initialize()
    try:
        assert isinstance(await deliver(bot, delivery("x")), RetryLater)
    finally:
        await request.shutdown()


async def test_long_answers_come_in_parts(line: tuple[Talk, Bot]) -> None:
    """The first part answers the question, the last has the buttons and gives the id."""
    talk, bot = line
    rows = ((Button(label="1", data="1:sty:1"),),)
    sent = await send_message(bot, READER, None, Message(text="word " * 1500, buttons=rows), 1)
    first, last = talk.from_bot()[-2:]
    assert first["reply_to_message"]["message_id"] == 1
    assert labels(first) == []
    assert (last["message_id"], labels(last)) == (sent, ["1"])


async def test_edit_that_changes_nothing_is_done(line: tuple[Talk, Bot]) -> None:
    """Telegram's "not modified" is no failure; a message that is gone is one, without noise."""
    _, bot = line
    sent = await send_message(bot, READER, None, Message(text="<b>x</b>"))
    assert await edit_message(bot, READER, sent, Message(text="<b>x</b>"))
    assert await edit_message(bot, READER, sent, Message(text="<i>y</b>"))
    assert not await edit_message(bot, READER, sent + 1000, Message(text="z"))
