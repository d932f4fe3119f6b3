"""How feeds are found and asked for, over real HTTP: by a page, packed, by date, by HTTP/2."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from expired import made_certificate
from newspaper import WORDS, only_feed, subscribe
from newsroom import NOW

from news.collect import INTERVAL, Collector, find_feed
from news.fetch import Fetched, Fetcher
from news.ingest import Ingest

DATE = "Mon, 14 Feb 2022 10:00:00 GMT"
FEED = (
    '<rss version="2.0"><channel><title>Varnes</title><item><title>Vote</title><guid>1</guid>'
    f"<description>{WORDS.format(n=1) * 3}</description></item></channel></rss>"
).encode()


def _naming(link: str) -> bytes:
    return (
        f'<html><head><link rel="alternate" type="application/rss+xml" href="{link}"></head>'
        "<body><p>Welcome to Varnes</p></body></html>"
    ).encode()


ANSWERS: dict[str, tuple[bytes, dict[str, str]]] = {
    "/": (_naming("/feed"), {"Content-Type": "text/html"}),
    "/circle": (_naming("/circle"), {"Content-Type": "text/html"}),
    "/bare": (b"<html><body><p>Welcome</p></body></html>", {"Content-Type": "text/html"}),
    "/feed": (FEED, {"Content-Type": "application/rss+xml", "Last-Modified": DATE}),
    "/sent-packed": (gzip.compress(FEED), {"Content-Encoding": "gzip"}),
    "/feed.xml.gz": (gzip.compress(FEED), {"Content-Type": "application/gzip"}),
}


class Handler(BaseHTTPRequestHandler):
    """Answers by path; what was not changed since the date it gave is not sent again."""

    seen: list[str | None]

    def do_GET(self) -> None:
        """Answer."""
        self.seen.append(self.headers["If-Modified-Since"])
        body, headers = ANSWERS[self.path]
        known = self.headers["If-Modified-Since"] == headers.get("Last-Modified", "")
        self.send_response(304 if known else 200)
        for name, value in headers.items():
            self.send_header(name, value)
        if not known:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not known:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[tuple[str, list[str | None]]]:
    """A site on loopback, and the dates it was asked with."""
    seen: list[str | None] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"seen": seen}))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "end", "reason"),
    [
        ("/feed", "/feed", ""),
        ("/", "/feed", ""),
        ("/feed.xml.gz", "/feed.xml.gz", ""),
        ("/circle", "/circle", "web page"),
        ("/bare", "/bare", "web page"),
    ],
)
def test_a_feed_is_found_by_its_own_link_or_its_page(
    site: tuple[str, list[str | None]], path: str, end: str, reason: str
) -> None:
    """A page that names a feed leads to it, one that names itself or none is told."""
    with Fetcher("geobrief-tests", allow_private=True) as fetcher:
        found = find_feed(f"{site[0]}{path}", fetcher)
    assert found.url == f"{site[0]}{end}"
    assert found.ok == (not reason)
    assert reason in found.reason
    if found.ok:
        assert (found.title, found.items) == ("Varnes", 1)


@pytest.mark.parametrize("path", ["/sent-packed", "/feed.xml.gz"])
def test_a_packed_feed_brings_its_articles(
    ingest: Ingest, site: tuple[str, list[str | None]], path: str
) -> None:
    """Gzip on the way, or as the file itself."""
    subscribe(ingest, f"{site[0]}{path}")
    assert dict(Collector(ingest, spread=False).run(NOW).outcomes) == {"new": 1}


def test_a_feed_without_a_tag_is_asked_for_by_its_date(
    ingest: Ingest, site: tuple[str, list[str | None]]
) -> None:
    """Last-Modified goes back as If-Modified-Since; "not modified" is a success."""
    subscribe(ingest, f"{site[0]}/feed")
    collector = Collector(ingest, spread=False)
    collector.run(NOW)
    again = collector.run(NOW + INTERVAL)
    assert site[1] == [None, DATE]
    assert (again.unchanged, again.failed_feeds) == (1, {})
    assert only_feed(ingest).last_modified == DATE


def _speak_http2(connection: ssl.SSLSocket, streams: list[int]) -> None:
    """Answer every request on the connection with a feed."""
    import h2.config
    import h2.connection
    import h2.events

    spoken = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    spoken.initiate_connection()
    connection.sendall(spoken.data_to_send())
    while received := connection.recv(65_536):
        for event in spoken.receive_data(received):
            if isinstance(event, h2.events.RequestReceived):
                streams.append(event.stream_id)
                spoken.send_headers(event.stream_id, [(":status", "200")])
                spoken.send_data(event.stream_id, FEED, end_stream=True)
        connection.sendall(spoken.data_to_send())


def test_http2_is_spoken_where_the_site_does(tmp_path: Path) -> None:
    """Agreed on with the certificate; two requests are two streams of one connection."""
    certificate = made_certificate(tmp_path, days=2)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    tls.set_alpn_protocols(["h2", "http/1.1"])
    listener = socket.create_server(("127.0.0.1", 0))
    streams: list[int] = []

    def serve() -> None:
        with listener, tls.wrap_socket(listener.accept()[0], server_side=True) as connection:
            assert connection.selected_alpn_protocol() == "h2"
            _speak_http2(connection, streams)

    serving = threading.Thread(target=serve, daemon=True)
    serving.start()
    with Fetcher("geobrief-tests", allow_private=True, timeout=timedelta(seconds=10)) as fetcher:
        fetcher._tls.load_verify_locations(certificate)
        for _ in range(2):
            answer = fetcher.fetch(f"https://localhost:{listener.getsockname()[1]}/feed")
            assert isinstance(answer, Fetched), answer
            assert answer.body == FEED
    serving.join(10)
    assert streams == [1, 3]
