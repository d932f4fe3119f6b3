"""Migrations make exactly the tables that queries are written against, and can be undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from news.store import Store, StoreUnavailable
from news.store.engine import Database, _alembic
from news.store.tables import metadata


def _ours(object_: Any, name: str | None, kind: str, *_: Any) -> bool:
    return not (kind == "table" and str(name).startswith("articles_text"))


def test_the_migrations_make_the_tables_of_the_code(store: Store) -> None:
    """Nothing differs but the full-text index, which the code does not describe."""
    with store.database.read() as connection:
        options = {"include_object": _ours, "render_as_batch": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_an_empty_file_is_brought_up_and_down_again(tmp_path: Path) -> None:
    """From nothing to the newest form and back leaves only the mark of the version."""
    database = Database(tmp_path / "news.db")
    assert database.revision()[0] is None
    database.upgrade()
    database.upgrade()
    assert database.revision()[0] == database.revision()[1]
    with database.write() as connection:
        command.downgrade(_alembic(connection), "base")
    with database.read() as connection:
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]
    database.upgrade()
    database.close()


def test_a_newer_form_is_told_in_one_line(tmp_path: Path) -> None:
    """A store that a later version made is left alone, with one line that says so."""
    store = Store(tmp_path / "news.db")
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    with pytest.raises(StoreUnavailable, match="newer version"):
        Store(tmp_path / "news.db")
