"""The people's side: what they do becomes the updates that Telegram would send."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from preview_running import Preview

from bot.preview.entities import utf16_length
from bot.preview.users import MESSAGE_UNITS, parts_of

READER = 1_000_001
GROUP = -1_001_000_000_001


@given(st.text(max_size=300), st.integers(1, 60))
def test_long_texts_are_cut_without_loss(text: str, times: int) -> None:
    """Every piece fits one message, and all words are still there."""
    whole = (text + " word ") * times
    pieces = parts_of(whole)
    assert all(0 < utf16_length(piece) <= MESSAGE_UNITS for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(whole.split())


async def test_a_long_message_arrives_in_several(preview: Preview) -> None:
    """The apps cut at 4096 units, so the bot gets several messages."""
    answer = await preview.post(f"chats/{READER}/messages", text="word " * 4000)
    lengths = [len(one["text"]) for one in answer.json()["messages"]]
    assert len(lengths) == 5
    assert max(lengths) <= 4096
    texts = [one for one in await preview.updates() if "text" in one.get("message", {})]
    assert len(texts) == 5


async def test_a_group_is_private_to_the_bot_unless_it_is_addressed(preview: Preview) -> None:
    """Privacy mode: commands, mentions and replies come, the rest does not."""
    sent = (await preview.call("sendMessage", chat_id=GROUP, text="hello group"))["result"]
    for text in ("just talk", "/help@another_bot", "/help", "@geobrief_preview_bot hello"):
        await preview.say(text, GROUP, from_user=READER + 1)
    await preview.say("an answer", GROUP, reply_to=sent["message_id"])
    heard = [one["message"].get("text") for one in await preview.updates() if "message" in one]
    assert [text for text in heard if text] == [
        "/help",
        "@geobrief_preview_bot hello",
        "an answer",
    ]
    await preview.post(f"chats/{GROUP}/bot", standing="administrator")
    await preview.say("overheard", GROUP)
    assert (await preview.updates())[-1]["message"]["text"] == "overheard"


async def test_adding_and_removing_the_bot_is_told(preview: Preview) -> None:
    """my_chat_member says who did what; a removed bot can no longer write."""
    await preview.post(f"chats/{GROUP}/bot", standing="kicked")
    updates = [one["my_chat_member"] for one in await preview.updates() if "my_chat_member" in one]
    assert [one["new_chat_member"]["status"] for one in updates] == ["member", "kicked"]
    answer = await preview.call("sendMessage", chat_id=GROUP, text="x")
    assert answer["description"] == "Forbidden: bot was kicked from the supergroup chat"
    assert (await preview.post(f"chats/{GROUP}/bot", standing="member")).status_code == 200
    assert (await preview.call("sendMessage", chat_id=GROUP, text="x"))["ok"]


async def test_blocking_is_told_and_undone(preview: Preview) -> None:
    """A blocked bot learns of it, and of the end of it."""
    await preview.say("/start")
    await preview.post(f"chats/{READER}/block", blocked=True)
    refused = await preview.post(f"chats/{READER}/messages", text="x")
    assert refused.json() == {"error": "You have blocked the bot; unblock it to write to it."}
    await preview.post(f"chats/{READER}/block", blocked=False)
    told = [one["my_chat_member"] for one in await preview.updates() if "my_chat_member" in one]
    own = [one["new_chat_member"]["status"] for one in told if one["chat"]["id"] == READER]
    assert own == ["kicked", "member"]


async def test_a_forum_keeps_its_topics_apart(preview: Preview) -> None:
    """A topic's messages carry its number, and the bot may write into known topics only."""
    wanted: dict[str, Any] = {
        "id": -1_001_000_000_002,
        "type": "supergroup",
        "title": "Forum",
        "is_forum": True,
        "members": [{"id": READER, "first_name": "You"}],
        "admins": [READER],
        "threads": {"4": "Elections"},
    }
    made = await preview.post("chats", **wanted)
    assert made.status_code == 201
    assert made.json()["chat"]["threads"] == {"4": "Elections"}
    sent = await preview.say("/latest", wanted["id"], thread_id=9)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (9, True)
    here = {"chat_id": wanted["id"], "text": "x"}
    reply = await preview.call("sendMessage", **here, message_thread_id=9)
    assert reply["result"]["message_thread_id"] == 9
    lost = await preview.call("sendMessage", **here, message_thread_id=5)
    assert lost["description"] == "Bad Request: message thread not found"


