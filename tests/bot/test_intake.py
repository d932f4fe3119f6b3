"""What `ingest` prints and how it ends: each outcome, what was left out, the counts, the code."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from commanding import FEED_TEXT as TEXT
from commanding import Program, live_folder
from rich.console import Console

from bot.intake import Meter

MAIL = (
    "From: Ane Lund <ane@harbour-post.example>\nSubject: Quay to be rebuilt\nMIME-Version: 1.0\n"
    'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
    f"{TEXT}\n--b\nContent-Type: application/pdf\n"
    'Content-Disposition: attachment; filename="plan.pdf"\n\n%PDF\n--b--\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files of all sorts."""
    made = tmp_path / "files"
    made.mkdir()
    (made / "good.txt").write_text(TEXT)
    (made / "mail.eml").write_text(MAIL)
    rows = [{"text": f"Number {n}. {TEXT * (n + 1)}"} for n in range(2)]
    (made / "rows.jsonl").write_text("\n".join([*map(json.dumps, rows), "{broken"]))
    return made


@pytest.mark.parametrize(
    ("names", "code", "said"),
    [
        (["good.txt"], 0, ""),
        (["rows.jsonl"], 0, ""),
        ([""], 0, ""),
        (["missing.txt"], 1, "missing.txt: cannot be read"),
        (["good.txt", "missing.txt"], 1, "1 of 2 gave nothing to take in; the first, "),
        (["missing.txt", "rows.jsonl", "gone.txt"], 1, "2 of 3 gave nothing to take in"),
    ],
)
def test_a_thing_that_gave_nothing_is_a_failure(
    program: Program, folder: Path, names: list[str], code: int, said: str
) -> None:
    """A bad row or file among good ones is told and counted; a thing named in vain fails."""
    ended, out, err = program("ingest", *(str(folder / name) for name in names))
    assert ended == code, err
    assert said in err
    assert err.count("geobrief: ") == (code == 1)
    if "good.txt" in names:
        assert "1 new" in out


def test_each_outcome_has_its_word_and_its_notes(program: Program, folder: Path) -> None:
    """Twice the same is unchanged; attachments are named; JSON has the same."""
    _, out, _ = program("ingest", str(folder / "mail.eml"))
    assert "attachments were not read: plan.pdf" in out
    assert out.splitlines()[-1] == "1 new, 0 changed, 0 unchanged, 0 failed"
    _, out, _ = program("ingest", str(folder / "mail.eml"))
    assert out.startswith("unchanged")
    assert out.splitlines()[-1] == "0 new, 0 changed, 1 unchanged, 0 failed"
    _, out, _ = program("ingest", str(folder / "mail.eml"), "--json")
    (row,) = json.loads(out)["articles"]
    assert row["notes"] == ["attachments were not read: plan.pdf"]
    _, out, _ = program("summarize", str(folder / "mail.eml"))
    assert "Attachments were not read: plan.pdf." in out
    _, out, _ = program("summarize", str(folder / "mail.eml"), "--json")
    assert json.loads(out)["notes"] == ["Attachments were not read: plan.pdf."]


def test_the_same_file_twice_counts_once(program: Program, folder: Path) -> None:
    """Two files with the same content are one article, and their note is told once."""
    both = folder / "both"
    both.mkdir()
    for name in ("one.eml", "two.eml"):
        (both / name).write_bytes((folder / "mail.eml").read_bytes())
    _, out, _ = program("summarize", str(both), "--json")
    told = json.loads(out)
    assert len(told["articles"]) == 1
    assert told["notes"] == ["Attachments were not read: plan.pdf."]


