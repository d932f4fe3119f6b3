"""Several texts in one row of a BERT encoder, none seeing another: nearly nothing is padded.

Each token attends to its own text and counts its position from its text's beginning (M. M. Krell
and others, 2021), so a text's vector is what it would be alone, but for the last digits. Knows
tokens and tensors; not what the texts are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROW = 128
"""About so many tokens a row: attention looks at pairs of tokens of the whole row."""


def fits(model: Any) -> bool:
    """Whether a sentence-transformers model can be read in packed rows by `vectors`.

    It must be a BERT whose tokens' mean is taken, with no words of its own before the texts.
    """
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertModel, PreTrainedTokenizerBase

    kinds = [type(module) for module in model]
    if kinds[:2] != [Transformer, Pooling] or kinds[2:] not in ([], [Normalize]):
        return False
    bert = model[0].auto_model
    return (
        type(bert) is BertModel
        and bert.config._attn_implementation == "sdpa"
        and not bert.config.is_decoder
        and model[1].pooling_mode == "mean"
        and not model.default_prompt_name
        and isinstance(model.tokenizer, PreTrainedTokenizerBase)
    )


def passes(lengths: Sequence[int], most: int) -> Iterator[list[list[int]]]:
    """Divide the places of texts over passes of the model, and those over rows alike in length.

    `lengths` counts tokens. Texts of like length go together, the longest first; a pass has about
    `most` tokens or less, or one text.
    """
    order = sorted(range(len(lengths)), key=lambda at: -lengths[at])
    left = sum(lengths)
    start = 0
    while start < len(order):
        # as much in each of the passes that are left
        share = left / max(1, -(-left // most))
        end, size = start + 1, lengths[order[start]]
        while end < len(order) and size + lengths[order[end]] / 2 <= share:
            size += lengths[order[end]]
            end += 1
        yield _rows(order[start:end], lengths, size)
        left -= size
        start = end


def _rows(order: Sequence[int], lengths: Sequence[int], size: int) -> list[list[int]]:
    """Each text, longest first, into the row that has least."""
    count = max(1, size // max(_ROW, lengths[order[0]]))
    rows: list[list[int]] = [[] for _ in range(count)]
    filled = [0] * count
    for at in order:
        row = filled.index(min(filled))
        rows[row].append(at)
        filled[row] += lengths[at]
    return [row for row in rows if row]


def vectors(bert: Any, rows: Sequence[Sequence[Sequence[int]]]) -> NDArray[np.float32]:
    """The normalised mean of each text's tokens, row after row: shape (texts, dimensions).

    `rows` has the texts of each row, each as its tokens with the model's marks.
    """
    import torch

    width = max(sum(map(len, row)) for row in rows)
    tokens, positions = np.zeros((2, len(rows), width), dtype=np.int64)
    # what is behind a row's last text belongs to a text of its own, which is dropped
    owners = np.full((len(rows), width), -1, dtype=np.int64)
    count = 0
    for at, row in enumerate(rows):
        begin = 0
        for text in row:
            place = slice(begin, begin := begin + len(text))
            tokens[at, place], positions[at, place] = text, np.arange(len(text))
            owners[at, place] = count
            count += 1
    owner = torch.from_numpy(owners).to(bert.device)
    with torch.inference_mode():
        found = bert(
            input_ids=torch.from_numpy(tokens).to(bert.device),
            position_ids=torch.from_numpy(positions).to(bert.device),
            token_type_ids=torch.zeros_like(owner),
            attention_mask=(owner[:, None, :, None] == owner[:, None, None, :]),
        ).last_hidden_state
        sums = found.new_zeros((count + 1, found.shape[-1]))
        sums.index_add_(0, owner.flatten() % (count + 1), found.flatten(0, 1))
        # of a sum and a mean the direction is the same
        return np.asarray(torch.nn.functional.normalize(sums[:count], dim=1).float().cpu().numpy())
