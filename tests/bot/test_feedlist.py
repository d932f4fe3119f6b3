"""The feed commands: lists in and out, health shown, one line for what is wrong."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest
from commanding import Program, live_folder

LIST = """<opml version="2.0"><body><outline text="Coast">
<outline type="rss" text="Harbour Post" xmlUrl="http://127.0.0.1:9/harbour"/>
<outline type="rss" xmlUrl="http://127.0.0.1:9/quay"/>
</outline></body></opml>"""


@pytest.fixture
def call(program: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Program a feed command; servers on loopback may be read."""
    monkeypatch.setenv("GEOBRIEF_ALLOW_PRIVATE_ADDRESSES", "true")
    monkeypatch.setenv("GEOBRIEF_HOST_PAUSE_SECONDS", "0")
    return functools.partial(program, "feeds")


def test_a_list_goes_in_and_out(call: Program, tmp_path: Path) -> None:
    """Imported feeds are there once, are listed, and come out again as OPML."""
    (tmp_path / "mine.opml").write_text(LIST, encoding="utf-8")
    code, out, _ = call("import", "mine.opml")
    assert (code, "2 feeds added, 0 were there already" in out) == (0, True)
    assert "0 feeds added, 2 were there already" in call("import", "mine.opml")[1]
    listed = json.loads(call("list", "--json")[1])["feeds"]
    mine = [feed for feed in listed if "127.0.0.1" in feed["url"]]
    assert {feed["outlet"] for feed in mine} == {"Harbour Post", "127.0.0.1"}
    assert {"cadence_seconds", "notice", "next_due_at"} <= set(mine[0])
    assert call("export", "out.opml")[0] == 0
    written = (tmp_path / "out.opml").read_text(encoding="utf-8")
    assert 'xmlUrl="http://127.0.0.1:9/quay"' in written
    assert "<opml" in call("export")[1]


@pytest.mark.parametrize("source", ["missing.opml", "http://127.0.0.1:9/list.opml", "page.html"])
def test_what_is_no_list_is_one_line(call: Program, tmp_path: Path, source: str) -> None:
    """A missing file, a dead link and a web page each end in one line that names them."""
    (tmp_path / "page.html").write_text("<html><p>Hello</p></html>", encoding="utf-8")
    code, _, err = call("import", source)
    assert code != 0
    lines = [line for line in err.splitlines() if line.startswith("geobrief: ")]
    assert len(lines) == 1
    assert source in lines[0]


def test_a_check_asks_every_feed_and_tells_its_health(
    call: Program, tmp_path: Path, feed: str
) -> None:
    """Who answers and who does not, each with its reason; a failure only when none answers."""
    live_folder(tmp_path / "data", f"{feed}/feed.xml", f"{feed}/gone.xml")
    done = call("check")
    assert done.code == 0, done.err
    assert "there is no such page (HTTP 404)" in done.out
    good, gone = call("check", "--json").json()["feeds"]
    assert (good["ok"], good["items_now"], gone["ok"]) == (True, 1, False)
    assert {"failures", "items", "last_success_at", "cadence_seconds"} <= set(good)
    assert call("remove", f"{feed}/feed.xml").code == 0
    done = call("check")
    assert (done.code, "no feed can be read" in done.err) == (1, True)


def test_no_network_is_told_as_such(call: Program, tmp_path: Path) -> None:
    """75 where nothing can be reached, whatever else is wrong with some of the links."""
    live_folder(tmp_path / "data", "http://127.0.0.1:9/a.xml", "http://127.0.0.1:9/b.xml")
    assert call("check").code == 75
    assert call("add", "feeds.invalid/news").code == 75
    assert call("add", "feeds.invalid/news", "not-a-link").code == 1
