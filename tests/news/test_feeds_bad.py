"""Feeds that lie: what is wrong costs one line or one field, never the feed or the run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.feedbody import update_hash
from news.feeds import MAX_ITEMS, NotAFeed, ParsedFeed, parse_feed

URL = "https://varnes.example/news/feed"


def feed(body: str | bytes, content_type: str | None = None) -> ParsedFeed:
    """The feed, which must be one."""
    raw = body if isinstance(body, bytes) else body.encode()
    parsed = parse_feed(raw, url=URL, content_type=content_type)
    assert isinstance(parsed, ParsedFeed), parsed
    return parsed


def rss(items: str, head: str = "") -> str:
    """A feed around items."""
    return f'<rss version="2.0"><channel><title>Varnes</title>{head}{items}</channel></rss>'


def item(title: str = "Quay", rest: str = "<link>https://varnes.example/1</link>") -> str:
    """One item."""
    return f"<item><title>{title}</title>{rest}</item>"


AT = datetime(2022, 3, 1, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "told",
    [
        "Tue, 01 Mar 2022 07:30:00 GMT",
        "Tue, 1 Mar 2022 09:30:00 +0200",
        "01 Mar 2022 02:30:00 EST",
        "2022-03-01T07:30:00Z",
        "2022-03-01T08:30:00+01:00",
        "2022-03-01 07:30:00",
        "Tue Mar  1 07:30:00 2022",
    ],
)
def test_dates_in_seven_formats(told: str) -> None:
    """Each means the same instant."""
    (one,) = feed(rss(item(rest=f"<guid>1</guid><pubDate>{told}</pubDate>"))).items
    assert one.published_at == AT


@pytest.mark.parametrize(
    "told",
    [
        "2565-03-01T07:30:00Z",
        "1400-12-10T07:30:00Z",
        "1443-07-28T07:30:00Z",
        "5782-06-28T07:30:00Z",
        "٢٠٢٢/٠٣/٠١",
        "yesterday evening",
        "0000-00-00T00:00:00Z",
    ],
)
def test_years_of_other_calendars_are_no_dates(told: str) -> None:
    """Buddhist, Persian, Islamic and Hebrew years are left out rather than taken for ours.

    So are words and zeros, of which a parser would make a date near today's.
    """
    (one,) = feed(rss(item(rest=f"<guid>1</guid><pubDate>{told}</pubDate>"))).items
    assert one.published_at is None
    assert one.title == "Quay"


def test_dates_in_words_of_other_languages_are_read() -> None:
    """What only the lenient parser understands is asked of it."""
    (one,) = feed(rss(item(rest="<pubDate>Κυρ, 11 Ιούλ 2004 12:00:00 EST</pubDate>"))).items
    assert one.published_at == datetime(2004, 7, 11, 17, tzinfo=UTC)


def test_links_that_are_none_are_none() -> None:
    """data: and javascript: are no links; relative ones belong to the feed's address."""
    links = ["javascript:alert(1)", "data:text/html,x", "../quay", "//varnes.example/q", "mailto:a"]
    items = "".join(item(rest=f"<link>{link}</link><guid>{link}</guid>") for link in links)
    assert [one.url for one in feed(rss(items)).items] == [
        None,
        None,
        "https://varnes.example/quay",
        "https://varnes.example/q",
        None,
    ]


def test_items_without_links_and_guids_stay_apart() -> None:
    """What they say is their name."""
    items = feed(rss(item("Quay", "") + item("School", "") + item("Quay", ""))).items
    assert [one.title for one in items] == ["Quay", "School", "Quay"]
    assert len({one.guid for one in items}) == 2


def test_an_id_given_to_several_items_is_none() -> None:
    """Items of one id with links of their own are known by their links; without, by the id."""
    told = "".join(
        item(rest=f"<guid>same</guid><link>https://varnes.example/{name}</link>") for name in "abca"
    )
    assert [one.guid[-1] for one in feed(rss(told)).items] == ["a", "b", "c", "a"]
    bare = item("Quay", "<guid>same</guid>") + item("School", "<guid>same</guid>")
    assert [one.guid for one in feed(rss(bare)).items] == ["same", "same"]


@pytest.mark.parametrize(
    "inside",
    [
        '<guid isPermaLink="true">http://varnes.c[o.example/</guid>',
        "<author>A. Reporter</author>",
        "<pubDate>Tue, 01 Mar 2022 07:30:00 GMT</pubDate>",
    ],
)
def test_an_item_without_words_and_link_is_counted(inside: str) -> None:
    """It is given as it is, so that whoever reads the feed can say that it holds nothing."""
    first, bare = feed(rss(f"{item()}<item>{inside}</item>")).items
    assert (first.title, bare.title, bare.url, bare.summary_html) == ("Quay", "", None, "")
    assert bare.guid


def test_an_rss_link_written_as_atoms_are() -> None:
    """A link element with its address in an attribute is the item's link, an enclosure is not."""
    told = item(rest='<link rel="enclosure" href="a.mp3"/><link href="/quay"/><guid>1</guid>')
    (one,) = feed(rss(told)).items
    assert one.url == "https://varnes.example/quay"


