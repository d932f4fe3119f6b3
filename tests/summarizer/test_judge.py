"""The trained judge on invented text: realistic mistakes, faithful rewording, a missing file."""

from __future__ import annotations

from pathlib import Path

import pytest
from ferry_report import REPORT, evidence

from summarizer.casing import mended
from summarizer.encode import SentenceEncoder
from summarizer.judge import THRESHOLD, Judge, JudgeUnavailable


@pytest.fixture(scope="module")
def judge() -> Judge:
    """The packaged judge."""
    return Judge(SentenceEncoder())


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (
            "Mayor Ingrid Solheim said 140 workers would lose their jobs.",
            "Mayor Ingrid Solheim said 940 workers would lose their jobs.",
        ),
        (
            "Alvik's council voted to close the northern ferry terminal.",
            "Bremen's council voted to close the northern ferry terminal.",
        ),
        (
            "Union leader Peder Brandt called the closure a betrayal.",
            "Union leader Tomas Lindqvist called the closure a betrayal.",
        ),
        (
            "Ferries will leave from the southern pier until the spring.",
            "Airlines will leave from the eastern runway until the autumn.",
        ),
    ],
)
def test_a_realistic_mistake_scores_lower(judge: Judge, true: str, false: str) -> None:
    """A swapped name or number stands below the threshold, the true sentence above it."""
    right, wrong = judge.scores([true, false], evidence())
    assert right >= THRESHOLD > wrong


def test_faithful_rewording_is_accepted(judge: Judge) -> None:
    """Shorter and in other order, with nothing new: supported."""
    (score,) = judge.scores(["The northern ferry terminal of Alvik will close."], evidence())
    assert score >= THRESHOLD


def test_what_states_nothing_scores_nothing(judge: Judge) -> None:
    """A sentence without content, or without sources, is not supported."""
    assert judge.scores(["And so on."], evidence()) == [0.0]
    assert judge.scores(["The council voted."], evidence("")) == [0.0]
    assert judge.scores([], evidence()) == []


def test_a_score_depends_on_its_sentence_and_sources_alone(judge: Judge) -> None:
    """Neither the sentences beside it nor the evidence before it change a score."""
    claims = ["The council voted on Tuesday.", "The mayor resigned on Friday."]
    together = judge.scores(claims, evidence())
    judge.scores(["The river rose."], evidence("The river rose by two metres in Selje."))
    apart = [judge.scores([claim], evidence())[0] for claim in claims]
    assert together == pytest.approx(apart, abs=1e-3)


def test_very_many_sources_are_narrowed_to_the_nearest(judge: Judge) -> None:
    """Among hundreds of sentences the one that tells it is found."""
    filler = " ".join(f"Stall {n} at the market sold apples." for n in range(400))
    claim = "Mayor Ingrid Solheim said 140 workers would lose their jobs."
    (score,) = judge.scores([claim], evidence(f"{filler} {REPORT}"))
    assert score >= THRESHOLD


@pytest.mark.parametrize("content", [None, b"", b"not tensors at all"])
def test_a_missing_or_broken_file_is_one_clear_line(tmp_path: Path, content: bytes | None) -> None:
    """No traceback of a library: one line that says what to do."""
    path = tmp_path / "judge.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(JudgeUnavailable, match="train_checker") as failure:
        Judge(weights=path).load()
    assert len(str(failure.value).splitlines()) == 1


def test_lower_case_gets_the_capitals_of_its_source() -> None:
    """Names of the source come back, marks are joined; a text with capitals stays as it is."""
    assert mended("mayor solheim said , no .", "Then Mayor Solheim said no.") == (
        "Mayor Solheim said, no."
    )
    assert mended("Then Brandt left the solheim.", "Then Mayor Solheim left.") == (
        "Then Brandt left the solheim."
    )
