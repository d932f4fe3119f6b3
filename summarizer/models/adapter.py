"""A LoRA adapter: a small file that changes a writer's weights once, when the model loads.

Reads the layout that the PEFT library saves (E. Hu and others, 2021: W + scale * B @ A) and
`geobrief.toml` beside it: `scale`, and a `[form]` with the words that its training used.
"""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from summarizer.write import NEWS, Form, WriterUnavailable

WEIGHTS, CONFIG, OURS = "adapter_model.safetensors", "adapter_config.json", "geobrief.toml"
SHIPPED = Path(__file__).with_name("writer_adapter")
"""The adapter of the packaged writer; none is shipped while this folder does not exist."""

_PREFIX = "base_model.model."
_UNKNOWN = ("modules_to_save", "rank_pattern", "alpha_pattern", "use_dora", "fan_in_fan_out")
"""Settings that change how the weights are to be read; we read the plain form only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """An adapter's files and how strongly they count: 1 as trained, 0 not at all."""

    folder: Path
    scale: float
    strength: float
    """What B @ A is multiplied by before `scale`: alpha / rank."""
    form: Form
    revision: str
    """The start of the sum over weights and form."""

    @property
    def name(self) -> str:
        """The folder's name, the revision and the scale where it is not 1, for receipts."""
        scale = "" if self.scale == 1 else f" x{self.scale:g}"
        return f"{self.folder.name} {self.revision}{scale}"


def read_adapter(folder: Path, scale: float | None = None, form: Form | None = None) -> Adapter:
    """Read an adapter's settings and sums; its weights are read when a model takes them.

    `scale` and `form` (how its writer is asked) come before what geobrief.toml says; without
    either it counts fully and is asked in the common way. Raises WriterUnavailable in one line.
    """
    try:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
        digest = hashlib.sha256((folder / WEIGHTS).read_bytes())
        ours = (folder / OURS).read_text("utf-8") if (folder / OURS).is_file() else ""
        said = tomllib.loads(ours)
        form = form or (Form(**said["form"]) if "form" in said else NEWS)
        scale = float(said.get("scale", 1.0)) if scale is None else scale
        strength = _strength(config)
    except OSError as error:
        raise _unusable(folder, f"{error.filename} cannot be read") from error
    except (ValueError, TypeError, KeyError, AttributeError, ZeroDivisionError) as error:
        raise _unusable(folder, f"{CONFIG} or {OURS} is not as expected: {error}") from error
    digest.update(repr(form).encode())
    return Adapter(
        folder=folder,
        scale=scale,
        strength=strength,
        form=form,
        revision=digest.hexdigest()[:12],
    )


def merge(model: Any, adapter: Adapter) -> None:
    """Add the adapter to the weights of a transformers model, in place.

    Raises ValueError when it was made for another model.
    """
    import torch
    from safetensors import safe_open

    modules = dict(model.named_modules())
    with (
        torch.no_grad(),
        safe_open(adapter.folder / WEIGHTS, "pt") as tensors,
    ):
        names = {key.rpartition(".lora_")[0] for key in tensors.keys() if ".lora_" in key}  # noqa: SIM118
        if not names or 2 * len(names) != len(list(tensors.keys())):
            raise ValueError("it holds no LoRA weights, or others beside them")
        for name in sorted(names):
            down = tensors.get_tensor(f"{name}.lora_A.weight").float()
            up = tensors.get_tensor(f"{name}.lora_B.weight").float()
            weight = getattr(modules.get(name.removeprefix(_PREFIX)), "weight", None)
            if weight is None or weight.shape != (up.shape[0], down.shape[1]):
                raise ValueError(f"it was made for another model ({name.removeprefix(_PREFIX)})")
            change = (adapter.scale * adapter.strength) * (up @ down)
            weight.copy_((weight.float() + change.to(weight.device)).to(weight.dtype))


def _strength(config: dict[str, Any]) -> float:
    if config.get("peft_type") != "LORA" or config.get("bias", "none") != "none":
        raise ValueError("only LoRA without biases is read")
    if strange := [name for name in _UNKNOWN if config.get(name)]:
        raise ValueError(f"{', '.join(strange)} is not read")
    rank = config["r"]
    return float(config["lora_alpha"] / (math.sqrt(rank) if config.get("use_rslora") else rank))


def _unusable(folder: Path, why: str) -> WriterUnavailable:
    return WriterUnavailable(f"the writer's adapter {folder} cannot be used: {why}", permanent=True)
