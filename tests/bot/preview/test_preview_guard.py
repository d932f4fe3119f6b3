"""Strangers stay out: foreign pages, rebound names, endless bodies, active content."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from preview_running import Preview

READER = 1_000_001


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://example.org"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_another_sites_page_may_change_nothing(
    preview: Preview, headers: dict[str, str]
) -> None:
    """A page the operator has open elsewhere cannot write, press or move the clock."""
    for path in (f"chats/{READER}/messages", "chats", "clock"):
        answer = await preview.http.post(
            f"{preview.server.url}api/{path}", json={"text": "x"}, headers=headers
        )
        assert answer.status_code == 403
    assert (await preview.messages())["messages"] == []


async def test_the_own_page_may(preview: Preview) -> None:
    """The same origin is let in."""
    headers = {"origin": preview.server.url.rstrip("/"), "sec-fetch-site": "same-origin"}
    answer = await preview.http.post(
        f"{preview.server.url}api/chats/{READER}/messages", json={"text": "x"}, headers=headers
    )
    assert answer.status_code == 201


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org:80", "[", ""])
async def test_a_rebound_name_gets_nothing(preview: Preview, host: str) -> None:
    """Only loopback names are answered, on every path."""
    for path in ("", "api/chats", f"bot{preview.token}/getMe"):
        answer = await preview.http.get(f"{preview.server.url}{path}", headers={"host": host})
        assert answer.status_code in {400, 403}


async def test_localhost_is_answered(preview: Preview) -> None:
    """The usual other name of this machine works."""
    answer = await preview.http.get(preview.server.url, headers={"host": "localhost:8000"})
    assert answer.status_code == 200


async def test_large_bodies_are_cut_off(preview: Preview) -> None:
    """Neither a stated nor an unstated length gets through."""
    path = f"{preview.server.url}api/chats/{READER}/messages"
    stated = await preview.http.post(path, content=b"x" * (3 * 1024 * 1024))
    assert stated.status_code == 413

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(48):
            yield b"x" * 65_536

    unstated = await preview.http.post(path, content=chunks())
    assert unstated.status_code == 413


async def test_a_file_over_20_mb_is_refused(preview: Preview) -> None:
    """Telegram's own limit for what a bot may download."""
    answer = await preview.http.post(
        f"{preview.server.url}api/chats/{READER}/files",
        files={"file": ("big.bin", b"x" * (20 * 1024 * 1024 + 1))},
    )
    assert answer.status_code == 400
    assert answer.json() == {"error": "The file is larger than 20 MB."}


async def test_every_answer_is_locked_down(preview: Preview) -> None:
    """A strict policy without inline scripts, no sniffing, no referrer."""
    for path in ("", "static/page.js", "api/info", "nothing"):
        headers = (await preview.http.get(f"{preview.server.url}{path}")).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


async def test_an_uploaded_page_is_only_ever_saved(preview: Preview) -> None:
    """A hostile HTML file is never shown as a page of this address."""
    sent = await preview.http.post(
        f"{preview.server.url}api/chats/{READER}/files",
        files={"file": ("x.html", b"<script>alert(1)</script>", "text/html")},
    )
    file_id = sent.json()["message"]["document"]["file_id"]
    answer = await preview.http.get(f"{preview.server.url}api/files/{file_id}")
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-security-policy"] == "sandbox"


async def test_bad_requests_get_one_line(preview: Preview) -> None:
    """Broken JSON, unknown paths and wrong methods do no harm."""
    url = f"{preview.server.url}api/"
    assert (await preview.http.post(f"{url}clock", content=b"{")).json() == {
        "error": "The request's body is not JSON."
    }
    assert (await preview.http.post(f"{url}clock", content=b"[1]")).status_code == 400
    assert (await preview.http.get(f"{url}nothing")).status_code == 404
    assert (await preview.http.delete(f"{url}chats")).status_code == 405
    broken = await preview.http.post(
        f"{preview.link}sendMessage",
        content=b"--x\r\n",
        headers={"content-type": "multipart/form-data; boundary=x"},
    )
    assert broken.status_code == 400
    assert broken.json()["ok"] is False
