"""Writing through transformers' own `generate`, and what ends a text before its model does.

For models that `decode` cannot run: encoders with a decoder, states instead of caches. Knows
tensors, not texts.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator, Sequence
from typing import Any

from summarizer.models.memory import Loaded, quiet
from summarizer.models.window import loop_start
from summarizer.write import Stop, WriterStopped


def generate(
    loaded: Loaded, rows: Sequence[list[int]], room: Sequence[int], stop: Stop
) -> list[list[int]]:
    """Write at most `room` tokens for each row of tokens, greedily.

    Encoders take the rows side by side; others, whose states know no padding, one by one.
    Raises WriterStopped when `stop()` became true.
    """
    if loaded.seq2seq:
        return _together(loaded, rows, room, stop)
    return [_together(loaded, [row], [most], stop)[0] for row, most in zip(rows, room, strict=True)]


def _together(
    loaded: Loaded, rows: Sequence[list[int]], room: Sequence[int], stop: Stop
) -> list[list[int]]:
    import torch

    width = max(map(len, rows))
    pad = loaded.tokenizer.pad_token_id or 0
    ids = torch.tensor([row + [pad] * (width - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    start = 0 if loaded.seq2seq else width
    config = _greedy(loaded, max(room))
    with quiet():
        tokens = loaded.model.generate(
            input_ids=ids.to(loaded.device),
            attention_mask=mask.to(loaded.device),
            generation_config=config,
            stopping_criteria=[_Watch(stop, start)],
        )
    return [
        [token for token in row[start:].tolist() if token != config.pad_token_id][:most]
        for row, most in zip(tokens, room, strict=True)
    ]


class _Watch:
    """A stopping criterion: asks `stop()` at every token, ends a text that goes in circles."""

    def __init__(self, stop: Stop, prompt_tokens: int) -> None:
        self._stop = stop
        self._prompt_tokens = prompt_tokens

    def __call__(self, input_ids: Any, scores: Any, **options: Any) -> Any:
        import torch

        if self._stop():
            raise WriterStopped
        written = input_ids[:, self._prompt_tokens :].tolist()
        circling = [loop_start(row) is not None for row in written]
        return torch.tensor(circling, device=input_ids.device)


def _greedy(loaded: Loaded, max_tokens: int) -> Any:
    config = copy.deepcopy(loaded.model.generation_config)
    # Neutral values, not None: generate() fills a None with the model's own setting. A
    # penalty on repetition would push the text away from its source's words.
    config.update(
        do_sample=False,
        num_beams=1,
        num_beam_groups=1,
        temperature=1.0,
        top_p=1.0,
        top_k=50,
        repetition_penalty=1.0,
        encoder_repetition_penalty=1.0,
        no_repeat_ngram_size=0,
        encoder_no_repeat_ngram_size=0,
        length_penalty=1.0,
        early_stopping=False,
        min_length=0,
        min_new_tokens=0,
        max_length=None,
        max_new_tokens=max_tokens,
    )
    if config.pad_token_id is None:
        pad, end = loaded.tokenizer.pad_token_id, config.eos_token_id
        config.pad_token_id = pad if pad is not None else (end[0] if isinstance(end, list) else end)
    return config


@contextlib.contextmanager
def stopping_layers(model: Any, stop: Stop) -> Iterator[None]:
    """Ask at every layer as well: reading a long prompt takes seconds before the first token."""
    import torch

    def ask(*_: object) -> None:
        if stop():
            raise WriterStopped

    layers = [
        layer
        for module in model.modules()
        if isinstance(module, torch.nn.ModuleList)
        for layer in module
    ]
    handles = [layer.register_forward_pre_hook(ask) for layer in layers]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
