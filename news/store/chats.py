"""Chats, their subscriptions, and the stories they follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from news.served import Chat, Follow, Subscription
from news.store import leasing
from news.store.engine import Database
from news.store.stories import led
from news.store.tables import (
    briefs,
    chats,
    deliveries,
    follows,
    shown,
    stories,
    subscriptions,
    told,
)


class Chats:
    """Queries over chats."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def meet(self, chat: Chat) -> Chat:
        """Note a chat that talks to the bot, and give it as stored; its settings are kept.

        A chat that had blocked the bot and talks again is served again, but not with what
        was on its way to it then: that is old.
        """
        with self._database.write() as connection:
            row = connection.execute(sa.select(chats).where(chats.c.id == chat.id)).first()
            if row is None:
                connection.execute(
                    sa.insert(chats).values(
                        id=chat.id,
                        kind=chat.kind,
                        title=chat.title,
                        zone=chat.zone,
                        length=chat.length,
                        created_at=chat.created_at,
                    )
                )
            elif row.paused or row.title != chat.title or row.kind != chat.kind:
                if row.paused:
                    d = deliveries.c
                    connection.execute(
                        sa.update(deliveries)
                        .where(d.chat_id == chat.id, d.state == "planned")
                        .values(state="failed", error=f"not sent while paused: {row.paused}")
                    )
                connection.execute(
                    sa.update(chats)
                    .where(chats.c.id == chat.id)
                    .values(paused=None, title=chat.title, kind=chat.kind)
                )
            return _chat(connection.execute(sa.select(chats).where(chats.c.id == chat.id)).one())

    def get(self, id: int) -> Chat | None:
        """Give one chat."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(chats).where(chats.c.id == id)).first()
        return _chat(row) if row else None

    def all(self) -> list[Chat]:
        """Give every chat, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(chats).order_by(chats.c.created_at)).all()
        return [_chat(row) for row in rows]

    def set(self, id: int, **values: Any) -> None:
        """Change a chat's zone, length or pause."""
        with self._database.write() as connection:
            connection.execute(sa.update(chats).where(chats.c.id == id).values(**values))

    def move(self, old_id: int, new_id: int) -> None:
        """Give a chat a new id with all it has: a group became a supergroup.

        When the new id has talked to the bot already, what the group had set is kept.
        """
        if old_id == new_id:
            return
        with self._database.write() as connection:
            known = {
                row.id: row
                for row in connection.execute(
                    sa.select(chats).where(chats.c.id.in_((old_id, new_id)))
                )
            }
            if old_id not in known:
                return
            if new_id not in known:
                connection.execute(sa.update(chats).where(chats.c.id == old_id).values(id=new_id))
                return
            old = known[old_id]
            connection.execute(
                sa.update(chats)
                .where(chats.c.id == new_id)
                .values(zone=old.zone, length=old.length, created_at=old.created_at)
            )
            for table in (follows, told):
                theirs = sa.select(table.c.story_id).where(table.c.chat_id == old_id)
                connection.execute(
                    sa.delete(table).where(
                        table.c.chat_id == new_id, table.c.story_id.in_(theirs.scalar_subquery())
                    )
                )
            marks = sa.select(shown.c.article_id + shown.c.mark).where(shown.c.chat_id == new_id)
            connection.execute(
                sa.delete(shown).where(
                    shown.c.chat_id == old_id,
                    (shown.c.article_id + shown.c.mark).in_(marks.scalar_subquery()),
                )
            )
            for table in (deliveries, briefs, subscriptions, follows, told, shown):
                connection.execute(
                    sa.update(table).where(table.c.chat_id == old_id).values(chat_id=new_id)
                )
            connection.execute(sa.delete(chats).where(chats.c.id == old_id))

    def forget(self, id: int) -> dict[str, int]:
        """Delete all that is kept about a chat, and say how many rows of each kind went."""
        gone: dict[str, int] = {}
        with self._database.write() as connection:
            for table in (deliveries, briefs, subscriptions, follows, told, shown):
                result = connection.execute(sa.delete(table).where(table.c.chat_id == id))
                gone[table.name] = result.rowcount
            gone["chats"] = connection.execute(sa.delete(chats).where(chats.c.id == id)).rowcount
        return gone

    def export(self, id: int) -> dict[str, list[dict[str, Any]]]:
        """Give all rows that are kept about a chat, as JSON values."""
        with self._database.read() as connection:
            found = {
                table.name: connection.execute(
                    sa.select(table).where(
                        (table.c.id if table is chats else table.c.chat_id) == id
                    )
                ).all()
                for table in (chats, subscriptions, follows, told, shown, briefs, deliveries)
            }
        return {name: [_plain(row) for row in rows] for name, rows in found.items()}


