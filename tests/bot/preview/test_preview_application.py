"""The same python-telegram-bot application as on Telegram, driven as a person would."""

from __future__ import annotations

import time

import pytest
from preview_running import Preview, picture, polling
from telegram.error import BadRequest, Forbidden, InvalidToken


async def test_a_command_is_answered_with_formatting_and_buttons(preview: Preview) -> None:
    """A deep link's payload reaches the handler; HTML comes back as text and entities."""
    async with polling(preview):
        reply = await preview.reply_to(await preview.say("/start story_7"))
    assert reply["text"] == "Welcome, story_7"
    assert [one["type"] for one in reply["entities"]] == ["bold", "italic"]
    assert reply["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "edit"


async def test_a_text_is_echoed_as_a_reply(preview: Preview) -> None:
    """A reply names the message it answers."""
    async with polling(preview):
        sent = await preview.say("good evening")
        reply = await preview.reply_to(sent)
    assert reply["text"] == "You said: good evening"
    assert reply["reply_to_message"]["message_id"] == sent["message_id"]


async def test_a_pressed_button_edits_the_message_and_answers(preview: Preview) -> None:
    """Pressing returns the bot's answer, and the message changes in place."""
    async with polling(preview):
        reply = await preview.reply_to(await preview.say("/start"))
        chat_id, message_id = reply["chat"]["id"], reply["message_id"]
        alert = await preview.post(f"chats/{chat_id}/press", message_id=message_id, data="alert")
        done = await preview.post(f"chats/{chat_id}/press", message_id=message_id, data="edit")
        found = await preview.messages(after=reply["revision"])
    assert alert.json() == {"answered": True, "text": "Careful!", "show_alert": True, "url": None}
    assert done.json()["text"] == "Done"
    edited = next(one for one in found["messages"] if one["message_id"] == message_id)
    assert edited["text"] == "Edited in place"
    assert "reply_markup" not in edited
    assert edited["edit_date"] == int(preview.clock.at.timestamp())


async def test_a_button_that_is_gone_cannot_be_pressed(preview: Preview) -> None:
    """Only what the message shows now can be pressed."""
    async with polling(preview):
        reply = await preview.reply_to(await preview.say("/start"))
        path = f"chats/{reply['chat']['id']}/press"
        answer = await preview.post(path, message_id=reply["message_id"], data="nothing")
    assert answer.status_code == 400
    assert answer.json() == {"error": "This message has no such button any more."}


async def test_a_picture_comes_in_sizes_and_can_be_shown(preview: Preview) -> None:
    """A sent photo has several sizes, the last one unchanged."""
    async with polling(preview):
        reply = await preview.reply_to(await preview.say("/picture"))
    assert [(one["width"], one["height"]) for one in reply["photo"]] == [
        (320, 160),
        (800, 400),
        (1000, 500),
    ]
    assert reply["caption"] == "A chart"
    shown = await preview.http.get(f"{preview.server.url}api/files/{reply['photo'][-1]['file_id']}")
    assert shown.headers["content-type"] == "image/png"
    assert shown.content == picture()


async def test_an_uploaded_file_reaches_the_bot(preview: Preview) -> None:
    """The bot downloads over getFile and the file address what a person sent."""
    async with polling(preview):
        answer = await preview.http.post(
            f"{preview.server.url}api/chats/1000001/files",
            files={"file": ("notes.txt", b"hello from a file", "text/plain")},
        )
        assert answer.status_code == 201
        reply = await preview.reply_to(answer.json()["message"])
    assert reply["text"] == "17 bytes, first hello"


async def test_refusals_arrive_as_the_librarys_exceptions(preview: Preview) -> None:
    """python-telegram-bot understands the preview's errors as Telegram's."""
    async with preview.bot() as bot:
        with pytest.raises(Forbidden, match="can't initiate conversation"):
            await bot.send_message(1_000_001, "hello")
        await preview.say("/start")
        with pytest.raises(BadRequest, match="Message is too long"):
            await bot.send_message(1_000_001, "x" * 4097)
        with pytest.raises(BadRequest, match="Message text is empty"):
            await bot.send_message(1_000_001, "<b> </b>", parse_mode="HTML")
        with pytest.raises(BadRequest, match="Can't parse entities"):
            await bot.send_message(1_000_001, "<b>x", parse_mode="HTML")
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(5, "hello")
        sent = await bot.send_message(1_000_001, "hello")
        with pytest.raises(BadRequest, match="Message is not modified"):
            await sent.edit_text("hello")
        with pytest.raises(BadRequest, match="Message caption is too long"):
            await bot.send_photo(1_000_001, picture(), caption="y" * 1025)
        assert await sent.delete()
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await sent.edit_text("again")
        await preview.post("chats/1000001/block", blocked=True)
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(1_000_001, "hello")


async def test_another_token_is_refused(preview: Preview) -> None:
    """A bot with a wrong token cannot start."""
    preview.token = "123456:a-token-of-the-right-form"
    bot = preview.bot()
    with pytest.raises(InvalidToken):
        await bot.initialize()
    await bot.shutdown()


async def test_the_server_stops_within_a_second_of_open_polls(preview: Preview) -> None:
    """Open long polls do not hold the program."""
    import asyncio

    poll = asyncio.create_task(preview.updates(timeout=40))
    watch = asyncio.create_task(preview.messages(wait=40))
    await asyncio.sleep(0.2)
    began = time.monotonic()
    await preview.server.stop()
    taken = time.monotonic() - began
    await asyncio.gather(poll, watch, return_exceptions=True)
    # a bound that only a hanging stop can break: the polls would last 40 seconds
    assert taken < 20