def test_a_round_tells_all_it_counted(
    program: Program, tmp_path: Path, feed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Feeds asked, unchanged and failed; articles by outcome; and that nothing more is due."""
    monkeypatch.setenv("GEOBRIEF_ALLOW_PRIVATE_ADDRESSES", "true")
    live_folder(tmp_path / "data", f"{feed}/feed.xml", f"{feed}/gone.xml")
    code, out, _ = program("ingest")
    assert code == 0
    assert "gone.xml  there is no such page (HTTP 404)" in out
    assert out.splitlines()[-1] == (
        "2 feeds, 0 unchanged, 1 failed; articles: 1 new, 0 changed, 0 unchanged, 0 failed"
    )
    code, out, _ = program("ingest", "--json")
    assert (code, json.loads(out)["feeds"]) == (0, 0)


def test_a_round_in_which_every_feed_failed_is_a_failure(
    program: Program, tmp_path: Path, feed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line that says where to look; the network itself is there, so not 75."""
    monkeypatch.setenv("GEOBRIEF_ALLOW_PRIVATE_ADDRESSES", "true")
    live_folder(tmp_path / "data", f"{feed}/gone.xml")
    code, _, err = program("ingest")
    assert code == 1
    assert "none of 1 feeds could be read: geobrief feeds list" in err


def test_a_round_without_a_network_is_for_later(program: Program, tmp_path: Path) -> None:
    """A feed that may not be asked for at all does not make a dead network look alive."""
    live_folder(tmp_path / "data", "http://feeds.invalid/a.xml", "http://127.0.0.1:9/b.xml")
    code, _, err = program("ingest")
    assert (code, "is the network up?" in err) == (75, True)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("harbour-post.example/story", True), ("javascript:alert(1)", True), ("gone.txt", False)],
)
def test_who_meant_a_link_is_told_how_one_begins(program: Program, name: str, hint: bool) -> None:
    """A link without its scheme is no file that is missing."""
    code, _, err = program("ingest", name)
    assert (code, "a link begins with http" in err) == (1, hint)


AWAY = "http://127.0.0.1:9/quay.html"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["ingest", AWAY], 75),
        (["ingest", AWAY, "http://127.0.0.1:9/ferry.html", "--json"], 75),
        (["ingest", AWAY, "missing.txt"], 1),
        (["ingest", AWAY, "{files}/good.txt"], 1),
        (["ingest", "{site}/gone.html"], 1),
        (["summarize", AWAY], 75),
        (["summarize", "{site}/gone.html"], 1),
        (["feeds", "add", AWAY], 75),
        (["feeds", "add", AWAY, "{site}/gone.xml"], 1),
        (["feeds", "import", AWAY], 75),
    ],
)
def test_without_a_network_a_link_is_for_later(
    program: Program,
    folder: Path,
    feed: str,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    code: int,
) -> None:
    """75 where nothing named could be reached, in one line; what is wrong for good is a failure."""
    monkeypatch.setenv("GEOBRIEF_ALLOW_PRIVATE_ADDRESSES", "true")
    monkeypatch.setenv("GEOBRIEF_HOST_PAUSE_SECONDS", "0")
    done = program(*(word.format(files=folder, site=feed) for word in words))
    assert done.code == code, done.err
    assert done.err.count("geobrief: ") == 1
    assert "Traceback" not in done.err
    if code == 75 and words[0] != "feeds":
        assert "could not be reached" in done.err


def test_an_edit_is_shown_sentence_by_sentence(program: Program, tmp_path: Path) -> None:
    """The same article has two versions; what went and what came stand beside each other."""
    path = tmp_path / "rows.jsonl"
    for crowns in ("12", "19"):
        row = {"url": "https://harbour-post.example/quay", "title": "Quay to be rebuilt"}
        text = TEXT.replace("12 million", f"{crowns} million") + "Nobody objected, the mayor said."
        path.write_text(json.dumps({**row, "text": text}))
        taken = program("ingest", str(path), "--json").json()
    (changed,) = taken["articles"]
    assert changed["outcome"] == "changed"
    out = program("article", changed["article_id"], "--versions").out
    assert "2, 1 changes seen" in out
    lines = out.splitlines()
    assert [line[:2] for line in lines if "million crowns" in line][-2:] == ["- ", "+ "]
    assert not any(line.startswith(("- Nobody", "+ Nobody")) for line in lines)
    told = program("article", changed["article_id"], "--versions", "--json").json()
    assert len(told["versions"]) == 2


def _shown(meter_patience: float) -> str:
    """What a meter leaves on a terminal."""
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, width=160)
    with Meter(console, "texts", patience=meter_patience) as meter:
        meter.done = 500
        meter.show("rows.jsonl", 0.5)
    return written.getvalue()


def test_long_work_shows_how_far_how_fast_and_how_long_still() -> None:
    """A bar with the share, the number, the rate and the time left; short work shows none."""
    shown = _shown(0.0)
    for part in ("rows.jsonl", "50%", "500 texts", "/s, left:"):
        assert part in shown
    assert _shown(60.0) == ""
