"""A site on loopback that behaves in every way a site can, and fetchers to try on it."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from news.fetch import Fetcher

AGENT = "geobrief-test"
_PLAIN = str.maketrans("-.", "__")


class Handler(BaseHTTPRequestHandler):
    """Answers by path; `seen` keeps what each request asked with."""

    protocol_version = "HTTP/1.1"
    seen: list[dict[str, str]]

    def do_GET(self) -> None:
        """Serve one request."""
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        port = str(self.client_address[1])
        self.seen.append(
            {"path": self.path, "port": port, **{k.lower(): v for k, v in self.headers.items()}}
        )
        getattr(self, "do_" + parts.path.strip("/").translate(_PLAIN), self.missing)(query)

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """One complete answer."""
        self.send_response(status)
        for name, value in headers.items():
            if not value:
                continue
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def missing(self, query: dict[str, str]) -> None:
        """Any other path."""
        self.answer(404)

    def do_page(self, query: dict[str, str]) -> None:
        """An ordinary page."""
        self.answer(
            200,
            "<p>Späte Nachricht</p>".encode(),
            Content_Type="Text/HTML; charset=UTF-8",
            ETag='"v1"',
            Last_Modified="Mon, 03 Jan 2022 10:00:00 GMT",
        )

    def do_conditional(self, query: dict[str, str]) -> None:
        """Unchanged for whoever shows the right tag."""
        if self.headers.get("If-None-Match") == '"v1"':
            self.answer(304, ETag='"v1"')
        else:
            self.do_page(query)

    def do_redirect(self, query: dict[str, str]) -> None:
        """To wherever the query says."""
        self.answer(int(query.get("status", "302")), Location=query["to"])

    def do_robots_txt(self, query: dict[str, str]) -> None:
        """Forbids one page."""
        self.answer(200, b"User-agent: *\nDisallow: /conditional\n", Content_Type="text/plain")

    def do_many(self, query: dict[str, str]) -> None:
        """To itself, so many times."""
        left = int(query["left"])
        self.answer(302, Location=f"/many?left={left - 1}" if left else "/page")

    def do_huge(self, query: dict[str, str]) -> None:
        """Two gigabytes, announced; nobody should read on."""
        self.send_response(200)
        self.send_header("Content-Length", str(2 << 30))
        self.end_headers()
        self.close_connection = True
        for _ in range(1000):
            self.wfile.write(b"x" * 100_000)

    def do_loop(self, query: dict[str, str]) -> None:
        """To itself."""
        self.answer(302, Location="/loop")

    def do_status(self, query: dict[str, str]) -> None:
        """Any status, with any Retry-After."""
        self.answer(int(query["code"]), Retry_After=query.get("after", ""))

    def do_gzip(self, query: dict[str, str]) -> None:
        """A compressed page."""
        self.answer(200, gzip.compress(b"hello " * 50), Content_Encoding="gzip")

    def do_rawdeflate(self, query: dict[str, str]) -> None:
        """Deflate without a header, as some servers send it."""
        machine = zlib.compressobj(wbits=-15)
        body = machine.compress(b"hello") + machine.flush()
        self.answer(200, body, Content_Encoding="deflate")

    def do_badgzip(self, query: dict[str, str]) -> None:
        """Not gzip at all."""
        self.answer(200, b"plain", Content_Encoding="gzip")

    def do_brotli(self, query: dict[str, str]) -> None:
        """A compression that was not offered."""
        self.answer(200, b"xx", Content_Encoding="br")

    def do_bomb(self, query: dict[str, str]) -> None:
        """A small answer that unpacks to 200 MB."""
        machine = zlib.compressobj(9, wbits=31)
        zeros = b"\0" * (1 << 20)
        body = b"".join(machine.compress(zeros) for _ in range(200)) + machine.flush()
        self.answer(200, body, Content_Encoding="gzip")

    def do_large(self, query: dict[str, str]) -> None:
        """A body of three million bytes, announced or not."""
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for _ in range(30):
            self.wfile.write(b"x" * 100_000)

    def do_drip(self, query: dict[str, str]) -> None:
        """A body that never ends, one byte at a time."""
        self.send_response(200)
        self.end_headers()
        self.drip()

    def do_dripheaders(self, query: dict[str, str]) -> None:
        """Headers that never end, one byte at a time."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        self.drip()

    def drip(self) -> None:
        """Until the other side goes away."""
        self.close_connection = True
        try:
            for _ in range(1000):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.02)
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


class Server(ThreadingHTTPServer):
    """Keeps quiet about clients that leave early: the fetcher is meant to."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def running_site() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A site on loopback, and the requests it saw."""
    seen: list[dict[str, str]] = []
    handler = type("BoundHandler", (Handler,), {"seen": seen})
    server = Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", seen
    server.shutdown()
    server.server_close()


@pytest.fixture
def web(running_site: tuple[str, list[dict[str, str]]]) -> tuple[str, list[dict[str, str]]]:
    """The site, which has seen nothing yet."""
    running_site[1].clear()
    return running_site


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    """One that may talk to loopback."""
    with Fetcher(AGENT, allow_private=True, timeout=timedelta(seconds=10)) as opened:
        yield opened


@pytest.fixture(scope="module")
def lonely() -> Iterator[Fetcher]:
    """One on a machine without any network."""

    def nobody(host: str, port: int) -> list[str]:
        raise socket.gaierror("no such name")

    with Fetcher(AGENT, resolve=nobody) as opened:
        yield opened
