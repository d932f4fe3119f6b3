"""Instants in a reader's words and zone. Always dated: a message is read long after it came."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def day(at: datetime, zone: str) -> str:
    """Give a date in full: "Thursday, 17 February 2022"."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%A}, {local.day} {local:%B %Y}"


def moment(at: datetime, zone: str, *, now: datetime | None = None) -> str:
    """Give date and time: "17 Feb 2022, 07:30 EET"; without the year when it is that of `now`."""
    local = at.astimezone(ZoneInfo(zone))
    year = "" if now is not None and local.year == now.astimezone(ZoneInfo(zone)).year else " %Y"
    return f"{local.day} {local.strftime('%b' + year + ', %H:%M')} {zone_mark(local)}"


def weekday_moment(at: datetime, zone: str) -> str:
    """Give weekday, date and time: "Fri 18 Feb 2022, 07:30 EET"."""
    return f"{at.astimezone(ZoneInfo(zone)):%a} {moment(at, zone)}"


def zone_mark(local: datetime) -> str:
    """Give the usual short name of a local time's zone, or its distance from UTC."""
    name = local.tzname() or ""
    return name if name.isalpha() else f"UTC{name}"
