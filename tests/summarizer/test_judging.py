"""What the judge may decide beside the mechanical checks, and what it may not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
import structlog

from summarizer.check import PASSED
from summarizer.evidence import Evidence
from summarizer.judge import Judge
from summarizer.judging import MODEL, REJECTED, judged
from summarizer.model import MODEL_SCORE, Document, fate_of
from summarizer.text import split_sentences

SOURCE = "The council of Alvik closed the old bridge on Monday after two trucks collided there."


class Sure:
    """A judge that always gives the same score, and counts how often it is asked."""

    name = "sure"

    def __init__(self, score: float) -> None:
        self.score = score
        self.asked = 0

    def scores(self, sentences: Sequence[str], evidence: Evidence) -> list[float]:
        """The same for each."""
        self.asked += len(sentences)
        return [self.score] * len(sentences)


@pytest.fixture
def evidence() -> Evidence:
    """One source sentence."""
    return Evidence([(Document(id="a", text=SOURCE), split_sentences(SOURCE))])


def test_it_rejects_what_the_checks_pass(evidence: Evidence) -> None:
    """A sentence that only the judge finds unsupported is not shown, and says why."""
    verdict = judged("The council of Alvik closed the old bridge.", evidence, Sure(REJECTED / 2))
    assert not verdict.supported
    assert "unlikely" in verdict.checks[MODEL]
    assert fate_of(verdict.checks) == "replaced"


def test_a_score_between_leaves_the_checks_alone(evidence: Evidence) -> None:
    """The score is told; the verdict stays the checks'."""
    verdict = judged("The council of Alvik closed the old bridge.", evidence, Sure(REJECTED))
    assert verdict.supported
    assert verdict.checks[MODEL] == PASSED
    assert float(verdict.checks[MODEL_SCORE]) == REJECTED
    assert fate_of(verdict.checks) == "kept"


def test_no_number_is_no_support(evidence: Evidence) -> None:
    """Arithmetic that failed never lets a sentence through."""
    verdict = judged("The council of Alvik closed the old bridge.", evidence, Sure(math.nan))
    assert not verdict.supported


@pytest.mark.parametrize(
    "text",
    [
        "The council of Alvik closed the old bridge after nine trucks collided there.",
        "Officials in Alvik shut a crossing following a crash of lorries.",
    ],
)
def test_it_overrules_nothing(evidence: Evidence, text: str) -> None:
    """What the checks reject or doubt stays rejected: the judge is not even asked."""
    judge = Sure(1.0)
    assert not judged(text, evidence, judge).supported
    assert judge.asked == 0


def test_a_source_own_words_need_no_judge(evidence: Evidence) -> None:
    """What stands in a source word by word is true to it."""
    judge = Sure(0.0)
    assert judged(SOURCE, evidence, judge).supported
    assert judge.asked == 0


def test_without_its_file_the_checks_decide_alone(evidence: Evidence, tmp_path: Path) -> None:
    """A missing file ends nothing; one line in the log says that the judge is absent."""
    absent = Judge(weights=tmp_path / "none.safetensors")
    with structlog.testing.capture_logs() as entries:
        verdict = judged("The council of Alvik closed the old bridge.", evidence, absent)
    assert verdict.supported
    assert MODEL not in verdict.checks
    assert [entry["event"] for entry in entries] == ["only mechanical checks"]
