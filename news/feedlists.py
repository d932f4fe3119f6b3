"""A list of feeds becomes feeds of the store, each due at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from news.model import Received
from news.opml import read_opml
from news.outlets import Outlets
from news.store import Store


def take_list(
    body: bytes, *, what: str, store: Store, outlets: Outlets, now: datetime
) -> Iterator[Received]:
    """Add the feeds that an OPML list names, giving one outcome for each, or why it is no list."""
    found = read_opml(body)
    if isinstance(found, str):
        yield Received(what=what, outcome="failed", reason=found)
        return
    for listed in found.feeds:
        outlet = outlets.of(listed.url, name=listed.title or None)
        new = store.feeds.add(listed.url, outlet, confirmed=False, now=now)
        yield Received(
            what=listed.url,
            outcome="new" if new else "duplicate",
            reason="a feed; it is read when its turn comes",
        )
    if found.refused:
        reason = f"{found.refused} of its feeds have no web link"
        yield Received(what=what, outcome="failed", reason=reason)
