"""What is denied is not told as done, and what is told is not denied."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Failed = Callable[..., dict[str, str]]
SOURCE = (
    "Oltia did not sign the treaty in Geneva. "
    "The court found no evidence against Odo Lunt. "
    "Belmora's army denied shelling the village of Tarn. "
    "The council approved the new quay at night. "
    "Doctors say the water is safe for children. "
    "The union never agreed to the night shifts."
)


@pytest.mark.parametrize(
    "written",
    [
        "Oltia did sign the treaty in Geneva.",
        "Oltia signed the treaty in Geneva.",
        "The court found evidence against Odo Lunt.",
        "Belmora's army shelled the village of Tarn.",
        "The council never approved the new quay.",
        "The council did not approve the new quay at night.",
        "Doctors say the water is unsafe for children.",
        "Doctors say the water is not safe for children.",
        "The union agreed to the night shifts.",
    ],
)
def test_the_opposite_fails(failed: Failed, written: str) -> None:
    """A lost "not", "no" or "denied", an added one, and a prefix that denies."""
    assert {"negation", "degrees"} & set(failed(written, SOURCE))


@pytest.mark.parametrize(
    "written",
    [
        "Oltia didn't sign the treaty.",
        "Oltia did not sign the treaty in Geneva.",
        "The court found no evidence against Lunt.",
        "Belmora's army denied shelling the village.",
        "The council approved the new quay.",
        "Doctors say the water is safe.",
        "The union never agreed to night shifts.",
        "Oltia has not signed the treaty.",
    ],
)
def test_the_same_denial_passes(failed: Failed, written: str) -> None:
    """Shorter, contracted, in another tense."""
    assert "negation" not in failed(written, SOURCE)


def test_a_noun_denies_too(failed: Failed) -> None:
    """A "failure to pass" denies what the source tells."""
    source = "Senator Lunt gave the bill enough votes to pass the chamber on Monday."
    assert "negation" in failed("Despite the failure to pass, Lunt gave the bill votes.", source)


def test_not_only_denies_nothing(failed: Failed) -> None:
    """Who is moved "not only by fear but also by hope" is moved by both."""
    source = "Moe is moved not only by fears of a flood but also by hopes of a new pier."
    assert "negation" not in failed("Moe is moved by fears of a flood.", source)
    source = "Moe is moved not by fears of a flood but by hopes of a new pier."
    assert "negation" in failed("Moe is moved by fears of a flood.", source)


def test_in_no_event_denies_what_follows(failed: Failed) -> None:
    """A contract by which "in no event shall" the town count grants it no right."""
    source = "The contract states that in no event shall the town have the right to count the fish."
    written = "The contract states the town has the right to count the fish."
    assert "negation" in failed(written, source)


def test_a_denial_needs_one_in_the_sources(failed: Failed) -> None:
    """Where no source denies anything, nothing is denied."""
    source = "Each ferry has its own rules about how to bring a small dog or a dog in its crate."
    written = "Each ferry has its own rules about how to bring a small dog not in its crate."
    assert "negation" in failed(written, source)
