"""A shortened sentence tells the deed of the one who did it, and joins only what belongs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Failed = Callable[..., dict[str, str]]
SOURCE = (
    "The family of Odo Lunt, a friend of Imre Sall who was shot in May, plans to sue the police. "
    "In Oltia, the Fishers' League has led the charge, paying 900,000 euros for posters. "
    "If the Greens win the council in June, nine women are poised to lead its committees. "
    "As many as 13 captains of the Salt Front, including its commander, were killed on Thursday. "
    "The maker of a film about floods, Tessa Vale, said she is shocked by the ban. "
    "Kaja Moor, who owns the Harbour Post, was at the studio when a crowd came to her house. "
    "Hanne Brook sang in the first show of the second season of Low Tide on Monday. "
    "The survey to find the value of land in Tarn and Moss, set aside for homes, began on Friday. "
    "The site Gull is banning political adverts. "
    "Rival Tern has said it will not check adverts, which could let parties lie freely."
)


@pytest.mark.parametrize(
    "written",
    [
        "Odo Lunt, a friend of Imre Sall, plans to sue the police.",
        "Oltia has led the charge, paying 900,000 euros for posters.",
        "The Greens are poised to lead its committees.",
        "The Salt Front killed 13 captains on Thursday.",
        "Tessa Vale, a film about floods, said she is shocked by the ban.",
        "Kaja Moor and her family were at the studio when a crowd came to her house.",
        "Hanne Brook sang in the first show of Low Tide on Monday.",
        "Tarn and Moss, set aside for homes, began on Friday.",
        "Gull is banning political adverts, which could let parties lie freely.",
        "Tern is banning political adverts.",
    ],
)
def test_a_deed_of_somebody_else_fails(failed: Failed, written: str) -> None:
    """The family's plan is not the son's, and two halves are not one."""
    assert failed(written, SOURCE)


@pytest.mark.parametrize(
    "written",
    [
        "The family of Odo Lunt plans to sue the police.",
        "Odo Lunt's family plans to sue the police.",
        "In Oltia, the Fishers' League has led the charge.",
        "The Fishers' League has led the charge in Oltia, paying 900,000 euros for posters.",
        "As many as 13 captains of the Salt Front were killed on Thursday.",
        "Kaja Moor was at the studio when a crowd came to her house.",
        "Hanne Brook sang in the first show of the second season of Low Tide.",
        "The survey to find the value of land in Tarn and Moss began on Friday.",
        "Gull is banning political adverts.",
    ],
)
def test_what_can_be_spared_may_go(failed: Failed, written: str) -> None:
    """Brackets, places, days and relative clauses may be left out, a possessive may turn."""
    assert not failed(written, SOURCE)


def test_new_words_are_counted(failed: Failed) -> None:
    """A sentence with several words that no source has is not the source's."""
    written = "The family of Odo Lunt bravely invented wonderful machines to sue the police."
    assert "edits" in failed(written, SOURCE)


def test_another_deed_is_one_word_too_many(failed: Failed) -> None:
    """A verb that no source has tells another deed, where one new noun may be let pass."""
    source = "The paper admits that the problem is real, but instead of Moe it went after Lunt."
    found = failed("The paper condemned Moe, but instead of Moe it went after Lunt.", source)
    assert "condemned" in found["edits"]


def test_a_name_may_give_way_to_its_short_form(failed: Failed) -> None:
    """What a source has in brackets behind a name stands for the name."""
    source = "This comes a day after the Selje Harbour Organisation (SHO) closed all of its piers."
    assert not failed("This comes a day after the SHO closed all of its piers.", source)
    assert failed("This comes a day after the TLO closed all of its piers.", source)


@pytest.mark.parametrize(
    ("written", "source"),
    [
        (
            "The survey of the bay is full of hope.",
            "The survey of the bay issued on the eve of the vote is full of hope.",
        ),
        (
            "The study by Brook and Moe found that the gulls return.",
            "A new study by Brook of Selje and Moe finds that the gulls return.",
        ),
        (
            "Crews of the Selje fire boat spray water on the burning pier.",
            "Gulls circle as crews of the Selje fire boat spray water on the burning pier.",
        ),
    ],
)
def test_a_clause_of_its_own_and_another_form_of_a_verb(
    failed: Failed, written: str, source: str
) -> None:
    """What describes may go, "finds" is "found", and what follows "as" stands alone."""
    assert "edits" not in failed(written, source)


def test_a_clause_is_not_cut_before_its_verb(failed: Failed) -> None:
    """After "following the day when a driver -- who was ill -- slept" the driver has a verb."""
    source = (
        "The ferry closed its bar after a new steward -- who is the captain's cousin -- "
        "fell asleep on the stove."
    )
    assert "edits" in failed("The ferry closed its bar after a new steward.", source)
    assert "edits" not in failed("The ferry closed its bar.", source)


@pytest.mark.parametrize(
    ("written", "source"),
    [
        (
            "Selje and Oltia share their ports, showing their trust in the pact.",
            "Selje and Oltia share their ports showing their continued trust in the pact.",
        ),
        (
            "The Coast Guard has looked into reports of lights over the bay.",
            "Bodies like the Coast Guard have looked into reports of lights over the bay.",
        ),
        (
            "Moe accuses Hanne Brook of lying about the crane.",
            "Moe accused former Secretary of Harbours Hanne Brook of lying about the crane.",
        ),
        (
            "Moe praised the port for its work against storms.",
            "On Monday, Vice President Moe praised the port for its work against a host of storms.",
        ),
    ],
)
def test_adjectives_and_examples_may_go(failed: Failed, written: str, source: str) -> None:
    """What only describes a noun, and "bodies like" before one that is told of."""
    assert "edits" not in failed(written, source)


def test_what_opened_the_source_may_close_the_sentence(failed: Failed) -> None:
    """A day or year moves from the front to the end."""
    source = "In 1984 Kaja Moe met Odo Lunt (before he became mayor) for the first time."
    assert not failed("Kaja Moe met Odo Lunt in 1984.", source)


def test_another_deed_behind_will_is_new_too(failed: Failed) -> None:
    """Who "will begin the process" will not therefore "become" anything."""
    source = "Moe will begin the process with a long meeting with Lunt at the harbour house."
    assert "edits" in failed("Moe will become mayor with a meeting with Lunt.", source)
