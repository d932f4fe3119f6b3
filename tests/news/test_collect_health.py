"""A feed that fails, goes or falls silent is noticed, told, and turned off in the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from newspaper import Site, only_feed
from newsroom import NOW

from news.collect import (
    Round,
)
from news.ingest import Ingest


def test_a_feed_that_failed_for_a_month_is_turned_off_and_back_on(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """The notice says since when and why; whoever adds it again starts it anew."""
    site.feed_status = 500
    now = NOW
    while only_feed(ingest).active:
        assert now < NOW + timedelta(days=60)
        collect(now)
        now = only_feed(ingest).next_due_at
    told = only_feed(ingest).notice or ""
    assert "failing since 2022-" in told
    assert "HTTP 500" in told
    assert collect(now + timedelta(days=9)).feeds == 0
    site.feed_status = 200
    assert ingest.store.feeds.revive(f"{site.url}/feed", now)
    assert not ingest.store.feeds.revive(f"{site.url}/feed", now)
    collect(now)
    assert (only_feed(ingest).notice, only_feed(ingest).failures) == (None, 0)


def test_a_feed_that_is_gone_says_so(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """410 leaves a notice in the feed's row."""
    site.feed_status = 410
    collect(NOW)
    assert "the site says that it is gone" in (only_feed(ingest).notice or "")


def test_a_silent_feed_is_asked_once_a_day_and_then_no_more(
    ingest: Ingest, site: Site, collect: Callable[[datetime], Round]
) -> None:
    """Nothing new for three months is noted, for a year ends it; an item would end the silence."""
    site.etag = '"v1"'
    collect(NOW)
    quiet = NOW + timedelta(days=100)
    collect(quiet)
    assert "nothing new since" in (only_feed(ingest).notice or "")
    assert only_feed(ingest).next_due_at == quiet + timedelta(days=1)
    collect(NOW + timedelta(days=400))
    assert not only_feed(ingest).active
