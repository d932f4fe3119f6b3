"""The measures against hand-counted texts, and `eval pages` on pages of our own."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.evaluating import attach
from bot.evaluation import Counts, averaged, compared, evaluate_pages, passages, read_rows, summed
from bot.failure import Failure

PARAGRAPHS = [
    f"On day {day} the ferry crossed to the island with {day + 3} passengers and a load of timber, "
    "and the harbour master wrote in the book that the sea had been calm since the morning."
    for day in range(6)
]
KEYS = {"f1", "precision", "recall", "ms_per_page"}


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """Three rows of two kinds beside their packed pages."""
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    html = (
        "<html><head><title>The ferry</title>"
        '<meta property="article:published_time" content="2022-03-04T23:30:00Z"></head>'
        f"<body><nav>Home</nav><article><h1>The ferry</h1>{body}</article></body></html>"
    )
    (tmp_path / "ferry.html.gz").write_bytes(gzip.compress(html.encode()))
    gold = "\n\n".join(PARAGRAPHS)
    row = {"html": "ferry.html.gz", "url": "https://isle.example/ferry"}
    rows = [
        {**row, "body": gold, "source": "bodies", "title": "The Ferry", "date": "2022-03-05"},
        {**row, "body": gold, "source": "bodies", "title": "Other", "date": "2022-03-09"},
        {**row, "with": [PARAGRAPHS[0][:40], "nowhere"], "without": ["Home"], "source": "lists"},
    ]
    path = tmp_path / "cases.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    return path


def run(*arguments: str) -> Any:
    """The command line with the eval commands only."""
    app = typer.Typer()
    attach(app)
    return CliRunner().invoke(app, ["eval", *arguments])


def test_shingles_are_counted_as_often_as_they_stand() -> None:
    """Runs of four words in both, in one, in the other; a short text is one run."""
    assert compared("a b c d e", "a b c d x") == Counts(right=1, wrong=1, missed=1)
    assert compared("a b c d", "a b c d a b c d").wrong == 4
    assert compared("two words", "two words") == Counts(right=1, wrong=0, missed=0)
    assert compared("a b c d", "") == Counts(right=0, wrong=0, missed=1)


def test_passages_are_found_whatever_their_spaces() -> None:
    """Soft hyphens and line ends do not hide a passage."""
    row = {"with": ["the  moun\u00adtain road"], "without": ["Advert", "Share"]}
    found = passages(row, "On the\nmountain road. Share")
    assert found == Counts(right=1, wrong=1, missed=0)


def test_pages_are_averaged_and_passages_summed() -> None:
    """A page without text counts for recall alone."""
    rows = [Counts(right=9, wrong=1, missed=0), Counts(right=0, wrong=0, missed=1)]
    assert averaged(rows) == (0.9, 0.5)
    assert summed(rows) == (0.9, 0.9)
    assert averaged([]) == (0.0, 0.0)


def test_pages_are_measured_beside_the_baselines(cases: Path) -> None:
    """The same keys for ours, the baselines and each set; titles and days are counted."""
    found = evaluate_pages(read_rows(cases), cases.parent)
    assert found["n"] == 3
    assert set(found["baselines"]) == {"trafilatura", "trafilatura_precision"}
    for part in (found, *found["by_source"].values()):
        assert set(part) >= KEYS
        assert all(set(figures) == KEYS for figures in part["baselines"].values())
    assert found["by_source"]["bodies"]["f1"] == 1.0
    assert found["by_source"]["lists"]["recall"] == 0.5
    assert found["facts"] == {
        "date": {"n": 2, "right": 1, "none": 0},
        "title": {"n": 2, "right": 1},
    }


def test_one_json_document_and_nothing_else(cases: Path) -> None:
    """Also with a limit."""
    result = run("pages", str(cases), "--json", "--limit", "1")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["n"] == 1


def test_a_table_names_the_methods(cases: Path) -> None:
    """For people: each set, each method."""
    result = run("pages", str(cases))
    assert result.exit_code == 0
    for word in ("all (3)", "bodies (2)", "geobrief", "trafilatura_precision"):
        assert word in result.stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot read"),
        (b"no json\n", "not JSON Lines"),
        (b"\x1f\x8bbroken", "cases.jsonl"),
        (b"\n", "holds no rows"),
        (b"[1]\n", "holds no rows"),
        (b'{"body": "text"}\n', "row 1 has no `html`"),
        (b'{"html": "a.html"}\n', "row 1 has neither"),
        (b'{"html": "a.html", "body": "text"}\n', "cannot read the page"),
    ],
)
def test_a_wrong_file_is_told_in_one_line(tmp_path: Path, content: bytes | None, said: str) -> None:
    """Missing, not JSON Lines, without rows, with rows of another kind, without its pages."""
    path = tmp_path / "cases.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Failure, match=said) as told:
        evaluate_pages(read_rows(path), tmp_path)
    assert "\n" not in str(told.value)
