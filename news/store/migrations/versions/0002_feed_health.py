"""What a feed's health is told by, and how often an entry has changed.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from news.store.types import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_FEEDS = (
    ("body_hash", sa.Text()),
    ("ttl", sa.Integer()),
    ("cadence", sa.Integer()),
    ("failing_since", Instant()),
    ("last_item_at", Instant()),
    ("notice", sa.Text()),
)


def upgrade() -> None:
    for name, kind in _FEEDS:
        op.add_column("feeds", sa.Column(name, kind, nullable=True))
    op.add_column("entries", sa.Column("changes", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.execute("ALTER TABLE entries DROP COLUMN changes")
    for name, _ in reversed(_FEEDS):
        op.execute(f"ALTER TABLE feeds DROP COLUMN {name}")
