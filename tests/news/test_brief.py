"""A brief: the right stories in order, only what is new for its reader, and what to warn of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from newsroom import NOW, Newsroom, WordEncoder

from news.brief import STORIES, compose
from news.digest import Digests
from news.model import Article, Brief, Changes
from news.topics import Topics
from summarizer.pipeline import Summarizer

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
EVENTS = {
    "Ash closes Teral airfield": "The volcano above Teral threw ash over two villages of farmers. "
    "Flights from the small airfield were stopped and a school opened its hall to families.",
    "Jordan and Egypt agree on water": "Envoys of Jordan and Egypt signed a plan for shared water. "
    "Amman and Cairo will build two pumping stations and publish readings every month.",
    "Kyiv expects talks": "Officials in Kyiv said that Ukraine expects talks on the border soon. "
    "A delegation is to meet near the river, where observers already wait for both sides.",
    "Chess club wins cup": "The chess club of a fishing town won the cup after nine long rounds. "
    "Its youngest player drew the last game and thanked her teacher in a short speech.",
}


class Desk:
    """Composes briefs of a newsroom's store."""

    def __init__(self, room: Newsroom, topics: Topics) -> None:
        self._room = room
        self._topics = topics
        self._digests = Digests(room.store, Summarizer(WordEncoder()))

    def brief(self, *wanted: str, now: datetime = NOW, since: datetime = NOW - DAY, **values: object) -> Brief:  # fmt: skip  # noqa: E501
        """Compose."""
        return compose(
            store=self._room.store,
            digests=self._digests,
            topics=self._topics,
            now=now,
            since=since,
            wanted=wanted,
            **values,  # type: ignore[arg-type]
        )


@pytest.fixture
def desk(newsroom: Newsroom, topics: Topics) -> Desk:
    """A desk over four events of the last day, the first told by three outlets."""
    for hours, (title, text) in enumerate(EVENTS.items(), start=1):
        newsroom.tell(title, text, at=NOW - hours * HOUR)
    for outlet in ("Fjord Times", "Cape News"):
        title = "Ash closes Teral airfield"
        newsroom.tell(title, EVENTS[title][::1] + f" {outlet} was there.", at=NOW - HOUR, outlet=outlet)  # fmt: skip  # noqa: E501
    newsroom.group(NOW)
    return Desk(newsroom, topics)


def _titles(brief: Brief) -> list[str]:
    return [entry.story.title for entry in brief.entries]


def test_everything_of_the_last_day_in_order_of_weight(desk: Desk) -> None:
    """No topics means all; fresher stories of more outlets come first; parts add up."""
    brief = desk.brief(length="long")
    assert set(_titles(brief)) == set(EVENTS)
    totals = [entry.importance.total for entry in brief.entries]
    assert totals == sorted(totals, reverse=True)
    for entry in brief.entries:
        assert entry.importance.total == pytest.approx(sum(entry.importance.parts.values()), abs=0.01)  # fmt: skip  # noqa: E501
        assert entry.new
        assert entry.digest.points


def test_a_short_brief_is_short(desk: Desk) -> None:
    """The length decides how many stories are told."""
    assert len(desk.brief(length="short").entries) == STORIES["short"]


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        ("middle east", "Jordan and Egypt agree on water"),
        ("ukraine", "Kyiv expects talks"),
        ("jordanian", "Jordan and Egypt agree on water"),
        ("chess cup", "Chess club wins cup"),
    ],
)
def test_topics_choose(desk: Desk, wanted: str, title: str) -> None:
    """A region, a listed topic, a country and plain words each find their story alone."""
    assert _titles(desk.brief(wanted)) == [title]


def test_any_of_several_topics_will_do(desk: Desk) -> None:
    """Topics add to each other; one without news adds nothing."""
    found = desk.brief("ukraine", "chess cup", "deep sea mining")
    assert set(_titles(found)) == {"Kyiv expects talks", "Chess club wins cup"}
    assert desk.brief("deep sea mining").entries == ()


