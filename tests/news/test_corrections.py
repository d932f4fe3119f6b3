"""Stories merged and split later: ids lead on, nobody is told twice, a crash leaves all whole."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from newsroom import NOW, Newsroom, WordEncoder

from news.digest import story_key
from news.model import Digest, Point, Story
from news.places import Places
from news.served import Chat, Follow
from news.store import Store
from news.store.briefs import Booking
from news.store.tables import articles, follows, merged, sketches, stories, told
from news.stories import Grouper

HOUR = timedelta(hours=1)
STRIKE = (
    "Dockers in Varnes stopped work over a new roster and three ships wait at the breakwater.",
    "A strike of dockers in Varnes over the roster left three ships waiting at the breakwater.",
    "Ships wait off Varnes: the dockers' strike over their roster has closed the northern quay.",
    "The roster that dockers in Varnes struck over will be talked about while the ships wait.",
)
VOLCANO = (
    "The volcano above Teral threw ash over two villages and the airfield of Teral was closed.",
    "Ash from the volcano covered villages near Teral; flights from Teral airfield were stopped.",
    "The airfield of Teral stays closed while the volcano throws ash over the villages.",
    "Villages under the volcano of Teral sweep ash from roofs; the airfield is still closed.",
)


def _tell(room: Newsroom, texts: Sequence[str]) -> set[int]:
    """Tell texts, each from an outlet of its own, and give the stories that they end in."""
    ids = [
        room.tell(text[:40], text, at=NOW - at * HOUR, outlet=f"{text[:3]} Outlet {at}")
        for at, text in enumerate(texts)
    ]
    room.group()
    return {room.story_of(id) or 0 for id in ids}


def _look_again(room: Newsroom) -> None:
    """Let a process that begins look at all stories for corrections."""
    with room.store.database.write() as connection:
        room.store.corrections.set_looked(connection, 0)
    Grouper(room.store, WordEncoder(), room.places).run(NOW)


def _merge(store: Store, old: int, into: int) -> None:
    known = store.stories.many([old, into])
    first, second = sorted(known.values(), key=lambda one: (-one.revision, one.id))
    with store.database.write() as connection:
        both = replace(first, articles=first.articles + second.articles)
        store.corrections.merge(connection, second, both, NOW)


def _add(store: Store, revision: int) -> int:
    with store.database.write() as connection:
        return store.stories.add(connection, Story(
            id=0, title="A story", first_at=NOW, last_at=NOW, changed_at=NOW, articles=revision,
            revision=revision,
        ))  # fmt: skip


def _meet(store: Store, *chats: int) -> None:
    for id in chats:
        store.chats.meet(Chat(id=id, kind="private", title="Ada", created_at=NOW))


def _book(store: Store, chat: int, slot: str, **revisions: int) -> None:
    told_now = {int(id[1:]): revision for id, revision in revisions.items()}
    store.briefs.book(
        Booking(slot=slot, chat_id=chat, thread_id=None, messages=[], told=told_now, at=NOW)
    )


def test_one_event_in_two_stories_becomes_one(newsroom: Newsroom) -> None:
    """Stories that fit each other are merged when one moves: articles, outlets, times together."""
    (id,) = _tell(newsroom, STRIKE)
    whole = newsroom.store.stories.get(id)
    assert whole is not None
    mine = newsroom.store.articles.of_stories([id])[id]
    numbers = [article.number for article in mine[:2]]
    half = replace(whole, articles=2, revision=2)
    with newsroom.store.database.write() as connection:
        part = newsroom.store.corrections.split(connection, half, half, numbers)
    assert len(newsroom.store.articles.of_stories([part])[part]) == 2
    _look_again(newsroom)
    found = newsroom.store.stories.get(part)
    assert found is not None
    assert found == newsroom.store.stories.get(id)
    assert found.articles == 4
    assert set(found.outlets) == set(whole.outlets)
    assert (found.first_at, found.last_at) == (whole.first_at, whole.last_at)
    assert len(newsroom.store.articles.of_stories([found.id])[found.id]) == 4


def test_two_events_in_one_story_become_two(newsroom: Newsroom) -> None:
    """A story that falls into two is split; the bigger half keeps the id, copies their original."""
    (strike,) = _tell(newsroom, STRIKE)
    long = " ".join(VOLCANO)
    (volcano,) = _tell(newsroom, (*VOLCANO[:2], long))
    newsroom.tell("Ash again", long + " Agency.", outlet="Copying Post", at=NOW)
    newsroom.group()
    _merge(newsroom.store, volcano, strike)
    whole = newsroom.store.stories.get(volcano)
    assert whole is not None
    assert whole.articles == 8
    _look_again(newsroom)
    rest = newsroom.store.stories.get(whole.id)
    parts = newsroom.store.articles.of_stories(range(1, 10))
    sizes = {id: len(members) for id, members in parts.items() if members}
    assert sorted(sizes.values()) == [4, 4]
    assert rest is not None
    assert rest.articles == sizes[rest.id]
    assert rest.revision == whole.revision
    other = next(id for id in sizes if id != rest.id)
    assert other not in (strike, volcano), "an id that was given out is not given again"
    titles = {frozenset(one.title[:3] for one in parts[id]) for id in sizes}
    assert titles == {frozenset({"Doc", "A s", "Shi", "The"}), frozenset({"The", "Ash"})}
    before = newsroom.store.stories.many(list(sizes))
    _look_again(newsroom)
    assert newsroom.store.stories.many(list(sizes)) == before


def test_what_fits_is_left_alone(newsroom: Newsroom) -> None:
    """Two events stay two stories and one stays one, however often they are looked at."""
    _tell(newsroom, STRIKE)
    _tell(newsroom, VOLCANO)
    before = newsroom.store.stories.many(range(1, 9))
    assert len(before) == 2
    for _ in range(3):
        _look_again(newsroom)
    assert newsroom.store.stories.many(range(1, 9)) == before


def test_an_old_id_leads_to_the_story(store: Store) -> None:
    """Wherever an id comes in it means the story of now, over merges of merged stories too."""
    first, second, third = _add(store, 2), _add(store, 3), _add(store, 5)
    _merge(store, first, second)
    _merge(store, second, third)
    for id in (first, second, third):
        found = store.stories.get(id)
        assert found is not None
        assert found.id == third
        assert store.stories.current(id) == third
    assert store.stories.get(99) is None
    with store.database.read() as connection:
        leads = connection.execute(sa.select(merged.c.story_id)).scalars().all()
    assert set(leads) == {third}


def test_an_id_is_never_given_again(store: Store) -> None:
    """The newest story's id stays its own after it became part of an older one."""
    first, second = _add(store, 5), _add(store, 1)
    _merge(store, second, first)
    assert _add(store, 1) > second


