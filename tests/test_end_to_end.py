"""The real program on the sample edition, talked to as a chat would, over loopback HTTP."""

from __future__ import annotations

import functools
import http.server
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.editorial import load_sources
from news.model import Outlet
from news.store import Store

CHAT = 1_000_001
PATIENCE = 90.0
_PAGE = """<!doctype html><html lang="en"><head><title>Harbour talks end</title>
<meta property="og:title" content="Harbour talks end without a treaty">
<meta property="article:published_time" content="2022-02-17T10:00:00+00:00"></head><body>
<nav>Home World Sport</nav><article><h1>Harbour talks end without a treaty</h1>
<p>The two coastal states of Merovia and Lund ended three days of talks in the port of Alvik on
Thursday without a treaty on fishing rights, both delegations said.</p>
<p>Negotiators had narrowed the dispute to 14 square kilometres of shallow water around the
island of Grey Holm, according to a joint statement read out by the Lund delegation.</p>
<p>Merovia's fisheries minister, Ana Torvald, said her government would keep its patrol boats
in port until the next round, which both sides want to hold in April.</p>
<p>Fishing unions in Alvik, where some 900 families live off the catch, had asked for a quick
settlement before the herring season begins in May.</p></article>
<div>Share this on Facebook</div><h3>Leave a Reply</h3>
<p>Your email address will not be published. Required fields are marked *</p></body></html>"""


class Chat:
    """A person's side of the chat with a running program."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=30, trust_env=False)
        self._path = f"/api/chats/{CHAT}"

    def messages(self) -> list[dict[str, Any]]:
        """Give the whole conversation."""
        answer = self._http.get(f"{self._path}/messages", params={"after": 0})
        found: list[dict[str, Any]] = answer.raise_for_status().json()["messages"]
        return found

    def from_bot(self) -> list[dict[str, Any]]:
        """Give what the bot said."""
        return [one for one in self.messages() if one["from"]["is_bot"]]

    def say(self, text: str, *, expect: str = "") -> dict[str, Any]:
        """Send a text and give the bot's first new message that holds `expect`."""
        seen = {one["message_id"] for one in self.from_bot()}
        self._http.post(f"{self._path}/messages", json={"text": text}).raise_for_status()
        return self.wait(lambda one: one["message_id"] not in seen and expect in one["text"])

    def press(self, message: dict[str, Any], label: str) -> None:
        """Press the button with this label under a message."""
        rows = message["reply_markup"]["inline_keyboard"]
        data = next(
            button["callback_data"] for row in rows for button in row if label in button["text"]
        )
        body = {"message_id": message["message_id"], "data": data}
        self._http.post(f"{self._path}/press", json=body).raise_for_status()

    def wait(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait for a message of the bot that fits."""
        ends_at = time.monotonic() + PATIENCE
        while time.monotonic() < ends_at:
            for one in self.from_bot():
                if fits(one):
                    return one
            time.sleep(0.2)
        raise AssertionError(f"no such message came; last: {self.from_bot()[-1:]}")

    def move_clock(self, to: str) -> None:
        """Move the edition's clock forward."""
        self._http.post("/api/clock", json={"to": to}).raise_for_status()


class Program:
    """`geobrief run` in a process of its own."""

    def __init__(self, data: Path, *words: str) -> None:
        self.log = data / f"output-{time.monotonic_ns()}.txt"
        with self.log.open("w", encoding="utf-8") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", "--data", str(data), "run", *words],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment(),
            )

    def chat(self) -> Chat:
        """Wait until the chat is served."""
        ends_at = time.monotonic() + PATIENCE
        while time.monotonic() < ends_at and self.process.poll() is None:
            found = re.search(r"The chat is at (http://\S+?)/?\s", self.text())
            if found:
                return Chat(found[1])
            time.sleep(0.2)
        raise AssertionError(f"the chat did not start:\n{self.text()}")

    def text(self) -> str:
        """Give what was printed so far."""
        return self.log.read_text(encoding="utf-8")

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and give the exit code; a program that does not end fails the test."""
        self.process.send_signal(how)
        return self.process.wait(timeout=30)


def environment() -> dict[str, str]:
    """Give an environment without this machine's own settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GEOBRIEF_") and name != "TELEGRAM_BOT_TOKEN"
    }
    return kept | {
        "GEOBRIEF_PREVIEW_PORT": "0",
        "GEOBRIEF_WRITER": "off",
        "GEOBRIEF_ALLOW_PRIVATE_ADDRESSES": "true",
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "COLUMNS": "200",
    }


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Start programs on one data folder; what still runs at the end is killed."""
    running: list[Program] = []

    def begin(*words: str) -> Program:
        running.append(Program(tmp_path, *words))
        return running[-1]

    yield begin
    for program in running:
        if program.process.poll() is None:
            program.process.kill()
            program.process.wait()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[str]:
    """A news page on loopback; gives its link."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "talks.html").write_text(_PAGE, encoding="utf-8")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/talks.html"
    server.shutdown()
    server.server_close()


