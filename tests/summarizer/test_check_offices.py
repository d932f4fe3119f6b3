"""A person's title or office is the one that the sources give, restrictions included."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Failed = Callable[..., dict[str, str]]
SOURCE = (
    "Former president Ilmar Quorn met Foreign Minister Tessa Vale of Oltia in Geneva on Monday. "
    "Quorn praised the deal in front of Deputy Governor Hanne Brook, a retired general. "
    "Imre Sall, the acting mayor of Zarvik, and Senator Odo Lunt stayed away. "
    "Bela Tarn, who was treasurer of the club, spoke to the envoy of Belmora, Kaja Moor."
)


@pytest.mark.parametrize(
    "written",
    [
        "President Ilmar Quorn met Foreign Minister Tessa Vale in Geneva on Monday.",
        "Former president Ilmar Quorn met President Tessa Vale of Oltia in Geneva on Monday.",
        "Former president Ilmar Quorn met Finance Minister Tessa Vale of Oltia in Geneva.",
        "Former prime minister Ilmar Quorn met Foreign Minister Tessa Vale of Oltia in Geneva.",
        "Quorn praised the deal in front of Governor Hanne Brook, a retired general.",
        "Imre Sall, the mayor of Zarvik, and Senator Odo Lunt stayed away.",
        "Imre Sall, the acting mayor of Zarvik, and Governor Odo Lunt stayed away.",
        "Ilmar Quorn, the president, met Foreign Minister Tessa Vale of Oltia in Geneva.",
        "Bela Tarn, who was chairman of the club, spoke to the envoy of Belmora, Kaja Moor.",
    ],
)
def test_an_office_that_no_source_gives_fails(failed: Failed, written: str) -> None:
    """Another's office, one without its "former" or "acting", and an invented one."""
    assert "offices" in failed(written, SOURCE)


@pytest.mark.parametrize(
    "written",
    [
        "Former president Ilmar Quorn met Foreign Minister Tessa Vale of Oltia in Geneva.",
        "Quorn met Foreign Minister Tessa Vale in Geneva on Monday.",
        "Former President Quorn met Foreign Minister Vale in Geneva.",
        "Ilmar Quorn, a former president, met Tessa Vale in Geneva on Monday.",
        "Quorn praised the deal in front of Deputy Governor Hanne Brook.",
        "Quorn praised the deal in front of Hanne Brook, a general.",
        "Acting mayor Imre Sall and Senator Odo Lunt stayed away.",
        "Bela Tarn, who was treasurer of the club, spoke to Kaja Moor, the envoy of Belmora.",
        "Sen. Odo Lunt stayed away.",
    ],
)
def test_an_office_in_other_order_or_shorter_passes(failed: Failed, written: str) -> None:
    """Before or behind the name, abbreviated, with the surname alone."""
    assert "offices" not in failed(written, SOURCE)


def test_two_outlets_may_differ(failed: Failed) -> None:
    """Where one sentence says "president" and another "former president", either may stand."""
    source = "President Ilmar Quorn fell ill in May. Former president Quorn died on Monday."
    assert "offices" not in failed("President Quorn fell ill in May.", source)
    assert "offices" not in failed("Former president Quorn died on Monday.", source)


def test_several_offices_are_one_persons(failed: Failed) -> None:
    """Somebody can be a singer and an activist; both are said of them."""
    source = "Singer Odo Lunt, an activist for clean rivers, was heard by the council."
    assert "offices" not in failed("Odo Lunt, an activist, was heard by the council.", source)


def test_words_of_an_office_scattered_in_a_source_give_nobody_that_office(failed: Failed) -> None:
    """That a text has "president", "former" and the name apart does not make a president."""
    source = (
        "The president thanked his former lawyer. Egon Marle told a reporter that he was tired."
    )
    assert "offices" in failed("Egon Marle, a former president, told a reporter so.", source)


def test_nobody_is_called_what_no_source_calls_them(failed: Failed) -> None:
    """Who plays a part is no "character", though the same article has that word."""
    source = (
        "Odo Lunt, who plays the part of Imre in the show Low Tide, says it breaks new ground. "
        "Imre, my character, is kind, the actor adds."
    )
    written = "Odo Lunt, a character in the show Low Tide, says it breaks new ground."
    assert "offices" in failed(written, source)
    source = "Odo Lunt is a leading actor of Selje. Lunt says the show Low Tide breaks new ground."
    written = "Odo Lunt, an actor of Selje, says the show Low Tide breaks new ground."
    assert "offices" not in failed(written, source)
