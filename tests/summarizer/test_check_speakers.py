"""What a source leaves with a speaker keeps that speaker."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Failed = Callable[..., dict[str, str]]
SOURCE = (
    "Hanne Brook said the strike will cost the port two million euros a day. "
    "The strike is illegal, the harbour office said on Monday. "
    "According to Imre Sall, talks will resume within a week. "
    "“The cranes are unsafe and the office knows it,” said Odo Lunt, a crane driver. "
    "Tessa Vale spoke in the capital, saying that Oltia would send a mediator to Zarvik. "
    "Kaja Moor said she had slept in her office for three nights."
)


@pytest.mark.parametrize(
    "written",
    [
        "The strike will cost the port two million euros a day.",
        "The strike is illegal.",
        "Talks will resume within a week.",
        "The cranes are unsafe and the office knows it.",
        "Oltia would send a mediator to Zarvik.",
        "Imre Sall said the strike will cost the port two million euros a day.",
        "Tessa Vale said the strike is illegal.",
        "According to Hanne Brook, talks will resume within a week.",
        "The cranes are unsafe and the office knows it, said Kaja Moor.",
        "Odo Lunt said that Oltia would send a mediator to Zarvik.",
    ],
)
def test_a_lost_or_another_speaker_fails(failed: Failed, written: str) -> None:
    """A claim told as a fact, and one put into another mouth."""
    assert "attribution" in failed(written, SOURCE)


@pytest.mark.parametrize(
    "written",
    [
        "Hanne Brook said the strike will cost the port two million euros a day.",
        "The strike will cost the port two million euros a day, according to Hanne Brook.",
        "Brook warned that the strike will cost the port two million euros.",
        "The harbour office said the strike is illegal.",
        "Talks will resume within a week, Sall said.",
        "Crane driver Odo Lunt said the cranes are unsafe.",
        "Tessa Vale said that Oltia would send a mediator to Zarvik.",
        "Kaja Moor had slept in her office for three nights.",
        "He said the strike will cost the port two million euros a day.",
    ],
)
def test_the_speaker_in_another_place_passes(failed: Failed, written: str) -> None:
    """Before or behind, by another verb, as "he", and what somebody tells of themselves."""
    assert "attribution" not in failed(written, SOURCE)


def test_two_reports_in_one_sentence(failed: Failed) -> None:
    """What stands before one report is not left with the speaker of another."""
    source = "Days after she said she would resign, Kaja Moor has said the port is “broken”."
    assert not failed("Kaja Moor has said the port is “broken”.", source)


def test_one_who_speaks_elsewhere_did_not_say_this(failed: Failed) -> None:
    """A speaker of one sentence is not given what only another sentence tells."""
    source = (
        "“It comes down to values,” says Hanne Brook, a policy expert at the Selje Institute. "
        "For supporters, a key choice is whether to seek one payer that would centralize "
        "administration in the ministry."
    )
    written = (
        "Hanne Brook, a policy expert at the Selje Institute, says one payer would centralize "
        "administration in the ministry."
    )
    assert "attribution" in failed(written, source)


def test_a_report_in_a_side_clause_ends_with_it(failed: Failed) -> None:
    """What follows "days after he said so," is told by whoever tells it."""
    source = (
        "DAYS AFTER he said he would “go to sea” for the fishing permits, Odo Lunt, the town's "
        "oldest captain and a close friend of the new mayor Hanne Brook, has said they are broken."
    )
    written = (
        "Odo Lunt, the town's oldest captain and a close friend of the new mayor Hanne Brook, "
        "has said they are broken."
    )
    assert not failed(written, source)


def test_what_a_court_ruled_stays_its_ruling(failed: Failed) -> None:
    """What somebody found or ruled "that" is so is theirs; who "found a boat" tells nothing."""
    source = "On Tuesday, the harbour court ruled that Selje Bank broke the rules of the port."
    assert "attribution" in failed("Selje Bank broke the rules of the port.", source)
    source = "Divers found a boat that Selje Bank lost in the port."
    assert "attribution" not in failed("A boat that Selje Bank lost in the port.", source)


def test_only_where_somebody_spoke_is_no_news(failed: Failed) -> None:
    """What was said must be told, not only that it was said in a speech."""
    source = "“The crews fanned the envy,” Moe, the deputy mayor, said in a speech in Selje."
    assert "attribution" in failed("Moe, the deputy mayor, said in a speech in Selje.", source)


def test_a_bracket_behind_a_name_is_no_speaker(failed: Failed) -> None:
    """The party and place in "Moe (G-Selje) claimed victory" do not speak."""
    source = "Sen. Kaja Moe (G–Selje) claimed a narrow victory in the harbour vote on Tuesday."
    assert not failed("Sen. Kaja Moe claimed a narrow victory in the harbour vote.", source)


def test_a_name_and_a_colon_speak_too(failed: Failed) -> None:
    """A name before a colon says what follows, so its source must have it so."""
    source = (
        "More than nine captains will ask the council for lower fees. "
        "“A fee is absurd,” said Odo Lunt, who signed the letter."
    )
    written = "Odo Lunt: More than nine captains will ask the council for lower fees."
    assert "attribution" in failed(written, source)
    source = "Odo Lunt: more than nine captains will ask the council for lower fees."
    assert "attribution" not in failed(source, source)


def test_how_somebody_wrote_is_not_who(failed: Failed) -> None:
    """In "Moe, a captain, wrote recently in the Herald" recently writes nothing."""
    source = (
        "Odo Lunt, a captain who sailed for years, wrote recently in the Herald that fees grow."
    )
    written = "Odo Lunt, a captain, wrote in the Herald that fees grow."
    assert "attribution" not in failed(written, source)
