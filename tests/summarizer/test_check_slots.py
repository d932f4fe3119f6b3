"""A copied sentence keeps its source's names in their places."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Failed = Callable[..., dict[str, str]]
SOURCE = (
    "The Selje council on Thursday approved a loan for the ferry line, the first vote it has held "
    "since the fall of Odo Lunt. "
    "Kaja Moe of the Harbour Union told Imre Sall that the Oltian cranes are in a poor state. "
    "This is the first visit to Zarvik by an Oltian envoy in a decade."
)


@pytest.mark.parametrize(
    "written",
    [
        "The Selje council on Thursday approved a loan for the ferry line, the first vote it has "
        "held since the fall of Imre Sall.",
        "Imre Sall of the Harbour Union told Kaja Moe that the Oltian cranes are in a poor state.",
        "This is the first visit to Oltia by a Zarvik envoy in a decade.",
    ],
)
def test_a_name_in_another_s_place_fails(failed: Failed, written: str) -> None:
    """One from another sentence, and two that changed places."""
    assert "names" in failed(written, SOURCE)


@pytest.mark.parametrize(
    "written",
    [
        "On Thursday, the Selje council approved a loan for the ferry line.",
        "Moe told Sall that the Oltian cranes are in a poor state.",
        "The Harbour Union's Kaja Moe told Imre Sall that the Oltian cranes are in a poor state.",
        "This is the first visit to Zarvik by an envoy from Oltia in a decade.",
    ],
)
def test_the_same_names_in_their_places_pass(failed: Failed, written: str) -> None:
    """A day may move, a name may be shorter, a possessive may turn."""
    assert "names" not in failed(written, SOURCE)


@pytest.mark.parametrize(
    ("written", "fails"),
    [
        ("The ferry line Sund told the Oltian Press Union that its cranes are old.", True),
        ("The ferry line Selje told the OPU that its cranes are old.", False),
    ],
)
def test_one_letter_in_common_makes_no_name(failed: Failed, written: str, fails: bool) -> None:
    """Two names that begin alike are two; an acronym is short for the name."""
    source = (
        "The ferry line Selje told the Oltian Press Union that its cranes are old. "
        "The pilots of Sund laughed."
    )
    assert ("names" in failed(written, source)) == fails


def test_a_first_word_is_no_name(failed: Failed) -> None:
    """A sentence's first word has its capital for standing there."""
    source = "The Oltian contenders attacked Moe on the first night, calling his plan heartless."
    written = "Contenders attacked Moe on the first night, calling his plan heartless."
    assert "names" not in failed(written, source)
