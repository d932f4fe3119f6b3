"""Timelines and catching up in the chat: by command, by plain words, page by page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from telegram_running import Talk, labels
from telegram_samples import READER, SAMPLE_READER, caught_up, entry, timeline

from bot.telegram import callbacks, timelines
from bot.telegram.markup import plain
from bot.telegram.messages import Message
from bot.telegram.routing import Route, route
from bot.telegram.splitting import split_message, utf16_length


def names(message: Message) -> list[str]:
    """The labels of a message's buttons."""
    return [button.label for row in message.buttons for button in row]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Catch me up on grain exports", Route(name="catchup", topic="grain exports")),
        ("please catch me up on the ferry, please!", Route(name="catchup", topic="the ferry")),
        ("What did I miss about Orsk?", Route(name="catchup", topic="Orsk")),
        ("timeline of the dam", Route(name="timeline", topic="the dam")),
        ("Dam timeline", Route(name="timeline", topic="Dam")),
        ("How did the strike unfold?", Route(name="timeline", topic="the strike")),
        ("what happened in Orsk yesterday", None),
        ("catch me up", None),
        ("timeline", None),
        ("", None),
        ("the vaccine timeline slipped again", None),
    ],
)
def test_plain_words_find_their_way(text: str, expected: Route | None) -> None:
    """Phrases are recognised as a whole; a question that only holds such words is a question."""
    assert route(text) == expected


def test_each_line_has_its_day_and_its_link() -> None:
    """A day, the source's sentence, escaped, and where it stands; what is to come is marked."""
    found = timeline(20)
    message = timelines.timeline(found, READER, page=2, key="abc")
    text = plain(message.text)
    assert "20 days from 7 articles · page 3 of 3" in text
    assert "Thu 20 Jan 2022 · to come\nOn day 19 the ferry <sailed>. [Harbour Post]" in text
    assert "https://harbour.example/a" in message.text
    assert "<sailed>" not in message.text


def test_pages_turn_both_ways() -> None:
    """The first page leads on, the last one back; a short timeline has no pages."""
    found = timeline(20)
    assert names(timelines.timeline(found, READER, page=0, key="k"))[0] == "Later ▶"
    assert names(timelines.timeline(found, READER, page=1, key="k"))[:2] == ["◀ Earlier", "Later ▶"]
    short = timelines.timeline(timeline(2), SAMPLE_READER, page=0, key="k")
    assert names(short) == ["Sources", "Catch me up"]
    assert "page" not in plain(short.text)
    assert "sample edition" in plain(short.text)


def test_long_sentences_are_split_between_messages() -> None:
    """However long the sources' sentences are, each message fits."""
    found = timeline(8)
    long = replace(
        found,
        entries=tuple(
            replace(one, evidence=(replace(one.evidence[0], sentence="word & " * 200),))
            for one in found.entries
        ),
    )
    parts = split_message(timelines.timeline(long, READER, page=0, key="k"))
    assert len(parts) > 1
    assert all(utf16_length(part.text) <= 4096 for part in parts)


def test_callback_data_fits_whatever_was_asked() -> None:
    """Buttons name a kept key and a page, never the words."""
    for found in (timeline(20), replace(timeline(20), story=entry(10**17).story)):
        message = timelines.timeline(found, READER, page=1, key="f" * 16)
        data = [str(one.data) for row in message.buttons for one in row]
        assert all(len(one.encode()) <= callbacks.MAX_BYTES for one in data)


def test_nothing_new_is_said() -> None:
    """Without news of two days the reader hears of when the newest article is."""
    shown = plain(timelines.caught_up(caught_up(5, news=False), READER, key="k").text)
    assert "Nothing; the newest article is from 18 Feb 2022" in shown
    assert shown.index("Background") < shown.index("New in the last 48 hours")


async def shown(talk: Talk, words: str) -> Any:
    """The bot's message with these words, once it is there."""
    return await talk.until(
        lambda: next((one for one in talk.from_bot() if words in str(one.get("text"))), None)
    )


async def test_a_timeline_opens_at_its_latest_page_and_turns(talk: Talk) -> None:
    """/timeline shows the end; the button turns the same message back, for the same words."""
    message = await talk.ask("/timeline the ferry")
    assert "page 3 of 3" in message["text"]
    assert "On day 19" in message["text"]
    await talk.press(message, "◀ Earlier")
    turned = await talk.shows(message, "page 2 of 3")
    assert "On day 8" in turned["text"]
    assert talk.desk.asked == ["the ferry", "the ferry"]
    await talk.press(turned, "Sources")
    assert "On day 8" in (await shown(talk, "Sources of"))["text"]


async def test_catching_up_by_plain_words_and_back_to_the_timeline(talk: Talk) -> None:
    """Plain words bring background and news; their buttons bring the timeline and back."""
    message = await talk.ask("Catch me up on the ferry?")
    assert "The ferry is back & afloat. [Wire]" in message["text"]
    assert labels(message) == ["Sources", "Timeline"]
    await talk.press(message, "Timeline")
    unfolded = await shown(talk, "page 3 of 3")
    await talk.press(unfolded, "Catch me up")
    await talk.until(lambda: sum("back & afloat" in one["text"] for one in talk.from_bot()) == 2)


async def test_a_story_offers_its_timeline(talk: Talk) -> None:
    """The button under a story shows how it unfolded, and leads back to it."""
    message = await talk.ask("/story 1")
    await talk.press(message, "Timeline")
    unfolded = await shown(talk, "3 days from 7 articles")
    assert labels(unfolded) == ["Sources", "The story"]


async def test_what_is_not_in_the_sources_is_said_so(talk: Talk) -> None:
    """An unknown topic is no timeline and no background; no words get a hint."""
    for asked in ("/timeline zinc", "/catchup zinc", "zinc timeline"):
        assert "Not in my sources" in (await talk.ask(asked))["text"]
    assert "/timeline grain exports" in (await talk.ask("/timeline"))["text"]
    assert "/catchup grain exports" in (await talk.ask("/catchup ???"))["text"]
    assert "too long" in (await talk.ask("/timeline " + "zinc " * 50))["text"]
