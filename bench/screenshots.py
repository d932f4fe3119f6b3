"""Takes the README's pictures: a chat and a brief of the sample edition, in a real browser.

    python -m bench.screenshots docs

Starts the program on a temporary folder, talks to it as a person would, and saves
`chat.png` and `brief.png` into the folder named. Needs a Chromium.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

CHAT = 1_000_001
PATIENCE = 240.0
_BROWSER_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
]


def main() -> None:
    """Take the pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs")
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        sys.exit("screenshots: no Chromium was found; install one and try again")
    with tempfile.TemporaryDirectory(prefix="geobrief-pictures-") as data:
        environment = os.environ | {"GEOBRIEF_PREVIEW_PORT": "0", "COLUMNS": "200"}
        with (Path(data) / "output.txt").open("w+", encoding="utf-8") as output:
            program = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", "--data", data, "run", "--edition", "sample"],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
            )
            try:
                url = _wait_for(Path(data) / "output.txt", r"The chat is at (http://\S+?)/?\s")
                _wait_for(Path(data) / "output.txt", r"(writer.*)\n")
                _talk(url)
                _shoot(browser, url, folder / "chat.png")
                _subscribe(url)
                _shoot(browser, url, folder / "brief.png")
            finally:
                program.send_signal(signal.SIGINT)
                program.wait(timeout=30)


def _wait_for(log: Path, pattern: str) -> str:
    ends_at = time.monotonic() + PATIENCE
    while time.monotonic() < ends_at:
        found = re.search(pattern, log.read_text(encoding="utf-8"))
        if found:
            return found[1]
        time.sleep(0.3)
    sys.exit(f"screenshots: the program did not get there:\n{log.read_text(encoding='utf-8')}")


def _talk(url: str) -> None:
    with httpx.Client(base_url=url, trust_env=False, timeout=30) as http:
        _say(http, "/start", "Hello")
        answer = _say(http, "france leaves mali", "[1]")
        done = _until(
            http, lambda one: one["message_id"] == answer["message_id"] and not _writing(one)
        )
        rows = done["reply_markup"]["inline_keyboard"]
        data = next(b["callback_data"] for row in rows for b in row if "Sources" in b["text"])
        body = {"message_id": answer["message_id"], "data": data}
        http.post(f"/api/chats/{CHAT}/press", json=body).raise_for_status()
        _until(http, lambda one: one["text"].startswith("Sources of"))


def _subscribe(url: str) -> None:
    with httpx.Client(base_url=url, trust_env=False, timeout=30) as http:
        _say(http, "/subscribe ukraine, africa, latin america 07:30", "Subscribed")
        http.post("/api/clock", json={"to": "2022-02-19T07:30:00+00:00"}).raise_for_status()
        _until(http, lambda one: one["text"].startswith("Your brief"))


def _say(http: httpx.Client, text: str, expect: str) -> dict[str, Any]:
    seen = {one["message_id"] for one in _messages(http)}
    http.post(f"/api/chats/{CHAT}/messages", json={"text": text}).raise_for_status()
    return _until(http, lambda one: one["message_id"] not in seen and expect in one["text"])


def _messages(http: httpx.Client) -> list[dict[str, Any]]:
    answer = http.get(f"/api/chats/{CHAT}/messages", params={"after": 0})
    return [one for one in answer.raise_for_status().json()["messages"] if one["from"]["is_bot"]]


def _until(http: httpx.Client, fits: Any) -> dict[str, Any]:
    ends_at = time.monotonic() + PATIENCE
    while time.monotonic() < ends_at:
        for one in _messages(http):
            if fits(one):
                return one
        time.sleep(0.3)
    sys.exit("screenshots: the bot did not answer")


def _writing(message: dict[str, Any]) -> bool:
    return "writing a shorter version" in message["text"]


def _shoot(browser: str, url: str, path: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=_BROWSER_ARGS)
        page = chromium.new_page(viewport={"width": 940, "height": 1500})
        page.goto(url)
        page.wait_for_timeout(2500)
        page.screenshot(path=path)
        chromium.close()


if __name__ == "__main__":
    main()
