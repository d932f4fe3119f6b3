"""A newspaper on loopback whose feed and pages a test can change, break and watch."""

from __future__ import annotations

import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from newsroom import NOW

from news.ingest import Ingest
from news.model import Feed, Outlet

WORDS = (
    "The council of Varnes voted on item {n} late on Tuesday after a long debate about the budget. "
    "Members asked how the northern quay, the school and the ferry would be paid for next year. "
    "The treasurer named figures for each of them and promised a report before the summer recess. "
    "Two parties abstained because they wanted the library to be part of plan number {n} as well. "
)


class Site:
    """A site on loopback: what it answers can be changed, and it counts what it is asked."""

    def __init__(self) -> None:
        self.items = 3
        self.full = False
        self.feed_status = 200
        self.page_status = 200
        self.headers: dict[str, str] = {}
        self.etag: str | None = None
        self.body: bytes | None = None
        self.bodies: dict[str, bytes] = {}
        self.asked: Counter[str] = Counter()
        self.delay = 0.0
        self.at_once = 0
        self.most_at_once = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop serving: from now on there is no connection."""
        self._server.shutdown()
        self._server.server_close()

    def feed(self) -> bytes:
        """A feed of teasers, or of whole texts."""
        texts = [WORDS.format(n=n) * (3 if self.full else 1) for n in range(self.items)]
        items = "".join(
            f"<item><title>Vote {n}</title><link>{self.url}/page{n}</link><guid>{n}</guid>"
            f"<description>{text}</description></item>"
            for n, text in enumerate(texts)
        )
        return f'<rss version="2.0"><channel><title>V</title>{items}</channel></rss>'.encode()

    def page(self, number: str) -> bytes:
        """The page of one item, longer than its teaser."""
        parts = "".join(f"<p>{WORDS.format(n=number)} Page {number}, part {k}.</p>" for k in "abc")
        return f"<html><title>Vote</title><body><article>{parts}</article></body></html>".encode()

    def answer(self, path: str, tag: str | None) -> tuple[int, bytes]:
        """Give status and body for a path; `bodies` may hold it with its query or without."""
        for named in (path, path.partition("?")[0]):
            if named in self.bodies:
                return 200, self.bodies[named]
        if path == "/moved":
            return 301, b""
        if path.startswith("/feed"):
            if self.feed_status == 200 and self.etag and tag == self.etag:
                return 304, b""
            return self.feed_status, self.body or self.feed()
        return self.page_status, self.page(path.removeprefix("/page"))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with site._lock:
                    site.at_once += 1
                    site.most_at_once = max(site.most_at_once, site.at_once)
                    site.asked[self.path] += 1
                time.sleep(site.delay)
                status, body = site.answer(self.path, self.headers.get("If-None-Match"))
                with site._lock:
                    site.at_once -= 1
                self.send_response(status)
                if status == 301:
                    self.send_header("Location", f"{site.url}/feed")
                headers = {**site.headers, **({"ETag": site.etag} if site.etag else {})}
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                del format, args

        return Handler


def subscribe(ingest: Ingest, url: str) -> None:
    """Add a feed of the newspaper that is due at once."""
    outlet = Outlet(name="Varnes Gazette", host="varnes.example")
    assert ingest.store.feeds.add(url, outlet, confirmed=True, now=NOW)


def only_feed(ingest: Ingest) -> Feed:
    """Give the store's one feed."""
    (feed,) = ingest.store.feeds.all()
    return feed
