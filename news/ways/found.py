"""What the ways in give: texts, files, links to read, and problems told in one line each.

Values only. Reading, fetching and storing are others' work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from news.entries import FeedItem
from news.extract import Extracted
from news.outcome import Fetched, FetchFailed, NotModified

Fetch = Callable[[str], Fetched | NotModified | FetchFailed]
"""How a way that needs several pages asks for one; `Fetcher.fetch` is one such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that was not read; `reason` is one line for a user.

    `final`: nothing came of `what` at all. Otherwise it tells of a part that was left out,
    while the rest was read. `passing`: it failed for now, for want of a network or a ready server.
    """

    what: str
    reason: str
    final: bool = True
    passing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundText:
    """A text that is complete as it is; `notes` tell what was left out of it."""

    what: str
    page: Extracted
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file inside another; `name` is a label without directions, never a path to write to."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLink:
    """A link to an article that is still to be read.

    `seen_at` is when it was changed or noticed: what it says about the date of publication is
    only that this was earlier. `outlet`, `language` and `country` are as the list names them.
    """

    url: str
    title: str = ""
    published_at: datetime | None = None
    seen_at: datetime | None = None
    outlet: str | None = None
    language: str | None = None
    country: str | None = None

    @property
    def at(self) -> datetime | None:
        """The best guess at its age, to put links in order."""
        return self.published_at or self.seen_at

    def item(self) -> FeedItem:
        """The link as a feed's item, whose page is then read as any other's."""
        return FeedItem(
            guid=self.url,
            url=self.url,
            title=self.title,
            summary_html="",
            content_html="",
            published_at=self.published_at,
            updated_at=self.seen_at,
            author=None,
            language=None,
        )


def unfetched(what: str, answer: NotModified | FetchFailed, *, final: bool = True) -> Problem:
    """The problem that a page did not come."""
    if isinstance(answer, NotModified):
        return Problem(what=what, reason="nothing changed there", final=final)
    return Problem(what=what, reason=answer.reason, final=final, passing=answer.passing)
