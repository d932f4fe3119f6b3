"""The Bot API side over HTTP: polling, sending, editing, deleting, and its refusals."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from preview_running import Preview, picture

READER = 1_000_001
GROUP = -1_001_000_000_001


async def _fails(preview: Preview, method: str, **parameters: Any) -> tuple[int, str]:
    answer = await preview.call(method, **parameters)
    assert answer["ok"] is False
    return answer["error_code"], answer["description"].partition(": ")[2]


async def _started(preview: Preview) -> None:
    await preview.say("/start")
    updates = await preview.updates()
    await preview.updates(offset=updates[-1]["update_id"] + 1)


async def test_unconfirmed_updates_come_again(preview: Preview) -> None:
    """An update is forgotten only when a greater offset is asked for."""
    await _started(preview)
    await preview.say("one")
    await preview.say("two")
    first = await preview.updates()
    assert [one["message"]["text"] for one in first] == ["one", "two"]
    assert await preview.updates() == first
    assert await preview.updates(offset=first[-1]["update_id"]) == first[-1:]
    assert await preview.updates(offset=first[-1]["update_id"] + 1) == []


async def test_a_negative_offset_forgets_the_older_ones(preview: Preview) -> None:
    """`offset=-1` leaves the newest update alone."""
    await preview.say("one")
    await preview.say("two")
    (left,) = await preview.updates(offset=-1)
    assert left["message"]["text"] == "two"


async def test_a_long_poll_returns_as_soon_as_something_comes(preview: Preview) -> None:
    """The poll waits, and what is said meanwhile ends it."""
    await _started(preview)
    poll = asyncio.create_task(preview.updates(timeout=40))
    await asyncio.sleep(0.1)
    assert not poll.done()
    await preview.say("now")
    assert (await poll)[0]["message"]["text"] == "now"


async def test_the_older_of_two_pollers_is_told_of_the_conflict(preview: Preview) -> None:
    """Two programs on one token: the older poll ends with 409, the newer goes on."""
    await _started(preview)
    older = asyncio.create_task(preview.call("getUpdates", timeout=40))
    await asyncio.sleep(0.1)
    newer = asyncio.create_task(preview.call("getUpdates", timeout=40))
    told = await older
    assert told["error_code"] == 409
    assert told["description"].startswith("Conflict: terminated by other getUpdates request")
    await preview.say("still here")
    assert (await newer)["result"][0]["message"]["text"] == "still here"


async def test_only_allowed_updates_are_queued(preview: Preview) -> None:
    """A kind that the bot did not ask for never comes, also later."""
    await _started(preview)
    await preview.updates(allowed_updates=["callback_query"])
    await preview.say("unheard")
    assert await preview.updates(allowed_updates=[]) == []
    await preview.say("heard")
    assert [one["message"]["text"] for one in await preview.updates()] == ["heard"]


async def test_unknown_and_unimplemented_methods_differ(preview: Preview) -> None:
    """404 for no method, 501 for one that this preview does not have."""
    assert (await preview.call("sendSmoke"))["error_code"] == 404
    answer = await preview.call("sendDice", chat_id=READER)
    assert answer["error_code"] == 501
    assert "sendDice" in answer["description"]


@pytest.mark.parametrize("how", ["params", "data", "json"])
async def test_parameters_come_by_query_form_or_json(preview: Preview, how: str) -> None:
    """All ways that Telegram takes."""
    await _started(preview)
    sent: dict[str, Any] = {how: {"chat_id": READER, "text": "hello"}}
    answer = await preview.http.request("POST", f"{preview.link}sendMessage", **sent)
    assert answer.json()["result"]["text"] == "hello"


async def test_webhooks_are_refused(preview: Preview) -> None:
    """The preview is for long polling, and says so."""
    code, said = await _fails(preview, "setWebhook", url="https://example.org/hook")
    assert (code, said.partition(":")[0]) == (400, "bad webhook")
    assert (await preview.call("getWebhookInfo"))["result"]["url"] == ""


async def test_the_length_is_counted_after_parsing_in_utf16_units(preview: Preview) -> None:
    """Markup does not count, a character beyond the basic plane counts twice."""
    await _started(preview)
    fits = "<b>" + "🏟" * 2048 + "</b>"
    assert (await preview.call("sendMessage", chat_id=READER, text=fits, parse_mode="HTML"))["ok"]
    assert await _fails(preview, "sendMessage", chat_id=READER, text="🏟" * 2048 + "x") == (
        400,
        "message is too long",
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([[{"text": "x", "url": "https://example.org"}] * 9], "reply markup is too long"),
        ([[{"text": "x", "callback_data": "y"}]] * 101, "reply markup is too long"),
        (
            [[{"text": "x"}]],
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            [[{"text": " ", "callback_data": "y"}]],
            "inline keyboard button text must be non-empty",
        ),
        (
            [[{"text": "x", "url": "gopher://example.org"}]],
            "inline keyboard button URL 'gopher://example.org' is invalid:"
            " Unsupported URL protocol",
        ),
        (
            [[{"text": "x", "url": "nowhere"}]],
            "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL",
        ),
        ([[{"text": "x", "callback_data": "y" * 65}]], "BUTTON_DATA_INVALID"),
    ],
)
async def test_keyboards_beyond_the_rules_are_refused(
    preview: Preview, rows: list[Any], said: str
) -> None:
    """Too many buttons, buttons without action or text, bad links, long data."""
    await _started(preview)
    markup = {"inline_keyboard": rows}
    assert await _fails(preview, "sendMessage", chat_id=READER, text="x", reply_markup=markup) == (
        400,
        said,
    )


async def test_an_edit_without_change_is_refused_until_something_changes(preview: Preview) -> None:
    """Text, entities and keyboard together decide whether an edit changes anything."""
    await _started(preview)
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]}
    sent = (await preview.call("sendMessage", chat_id=READER, text="a", reply_markup=markup))[
        "result"
    ]
    here = {"chat_id": READER, "message_id": sent["message_id"]}
    _, said = await _fails(preview, "editMessageText", **here, text="a", reply_markup=markup)
    assert said.startswith("message is not modified")
    plain = (await preview.call("editMessageText", **here, text="a"))["result"]
    assert "reply_markup" not in plain
    bold = await preview.call("editMessageText", **here, text="<b>a</b>", parse_mode="HTML")
    assert bold["ok"]
    again = await preview.call("editMessageReplyMarkup", **here, reply_markup=markup)
    assert again["result"]["entities"] == bold["result"]["entities"]


async def test_only_the_bots_own_texts_can_be_edited(preview: Preview) -> None:
    """Others' messages, pictures and missing messages each have their refusal."""
    theirs = await preview.say("/start")
    text = {"chat_id": READER, "text": "x"}
    assert await _fails(preview, "editMessageText", **text, message_id=theirs["message_id"]) == (
        400,
        "message can't be edited",
    )
    assert await _fails(preview, "editMessageText", **text, message_id=99) == (
        400,
        "message to edit not found",
    )
    assert await _fails(preview, "editMessageText", text="x") == (
        400,
        "message identifier is not specified",
    )
    sent = await preview.http.post(
        f"{preview.link}sendPhoto", data={"chat_id": READER}, files={"photo": picture()}
    )
    photo_id = sent.json()["result"]["message_id"]
    assert await _fails(preview, "editMessageText", **text, message_id=photo_id) == (
        400,
        "there is no text in the message to edit",
    )


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n broken"])
async def test_a_photo_that_is_none_is_refused(preview: Preview, content: bytes) -> None:
    """Only pictures can be sent as photos."""
    await _started(preview)
    answer = await preview.http.post(
        f"{preview.link}sendPhoto", data={"chat_id": READER}, files={"photo": ("x.png", content)}
    )
    assert answer.status_code == 400
    assert (await preview.call("sendPhoto", chat_id=READER, photo="https://example.org/x.png"))[
        "description"
    ] == "Bad Request: failed to get HTTP URL content"


