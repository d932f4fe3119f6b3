"""Who was told a story, and who follows it, found by the story.

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("follows", "told"):
        op.create_index(op.f(f"ix_{table}_story_id"), table, ["story_id"])


def downgrade() -> None:
    for table in ("told", "follows"):
        op.drop_index(op.f(f"ix_{table}_story_id"), table_name=table)
