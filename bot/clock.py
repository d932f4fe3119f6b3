"""The program's only clocks: the real one, and an edition's own that starts on its last day.

An edition's clock runs while the program runs, stands still while it does not, and can be
moved forward, so that a daily brief can be seen without waiting for the morning.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from news.store import Store

_NOTE = "clock"


class SystemClock:
    """The real time."""

    adjustable = False

    def now(self) -> datetime:
        """Give the present instant, aware UTC."""
        return datetime.now(UTC)

    def advance_to(self, at: datetime) -> None:
        """Refuse: real time cannot be moved."""
        raise ValueError("the clock of live news cannot be moved")

    def save(self) -> None:
        """Do nothing: real time keeps itself."""


class EditionClock:
    """An edition's time, kept in its store. `on_jump` is called after each move forward."""

    adjustable = True

    def __init__(self, store: Store, starts_at: datetime) -> None:
        self._store = store
        self._lock = threading.Lock()
        noted = store.note(_NOTE)
        begins_at = datetime.fromisoformat(noted) if noted else starts_at
        self._ahead = begins_at - datetime.now(UTC)
        self.on_jump: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        """Give the edition's present instant, aware UTC."""
        return datetime.now(UTC) + self._ahead

    def advance_to(self, at: datetime) -> None:
        """Jump forward to `at`. Raises ValueError for an instant that has passed."""
        with self._lock:
            if at < self.now():
                raise ValueError("the clock only goes forward")
            self._ahead = at - datetime.now(UTC)
        self.save()
        self.on_jump()

    def save(self) -> None:
        """Note the time, for the next start to go on from."""
        self._store.set_note(_NOTE, self.now().isoformat())


Clock = SystemClock | EditionClock
