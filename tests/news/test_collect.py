"""Collecting: every step is a row, one request to a host at a time, failures wait ever longer."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest
from newsroom import NOW

from news import collect as collect_module
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
from news.fetch import Fetcher
from news.ingest import Ingest
from news.model import Article, Feed, Outlet
from news.store.feeds import MOST_CHANGES

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
    collector = Collector(ingest, spread=False)
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
    stopped = Collector(ingest, spread=False).run(
        NOW,
        stop=lambda: len(read) >= 4,
        progress=lambda done, total, what: read.append(what),
    )
    assert dict(stopped.outcomes) == {"new": 3}
    resumed = Collector(ingest, spread=False).run(NOW + timedelta(seconds=5))
    assert (resumed.feeds, dict(resumed.outcomes)) == (0, {"new": 3})
    assert {count for path, count in site.asked.items() if path != "/feed"} == {1}


def test_a_round_that_was_stopped_at_once_loses_no_feed(ingest: Ingest, site: Site) -> None:
    """Feeds that were taken and not asked are due again at once, and count for nothing."""
    _subscribe(ingest, f"{site.url}/feed")
    assert Collector(ingest, spread=False).run(NOW, stop=lambda: True).feeds == 0
    assert ingest.store.note("collected_well") is None
    assert Collector(ingest, spread=False).run(NOW).feeds == 1


def test_entries_of_a_round_that_died_come_back(ingest: Ingest, site: Site) -> None:
    """What a killed process had taken is taken again when its lease has ended, not before."""
    _subscribe(ingest, f"{site.url}/feed")
    site.page_status = 500
    Collector(ingest, spread=False).run(NOW)
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
    result = Collector(ingest, spread=False).run(NOW)
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
    result = Collector(ingest, spread=False).run(NOW)
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
    result = Collector(ingest, spread=False).run(NOW)
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
    Collector(ingest, spread=False).run(NOW)
    assert _feed(ingest).url == f"{site.url}/feed"
    site.body = b"<!doctype html><html></html>"
    _subscribe(ingest, f"{site.url}/moved")
    Collector(ingest, spread=False).run(NOW)
    assert {feed.url for feed in ingest.store.feeds.all()} == {
        f"{site.url}/feed",
        f"{site.url}/moved",
    }


def test_a_feed_may_ask_for_longer_rests(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """Cache-Control and ttl count, also when the feed has not changed."""
    site.headers, site.etag = {"Cache-Control": "max-age=7200"}, '"v1"'
    collect(NOW)
    assert _feed(ingest).next_due_at == NOW + timedelta(hours=2)
    site.headers = {}
    site.body = site.feed().replace(b"<item>", b"<ttl>180</ttl><item>", 1)
    site.etag = '"v2"'
    later = NOW + timedelta(hours=2)
    collect(later)
    assert collect(later + timedelta(hours=3)).unchanged == 1
    assert _feed(ingest).next_due_at == later + timedelta(hours=6)


def test_a_feed_that_only_says_the_time_is_unchanged(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """Without a tag, a new lastBuildDate alone is nothing new."""
    for number, unchanged in enumerate((0, 1, 1)):
        told = f"<lastBuildDate>{number}</lastBuildDate><item>".encode()
        site.body = site.feed().replace(b"<item>", told, 1)
        assert collect(NOW + INTERVAL * number).unchanged == unchanged
    assert _feed(ingest).items == 3


def test_an_entry_that_changes_all_the_time_is_left_alone(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """A page that prints the time is read so many times and no more; a new title counts."""
    site.items = 1
    restless = 0
    for number in range(MOST_CHANGES + 4):
        site.body = site.feed().replace(b"Two parties", f"Party {number}".encode())
        restless += collect(NOW + INTERVAL * number).restless
    assert site.asked["/page0"] == MOST_CHANGES + 1
    assert restless == 3
    site.body = site.feed().replace(b"<title>Vote", b"<title>Recount: vote")
    collect(NOW + INTERVAL * 99)
    assert site.asked["/page0"] == MOST_CHANGES + 2


def test_a_guid_that_comes_twice_is_one_entry(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """The first counts, and the two do not change each other round after round."""
    site.body = site.feed().replace(b"<guid>1</guid>", b"<guid>0</guid>")
    assert dict(collect(NOW).outcomes) == {"new": 2}
    site.body += b"<!-- again -->"
    site.body = site.body.replace(b"<title>V</title>", b"<title>W</title>")
    assert dict(collect(NOW + INTERVAL).outcomes) == {}


def test_an_item_without_link_and_words_is_no_article(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """A title alone is counted as a failure that says why; the other items go on."""
    site.items = 1
    bare = b"<item><title>Only a title</title></item></channel>"
    site.body = site.feed().replace(b"</channel>", bare)
    result = collect(NOW)
    assert result.outcomes["new"] == 1
    assert [failure.reason for failure in result.failures] == ["no text and no link"]


def test_a_feed_that_failed_for_a_month_is_turned_off_and_back_on(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """The notice says since when and why; whoever adds it again starts it anew."""
    site.feed_status = 500
    now = NOW
    while _feed(ingest).active:
        assert now < NOW + timedelta(days=60)
        collect(now)
        now = _feed(ingest).next_due_at
    told = _feed(ingest).notice or ""
    assert "failing since 2022-" in told
    assert "HTTP 500" in told
    assert collect(now + timedelta(days=9)).feeds == 0
    site.feed_status = 200
    assert ingest.store.feeds.revive(f"{site.url}/feed", now)
    assert not ingest.store.feeds.revive(f"{site.url}/feed", now)
    collect(now)
    assert (_feed(ingest).notice, _feed(ingest).failures) == (None, 0)


def test_a_feed_that_is_gone_says_so(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """410 leaves a notice in the feed's row."""
    site.feed_status = 410
    collect(NOW)
    assert "the site says that it is gone" in (_feed(ingest).notice or "")


