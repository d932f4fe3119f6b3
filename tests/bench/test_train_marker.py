"""The marker learns, with a tiny real model: from changed words, and from verdicts alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny_models import build_causal

from bench.train_marker import Row, joined, marks_of, read_rows, train
from summarizer.marking import LAYERS, Marker, read_before
from summarizer.models.local import LocalWriter
from summarizer.models.memory import Loaded
from summarizer.reading import before_of, tokens_of

SOURCES = ("The ships wait in the port.", "The port is open.", "Ten ships left.")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """A tiny model with more layers than the marker wants."""
    folder = build_causal(tmp_path_factory.mktemp("tiny"), window=1024, layers=LAYERS + 1)
    with LocalWriter(folder, name="tiny", precision="float32").lent() as loaded:
        return loaded


def rows(model: Loaded, sentences: list[str], false: list[bool]) -> list[Row]:
    """Each sentence after a source; all tokens of a false one are changed."""
    own = [tokens_of(model, one) for one in sentences]
    before = [before_of(model, SOURCES[at % len(SOURCES)]) for at in range(len(own))]
    changed = [[wrong] * len(one) for wrong, one in zip(false, own, strict=True)]
    return read_rows(model.model.model, before, own, changed)


def test_what_is_kept_of_the_sources_is_what_was_read(model: Loaded) -> None:
    """Put side by side again, keys and values are the model's own, whatever stood beside."""
    kept = rows(model, ["It is open.", "It is not."], [False, True])
    together = joined(kept)
    for at, row in enumerate(kept):
        alone = read_before(model.model.model, [before_of(model, SOURCES[at])[:-1]])
        places = row.kept.shape[3]
        for layer in (0, LAYERS - 1):
            expected = alone.cache.layers[layer].keys[0]
            assert torch.allclose(
                together.cache.layers[layer].keys[at, :, -places:], expected, atol=1e-4
            )
        assert int(together.seen[at].sum()) == places


def test_it_learns_from_changed_words_and_from_verdicts(model: Loaded) -> None:
    """After training false sentences are marked above true ones, each kind of lesson counting."""
    true, wrong = "The port is open today.", "Seven towers fell down."
    sentences, false = [true, wrong] * 6, [False, True] * 6
    learned = rows(model, sentences, false)
    summaries = [[row] for row in learned]
    labels = np.array([1, 0] * 6)
    tensors = train(model.model.model, learned * 20, summaries * 4, np.tile(labels, 4), np.ones(48))
    assert all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values())
    marks = marks_of(model.model.model, tensors, learned[:2])
    assert float(marks[0].mean()) < float(marks[1].mean())
    assert Marker(tensors).tensors["norm.weight"].dtype == torch.float16
