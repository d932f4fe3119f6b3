"""The delivery ledger: what was composed for whom, what each chat was told, what was sent.

A brief is booked once per slot, with its messages, what it tells and the next due time, in
one transaction. A message that was being sent when the process died is `unknown` for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from news.model import Point
from news.served import Delivery
from news.store.engine import Database
from news.store.showing import add_shown
from news.store.stories import led
from news.store.tables import briefs, chats, deliveries, follows, shown, subscriptions, told


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A composed brief: its slot, where it goes, its messages, and the stories it tells.

    `points` are the sentences that it shows; `corrects` are ids of what was shown before and
    is corrected by it.
    """

    slot: str
    chat_id: int
    thread_id: int | None
    messages: Sequence[tuple[str, str | None]]
    told: Mapping[int, int]
    at: datetime
    points: Sequence[Point] = ()
    corrects: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSlot:
    """How a subscription goes on: the slot that was served, and the next one."""

    subscription_id: int
    served_at: datetime
    next_due_at: datetime


class Briefs:
    """Queries over briefs and deliveries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def book(self, booking: Booking, *, then: NextSlot | None = None) -> bool:
        """Keep a brief with all that follows from it; false when its slot was served before.

        Also when the chat, or the subscription it was composed for, is gone by now. A due time
        that was changed while the brief was composed stays as it was changed.
        """
        with self._database.write() as connection:
            if not _wanted(connection, booking, then):
                return False
            known = connection.execute(
                sa.select(briefs.c.id).where(briefs.c.slot == booking.slot)
            ).scalar()
            if known is None:
                self._insert(connection, booking)
            if then is not None:
                c = subscriptions.c
                mine = sa.update(subscriptions).where(c.id == then.subscription_id)
                connection.execute(mine.values(last_slot_at=then.served_at, leased_until=None))
                connection.execute(
                    mine.where(c.next_due_at <= then.served_at).values(next_due_at=then.next_due_at)
                )
        return known is None

    def _insert(self, connection: Connection, booking: Booking) -> None:
        brief_id = connection.execute(
            sa.insert(briefs)
            .values(slot=booking.slot, chat_id=booking.chat_id, created_at=booking.at)
            .returning(briefs.c.id)
        ).scalar_one()
        for part, (text, markup) in enumerate(booking.messages):
            connection.execute(
                sa.insert(deliveries).values(
                    brief_id=brief_id,
                    chat_id=booking.chat_id,
                    thread_id=booking.thread_id,
                    part=part,
                    text=text,
                    markup=markup,
                    state="planned",
                    next_try_at=booking.at,
                )
            )
        add_shown(connection, booking.chat_id, booking.thread_id, booking.points, booking.at)
        corrected = sa.update(shown).where(shown.c.id.in_(booking.corrects))
        connection.execute(corrected.values(corrected_at=booking.at))
        _mark_told(connection, booking.chat_id, booking.told, booking.at)

    def shown_on_request(
        self,
        chat_id: int,
        thread_id: int | None,
        *,
        told: Mapping[int, int],
        points: Sequence[Point],
        at: datetime,
    ) -> None:
        """Keep what a known chat was told when it asked: a booked brief does not tell it again."""
        with self._database.write() as connection:
            known = sa.select(chats.c.id).where(chats.c.id == chat_id)
            if connection.execute(known).first() is not None:
                add_shown(connection, chat_id, thread_id, points, at)
                _mark_told(connection, chat_id, told, at)

    def told(self, chat_id: int) -> dict[int, int]:
        """Give the revision of each story that a chat was told of last."""
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(told.c.story_id, told.c.revision).where(told.c.chat_id == chat_id)
            ).all()
        return {row.story_id: row.revision for row in rows}

    def last_at(self, chat_id: int) -> datetime | None:
        """Give when the chat's last brief was composed."""
        with self._database.read() as connection:
            return connection.execute(
                sa.select(briefs.c.created_at)
                .where(briefs.c.chat_id == chat_id)
                .order_by(briefs.c.created_at.desc())
                .limit(1)
            ).scalar()

    def claim_next(self, now: datetime) -> Delivery | None:
        """Take the next message to send and mark it as being sent.

        A chat's messages go in order: a part waits until those before it are settled.
        """
        d, earlier = deliveries, deliveries.alias()
        blocked = (
            sa.select(earlier.c.id)
            .where(
                earlier.c.chat_id == d.c.chat_id,
                earlier.c.id < d.c.id,
                earlier.c.state.in_(("planned", "sending")),
            )
            .exists()
        )
        with self._database.write() as connection:
            row = connection.execute(
                sa.select(d)
                .join(chats, chats.c.id == d.c.chat_id)
                .where(
                    d.c.state == "planned",
                    d.c.next_try_at <= now,
                    chats.c.paused.is_(None),
                    ~blocked,
                )
                .order_by(d.c.next_try_at, d.c.id)
                .limit(1)
            ).first()
            if row is None:
                return None
            connection.execute(
                sa.update(d)
                .where(d.c.id == row.id)
                .values(state="sending", attempts=row.attempts + 1)
            )
            row = connection.execute(sa.select(d).where(d.c.id == row.id)).one()
        return _delivery(row)

    def sent(self, id: int, message_id: int) -> None:
        """Record that Telegram took the message."""
        self._set(id, state="sent", message_id=message_id, error=None)

    def retry(self, id: int, at: datetime, reason: str) -> None:
        """Record that the message was certainly not taken, and when to try again."""
        self._set(id, state="planned", next_try_at=at, error=reason)

    def failed(self, id: int, reason: str) -> None:
        """Record that the message can never be sent."""
        self._set(id, state="failed", error=reason)

    def unknown(self, id: int, reason: str) -> None:
        """Record that nobody knows whether Telegram took the message: it is not sent again."""
        self._set(id, state="unknown", error=reason)

    def park_interrupted(self) -> int:
        """Park what a process that died was sending; called before the first message goes."""
        with self._database.write() as connection:
            return connection.execute(
                sa.update(deliveries)
                .where(deliveries.c.state == "sending")
                .values(state="unknown", error="the program ended while this was being sent")
            ).rowcount

    def states(self) -> dict[str, int]:
        """Count the messages by state."""
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(deliveries.c.state, sa.func.count()).group_by(deliveries.c.state)
            ).all()
        return {row[0]: row[1] for row in rows}

    def _set(self, id: int, **values: Any) -> None:
        with self._database.write() as connection:
            connection.execute(sa.update(deliveries).where(deliveries.c.id == id).values(**values))


