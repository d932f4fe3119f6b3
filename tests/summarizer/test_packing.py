"""Texts that share a row of the encoder keep the vectors that each has alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer import packing
from summarizer.encode import SentenceEncoder, bound_torch_threads


@pytest.fixture(scope="module")
def model() -> Any:
    """The packaged sentence-transformers model, on two threads."""
    bound_torch_threads(2)
    return SentenceEncoder().load()


@given(st.lists(st.integers(2, 256), max_size=80), st.integers(64, 1024))
def test_every_text_stands_in_one_row_and_passes_are_bounded(lengths: list[int], most: int) -> None:
    """A pass may be over its bound by half of its last text, no more: memory stays bounded."""
    found = list(packing.passes(lengths, most))
    assert sorted(at for rows in found for row in rows for at in row) == list(range(len(lengths)))
    for rows in found:
        sizes = [lengths[at] for row in rows for at in row]
        assert len(sizes) == 1 or sum(sizes) <= most + max(sizes)


def test_little_of_an_article_is_padding() -> None:
    """Rows come out of like length, whatever the sentences' lengths."""
    lengths = [86, 57, 53, 53, 49, 42, 37, *[35] * 4, 32, 25, 23, 21, *[20] * 5, 18, 16, 15, 14, 2]
    padded = sum(
        len(rows) * max(sum(lengths[at] for at in row) for row in rows)
        for rows in packing.passes(lengths, 512)
    )
    assert padded < 1.05 * sum(lengths)


def test_texts_of_a_row_do_not_see_each_other(model: Any) -> None:
    """What else stands in a row, and where a text stands in it, changes no vector."""
    texts = ["The pass is open.", "", "Talks went on for a third day in the harbour town.", "你好"]
    alone = model.encode(texts, normalize_embeddings=True, batch_size=1)
    tokens = model.tokenizer(texts)["input_ids"]
    bert = model[0].auto_model
    together = packing.vectors(bert, [tokens])
    assert np.abs(together - alone).max() < 1e-5
    uneven = packing.vectors(bert, [[tokens[2], tokens[0]], [tokens[3]], [tokens[1]]])
    assert np.abs(uneven - alone[[2, 0, 3, 1]]).max() < 1e-5


def test_only_encoders_that_pack_exactly_are_packed(model: Any) -> None:
    """Another way of taking the mean, or words before each text, would give other vectors."""
    assert packing.fits(model)
    try:
        model.default_prompt_name = "query"
        assert not packing.fits(model)
        model.default_prompt_name = None
        model[1].pooling_mode = "cls"
        assert not packing.fits(model)
    finally:
        model.default_prompt_name, model[1].pooling_mode = None, "mean"
    assert packing.fits(model)
    assert not packing.fits(list(model)[:1])
