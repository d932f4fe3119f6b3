"""What the preview needs of the edition's clock, and what it says about the edition.

The clock itself belongs to the running program; the preview only reads it and moves it forward.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

MORNING = time(7, 30)
MAX_SKIP = timedelta(days=400)


class Clock(Protocol):
    """The edition's time. `adjustable` is False where the time is the real one."""

    @property
    def adjustable(self) -> bool:
        """Whether `advance_to` may be called."""
        ...

    def now(self) -> datetime:
        """The edition's present, aware UTC."""
        ...

    def advance_to(self, at: datetime) -> None:
        """Jump forward to an aware instant; called in the event loop, so it must be quick.

        Raises: `ValueError` with one line when the instant has passed.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What the page says about the news it shows: "Sample edition" and a line of explanation."""

    name: str
    note: str = ""
    zone: str = "UTC"


def clock_json(clock: Clock, edition: Edition) -> dict[str, Any]:
    """The page's view of the clock: the instant, its local wording, and the next morning."""
    zone = ZoneInfo(edition.zone)
    now_at = clock.now()
    local = now_at.astimezone(zone)
    morning = local.replace(
        hour=MORNING.hour, minute=MORNING.minute, second=0, microsecond=0, fold=0
    )
    if morning <= local:
        # wall clock arithmetic: the next morning is at 07:30 also when the clocks change
        morning = (morning.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=zone)
    return {
        "now": now_at.isoformat(),
        "adjustable": clock.adjustable,
        "zone": edition.zone,
        "date": f"{local.day} {local:%B %Y}",
        "time": f"{local:%H:%M}",
        "next_morning": morning.astimezone(now_at.tzinfo).isoformat(),
    }


def forward_target(clock: Clock, wanted: dict[str, Any]) -> datetime | str:
    """The instant a request asks for, or one line that says why it is refused.

    `wanted` is `{"to": ISO instant}` or `{"by_seconds": number}`.
    """
    if not clock.adjustable:
        return "The clock of a live edition is the real one and cannot be moved."
    now_at = clock.now()
    if isinstance(wanted.get("to"), str):
        try:
            to_at = datetime.fromisoformat(wanted["to"])
        except ValueError:
            return "`to` must be an ISO date and time with an offset, as 2022-02-18T07:30:00+00:00."
        if to_at.tzinfo is None:
            return "`to` must carry an offset, as 2022-02-18T07:30:00+00:00."
    else:
        seconds = wanted.get("by_seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            return "Give `to` (an ISO date and time) or `by_seconds` (a number)."
        if not 0 < seconds <= MAX_SKIP.total_seconds():
            return "`by_seconds` must be more than 0 and at most 400 days."
        to_at = now_at + timedelta(seconds=float(seconds))
    if not now_at < to_at <= now_at + MAX_SKIP:
        return "The clock only goes forward, by at most 400 days at a time."
    return to_at
