"""The measures of summaries against figures known by hand, and `eval summaries` as it is used."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commanding import Program
from numpy.typing import NDArray

from bot.evaluation import chosen
from bot.evaluation_baselines import baselines, centroid_mmr, known, lead
from bot.evaluation_summaries import (
    Plan,
    Scores,
    documents_of,
    evaluate,
    extracted,
    pooled,
    references_of,
    shares_of,
    usual_budget,
)
from bot.failure import Failure
from summarizer.budget import Budget
from summarizer.model import Claim, Document, Summary
from summarizer.pipeline import Summarizer

HARBOUR = (
    "The harbour of Alvik was closed on Monday after a tanker ran aground in fog. "
    "Tugs from three towns tried to free the tanker, the harbour office said. "
    "No oil has leaked from the tanker so far. "
    "The fog is expected to lift on Tuesday. "
    "Fishing boats stayed in port for the whole day."
)
OTHER = (
    "A tanker that ran aground near Alvik closed the harbour there on Monday. "
    "Its captain had asked for a pilot an hour before. "
    "The owners promised to pay for the tugs."
)
REFERENCE = "A tanker ran aground and closed the harbour of Alvik.\nNo oil has leaked."


class WordEncoder:
    """Hashes words: a real encoder's interface and shapes without its seconds."""

    name = "words"
    dimensions = 64

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Counts of hashed words, normalised."""
        rows = np.full((len(texts), self.dimensions), 1e-6, dtype=np.float32)
        for index, text in enumerate(texts):
            for word in text.lower().split():
                rows[index, zlib.crc32(word.encode()) % self.dimensions] += 1
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows


def row(**more: Any) -> dict[str, Any]:
    """A row of one article."""
    return {"id": "a", "article": HARBOUR, "references": [REFERENCE], **more}


def several(**more: Any) -> dict[str, Any]:
    """A row of two articles."""
    articles = [{"text": HARBOUR, "title": "Tanker aground", "date": "2022-01-03"}, OTHER]
    return {"id": "b", "articles": articles, "references": [REFERENCE], **more}


def test_rouge_is_in_percent_with_stems_and_a_sentence_a_line() -> None:
    """Five of six words of both are shared, by their stems; rougeLsum takes sentences alone."""
    scores = Scores()
    scores.add([["A tanker is closing harbours.", "Rain fell."]], ["Rain fell."], 0.5)
    figures = scores.report()
    assert figures["rouge1"] == pytest.approx(100 * 2 * (1 * 2 / 7) / (1 + 2 / 7), abs=0.01)
    assert figures["rougeLsum"] == figures["rouge1"]
    assert figures["words"] == 2
    assert figures["seconds_per_item"] == 0.5
    again = Scores()
    again.add([["Harbours closing."]], ["harbour closes"], 0)
    assert again.report()["rouge1"] == 100


def test_of_several_references_the_nearest_counts() -> None:
    """A summary that says what one reference says is not punished for the others."""
    scores = Scores()
    scores.add([["Something else entirely."], ["Rain fell."]], ["Rain fell."], 0)
    assert scores.report()["rouge2"] == 100


def test_references_are_split_into_sentences() -> None:
    """A reference in one paragraph would bring rougeLsum down for any summary."""
    assert references_of({"references": ["One came. Two went.\nThree stayed ."]}) == [
        ["One came.", "Two went.", "Three stayed ."]
    ]


def test_budget_follows_the_references() -> None:
    """Sentences where a row has one article, words to the nearest ten where it has several."""
    assert usual_budget([row()]) == Budget(sentences=2)
    assert usual_budget([several()]) == Budget(words=10)
    assert usual_budget([several(references=["word " * 47])]) == Budget(words=50)


def test_lead_takes_first_sentences_in_turn() -> None:
    """The first of each article before the second of any; headlines are no sentences."""
    documents = documents_of(several())
    assert lead(documents[:1], Budget(sentences=1)) == [HARBOUR.split(". ", maxsplit=1)[0] + "."]
    opening = lead(documents, Budget(sentences=3))
    assert [line[:8] for line in opening] == ["The harb", "A tanker", "Tugs fro"]
    headed = Document(id="1", text="Breaking\n" + HARBOUR)
    assert lead([headed], Budget(sentences=1))[0].startswith("The harbour")


@pytest.mark.parametrize("name", ["lead", "lexrank", "textrank", "centroid_mmr"])
@pytest.mark.parametrize("text", ["", "Word", "the of and", "same words here again.\n" * 200])
def test_baselines_take_any_text(name: str, text: str) -> None:
    """Nothing, one word, no content words, or a line 200 times: no error, within the budget."""
    (choose,) = baselines([name]).values()
    assert len(choose([Document(id="1", text=text)], Budget(sentences=2))) <= 2


@pytest.mark.parametrize("name", ["lead", "lexrank", "textrank", "centroid_mmr"])
def test_baselines_give_the_sources_sentences(name: str) -> None:
    """What a baseline shows stands in a source, and its words are about as many as allowed."""
    (choose,) = baselines([name]).values()
    lines = choose(documents_of(several()), Budget(words=40))
    assert 2 <= len(lines) <= 4
    assert all(line in HARBOUR or line in OTHER for line in lines)


def test_centroid_passes_over_what_was_said() -> None:
    """The second sentence chosen says something else, though a copy of the first is nearer."""
    twice = Document(id="1", text=f"{OTHER} A tanker that ran aground near Alvik closed it Monday.")
    chosen_ones = centroid_mmr([twice], Budget(sentences=2))
    assert not all("ran aground" in line for line in chosen_ones)


def test_word_budget_is_met_by_our_own_sentences() -> None:
    """For a number of words the best sentences are taken that come nearest to it."""
    summarizer = Summarizer(WordEncoder())
    documents = documents_of(several())
    lengths = []
    for words in (5, 30, 60, 5000):
        summary, seconds = extracted(summarizer, documents, Budget(words=words))
        lengths.append(sum(len(claim.text.split()) for claim in summary.claims))
        assert seconds >= 0
    assert lengths == sorted(lengths)
    assert abs(lengths[1] - 30) <= 10
    assert abs(lengths[2] - 60) <= 10
    assert lengths[3] > 80


def test_methods_and_baselines_are_measured_on_the_same_rows() -> None:
    """Every method has the same figures, and who is told hears of each row."""
    heard: list[tuple[int, int]] = []
    rows = [row(), several()]
    plan = Plan(budget=Budget(sentences=2))
    found = evaluate(rows, Summarizer(WordEncoder()), plan, lambda *done: heard.append(done))
    assert heard == [(1, 2), (2, 2)]
    assert (found["n"], found["budget"]) == (2, "2 sentences")
    assert set(found["baselines"]) == {"lead", "lexrank", "textrank", "centroid_mmr"}
    for figures in [found["methods"]["extract"], *found["baselines"].values()]:
        assert set(figures) == {"rouge1", "rouge2", "rougeLsum", "words", "seconds_per_item"}
        assert 0 < figures["rouge1"] <= 100


def test_files_are_pooled_by_their_rows() -> None:
    """A file with twice the rows weighs twice as much."""
    one = {"n": 1, "seconds": 1.0, "budget": "1 sentences", "methods": {}}
    reports = {
        "a": {**one, "baselines": {"lead": {"rouge1": 10.0}}},
        "b": {**one, "n": 2, "baselines": {"lead": {"rouge1": 40.0}}},
    }
    found = pooled(reports)
    assert found["baselines"]["lead"]["rouge1"] == 30
    assert found["n"] == 3
    assert set(found["by_file"]) == {"a", "b"}


def test_what_became_of_written_sentences_is_a_share_of_those_shown() -> None:
    """Kept, rewritten, replaced and added sentences together are all that is shown."""

    def claim(**checks: str) -> Claim:
        return Claim(text="x", citations=(), origin="written", checks=checks)

    claims = (
        claim(names="passed"),
        claim(names="passed", rewritten="‘X’ is not in its sources"),
        claim(names="‘Y’ is not in its sources"),
        claim(),
    )
    summary = Summary(claims=claims, method="write", model="m", seconds=1.0)
    assert shares_of(summary) == {"kept": 0.25, "rewritten": 0.25, "replaced": 0.25, "added": 0.25}


@pytest.mark.parametrize(
    "wrong",
    [{"id": "1"}, {"id": "1", "articles": [3], "references": ["x"]}, {"id": 1, "article": 2}],
)
def test_a_row_without_texts_is_named(wrong: dict[str, Any]) -> None:
    """A file of another kind is one line that names the row."""
    with pytest.raises(Failure, match="row 1 has neither"):
        documents_of(wrong)


@pytest.mark.parametrize("references", [None, "one text", []])
def test_a_row_without_references_is_named(references: Any) -> None:
    """Nothing can be measured against nothing."""
    with pytest.raises(Failure, match="has no `references`"):
        references_of({"id": "1", "references": references})


def test_rows_are_chosen_by_place_and_id() -> None:
    """First the prefix, then the span; both ends may be open or counted from the end."""
    rows = [{"id": f"{letter}{number}"} for number in range(4) for letter in "ab"]
    assert [r["id"] for r in chosen(rows, "1:3", "b")] == ["b1", "b2"]
    assert [r["id"] for r in chosen(rows, "-1:", "a")] == ["a3"]
    for span, prefix in (("x", ""), ("9:", ""), (None, "c")):
        with pytest.raises(Failure, match="rows"):
            chosen(rows, span, prefix)


def test_baselines_are_named_on_the_command_line() -> None:
    """All, none, or some by name; a wrong name is answered with the right ones."""
    assert known("all") is None
    assert known("none") == []
    assert known("lead, textrank") == ["lead", "textrank"]
    with pytest.raises(Failure, match="known: lead, lexrank"):
        known("leed")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A file with three rows."""
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row(id=f"r{n}")) for n in range(3)), encoding="utf-8")
    return path


