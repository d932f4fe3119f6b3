"""The sentences that each chat was shown, and the cited pages that are read again.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from news.store.types import Id, Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shown",
        sa.Column("id", Id, nullable=False),
        sa.Column("chat_id", Id, nullable=False),
        sa.Column("thread_id", Id, nullable=True),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("shown_at", Instant(), nullable=False),
        sa.Column("corrected_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["chat_id"],
            ["chats.id"],
            name=op.f("fk_shown_chat_id"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shown")),
        sa.UniqueConstraint(
            "chat_id", "article_id", "mark", name=op.f("uq_shown_chat_id_article_id_mark")
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_shown_article_id"), "shown", ["article_id"])
    op.create_index(op.f("ix_shown_shown_at"), "shown", ["shown_at"])
    op.create_table(
        "rereads",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_rereads")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_rereads_due_at"), "rereads", ["due_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_rereads_due_at"), table_name="rereads")
    op.drop_table("rereads")
    op.drop_index(op.f("ix_shown_shown_at"), table_name="shown")
    op.drop_index(op.f("ix_shown_article_id"), table_name="shown")
    op.drop_table("shown")
