"""When a brief is due: local times, IANA zones, and both edges of daylight saving.

A local time that the clocks skip is served when they have moved on; one that comes twice is
served the first time.
"""

from __future__ import annotations

import difflib
import re
import zoneinfo
from datetime import UTC, datetime, time, timedelta

_TIME = re.compile(
    r"(?<![\w:.])(\d{1,2})(?:[:.h](\d{2})(?:\s*([ap]m))?|\s*([ap]m))(?![\w:])", re.IGNORECASE
)
_BEFORE_TIME = re.compile(r"(?:\s*\b(?:at|every day|every morning|daily))+\s*$", re.IGNORECASE)
_NO_PLACE = ("Etc/", "posix/", "right/", "SystemV/", "US/")
_NOT_FOR_PEOPLE = {"localtime", "Factory", "posixrules"}
_ZONE = re.compile(r"(?:^|\s)[A-Za-z]+/[A-Za-z_]+(?:/[A-Za-z_]+)?(?:\s|$)")
_MOST_TOPICS = 10
_LONGEST_TOPIC = 60


class BadRequest(Exception):
    """Something that a user asked for makes no sense; the message is one line for them."""


def parse_time(text: str) -> str:
    """Give a time of day as HH:MM. Raises BadRequest."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise BadRequest(f"“{text.strip()}” is not a time; write it like 07:30.")
    hour, minute = int(match[1]), int(match[2] or 0)
    half = (match[3] or match[4] or "").lower()
    if half and not 1 <= hour <= 12:
        raise BadRequest(f"“{text.strip()}” is not a time; write it like 07:30.")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        raise BadRequest(
            f"“{text.strip()}” is not a time of day: hours go to 23, minutes to 59, like 07:30."
        )
    return f"{hour:02d}:{minute:02d}"


def parse_request(text: str) -> tuple[tuple[str, ...], str | None]:
    """Read "ukraine, middle east 07:30" as topics and a time. Raises BadRequest."""
    found = list(_TIME.finditer(text))
    if len(found) > 1:
        raise BadRequest("One time a subscription, please, like 07:30.")
    local_time = parse_time(found[0].group()) if found else None
    if found:
        text = text[: found[0].start()] + " " + text[found[0].end() :]
    topics: dict[str, str] = {}
    for part in re.split(r"[,;\n]", text):
        words = " ".join(_BEFORE_TIME.sub("", part).split())
        if not words:
            continue
        if len(words) > _LONGEST_TOPIC:
            raise BadRequest(f"A topic has at most {_LONGEST_TOPIC} characters; use commas.")
        if _ZONE.search(words):
            raise BadRequest(
                "Set your time zone on its own, /timezone Europe/Berlin, and subscribe after that."
            )
        if not any(char.isalpha() for char in words):
            raise BadRequest(f"“{words}” is neither a topic nor a time like 07:30.")
        topics.setdefault(words.casefold(), words)
    if len(topics) > _MOST_TOPICS:
        raise BadRequest(f"At most {_MOST_TOPICS} topics a subscription, please.")
    return tuple(topics.values()), local_time


def check_zone(name: str) -> str:
    """Give the IANA name of a zone, whatever its case. Raises BadRequest with near names."""
    wanted = name.strip().replace(" ", "_")
    zones = zoneinfo.available_timezones() - _NOT_FOR_PEOPLE
    by_key = {zone.casefold(): zone for zone in zones}
    if wanted.casefold() in by_key:
        return by_key[wanted.casefold()]
    cities = {
        zone.rsplit("/", 1)[-1].casefold(): zone
        for zone in sorted(zones, reverse=True)
        if "/" in zone and not zone.startswith(_NO_PLACE)
    }
    if wanted.casefold() in cities:
        return cities[wanted.casefold()]
    near = difflib.get_close_matches(wanted.casefold(), [*by_key, *cities], n=3, cutoff=0.7)
    names = dict.fromkeys(by_key.get(key) or cities[key] for key in near)
    hint = f"Did you mean {' or '.join(names)}?" if names else "Write it like Europe/Berlin."
    raise BadRequest(f"I know no time zone “{name.strip()[:60]}”. {hint}")


def next_due(local_time: str, zone: str, after: datetime) -> datetime:
    """Give the first instant after `after` at which clocks in `zone` show `local_time`, in UTC.

    Raises ValueError for a naive `after`.
    """
    if after.tzinfo is None:
        raise ValueError("a naive datetime names no instant")
    place = zoneinfo.ZoneInfo(zone)
    at = time.fromisoformat(local_time)
    day = after.astimezone(place).date() - timedelta(days=1)
    for _ in range(4):
        due = datetime.combine(day, at, tzinfo=place).astimezone(UTC)
        if due > after:
            return due
        day += timedelta(days=1)
    raise AssertionError("a time of day comes at least every other day")
