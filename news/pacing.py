"""When a feed is asked again, and when no more. Pure functions of its row and its answer."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from news.model import Feed

LONGEST_BACK_OFF = timedelta(days=1)
LONGEST_TTL = timedelta(days=1)
LONGEST_MAX_AGE = timedelta(hours=6)
"""Caches are often told a day or a year for everything; news is not to wait for that."""
UNANSWERED = timedelta(days=30)
UNANSWERED_TRIES = 10
QUIET = timedelta(days=90)
SILENT = timedelta(days=365)
CADENCE_ITEMS = 50

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a feed stays on, and what its operator should know."""

    active: bool = True
    notice: str | None = None


def back_off(interval: timedelta, failures: int) -> timedelta:
    """How long to wait after one more failure: twice as long each time, up to a day."""
    doubled: timedelta = interval * 2 ** min(failures, 10)
    return min(doubled, LONGEST_BACK_OFF)


def wished(
    interval: timedelta, ttl: timedelta | None, max_age: timedelta | None, *, quiet: bool = False
) -> timedelta:
    """How long a feed wants to be left alone, at least our interval, at most a day."""
    wishes = [
        interval,
        min(ttl or timedelta(), LONGEST_TTL),
        min(max_age or timedelta(), LONGEST_MAX_AGE),
    ]
    return max(*wishes, LONGEST_BACK_OFF if quiet else interval)


def spread(now: datetime, wait: timedelta, interval: timedelta, url: str) -> datetime:
    """The instant nearest to `now + wait` at which this feed has its turn.

    Each feed has a place of its own in the interval, from its link, so that feeds which were
    added together come apart in their first round and stay apart, however late a round runs.
    """
    place = int.from_bytes(hashlib.sha256(url.encode()).digest()[:8], "big") / 2**64
    earliest = now + wait - interval / 2
    since = (earliest - _EPOCH - interval * place) % interval
    return earliest + (interval - since if since else timedelta())


def cadence(published: Iterable[datetime | None]) -> timedelta | None:
    """The typical time between a feed's newest items; None with fewer than three instants."""
    known = sorted({moment for moment in published if moment is not None})[-CADENCE_ITEMS:]
    if len(known) < 3:
        return None
    gaps = [(later - earlier) for earlier, later in itertools.pairwise(known)]
    return timedelta(seconds=round(median(gap.total_seconds() for gap in gaps)))


def after_failure(feed: Feed, status: int | None, reason: str, now: datetime) -> Standing:
    """A feed that is gone, or that has failed for a month, is turned off."""
    if status == 410:
        return Standing(
            active=False, notice=f"turned off on {now:%Y-%m-%d}: the site says that it is gone"
        )
    since = feed.failing_since
    if since and now - since >= UNANSWERED and feed.failures + 1 >= UNANSWERED_TRIES:
        told = f"turned off on {now:%Y-%m-%d}: failing since {since:%Y-%m-%d} ({reason})"
        return Standing(active=False, notice=told)
    return Standing()


def after_success(feed: Feed, new: int, now: datetime) -> Standing:
    """A feed without anything new for three months is noted, after a year it is turned off."""
    if new or feed.last_item_at is None or now - feed.last_item_at < QUIET:
        return Standing()
    told = f"nothing new since {feed.last_item_at:%Y-%m-%d}"
    if now - feed.last_item_at >= SILENT:
        return Standing(active=False, notice=f"turned off on {now:%Y-%m-%d}: {told}")
    return Standing(notice=f"{told}; asked once a day")
