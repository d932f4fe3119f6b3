"""A corrected or withdrawn sentence is found; a rewritten, cut or living page corrects nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from news.retractions import compare, facts_differ, is_note
from news.statements import SentenceVectors
from summarizer.encode import SentenceEncoder

CITED = "At least 12 people were killed when the ferry Alma sank off Alvik on Thursday."
REST = (
    "The coast guard sent four boats and a helicopter to the place.",
    "Fishermen from Alvik helped to bring survivors ashore.",
    "The shipping company Nordline said that it would pay for the search.",
    "A hotel in the harbour opened its rooms to families.",
    "The wreck lies at a depth of ninety metres.",
)
PAGE = " ".join([CITED, *REST])
Judge = Callable[..., list[tuple[str, str | None]]]


@pytest.fixture(scope="module")
def vectors(encoder: SentenceEncoder) -> SentenceVectors:
    """Sentence vectors by the real encoder."""
    return SentenceVectors(encoder)


@pytest.fixture
def judged(vectors: SentenceVectors) -> Judge:
    """What became of the cited sentence on a page: its kind and what it says now."""

    def alike(sentence: str, others: Sequence[str]) -> list[float]:
        rows = vectors.of([sentence, *others])
        return [float(value) for value in rows[1:] @ rows[0]]

    def judge(*sentences: str) -> list[tuple[str, str | None]]:
        found = compare([CITED], PAGE, " ".join(sentences), alike)
        return [(one.kind, one.says or one.note) for one in found]

    return judge


@pytest.mark.parametrize(
    "now",
    [
        "At least 10 people were killed when the ferry Alma sank off Alvik on Thursday.",
        "At least 12 people were killed when the ferry Berta sank off Alvik on Thursday.",
        "At least 12 people were killed when the ferry Alma sank off Alvik on Wednesday.",
        "No people were killed when the ferry Alma sank off Alvik on Thursday.",
    ],
)
def test_another_number_name_day_or_a_denial_is_a_correction(judged: Judge, now: str) -> None:
    """What stands in the sentence's place is given as it stands."""
    assert judged(now, *REST) == [("changed", now)]


def test_a_sentence_taken_out_of_a_page_that_stayed_is_a_retraction(judged: Judge) -> None:
    """Only where the rest of the page is as it was."""
    assert judged(*REST) == [("retracted", None)]


@pytest.mark.parametrize(
    "page",
    [
        [CITED, *REST],
        [CITED.replace("At least 12", "at   least 12"), *reversed(REST)],
        ["The ferry Alma sank off Alvik on Thursday and killed at least 12 people.", *REST],
        ["At least 12 people died on Thursday when the ferry Alma went down off Alvik.", *REST],
        ["Parliament meets today.", "It debates the budget of the harbour.",
         "The opposition wants a new road.", "A vote is expected in the evening."],
        [CITED.replace("12", "18"), "Divers went down again at dawn.",
         "A minister arrived in Alvik.", "The search goes on until the evening."],
        [CITED, "Correction: this article has been corrected to give the name of the hotel."],
        [REST[0]],
    ],
)  # fmt: skip
def test_what_is_no_correction(judged: Judge, page: list[str]) -> None:
    """Unchanged, moved, reworded, another page, a living page, a note on something else, a stub."""
    assert judged(*page) == []


def test_a_note_is_quoted_with_what_it_is_about(judged: Judge) -> None:
    """A note that speaks of the sentence is told, whether the sentence still stands or not."""
    note = "Correction: an earlier version said that 12 people were killed on the ferry Alma."
    assert judged(*REST, note) == [("retracted", note)]
    assert judged(CITED, *REST, note) == [("noted", note)]


def test_notes_and_facts_are_told_by_their_words() -> None:
    """Notes have forms of their own; leaving something out is no other fact."""
    assert is_note("An earlier version of this article misstated the number of boats.")
    assert not is_note("The corrections officer opened the gate.")
    assert not facts_differ(CITED, "People were killed when the ferry Alma sank off Alvik.")