def briefs(chat: Chat) -> list[dict[str, Any]]:
    """Give the scheduled briefs that arrived."""
    return [one for one in chat.from_bot() if one["text"].startswith("Your brief")]


def test_a_reader_asks_reads_subscribes_and_gets_the_brief_once(
    start: Callable[..., Program], page: str
) -> None:
    """Start, topic, link, subscribe; the due minute brings one brief; restarts change nothing."""
    program = start()
    chat = program.chat()
    assert "Brief of 18 February 2022" in program.text()
    assert "Subscribe" in str(chat.say("/start")["reply_markup"])

    answer = chat.say("nato russia talks", expect="[1]")
    assert "NATO" in answer["text"]
    before = len(chat.from_bot())
    chat.press(answer, "Sources")
    sources = chat.wait(lambda one: len(chat.from_bot()) > before and "Sources of" in one["text"])
    assert any(entity["type"] == "blockquote" for entity in sources["entities"])

    assert chat.say("the price of turnips in Ruritania", expect="Not in my sources")

    summary = chat.say(page, expect="Alvik")
    assert "Required fields" not in summary["text"]
    assert "Facebook" not in summary["text"]

    assert "not a time" in chat.say("/subscribe 25:70")["text"]
    assert "07:30" in chat.say("/subscribe ukraine, middle east 07:30", expect="Subscribed")["text"]

    assert program.end() == 0
    program = start()
    chat = program.chat()
    assert not briefs(chat)
    chat.move_clock("2022-02-19T07:30:00+00:00")
    brief = chat.wait(lambda one: one["text"].startswith("Your brief"))
    assert "[1]" in brief["text"]

    assert program.end(signal.SIGKILL) != 0
    program = start()
    chat = program.chat()
    chat.say("/help")
    chat.move_clock("2022-02-19T09:00:00+00:00")
    chat.say("/subscriptions", expect="07:30")
    assert len(briefs(chat)) == 1, "a brief came twice"
    chat.move_clock("2022-02-20T07:30:00+00:00")
    chat.wait(lambda one: "Nothing new" in one["text"])
    assert program.end() == 0


def test_one_pass_prints_the_brief_and_ends(start: Callable[..., Program]) -> None:
    """`run --once` ends with 0 after the brief, each sentence with its source."""
    program = start("--once")
    assert program.process.wait(timeout=PATIENCE) == 0
    printed = program.text()
    assert "Brief of 18 February 2022" in printed
    assert "[1]" in printed
    assert ".example/" in printed


def test_live_news_without_a_network_is_one_line_and_75(tmp_path: Path) -> None:
    """No reachable feed is no crash: exit code 75 and one line that says where to look."""
    store = Store(tmp_path / "live.db")
    store.set_note("listed_feeds", [source.url for source in load_sources()])
    closed = Outlet(name="Nobody", host="127.0.0.1")
    now = datetime.now(UTC) - timedelta(minutes=1)
    store.feeds.add("http://127.0.0.1:9/feed.xml", closed, confirmed=False, now=now)
    store.close()
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "--data", str(tmp_path), "run", "--once", "--edition",
         "live"],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=PATIENCE,
        check=False,
    )  # fmt: skip
    assert done.returncode == 75, done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("geobrief: none of 1 feeds")
    assert "Traceback" not in done.stderr
