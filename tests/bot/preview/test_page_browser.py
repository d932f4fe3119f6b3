"""The chat page in a real Chromium, with the small application answering behind it."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright
from preview_running import Preview, polling, serve

pytestmark = pytest.mark.browser

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
READER = 1_000_001


class Served:
    """A preview and its application in a thread of their own."""

    def __init__(self, preview: Preview, loop: asyncio.AbstractEventLoop) -> None:
        self.preview = preview
        self._loop = loop

    @property
    def url(self) -> str:
        """The page."""
        return self.preview.server.url

    def call(self, method: str, **parameters: Any) -> Any:
        """A Bot API call from the test's thread; its result."""
        asked = self.preview.call(method, **parameters)
        answer = asyncio.run_coroutine_threadsafe(asked, self._loop).result(30)
        assert answer["ok"], answer
        return answer["result"]


@contextmanager
def _in_thread(database: Path) -> Iterator[Served]:
    ready: Future[tuple[Served, asyncio.Event]] = Future()

    async def run() -> None:
        stop = asyncio.Event()
        async with serve(database) as preview, polling(preview):
            ready.set_result((Served(preview, asyncio.get_running_loop()), stop))
            await stop.wait()

    def body() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:
            if not ready.done():
                ready.set_exception(error)
            raise

    thread = threading.Thread(target=body, name="preview")
    thread.start()
    served, stop = ready.result(30)
    try:
        yield served
    finally:
        served._loop.call_soon_threadsafe(stop.set)
        thread.join(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium; without one these tests are skipped, except in CI."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        reason = "no Chromium is installed (apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A fresh preview with the application running."""
    with _in_thread(tmp_path / "preview.sqlite3") as running:
        yield running


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A page that is loaded; nothing it does may reach another host or break its own policy."""
    context = browser.new_context(viewport={"width": 1100, "height": 800})
    opened = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    _open(opened, served.url)
    yield opened
    context.close()
    assert [link for link in asked if not link.startswith(served.url)] == []
    assert said == []


def _open(page: Page, link: str) -> None:
    page.goto(link)
    page.wait_for_selector("html[data-ready]")


def _write(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.keyboard.press("Enter")


def test_a_new_chat_offers_start(page: Page) -> None:
    """Nothing but the bot's description and Start, which sends /start."""
    expect(page.locator("#edition")).to_have_text("Sample edition, 18 February 2022")
    expect(page.locator("#description")).to_have_text("Echoes what you write, with buttons.")
    expect(page.locator("#composer")).to_be_hidden()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator(".row.out .text")).to_contain_text("/start")
    welcome = page.locator(".row:not(.out) .text")
    expect(welcome.locator("strong")).to_have_text("Welcome")
    expect(welcome.locator("em")).to_have_text("no payload")
    expect(page.locator("#composer")).to_be_visible()


def test_a_deep_link_starts_with_its_payload_once(page: Page, served: Served) -> None:
    """`/?start=` is sent once; loading again does not repeat it."""
    _open(page, f"{served.url}?start=story_7")
    expect(page.locator(".row:not(.out) em")).to_have_text("story_7")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".row.out")).to_have_count(1)


def test_buttons_edit_in_place_and_answer(page: Page) -> None:
    """A press shows the bot's alert or toast, and the message changes where it stands."""
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("button", name="Alert", exact=True).click()
    expect(page.locator("#alert-text")).to_have_text("Careful!")
    page.keyboard.press("Enter")
    expect(page.locator("#alert")).to_be_hidden()
    page.get_by_role("button", name="Edit", exact=True).click()
    expect(page.locator("#toast")).to_have_text("Done")
    expect(page.locator(".row:not(.out) .text")).to_contain_text("Edited in place")
    expect(page.locator(".keyboard")).to_have_count(0)
    expect(page.locator(".row:not(.out) .meta")).to_contain_text("edited")


def test_enter_sends_and_shift_enter_breaks_the_line(page: Page) -> None:
    """The keyboard alone writes a message of two lines."""
    page.get_by_role("button", name="Start", exact=True).click()
    field = page.get_by_label("Message", exact=True)
    field.fill("first")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second")
    page.keyboard.press("Enter")
    expect(page.locator(".row.out .text").last).to_contain_text("first\nsecond")
    expect(field).to_have_value("")


def test_the_command_menu_is_walked_by_keys(page: Page) -> None:
    """A slash lists the bot's commands; arrows and Enter choose one."""
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    page.keyboard.type("/")
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    image = page.get_by_role("img", name="A chart")
    expect(image).to_be_visible()
    expect(image).to_have_js_property("naturalWidth", 800)


def test_text_never_becomes_markup(page: Page, served: Served) -> None:
    """Whatever either side writes is shown as written."""
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script> \"quoted\" & 'so'"
    page.get_by_role("button", name="Start", exact=True).click()
    _write(page, hostile)
    expect(page.locator(".row.out .text").last).to_contain_text(hostile)
    expect(page.locator(".row:not(.out) .text").last).to_contain_text(hostile)
    expect(page.locator("#messages img, #messages script")).to_have_count(0)