def test_following_by_an_old_id(store: Store) -> None:
    """A button that names the old story follows and unfollows the new one, without a push."""
    _meet(store, 7)
    old, into = _add(store, 2), _add(store, 6)
    _merge(store, old, into)
    assert store.follows.add(Follow(chat_id=7, thread_id=None, story_id=old, revision=2))
    assert [one.story_id for one in store.follows.of_chat(7)] == [into]
    assert store.follows.moved(9) == []
    assert not store.follows.add(Follow(chat_id=7, thread_id=None, story_id=into, revision=6))
    assert store.follows.remove(7, old)


def test_nobody_is_told_again_through_a_merge(store: Store) -> None:
    """Who knew all of either story knows all of both; who lacked news lacks as much as before."""
    _meet(store, 1, 2, 3, 4)
    old, into = _add(store, 4), _add(store, 9)
    _book(store, 1, "a", **{f"s{old}": 4})
    _book(store, 2, "b", **{f"s{into}": 9})
    _book(store, 3, "c", **{f"s{old}": 2})
    _book(store, 4, "d", **{f"s{old}": 4, f"s{into}": 7})
    for chat, revision in ((1, 4), (3, 2)):
        store.follows.add(Follow(chat_id=chat, thread_id=None, story_id=old, revision=revision))
    store.follows.add(Follow(chat_id=1, thread_id=5, story_id=into, revision=9))
    _merge(store, old, into)
    found = store.stories.get(old)
    assert found is not None
    assert found.revision == 9
    assert [store.briefs.told(chat) for chat in (1, 2, 3, 4)] == [
        {into: 9}, {into: 9}, {into: 7}, {into: 7},
    ]  # fmt: skip
    assert [(one.chat_id, one.revision) for one in store.follows.moved(9)] == [(3, 7)]
    assert [one.thread_id for one in store.follows.of_chat(1)] == [5]


