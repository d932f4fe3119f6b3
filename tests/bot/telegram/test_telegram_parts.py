"""The chat's small parts: reading messages, turns, pastes, writings, near topics."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
import telegram
from telegram import Update

from bot.telegram.asking import near_topics
from bot.telegram.inbox import sentence
from bot.telegram.order import PersonalOrder
from bot.telegram.pastes import PIECE, Pastes
from bot.telegram.reading import Command, first_link, read_command
from bot.telegram.summarising import check_file
from bot.telegram.telling import deep_subscription
from bot.telegram.writings import Writings
from news.schedule import parse_request


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/latest", Command(name="latest", argument="")),
        ("/Topic  grain exports", Command(name="topic", argument="grain exports")),
        ("/topic\ngrain", Command(name="topic", argument="grain")),
        ("/help@Some_bot now", Command(name="help", argument="now", bot="Some_bot")),
        ("/story_12", Command(name="story", argument="12")),
        ("/story_12@a_bot", Command(name="story", argument="12", bot="a_bot")),
        ("latest", None),
        ("/", None),
        ("/etc/passwd", None),
        (" /latest", None),
    ],
)
def test_commands_are_read(text: str, command: Command | None) -> None:
    """A command is the first word, its bot behind an "@", its number behind a "_"."""
    assert read_command(text) == command


def message(text: str, *entities: tuple[str, str, str | None]) -> telegram.Message:
    """A message whose parts are marked as links."""
    found = [
        telegram.MessageEntity(kind, text.index(part), len(part), url=url)
        for kind, part, url in entities
    ]
    body: dict[str, Any] = {
        "message_id": 1,
        "date": 0,
        "chat": {"id": 1, "type": "private"},
        "text": text,
        "entities": [entity.to_dict() for entity in found],
    }
    made = telegram.Message.de_json(body, None)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("text", "marked", "link"),
    [
        ("https://a.example/x", ("url", "https://a.example/x", None), "https://a.example/x"),
        ("see http://a.example", ("url", "http://a.example", None), "http://a.example"),
        ("a.example/page", ("url", "a.example/page", None), "https://a.example/page"),
        ("who owns a.example?", ("url", "a.example", None), None),
        ("read this", ("text_link", "this", "https://b.example/"), "https://b.example/"),
        ("write him", ("text_link", "him", "tg://user?id=1"), None),
    ],
)
def test_first_link(text: str, marked: tuple[str, str, str | None], link: str | None) -> None:
    """A link is one that someone means to be read."""
    assert first_link(message(text, marked)) == link


def test_near_topics_share_words() -> None:
    """Only topics that have a word in common with the question are offered."""
    known = [("ukraine", "War in Ukraine"), ("grain", "Grain trade"), ("nato", "NATO")]
    assert near_topics("grains from ukrain", known) == [known[0], known[1]]
    assert near_topics("chess in the of", known) == []


@pytest.mark.parametrize(
    ("link", "topics", "hour"),
    [
        ("ukraine_0730", ("ukraine",), "07:30"),
        ("ukraine", ("ukraine",), None),
        ("middle_east__nato_2100", ("middle east", "nato"), "21:00"),
        ("0600", (), "06:00"),
    ],
)
def test_subscription_links(link: str, topics: tuple[str, ...], hour: str | None) -> None:
    """A link for a poster or a page says topics and hour."""
    assert parse_request(deep_subscription(link)) == (topics, hour)


def test_lines_for_readers_are_sentences() -> None:
    """A reason from inside becomes a sentence."""
    assert sentence(ValueError("the page is empty")) == "The page is empty."
    assert sentence(ValueError("Why?")) == "Why?"
    assert sentence(ValueError("holds no article text")) == "This holds no article text."


def test_file_without_an_ending_is_read_by_its_type() -> None:
    """The type says how to read it; the size is checked before it is downloaded."""
    named = telegram.Document("id", "unique", file_name="x", mime_type="text/html")
    assert check_file(named) == (None, "x.html")
    unknown = telegram.Document("id", "unique", file_name="x.mp3", mime_type="audio/mpeg")
    assert check_file(unknown)[0] is not None


def update(chat: int, user: int) -> Update:
    """An update of someone in a chat."""
    body = {
        "update_id": 1,
        "message": {
            "message_id": 1,
            "date": 0,
            "chat": {"id": chat, "type": "group", "title": "x"},
            "from": {"id": user, "first_name": "x", "is_bot": False},
        },
    }
    made = Update.de_json(body, None)
    assert made is not None
    return made


async def test_one_persons_updates_keep_their_order() -> None:
    """A person's later message waits for the earlier; another person's does not."""
    order, done, gate = PersonalOrder(), list[str](), asyncio.Event()

    async def work(name: str, wait: bool = False) -> None:
        if wait:
            await gate.wait()
        done.append(name)

    first = asyncio.create_task(order.process_update(update(1, 1), work("first", wait=True)))
    second = asyncio.create_task(order.process_update(update(1, 1), work("second")))
    await order.process_update(update(1, 2), work("other person"))
    await order.process_update(update(2, 1), work("other chat"))
    assert done == ["other person", "other chat"]
    gate.set()
    await asyncio.gather(first, second)
    assert done[2:] == ["first", "second"]
    assert not order._turns
    assert not order._waiting


async def test_pieces_become_one_text() -> None:
    """Messages at the limit are held until no further piece comes."""
    whole: list[str] = []
    begun: asyncio.Queue[Awaitable[None]] = asyncio.Queue()

    async def done(text: str) -> None:
        whole.append(text)

    pastes = Pastes(begun.put_nowait, wait_seconds=0.05)
    key = (1, 1)
    assert not pastes.is_piece(key, "short")
    assert pastes.is_piece(key, "x" * PIECE)
    pastes.add(key, "x" * PIECE, done)
    assert pastes.is_piece(key, "tail")
    assert not pastes.is_piece((2, 2), "tail")
    pastes.add(key, "tail", done)
    await (await begun.get())
    assert whole == ["x" * PIECE + "\ntail"]


async def test_writings_stop_when_replaced_and_when_all_ends() -> None:
    """A newer writing stops the older; after the end none begins."""
    writings = Writings()
    first = writings.begin((1, 1))
    other = writings.begin((2, 2))
    second = writings.begin((1, 1))
    assert first.is_set()
    assert not other.is_set()
    assert not second.is_set()
    writings.end((1, 1), first)
    writings.close()
    assert second.is_set()
    assert other.is_set()
    assert writings.begin((3, 3)).is_set()
    await writings.finished(1.0)


async def test_work_that_does_not_end_is_cancelled() -> None:
    """The end of the program does not wait for ever."""
    writings, never = Writings(), asyncio.Event()

    async def work() -> None:
        await never.wait()

    writings.spawn(work())
    await writings.finished(0.05)
    await writings.finished(0.05)