def test_command_prints_one_document(program: Program, data: Path) -> None:
    """`eval summaries --json` gives the contract's keys, and why nothing was written."""
    code, out, err = program(
        "eval", "summaries", str(data), "--limit", "2", "--baselines", "lead", "--json"
    )
    assert code == 0, err
    found = json.loads(out)
    assert found["n"] == 2
    assert found["budget"] == "2 sentences"
    assert set(found["methods"]["extract"]) >= {"rouge1", "rouge2", "rougeLsum", "words"}
    assert set(found["baselines"]) == {"lead"}
    assert found["note"].startswith("nothing was written")
    assert found["data"][0]["name"] == "rows.jsonl"
    assert len(found["data"][0]["sha256"]) == 64


def test_command_prints_a_table(program: Program, data: Path) -> None:
    """People get a table with a row for each method."""
    code, out, err = program("eval", "summaries", str(data), "--words", "20", "--method", "extract")
    assert code == 0, err
    for word in ("extract", "textrank", "20 words"):
        assert word in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--sentences", "2", "--words", "20"], "not both"),
        (["--rows", "7:"], "no rows are left"),
        (["--method", "write"], "there is no writer"),
    ],
)
def test_a_wrong_call_is_one_line(
    program: Program, data: Path, options: list[str], said: str
) -> None:
    """A user's mistake is answered in one line."""
    code, _, err = program("eval", "summaries", str(data), *options)
    assert code in (1, 2)
    assert said in err
    assert "Traceback" not in err
