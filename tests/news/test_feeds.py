"""Feeds of every kind, whole and broken."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.feeds import MAX_ITEMS, NotAFeed, ParsedFeed, parse_feed

URL = "https://news.example/world/feed.xml"

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>The Hill Times</title><link>https://news.example/</link><language>en-GB</language>
<ttl>30</ttl>
<item><title>Road &amp;amp; rail reopen</title><link>/world/road</link>
<guid isPermaLink="false">id-1</guid><pubDate>Tue, 01 Mar 2022 08:00:00 +0200</pubDate>
<dc:creator>a.reporter@news.example (A. Reporter)</dc:creator>
<description>&lt;p&gt;The road is &lt;b&gt;open&lt;/b&gt;.&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>The road is open after eleven weeks.</p>]]></content:encoded></item>
<item><title>Second</title><guid>https://news.example/world/second</guid></item>
<item><title>Bad link</title><link>javascript:alert(1)</link><guid>id-3</guid></item>
<item><description>Only words, no title.</description></item>
<item></item>
</channel></rss>"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr" xml:base="https://news.example/fr/">
<title>Le Val</title><link rel="self" href="feed"/><link rel="alternate" href="/fr/"/>
<id>urn:feed</id><updated>2022-03-01T09:00:00Z</updated>
<entry><title type="html">La route &lt;em&gt;rouvre&lt;/em&gt;</title>
<link rel="alternate" href="route"/><id>urn:entry:1</id>
<published>2022-03-01T08:00:00+01:00</published><updated>2022-03-01T09:30:00Z</updated>
<author><name>B. Plume</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>La route est ouverte.</p></div>
</content></entry></feed>"""

RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel rdf:about="https://news.example/"><title>Hill wire</title><link>https://news.example/</link>
<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency></channel>
<item rdf:about="https://news.example/one"><title>One</title><link>https://news.example/one</link>
<dc:date>2022-03-01T08:00:00Z</dc:date></item></rdf:RDF>"""


def feed(
    body: str | bytes, content_type: str | None = None, now: datetime | None = None
) -> ParsedFeed:
    """The body parsed, which must be a feed."""
    raw = body.encode() if isinstance(body, str) else body
    parsed = parse_feed(raw, url=URL, content_type=content_type, now=now)
    assert isinstance(parsed, ParsedFeed), parsed
    return parsed


def no_feed(body: bytes) -> NotAFeed:
    """The body parsed, which must not be a feed; the reason is one line."""
    parsed = parse_feed(body, url=URL)
    assert isinstance(parsed, NotAFeed), parsed
    assert parsed.reason
    assert "\n" not in parsed.reason
    return parsed


def test_rss_in_full() -> None:
    """Plain titles, absolute links, aware UTC, names without mailboxes, both texts."""
    parsed = feed(RSS)
    assert (parsed.title, parsed.link) == ("The Hill Times", "https://news.example/")
    assert (parsed.language, parsed.ttl, parsed.dropped) == ("en", timedelta(minutes=30), 0)
    first, second, bad, words, nothing = parsed.items
    assert (first.guid, first.url) == ("id-1", "https://news.example/world/road")
    assert (first.title, first.author) == ("Road & rail reopen", "A. Reporter")
    assert first.published_at == datetime(2022, 3, 1, 6, 0, tzinfo=UTC)
    assert first.summary_html == "<p>The road is <b>open</b>.</p>"
    assert first.content_html == "<p>The road is open after eleven weeks.</p>"
    assert (second.url, second.published_at) == ("https://news.example/world/second", None)
    assert (bad.url, bad.guid) == (None, "id-3")
    assert (words.title, words.summary_html) == ("", "Only words, no title.")
    assert len(words.guid) == 64
    assert (nothing.url, nothing.title, nothing.summary_html) == (None, "", "")


def test_atom_in_full() -> None:
    """Links follow xml:base, titles lose their markup, XHTML content is kept as HTML."""
    parsed = feed(ATOM)
    (entry,) = parsed.items
    assert entry.url == "https://news.example/fr/route"
    assert (entry.title, entry.author) == ("La route rouvre", "B. Plume")
    assert entry.published_at == datetime(2022, 3, 1, 7, 0, tzinfo=UTC)
    assert entry.updated_at == datetime(2022, 3, 1, 9, 30, tzinfo=UTC)
    assert "<p>La route est ouverte.</p>" in (entry.content_html or entry.summary_html)
    assert (entry.guid, parsed.language) == ("urn:entry:1", "fr")


def test_rdf_with_a_syndication_period() -> None:
    """RSS 1.0 is read, twice an hour means every thirty minutes."""
    parsed = feed(RDF)
    assert parsed.ttl == timedelta(minutes=30)
    assert parsed.items[0].published_at == datetime(2022, 3, 1, 8, 0, tzinfo=UTC)


def test_json_feed() -> None:
    """Both versions; plain text becomes HTML, odd values do no harm."""
    body = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Hill JSON",
            "home_page_url": "https://news.example/",
            "language": "de-AT",
            "items": [
                {
                    "id": 7,
                    "url": "/seven",
                    "title": "Profits < 3 %",
                    "content_text": "a < b",
                    "date_published": "2022-03-01T08:00:00Z",
                    "authors": [{"name": "C. Feder"}],
                },
                {"id": "8", "content_html": "<p>eight</p>", "authors": "nobody"},
                "no object",
            ],
        }
    )
    parsed = feed(body)
    seven, eight = parsed.items
    assert (parsed.title, parsed.language, parsed.parser) == ("Hill JSON", "de", "json")
    assert (seven.guid, seven.url) == ("7", "https://news.example/seven")
    assert (seven.title, seven.content_html) == ("Profits < 3 %", "a &lt; b")
    assert (seven.author, seven.published_at) == ("C. Feder", datetime(2022, 3, 1, 8, tzinfo=UTC))
    assert (eight.content_html, eight.author) == ("<p>eight</p>", None)


def test_malformed_feeds_lose_nothing() -> None:
    """HTML entities, bare ampersands and inline markup, on which a fast parser drops text."""
    body = """<rss version="2.0"><channel><title>x</title><item><title>Caf&eacute; & bar
    &ndash; open</title><link>https://news.example/a?x=1&y=2</link>
    <description><p>One</p><p>Two</p></description></item></channel>"""
    (item,) = feed(body).items
    assert item.title == "Café & bar – open"
    assert item.url == "https://news.example/a?x=1&y=2"
    assert "One" in item.summary_html
    assert "Two" in item.summary_html


@pytest.mark.parametrize(
    ("declaration", "encoding", "content_type"),
    [
        ('<?xml version="1.0" encoding="windows-1251"?>', "cp1251", None),
        ("", "cp1251", "text/xml; charset=windows-1251"),
        ('<?xml version="1.0" encoding="utf-16"?>', "utf-16", None),
        ("", "utf-8-sig", "text/xml; charset=latin-1"),
    ],
)
def test_encodings_are_found(declaration: str, encoding: str, content_type: str | None) -> None:
    """By mark, by declaration, by header."""
    body = f"{declaration}<rss version='2.0'><channel><title>т</title><item><title>Дорога открыта"
    body += "</title><link>https://news.example/d</link></item></channel></rss>"
    assert feed(body.encode(encoding), content_type).items[0].title == "Дорога открыта"


def test_gzip_bodies_are_unpacked() -> None:
    """Some sites send .gz files as they are; a bomb of them ends at the cap."""
    assert len(feed(gzip.compress(RSS.encode())).items) == 5
    assert "larger" in no_feed(gzip.compress(b" " * (20 << 20))).reason
    no_feed(b"\x1f\x8b broken")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entity_bombs_are_harmless(encoding: str) -> None:
    """Declared entities are not expanded, nor are files read through them."""
    levels = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghi"))
    body = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE rss [<!ENTITY a "{"x" * 99}">'
        f"{levels}"
        '<!ENTITY file SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><title>t</title>'
        "<item><title>Bomb &i; &file;</title><link>https://news.example/b</link>"
        "<description>&i;&file;</description></item></channel></rss>"
    )
    (item,) = feed(body.encode(encoding)).items
    assert len(item.title) + len(item.summary_html) < 200
    assert "root:" not in item.title + item.summary_html


def test_dates_that_cannot_be_are_none() -> None:
    """The year 1, the distant future, numbers in guids; with a clock, anything ahead of it."""

    def dated(date: str, now: datetime | None = None) -> datetime | None:
        body = RSS.replace("Tue, 01 Mar 2022 08:00:00 +0200", date)
        return feed(body, now=now).items[0].published_at

    assert dated("Mon, 01 Jan 0001 00:00:00 +0000") is None
    assert dated("Mon, 01 Jan 2525 00:00:00 +0000") is None
    assert dated("yesterday-ish") is None
    at = datetime(2022, 3, 1, 6, 0, tzinfo=UTC)
    assert dated("Tue, 01 Mar 2022 08:00:00 +0200", at) == at
    assert dated("Tue, 01 Mar 2022 08:00:00 +0200", at - timedelta(hours=2)) is None
    undated = "<rss><channel><title>x</title><item><guid>20220105</guid><title>y</title></item>"
    assert feed(undated + "</channel></rss>").items[0].published_at is None


def test_endless_feeds_are_cut_and_the_cut_is_told() -> None:
    """The first thousand entries count."""
    item = "<item><title>t</title><link>https://news.example/{}</link></item>"
    items = "".join(item.format(number) for number in range(MAX_ITEMS + 5))
    parsed = feed(f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>")
    assert (len(parsed.items), parsed.dropped) == (MAX_ITEMS, 5)


def test_an_empty_feed_is_a_feed() -> None:
    """A channel without news today is not an error."""
    body = "<rss version='2.0'><channel><title>Quiet</title></channel></rss>"
    assert feed(body) == ParsedFeed(
        title="Quiet", link=None, language=None, ttl=None, items=(), parser="fast"
    )


def test_a_web_page_names_its_feeds() -> None:
    """So the user who gave the site's address gets the feed's."""
    page = b"""<!-- made by hand --><!DOCTYPE html><html><head>
    <link rel="alternate" type="application/rss+xml" href="/feed">
    <link rel="alternate" type="application/atom+xml; charset=utf-8" href="atom.xml">
    <link rel="alternate" hreflang="fr" href="/fr"><link rel="stylesheet" href="/s.css">
    <link rel="alternate" type="application/rss+xml" href="javascript:x()">
    </head><body><p>Hello</p></body></html>"""
    found = no_feed(page)
    assert found.is_html
    assert found.feed_links == ("https://news.example/feed", "https://news.example/world/atom.xml")
    assert found.feed_links[0] in found.reason


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n ",
        b"\x00" * 50,
        b"plain words",
        b"<opml><body/></opml>",
        b'<?xml version="1.0"?><sitemap/>',
        b"{}",
        b"{broken",
        b'{"items": []}',
        b"<rss",
        b"%PDF-1.4",
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_what_is_no_feed_is_told(body: bytes) -> None:
    """One line for each, and no error."""
    assert not no_feed(body).is_html


@settings(deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=80).map(lambda inner: b"<rss><channel>" + inner + b"</channel></rss>"),
        st.tuples(st.integers(0, len(RSS)), st.binary(max_size=8)).map(
            lambda cut: RSS.encode()[: cut[0]] + cut[1] + RSS.encode()[cut[0] + 3 :]
        ),
        st.integers(0, len(ATOM)).map(lambda end: ATOM.encode()[:end]),
    )
)
def test_any_bytes_are_a_value(body: bytes) -> None:
    """Cut, damaged or random, parsing does not raise; links are web links, dates aware."""
    parsed = parse_feed(body, url=URL)
    if isinstance(parsed, ParsedFeed):
        for item in parsed.items:
            assert item.guid
            assert item.url is None or item.url.startswith(("http://", "https://"))
            assert item.published_at is None or item.published_at.tzinfo is UTC