def test_a_brief_composed_before_the_merge_is_booked_after_it(store: Store) -> None:
    """What it tells is noted of the new story, and takes nothing back that was told of it."""
    _meet(store, 7, 8)
    old, into = _add(store, 4), _add(store, 9)
    _merge(store, old, into)
    _book(store, 7, "a", **{f"s{old}": 4})
    assert store.briefs.told(7) == {into: 9}
    _book(store, 8, "b", **{f"s{into}": 9, f"s{old}": 3})
    assert store.briefs.told(8) == {into: 9}


def test_who_was_told_the_whole_was_told_both_halves(newsroom: Newsroom) -> None:
    """After a split nothing is new to those who knew the story; follows hold for both."""
    store = newsroom.store
    (id,) = _tell(newsroom, STRIKE)
    whole = store.stories.get(id)
    assert whole is not None
    _meet(store, 7, 8)
    _book(store, 7, "a", **{f"s{id}": whole.revision})
    _book(store, 8, "b", **{f"s{id}": 1})
    store.follows.add(Follow(chat_id=7, thread_id=None, story_id=id, revision=whole.revision))
    numbers = [one.number for one in store.articles.of_stories([id])[id][:2]]
    with store.database.write() as connection:
        part = store.corrections.split(
            connection, replace(whole, articles=2), replace(whole, articles=2, revision=2), numbers
        )
    assert store.briefs.told(7) == {id: whole.revision, part: 2}
    assert store.briefs.told(8) == {id: 1}
    assert {one.story_id for one in store.follows.of_chat(7)} == {id, part}
    assert store.follows.moved(9) == []


def test_kept_summaries_move_along(store: Store) -> None:
    """What stays of dropped texts is found under the new story, beside what it had itself."""

    def keep(id: int, text: str) -> None:
        point = Point(text=text, evidence=(), origin="source")
        store.stories.keep_digest(story_key(id), Digest(
            title="T", points=(point,), method="extract", model="m", article_ids=(text,),
            created_at=NOW, seconds=0.0,
        ))  # fmt: skip

    first, second, third = _add(store, 1), _add(store, 2), _add(store, 3)
    keep(first, "one")
    _merge(store, first, second)
    keep(third, "three")
    _merge(store, second, third)
    found = store.stories.digest(story_key(third))
    assert found is not None
    assert [point.text for point in found.points] == ["three", "one"]
    assert found.article_ids == ("three", "one")
    assert store.stories.digest(story_key(second)) is None


def test_a_process_beside_learns_of_corrections(newsroom: Newsroom) -> None:
    """A grouper that holds a story which was cut meanwhile places the next article rightly."""
    (id,) = _tell(newsroom, STRIKE[:3])
    whole = newsroom.store.stories.get(id)
    assert whole is not None
    numbers = [one.number for one in newsroom.store.articles.of_stories([id])[id][:2]]
    with newsroom.store.database.write() as connection:
        rest, half = replace(whole, articles=1), replace(whole, articles=2, revision=2)
        newsroom.store.corrections.split(connection, rest, half, numbers)
    (found,) = _tell(newsroom, STRIKE)
    story = newsroom.store.stories.get(found)
    assert story is not None
    assert story.articles == len(newsroom.store.articles.of_stories([found])[found]) == 4


