"""Texts being written behind the answers already shown, and how to stop them.

One writing per person and chat: a newer request stops the older. Knows no Telegram.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

Key = tuple[int, int]
"""A chat and the person in it who asked."""


class Writings:
    """The running writings of a process. Lives in one event loop; flags are read by threads."""

    def __init__(self) -> None:
        self._stops: dict[Key, threading.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def begin(self, key: Key) -> threading.Event:
        """Give the stop flag of a new writing; the older one of the same key is told to stop."""
        self.stop(key)
        flag = threading.Event()
        if self._closed:
            flag.set()
        self._stops[key] = flag
        return flag

    def end(self, key: Key, flag: threading.Event) -> None:
        """Forget a writing that is over."""
        if self._stops.get(key) is flag:
            del self._stops[key]

    def stop(self, key: Key) -> None:
        """Tell a writing that nobody waits for it any more."""
        flag = self._stops.pop(key, None)
        if flag is not None:
            flag.set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run work behind the handlers. It must handle its own errors."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """Tell all writings, and those that begin later, to stop."""
        self._closed = True
        for key in list(self._stops):
            self.stop(key)

    async def finished(self, seconds: float) -> None:
        """Wait until all work is over; what is not by then is cancelled."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=1.0)
