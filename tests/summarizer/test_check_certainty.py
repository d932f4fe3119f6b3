"""What is possible, planned, alleged or conditional is not told as a fact."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Failed = Callable[..., dict[str, str]]
SOURCE = (
    "The port office may close the eastern quay next month. "
    "Oltia plans to build three harbours by 2030. "
    "Odo Lunt allegedly stole two boats from the club. "
    "If the dam breaks, water will reach the market within an hour. "
    "The mayor wants to ban lorries from the old town. "
    "The vote was expected on Thursday in the upper house. "
    "Belmora could lose its seat in the council. "
    "Police are considering to reopen the case of the burned mill."
)


@pytest.mark.parametrize(
    "written",
    [
        "The port office closed the eastern quay next month.",
        "The port office will close the eastern quay next month.",
        "Oltia built three harbours by 2030.",
        "Odo Lunt stole two boats from the club.",
        "Water will reach the market within an hour.",
        "The mayor will ban lorries from the old town.",
        "The mayor banned lorries from the old town.",
        "The vote is expected on Thursday in the upper house.",
        "Belmora will lose its seat in the council.",
        "Police reopened the case of the burned mill.",
    ],
)
def test_more_certainty_than_the_source_fails(failed: Failed, written: str) -> None:
    """Possible told as sure or as done, a plan as a deed, a condition left out."""
    found = failed(written, SOURCE)
    assert "certainty" in found or "edits" in found


@pytest.mark.parametrize(
    "written",
    [
        "The port office may close the eastern quay.",
        "The port office might close the eastern quay next month.",
        "Oltia will build three harbours by 2030.",
        "Oltia plans to build three harbours.",
        "Odo Lunt allegedly stole two boats.",
        "Water will reach the market within an hour if the dam breaks.",
        "The mayor wants to ban lorries.",
        "The vote was expected on Thursday.",
        "Belmora could lose its seat.",
    ],
)
def test_the_same_certainty_passes(failed: Failed, written: str) -> None:
    """The hedge kept, or another of the same strength."""
    assert "certainty" not in failed(written, SOURCE)


def test_a_question_is_no_statement(failed: Failed) -> None:
    """What a source only asks is not told as a fact."""
    source = "Does Governor Odo Lunt have a serious problem in the northern districts?"
    written = "Governor Odo Lunt has a serious problem in the northern districts."
    assert "certainty" in failed(written, source)
    assert "certainty" not in failed(source, source)


def test_an_aim_is_not_a_claim(failed: Failed) -> None:
    """What a deal "would" do is what it is "to" do; who "will" do it has not done it."""
    source = "Envoys seek the outlines of a deal they say would stop the raids for nine years."
    assert "certainty" not in failed("Envoys seek a deal to stop the raids for nine years.", source)
    assert "certainty" in failed("Envoys stop the raids for nine years.", source)


def test_who_may_does_not_therefore_will(failed: Failed) -> None:
    """Leave to do something is no plan to do it."""
    source = "Moe announced that she has allowed the crews to board the boats of the raiders."
    assert "certainty" in failed("Moe announced that the crews will board the boats.", source)
    source = "Moe announced that she expects the crews to board the boats of the raiders."
    assert "certainty" not in failed("Moe announced that the crews will board the boats.", source)