def test_null_bytes_and_control_characters_cost_nothing() -> None:
    """They are left out; the words around them stay."""
    body = rss(item("Qu\0ay \x02reopens", "<description>A\x0bB</description>"))
    (one,) = feed(body).items
    assert one.title == "Quay reopens"
    assert one.summary_html == "AB"


def test_a_wrong_charset_is_survived() -> None:
    """Latin letters in a feed that says UTF-8, UTF-8 in one that says UTF-16."""
    latin = '<?xml version="1.0" encoding="utf-8"?>' + rss(item("Fête à Varnes, élue réélue"))
    assert "Varnes" in feed(latin.encode("latin-1")).items[0].title
    wide = '<?xml version="1.0" encoding="utf-16"?>' + rss(item("Fête à Varnes"))
    assert feed(wide.encode()).items[0].title == "Fête à Varnes"
    assert feed(wide.encode()).parser == "fast"


def test_fifty_thousand_items_are_cut() -> None:
    """The first ones count, the rest is counted."""
    items = "".join(item(f"{n}", f"<guid>{n}</guid>") for n in range(50_000))
    parsed = feed(rss(items))
    assert (len(parsed.items), parsed.dropped) == (MAX_ITEMS, 50_000 - MAX_ITEMS)


def test_a_login_page_is_no_feed() -> None:
    """It is told as a page, whatever it calls itself."""
    page = b"<!DOCTYPE html><html><body><form>Password <input type=password></form></body></html>"
    parsed = parse_feed(page, url=URL, content_type="application/rss+xml")
    assert isinstance(parsed, NotAFeed)
    assert "web page" in parsed.reason


@pytest.mark.parametrize(
    ("fault", "title"),
    [
        (rss(item("Quay &eacute;t&eacute; &colon; done")), "Quay été : done"),
        (rss(item("Fish & Chips &unknown; AT&T")), "Fish & Chips &unknown; AT&T"),
        (rss(item("Quay <b>open</b> again")), "Quay open again"),
        (rss(item("Quay")) + "<script data-x='1'>x()</script>", "Quay"),
        ("<!DOCTYPE rss [<!ENTITY x 'y'>]>" + rss(item("Quay &x; end")), "Quay &x; end"),
        (rss(item("Quay") + "<item><title>Cut of")[:-20], "Quay"),
    ],
)
def test_common_faults_are_repaired_for_the_fast_parser(fault: str, title: str) -> None:
    """No word is lost, and the slow parser is not needed."""
    parsed = feed(fault)
    assert parsed.items[0].title == title
    assert parsed.parser == "fast"


def test_links_in_cdata_are_left_alone() -> None:
    """An ampersand there is one already."""
    faulty = item("A & B", "<link><![CDATA[https://varnes.example/?a=1&b=2]]></link>")
    assert feed(rss(faulty)).items[0].url == "https://varnes.example/?a=1&b=2"


def test_links_that_are_the_text_of_an_atom_element() -> None:
    """Atom 0.3 as some wrote it: the alternate link counts."""
    body = """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>V</title><entry>
    <title>Quay</title><link rel="alternate" type="text/html">https://varnes.example/a</link>
    </entry></feed>"""
    assert [one.url for one in feed(body).items] == ["https://varnes.example/a"]


def test_the_update_hash_ignores_the_clock() -> None:
    """A feed that only says when it was made is unchanged; an item's date or words change it."""
    head = "<lastBuildDate>{0}</lastBuildDate><pubDate>{0}</pubDate><generator>v{0}</generator>"
    one = rss(item(rest="<pubDate>Tue</pubDate>"), head.format("Mon")).encode()
    same = (rss(item(rest="<pubDate>Tue</pubDate>"), head.format("Wed")) + "<!-- now -->").encode()
    other = rss(item(rest="<pubDate>Wed</pubDate>"), head.format("Mon")).encode()
    assert update_hash(one) == update_hash(same)
    assert update_hash(one) != update_hash(other)


@given(st.binary(max_size=400), st.integers(0, 200))
def test_noise_in_a_feed_does_not_raise(noise: bytes, at: int) -> None:
    """Bytes in the middle of a feed: items or a reason, and never an error."""
    whole = rss(item("Quay &amp; more") * 2).encode()
    body = whole[:at] + noise + whole[at:]
    assert isinstance(parse_feed(body, url=URL), ParsedFeed | NotAFeed)
    assert len(update_hash(body)) == 64


def test_a_clock_ahead_is_not_believed() -> None:
    """With a clock of its own the caller refuses dates of tomorrow."""
    body = rss(item(rest="<guid>1</guid><pubDate>Tue, 01 Mar 2022 07:30:00 GMT</pubDate>"))
    parsed = parse_feed(body.encode(), url=URL, now=AT - timedelta(hours=2))
    assert isinstance(parsed, ParsedFeed)
    assert parsed.items[0].published_at is None
