"""The nouns of the domain. Values only: what happens to them is decided elsewhere.

Instants end in `_at` and are aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
"""A text's embedding, L2-normalised, shape (dimensions,)."""

_PLAIN = str.maketrans("‘’“”", "''\"\"")

Completeness = Literal["full", "teaser", "paywalled", "empty"]
Ownership = Literal["public", "private", "state", "agency", "organisation", "unknown"]
Length = Literal["short", "medium", "long"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """Who publishes: found by the host of a link, see `config/sources.toml`.

    `family` names the publisher that several outlets belong to.
    """

    name: str
    host: str
    country: str | None = None
    region: str | None = None
    language: str | None = None
    ownership: Ownership = "unknown"
    family: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A subscribed feed and its health.

    `ttl` is how often the feed says it changes, `cadence` the typical time between its items,
    `notice` what the operator should know of it.
    """

    id: int
    url: str
    outlet: Outlet
    confirmed: bool = False
    etag: str | None = None
    last_modified: str | None = None
    next_due_at: datetime
    last_tried_at: datetime | None = None
    last_success_at: datetime | None = None
    failures: int = 0
    error: str | None = None
    items: int = 0
    active: bool = True
    body_hash: str | None = None
    ttl: timedelta | None = None
    cadence: timedelta | None = None
    failing_since: datetime | None = None
    last_item_at: datetime | None = None
    notice: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text on its way in: what was read, before it is known whether it is new.

    `private` drafts were sent by a chat or a command to be summarised; they join no story.
    """

    url: str | None
    title: str
    text: str
    outlet: Outlet
    language: str | None = None
    author: str | None = None
    published_at: datetime
    fetched_at: datetime
    completeness: Completeness = "full"
    private: bool = False


Outcome = Literal["new", "changed", "duplicate", "left_out", "failed"]
"""`left_out`: a part that was not read while the rest of what was named was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of one text: its outcome, the stored article's id, or why it failed.

    `notes` tell what was noticed while it was read, such as pages beyond the limit.
    `passing`: it failed for now, for want of a network or a ready server.
    """

    what: str
    outcome: Outcome
    article_id: str | None = None
    reason: str | None = None
    notes: tuple[str, ...] = ()
    passing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One text of one outlet. `number` orders articles by arrival; `id` is what people see."""

    id: str
    number: int
    url: str | None
    title: str
    text: str
    outlet: Outlet
    language: str | None
    author: str | None
    published_at: datetime
    fetched_at: datetime
    content_hash: str
    completeness: Completeness = "full"
    copy_of: str | None = None
    story_id: int | None = None
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles about one event. `revision` grows when an article with news of its own joins.

    `countries` are those that it is about, `named` what share of its articles' mentions of
    countries falls to each, added up over the articles.
    """

    id: int
    title: str
    first_at: datetime
    last_at: datetime
    changed_at: datetime
    articles: int
    revision: int
    outlets: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    named: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The source sentence behind a shown sentence: exactly `text[start:end]` of the article."""

    article_id: str
    url: str | None
    source: str
    sentence: str
    start: int
    end: int
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One sentence as shown, with its evidence; `origin` is "written" or "source".

    `translated_from` is the ISO 639-1 code of the language that it was translated from.
    """

    text: str
    evidence: tuple[Evidence, ...]
    origin: str
    checks: Mapping[str, str] = field(default_factory=dict)
    translated_from: str | None = None

    @property
    def behind(self) -> tuple[Evidence, ...]:
        """The source sentences to be quoted under it: none where it is itself the source's.

        A quotation mark's shape makes no other sentence.
        """
        if len(self.evidence) != 1:
            return self.evidence
        said, source = (
            one.strip().translate(_PLAIN) for one in (self.text, self.evidence[0].sentence)
        )
        return () if said == source else self.evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A summary of one or more articles as kept and shown; `note` is one line for the reader.

    `question` is what it answers, None for a plain summary. `final`: no written form is wanted.
    For its receipt: how many sentences were `asked` for, the hashes of its articles' contents by
    id (`made_of`), and the names and versions of all that made it (`made_by`).
    `notes` tell what was left out while its texts were read, `differs` the counts of which its
    sentences give several values, `cached` whether it was made before (`seconds` are this time's);
    these are not kept.
    """

    title: str
    points: tuple[Point, ...]
    method: str
    model: str
    article_ids: tuple[str, ...]
    created_at: datetime
    seconds: float = field(compare=False)
    note: str | None = None
    question: str | None = None
    final: bool = False
    asked: int = 0
    made_of: Mapping[str, str] = field(default_factory=dict)
    made_by: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    differs: tuple[Count, ...] = ()
    cached: bool = field(default=False, compare=False)

    @property
    def is_written(self) -> bool:
        """Whether at least one sentence is a writer's."""
        return any(point.origin == "written" for point in self.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Importance:
    """Why a story stands where it stands; `total` is the sum of the weighted parts.

    `because` says in words what each part was counted from.
    """

    total: float
    parts: Mapping[str, float]
    because: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Involved:
    """Who a story involves, by name, those named most first.

    `offices` are those that people held at the time, as "president, France"; `topics` are ids
    of listed topics.
    """

    countries: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    offices: Mapping[str, str] = field(default_factory=dict)
    organisations: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A story with its weight for a reader; `fits` is false where it is off all their topics."""

    story: Story
    importance: Importance
    fits: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureChange:
    """A figure that is another than the reader was told: "killed: was 12 (A), now 18 (B)"."""

    kind: str
    noun: str
    was: Told
    now: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is news since a reader was last shown a story, at `since`; none of it was shown."""

    since: datetime
    points: tuple[Point, ...]
    figures: tuple[FigureChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryBrief:
    """One entry of a brief. `new` is false for a story that this chat knew and that moved.

    `changes` is what is news in it for this chat; None where the chat was shown nothing of it.
    `involved` is told of a story shown alone.
    """

    story: Story
    digest: Digest
    importance: Importance
    new: bool = True
    changes: Changes | None = None
    involved: Involved | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What one reader gets at one time, most important first, with what they should know about it.

    `notices` are lines such as "collection was broken for 9 hours".
    """

    at: datetime
    since: datetime
    topics: tuple[str, ...]
    entries: tuple[StoryBrief, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One value and who gives it: the newest source's sentence first."""

    shown: str
    low: Decimal
    high: Decimal
    outlets: tuple[str, ...]
    at: datetime
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What several sources say of one count, newest first.

    `noun` narrows what is counted ("children"), `period` says of which time it is where that
    is not now. `differs`: whether the values contradict each other, "12" and "at least 12" do
    not. `earlier` are values that their own source has replaced since.
    """

    kind: str
    noun: str
    period: str
    told: tuple[Told, ...]
    earlier: tuple[Told, ...]
    differs: bool
    voices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer to a question: cited points per story, or none, which is an answer as well.

    `counts` are the figures that a question for a number gets, `note` says why there is no answer
    where that can be told.
    """

    question: str
    answered: bool
    digest: Digest | None
    stories: tuple[Story, ...]
    newest_source_at: datetime | None
    counts: tuple[Count, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time, `start` inclusive, `end` exclusive."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.start