async def test_a_forwarded_message_says_from_whom(preview: Preview) -> None:
    """The bot sees the origin."""
    sent = await preview.say("https://example.org/story", forward_from="Harbour Post")
    assert sent["forward_origin"]["sender_user_name"] == "Harbour Post"
    assert [one["type"] for one in sent["entities"]] == ["url"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"id": "x"}, "A chat needs an `id`, a whole number."),
        ({"id": 5, "type": "room"}, "`type` must be private, group, supergroup or channel."),
        ({"id": 5, "type": "group"}, "Private chats have ids above 0, all others below 0."),
        ({"id": READER, "type": "private"}, f"There is already a chat {READER}."),
        ({"id": -7, "type": "group"}, "`members` must be a list of 1 to 200 persons."),
        ({"id": -7, "type": "group", "members": [{}]}, "A member needs an `id` above 0."),
        (
            {"id": -7, "type": "group", "members": [{"id": 5, "first_name": 4}]},
            "`first_name` must be a text.",
        ),
    ],
)
async def test_impossible_chats_are_refused(
    preview: Preview, body: dict[str, Any], said: str
) -> None:
    """One line says what is wrong."""
    answer = await preview.post("chats", **body)
    assert (answer.status_code, answer.json()) == (400, {"error": said})


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("chats/77/messages", {"text": "x"}, "There is no such chat."),
        ("chats/none/messages", {"text": "x"}, "There is no such chat."),
        (f"chats/{READER}/messages", {"text": " "}, "The message is empty."),
        (f"chats/{READER}/messages", {}, "Give the message's `text`."),
        (
            f"chats/{READER}/messages",
            {"text": "x", "thread_id": 3},
            "Only a forum group has topics.",
        ),
        (f"chats/{READER}/messages", {"text": "x", "from_user": 5}, "User 5 is not in this chat."),
        (
            f"chats/{READER}/messages",
            {"text": "x", "reply_to": 5},
            "There is no message 5 to reply to.",
        ),
        (
            f"chats/{READER}/press",
            {"message_id": 5, "data": "x"},
            "This message is no longer there.",
        ),
        (
            f"chats/{READER}/bot",
            {"standing": "left"},
            'The bot cannot be "left" in a private chat.',
        ),
    ],
)
async def test_impossible_acts_are_refused(
    preview: Preview, path: str, body: dict[str, Any], said: str
) -> None:
    """One line, and nothing has happened."""
    before = preview.world.store.revision()
    answer = await preview.post(path, **body)
    assert (answer.status_code, answer.json()) == (400, {"error": said})
    assert preview.world.store.revision() == before


async def test_halves_of_characters_do_no_harm(preview: Preview) -> None:
    """A lone surrogate in a request becomes a replacement character everywhere."""
    sent = await preview.http.post(
        f"{preview.server.url}api/chats/{READER}/messages",
        content=b'{"text": "a \\ud83c b"}',
    )
    assert sent.json()["message"]["text"] == "a � b"
    answer = await preview.call("sendMessage", chat_id=READER, text="back")
    assert answer["ok"]


async def test_typing_shows_and_ends_with_the_message(preview: Preview) -> None:
    """The person sees that the bot is busy, until it has written."""
    await preview.say("/start")
    await preview.call("sendChatAction", chat_id=READER, action="typing")
    assert (await preview.messages())["typing"] is True
    await preview.call("sendMessage", chat_id=READER, text="x")
    assert (await preview.messages())["typing"] is False


async def test_deletions_are_seen_by_a_waiting_page(preview: Preview) -> None:
    """After a revision, only what changed comes, deletions included."""
    await preview.say("/start")
    sent = (await preview.call("sendMessage", chat_id=READER, text="x"))["result"]
    seen = await preview.messages()
    await preview.call("deleteMessage", chat_id=READER, message_id=sent["message_id"])
    found = await preview.messages(after=seen["revision"])
    assert found["messages"] == [{"message_id": sent["message_id"], "deleted": True}]
