"""Showing digests: the source sentences at once, the written version edited in behind them.

Keeps what was shown under a short key, so that the button Sources works for weeks and shows
exactly the sentences that the message cites.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog
from telegram.error import TelegramError

from bot.telegram import transport, views
from bot.telegram.messages import Message
from bot.telegram.request import Request, call
from bot.telegram.splitting import split_message
from bot.telegram.views import Status
from news.model import Digest, Point
from news.store.aging import SHOWN

Render = Callable[[Digest, Status], Message]


def shown_key(key: str) -> str:
    """Give the store's key of a shown digest: by its content, so that it names no chat."""
    return f"{SHOWN}{key}"


async def show(
    request: Request, digest: Digest, render: Render, *, story_id: int | None = None
) -> None:
    """Answer with a digest, and go on to its written version where there may be one.

    `render` makes the message of a digest. Raises TelegramError when the answer cannot be sent.
    """
    following = await is_followed(request, story_id)
    await keep(request, digest)
    written = digest.method == "write" or digest.final
    unwritten = not written and bool(digest.points) and request.services.can_write()
    first = render(digest, Status(writing=unwritten, following=following))
    sent = await request.reply(first)
    if not unwritten:
        return
    flag = request.writings.begin(request.key)
    request.writings.spawn(_improve(request, digest, render, story_id, sent, flag))


async def note(request: Request, points: Sequence[Point]) -> None:
    """Keep that a chat was shown these points; of a chat that set nothing, nothing is kept."""
    add = request.services.store.showing.add
    await call(add, request.chat.id, request.thread_id, points, request.now)


async def keep(request: Request, digest: Digest) -> None:
    """Keep a digest for the button Sources, without the question that it answered."""
    await note(request, digest.points)
    key = shown_key(views.digest_key(digest))
    await call(request.services.store.stories.keep_digest, key, replace(digest, question=None))


async def is_followed(request: Request, story_id: int | None) -> bool:
    """Say whether the chat follows a story."""
    if story_id is None:
        return False
    store = request.services.store
    current = await call(store.stories.current, story_id)
    follows = await call(store.follows.of_chat, request.chat.id)
    return any(follow.story_id == current for follow in follows)


async def _improve(
    request: Request,
    digest: Digest,
    render: Render,
    story_id: int | None,
    sent: list[int],
    flag: threading.Event,
) -> None:
    """Write, and edit the result in; whatever happens, the "writing" line goes."""
    log = structlog.get_logger()
    final = digest
    try:
        written = await request.services.write(digest, flag.is_set)
        if written is not None and written.points and not flag.is_set():
            await keep(request, written)
            final = written
    except Exception:
        # a model of the operator's choice or a foreign server may fail in any way; it is logged
        # with its trace, and the first answer stands and loses its last line
        if not flag.is_set():
            log.exception("writing_failed", chat=request.chat.id)
    finally:
        request.writings.end(request.key, flag)
    try:
        following = await is_followed(request, story_id)
        message = render(final, Status(following=following))
        # an answer in several parts keeps its text; only its last line is taken away
        if len(sent) > 1:
            message = split_message(render(digest, Status(following=following)))[-1]
        await transport.edit_message(request.bot, request.chat.id, sent[-1], message)
    except TelegramError as error:
        log.warning("edit_failed", chat=request.chat.id, reason=error.message)
