"""Articles: adding them, and finding them by link, words and likeness."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from news.model import Article, Completeness, Draft, Outlet
from news.store.engine import Database
from news.store.tables import articles, bands, versions

MOST_VERSIONS = 24
"""So many texts of one article are kept: some pages print the time, and change for ever."""
_LIKEST = 30
"""So many possible near copies are compared: those that share most bands."""
_MANY = 500
"""SQLite allows 32,766 variables in a statement; ids are asked for in slices well below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What tells an article from others: see news/identify.py."""

    id: str
    content_hash: str
    signature: bytes
    bands: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article already stored that may be the same text."""

    id: str
    host: str
    content_hash: str
    signature: bytes | None
    copy_of: str | None
    private: bool
    completeness: Completeness
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One text that an article had; `version` counts from 1, `fetched_at` is when it was read."""

    version: int
    title: str
    text: str
    content_hash: str
    fetched_at: datetime


class Articles:
    """Queries over articles. Those that take a connection belong to a caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def same_or_like(
        self, connection: Connection, identity: Identity
    ) -> tuple[Candidate | None, list[Candidate], list[Candidate]]:
        """Find the article with this id, those with the same content, and possible near copies."""
        known = sa.select(*[articles.c[name] for name in Candidate.__slots__])
        same = connection.execute(known.where(articles.c.id == identity.id)).first()
        equal = connection.execute(
            known.where(articles.c.content_hash == identity.content_hash)
        ).all()
        # of the index alone: an article's row is read only once it is known to be of the likest
        likest = (
            sa.select(bands.c.article_number)
            .where(bands.c.band.in_(identity.bands))
            .group_by(bands.c.article_number)
            .order_by(sa.func.count().desc(), bands.c.article_number.desc())
            .limit(_LIKEST)
        )
        like = connection.execute(
            known.where(articles.c.number.in_(likest), articles.c.private.is_(False)).order_by(
                articles.c.number
            )
        ).all()
        return (
            _candidate(same) if same else None,
            [_candidate(row) for row in equal],
            [_candidate(row) for row in like],
        )

    def add(
        self, connection: Connection, draft: Draft, identity: Identity, copy_of: str | None
    ) -> None:
        """Store a new article, waiting for its story."""
        number = connection.execute(
            sa.insert(articles)
            .values(id=identity.id, copy_of=copy_of, **_content(draft, identity))
            .returning(articles.c.number)
        ).scalar_one()
        self._file(connection, number, identity)

    def change(self, connection: Connection, draft: Draft, identity: Identity) -> bool:
        """Give a stored article another text; it is encoded anew and stays in its story.

        The old text is kept as a version of it. False, and nothing but the count changes, for
        an article that has as many versions as are kept.
        """
        mine = articles.c.id == identity.id
        old = connection.execute(select_articles().where(mine)).one()
        counted = sa.update(articles).where(mine).values(edits=articles.c.edits + 1)
        connection.execute(counted)
        if not self._keep(connection, old):
            return False
        connection.execute(
            sa.update(articles)
            .where(mine)
            .values(vector=None, placed=None, **_content(draft, identity))
        )
        connection.execute(sa.delete(bands).where(bands.c.article_number == old.number))
        self._file(connection, old.number, identity)
        return True

    def _keep(self, connection: Connection, old: Row[Any]) -> bool:
        """Keep an article's text as a version; false when there are as many as there may be."""
        kept = connection.execute(
            sa.select(sa.func.count(), sa.func.max(versions.c.version)).where(
                versions.c.article_number == old.number
            )
        ).one()
        if kept[0] + 1 >= MOST_VERSIONS:
            return False
        if old.text:  # a text that was dropped for its age is no version
            connection.execute(
                sa.insert(versions).values(
                    article_number=old.number,
                    version=(kept[1] or 0) + 1,
                    title=old.title,
                    text=old.text,
                    content_hash=old.content_hash,
                    fetched_at=old.fetched_at,
                )
            )
        return True

    def had(self, connection: Connection, id: str, content_hash: str) -> bool:
        """Whether an earlier version of an article that is kept said the same."""
        found = connection.execute(
            sa.select(versions.c.version)
            .join(articles, articles.c.number == versions.c.article_number)
            .where(articles.c.id == id, versions.c.content_hash == content_hash)
        )
        return found.first() is not None

    def versions(self, id: str) -> list[Version]:
        """Give all texts that an article had, oldest first; the last is the present one."""
        with self._database.read() as connection:
            now = connection.execute(select_articles().where(articles.c.id == id)).first()
            if now is None:
                return []
            rows = connection.execute(
                sa.select(versions)
                .where(versions.c.article_number == now.number)
                .order_by(versions.c.version)
            ).all()
        found = [_version(row, row.version) for row in rows]
        return [*found, _version(now, found[-1].version + 1 if found else 1)]

    def edits(self, id: str) -> int:
        """Count the changes that were seen of an article, those not kept included."""
        with self._database.read() as connection:
            found = connection.execute(sa.select(articles.c.edits).where(articles.c.id == id))
            return int(found.scalar() or 0)

    def publish(self, connection: Connection, id: str) -> None:
        """Let an article that a chat had sent in take part in stories, since a feed brought it."""
        connection.execute(sa.update(articles).where(articles.c.id == id).values(private=False))

    def _file(self, connection: Connection, number: int, identity: Identity) -> None:
        rows = [{"band": band, "article_number": number} for band in set(identity.bands)]
        if rows:
            connection.execute(sa.insert(bands), rows)

    def get(self, id: str) -> Article | None:
        """Give one article by its public id, or by an unambiguous beginning of six or more."""
        condition = articles.c.id == id
        if 6 <= len(id) < 12:
            condition = articles.c.id.startswith(id, autoescape=True)
        with self._database.read() as connection:
            rows = connection.execute(select_articles().where(condition).limit(2)).all()
        return read_article(rows[0]) if len(rows) == 1 else None

    def story_of(self, connection: Connection, id: str | None) -> int | None:
        """Give the story that an article is in; None while it waits, or without an id."""
        query = sa.select(articles.c.story_id).where(articles.c.id == id)
        return connection.execute(query).scalar() if id else None

    def by_numbers(self, numbers: Iterable[int]) -> dict[int, Article]:
        """Give articles by their arrival numbers; missing ones are left out."""
        wanted = list(numbers)
        found: dict[int, Article] = {}
        with self._database.read() as connection:
            for start in range(0, len(wanted), _MANY):
                part = wanted[start : start + _MANY]
                for row in connection.execute(select_articles().where(articles.c.number.in_(part))):
                    found[row.number] = read_article(row)
        return found

    def of_stories(self, story_ids: Sequence[int]) -> dict[int, list[Article]]:
        """Give the articles of each story, oldest first."""
        found: dict[int, list[Article]] = {id: [] for id in story_ids}
        with self._database.read() as connection:
            for start in range(0, len(story_ids), _MANY):
                part = story_ids[start : start + _MANY]
                query = select_articles().where(articles.c.story_id.in_(part))
                for row in connection.execute(query.order_by(articles.c.published_at)):
                    found[row.story_id].append(read_article(row))
        return found

    def matching(
        self, words: Sequence[str], *, since: datetime | None, limit: int, every: bool = False
    ) -> list[tuple[int, int, float]]:
        """Give (article number, story id, BM25 score, higher is better) for any of `words`.

        `every`: only articles with all of them.
        """
        terms = [_quoted(word) for word in words if word.strip()]
        if not terms:
            return []
        query = (
            "SELECT a.number, a.story_id, -bm25(articles_text, 3.0, 1.0) AS score "
            "FROM articles_text JOIN articles a ON a.number = articles_text.rowid "
            "WHERE articles_text MATCH :terms AND a.private = 0 AND a.story_id IS NOT NULL "
            + ("AND a.published_at >= :since " if since else "")
            + "ORDER BY score DESC LIMIT :limit"
        )
        values: dict[str, Any] = {
            "terms": (" AND " if every else " OR ").join(terms),
            "limit": limit,
        }
        if since:
            values["since"] = since
        statement = sa.text(query)
        if since:
            statement = statement.bindparams(
                sa.bindparam("since", type_=articles.c.published_at.type)
            )
        with self._database.read() as connection:
            rows = connection.execute(statement, values).all()
        return [(row.number, row.story_id, float(row.score)) for row in rows]

    def frequency(self, word: str) -> int:
        """Count the articles that hold a word, or one that begins with it (`word*`).

        Private ones too: to leave them out takes twelve times as long, and it only weighs words.
        """
        query = "SELECT count(*) FROM articles_text WHERE articles_text MATCH :term"
        with self._database.read() as connection:
            return int(connection.execute(sa.text(query), {"term": _quoted(word)}).scalar_one())

    def count(self) -> int:
        """Count the stored articles."""
        with self._database.read() as connection:
            return int(connection.execute(sa.select(sa.func.count(articles.c.number))).scalar_one())

    def newest_at(self) -> datetime | None:
        """Give the newest publication time among public articles."""
        with self._database.read() as connection:
            return connection.execute(
                sa.select(articles.c.published_at)
                .where(articles.c.private.is_(False))
                .order_by(articles.c.published_at.desc())
                .limit(1)
            ).scalar()

    def by_outlet(self) -> list[tuple[Outlet, int, datetime]]:
        """Give each outlet with its number of articles and its newest one's time."""
        c = articles.c
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(
                    c.outlet,
                    c.host,
                    sa.func.max(c.country).label("country"),
                    sa.func.max(c.region).label("region"),
                    sa.func.max(c.ownership).label("ownership"),
                    sa.func.max(c.family).label("family"),
                    sa.func.max(c.language).label("language"),
                    sa.func.count().label("n"),
                    sa.func.max(c.published_at, type_=c.published_at.type).label("newest"),
                )
                .where(c.private.is_(False))
                .group_by(c.outlet, c.host)
                .order_by(sa.desc("n"), c.outlet)
            ).all()
        return [(_outlet(row, row.outlet), row.n, row.newest) for row in rows]


