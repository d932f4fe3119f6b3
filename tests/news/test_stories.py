"""Stories: one event one story, copies without weight, the same however many processes group."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom import NOW, Newsroom, WordEncoder

from news.ingest import Ingest
from news.model import Story, Vector
from news.places import Places
from news.signals import Signals, bag, encode_parts, read_signals
from news.store import Store
from news.store.placing import ALL
from news.stories import Grouper
from news.story_index import JOIN, WINDOW, StoryIndex
from summarizer.encode import SentenceEncoder

HOUR = timedelta(hours=1)
STRIKE = (
    "Dockers in Varnes stopped work over a new roster and three ships wait at the breakwater.",
    "A strike of dockers in Varnes over the roster left three ships waiting at the breakwater.",
    "Ships wait off Varnes: the dockers' strike over their roster has closed the northern quay.",
)
VOLCANO = (
    "The volcano above Teral threw ash over two villages and the airfield of Teral was closed.",
    "Ash from the volcano covered villages near Teral; flights from Teral airfield were stopped.",
)
SUBJECTS = ("harbour", "volcano", "election", "bridge", "drought", "museum", "railway", "glacier")


def _stories(room: Newsroom) -> dict[int, Story]:
    return room.store.stories.many(range(1, 500))


def _partition(room: Newsroom) -> set[frozenset[str]]:
    found = room.store.articles.of_stories(list(_stories(room)))
    return {frozenset(article.id for article in members) for members in found.values()}


def _tell_many(room: Newsroom, rounds: int = 4, *, first: int = 0) -> None:
    """Tell each subject's event from three outlets, another event every five days."""
    for turn in range(first, first + rounds):
        for number, subject in enumerate(SUBJECTS):
            for outlet in ("Harbour Post", "Fjord Times", "Cape News"):
                place = f"{subject.title()}ville{turn}"
                room.tell(
                    f"{subject} news {turn}: {place}",
                    f"In {place} the {subject} was the talk of day {turn}. {outlet} heard that "
                    f"{subject} workers and the mayor met about plan {turn * 7 + number}.",
                    at=NOW + timedelta(days=5 * turn, minutes=number),
                    outlet=outlet,
                )


def test_outlets_on_one_event_share_a_story(newsroom: Newsroom) -> None:
    """Articles about one event join across outlets; another event of the same day does not."""
    strike = [
        newsroom.tell("Dockers strike in Varnes", text, outlet=f"Outlet {n}", at=NOW - n * HOUR)
        for n, text in enumerate(STRIKE)
    ]
    ash = [
        newsroom.tell("Volcano above Teral", text, outlet=f"Outlet {n}", at=NOW - n * HOUR)
        for n, text in enumerate(VOLCANO)
    ]
    assert newsroom.group() == 5
    assert len({newsroom.story_of(id) for id in strike}) == 1
    assert len({newsroom.story_of(id) for id in ash}) == 1
    story = newsroom.store.stories.get(newsroom.story_of(strike[0]) or 0)
    assert story is not None
    assert (story.articles, story.revision) == (3, 3)
    assert set(story.outlets) == {"Outlet 0", "Outlet 1", "Outlet 2"}
    assert (story.first_at, story.last_at) == (NOW - 2 * HOUR, NOW)
    assert newsroom.group() == 0


def test_the_same_words_long_after_are_another_story(newsroom: Newsroom) -> None:
    """An event of the next month is not joined to this month's, before or after it."""
    late = newsroom.tell("Dockers strike in Varnes", STRIKE[0], at=NOW + 3 * WINDOW)
    newsroom.group()
    early = newsroom.tell("Dockers strike in Varnes", STRIKE[1], at=NOW, outlet="Fjord Times")
    newsroom.group()
    assert newsroom.story_of(late) != newsroom.story_of(early)


def test_a_late_arrival_joins_the_story_of_its_day(newsroom: Newsroom) -> None:
    """An article that comes in after newer ones still finds its story."""
    first = newsroom.tell("Dockers strike in Varnes", STRIKE[0], at=NOW)
    newsroom.tell("Volcano above Teral", VOLCANO[0], at=NOW + 4 * WINDOW)
    newsroom.group()
    late = newsroom.tell("Dockers strike in Varnes", STRIKE[1], at=NOW + HOUR, outlet="Fjord Times")
    newsroom.group()
    assert newsroom.story_of(late) == newsroom.story_of(first)


