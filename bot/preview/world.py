"""The preview's Telegram: chats, their messages, the bot's updates, who is typing.

Both sides act through it, the Bot API's methods and the people of the page. Knows Telegram's
rules about chats and messages; knows no HTTP. Lives in one asyncio loop; rows are in `Store`.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, field, replace
from typing import Any

from bot.preview.clock import Clock
from bot.preview.people import ADMINS, PRESENT, Chat, Json, Person, chat_from_row
from bot.preview.refusals import bad_request, forbidden
from bot.preview.store import Store, StoredFile, StoredMessage

# What the bot gets when it never said what it wants.
_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
TYPING_SECONDS = 5.0
# Telegram lets a bot answer a pressed button for about this long.
CALLBACK_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BotProfile:
    """The bot as BotFather would know it. `reads_groups` is off, as it is for a new bot."""

    first_name: str = "geobrief"
    username: str = "geobrief_preview_bot"
    reads_groups: bool = False


class Bell:
    """Wakes everyone who waits for a change."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self.rings = 0
        self.closed = False

    def ring(self) -> None:
        """Something changed."""
        self.rings += 1
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    def close(self) -> None:
        """Nobody waits any more from now on."""
        self.closed = True
        self.ring()

    async def wait(self, seconds: float, seen: int | None = None) -> None:
        """Return at the next ring after the `seen`-th, after some seconds, at once when closed."""
        if self.closed or seconds <= 0 or (seen is not None and self.rings != seen):
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            return
        finally:
            self._waiting.discard(future)


