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
        row = SideBySide(self.model, 1, None)
        row.read([tokens])
        self._kept = [*self._kept, Beginning(tokens=list(tokens), cache=row.cache)]
        self._kept = self._kept[-_KEPT_BEGINNINGS:]
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


class SideBySide:
    """The common cache of several rows, and which of its places each may see.

    Every row begins with the tokens of `beginning`, which are read already.
    """

    def __init__(self, model: Any, count: int, beginning: Beginning | None) -> None:
        self._model = model
        self.cache = copy.deepcopy(beginning.cache) if beginning else _new_cache(model)
        if beginning and count > 1:
            self.cache.batch_repeat_interleave(count)
        self.seen = [[1] * (len(beginning.tokens) if beginning else 0) for _ in range(count)]

    def read(self, tokens: Sequence[Sequence[int]]) -> Any:
        """Read each row's next tokens, padded on the left; give the logits behind the last.

        Those are a tensor, rows by words of the vocabulary.
        """
        width = max(map(len, tokens))
        padded = [[0] * (width - len(one)) + list(one) for one in tokens]
        for row, one in zip(self.seen, tokens, strict=True):
            row.extend([0] * (width - len(one)) + [1] * len(one))
        return _run(self._model, padded, self.cache, self.seen, keep=1)[:, -1]

    def select(self, left: Sequence[int]) -> None:
        """Go on with these rows only."""
        import torch

        if len(left) < len(self.seen):
            self.cache.batch_select_indices(torch.tensor(left, device=self._model.device))
            self.seen = [self.seen[at] for at in left]


class _Batch:
    """The rows that still write."""

    def __init__(self, model: Any, rows: Sequence[_Row], beginning: Beginning | None) -> None:
        self._model = model
        self._rows = list(rows)
        self._shared = len(beginning.tokens) if beginning else 0
        self._beside = SideBySide(model, len(rows), beginning)

    def read(self) -> list[int]:
        """Read the prompts behind what they share; give the next tokens."""
        logits = self._beside.read([row.history[self._shared :] for row in self._rows])
        found: list[int] = logits.argmax(dim=-1).tolist()
        return found

    def narrow(self) -> bool:
        """Leave out the rows that are done; give whether any is left."""
        left = [at for at, row in enumerate(self._rows) if not row.done]
        if left:
            self._beside.select(left)
            self._rows = [self._rows[at] for at in left]
        return bool(left)

    def step(self, ends: frozenset[int]) -> None:
        """Read each row's last token and its guesses; take what the model confirms and one more."""
        most = min(_MOST_GUESSES, max(1, _TOKENS_AT_ONCE // len(self._rows) - 1))
        guessed = [_guess(row.history, min(most, row.room)) for row in self._rows]
        width = 1 + max(map(len, guessed))
        seen, cache = self._beside.seen, self._beside.cache
        tokens, before = [], len(seen[0])
        for at, row in enumerate(self._rows):
            pad = width - 1 - len(guessed[at])
            tokens.append([row.history[-1], *guessed[at], *[0] * pad])
            seen[at] += [1] * (width - pad) + [0] * pad
        logits = _run(self._model, tokens, cache, seen, keep=width)
        likeliest: list[list[int]] = logits.argmax(dim=-1).tolist()
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
            seen[at][before + 1 + confirmed :] = [0] * rest
            used = max(used, 1 + confirmed)
        if used < width:  # no row has anything behind that place
            cache.crop(used - width)
            self._beside.seen = [row[: before + used] for row in seen]


def _new_cache(model: Any) -> Any:
    from transformers import DynamicCache

    return DynamicCache(config=model.config)


def _run(
    model: Any, tokens: list[list[int]], cache: Any, seen: list[list[int]], *, keep: int
) -> Any:
    """One pass; give the logits behind each of the last `keep` tokens of each row.

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
    return out.logits


def _guess(history: Sequence[int], most: int) -> list[int]:
    """What followed the last time that the row's last tokens stood in it before."""
    for size in range(_LONGEST_MATCH, 0, -1):
        tail = list(history[-size:])
        for start in range(len(history) - size - 1, -1, -1):
            if history[start : start + size] == tail:
                return list(history[start + size : start + size + most])
    return []
