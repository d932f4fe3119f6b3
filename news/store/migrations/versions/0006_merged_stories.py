"""Where the ids of merged stories lead.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from news.store.types import Id, Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merged",
        sa.Column("old_id", Id, autoincrement=False, nullable=False),
        sa.Column("story_id", Id, nullable=False),
        sa.Column("shift", sa.Integer(), nullable=False),
        sa.Column("merged_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_merged_story_id")),
        sa.PrimaryKeyConstraint("old_id", name=op.f("pk_merged")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_merged_story_id"), "merged", ["story_id"])
    # what was grouped before stays as it is: to look at all of it would take hours
    op.execute(
        "INSERT INTO meta (key, value) SELECT 'corrected', value FROM meta WHERE key = 'placed'"
    )


def downgrade() -> None:
    op.execute("DELETE FROM meta WHERE key IN ('corrected', 'corrections')")
    op.drop_index(op.f("ix_merged_story_id"), table_name="merged")
    op.drop_table("merged")