def test_formatting_becomes_elements(page: Page, served: Served) -> None:
    """Quotes, code and links; links open elsewhere and tell nothing about this page."""
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator(".keyboard")).to_be_visible()
    served.call(
        "sendMessage",
        chat_id=READER,
        parse_mode="HTML",
        text='<blockquote>said <b>so</b></blockquote>\n<a href="https://example.org/a">here</a>'
        ' <code>x</code> 🏟 <u>after</u> <a href="https://t.me/geobrief_preview_bot?start=deep">'
        "inside</a> <tg-spoiler>secret</tg-spoiler>"
        "<blockquote expandable>1\n2\n3\n4\n5\n6\n7</blockquote>",
    )
    last = page.locator(".row .text").last
    expect(last.locator("blockquote strong")).to_have_text("so")
    link = last.get_by_role("link", name="here")
    assert link.get_attribute("href") == "https://example.org/a"
    assert link.get_attribute("target") == "_blank"
    assert link.get_attribute("rel") == "noopener noreferrer"
    expect(last.locator("u")).to_have_text("after")
    last.locator(".spoiler").click()
    expect(last.locator(".spoiler.shown")).to_have_text("secret")
    last.get_by_role("button", name="Show more").click()
    expect(last.locator("blockquote.folded")).to_have_count(0)
    last.get_by_role("button", name="inside").click()
    expect(page.locator(".row.out .text").last).to_contain_text("/start deep")


def test_a_file_is_sent_and_shown(page: Page) -> None:
    """The bot reads an uploaded file; the page offers it again."""
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_label("File", exact=True).set_input_files(
        FilePayload(name="notes.txt", mimeType="text/plain", buffer=b"hello")
    )
    expect(page.locator(".document strong")).to_have_text("notes.txt")
    expect(page.locator(".row .text").last).to_contain_text("5 bytes, first hello")


def test_deletions_and_typing_are_seen(page: Page, served: Served) -> None:
    """The page follows what the bot does, without being asked."""
    page.get_by_role("button", name="Start", exact=True).click()
    sent = served.call("sendMessage", chat_id=READER, text="gone soon")
    expect(page.get_by_text("gone soon")).to_be_visible()
    served.call("sendChatAction", chat_id=READER, action="typing")
    expect(page.locator("#subtitle")).to_have_text("typing…")
    served.call("deleteMessage", chat_id=READER, message_id=sent["message_id"])
    expect(page.get_by_text("gone soon")).to_have_count(0)
    expect(page.locator("#subtitle")).to_have_text("bot", timeout=15_000)


def test_the_clock_skips_to_the_next_morning(page: Page) -> None:
    """The banner's date follows."""
    page.get_by_role("button", name=re.compile("Skip to")).click()
    page.get_by_role("menuitem", name="Next morning").click()
    expect(page.locator("#edition")).to_have_text("Sample edition, 19 February 2022")
    expect(page.locator("#now")).to_have_text("07:30 Helsinki")


def test_the_group_has_several_speakers(page: Page) -> None:
    """Another member can write; the bot answers in the group."""
    page.get_by_role("button", name="Demo group").click()
    expect(page.locator(".service")).to_have_text("You added geobrief")
    page.get_by_label("Write as").select_option("Robin")
    _write(page, "/start@geobrief_preview_bot hello")
    expect(page.locator(".row .name").first).to_have_text("Robin")
    expect(page.locator(".row .text").last).to_contain_text("Welcome, hello")


def test_a_blocked_bot_can_be_unblocked(page: Page) -> None:
    """Blocking takes the field away; unblocking starts the bot again."""
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator("#composer")).to_be_visible()
    page.get_by_role("button", name="Chat options").click()
    page.get_by_role("menuitem", name="Block the bot").click()
    expect(page.locator("#composer")).to_be_hidden()
    page.get_by_role("button", name="Unblock", exact=True).click()
    expect(page.locator("#composer")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 760, 1400])
def test_no_width_needs_sideways_scrolling(page: Page, served: Served, width: int) -> None:
    """Also long words, wide keyboards and pictures stay inside."""
    page.set_viewport_size({"width": width, "height": 700})
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator(".keyboard")).to_be_visible()
    keys = [[{"text": f"Button {number}", "callback_data": "x"} for number in range(6)]]
    served.call(
        "sendMessage", chat_id=READER, text="w" * 400, reply_markup={"inline_keyboard": keys}
    )
    _write(page, "/picture")
    expect(page.get_by_role("img", name="A chart")).to_be_visible()
    for name in ("document.documentElement", "document.getElementById('log')"):
        assert page.evaluate(f"{name}.scrollWidth <= {name}.clientWidth"), name
