"""How far back a channel, a GDELT query, a sitemap or a feed is read, over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from newspaper import WORDS, Site
from newsroom import NOW

from news.extract import PagePool
from news.fetch import Fetched, Fetcher, FetchFailed, NotModified
from news.ingest import Ingest
from news.model import Received
from news.outlets import Outlets
from news.store import Store
from news.ways import gdelt

CHANNEL = "/s/varnes_quay"


class Rerouted(Fetcher):
    """A fetcher for which Telegram and GDELT live on loopback."""

    def __init__(self, site: Site) -> None:
        super().__init__("geobrief-tests", allow_private=True, timeout=timedelta(seconds=5))
        self._site = site

    def fetch(self, url: str, **how: Any) -> Fetched | NotModified | FetchFailed:
        """Ask the site on loopback for what those two would answer."""
        for home in ("https://t.me", f"https://{gdelt.HOST}"):
            url = url.replace(home, self._site.url)
        return super().fetch(url, **how)


@pytest.fixture
def rerouted(store: Store, pages: PagePool, site: Site) -> Iterator[Ingest]:
    """Ingestion that reaches the site."""
    with Rerouted(site) as fetcher:
        opened = Ingest(store, fetcher, pages, Outlets([]))
        yield opened
        opened.close()


def _take(ingest: Ingest, what: str, days: float | None) -> list[Received]:
    since = None if days is None else NOW - timedelta(days=days)
    return list(ingest.take(what, now=NOW, since=since))


def _message(days: int) -> str:
    at = NOW - timedelta(days=days)
    return (
        f'<div class="tgme_widget_message js-widget_message" data-post="varnes_quay/{40 - days}">'
        f'<div class="tgme_widget_message_text js-message_text">{WORDS.format(n=days)}</div>'
        '<span class="tgme_widget_message_meta">edited <a class="tgme_widget_message_date">'
        f'<time datetime="{at.isoformat()}" class="time">09:00</time></a></span></div>'
    )


def _channel(*days: int, older: int | None = None) -> bytes:
    more = f'<link rel="prev" href="{CHANNEL}?before={older}">' if older else ""
    body = "".join(map(_message, days))
    return f'<html><head>{more}</head><body><main class="tgme_main">{body}</main></body>'.encode()


def _published(ingest: Ingest) -> list[datetime]:
    return sorted(one.published_at for one in ingest.store.placing.waiting(100))


def test_a_channel_is_read_back_to_the_day_asked_for(rerouted: Ingest, site: Site) -> None:
    """No older message is taken, and no page beyond the one that holds the day is asked for."""
    site.bodies = {
        CHANNEL: _channel(2, 1, 0, older=38),
        f"{CHANNEL}?before=38": _channel(5, 4, 3, older=35),
        f"{CHANNEL}?before=35": _channel(8, 7, 6),
    }
    assert [one.outcome for one in _take(rerouted, "@varnes_quay", 3.5)] == ["new"] * 4
    assert _published(rerouted)[0] == NOW - timedelta(days=3)
    assert f"{CHANNEL}?before=35" not in site.asked
    later = _take(rerouted, "@varnes_quay", None)
    assert [one.outcome for one in later].count("new") == 5


def test_a_query_asks_for_the_time_given(rerouted: Ingest, site: Site) -> None:
    """GDELT hears where the time begins; what it saw dates a page that says nothing itself."""
    row = {"url": f"{site.url}/page7", "title": "Vote 7", "seendate": "20220216T101500Z"}
    site.bodies = {"/api/v2/doc/doc": json.dumps({"articles": [row]}).encode()}
    (received,) = _take(rerouted, "gdelt:quay vote", 3)
    assert received.outcome == "new", received.reason
    (asked,) = [path for path in site.asked if path.startswith("/api/")]
    told = parse_qs(urlsplit(asked).query)
    assert told["startdatetime"] == ["20220215120000"]
    assert told["enddatetime"] == ["20220218120000"]
    assert [f"{at:%d %H:%M}" for at in _published(rerouted)] == ["16 10:15"]
    assert "/robots.txt" not in site.asked


@pytest.mark.parametrize("status", [200, 429])
def test_a_query_that_came_too_soon_is_told(rerouted: Ingest, site: Site, status: int) -> None:
    """GDELT says so in plain text, with a status that may call it a success."""
    body = b"Please keep to a request every 5 seconds, or write to us.\n"
    site.bodies = {"/api/v2/doc/doc": body} if status == 200 else {}
    site.page_status = status
    (received,) = _take(rerouted, "gdelt:quay vote", 3)
    assert received.outcome == "failed"
    assert ("every 5 seconds" if status == 200 else "come back later") in (received.reason or "")


def test_a_sitemap_gives_its_new_pages_only(rerouted: Ingest, site: Site) -> None:
    """Old pages are not read; a page without a date may be new."""
    urls = [("page1", "2022-02-17"), ("page2", "2022-01-02"), ("page3", "")]
    entries = "".join(
        f"<url><loc>{site.url}/{name}</loc><lastmod>{day}</lastmod></url>" for name, day in urls
    )
    site.bodies = {"/sitemap.xml": f"<urlset>{entries}</urlset>".encode()}
    outcomes = _take(rerouted, f"{site.url}/sitemap.xml", 7)
    assert [one.outcome for one in outcomes] == ["new", "new"]
    assert site.asked["/page2"] == 0
    (nothing,) = _take(rerouted, f"{site.url}/sitemap.xml", -1)[-1:]
    assert nothing.what.endswith("/page3")


def test_a_feed_gives_its_new_items_only(rerouted: Ingest, site: Site) -> None:
    """Items without a date are read: they may be new."""
    dates = {1: "Thu, 17 Feb 2022 10:00:00 GMT", 2: "Sun, 02 Jan 2022 10:00:00 GMT", 3: ""}
    items = "".join(
        f"<item><title>Vote {n}</title><link>{site.url}/page{n}</link><guid>{n}</guid>"
        f"<pubDate>{date}</pubDate></item>"
        for n, date in dates.items()
    )
    site.body = f'<rss version="2.0"><channel><title>V</title>{items}</channel></rss>'.encode()
    assert len(_take(rerouted, f"{site.url}/feed", 7)) == 2
    assert site.asked["/page2"] == 0
