"""Days and months are the sources' own, and belong to their deed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Failed = Callable[..., dict[str, str]]
SOURCE = (
    "The council met on Tuesday and will vote on Friday. "
    "The bridge, opened in March 1994, was closed yesterday after a crash. "
    "Elections are due on 9 June in Oltia and in September in Belmora."
)
DAY = "2024-05-15"  # a Wednesday


@pytest.mark.parametrize(
    "written",
    [
        "The council met on Monday.",
        "The council met on Friday.",
        "The council will vote on Tuesday.",
        "The bridge was opened in May 1994.",
        "The bridge was closed on Monday after a crash.",
        "Elections are due on 9 July in Oltia.",
        "Elections are due in June in Belmora.",
        "Elections are due in September in Oltia.",
        "The bridge was closed tomorrow after a crash.",
    ],
)
def test_another_day_fails(failed: Failed, written: str) -> None:
    """A day that no source names, or that it names of something else."""
    found = failed(written, SOURCE, DAY)
    assert "dates" in found or "numbers" in found


@pytest.mark.parametrize(
    "written",
    [
        "The council met on Tuesday.",
        "The council will vote on Friday.",
        "The council met on Tues. and will vote on Friday.",
        "The bridge was closed on Tuesday after a crash.",
        "The bridge was closed on 14 May after a crash.",
        "The bridge was opened in March 1994.",
        "Elections are due on June 9 in Oltia.",
        "Elections are due in Sept. in Belmora.",
    ],
)
def test_the_same_day_in_other_words_passes(failed: Failed, written: str) -> None:
    """Abbreviated, turned round, or resolved by the article's own date."""
    found = failed(written, SOURCE, DAY)
    assert "dates" not in found
    assert "numbers" not in found


def test_without_a_date_nothing_is_resolved(failed: Failed) -> None:
    """Yesterday in an undated article is no weekday."""
    assert "dates" in failed("The bridge was closed on Tuesday after a crash.", SOURCE)