def _mark_told(
    connection: Connection, chat_id: int, stories: Mapping[int, int], at: datetime
) -> None:
    """Note the revision of each story that a chat was told, and of those among them it follows."""
    for asked, told_revision in stories.items():
        # a story may have become part of another while the brief was composed
        story_id, shift = led(connection, asked)
        key = sa.and_(told.c.chat_id == chat_id, told.c.story_id == story_id)
        before = connection.execute(sa.select(told.c.revision).where(key)).scalar() or 0
        revision = max(told_revision + shift, before)
        connection.execute(sa.delete(told).where(key))
        connection.execute(
            sa.insert(told).values(
                chat_id=chat_id, story_id=story_id, revision=revision, told_at=at
            )
        )
        connection.execute(
            sa.update(follows)
            .where(follows.c.chat_id == chat_id, follows.c.story_id == story_id)
            .values(revision=revision)
        )


def _wanted(connection: Connection, booking: Booking, then: NextSlot | None) -> bool:
    found = connection.execute(sa.select(chats.c.id).where(chats.c.id == booking.chat_id)).first()
    if found is not None and then is not None:
        c = subscriptions.c
        found = connection.execute(sa.select(c.id).where(c.id == then.subscription_id)).first()
    return found is not None


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        brief_id=row.brief_id,
        chat_id=row.chat_id,
        thread_id=row.thread_id,
        part=row.part,
        text=row.text,
        markup=row.markup,
        state=row.state,
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        message_id=row.message_id,
        error=row.error,
    )
