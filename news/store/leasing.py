"""Rows that are due, taken by one process at a time: a due time that is moved while somebody works.

A process that dies gives nothing back, and needs not: its rows are due again when the lease ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row


def lease(
    connection: Connection, due: sa.Select[Any], column: sa.Column[Any], until: datetime
) -> Sequence[Row[Any]]:
    """Give the rows of a query and move `column` of each to `until`.

    The query gives the primary key of the column's table, and the transaction is a writing one:
    nobody else can take the same rows in between.
    """
    rows = connection.execute(due).all()
    keys = list(column.table.primary_key)
    if rows:
        mine = [key == sa.bindparam(f"key_{key.name}") for key in keys]
        connection.execute(
            sa.update(column.table).where(*mine).values({column.name: until}),
            [{f"key_{key.name}": getattr(row, key.name) for key in keys} for row in rows],
        )
    return rows
