"""The publisher that an article's outlet belongs to.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("family", sa.Text(), nullable=True))


def downgrade() -> None:
    op.execute("ALTER TABLE articles DROP COLUMN family")
