"""The store: one writer, aware instants, strict columns, words that are never syntax."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from newsroom import NOW, Newsroom

from news.model import Outlet
from news.served import Chat
from news.store import Store, StoreUnavailable
from news.store.tables import chats, feeds, metadata

_ADDING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from news.model import Outlet
from news.store import Store
store = Store(Path(sys.argv[1]))
for number in range(25):
    url = f"https://{sys.argv[2]}.example/{number}"
    outlet = Outlet(name=sys.argv[2], host="h")
    store.feeds.add(url, outlet, confirmed=False, now=datetime(2022, 2, 18, tzinfo=UTC))
"""


def _chat(id: int) -> Chat:
    return Chat(id=id, kind="private", title="Ada", created_at=NOW)


def test_processes_wait_for_each_other_and_lose_nothing(tmp_path: Path) -> None:
    """Processes that open and fill one new file at the same time all get their rows in."""
    path = tmp_path / "news.db"
    writers = [subprocess.Popen([sys.executable, "-c", _ADDING, str(path), name]) for name in "abc"]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert len(Store(path).feeds.all()) == 75


def test_threads_wait_for_each_other_and_lose_nothing(store: Store, tmp_path: Path) -> None:
    """More threads than a pool has connections, on two stores of one file, all write."""
    other = Store(tmp_path / "news.db")

    def add(name: int) -> None:
        for number in range(5):
            mine = store if name % 2 else other
            url = f"https://{name}.example/{number}"
            mine.feeds.add(url, Outlet(name="o", host="h"), confirmed=True, now=NOW)

    threads = [threading.Thread(target=add, args=(name,)) for name in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.feeds.all()) == 100
    other.close()


def test_a_failed_write_leaves_nothing(store: Store) -> None:
    """A transaction is kept whole or not at all."""
    values = {"kind": "private", "title": "", "zone": "UTC", "length": "short", "created_at": NOW}

    def add_twice() -> None:
        with store.database.write() as connection:
            for _ in range(2):
                connection.execute(sa.insert(chats).values(id=1, **values))

    with pytest.raises(sa.exc.IntegrityError):
        add_twice()
    assert store.chats.all() == []


def test_naive_instants_are_refused(store: Store) -> None:
    """An instant without a zone is a bug and never reaches a row."""
    naive = datetime(2022, 2, 18)  # noqa: DTZ001 - that is the point
    with pytest.raises(sa.exc.StatementError, match="naive"):
        store.feeds.add("https://a.example", Outlet(name="a", host="a"), confirmed=True, now=naive)


@given(
    at=st.datetimes(
        min_value=datetime(2, 1, 1),  # noqa: DTZ001 - zones come from the next line
        max_value=datetime(9998, 1, 1),  # noqa: DTZ001
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]),
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_instants_come_back_as_the_same_utc_instant(store: Store, at: datetime) -> None:
    """Whatever the zone or the century, what is read is the instant that was written, in UTC."""
    form = feeds.c.next_due_at.type
    written = form.process_bind_param(at, store.database.engine.dialect)  # type: ignore[attr-defined]
    read = form.process_result_value(written, store.database.engine.dialect)  # type: ignore[attr-defined]
    assert read == at
    assert read.tzinfo is UTC
    assert len(written) == len("2022-02-18T12:00:00.000000Z")


def test_every_table_is_strict(store: Store) -> None:
    """A text in a number's column is refused by every one of our tables."""
    with store.database.read() as connection:
        rows = connection.exec_driver_sql("PRAGMA table_list").mappings().all()
    strict = {row["name"] for row in rows if row["strict"]}
    assert set(metadata.tables) <= strict


def test_a_backup_is_a_whole_database(store: Store, tmp_path: Path) -> None:
    """A backup made while the store is open can be opened and holds the same rows."""
    store.chats.meet(_chat(-1_001_234_567_890))
    copy = store.database.backup(tmp_path / "backups")
    opened = Store(copy)
    assert [chat.id for chat in opened.chats.all()] == [-1_001_234_567_890]
    assert opened.database.check() == []
    opened.close()


def test_an_odd_path_is_a_path(tmp_path: Path) -> None:
    """Signs that mean something in a link mean nothing in a file name."""
    path = tmp_path / "a folder?mode=ro&x=%41#b" / "news.db"
    store = Store(path)
    store.set_note("kept", {"é": [1, None]})
    assert path.is_file()
    assert store.note("kept") == {"é": [1, None]}
    assert store.note("other") is None
    store.close()


