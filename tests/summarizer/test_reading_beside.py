"""What a language model says of a sentence beside its sources, with a tiny real model."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from ferry_report import REPORT, evidence
from tiny_models import build_causal

from summarizer.models.lending import Lender
from summarizer.models.local import LocalWriter
from summarizer.models.memory import Loaded
from summarizer.reading import (
    LAYER,
    NAMES,
    Probe,
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


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """A tiny model with as many layers as the probe wants."""
    folder = build_causal(tmp_path_factory.mktemp("tiny"), window=1024, layers=LAYER + 2)
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
    """Neither padding nor neighbours change what is read."""
    sources = ["The ships wait. " * count for count in (1, 7, 3)]
    claims = ["The port is open." * count for count in (3, 1, 2)]
    together = read_beside(model, sources, claims)
    for at, one in enumerate(together):
        (alone,) = read_beside(model, [sources[at]], [claims[at]])
        assert one.own.tolist() == pytest.approx(alone.own.tolist(), abs=1e-4)
        assert one.states.flatten().tolist() == pytest.approx(
            alone.states.flatten().tolist(), abs=1e-3
        )


def test_measures_counted_by_hand() -> None:
    """Four tokens, one of them foreign to the sources and marked by the probe."""
    import torch

    values: dict[str, Any] = {
        "own": [-1.0, -2.0, -6.0, -1.0],
        "alone": [-3.0, -3.0, -3.0, -3.0],
        "most": [-1.0, -1.0, -1.0, -1.0],
        "entropy": [1.0, 1.0, 1.0, 1.0],
        "held": [1.0, 1.0, 0.0, 1.0],
        "states": [[0.0], [0.0], [4.0], [0.0]],
    }
    read = Read(**{name: torch.tensor(each) for name, each in values.items()})
    probe = Probe(
        {
            "mean": torch.zeros(1), "spread": torch.ones(1),
            "in.weight": torch.ones(1, 1), "in.bias": torch.zeros(1),
            "out.weight": torch.ones(1, 1), "out.bias": torch.zeros(1),
        }
    )  # fmt: skip
    found = dict(zip(NAMES, measures(read, probe), strict=False))
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
