"""Bot API methods that write: send, edit, delete, forward and copy messages, answer buttons.

Knows Telegram's rules and refusals about messages; knows no HTTP.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from bot.preview.calls import Call, method
from bot.preview.entities import Entity, utf16_length
from bot.preview.keyboards import inline_keyboard, reply_keyboard
from bot.preview.markup import parse
from bot.preview.media import PICTURES, document_json, save_document, save_photo
from bot.preview.people import ADMINS, Chat, Json
from bot.preview.refusals import NOT_MODIFIED, QUERY_TOO_OLD, Refusal, bad_request
from bot.preview.store import StoredMessage
from bot.preview.world import CALLBACK_SECONDS, World

# markup included, far beyond any message
_MAX_RAW = 131_072
# "A message can only be deleted if it was sent less than 48 hours ago."
_DELETABLE_SECONDS = 48 * 3600
_CONTENT = ("text", "entities", "caption", "caption_entities", "photo", "document")
_ACTIONS = frozenset(
    {
        *("typing", "upload_photo", "upload_video", "upload_voice", "upload_document"),
        *("record_video", "record_voice", "record_video_note", "upload_video_note"),
        *("choose_sticker", "find_location"),
    }
)


def _text(call: Call, name: str = "text") -> tuple[str, list[Entity]]:
    entities = call.get("entities" if name == "text" else "caption_entities")
    raw = call.get(name, "")
    if len(raw) > _MAX_RAW:
        raise _too_long(name)
    text, found = parse(raw, call.get("parse_mode"), entities)
    if name == "text" and not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > call.table.limit(call.method, name):
        raise _too_long(name)
    return text, found


def _too_long(name: str) -> Refusal:
    return bad_request("message is too long" if name == "text" else "message caption is too long")


def _captioned(call: Call) -> Json:
    text, entities = _text(call, "caption")
    return ({"caption": text} if text else {}) | (
        {"caption_entities": entities} if entities else {}
    )


def _deliver(world: World, call: Call, chat: Chat, content: Json) -> Json:
    """Post a bot's message with everything that all sending methods share."""
    thread_id = call.get("message_thread_id")
    keyboard = inline_keyboard(call.get("reply_markup"))
    if keyboard:
        content |= {"reply_markup": keyboard}
    if thread_id is not None:
        content |= {"message_thread_id": thread_id, "is_topic_message": True}
    replied = _replied(world, call, chat)
    if replied:
        content["reply_to_message"] = replied
        if chat.is_forum and "message_thread_id" in replied and thread_id is None:
            content["message_thread_id"] = replied["message_thread_id"]
            content["is_topic_message"] = True
    shown = reply_keyboard(call.get("reply_markup"))
    if shown is not None:
        chat = world.save_chat(replace(chat, keyboard=shown or None))
    return world.post(chat, world.bot, content)


def _replied(world: World, call: Call, chat: Chat) -> Json | None:
    parameters = call.get("reply_parameters")
    if not parameters:
        return None
    found = world.message(chat, parameters["message_id"])
    if found is None:
        if parameters.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
    return {key: value for key, value in found.body.items() if key != "reply_to_message"}


def _target(world: World, call: Call) -> Chat:
    chat = call.chat(world)
    world.require_writable(chat, call.get("message_thread_id"))
    return chat


@method("sendMessage")
async def send_message(world: World, call: Call) -> Json:
    """A text message."""
    chat = _target(world, call)
    text, entities = _text(call)
    return _deliver(
        world, call, chat, {"text": text} | ({"entities": entities} if entities else {})
    )


@method("sendPhoto")
async def send_photo(world: World, call: Call) -> Json:
    """A picture, uploaded or sent before; the preview fetches no links."""
    chat = _target(world, call)
    caption = _captioned(call)
    upload = call.upload("photo")
    if upload:
        photo = save_photo(world, upload.content)
    else:
        stored = _known_file(world, str(call.get("photo")))
        if stored.mime not in PICTURES:
            raise bad_request("can't use file of type Document as Photo")
        photo = save_photo(world, stored.content)
    return _deliver(world, call, chat, {"photo": photo} | caption)


@method("sendDocument")
async def send_document(world: World, call: Call) -> Json:
    """A file, uploaded or sent before."""
    chat = _target(world, call)
    caption = _captioned(call)
    upload = call.upload("document")
    if upload:
        document = save_document(world, upload.name, upload.mime, upload.content)
    else:
        document = document_json(_known_file(world, str(call.get("document"))))
    return _deliver(world, call, chat, {"document": document} | caption)


def _known_file(world: World, value: str) -> Any:
    if "://" in value:
        raise bad_request("failed to get HTTP URL content")
    stored = world.store.file(value)
    if stored is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return stored


