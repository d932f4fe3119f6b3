"""A LoRA adapter changes the weights as PEFT does, and refuses in one line what it cannot read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tiny_models import build_adapter, build_causal

from summarizer.models.adapter import merge, read_adapter
from summarizer.models.local import LocalWriter
from summarizer.write import NEWS, WriterUnavailable


@pytest.fixture(scope="module")
def causal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny chat model's folder."""
    return build_causal(tmp_path_factory.mktemp("causal"))


@pytest.fixture
def adapter(tmp_path: Path, causal: Path) -> Path:
    """An adapter of that model."""
    return build_adapter(tmp_path / "terse", causal, rank=4, alpha=8)


def model(folder: Path) -> Any:
    """The transformers model in a folder."""
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder)


def test_weights_change_by_scale_times_alpha_over_rank(causal: Path, adapter: Path) -> None:
    """W + scale * alpha / rank * B @ A, in every module named and in no other."""
    import torch
    from safetensors.torch import load_file

    before, after = model(causal), model(causal)
    merge(after, read_adapter(adapter, 0.5))
    tensors = load_file(adapter / "adapter_model.safetensors")
    names = dict(after.named_parameters())
    changed = 0
    for name, weight in before.named_parameters():
        key = f"base_model.model.{name.removesuffix('.weight')}"
        change = torch.zeros_like(weight)
        if f"{key}.lora_A.weight" in tensors:
            up, down = tensors[f"{key}.lora_B.weight"], tensors[f"{key}.lora_A.weight"]
            change = 0.5 * 8 / 4 * up @ down
            changed += 1
        assert torch.allclose(names[name], weight + change, atol=1e-5)
    assert 2 * changed == len(tensors)


def test_a_writer_with_an_adapter_writes_and_is_named_after_both(
    causal: Path, adapter: Path
) -> None:
    """Other weights write another text; receipts tell model, adapter, revision and scale."""
    plain = LocalWriter(causal, name="tiny", precision="float32")
    read = read_adapter(adapter, 0.5)
    tuned = LocalWriter(causal, name="tiny", precision="float32", adapter=read)
    off = LocalWriter(causal, name="tiny", precision="float32", adapter=read_adapter(adapter, 0))
    texts = [
        made.generate("s", "The ships wait.", max_tokens=12, stop=lambda: False)
        for made in (plain, tuned, off)
    ]
    assert texts[0] == texts[2] != texts[1]
    assert tuned.name == f"tiny + terse {read.revision} x0.5"


def test_the_adapter_says_how_it_is_asked(causal: Path, adapter: Path) -> None:
    """Its own form and scale hold, and belong to its revision; without a file ours do."""
    bare = read_adapter(adapter)
    (adapter / "geobrief.toml").write_text(
        'scale = 0.75\n[form]\nsystem = "Shorten to {count}."\narticle = "[{outlet}]\\n{text}"\n',
        "utf-8",
    )
    own = read_adapter(adapter)
    assert (bare.form, bare.scale) == (NEWS, 1)
    assert (own.form.system, own.scale) == ("Shorten to {count}.", 0.75)
    assert own.revision != bare.revision
    made = LocalWriter(causal, name="tiny", adapter=own)
    assert made.form(lambda: False).article == "[{outlet}]\n{text}"
    assert not made.is_loaded


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"peft_type": "IA3"}, "only LoRA"),
        ({"use_dora": True}, "use_dora is not read"),
        ({"r": 0}, "not as expected"),
        ({"lora_alpha": None}, "not as expected"),
    ],
)
def test_what_cannot_be_read_is_one_line(
    adapter: Path, change: dict[str, object], why: str
) -> None:
    """A kind of adapter that would be read wrongly is refused, with the folder's name."""
    path = adapter / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | change), "utf-8")
    with pytest.raises(WriterUnavailable, match=why) as error:
        read_adapter(adapter)
    assert "\n" not in str(error.value)
    assert error.value.permanent


def test_a_missing_adapter_is_one_line(tmp_path: Path) -> None:
    """The file that is not there is named."""
    with pytest.raises(WriterUnavailable, match=r"adapter_config\.json cannot be read"):
        read_adapter(tmp_path / "gone")


def test_an_adapter_of_another_model_is_refused(tmp_path: Path, causal: Path) -> None:
    """Shapes that do not fit end in one line when the model is loaded."""
    from safetensors.torch import load_file, save_file

    folder = build_adapter(tmp_path / "other", causal)
    path = folder / "adapter_model.safetensors"
    tensors = {name: tensor[:, :-1].contiguous() for name, tensor in load_file(path).items()}
    save_file(tensors, path)
    made = LocalWriter(causal, name="tiny", adapter=read_adapter(folder))
    with pytest.raises(WriterUnavailable, match="another model"):
        made.load()
