"""Greedy decoding of one or several prompts at once, with what they begin with read once.

Knows tensors and caches, not texts. Prompt lookup (A. Saxena, 2023) guesses next tokens from
the row's own prompt and lets the model confirm them in one pass; rejected guesses stay in the
cache behind the attention mask. In exact arithmetic the tokens are plain greedy decoding's.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from summarizer.models.window import loop_start
from summarizer.write import Stop, WriterStopped

_LONGEST_MATCH = 3
_TOKENS_AT_ONCE = 96
"""How many tokens a pass reads over all rows: more take longer than what they confirm saves."""
_MOST_GUESSES = 15
"""Of one row. In float32 a pass of 16 tokens takes 2.7 times as long as one of a single token, one
of 11 tokens 3.5 times (few rows are multiplied one by one): with ten guesses it brought nothing."""
_LEAST_SHARED = 16
_KEPT_BEGINNINGS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """The tokens that prompts begin with, and what the model made of them (one row)."""

    tokens: list[int]
    cache: Any


@dataclass(slots=True, kw_only=True)
class _Row:
    """A prompt and what was written after it; `history` is both."""

    history: list[int]
    prompt: int
    room: int
    done: bool = False

    @property
    def written(self) -> list[int]:
        return self.history[self.prompt :]

    def take(self, token: int, ends: frozenset[int]) -> None:
        """Take the next token unless the row is done with it."""
        if token in ends:
            self.done = True
            return
        self.history.append(token)
        self.done = len(self.written) >= self.room or loop_start(self.written) is not None


@dataclass(slots=True)
class Beginnings:
    """The last few beginnings that prompts had in common, such as a system message."""

    model: Any
    _kept: list[Beginning] = field(default_factory=list)

    def of(self, tokens: Sequence[int]) -> Beginning | None:
        """Give the model's reading of `tokens`, made now or kept; None where that is too little."""
        if len(tokens) < _LEAST_SHARED:
            return None
        for at, known in enumerate(self._kept):
            if known.tokens == list(tokens):
                self._kept.append(self._kept.pop(at))
                return known
        cache = _new_cache(self.model)
        _run(self.model, [list(tokens)], cache, [[1] * len(tokens)], keep=1)
        self._kept = [*self._kept, Beginning(tokens=list(tokens), cache=cache)][-_KEPT_BEGINNINGS:]
        return self._kept[-1]


def can_decode(model: Any) -> bool:
    """Whether the model takes positions and keeps a plain cache, which `greedy` needs."""
    from transformers.cache_utils import DynamicLayer

    takes = inspect.signature(model.forward).parameters
    if getattr(model, "_is_stateful", False) or not {"position_ids", "logits_to_keep"} <= set(
        takes
    ):
        return False
    layers = _new_cache(model).layers
    return all(type(layer) is DynamicLayer for layer in layers)


def greedy(
    model: Any,
    prompts: Sequence[Sequence[int]],
    *,
    room: Sequence[int],
    ends: frozenset[int],
    beginning: Beginning | None,
    stop: Stop,
) -> list[list[int]]:
    """Write at most `room` tokens after each prompt: the likeliest one, each time.

    Every prompt begins with the tokens of `beginning` and has more of its own. `ends` are the
    tokens that end a text. A text that goes in circles is ended. Raises WriterStopped when
    `stop()` became true.
    """
    rows = [
        _Row(history=list(prompt), prompt=len(prompt), room=most)
        for prompt, most in zip(prompts, room, strict=True)
    ]
    batch = _Batch(model, rows, beginning)
    for row, token in zip(rows, batch.read(), strict=True):
        row.take(token, ends)
    while batch.narrow():
        if stop():
            raise WriterStopped
        batch.step(ends)
    return [row.written for row in rows]


class _Batch:
    """The rows that still write, their common cache, and which of its places each may see."""

    def __init__(self, model: Any, rows: Sequence[_Row], beginning: Beginning | None) -> None:
        self._model = model
        self._rows = list(rows)
        self._shared = len(beginning.tokens) if beginning else 0
        self._cache = copy.deepcopy(beginning.cache) if beginning else _new_cache(model)
        if beginning and len(rows) > 1:
            self._cache.batch_repeat_interleave(len(rows))
        self._seen: list[list[int]] = []

    def read(self) -> list[int]:
        """Read the prompts, padded on the left behind what they share; give the next tokens."""
        own = [row.history[self._shared :] for row in self._rows]
        width = max(map(len, own))
        tokens = [[0] * (width - len(one)) + one for one in own]
        self._seen = [[1] * self._shared + [0] * (width - len(one)) + [1] * len(one) for one in own]
        return [last[-1] for last in _run(self._model, tokens, self._cache, self._seen, keep=1)]

    def narrow(self) -> bool:
        """Leave out the rows that are done; give whether any is left."""
        import torch

        left = [at for at, row in enumerate(self._rows) if not row.done]
        if left and len(left) < len(self._rows):
            self._cache.batch_select_indices(torch.tensor(left, device=self._model.device))
            self._rows = [self._rows[at] for at in left]
            self._seen = [self._seen[at] for at in left]
        return bool(left)

    def step(self, ends: frozenset[int]) -> None:
        """Read each row's last token and its guesses; take what the model confirms and one more."""
        most = min(_MOST_GUESSES, max(1, _TOKENS_AT_ONCE // len(self._rows) - 1))
        guessed = [_guess(row.history, min(most, row.room)) for row in self._rows]
        width = 1 + max(map(len, guessed))
        tokens, before = [], len(self._seen[0])
        for at, row in enumerate(self._rows):
            pad = width - 1 - len(guessed[at])
            tokens.append([row.history[-1], *guessed[at], *[0] * pad])
            self._seen[at] += [1] * (width - pad) + [0] * pad
        likeliest = _run(self._model, tokens, self._cache, self._seen, keep=width)
        used = 1
        for at, row in enumerate(self._rows):
            confirmed = 0
            for guess, token in zip(guessed[at], likeliest[at], strict=False):
                if guess != token or row.done:
                    break
                row.take(token, ends)
                confirmed += 1
            if not row.done:
                row.take(likeliest[at][confirmed], ends)
            rest = width - 1 - confirmed
            self._seen[at][before + 1 + confirmed :] = [0] * rest
            used = max(used, 1 + confirmed)
        if used < width:  # no row has anything behind that place
            self._cache.crop(used - width)
            self._seen = [seen[: before + used] for seen in self._seen]


def _new_cache(model: Any) -> Any:
    from transformers import DynamicCache

    return DynamicCache(config=model.config)


def _run(
    model: Any, tokens: list[list[int]], cache: Any, seen: list[list[int]], *, keep: int
) -> list[list[int]]:
    """One pass; give the likeliest next token after each of the last `keep` tokens of each row.

    `seen` tells for each place of the cache, these tokens included, whether its row sees it.
    """
    import torch

    device = model.device
    mask = torch.tensor(seen, device=device)
    positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, -len(tokens[0]) :]
    with torch.inference_mode():
        out = model(
            input_ids=torch.tensor(tokens, device=device),
            attention_mask=None if bool(mask.all()) else mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=keep,
        )
    found: list[list[int]] = out.logits.argmax(dim=-1).tolist()
    return found


def _guess(history: Sequence[int], most: int) -> list[int]:
    """What followed the last time that the row's last tokens stood in it before."""
    for size in range(_LONGEST_MATCH, 0, -1):
        tail = list(history[-size:])
        for start in range(len(history) - size - 1, -1, -1):
            if history[start : start + size] == tail:
                return list(history[start + size : start + size + most])
    return []
