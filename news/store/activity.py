"""What outlets published lately, about which countries and in which languages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from news.model import Outlet
from news.store.engine import Database
from news.store.tables import articles, stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """An outlet's public articles in a stretch of time: how many, about what, the newest's time.

    `about` counts those whose stories are mainly about each country (its code).
    """

    outlet: Outlet
    articles: int
    about: dict[str, int]
    newest_at: datetime


class Activities:
    """Queries over what outlets do."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def languages(self) -> list[str]:
        """Give the languages of the public articles, the one of most first."""
        c = articles.c
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(c.language)
                .where(c.private.is_(False), c.language.is_not(None))
                .group_by(c.language)
                .order_by(sa.desc(sa.func.count()), c.language)
            )
            return list(rows.scalars())

    def between(self, since: datetime, until: datetime, *, main: int = 2) -> list[Activity]:
        """Give every outlet's activity in [since, until], one query whatever the number of texts.

        The first `main` countries of a story are what it is mainly about.
        """
        c = articles.c
        countries = sa.cast(stories.c.countries, sa.Text)
        query = (
            sa.select(
                c.outlet,
                c.host,
                sa.func.max(c.country).label("country"),
                sa.func.max(c.region).label("region"),
                sa.func.max(c.ownership).label("ownership"),
                sa.func.max(c.family).label("family"),
                countries.label("countries"),
                sa.func.count().label("n"),
                sa.func.max(c.published_at, type_=c.published_at.type).label("newest"),
            )
            .select_from(articles.outerjoin(stories, c.story_id == stories.c.id))
            .where(c.private.is_(False), c.published_at >= since, c.published_at <= until)
            .group_by(c.outlet, c.host, countries)
        )
        found: dict[tuple[str, str], Activity] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                key = (row.outlet, row.host)
                known = found.get(key)
                about = dict(known.about) if known else {}
                for code in json.loads(row.countries or "[]")[:main]:
                    about[code] = about.get(code, 0) + row.n
                found[key] = Activity(
                    outlet=Outlet(
                        name=row.outlet,
                        host=row.host,
                        country=row.country,
                        region=row.region,
                        ownership=row.ownership,
                        family=row.family,
                    ),
                    articles=row.n + (known.articles if known else 0),
                    about=about,
                    newest_at=max(row.newest, known.newest_at) if known else row.newest,
                )
        return list(found.values())
