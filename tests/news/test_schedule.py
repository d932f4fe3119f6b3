"""When briefs are due, and what people may write to ask for one."""

from __future__ import annotations

import itertools
import zoneinfo
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.schedule import BadRequest, check_zone, next_due, parse_request, parse_time

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Asia/Tehran",
    "America/St_Johns",
    "Antarctica/Troll",
]
times = st.times().map(lambda at: f"{at.hour:02d}:{at.minute:02d}")
instants = st.datetimes(
    min_value=datetime(2005, 1, 1),  # noqa: DTZ001 - the zone comes from the next line
    max_value=datetime(2037, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(local_time=times, zone=st.sampled_from(ZONES), after=instants)
@settings(max_examples=300, deadline=None)
def test_the_next_due_time_shows_the_wanted_hour(
    local_time: str, zone: str, after: datetime
) -> None:
    """It lies after now, shows the local time (or the moved one), and nothing fits before it."""
    place = zoneinfo.ZoneInfo(zone)
    due = next_due(local_time, zone, after)
    assert after < due <= after + timedelta(hours=50)
    assert due.tzinfo is UTC
    wanted = time.fromisoformat(local_time)
    shown = due.astimezone(place)
    skipped = datetime.combine(shown.date(), wanted, tzinfo=place)
    exists = skipped.astimezone(UTC).astimezone(place).time() == wanted
    if exists:
        assert (shown.hour, shown.minute) == (wanted.hour, wanted.minute)
        assert shown.fold == 0
    else:
        assert shown.time() > wanted
    earlier = after + timedelta(minutes=1)
    while earlier < due:
        local = earlier.astimezone(place)
        same = (local.hour, local.minute) == (wanted.hour, wanted.minute)
        assert not same or local.fold == 1
        earlier += timedelta(minutes=17) if not same else timedelta(minutes=1)


@given(local_time=times, zone=st.sampled_from(ZONES), start=instants)
@settings(max_examples=60, deadline=None)
def test_no_day_is_skipped_and_none_comes_twice(
    local_time: str, zone: str, start: datetime
) -> None:
    """Forty briefs in a row are on forty local days in a row, unless the zone left a day out."""
    place, due, days = zoneinfo.ZoneInfo(zone), start, []
    for _ in range(40):
        due = next_due(local_time, zone, due)
        days.append(due.astimezone(place).date())
    gaps = {later - day for day, later in itertools.pairwise(days)}
    allowed = {timedelta(days=1)} | ({timedelta(days=2)} if zone == "Pacific/Apia" else set())
    # a midnight that the clocks skip is served when they have moved on, still on its day
    assert gaps <= allowed


@pytest.mark.parametrize(
    ("local_time", "after", "due"),
    [
        ("02:30", "2022-03-26T12:00", "2022-03-27T01:30"),  # skipped: shown as 03:30
        ("02:30", "2022-10-29T12:00", "2022-10-30T00:30"),  # twice: the first
        ("02:30", "2022-10-30T00:30", "2022-10-31T01:30"),  # not again an hour later
        ("07:30", "2022-02-18T06:29", "2022-02-18T06:30"),
        ("07:30", "2022-02-18T06:30", "2022-02-19T06:30"),
    ],
)
def test_the_edges_of_daylight_saving(local_time: str, after: str, due: str) -> None:
    """A skipped time is served once, when the clocks have moved; a doubled one once, at first."""
    found = next_due(local_time, "Europe/Berlin", datetime.fromisoformat(after + "+00:00"))
    assert found == datetime.fromisoformat(due + "+00:00")


def test_a_naive_now_is_a_bug() -> None:
    """Without a zone there is no instant to count from."""
    with pytest.raises(ValueError, match="naive"):
        next_due("07:30", "UTC", datetime(2022, 2, 18))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("text", "topics", "local_time"),
    [
        ("ukraine, middle east 07:30", ("ukraine", "middle east"), "07:30"),
        ("07:30 ukraine", ("ukraine",), "07:30"),
        ("ukraine 7.30 pm", ("ukraine",), "19:30"),
        ("ukraine at 7pm", ("ukraine",), "19:00"),
        ("ukraine 12 am", ("ukraine",), "00:00"),
        ("ukraine every day at 7h05", ("ukraine",), "07:05"),
        ("daily 06:00", (), "06:00"),
        ("", (), None),
        (" ,; \n", (), None),
        ("Україна, 中东 и Ближний Восток", ("Україна", "中东 и Ближний Восток"), None),
        ("nato; NATO, Nato", ("nato",), None),
        ("G20, article 5", ("G20", "article 5"), None),
        ("state elections", ("state elections",), None),
    ],
)
def test_requests_are_read(text: str, topics: tuple[str, ...], local_time: str | None) -> None:
    """Topics are split at commas, a time stands anywhere, the same topic counts once."""
    assert parse_request(text) == (topics, local_time)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("25:70", "hours go to 23"),
        ("ukraine 24:00", "hours go to 23"),
        ("13:00 pm", "not a time"),
        ("0 am", "not a time"),
        ("07:30 and 19:30", "One time"),
        (",".join(f"topic {letter}" for letter in "abcdefghijk"), "At most 10"),
        ("x" * 61, "at most 60"),
        ("!!!", "neither a topic nor a time"),
        ("1234", "neither a topic nor a time"),
    ],
)
def test_what_makes_no_sense_is_told_in_one_line(text: str, told: str) -> None:
    """A mistake gets one line that says what to write."""
    with pytest.raises(BadRequest, match=told) as error:
        parse_request(text)
    assert "\n" not in str(error.value)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing that a user may type ends in anything but topics and a time, or one line."""
    refusal, local_time = "", None
    topics: tuple[str, ...] = ()
    try:
        topics, local_time = parse_request(text)
    except BadRequest as error:
        refusal = str(error)
    assert "\n" not in refusal
    assert len(topics) <= 10
    assert local_time is None or parse_time(local_time) == local_time


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("europe/berlin", "Europe/Berlin"),
        (" America/New York ", "America/New_York"),
        ("Kathmandu", "Asia/Kathmandu"),
        ("utc", "UTC"),
        ("são paulo", None),
        ("Europe/Berln", None),
        ("../../etc/passwd", None),
        ("localtime", None),
        ("Factory", None),
        ("", None),
        ("x" * 5000, None),
    ],
)
def test_zones_are_found_by_name_or_city(name: str, zone: str | None) -> None:
    """Case and spaces do not matter; an unknown zone gets one short line with a hint."""
    if zone:
        assert check_zone(name) == zone
        return
    with pytest.raises(BadRequest) as error:
        check_zone(name)
    assert len(str(error.value)) < 250
    assert "Europe/" in str(error.value) or "Did you mean" in str(error.value)


@pytest.mark.parametrize("text", ["ukraine 07:30 Europe/Berlin", "ukraine Mars/Base"])
def test_a_zone_is_no_topic(text: str) -> None:
    """What was meant as a zone is not subscribed to as words."""
    with pytest.raises(BadRequest):
        parse_request(text)
