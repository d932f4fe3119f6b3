"""What people do on the page or in a test: write, send files, press buttons, make groups, block.

Each act changes the world and queues the update that Telegram would send to the bot. Knows no
HTTP; requests that make no sense are refused with one line (`Refused`).
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Any, get_args

from bot.preview.entities import finished
from bot.preview.keyboards import has_callback
from bot.preview.media import save_document
from bot.preview.people import (
    PRESENT,
    Chat,
    ChatKind,
    Json,
    Member,
    Person,
    Standing,
    chat_member,
)
from bot.preview.world import World

# the apps cut a longer text into several messages of this many UTF-16 units
MESSAGE_UNITS = 4096
CAPTION_UNITS = 1024
MAX_TEXT = 200_000
MAX_MEMBERS = 200


class Refused(Exception):
    """A user's act that is not possible; the text is one line for the person who tried."""


def speaker(chat: Chat, user_id: int | None) -> Person:
    """Who acts: the named member, else the first one.

    Raises: `Refused` for someone who is not in the chat.
    """
    if user_id is None:
        present = [one for one in chat.members if one.standing in PRESENT]
        if present:
            return present[0].person
    member = chat.member(user_id) if user_id is not None else None
    if member is None or member.standing not in PRESENT:
        raise Refused(f"User {user_id} is not in this chat.")
    return member.person


def parts_of(text: str) -> list[str]:
    """A text in pieces of at most 4096 UTF-16 units, cut at lines or words where there are any."""
    pieces = []
    rest = text.strip()
    while rest:
        piece = _fitting(rest)
        if len(piece) < len(rest):
            cut = max(piece.rfind("\n"), piece.rfind(" "))
            piece = piece[: cut + 1] if cut > len(piece) // 2 else piece
        pieces.append(piece)
        rest = rest[len(piece) :].lstrip()
    return pieces


def _fitting(text: str) -> str:
    encoded = text.encode("utf-16-le", "surrogatepass")[: 2 * MESSAGE_UNITS]
    return encoded.decode("utf-16-le", "ignore")


def say(
    world: World,
    chat: Chat,
    sender: Person,
    text: str,
    *,
    thread_id: int | None = None,
    forward_from: str | None = None,
    reply_to: int | None = None,
) -> list[Json]:
    """Write a text; the messages it became, several where it is longer than one may be.

    `forward_from` names whom it is forwarded from. Raises: `Refused`.
    """
    clean = text.replace("\r\n", "\n").replace("\x00", "")
    clean = clean.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if not clean.strip():
        raise Refused("The message is empty.")
    if len(clean) > MAX_TEXT:
        raise Refused(f"The message is longer than {MAX_TEXT} characters; send it as a file.")
    chat, extra = _circumstances(world, chat, thread_id, forward_from, reply_to)
    sent = []
    for piece in parts_of(clean):
        plain, entities = finished(piece, [])
        content = extra | {"text": plain} | ({"entities": entities} if entities else {})
        sent.append(_post(world, chat, sender, content))
    return sent


def send_file(
    world: World,
    chat: Chat,
    sender: Person,
    *,
    name: str,
    mime: str | None,
    content: bytes,
    caption: str = "",
    thread_id: int | None = None,
) -> Json:
    """Send a file as a document. Raises: `Refused`, and `Refusal` for an empty file."""
    chat, extra = _circumstances(world, chat, thread_id, None, None)
    extra["document"] = save_document(world, name, mime, content)
    if caption.strip():
        plain, entities = finished(_fitting(caption)[:CAPTION_UNITS], [])
        extra["caption"] = plain
        if entities:
            extra["caption_entities"] = entities
    return _post(world, chat, sender, extra)


def _circumstances(
    world: World,
    chat: Chat,
    thread_id: int | None,
    forward_from: str | None,
    reply_to: int | None,
) -> tuple[Chat, Json]:
    """The chat as it is once someone writes there, and what the message says beside its text."""
    extra: Json = {}
    if chat.kind == "private" and chat.bot_standing == "kicked":
        raise Refused("You have blocked the bot; unblock it to write to it.")
    if chat.kind == "private" and not chat.started:
        chat = world.save_chat(replace(chat, started=True))
    if thread_id is not None:
        if not chat.is_forum:
            raise Refused("Only a forum group has topics.")
        if thread_id not in dict(chat.threads):
            named = (*chat.threads, (thread_id, f"Topic {thread_id}"))
            chat = world.save_chat(replace(chat, threads=named))
        extra |= {"message_thread_id": thread_id, "is_topic_message": True}
    if forward_from:
        origin = {"type": "hidden_user", "sender_user_name": forward_from[:128]}
        extra["forward_origin"] = origin | {"date": world.seconds()}
    if reply_to is not None:
        found = world.message(chat, reply_to)
        if found is None:
            raise Refused(f"There is no message {reply_to} to reply to.")
        extra["reply_to_message"] = {
            key: value for key, value in found.body.items() if key != "reply_to_message"
        }
    return chat, extra


def _post(world: World, chat: Chat, sender: Person, content: Json) -> Json:
    with world.store.together():
        if chat.keyboard and chat.keyboard.get("once"):
            chat = world.save_chat(replace(chat, keyboard=None))
        message = world.post(chat, sender, content)
        if world.bot_sees(chat, message):
            world.tell_bot("channel_post" if chat.kind == "channel" else "message", message)
    return message


