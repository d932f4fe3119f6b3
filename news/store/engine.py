"""Opening the database: SQLite with WAL and one writer, tables brought up to date.

A read is a deferred transaction; a write takes SQLite's write lock at once, so that two
processes wait for each other instead of failing half way.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

BUSY_SECONDS = 30.0
"""How long one process waits for another's write before it gives up."""

_INCREMENTAL = 2
_PAGES_AT_ONCE = 500
"""Free pages given back in one go; between two, others may write."""
_MUCH_FREE = 0.25
_RESTORE = "restore a backup or choose another folder with --data"
_TROUBLE = {
    sqlite3.SQLITE_NOTADB: _RESTORE,
    sqlite3.SQLITE_CORRUPT: _RESTORE,
    sqlite3.SQLITE_CANTOPEN: "choose another folder with --data",
    sqlite3.SQLITE_READONLY: "make it writable or choose another folder with --data",
    sqlite3.SQLITE_PERM: "make it writable or choose another folder with --data",
    sqlite3.SQLITE_IOERR: "check the disk",
    sqlite3.SQLITE_FULL: "free some space on its disk",
    sqlite3.SQLITE_BUSY: "another program holds it; try again later",
    sqlite3.SQLITE_LOCKED: "another program holds it; try again later",
}
"""SQLite's results that are no bug of ours, with what to do about each."""


class StoreUnavailable(Exception):
    """The database cannot be opened or used; the message is one line that says what to do."""


class Database:
    """An open database. `read()` and `write()` give connections inside a transaction."""

    def __init__(self, path: Path) -> None:
        """Open (and create) the SQLite file at `path`.

        Raises StoreUnavailable when the folder cannot be written or the file is no database.
        """
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(
                f"cannot create the data folder {path.parent}: {error.strerror}; "
                "choose another with --data"
            ) from error
        # a path is no URL text: "?" and "%" in it mean themselves; a thread that has to wait
        # waits for SQLite, not for the pool
        self.engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(path)),
            connect_args={"timeout": BUSY_SECONDS},
            max_overflow=-1,
        )
        sa.event.listen(self.engine, "connect", _prepare)
        sa.event.listen(self.engine, "begin", _begin)
        self._writer = self.engine.execution_options(geobrief_write=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database. Raises StoreUnavailable."""
        with self._translated(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection whose changes are kept together at the end, or not at all.

        Raises StoreUnavailable.
        """
        with self._translated(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Tell trouble with the file in one line; broken rules of the tables are bugs, and stay."""
        try:
            yield
        except (sa.exc.DatabaseError, sqlite3.DatabaseError) as error:
            cause = error.orig if isinstance(error, sa.exc.DatabaseError) else error
            code = getattr(cause, "sqlite_errorcode", None)
            if code is None or code & 0xFF not in _TROUBLE:
                raise
            raise StoreUnavailable(
                f"{self.path} cannot be used as the store ({cause}); {_TROUBLE[code & 0xFF]}"
            ) from error

    def upgrade(self) -> None:
        """Bring the tables to this version's form; safe when another process does the same."""
        from alembic import command
        from alembic.util import CommandError

        try:
            with self.write() as connection:
                command.upgrade(_alembic(connection), "head")
        except CommandError as error:
            raise StoreUnavailable(
                f"{self.path} was made by a newer version of geobrief ({error}); "
                "install that one or choose another folder with --data"
            ) from error
        except sa.exc.DatabaseError as error:
            raise StoreUnavailable(
                f"{self.path} cannot be used as the store ({error.orig}); {_RESTORE}"
            ) from error

    def revision(self) -> tuple[str | None, str | None]:
        """The form that the tables have, and the newest that this version knows."""
        from alembic.runtime.migration import MigrationContext
        from alembic.script import ScriptDirectory

        with self.read() as connection:
            config = _alembic(connection)
            return (
                MigrationContext.configure(connection).get_current_revision(),
                ScriptDirectory.from_config(config).get_current_head(),
            )

    def check(self) -> list[str]:
        """SQLite's own integrity report and broken references; empty when all is well."""
        with self.read() as connection:
            lines = [
                row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check").fetchall()
            ]
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        return [line for line in lines if line != "ok"] + [
            f"table {row[0]} row {row[1]} points at a missing row of {row[2]}" for row in broken
        ]

    def backup(self, folder: Path) -> Path:
        """Copy the database, consistent while others write, and return the copy's path."""
        folder.mkdir(parents=True, exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        target = folder / f"{self.path.stem}-{stamp}.db"
        with (
            closing(sqlite3.connect(self.path)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
        return target

    def shrink(self) -> int:
        """Give free pages back to the file system; give the bytes.

        A file from before this was done as it grows is written anew once much of it is free.
        """
        with self._translated(), closing(sqlite3.connect(self.path)) as connection:
            connection.isolation_level = None
            connection.execute(f"PRAGMA busy_timeout={int(1000 * BUSY_SECONDS)}")
            # what was deleted from the full-text index takes room until its parts are merged
            connection.execute(
                "INSERT INTO articles_text(articles_text, rank) VALUES ('merge', -2000)"
            )
            page = _pragma(connection, "page_size")
            pages, free = _pragma(connection, "page_count"), _pragma(connection, "freelist_count")
            if _pragma(connection, "auto_vacuum") == _INCREMENTAL:
                while _pragma(connection, "freelist_count"):
                    connection.execute(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})").fetchall()
            elif free > pages * _MUCH_FREE:
                connection.execute(f"PRAGMA auto_vacuum={_INCREMENTAL}")
                connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return page * (pages - _pragma(connection, "page_count"))

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _prepare(connection: Any, _record: Any) -> None:
    """Leave transactions to `_begin`, and set what SQLite forgets per connection."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA auto_vacuum={_INCREMENTAL}")  # heeded while the file is empty
    _use_wal(cursor)
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _use_wal(cursor: sqlite3.Cursor) -> None:
    """Switch a new file to WAL; SQLite does not wait here for another process that does so too."""
    give_up = time.monotonic() + BUSY_SECONDS
    while cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.02)


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("geobrief_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _alembic(connection: Connection) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("news.store") / "migrations"))
    config.attributes["connection"] = connection
    return config
