"""A correction at the source reaches, once, those who were shown the sentence; end to end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import telegram

from bot.clock import SystemClock
from bot.health import Metrics
from bot.jobs import Amending, Deliverer
from bot.telegram.markup import plain
from news.extract import PagePool
from news.fetch import Fetcher
from news.ingest import Ingest
from news.model import Draft, Evidence, Outlet, Point
from news.outlets import Outlets
from news.rereading import Rereading
from news.served import Chat
from news.statements import SentenceVectors
from news.store import Store
from summarizer.encode import SentenceEncoder

NOW = datetime(2022, 2, 18, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
CITED = "At least 12 people were killed when the ferry Alma sank off Alvik on Thursday."
REST = (
    "The coast guard sent four boats and a helicopter to the place of the accident at night.",
    "Fishermen from Alvik helped to bring survivors ashore and lent them their own coats.",
    "The shipping company Nordline said that it would pay for the search and for the families.",
    "A hotel in the harbour opened its rooms to families who had come from all over the coast.",
    "The wreck lies at a depth of ninety metres on sand, and divers may reach it on Saturday.",
)


class Page:
    """A site with one page that a test rewrites and takes away."""

    def __init__(self) -> None:
        self.sentences = [CITED, *REST]
        self.status = 200
        self.asked = 0
        page = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/robots.txt":
                    self.send_error(404)
                    return
                page.asked += 1
                body = page.html().encode()
                self.send_response(page.status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                del format, args

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/alma"

    def html(self) -> str:
        """The page as it is now."""
        parts = "".join(f"<p>{sentence}</p>" for sentence in self.sentences)
        head = "<title>Ferry sinks off Alvik</title>"
        return f"<html><head>{head}</head><body><article>{parts}</article></body></html>"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


class Clock(SystemClock):
    """A clock that is set by hand."""

    at = NOW

    def now(self) -> datetime:
        """The set instant."""
        return self.at


class Line(telegram.Bot):
    """A bot that keeps what it sends."""

    def __init__(self) -> None:
        super().__init__("1:a")
        self._sent: list[tuple[int, str]] = []

    @property
    def sent(self) -> list[tuple[int, str]]:
        """What went out: chat and text."""
        return self._sent

    async def send_message(self, chat_id: int, text: str, **more: object) -> telegram.Message:  # type: ignore[override]
        """Take a message."""
        self._sent.append((chat_id, plain(text)))
        chat = telegram.Chat(id=chat_id, type="private")
        return telegram.Message(message_id=len(self._sent), date=NOW, chat=chat, text=text)


class Desk:
    """A store with the page's article, two chats that were shown it, one that was not."""

    def __init__(self, store: Store, ingest: Ingest, page: Page) -> None:
        self.store, self.page, self.clock, self.line = store, page, Clock(), Line()
        self.amending = Amending(
            rereading=Rereading(ingest, SentenceVectors(SentenceEncoder())),
            store=store,
            clock=self.clock,
        )
        text = "\n\n".join(page.sentences)
        received = ingest.receive(
            Draft(
                url=page.url,
                title="Ferry sinks off Alvik",
                text=text,
                outlet=Outlet(name="Harbour Post", host="127.0.0.1"),
                language="en",
                published_at=NOW - HOUR,
                fetched_at=NOW - HOUR,
            ),
            page.url,
        )
        assert received.article_id is not None
        cited = Evidence(
            article_id=received.article_id,
            url=page.url,
            source="Harbour Post",
            sentence=CITED,
            start=0,
            end=len(CITED),
        )
        self.point = Point(text=CITED, evidence=(cited,), origin="source")
        for id in (1, 2, 3):
            store.chats.meet(Chat(id=id, kind="private", title="Reader", created_at=NOW))
        for id in (1, 2):
            store.showing.add(id, None, [self.point], NOW)

    async def after(self, hours: float) -> list[tuple[int, str]]:
        """What was sent by so many hours later, looked at every half hour."""
        self.line.sent.clear()
        end = NOW + hours * HOUR
        while self.clock.at < end:
            self.clock.at += HOUR / 2
            self.amending.run(lambda: False)
            await Deliverer(self.store, self.clock, Metrics(), self.line).run(lambda: False)
        return list(self.line.sent)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Everything real, on loopback."""
    page = Page()
    store = Store(tmp_path / "news.db")
    with PagePool(1) as pages, closing(Fetcher("tests", allow_private=True)) as fetcher:
        yield Desk(store, Ingest(store, fetcher, pages, Outlets([])), page)
    store.close()
    page.close()


async def test_a_corrected_number_is_told_once_to_those_who_were_shown_it(desk: Desk) -> None:
    """What it said, what it says now, a link; the third chat and later readings hear nothing."""
    now = CITED.replace("12", "2")
    desk.page.sentences = [now, *REST]
    sent = await desk.after(1)
    assert [chat for chat, _ in sent] == [1, 2]
    for _, text in sent:
        assert CITED in text
        assert now in text
        assert "18 Feb, 09:00" in text
    assert await desk.after(30) == []
    assert desk.store.showing.rereads_waiting() == 0
    (article,) = [desk.store.articles.get(desk.point.evidence[0].article_id)]
    assert article is not None
    assert now in article.text


async def test_a_page_is_read_a_few_times_within_a_day_and_then_left(desk: Desk) -> None:
    """An unchanged page corrects nothing, and nobody asks for it after the day is over."""
    assert await desk.after(48) == []
    assert 2 <= desk.page.asked <= 5
    asked = desk.page.asked
    await desk.after(72)
    assert desk.page.asked == asked


async def test_a_retraction_late_in_the_day_is_told(desk: Desk) -> None:
    """A sentence that is taken out hours later is found by a later reading."""
    assert await desk.after(2) == []
    desk.page.sentences = [*REST]
    sent = await desk.after(24)
    assert [chat for chat, _ in sent] == [1, 2]
    assert "taken out" in sent[0][1]


async def test_a_page_that_is_gone_is_told_as_withdrawn_once(desk: Desk) -> None:
    """Not at the first answer, which may be a slip; and only once."""
    desk.page.status = 404
    assert await desk.after(1) == []
    sent = await desk.after(2)
    assert [chat for chat, _ in sent] == [1, 2]
    assert "Withdrawn" in sent[0][1]
    assert CITED in sent[0][1]
    assert await desk.after(40) == []


@pytest.mark.parametrize("status", [403, 429, 500, 503])
async def test_an_error_page_is_no_correction(desk: Desk, status: int) -> None:
    """Whatever the site answers but "gone" says nothing about the article."""
    desk.page.status = status
    desk.page.sentences = ["Something went wrong."]
    assert await desk.after(30) == []


async def test_a_wall_or_a_rewritten_page_is_no_correction(desk: Desk) -> None:
    """A page cut off after its lead, and one that tells the same in other words."""
    desk.page.sentences = ["Subscribe to read on.", REST[0]]
    assert await desk.after(2) == []
    desk.page.sentences = [
        "The ferry Alma went down off Alvik on Thursday, and at least 12 people were killed.",
        *REST,
        "A minister is expected in the harbour town on Saturday morning, officials said.",
    ]
    assert await desk.after(24) == []


async def test_a_page_longer_than_what_a_feed_gave_is_no_edit(desk: Desk) -> None:
    """What the page says beyond the stored text corrects nothing and does not take its place."""
    desk.page.sentences = [CITED, *REST, *(one.replace("the", "another") for one in REST)]
    assert await desk.after(24) == []
    article = desk.store.articles.get(desk.point.evidence[0].article_id)
    assert article is not None
    assert article.text == "\n\n".join([CITED, *REST])


async def test_a_page_that_comes_back_is_watched_on(desk: Desk) -> None:
    """One missing answer in between does not count as gone."""
    desk.page.status = 404
    assert await desk.after(1) == []
    desk.page.status = 200
    assert await desk.after(2) == []
    desk.page.sentences = [CITED.replace("Alma", "Berta"), *REST]
    assert len(await desk.after(24)) == 2


async def test_a_chat_that_was_forgotten_hears_nothing(desk: Desk) -> None:
    """What a chat was shown goes with it."""
    desk.store.chats.forget(1)
    desk.page.sentences = [CITED.replace("12", "2"), *REST]
    assert [chat for chat, _ in await desk.after(1)] == [2]
