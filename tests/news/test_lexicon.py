"""Listed phrases are found whole, longest first, wherever they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.lexicon import Lexicon, plain

LEXICON = Lexicon(
    [
        ("Sudan", "SD"),
        ("South Sudan", "SS"),
        ("US", "US"),
        ("U.S.", "US"),
        ("São Tomé", "ST"),
        ("al-Shabaab", "shabaab"),
        ("St. Petersburg", "RU"),
        ("sudan", "never"),
    ]
)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("South Sudan and Sudan", ["SS", "SD"]),
        ("sudan, SUDAN'S and Sudanese", ["SD", "SD"]),
        ("they told us, the US and the U.S. army", ["US", "US"]),
        ("São Tomé", ["ST"]),
        ("al Shabaab, Al-Shabaab", ["shabaab", "shabaab"]),
        ("He flew south. Sudan waits", ["SD"]),
        ("St. Petersburg, St Petersburg", ["RU", "RU"]),
        ("", []),
    ],
)
def test_phrases_are_found(text: str, labels: list[str]) -> None:
    """Whole words, accents and dashes aside; abbreviations in capitals only."""
    assert [one.label for one in LEXICON.find(plain(text))] == labels


@given(st.text(alphabet="South Sudan.U,S-é ", max_size=60))
def test_what_is_found_stands_there(text: str) -> None:
    """Places are those of the plain text, in order and apart."""
    flat, last = plain(text), 0
    for one in LEXICON.find(flat):
        assert flat[one.start : one.end] == one.words
        assert one.start >= last
        last = one.end
