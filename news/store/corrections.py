"""Corrections of the grouping: what is kept about a story moves with it, and its id leads on.

Each is part of the caller's transaction. Which stories are one, or two, is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.model import Story
from news.store.aging import STORY
from news.store.stories import Stories
from news.store.tables import (
    articles,
    digests,
    follows,
    merged,
    meta,
    metadata,
    sketches,
    stories,
    told,
)

_COUNTER = "corrections"
_LOOKED = "corrected"


class Corrections:
    """Merges and splits stories."""

    def __init__(self, rows: Stories) -> None:
        self._stories = rows

    def number(self, connection: Connection) -> int:
        """Give how many there were: who keeps stories in memory learns that they are others."""
        return int(_noted(connection, _COUNTER) or 0)

    def looked(self, connection: Connection) -> int:
        """Give the place up to which articles have been looked at for corrections."""
        return int(_noted(connection, _LOOKED) or 0)

    def set_looked(self, connection: Connection, place: int) -> None:
        """Note that place."""
        _note(connection, _LOOKED, place)

    def changed(self, connection: Connection, after: int, limit: int) -> tuple[list[int], int]:
        """Give the stories of the `limit` articles placed after `after`, and the last place."""
        query = sa.select(articles.c.story_id, articles.c.placed).where(articles.c.placed > after)
        rows = connection.execute(query.order_by(articles.c.placed).limit(limit)).all()
        return sorted({row.story_id for row in rows}), rows[-1].placed if rows else after

    def merge(self, connection: Connection, old: Story, into: Story, at: datetime) -> None:
        """Make `old` part of `into`, which is given as it is from now on.

        `into` must have the higher revision of the two: a merge is no news, so it stays, and
        who was told all of `old` has been told all.
        """
        assert into.revision >= old.revision
        assert into.id != old.id
        shift = into.revision - old.revision
        connection.execute(
            sa.update(articles).where(articles.c.story_id == old.id).values(story_id=into.id)
        )
        for table in (told, follows):
            _move_told(connection, table, old.id, into.id, shift)
        _join_digests(connection, f"{STORY}{old.id}", f"{STORY}{into.id}")
        both = sketches.c.story_id.in_((old.id, into.id))
        connection.execute(sa.delete(sketches).where(both))
        led_here = sa.update(merged).where(merged.c.story_id == old.id)
        connection.execute(led_here.values(story_id=into.id, shift=merged.c.shift + shift))
        connection.execute(
            sa.insert(merged).values(old_id=old.id, story_id=into.id, shift=shift, merged_at=at)
        )
        _move_rest(connection, old.id, into.id)
        connection.execute(sa.delete(stories).where(stories.c.id == old.id))
        self._stories.change(connection, into)
        _note(connection, _COUNTER, self.number(connection) + 1)

    def split(
        self, connection: Connection, rest: Story, part: Story, numbers: Sequence[int]
    ) -> int:
        """Make some articles of a story a story of their own, and give its id.

        Both are given as they are from now on, `part` with any id. Who was told of the whole
        was told of both; who follows the whole follows both.
        """
        id = self._stories.add(connection, part)
        connection.execute(
            sa.update(articles).where(articles.c.number.in_(numbers)).values(story_id=id)
        )
        for table in (told, follows):
            rows = connection.execute(sa.select(table).where(table.c.story_id == rest.id)).all()
            for row in rows:
                unseen = max(0, rest.revision - row.revision)
                if table is told and part.revision <= unseen:
                    continue  # of this part nothing was told
                values = {"story_id": id, "revision": max(0, part.revision - unseen)}
                connection.execute(sa.insert(table).values({**row._mapping, **values}))
        connection.execute(sa.delete(sketches).where(sketches.c.story_id == rest.id))
        self._stories.change(connection, rest)
        _note(connection, _COUNTER, self.number(connection) + 1)
        return id


def _move_told(connection: Connection, table: sa.Table, old: int, new: int, shift: int) -> None:
    """Move what chats were told; of two revisions told the one holds that leaves more untold."""
    c = table.c
    known = {
        row.chat_id: row.revision
        for row in connection.execute(sa.select(c.chat_id, c.revision).where(c.story_id == new))
    }
    for row in connection.execute(sa.select(table).where(c.story_id == old)).all():
        revision = row.revision + shift
        mine = sa.and_(c.chat_id == row.chat_id, c.story_id == new)
        if row.chat_id in known:
            least = min(revision, known[row.chat_id])
            connection.execute(sa.update(table).where(mine).values(revision=least))
        else:
            values = {**row._mapping, "story_id": new, "revision": revision}
            connection.execute(sa.insert(table).values(values))
    connection.execute(sa.delete(table).where(c.story_id == old))


def _join_digests(connection: Connection, old: str, new: str) -> None:
    """Add what was kept of one story's dropped texts to what was kept of the other's."""
    query = sa.select(digests.c.key, digests.c.digest).where(digests.c.key.in_((old, new)))
    kept: dict[str, Any] = {row.key: row.digest for row in connection.execute(query)}
    if old not in kept:
        return
    if new in kept:
        both = {
            **kept[new],
            "points": [*kept[new]["points"], *kept[old]["points"]],
            "article_ids": [*kept[new]["article_ids"], *kept[old]["article_ids"]],
        }
        mine = sa.update(digests).where(digests.c.key == new)
        connection.execute(mine.values(digest=both))
        connection.execute(sa.delete(digests).where(digests.c.key == old))
    else:
        connection.execute(sa.update(digests).where(digests.c.key == old).values(key=new))


def _move_rest(connection: Connection, old: int, new: int) -> None:
    """Move the rows of any other table that names the story; what the new one has stays its."""
    for table in metadata.sorted_tables:
        for column in table.c:
            if not any(key.column is stories.c.id for key in column.foreign_keys):
                continue
            if column.primary_key:
                other = table.alias()
                keys = [key.name for key in table.primary_key if key is not column]
                taken = sa.exists().where(
                    other.c[column.name] == new, *(other.c[key] == table.c[key] for key in keys)
                )
                connection.execute(sa.delete(table).where(column == old, taken))
            connection.execute(sa.update(table).where(column == old).values({column.name: new}))


def _noted(connection: Connection, key: str) -> Any:
    return connection.execute(sa.select(meta.c.value).where(meta.c.key == key)).scalar()


def _note(connection: Connection, key: str, value: int) -> None:
    connection.execute(sa.delete(meta).where(meta.c.key == key))
    connection.execute(sa.insert(meta).values(key=key, value=value))
