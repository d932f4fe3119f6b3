"""GDELT is asked with a well-made link, and its answers and refusals are read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.ways.found import FoundLink, Problem
from news.ways.gdelt import API, query_link, query_of, read_answer

NOW = datetime(2022, 2, 20, 9, 0, tzinfo=UTC)


def _row(number: int = 1, **values: object) -> dict[str, object]:
    return {
        "url": f"https://harbour-post.example/{number}",
        "url_mobile": "",
        "title": "Dockers strike , ships wait : day 2",
        "seendate": "20220218T120000Z",
        "socialimage": "https://harbour-post.example/quay.jpg",
        "domain": "Harbour-Post.example",
        "language": "English",
        "sourcecountry": "Norway",
        **values,
    }


def _links(*rows: object) -> tuple[FoundLink, ...]:
    found = read_answer(json.dumps({"articles": rows}).encode(), what="gdelt:x", now=NOW)
    assert isinstance(found, tuple), found
    return found


def test_a_query_becomes_a_link() -> None:
    """Operators pass, signs are escaped, the window is in UTC."""
    east = datetime(2022, 2, 20, 12, 0, tzinfo=UTC).astimezone()
    query = '"ferry strike" (norway OR sweden) sourcelang:eng & a=b#c'
    link = query_link(query, since=NOW - timedelta(days=2), until=east)
    assert isinstance(link, str)
    assert link.startswith(API + "?")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    assert asked == {
        "query": query,
        "mode": "artlist",
        "format": "json",
        "sort": "datedesc",
        "maxrecords": "250",
        "startdatetime": "20220218090000",
        "enddatetime": "20220220120000",
    }
    assert query_of(link) == query


@given(st.text(min_size=1, max_size=200).filter(str.strip))
def test_any_query_survives_the_link(query: str) -> None:
    """No sign of a query becomes a parameter of its own."""
    try:
        query.encode()
    except UnicodeEncodeError:
        return
    link = query_link(query, until=NOW)
    assert isinstance(link, str)
    assert parse_qs(urlsplit(link).query)["query"] == [" ".join(query.split())]


def test_a_query_that_cannot_be_asked_is_one_line() -> None:
    """Empty, too long, a window that ends before it begins."""
    for query, since in ((" ", None), ("x" * 501, None), ("strike", NOW)):
        assert isinstance(query_link(query, since=since, until=NOW), Problem)


@pytest.mark.parametrize(
    ("what", "query"),
    [
        ("gdelt:ferry  strike", "ferry strike"),
        ("GDELT:x", "x"),
        ("gdelt:", ""),
        ("https://api.gdeltproject.org/api/v2/doc/doc?query=a%20b&mode=artlist", "a b"),
        ("https://api.gdeltproject.org/api/v2/geo/geo?query=a", None),
        ("https://harbour-post.example/doc/?query=a", None),
        ("http://[bad", None),
    ],
)
def test_queries_are_recognised(what: str, query: str | None) -> None:
    """By prefix or by the API's own link."""
    assert query_of(what) == query


def test_an_answer_gives_links() -> None:
    """Title tidied, date as when it was seen; each link once; what has no web link is none."""
    first, second = _links(
        _row(), _row(), _row(2, seendate="soon", title=None), _row(url="javascript:x"), 7
    )
    assert first.title == "Dockers strike, ships wait: day 2"
    assert (first.outlet, first.language) == ("harbour-post.example", "English")
    assert (first.published_at, first.seen_at) == (None, datetime(2022, 2, 18, 12, tzinfo=UTC))
    assert (second.title, second.at, second.country) == ("", None, "Norway")
    assert first.item().updated_at == first.seen_at


def test_a_date_to_come_is_none() -> None:
    """Nothing is seen before it happened."""
    assert _links(_row(seendate="20310101T000000Z"))[0].at is None


def test_broken_escapes_are_mended() -> None:
    """A backslash where JSON allows none, and raw control signs, cost nothing."""
    body = (
        r'{"articles":[{"url":"https://a.example/1","title":"The \'quay\' \"x\" \\ \u00e9'
        + '\t"}]}'
    )
    (link,) = read_answer(body.encode(), what="x", now=NOW)  # type: ignore[misc]
    assert link.title == "The \\'quay\\' \"x\" \\ é"


@pytest.mark.parametrize("body", [b"", b"{}", b'{"articles":[]}', b"\xef\xbb\xbf{}"])
def test_no_article_is_an_answer(body: bytes) -> None:
    """Nothing found is no failure."""
    assert read_answer(body, what="x", now=NOW) == ()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"Your search term was too short.\n", "too short"),
        (b"<html><body><p>Please wait <b>5</b> seconds.</body></html>", "Please wait 5 seconds."),
        (b'{"articles":[{"url":', "broken JSON"),
        (b'{"articles":7}', "another form"),
        (b"[1]", "another form"),
        (b'{"a":' * 100_000, "broken JSON"),
        (b"\xff\xfe" * 50, "does not answer"),
    ],
)
def test_a_refusal_is_told_in_one_line(body: bytes, told: str) -> None:
    """What it says as plain text, and what is no answer at all."""
    found = read_answer(body, what="gdelt:x", now=NOW)
    assert isinstance(found, Problem)
    assert told in found.reason
    assert "\n" not in found.reason
    assert len(found.reason) < 300
