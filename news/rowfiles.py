"""JSONL files to stored articles, by the hundred, going on where a reading was cut short.

What a row's fields are called is news.rows' to know, what becomes of a text news.receiving's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from news import identify
from news.bookmarks import Bookmark, Line, Place, Reading, read_lines
from news.model import Draft, Received
from news.outlets import Outlets
from news.receiving import Receiver, failed, first_words, published
from news.rows import read_row
from news.store import Store
from news.ways.fieldmap import FieldMap

ROWS_AT_ONCE = 200
"""Rows stored in one transaction: some tenths of a second in which nobody else can write."""

Told = Callable[[Reading], None]


class RowFiles:
    """Takes JSONL files in."""

    def __init__(self, store: Store, receiver: Receiver, outlets: Outlets) -> None:
        self._store = store
        self._receiver = receiver
        self._outlets = outlets

    def take(
        self, path: Path, *, now: datetime, private: bool, fields: FieldMap, told: Told
    ) -> Iterator[Received]:
        """Give one outcome for each row; a file for all goes on where its last reading stopped.

        Raises OSError and ValueError for a path that cannot be read.
        """
        mark = Bookmark(self._store, path) if path.is_file() and not private else None
        size = max(path.stat().st_size, 1)
        place = mark.place() if mark else Place()
        before = place.lines
        told(Reading(what=str(path), share=place.offset / size, lines_before=before))
        with path.open("rb") as file:
            lines = read_lines(file, place)
            while batch := list(islice(lines, ROWS_AT_ONCE)):
                place = Place(offset=batch[-1].end, lines=batch[-1].number)
                # a file of one batch is stored at once or not at all
                marked = mark is not None and (before > 0 or place.offset < size)
                yield from self._receiver.receive_many(
                    [self._line(line, path, fields, now, private) for line in batch],
                    partial(mark.move, place=place) if mark and marked else None,
                )
                share = min(1.0, place.offset / size)
                told(Reading(what=str(path), share=share, lines_before=before))
        if mark:
            mark.finish()

    def _line(
        self, line: Line, path: Path, fields: FieldMap, now: datetime, private: bool
    ) -> tuple[str, Draft | Received]:
        what = f"{path}:{line.number}"
        if line.row is None:
            return what, failed(what, line.problem or "is not a JSON object")
        return what, self._row(fields.apply(line.row), now=now, private=private)

    def _row(self, row: dict[str, Any], *, now: datetime, private: bool) -> Draft:
        found = read_row(row, now=now)
        url = identify.canonical_url(found.url) if found.url else None
        text = found.text or found.teaser
        return Draft(
            url=url,
            title=found.title or first_words(text),
            text=text,
            outlet=self._outlets.of(url, name=found.source or None),
            language=found.language or None,
            author=found.author or None,
            published_at=published(found.published_at, text, found.language or None, now),
            fetched_at=now,
            completeness="full" if found.text else "teaser",
            private=private,
        )
