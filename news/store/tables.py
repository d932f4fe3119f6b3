"""The tables. Migrations create them; this is what queries are written against."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from news.store.types import Flag, HalfVector, Id, Instant, Json

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, *parts: sa.schema.SchemaItem, **more: Any) -> sa.Table:
    return sa.Table(name, metadata, *parts, sqlite_strict=True, **more)


meta = _table(
    "meta",
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", Json, nullable=False),
)

feeds = _table(
    "feeds",
    sa.Column("id", Id, primary_key=True),
    sa.Column("url", sa.Text, nullable=False, unique=True),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("country", sa.Text),
    sa.Column("region", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("ownership", sa.Text, nullable=False),
    sa.Column("confirmed", Flag, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("next_due_at", Instant, nullable=False, index=True),
    sa.Column("last_tried_at", Instant),
    sa.Column("last_success_at", Instant),
    sa.Column("failures", sa.Integer, nullable=False, default=0),
    sa.Column("error", sa.Text),
    sa.Column("items", sa.Integer, nullable=False, default=0),
    sa.Column("active", Flag, nullable=False, default=True),
    sa.Column("body_hash", sa.Text),
    sa.Column("ttl", sa.Integer),
    sa.Column("cadence", sa.Integer),
    sa.Column("failing_since", Instant),
    sa.Column("last_item_at", Instant),
    sa.Column("notice", sa.Text),
)
"""`ttl` and `cadence` are seconds; `body_hash` is of what the feed says apart from its clock."""

entries = _table(
    "entries",
    sa.Column("feed_id", Id, sa.ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("guid", sa.Text, primary_key=True),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("item", Json, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("next_try_at", Instant, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("article_id", sa.Text),
    sa.Column("changes", sa.Integer, nullable=False, default=0, server_default="0"),
)
"""`changes` counts how often only the content changed."""

WAITS = "private = 0 AND text != '' AND (story_id IS NULL OR vector IS NULL)"
"""Which articles wait for a story or a vector; texts dropped for their age do not. Word for word
the condition of an index, without which the few that wait are looked for among all."""

articles = _table(
    "articles",
    sa.Column("number", Id, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("url", sa.Text),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("country", sa.Text),
    sa.Column("region", sa.Text),
    sa.Column("ownership", sa.Text, nullable=False),
    sa.Column("family", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("author", sa.Text),
    sa.Column("published_at", Instant, nullable=False, index=True),
    sa.Column("fetched_at", Instant, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False, index=True),
    sa.Column("completeness", sa.Text, nullable=False),
    sa.Column("copy_of", sa.Text),
    sa.Column("story_id", Id, sa.ForeignKey("stories.id")),
    sa.Column("private", Flag, nullable=False, default=False),
    sa.Column("signature", sa.LargeBinary),
    sa.Column("vector", HalfVector),
    sa.Column("placed", Id, index=True),
    sa.Column("edits", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Index("ix_articles_story_id_placed", "story_id", "placed"),
    sa.Index(
        "ix_articles_waiting",
        "published_at",
        "number",
        sqlite_where=sa.text(WAITS),
        postgresql_where=sa.text(WAITS),
    ),
)
"""`private` articles were sent in by a chat or a command: summarised, but no part of any brief.

