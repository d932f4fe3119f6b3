"""Before briefs are due: the stories that will be in them are written, side by side.

A brief never waits for the writer. What was not written in time, or moved since, is shown in
its sources' own sentences. Knows no chat and sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.jobs import Briefing
from bot.writing import WritingRoom
from news.desk import Desk
from news.model import Digest
from news.store import Store

LOOKS = (timedelta(minutes=20), timedelta(minutes=4))
"""How long before a brief is due its stories are written: early, and again for late news."""
AT_ONCE = 50

_Look = tuple[int, datetime, timedelta]


@dataclass(slots=True, kw_only=True)
class WritingAhead:
    """Writes for subscriptions that are due soon; each is looked at once for each of LOOKS."""

    store: Store
    desk: Desk
    clock: Clock
    briefing: Briefing
    room: WritingRoom
    _looked: set[_Look] = field(default_factory=set)

    def run(self, stop: Callable[[], bool]) -> int:
        """Write what will be shown soon and is not written yet; give how many summaries."""
        if not self.room.ready:
            return 0
        now = self.clock.now()
        self._looked = {look for look in self._looked if look[1] > now}
        digests: dict[tuple[object, ...], Digest] = {}
        for subscription in self.store.subscriptions.due_soon(now, max(LOOKS)):
            due_at = subscription.next_due_at
            looks = {
                (subscription.id, due_at, ahead) for ahead in LOOKS if due_at - now <= ahead
            } - self._looked
            if not looks or len(digests) >= AT_ONCE or stop():
                continue
            self._looked |= looks
            for entry in self.briefing.compose(subscription, now).entries:
                one = entry.digest
                if not one.final and self.desk.written(one) is None:
                    digests[one.article_ids, len(one.points)] = one
        if not digests:
            return 0
        written = self.room.write_ahead(self.desk, list(digests.values()), now)
        structlog.get_logger().info("written ahead", asked=len(digests), written=written)
        return written
