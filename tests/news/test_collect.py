"""Collecting: every step is a row, one request to a host at a time, failures wait ever longer."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from newsroom import NOW

from news.collect import (
    INTERVAL,
    LEASE,
    LONGEST_BACK_OFF,
    OFFLINE_RETRY,
    PAGE_ATTEMPTS,
    PAGE_RETRY,
    Collector,
    Round,
)
from news.ingest import Ingest
from news.model import Article, Feed, Outlet

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
        """Give status and body for a path."""
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


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that is up."""
    made = Site()
    yield made
    made.close()


@pytest.fixture
def collect(ingest: Ingest, site: Site) -> Callable[[datetime], Round]:
    """Run a round on the site's one feed at a given time."""
    _subscribe(ingest, f"{site.url}/feed")
    collector = Collector(ingest)
    return collector.run


def _subscribe(ingest: Ingest, url: str) -> None:
    outlet = Outlet(name="Varnes Gazette", host="varnes.example")
    assert ingest.store.feeds.add(url, outlet, confirmed=True, now=NOW)


def _feed(ingest: Ingest) -> Feed:
    (feed,) = ingest.store.feeds.all()
    return feed


def test_new_items_become_articles_once(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """A feed's pages are read, and not read again while the feed stays the same."""
    first = collect(NOW)
    assert dict(first.outcomes) == {"new": 3}
    assert (first.feeds, first.failed_feeds, first.offline) == (1, {}, False)
    assert all("part c" in one.text for one in _articles(ingest))
    second = collect(NOW + INTERVAL)
    assert (second.feeds, dict(second.outcomes)) == (1, {})
    assert site.asked["/page0"] == 1
    assert _feed(ingest).items == 3


def test_nothing_is_asked_before_it_is_due(
    site: Site, collect: Callable[[datetime], Round]
) -> None:
    """A feed has rest between its rounds."""
    collect(NOW)
    assert collect(NOW + INTERVAL - timedelta(seconds=1)).feeds == 0
    assert site.asked["/feed"] == 1


def test_an_unchanged_feed_is_good_news(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """The tag goes back to the server, and its "not modified" is a success."""
    site.etag = '"v1"'
    collect(NOW)
    again = collect(NOW + INTERVAL)
    assert again.failed_feeds == {}
    assert _feed(ingest).etag == '"v1"'
    assert _feed(ingest).last_success_at == NOW + INTERVAL


def test_an_item_that_changed_is_read_again(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """A changed teaser makes its page due; the page decides whether the article changed."""
    site.items = 1
    collect(NOW)
    site.body = site.feed().replace(b"Two parties", b"Three parties")
    assert dict(collect(NOW + INTERVAL).outcomes) == {"duplicate": 1}
    assert site.asked["/page0"] == 2
    assert len(_articles(ingest)) == 1


def test_a_whole_text_in_the_feed_needs_no_page(
    site: Site, collect: Callable[[datetime], Round]
) -> None:
    """A feed that carries its articles is asked for nothing else."""
    site.full = True
    assert dict(collect(NOW).outcomes) == {"new": 3}
    assert set(site.asked) == {"/feed"}


def test_a_failing_feed_waits_twice_as_long_each_time(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """The wait doubles up to a day, and one success ends it."""
    site.feed_status = 500
    now, waits = NOW, []
    for _ in range(9):
        assert list(collect(now).failed_feeds) == [f"{site.url}/feed"]
        due = _feed(ingest).next_due_at
        waits.append(due - now)
        now = due
    assert waits[:4] == [INTERVAL * 2**n for n in range(4)]
    assert waits[-1] == LONGEST_BACK_OFF
    assert "500" in (_feed(ingest).error or "")
    site.feed_status = 200
    collect(now)
    assert (_feed(ingest).failures, _feed(ingest).error) == (0, None)


def test_a_feed_that_is_gone_is_not_asked_again(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """410 means gone; the feed stays in the list, at rest."""
    site.feed_status = 410
    collect(NOW)
    assert not _feed(ingest).active
    assert collect(NOW + timedelta(days=9)).feeds == 0


def test_retry_after_is_honoured(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """A site that asks for two hours gets two hours."""
    site.feed_status, site.headers = 503, {"Retry-After": "7200"}
    collect(NOW)
    assert _feed(ingest).next_due_at == NOW + timedelta(hours=2)


def test_a_page_instead_of_a_feed_is_a_failure(
    site: Site, collect: Callable[[datetime], Round]
) -> None:
    """HTML where a feed was is told, in one line."""
    site.body = b"<!doctype html><html><body>Log in</body></html>"
    (reason,) = collect(NOW).failed_feeds.values()
    assert "not a feed" in reason


def test_a_round_that_was_stopped_goes_on_where_it_was(ingest: Ingest, site: Site) -> None:
    """Entries that were not read are read by the next round, none twice, whoever runs it."""
    site.items = 6
    _subscribe(ingest, f"{site.url}/feed")
    read: list[str] = []
    stopped = Collector(ingest).run(
        NOW,
        stop=lambda: len(read) >= 4,
        progress=lambda done, total, what: read.append(what),
    )
    assert dict(stopped.outcomes) == {"new": 3}
    resumed = Collector(ingest).run(NOW + timedelta(seconds=5))
    assert (resumed.feeds, dict(resumed.outcomes)) == (0, {"new": 3})
    assert {count for path, count in site.asked.items() if path != "/feed"} == {1}


def test_a_round_that_was_stopped_at_once_loses_no_feed(ingest: Ingest, site: Site) -> None:
    """Feeds that were taken and not asked are due again at once, and count for nothing."""
    _subscribe(ingest, f"{site.url}/feed")
    assert Collector(ingest).run(NOW, stop=lambda: True).feeds == 0
    assert ingest.store.note("collected_well") is None
    assert Collector(ingest).run(NOW).feeds == 1


def test_entries_of_a_round_that_died_come_back(ingest: Ingest, site: Site) -> None:
    """What a killed process had taken is taken again when its lease has ended, not before."""
    _subscribe(ingest, f"{site.url}/feed")
    site.page_status = 500
    Collector(ingest).run(NOW)
    later = NOW + PAGE_RETRY
    assert len(ingest.store.feeds.claim_entries(later, LEASE, 100)) == 3
    assert ingest.store.feeds.claim_entries(later, LEASE, 100) == []
    assert len(ingest.store.feeds.claim_entries(later + LEASE, LEASE, 100)) == 3


def test_a_page_that_keeps_failing_falls_back_to_its_teaser(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """After the last attempt the teaser stands in, named as one."""
    site.items, site.page_status = 1, 500
    now = NOW
    for attempt in range(PAGE_ATTEMPTS):
        outcomes = dict(collect(now).outcomes)
        assert outcomes == ({"failed": 1} if attempt < PAGE_ATTEMPTS - 1 else {"new": 1})
        now += PAGE_RETRY * 2**attempt
    assert site.asked["/page0"] == PAGE_ATTEMPTS
    assert [one.completeness for one in _articles(ingest)] == ["teaser"]
    assert dict(collect(now + timedelta(days=1)).outcomes) == {}


def test_a_host_is_asked_one_thing_at_a_time(ingest: Ingest, site: Site) -> None:
    """Many feeds and pages of one host never overlap."""
    site.delay, site.items = 0.02, 4
    for name in "abcd":
        _subscribe(ingest, f"{site.url}/feed{name}")
    result = Collector(ingest).run(NOW)
    assert result.feeds == 4
    assert site.most_at_once == 1


def test_nothing_reachable_is_no_fault_of_the_feeds(ingest: Ingest) -> None:
    """Without any network the feeds do not lose their turn for a day: all are tried again soon."""
    sites = [Site(), Site()]
    urls = [sites[0].url, sites[1].url.replace("127.0.0.1", "localhost")]
    for made in sites:
        made.close()
    for url in urls:
        _subscribe(ingest, f"{url}/feed")
    result = Collector(ingest).run(NOW)
    assert result.offline
    assert result.feeds == 2
    assert {feed.next_due_at for feed in ingest.store.feeds.all()} == {NOW + OFFLINE_RETRY}
    assert {feed.failures for feed in ingest.store.feeds.all()} == {0}
    assert ingest.store.note("collected_well") is None
    assert ingest.store.note("collected")["failed"] == 2


def test_one_dead_feed_among_others_is_not_the_network(ingest: Ingest, site: Site) -> None:
    """A feed that alone cannot be reached waits; the round was a good one."""
    dead = Site()
    dead.close()
    _subscribe(ingest, f"{site.url}/feed")
    _subscribe(ingest, f"{dead.url.replace('127.0.0.1', 'localhost')}/feed")
    result = Collector(ingest).run(NOW)
    assert not result.offline
    assert len(result.failed_feeds) == 1
    assert ingest.store.note("collected_well") is not None


def test_only_failing_feeds_are_no_good_round(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """Sites that all answer with errors bring no news: nobody is told that collecting works."""
    site.feed_status = 500
    result = collect(NOW)
    assert not result.offline
    assert ingest.store.note("collected_well") is None


def test_a_feed_that_moved_for_good_keeps_its_new_link(ingest: Ingest, site: Site) -> None:
    """A permanent redirect is remembered; one that leads to no feed is not."""
    site.etag = '"v1"'
    _subscribe(ingest, f"{site.url}/moved")
    Collector(ingest).run(NOW)
    assert _feed(ingest).url == f"{site.url}/feed"
    site.body = b"<!doctype html><html></html>"
    _subscribe(ingest, f"{site.url}/moved")
    Collector(ingest).run(NOW)
    assert {feed.url for feed in ingest.store.feeds.all()} == {
        f"{site.url}/feed",
        f"{site.url}/moved",
    }


def _articles(ingest: Ingest) -> list[Article]:
    return list(ingest.store.placing.waiting(100))
