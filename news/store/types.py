"""Column types that mean the same on every database: instants, flags, JSON, vectors.

SQLite's STRICT tables know only INTEGER, REAL, TEXT and BLOB, so each type names its form there.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from news.model import Vector


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant: timestamptz on PostgreSQL, text that sorts by time on SQLite."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's form for the database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Raise ValueError for a naive instant: a bug, not a user's mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime may not be stored")
        value = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return value
        # not strftime: it does not fill up the year to four digits
        return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give an aware UTC instant."""
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.fromisoformat(value).astimezone(UTC)


class Flag(TypeDecorator[bool]):
    """True or false as 1 or 0."""

    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        """True or false as 1 or 0."""
        return None if value is None else int(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        """1 or 0 as true or false."""
        return None if value is None else bool(value)


class Json(TypeDecorator[Any]):
    """Any JSON value as text."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write compact JSON, non-ASCII kept."""
        return (
            None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        )

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Read it back."""
        return None if value is None else json.loads(value)


class HalfVector(TypeDecorator[Vector]):
    """An embedding as float16 bytes: half the space, the same ranking to the third digit."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Vector | None, dialect: Dialect) -> bytes | None:
        """Give little-endian float16 bytes."""
        return None if value is None else np.asarray(value, dtype="<f2").tobytes()

    def process_result_value(self, value: Any, dialect: Dialect) -> Vector | None:
        """Give float32, shape (dimensions,)."""
        return None if value is None else np.frombuffer(value, dtype="<f2").astype(np.float32)


Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A whole number of 64 bits: Telegram's chat ids need more than 32."""
