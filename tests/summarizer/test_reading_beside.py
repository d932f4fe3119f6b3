"""What a language model says of a sentence beside its sources, with a tiny real model."""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import Any

import pytest
from ferry_report import REPORT, evidence
from tiny_models import build_causal

from summarizer.marking import ADAPTED, DOWN, LAYERS, UP, Marker, read_before
from summarizer.models.lending import Lender
from summarizer.models.local import LocalWriter
from summarizer.models.memory import Loaded
from summarizer.reading import (
    NAMES,
    Read,
    Reader,
    ReaderUnavailable,
    before_of,
    measures,
    nearest,
    overlaps,
    read_beside,
    shown,
    tokens_of,
)
from summarizer.write import WriterUnavailable


def marker_of(model: Loaded, seed: int, up: float = 0.3) -> Marker:
    """A marker with random weights for a model; `up` is how much its adapter changes."""
    import torch

    chance = torch.Generator().manual_seed(seed)
    width = model.model.config.hidden_size
    tensors = {
        "norm.weight": torch.ones(width),
        "norm.bias": torch.zeros(width),
        "head.weight": torch.randn(1, width, generator=chance),
        "head.bias": torch.zeros(1),
    }
    for at, layer in enumerate(model.model.model.layers[:LAYERS]):
        for part in ADAPTED:
            above, below = layer.get_submodule(part).weight.shape
            tensors[f"{at}.{part}.{DOWN}"] = torch.randn(2, below, generator=chance)
            tensors[f"{at}.{part}.{UP}"] = up * torch.randn(above, 2, generator=chance)
    return Marker(tensors)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """A tiny model with more layers than the marker wants."""
    folder = build_causal(tmp_path_factory.mktemp("tiny"), window=1024, layers=LAYERS + 2)
    writer = LocalWriter(folder, name="tiny", precision="float32")
    with writer.lent() as loaded:
        return loaded


def test_it_is_shown_the_sources_that_hold_the_sentence() -> None:
    """Rare words of the sentence choose the sources; they stand in the order of the text."""
    claim = "Ferries leave from the southern pier, says union leader Peder Brandt."
    found = [one.sentence.text for one in nearest(claim, evidence(), most_words=28)]
    assert found == [
        "The union leader Peder Brandt called the closure a betrayal of the islands.",
        "Ferries to the islands will leave from the southern pier until the spring.",
    ]
    assert shown(claim, evidence()).startswith("The harbour council")


def test_a_pronoun_brings_the_sentence_before_it() -> None:
    """Who "she" is stands in the text that is shown."""
    found = [one.sentence.text for one in nearest("The vote was painful.", evidence(), 20)]
    assert found[0].startswith("Mayor Ingrid Solheim")
    assert found[1] == "She called the vote painful."


def test_one_endless_sentence_is_shown_all_the_same(model: Loaded) -> None:
    """The nearest source is shown even where it alone is too long, and read in part."""
    text = "The council of Alvik " + "met and " * 900 + "voted."
    assert len(nearest("The council voted.", evidence(text))) == 1
    (one,) = read_beside(model, [text], ["The council voted."])
    assert len(one.own) == len(tokens_of(model, "The council voted."))


def test_likelihoods_are_the_model_s_own(model: Loaded) -> None:
    """Each token's is what the model gives it after sources, opening and the tokens before."""
    import torch

    source, sentence = "The ships wait.", "The port is open."
    (one,) = read_beside(model, [source], [sentence])
    own = tokens_of(model, sentence)
    for before, found in ((source, one.own), ("", one.alone)):
        ids = torch.tensor([before_of(model, before) + own])
        with torch.inference_mode():
            likely = torch.log_softmax(model.model(ids).logits[0].float(), -1)
        start = ids.shape[1] - len(own)
        by_hand = [float(likely[start + at - 1, word]) for at, word in enumerate(own)]
        assert found.tolist() == pytest.approx(by_hand, abs=1e-4)
    assert [bool(value) for value in one.held] == [word in before_of(model, source) for word in own]


def test_sentences_side_by_side_are_read_as_each_alone(model: Loaded) -> None:
    """Neither padding nor neighbours change what is read or marked."""
    sources = ["The ships wait. " * count for count in (1, 7, 3)]
    claims = ["The port is open." * count for count in (3, 1, 2)]
    marker = marker_of(model, 1)
    together = read_beside(model, sources, claims, marker)
    for at, one in enumerate(together):
        (alone,) = read_beside(model, [sources[at]], [claims[at]], marker)
        assert one.own.tolist() == pytest.approx(alone.own.tolist(), abs=1e-4)
        assert one.marks.tolist() == pytest.approx(alone.marks.tolist(), abs=1e-3)
        assert len(one.marks) == len(tokens_of(model, claims[at]))


