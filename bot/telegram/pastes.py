"""Long texts that Telegram cut into several messages, put together again.

A client sends a text of 20,000 characters as five messages; they are one text to its reader.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.telegram.writings import Key

PIECE = 3500
"""A message at least this long may go on in the next; clients cut at up to 4096, between words."""
WAIT_SECONDS = 1.5

Done = Callable[[str], Awaitable[None]]
Later = Callable[[Awaitable[None]], object]


class Pastes:
    """Texts that are still coming in. Lives in one event loop."""

    def __init__(self, later: Later, *, wait_seconds: float = WAIT_SECONDS) -> None:
        """`later` runs work behind the handlers and looks after its errors."""
        self._later = later
        self._wait_seconds = wait_seconds
        self._open: dict[Key, list[str]] = {}
        self._timers: dict[Key, asyncio.TimerHandle] = {}

    def is_piece(self, key: Key, text: str) -> bool:
        """Say whether a message may be part of a longer text."""
        return key in self._open or len(text) >= PIECE

    def add(self, key: Key, text: str, done: Done) -> None:
        """Take a piece; `done` gets the whole text once no further piece comes."""
        self._open.setdefault(key, []).append(text)
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._timers[key] = loop.call_later(self._wait_seconds, self._finish, key, done)

    def _finish(self, key: Key, done: Done) -> None:
        self._timers.pop(key, None)
        self._later(done("\n".join(self._open.pop(key))))
