"""Who may use the bot, and who may change what it does in a chat. Asked anew at every call."""

from __future__ import annotations

import structlog
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bot.telegram.request import Request
from bot.telegram.services import Services

_ADMINS = {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR}


def is_served(services: Services, chat_id: int, user_id: int | None) -> bool:
    """Say whether a private bot serves this person or chat."""
    if services.allowed is None:
        return True
    known = services.allowed | services.admins
    return chat_id in known or (user_id is not None and user_id in known)


async def may_manage(request: Request) -> bool:
    """Say whether the asking person may change this chat's settings and subscriptions.

    Alone with the bot everyone may; in groups and channels their admins and the bot's own.
    """
    if request.is_private or request.anonymous:
        return True
    if request.user_id is None:
        return False
    if request.user_id in request.services.admins:
        return True
    try:
        member = await request.bot.get_chat_member(request.chat.id, request.user_id)
    except TelegramError as error:
        structlog.get_logger().warning("rights_unknown", chat=request.chat.id, reason=error.message)
        return False
    return member.status in _ADMINS


def is_group(kind: str) -> bool:
    """Say whether several people talk in a chat of this kind."""
    return kind in {ChatType.GROUP, ChatType.SUPERGROUP}
