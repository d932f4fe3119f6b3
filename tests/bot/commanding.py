"""What a command left behind, and how tests call one; the fixture is in conftest.py."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from config.editorial import load_sources
from news.model import Outlet
from news.store import Store

FEED_TEXT = (
    "The council of Varnes agreed on Tuesday to rebuild the northern quay for 12 million crowns. "
    "Work begins in March and ends before the ferry season of the following year. "
)


class Done(NamedTuple):
    """The exit code, standard output and standard error of a command."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)


Program = Callable[..., Done]


def live_folder(folder: Path, *feeds: str) -> None:
    """Make a store of live news with these feeds, due, and no others."""
    folder.mkdir()
    store = Store(folder / "live.db")
    store.set_note("listed_feeds", [source.url for source in load_sources()])
    due = datetime.now(UTC) - timedelta(minutes=1)
    for url in feeds:
        outlet = Outlet(name="Varnes Gazette", host="127.0.0.1")
        store.feeds.add(url, outlet, confirmed=False, now=due)
    store.close()
