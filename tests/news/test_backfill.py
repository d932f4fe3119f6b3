"""Long files of rows: stored by the hundred, gone on with where the last reading stopped."""

from __future__ import annotations

import json
import os
from itertools import islice
from pathlib import Path

import pytest
from newsroom import NOW

from news.ingest import Ingest, Reading
from news.rowfiles import ROWS_AT_ONCE
from news.ways.fieldmap import FieldMap

COUNT = 2 * ROWS_AT_ONCE + 50


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """A file of three batches, every row another text."""
    path = tmp_path / "rows.jsonl"
    lines = (
        json.dumps(
            {
                "url": f"https://harbour-post.example/{number}",
                "headline": f"Number {number}",
                "text": " ".join(f"word{number}x{place}" for place in range(20)) + ".",
            }
        )
        for number in range(COUNT)
    )
    path.write_text("\n".join(lines) + "\n")
    return path


def _notes(ingest: Ingest, path: Path) -> object:
    return ingest.store.note(f"rows {path.resolve()}")


def test_a_file_goes_on_where_it_stopped(ingest: Ingest, rows: Path) -> None:
    """What was stored is not read again, nothing is left out, and the mark goes at the end."""
    first = list(islice(ingest.take(str(rows), now=NOW), 10))
    assert ingest.store.articles.count() == ROWS_AT_ONCE
    heard: list[Reading] = []
    rest = list(ingest.take(str(rows), now=NOW, progress=heard.append))
    assert len(rest) == COUNT - ROWS_AT_ONCE
    assert {one.outcome for one in first + rest} == {"new"}
    assert rest[0].what == f"{rows}:{ROWS_AT_ONCE + 1}"
    assert ingest.store.articles.count() == COUNT
    assert heard[0].lines_before == ROWS_AT_ONCE
    assert [one.share for one in heard] == sorted(one.share for one in heard)
    assert heard[-1].share == 1.0
    assert _notes(ingest, rows) is None


def test_a_file_read_again_is_all_duplicates(ingest: Ingest, rows: Path) -> None:
    """Nothing new and nothing changed, and every row is told."""
    for outcome in ("new", "duplicate"):
        found = list(ingest.take(str(rows), now=NOW))
        assert [one.outcome for one in found] == [outcome] * COUNT


def test_a_changed_file_begins_anew(ingest: Ingest, rows: Path) -> None:
    """A mark counts only for the very file that it was made in."""
    next(ingest.take(str(rows), now=NOW))
    assert _notes(ingest, rows) is not None
    os.utime(rows, (1, 1))
    assert len(list(ingest.take(str(rows), now=NOW))) == COUNT


def test_a_private_reading_leaves_no_mark(ingest: Ingest, rows: Path) -> None:
    """What one chat reads does not shorten what another gets."""
    next(ingest.take(str(rows), now=NOW, private=True))
    assert _notes(ingest, rows) is None


def test_rows_with_foreign_names_are_read_by_a_map(ingest: Ingest, tmp_path: Path) -> None:
    """Fields are found where the flags say."""
    path = tmp_path / "foreign.jsonl"
    text = "The council of Varnes agreed on Tuesday to rebuild the quay."
    path.write_text(json.dumps({"h": "Quay", "b": {"t": text}}))
    fields = FieldMap.parse(["title=h", "text=b.t"])
    (received,) = ingest.take(str(path), now=NOW, fields=fields)
    article = ingest.store.articles.get(received.article_id or "")
    assert article is not None
    assert (article.title, article.text) == ("Quay", text)
