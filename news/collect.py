"""A round over the feeds that are due: ask, note what is new, read the pages, store articles.

Every step is a row's state, so a round that was cut short goes on where it stopped. One
request to a host at a time.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog

from news import pacing
from news.feedbody import update_hash
from news.feeds import FeedItem, NotAFeed, parse_feed
from news.fetch import FEED_TYPES, Fetched, Fetcher, FetchFailed, NotModified
from news.hostwise import Progress, Stop, by_host
from news.ingest import Ingest
from news.model import Feed, Received
from news.outlets import host_of
from news.pacing import LONGEST_BACK_OFF
from news.store.feeds import Entry, Good, Seen

__all__ = ["INTERVAL", "LEASE", "LONGEST_BACK_OFF", "Collector", "Found", "Round", "find_feed"]

T = TypeVar("T")

LEASE = timedelta(minutes=10)
WORK = timedelta(minutes=8)
"""How long a round asks feeds, and how long it reads pages: a host may have very many."""
INTERVAL = timedelta(minutes=30)
OFFLINE_RETRY = timedelta(minutes=5)
PAGE_ATTEMPTS = 3
PAGE_RETRY = timedelta(minutes=20)
ENTRIES_A_ROUND = 2_000


@dataclass(slots=True, kw_only=True)
class Round:
    """What a round brought. `feeds` counts those that were asked.

    `unchanged` of them had nothing new to say; `restless` counts entries that changed too often
    to be followed, `not_read` items beyond a feed's limit. Links that may not be asked for, to a
    private address say, are `refused`.
    """

    feeds: int = 0
    unchanged: int = 0
    restless: int = 0
    not_read: int = 0
    failed_feeds: dict[str, str] = field(default_factory=dict)
    unreachable: int = 0
    refused: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[Received] = field(default_factory=list)

    @property
    def offline(self) -> bool:
        """Whether no feed at all could be reached: the network is down, not the feeds."""
        return self.unreachable > 0 and self.unreachable + self.refused == self.feeds

    def count(self, received: Received) -> None:
        """Count one outcome."""
        self.outcomes[received.outcome] += 1
        if received.outcome == "failed":
            self.failures.append(received)


class Collector:
    """Runs rounds. `progress(done, total, what)` is told of each feed and page.

    With `spread` each feed has its own place in the interval, so that not all are due at once.
    """

    def __init__(
        self, ingest: Ingest, *, interval: timedelta = INTERVAL, spread: bool = True
    ) -> None:
        self._ingest = ingest
        self._interval = interval
        self._spread = spread
        self._feeds = ingest.store.feeds

    def run(
        self,
        now: datetime,
        *,
        stop: Callable[[], bool] = lambda: False,
        progress: Callable[[int, int, str], None] = lambda done, total, what: None,
    ) -> Round:
        """Ask all due feeds, then read the pages of all due entries; ends soon after `stop()`."""
        result = Round()
        self._ask_all(result, now, stop, progress)
        self._read_all(result, now, stop, progress)
        if result.feeds:
            failed = len(result.failed_feeds)
            note = {"at": now.isoformat(), "feeds": result.feeds, "failed": failed}
            self._ingest.store.set_note("collected", note)
            if failed < result.feeds:
                self._ingest.store.set_note("collected_well", now.isoformat())
        return result

    def _ask_all(self, result: Round, now: datetime, stop: Stop, progress: Progress) -> None:
        due = self._feeds.claim_due(now, LEASE)
        answers: dict[int, FetchFailed | _Asked] = {}

        def ask(feed: Feed) -> None:
            try:
                answers[feed.id] = self._ask(feed, now)
            except Exception as error:  # noqa: BLE001 - one feed's surprise must not end the round
                structlog.get_logger().exception("feed failed", url=feed.url)
                reason = f"could not be taken in ({type(error).__name__})"
                answers[feed.id] = FetchFailed(url=feed.url, reason=reason)

        self._by_host(due, lambda feed: feed.url, ask, stop, progress)
        self._feeds.hand_back(feed for feed in due if feed.id not in answers)
        result.feeds = len(answers)
        asked = [answer for answer in answers.values() if isinstance(answer, _Asked)]
        result.unchanged = sum(answer.unchanged for answer in asked)
        result.restless = sum(answer.seen.ignored for answer in asked)
        result.not_read = sum(answer.not_read for answer in asked)
        failures = [answer for answer in answers.values() if isinstance(answer, FetchFailed)]
        result.unreachable = sum(failure.unreachable for failure in failures)
        result.refused = sum(failure.permanent and failure.status is None for failure in failures)
        # one dead feed tells nothing about the network, several that all are dead do
        blamed = not result.offline or len({host_of(feed.url) for feed in due}) == 1
        for feed in due:
            failure = answers.get(feed.id)
            if isinstance(failure, FetchFailed):
                result.failed_feeds[feed.url] = failure.reason
                self._put_off(feed, failure, now, blamed=blamed or not failure.unreachable)

    def _read_all(self, result: Round, now: datetime, stop: Stop, progress: Progress) -> None:
        entries = self._feeds.claim_entries(now, LEASE, ENTRIES_A_ROUND)
        owners = self._feeds.by_id({entry.feed_id for entry in entries})
        read: dict[tuple[int, str], Received] = {}

        def read_one(entry: Entry) -> None:
            try:
                received = self._read(entry, owners[entry.feed_id], now)
            except Exception as error:  # noqa: BLE001 - nor may one page
                structlog.get_logger().exception("page failed", what=entry.guid)
                reason = f"could not be taken in ({type(error).__name__})"
                received = Received(what=entry.guid, outcome="failed", reason=reason)
                self._feeds.finish(entry, None, reason)
            read[entry.feed_id, entry.guid] = received

        known = [entry for entry in entries if entry.feed_id in owners]
        self._by_host(known, _link, read_one, stop, progress)
        self._feeds.release(
            (entry for entry in known if (entry.feed_id, entry.guid) not in read), now
        )
        for received in read.values():
            result.count(received)

    def _by_host(
        self,
        things: Iterable[T],
        link: Callable[[T], str],
        work: Callable[[T], None],
        stop: Stop,
        progress: Progress,
    ) -> None:
        ready_in = self._ingest.fetcher.ready_in
        # what is not done by then is left to the next round, before its lease ends
        end = time.monotonic() + WORK.total_seconds()

        def enough() -> bool:
            return stop() or time.monotonic() > end

        by_host(things, link, work, ready_in=ready_in, stop=enough, progress=progress)

    def _ask(self, feed: Feed, now: datetime) -> FetchFailed | _Asked:
        answer = self._ingest.fetcher.fetch(
            feed.url,
            etag=feed.etag,
            last_modified=feed.last_modified,
            accept=FEED_TYPES,
            page=False,
        )
        if isinstance(answer, FetchFailed):
            return answer
        body_hash = feed.body_hash if isinstance(answer, NotModified) else update_hash(answer.body)
        if isinstance(answer, NotModified) or body_hash == feed.body_hash:
            return self._unchanged(feed, answer, now)
        parsed = parse_feed(answer.body, url=answer.url, content_type=_type(answer), now=now)
        if isinstance(parsed, NotAFeed):
            return FetchFailed(url=feed.url, reason=parsed.reason)
        seen = self._feeds.see(feed.id, [_entry(item) for item in parsed.items], now)
        standing = pacing.after_success(feed, seen.new, now)
        wait = pacing.wished(
            self._interval, parsed.ttl, answer.max_age, quiet=standing.notice is not None
        )
        good = Good(
            next_due_at=self._due(now, wait, feed),
            etag=answer.etag,
            last_modified=answer.last_modified,
            body_hash=body_hash,
            ttl=parsed.ttl,
            cadence=pacing.cadence(item.published_at for item in parsed.items) or feed.cadence,
            new=seen.new,
            url=answer.permanent_redirect_to,
            notice=standing.notice,
            active=standing.active,
        )
        self._feeds.succeeded(feed, good, now)
        return _Asked(seen=seen, not_read=parsed.dropped)

    def _unchanged(self, feed: Feed, answer: Fetched | NotModified, now: datetime) -> _Asked:
        standing = pacing.after_success(feed, 0, now)
        quiet = standing.notice is not None
        wait = pacing.wished(self._interval, feed.ttl, answer.max_age, quiet=quiet)
        good = Good(
            next_due_at=self._due(now, wait, feed),
            etag=answer.etag or feed.etag,
            last_modified=answer.last_modified or feed.last_modified,
            body_hash=feed.body_hash,
            ttl=feed.ttl,
            cadence=feed.cadence,
            url=answer.permanent_redirect_to if isinstance(answer, Fetched) else None,
            notice=standing.notice,
            active=standing.active,
        )
        self._feeds.succeeded(feed, good, now)
        return _Asked(unchanged=True)

    def _due(self, now: datetime, wait: timedelta, feed: Feed) -> datetime:
        return pacing.spread(now, wait, self._interval, feed.url) if self._spread else now + wait

    def _put_off(self, feed: Feed, failure: FetchFailed, now: datetime, *, blamed: bool) -> None:
        standing = pacing.Standing()
        due = now + OFFLINE_RETRY
        if blamed:
            standing = pacing.after_failure(feed, failure.status, failure.reason, now)
            due = self._due(now, pacing.back_off(self._interval, feed.failures), feed)
        self._feeds.failed(
            feed,
            now=now,
            next_due_at=max(due, now + (failure.retry_after or timedelta())),
            reason=failure.reason,
            notice=standing.notice,
            active=standing.active,
            blamed=blamed,
        )
        log = structlog.get_logger()
        log.warning("feed failed", url=feed.url, reason=failure.reason, notice=standing.notice)

    def _read(self, entry: Entry, feed: Feed, now: datetime) -> Received:
        item = _item(entry.item)
        draft = self._ingest.item(item, now=now, feed_url=feed.url, outlet_name=feed.outlet.name)
        if draft is not None and draft.outlet.name != feed.outlet.name and not draft.url:
            draft = replace(draft, outlet=feed.outlet)
        what = item.url or item.title or f"{feed.url}: {item.guid}"
        if draft is not None and (draft.completeness == "full" or item.url is None):
            received = self._ingest.receive(draft, what)
        elif item.url is None:
            received = Received(what=what, outcome="failed", reason="no text and no link")
        else:
            received = self._ingest.read_page(item, draft, now=now)
            if received.outcome == "failed" and entry.attempts + 1 < PAGE_ATTEMPTS:
                reason = received.reason or ""
                self._feeds.retry(entry, now + PAGE_RETRY * 2**entry.attempts, reason)
                return received
            if received.outcome == "failed" and draft is not None:
                received = self._ingest.receive(draft, what)
        self._feeds.finish(entry, received.article_id, received.reason)
        return received


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a feed that answered had to say."""

    seen: Seen = field(default_factory=Seen)
    unchanged: bool = False
    not_read: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a link turned out to be: a feed with its items, or why it is none.

    `passing`: it could not be asked for now, for want of a network or a ready server.
    """

    url: str
    ok: bool
    title: str | None = None
    link: str | None = None
    items: int = 0
    reason: str = ""
    passing: bool = False


def find_feed(url: str, fetcher: Fetcher) -> Found:
    """Read a feed's link once; a page that names feeds of its own leads to the first of them."""
    for hop in range(2):
        answer = fetcher.fetch(url, accept=FEED_TYPES, page=False)
        if isinstance(answer, FetchFailed):
            return Found(url=url, ok=False, reason=answer.reason, passing=answer.passing)
        if isinstance(answer, NotModified):
            return Found(url=url, ok=False, reason="the server sent nothing")
        parsed = parse_feed(answer.body, url=answer.url, content_type=_type(answer))
        if not isinstance(parsed, NotAFeed):
            return Found(
                url=answer.permanent_redirect_to or url,
                ok=True,
                title=parsed.title,
                link=parsed.link,
                items=len(parsed.items),
            )
        if hop == 1 or not parsed.feed_links:
            return Found(url=url, ok=False, reason=parsed.reason)
        url = parsed.feed_links[0]
    raise AssertionError("two hops at most")


def _type(answer: Fetched) -> str | None:
    """The header as it was: an encoding that only the header names counts."""
    if answer.content_type and answer.charset:
        return f"{answer.content_type}; charset={answer.charset}"
    return answer.content_type


def _link(entry: Entry) -> str:
    return str(entry.item["url"] or "")


def _entry(item: FeedItem) -> tuple[str, str, dict[str, Any]]:
    values = asdict(item)
    for name in ("published_at", "updated_at"):
        values[name] = values[name].isoformat() if values[name] else None
    told = json.dumps([item.title, item.content_html or item.summary_html, item.url])
    return item.guid or item.url or item.title, hashlib.sha256(told.encode()).hexdigest(), values


def _item(values: dict[str, Any]) -> FeedItem:
    times = {
        name: datetime.fromisoformat(values[name]) if values[name] else None
        for name in ("published_at", "updated_at")
    }
    return FeedItem(**{**values, **times})
