"""One round over feeds that lie, hang and swell: each is told and counted, the rest goes on."""

from __future__ import annotations

import gzip
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from expired import expired_certificate
from newspaper import WORDS
from newsroom import NOW

from news.collect import Collector, Round
from news.extract import PagePool
from news.feeds import MAX_ITEMS
from news.fetch import Fetcher
from news.ingest import Ingest
from news.model import Article, Outlet
from news.outlets import Outlets
from news.store import Store

INNER = {"inner.example": "127.0.0.1", "metadata.example": "169.254.169.254"}
ADDRESS = "127.0.0.2"
MANY = 50_000
DATES = [
    "Tue, 15 Feb 2022 07:30:00 GMT",
    "Tue, 15 Feb 2022 09:30:00 +0200",
    "15 Feb 2022 02:30:00 EST",
    "2022-02-15T07:30:00Z",
    "2022-02-15T08:30:00+01:00",
    "2022-02-15 07:30:00",
    "Tue Feb 15 07:30:00 2022",
]
CALENDARS = ["2565-02-15T07:30:00Z", "1400-11-26T07:30:00Z", "1443-07-14T07:30:00Z", "5782-06-14"]


def _rss(items: str, declared: str = "") -> bytes:
    return f'{declared}<rss version="2.0"><channel><title>V</title>{items}</channel></rss>'.encode()


def _item(n: object, rest: str = "", words: str | None = None) -> str:
    text = words if words is not None else WORDS.format(n=n) * 3
    return f"<item><title>Vote {n}</title>{rest}<description>{text}</description></item>"


def _dated(dates: list[str]) -> bytes:
    return _rss("".join(_item(f"{dates[0]} {n}", f"<pubDate>{d}</pubDate>") for n, d in
                        enumerate(dates)))  # fmt: skip


FEEDS = {
    "good": _rss(_item("good")),
    "login": b"<!DOCTYPE html><form>Log in <input type=password></form></html>",
    "twice": _rss("".join(_item(n, f"<guid>same</guid><link>/{n}</link>") for n in range(3))),
    "linkless": _rss(_item("without link") + "<item><title>Only a title</title></item>"),
    "dates": _dated(DATES),
    "calendars": _dated(CALENDARS),
    "relative": _rss(_item("relative", "<link>../page</link>", words="")),
    "schemes": _rss(
        _item("one", "<link>javascript:alert(1)</link>")
        + _item("two", "<link>data:text/html,hello</link>")
        + _item("three", "<link>javascript:alert(2)</link>", words="")
    ),
    "null": _rss(_item("nu\0ll")),
    "charset": _rss(
        _item("élu", words=WORDS.format(n="élu réélu à la fête") * 3),
        '<?xml version="1.0" encoding="utf-8"?>',
    ).decode().encode("latin-1"),
    "many": _rss("".join(f"<item><title>Vote {n}</title></item>" for n in range(MANY))),
}  # fmt: skip


