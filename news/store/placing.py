"""How articles get their stories: those that wait, the order of placing, vectors, counts.

Every placing gets the next number, so that whoever keeps an index in memory learns exactly
what is new to it, in the same order in every process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection

from news.model import Article, Vector
from news.store.articles import read_article, select_articles
from news.store.engine import Database
from news.store.tables import WAITS, articles, buckets, meta, sketches

ALL = -1
"""The bucket that counts the articles themselves."""
_MANY = 500
_COUNTER = "placed"
"""Where the last place is noted: the highest in the table is not it once that article changed."""
_WAITS = sa.text(WAITS)
_NEXT = sa.text(
    "INSERT INTO meta (key, value) VALUES (:key, '1') ON CONFLICT (key) "
    "DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) RETURNING value"
)
"""One statement for each article that is placed, so it is worth to say it by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An article in its story, with its vector; `place` orders articles by when that was."""

    place: int
    article: Article
    vector: Vector


class Placing:
    """Queries over placed and waiting articles. A connection belongs to the caller."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, limit: int) -> list[Article]:
        """Give public articles that wait for a story or a vector, in order of publication."""
        query = select_articles().where(_WAITS)
        order = query.order_by(articles.c.published_at, articles.c.number).limit(limit)
        with self._database.read() as connection:
            return [read_article(row) for row in connection.execute(order)]

    def count_waiting(self) -> int:
        """Count the articles that wait."""
        count = sa.select(sa.func.count()).select_from(articles).where(_WAITS)
        with self._database.read() as connection:
            return int(connection.execute(count).scalar_one())

    def still_waits(self, connection: Connection, number: int) -> tuple[Article, int | None] | None:
        """Give an article as it is now, if no other process has placed it meanwhile.

        With its place: one that has it lacks no story but another model's vector.
        """
        query = select_articles().add_columns(articles.c.placed)
        row = connection.execute(query.where(_WAITS, articles.c.number == number)).first()
        return (read_article(row), row.placed) if row else None

    def place(self, connection: Connection, number: int, story_id: int, vector: Vector) -> int:
        """Record an article's vector and story, and give its place."""
        place = int(connection.execute(_NEXT, {"key": _COUNTER}).scalar_one())
        connection.execute(
            sa.update(articles)
            .where(articles.c.number == number)
            .values(story_id=story_id, vector=vector, placed=place)
        )
        return place

    def last(self, connection: Connection) -> int:
        """Give the place of the article that was placed last; 0 before the first."""
        noted = sa.select(meta.c.value).where(meta.c.key == _COUNTER)
        return int(connection.execute(noted).scalar() or 0)

    def after(self, connection: Connection, place: int) -> list[Placed]:
        """Give what was placed after `place`, in that order."""
        rows = connection.execute(_placed(articles.c.placed > place).order_by(articles.c.placed))
        return [_read(row) for row in rows]

    def latest(self, connection: Connection, story_id: int, limit: int) -> list[Placed]:
        """Give what was placed last in a story, newest first."""
        query = _placed(articles.c.story_id == story_id).order_by(articles.c.placed.desc())
        return [_read(row) for row in connection.execute(query.limit(limit))]

    def vectors_after(self, place: int) -> list[tuple[int, int, Vector]]:
        """Give (place, article number, vector) of what was placed after `place`, in order."""
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(articles.c.placed, articles.c.number, articles.c.vector)
                .where(articles.c.placed > place, articles.c.vector.is_not(None))
                .order_by(articles.c.placed)
            ).all()
        return [(row.placed, row.number, row.vector) for row in rows]

    def use_encoder(self, name: str) -> bool:
        """Say whose vectors are kept; another model's are dropped, to be made anew. True if so."""
        noted = sa.select(meta.c.value).where(meta.c.key == "encoder")
        with self._database.read() as connection:
            if connection.execute(noted).scalar() == name:
                return False
        with self._database.write() as connection:
            if connection.execute(noted).scalar() == name:  # another process was faster
                return False
            connection.execute(sa.delete(meta).where(meta.c.key == "encoder"))
            connection.execute(sa.insert(meta).values(key="encoder", value=name))
            connection.execute(sa.delete(sketches))
            held = articles.c.vector.is_not(None)
            dropped = connection.execute(sa.update(articles).where(held).values(vector=None))
            return dropped.rowcount > 0

    def counts(self, connection: Connection, wanted: Iterable[int] | None = None) -> dict[int, int]:
        """Give in how many placed articles a term of these buckets, or of each, stands."""
        query = sa.select(buckets.c.bucket, buckets.c.articles)
        if wanted is None:
            return {row.bucket: row.articles for row in connection.execute(query)}
        found: dict[int, int] = {}
        places = sorted(wanted)
        for start in range(0, len(places), _MANY):
            part = buckets.c.bucket.in_(places[start : start + _MANY])
            found.update(
                (row.bucket, row.articles) for row in connection.execute(query.where(part))
            )
        return found

    def count(self, connection: Connection, counts: Mapping[int, int]) -> None:
        """Add to the number of articles that hold a term of each bucket."""
        new = sqlite.insert(buckets)
        add = new.on_conflict_do_update(
            index_elements=[buckets.c.bucket],
            set_={"articles": buckets.c.articles + new.excluded.articles},
        )
        rows = [{"bucket": place, "articles": count} for place, count in sorted(counts.items())]
        if rows:
            connection.execute(add, rows)


def _placed(condition: sa.ColumnElement[bool]) -> sa.Select[tuple[object, ...]]:
    query = select_articles().add_columns(articles.c.vector, articles.c.placed)
    return query.where(condition, articles.c.placed.is_not(None), articles.c.vector.is_not(None))


def _read(row: sa.Row[tuple[object, ...]]) -> Placed:
    return Placed(place=row.placed, article=read_article(row), vector=row.vector)