class Subscriptions:
    """Queries over subscriptions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, subscription: Subscription) -> Subscription:
        """Add a subscription (its `id` is ignored), or change the thread's one of the same topics.

        The same topics at another hour move the brief; they do not double it.
        """
        c = subscriptions.c
        values = {
            "local_time": subscription.local_time,
            "zone": subscription.zone,
            "next_due_at": subscription.next_due_at,
        }
        with self._database.write() as connection:
            rows = connection.execute(
                sa.select(subscriptions).where(
                    c.chat_id == subscription.chat_id,
                    c.thread_id.is_not_distinct_from(subscription.thread_id),
                )
            ).all()
            wanted = _topic_key(subscription.topics)
            same = next((row for row in rows if _topic_key(row.topics) == wanted), None)
            if same is not None:
                id = same.id
                connection.execute(
                    sa.update(subscriptions).where(c.id == id).values(leased_until=None, **values)
                )
            else:
                id = connection.execute(
                    sa.insert(subscriptions)
                    .values(
                        chat_id=subscription.chat_id,
                        thread_id=subscription.thread_id,
                        topics=list(subscription.topics),
                        created_at=subscription.created_at,
                        **values,
                    )
                    .returning(c.id)
                ).scalar_one()
            return _subscription(
                connection.execute(sa.select(subscriptions).where(c.id == id)).one()
            )

    def of_chat(self, chat_id: int) -> list[Subscription]:
        """Give a chat's subscriptions in the order they were made."""
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(subscriptions)
                .where(subscriptions.c.chat_id == chat_id)
                .order_by(subscriptions.c.id)
            ).all()
        return [_subscription(row) for row in rows]

    def remove(self, chat_id: int, ids: Sequence[int]) -> int:
        """Remove a chat's subscriptions by id and say how many there were."""
        with self._database.write() as connection:
            return connection.execute(
                sa.delete(subscriptions).where(
                    subscriptions.c.chat_id == chat_id, subscriptions.c.id.in_(ids)
                )
            ).rowcount

    def narrow(self, chat_id: int, id: int, topics: Sequence[str]) -> None:
        """Leave a chat's subscription these topics only; its hour stays."""
        with self._database.write() as connection:
            connection.execute(
                sa.update(subscriptions)
                .where(subscriptions.c.chat_id == chat_id, subscriptions.c.id == id)
                .values(topics=list(topics))
            )

    def reschedule(self, id: int, *, zone: str, next_due_at: datetime) -> None:
        """Move a subscription to another zone; its local time stays."""
        with self._database.write() as connection:
            connection.execute(
                sa.update(subscriptions)
                .where(subscriptions.c.id == id)
                .values(zone=zone, next_due_at=next_due_at, leased_until=None)
            )

    def claim_due(self, now: datetime, lease: timedelta, limit: int) -> list[Subscription]:
        """Take due subscriptions of chats that are served; nobody else gets them for `lease`."""
        c = subscriptions.c
        due = (
            sa.select(subscriptions)
            .join(chats, chats.c.id == c.chat_id)
            .where(
                c.next_due_at <= now,
                chats.c.paused.is_(None),
                sa.or_(c.leased_until.is_(None), c.leased_until <= now),
            )
            .order_by(c.next_due_at)
            .limit(limit)
        )
        with self._database.write() as connection:
            rows = leasing.lease(connection, due, c.leased_until, now + lease)
        return [_subscription(row) for row in rows]

    def due_soon(self, now: datetime, within: timedelta) -> list[Subscription]:
        """Give the subscriptions of served chats that come due after `now`, the next one first."""
        c = subscriptions.c
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(subscriptions)
                .join(chats, chats.c.id == c.chat_id)
                .where(c.next_due_at > now, c.next_due_at <= now + within, chats.c.paused.is_(None))
                .order_by(c.next_due_at)
            ).all()
        return [_subscription(row) for row in rows]

    def release_leases(self) -> None:
        """Free what a process that is gone had taken; called where one process runs everything."""
        with self._database.write() as connection:
            connection.execute(sa.update(subscriptions).values(leased_until=None))


