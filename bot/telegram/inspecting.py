"""What lies behind a story, on request: why it stands where it stands, and who covers it.

Each function answers one request; the dispatcher decides which.
"""

from __future__ import annotations

import structlog
from telegram.error import TelegramError

from bot import drawing
from bot.telegram import asking, covering, texts, transport, weighing
from bot.telegram.request import Request, call
from news.coverage import Coverage


async def why(request: Request, number: str) -> None:
    """Say how important a story is for this chat, part by part."""
    id = asking.story_number(number)
    if id is None:
        await request.say(texts.WHICH_WHY)
        return
    async with request.typing():
        topics = await asking.subscribed_topics(request)
        weighed = await call(request.services.desk.why, id, now=request.now, topics=topics)
        if weighed is None:
            await request.say(texts.STORY_GONE)
            return
        await request.reply(weighing.why(weighed))


async def coverage(request: Request, number: str) -> None:
    """Say who covers a story and who does not, in words and as a picture."""
    id = asking.story_number(number)
    if id is None:
        await request.say(texts.WHICH_COVERAGE)
        return
    async with request.typing():
        found = await call(request.services.desk.coverage, id, now=request.now)
        if found is None:
            await request.say(texts.STORY_GONE)
            return
        await request.reply(covering.coverage(found, request.reader, request.services.country))
        if found.rows:
            await _picture(request, found)


async def _picture(request: Request, found: Coverage) -> None:
    """Send the picture; the words stand without it, so trouble with it is only logged."""
    country = request.services.country
    alt = drawing.alt_text(found, country=country)
    try:
        png = await call(
            drawing.coverage_png, found, country=country, zone=request.chat.zone, describe=alt
        )
        await transport.send_picture(
            request.bot,
            request.chat.id,
            request.thread_id,
            png,
            covering.caption(found, alt),
            reply_to=request.reply_to,
        )
    except TelegramError as error:
        structlog.get_logger().warning("picture_not_sent", reason=error.message)
    except Exception:  # noqa: BLE001 - the answer was given; a font must not spoil it
        structlog.get_logger().exception("picture_not_drawn", story=found.story.id)
