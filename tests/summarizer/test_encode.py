"""The encoder comes from the wheel, asks no hub, and gives unit vectors from any thread."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.encode import (
    PACKAGED,
    Encoder,
    EncoderUnavailable,
    SentenceEncoder,
    batches,
    bound_torch_threads,
    packaged_model_folder,
)


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    """all-MiniLM-L6-v2 from the installed wheel, on two threads."""
    bound_torch_threads(2)
    return SentenceEncoder()


def test_vectors_are_unit_rows(encoder: SentenceEncoder) -> None:
    """One float32 row of length one for each text, whatever the text."""
    texts = ["Talks began.", "", "word " * 2000, "\ud800 broken", "你好"]
    rows = encoder.encode(texts)
    assert rows.shape == (5, encoder.dimensions) == (5, 384)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)


class _Half(SentenceEncoder):
    """Where the processor counts in bfloat16, or is told to."""

    def _has_half(self) -> bool:
        return True


def test_many_texts_come_in_few_shapes_and_mean_the_same(encoder: SentenceEncoder) -> None:
    """In bfloat16 each new shape costs memory that is never given back; the meaning stays."""
    texts = [
        "The mountain road reopens. " + "Traders wait at the pass. " * (n % 40) for n in range(160)
    ]
    shapes: set[tuple[int, ...]] = set()

    def seen(_module: object, given: tuple[dict[str, Any], ...]) -> None:
        shapes.add(tuple(given[0]["input_ids"].shape))

    half = _Half()
    hook = half.load()[0].register_forward_pre_hook(seen)
    try:
        many = half.encode(texts)
    finally:
        hook.remove()
    assert {width % 16 for _, width in shapes} == {0}
    assert len(shapes) < 24
    few = np.concatenate([encoder.encode(texts[:40]), encoder.encode(texts[40:80])])
    assert (many[:80] * few).sum(axis=1).min() > 0.999


def test_no_texts_give_an_empty_matrix(encoder: SentenceEncoder) -> None:
    """An empty call keeps the number of columns."""
    assert encoder.encode([]).shape == (0, 384)


def test_near_meanings_are_near(encoder: SentenceEncoder) -> None:
    """The vectors carry meaning: a paraphrase is closer than another subject."""
    one, same, other = encoder.encode(
        ["Soldiers crossed the border.", "Troops went over the frontier.", "The cake tasted sweet."]
    )
    assert one @ same > one @ other + 0.2


def test_threads_share_one_model() -> None:
    """Several threads at once load it once and get the same rows."""
    encoder = SentenceEncoder()
    with ThreadPoolExecutor(4) as pool:
        models = list(pool.map(lambda _: id(encoder.load()), range(4)))
        rows = list(pool.map(lambda _: encoder.encode(["The harbour is closed."]), range(4)))
    assert len(set(models)) == 1
    assert all(np.allclose(rows[0], row, atol=1e-6) for row in rows)


def test_it_is_an_encoder(encoder: SentenceEncoder) -> None:
    """It satisfies the protocol, and its name is the model's."""
    one: Encoder = encoder
    assert one.name == PACKAGED
    assert SentenceEncoder(packaged_model_folder()).name == packaged_model_folder().name


@pytest.mark.parametrize("model", ["absent/model", "/no/such/folder"])
def test_an_absent_model_is_one_clear_line(model: str) -> None:
    """A model that is not there is reported in one line that names it."""
    with pytest.raises(EncoderUnavailable) as caught:
        SentenceEncoder(model).load()
    assert model in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_broken_folder_is_one_clear_line(tmp_path: Path) -> None:
    """A folder without a model in it is reported the same way."""
    (tmp_path / "modules.json").write_text("[")
    with pytest.raises(EncoderUnavailable) as caught:
        SentenceEncoder(tmp_path).load()
    assert "\n" not in str(caught.value)


def test_importing_loads_no_torch() -> None:
    """Nothing heavy is imported until a vector is asked for."""
    code = (
        "import sys, summarizer.pipeline, summarizer.encode;"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'sklearn'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(st.lists(st.integers(0, 600), max_size=60), st.integers(1, 2048), st.booleans())
def test_batches_hold_every_text_once_and_are_bounded(
    lengths: list[int], most: int, powers_of_two: bool
) -> None:
    """Like lengths together: no batch is larger than so many tokens, padding included."""
    found = batches(lengths, most, powers_of_two=powers_of_two)
    assert sorted(at for batch in found for at in batch) == list(range(len(lengths)))
    for batch in found:
        assert len(batch) == 1 or len(batch) * max(lengths[at] for at in batch) <= most
        assert not powers_of_two or len(batch).bit_count() == 1


def test_sentences_are_not_padded_to_the_longest_of_the_article() -> None:
    """One long sentence among many short ones does not make all of them as expensive."""
    lengths = [125, 110, *[15] * 30]
    found = batches(lengths, 512)
    padded = sum(len(batch) * max(lengths[at] for at in batch) for batch in found)
    assert padded < 1.1 * sum(lengths)


def test_what_is_read_of_texts_is_counted_in_tokens(encoder: SentenceEncoder) -> None:
    """Of two texts with as many letters one may cost the model several times the other."""
    texts = ["government " * 8, "zqxjkvwpyf " * 8, "word " * 2000]
    plain, odd, long = encoder._lengths(encoder.load(), texts)
    assert odd > 2 * plain
    assert long == 256


def test_a_batch_of_mixed_lengths_gives_each_text_its_own_vector(encoder: SentenceEncoder) -> None:
    """In the order asked for, as if each were alone."""
    texts = ["The pass is open. " * (1 + 13 * (n % 5)) + f"Number {n}." for n in range(24)]
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert (encoder.encode(texts) * alone).sum(axis=1).min() > 0.9999
