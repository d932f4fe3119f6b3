"""What lies behind a story, on request: why it stands where it stands.

Each function answers one request; the dispatcher decides which.
"""

from __future__ import annotations

from bot.telegram import asking, texts, weighing
from bot.telegram.request import Request, call


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
