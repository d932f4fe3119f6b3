"""A shortened sentence tells its source's deed of the one who did it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Failed = Callable[..., dict[str, str]]


def test_what_explained_a_word_that_was_cut_is_not_the_next_name(failed: Failed) -> None:
    """In "on Radio Selje, the host of the games, Moe said" nobody calls Moe the host."""
    source = (
        "Speaking on Radio Selje, the official broadcaster of the winter games, "
        "Moe said the hope of the team is a medal."
    )
    written = (
        "The official broadcaster of the winter games, Moe said the hope of the team is a medal."
    )
    assert "subject" in failed(written, source)


@pytest.mark.parametrize(
    "written",
    [
        "The foreign minister, Kaja Moe, said the talks in Oltia would go on for a week.",
        "On Monday, Kaja Moe said the talks in Oltia would go on for a week.",
    ],
)
def test_a_subject_own_apposition_may_open_the_sentence(failed: Failed, written: str) -> None:
    """An office between commas belongs to the name behind it, whatever stood before."""
    source = (
        "Speaking in Zarvik, the foreign minister, Kaja Moe, said on Monday "
        "the talks in Oltia would go on for a week."
    )
    assert "subject" not in failed(written, source)


def test_a_word_that_only_joins_may_be_left_out(failed: Failed) -> None:
    """Without "further" the same one does the same."""
    source = "Moe further accused the agencies of building a wall between actors and writers."
    assert not failed("Moe accused the agencies of building a wall between actors.", source)


def test_what_is_told_of_us_is_told_of_nobody_else(failed: Failed) -> None:
    """A speaker's "we" is not whatever the sentence names at its end."""
    source = (
        "“We’re still not near the costly steps necessary to reduce our part in the success of "
        "Oltia’s economic model,” says Kaja Moe at the Selje Institute."
    )
    written = (
        "Oltia’s economic model is still not near the costly steps necessary to reduce our part "
        "in the success of Oltia’s economic model, says Kaja Moe at the Selje Institute."
    )
    assert "subject" in failed(written, source)


def test_what_we_did_is_not_what_one_did(failed: Failed) -> None:
    """A coach who says "we were slow" does not say that he was slow."""
    source = "“I think we were slow from the first minute to the last,” Moe said after the game."
    assert "subject" in failed("Moe said he was slow from the first minute to the last.", source)
    written = "Moe said they were slow from the first minute to the last."
    assert "subject" not in failed(written, source)


def test_who_acts_in_a_side_clause_acts(failed: Failed) -> None:
    """After "as A and B plan it" both plan it; of "after the fall of A" A does nothing."""
    source = "As Moe and Lunt consider a run for the council, old quarrels come back, a paper says."
    assert "subject" not in failed("Moe and Lunt consider a run for the council.", source)


def test_a_possessive_keeps_its_thing_without_an_adjective(failed: Failed) -> None:
    """Of "Moe's latest attack", "Moe's attack" is the same one."""
    source = "Brook has answered Odo Moe's latest attack on her by saying that she will stay."
    assert "subject" not in failed("Brook answers Moe's attack on her by saying so.", source)


def test_what_follows_a_preposition_is_no_statement(failed: Failed) -> None:
    """Of "it lies in the customs which they enjoy" the customs alone state nothing."""
    source = "Moe said this lies in the old customs which these captains enjoy and are paid for."
    written = "The old customs which these captains enjoy and are paid for."
    assert "subject" in failed(written, source)


def test_who_is_told_of_with_who_acts(failed: Failed) -> None:
    """Of "echoed by Moe, who lost the vote" Moe lost; of "echoed by Moe" she did not echo."""
    source = "That view was echoed by Kaja Moe, who lost the harbour vote to Lunt."
    assert not failed("Kaja Moe lost the harbour vote to Lunt.", source)