async def test_a_sent_file_can_be_sent_again_by_its_id(preview: Preview) -> None:
    """A file id names the stored file."""
    await _started(preview)
    first = await preview.http.post(
        f"{preview.link}sendDocument",
        data={"chat_id": READER},
        files={"document": ("../brief.txt", b"words", "text/plain")},
    )
    document = first.json()["result"]["document"]
    assert (document["file_name"], document["file_size"]) == ("brief.txt", 5)
    again = await preview.call("sendDocument", chat_id=READER, document=document["file_id"])
    assert again["result"]["document"] == document
    assert await _fails(preview, "sendDocument", chat_id=READER, document="nothing") == (
        400,
        "wrong file identifier/HTTP URL specified",
    )


async def test_deleting_follows_age_and_rights(preview: Preview) -> None:
    """Not twice, not after 48 hours, and in a group not others' messages."""
    await _started(preview)
    sent = (await preview.call("sendMessage", chat_id=READER, text="x"))["result"]
    here = {"chat_id": READER, "message_id": sent["message_id"]}
    assert (await preview.call("deleteMessage", **here))["result"] is True
    assert await _fails(preview, "deleteMessage", **here) == (400, "message to delete not found")
    old = (await preview.call("sendMessage", chat_id=READER, text="x"))["result"]["message_id"]
    await preview.post("clock", by_seconds=48 * 3600)
    assert await _fails(preview, "deleteMessage", chat_id=READER, message_id=old) == (
        400,
        "message can't be deleted for everyone",
    )
    theirs = await preview.say("hello", GROUP)
    assert await _fails(
        preview, "deleteMessage", chat_id=GROUP, message_id=theirs["message_id"]
    ) == (400, "message can't be deleted")


async def test_a_reply_to_a_missing_message_needs_permission(preview: Preview) -> None:
    """`allow_sending_without_reply` decides."""
    await _started(preview)
    missing = {"message_id": 77}
    sent = {"chat_id": READER, "text": "x"}
    assert await _fails(preview, "sendMessage", **sent, reply_parameters=missing) == (
        400,
        "message to be replied not found",
    )
    allowed = missing | {"allow_sending_without_reply": True}
    assert (await preview.call("sendMessage", **sent, reply_parameters=allowed))["ok"]


