"""Grouping takes what real feeds bring: odd dates, no headlines, crowds of copies, live pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import sqlalchemy as sa
import structlog
from newsroom import NOW, Newsroom, WordEncoder
from numpy.typing import NDArray

from news.independence import counts
from news.places import Places
from news.store.articles import MOST_VERSIONS
from news.store.tables import articles
from news.stories import Grouper
from summarizer.encode import EncoderUnavailable, SentenceEncoder

HOUR = timedelta(hours=1)
STRIKE = (
    "Dockers in Varnes stopped work over a new roster and three ships wait at the breakwater.",
    "A strike of dockers in Varnes over the roster left three ships waiting at the breakwater.",
)
MUSEUM = "A museum of lamps opens in Teral in a hall that was a mill, with lamps from ships."
WIRE = (
    "Dockers in Varnes stopped work on Friday over a new roster that the port wants to begin "
    "with in March. Three ships wait at the breakwater, among them a ferry with ninety lorries. "
    "The union says that the roster leaves crews four hours of sleep, the port that it leaves "
    "eight. Both will meet the mayor on Sunday, in the hall where they met twelve years ago."
)


def _articles(room: Newsroom, *ids: str) -> int:
    return len({room.story_of(id) for id in ids})


def test_no_date(newsroom: Newsroom) -> None:
    """A text without a date is grouped as of the day it was read, with that day's news."""
    first = newsroom.tell("Dockers strike in Varnes", STRIKE[0], at=NOW - HOUR)
    newsroom.tell("Old strike in Varnes", STRIKE[1], at=NOW - timedelta(days=60), outlet="Old Post")
    undated = newsroom.tell("Strike", STRIKE[1], at=NOW, fetched_at=NOW, outlet="Fjord Times")
    newsroom.group()
    assert newsroom.story_of(undated) == newsroom.story_of(first)


def test_a_date_in_the_future(newsroom: Newsroom) -> None:
    """A date that nobody can have written yet counts as the time of reading, and is logged."""
    first = newsroom.tell("Dockers strike in Varnes", STRIKE[0], at=NOW - HOUR)
    newsroom.group()
    with structlog.testing.capture_logs() as entries:
        alone = newsroom.tell("Museum opens in Teral", MUSEUM,
                              at=datetime(2099, 1, 1, tzinfo=UTC), fetched_at=NOW)  # fmt: skip
        late = newsroom.tell("Strike", STRIKE[1], at=datetime(2099, 1, 1, tzinfo=UTC),
                             fetched_at=NOW, outlet="Fjord Times")  # fmt: skip
        newsroom.group()
    assert newsroom.story_of(late) == newsroom.story_of(first)
    assert [entry["article"] for entry in entries if entry["event"] == "dated in the future"] == [
        alone
    ]
    found = newsroom.store.stories.many(
        [newsroom.story_of(late) or 0, newsroom.story_of(alone) or 0]
    )
    assert {story.last_at for story in found.values()} == {NOW}


def test_an_empty_headline(newsroom: Newsroom) -> None:
    """A text without a headline joins by what it says; alone it is named by its first words."""
    first = newsroom.tell("Dockers strike in Varnes", STRIKE[0])
    bare = newsroom.tell("", STRIKE[1], outlet="Fjord Times")
    alone = newsroom.tell("", "A museum of lamps opens in Teral in a hall that was a mill.")
    newsroom.group()
    assert newsroom.story_of(bare) == newsroom.story_of(first)
    named = newsroom.store.stories.many(
        [newsroom.story_of(first) or 0, newsroom.story_of(alone) or 0]
    )
    assert [story.title for story in named.values()] == [
        "Dockers strike in Varnes",
        "A museum of lamps opens in Teral in a hall that was…",
    ]


def test_the_same_article_under_five_links(newsroom: Newsroom) -> None:
    """At one outlet it is one article, at five it is five that are one voice and one news."""
    for number in range(5):
        newsroom.tell("Strike", WIRE, url=f"https://harbour-post.example/strike?page={number}x")
    newsroom.group()
    assert newsroom.store.articles.count() == 1
    for number in range(5):
        newsroom.tell("Strike in Varnes", WIRE + " Agency.", outlet=f"Outlet {number}")
    newsroom.group()
    (story,) = newsroom.store.stories.many(range(1, 9)).values()
    assert (story.articles, story.revision) == (6, 1)
    told = counts(newsroom.store.articles.of_stories([story.id])[story.id])
    assert (told.articles, told.texts, told.voices) == (6, 1, 1)


def test_an_outlet_nobody_listed(newsroom: Newsroom) -> None:
    """An unknown host is an outlet of its own name, grouped like any other; so is none at all."""
    first = newsroom.tell("Dockers strike in Varnes", STRIKE[0])
    rows = newsroom.store.database.path.with_name("rows.jsonl")
    rows.write_text(
        '{"url": "https://nobody.example/a", "title": "Strike", "date": "2022-02-18", '
        f'"text": "{STRIKE[1]}"}}\n'
        f'{{"title": "Dockers", "date": "2022-02-18", "text": "{STRIKE[1]} So it is."}}\n',
        encoding="utf-8",
    )
    received = list(newsroom.ingest.take(str(rows), now=NOW))
    newsroom.group()
    assert [one.outcome for one in received] == ["new", "new"]
    ids = [one.article_id or "" for one in received]
    assert _articles(newsroom, first, *ids) == 1
    story = newsroom.store.stories.get(newsroom.story_of(first) or 0)
    assert story is not None
    assert set(story.outlets) == {"Harbour Post", "nobody.example"}


