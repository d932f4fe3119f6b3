"""How much each country is named in a story's articles: what one names in passing is told apart.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stories", sa.Column("named", sa.Text(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.execute("ALTER TABLE stories DROP COLUMN named")