def test_a_copy_brings_a_voice_but_no_news(newsroom: Newsroom) -> None:
    """A near copy joins its original's story and adds an outlet, not a revision."""
    text = " ".join(STRIKE) * 3
    first = newsroom.tell("Dockers strike in Varnes", text)
    copy = newsroom.tell("Quay closed", text + " Agency.", outlet="Fjord Times")
    newsroom.group()
    story = newsroom.store.stories.get(newsroom.story_of(first) or 0)
    assert newsroom.story_of(copy) == newsroom.story_of(first)
    assert story is not None
    assert (story.articles, story.revision, len(story.outlets)) == (2, 1, 2)


def test_an_edit_is_news_but_no_article(newsroom: Newsroom) -> None:
    """A changed text moves its story on; the article is not counted twice."""
    url = "https://harbour-post.example/strike"
    id = newsroom.tell("Dockers strike in Varnes", STRIKE[0], url=url)
    newsroom.group()
    newsroom.tell("Dockers strike in Varnes", STRIKE[0] + " Talks began tonight.", url=url)
    later = NOW + HOUR
    newsroom.group(later)
    (story,) = _stories(newsroom).values()
    assert (story.articles, story.revision, story.changed_at) == (1, 2, later)
    assert newsroom.story_of(id) == story.id


def test_a_story_is_named_by_its_middle(newsroom: Newsroom) -> None:
    """The title is the headline nearest to all of the story's articles."""
    titles = ("Strike", "Dockers strike in Varnes over roster", "Ships wait off Varnes")
    for number, (title, text) in enumerate(zip(titles, STRIKE, strict=True)):
        newsroom.tell(title, text, outlet=f"Outlet {number}")
    newsroom.group()
    (story,) = _stories(newsroom).values()
    assert story.title in titles


def test_countries_come_from_the_articles(newsroom: Newsroom) -> None:
    """A story knows where it is set, the most named place first."""
    newsroom.tell(
        "Norway and Chile sign a treaty",
        "In Oslo, Norway and its Norwegian envoys met those of Chile.",
    )
    newsroom.group()
    (story,) = _stories(newsroom).values()
    assert story.countries == ("NO", "CL")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("", "An item without any title that still says something about the harbour."),
        ("!!! ???", "… — ‘’ “” 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20"),
        ("النص", "نص عربي قصير عن الميناء والسفن التي تنتظر خارج المدينة اليوم وغدا"),
        ("the of and", "the of and to in that is was for on are with as I his they be at one"),
        ("EMOJI 🚢", "🚢 🚢 🚢 🚢 🚢 🚢 🚢 🚢 🚢 ships ships ships 🚢 ships"),
    ],
)
def test_odd_texts_get_a_story(newsroom: Newsroom, title: str, text: str) -> None:
    """No title, no words, no letters: every article ends in a story with a name."""
    id = newsroom.tell(title, text)
    newsroom.tell("Dockers strike in Varnes", STRIKE[0])
    newsroom.group()
    assert newsroom.story_of(id) is not None


@pytest.fixture
def other(newsroom: Newsroom, tmp_path: Path) -> Iterator[Newsroom]:
    """Another room, with a store of its own."""
    one = newsroom.ingest
    ingest = Ingest(Store(tmp_path / "other.db"), one.fetcher, one.pages, one.outlets)
    yield Newsroom(ingest.store, ingest, newsroom.places)
    ingest.store.close()


def test_a_restart_changes_nothing(newsroom: Newsroom, other: Newsroom) -> None:
    """A new grouper for each batch groups as one that ran all along, also in the background."""
    for turn in range(6):
        for room in (newsroom, other):
            _tell_many(room, 1, first=turn)
        newsroom.group()
        other.grouper = Grouper(other.store, WordEncoder(), other.places)
        other.group()
    assert _partition(newsroom) == _partition(other)
    assert _stories(newsroom) == _stories(other)
    with newsroom.store.database.read() as one, other.store.database.read() as two:
        assert newsroom.store.placing.counts(one) == other.store.placing.counts(two)


def test_stopping_keeps_what_is_done(newsroom: Newsroom) -> None:
    """A stop between two articles loses nothing; the next run does the rest."""
    _tell_many(newsroom, 1)
    asked = iter(range(100))
    done = newsroom.grouper.run(NOW, stop=lambda: next(asked) >= 6)
    assert 0 < done < 24
    assert newsroom.group() == 24 - done
    assert newsroom.group() == 0


