"""Grouping measured: BCubed counted by hand, rows in their forms, and the command itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from bot.evaluating import attach
from bot.evaluation_stories import (
    Correction,
    Labelled,
    bcubed,
    by_index,
    by_title,
    evaluate_stories,
    grouped,
    labelled,
)
from bot.failure import Failure
from news.signals import read_signals
from summarizer.encode import SentenceEncoder

FERRY = (
    "The ferry to Varnes ran aground on a sandbank and 140 passengers spent the night on board.",
    "Passengers of the Varnes ferry spent a night aboard after it had run onto a sandbank.",
)
LIBRARY = (
    "The library of Teral will open on Sundays, the council decided after a year of argument.",
    "Teral's council voted to open the town library on Sundays from the first of May.",
)
DATES = ("2021-03-04", "March 4, 2021", "2021-03-04T18:00:00+02:00", "4 Mar 2021 20:15")
KEYS = {"bcubed_precision", "bcubed_recall", "bcubed_f1"}


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    """The real encoder, loaded once."""
    return SentenceEncoder()


def _rows() -> list[dict[str, Any]]:
    texts = (FERRY[0], LIBRARY[0], FERRY[1], LIBRARY[1])
    titles = (
        "Ferry runs aground",
        "Library opens on Sundays",
        "Night on the ferry",
        "Sunday books",
    )
    return [
        {"id": f"r{at}", "title": titles[at], "article": text, "date": DATES[at],
         "source": "Harbour Post", "cluster": "ab"[at % 2], "mood": "calm"}
        for at, text in enumerate(texts)
    ]  # fmt: skip


def _item(cluster: str, title: str = "") -> Labelled:
    at = datetime(2021, 3, 4, tzinfo=UTC)
    signals = read_signals(title, "", np.zeros(4, np.float32), at)
    return Labelled(title=title, text="", cluster=cluster, signals=signals)


def test_bcubed_is_counted_over_articles() -> None:
    """One group that holds a story of two and one of another: 5/9 precise, all recalled."""
    found = bcubed([1, 1, 1], [_item("a"), _item("a"), _item("b")])
    assert found == {"bcubed_precision": 0.5556, "bcubed_recall": 1.0, "bcubed_f1": 0.7143}
    apart = bcubed([1, 2, 3], [_item("a"), _item("a"), _item("b")])
    assert apart == {"bcubed_precision": 1.0, "bcubed_recall": 0.6667, "bcubed_f1": 0.8}


def test_equal_titles_are_one_and_no_titles_are_not() -> None:
    """Case and punctuation make no other title; what has no title is compared with nothing."""
    items = [_item("a", "Ferry aground!"), _item("a", "ferry aground"), _item("b"), _item("c")]
    first, second, third, fourth = by_title(items)
    assert first == second
    assert len({first, third, fourth}) == 3


def test_what_was_joined_wrongly_is_parted_as_in_the_program(encoder: SentenceEncoder) -> None:
    """Two events in one story are split along their seam, and put together again by nobody."""
    items = labelled(_rows(), encoder)
    work = Correction(items)
    for place in range(len(items)):
        work.add(1, place)
    assert work.split(1)
    assert not work.merge(1, items[0].signals)
    assert (work.merged, work.parted) == (0, 1)
    assert bcubed(work.groups(), items)["bcubed_f1"] == 1.0
    assert grouped(items, splitting=False).groups == by_index(items)


def test_rows_are_grouped_in_order_of_time_whatever_their_dates_look_like(
    encoder: SentenceEncoder,
) -> None:
    """Dates in four forms, one missing, fields nobody asked for: all rows are read."""
    rows = _rows()
    found = evaluate_stories(rows, encoder)
    assert found["n"] == 4
    assert found["bcubed_f1"] == 1.0
    assert {frozenset(part) for part in found["baselines"].values()} == {frozenset(KEYS)}
    rows[1]["date"] = None
    times = {item.title: item.signals.at for item in labelled(rows, encoder)}
    assert times["Library opens on Sundays"] == times["Ferry runs aground"]


def test_stories_with_their_articles_are_rows_too(encoder: SentenceEncoder) -> None:
    """A row that holds a story's articles labels them by itself."""
    rows: list[dict[str, Any]] = [
        {"id": "s1", "articles": [{"title": "", "text": text, "date": DATES[0]} for text in FERRY]},
        {"id": "s2", "articles": list(LIBRARY)},
    ]
    items = labelled(rows, encoder)
    assert [item.cluster for item in items] == ["row 1", "row 1", "row 2", "row 2"]


@pytest.mark.parametrize("row", [{"title": "A"}, {"cluster": "a"}, {"articles": []}])
def test_a_wrong_row_is_named(row: dict[str, Any], encoder: SentenceEncoder) -> None:
    """A row without a label or an article is one line with its number."""
    with pytest.raises(Failure, match="row 2"):
        evaluate_stories([_rows()[0], row], encoder)


def test_the_command_prints_one_document(tmp_path: Path) -> None:
    """`eval stories FILE --limit N --json` measures the first rows, and nothing else is said."""
    path = tmp_path / "labelled.jsonl"
    path.write_text("\n".join(map(json.dumps, _rows())), encoding="utf-8")
    app = typer.Typer()
    attach(app)
    done = CliRunner().invoke(app, ["eval", "stories", str(path), "--limit", "3", "--json"])
    found = json.loads(done.stdout)
    assert found["n"] == 3
    assert set(found) > KEYS
    assert "seconds" in found
    table = CliRunner().invoke(app, ["eval", "stories", str(path), "--limit", "3"])
    assert "tfidf single pass" in table.stdout
