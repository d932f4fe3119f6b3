"""What the clock triggers: due briefs, moved stories, messages to send, feeds to collect.

Ticks only: every due time is a row, claimed with a lease, so that nothing is lost or done
twice when the program dies between two steps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
import telegram

from bot.clock import Clock
from bot.health import Metrics
from bot.telegram import amending, transport, views
from bot.telegram.messages import Message, to_json
from bot.telegram.splitting import split_message
from news.catching_up import moved_on
from news.collect import Collector
from news.desk import Desk
from news.ingest import READABLE, Ingest
from news.model import Brief, Digest, Point
from news.rereading import Correction, Rereading
from news.schedule import next_due
from news.served import Delivery, Follow, Subscription
from news.store import Store
from news.store.briefs import Booking, NextSlot
from news.store.showing import mark_of
from news.stories import Grouper
from news.ways import watch

LEASE = timedelta(minutes=10)
AT_ONCE = 50
LATE = timedelta(minutes=30)
"""A brief that is composed so long after its hour says that it is late."""
FIRST_LOOK_BACK = timedelta(hours=24)
LONGEST_LOOK_BACK = timedelta(days=7)
FOLLOW_PAUSE = timedelta(hours=1)
MOST_ATTEMPTS = 8
_WATCHED = "watched_files"


def _unwritten(digest: Digest) -> Digest | None:
    return None


@dataclass(slots=True, kw_only=True)
class Briefing:
    """Composes what is due and books its messages; `edition` names news that is not live.

    `written` gives the written form of a digest where there is one by now.
    """

    store: Store
    desk: Desk
    clock: Clock
    edition: str = ""
    written: Callable[[Digest], Digest | None] = _unwritten

    def run(self) -> int:
        """Serve every due subscription and every followed story that moved; give their number."""
        now = self.clock.now()
        served = 0
        for subscription in self.store.subscriptions.claim_due(now, LEASE, AT_ONCE):
            try:
                self._serve(subscription, now)
                served += 1
            except Exception:  # noqa: BLE001 - one chat's trouble must not keep others waiting
                structlog.get_logger().exception("brief failed", subscription=subscription.id)
        for follow in self.store.follows.moved(AT_ONCE):
            served += self._tell(follow, now)
        return served

    def _serve(self, subscription: Subscription, now: datetime) -> None:
        due_at = subscription.next_due_at
        brief = self._improved(self.compose(subscription, now))
        if now - due_at > LATE:
            line = f"This brief was due {due_at:%d %B %H:%M} UTC and comes late."
            brief = replace(brief, notices=(line, *brief.notices))
        labels = [self.desk.topics.label(topic) for topic in subscription.topics]
        reader = views.Reader(now=now, zone=subscription.zone, edition=self.edition)
        self.store.briefs.book(
            Booking(
                slot=f"subscription {subscription.id} at {due_at.isoformat()}",
                chat_id=subscription.chat_id,
                thread_id=subscription.thread_id,
                messages=_kept(views.brief(brief, reader, topics=labels)),
                told=_told(brief),
                points=_points(brief),
                at=now,
            ),
            then=NextSlot(
                subscription_id=subscription.id,
                served_at=now,
                next_due_at=next_due(subscription.local_time, subscription.zone, now),
            ),
        )

    def compose(self, subscription: Subscription, now: datetime) -> Brief:
        """Compose what a subscription would be told now, in source sentences; books nothing."""
        chat = self.store.chats.get(subscription.chat_id)
        assert chat is not None
        since = subscription.last_slot_at or subscription.next_due_at - FIRST_LOOK_BACK
        return self.desk.brief(
            now=now,
            topics=subscription.topics,
            since=min(now - since, LONGEST_LOOK_BACK),
            length=chat.length,
            known=self.store.briefs.told(chat.id),
            chat_id=chat.id,
        )

    def _improved(self, brief: Brief) -> Brief:
        entries = [
            replace(entry, digest=self.written(entry.digest) or entry.digest)
            for entry in brief.entries
        ]
        return replace(brief, entries=tuple(entries))

    def _tell(self, follow: Follow, now: datetime) -> bool:
        last_at = self.store.briefs.last_at(follow.chat_id)
        if last_at is not None and now - last_at < FOLLOW_PAUSE:
            return False
        chat = self.store.chats.get(follow.chat_id)
        found = self.desk.story(follow.story_id, now=now, chat_id=follow.chat_id)
        if chat is None or found is None:
            return False
        if found.changes is not None:
            found = moved_on(found)
            if not found.digest.points:  # more was written, and nothing new
                self.store.follows.seen(follow, found.story.revision)
                return False
        moved = Brief(
            at=now, since=found.story.first_at, topics=(), entries=(replace(found, new=False),)
        )
        moved = self._improved(moved)
        reader = views.Reader(now=now, zone=chat.zone, edition=self.edition)
        messages = views.brief(moved, reader, heading="A story you follow has moved")
        return self.store.briefs.book(
            Booking(
                slot=f"follow {chat.id} story {found.story.id} revision {found.story.revision}",
                chat_id=chat.id,
                thread_id=follow.thread_id,
                messages=_kept(messages),
                told={found.story.id: found.story.revision},
                points=_points(moved),
                at=now,
            )
        )


def _kept(messages: Sequence[Message]) -> list[tuple[str, str | None]]:
    return [(message.text, to_json(message.buttons)) for message in messages]


def _told(brief: Brief) -> Mapping[int, int]:
    return {entry.story.id: entry.story.revision for entry in brief.entries}


def _points(brief: Brief) -> list[Point]:
    """What a brief shows, the figures that changed included."""
    points = [point for entry in brief.entries for point in entry.digest.points]
    for entry in brief.entries:
        for change in entry.changes.figures if entry.changes else ():
            for one in change.now.evidence:
                points.append(Point(text=one.sentence, evidence=(one,), origin="source"))
    return points


@dataclass(slots=True, kw_only=True)
class Amending:
    """Reads cited pages again, and books one message to each chat that a correction concerns."""

    rereading: Rereading
    store: Store
    clock: Clock

    def run(self, stop: Callable[[], bool]) -> int:
        """Read what is due; give how many pages."""
        now = self.clock.now()
        return self.rereading.run(now, lambda found: self._book(found, now), stop=stop)

    def _book(self, found: Sequence[Correction], now: datetime) -> None:
        for one in found:
            chat = self.store.chats.get(one.chat_id)
            if chat is None:
                continue
            marks = ",".join(sorted({mark_of(shown.evidence.sentence) for shown in one.shown}))
            message = amending.correction(one, views.Reader(now=now, zone=chat.zone))
            self.store.briefs.book(
                Booking(
                    slot=f"correction {chat.id} article {one.article.id} of {marks}",
                    chat_id=chat.id,
                    thread_id=one.thread_id,
                    messages=_kept(split_message(message)),
                    told={},
                    at=now,
                    corrects=[shown.id for shown in one.shown],
                )
            )
            structlog.get_logger().info(
                "correction booked", article=one.article.id, withdrawn=one.withdrawn
            )


class Deliverer:
    """Sends what is booked, one message at a time to a chat, and records what became of it."""

    def __init__(self, store: Store, clock: Clock, metrics: Metrics, bot: telegram.Bot) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._bot = bot

    async def run(self, stop: Callable[[], bool]) -> int:
        """Send all that is due; give how many messages went out."""
        sent = 0
        while not stop():
            now = self._clock.now()
            delivery = await asyncio.to_thread(self._store.briefs.claim_next, now)
            if delivery is None:
                break
            outcome = await transport.deliver(self._bot, delivery)
            await asyncio.to_thread(self._record, delivery, outcome, now)
            sent += isinstance(outcome, transport.Sent)
        return sent

    def _record(self, delivery: Delivery, outcome: transport.Outcome, now: datetime) -> None:
        briefs, log = self._store.briefs, structlog.get_logger()
        self._metrics.deliveries.labels(outcome=type(outcome).__name__).inc()
        match outcome:
            case transport.Sent(message_id=message_id):
                briefs.sent(delivery.id, message_id)
            case transport.RetryLater(after=after, reason=reason):
                if delivery.attempts >= MOST_ATTEMPTS:
                    briefs.failed(
                        delivery.id, f"given up after {delivery.attempts} tries: {reason}"
                    )
                else:
                    wait = max(after, timedelta(seconds=2**delivery.attempts))
                    briefs.retry(delivery.id, now + wait, reason)
            case transport.Gone(reason=reason):
                self._store.chats.set(delivery.chat_id, paused=reason)
                briefs.retry(delivery.id, now, reason)
            case transport.Migrated(new_chat_id=new_id):
                self._store.chats.move(delivery.chat_id, new_id)
                briefs.retry(delivery.id, now, "the group became a supergroup")
            case transport.ThreadClosed(reason=reason):
                briefs.failed(delivery.id, f"the forum topic is closed: {reason}")
            case transport.Refused(reason=reason):
                briefs.failed(delivery.id, reason)
                log.error("message refused", delivery=delivery.id, reason=reason)
            case transport.Unknown(reason=reason):
                briefs.unknown(delivery.id, reason)
                log.warning("delivery unknown", delivery=delivery.id, reason=reason)


@dataclass(slots=True, kw_only=True)
class Watching:
    """Takes in the new files of a folder; what was taken is noted in the store."""

    folder: Path
    ingest: Ingest
    clock: Clock
    _before: watch.Look = field(default_factory=dict)

    def run(self, stop: Callable[[], bool]) -> int:
        """Look once and take in what is complete since the last look; give how many files."""
        store, log = self.ingest.store, structlog.get_logger()
        try:
            after = watch.look(self.folder, READABLE)
        except OSError as error:
            log.warning("watched folder", folder=str(self.folder), reason=error.strerror)
            return 0
        noted = store.note(_WATCHED) or []
        step = watch.step(
            self._before,
            after,
            [watch.Sighting(path=path, size=size, mtime_ns=at) for path, size, at in noted],
        )
        self._before = after
        taken = set(step.taken)
        for done, sighting in enumerate(step.ready):
            if stop():
                return done
            for received in self.ingest.take(sighting.path, now=self.clock.now()):
                log.info("watched file", what=received.what, outcome=received.outcome,
                         reason=received.reason)  # fmt: skip
            taken.add(sighting)
            store.set_note(_WATCHED, [[one.path, one.size, one.mtime_ns] for one in sorted(taken)])
        return len(step.ready)


@dataclass(slots=True, kw_only=True)
class Collecting:
    """Brings in what is new: due feeds, then stories for what arrived."""

    collector: Collector | None
    grouper: Grouper
    clock: Clock
    metrics: Metrics

    def run(self, stop: Callable[[], bool]) -> dict[str, Any]:
        """Collect and group; give counts for the log."""
        now = self.clock.now()
        found: dict[str, Any] = {}
        if self.collector is not None:
            result = self.collector.run(now, stop=stop)
            for outcome, count in result.outcomes.items():
                self.metrics.articles.labels(outcome=outcome).inc(count)
            found = {
                "feeds": result.feeds,
                "failed_feeds": len(result.failed_feeds),
                **result.outcomes,
            }
        grouped = self.grouper.run(now, stop=stop)
        if found.get("feeds") or grouped:
            structlog.get_logger().info("collected", grouped=grouped, **found)
        return {**found, "grouped": grouped}
