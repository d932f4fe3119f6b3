"""A thing is said to be the one's whose it is in a source."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Failed = Callable[..., dict[str, str]]
SOURCE = (
    "Senate Majority Leader Odo Lunt broke with Governor Kaja Moe on Monday. "
    "Oltian Prime Minister Imre Sall made his first visit to Belmora since the flood. "
    "Quorn's lawyer, Hanne Brook, said the statement Quorn published was true. "
    "The mayor of Zarvik left in May."
)


@pytest.mark.parametrize(
    "written",
    [
        "Odo Lunt's Senate majority leader broke with Governor Kaja Moe on Monday.",
        "Oltia's first visit to Belmora since the flood was made by Imre Sall.",
    ],
)
def test_a_thing_given_to_another_fails(failed: Failed, written: str) -> None:
    """A title before a name is not somebody the named one has; "his" is not his country's."""
    assert "owners" in failed(written, SOURCE)


@pytest.mark.parametrize(
    "written",
    [
        "Oltia's Prime Minister Imre Sall made his first visit to Belmora since the flood.",
        "Imre Sall's first visit to Belmora since the flood was made on Monday.",
        "Quorn's lawyer Hanne Brook said the statement was true.",
        "Quorn's statement was true, Hanne Brook said.",
        "Zarvik's mayor left in May.",
        "Quorn's umbrella was true.",
    ],
)
def test_other_words_for_the_same_tie_pass(failed: Failed, written: str) -> None:
    """For "the B of A", "the A B", "A ... his B" and "the B that A has" one may say so."""
    assert "owners" not in failed(written, SOURCE)