class Server(ThreadingHTTPServer):
    """Keeps quiet about clients that leave early: the fetcher is meant to."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


class Handler(BaseHTTPRequestHandler):
    """Answers by the host it is asked for."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer."""
        host = (self.headers["Host"] or "").partition(".")[0]
        odd = getattr(self, f"do_{host}", None)
        if odd is not None:
            odd()
        elif self.path == "/robots.txt":
            self._answer(404)
        elif self.path == "/page":
            text = "".join(f"<p>{WORDS.format(n=n)}</p>" for n in "abc")
            self._answer(200, f"<html><body><article>{text}</article></body></html>".encode())
        else:
            self._answer(200, FEEDS[host])

    def do_huge(self) -> None:
        """Announce two gigabytes."""
        self._answer(200, length=2 << 30)

    def do_swelling(self) -> None:
        """Send two gigabytes without a word about their size."""
        self._answer(200, length=-1)
        self._pour(b"x" * 65_536, 0.0)

    def do_bomb(self) -> None:
        """Send 40 KB that unpack to 40 MB."""
        machine = zlib.compressobj(9, wbits=31)
        body = b"".join(machine.compress(bytes(1 << 20)) for _ in range(40)) + machine.flush()
        self._answer(200, body, Content_Encoding="gzip")

    def do_packed(self) -> None:
        """Send a feed as a .gz file that unpacks to 40 MB."""
        self._answer(200, gzip.compress(bytes(40 << 20), 1), Content_Type="application/gzip")

    def do_slow(self) -> None:
        """Send a byte a second, for ever."""
        self._answer(200, length=-1)
        self._pour(b"x", 1.0)

    def do_circling(self) -> None:
        """Redirect three hundred times, each time to another page."""
        left = int(urlsplit(self.path).query or 300)
        self._answer(302, Location=f"/feed?{left - 1}") if left else self._answer(200)

    def _pour(self, piece: bytes, pause: float) -> None:
        self.close_connection = True
        for _ in range((2 << 30) // len(piece)):
            self.wfile.write(piece)
            self.wfile.flush()
            time.sleep(pause)

    def _answer(self, status: int, body: bytes = b"", length: int = 0, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header(*(("Connection", "close") if length < 0
                           else ("Content-Length", str(length or len(body)))))  # fmt: skip
        self.close_connection = length != 0
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the round came to: the reason by host, and the articles by host."""

    result: Round
    reasons: dict[str, str]
    articles: dict[str, list[Article]]


ODD = ["huge", "swelling", "bomb", "packed", "slow", "circling"]


def _serve(tls: ssl.SSLContext | None = None) -> Server:
    server = Server((ADDRESS, 0), Handler)
    if tls is not None:
        # the handshake is the connection's own, or one client could hold up all others
        server.socket = tls.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)  # fmt: skip
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, pages: PagePool) -> Iterator[Told]:
    """Run one round over all of them, each on a host of its own."""
    folder: Path = tmp_path_factory.mktemp("round")
    certificate = expired_certificate(folder)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    plain, secure = _serve(), _serve(tls)
    port = plain.server_address[1]
    links = [f"http://{name}.example:{port}/feed" for name in [*FEEDS, *ODD, "inner", "metadata"]]
    links.append(f"https://expired.example:{secure.server_address[1]}/feed")
    store = Store(folder / "news.db")
    for link in links:
        host = urlsplit(link).hostname or ""
        store.feeds.add(link, Outlet(name=host, host=host), confirmed=True, now=NOW)
    with Fetcher(
        "geobrief-tests",
        timeout=timedelta(seconds=4),
        allowed_networks=[f"{ADDRESS}/32"],
        resolve=lambda host, port: [INNER.get(host, ADDRESS)],
    ) as fetcher:
        fetcher._tls.load_verify_locations(certificate)
        ingest = Ingest(store, fetcher, pages, Outlets([]))
        result = Collector(ingest, spread=False).run(NOW)
        ingest.close()
    articles: dict[str, list[Article]] = {}
    for one in store.placing.waiting(1000):
        articles.setdefault(one.outlet.name.partition(".")[0], []).append(one)
    reasons = {
        (urlsplit(url).hostname or "").partition(".")[0]: reason
        for url, reason in result.failed_feeds.items()
    }
    yield Told(result=result, reasons=reasons, articles=articles)
    store.close()
    for server in (plain, secure):
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("huge", "larger than the limit of 10 MB"),
        ("swelling", "larger than the limit of 10 MB"),
        ("bomb", "larger than the limit of 10 MB"),
        ("packed", "larger than"),
        ("slow", "no complete answer within 4 seconds"),
        ("circling", "more than 5 redirects in a row"),
        ("login", "web page"),
        ("expired", "certificate has expired"),
        ("inner", "not a public address"),
        ("metadata", "not a public address"),
    ],
)
def test_a_feed_that_cannot_be_read_is_told_in_one_line(told: Told, host: str, reason: str) -> None:
    """Its own line, under its own link."""
    assert reason in told.reasons[host]
    assert "\n" not in told.reasons[host]
    assert host not in told.articles


def test_the_rest_goes_on_and_all_is_counted(told: Told) -> None:
    """Every feed was asked, ten failed, and the good one among them brought its news."""
    assert told.result.feeds == len(FEEDS) + len(ODD) + 3
    assert len(told.reasons) == 10
    assert [one.title for one in told.articles["good"]] == ["Vote good"]


def test_duplicate_guids_lose_no_item(told: Told) -> None:
    """Three items of one guid with links of their own are three articles."""
    assert len(told.articles["twice"]) == 3


def test_items_without_links_count_by_their_words(told: Told) -> None:
    """One with a text is an article without a link; one with a title alone is told."""
    (one,) = told.articles["linkless"]
    assert one.url is None
    assert "no text and no link" in {failure.reason for failure in told.result.failures}


def test_dates_in_seven_formats_are_one_instant(told: Told) -> None:
    """As they reach the store."""
    at = datetime(2022, 2, 15, 7, 30, tzinfo=UTC)
    assert [one.published_at for one in told.articles["dates"]] == [at] * len(DATES)


def test_years_of_four_other_calendars_are_no_dates(told: Told) -> None:
    """The time of reading stands in, which is known as such."""
    found = told.articles["calendars"]
    assert [one.published_at for one in found] == [NOW] * len(CALENDARS)
    assert {one.fetched_at for one in found} == {NOW}


def test_a_relative_link_leads_to_its_page(told: Told) -> None:
    """It belongs to the feed's address."""
    (one,) = told.articles["relative"]
    assert urlsplit(one.url or "").path == "/page"
    assert "part of plan number c" in one.text


def test_links_that_are_none_are_not_followed(told: Told) -> None:
    """data: and javascript: leave the item's own words, or nothing."""
    assert sorted(one.title for one in told.articles["schemes"]) == ["Vote one", "Vote two"]
    assert {one.url for one in told.articles["schemes"]} == {None}


def test_null_bytes_and_a_wrong_charset_cost_no_article(told: Told) -> None:
    """The words around them are stored, without any of the bytes that no database takes."""
    (null,) = told.articles["null"]
    assert null.title == "Vote null"
    (latin,) = told.articles["charset"]
    assert "réélu à la fête" in latin.text


def test_of_fifty_thousand_items_the_first_count(told: Told) -> None:
    """The rest is counted, not read."""
    assert told.result.not_read == MANY - MAX_ITEMS
