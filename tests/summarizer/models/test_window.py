"""Cutting prompts to a window and noticing a text that goes in circles."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from summarizer.models.window import loop_start, shorten


def words(text: str) -> int:
    """Count words, as a tokenizer would count tokens."""
    return len(text.split())


def test_text_that_fits_is_untouched() -> None:
    """Nothing is cut without need."""
    assert shorten("One two.  Three.\n\nFour.", 4, words) == "One two.  Three.\n\nFour."


def test_last_sentences_of_the_longest_lines_go_first() -> None:
    """Tags and the closing task stay, whole sentences remain, long articles lose first."""
    long = "The first one stays here. The second one stays too. The third one goes away."
    text = f"<article>\n{long}\n</article>\n\n<article>\nShort news.\n</article>\n\nDo it."
    cut = shorten(text, 17, words)
    assert cut.startswith("<article>\nThe first one stays here.")
    assert "goes away" not in cut
    assert cut.endswith("</article>\n\n<article>\nShort news.\n</article>\n\nDo it.")
    assert words(cut) <= 17


def test_one_endless_sentence_is_cut_between_words() -> None:
    """A text without sentence ends still fits."""
    assert shorten("word " * 50, 10, words).split() == ["word"] * 10
    assert shorten("Word " * 40 + "end. Then ten more.", 10, words).split() == ["Word"] * 10
    assert shorten("Short. " + "word " * 50, 10, words).startswith("Short.")


@given(st.text(alphabet="ab .!\n", max_size=200), st.integers(0, 30))
def test_whatever_comes_fits(text: str, budget: int) -> None:
    """The result never has more tokens than the window."""
    assert words(shorten(text, budget, words)) <= budget


def test_repeated_block_is_kept_once() -> None:
    """A short block many times, or a long one twice, ends the text after its first time."""
    assert loop_start([1, 2, 3] + [7] * 24) == 4
    sentence = list(range(100, 120))
    assert loop_start([1, 2, *sentence, *sentence]) == 22


@given(st.lists(st.integers(0, 10_000), unique=True, max_size=150))
def test_text_without_repetition_is_no_loop(tokens: list[int]) -> None:
    """Fresh tokens are never taken for a loop."""
    assert loop_start(tokens) is None


def test_natural_repetition_is_no_loop() -> None:
    """Saying a few words twice is no loop."""
    assert loop_start([5, 6, 7, 8, 5, 6, 7, 8]) is None
    assert loop_start([9] * 23) is None