def _quoted(word: str) -> str:
    """Quote a word for the full-text index, so that no user's text is ever its syntax.

    One asterisk at the end stays outside the quotes: it asks for words that begin so.
    """
    star = "*" if word.endswith("*") else ""
    # a NUL would end the query, a lone surrogate cannot be handed over
    plain = word.removesuffix("*").replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    return '"' + plain.replace('"', '""') + '"' + star


def _content(draft: Draft, identity: Identity) -> dict[str, Any]:
    return {
        "url": draft.url,
        "title": draft.title,
        "text": draft.text,
        "outlet": draft.outlet.name,
        "host": draft.outlet.host,
        "country": draft.outlet.country,
        "region": draft.outlet.region,
        "ownership": draft.outlet.ownership,
        "family": draft.outlet.family,
        "language": draft.language,
        "author": draft.author,
        "published_at": draft.published_at,
        "fetched_at": draft.fetched_at,
        "content_hash": identity.content_hash,
        "completeness": draft.completeness,
        "private": draft.private,
        "signature": identity.signature,
    }


def select_articles() -> sa.Select[Any]:
    """Begin a query for what `read_article` needs, without the heavy columns."""
    heavy = {"signature", "vector", "placed", "edits"}
    return sa.select(*[column for column in articles.c if column.name not in heavy])


def _outlet(row: Row[Any], name: str) -> Outlet:
    return Outlet(
        name=name,
        host=row.host,
        country=row.country,
        region=row.region,
        language=row.language,
        ownership=row.ownership,
        family=row.family,
    )


def read_article(row: Row[Any]) -> Article:
    """Make a row of `select_articles` an article."""
    return Article(
        id=row.id,
        number=row.number,
        url=row.url,
        title=row.title,
        text=row.text,
        outlet=_outlet(row, row.outlet),
        language=row.language,
        author=row.author,
        published_at=row.published_at,
        fetched_at=row.fetched_at,
        content_hash=row.content_hash,
        completeness=row.completeness,
        copy_of=row.copy_of,
        story_id=row.story_id,
        private=row.private,
    )


def _candidate(row: Row[Any]) -> Candidate:
    return Candidate(
        id=row.id,
        host=row.host,
        content_hash=row.content_hash,
        signature=row.signature,
        copy_of=row.copy_of,
        private=row.private,
        completeness=row.completeness,
        published_at=row.published_at,
    )


def _version(row: Row[Any], version: int) -> Version:
    return Version(
        version=version,
        title=row.title,
        text=row.text,
        content_hash=row.content_hash,
        fetched_at=row.fetched_at,
    )
