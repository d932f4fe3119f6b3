"""Feeds, their health, and the entries seen in them, each with how far it got."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from news.model import Feed, Outlet
from news.store import leasing
from news.store.engine import Database
from news.store.tables import entries, feeds

MOST_CHANGES = 24
"""How many content-only changes of one entry are followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A feed's item that waits to become an article; `item` holds its fields as JSON values."""

    feed_id: int
    guid: str
    hash: str
    item: dict[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a feed's items were: new, changed and followed, or changed too often to be."""

    new: int = 0
    changed: int = 0
    ignored: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """What a good round leaves in a feed's row; `new` counts items that were not there before.

    `url` is the feed's new address when it moved for good.
    """

    next_due_at: datetime
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    ttl: timedelta | None
    cadence: timedelta | None
    new: int = 0
    url: str | None = None
    notice: str | None = None
    active: bool = True


class Feeds:
    """Queries over feeds and entries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, url: str, outlet: Outlet, *, confirmed: bool, now: datetime) -> bool:
        """Add a feed that is due at once; false when its link is there already."""
        with self._database.write() as connection:
            if connection.execute(sa.select(feeds.c.id).where(feeds.c.url == url)).scalar():
                return False
            connection.execute(
                sa.insert(feeds).values(
                    url=url,
                    outlet=outlet.name,
                    host=outlet.host,
                    country=outlet.country,
                    region=outlet.region,
                    language=outlet.language,
                    ownership=outlet.ownership,
                    confirmed=confirmed,
                    next_due_at=now,
                    last_item_at=now,
                )
            )
        return True

    def revive(self, url: str, now: datetime) -> bool:
        """Turn a feed on again that was turned off, with a clean record; false when it is on."""
        with self._database.write() as connection:
            found = connection.execute(
                sa.update(feeds)
                .where(feeds.c.url == url, feeds.c.active.is_(False))
                .values(
                    active=True,
                    failures=0,
                    error=None,
                    notice=None,
                    failing_since=None,
                    last_item_at=now,
                    next_due_at=now,
                )
            )
            return found.rowcount > 0

    def remove(self, url: str) -> bool:
        """Remove a feed with its entries; its articles stay."""
        with self._database.write() as connection:
            return connection.execute(sa.delete(feeds).where(feeds.c.url == url)).rowcount > 0

    def all(self) -> list[Feed]:
        """Give every feed, by outlet."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(feeds).order_by(feeds.c.outlet, feeds.c.id)).all()
        return [_feed(row) for row in rows]

    def claim_due(self, now: datetime, lease: timedelta) -> list[Feed]:
        """Take the feeds that are due; no other process gets them until the lease ends."""
        c = feeds.c
        due = sa.select(feeds).where(c.active.is_(True), c.next_due_at <= now)
        with self._database.write() as connection:
            rows = leasing.lease(
                connection, due.order_by(c.next_due_at), c.next_due_at, now + lease
            )
        return [_feed(row) for row in rows]

    def succeeded(self, feed: Feed, good: Good, now: datetime) -> None:
        """Record a good round."""
        values: dict[str, Any] = {
            "etag": good.etag,
            "last_modified": good.last_modified,
            "body_hash": good.body_hash,
            "ttl": _seconds(good.ttl),
            "cadence": _seconds(good.cadence),
            "last_tried_at": now,
            "last_success_at": now,
            "next_due_at": good.next_due_at,
            "failures": 0,
            "error": None,
            "failing_since": None,
            "notice": good.notice,
            "active": good.active,
            "items": feeds.c["items"] + good.new,
        }
        if good.new:
            values["last_item_at"] = now
        with self._database.write() as connection:
            taken = (
                good.url
                and connection.execute(
                    sa.select(feeds.c.id).where(feeds.c.url == good.url)
                ).scalar()
            )
            if good.url and not taken:
                values["url"] = good.url
            connection.execute(sa.update(feeds).where(feeds.c.id == feed.id).values(**values))

    def failed(
        self,
        feed: Feed,
        *,
        now: datetime,
        next_due_at: datetime,
        reason: str,
        notice: str | None = None,
        active: bool = True,
        blamed: bool = True,
    ) -> None:
        """Record a failed round and when to try again. Not `blamed`: the network was down."""
        values: dict[str, Any] = {
            "last_tried_at": now,
            "next_due_at": next_due_at,
            "error": reason,
            "active": active,
        }
        if blamed:
            values["failures"] = feeds.c.failures + 1
            values["failing_since"] = feed.failing_since or now
        if notice:
            values["notice"] = notice
        with self._database.write() as connection:
            connection.execute(sa.update(feeds).where(feeds.c.id == feed.id).values(**values))

    def see(
        self, feed_id: int, items: Sequence[tuple[str, str, dict[str, Any]]], now: datetime
    ) -> Seen:
        """Note (guid, hash, item) of a feed; new and changed ones become due.

        An entry whose title and link stay while its content changes is followed
        MOST_CHANGES times: after that it is a page that prints the time.
        """
        counts: Counter[str] = Counter()
        with self._database.write() as connection:
            known = _known(connection, feed_id, [guid for guid, _, _ in items])
            fresh: dict[str, dict[str, Any]] = {}
            # of a guid that comes twice the first counts, else the two would change each other
            for guid, hash_, item in reversed({one[0]: one for one in reversed(items)}.values()):
                values = {
                    "hash": hash_,
                    "item": item,
                    "state": "due",
                    "attempts": 0,
                    "next_try_at": now,
                    "error": None,
                }
                if guid in known and known[guid] != hash_:
                    counts[_change(connection, (feed_id, guid), values)] += 1
                elif guid not in known:
                    fresh[guid] = {"feed_id": feed_id, "guid": guid, "changes": 0, **values}
            if fresh:
                connection.execute(sa.insert(entries), list(fresh.values()))
        return Seen(new=len(fresh), changed=counts["changed"], ignored=counts["ignored"])

    def claim_entries(self, now: datetime, lease: timedelta, limit: int) -> list[Entry]:
        """Take entries whose page is to be read now; nobody else gets them until the lease ends.

        Oldest try first.
        """
        c = entries.c
        due = (
            sa.select(c.feed_id, c.guid, c.hash, c.item, c.attempts)
            .where(c.state == "due", c.next_try_at <= now)
            .order_by(c.next_try_at, c.feed_id, c.guid)
            .limit(limit)
        )
        with self._database.write() as connection:
            rows = leasing.lease(connection, due, c.next_try_at, now + lease)
        return [
            Entry(
                feed_id=row.feed_id,
                guid=row.guid,
                hash=row.hash,
                item=row.item,
                attempts=row.attempts,
            )
            for row in rows
        ]

    def release(self, unread: Iterable[Entry], now: datetime) -> None:
        """Give back entries that were taken and not read."""
        for entry in unread:
            self._set(entry, next_try_at=now)

    def hand_back(self, unasked: Iterable[Feed]) -> None:
        """Give back feeds that were taken and not asked."""
        with self._database.write() as connection:
            for feed in unasked:
                connection.execute(
                    sa.update(feeds)
                    .where(feeds.c.id == feed.id)
                    .values(next_due_at=feed.next_due_at)
                )

    def finish(self, entry: Entry, article_id: str | None, reason: str | None = None) -> None:
        """Record that an entry became an article, or never will and why."""
        state = "done" if article_id else "failed"
        self._set(entry, state=state, article_id=article_id, error=reason)

    def retry(self, entry: Entry, at: datetime, reason: str) -> None:
        """Record that an entry is to be tried again."""
        self._set(entry, attempts=entry.attempts + 1, next_try_at=at, error=reason)

    def _set(self, entry: Entry, **values: Any) -> None:
        with self._database.write() as connection:
            connection.execute(
                sa.update(entries)
                .where(
                    entries.c.feed_id == entry.feed_id,
                    entries.c.guid == entry.guid,
                    # what the feed has changed meanwhile is due anew
                    entries.c.hash == entry.hash,
                )
                .values(**values)
            )

    def by_id(self, ids: Iterable[int]) -> dict[int, Feed]:
        """Give feeds by id."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(feeds).where(feeds.c.id.in_(list(ids)))).all()
        return {row.id: _feed(row) for row in rows}


def _known(connection: Connection, feed_id: int, guids: Sequence[str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for start in range(0, len(guids), 500):
        rows = connection.execute(
            sa.select(entries.c.guid, entries.c.hash).where(
                entries.c.feed_id == feed_id, entries.c.guid.in_(guids[start : start + 500])
            )
        )
        known.update({row.guid: row.hash for row in rows})
    return known


def _change(connection: Connection, key: tuple[int, str], values: dict[str, Any]) -> str:
    own = (entries.c.feed_id == key[0], entries.c.guid == key[1])
    was = connection.execute(sa.select(entries.c.item, entries.c.changes).where(*own)).one()
    told = [values["item"].get(name) == was.item.get(name) for name in ("title", "url")]
    if not all(told):
        connection.execute(sa.update(entries).where(*own).values(**values))
        return "changed"
    if was.changes >= MOST_CHANGES:
        # a hash that is kept costs one row a round, and no page is asked for
        connection.execute(
            sa.update(entries).where(*own).values(hash=values["hash"], changes=was.changes + 1)
        )
        return "ignored"
    connection.execute(sa.update(entries).where(*own).values(**values, changes=was.changes + 1))
    return "changed"


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else int(length.total_seconds())


def _length(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _feed(row: Row[Any]) -> Feed:
    return Feed(
        id=row.id,
        url=row.url,
        outlet=Outlet(
            name=row.outlet,
            host=row.host,
            country=row.country,
            region=row.region,
            language=row.language,
            ownership=row.ownership,
        ),
        confirmed=row.confirmed,
        etag=row.etag,
        last_modified=row.last_modified,
        next_due_at=row.next_due_at,
        last_tried_at=row.last_tried_at,
        last_success_at=row.last_success_at,
        failures=row.failures,
        error=row.error,
        items=row.items,
        active=row.active,
        body_hash=row.body_hash,
        ttl=_length(row.ttl),
        cadence=_length(row.cadence),
        failing_since=row.failing_since,
        last_item_at=row.last_item_at,
        notice=row.notice,
    )
