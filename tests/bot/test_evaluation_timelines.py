"""`eval timelines` on invented topics, and its measures against figures counted by hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.evaluating import attach
from bot.evaluation_timelines import aligned, date_f1, evaluate_timelines, read_topic
from bot.failure import Failure
from summarizer.encode import SentenceEncoder

KEYS = {"date_f1", "date_f1_count_given", "alignment_rouge1", "alignment_rouge2"}
ONE, TWO, FIVE = date(2021, 5, 1), date(2021, 5, 2), date(2021, 5, 5)


def topic() -> dict[str, Any]:
    """A flood told in five articles, with two reference timelines; one day is out of span."""
    return {
        "id": "flood",
        "articles": [
            {"date": "2021-05-02", "text": "The river Ors rose over its banks on Saturday."},
            {"date": "2021-05-02", "text": "Water stood in the streets of Orsk on Sunday morning."},
            {"date": "2021-05-04", "text": "The flood of 1 May drowned nine people in Orsk."},
            {"date": "2021-05-05", "text": "The minister for rivers resigned on Wednesday."},
            {"date": "soon", "text": "An undated note about the flood of 1 May 2021 in Orsk."},
        ],
        "timelines": [
            [
                {"date": "2021-05-02", "sentences": ["The river rose over its banks."]},
                {"date": "2021-05-05", "sentences": ["The minister resigned."]},
                {"date": "2021-06-30", "sentences": ["An inquiry began."]},
            ],
            [{"date": "2021-05-04", "sentences": ["Nine people drowned."]}],
        ],
    }


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """The topic in a file."""
    path = tmp_path / "topics.jsonl"
    path.write_text(json.dumps(topic()) + "\n", encoding="utf-8")
    return path


def test_days_count_when_they_are_the_same() -> None:
    """A day beside the right one is a wrong one."""
    assert date_f1({ONE: [], TWO: []}, {TWO: [], FIVE: []}) == 0.5
    assert date_f1({ONE: []}, {TWO: []}) == 0.0
    assert date_f1({}, {TWO: []}) == 0.0


def test_alignment_counts_words_less_with_distance() -> None:
    """The same text on the day is worth 1, a day off a half; alignment is by day and words."""
    text = ["the ferry sank"]
    assert aligned({ONE: text}, {ONE: text}, 1) == 1.0
    assert aligned({ONE: text}, {TWO: text}, 1) == pytest.approx(0.5)
    assert aligned({ONE: ["hills burn"]}, {ONE: text}, 1) == 0.0
    assert aligned({}, {ONE: text}, 1) == 0.0


def test_several_days_may_be_aligned_to_one() -> None:
    """Both reference days find the one day told: recall is 3 of 6 words at once, 3 at a half."""
    reference = {ONE: ["the ferry sank"], TWO: ["the ferry sank"]}
    recall, precision = (3 + 1.5) / 6, 1.0
    expected = 2 * recall * precision / (recall + precision)
    assert aligned({ONE: ["the ferry sank"]}, reference, 1) == pytest.approx(expected)


def test_words_are_stemmed_and_pairs_counted() -> None:
    """ROUGE-1 takes "floods" for "flood"; ROUGE-2 counts pairs of words."""
    assert aligned({ONE: ["flood waters"]}, {ONE: ["floods water"]}, 1) == 1.0
    assert aligned({ONE: ["a b c"]}, {ONE: ["b c d"]}, 2) == pytest.approx(0.5)


def test_references_are_cut_to_the_span_of_the_articles() -> None:
    """Nobody can find a day after the last article; a text without a date bounds nothing."""
    found = read_topic(topic(), 1)
    assert (found.first, found.last) == (TWO, FIVE)
    assert [sorted(one) for one in found.references] == [[TWO, FIVE], [date(2021, 5, 4)]]


def test_all_figures_are_there_for_us_and_the_baselines() -> None:
    """Each method has the keys of the contract; random days are averaged over draws."""
    found = evaluate_timelines([topic()], SentenceEncoder())
    assert found.keys() >= KEYS | {"n", "seconds", "baselines"}
    assert (found["n"], found["timelines"]) == (1, 2)
    assert found["baselines"].keys() == {
        "publication_volume", "date_mentions", "random_article_days",
    }  # fmt: skip
    for figures in [found, *found["baselines"].values()]:
        assert figures.keys() >= KEYS
        assert figures["span_given"].keys() >= KEYS - {"date_f1"}
        assert 0 <= figures["date_f1"] <= 1
        assert 0 <= figures["alignment_rouge1"] <= 100


def test_the_command_prints_one_document(rows: Path) -> None:
    """With --json nothing but the figures stands on standard output."""
    app = typer.Typer()
    attach(app)
    result = CliRunner().invoke(app, ["eval", "timelines", str(rows), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout).keys() >= KEYS


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"articles": []}, "row 1 lacks"),
        ({"articles": [{"date": "2021-05-02"}], "timelines": []}, "article 1 has no `text`"),
        ({"articles": [{"date": "?", "text": "A."}], "timelines": []}, "no article with a text"),
        (topic() | {"timelines": [[{"day": 1}]]}, "`date` and `sentences`"),
        (topic() | {"timelines": [[{"date": "x", "sentences": []}]]}, "is no day"),
        (topic() | {"timelines": [[]]}, "no reference day"),
    ],
)
def test_a_wrong_row_is_told_in_one_line(row: dict[str, Any], said: str) -> None:
    """A row that is no topic is named with what it lacks."""
    with pytest.raises(Failure, match=said):
        evaluate_timelines([row], SentenceEncoder())