_DYING = """
import os, sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from newsroom import NOW
from news.store import Store
store = Store(Path(sys.argv[1]))
known = store.stories.many([1, 2])
with store.database.write() as connection:
    store.corrections.merge(connection, known[1], replace(known[2], articles=7), NOW)
    connection.exec_driver_sql("SELECT 1")
    os._exit(9)
"""


def test_a_crash_in_the_middle_of_a_merge_leaves_both(newsroom: Newsroom) -> None:
    """A process that dies before its transaction ends has changed nothing."""
    (strike,) = _tell(newsroom, STRIKE[:2])
    (volcano,) = _tell(newsroom, VOLCANO[:2])
    _meet(newsroom.store, 7)
    _book(newsroom.store, 7, "a", **{f"s{strike}": 2})
    before = newsroom.store.stories.many([strike, volcano])
    path = str(newsroom.store.database.path)
    dying = [sys.executable, "-c", _DYING, path, str(Path(__file__).parent)]
    assert subprocess.run(dying, timeout=60, check=False).returncode == 9
    assert newsroom.store.stories.many([strike, volcano]) == before
    assert newsroom.store.briefs.told(7) == {strike: 2}
    assert len(newsroom.store.articles.of_stories([strike])[strike]) == 2
    _merge(newsroom.store, strike, volcano)
    assert newsroom.store.briefs.told(7) == {strike: 2}


def test_what_a_process_that_died_left_is_looked_at(newsroom: Newsroom, places: Places) -> None:
    """Corrections go on from a mark in the store, with nothing new to group as well."""
    (strike,) = _tell(newsroom, STRIKE)
    (volcano,) = _tell(newsroom, VOLCANO)
    _merge(newsroom.store, strike, volcano)
    with newsroom.store.database.write() as connection:
        newsroom.store.corrections.set_looked(connection, 3)
    assert Grouper(newsroom.store, WordEncoder(), places).run(NOW) == 0
    found = newsroom.store.articles.of_stories(range(1, 9))
    assert sorted(len(members) for members in found.values() if members) == [4, 4]


@given(
    steps=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8),
    revisions=st.lists(st.integers(1, 9), min_size=6, max_size=6),
    knows=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), max_size=6),
)
@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_merges_leave_everything_leading_somewhere(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[int, int]],
    revisions: list[int],
    knows: list[tuple[int, int]],
) -> None:
    """No chains, no circles, no row of a story that is gone, nothing told beyond what there is."""
    store = Store(tmp_path_factory.mktemp("merges") / "news.db")
    _meet(store, 7)
    ids = [_add(store, revision) for revision in revisions]
    for number, (at, revision) in enumerate(knows):
        _book(store, 7, f"slot {number}", **{f"s{ids[at]}": min(revision, revisions[at])})
        store.follows.add(
            Follow(
                chat_id=7, thread_id=None, story_id=ids[at], revision=min(revision, revisions[at])
            )
        )
    known = bool(store.briefs.told(7))
    for one, other in steps:
        first, second = store.stories.current(ids[one]), store.stories.current(ids[other])
        if first != second:
            _merge(store, first, second)
    with store.database.read() as connection:
        left = set(connection.execute(sa.select(stories.c.id)).scalars())
        leads = {row.old_id: row.story_id for row in connection.execute(sa.select(merged))}
        for table in (told, follows, sketches, articles):
            assert set(connection.execute(sa.select(table.c.story_id)).scalars()) <= left
    assert set(leads.values()) <= left
    assert set(leads) | left == set(ids)
    assert not set(leads) & left
    now = {story.id: story.revision for story in store.stories.many(sorted(left)).values()}
    assert all(1 <= revision <= now[id] for id, revision in store.briefs.told(7).items())
    assert bool(store.briefs.told(7)) == known
    store.close()
