"""Stories and the summaries kept for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from news.model import Digest, Evidence, Point, Story
from news.store.aging import SHOWN
from news.store.engine import Database
from news.store.tables import digests, merged, stories


class Stories:
    """Queries over stories. Those that take a connection belong to a caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, connection: Connection, story: Story) -> int:
        """Store a new story (its `id` is ignored) and give its id."""
        values = _values(story)
        last = connection.execute(sa.select(sa.func.max(merged.c.old_id))).scalar() or 0
        if last > (connection.execute(sa.select(sa.func.max(stories.c.id))).scalar() or 0):
            values["id"] = last + 1  # SQLite would give the id of a merged story again
        return int(
            connection.execute(
                sa.insert(stories).values(**values).returning(stories.c.id)
            ).scalar_one()
        )

    def change(self, connection: Connection, story: Story) -> None:
        """Store a story's new state."""
        connection.execute(
            sa.update(stories).where(stories.c.id == story.id).values(**_values(story))
        )

    def lock(self, connection: Connection, id: int) -> Story:
        """Read a story inside a write transaction, to change it."""
        return _story(
            connection.execute(sa.select(stories).where(stories.c.id == id).with_for_update()).one()
        )

    def find(self, connection: Connection, id: int) -> Story | None:
        """Read a story that goes by this id, inside a caller's transaction."""
        row = connection.execute(sa.select(stories).where(stories.c.id == id)).first()
        return _story(row) if row else None

    def get(self, id: int) -> Story | None:
        """Give one story; the id of a merged one leads to the story that it is part of."""
        with self._database.read() as connection:
            current, _ = led(connection, id)
            row = connection.execute(sa.select(stories).where(stories.c.id == current)).first()
        return _story(row) if row else None

    def current(self, id: int) -> int:
        """Give the id by which a story goes now: its own, or that of the one it became part of."""
        with self._database.read() as connection:
            return led(connection, id)[0]

    def many(self, ids: Sequence[int]) -> dict[int, Story]:
        """Give stories by id; missing ones are left out. At most some hundreds at once."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(stories).where(stories.c.id.in_(ids))).all()
        return {row.id: _story(row) for row in rows}

    def changed_since(self, since: datetime, until: datetime, *, limit: int = 2000) -> list[Story]:
        """Give stories whose latest article was published in [since, until], newest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(stories)
                .where(stories.c.last_at >= since, stories.c.last_at <= until)
                .order_by(stories.c.last_at.desc())
                .limit(limit)
            ).all()
        return [_story(row) for row in rows]

    def newest_at(self) -> datetime | None:
        """Give the time of the latest article of any story."""
        with self._database.read() as connection:
            return connection.execute(
                sa.select(stories.c.last_at).order_by(stories.c.last_at.desc()).limit(1)
            ).scalar()

    def count(self) -> int:
        """Count the stories."""
        with self._database.read() as connection:
            return int(connection.execute(sa.select(sa.func.count(stories.c.id))).scalar_one())

    def digest(self, key: str) -> Digest | None:
        """Give the summary kept under this key."""
        with self._database.read() as connection:
            found = connection.execute(
                sa.select(digests.c.digest).where(digests.c.key == key)
            ).scalar()
        return None if found is None else _digest(found)

    def last_digest(self, article_ids: Collection[str], since: datetime) -> Digest | None:
        """Give the plain summary of some of these articles that was made last, written first.

        Looks at all that were kept since then: some milliseconds for a thousand.
        """
        found: Digest | None = None
        c = digests.c
        query = (
            sa.select(c.digest)
            .where(c.created_at >= since, ~c.key.startswith(SHOWN, autoescape=True))
            .order_by(c.created_at.desc())
        )
        with self._database.read() as connection:
            for values in connection.execute(query).scalars().yield_per(100):
                if found is not None and values["created_at"] != found.created_at.isoformat():
                    break
                about = set(values["article_ids"])
                if not values.get("question") and about and about.issubset(article_ids):
                    one = _digest(values)
                    found = one if found is None or one.is_written else found
        return found

    def keep_digest(self, key: str, digest: Digest, *, anew: bool = False) -> None:
        """Keep a summary; one that is there already stays, so that a key means one text.

        With `anew` it takes that one's place.
        """
        with self._database.write() as connection:
            if anew:
                connection.execute(sa.delete(digests).where(digests.c.key == key))
            known = connection.execute(
                sa.select(digests.c.key).where(digests.c.key == key)
            ).scalar()
            if known is None:
                connection.execute(
                    sa.insert(digests).values(
                        key=key, digest=_plain(digest), created_at=digest.created_at
                    )
                )


def led(connection: Connection, id: int) -> tuple[int, int]:
    """Give the id that a story goes by now, and what to add to a revision of the one asked for."""
    query = sa.select(merged.c.story_id, merged.c.shift).where(merged.c.old_id == id)
    row = connection.execute(query).first()
    return (row.story_id, row.shift) if row else (id, 0)


def _values(story: Story) -> dict[str, Any]:
    values = {one.name: getattr(story, one.name) for one in fields(story) if one.name != "id"}
    return {
        **values,
        "outlets": list(story.outlets),
        "countries": list(story.countries),
        "named": dict(story.named),
    }


def _story(row: Row[Any]) -> Story:
    return Story(
        id=row.id,
        title=row.title,
        first_at=row.first_at,
        last_at=row.last_at,
        changed_at=row.changed_at,
        articles=row.articles,
        revision=row.revision,
        outlets=tuple(row.outlets),
        countries=tuple(row.countries),
        named=row.named,
    )


def _plain(digest: Digest) -> dict[str, Any]:
    values = asdict(replace(digest, differs=()))
    del values["differs"], values["cached"]
    values["created_at"] = digest.created_at.isoformat()
    values |= {"made_of": dict(digest.made_of), "made_by": dict(digest.made_by)}
    for point in values["points"]:
        point["checks"] = dict(point["checks"])
        for evidence in point["evidence"]:
            at = evidence["published_at"]
            evidence["published_at"] = at.isoformat() if at else None
    return values


def _digest(values: dict[str, Any]) -> Digest:
    points = tuple(
        Point(
            text=point["text"],
            origin=point["origin"],
            checks=point["checks"],
            translated_from=point.get("translated_from"),
            evidence=tuple(_evidence(item) for item in point["evidence"]),
        )
        for point in values["points"]
    )
    return Digest(
        **{
            **values,
            "points": points,
            "article_ids": tuple(values["article_ids"]),
            "notes": tuple(values.get("notes", ())),
            "created_at": datetime.fromisoformat(values["created_at"]),
        }
    )


def _evidence(values: dict[str, Any]) -> Evidence:
    at = values["published_at"]
    return Evidence(**{**values, "published_at": datetime.fromisoformat(at) if at else None})
