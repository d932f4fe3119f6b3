"""The edition's clock as the page sees and moves it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from preview_running import Preview, SteppedClock, serve

from bot.preview.clock import Edition, clock_json

READER = 1_000_001


async def test_the_page_shows_the_editions_own_date(preview: Preview) -> None:
    """Sample news is never shown as today's."""
    clock = (await preview.http.get(f"{preview.server.url}api/clock")).json()
    assert (clock["date"], clock["time"]) == ("18 February 2022", "22:15")
    assert clock["next_morning"] == "2022-02-19T05:30:00+00:00"
    sent = await preview.say("/start")
    assert datetime.fromtimestamp(sent["date"], UTC).year == 2022


async def test_skipping_goes_forward_only(preview: Preview) -> None:
    """By an instant or a number of seconds; never back, never absurdly far."""
    moved = await preview.post("clock", by_seconds=3600)
    assert moved.json()["now"] == "2022-02-18T21:15:00+00:00"
    assert (await preview.post("clock", to="2022-02-19T07:30:00+02:00")).status_code == 200
    assert preview.clock.at == datetime(2022, 2, 19, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        {"to": "2022-02-18T20:15:00+00:00"},
        {"to": "2022-02-19T07:30:00"},
        {"to": "tomorrow"},
        {"to": "2999-01-01T00:00:00+00:00"},
        {"by_seconds": 0},
        {"by_seconds": -5},
        {"by_seconds": 1e300},
        {"by_seconds": True},
        {},
    ],
)
async def test_impossible_times_are_refused(preview: Preview, body: dict[str, object]) -> None:
    """One line says what is wrong, and the clock stands."""
    before = preview.clock.at
    answer = await preview.post("clock", **body)
    assert answer.status_code == 400
    assert "\n" not in answer.json()["error"]
    assert preview.clock.at == before


async def test_the_live_clock_cannot_be_moved(tmp_path: Path) -> None:
    """A live edition has the real time."""
    async with serve(tmp_path / "preview.sqlite3", adjustable=False) as preview:
        answer = await preview.post("clock", by_seconds=60)
        assert answer.status_code == 409
        assert "cannot be moved" in answer.json()["error"]


def test_the_next_morning_is_at_half_past_seven_also_when_clocks_change() -> None:
    """The night of the spring change is an hour shorter."""
    clock = SteppedClock()
    clock.at = datetime(2022, 3, 26, 20, 0, tzinfo=UTC)
    shown = clock_json(clock, Edition(name="x", zone="Europe/Helsinki"))
    assert shown["next_morning"] == "2022-03-27T04:30:00+00:00"
