"""What an outlet has withdrawn by an article of its own is told nowhere: the correction is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from archive import Archive
from newsroom import NOW, Newsroom

from news.ask import ask
from news.digest import Digests
from news.extract import PagePool
from news.fetch import Fetcher
from news.gathering import gather_story
from news.ingest import Ingest
from news.outlets import Outlets
from news.places import Places
from news.search import Search
from news.statements import SentenceVectors, heard
from news.store import Store
from news.stories import Grouper
from news.withdrawals import standing
from summarizer.encode import SentenceEncoder
from summarizer.pipeline import Summarizer

TOLD = (
    (
        "Storm in Varnes makes 900 homeless",
        "Harbour Post",
        "The storm in Varnes has killed at least 30 people and made 900 homeless. The roofs of the "
        "old town are gone, and the harbour of Varnes is closed.",
    ),
    (
        "Storm hits Varnes",
        "Northern Wire",
        "The storm tore roofs from the houses of Varnes on Sunday. The harbour is closed, and the "
        "fire service of Varnes is searching the old town.",
    ),
    (
        "Correction: Storm in Varnes and its toll",
        "Harbour Post",
        "The storm in Varnes has killed at least 3 people, the fire service says. We gave the toll "
        "as 30 and called 900 homeless who had only left the old town of Varnes for a night.",
    ),
)


@pytest.fixture(scope="module")
def storm(
    tmp_path_factory: pytest.TempPathFactory,
    encoder: SentenceEncoder,
    pages: PagePool,
    places: Places,
) -> Iterator[Archive]:
    """A storm told by two outlets, of which one corrects itself; read only."""
    store = Store(tmp_path_factory.mktemp("storm") / "news.db")
    room = Newsroom(store, Ingest(store, Fetcher("tests"), pages, Outlets([])), places)
    for hours, (title, outlet, text) in enumerate(TOLD):
        room.tell(title, text, at=NOW - timedelta(hours=9 - hours), outlet=outlet)
    room.grouper = Grouper(store, encoder, places)
    room.group()
    yield Archive(room=room, search=Search(store, encoder), encoder=encoder)
    store.close()


@pytest.mark.parametrize(
    "question", ["How many people were killed by the storm in Varnes?", "900 homeless in Varnes"]
)
def test_an_answer_is_made_from_the_correction(storm: Archive, question: str) -> None:
    """Also where the question's words stand in what was withdrawn."""
    store = storm.room.store
    found = ask(
        question,
        store=store,
        search=storm.search,
        digests=Digests(store, Summarizer(storm.encoder)),
        vectors=SentenceVectors(storm.encoder),
        now=NOW,
    )
    assert found.digest is not None
    told = " ".join(point.text for point in found.digest.points)
    assert "at least 3 people" in told
    assert "30 people" not in told
    assert [value.shown for one in found.counts for value in one.told] in ([], ["at least 3"])


def test_voices_and_timelines_leave_out_what_was_withdrawn(storm: Archive) -> None:
    """The outlet keeps its voice, by its correction."""
    store = storm.room.store
    day = timedelta(days=1)
    (story,) = store.stories.changed_since(NOW - 9 * day, NOW + 9 * day, limit=9)
    articles = gather_story(story.id, store=store, search=storm.search, now=NOW)
    assert [one.title for one in articles] == [TOLD[1][0], TOLD[2][0]]
    every = store.articles.of_stories([story.id])[story.id]
    assert len(every) == len(TOLD)
    assert [one.id for one in heard(every)[0]] == [one.id for one in articles]
    assert {one.id for one in standing(every)} == {one.id for one in articles}
