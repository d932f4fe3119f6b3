"""The bot's own standing in chats: blocked or removed pauses a chat, coming back resumes it."""

from __future__ import annotations

from telegram import ChatMember, ChatMemberUpdated, Update
from telegram.constants import ChatMemberStatus
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.telegram import rights, texts, transport
from bot.telegram.messages import Message
from bot.telegram.request import call, chat_of
from bot.telegram.services import Services

_INSIDE = {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.MEMBER}


class Membership:
    """Handles my_chat_member updates. Preferences are kept while a chat is paused."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def receive(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Pause or resume a chat, and greet a group that has just added the bot."""
        change = update.my_chat_member
        if change is None:
            return
        store = self._services.store
        known = await call(store.chats.get, change.chat.id)
        if not _inside(change.new_chat_member):
            if known is not None:
                await call(store.chats.set, change.chat.id, paused=_reason(change))
            return
        if known is not None and known.paused:
            await call(store.chats.meet, chat_of(change.chat, self._services))
        if _was_added(change) and known is None:
            await self._greet(change, context)

    async def _greet(self, change: ChatMemberUpdated, context: ContextTypes.DEFAULT_TYPE) -> None:
        if not rights.is_group(change.chat.type):
            return
        if not rights.is_served(self._services, change.chat.id, change.from_user.id):
            return
        try:
            await transport.send_message(
                context.bot, change.chat.id, None, Message(text=texts.WELCOME_GROUP)
            )
        except TelegramError:
            # a group may let nobody but admins write; it can still be set up by them
            return


def _inside(member: ChatMember) -> bool:
    if member.status == ChatMemberStatus.RESTRICTED:
        return bool(getattr(member, "is_member", False))
    return member.status in _INSIDE


def _was_added(change: ChatMemberUpdated) -> bool:
    return not _inside(change.old_chat_member)


def _reason(change: ChatMemberUpdated) -> str:
    return "blocked" if change.chat.type == "private" else "removed"
