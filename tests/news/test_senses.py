"""Ambiguous names are decided by what stands around them, one sense a text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from news.places import Places

AT = datetime(2022, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "text", "code"),
    [
        ("Georgia recounts by hand", "Republican officials in Atlanta watched the recount.", "US"),
        ("Georgia recounts by hand", "Observers in Tbilisi saw ballots carried away.", "GE"),
        ("Jordan signs with new team", "Midfielder Jordan Hale left Liverpool. Jordan is 24.", ""),
        ("Jordan signs water deal", "The kingdom will pump water near Aqaba, Amman said.", "JO"),
        ("Chad leaves the band", "Singer Chad Moore said the drummer knew. Chad will tour.", ""),
        (
            "Chad leaves the accord",
            "Rebels came from Libya, an officer in N'Djamena said.",
            "TD",
        ),
        ("Turkey is off the menu", "Families roast smaller birds for Thanksgiving.", ""),
        ("Turkey is off the list", "Ankara welcomed the step; the lira rose.", "TR"),
        ("Congo votes on Sunday", "Polls opened in Kinshasa and Goma.", "CD"),
        ("Congo votes on Sunday", "Polls opened in Brazzaville and Pointe-Noire.", "CG"),
        ("Guinea votes on Sunday", "Polls opened in Conakry.", "GN"),
        ("Guinea pigs need friends", "Guinea Pig owners should keep two, a pet shop says.", ""),
        ("Papua New Guinea votes", "Polls opened in Port Moresby.", "PG"),
        ("Equatorial Guinea votes", "Polls opened in Malabo.", "GQ"),
        ("Niger closes its mines", "The junta in Niamey stopped uranium exports.", "NE"),
        ("Oil spill in Niger Delta", "Villages near Port Harcourt in Nigeria were hit.", "NG"),
        ("Victoria shuts schools", "Pupils in Melbourne, Australia, stay at home.", "AU"),
        ("Tripoli under fire", "Militias of Misrata and Haftar clashed in Libya.", "LY"),
        ("Tripoli under fire", "The army moved in from Beirut, Lebanese radio said.", "LB"),
        ("Birmingham bus strike", "Drivers in the West Midlands voted to walk out.", "GB"),
        ("Birmingham bus strike", "The Alabama city has not seen one since 1963.", "US"),
    ],
)
def test_pairs(places: Places, title: str, text: str, code: str) -> None:
    """The same word in the same headline means what its text speaks of, or no place at all."""
    found = places.main(places.of(title, text, AT))
    assert found[:1] == ((code,) if code else ())


def test_without_any_hint_the_usual_sense_holds(places: Places) -> None:
    """A bare headline is read as most are meant."""
    assert places.main(places.of("Georgia votes", "")) == ("GE",)
    assert places.main(places.of("Congo votes", "")) == ("CD",)


@pytest.mark.parametrize(
    "text",
    [
        "The Washington Post and the South China Morning Post asked.",
        "Ships cross the Indian Ocean.",
        "A Latin American and a Native American spoke.",
        "Mr Ardal met Kerry Washington and Tom Holland.",
    ],
)
def test_what_only_holds_a_name_is_no_place(places: Places, text: str) -> None:
    """Outlets, oceans, peoples of elsewhere and actors."""
    assert places.mentions(text) == {}
