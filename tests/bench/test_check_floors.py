"""Pinned figures: the repository's own hold, a worse one is found, none is lowered unasked."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from bench.check_floors import FLOORS, Line, check, sum_of, updated
from bot import cli


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with one data set."""
    (tmp_path / "rows.jsonl").write_text("{}", encoding="utf-8")
    return tmp_path


def pinned(data: Path, **measure: Any) -> dict[str, Any]:
    """Floors of one measure of that data set."""
    found = {
        "command": "summaries rows.jsonl --limit 3",
        "in": "data",
        "sha256": {"rows.jsonl": sum_of(data / "rows.jsonl")},
        "least": {"ours.f1": 50.0},
        "most": {"wrong": 0.2},
        **measure,
    }
    return {"slack": 0.01, "measures": {"rows": found}}


def giving(f1: float, wrong: float, asked: list[Sequence[str]] | None = None) -> Any:
    """A run that measures this."""

    def run(words: Sequence[str]) -> Mapping[str, Any]:
        if asked is not None:
            asked.append(words)
        return {"ours": {"f1": f1}, "wrong": wrong}

    return run


def states(lines: Sequence[Line]) -> dict[str, str]:
    """What became of each figure."""
    return {line.figure: line.state for line in lines}


def test_the_invented_sets_keep_their_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What CI can measure holds; what it lacks the data for is named, one line each."""
    monkeypatch.setenv("GEOBRIEF_WRITER", "off")

    def run(words: Sequence[str]) -> Mapping[str, Any]:
        command = ["geobrief", "--data", str(tmp_path), "eval", *words, "--json"]
        monkeypatch.setattr(sys, "argv", command)
        out = StringIO()
        with redirect_stdout(out), pytest.raises(SystemExit) as ended:
            cli.main()
        assert not ended.value.code, capsys.readouterr().err
        return dict(json.loads(out.getvalue()))

    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    lines = list(check(floors, None, run))
    measured = [line for line in lines if line.state != "skipped"]
    assert all(line.state in ("ok", "better") for line in measured), "\n".join(map(str, lines))
    assert len({line.measure for line in measured}) == 3
    skipped = {line.measure for line in lines if line.state == "skipped"}
    assert skipped == set(floors["measures"]) - {line.measure for line in measured}


def test_a_worse_figure_is_found_on_either_side(data: Path) -> None:
    """Within the slack it is not worse; the command gets the files of the data folder."""
    asked: list[Sequence[str]] = []
    lines = list(check(pinned(data), data, giving(49.6, 0.2, asked)))
    assert states(lines) == {"ours.f1": "ok", "wrong": "ok"}
    assert asked == [["summaries", str(data / "rows.jsonl"), "--limit", "3"]]
    lines = list(check(pinned(data), data, giving(49.4, 0.19)))
    assert states(lines) == {"ours.f1": "WORSE", "wrong": "better"}
    assert "49.4 (pinned 50)" in str(lines[0])
    assert states(list(check(pinned(data), data, giving(50, 0.25))))["wrong"] == "WORSE"


def test_absent_data_is_skipped_by_name_and_changed_data_is_told(data: Path) -> None:
    """Nothing is measured on what is not there; other data is not compared in silence."""
    asked: list[Sequence[str]] = []
    (line,) = check(pinned(data, sha256={"other.jsonl": "0"}), data, giving(1, 1, asked))
    assert (line.state, asked) == ("skipped", [])
    assert "other.jsonl" in str(line)
    lines = list(check(pinned(data, sha256={"rows.jsonl": "0"}), data, giving(50, 0.2)))
    assert (lines[0].state, len(lines)) == ("OTHER DATA", 3)


def test_updating_raises_and_lowers_only_when_told(data: Path) -> None:
    """A better or first figure is pinned; a worse one, or other data, needs the measure named."""
    old = pinned(data, least={"ours.f1": 50.0, "ours.new": None})

    def run(words: Sequence[str]) -> Mapping[str, Any]:
        return {"ours": {"f1": 60.0, "new": 7.0}, "wrong": 0.2}

    new, refused = updated(old, list(check(old, data, run)), data, [])
    assert (new["measures"]["rows"]["least"], refused) == ({"ours.f1": 60.0, "ours.new": 7.0}, [])
    worse = list(check(pinned(data), data, giving(40, 0.1)))
    new, refused = updated(pinned(data), worse, data, [])
    assert (new, refused) == (pinned(data), ["rows"])
    new, refused = updated(pinned(data), worse, data, ["rows"])
    assert (new["measures"]["rows"]["least"]["ours.f1"], refused) == (40, [])
    stale = pinned(data, sha256={"rows.jsonl": "0"})
    lines = list(check(stale, data, giving(50, 0.2)))
    assert updated(stale, lines, data, [])[1] == ["rows"]
    new, _ = updated(stale, lines, data, ["rows"])
    assert new["measures"]["rows"]["sha256"] == {"rows.jsonl": sum_of(data / "rows.jsonl")}