def test_a_live_page_that_changes_every_hour(newsroom: Newsroom) -> None:
    """It stays one article of one story, and moves that no oftener than its texts are kept."""
    url = "https://harbour-post.example/live"
    other = newsroom.tell("Dockers strike in Varnes", STRIKE[1], outlet="Fjord Times")
    for hour in range(MOST_VERSIONS + 6):
        at = NOW + hour * HOUR
        text = (
            f"{STRIKE[0]} Live at {hour}: ship number {hour * 7} turned back for lack of a berth."
        )
        page = newsroom.tell("Live: dockers strike in Varnes", text, url=url, at=NOW, fetched_at=at)
        newsroom.group(at)
    (story,) = newsroom.store.stories.many(range(1, 99)).values()
    assert story.id == newsroom.story_of(page) == newsroom.story_of(other)
    assert story.articles == 2
    assert story.revision <= MOST_VERSIONS + 1


def test_five_thousand_in_one_burst(newsroom: Newsroom) -> None:
    """Five thousand reports within an hour, most of one event: one story, and nothing waits."""
    count, museums = 5000, 50
    rows = [
        {
            "id": f"{number:012x}", "content_hash": f"{number:x}", "outlet": f"Outlet {number}",
            "host": f"outlet-{number}.example", "ownership": "unknown", "language": "en",
            "title": "Lamp museum opens" if number < museums else "Dockers strike in Varnes",
            "text": MUSEUM if number < museums else f"{STRIKE[0][:60]} Pier {number} is shut.",
            "published_at": NOW + timedelta(seconds=number / 2), "fetched_at": NOW + HOUR,
            "completeness": "full", "private": False,
        }
        for number in range(count)
    ]  # fmt: skip
    with newsroom.store.database.write() as connection:
        connection.execute(sa.insert(articles), rows)
    assert newsroom.group(NOW + HOUR) == count
    assert newsroom.store.placing.waiting(1) == []
    told = newsroom.store.stories.changed_since(NOW - HOUR, NOW + HOUR, limit=500)
    assert [(story.title, story.articles) for story in told] == [
        ("Dockers strike in Varnes", count - museums), ("Lamp museum opens", museums),
    ]  # fmt: skip


PAIRS = {
    "one city, one day": (
        ("Fire destroys furniture warehouse in Rotterdam",
         "Firefighters fought a blaze at a furniture warehouse in the south of Rotterdam. Smoke "
         "drifted over the harbour and people in Rotterdam were told to keep their windows shut."),
        ("Rotterdam opens an art depot",
         "The mayor of Rotterdam opened a public art depot in the museum park. It shows thousands "
         "of paintings, and tickets for the first weekend in Rotterdam were sold out in an hour."),
    ),
    "one city, a crime and a strike": (
        ("Two shot dead in a Marseille cafe",
         "Two men were shot dead in a cafe in the north of Marseille. Police in Marseille said "
         "that the gunman fled on a scooter; prosecutors suspect a quarrel between drug gangs."),
        ("Ferry strike strands thousands in Marseille",
         "Thousands of passengers were stranded in Marseille as ferry crews walked out over pay. "
         "No ship left for Corsica or Algeria, the port authority of Marseille said."),
    ),
    "one person, another deed": (
        ("Novak Djokovic wins the title in Rome",
         "Novak Djokovic beat Stefanos Tsitsipas in two sets and won the title in Rome. Novak "
         "Djokovic had not won a tournament for six months and wept when it was over."),
        ("Novak Djokovic opens a school in Belgrade",
         "Novak Djokovic opened a nursery school in the old town of Belgrade. The foundation of "
         "Novak Djokovic paid for teachers, a garden and hot meals for sixty children."),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PAIRS)
def test_two_unrelated_events_in_one_city_on_one_day(
    newsroom: Newsroom, encoder: SentenceEncoder, places: Places, case: str
) -> None:
    """Two events in one city on one day, or two deeds of one person, are two stories."""
    newsroom.grouper = Grouper(newsroom.store, encoder, places)
    ids = [
        newsroom.tell(title, text, outlet=f"Outlet {at}", at=NOW - at * HOUR)
        for at, (title, text) in enumerate(PAIRS[case])
    ]
    newsroom.group()
    assert _articles(newsroom, *ids) == 2


class MoodyEncoder(WordEncoder):
    """An encoder that cannot take a text that holds a certain word, or none at all."""

    def __init__(self, hates: str) -> None:
        self.hates = hates

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give rows, or fail for all of them."""
        if any(self.hates in text for text in texts):
            raise ValueError("index out of range in self")
        return super().encode(texts)


def test_a_text_that_no_model_takes(newsroom: Newsroom, places: Places) -> None:
    """It gets a story of its own, the log says why, and the others are grouped as ever."""
    newsroom.grouper = Grouper(newsroom.store, MoodyEncoder("volapük"), places)
    strike = [newsroom.tell("Strike", text, outlet=text[:6]) for text in STRIKE]
    odd = newsroom.tell("Strike", f"{STRIKE[0]} This is volapük to most.", outlet="Odd Post")
    with structlog.testing.capture_logs() as entries:
        assert newsroom.group() == 3
    assert _articles(newsroom, *strike) == 1
    assert _articles(newsroom, strike[0], odd) == 2
    assert [entry["article"] for entry in entries if entry["event"] == "article not encoded"] == [
        odd
    ]


def test_an_encoder_that_takes_nothing_is_trouble_of_its_own(
    newsroom: Newsroom, places: Places
) -> None:
    """Articles wait for it: they are not stored without a direction for ever."""
    newsroom.grouper = Grouper(newsroom.store, MoodyEncoder(""), places)
    newsroom.tell("Strike", STRIKE[0])
    with pytest.raises((ValueError, EncoderUnavailable)):
        newsroom.group()
    assert len(newsroom.store.placing.waiting(9)) == 1
