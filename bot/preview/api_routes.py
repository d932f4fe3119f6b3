"""The people's side over HTTP: what the page and the end-to-end tests use, JSON under `/api`.

Knows requests and answers; acts are in `users`. An act that is not possible is answered with
`{"error": one line}` and a status from 400 on.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.preview import users
from bot.preview.bot_routes import answer
from bot.preview.clock import Edition, clock_json, forward_target
from bot.preview.guard import MIB, UPLOAD_LIMIT
from bot.preview.media import PICTURES
from bot.preview.people import Chat, Json, Standing
from bot.preview.refusals import Refusal
from bot.preview.users import Refused
from bot.preview.world import World

# how long a press waits for the bot's answer to it
PRESS_SECONDS = 8.0
MAX_WAIT_SECONDS = 50.0
_BEAT_SECONDS = 15.0


class PeopleSide:
    """Serves the page's requests."""

    def __init__(self, world: World, edition: Edition) -> None:
        self._world = world
        self._edition = edition

    async def info(self, request: Request) -> Response:
        """The bot, the edition and its clock."""
        store = self._world.store
        return answer(
            {
                "bot": {
                    "id": self._world.bot.id,
                    "username": self._world.bot.username,
                    "first_name": store.setting("name:", self._world.bot.first_name),
                    "description": store.setting("description:", ""),
                    "short_description": store.setting("short_description:", ""),
                },
                "edition": {"name": self._edition.name, "note": self._edition.note},
                "clock": clock_json(self._world.clock, self._edition),
            }
        )

    async def chats(self, request: Request) -> Response:
        """All chats, the first created first."""
        chats = [self._chat_json(chat) for chat in self._world.chats()]
        return answer({"chats": chats, "looks": self._world.looks})

    async def create_chat(self, request: Request) -> Response:
        """Make a chat; see `users.create_chat` for the fields."""
        chat = users.create_chat(self._world, await _body(request))
        return answer({"chat": self._chat_json(chat)}, 201)

    async def messages(self, request: Request) -> Response:
        """What changed in a chat since a revision, waiting up to `wait` seconds for a change."""
        chat = self._chat(request)
        after = _whole(request.query_params.get("after", "0"), "after")
        wait = min(_number(request.query_params.get("wait", "0"), "wait"), MAX_WAIT_SECONDS)
        deadline = time.monotonic() + wait
        typing = self._world.typing_for(chat.id) > 0
        while True:
            found = self._world.store.messages_after(chat.id, after)
            now_typing = self._world.typing_for(chat.id)
            left = deadline - time.monotonic()
            if found or left <= 0 or (now_typing > 0) != typing or self._world.bell.closed:
                break
            await self._world.bell.wait(min(left, now_typing) if typing else left)
        return answer(
            {
                "revision": max([after, *(one.revision for one in found)]),
                "typing": now_typing > 0,
                "messages": [
                    {"message_id": one.message_id, "deleted": True}
                    if one.deleted
                    else one.body | {"revision": one.revision}
                    for one in found
                ],
            }
        )

    async def say(self, request: Request) -> Response:
        """Write a text: `{"text", "from_user"?, "thread_id"?, "forward_from"?, "reply_to"?}`."""
        body = await _body(request)
        chat = self._chat(request)
        if not isinstance(body.get("text"), str):
            raise Refused("Give the message's `text`.")
        sent = users.say(
            self._world,
            chat,
            users.speaker(chat, _optional(body, "from_user")),
            body["text"],
            thread_id=_optional(body, "thread_id"),
            forward_from=_optional_text(body, "forward_from"),
            reply_to=_optional(body, "reply_to"),
        )
        return answer({"message": sent[-1], "messages": sent}, 201)

    async def upload(self, request: Request) -> Response:
        """Send a file: multipart with `file`, and perhaps caption, from_user and thread_id."""
        chat = self._chat(request)
        async with request.form(max_files=1, max_fields=10) as form:
            found = form.get("file")
            if found is None or isinstance(found, str):
                raise Refused("Send the file as the part `file` of a multipart form.")
            content = await found.read()
            if len(content) > UPLOAD_LIMIT:
                raise Refused(f"The file is larger than {UPLOAD_LIMIT // MIB} MB.")
            fields = {key: value for key, value in form.items() if isinstance(value, str)}
            message = users.send_file(
                self._world,
                chat,
                users.speaker(chat, _optional(fields, "from_user")),
                name=found.filename or "file",
                mime=found.content_type,
                content=content,
                caption=fields.get("caption", ""),
                thread_id=_optional(fields, "thread_id"),
            )
        return answer({"message": message}, 201)

    async def press(self, request: Request) -> Response:
        """Press a button: `{"message_id", "data", "from_user"?}`; the bot's answer to it."""
        body = await _body(request)
        chat = self._chat(request)
        message_id = _optional(body, "message_id")
        if message_id is None or not isinstance(body.get("data"), str):
            raise Refused("Give the `message_id` and the `data` of the button.")
        sender = users.speaker(chat, _optional(body, "from_user"))
        wait = PRESS_SECONDS
        return answer(
            await users.press(self._world, chat, sender, message_id, body["data"], wait=wait)
        )

    async def block(self, request: Request) -> Response:
        """Block the bot or unblock it: `{"blocked": bool}`, private chats only."""
        chat = self._chat(request)
        blocked = (await _body(request)).get("blocked")
        if chat.kind != "private" or not isinstance(blocked, bool):
            raise Refused("`blocked` must be true or false, in a private chat.")
        standing: Standing = "kicked" if blocked else "member"
        chat = users.set_bot_standing(self._world, chat, standing, chat.members[0].person)
        return answer({"chat": self._chat_json(chat)})

    async def standing(self, request: Request) -> Response:
        """Add, promote or remove the bot: `{"standing", "from_user"?}`."""
        chat = self._chat(request)
        body = await _body(request)
        standing = body.get("standing")
        if standing not in {"member", "administrator", "left", "kicked"}:
            raise Refused("`standing` must be member, administrator, left or kicked.")
        sender = users.speaker(chat, _optional(body, "from_user"))
        chat = users.set_bot_standing(self._world, chat, standing, sender)
        return answer({"chat": self._chat_json(chat)})

    async def show_clock(self, request: Request) -> Response:
        """The edition's time."""
        return answer(clock_json(self._world.clock, self._edition))

    async def move_clock(self, request: Request) -> Response:
        """Skip forward: `{"to": ISO instant}` or `{"by_seconds": number}`."""
        target = forward_target(self._world.clock, await _body(request))
        if isinstance(target, str):
            return answer({"error": target}, 400 if self._world.clock.adjustable else 409)
        try:
            await asyncio.to_thread(self._world.clock.advance_to, target)
        except ValueError as error:
            # a running clock may have passed the instant meanwhile
            return answer({"error": str(error)}, 400)
        self._world.clock_moves += 1
        self._world.bell.ring()
        return await self.show_clock(request)

    async def file(self, request: Request) -> Response:
        """A picture to show, or a document to save."""
        stored = self._world.store.file(request.path_params["file_id"])
        if stored is None:
            return answer({"error": "This file is no longer kept."}, 404)
        if stored.mime in PICTURES:
            headers = {"cache-control": "private, max-age=86400, immutable"}
            return Response(stored.content, media_type=stored.mime, headers=headers)
        return Response(
            stored.content,
            media_type="application/octet-stream",
            headers={"content-disposition": "attachment", "content-security-policy": "sandbox"},
        )

    async def events(self, request: Request) -> Response:
        """Server-sent events: what to look at again whenever anything changes."""
        headers = {"cache-control": "no-store"}
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers=headers)

    async def _stream(self) -> AsyncIterator[str]:
        bell = self._world.bell
        last = ""
        while not bell.closed:
            seen = bell.rings
            now = json.dumps(self._state())
            yield ": still here\n\n" if now == last else f"data: {now}\n\n"
            last = now
            # typing ends by itself, without a ring
            typing = [left for left in map(self._world.typing_for, self._chat_ids()) if left > 0]
            await bell.wait(min([_BEAT_SECONDS, *typing]), seen)

    def _state(self) -> Json:
        world = self._world
        revisions = {str(chat.id): world.store.revision(chat.id) for chat in world.chats()}
        typing = {key: world.typing_for(int(key)) > 0 for key in revisions}
        return {
            "revisions": revisions,
            "typing": [key for key, value in typing.items() if value],
            "clock_moves": world.clock_moves,
            "look": world.looks,
        }

    def _chat_ids(self) -> list[int]:
        return [chat.id for chat in self._world.chats()]

    def _chat(self, request: Request) -> Chat:
        try:
            return self._world.chat(int(request.path_params["chat_id"]))
        except (ValueError, Refusal):
            raise Refused("There is no such chat.") from None

    def _chat_json(self, chat: Chat) -> Json:
        members = [
            member.person.as_json() | {"standing": member.standing} for member in chat.members
        ]
        first = chat.members[0].person.id
        return chat.as_json() | {
            "members": members,
            "threads": {str(number): name for number, name in chat.threads},
            "bot_standing": chat.bot_standing,
            "started": chat.started,
            "keyboard": chat.keyboard,
            "commands": self._world.commands_for(chat, first),
            "revision": self._world.store.revision(chat.id),
        }


async def refused(request: Request, error: Exception) -> Response:
    """The answer to an act that is not possible."""
    text = error.description if isinstance(error, Refusal) else str(error)
    return answer({"error": text}, 400)


async def _body(request: Request) -> Json:
    try:
        found: Any = json.loads(await request.body() or b"{}")
    except (ValueError, RecursionError):
        raise Refused("The request's body is not JSON.") from None
    if not isinstance(found, dict):
        raise Refused("The request's body must be a JSON object.")
    return found


def _whole(value: Any, name: str) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise Refused(f"`{name}` must be a whole number.") from None


def _number(value: Any, name: str) -> float:
    try:
        found = float(str(value))
    except ValueError:
        found = -1.0
    if not found >= 0:
        raise Refused(f"`{name}` must be a number of seconds.")
    return found


def _optional(body: Json, name: str) -> int | None:
    value = body.get(name)
    return None if value is None or value == "" else _whole(value, name)


def _optional_text(body: Json, name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(f"`{name}` must be a text.")
    return value
