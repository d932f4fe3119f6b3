"""Subscriptions, zone, length: what a chat has set, and changing it.

Functions that change something take for granted that the dispatcher has checked the right to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.telegram import pages, texts
from bot.telegram.messages import Message
from bot.telegram.request import Request, call
from news.model import Length
from news.schedule import BadRequest, check_zone, next_due, parse_request
from news.served import Subscription

MOST_SUBSCRIPTIONS = 20


async def subscribe(request: Request, words: str) -> None:
    """Subscribe to topics at an hour, or offer both. Raises BadRequest."""
    if not words:
        await request.reply(pages.choose_topic(request.services.topics.known(), 0))
        return
    topics, hour = parse_request(words)
    if any(topic.casefold() in {pages.EVERYTHING, "everything"} for topic in topics):
        topics = ()
    await request.reply(await make(request, topics, hour))


async def make(request: Request, topics: tuple[str, ...], hour: str | None) -> Message:
    """Keep a subscription and give its confirmation. Raises BadRequest."""
    services = request.services
    request = await request.met()
    kept = services.store.subscriptions
    known = await call(kept.of_chat, request.chat.id)
    if len(known) >= MOST_SUBSCRIPTIONS:
        raise BadRequest(
            f"A chat has at most {MOST_SUBSCRIPTIONS} subscriptions; remove one first."
        )
    local_time, zone, now = hour or services.default_time, request.chat.zone, request.now
    made = await call(
        kept.add,
        Subscription(
            id=0,
            chat_id=request.chat.id,
            thread_id=request.thread_id,
            topics=topics,
            local_time=local_time,
            zone=zone,
            next_due_at=next_due(local_time, zone, now),
            created_at=now,
        ),
    )
    return pages.subscribed(
        made, services.topics.label, zone_unset=zone == services.default_zone and not known
    )


async def subscriptions(request: Request, _: str = "") -> None:
    """List the chat's subscriptions."""
    await request.reply(await listed(request))


async def listed(request: Request) -> Message:
    """Give the list of the chat's subscriptions."""
    store = request.services.store
    found = await call(store.subscriptions.of_chat, request.chat.id)
    if not found:
        return Message(text=texts.NO_SUBSCRIPTIONS)
    return pages.subscriptions_page(found, request.services.topics.label)


async def unsubscribe(request: Request, words: str) -> None:
    """Remove the subscriptions that the words name; with none, show the list to choose from."""
    store = request.services.store
    found = await call(store.subscriptions.of_chat, request.chat.id)
    if not words:
        only = found[0].id if len(found) == 1 else None
        if only is None:
            await subscriptions(request)
            return
        chosen = [only]
    else:
        chosen = [one.id for one in found if _is_meant(request, one, words)]
        narrowed = [] if chosen else await _drop_topic(request, found, words)
        if narrowed:
            await request.say(texts.narrowed(words, narrowed))
            return
    count = await call(store.subscriptions.remove, request.chat.id, chosen) if chosen else 0
    none = texts.NO_SUCH_SUBSCRIPTION if found else texts.NO_SUBSCRIPTIONS
    await request.say(texts.removed(count) if count else none)


async def _drop_topic(request: Request, found: Sequence[Subscription], words: str) -> list[str]:
    """Take one topic out of subscriptions that have others; give what each one still has."""
    label = request.services.topics.label
    wanted = {words.strip().casefold(), label(words.strip()).casefold()}
    left = []
    for one in found:
        rest = [t for t in one.topics if not wanted & {t.casefold(), label(t).casefold()}]
        if rest and len(rest) < len(one.topics):
            await call(request.services.store.subscriptions.narrow, request.chat.id, one.id, rest)
            left.append(pages.topic_names(tuple(rest), label))
    return left


async def timezone(request: Request, words: str) -> None:
    """Show the zone, or set it and move the subscriptions with it. Raises BadRequest."""
    if not words:
        await request.reply(pages.timezone_page(request.chat, request.now))
        return
    zone = check_zone(words)
    request = await request.met()
    store, now = request.services.store, request.now
    await call(store.chats.set, request.chat.id, zone=zone)
    moved = []
    for one in await call(store.subscriptions.of_chat, request.chat.id):
        due = next_due(one.local_time, zone, now)
        await call(store.subscriptions.reschedule, one.id, zone=zone, next_due_at=due)
        moved.append(replace(one, zone=zone, next_due_at=due))
    await request.reply(pages.timezone_set(replace(request.chat, zone=zone), now, moved))


async def settings(request: Request, _: str = "") -> None:
    """Show the chat's settings."""
    await request.reply(await settings_page(request))


async def settings_page(request: Request) -> Message:
    """Give the page of the chat's settings."""
    store = request.services.store
    found = await call(store.subscriptions.of_chat, request.chat.id)
    return pages.settings(request.chat, found, request.now)


async def set_length(request: Request, length: Length) -> Message:
    """Set how long stories and briefs are, and give the settings page as it is then."""
    request = await request.met()
    await call(request.services.store.chats.set, request.chat.id, length=length)
    return await settings_page(replace(request, chat=replace(request.chat, length=length)))


def _is_meant(request: Request, one: Subscription, words: str) -> bool:
    wanted = words.strip().casefold()
    if wanted in {pages.EVERYTHING, "everything"}:
        # "all" removes all; a subscription to everything is among them
        return True
    label = request.services.topics.label
    single = one.topics if len(one.topics) == 1 else ()
    names = {name.casefold() for topic in single for name in (topic, label(topic))}
    names.add(pages.topic_names(one.topics, label).casefold())
    return wanted in names or label(words.strip()).casefold() in names
