"""Decoding among given texts: the likeliest of those at every branch, and nothing read in vain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tiny_models import build_causal, build_seq2seq

from summarizer.models.choosing import Texts, choose
from summarizer.models.decode import Beginnings
from summarizer.models.local import LocalWriter
from summarizer.write import Ask, WriterStopped, WriterUnavailable


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny chat model's folder."""
    return build_causal(tmp_path_factory.mktemp("causal"), window=512)


@pytest.fixture(scope="module")
def model(folder: Path) -> Any:
    """That model in full precision."""
    import torch
    from transformers import AutoModelForCausalLM

    loaded: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    with torch.no_grad():  # livelier than a fresh model, which likes one token for ever
        for weight in loaded.parameters():
            weight.mul_(6 if weight.dim() > 1 else 1)
    return loaded.eval()


PROMPTS = [[9 + at * (row + 2) % 200 for at in range(30 + 7 * row)] for row in range(5)]
SENTENCES: list[list[Texts]] = [
    [
        [[40 + row, 5, 6, 7, 8, 9], [40 + row, 7, 8, 9], [40 + row, 5, 6, 9], [40 + row, 9]],
        [[60, 61, 62]],
        [[11, 12, 13, 14, 15 + row, 16], [13, 14, 15 + row, 16], [11, 12, 16]],
        [[30, 31, 32, 33], [32, 33]],
    ]
    for row in range(5)
]


def by_hand(
    model: Any, prompt: list[int], sentences: list[Texts], leaving_out: float = 0.0
) -> list[int]:
    """The likeliest allowed token, again and again, reading everything anew each time."""
    import torch

    tokens, chosen = list(prompt), []
    for texts in sentences:
        left = list(range(len(texts)))
        taken = 0
        while len(left) > 1:
            with torch.inference_mode():
                logits = model(torch.tensor([tokens])).logits[0, -1]
            follows = {texts[at][taken] for at in left}
            longest = texts[max(left, key=lambda at: len(texts[at]))][taken]
            best = max(follows, key=lambda one: float(logits[one]) + (one != longest) * leaving_out)
            left = [at for at in left if texts[at][taken] == best]
            tokens.append(best)
            taken += 1
        tokens += texts[left[0]][taken:]
        chosen.append(left[0])
    return chosen


@pytest.mark.parametrize("leaving_out", [0.0, 3.0])
@pytest.mark.parametrize("shared", [0, 20])
def test_the_likeliest_allowed_token_is_taken(model: Any, leaving_out: float, shared: int) -> None:
    """Side by side, with forced tokens and a shared start, as each alone read anew each time."""
    rows = [[*PROMPTS[0][:20], *one] for one in PROMPTS] if shared else PROMPTS
    expected = [
        by_hand(model, row, texts, leaving_out) for row, texts in zip(rows, SENTENCES, strict=True)
    ]
    assert len({tuple(one) for one in expected}) > 1
    found = choose(
        model,
        rows,
        SENTENCES,
        beginning=Beginnings(model).of(rows[0][:shared]),
        stop=lambda: False,
        leaving_out=leaving_out,
    )
    assert found == expected


def test_a_large_preference_leaves_out_all_that_may_go(model: Any) -> None:
    """Whatever the model likes, each branch then goes to what leaves something out."""
    found = choose(model, PROMPTS, SENTENCES, beginning=None, stop=lambda: False, leaving_out=1e6)
    assert all(row[1:] == [0, 1, 1] or row[2] == 2 for row in found)
    assert all(row[0] and row[2] and row[3] for row in found)


def test_the_model_is_asked_at_branches_only(model: Any) -> None:
    """Forced tokens take no pass of their own, and behind the last branch nothing is read."""
    read: list[int] = []
    handle = model.register_forward_pre_hook(
        lambda _, args, given: read.append(given["input_ids"].shape[1]), with_kwargs=True
    )
    choose(
        model,
        [PROMPTS[0]],
        [[[[5, 6, 7]], [[8, 9, 10], [8, 10]], [[20] * 50]]],
        beginning=None,
        stop=lambda: False,
    )
    choose(model, [PROMPTS[0]], [[[[5, 6, 7]]]], beginning=None, stop=lambda: False)
    handle.remove()
    assert read == [len(PROMPTS[0]) + 4]


def test_a_text_with_which_another_begins_is_never_taken(model: Any) -> None:
    """Where it ends no token tells it from the longer one."""
    texts: list[Texts] = [[[5, 6, 7], [5, 6]]]
    found = choose(
        model, [PROMPTS[0]], [texts], beginning=None, stop=lambda: False, leaving_out=1e6
    )
    assert found == [[0]]


def test_stop_ends_it(model: Any) -> None:
    """The flag is asked before every pass."""
    with pytest.raises(WriterStopped):
        choose(model, PROMPTS, SENTENCES, beginning=None, stop=lambda: True)


def ask(*within: tuple[str, ...]) -> Ask:
    """An ask about ships."""
    return Ask(system="Be brief.", user="The ships wait.", max_tokens=40, within=within)


def test_the_writer_answers_with_one_allowed_text_of_each(folder: Path) -> None:
    """A line each, side by side as alone, beside asks that leave the words to it."""
    writer = LocalWriter(folder, name="tiny", precision="float32", words="sources")
    asks = [
        ask(("However, it rained.", "It rained."), ("Ships, old ones, wait.", "Ships wait.")),
        Ask(system="Be brief.", user="The port is open.", max_tokens=6),
        ask(("The port (A) is open.", "The port is open."), ("It rains.",)),
    ]
    answers = writer.generate_many(asks, stop=lambda: False)
    for one, answer in zip(asks, answers, strict=True):
        lines = str(answer).split("\n")
        assert not one.within or all(
            line in texts for line, texts in zip(lines, one.within, strict=True)
        )
    alone = [writer.generate_many([one], stop=lambda: False)[0] for one in asks]
    assert answers == alone


def test_where_nothing_is_to_be_chosen_no_model_is_loaded(folder: Path) -> None:
    """One text for each sentence is the answer; how it is asked needs no model either."""
    writer = LocalWriter(folder, name="tiny", words="sources")
    writer.form(lambda: False)
    assert writer.generate_many([ask(("It rains.",), ("It pours.",))], stop=lambda: False) == [
        "It rains.\nIt pours."
    ]
    assert not writer.is_loaded


def test_a_model_that_cannot_choose_says_what_to_set(tmp_path: Path) -> None:
    """An encoder-decoder model writes in its own words only."""
    writer = LocalWriter(build_seq2seq(tmp_path), name="tiny", words="sources")
    with pytest.raises(WriterUnavailable, match="writer_words = own"):
        writer.generate_many([ask(("However, it rained.", "It rained."))], stop=lambda: False)