def test_an_adapter_marks_and_leaves_the_model_as_it_was(model: Loaded) -> None:
    """The adapter changes marks, neither likelihoods nor what the model reads afterwards."""
    source, claim = ["The ships wait."], ["The port is open."]
    (plain,) = read_beside(model, source, claim)
    (weak,) = read_beside(model, source, claim, marker_of(model, 1, up=0.0))
    (strong,) = read_beside(model, source, claim, marker_of(model, 1))
    (after,) = read_beside(model, source, claim)
    assert plain.marks.tolist() == [0.0] * len(plain.own)
    assert weak.marks.tolist() != strong.marks.tolist()
    assert plain.own.tolist() == strong.own.tolist() == after.own.tolist()
    assert plain.alone.tolist() == after.alone.tolist()


def test_marks_are_those_of_the_merged_weights(model: Loaded) -> None:
    """On the sentence's own tokens the adapter is what adding its product to the weights is."""
    import torch

    marker = marker_of(model, 2)
    opening, own = before_of(model, ""), tokens_of(model, "The port is open.")
    layers = copy.deepcopy(model.model.model)
    with torch.no_grad():
        for at, layer in enumerate(layers.layers[:LAYERS]):
            for part in ADAPTED:
                down, up = (marker.tensors[f"{at}.{part}.{name}"] for name in (DOWN, UP))
                layer.get_submodule(part).weight += up @ down
        before = read_before(layers, [[]])
        merged = Marker(
            {n: torch.zeros_like(t) if n.endswith(UP) else t for n, t in marker.tensors.items()}
        )
        by_hand = merged.marks(layers, before, [[opening[-1], *own]])[0]
        found = marker.marks(
            model.model.model, read_before(model.model.model, [[]]), [[opening[-1], *own]]
        )[0]
    assert found.tolist() == pytest.approx(by_hand.tolist(), abs=1e-3)


def test_measures_counted_by_hand() -> None:
    """Four tokens, one of them foreign to the sources and marked."""
    import torch

    values: dict[str, Any] = {
        "own": [-1.0, -2.0, -6.0, -1.0],
        "alone": [-3.0, -3.0, -3.0, -3.0],
        "most": [-1.0, -1.0, -1.0, -1.0],
        "entropy": [1.0, 1.0, 1.0, 1.0],
        "held": [1.0, 1.0, 0.0, 1.0],
        "marks": [0.0, 0.0, 4.0, 0.0],
    }
    read = Read(**{name: torch.tensor(each) for name, each in values.items()})
    found = dict(zip(NAMES, measures(read), strict=False))
    assert found["gain"] == 0.5
    assert found["gain_low"] == 0.0
    assert found["foreign"] == -6
    assert found["whole"] == -10
    assert found["low"] == -3
    assert found["surprise_low"] == -2
    assert found["gap_low"] == -2
    assert found["held"] == 0.75
    assert found["marked_most"] == pytest.approx(-4, abs=1e-3)
    assert found["marked_three"] == pytest.approx(-4 / 3, abs=1e-3)
    assert found["marked"] == pytest.approx(-math.log(math.exp(4) + 3), abs=1e-3)


def test_shares_of_the_whole_sources() -> None:
    """A name counts as a whole, a word in any form the sources have it."""
    assert overlaps("Ingrid Solheim said 140 workers left.", REPORT) == [1.0, 0.8]
    assert overlaps("Ingrid Brandt said 140.", REPORT)[0] == 0.5
    assert len(NAMES) == 11 + len(overlaps("It rained.", REPORT))


def test_without_the_converted_model_one_line_says_so(tmp_path: Path) -> None:
    """Nothing is loaded or converted on the way; what is missing is told."""
    reader = Reader(Lender(tmp_path))
    assert not reader.is_ready
    with pytest.raises(ReaderUnavailable) as caught:
        reader.features(["The council voted."], evidence())
    assert "\n" not in str(caught.value)
    with pytest.raises(WriterUnavailable):
        Lender(tmp_path).writer()


def test_a_file_that_is_none_ends_in_one_line(tmp_path: Path) -> None:
    """Absent, damaged or of another shape: one line that says how to mend it."""
    import torch
    from safetensors.torch import save_file

    damaged, other = tmp_path / "damaged", tmp_path / "other"
    damaged.write_bytes(b"no tensors")
    told = {"name": "other", "turn": "0.5", "features": "[]"}
    save_file({"grid": torch.ones(1, 3), "mix": torch.ones(1)}, other, told)
    for path in (tmp_path / "absent", damaged, other):
        with pytest.raises(ReaderUnavailable, match="reinstall geobrief") as caught:
            Reader(Lender(tmp_path), path).load()
        assert "\n" not in str(caught.value)
