"""Long files of rows: their lines by position, and a mark in the store of how far one was read.

The mark is written with the rows it counts, so that what was stored is never read again and
what was not is never left out. Knows no articles.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy.engine import Connection

from news.store import Store

MAX_ROW_CHARS = 2 * 1024 * 1024
"""A JSONL file may be of any length, a row of it not."""
_HEAD = 64 * 1024
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that is not empty: its number from 1, where it ends, and what it holds.

    `row` is None where `problem` says in a few words what is wrong.
    """

    number: int
    end: int
    row: dict[str, Any] | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far a file was read: `offset` bytes, `lines` lines."""

    offset: int = 0
    lines: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How far the reading of something long has come: a `share` of 1, and rows read before."""

    what: str
    share: float
    lines_before: int = 0


class Bookmark:
    """The mark of one file. Another file at its path, or a changed one, begins anew."""

    def __init__(self, store: Store, path: Path) -> None:
        """Look at the file. Raises OSError."""
        found = path.stat()
        self._store = store
        self._key = f"rows {path.resolve()}"
        with path.open("rb") as file:
            head = hashlib.sha256(file.read(_HEAD)).hexdigest()
        self._file = {"size": found.st_size, "mtime_ns": found.st_mtime_ns, "head": head}
        self._marked = store.note(self._key)

    def place(self) -> Place:
        """Give where the last reading of this very file stopped; the beginning without one."""
        marked = self._marked
        if not marked or any(marked.get(name) != value for name, value in self._file.items()):
            return Place()
        return Place(offset=marked["offset"], lines=marked["lines"])

    def move(self, connection: Connection, place: Place) -> None:
        """Mark how far the file is read, within the transaction that stores its rows."""
        mark = {**self._file, "offset": place.offset, "lines": place.lines}
        self._store.note_within(connection, self._key, mark)
        self._marked = mark

    def finish(self) -> None:
        """Take the mark away: the file was read to its end."""
        if self._marked is not None:
            with self._store.database.write() as connection:
                self._store.note_within(connection, self._key, None)
            self._marked = None


def read_lines(file: IO[bytes], place: Place) -> Iterator[Line]:
    """Give the lines after a place; a row that is too long is the last one given."""
    if place.offset:
        file.seek(place.offset)
    number, end = place.lines, place.offset
    for line in iter(lambda: file.readline(MAX_ROW_CHARS), b""):
        number, end = number + 1, end + len(line)
        if len(line) == MAX_ROW_CHARS and not line.endswith(b"\n"):
            reason = "a row is too long; the file was read up to here"
            yield Line(number=number, end=end, problem=reason)
            return
        if number == 1:
            line = line.removeprefix(_BOM)  # noqa: PLW2901 - the mark of an encoding is no text
        if line.strip():
            yield _read(line, number, end)


def _read(line: bytes, number: int, end: int) -> Line:
    try:
        row = json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", None) or "nested too deep"
        return Line(number=number, end=end, problem=f"is not a JSON object: {reason}")
    if isinstance(row, dict):
        return Line(number=number, end=end, row=row)
    return Line(number=number, end=end, problem="is not a JSON object")