class Follows:
    """Queries over followed stories."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, follow: Follow) -> bool:
        """Follow a story; false when the chat does already."""
        with self._database.write() as connection:
            story_id, shift = led(connection, follow.story_id)
            key = sa.and_(follows.c.chat_id == follow.chat_id, follows.c.story_id == story_id)
            if connection.execute(sa.select(follows.c.story_id).where(key)).first():
                return False
            connection.execute(
                sa.insert(follows).values(
                    chat_id=follow.chat_id,
                    story_id=story_id,
                    thread_id=follow.thread_id,
                    revision=follow.revision + shift,
                )
            )
        return True

    def remove(self, chat_id: int, story_id: int) -> bool:
        """Stop following; false when the chat did not."""
        with self._database.write() as connection:
            current, _ = led(connection, story_id)
            return (
                connection.execute(
                    sa.delete(follows).where(
                        follows.c.chat_id == chat_id, follows.c.story_id == current
                    )
                ).rowcount
                > 0
            )

    def of_chat(self, chat_id: int) -> list[Follow]:
        """Give what a chat follows."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(follows).where(follows.c.chat_id == chat_id)).all()
        return [_follow(row) for row in rows]

    def seen(self, follow: Follow, revision: int) -> None:
        """Note that a story moved without any news, so that it is not looked at again."""
        with self._database.write() as connection:
            story_id, shift = led(connection, follow.story_id)
            connection.execute(
                sa.update(follows)
                .where(follows.c.chat_id == follow.chat_id, follows.c.story_id == story_id)
                .values(revision=revision + shift)
            )

    def moved(self, limit: int) -> list[Follow]:
        """Give follows whose story has moved on since the chat was told of it last."""
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(follows)
                .join(stories, stories.c.id == follows.c.story_id)
                .join(chats, chats.c.id == follows.c.chat_id)
                .where(stories.c.revision > follows.c.revision, chats.c.paused.is_(None))
                .order_by(stories.c.changed_at, follows.c.chat_id)
                .limit(limit)
            ).all()
        return [_follow(row) for row in rows]


def _topic_key(topics: Sequence[str]) -> frozenset[str]:
    return frozenset(topic.casefold() for topic in topics)


def _chat(row: Row[Any]) -> Chat:
    return Chat(
        id=row.id,
        kind=row.kind,
        title=row.title,
        zone=row.zone,
        length=row.length,
        paused=row.paused,
        created_at=row.created_at,
    )


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        chat_id=row.chat_id,
        thread_id=row.thread_id,
        topics=tuple(row.topics),
        local_time=row.local_time,
        zone=row.zone,
        next_due_at=row.next_due_at,
        last_slot_at=row.last_slot_at,
        created_at=row.created_at,
    )


def _follow(row: Row[Any]) -> Follow:
    return Follow(
        chat_id=row.chat_id,
        thread_id=row.thread_id,
        story_id=row.story_id,
        revision=row.revision,
    )


def _plain(row: Row[Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row._mapping.items()
    }
