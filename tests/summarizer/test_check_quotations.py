"""Quotation marks stand only around words that were quoted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Failed = Callable[..., dict[str, str]]
SOURCE = (
    "Mayor Imre Sall called the plan “a gift to smugglers” and left the room. "
    "The harbour needs new cranes, the port office said. "
    '"We will not wait. The cranes are unsafe," said Hanne Brook of the dockers\' union. '
    "A film called «Low Tide» is shown in Oltia’s ‘summer of ships’ this week."
)


@pytest.mark.parametrize(
    "written",
    [
        "Mayor Imre Sall called the plan “a gift to thieves”.",
        "Mayor Imre Sall “left the room”.",
        "The port office said the harbour “needs new cranes”.",
        'The port office said: "The harbour needs new cranes."',
        'Hanne Brook said: "We will wait."',
        "Mayor Imre Sall called the plan “a gift to smugglers.",
        "Hanne Brook said the cranes are “very unsafe”.",
        "A film called “Low Tide in Oltia” is shown this week.",
    ],
)
def test_marks_around_what_nobody_said_fail(failed: Failed, written: str) -> None:
    """Changed words, the reporter's own words, and a mark that never closes."""
    assert "quotations" in failed(written, SOURCE)


@pytest.mark.parametrize(
    "written",
    [
        'Mayor Imre Sall called the plan "a gift to smugglers".',
        "Mayor Imre Sall called the plan a “gift to smugglers”.",
        'Hanne Brook said: "We will not wait."',
        "Hanne Brook of the dockers' union said the cranes are “unsafe”.",
        "‘The cranes are unsafe,’ said Hanne Brook.",
        "A film called “Low Tide” is shown in Oltia.",
        "Oltia's “summer of ships” is this week.",
        "Mayor Imre Sall left the room.",
    ],
)
def test_quoted_words_pass_with_any_marks(failed: Failed, written: str) -> None:
    """Whole or in part, curly or straight, and no marks at all."""
    assert "quotations" not in failed(written, SOURCE)


def test_a_quotation_over_paragraphs(failed: Failed) -> None:
    """A paragraph that is left open in a long quotation is quoted to its end."""
    source = "“The sea is rising.\n“Nobody listens to us,” said Hanne Brook on Monday."
    assert "quotations" not in failed("“The sea is rising,” said Hanne Brook.", source)


def test_a_backtick_opens_a_quotation(failed: Failed) -> None:
    """Some papers set `words' with a backtick: they are quoted."""
    source = "She said the captains are `fostered’ by the owners of the pier."
    assert "quotations" not in failed("She said the captains are 'fostered' by the owners.", source)
