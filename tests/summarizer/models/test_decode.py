"""Several prompts at once are written as each alone, whatever is padded, guessed or shared."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from tiny_models import build_causal

from summarizer.models.decode import Beginnings, can_decode, greedy
from summarizer.models.window import common_start, side_by_side
from summarizer.write import WriterStopped

END = 2


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A tiny chat model in full precision."""
    import torch
    from transformers import AutoModelForCausalLM

    folder: Path = build_causal(tmp_path_factory.mktemp("causal"), window=512)
    loaded: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    with torch.no_grad():  # livelier than a fresh model, which says one token for ever
        for weight in loaded.parameters():
            weight.mul_(6 if weight.dim() > 1 else 1)
    return loaded.eval()


def prompts(count: int, shared: int = 24) -> list[list[int]]:
    """Prompts of different lengths with a common start, each with repetitions in it."""
    start = [(7 * at) % 250 + 20 for at in range(shared)]
    return [
        start + [(at * (row + 3)) % (11 + 13 * row) + 30 for at in range(5 + 17 * row % 60)]
        for row in range(count)
    ]


def by_hand(model: Any, prompt: list[int], room: int) -> list[int]:
    """The likeliest token, again and again, reading everything anew each time."""
    import torch

    tokens = list(prompt)
    with torch.inference_mode():
        for _ in range(room):
            best = int(model(torch.tensor([tokens])).logits[0, -1].argmax())
            if best == END:
                break
            tokens.append(best)
    return tokens[len(prompt) :]


def written(model: Any, rows: list[list[int]], room: int, *, shared: int = 0) -> list[list[int]]:
    """What the batch writes, with the first `shared` tokens read once."""
    beginning = Beginnings(model).of(rows[0][:shared])
    return greedy(
        model,
        rows,
        room=[room] * len(rows),
        ends=frozenset([END]),
        beginning=beginning,
        stop=lambda: False,
    )


@pytest.mark.parametrize("count", [1, 2, 7])
@pytest.mark.parametrize("shared", [0, 24])
def test_texts_are_those_of_greedy_decoding(model: Any, count: int, shared: int) -> None:
    """Padding, guesses, a shared start and rows that end early change no token."""
    rows = prompts(count)
    expected = [by_hand(model, row, 20) for row in rows]
    assert len({tuple(text) for text in expected}) == count
    assert written(model, rows, 20, shared=shared) == expected


def test_guesses_and_rejections_both_happen(model: Any) -> None:
    """The test above sees confirmed guesses as well as refused ones: passes are counted."""
    rows = prompts(7)
    passes = 0

    def count(*_: object) -> None:
        nonlocal passes
        passes += 1

    handle = model.register_forward_pre_hook(count)
    longest = max(len(text) for text in written(model, rows, 40))
    handle.remove()
    assert 2 < passes < longest


def test_each_row_has_its_own_room(model: Any) -> None:
    """A row that may say little ends, the others go on."""
    rows = prompts(3)
    texts = greedy(
        model, rows, room=[1, 12, 3], ends=frozenset(), beginning=None, stop=lambda: False
    )
    alone = [by_hand(model, row, 12) for row in rows]
    assert texts[0] == alone[0][:1]
    assert texts[2] == alone[2][:3]
    assert len(texts[1]) == 12


def test_a_beginning_is_read_once(model: Any) -> None:
    """The same start is given again; only a few are kept; too short a one is not worth it."""
    beginnings = Beginnings(model)
    start = prompts(1)[0][:24]
    first = beginnings.of(start)
    assert beginnings.of(start) is first
    assert beginnings.of(start[:3]) is None
    for more in range(6):
        beginnings.of([40 + more, *start])
    assert beginnings.of(start) is not first


@pytest.mark.parametrize("after", [0, 2])
def test_stop_ends_a_batch_at_any_token(model: Any, after: int) -> None:
    """The flag is asked before every pass."""
    answers = itertools.chain([False] * after, itertools.repeat(True))
    with pytest.raises(WriterStopped):
        greedy(
            model, prompts(3), room=[30] * 3, ends=frozenset(), beginning=None,
            stop=lambda: next(answers),
        )  # fmt: skip


def test_models_without_a_plain_cache_are_told_apart(model: Any) -> None:
    """A sliding window or a state cannot be decoded this way and is left to transformers."""
    from transformers import MambaConfig, MambaForCausalLM, MistralConfig, MistralForCausalLM

    sizes: Any = {"hidden_size": 16, "num_hidden_layers": 1, "vocab_size": 40}
    mistral = MistralConfig(
        **sizes, intermediate_size=16, num_attention_heads=2, num_key_value_heads=1,
        sliding_window=8,
    )  # fmt: skip
    assert can_decode(model)
    assert not can_decode(MistralForCausalLM(mistral))
    assert not can_decode(MambaForCausalLM(MambaConfig(**sizes, state_size=4)))


def test_prompts_of_like_length_stand_side_by_side() -> None:
    """Every prompt once, groups bounded in rows and in tokens, padding little."""
    sizes = [10, 500, 20, 480, 15, 490, 4000, 12]
    groups = side_by_side(sizes)
    assert sorted(at for group in groups for at in group) == list(range(8))
    assert [6] in groups
    assert groups[1][:3] == [1, 5, 3]
    assert all(len(group) <= 16 for group in side_by_side([30] * 50))
    assert side_by_side([]) == []


def test_common_start_counts_shared_first_tokens() -> None:
    """Up to the first difference or the end of the shortest."""
    assert common_start([[1, 2, 3], [1, 2, 4]]) == 2
    assert common_start([[1, 2], [1, 2, 4]]) == 2
    assert common_start([[5], [1]]) == 0