def test_groupers_side_by_side_place_every_article_once(
    newsroom: Newsroom, other: Newsroom, tmp_path: Path, places: Places
) -> None:
    """Two groupers on one file, at the same time, make the stories that one alone makes."""
    for room in (newsroom, other):
        _tell_many(room)
    other.group()
    store = Store(tmp_path / "news.db")
    rivals = [newsroom.grouper, Grouper(store, WordEncoder(), places)]
    threads = [threading.Thread(target=rival.run, args=(NOW,)) for rival in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert newsroom.store.placing.waiting(1) == []
    assert sum(story.articles for story in _stories(newsroom).values()) == 96
    assert _partition(newsroom) == _partition(other)
    assert _stories(newsroom) == _stories(other)
    with newsroom.store.database.read() as connection:
        assert newsroom.store.placing.counts(connection, [ALL]) == {ALL: 96}
    store.close()


_GROUPING = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from newsroom import NOW, WordEncoder
from news.places import Places
from news.store import Store
from news.store.placing import ALL
from news.stories import Grouper
Grouper(Store(Path(sys.argv[1])), WordEncoder(), Places([])).run(NOW)
"""


def test_processes_place_every_article_once(newsroom: Newsroom, other: Newsroom) -> None:
    """Two processes that group the same file at once do what one alone does."""
    for room in (newsroom, other):
        _tell_many(room, 2)
    other.group()
    arguments = [str(newsroom.store.database.path), str(Path(__file__).parent)]
    rivals = [subprocess.Popen([sys.executable, "-c", _GROUPING, *arguments]) for _ in range(2)]
    assert [rival.wait(60) for rival in rivals] == [0, 0]
    assert sum(story.articles for story in _stories(newsroom).values()) == 48
    assert _partition(newsroom) == _partition(other)


def _unit(random: np.random.Generator) -> Vector:
    vector = random.random(8, dtype=np.float32)
    vector /= np.linalg.norm(vector)
    return vector


@given(
    steps=st.lists(
        st.tuples(st.integers(1, 5), st.integers(0, 40), st.sets(st.sampled_from("abcdefgh"))),
        min_size=1,
        max_size=25,
    ),
    dropped=st.sets(st.integers(1, 5)),
)
@settings(deadline=None)
def test_dropping_a_story_leaves_the_others_as_they_were(
    steps: list[tuple[int, int, set[str]]], dropped: set[int]
) -> None:
    """An index from which stories were dropped answers like one that never had them."""
    random = np.random.default_rng(7)
    signals = [
        (
            id,
            Signals(
                vector=_unit(random),
                terms=bag(dict.fromkeys(words, 1.0)),
                at=NOW + days * timedelta(hours=6),
            ),
        )
        for id, days, words in steps
    ]
    full, rest = StoryIndex(), StoryIndex()
    for id, one in signals:
        for index in (full, rest):
            index.count(one.terms)
        full.add(id, one)
        if id not in dropped:
            rest.add(id, one)
    for id in dropped:
        if id in full:
            full.drop(id)
    assert len(full) == len(rest)
    for _, one in signals:
        ours, theirs = full.best(one), rest.best(one)
        assert (ours is None) == (theirs is None)
        if ours and theirs:
            assert ours[1] == pytest.approx(theirs[1], abs=1e-5)


def test_the_real_encoder_tells_events_apart(encoder: SentenceEncoder) -> None:
    """Two reports of one event fit, in other words too; a report of another event does not."""
    texts = [
        ("Dockers strike in Varnes", STRIKE[0]),
        ("Ships stuck off Varnes as port workers walk out", STRIKE[2]),
        ("Ash closes Teral airfield", VOLCANO[0]),
    ]
    strike, walkout, ash = (
        read_signals(*text, vector, NOW)
        for text, vector in zip(texts, encode_parts(encoder, texts), strict=True)
    )
    index = StoryIndex()
    for other in range(20):  # so that words have a rarity
        index.count(bag({f"w{other}": 1.0}))
    index.count(strike.terms)
    index.add(1, strike)
    fits, strange = index.best(walkout), index.best(ash)
    assert fits is not None
    assert fits[1] >= JOIN
    assert strange is None or strange[1] < JOIN
