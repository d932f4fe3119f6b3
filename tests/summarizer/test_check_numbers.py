"""Numbers keep their value, unit, bound and what they count."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Failed = Callable[..., dict[str, str]]
SOURCE = (
    "At least 12 people were killed and 34 wounded when a ferry sank off Belmora, police said. "
    "Oltia will spend 1.5 billion euros on new harbours, up to 400 million of it this year. "
    "The party won 41 percent of the vote, 3 points more than in 2019. "
    "Some 2,000 dockers, aged 18 to 60, marched for more than three hours."
)


@pytest.mark.parametrize(
    ("written", "check"),
    [
        ("At least 34 people were killed when a ferry sank off Belmora, police said.", "numbers"),
        ("At least 12 people were wounded when a ferry sank off Belmora, police said.", "numbers"),
        ("At least 21 people were killed when a ferry sank off Belmora, police said.", "numbers"),
        ("Oltia will spend 1.5 million euros on new harbours.", "numbers"),
        ("Oltia will spend 1.5 billion dollars on new harbours.", "numbers"),
        ("The party won 41 points of the vote.", "numbers"),
        ("The party won 3 percent of the vote.", "numbers"),
        ("Some 20,000 dockers marched for more than three hours.", "numbers"),
        ("Some 2,000 dockers marched for more than five hours.", "numbers"),
        ("Oltia will spend 400 million on new harbours this year.", "degrees"),
        ("More than 12 people were killed, and up to 34 wounded, when a ferry sank.", "degrees"),
    ],
)
def test_a_changed_number_fails(failed: Failed, written: str, check: str) -> None:
    """Another value, scale, currency, unit or bound, and the number of another thing."""
    assert check in failed(written, SOURCE)


@pytest.mark.parametrize(
    "written",
    [
        "At least twelve people were killed when a ferry sank off Belmora, police said.",
        "At least 12 people were killed and 34 wounded when a ferry sank.",
        "Police said 34 were wounded when a ferry sank off Belmora.",
        "Oltia will spend €1.5bn on new harbours.",
        "Oltia will spend 1,500 million euros on new harbours.",
        "The party won 41% of the vote.",
        "The party won 41 percent of the vote, three points more than in 2019.",
        "Some 2000 dockers marched for more than 3 hours.",
    ],
)
def test_a_number_in_another_form_passes(failed: Failed, written: str) -> None:
    """Words or digits, signs or words, with or without separators."""
    found = failed(written, SOURCE)
    assert "numbers" not in found
    assert "degrees" not in found


def test_an_age_belongs_to_its_person(failed: Failed) -> None:
    """An age given in one sentence may stand in another about the same person."""
    source = "Odo Lunt, 71, was born in Zarvik. On Monday Lunt was charged with fraud."
    assert "numbers" not in failed("Odo Lunt, 71, was charged with fraud.", source)


def test_a_score_and_a_date_count_nothing(failed: Failed) -> None:
    """Numbers like "2-0" and "April 19" count nothing of the words beside them."""
    source = "Zarvik beat Oltia 2-0 in May. Three men were held after the match on April 19."
    assert "numbers" not in failed("Zarvik beat Oltia 2-0 in May.", source)
    assert "numbers" not in failed("Three men were held on April 19.", source)


def test_what_a_bracket_counts_is_its_own(failed: Failed) -> None:
    """The numbers inside a bracket take nothing from the one before it."""
    source = (
        "The fair saw 484 sailors (437 from Selje and 47 from Oltia) signing on for the summer."
    )
    assert "numbers" not in failed("The fair saw 484 sailors signing on for the summer.", source)
    assert "numbers" in failed("The fair saw 47 sailors signing on for the summer.", source)


def test_a_day_needs_only_its_own_words(failed: Failed) -> None:
    """Of "in the fiscal year 2023" only the year is needed, of "a total of 94" the number."""
    source = "In the fiscal year 2023, a total of 94 boats were sold in Selje after a storm."
    assert not failed("In 2023, 94 boats were sold in Selje after a storm.", source)
