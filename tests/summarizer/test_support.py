"""Features of support tell a faithful sentence from a changed one, and never fail."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.evidence import Evidence
from summarizer.model import Document
from summarizer.support import NAMES, features
from summarizer.text import split_sentences

SOURCE = (
    "Ilmar Quorn, the president of Zarvik, told the Oltish foreign minister on Tuesday that "
    "his army will not attack the northern provinces. "
    "The army of Belmora has been fighting rebels in its eastern hills for two years, and at "
    "least 1,200 soldiers have died. "
    "Prices in Zarvik rose by 3.5 percent in May, “a dreadful month”, the harbour office said."
)


def evidence(text: str = SOURCE) -> Evidence:
    """Every sentence of one source."""
    return Evidence([(Document(id="a", text=text), split_sentences(text))])


def seen(written: str) -> Mapping[str, float]:
    """The features of one sentence beside the source."""
    return features(written, evidence())


def test_a_source_sentence_has_everything() -> None:
    """Verbatim text is held in every share of cover, order, names, numbers and quotations."""
    for sentence in split_sentences(SOURCE):
        found = seen(sentence.text)
        for name in NAMES:
            if name.endswith(("_best", "_all")) and name not in ("place_best", "length_to_best"):
                assert found[name] == 1.0, (name, sentence.text)
        assert found["missing_words"] == found["denies_more"] == found["tells_less"] == 0.0


@pytest.mark.parametrize(
    ("faithful", "changed", "feature"),
    [
        ("Belmora has been fighting rebels.", "Tovia has been fighting rebels.", "names_all"),
        ("Belmora has been fighting rebels.", "Zarvik has been fighting rebels.", "name_with_deed"),
        ("At least 1,200 soldiers have died.", "At least 2,100 soldiers have died.", "numbers_all"),
        ("Quorn spoke on Tuesday.", "Quorn spoke on Friday.", "dates_all"),
        ("It was “a dreadful month”.", "It was “a splendid month”.", "quotes_all"),
        ("Rebels fought in eastern hills.", "Fishers sang in eastern hills.", "one_all"),
        ("Soldiers have died in eastern hills.", "Hills eastern died soldiers.", "in_order_best"),
        ("The soldier fights rebels.", "The plumber paints doors.", "shape_all"),
    ],
)
def test_a_change_lowers_its_feature(faithful: str, changed: str, feature: str) -> None:
    """Each kind of invention is seen by the feature made for it."""
    assert seen(changed)[feature] < seen(faithful)[feature]


def test_denial_and_telling_are_seen_both_ways() -> None:
    """A negation or a speaker that only one of the two has is told apart by direction."""
    assert seen("His army will attack the northern provinces.")["denies_less"] == 1.0
    assert seen("Prices in Zarvik never rose by 3.5 percent in May.")["denies_more"] == 1.0
    assert seen("Prices in Zarvik rose by 3.5 percent in May.")["tells_less"] == 1.0
    assert seen("The army of Belmora admitted fighting rebels in hills.")["tells_more"] == 1.0


def test_two_sentences_hold_what_one_does_not() -> None:
    """A fusion is held by two sentences together, and by neither alone."""
    found = seen("Belmora has been fighting rebels while prices in Zarvik rose in May.")
    assert found["one_best"] < 1.0
    assert found["two_sentences"] == 1.0


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_gives_the_same_finite_features(text: str) -> None:
    """Whatever is written, the names and their order are the same and shares stay shares."""
    found = seen(text)
    assert tuple(found) == NAMES
    for name, value in found.items():
        assert value >= 0.0
        if name.endswith("_all"):
            assert value <= 1.0


def test_no_sources_give_zeros() -> None:
    """Without a source there is nothing to be held by."""
    assert set(features("Quorn met Ostin.", Evidence([])).values()) == {0.0}
