"""Days named in running text: resolved against the day of publication, or left alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.dates import mentions

THURSDAY = date(2022, 2, 17)


def days(text: str, language: str | None = None, published: date | None = THURSDAY) -> list[str]:
    """The days that a text names, as ISO dates."""
    return [day.isoformat() for one in mentions(text, published, language) for day in one.days]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The dam burst on March 3, 2019, killing dozens.", ["2019-03-03"]),
        ("A bomb went off on the evening of 12 February.", ["2022-02-12"]),
        ("The December 19 deal collapsed within hours.", ["2021-12-19"]),
        ("An election is due on 24 April.", ["2022-04-24"]),
        ("2022-02-13: the plant lost power.", ["2022-02-13"]),
        ("The report of 13/02/2022 names four firms.", ["2022-02-13"]),
        ("Workers walked out on Tuesday 8 February.", ["2022-02-08"]),
        ("On the morning of Sunday, January 30th, 1972, soldiers fired.", ["1972-01-30"]),
        ("It was signed on Feb. 9 , 2022 , in the port .", ["2022-02-09"]),
    ],
)
def test_calendar_days(text: str, expected: list[str]) -> None:
    """A day with its month is itself; without a year it is the nearest one."""
    assert days(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The minister resigned on Tuesday after a vote.", ["2022-02-15"]),
        ("The army said on Thursday that it had left.", ["2022-02-17"]),
        ("Last Friday gunmen stormed the bank.", ["2022-02-11"]),
        ("Yesterday the court struck down the law.", ["2022-02-16"]),
        ("The man was shot last night outside a club.", ["2022-02-16"]),
        ("It reopened the day before yesterday.", ["2022-02-15"]),
        ("The embassy closed two days ago.", ["2022-02-15"]),
        ("Sunday's vote was close. It will be counted again.", ["2022-02-13"]),
    ],
)
def test_days_gone_by(text: str, expected: list[str]) -> None:
    """Weekdays and words for days count back from the day of publication."""
    assert days(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Talks will resume on Monday in the capital.", ["2022-02-21"]),
        ("Sanctions take effect next Tuesday.", ["2022-02-22"]),
        ("The meeting, planned for Friday, was called off.", ["2022-02-18"]),
        ("On Sunday, May Ellis will become mayor.", ["2022-02-20"]),
        ("He will leave office, he said on Tuesday.", ["2022-02-15"]),
        ("On Tuesday officials said that they will leave.", ["2022-02-15"]),
        ("Flights stopped on Monday and would resume on Saturday.", ["2022-02-14", "2022-02-19"]),
        ("The two are to meet tomorrow.", ["2022-02-18"]),
        ("Envoys have asked for an open meeting of the council on Monday.", ["2022-02-21"]),
        ("Envoys asked for an open meeting of the council on Monday.", ["2022-02-14"]),
    ],
)
def test_days_to_come(text: str, expected: list[str]) -> None:
    """A weekday told as to come is the next one; the nearest word of telling decides."""
    assert days(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("From 9 to 14 February the port was shut.", ["2022-02-09", "2022-02-14"]),
        ("The fair runs from February 21 to 23.", ["2022-02-21", "2022-02-23"]),
        ("It lasted from 28 December to 3 January.", ["2021-12-28", "2022-01-03"]),
        ("January 30 to February 2, 2020, was calm.", ["2020-01-30", "2020-02-02"]),
    ],
)
def test_spans(text: str, expected: list[str]) -> None:
    """Of a span both ends are days, over the end of a month or a year too."""
    assert days(text) == expected


@pytest.mark.parametrize(
    ("text", "grain", "first", "last"),
    [
        ("The ferry sank last week.", "week", "2022-02-07", "2022-02-13"),
        ("Prices rose last month.", "month", "2022-01-01", "2022-01-31"),
        ("A truce signed in January has held.", "month", "2022-01-01", "2022-01-31"),
        ("It was built in March 1990.", "month", "1990-03-01", "1990-03-31"),
        ("In 1812 the city burned.", "year", "1812-01-01", "1812-12-31"),
        ("Three years ago the mine closed.", "year", "2019-01-01", "2019-12-31"),
    ],
)
def test_what_is_no_day_is_a_span(text: str, grain: str, first: str, last: str) -> None:
    """Weeks, months and years are kept with their bounds and name no day."""
    found = mentions(text, THURSDAY)
    assert [(one.grain, str(one.first), str(one.last), one.days) for one in found] == [
        (grain, first, last, ())
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The line carries 2011 barrels a day.",
        "Shares fell 3.5 per cent to 12/13 of their value.",
        "The 737 landed at 10.30 with 189 people aboard.",
        "Police may charge the man, a spokesman said.",
        "She told USA Today that talks had failed.",
        "The Sunday Times reported the sale on its front page.",
        "Good Friday services were cancelled.",
        "Every Tuesday the market is full, and most Fridays too.",
        "In May 30 per cent more came; in March 12 million.",
        "It happened on 30 February, or on Sept. 31.",
        "The form of 03/04/2021 can be read in two ways.",
        "Version 1.5.2 runs at 192.168.1.1 until 99/99/2021.",
        "Article 5 of May's draft was deleted.",
    ],
)
def test_numbers_and_names_are_no_days(text: str) -> None:
    """What looks like a date, is impossible or could be two dates gives no day."""
    assert days(text) == []


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Am Dienstag begann es, am 3. Mai 2021 endete es.", ["2022-02-15", "2021-05-03"]),
        ("fr", "Ouvert mardi ; le 1er mai 2021, rien.", ["2022-02-15", "2021-05-01"]),
        ("es", "El 8 de febrero de 2022 y ayer.", ["2022-02-08", "2022-02-16"]),
        ("ru", "Во вторник, и 3 мая 2021 года.", ["2022-02-15", "2021-05-03"]),
        ("tlh", "On Tuesday it rained.", ["2022-02-15"]),
        ("../en", "On Tuesday it rained.", ["2022-02-15"]),
    ],
)  # fmt: skip
def test_other_languages(language: str, text: str, expected: list[str]) -> None:
    """Months and weekdays of other languages are known; an unknown language reads as English."""
    assert days(text, language) == expected


def test_a_text_without_a_date_names_only_full_dates() -> None:
    """Nobody knows which Tuesday a text without a date means."""
    text = "On Tuesday, as on 3 March, and on 3 March 2021, yesterday's rule held."
    assert days(text, published=None) == ["2021-03-03"]


def test_the_first_and_last_days_of_the_calendar() -> None:
    """Reckoning beyond the calendar gives nothing, and raises nothing."""
    assert days("Yesterday and 30 days ago", published=date.min) == []
    assert days("tomorrow", published=date.max) == []


@given(st.text(max_size=300), st.dates(), st.sampled_from([None, "en", "de", "ar", "zh"]))
def test_any_text_is_read(text: str, published: date, language: str | None) -> None:
    """Whatever a text holds, nothing is raised and places lie inside it, in order."""
    end = 0
    for one in mentions(text, published, language):
        assert end <= one.start < one.end <= len(text)
        assert one.first <= one.last
        end = one.end


@given(
    st.integers(0, 3000).map(lambda n: date(2015, 1, 1) + timedelta(days=n)),
    st.sampled_from(["{d} {m} {y}", "{m} {d}, {y}", "{y}-{n:02}-{d:02}", "the {d}th of {m} {y}"]),
)
def test_full_dates_come_back(day: date, form: str) -> None:
    """A date written in full is read as itself, whenever the text is of."""
    written = form.format(d=day.day, m=f"{day:%B}", n=day.month, y=day.year)
    assert days(f"It began on {written} at the quay.") == [day.isoformat()]