def test_a_silent_feed_is_asked_once_a_day_and_then_no_more(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """Nothing new for three months is noted, for a year ends it; an item would end the silence."""
    site.etag = '"v1"'
    collect(NOW)
    quiet = NOW + timedelta(days=100)
    collect(quiet)
    assert "nothing new since" in (_feed(ingest).notice or "")
    assert _feed(ingest).next_due_at == quiet + timedelta(days=1)
    collect(NOW + timedelta(days=400))
    assert not _feed(ingest).active


def test_new_feeds_do_not_fall_due_together(ingest: Ingest, site: Site) -> None:
    """Feeds that were added at once have their own places in the interval afterwards."""
    for number in range(20):
        _subscribe(ingest, f"{site.url}/feed{number}")
    Collector(ingest).run(NOW)
    due = {feed.next_due_at for feed in ingest.store.feeds.all()}
    assert len(due) == 20
    assert max(due) - min(due) > INTERVAL / 4


def test_a_hosts_pause_is_kept_between_feeds_and_pages(ingest: Ingest, site: Site) -> None:
    """The next request of a round begins a pause after the last one ended."""
    times: list[float] = []
    answer = site.answer

    def timed(path: str, tag: str | None) -> tuple[int, bytes]:
        times.append(time.monotonic())
        return answer(path, tag)

    site.answer = timed  # type: ignore[method-assign]
    _subscribe(ingest, f"{site.url}/feed")
    pause = timedelta(seconds=0.05)
    with Fetcher("geobrief-tests", allow_private=True, host_pause=pause) as slow:
        paused = Ingest(ingest.store, slow, ingest.pages, ingest.outlets)
        assert dict(Collector(paused).run(NOW).outcomes) == {"new": 3}
    assert len(times) == 4
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.05


def _articles(ingest: Ingest) -> list[Article]:
    return list(ingest.store.placing.waiting(100))


def test_what_does_not_fit_into_a_round_is_left_to_the_next(
    ingest: Ingest, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round ends before its leases do, and loses nothing."""
    _subscribe(ingest, f"{site.url}/feed")
    monkeypatch.setattr(collect_module, "WORK", timedelta(seconds=-1))
    assert Collector(ingest).run(NOW).feeds == 0
    monkeypatch.undo()
    assert dict(Collector(ingest).run(NOW).outcomes) == {"new": 3}
