"""Stories as articles are compared with them, terms counted in buckets, indexes for a big store.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from news.store.types import Id, Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WAITS = "private = 0 AND text != '' AND (story_id IS NULL OR vector IS NULL)"


def upgrade() -> None:
    op.create_table(
        "sketches",
        sa.Column("story_id", Id, nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("place", Id, nullable=False),
        sa.Column("buckets", sa.LargeBinary(), nullable=False),
        sa.Column("weights", sa.LargeBinary(), nullable=False),
        sa.Column("total", sa.LargeBinary(), nullable=False),
        sa.Column("found_by", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_sketches_story_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_sketches")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sketches_last_at"), "sketches", ["last_at"])
    op.create_table(
        "buckets",
        sa.Column("bucket", Id, autoincrement=False, nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_buckets")),
        sqlite_strict=True,
    )
    _count_anew()
    op.drop_table("terms")
    op.drop_index(op.f("ix_articles_story_id"), table_name="articles")
    op.create_index(op.f("ix_articles_story_id_placed"), "articles", ["story_id", "placed"])
    op.create_index(
        "ix_articles_waiting",
        "articles",
        ["published_at", "number"],
        sqlite_where=sa.text(_WAITS),
        postgresql_where=sa.text(_WAITS),
    )


def _count_anew() -> None:
    """Give each bucket the sum of its terms' counts."""
    from news.signals import bucket
    from news.store.placing import ALL

    connection = op.get_bind()
    counts: dict[int, int] = {}
    for term, count in connection.execute(sa.text("SELECT term, articles FROM terms")):
        place = bucket(term) if term else ALL
        counts[place] = counts.get(place, 0) + count
    rows = [{"bucket": place, "articles": count} for place, count in sorted(counts.items())]
    if rows:
        insert = sa.text("INSERT INTO buckets (bucket, articles) VALUES (:bucket, :articles)")
        connection.execute(insert, rows)


def downgrade() -> None:
    op.drop_index("ix_articles_waiting", table_name="articles")
    op.drop_index(op.f("ix_articles_story_id_placed"), table_name="articles")
    op.create_index(op.f("ix_articles_story_id"), "articles", ["story_id"])
    op.create_table(
        "terms",
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("term", name=op.f("pk_terms")),
        sqlite_strict=True,
    )
    op.drop_table("buckets")
    op.drop_table("sketches")
