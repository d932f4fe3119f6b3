"""How things unfolded, on request: timelines, their pages, being caught up.

The words that a timeline was asked for are kept as the title of what it showed, under the key
in its buttons: they work for weeks, and name no chat.
"""

from __future__ import annotations

from datetime import datetime

from bot.telegram import asking, routing, showing, texts, timelines, views
from bot.telegram.messages import Message
from bot.telegram.reading import names_something
from bot.telegram.request import Request, call
from bot.telegram.views import Status
from news.history import Timeline
from news.model import Answer

_LONGEST = 200


async def said(request: Request, text: str) -> None:
    """Do what plain words ask for: a timeline, to be caught up, else an answer."""
    route = routing.route(text)
    if route is None or route.name not in _ROUTES:
        await asking.topic(request, text)
    else:
        await _ROUTES[route.name](request, route.topic)


async def timeline(request: Request, words: str) -> None:
    """Show the timeline of a topic, its latest page first."""
    if await _is_topic(request, words, texts.WHICH_TIMELINE):
        async with request.typing():
            message = await _timeline(request, words, None)
            await request.reply(message)


async def catchup(request: Request, words: str) -> None:
    """Show the background of a topic and what is new."""
    if not await _is_topic(request, words, texts.WHICH_CATCHUP):
        return
    async with request.typing():
        found = await call(request.services.desk.catch_up, words, now=request.now)
        if not found.background and not found.news:
            await request.reply(_nothing(request, words, found.newest_source_at))
            return
        shown = timelines.as_digest(
            found.title, found.background, found.news, request.reader, words
        )
        await showing.keep(request, shown)
        key = views.digest_key(shown)
        await request.reply(timelines.caught_up(found, request.reader, key=key))


async def page(request: Request, key: str, number: int | None) -> Message | None:
    """Give a page of the timeline that a button belongs to; None when it is no longer known."""
    words = await asked(request, key)
    return await _timeline(request, words, number) if words else None


async def story_page(request: Request, story_id: int, number: int | None) -> Message | None:
    """Give a page of a story's timeline; None when there is no such story."""
    found = await call(request.services.desk.story_timeline, story_id, now=request.now)
    if found is None:
        return None
    if not found.entries:
        return Message(text=texts.NO_TIMELINE)
    return await _page(request, found, number, "")


async def asked(request: Request, key: str) -> str | None:
    """Give the words that a shown timeline was asked for."""
    kept = await call(request.services.store.stories.digest, showing.shown_key(key))
    return kept.title if kept is not None else None


async def _timeline(request: Request, words: str, number: int | None) -> Message:
    found = await call(request.services.desk.timeline, words, now=request.now)
    if not found.entries:
        return _nothing(request, words, found.newest_source_at)
    return await _page(request, found, number, words)


async def _page(request: Request, found: Timeline, number: int | None, words: str) -> Message:
    last = timelines.pages(found) - 1
    place = last if number is None else max(0, min(number, last))
    entries = timelines.on_page(found, place)
    shown = timelines.as_digest(found.title, entries, (), request.reader, words)
    await showing.keep(request, shown)
    key = views.digest_key(shown)
    return timelines.timeline(found, request.reader, page=place, key=key)


async def _is_topic(request: Request, words: str, hint: str) -> bool:
    """Whether words can be a topic; if not, say what is wrong with them."""
    if not names_something(words):
        await request.say(hint)
        return False
    if len(words) > _LONGEST:
        await request.say(texts.TOPIC_TOO_LONG)
        return False
    request.writings.stop(request.key)
    return True


def _nothing(request: Request, words: str, newest: datetime | None) -> Message:
    found = Answer(question=words, answered=False, digest=None, stories=(), newest_source_at=newest)
    near = asking.near_topics(words, request.services.topics.known())
    return views.answer(found, request.reader, Status(), near=near)


_ROUTES = {"timeline": timeline, "catchup": catchup}
