"""Collecting: every step is a row, one request to a host at a time, failures wait ever longer."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from newspaper import Site, only_feed, subscribe
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
from news.model import Article
from news.store.feeds import MOST_CHANGES


def _articles(ingest: Ingest) -> list[Article]:
    return list(ingest.store.placing.waiting(100))


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
    assert only_feed(ingest).items == 3


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
    assert only_feed(ingest).etag == '"v1"'
    assert only_feed(ingest).last_success_at == NOW + INTERVAL


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
        due = only_feed(ingest).next_due_at
        waits.append(due - now)
        now = due
    assert waits[:4] == [INTERVAL * 2**n for n in range(4)]
    assert waits[-1] == LONGEST_BACK_OFF
    assert "500" in (only_feed(ingest).error or "")
    site.feed_status = 200
    collect(now)
    assert (only_feed(ingest).failures, only_feed(ingest).error) == (0, None)


def test_a_feed_that_is_gone_is_not_asked_again(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """410 means gone; the feed stays in the list, at rest."""
    site.feed_status = 410
    collect(NOW)
    assert not only_feed(ingest).active
    assert collect(NOW + timedelta(days=9)).feeds == 0


def test_retry_after_is_honoured(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """A site that asks for two hours gets two hours."""
    site.feed_status, site.headers = 503, {"Retry-After": "7200"}
    collect(NOW)
    assert only_feed(ingest).next_due_at == NOW + timedelta(hours=2)


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
    subscribe(ingest, f"{site.url}/feed")
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
    subscribe(ingest, f"{site.url}/feed")
    assert Collector(ingest, spread=False).run(NOW, stop=lambda: True).feeds == 0
    assert ingest.store.note("collected_well") is None
    assert Collector(ingest, spread=False).run(NOW).feeds == 1


def test_entries_of_a_round_that_died_come_back(ingest: Ingest, site: Site) -> None:
    """What a killed process had taken is taken again when its lease has ended, not before."""
    subscribe(ingest, f"{site.url}/feed")
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
        subscribe(ingest, f"{site.url}/feed{name}")
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
        subscribe(ingest, f"{url}/feed")
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
    subscribe(ingest, f"{site.url}/feed")
    subscribe(ingest, f"{dead.url.replace('127.0.0.1', 'localhost')}/feed")
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
    subscribe(ingest, f"{site.url}/moved")
    Collector(ingest, spread=False).run(NOW)
    assert only_feed(ingest).url == f"{site.url}/feed"
    site.body = b"<!doctype html><html></html>"
    subscribe(ingest, f"{site.url}/moved")
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
    assert only_feed(ingest).next_due_at == NOW + timedelta(hours=2)
    site.headers = {}
    site.body = site.feed().replace(b"<item>", b"<ttl>180</ttl><item>", 1)
    site.etag = '"v2"'
    later = NOW + timedelta(hours=2)
    collect(later)
    assert collect(later + timedelta(hours=3)).unchanged == 1
    assert only_feed(ingest).next_due_at == later + timedelta(hours=6)


def test_a_feed_that_only_says_the_time_is_unchanged(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """Without a tag, a new lastBuildDate alone is nothing new."""
    for number, unchanged in enumerate((0, 1, 1)):
        told = f"<lastBuildDate>{number}</lastBuildDate><item>".encode()
        site.body = site.feed().replace(b"<item>", told, 1)
        assert collect(NOW + INTERVAL * number).unchanged == unchanged
    assert only_feed(ingest).items == 3


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


def test_a_guid_that_comes_twice_loses_no_item(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """Two items of one guid are two articles, and do not change each other round after round."""
    site.body = site.feed().replace(b"<guid>1</guid>", b"<guid>0</guid>")
    assert dict(collect(NOW).outcomes) == {"new": 3}
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


def test_new_feeds_do_not_fall_due_together(ingest: Ingest, site: Site) -> None:
    """Feeds that were added at once have their own places in the interval afterwards."""
    for number in range(20):
        subscribe(ingest, f"{site.url}/feed{number}")
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
    subscribe(ingest, f"{site.url}/feed")
    pause = timedelta(seconds=0.05)
    with Fetcher("geobrief-tests", allow_private=True, host_pause=pause) as slow:
        paused = Ingest(ingest.store, slow, ingest.pages, ingest.outlets)
        assert dict(Collector(paused).run(NOW).outcomes) == {"new": 3}
    assert len(times) == 4
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.05


def test_what_does_not_fit_into_a_round_is_left_to_the_next(
    ingest: Ingest, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round ends before its leases do, and loses nothing."""
    subscribe(ingest, f"{site.url}/feed")
    monkeypatch.setattr(collect_module, "WORK", timedelta(seconds=-1))
    assert Collector(ingest).run(NOW).feeds == 0
    monkeypatch.undo()
    assert dict(Collector(ingest).run(NOW).outcomes) == {"new": 3}
