"""What grouping asks of the store is found by an index: its cost does not grow with the store."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from newsroom import NOW, Newsroom, WordEncoder

from news.served import Chat, Follow
from news.store.briefs import Booking

GROWING = ("articles", "stories", "sketches", "merged", "told", "bands", "follows")
"""Tables that grow with the news and with the readers."""
TEXTS = (
    "Dockers in Varnes stopped work over a new roster and three ships wait at the breakwater.",
    "A strike of dockers in Varnes over the roster left three ships waiting at the breakwater.",
    "The volcano above Teral threw ash over two villages and the airfield of Teral was closed.",
)


def _plans(room: Newsroom, statements: list[tuple[str, Any]]) -> dict[str, list[str]]:
    """Give each statement's plan as SQLite tells it."""
    found: dict[str, list[str]] = {}
    with room.store.database.read() as connection:
        for statement, parameters in statements:
            if not statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE")):
                continue
            one = parameters[0] if isinstance(parameters, list) else parameters
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", one)
            found[statement] = [row[3] for row in rows]
    return found


@pytest.fixture
def asked(newsroom: Newsroom) -> list[tuple[str, Any]]:
    """All that the store was asked while articles were grouped, edited and corrected."""
    heard: list[tuple[str, Any]] = []

    def hear(*told: Any) -> None:
        heard.append((told[2], told[3]))

    for hours, text in enumerate(TEXTS):
        newsroom.tell(text[:30], text, outlet=f"Outlet {hours}", at=NOW - timedelta(hours=hours))
    newsroom.store.placing.use_encoder(WordEncoder.name)  # a change of model looks at all
    sa.event.listen(newsroom.store.database.engine, "before_cursor_execute", hear)
    newsroom.group()
    url = "https://outlet-9.example/live"
    for turn in range(2):
        newsroom.tell("Live: ash", TEXTS[2] + f" At noon, {turn}.", url=url, outlet="Outlet 9")
        newsroom.group()
    store = newsroom.store
    store.chats.meet(Chat(id=7, kind="private", title="Ada", created_at=NOW))
    store.follows.add(Follow(chat_id=7, thread_id=None, story_id=2, revision=1))
    store.briefs.book(
        Booking(slot="a", chat_id=7, thread_id=None, messages=[], told={1: 1, 2: 1}, at=NOW)
    )
    first, second = sorted(store.stories.many([1, 2]).values(), key=lambda one: -one.revision)
    with store.database.write() as connection:
        store.corrections.merge(connection, second, first, NOW)
    newsroom.group()
    sa.event.remove(newsroom.store.database.engine, "before_cursor_execute", hear)
    return heard


def test_nothing_that_grows_is_scanned(newsroom: Newsroom, asked: list[tuple[str, Any]]) -> None:
    """No statement of grouping reads a growing table, or one of its indexes, from end to end."""
    scanned = {
        statement: plan
        for statement, lines in _plans(newsroom, asked).items()
        for plan in lines
        if (found := re.match(r"SCAN (\w+)", plan))
        and found[1] in GROWING
        and "ix_articles_waiting" not in plan  # holds only those that wait
    }
    assert scanned == {}


def test_the_plans_are_of_the_statements_that_matter(asked: list[tuple[str, Any]]) -> None:
    """The statements heard are those of placing and of correcting, not of something else."""
    told = " ".join(statement for statement, _ in asked)
    for word in ("sketches", "buckets", "merged", "placed", "follows", "UPDATE articles"):
        assert word in told
