"""Incoming messages: whether the bot is meant, and what is asked of it.

Commands, questions, links, texts and files end in the functions of `asking`, `summarising`,
`subscribing` and `telling`; user mistakes end in one line.
"""

from __future__ import annotations

from collections import deque

import telegram
from telegram import Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.telegram import reading, request, rights, summarising, texts, unfolding
from bot.telegram.menus import BY_NAME, Command
from bot.telegram.pastes import Pastes
from bot.telegram.reading import LONG_TEXT
from bot.telegram.request import Request, call
from bot.telegram.services import Services
from bot.telegram.writings import Writings
from news.desk import Unreadable
from news.schedule import BadRequest

_VERBS = frozenset(("is", "holds", "names", "cannot"))


class Inbox:
    """Handles messages and channel posts."""

    def __init__(self, services: Services, writings: Writings, pastes: Pastes) -> None:
        self._services = services
        self._writings = writings
        self._pastes = pastes
        self._albums: deque[str] = deque(maxlen=100)

    async def receive(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a message, if it is meant for the bot."""
        message = update.effective_message
        if message is None or await self._migrated(message) or not _is_someones(message):
            return
        command = reading.read_command(reading.words_of(message))
        if not _is_meant(message, command, context.bot):
            return
        user = message.from_user
        user_id = user.id if user is not None and not message.sender_chat else None
        if not rights.is_served(self._services, message.chat.id, user_id):
            await message.reply_text(
                texts.PRIVATE_BOT,
                message_thread_id=message.message_thread_id if message.is_topic_message else None,
            )
            return
        asked = await request.from_message(message, self._services, self._writings)
        if command is None and asked.is_private and message.text:
            key = asked.key
            if self._pastes.is_piece(key, message.text):
                self._pastes.add(key, message.text, lambda text: self._pasted(asked, text))
                return
        try:
            await self._answer(asked, message, command)
        except (BadRequest, Unreadable) as error:
            await asked.say(sentence(error))

    async def _answer(
        self, asked: Request, message: telegram.Message, command: reading.Command | None
    ) -> None:
        if command is not None:
            await self._command(asked, command)
            return
        text = reading.without_mentions(message, asked.bot)
        link = reading.first_link(message)
        if message.document is not None:
            await summarising.from_document(asked, message.document)
        elif len(text) >= LONG_TEXT:
            await summarising.from_text(asked, text)
        elif link is not None:
            await summarising.from_link(asked, link)
        elif text:
            await unfolding.said(asked, text)
        elif message.text and message.reply_to_message is not None:
            await summarising.replied(asked, message.reply_to_message)
        elif message.text:
            await asked.say(texts.WHICH_TOPIC)
        elif not self._seen_album(message):
            funny = message.sticker or message.dice or message.animation
            await asked.say(texts.STICKER if funny else texts.NOTHING_TO_READ)

    async def _command(self, asked: Request, command: reading.Command) -> None:
        known: Command | None = BY_NAME.get(command.name)
        if known is None:
            if asked.is_private or command.bot:
                await asked.say(texts.UNKNOWN_COMMAND)
            return
        changes = known.manages == 1 or (known.manages == 2 and command.argument)
        if changes and not await rights.may_manage(asked):
            await asked.say(texts.ADMINS_ONLY)
            return
        await known.run(asked, command.argument)

    async def _pasted(self, asked: Request, text: str) -> None:
        """Summarise a text that came in several messages."""
        try:
            await summarising.from_text(asked, text)
        except Unreadable as error:
            await asked.say(sentence(error))

    async def _migrated(self, message: telegram.Message) -> bool:
        """Move what a group had when it became a supergroup; both chats are told, once each."""
        move = self._services.store.chats.move
        if message.migrate_to_chat_id is not None:
            await call(move, message.chat.id, message.migrate_to_chat_id)
            return True
        if message.migrate_from_chat_id is not None:
            await call(move, message.migrate_from_chat_id, message.chat.id)
            return True
        return False

    def _seen_album(self, message: telegram.Message) -> bool:
        """Whether a picture belongs to an album that was answered: one line is enough."""
        album = message.media_group_id
        if album is None:
            return False
        if album in self._albums:
            return True
        self._albums.append(album)
        return False


def sentence(error: Exception) -> str:
    """Give an error's line for a reader: with a subject, a capital first, a full stop last."""
    text = str(error).strip() or texts.FAILED
    if text.split()[0] in _VERBS:  # on the command line what was read stands before the reason
        text = f"this {text}"
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?…" else text + "."


def _is_someones(message: telegram.Message) -> bool:
    """Whether a message is one that someone wrote: no other bot's, no copy of a channel's post."""
    if message.is_automatic_forward or message.via_bot is not None:
        return False
    user = message.from_user
    return user is None or not user.is_bot or message.sender_chat is not None


def _is_meant(
    message: telegram.Message, command: reading.Command | None, bot: telegram.Bot
) -> bool:
    """Whether a message is for this bot: always in private, when addressed in groups."""
    if command is not None:
        return command.bot is None or command.bot.casefold() == bot.username.casefold()
    if message.chat.type == ChatType.CHANNEL:
        return False
    if message.chat.type == ChatType.PRIVATE:
        return True
    return reading.mentions(message, bot) or reading.answers_me(message, bot)
