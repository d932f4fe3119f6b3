"""When feeds are asked again: waits are bounded, feeds stay apart, silence is told."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from news import pacing
from news.model import Feed, Outlet

NOW = datetime(2022, 3, 1, 6, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)


def a_feed(**values: object) -> Feed:
    """A feed in some state."""
    outlet = Outlet(name="Varnes Gazette", host="varnes.example")
    base = {"id": 1, "url": "https://varnes.example/feed", "outlet": outlet, "next_due_at": NOW}
    return Feed(**{**base, **values})  # type: ignore[arg-type]


def test_feeds_that_were_added_together_come_apart() -> None:
    """Two thousand feeds of one round are due all over the next interval, not at once."""
    due = [
        pacing.spread(NOW, QUARTER, QUARTER, f"https://site{n}.example/feed") for n in range(2000)
    ]
    assert all(NOW + QUARTER / 2 <= at <= NOW + QUARTER * 1.5 for at in due)
    minutes = Counter((at - NOW) // MINUTE for at in due)
    assert max(minutes.values()) < 200


@given(late=st.integers(0, 400), rounds=st.integers(2, 30))
def test_a_late_round_does_not_move_a_feeds_place(late: int, rounds: int) -> None:
    """However late rounds run, a feed keeps its place and is asked once an interval."""
    now = pacing.spread(NOW, QUARTER, QUARTER, "https://varnes.example/feed")
    for _ in range(rounds):
        after = pacing.spread(
            now + timedelta(seconds=late), QUARTER, QUARTER, "https://varnes.example/feed"
        )
        assert after == now + QUARTER
        now = after


def test_wishes_are_honoured_within_bounds() -> None:
    """A feed may ask for hours or a day, not for a year, and not for less than our interval."""
    assert pacing.wished(QUARTER, None, None) == QUARTER
    assert pacing.wished(QUARTER, MINUTE, MINUTE) == QUARTER
    assert pacing.wished(QUARTER, timedelta(hours=3), None) == timedelta(hours=3)
    assert pacing.wished(QUARTER, timedelta(days=400), None) == timedelta(days=1)
    assert pacing.wished(QUARTER, None, timedelta(days=365)) == pacing.LONGEST_MAX_AGE
    assert pacing.wished(QUARTER, None, None, quiet=True) == timedelta(days=1)


def test_waits_double_up_to_a_day() -> None:
    """A failing feed is asked ever less often, but every day."""
    assert [pacing.back_off(QUARTER, n) for n in (0, 1, 2)] == [QUARTER, QUARTER * 2, QUARTER * 4]
    assert pacing.back_off(QUARTER, 50) == timedelta(days=1)


def test_a_month_of_failures_turns_a_feed_off() -> None:
    """Time and tries both count: a machine that slept for a month blames no feed at once."""
    since = NOW - timedelta(days=31)
    assert pacing.after_failure(a_feed(), 410, "gone", NOW).active is False
    assert pacing.after_failure(a_feed(failing_since=since, failures=2), 500, "x", NOW).active
    ended = pacing.after_failure(a_feed(failing_since=since, failures=20), 500, "broken", NOW)
    assert ended.active is False
    assert "failing since 2022-01-29 (broken)" in (ended.notice or "")


def test_silence_is_noted_and_after_a_year_ends() -> None:
    """Three months without an item: once a day; a year: off; one new item: all is well."""
    quiet = a_feed(last_item_at=NOW - timedelta(days=100))
    silent = a_feed(last_item_at=NOW - timedelta(days=400))
    assert pacing.after_success(a_feed(last_item_at=NOW), 0, NOW) == pacing.Standing()
    assert "nothing new since" in (pacing.after_success(quiet, 0, NOW).notice or "")
    assert pacing.after_success(quiet, 0, NOW).active
    assert not pacing.after_success(silent, 0, NOW).active
    assert pacing.after_success(silent, 1, NOW) == pacing.Standing()


def test_cadence_is_the_typical_gap() -> None:
    """One long holiday does not change it, and two items say nothing."""
    hours = [0, 1, 2, 3, 4, 500]
    assert pacing.cadence(NOW + timedelta(hours=h) for h in hours) == timedelta(hours=1)
    assert pacing.cadence([NOW, None, NOW + QUARTER]) is None
