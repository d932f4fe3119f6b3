"""Timelines of invented articles: which days are told, by which sentences, with what weight."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
from newsroom import WordEncoder
from numpy.typing import NDArray

from news.model import Article, Outlet
from news.timeline import Entry, compose, ranked, read, weigh

TODAY = date(2022, 2, 17)


def article(
    text: str,
    day: str,
    *,
    outlet: str = "Harbour Post",
    story: int | None = None,
    copy_of: str | None = None,
    dated: bool = True,
) -> Article:
    """An article of a day, at noon; one that is not dated was stored as it was read."""
    at = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
    return Article(
        id=f"{abs(hash((text, day, outlet))):012d}"[:12],
        number=0,
        url="https://post.example/1",
        title="",
        text=text,
        outlet=Outlet(name=outlet, host="post.example"),
        language="en",
        author=None,
        published_at=at,
        fetched_at=at + timedelta(minutes=1) if dated else at,
        content_hash="",
        copy_of=copy_of,
        story_id=story,
    )


SIEGE = [
    article("The dam at Orsk burst on Tuesday after a week of rain, drowning nine.", "2022-02-09"),
    article("Rescuers searched Orsk for a second day on Wednesday.", "2022-02-09"),
    article(
        "The dam of Orsk, which burst on 8 February, had been patched for years.",
        "2022-02-14",
        outlet="Inland Courier",
    ),
    article("Engineers warned of the Orsk dam long before it burst on 8 February.", "2022-02-15"),
    article("The minister for rivers resigned on Monday over the dam of Orsk.", "2022-02-15"),
    article("The mayor of Orsk will speak on 20 February about the dam.", "2022-02-16"),
]


def told(articles: Sequence[Article], **asked: object) -> list[Entry]:
    """The timeline of articles."""
    return compose(read(articles), WordEncoder().encode, today=TODAY, **asked)  # type: ignore[arg-type]


def test_the_day_that_many_name_is_told_by_a_sentence_that_names_it() -> None:
    """The heaviest day is the one that texts name, whenever they came out."""
    heaviest = max(told(SIEGE), key=lambda entry: entry.weight.total)
    assert heaviest.day == date(2022, 2, 8)
    assert "burst" in heaviest.evidence[0].sentence
    assert heaviest.weight.named == 3
    assert heaviest.weight.outlets == 2


def test_sentences_are_the_sources_own() -> None:
    """Every line stands in its article at the place that it gives."""
    texts = {one.id: one for one in SIEGE}
    for entry in told(SIEGE, sentences=2):
        for one in entry.evidence:
            source = texts[one.article_id]
            assert source.text[one.start : one.end] == one.sentence
            assert one.published_at == source.published_at


def test_as_many_days_as_wanted_oldest_first() -> None:
    """With a number given there are so many entries, in order; without, those that matter."""
    days = [entry.day for entry in told(SIEGE, dates=3)]
    assert len(days) == 3
    assert days == sorted(days)
    assert len(told(SIEGE, dates=50)) < 50
    assert told(SIEGE, first=date(2022, 2, 12), dates=9)[0].day >= date(2022, 2, 12)


def test_a_day_to_come_is_told_as_such_when_several_outlets_name_it() -> None:
    """What one outlet alone announces stays out; what two do is marked as ahead."""
    assert not any(entry.ahead for entry in told(SIEGE))
    other = article(
        "On 20 February the mayor of Orsk will answer questions.", "2022-02-16", outlet="Courier"
    )
    ahead = [entry for entry in told([*SIEGE, other]) if entry.ahead]
    assert [entry.day for entry in ahead] == [date(2022, 2, 20)]


def test_absurd_days_stay_out() -> None:
    """Years, far days of one text and birthdays make no entry."""
    odd = article(
        "In 1812 the old dam stood. Born on 5 May 1961, he will retire on 3 March 2099. "
        "Room 2022 holds 17 people.",
        "2022-02-16",
    )
    for entry in told([*SIEGE, odd], dates=40):
        assert date(2022, 2, 1) <= entry.day <= TODAY


def test_articles_without_a_date_name_full_dates_only() -> None:
    """A text stored with the time of reading came out on no known day."""
    undated = article("The dam was opened on Tuesday, as on 8 February 2022.", TODAY.isoformat(),
                      dated=False)  # fmt: skip
    weights = weigh(read([undated]))
    assert set(weights) == {date(2022, 2, 8)}
    assert weights[date(2022, 2, 8)].published == 0
    assert told([undated])[0].evidence[0].published_at is None


def test_copies_and_stamps_count_nothing() -> None:
    """Wire copies are one voice; a page's stamp with its own date is no mention."""
    copy = article(SIEGE[0].text, "2022-02-09", outlet="Mirror", copy_of=SIEGE[0].id)
    assert weigh(read([*SIEGE, copy])) == weigh(read(SIEGE))
    stamped = article("Updated 9 February 2022. The river at Orsk fell again.", "2022-02-09")
    assert weigh(read([stamped]))[date(2022, 2, 9)].named == 0


