"""What each chat was shown, sentence by sentence, and the pages behind it that are read again.

A sentence is kept once per chat; shown again, only its time moves. Knows no messages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from news.model import Evidence, Point
from news.store import leasing
from news.store.engine import Database
from news.store.tables import articles, chats, rereads, shown

FIRST_REREAD = timedelta(hours=1)
"""How long after it was shown a page is read again for the first time."""
REREAD_FOR = timedelta(hours=24)
_MANY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A source sentence that a chat was shown, and when last."""

    id: int
    chat_id: int
    thread_id: int | None
    evidence: Evidence
    shown_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """A cited page that is to be read again; `gone` counts the answers that it is not there."""

    article_id: str
    url: str
    until_at: datetime
    tries: int
    gone: int
    etag: str | None
    last_modified: str | None


class Showing:
    """Queries over what was shown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, chat_id: int, thread_id: int | None, points: Iterable[Point], at: datetime
    ) -> None:
        """Keep what a chat was shown just now; nothing is kept about a chat that is not known."""
        with self._database.write() as connection:
            known = sa.select(chats.c.id).where(chats.c.id == chat_id)
            if connection.execute(known).first() is not None:
                add_shown(connection, chat_id, thread_id, points, at)

    def of(self, chat_id: int, article_ids: Sequence[str]) -> list[Shown]:
        """Give what a chat was shown of these articles, oldest first."""
        found: list[Shown] = []
        with self._database.read() as connection:
            for start in range(0, len(article_ids), _MANY):
                part = article_ids[start : start + _MANY]
                rows = connection.execute(
                    sa.select(shown).where(shown.c.chat_id == chat_id, shown.c.article_id.in_(part))
                )
                found += [_shown(row) for row in rows]
        return sorted(found, key=lambda one: (one.shown_at, one.id))

    def uncorrected(self, article_id: str, since: datetime) -> list[Shown]:
        """Give who was shown what of an article since then, and was told of no correction of it."""
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(shown)
                .where(
                    shown.c.article_id == article_id,
                    shown.c.shown_at >= since,
                    shown.c.corrected_at.is_(None),
                )
                .order_by(shown.c.id)
            ).all()
        return [_shown(row) for row in rows]

    def claim_rereads(self, now: datetime, lease: timedelta, limit: int) -> list[Reread]:
        """Take the pages that are due; a process that dies leaves them due again after `lease`."""
        c = rereads.c
        with self._database.write() as connection:
            connection.execute(sa.delete(rereads).where(c.until_at < now))
            due = sa.select(rereads).where(c.due_at <= now).order_by(c.due_at).limit(limit)
            rows = leasing.lease(connection, due, c.due_at, now + lease)
        return [
            Reread(
                article_id=row.article_id,
                url=row.url,
                until_at=row.until_at,
                tries=row.tries,
                gone=row.gone,
                etag=row.etag,
                last_modified=row.last_modified,
            )
            for row in rows
        ]

    def settle_reread(self, article_id: str, due_at: datetime | None, **values: Any) -> None:
        """Say when a page is read next; None ends it."""
        mine = rereads.c.article_id == article_id
        with self._database.write() as connection:
            if due_at is None:
                connection.execute(sa.delete(rereads).where(mine))
            else:
                connection.execute(sa.update(rereads).where(mine).values(due_at=due_at, **values))

    def rereads_waiting(self) -> int:
        """Count the pages that are to be read again."""
        with self._database.read() as connection:
            found = connection.execute(sa.select(sa.func.count(rereads.c.article_id)))
            return int(found.scalar_one())

    def delete_before(self, before: datetime) -> int:
        """Delete what was shown so long ago."""
        with self._database.write() as connection:
            connection.execute(sa.delete(rereads).where(rereads.c.until_at < before))
            return connection.execute(sa.delete(shown).where(shown.c.shown_at < before)).rowcount


def add_shown(
    connection: Connection,
    chat_id: int,
    thread_id: int | None,
    points: Iterable[Point],
    at: datetime,
) -> None:
    """Keep the evidence of points within a caller's transaction, and have its pages read again.

    What people sent in themselves is theirs: it is neither kept nor read again.
    """
    evidence = {
        (one.article_id, mark_of(one.sentence)): one for point in points for one in point.evidence
    }
    if not evidence:
        return
    ids = {article_id for article_id, _ in evidence}
    public = sa.select(articles.c.id).where(articles.c.id.in_(ids), articles.c.private.is_(False))
    mine = set(connection.execute(public).scalars())
    for (article_id, mark), one in evidence.items():
        if article_id in mine:
            _keep(connection, chat_id, thread_id, one, mark, at)
    for article_id in sorted(mine):
        url = next((one.url for one in evidence.values() if one.article_id == article_id), None)
        if url:
            _read_again(connection, article_id, url, at)


def mark_of(sentence: str) -> str:
    """Give a short sum by which a sentence is known, spacing aside."""
    return hashlib.sha256(" ".join(sentence.split()).encode()).hexdigest()[:16]


def _keep(
    connection: Connection,
    chat_id: int,
    thread_id: int | None,
    one: Evidence,
    mark: str,
    at: datetime,
) -> None:
    c = shown.c
    key = sa.and_(c.chat_id == chat_id, c.article_id == one.article_id, c.mark == mark)
    again = connection.execute(
        sa.update(shown).where(key).values(shown_at=at, thread_id=thread_id)
    ).rowcount
    if not again:
        connection.execute(
            sa.insert(shown).values(
                chat_id=chat_id,
                thread_id=thread_id,
                article_id=one.article_id,
                mark=mark,
                sentence=one.sentence,
                start=one.start,
                end=one.end,
                url=one.url,
                source=one.source,
                published_at=one.published_at,
                shown_at=at,
            )
        )


def _read_again(connection: Connection, article_id: str, url: str, at: datetime) -> None:
    c = rereads.c
    known = connection.execute(
        sa.update(rereads).where(c.article_id == article_id).values(until_at=at + REREAD_FOR)
    ).rowcount
    if not known and url.lower().startswith(("http://", "https://")):
        connection.execute(
            sa.insert(rereads).values(
                article_id=article_id,
                url=url,
                due_at=at + FIRST_REREAD,
                until_at=at + REREAD_FOR,
                tries=0,
                gone=0,
            )
        )


def _shown(row: Row[Any]) -> Shown:
    return Shown(
        id=row.id,
        chat_id=row.chat_id,
        thread_id=row.thread_id,
        evidence=Evidence(
            article_id=row.article_id,
            url=row.url,
            source=row.source,
            sentence=row.sentence,
            start=row.start,
            end=row.end,
            published_at=row.published_at,
        ),
        shown_at=row.shown_at,
    )