def test_what_was_told_comes_back_only_when_it_moved(newsroom: Newsroom, desk: Desk) -> None:
    """An unmoved story is left out; one that moved is marked as known and tells its new part."""
    first = desk.brief(length="long")
    known = {entry.story.id: entry.story.revision for entry in first.entries}
    assert desk.brief(known=known).entries == ()
    later = NOW + 5 * HOUR
    newsroom.tell(
        "Kyiv expects talks on Monday",
        "Ukraine expects talks on the border on Monday, officials in Kyiv said after a long night.",
        at=NOW + 4 * HOUR,
        outlet="Fjord Times",
    )
    newsroom.group(later)
    (entry,) = desk.brief(now=later, since=NOW, known=known).entries
    assert not entry.new
    assert {one.source for point in entry.digest.points for one in point.evidence} == {
        "Fjord Times"
    }


def test_news_that_came_in_late_is_not_lost(newsroom: Newsroom, desk: Desk) -> None:
    """What was published before the last brief and collected after it is in the next one."""
    known = {entry.story.id: entry.story.revision for entry in desk.brief(length="long").entries}
    newsroom.tell(
        "Ferry line reopens",
        "The ferry line across the bay reopened after a winter of repairs to its only ship.",
        at=NOW - HOUR,
        fetched_at=NOW + HOUR,
    )
    newsroom.group(NOW + HOUR)
    tomorrow = NOW + DAY
    assert _titles(desk.brief(now=tomorrow, since=NOW, known=known)) == ["Ferry line reopens"]


def test_an_article_of_this_very_moment_counts(newsroom: Newsroom, desk: Desk) -> None:
    """A text without a date is of the time of reading, and in the brief of that time."""
    newsroom.tell("Bells ring", "All bells of the old town rang at noon to greet a new year.")
    newsroom.group()
    assert "Bells ring" in _titles(desk.brief(length="long"))


def test_a_story_that_says_nothing_makes_room(newsroom: Newsroom, desk: Desk) -> None:
    """A story without a sentence to show does not take another's place."""
    for outlet in "abcdef":
        newsroom.tell(
            "Table of results",
            "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27",
            outlet=f"Outlet {outlet}",
        )
    newsroom.group()
    brief = desk.brief(length="short")
    assert len(brief.entries) == STORIES["short"]


def test_old_sources_are_warned_of(desk: Desk) -> None:
    """A brief says when its newest source is older than the set number of hours."""
    late = NOW + 20 * HOUR
    (notice,) = desk.brief(now=late, stale_after=12 * HOUR).notices
    assert "21 hours old" in notice
    assert desk.brief(stale_after=12 * HOUR).notices == ()
    assert desk.brief(now=late).notices == ()


def test_broken_collection_is_warned_of(newsroom: Newsroom, desk: Desk) -> None:
    """Also while the newest source is still fresh."""
    store = newsroom.store
    store.set_note("collected", {"at": NOW.isoformat(), "feeds": 4, "failed": 4})
    (never,) = desk.brief(stale_after=12 * HOUR).notices
    assert "from the start" in never
    store.set_note("collected_well", (NOW - 13 * HOUR).isoformat())
    (since,) = desk.brief(stale_after=12 * HOUR).notices
    assert "since 17 February 23:00 UTC" in since
    store.set_note("collected_well", (NOW - 2 * HOUR).isoformat())
    assert desk.brief(stale_after=12 * HOUR).notices == ()


def test_an_empty_store_says_so(newsroom: Newsroom, topics: Topics) -> None:
    """No news at all is a notice, not a silent empty brief."""
    brief = Desk(newsroom, topics).brief(stale_after=HOUR)
    assert brief.entries == ()
    assert brief.notices == ("No news has been collected yet.",)


def test_a_story_that_moved_without_news_for_the_reader_is_left_out(
    desk: Desk, newsroom: Newsroom
) -> None:
    """More articles do not make news: what is news decides, and stands alone in the entry."""
    told = desk.brief(length="long")
    known = {entry.story.id: 0 for entry in told.entries}
    one = told.entries[0]
    point = one.digest.points[0]

    def news(articles: Sequence[Article], most: int) -> Changes | None:
        mine = articles[0].story_id == one.story.id
        return Changes(since=NOW, points=(point,) if mine else (), figures=())

    again = desk.brief(length="long", known=known, news=news)
    assert [entry.story.id for entry in again.entries] == [one.story.id]
    assert again.entries[0].digest.points == (point,)
    assert not again.entries[0].new
