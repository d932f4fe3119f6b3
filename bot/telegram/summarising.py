"""Summaries of what someone sends: a link, a long text, a file of one article."""

from __future__ import annotations

from collections.abc import Callable

import structlog
import telegram
from telegram.error import TelegramError

from bot.telegram import showing, texts, views
from bot.telegram.messages import Message
from bot.telegram.reading import LONG_TEXT, first_link, words_of
from bot.telegram.request import Request, call
from bot.telegram.views import Status
from news.desk import Unreadable
from news.model import Digest

MAX_FILE_BYTES = 20 * 1024 * 1024
"""More than this Telegram does not let a bot download."""

_NAMES = (".txt", ".text", ".md", ".html", ".htm", ".xhtml", ".pdf", ".docx", ".eml")
_KINDS = {
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/html": ".html",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "message/rfc822": ".eml",
}


async def summary(request: Request, words: str) -> None:
    """Summarise what follows the command, what it comes with, or what it replies to."""
    message = request.message
    if message is None:
        await request.say(texts.WHAT_TO_SUMMARISE)
        return
    link = first_link(message)
    if link and (not words or link in words or words in link):
        await from_link(request, link)
    elif message.document is not None:
        await from_document(request, message.document)
    elif words:
        try:
            await from_text(request, words)
        except Unreadable:
            if len(words) >= LONG_TEXT:
                raise  # it was a text; a few words are a topic or a slip
            await request.say(texts.TOO_LITTLE)
    elif message.reply_to_message is not None:
        await replied(request, message.reply_to_message)
    else:
        await request.say(texts.WHAT_TO_SUMMARISE)


async def replied(request: Request, message: telegram.Message) -> None:
    """Summarise the message that was replied to."""
    link = first_link(message)
    if message.document is not None:
        await from_document(request, message.document)
    elif link:
        await from_link(request, link)
    elif words_of(message):
        await from_text(request, words_of(message))
    else:
        await request.say(texts.WHAT_TO_SUMMARISE)


async def from_link(request: Request, url: str) -> None:
    """Read a page and show its summary. Raises Unreadable."""
    desk, now = request.services.desk, request.now
    await _show(request, lambda: desk.read_link(url, now=now))


async def from_text(request: Request, text: str) -> None:
    """Show the summary of a text. Raises Unreadable."""
    desk, now = request.services.desk, request.now
    await _show(request, lambda: desk.read_text(text, now=now))


async def from_document(request: Request, document: telegram.Document) -> None:
    """Download a file and show its summary. Raises Unreadable."""
    refusal, name = check_file(document)
    if refusal:
        await request.say(refusal)
        return
    async with request.typing():
        try:
            file = await document.get_file()
            body = bytes(await file.download_as_bytearray())
        except TelegramError as error:
            structlog.get_logger().warning("file_not_read", reason=error.message)
            await request.say(texts.FILE_UNREACHABLE)
            return
        if not body.strip():
            await request.say(texts.EMPTY_FILE)
            return
        desk, now = request.services.desk, request.now
        await _show(request, lambda: desk.read_file(name, body, now=now))


def check_file(document: telegram.Document) -> tuple[str | None, str]:
    """Say why a file is not even downloaded (None: it is), and the name to read it under.

    A file without a known ending is read by its type; the name then gets the type's ending.
    """
    name = document.file_name or "file"
    if not name.lower().endswith(_NAMES):
        ending = _KINDS.get((document.mime_type or "").partition(";")[0].strip().lower())
        if ending is None:
            return texts.FILE_KIND, name
        name += ending
    if (document.file_size or 0) > MAX_FILE_BYTES:
        return texts.FILE_TOO_BIG, name
    if document.file_size == 0:
        return texts.EMPTY_FILE, name
    return None, name


async def _show(request: Request, read: Callable[[], Digest]) -> None:
    request.writings.stop(request.key)

    def render(digest: Digest, status: Status) -> Message:
        return views.digest(digest, request.reader, status)

    async with request.typing():
        digest = await call(read)
        await showing.show(request, digest, render)