async def press(
    world: World, chat: Chat, sender: Person, message_id: int, data: str, *, wait: float
) -> Json:
    """Press an inline button: `{"answered", "text", "show_alert", "url"}` of the bot's answer.

    Raises: `Refused` when the message is gone or has no such button.
    """
    found = world.message(chat, message_id)
    if found is None:
        raise Refused("This message is no longer there.")
    if not has_callback(found.body.get("reply_markup"), data):
        raise Refused("This message has no such button any more.")
    with world.store.together():
        callback_id = world.press()
        world.tell_bot(
            "callback_query",
            {
                "id": callback_id,
                "from": sender.as_json(),
                "message": found.body,
                "chat_instance": str(zlib.crc32(str(chat.id).encode())),
                "data": data,
            },
        )
    answer = await world.callback_answer(callback_id, wait)
    return {"answered": answer is not None} | (answer or {})


def set_bot_standing(world: World, chat: Chat, standing: Standing, by: Person) -> Chat:
    """Add, promote, remove or block the bot; the update says who did it.

    Raises: `Refused` for a standing that the kind of chat does not have.
    """
    if standing == "creator" or (chat.kind == "private" and standing not in {"member", "kicked"}):
        raise Refused(f'The bot cannot be "{standing}" in a {chat.kind} chat.')
    if standing == chat.bot_standing:
        return chat
    before = chat.bot_standing
    with world.store.together():
        chat = world.save_chat(replace(chat, bot_standing=standing))
        world.tell_bot(
            "my_chat_member",
            {
                "chat": chat.as_json(),
                "from": by.as_json(),
                "date": world.seconds(),
                "old_chat_member": chat_member(world.bot, before),
                "new_chat_member": chat_member(world.bot, standing),
            },
        )
        if chat.is_group and (before in PRESENT) != (standing in PRESENT):
            joined = standing in PRESENT
            bot = world.bot.as_json()
            service = {"new_chat_members": [bot]} if joined else {"left_chat_member": bot}
            message = world.post(chat, by, service)
            if joined:
                world.tell_bot("message", message)
    return chat


def create_chat(world: World, wanted: Json) -> Chat:
    """Make a chat as a request describes it; a group gets the bot as a new member.

    `wanted`: id, type, title, username, members (persons), admins (ids; the first one created
    the group), is_forum, threads (`{id: name}`), bot ("member", "administrator" or "left").
    Raises: `Refused`.
    """
    chat_id, kind = wanted.get("id"), wanted.get("type", "private")
    if not isinstance(chat_id, int) or isinstance(chat_id, bool) or abs(chat_id) >= 2**52:
        raise Refused("A chat needs an `id`, a whole number.")
    if kind not in get_args(ChatKind):
        raise Refused("`type` must be private, group, supergroup or channel.")
    if (chat_id > 0) != (kind == "private") or chat_id == 0:
        raise Refused("Private chats have ids above 0, all others below 0.")
    if world.store.chat(chat_id) is not None:
        raise Refused(f"There is already a chat {chat_id}.")
    admins = _numbers(wanted.get("admins", []))
    raw = wanted.get("members") or (
        [{"id": chat_id, "first_name": "Reader"}] if kind == "private" else []
    )
    if not isinstance(raw, list) or not 0 < len(raw) <= MAX_MEMBERS:
        raise Refused(f"`members` must be a list of 1 to {MAX_MEMBERS} persons.")
    members = tuple(_member(one, kind, admins) for one in raw)
    if kind == "private" and members[0].person.id != chat_id:
        raise Refused("The id of a private chat is its user's id.")
    threads = wanted.get("threads") or {}
    if not isinstance(threads, dict) or not all(key.isdecimal() for key in threads):
        raise Refused("`threads` must map topic numbers to names.")
    bot = wanted.get("bot", "member")
    if bot not in {"member", "administrator", "left"}:
        raise Refused('`bot` must be "member", "administrator" or "left".')
    chat = world.save_chat(
        Chat(
            id=chat_id,
            kind=kind,
            title=_text(wanted, "title") or (None if kind == "private" else "Group"),
            username=_text(wanted, "username"),
            is_forum=bool(wanted.get("is_forum")) and kind == "supergroup",
            members=members,
            bot_standing="member" if kind == "private" else "left",
            threads=tuple((int(key), str(name)) for key, name in threads.items()),
        )
    )
    if kind == "private" or bot == "left":
        return chat
    return set_bot_standing(world, chat, bot, members[0].person)


def _member(raw: Any, kind: str, admins: list[int]) -> Member:
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), int) or raw["id"] <= 0:
        raise Refused("A member needs an `id` above 0.")
    person = Person(
        id=raw["id"],
        first_name=_text(raw, "first_name") or f"User {raw['id']}",
        last_name=_text(raw, "last_name"),
        username=_text(raw, "username"),
        language_code=_text(raw, "language_code") or "en",
    )
    if kind == "private" or person.id not in admins:
        return Member(person=person)
    return Member(person=person, standing="creator" if person.id == admins[0] else "administrator")


def _numbers(raw: Any) -> list[int]:
    if not isinstance(raw, list) or not all(isinstance(one, int) for one in raw):
        raise Refused("`admins` must be a list of user ids.")
    return raw


def _text(raw: Json, name: str) -> str | None:
    value = raw.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(f"`{name}` must be a text.")
    return value[:128] if value else None
