"""What the bot says about itself: welcome and deep links, help, about, sources, forgetting."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.telegram import asking, pages, rights, subscribing, texts
from bot.telegram.messages import Message
from bot.telegram.request import Request, call
from news.model import Story

HEADLINES = 3
_DEEP = re.compile(r"(topic|story|subscribe)_([A-Za-z0-9_-]{1,64})")
_HOUR = re.compile(r"(.*?)_?(\d{2})(\d{2})")


async def start(request: Request, words: str) -> None:
    """Greet, or do what the deep link behind /start asks for.

    The links: "topic_grain_exports", "story_12", "subscribe_ukraine_0730" (hour optional,
    "__" between topics). Raises BadRequest.
    """
    request = await request.met()
    link = _DEEP.fullmatch(words)
    if link is None:
        await request.reply(pages.welcome(request.reader, await _headlines(request)))
        return
    kind, what = link.groups()
    if kind == "topic":
        await asking.topic(request, what.replace("_", " ").strip())
    elif kind == "story":
        await asking.story(request, what)
    elif not await rights.may_manage(request):
        await request.say(texts.ADMINS_ONLY)
    else:
        await subscribing.subscribe(request, deep_subscription(what))


def deep_subscription(what: str) -> str:
    """Give the words of a subscription link: "ukraine__middle_east_0730" and the like."""
    found = _HOUR.fullmatch(what)
    topics, hour = (found.group(1), f" {found.group(2)}:{found.group(3)}") if found else (what, "")
    return ", ".join(part.replace("_", " ").strip() for part in topics.split("__") if part) + hour


async def about(request: Request, _: str = "") -> None:
    """Say what the bot is and what it keeps."""
    await request.reply(pages.about(request.reader, request.services.models()))


async def sources(request: Request, _: str = "") -> None:
    """List the outlets."""
    outlets = await call(request.services.store.articles.by_outlet)
    await request.reply(pages.sources_list(outlets, request.reader))


async def feeds(request: Request, _: str = "") -> None:
    """Say how the feeds do; the bot's own admins see which ones fail, alone with the bot."""
    known = await call(request.services.store.feeds.all)
    details = request.is_private and request.user_id in request.services.admins
    await request.reply(pages.feeds_page(known, request.reader, details=details))


async def forget(request: Request, _: str = "") -> None:
    """Ask whether all that is kept about the chat shall go."""
    known = await call(request.services.store.chats.get, request.chat.id)
    await request.reply(pages.confirm_forget() if known else Message(text=texts.NOTHING_KEPT))


async def forgotten(request: Request) -> Message:
    """Delete all that is kept about the chat, and say so."""
    gone = await call(request.services.store.chats.forget, request.chat.id)
    total = sum(gone.values())
    return Message(text=texts.forgotten(total) if total else texts.NOTHING_KEPT)


async def _headlines(request: Request) -> list[Story]:
    """The stories that most outlets told lately, for someone who does not know what to ask."""
    stories = request.services.store.stories
    newest_at = await call(stories.newest_at)
    if newest_at is None:
        return []
    since = newest_at - timedelta(days=3)
    known = await call(stories.changed_since, since, request.now, limit=100)
    return sorted(known, key=lambda told: (-len(told.outlets), -told.articles))[:HEADLINES]
