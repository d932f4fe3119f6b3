"""Turns of a host: never two requests to one at once, a pause between them, its connection kept.

Knows no HTTP: what a turn keeps for the next one is anything that can be closed.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from news.addresses import TookTooLong

LONGEST_TURN = timedelta(minutes=2)
"""Who waits longer than this for a host gives up."""
KEPT_IDLE = 15.0
"""Seconds after which an unused connection is not used again: sites close theirs about then."""
KEPT_AT_ONCE = 256
HOSTS_REMEMBERED = 5_000


class Closable(Protocol):
    """What a host keeps."""

    def close(self) -> None:
        """Let go of it."""
        ...


K = TypeVar("K", bound=Closable)


@dataclass(slots=True, kw_only=True)
class Turn(Generic[K]):
    """A host's state, changed only by who holds its turn. Instants by `time.monotonic()`."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = 0.0
    pause: float = 0.0
    kept: K | None = None
    kept_at: float = 0.0
    waiting: int = 0


class Hosts(Generic[K]):
    """The turns of all hosts. `pause` lies between the end of a request and the next one.

    `pauses` names the hosts that are known to want a longer one.
    """

    def __init__(
        self, pause: timedelta = timedelta(), pauses: Mapping[str, timedelta] | None = None
    ) -> None:
        self._pause = pause.total_seconds()
        self._known = {host: wait.total_seconds() for host, wait in (pauses or {}).items()}
        self._turns: OrderedDict[str, Turn[K]] = OrderedDict()
        self._lock = threading.Lock()

    def ready_in(self, host: str) -> float:
        """Seconds until a host may be asked again; a turn that is held counts as none."""
        with self._lock:
            turn = self._turns.get(host)
        return 0.0 if turn is None else max(0.0, turn.free_at - time.monotonic())

    def slow_down(self, host: str, pause: timedelta) -> None:
        """Honour a host's own wish for a pause between requests."""
        self._turn(host).pause = pause.total_seconds()

    @contextlib.contextmanager
    def turn(self, host: str, make: Callable[[], K]) -> Iterator[Turn[K]]:
        """Wait for the host's turn, its pause included; `kept` is what the last one left, or new.

        Raises TookTooLong when the host stays busy.
        """
        turn = self._turn(host, waiting=1)
        try:
            if not turn.lock.acquire(timeout=LONGEST_TURN.total_seconds()):
                raise TookTooLong(f"waiting for other requests to {host}")
            try:
                time.sleep(max(0.0, turn.free_at - time.monotonic()))
                if turn.kept is not None and time.monotonic() - turn.kept_at > KEPT_IDLE:
                    self._drop(turn)
                turn.kept = turn.kept or make()
                yield turn
            finally:
                turn.kept_at = time.monotonic()
                known = self._known.get(host, 0.0)
                turn.free_at = turn.kept_at + max(self._pause, turn.pause, known)
                turn.lock.release()
        finally:
            with self._lock:
                turn.waiting -= 1
            self._tidy()

    def close(self) -> None:
        """Let go of all that is kept and not in use."""
        with self._lock:
            turns = list(self._turns.values())
        for turn in turns:
            self._let_go(turn)

    def _turn(self, host: str, waiting: int = 0) -> Turn[K]:
        with self._lock:
            turn = self._turns.setdefault(host, Turn())
            turn.waiting += waiting
            self._turns.move_to_end(host)
            return turn

    def _tidy(self) -> None:
        """Forget the hosts asked longest ago, and close the connections used longest ago."""
        with self._lock:
            while len(self._turns) > HOSTS_REMEMBERED:
                host, oldest = next(iter(self._turns.items()))
                if oldest.waiting or oldest.free_at > time.monotonic():
                    break
                del self._turns[host]
                self._let_go(oldest)
            kept = [turn for turn in self._turns.values() if turn.kept is not None]
        kept.sort(key=lambda turn: turn.kept_at)
        stale = time.monotonic() - KEPT_IDLE
        for number, turn in enumerate(kept):
            if len(kept) - number > KEPT_AT_ONCE or turn.kept_at < stale:
                self._let_go(turn)

    def _let_go(self, turn: Turn[K]) -> None:
        if turn.lock.acquire(blocking=False):
            try:
                self._drop(turn)
            finally:
                turn.lock.release()

    def _drop(self, turn: Turn[K]) -> None:
        kept, turn.kept = turn.kept, None
        if kept is not None:
            kept.close()
