"""Comparisons keep their direction, superlatives and quantities their strength."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Failed = Callable[..., dict[str, str]]
SOURCE = (
    "Prices in Zarvik rose by 4 percent before the vote. "
    "Oltia is one of the richest states on the coast. "
    "Some lawmakers opposed the new harbour tax. "
    "Exports of salt fell sharply in the north after the flood. "
    "Belmora has the second largest fleet in the region. "
    "Most dockers accepted the offer of the port office. "
    "The first ship left the eastern quay on Monday."
)


@pytest.mark.parametrize(
    "written",
    [
        "Prices in Zarvik fell by 4 percent before the vote.",
        "Prices in Zarvik rose by 4 percent after the vote.",
        "Oltia is the richest of states on the coast.",
        "Most lawmakers opposed the new harbour tax.",
        "Some lawmakers supported the new harbour tax.",
        "Exports of salt rose sharply in the north after the flood.",
        "Imports of salt fell sharply in the north after the flood.",
        "Belmora has the largest fleet in the region.",
        "All dockers accepted the offer of the port office.",
        "Most dockers rejected the offer of the port office.",
        "The last ship left the eastern quay on Monday.",
        "The first ship left the western quay on Monday.",
    ],
)
def test_another_direction_or_degree_fails(failed: Failed, written: str) -> None:
    """Rise for fall, before for after, "most" for "some", "the largest" for "second largest"."""
    assert "degrees" in failed(written, SOURCE)


@pytest.mark.parametrize(
    "written",
    [
        "Prices in Zarvik increased by 4 percent before the vote.",
        "Prices in Zarvik rose by 4 percent.",
        "Oltia is one of the richest states.",
        "Some lawmakers opposed the harbour tax.",
        "Salt exports dropped sharply in the north.",
        "Belmora has the second largest fleet.",
        "Most dockers accepted the offer.",
        "Most of the dockers accepted the offer of the port office.",
        "The first ship left the quay on Monday.",
    ],
)
def test_the_same_direction_passes(failed: Failed, written: str) -> None:
    """Other words for the same direction, and shorter ones."""
    assert "degrees" not in failed(written, SOURCE)
