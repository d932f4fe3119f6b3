"""A budget is kept in whole sentences, and comes as near to its words as it can."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.budget import Budget, fitting, nearest

LENGTHS = st.lists(st.integers(min_value=1, max_value=60), min_size=1, max_size=30)


@given(LENGTHS, st.integers(min_value=1, max_value=400))
def test_no_other_number_of_leading_sentences_comes_nearer(lengths: list[int], words: int) -> None:
    """The words taken are as near to the budget as whole sentences from the first on can be."""
    best = min(abs(sum(lengths[:count]) - words) for count in range(1, len(lengths) + 1))
    assert abs(sum(lengths[: nearest(lengths, words)]) - words) == best


@given(LENGTHS, st.integers(min_value=1, max_value=400), st.integers(min_value=0, max_value=40))
def test_asking_finds_what_counting_finds(lengths: list[int], words: int, begin: int) -> None:
    """Where the lengths must be asked for one by one, the number found is the same."""

    def words_of(count: int) -> int:
        return sum(lengths[:count])

    assert words_of(fitting(words_of, words, begin)) == sum(lengths[: nearest(lengths, words)])


def test_a_budget_of_sentences_takes_so_many() -> None:
    """A number of sentences is a limit, not a demand."""
    assert Budget(sentences=2).taken(["one", "two", "three"]) == 2
    assert Budget(sentences=5).taken(["one", "two", "three"]) == 3
    assert Budget(words=60).taken([]) == 0


def test_one_sentence_is_taken_whole_however_long() -> None:
    """No sentence is cut, and no summary is empty."""
    assert Budget(words=3).taken(["one two three four five"]) == 1


@pytest.mark.parametrize("given_", [{}, {"sentences": 0}, {"sentences": 3, "words": 50}])
def test_a_budget_says_one_thing(given_: dict[str, int]) -> None:
    """Neither, both or nothing at all is a mistake of the caller."""
    with pytest.raises(ValueError, match="a number of sentences or a number of words"):
        Budget(**given_)
