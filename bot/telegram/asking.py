"""News on request: questions, stories, their sources, the latest, a brief, following.

Each function answers one request; the dispatcher decides which.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.telegram import showing, texts, views, voicing
from bot.telegram.messages import Message
from bot.telegram.reading import names_something
from bot.telegram.request import Request, call
from bot.telegram.views import Status
from news.model import Answer, Brief, Digest, Length, StoryBrief
from news.schedule import parse_request
from news.served import Follow

LONGEST_QUESTION = 600
RECENT = timedelta(hours=24)
FURTHER_BACK = (RECENT, timedelta(days=3), timedelta(days=14))
NEAR_TOPICS = 3


async def topic(request: Request, words: str) -> None:
    """Answer a question from the stored articles, or say that they hold nothing."""
    if not names_something(words):
        await request.say(texts.WHICH_TOPIC)
        return
    if len(words) > LONGEST_QUESTION:
        await request.say(texts.TOPIC_TOO_LONG)
        return
    request.writings.stop(request.key)
    services = request.services
    async with request.typing():
        found = await call(services.desk.ask, words, now=request.now)
        await _answer(request, found)


async def story(request: Request, number: str, *, length: Length | None = None) -> None:
    """Show one story by its number; `length` "long" is the longer version."""
    if not (number.isascii() and number.isdigit()) or len(number) > 18:
        await request.say(texts.WHICH_STORY)
        return
    request.writings.stop(request.key)
    async with request.typing():
        entry = await _story(request, int(number), length or request.chat.length)
        if entry is None:
            await request.say(texts.STORY_GONE)
            return
        told, longer = entry, length != "long"

        def render(digest: Digest, status: Status) -> Message:
            shown = replace(told, digest=digest)
            return views.story(shown, request.reader, status, longer=longer)

        if told.changes is not None:
            await showing.note(request, told.changes.points)
        await showing.show(request, told.digest, render, story_id=told.story.id)


async def voices(request: Request, number: str) -> None:
    """Show who says what in a story, by its number."""
    if not (number.isascii() and number.isdigit()) or len(number) > 18:
        await request.say(texts.WHICH_VOICES)
        return
    async with request.typing():
        found = await call(request.services.desk.voices, int(number))
        if found is None:
            await request.say(texts.STORY_GONE)
            return
        told, heard = found
        await request.reply(voicing.voices(told, heard, request.reader, request.services.country))


async def sources(request: Request, story_id: int, key: str) -> None:
    """Show the sentences that a message cites; of a lost one, those of its story."""
    kept = await call(request.services.store.stories.digest, showing.shown_key(key))
    if kept is None and story_id:
        entry = await _story(request, story_id, request.chat.length)
        kept = entry.digest if entry else None
    if kept is None:
        await request.say(texts.SOURCES_GONE)
        return
    await request.reply(views.sources(kept, request.reader))


async def latest(request: Request, _: str = "") -> None:
    """Show the top stories of the last day, or of the last days where there are none."""
    async with request.typing():
        composed = await _recent(request, (), "long")
        await request.reply(views.latest(composed, request.reader))


async def brief(request: Request, words: str = "") -> None:
    """Show a brief now: about these words, else about what the chat subscribes to."""
    async with request.typing():
        wanted, _ = parse_request(words)
        wanted = wanted or await subscribed_topics(request)
        composed = await _recent(request, wanted, request.chat.length)
        names = [request.services.topics.label(topic) for topic in wanted]
        for message in views.brief(composed, request.reader, topics=names):
            await request.reply(message)
        if composed.entries:
            await _told(request, composed)


async def _told(request: Request, composed: Brief) -> None:
    """Keep that a brief was shown, also of a chat that has set nothing: it may subscribe next."""
    request = await request.met()
    await call(
        request.services.store.briefs.shown_on_request,
        request.chat.id,
        request.thread_id,
        told={entry.story.id: entry.story.revision for entry in composed.entries},
        points=[point for entry in composed.entries for point in entry.digest.points],
        at=request.now,
    )


async def subscribed_topics(request: Request) -> tuple[str, ...]:
    """Give all topics that a chat subscribes to; none where one of its briefs is of everything."""
    subscriptions = await call(request.services.store.subscriptions.of_chat, request.chat.id)
    lists = [one.topics for one in subscriptions]
    return tuple(dict.fromkeys(topic for topics in lists for topic in topics)) if all(lists) else ()


def story_number(words: str) -> int | None:
    """Read a story's number; None where the words are none."""
    return int(words) if words.isascii() and words.isdigit() and len(words) <= 18 else None


async def follow(request: Request, story_id: int) -> bool | None:
    """Follow a story or stop following it; says which, None when there is no such story."""
    store = request.services.store
    told = await call(store.stories.get, story_id)
    if told is None:
        return None
    if await call(store.follows.remove, request.chat.id, story_id):
        return False
    await request.met()
    entry = await _story(request, story_id, request.chat.length)
    if entry is not None:  # what it has just been shown was not kept if the chat is new
        await showing.note(request, entry.digest.points)
    await call(
        store.follows.add,
        Follow(
            chat_id=request.chat.id,
            thread_id=request.thread_id,
            story_id=told.id,
            revision=told.revision,
        ),
    )
    return True


def near_topics(words: str, known: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give the known topics that share words with a question, nearest first; often none."""
    asked = [word for word in words.casefold().split() if len(word) > 3]
    scored = []
    for place, (id, name) in enumerate(known):
        named = f"{name} {id.replace('-', ' ')}".casefold().split()
        if {*asked} <= {*named}:
            continue  # that is what was asked, and there was nothing
        hits = sum(bool(difflib.get_close_matches(word, named, n=1, cutoff=0.8)) for word in asked)
        if hits:
            scored.append((-hits, place, (id, name)))
    return [topic for _, _, topic in sorted(scored)[:NEAR_TOPICS]]


async def _answer(request: Request, found: Answer) -> None:
    near = near_topics(found.question, request.services.topics.known())
    if not found.answered or found.digest is None:
        await request.reply(views.answer(found, request.reader, Status(), near=near))
        return

    def render(digest: Digest, status: Status) -> Message:
        return views.answer(replace(found, digest=digest), request.reader, status)

    main = found.stories[0].id if found.stories else None
    await showing.show(request, found.digest, render, story_id=main)


async def _story(request: Request, story_id: int, length: Length) -> StoryBrief | None:
    return await call(
        request.services.desk.story,
        story_id,
        now=request.now,
        length=length,
        chat_id=request.chat.id,
    )


async def _recent(request: Request, topics: Sequence[str], length: Length) -> Brief:
    """Compose over the last day; where that is empty, further back."""
    now = request.now
    for since in FURTHER_BACK:
        composed: Brief = await call(
            request.services.desk.brief, now=now, topics=topics, since=since, length=length
        )
        if composed.entries:
            break
    return composed
