"""Timelines and backgrounds from a real store: what is gathered, told and refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from newsroom import NOW, Newsroom

from news.digest import Digests
from news.gathering import gather, subject_of
from news.history import History
from news.search import Search
from news.statements import SentenceVectors
from news.stories import Grouper
from news.topics import Topics
from summarizer.encode import SentenceEncoder
from summarizer.pipeline import Summarizer

DAM = (
    ("Dam bursts at Orsk", "The dam at Orsk burst on Tuesday, drowning nine people.", 9),
    ("Search goes on in Orsk", "Rescuers searched Orsk below the dam on Wednesday.", 8),
    (
        "Minister quits over Orsk dam",
        "The minister for rivers resigned on Monday over the dam of Orsk, which burst on "
        "8 February. He had been warned in time, the inquiry found.",
        3,
    ),
    (
        "Orsk buries its dead",
        "Thousands walked behind nine coffins in Orsk on Thursday, below what is left of the dam. "
        "The river ran low and clear.",
        0,
    ),
)
Make = Callable[[], tuple[Newsroom, History, Search]]


@pytest.fixture
def made(newsroom: Newsroom, encoder: SentenceEncoder, topics: Topics) -> tuple[History, Search]:
    """A store with the dam of Orsk, an airfield, and a chess cup far from both."""
    for number, (title, text, days) in enumerate(DAM):
        newsroom.tell(title, text, at=NOW - timedelta(days=days, hours=3), outlet=f"Post {number}")
    newsroom.tell(
        "Ash closes Teral airfield", "The volcano threw ash over Teral on Sunday.", at=NOW
    )
    newsroom.tell(
        "Fishing town wins chess cup",
        "The chess club won the cup on Saturday after nine long rounds. A player from Orsk lost.",
        at=NOW - timedelta(days=4),
    )
    newsroom.grouper = Grouper(newsroom.store, encoder, newsroom.places)
    newsroom.group()
    search = Search(newsroom.store, encoder)
    summarizer = Summarizer(encoder, None)
    history = History(
        newsroom.store,
        search,
        topics,
        Digests(newsroom.store, summarizer),
        SentenceVectors(encoder),
    )
    return history, search


def test_a_topic_unfolds_in_its_articles_own_words(
    made: tuple[History, Search], newsroom: Newsroom
) -> None:
    """Days in order, each with a sentence that stands where it says, none of another topic."""
    found = made[0].timeline("orsk dam", now=NOW)
    days = [entry.day.isoformat() for entry in found.entries]
    assert days == sorted(days)
    assert {"2022-02-08", "2022-02-14"} <= set(days)
    for entry in found.entries:
        for one in entry.evidence:
            article = newsroom.store.articles.get(one.article_id)
            assert article is not None
            assert article.text[one.start : one.end] == one.sentence
            assert "chess" not in one.sentence
            assert "ash" not in one.sentence
    assert found.title == "orsk dam"


def test_days_and_articles_can_be_bounded(made: tuple[History, Search]) -> None:
    """A number of days is kept to, and nothing is told from before the bound."""
    assert len(made[0].timeline("orsk dam", now=NOW, dates=2).entries) == 2
    late = made[0].timeline("orsk dam", now=NOW, since=timedelta(days=5)).entries
    assert late
    assert all(entry.day >= (NOW - timedelta(days=5)).date() for entry in late)


@pytest.mark.parametrize(("words", "told"), [("norway ferry strike", 1), ("ferry strike", 2)])
def test_a_country_that_is_named_is_in_what_is_told(
    newsroom: Newsroom, encoder: SentenceEncoder, topics: Topics, words: str, told: int
) -> None:
    """The same event of another country is left out; without a country both are told."""
    newsroom.tell(
        "Ferry strike in Norway enters third day",
        "Crews of the fjord lines in Alvik, Norway, want more pay for winter nights. Fish is "
        "rotting on the quays of Norway, the growers' union says.",
    )
    newsroom.tell(
        "Ferry strike in Portugal is over",
        "Captains on the Tagus took the offer of the city of Lisbon. Portugal had sent soldiers to "
        "steer commuter boats since last Monday.",
        at=NOW - timedelta(days=12),
        outlet="Teral Post",
    )
    newsroom.grouper = Grouper(newsroom.store, encoder, newsroom.places)
    newsroom.group()
    search = Search(newsroom.store, encoder)
    found = gather(words, store=newsroom.store, search=search, topics=topics, now=NOW)
    assert len(found) == told
    assert "Norway" in found[-1].title


def test_catching_up_tells_old_and_new_apart(made: tuple[History, Search]) -> None:
    """The background ends where the last 48 hours begin, and news repeats none of it."""
    found = made[0].catch_up("orsk dam", now=NOW)
    assert sum(len(entry.evidence) for entry in found.background) <= 5
    assert any("burst on Tuesday" in one.sentence for e in found.background for one in e.evidence)
    assert any("coffins" in point.text for point in found.news)
    told = {one.sentence for entry in found.background for one in entry.evidence}
    assert told.isdisjoint(point.text for point in found.news)
    later = made[0].catch_up("orsk dam", now=NOW + timedelta(days=9))
    assert later.news == ()
    assert later.background


def test_an_unknown_topic_is_told_by_nothing(made: tuple[History, Search]) -> None:
    """Nothing is made up: no entries, no background, and when the newest article is of."""
    for words in ("zanzibar lithium strike", "???", "the latest news"):
        found = made[0].timeline(words, now=NOW)
        assert found.entries == ()
        assert found.newest_source_at == NOW
        caught = made[0].catch_up(words, now=NOW)
        assert (caught.background, caught.news) == ((), ())


def test_a_story_is_told_with_what_led_to_it(
    made: tuple[History, Search], newsroom: Newsroom
) -> None:
    """A story's timeline holds its own articles' days; an unknown story has none."""
    story = newsroom.store.stories.changed_since(NOW - timedelta(hours=12), NOW)[0]
    found = made[0].of_story(story.id, now=NOW)
    assert found is not None
    assert found.story == story
    assert made[0].of_story(10**6, now=NOW) is None


def test_private_and_future_texts_take_no_part(
    made: tuple[History, Search], newsroom: Newsroom
) -> None:
    """What somebody sent, and what is dated after now, is in no timeline."""
    newsroom.tell("Orsk dam sold", "The dam of Orsk was sold on Friday.", at=NOW, private=True)
    ahead = NOW + timedelta(days=2)
    newsroom.tell("Orsk dam blown up", "The dam of Orsk was blown up on Sunday.", at=ahead)
    newsroom.group()
    sentences = [
        one.sentence
        for entry in made[0].timeline("orsk dam", now=NOW, dates=30).entries
        for one in entry.evidence
    ]
    assert not any("sold" in one or "blown up" in one for one in sentences)


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("what is the latest on the Orsk dam?", "Orsk dam"),
        ("news about the war of the mills, please", "war of the mills, please"),
        ("coups and juntas", "coups and juntas"),
        ("grain", "grain"),
    ],
)
def test_words_of_asking_are_no_subject(topics: Topics, words: str, subject: str) -> None:
    """What is asked for stays as it was written; words that only ask do not count."""
    assert subject_of(words, topics) == subject


def test_a_listed_topic_goes_by_its_terms(
    newsroom: Newsroom, encoder: SentenceEncoder, topics: Topics
) -> None:
    """A topic of the list finds what its terms name, though the words are not in the text."""
    newsroom.tell(
        "Colonels on television",
        "The military junta that seized power on Monday named a transitional president.",
        at=NOW,
    )
    newsroom.group()
    found = gather(
        "coups and juntas", store=newsroom.store, search=Search(newsroom.store, encoder),
        topics=topics, now=NOW,
    )  # fmt: skip
    assert [article.title for article in found] == ["Colonels on television"]


def test_hundreds_of_articles_are_told_by_few_sentences(
    newsroom: Newsroom, encoder: SentenceEncoder, topics: Topics
) -> None:
    """The sentences that are encoded are bounded by the days, not by the articles."""
    asked: list[int] = []

    class Counting(SentenceVectors):
        def of(self, texts):  # type: ignore[no-untyped-def]
            asked.append(len(texts))
            return super().of(texts)

    at: datetime = NOW - timedelta(days=6)
    for number in range(240):
        newsroom.tell(
            f"Strike at Orsk mill, part {number}",
            f"The strike at the mill of Orsk went on on Tuesday in hall {number}. "
            f"Some {number + 20} people of shift {number % 7} stayed at home.",
            at=at + timedelta(hours=number % 120),
        )
    newsroom.group()
    history = History(
        newsroom.store,
        Search(newsroom.store, encoder),
        topics,
        Digests(newsroom.store, Summarizer(encoder, None)),
        Counting(encoder),
    )
    found = history.timeline("strike orsk mill", now=NOW)
    assert found.articles == 240
    assert found.entries
    assert sum(asked) < 260
