"""What the chat is given by the wiring: the desk, the store, a clock and plain values."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from news.coverage import Coverage
from news.history import CaughtUp, Timeline
from news.model import Answer, Brief, Digest, Length, Story, StoryBrief, Weighed
from news.store import Store
from news.voices import Voices

Stop = Callable[[], bool]
"""Asked by the writer at every step: true when nobody waits for its text any more."""

Write = Callable[[Digest, Stop], Awaitable[Digest | None]]
"""The slow second step: the written version of a digest, None when there is none."""


class Clock(Protocol):
    """The edition's time: real for live news, running from its last day for the sample."""

    def now(self) -> datetime:
        """Give the present instant, aware UTC."""
        ...


class Desk(Protocol):
    """What the chat asks of the domain (`news.desk.Desk`). Synchronous: called in threads."""

    def ask(self, question: str, *, now: datetime, since: timedelta | None = None) -> Answer:
        """Answer from stored articles with cited source sentences; `answered` may be false."""
        ...

    def brief(
        self,
        *,
        now: datetime,
        topics: Sequence[str] = (),
        since: timedelta = timedelta(hours=24),
        length: Length = "medium",
        known: Mapping[int, int] | None = None,
        chat_id: int | None = None,
    ) -> Brief:
        """Compose a brief of the stories of the last `since`, most important first."""
        ...

    def story(
        self,
        story_id: int,
        *,
        now: datetime,
        length: Length = "medium",
        chat_id: int | None = None,
    ) -> StoryBrief | None:
        """Give one story with its summary; None when there is no such story."""
        ...

    def coverage(self, story_id: int, *, now: datetime) -> Coverage | None:
        """Say who covers a story and who does not; None when there is no such story."""
        ...

    def why(self, story_id: int, *, now: datetime, topics: Sequence[str] = ()) -> Weighed | None:
        """Say how important a story is to a reader, and why; None for no such story."""
        ...

    def timeline(
        self,
        words: str,
        *,
        now: datetime,
        since: timedelta | None = None,
        dates: int | None = None,
    ) -> Timeline:
        """Tell how a topic unfolded; no entries where the sources hold nothing about it."""
        ...

    def story_timeline(self, story_id: int, *, now: datetime) -> Timeline | None:
        """Tell how a story unfolded; None when there is no such story."""
        ...

    def catch_up(self, words: str, *, now: datetime) -> CaughtUp:
        """Give a topic's background and what is new in it."""
        ...

    def voices(self, story_id: int) -> tuple[Story, Voices] | None:
        """Say who says what in a story; None when there is no such story."""
        ...

    def read_link(self, url: str, *, now: datetime) -> Digest:
        """Read a page and summarise it. Raises Unreadable."""
        ...

    def read_text(self, text: str, *, now: datetime, title: str | None = None) -> Digest:
        """Summarise a pasted or sent text. Raises Unreadable."""
        ...

    def read_file(self, name: str, body: bytes, *, now: datetime) -> Digest:
        """Summarise a sent text, page, PDF, DOCX or mail. Raises Unreadable."""
        ...


class Topics(Protocol):
    """The topics that can be followed (`news.topics.Topics`)."""

    def known(self) -> list[tuple[str, str]]:
        """Give (id, name) of the topics on offer."""
        ...

    def label(self, words: str, /) -> str:
        """Give the name under which a reader's topic is shown."""
        ...


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything the handlers use.

    `allowed`: user and chat ids that are served, None for everyone. `edition`: what to call
    news is not live ("sample edition"), empty for live news. `models`: one line for each
    model, as it stands now.
    `country`: the name of a country by its code.
    `can_write`: whether a writer is there now; where none is, none is announced.
    """

    desk: Desk
    store: Store
    clock: Clock
    topics: Topics
    write: Write
    admins: frozenset[int] = frozenset()
    allowed: frozenset[int] | None = None
    edition: str = ""
    default_zone: str = "UTC"
    default_time: str = "07:30"
    can_write: Callable[[], bool] = _always
    models: Callable[[], tuple[str, ...]] = tuple
    country: Callable[[str], str] = str
