"""Taking away what is old, each kind of row by its own rule. What is old is the caller's to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from news.store.engine import Database
from news.store.tables import (
    articles,
    bands,
    briefs,
    buckets,
    deliveries,
    digests,
    entries,
    sketches,
    told,
    versions,
)

STORY = "story:"
"""The keys of the summaries that stay for ever begin so."""
SHOWN = "shown:"
"""The keys of what chats were shown begin so; it is kept for their Sources button."""
_UNSETTLED = ("planned", "sending")


class Aging:
    """Deletions by age."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stories_with_old_text(self, before: datetime) -> list[int]:
        """Give the stories that hold a text which was read before this instant."""
        c = articles.c
        query = (
            sa.select(c.story_id)
            .distinct()
            # nothing is published after it was read, and only this column has an index
            .where(c.published_at < before, c.fetched_at < before)
            .where(c.text != "", c.story_id.is_not(None))
            .order_by(c.story_id)
        )
        with self._database.read() as connection:
            return [id for id in connection.execute(query).scalars() if id is not None]

    def drop_texts(
        self, numbers: Sequence[int], before: datetime, counts: Mapping[int, int]
    ) -> int:
        """Drop the texts of some hundred articles with all that was made of them.

        None at all if one was read anew since `before`: gives how many went. `counts`: in how
        many of these texts each bucket stands, taken off the store's counts.
        """
        mine = articles.c.number.in_(numbers)
        with self._database.write() as connection:
            fresh = sa.select(articles.c.number).where(mine, articles.c.fetched_at >= before)
            if connection.execute(fresh.limit(1)).first():
                return 0
            for table in (bands, versions):
                connection.execute(sa.delete(table).where(table.c.article_number.in_(numbers)))
            rows = connection.execute(sa.select(articles).where(mine, articles.c.text != ""))
            bare = {"text": "", "signature": None, "vector": None, "placed": None}
            dropped = [{**row._mapping, **bare} for row in rows]
            # taken out and put back: a row that only shrinks leaves its page nearly empty for ever
            connection.execute(sa.delete(articles).where(mine, articles.c.text != ""))
            if dropped:
                connection.execute(sa.insert(articles), dropped)
            less = [{"place": place, "less": count} for place, count in sorted(counts.items())]
            if less:
                fewer = buckets.c.articles - sa.bindparam("less", type_=sa.Integer)
                one = buckets.c.bucket == sa.bindparam("place", type_=buckets.c.bucket.type)
                connection.execute(sa.update(buckets).where(one).values(articles=fewer), less)
                connection.execute(sa.delete(buckets).where(buckets.c.articles <= 0))
        return len(dropped)

    def delete_sketches(self, before: datetime) -> int:
        """Delete the sketches of stories that ended so long ago: they are made anew on need."""
        with self._database.write() as connection:
            return connection.execute(
                sa.delete(sketches).where(sketches.c.last_at < before)
            ).rowcount

    def delete_private(self, before: datetime) -> int:
        """Delete what chats and commands sent in for themselves."""
        c = articles.c
        old = sa.delete(articles).where(c.private.is_(True), c.published_at < before)
        with self._database.write() as connection:
            return connection.execute(
                old.where(c.fetched_at < before, c.story_id.is_(None))
            ).rowcount

    def delete_digests(self, before: datetime) -> int:
        """Delete summaries that can be made anew, and what was shown so long ago."""
        stays = digests.c.key.startswith(STORY, autoescape=True)
        with self._database.write() as connection:
            return connection.execute(
                sa.delete(digests).where(digests.c.created_at < before, ~stays)
            ).rowcount

    def delete_entries(self, before: datetime) -> int:
        """Delete feed entries settled so long ago; younger ones lose the text they came with."""
        c = entries.c
        settled = c.state.in_(("done", "failed"))
        with self._database.write() as connection:
            gone = connection.execute(sa.delete(entries).where(settled, c.next_try_at < before))
            connection.execute(sa.update(entries).where(settled, c["item"] != {}).values(item={}))
        return gone.rowcount

    def delete_briefs(self, before: datetime) -> int:
        """Delete briefs with their messages, all settled; each chat's newest one stays."""
        waiting = sa.select(deliveries.c.brief_id).where(deliveries.c.state.in_(_UNSETTLED))
        newest = sa.select(sa.func.max(briefs.c.id)).group_by(briefs.c.chat_id)
        with self._database.write() as connection:
            connection.execute(sa.delete(told).where(told.c.told_at < before))
            return connection.execute(
                sa.delete(briefs).where(
                    briefs.c.created_at < before,
                    briefs.c.id.not_in(waiting),
                    briefs.c.id.not_in(newest),
                )
            ).rowcount
