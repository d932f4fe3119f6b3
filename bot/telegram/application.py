"""The python-telegram-bot application: handlers, order of updates, menus, errors, a clean end."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any
from urllib.parse import urlsplit

import structlog
from telegram import Update
from telegram.error import Conflict, Forbidden, NetworkError, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    ContextTypes,
    MessageHandler,
    filters,
)
from telegram.request import HTTPXRequest

from bot.telegram import texts
from bot.telegram.inbox import Inbox
from bot.telegram.membership import Membership
from bot.telegram.menus import set_menus
from bot.telegram.order import PersonalOrder
from bot.telegram.pastes import Pastes
from bot.telegram.pressing import Buttons
from bot.telegram.services import Services
from bot.telegram.writings import Writings

ALLOWED_UPDATES = ("message", "channel_post", "callback_query", "my_chat_member")
"""What the updater has to ask Telegram for."""

_WRITINGS_END = 3.0
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_MESSAGES = (filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST) & (
    ~filters.StatusUpdate.ALL | filters.StatusUpdate.MIGRATE
)


class ChatApplication(Application[Any, Any, Any, Any, Any, Any]):
    """An application that stops its writings before it waits for its handlers."""

    __slots__ = ("writings",)
    writings: Writings

    async def stop(self) -> None:
        """Stop writing, finish the handlers that run, and let the last edits through."""
        self.writings.close()
        await super().stop()
        await self.writings.finished(_WRITINGS_END)


def build_application(
    token: str,
    services: Services,
    *,
    base_url: str | None = None,
    base_file_url: str | None = None,
) -> ChatApplication:
    """Build the application with everything registered; the caller starts and stops it.

    The base links are Telegram's unless given (ending before the token, as the library wants
    them). Poll with `ALLOWED_UPDATES`. `post_init` sets the command menus: `run_polling` calls
    it, who starts the parts one by one calls it after `initialize()`.
    """
    builder = (
        ApplicationBuilder()
        .application_class(ChatApplication)
        .token(token)
        .request(_connection(base_url, pool=64, read_seconds=20))
        .get_updates_request(_connection(base_url, pool=1, read_seconds=20))
        .concurrent_updates(PersonalOrder())
        .job_queue(None)
        .post_init(_set_menus)
    )
    if base_url is not None:
        builder = builder.base_url(base_url)
    if base_file_url is not None:
        builder = builder.base_file_url(base_file_url)
    application = builder.build()
    assert isinstance(application, ChatApplication)
    application.writings = Writings()
    _register(application, services)
    return application


def _register(application: ChatApplication, services: Services) -> None:
    async def guarded(work: Awaitable[None]) -> None:
        try:
            await work
        except TelegramError as error:
            structlog.get_logger().warning("answer_not_sent", reason=error.message)

    writings = application.writings
    pastes = Pastes(lambda work: writings.spawn(guarded(work)))
    inbox = Inbox(services, writings, pastes)
    buttons = Buttons(services, writings)
    application.add_handler(MessageHandler(_MESSAGES, inbox.receive))
    application.add_handler(CallbackQueryHandler(buttons.receive))
    application.add_handler(
        ChatMemberHandler(Membership(services).receive, ChatMemberHandler.MY_CHAT_MEMBER)
    )
    application.add_error_handler(failed)


async def failed(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Log what nobody expected, and tell the person who asked in one line."""
    log = structlog.get_logger()
    error = context.error
    if isinstance(error, Conflict):
        log.error("conflict", reason="another program polls with the same token; stop one of them")
        return
    if isinstance(error, Forbidden):
        log.info("answer_not_wanted", reason=error.message)
        return
    if isinstance(error, NetworkError) and not isinstance(update, Update):
        log.warning("telegram_unreachable", reason=error.message)
        return
    log.error("update_failed", exc_info=error)
    message = update.effective_message if isinstance(update, Update) else None
    if message is None:
        return
    try:
        await message.reply_text(
            texts.FAILED,
            message_thread_id=message.message_thread_id if message.is_topic_message else None,
        )
    except TelegramError as second:
        log.warning("apology_not_sent", reason=second.message)


async def _set_menus(application: Any) -> None:
    await set_menus(application.bot)


def _connection(base_url: str | None, *, pool: int, read_seconds: float) -> HTTPXRequest:
    """Connections to the Bot API; a proxy of the environment is no way to this machine itself."""
    own = base_url is not None and urlsplit(base_url).hostname in _LOOPBACK
    return HTTPXRequest(
        connection_pool_size=pool,
        connect_timeout=10,
        read_timeout=read_seconds,
        write_timeout=20,
        pool_timeout=10,
        httpx_kwargs={"trust_env": False} if own else None,
    )
