"""A desk that answers at once from invented stories, where the real one would search and write."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from telegram_samples import (
    answer,
    brief,
    caught_up,
    count,
    coverage,
    digest,
    entry,
    story,
    timeline,
)

from news.coverage import Coverage
from news.desk import Unreadable
from news.history import CaughtUp, Timeline
from news.model import Answer, Brief, Digest, Importance, Length, Story, StoryBrief, Weighed
from news.voices import Voices


@dataclass(slots=True)
class SmallDesk:
    """A desk with one story, which it gives for every question with the word "ferry"."""

    asked: list[str] = field(default_factory=list)
    read: list[tuple[str, str]] = field(default_factory=list)
    broken: bool = False
    slow: threading.Event = field(default_factory=threading.Event)

    def ask(self, question: str, *, now: datetime, since: timedelta | None = None) -> Answer:
        """Answer when it is about the ferry."""
        self.asked.append(question)
        if self.broken:
            raise RuntimeError("the desk is on fire")
        if "slow" in question:
            self.slow.wait(10)
        counts = (count(),) if "how many" in question else ()
        found = answer(answered="ferry" in question)
        return replace(found, question=question, counts=counts)

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
        """A brief of one story; nothing about grain."""
        return replace(brief(*([] if "grain" in topics else [entry(1)])), topics=tuple(topics))

    def story(
        self,
        story_id: int,
        *,
        now: datetime,
        length: Length = "medium",
        chat_id: int | None = None,
    ) -> StoryBrief | None:
        """Story 1."""
        if story_id != 1:
            return None
        if length == "long":
            return entry(1, "One sentence.", "Two sentences.", "Three sentences.")
        return entry(1)

    def coverage(self, story_id: int, *, now: datetime) -> Coverage | None:
        """Story 1 is told by two outlets, one of them a state's; story 2 by nobody any more."""
        if story_id not in (1, 2):
            return None
        return coverage(told=story_id == 1)

    def why(self, story_id: int, *, now: datetime, topics: Sequence[str] = ()) -> Weighed | None:
        """Story 1 has two points, and is off any topic but grain."""
        parts = {"voices": 1.5, "topic": 0.5}
        because = {"voices": "2 independent voices: Wire & Post", "topic": "fits <grain>"}
        importance = Importance(total=2.0, parts=parts, because=because)
        fits = not topics or "grain" in topics
        return Weighed(story=story(1), importance=importance, fits=fits) if story_id == 1 else None

    def timeline(
        self,
        words: str,
        *,
        now: datetime,
        since: timedelta | None = None,
        dates: int | None = None,
    ) -> Timeline:
        """Twenty days of the ferry."""
        self.asked.append(words)
        return timeline(20 if "ferry" in words else 0, title=words)

    def story_timeline(self, story_id: int, *, now: datetime) -> Timeline | None:
        """Three days of story 1."""
        if story_id != 1:
            return None
        return replace(timeline(3), story=entry(1).story)

    def catch_up(self, words: str, *, now: datetime) -> CaughtUp:
        """Five days of the ferry and one piece of news."""
        return caught_up(5 if "ferry" in words else 0, title=words)

    def voices(self, story_id: int) -> tuple[Story, Voices] | None:
        """Two voices of story 1 that share nothing."""
        if story_id != 1:
            return None
        return entry(1).story, Voices(
            facts=(), counts=(), alone=(), voices=2, articles=2, outlets=("Wire", "Post")
        )

    def read_link(self, url: str, *, now: datetime) -> Digest:
        """Read any page but a dead one."""
        self.read.append(("link", url))
        if "dead" in url:
            raise Unreadable("the page cannot be reached")
        return digest("The page says this.", title="A page")

    def read_text(self, text: str, *, now: datetime, title: str | None = None) -> Digest:
        """Read any text of some length."""
        self.read.append(("text", text))
        if len(text) < 40:
            raise Unreadable("that text is too short to summarise")
        return digest("The text says this.", title="A text", url=None)

    def read_file(self, name: str, body: bytes, *, now: datetime) -> Digest:
        """Read any file."""
        self.read.append((name, body.decode()))
        return digest("The file says this.", title="A file", url=None)