def test_the_biggest_story_of_a_day_weighs() -> None:
    """A day on which a story began counts with the logarithm of its articles."""
    begun = [article(f"Part {n} of the strike.", "2022-02-10", story=7) for n in range(4)]
    later = [article("The strike goes on.", "2022-02-11", story=7)]
    weights = weigh(read([*begun, *later]))
    assert weights[date(2022, 2, 10)].story == 5
    assert weights[date(2022, 2, 11)].story == 0


def test_one_day_only_and_nothing_at_all() -> None:
    """Articles of a single day give one entry; no articles, and empty ones, none."""
    assert [entry.day for entry in told(SIEGE[:1], dates=1)] == [date(2022, 2, 8)]
    assert told([]) == []
    assert told([article("", "2022-02-09")]) == []


def test_no_two_days_are_told_by_the_same_sentence() -> None:
    """A sentence printed again on another day is no news of that day."""
    text = "Snow closed the pass above Teral and cut off two villages."
    repeated = [article(text, f"2022-02-{day:02}", outlet=f"Outlet {day}") for day in (9, 10, 11)]
    assert len(told(repeated, dates=3)) == 1


def strike(days: int, reports: int) -> list[Article]:
    """So many days of a strike with so many reports each, all of other words."""
    begun = date(2021, 10, 1)
    return [
        article(
            f"On {begun + timedelta(days=day):%-d %B} hall {day} of the mill struck over pay rule "
            f"{number} and foreman {day * 7 + number} of the shift went home. It rained.",
            (begun + timedelta(days=day)).isoformat(),
            outlet=f"Outlet {number}",
        )
        for day in range(days)
        for number in range(reports)
    ]


def test_a_long_topic_is_told_by_a_bounded_number_of_sentences() -> None:
    """Neither days nor articles without end raise what is encoded; a day has some all the same."""
    encoded: list[int] = []

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        encoded.append(len(texts))
        return WordEncoder().encode(texts)

    few = compose(read(strike(100, 2)), encode, today=TODAY, most=40)
    many = compose(read(strike(100, 16)), encode, today=TODAY, most=40)
    assert 30 < len(few) <= len(many) <= 40
    assert max(encoded) <= 8 * 40 + 1
    assert len(compose(read(strike(100, 2)), encode, today=TODAY, dates=60)) == 60


def test_a_background_is_spread_over_the_time() -> None:
    """Of the few days of a background not all are those of the loudest week."""
    loud = [
        article(f"On {day} January shaft {number} of the mine at Teral flooded and pumps failed "
                f"for {number + 2} hours.", f"2022-01-{day:02}", outlet=f"Outlet {number}")
        for day in (20, 21, 22) for number in range(8)
    ]  # fmt: skip
    early = [
        article(f"On {day} December union {number} of Teral called a strike over the mine's lifts.",
                f"2021-12-{day:02}", outlet=f"Outlet {number}")
        for day in (3, 6, 9, 12) for number in range(5)
    ]  # fmt: skip
    heaviest = told([*early, *loud], dates=3)
    spread = told([*early, *loud], dates=3, spread=True)
    assert {entry.day.month for entry in heaviest} == {1}
    assert spread[0].day.month == 12
    assert len(spread) == 3
    # where less matters than is wanted, spreading changes nothing
    assert told(SIEGE, dates=50, spread=True) == told(SIEGE, dates=50)


def test_days_that_matter_are_near_the_heaviest() -> None:
    """The rule for the number: a share of what the heaviest days weigh, and never too few."""
    weights = (9, 10, 8, 9, 8, 8, 9, 8, 4, 1, 1, 1)
    totals = {date(2022, 1, day): weight for day, weight in enumerate(weights, 1)}
    assert sorted(ranked(totals)) == [date(2022, 1, day) for day in range(1, 10)]
    assert len(ranked(totals, 2)) == 12
    assert len(ranked(dict.fromkeys(totals, 1) | {TODAY: 99})) == 8
    assert ranked({}) == []
