"""Keeps strangers out of the preview: foreign web pages, rebound names, endless bodies.

A local server is reachable from every page the operator has open, so: only loopback names are
answered, no other site's page may change anything, and every answer carries strict headers.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MIB = 1024 * 1024
JSON_LIMIT = 2 * MIB
UPLOAD_LIMIT = 20 * MIB
# the largest upload that the Bot API takes from a bot, and room for its other fields
BOT_LIMIT = 50 * MIB + MIB
_DRAIN = 64 * MIB

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


class _TooLarge(Exception):
    pass


class Guard:
    """ASGI middleware around the whole preview."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with one line."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        reason = refused_request(scope["method"], scope["path"], headers)
        limit = _limit(scope["path"])
        if reason:
            await _say(reason, 403)(scope, receive, send)
            return
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > limit:
            await _drain(receive)
            await _too_large(limit)(scope, receive, send)
            return
        answered = False

        async def guarded_send(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                outgoing = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    outgoing.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, _counted(receive, limit), guarded_send)
        except _TooLarge:
            if not answered:
                await _drain(receive)
                await _too_large(limit)(scope, receive, send)


def refused_request(method: str, path: str, headers: Headers) -> str | None:
    """Why a request is not let in, by its Host, Origin and Sec-Fetch-Site; None when it is."""
    host = headers.get("host", "")
    if hostname(f"//{host}") not in _LOOPBACK:
        return "This preview answers only under a loopback name, as http://127.0.0.1."
    if method in _SAFE or not path.startswith("/api/"):
        return None
    origin = headers.get("origin")
    if origin is not None and origin.casefold() != f"http://{host}".casefold():
        return "Only the preview's own page may change anything here."
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return "Only the preview's own page may change anything here."
    return None


def hostname(link: str) -> str:
    """The host of a link without port and brackets; empty when it cannot be read."""
    try:
        return urlsplit(link).hostname or ""
    except ValueError:
        return ""


def _limit(path: str) -> int:
    if not path.startswith("/api/"):
        return BOT_LIMIT
    return UPLOAD_LIMIT + MIB if path.endswith("/files") else JSON_LIMIT


def _counted(receive: Receive, limit: int) -> Receive:
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise _TooLarge
        return message

    return counted


async def _drain(receive: Receive) -> None:
    """Read on for a while, so that the sender lives to see the answer."""
    left = _DRAIN
    more = True
    while more and left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)


def _say(reason: str, status: int) -> JSONResponse:
    body = {"ok": False, "error_code": status, "description": reason, "error": reason}
    return JSONResponse(body, status, headers={"connection": "close"})


def _too_large(limit: int) -> JSONResponse:
    return _say(f"Request Entity Too Large: at most {limit // MIB} MB are taken here", 413)
