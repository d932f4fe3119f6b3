"""Bot API methods about the bot itself: who it is, its updates, commands, descriptions, files.

Knows Telegram's rules of long polling; knows no HTTP.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any

from bot.preview.calls import Call, method
from bot.preview.media import MAX_DOWNLOAD_BYTES, file_json, file_path
from bot.preview.people import ADMINS, PRESENT, Chat, Json, chat_member
from bot.preview.refusals import bad_request, conflict, forbidden
from bot.preview.users import set_bot_standing
from bot.preview.world import World

MAX_POLL_SECONDS = 50
MAX_COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


@method("getMe")
async def get_me(world: World, call: Call) -> Json:
    """The bot's own user."""
    return world.bot.as_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": world.profile.reads_groups,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("getUpdates")
async def get_updates(world: World, call: Call) -> list[Json]:
    """The oldest unconfirmed updates, waiting for the first; an older poller is sent away.

    Raises: `Refusal` (409) when another poll begins meanwhile.
    """
    if "allowed_updates" in call.values:
        world.store.set("allowed_updates", call.values["allowed_updates"])
    offset = call.get("offset", 0)
    if offset > 0:
        world.store.confirm_updates(offset)
    elif offset < 0:
        world.store.keep_last_updates(-offset)
    world.poller += 1
    turn = world.poller
    world.bell.ring()
    limit = min(max(call.get("limit", 100), 1), 100)
    deadline = time.monotonic() + min(max(call.get("timeout", 0), 0), MAX_POLL_SECONDS)
    while True:
        if world.poller != turn:
            raise conflict()
        found = world.store.updates(limit)
        left = deadline - time.monotonic()
        if found or left <= 0 or world.bell.closed:
            return found
        await world.bell.wait(left)


@method("deleteWebhook")
async def delete_webhook(world: World, call: Call) -> bool:
    """There is never one; pending updates go when asked."""
    if call.get("drop_pending_updates"):
        world.store.keep_last_updates(0)
    return True


@method("setWebhook")
async def set_webhook(world: World, call: Call) -> bool:
    """Refused: the preview is for long polling. An empty link removes the webhook, as ever."""
    if call.get("url"):
        raise bad_request("bad webhook: the preview delivers updates by getUpdates only")
    return True


@method("getWebhookInfo")
async def get_webhook_info(world: World, call: Call) -> Json:
    """No webhook, and how many updates wait."""
    pending = world.store.pending_updates()
    return {"url": "", "has_custom_certificate": False, "pending_update_count": pending}


def _commands_key(call: Call) -> str:
    scope = call.get("scope") or {"type": "default"}
    kind = scope.get("type")
    names: tuple[str, ...] = ("type",)
    if kind in {"chat", "chat_administrators"}:
        names = ("type", "chat_id")
    elif kind == "chat_member":
        names = ("type", "chat_id", "user_id")
    elif kind not in {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
    }:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    packed = json.dumps({name: scope.get(name) for name in names}, separators=(",", ":"))
    return f"commands:{packed}|{call.get('language_code', '')}"


@method("setMyCommands")
async def set_my_commands(world: World, call: Call) -> bool:
    """The command menu of a scope and language."""
    commands = call.values["commands"]
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    kept = [
        {"command": one["command"].removeprefix("/"), "description": one["description"]}
        for one in commands
    ]
    if not all(_COMMAND.fullmatch(one["command"]) for one in kept):
        raise bad_request("BOT_COMMAND_INVALID")
    world.store.set(_commands_key(call), kept or None)
    world.look_again()
    return True


@method("getMyCommands")
async def get_my_commands(world: World, call: Call) -> list[Json]:
    """The command menu of exactly this scope and language."""
    return list(world.store.setting(_commands_key(call), []))


@method("deleteMyCommands")
async def delete_my_commands(world: World, call: Call) -> bool:
    """Forget the command menu of a scope and language."""
    world.store.set(_commands_key(call), None)
    world.look_again()
    return True


@method("setChatMenuButton")
async def set_chat_menu_button(world: World, call: Call) -> bool:
    """The button beside the text field, of one chat or of all."""
    button = call.get("menu_button") or {"type": "default"}
    if button.get("type") == "web_app":
        raise bad_request("the preview opens no web apps")
    world.store.set(f"menu:{call.get('chat_id', '')}", button)
    return True


@method("getChatMenuButton")
async def get_chat_menu_button(world: World, call: Call) -> Json:
    """The button that a chat shows."""
    common = world.store.setting("menu:", {"type": "commands"})
    return dict(world.store.setting(f"menu:{call.get('chat_id', '')}", common))


def _texts(setter: str, getter: str, name: str) -> None:
    """Register the pair of methods that keep one of the bot's texts per language."""

    async def keep(world: World, call: Call) -> bool:
        world.store.set(f"{name}:{call.get('language_code', '')}", call.get(name) or None)
        world.look_again()
        return True

    async def show(world: World, call: Call) -> Json:
        common = world.bot.first_name if name == "name" else ""
        common = world.store.setting(f"{name}:", common)
        return {name: world.store.setting(f"{name}:{call.get('language_code', '')}", common)}

    method(setter)(keep)
    method(getter)(show)


_texts("setMyName", "getMyName", "name")
_texts("setMyDescription", "getMyDescription", "description")
_texts("setMyShortDescription", "getMyShortDescription", "short_description")


@method("getChat")
async def get_chat(world: World, call: Call) -> Json:
    """A chat in full."""
    chat = _present(world, call)
    full = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _NO_GIFTS}
    if chat.is_group:
        full["permissions"] = {"can_send_messages": True}
    return chat.as_json() | full


_NO_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}


def _present(world: World, call: Call) -> Chat:
    chat = call.chat(world)
    if chat.kind != "private" and chat.bot_standing == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if chat.kind != "private" and chat.bot_standing not in PRESENT:
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    return chat


@method("getChatMember")
async def get_chat_member(world: World, call: Call) -> Json:
    """A person's standing in a chat."""
    chat = _present(world, call)
    user_id = call.values["user_id"]
    if user_id == world.bot.id:
        return chat_member(world.bot, chat.bot_standing)
    member = chat.member(user_id)
    if member is not None:
        return chat_member(member.person, member.standing)
    for other in world.chats():
        known = other.member(user_id)
        if known is not None:
            return chat_member(known.person, "left")
    raise bad_request("invalid user_id specified")


@method("getChatAdministrators")
async def get_chat_administrators(world: World, call: Call) -> list[Json]:
    """Everyone who may change the chat."""
    chat = _present(world, call)
    if chat.kind == "private":
        raise bad_request("there are no administrators in the private chat")
    found = [
        chat_member(one.person, one.standing) for one in chat.members if one.standing in ADMINS
    ]
    if chat.bot_standing in ADMINS:
        found.append(chat_member(world.bot, chat.bot_standing))
    return found


@method("getChatMemberCount")
async def get_chat_member_count(world: World, call: Call) -> int:
    """How many people are in a chat, the bot among them."""
    chat = _present(world, call)
    return 1 + sum(one.standing in PRESENT for one in chat.members)


@method("leaveChat")
async def leave_chat(world: World, call: Call) -> bool:
    """Go; the bot cannot come back by itself."""
    chat = _present(world, call)
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    set_bot_standing(world, chat, "left", world.bot)
    return True


@method("getFile")
async def get_file(world: World, call: Call) -> Any:
    """Where a file can be downloaded; beyond 20 MB nowhere."""
    stored = world.store.file(call.values["file_id"])
    if stored is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(stored.content) > MAX_DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return file_json(stored) | {"file_path": file_path(stored)}
