"""`geobrief timeline` and `catchup` on a folder of invented articles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commanding import Program

ROWS = [
    ("Dam bursts at Orsk", "The dam at Orsk burst on Tuesday, drowning nine.", "2022-02-09"),
    ("Orsk dam was old", "The dam of Orsk, which burst on 8 February, was old.", "2022-02-12"),
    ("Minister quits over Orsk dam", "The minister for rivers resigned on Monday over the dam "
     "of Orsk. It is of 30 February, some say, or of 2099.", "2022-02-15"),
    ("Undated note on the Orsk dam", "A note without a date speaks of the dam at Orsk.", None),
]  # fmt: skip


@pytest.fixture
def run(program: Program, tmp_path: Path) -> Program:
    """The command line on a data folder of its own, with the articles taken in."""
    rows = [
        {"url": f"https://post{n}.example/{n}", "title": title, "text": text, "date": date}
        for n, (title, text, date) in enumerate(ROWS)
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert program("ingest", "--edition", "live", str(path))[0] == 0
    return program


def cited(entry: dict[str, Any]) -> list[str]:
    """The sentences that an entry cites."""
    return [one["sentence"] for one in entry["citations"]]


def test_a_timeline_as_json_and_as_text(run: Program) -> None:
    """One document with days, citations and the parts of each weight; the same as lines."""
    code, out, _ = run("timeline", "orsk", "dam", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["answered"] is True
    days = {entry["day"]: entry for entry in found["entries"]}
    assert {"2022-02-08", "2022-02-14"} <= days.keys() <= {
        "2022-02-08", "2022-02-09", "2022-02-12", "2022-02-14", "2022-02-15",
    }  # fmt: skip
    assert cited(days["2022-02-08"]) == days["2022-02-08"]["sentences"]
    assert days["2022-02-08"]["importance"]["because"]["articles_naming_it"] == 2
    code, out, _ = run("timeline", "orsk", "dam", "--days", "1")
    assert "8 Feb 2022" in out
    assert "https://post" in out
    assert "1 day from" in out


def test_catching_up_on_what_is_old_has_no_news(run: Program) -> None:
    """The background stands; that nothing is new is said with the newest article's day."""
    code, out, _ = run("catchup", "orsk", "dam")
    assert code == 0
    assert "Background" in out
    assert "New in the last 48 hours" in out
    found = json.loads(run("catchup", "orsk", "dam", "--json")[1])
    assert found["answered"] is True
    assert len(found["background"]) >= 2


def test_an_unknown_topic_and_no_topic(run: Program) -> None:
    """What is not in the sources is said so and is no failure; signs alone are no topic."""
    for command in ("timeline", "catchup"):
        code, out, _ = run(command, "zinc", "tariffs")
        assert (code, out.splitlines()[0]) == (0, "Not in my sources.")
        found = json.loads(run(command, "zinc", "tariffs", "--json")[1])
        assert found["answered"] is False
        code, _, err = run(command, "??")
        assert code == 2
        assert err.count("\n") == 1
    assert run("timeline", "orsk", "--dates", "0")[0] == 2
    assert run("timeline", "orsk", "--since", "soon")[0] == 2
