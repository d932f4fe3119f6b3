"""The preview's memory: one SQLite file with chats, messages, files and unconfirmed updates.

Knows rows and JSON, no rules of Telegram. One connection, used from one thread; every write is
its own transaction, so a stop at any moment loses nothing that was answered.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS chats (
    chat_id INTEGER PRIMARY KEY, next_message_id INTEGER NOT NULL DEFAULT 1, body TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS messages (
    chat_id INTEGER NOT NULL REFERENCES chats, message_id INTEGER NOT NULL,
    revision INTEGER NOT NULL, deleted INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (chat_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ix_messages_revision ON messages (chat_id, revision);
CREATE TABLE IF NOT EXISTS files (
    file_id TEXT PRIMARY KEY, name TEXT NOT NULL, mime TEXT NOT NULL, content BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS message_files (
    file_id TEXT NOT NULL REFERENCES files, chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL,
    PRIMARY KEY (file_id, chat_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS updates (
    update_id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS callbacks (
    callback_id TEXT PRIMARY KEY, asked_at REAL NOT NULL, answer TEXT
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that a user or the bot sent."""

    file_id: str
    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """A message as the Bot API shows it; a deleted one keeps only its place."""

    message_id: int
    revision: int
    deleted: bool
    body: Json


class Store:
    """All rows; `keep` is how many messages of a chat stay."""

    def __init__(self, path: Path, *, keep: int = 2000) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._keep = keep
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA busy_timeout = 5000")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction around several writes; joins one that is open already."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def setting(self, name: str, default: Any = None) -> Any:
        """A named value, or the default."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return default if row is None else json.loads(row[0])

    def settings(self, prefix: str) -> Json:
        """All named values whose name begins with a prefix, without it."""
        rows = self._db.execute(
            "SELECT name, value FROM meta WHERE substr(name, 1, ?) = ?", (len(prefix), prefix)
        )
        return {name[len(prefix) :]: json.loads(value) for name, value in rows}

    def set(self, name: str, value: Any) -> None:
        """Keep a named value; None forgets it."""
        if value is None:
            self._db.execute("DELETE FROM meta WHERE name = ?", (name,))
            return
        self._db.execute(
            "INSERT INTO meta VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, _text(value)),
        )

    def chat(self, chat_id: int) -> Json | None:
        """A chat's record."""
        row = self._db.execute("SELECT body FROM chats WHERE chat_id = ?", (chat_id,)).fetchone()
        return None if row is None else json.loads(row[0])

    def chats(self) -> list[Json]:
        """All chats, the first created first."""
        rows = self._db.execute("SELECT body FROM chats")
        return sorted((json.loads(row[0]) for row in rows), key=lambda one: int(one["number"]))

    def save_chat(self, chat_id: int, body: Json) -> None:
        """Create or replace a chat's record."""
        self._db.execute(
            "INSERT INTO chats (chat_id, body) VALUES (?, ?)"
            " ON CONFLICT (chat_id) DO UPDATE SET body = excluded.body",
            (chat_id, _text(body)),
        )

    def new_message_id(self, chat_id: int) -> int:
        """The next message number of a chat; numbers are never used twice."""
        row = self._db.execute(
            "UPDATE chats SET next_message_id = next_message_id + 1 WHERE chat_id = ?"
            " RETURNING next_message_id - 1",
            (chat_id,),
        ).fetchone()
        return int(row[0])

    def save_message(self, chat_id: int, message_id: int, body: Json, *, deleted: bool) -> int:
        """Write a message with a new revision, forget the oldest beyond the bound."""
        with self.together():
            revision = int(self.setting("revision", 0)) + 1
            self.set("revision", revision)
            self._db.execute(
                "INSERT INTO messages VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " revision = excluded.revision, deleted = excluded.deleted, body = excluded.body",
                (chat_id, message_id, revision, deleted, _text(body)),
            )
            for file_id in _file_ids(body):
                self._db.execute(
                    "INSERT OR IGNORE INTO message_files VALUES (?, ?, ?)",
                    (file_id, chat_id, message_id),
                )
            gone = self._db.execute(
                "DELETE FROM messages WHERE chat_id = ? AND message_id <= ?",
                (chat_id, message_id - self._keep),
            ).rowcount
            if gone or deleted:
                self._drop_files(chat_id, message_id)
        return revision

    def _drop_files(self, chat_id: int, newest: int) -> None:
        self._db.execute(
            "DELETE FROM message_files WHERE chat_id = ? AND (message_id <= ? OR EXISTS ("
            "SELECT 1 FROM messages WHERE messages.chat_id = message_files.chat_id AND"
            " messages.message_id = message_files.message_id AND deleted))",
            (chat_id, newest - self._keep),
        )
        self._db.execute(
            "DELETE FROM files WHERE file_id NOT IN (SELECT file_id FROM message_files)"
        )

    def message(self, chat_id: int, message_id: int) -> StoredMessage | None:
        """One message; None when there never was one or it is forgotten."""
        row = self._db.execute(
            "SELECT message_id, revision, deleted, body FROM messages"
            " WHERE chat_id = ? AND message_id = ?",
            (chat_id, message_id),
        ).fetchone()
        return None if row is None else _message(row)

    def messages_after(self, chat_id: int, revision: int) -> list[StoredMessage]:
        """What changed after a revision, the oldest message first."""
        rows = self._db.execute(
            "SELECT message_id, revision, deleted, body FROM messages"
            " WHERE chat_id = ? AND revision > ? ORDER BY message_id",
            (chat_id, revision),
        )
        return [_message(row) for row in rows]

    def revision(self, chat_id: int | None = None) -> int:
        """The newest revision, of one chat or of all."""
        if chat_id is None:
            return int(self.setting("revision", 0))
        row = self._db.execute(
            "SELECT coalesce(max(revision), 0) FROM messages WHERE chat_id = ?", (chat_id,)
        ).fetchone()
        return int(row[0])

    def save_file(self, stored: StoredFile) -> None:
        """Keep a file until no message shows it any more."""
        self._db.execute(
            "INSERT INTO files VALUES (?, ?, ?, ?)",
            (stored.file_id, stored.name, stored.mime, stored.content),
        )

    def file(self, file_id: str) -> StoredFile | None:
        """One file with its content."""
        row = self._db.execute(
            "SELECT file_id, name, mime, content FROM files WHERE file_id = ?", (file_id,)
        ).fetchone()
        if row is None:
            return None
        return StoredFile(file_id=row[0], name=row[1], mime=row[2], content=row[3])

    def add_update(self, body: Json) -> int:
        """Queue an update; its number is greater than all before it."""
        cursor = self._db.execute("INSERT INTO updates (body) VALUES (?)", (_text(body),))
        return int(cursor.lastrowid or 0)

    def updates(self, limit: int) -> list[Json]:
        """The oldest unconfirmed updates."""
        rows = self._db.execute(
            "SELECT update_id, body FROM updates ORDER BY update_id LIMIT ?", (limit,)
        )
        return [{"update_id": number} | json.loads(body) for number, body in rows]

    def confirm_updates(self, before: int) -> None:
        """Forget all updates with a smaller number."""
        self._db.execute("DELETE FROM updates WHERE update_id < ?", (before,))

    def keep_last_updates(self, count: int) -> None:
        """Forget all updates but the last few."""
        self._db.execute(
            "DELETE FROM updates WHERE update_id NOT IN"
            " (SELECT update_id FROM updates ORDER BY update_id DESC LIMIT ?)",
            (count,),
        )

    def pending_updates(self) -> int:
        """How many updates wait."""
        return int(self._db.execute("SELECT count(*) FROM updates").fetchone()[0])

    def add_callback(self, callback_id: str, asked_at: float) -> None:
        """Remember a pressed button until it is answered; the old ones go."""
        with self.together():
            self._db.execute("DELETE FROM callbacks WHERE asked_at < ?", (asked_at - 86_400,))
            self._db.execute("INSERT INTO callbacks VALUES (?, ?, NULL)", (callback_id, asked_at))

    def callback(self, callback_id: str) -> tuple[float, Json | None] | None:
        """When a button was pressed and what the bot answered."""
        row = self._db.execute(
            "SELECT asked_at, answer FROM callbacks WHERE callback_id = ?", (callback_id,)
        ).fetchone()
        if row is None:
            return None
        return float(row[0]), None if row[1] is None else json.loads(row[1])

    def answer_callback(self, callback_id: str, answer: Json) -> None:
        """Keep the bot's answer."""
        self._db.execute(
            "UPDATE callbacks SET answer = ? WHERE callback_id = ?", (_text(answer), callback_id)
        )


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _message(row: tuple[int, int, int, str]) -> StoredMessage:
    return StoredMessage(
        message_id=row[0], revision=row[1], deleted=bool(row[2]), body=json.loads(row[3])
    )


def _file_ids(body: Json) -> list[str]:
    found = [size["file_id"] for size in body.get("photo", [])]
    if "document" in body:
        found.append(body["document"]["file_id"])
    return found