@pytest.mark.parametrize("content", [b"not a database, but long enough to be one" * 40, b"SQLite"])
def test_a_damaged_file_is_told_in_one_line(tmp_path: Path, content: bytes) -> None:
    """A file that is no database gives one line that names it and says what to do."""
    path = tmp_path / "news.db"
    path.write_bytes(content)
    with pytest.raises(StoreUnavailable) as told:
        Store(path)
    assert str(path) in str(told.value)
    assert "--data" in str(told.value)
    assert "\n" not in str(told.value)


def test_damage_found_later_is_told_in_one_line(store: Store, newsroom: Newsroom) -> None:
    """Pages that are broken inside an open database end in the same one line."""
    for number in range(60):
        newsroom.tell(f"Report {number} of the harbour", f"{number} " + "crane " * 200)
    store.close()
    body = bytearray(store.database.path.read_bytes())
    body[4096 * 3 :] = b"\xff" * (len(body) - 4096 * 3)
    store.database.path.write_bytes(bytes(body))
    for suffix in ("-wal", "-shm"):
        store.database.path.with_name(store.database.path.name + suffix).unlink(missing_ok=True)
    with pytest.raises(StoreUnavailable, match="restore a backup"):
        store.placing.waiting(100)


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    """A data folder below a file cannot be made, and says so."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="cannot create the data folder"):
        Store(tmp_path / "file" / "data" / "news.db")
    (tmp_path / "news.db").mkdir()
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        Store(tmp_path / "news.db")


@given(words=st.lists(st.text(max_size=30), max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_is_full_text_syntax(newsroom: Newsroom, words: list[str]) -> None:
    """Anything that a user may type can be searched for without an error."""
    newsroom.store.articles.matching(words, since=None, limit=3)
    for word in words:
        newsroom.store.articles.frequency(word)


@pytest.mark.parametrize(
    "word", ['"', '""', "*", "**", "a* OR b", 'a" OR "b', "NEAR(a b)", "title:x", "^a", "\0", "-a"]
)
def test_signs_of_the_query_language_are_only_text(newsroom: Newsroom, word: str) -> None:
    """Operators of the full-text index do not operate."""
    newsroom.tell("A crane fell at the harbour", "b b b and a long enough text about cranes.")
    newsroom.group()
    newsroom.store.articles.matching([word], since=None, limit=3)
    newsroom.store.articles.frequency(word)


def test_words_are_found_whatever_their_accents_and_case(newsroom: Newsroom) -> None:
    """The index folds accents and case, and a star asks for what begins so."""
    id = newsroom.tell(
        "São Tomé élects a mayor", "The vote in the town was calm and well attended."
    )
    newsroom.group()
    number = newsroom.store.articles.get(id)
    assert number is not None
    for word in ("tome", "TOMÉ", "elect*", "são"):
        found = newsroom.store.articles.matching([word], since=None, limit=3)
        assert [row[0] for row in found] == [number.number], word
    assert newsroom.store.articles.matching(["elect"], since=None, limit=3) == []


def test_the_index_follows_a_changed_text(newsroom: Newsroom) -> None:
    """Words that an edit took out are no longer found; new ones are."""
    url = "https://harbour-post.example/ferry"
    newsroom.tell("Ferry late", "The old ferry broke down near the lighthouse today.", url=url)
    newsroom.group()
    newsroom.tell("Ferry late", "The old ferry broke down near the breakwater today.", url=url)
    newsroom.group()
    assert newsroom.store.articles.frequency("lighthouse") == 0
    assert newsroom.store.articles.frequency("breakwater") == 1


def test_an_article_is_found_by_the_beginning_of_its_id(newsroom: Newsroom) -> None:
    """Six characters are enough where they mean one article; fewer never are."""
    id = newsroom.tell("Bridge opens", "The new bridge over the river was opened this morning.")
    for length, found in ((5, False), (6, True), (11, True), (12, True)):
        assert (newsroom.store.articles.get(id[:length]) is not None) is found
    assert newsroom.store.articles.get("%%%%%%") is None


def test_vectors_of_another_model_are_dropped(newsroom: Newsroom) -> None:
    """Vectors of two models never mix: the old ones go, stories stay as they are."""
    id = newsroom.tell("Bridge opens", "The new bridge over the river was opened this morning.")
    newsroom.group()
    before = newsroom.store.stories.many([1])
    assert newsroom.store.placing.use_encoder("another")
    assert not newsroom.store.placing.use_encoder("another")
    assert newsroom.store.placing.vectors_after(0) == []
    newsroom.group()
    (kept,) = newsroom.store.placing.vectors_after(0)
    assert np.linalg.norm(kept[2]) == pytest.approx(1, abs=1e-2)
    assert newsroom.store.stories.many([1]) == before
    assert newsroom.story_of(id) == 1