`placed` numbers the articles in the order in which they got their story and vector, anew after
an edit: who has seen everything up to one number asks for what is above it. `edits` counts the
changes seen after the first text, those beyond the versions that are kept included.
"""

versions = _table(
    "versions",
    sa.Column(
        "article_number",
        Id,
        sa.ForeignKey("articles.number", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("fetched_at", Instant, nullable=False),
)
"""What an edited article said before: its earlier texts from 1 on; the newest is in `articles`."""

buckets = _table(
    "buckets",
    sa.Column("bucket", Id, primary_key=True, autoincrement=False),
    sa.Column("articles", sa.Integer, nullable=False),
)
"""In how many grouped articles a term of each bucket stands; bucket -1 counts the articles."""

bands = _table(
    "bands",
    sa.Column("band", Id, primary_key=True, autoincrement=False),
    sa.Column(
        "article_number",
        Id,
        sa.ForeignKey("articles.number", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
    sqlite_with_rowid=False,
)
"""Near copies share a band; a tree in the order of its key, since nothing else is asked of it."""

stories = _table(
    "stories",
    sa.Column("id", Id, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("first_at", Instant, nullable=False),
    sa.Column("last_at", Instant, nullable=False, index=True),
    sa.Column("changed_at", Instant, nullable=False, index=True),
    sa.Column("articles", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("outlets", Json, nullable=False),
    sa.Column("countries", Json, nullable=False),
    sa.Column("named", Json, nullable=False, server_default="{}"),
)

merged = _table(
    "merged",
    sa.Column("old_id", Id, primary_key=True, autoincrement=False),
    sa.Column("story_id", Id, sa.ForeignKey("stories.id"), nullable=False, index=True),
    sa.Column("shift", sa.Integer, nullable=False),
    sa.Column("merged_at", Instant, nullable=False),
)
"""Where the ids of stories lead that became part of another; `shift` makes a revision of the old
one a revision of the new. Never a chain: what leads to a story is moved when that one moves."""

sketches = _table(
    "sketches",
    sa.Column("story_id", Id, sa.ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("articles", sa.Integer, nullable=False),
    sa.Column("first_at", Instant, nullable=False),
    sa.Column("last_at", Instant, nullable=False, index=True),
    sa.Column("place", Id, nullable=False),
    sa.Column("buckets", sa.LargeBinary, nullable=False),
    sa.Column("weights", sa.LargeBinary, nullable=False),
    sa.Column("total", sa.LargeBinary, nullable=False),
    sa.Column("found_by", sa.LargeBinary, nullable=False),
)
"""What articles are compared with, see news/sketch.py; an old story has none and needs none."""

digests = _table(
    "digests",
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("digest", Json, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

chats = _table(
    "chats",
    sa.Column("id", Id, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("length", sa.Text, nullable=False),
    sa.Column("paused", sa.Text),
    sa.Column("created_at", Instant, nullable=False),
)

subscriptions = _table(
    "subscriptions",
    sa.Column("id", Id, primary_key=True),
    sa.Column("chat_id", Id, sa.ForeignKey("chats.id", onupdate="CASCADE"), nullable=False),
    sa.Column("thread_id", Id),
    sa.Column("topics", Json, nullable=False),
    sa.Column("local_time", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("next_due_at", Instant, nullable=False, index=True),
    sa.Column("last_slot_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("leased_until", Instant),
)

follows = _table(
    "follows",
    sa.Column(
        "chat_id",
        Id,
        sa.ForeignKey("chats.id", onupdate="CASCADE", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("story_id", Id, sa.ForeignKey("stories.id"), primary_key=True, index=True),
    sa.Column("thread_id", Id),
    sa.Column("revision", sa.Integer, nullable=False),
)

briefs = _table(
    "briefs",
    sa.Column("id", Id, primary_key=True),
    sa.Column("slot", sa.Text, nullable=False, unique=True),
    sa.Column("chat_id", Id, sa.ForeignKey("chats.id", onupdate="CASCADE"), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)
"""`slot` names what the brief was due for ("subscription 7 at 2022-02-18T07:30Z"): once ever."""

told = _table(
    "told",
    sa.Column(
        "chat_id",
        Id,
        sa.ForeignKey("chats.id", onupdate="CASCADE", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("story_id", Id, sa.ForeignKey("stories.id"), primary_key=True, index=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("told_at", Instant, nullable=False),
)

deliveries = _table(
    "deliveries",
    sa.Column("id", Id, primary_key=True),
    sa.Column("brief_id", Id, sa.ForeignKey("briefs.id", ondelete="CASCADE"), nullable=False),
    sa.Column("chat_id", Id, sa.ForeignKey("chats.id", onupdate="CASCADE"), nullable=False),
    sa.Column("thread_id", Id),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("markup", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("next_try_at", Instant, nullable=False),
    sa.Column("message_id", Id),
    sa.Column("error", sa.Text),
    sa.UniqueConstraint("brief_id", "part"),
    sa.Index("ix_deliveries_due", "state", "next_try_at"),
)

shown = _table(
    "shown",
    sa.Column("id", Id, primary_key=True),
    sa.Column(
        "chat_id",
        Id,
        sa.ForeignKey("chats.id", onupdate="CASCADE", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("thread_id", Id),
    sa.Column("article_id", sa.Text, nullable=False, index=True),
    sa.Column("mark", sa.Text, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("published_at", Instant),
    sa.Column("shown_at", Instant, nullable=False, index=True),
    sa.Column("corrected_at", Instant),
    sa.UniqueConstraint("chat_id", "article_id", "mark"),
)
"""The source sentences that a chat was shown; `corrected_at` is when it was told of a correction.

No story is named: a sentence belongs to the story that its article is in now.
"""

rereads = _table(
    "rereads",
    sa.Column("article_id", sa.Text, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("due_at", Instant, nullable=False, index=True),
    sa.Column("until_at", Instant, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("gone", sa.Integer, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
)
"""Cited pages that are read again until a day after they were last shown to anybody."""