def _own_message(world: World, call: Call) -> tuple[Chat, StoredMessage]:
    """The bot's message that a call edits."""
    if "message_id" not in call.values or "chat_id" not in call.values:
        raise bad_request("message identifier is not specified")
    chat = call.chat(world)
    found = world.message(chat, call.values["message_id"])
    if found is None:
        raise bad_request("message to edit not found")
    if found.body.get("from", {}).get("id") != world.bot.id or not set(_CONTENT) & set(found.body):
        raise bad_request("message can't be edited")
    return chat, found


def _edited(world: World, chat: Chat, before: Json, content: Json, markup: Json | None) -> Json:
    after = {key: value for key, value in before.items() if key not in _CONTENT} | content
    keyboard = inline_keyboard(markup)
    after.pop("reply_markup", None)
    if keyboard:
        after["reply_markup"] = keyboard
    watched = (*_CONTENT, "reply_markup")
    if all(before.get(key) == after.get(key) for key in watched):
        raise bad_request(NOT_MODIFIED)
    if any(before.get(key) != after.get(key) for key in _CONTENT):
        after["edit_date"] = world.seconds()
    return world.rewrite(chat, after)


def _content(body: Json) -> Json:
    return {key: body[key] for key in _CONTENT if key in body}


@method("editMessageText")
async def edit_message_text(world: World, call: Call) -> Json:
    """Replace a text; a keyboard that is not sent again goes."""
    chat, found = _own_message(world, call)
    if "text" not in found.body:
        raise bad_request("there is no text in the message to edit")
    text, entities = _text(call)
    content = {"text": text} | ({"entities": entities} if entities else {})
    return _edited(world, chat, found.body, content, call.get("reply_markup"))


@method("editMessageCaption")
async def edit_message_caption(world: World, call: Call) -> Json:
    """Replace the caption of a picture or file."""
    chat, found = _own_message(world, call)
    if "text" in found.body:
        raise bad_request("there is no caption in the message to edit")
    kept = {key: found.body[key] for key in ("photo", "document") if key in found.body}
    return _edited(world, chat, found.body, kept | _captioned(call), call.get("reply_markup"))


@method("editMessageReplyMarkup")
async def edit_message_reply_markup(world: World, call: Call) -> Json:
    """Replace or remove the keyboard alone."""
    chat, found = _own_message(world, call)
    return _edited(world, chat, found.body, _content(found.body), call.get("reply_markup"))


@method("deleteMessage")
async def delete_message(world: World, call: Call) -> bool:
    """Delete a message; in groups those of others only as an administrator."""
    chat = call.chat(world)
    found = world.message(chat, call.values["message_id"])
    if found is None:
        raise bad_request("message to delete not found")
    own = found.body.get("from", {}).get("id") == world.bot.id
    if not own and chat.kind != "private" and chat.bot_standing not in ADMINS:
        raise bad_request("message can't be deleted")
    old = world.seconds() - found.body["date"] >= _DELETABLE_SECONDS
    if old and chat.bot_standing not in ADMINS:
        raise bad_request("message can't be deleted for everyone")
    world.erase(chat, found.message_id)
    return True


def _source(world: World, call: Call, verb: str) -> Json:
    origin = call.chat(world, "from_chat_id")
    found = world.message(origin, call.values["message_id"])
    if found is None or not _content(found.body):
        raise bad_request(f"message to {verb} not found")
    return found.body


@method("forwardMessage")
async def forward_message(world: World, call: Call) -> Json:
    """Send a message on, with its origin."""
    chat = _target(world, call)
    body = _source(world, call, "forward")
    origin = body.get("forward_origin") or {
        "type": "user",
        "sender_user": body["from"],
        "date": body["date"],
    }
    return _deliver(world, call, chat, _content(body) | {"forward_origin": origin})


@method("copyMessage")
async def copy_message(world: World, call: Call) -> Json:
    """Send a message's content as one's own; answers with its number only."""
    chat = _target(world, call)
    content = _content(_source(world, call, "copy"))
    if "caption" in call.values and "text" not in content:
        content.pop("caption", None)
        content.pop("caption_entities", None)
        content |= _captioned(call)
    return {"message_id": _deliver(world, call, chat, content)["message_id"]}


@method("answerCallbackQuery")
async def answer_callback_query(world: World, call: Call) -> bool:
    """Tell the person who pressed a button; Telegram takes it for about a minute."""
    callback_id = call.values["callback_query_id"]
    found = world.store.callback(callback_id)
    if found is None or time.time() - found[0] > CALLBACK_SECONDS:
        raise bad_request(QUERY_TOO_OLD)
    answer = {
        "text": call.get("text", ""),
        "show_alert": call.get("show_alert", False),
        "url": call.get("url"),
    }
    world.store.answer_callback(callback_id, answer)
    world.bell.ring()
    return True


@method("sendChatAction")
async def send_chat_action(world: World, call: Call) -> bool:
    """Show what the bot is doing, for five seconds or until its next message."""
    chat = _target(world, call)
    if call.values["action"] not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.set_typing(chat, call.get("message_thread_id"))
    return True
