"""The figures of a judge against cases counted by hand, and `eval faithfulness` as it is used."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from commanding import Program

from bot.evaluation_faithfulness import (
    THRESHOLD,
    Judged,
    bigram_overlap,
    evaluate,
    figures,
    fitted,
    half_of,
    in_half,
    mechanical,
    name_number_overlap,
    unigram_overlap,
)
from bot.failure import Failure

ARTICLE = (
    "The council of Alvik voted on Monday to close the old bridge for three months. "
    "Mayor Ingrid Solheim said the repair would cost 4 million crowns."
)


def row(summary: str, label: int = 1, article: str = ARTICLE) -> dict[str, Any]:
    """A row of the data."""
    return {"id": summary[:10], "article": article, "summary": summary, "label": label}


def test_figures_at_a_fixed_threshold() -> None:
    """Two of three supported ones are accepted, one of two others is rejected."""
    found = figures([1, 1, 1, 0, 0], [0.9, 0.8, 0.2, 0.7, 0.1], 0.5)
    assert found["balanced_accuracy"] == pytest.approx((2 / 3 + 1 / 2) / 2, abs=1e-4)
    assert found["wrong_rejections"] == pytest.approx(1 / 3, abs=1e-4)
    assert found["wrong_acceptances"] == 0.5
    assert found["auc"] == pytest.approx(5 / 6, abs=1e-4)
    assert found["best"]["balanced_accuracy"] == pytest.approx(0.8333, abs=1e-4)
    assert found["best"]["threshold"] == 0.75  # halfway between the scores it lies between


def test_a_fitted_threshold_is_the_other_documents_own() -> None:
    """Each side is cut where the other side's rows part best, not its own."""
    labels, scores = [1, 0, 1, 0], [0.9, 0.7, 0.6, 0.2]
    assert fitted(labels, scores, [0, 0, 1, 1]) == 0.5  # cuts .4 for the first, .8 for the second
    assert fitted(labels, scores, [0, 1, 1, 0]) == 0.75
    assert fitted([1, 0, 1, 1], scores, [0, 0, 1, 1]) is None


def test_one_label_alone_gives_no_accuracy() -> None:
    """Where there is nothing to tell apart, no figure pretends that there was."""
    found = figures([1, 1], [0.9, 0.1], 0.5)
    assert found["balanced_accuracy"] is None
    assert found["auc"] is None
    assert found["wrong_rejections"] == 0.5
    assert found["wrong_acceptances"] is None


def test_the_least_supported_sentence_decides() -> None:
    """A summary is as good as its worst sentence, for any judge that is plugged in."""

    def judge(article: str, sentences: Sequence[str]) -> list[Judged]:
        assert article == ARTICLE
        scores = [0.1 if "moon" in sentence else 0.9 for sentence in sentences]
        return [Judged(score=score, failed=("moon",) if score < 0.5 else ()) for score in scores]

    rows = [row("The bridge closes."), row("The bridge closes. The moon too.", 0)]
    found = evaluate({"a": rows}, judge)
    assert found["balanced_accuracy"] == found["auc"] == found["mean"] == 1
    assert found["failed"] == {"moon": 1}


def test_files_stand_beside_the_whole() -> None:
    """Each file has its figures; the mean gives a small file the weight of a large one."""
    good, bad = row("The council of Alvik voted on Monday."), row("Bergen burnt in May.", 0)
    found = evaluate({"right": [good, bad], "wrong": [{**good, "label": 0}, {**bad, "label": 1}]})
    assert found["by_file"]["right"]["balanced_accuracy"] == 1
    assert found["by_file"]["wrong"]["balanced_accuracy"] == 0
    assert found["mean"] == 0.5
    assert found["n"] == 4
    for part in (found, *found["by_file"].values()):
        assert set(part["baselines"]) == {
            "unigram_overlap",
            "bigram_overlap",
            "name_number_overlap",
        }


def test_a_summary_without_a_sentence_is_not_supported() -> None:
    """What states nothing is not accepted, and ends nothing."""
    found = evaluate({"a": [row("", 0), row("The council of Alvik voted on Monday.")]})
    assert found["balanced_accuracy"] == 1


def test_mechanical_scores_agree_with_the_verdict() -> None:
    """The threshold on the score is the verdict itself: a failed check brings it below."""
    true, false = mechanical(
        ARTICLE,
        ["The council of Alvik voted on Monday to close the old bridge for three months.",
         "The council of Alvik voted on Monday to close the old bridge for nine months."],
    )  # fmt: skip
    assert true.score >= THRESHOLD > false.score
    assert not true.failed
    assert "numbers" in false.failed


def test_overlaps() -> None:
    """Shares of words, of pairs in order, of names and numbers that the article has."""
    assert unigram_overlap(row("The council burned.")) == 0.5
    assert bigram_overlap(row("The old bridge council")) == 0.5
    assert name_number_overlap(row("Then Ingrid Solheim paid 4 million crowns in Alvik.")) == 1
    assert name_number_overlap(row("It was 5 million crowns in Alvik.")) == 0.5
    assert name_number_overlap(row("They said so.")) == 1


def test_halves_divide_articles_not_rows() -> None:
    """Every row of an article is in the same half, and each article in one."""
    rows = [row("One.", article=f"Article {n // 2}") for n in range(40)]
    odd, even = in_half(rows, "odd"), in_half(rows, "even")
    assert len(odd) + len(even) == len(in_half(rows, "all")) == 40
    assert not {one["article"] for one in odd} & {one["article"] for one in even}
    assert all(half_of(one["article"]) == "odd" for one in odd)


@pytest.mark.parametrize(
    "wrong", [{"id": "1"}, {"id": "1", "article": "x", "summary": "y"},
              {"id": "1", "article": "x", "summary": "y", "label": "yes"}]
)  # fmt: skip
def test_a_row_of_another_form_is_named(wrong: dict[str, Any]) -> None:
    """A file of another kind is one line that names the row."""
    with pytest.raises(Failure, match="row 1 has no"):
        in_half([wrong], "all")


def test_command(program: Program, tmp_path: Path) -> None:
    """`eval faithfulness` prints one document, or a table with a row for each method."""
    rows = [row("The council of Alvik voted on Monday."), row("Bergen burnt in May.", 0)]
    path = tmp_path / "set.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    code, out, err = program("eval", "faithfulness", str(path), "--json")
    assert code == 0, err
    found = json.loads(out)
    assert {"n", "seconds", "balanced_accuracy", "auc", "wrong_rejections", "baselines"} <= set(
        found
    )
    assert found["half"] == "all"
    code, out, err = program("eval", "faithfulness", str(path))
    assert code == 0, err
    assert "geobrief" in out
    assert "name, number" in out
