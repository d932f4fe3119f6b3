"""Lists of feeds: nested, untitled, broken or none at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.model import Feed, Outlet
from news.opml import FeedList, read_opml, write_opml

NOW = datetime(2022, 3, 1, 6, tzinfo=UTC)
NESTED = b"""<?xml version="1.0" encoding="utf-8"?>
<opml version="2.0"><body>
<outline text="Coast"><outline text="North">
<outline type="rss" text="Harbour &amp; Quay" xmlUrl="https://harbour.example/feed?a=1&amp;b=2"/>
<outline xmlUrl="feed://quay.example/rss"/>
</outline></outline>
<outline text="again" xmlUrl="https://harbour.example/feed?a=1&amp;b=2"/>
<outline text="script" type="rss" xmlUrl="javascript:alert(1)"/>
<outline text="a folder"/>
</body></opml>"""


def test_nested_outlines_are_read_once_each() -> None:
    """Folders do not matter, titles may be missing, links that are none are counted."""
    found = read_opml(NESTED)
    assert isinstance(found, FeedList)
    assert [(one.url, one.title) for one in found.feeds] == [
        ("https://harbour.example/feed?a=1&b=2", "Harbour & Quay"),
        ("http://quay.example/rss", ""),
    ]
    assert found.refused == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0\0\0",
        b"<html><body>Log in</body></html>",
        b"<opml><body><outline text='empty'/></body></opml>",
        b"<outline",
    ],
)
def test_what_is_no_list_is_told_in_one_line(body: bytes) -> None:
    """One line, no error."""
    found = read_opml(body)
    assert isinstance(found, str)
    assert "\n" not in found


def test_a_broken_list_gives_what_it_has() -> None:
    """Tags that are not closed and bare ampersands are common in lists made by hand."""
    body = b"<opml><body><outline text=A & B xmlUrl='https://a.example/f?x=1&y=2'>"
    found = read_opml(body)
    assert isinstance(found, FeedList)
    assert [one.url for one in found.feeds] == ["https://a.example/f?x=1&y=2"]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_value(noise: bytes) -> None:
    """Whatever a file holds, reading it does not raise."""
    for body in (noise, b"<opml><outline xmlUrl='" + noise + b"'/></opml>"):
        assert isinstance(read_opml(body), FeedList | str)


@given(st.text(max_size=40))
def test_what_is_written_is_read_back(name: str) -> None:
    """Any name survives well enough that the links do, in order."""
    outlet = Outlet(name=name, host="harbour.example", language="en")
    links = ["https://harbour.example/a?x=1&y=<2>", "https://harbour.example/b"]
    feeds = [
        Feed(id=number, url=link, outlet=outlet, next_due_at=NOW)
        for number, link in enumerate(links)
    ]
    found = read_opml(write_opml(feeds, NOW))
    assert isinstance(found, FeedList)
    assert [one.url for one in found.feeds] == links
