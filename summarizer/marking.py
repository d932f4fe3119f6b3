"""Marks the words of a written sentence that the sources before it do not support.

The packaged writer's lower layers read the sentence through a low-rank adapter (E. Hu and others,
2021) that was trained for it; the sources they read as they are, so what was read of them serves
for writing, likelihoods and marks alike. Trained by bench/train_reader.py; knows no verdicts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

LAYERS = 16
"""How many layers read for the marks. Of frozen ones the states of 8, 12, 16 and 20 were tried."""

ADAPTED = (
    *("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj"),
    *("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"),
)
"""The parts of each layer that are adapted."""

DOWN, UP = "down", "up"
"""The adapter's two matrices: to few numbers, and from them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What a model read before the sentences: its cache, and which of its places hold a token.

    `seen` has shape (rows, places), 1 or 0; the texts end at the last place.
    """

    cache: Any
    seen: torch.Tensor

    def forget(self) -> None:
        """Take out of the cache what was read after it."""
        if (more := self.cache.get_seq_length() - self.seen.shape[1]) > 0:
            self.cache.crop(-more)


def read_before(model: Any, texts: Sequence[Sequence[int]]) -> Before:
    """Let a causal model (its layers, without the head) read tokens side by side."""
    import torch
    from transformers import DynamicCache

    width = max(map(len, texts))
    ids = torch.tensor([[0] * (width - len(text)) + [*text] for text in texts])
    seen = torch.tensor([[0] * (width - len(text)) + [1] * len(text) for text in texts])
    cache = DynamicCache(config=model.config)
    if width:
        model(
            input_ids=ids.to(model.device),
            attention_mask=seen.to(model.device),
            position_ids=(seen.cumsum(1) - 1).clamp(min=0).to(model.device),
            past_key_values=cache,
            use_cache=True,
        )
    return Before(cache=cache, seen=seen)


def read_on(model: Any, before: Before, texts: Sequence[Sequence[int]]) -> torch.Tensor:
    """The last layer's states after each further token; shape (rows, longest text, width).

    What stands behind a shorter text means nothing. The cache keeps what was read.
    """
    import torch

    width = max(map(len, texts))
    ids = torch.tensor([[*text] + [0] * (width - len(text)) for text in texts])
    own = torch.tensor([[1] * len(text) + [0] * (width - len(text)) for text in texts])
    places = before.seen.sum(1, keepdim=True) + torch.arange(width)
    states: torch.Tensor = model(
        input_ids=ids.to(model.device),
        attention_mask=torch.cat([before.seen, own], 1).to(model.device),
        position_ids=places.to(model.device),
        past_key_values=before.cache,
        use_cache=True,
    ).last_hidden_state
    return states


class Marker:
    """The adapter and what makes marks of the states; its tensors may still be learning.

    `tensors` has "norm.weight", "norm.bias", "head.weight" and "head.bias", and for each layer
    and part of ADAPTED "0.mlp.up_proj.down" and "....up".
    """

    def __init__(self, tensors: Mapping[str, torch.Tensor]) -> None:
        self.tensors = tensors

    def marks(
        self, model: Any, before: Before, texts: Sequence[Sequence[int]]
    ) -> list[torch.Tensor]:
        """For each text a logit for each token but the first: how likely it is unsupported.

        The first token of a text is the last one of what stands before it.
        """
        import torch

        own = self.tensors
        with shallow(model), self._adapting(model):
            states = read_on(model, before, texts).float()
        normal = torch.nn.functional.layer_norm(
            states, states.shape[-1:], own["norm.weight"].float(), own["norm.bias"].float()
        )
        logits = (normal @ own["head.weight"].float().T + own["head.bias"].float()).squeeze(-1)
        return [logits[row, 1 : len(text)] for row, text in enumerate(texts)]

    @contextmanager
    def _adapting(self, model: Any) -> Iterator[None]:
        handles = []
        try:
            for at, layer in enumerate(model.layers):
                for part in ADAPTED:
                    down = self.tensors[f"{at}.{part}.{DOWN}"]
                    up = self.tensors[f"{at}.{part}.{UP}"]
                    module = layer.get_submodule(part)
                    handles.append(module.register_forward_hook(_adding(down, up)))
            yield
        finally:
            for handle in handles:
                handle.remove()


def _adding(down: torch.Tensor, up: torch.Tensor) -> Any:
    from torch.nn.functional import linear

    def hook(_module: Any, given: tuple[torch.Tensor, ...], out: torch.Tensor) -> torch.Tensor:
        return out + linear(linear(given[0], down.to(out.dtype)), up.to(out.dtype))

    return hook


@contextmanager
def shallow(model: Any) -> Iterator[None]:
    """Leave out the layers above LAYERS and the norm behind them."""
    import torch

    layers, norm = model.layers, model.norm
    model.layers, model.norm = layers[:LAYERS], torch.nn.Identity()
    try:
        yield
    finally:
        model.layers, model.norm = layers, norm
