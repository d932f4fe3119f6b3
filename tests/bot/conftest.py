"""The command line as a person calls it, on a data folder of its own."""

from __future__ import annotations

import functools
import http.server
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from commanding import FEED_TEXT, Done, Program

from bot import cli


@pytest.fixture
def program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Program:
    """Call a command without a writer, whatever settings the machine's environment holds."""
    for name in [*os.environ]:
        if name.startswith("GEOBRIEF_") or name == "TELEGRAM_BOT_TOKEN":
            monkeypatch.delenv(name)
    monkeypatch.setenv("GEOBRIEF_WRITER", "off")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["geobrief", "--data", str(tmp_path / "data"), *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return Done(int(ended.value.code or 0), printed.out, printed.err)

    return call


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[str]:
    """A site on loopback with one feed of whole articles."""
    site = tmp_path / "site"
    site.mkdir()
    body = "".join(f"<p>{n}: {FEED_TEXT}</p>" for n in range(8))
    (site / "feed.xml").write_text(
        '<rss version="2.0"><channel><title>Varnes</title><item><title>Quay</title>'
        f"<guid>1</guid><description><![CDATA[{body}]]></description></item></channel></rss>"
    )
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