@dataclass(slots=True, kw_only=True)
class World:
    """Everything the preview knows. `bot` is the bot's own user."""

    store: Store
    clock: Clock
    bot: Person
    profile: BotProfile
    bell: Bell = field(default_factory=Bell)
    poller: int = 0
    clock_moves: int = 0
    looks: int = 0
    _typing: dict[int, tuple[float, int | None]] = field(default_factory=dict)

    def chat(self, chat_id: int | str) -> Chat:
        """A chat by number or "@name".

        Raises: `Refusal` (400, "chat not found").
        """
        if isinstance(chat_id, int):
            row = self.store.chat(chat_id)
            if row is not None:
                return chat_from_row(row)
        else:
            wanted = chat_id.removeprefix("@").casefold()
            for chat in self.chats():
                if chat.kind != "private" and (chat.username or "").casefold() == wanted:
                    return chat
        raise bad_request("chat not found")

    def chats(self) -> list[Chat]:
        """All chats in the order of their creation."""
        return [chat_from_row(row) for row in self.store.chats()]

    def save_chat(self, chat: Chat) -> Chat:
        """Keep a new or changed chat."""
        if not chat.number:
            chat = replace(chat, number=len(self.store.chats()) + 1)
        self.store.save_chat(chat.id, chat.row())
        self.look_again()
        return chat

    def look_again(self) -> None:
        """Something beside the messages changed: a chat, the bot's menu or its description."""
        self.looks += 1
        self.bell.ring()

    def require_writable(self, chat: Chat, thread_id: int | None = None) -> None:
        """Refuse where Telegram would not let the bot write.

        Raises: `Refusal` (403) when blocked, removed or not yet spoken to; (400) for a thread
        that is not there.
        """
        if chat.kind == "private":
            if chat.bot_standing == "kicked":
                raise forbidden("bot was blocked by the user")
            if not chat.started:
                raise forbidden("bot can't initiate conversation with a user")
        elif chat.bot_standing == "kicked":
            raise forbidden(f"bot was kicked from the {chat.kind} chat")
        elif chat.bot_standing not in PRESENT:
            raise forbidden(f"bot is not a member of the {chat.kind} chat")
        if thread_id is not None and thread_id not in dict(chat.threads):
            raise bad_request("message thread not found")

    def post(self, chat: Chat, sender: Person, content: Json) -> Json:
        """Put a message into a chat; the Bot API's Message object of it."""
        with self.store.together():
            message_id = self.store.new_message_id(chat.id)
            head: Json = {
                "message_id": message_id,
                "from": sender.as_json(),
                "chat": chat.as_json(),
                "date": self.seconds(),
            }
            message = head | content
            self.store.save_message(chat.id, message_id, message, deleted=False)
        if sender.id == self.bot.id:
            self._typing.pop(chat.id, None)
        self.bell.ring()
        return message

    def rewrite(self, chat: Chat, message: Json) -> Json:
        """Keep a changed message."""
        self.store.save_message(chat.id, message["message_id"], message, deleted=False)
        self.bell.ring()
        return message

    def erase(self, chat: Chat, message_id: int) -> None:
        """Delete a message; its place stays, so that pages learn of it."""
        self.store.save_message(chat.id, message_id, {}, deleted=True)
        self.bell.ring()

    def message(self, chat: Chat, message_id: int) -> StoredMessage | None:
        """A message that is still there."""
        found = self.store.message(chat.id, message_id)
        return None if found is None or found.deleted else found

    def seconds(self) -> int:
        """The edition's time as the Bot API writes it."""
        return int(self.clock.now().timestamp())

    def tell_bot(self, kind: str, body: Json) -> int | None:
        """Queue an update; None when the bot has said that it does not want this kind."""
        allowed = self.store.setting("allowed_updates") or []
        if (kind not in allowed) if allowed else (kind in _ON_REQUEST):
            return None
        update_id = self.store.add_update({kind: body})
        self.bell.ring()
        return update_id

    def bot_sees(self, chat: Chat, message: Json) -> bool:
        """Whether Telegram delivers a user's message to the bot (privacy mode in groups)."""
        if chat.kind == "private":
            return chat.bot_standing != "kicked"
        if chat.bot_standing not in PRESENT:
            return False
        if self.profile.reads_groups or chat.bot_standing in ADMINS:
            return True
        replied = message.get("reply_to_message", {}).get("from", {}).get("id")
        return replied == self.bot.id or self._addressed(message)

    def _addressed(self, message: Json) -> bool:
        """A command for any bot or for this one, or a mention of this bot."""
        text = message.get("text") or message.get("caption") or ""
        entities = message.get("entities") or message.get("caption_entities") or []
        encoded = text.encode("utf-16-le")
        name = f"@{self.profile.username}".casefold()
        for entity in entities:
            start, end = entity["offset"], entity["offset"] + entity["length"]
            word = encoded[2 * start : 2 * end].decode("utf-16-le").casefold()
            if entity["type"] == "bot_command" and ("@" not in word or word.endswith(name)):
                return True
            if entity["type"] == "mention" and word == name:
                return True
        return False

    def set_typing(self, chat: Chat, thread_id: int | None) -> None:
        """The bot is busy; pages show it for a few seconds."""
        self._typing[chat.id] = (time.monotonic() + TYPING_SECONDS, thread_id)
        self.bell.ring()

    def typing_for(self, chat_id: int) -> float:
        """For how many seconds more the bot shows as typing."""
        until, _ = self._typing.get(chat_id, (0.0, None))
        return max(0.0, until - time.monotonic())

    def press(self) -> str:
        """A new callback query's id."""
        callback_id = str(secrets.randbits(62))
        self.store.add_callback(callback_id, time.time())
        return callback_id

    async def callback_answer(self, callback_id: str, seconds: float) -> Json | None:
        """What the bot answers to a pressed button, None when it does not in time."""
        deadline = time.monotonic() + seconds
        while True:
            found = self.store.callback(callback_id)
            if found is not None and found[1] is not None:
                return found[1]
            left = deadline - time.monotonic()
            if left <= 0 or self.bell.closed:
                return None
            await self.bell.wait(left)

    def save_file(self, name: str, mime: str, content: bytes) -> StoredFile:
        """Keep a file under a new id."""
        stored = StoredFile(
            file_id=secrets.token_urlsafe(24), name=name, mime=mime, content=content
        )
        self.store.save_file(stored)
        return stored

    def commands_for(self, chat: Chat, user_id: int) -> list[dict[str, Any]]:
        """The command menu that a user sees in a chat: the narrowest scope that is set."""
        member = chat.member(user_id)
        in_chat = f'"chat_id":{chat.id}'
        order = [f'{{"type":"chat",{in_chat}}}']
        if chat.is_group:
            order.insert(0, f'{{"type":"chat_member",{in_chat},"user_id":{user_id}}}')
            if member and member.standing in ADMINS:
                order.insert(1, f'{{"type":"chat_administrators",{in_chat}}}')
                order.append('{"type":"all_chat_administrators"}')
            order.append('{"type":"all_group_chats"}')
        else:
            order.append('{"type":"all_private_chats"}')
        language = (member.person.language_code if member else None) or ""
        known = self.store.settings("commands:")
        for scope in [*order, '{"type":"default"}']:
            for wanted in (f"{scope}|{language}", f"{scope}|"):
                if known.get(wanted):
                    return list(known[wanted])
        return []
