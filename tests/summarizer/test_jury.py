"""The judge alone, and with the reader beside it: who decides, and with which model."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import structlog
from ferry_report import evidence

from summarizer.encode import SentenceEncoder
from summarizer.judge import THRESHOLD, Judge
from summarizer.jury import Jury, logit
from summarizer.models import packaged
from summarizer.models.lending import Lender
from summarizer.reading import Reader


@pytest.fixture(scope="module")
def judge() -> Judge:
    """The packaged judge."""
    return Judge(SentenceEncoder())


@pytest.fixture(scope="module")
def jury(judge: Judge) -> Jury:
    """The packaged judge and reader, where the packaged writer is installed."""
    models = packaged.default_models_folder()
    found = packaged.state(models)
    if found.condition == "missing" and os.environ.get("CI") != "true":
        pytest.skip(found.line)
    packaged.convert(models, lambda stage, done: None, lambda: False)
    return Jury(judge, Reader(Lender(models)))


def test_without_a_model_to_read_with_the_judge_decides_alone(judge: Judge, tmp_path: Path) -> None:
    """Where the writer was never converted nothing is loaded, and the name says who decided."""
    jury = Jury(judge, Reader(Lender(tmp_path)))
    claims = ["The council voted on Tuesday.", "And so on."]
    assert jury.scores(claims, evidence()) == judge.scores(claims, evidence())
    assert jury.name == judge.name


def test_a_damaged_reader_leaves_the_judge(judge: Judge, tmp_path: Path) -> None:
    """A file that is none is one warning; sentences are judged all the same."""
    damaged = tmp_path / "reader.safetensors"
    damaged.write_bytes(b"no tensors")
    lender = Lender(packaged.default_models_folder())
    jury = Jury(judge, Reader(lender, damaged))
    with structlog.testing.capture_logs() as logs:
        scores = jury.scores(["The council voted on Tuesday."], evidence())
    assert scores == judge.scores(["The council voted on Tuesday."], evidence())
    if lender.is_ready:
        assert "reinstall geobrief" in logs[0]["reason"]


def test_certainty_is_cut_off() -> None:
    """A judge that is certain outweighs nothing without bound."""
    assert logit(1.0) == -logit(0.0) == 6.0
    assert logit(0.5) == pytest.approx(0, abs=1e-6)


@pytest.mark.writer
def test_both_decide_where_there_is_a_model(jury: Jury, judge: Judge) -> None:
    """The name tells both, and the reader's measures move the score."""
    claims = ["Mayor Ingrid Solheim said 940 workers would lose their jobs."]
    assert "geobrief-reader" in jury.name
    assert jury.scores(claims, evidence()) != judge.scores(claims, evidence())


@pytest.mark.writer
def test_what_states_nothing_scores_nothing(jury: Jury) -> None:
    """A sentence without content, or without sources, is not supported."""
    assert jury.scores(["And so on."], evidence()) == [0.0]
    assert jury.scores(["The council voted."], evidence("")) == [0.0]
    assert jury.scores([], evidence()) == []


@pytest.mark.writer
@pytest.mark.parametrize(
    ("true", "false"),
    [
        (
            "Mayor Ingrid Solheim said 140 workers would lose their jobs.",
            "Mayor Ingrid Solheim said 940 workers would lose their jobs.",
        ),
        (
            "Ferries will leave from the southern pier until the spring.",
            "Airlines will leave from the eastern runway until the autumn.",
        ),
        (
            "The union leader Peder Brandt called the closure a betrayal of the islands.",
            "Mayor Ingrid Solheim called the closure a betrayal of the islands.",
        ),
        (
            "Mayor Ingrid Solheim called the vote painful.",
            "Mayor Ingrid Solheim called the vote welcome.",
        ),
    ],
)
def test_a_realistic_mistake_scores_lower(jury: Jury, true: str, false: str) -> None:
    """A changed number, place, speaker or judgement; the true one is supported."""
    right, wrong = jury.scores([true, false], evidence())
    assert right > wrong
    assert right >= THRESHOLD
