"""Versions of articles, their changes counted, and bands as numbers in one tree.

Revision ID: 0003
Revises: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from news.store.types import Id, Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _bands(name: str, kind: sa.types.TypeEngine[Any], *, with_rowid: bool) -> None:
    op.create_table(
        name,
        sa.Column("band", kind, nullable=False),
        sa.Column("article_number", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_number"],
            ["articles.number"],
            name=op.f("fk_bands_article_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("band", "article_number", name=op.f("pk_bands")),
        sqlite_strict=True,
        sqlite_with_rowid=with_rowid,
    )


def _replace_bands(type_name: str) -> None:
    op.execute(
        f"INSERT INTO bands_new SELECT CAST(band AS {type_name}), article_number FROM bands "
        "ORDER BY 1, 2"
    )
    op.drop_table("bands")
    op.rename_table("bands_new", "bands")


def upgrade() -> None:
    op.create_table(
        "versions",
        sa.Column("article_number", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("fetched_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_number"],
            ["articles.number"],
            name=op.f("fk_versions_article_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_number", "version", name=op.f("pk_versions")),
        sqlite_strict=True,
    )
    op.add_column(
        "articles", sa.Column("edits", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    _bands("bands_new", Id, with_rowid=False)
    _replace_bands("INTEGER")
    with op.batch_alter_table("bands", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bands_article_number"), ["article_number"])


def downgrade() -> None:
    with op.batch_alter_table("bands", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bands_article_number"))
    _bands("bands_new", sa.Text(), with_rowid=True)
    _replace_bands("TEXT")
    op.drop_column("articles", "edits")
    op.drop_table("versions")
