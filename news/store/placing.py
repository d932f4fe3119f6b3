"""How articles get their stories: those that wait, the order of placing, vectors, term counts.

Every placing gets the next number, so that whoever keeps an index in memory learns exactly
what is new to it, in the same order in every process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection

from news.model import Article, Vector
from news.store.articles import read_article, select_articles
from news.store.engine import Database
from news.store.tables import articles, meta, stories, terms

_MANY = 500
_COUNTER = "placed"
"""Where the last place is noted: the highest in the table is not it once that article changed."""
_WAITS = sa.and_(
    articles.c.private.is_(False),
    articles.c.text != "",  # dropped for its age
    sa.or_(articles.c.story_id.is_(None), articles.c.vector.is_(None)),
)


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
        with self._database.read() as connection:
            found = connection.execute(sa.select(sa.func.count(articles.c.number)).where(_WAITS))
            return int(found.scalar_one())

    def still_waits(self, connection: Connection, number: int) -> tuple[Article, int | None] | None:
        """Give an article as it is now, if no other process has placed it meanwhile.

        With its place: one that has it lacks no story but another model's vector.
        """
        query = select_articles().add_columns(articles.c.placed)
        row = connection.execute(query.where(_WAITS, articles.c.number == number)).first()
        return (read_article(row), row.placed) if row else None

    def place(self, connection: Connection, number: int, story_id: int, vector: Vector) -> int:
        """Record an article's vector and story, and give its place."""
        place = self.last(connection) + 1
        connection.execute(sa.delete(meta).where(meta.c.key == _COUNTER))
        connection.execute(sa.insert(meta).values(key=_COUNTER, value=place))
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
        return self._placed(connection, articles.c.placed > place)

    def members(self, connection: Connection, story_ids: Sequence[int]) -> list[Placed]:
        """Give all that was placed in these stories, in the order of placing."""
        found: list[Placed] = []
        for start in range(0, len(story_ids), _MANY):
            part = story_ids[start : start + _MANY]
            found += self._placed(connection, articles.c.story_id.in_(part))
        return sorted(found, key=lambda one: one.place)

    def _placed(self, connection: Connection, condition: sa.ColumnElement[bool]) -> list[Placed]:
        query = select_articles().add_columns(articles.c.vector, articles.c.placed)
        rows = connection.execute(
            query.where(
                condition, articles.c.placed.is_not(None), articles.c.vector.is_not(None)
            ).order_by(articles.c.placed)
        )
        return [
            Placed(place=row.placed, article=read_article(row), vector=row.vector) for row in rows
        ]

    def stories_between(self, connection: Connection, start: datetime, end: datetime) -> list[int]:
        """Give the ids of the stories whose articles span some time of [start, end]."""
        query = sa.select(stories.c.id).where(stories.c.last_at >= start, stories.c.first_at <= end)
        return list(connection.execute(query.order_by(stories.c.id)).scalars())

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
            held = articles.c.vector.is_not(None)
            dropped = connection.execute(sa.update(articles).where(held).values(vector=None))
            return dropped.rowcount > 0

    def frequencies(
        self, connection: Connection, words: Sequence[str] | None = None
    ) -> dict[str, int]:
        """Give in how many placed articles these terms stand, or all terms; "" counts articles."""
        query = sa.select(terms.c.term, terms.c.articles)
        if words is None:
            return {row.term: row.articles for row in connection.execute(query)}
        found: dict[str, int] = {}
        for start in range(0, len(words), _MANY):
            part = terms.c.term.in_(words[start : start + _MANY])
            found.update({row.term: row.articles for row in connection.execute(query.where(part))})
        return found

    def count_terms(self, connection: Connection, counts: Mapping[str, int]) -> None:
        """Add to the number of articles that hold each term; the empty term counts articles."""
        new = sqlite.insert(terms)
        add = new.on_conflict_do_update(
            index_elements=[terms.c.term],
            set_={"articles": terms.c.articles + new.excluded.articles},
        )
        rows = [{"term": word, "articles": count} for word, count in sorted(counts.items())]
        if rows:
            connection.execute(add, rows)