async def test_forwarding_keeps_the_origin_and_copying_does_not(preview: Preview) -> None:
    """Both carry the content."""
    theirs = await preview.say("the original")
    source = {"from_chat_id": READER, "message_id": theirs["message_id"]}
    forwarded = (await preview.call("forwardMessage", chat_id=READER, **source))["result"]
    assert forwarded["text"] == "the original"
    assert forwarded["forward_origin"]["sender_user"]["id"] == READER
    copied = (await preview.call("copyMessage", chat_id=READER, **source))["result"]
    assert set(copied) == {"message_id"}


async def test_the_command_menu_is_the_narrowest_that_is_set(preview: Preview) -> None:
    """A scope's menu hides the wider one, for the chats it names."""
    wide = [{"command": "help", "description": "All chats"}]
    narrow = [{"command": "settings", "description": "Groups"}]
    await preview.call("setMyCommands", commands=wide)
    await preview.call("setMyCommands", commands=narrow, scope={"type": "all_group_chats"})
    chats = (await preview.http.get(f"{preview.server.url}api/chats")).json()["chats"]
    assert [chat["commands"] for chat in chats] == [wide, narrow]
    assert (await preview.call("getMyCommands"))["result"] == wide
    assert await _fails(
        preview, "setMyCommands", commands=[{"command": "Nö", "description": "x"}]
    ) == (400, "BOT_COMMAND_INVALID")


async def test_descriptions_are_kept_and_shown(preview: Preview) -> None:
    """What BotFather would show is on the page's information too."""
    await preview.call("setMyDescription", description="Reads the news.")
    await preview.call("setMyShortDescription", short_description="News.")
    info = (await preview.http.get(f"{preview.server.url}api/info")).json()
    assert info["bot"]["description"] == "Reads the news."
    assert (await preview.call("getMyDescription"))["result"] == {"description": "Reads the news."}


async def test_members_and_administrators(preview: Preview) -> None:
    """Rights can be asked for as on Telegram, and read by the library."""
    async with preview.bot() as bot:
        owner = await bot.get_chat_member(GROUP, READER)
        reader = await bot.get_chat_member(GROUP, READER + 1)
        myself = await bot.get_chat_member(GROUP, bot.id)
        admins = await bot.get_chat_administrators(GROUP)
        chat = await bot.get_chat(GROUP)
        assert (owner.status, reader.status, myself.status) == ("creator", "member", "member")
        assert [one.user.id for one in admins] == [READER]
        assert (chat.title, await bot.get_chat_member_count(GROUP)) == ("Demo group", 3)
        assert await bot.leave_chat(GROUP)
    assert await _fails(preview, "sendMessage", chat_id=GROUP, text="x") == (
        403,
        "bot is not a member of the supergroup chat",
    )


async def test_every_standing_of_the_bot_is_readable_by_the_library(preview: Preview) -> None:
    """The library builds its own objects from each kind of ChatMember and Update."""
    from telegram import Update

    async with preview.bot() as bot:
        for standing in ("administrator", "member", "left", "kicked"):
            await preview.post(f"chats/{GROUP}/bot", standing=standing)
        updates = await bot.get_updates(allowed_updates=Update.ALL_TYPES)
        changes = [one.my_chat_member for one in updates if one.my_chat_member]
        seen = [one.new_chat_member.status for one in changes]
    assert seen == ["member", "administrator", "member", "left", "kicked"]


async def test_a_reply_keyboard_is_shown_until_it_is_used_or_removed(preview: Preview) -> None:
    """A one-time keyboard goes with the next message, another stays until removed."""
    await _started(preview)

    async def shown() -> Any:
        chats = await preview.http.get(f"{preview.server.url}api/chats")
        return chats.json()["chats"][0]["keyboard"]

    sent = {"chat_id": READER, "text": "choose"}
    keys = {"keyboard": [[{"text": "yes"}, {"text": "no"}]]}
    once = keys | {"one_time_keyboard": True}
    await preview.call("sendMessage", **sent, reply_markup=once)
    assert await shown() == {"rows": [["yes", "no"]], "once": True}
    await preview.say("yes")
    assert await shown() is None
    await preview.call("sendMessage", **sent, reply_markup=keys)
    await preview.say("no")
    assert await shown() == {"rows": [["yes", "no"]], "once": False}
    await preview.call("sendMessage", **sent, reply_markup={"remove_keyboard": True})
    assert await shown() is None


async def test_an_unknown_callback_query_is_too_old(preview: Preview) -> None:
    """Answering late or twice removed is Telegram's sentence."""
    code, said = await _fails(preview, "answerCallbackQuery", callback_query_id="1")
    assert code == 400
    assert said.startswith("query is too old")


async def test_a_file_address_needs_the_token(preview: Preview) -> None:
    """Downloads are the bot's alone."""
    answer = await preview.http.get(f"{preview.server.base_file_url}1:wrong-token/documents/x")
    assert answer.status_code == 401
    missing = await preview.http.get(
        f"{preview.server.base_file_url}{preview.token}/documents/x.txt"
    )
    assert missing.status_code == 404
