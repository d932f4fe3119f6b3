"""Which countries a text is about, by the gazetteer that ships."""

from __future__ import annotations

import pytest

from news.places import Places


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Talks in Paris between French and Kenyan envoys", {"FR": 2, "KE": 1}),
        ("South Sudan and Sudan", {"SS": 1, "SD": 1}),
        ("they told us and it", {}),
        ("The US and the U.S. agreed", {"US": 2}),
        ("a turkey in the oven, china on the table", {}),
        ("São Tomé and Príncipe", {"ST": 1}),
        ("Sudanese, not Sudaneselike", {"SD": 1}),
        ("", {}),
    ],
)
def test_names_point_to_countries(places: Places, text: str, codes: dict[str, int]) -> None:
    """Longest names win, capitals matter where they must, accents do not."""
    assert dict(places.mentions(text)) == codes


def test_the_title_weighs_more(places: Places) -> None:
    """What the headline names comes before what the text names more often."""
    weights = places.of("Chile votes", "Peru, Peru, Peru and Chile")
    assert places.main(weights) == ("CL", "PE")


def test_side_remarks_do_not_count(places: Places) -> None:
    """A country named once beside one named ten times is not what a text is about."""
    assert places.main({"CL": 10, "PE": 1}) == ("CL",)
    assert places.main({}) == ()
    assert len(places.main(dict.fromkeys(("AR", "BR", "CL", "PE", "UY"), 1))) == 4


@pytest.mark.parametrize(
    ("name", "code"),
    [("france", "FR"), ("French", "FR"), ("FR", "FR"), ("us", "US"), ("xx", None), ("", None)],
)
def test_people_name_countries_in_their_ways(places: Places, name: str, code: str | None) -> None:
    """By name, people and code."""
    assert places.code(name) == code


def test_an_unknown_code_is_its_own_name(places: Places) -> None:
    """A code that the list lost is still shown."""
    assert places.name("FR") == "France"
    assert places.name("QQ") == "QQ"
