"""Work host by host: many hosts at once, never two things of one host, no thread that waits.

A host's pause costs no thread: while it lasts, other hosts have their turn.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from news.outlets import host_of

T = TypeVar("T")
Stop = Callable[[], bool]
Progress = Callable[[int, int, str], None]

AT_ONCE = 32
_LOOK_UP = 0.5
"""Seconds after which a waiting worker asks again whether to stop."""


def by_host(
    things: Iterable[T],
    link: Callable[[T], str],
    work: Callable[[T], None],
    *,
    ready_in: Callable[[str], float],
    stop: Stop,
    progress: Progress,
) -> None:
    """Do the work on each thing; `ready_in(link)` is the seconds until a host may be asked."""
    queue = _Queue(things, link)
    if not queue.total:
        return

    def worker() -> None:
        while not stop():
            host = queue.take()
            if host is None:
                return
            if host == "":
                continue
            thing = queue.hosts[host].popleft()
            try:
                work(thing)
            finally:
                more = queue.hosts[host]
                queue.give_back(host, ready_in(link(more[0])) if more else None)
            queue.tell(progress, link(thing))

    count = min(AT_ONCE, len(queue.hosts))
    with ThreadPoolExecutor(count, thread_name_prefix="collect") as pool:
        for done in [pool.submit(worker) for _ in range(count)]:
            done.result()


class _Queue(Generic[T]):
    """Hosts by the instant from which they may be asked; the longest queue goes first."""

    def __init__(self, things: Iterable[T], link: Callable[[T], str]) -> None:
        self.hosts: dict[str, deque[T]] = {}
        for thing in things:
            # things without a host wait for none, but one after the other
            self.hosts.setdefault(host_of(link(thing)) or "-", deque()).append(thing)
        self.total = sum(map(len, self.hosts.values()))
        self._done = 0
        self._busy = 0
        self._waiting = [(0.0, -len(queue), host) for host, queue in self.hosts.items()]
        heapq.heapify(self._waiting)
        self._changed = threading.Condition()
        self._telling = threading.Lock()

    def take(self) -> str | None:
        """A host whose turn it is, "" when there is none yet, None when all is done."""
        with self._changed:
            if not self._waiting:
                if self._busy == 0:
                    return None
                self._changed.wait(_LOOK_UP)
                return ""
            wait = self._waiting[0][0] - time.monotonic()
            if wait > 0:
                self._changed.wait(min(wait, _LOOK_UP))
                return ""
            self._busy += 1
            return heapq.heappop(self._waiting)[2]

    def give_back(self, host: str, wait: float | None) -> None:
        """End a host's turn; it has another one after `wait` seconds unless that is None."""
        with self._changed:
            self._busy -= 1
            if wait is not None:
                entry = (time.monotonic() + wait, -len(self.hosts[host]), host)
                heapq.heappush(self._waiting, entry)
            self._changed.notify_all()

    def tell(self, progress: Progress, what: str) -> None:
        """Count one more thing as done."""
        with self._telling:
            self._done += 1
            progress(self._done, self.total, what)
