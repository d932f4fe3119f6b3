"""Search measured: figures counted by hand, leaking titles left out, and the command itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commanding import Program

from bot.evaluation_search import evaluate_search, quality
from bot.failure import Failure
from summarizer.encode import SentenceEncoder

MEASURES = {"n", "ndcg10", "recall10", "mrr"}
TEXTS = {
    "quay": "The council of Varnes agreed on Tuesday to rebuild the northern quay.",
    "bank": "The central bank of Lund raised its interest rate by a quarter of a point.",
    "ferry": "The ferry to Alvik ran aground on a sandbank and 140 passengers spent a night on it.",
    "wolves": "Shepherds on the plateau of Orsk lost thirty sheep to wolves in the first snow.",
}
CORPUS = [
    {"id": id, "title": text.split(" of ")[0], "article": text, "date": f"2021-03-0{day}",
     "source": "Harbour Post"}
    for day, (id, text) in enumerate(TEXTS.items(), 1)
]  # fmt: skip
QUERIES = [
    {"id": "q1", "query_title": "Interest rates up in Lund", "query_text": "Did money become "
     "dearer at the central bank?", "relevant": ["bank"], "title_leaks": False},
    {"id": "q2", "query_title": "The council", "query_text": "Which town rebuilds its quay?",
     "relevant": ["quay"], "title_leaks": True},
    {"id": "q3", "query_title": "Night on a sandbank", "query_text": "", "relevant": ["ferry",
     "unknown"], "title_leaks": False},
]  # fmt: skip


def test_figures_are_those_counted_by_hand() -> None:
    """Of two right articles one stands second: 1/log2(3) of 1 + 1/log2(3), half, one half."""
    assert quality([[7, 1, 8], [3]], [{1, 2}, {3}]) == {
        "ndcg10": round((0.63093 / 1.63093 + 1) / 2, 4),
        "recall10": 0.75,
        "mrr": 0.75,
    }
    assert quality([], [])["mrr"] is None
    assert quality([list(range(20))], [{15}]) == {"ndcg10": 0.0, "recall10": 0.0, "mrr": 0.0}


def test_every_question_is_asked_that_may_be(tmp_path: Path) -> None:
    """By title without those that leak, by text without empty ones, baselines on the same."""
    heard: list[tuple[int, int]] = []
    found = evaluate_search(
        CORPUS, QUERIES, SentenceEncoder(), tmp_path, lambda at, n: heard.append((at, n))
    )
    assert (found["n"], found["articles"]) == (3, 4)
    assert set(found["baselines"]) == {"full_text_bm25", "tfidf", "vectors_alone"}
    for figures in (found, *found["baselines"].values()):
        assert set(figures["by_title"]) == set(figures["by_text"]) == MEASURES
        assert (figures["by_title"]["n"], figures["by_text"]["n"]) == (2, 2)
        assert figures["p95_ms"] > 0
    assert found["by_title"]["mrr"] == found["by_text"]["recall10"] == 1.0
    assert heard[-1] == (4, 4)


def test_a_copy_stands_for_its_original(tmp_path: Path) -> None:
    """A row that the store takes for an article it has is found by that article."""
    copy = {**CORPUS[1], "id": "copied"}
    asked = [{**QUERIES[0], "relevant": ["copied"]}]
    found = evaluate_search([*CORPUS, copy], asked, SentenceEncoder(), tmp_path)
    assert found["by_title"]["mrr"] == 1.0


@pytest.mark.parametrize(
    ("corpus", "queries"),
    [([{"id": "a"}], QUERIES), (CORPUS, [{"query_title": "a", "query_text": "b"}]),
     (CORPUS, [{**QUERIES[0], "relevant": "bank"}])],
)  # fmt: skip
def test_rows_of_another_form_are_one_line(
    tmp_path: Path, corpus: list[dict[str, Any]], queries: list[dict[str, Any]]
) -> None:
    """What is missing is named with its row."""
    with pytest.raises(Failure, match="row 1"):
        evaluate_search(corpus, queries, SentenceEncoder(), tmp_path)


def test_the_command_prints_one_document_or_a_table(program: Program, tmp_path: Path) -> None:
    """`geobrief eval search CORPUS QUERIES`, as JSON and as a table; --limit takes queries."""
    files = []
    for name, rows in (("corpus", CORPUS), ("queries", QUERIES)):
        files.append(tmp_path / f"{name}.jsonl")
        files[-1].write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    code, out, err = program("eval", "search", *map(str, files), "--json", "--limit", "1")
    assert code == 0, err
    found = json.loads(out)
    assert {"n", "seconds", "by_title", "by_text", "p95_ms", "baselines"} <= set(found)
    assert found["n"] == 1
    code, out, _ = program("eval", "search", *map(str, files))
    assert code == 0
    assert "full text bm25" in out
