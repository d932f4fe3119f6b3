"""Who is served, and with what: chats, their subscriptions, what they follow, their messages.

Values only. Instants end in `_at` and are aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from news.model import Length

DeliveryState = Literal["planned", "sending", "sent", "failed", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A Telegram chat that has talked to the bot, and how it wants to be served."""

    id: int
    kind: str
    title: str
    zone: str = "UTC"
    length: Length = "medium"
    paused: str | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A daily brief for a chat (and forum thread): topics, local time, zone, next due instant.

    No topics means everything.
    """

    id: int
    chat_id: int
    thread_id: int | None
    topics: tuple[str, ...]
    local_time: str
    zone: str
    next_due_at: datetime
    last_slot_at: datetime | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """A chat that wants to hear when a story moves; `revision` is the last one it was told."""

    chat_id: int
    thread_id: int | None
    story_id: int
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message of one brief to one chat, and how far it got."""

    id: int
    brief_id: int
    chat_id: int
    thread_id: int | None
    part: int
    text: str
    markup: str | None
    state: DeliveryState
    attempts: int
    next_try_at: datetime
    message_id: int | None = None
    error: str | None = None
