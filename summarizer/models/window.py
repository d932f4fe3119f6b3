"""What fits and when to end: a prompt cut on sentence borders, a text that goes in circles.

Pure functions over strings and token numbers; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

Count = Callable[[str], int]
"""The number of tokens of a text."""

_SENTENCE_END = re.compile(r"(?<=[.!?…][\"'”’)\]])\s+|(?<=[.!?…])\s+")
_LONGEST_BLOCK = 96
_LEAST_TAIL = 24
_MOST_ROWS = 16
"""So many prompts are written side by side: a pass over the model's weights serves all of them."""
_MOST_PADDED = 6144
"""The most tokens of prompts, padding counted, that are read at once: bounds memory."""


def shorten(text: str, budget: int, count: Count) -> str:
    """Take last sentences off the longest lines until `text` has at most `budget` tokens.

    Short lines (tags, the closing task) stay, long ones lose evenly. When every line is one
    sentence, the longest go as a whole; a text of one sentence is cut between words.
    """
    over = count(text) - budget
    if over <= 0:
        return text
    lines = [_SENTENCE_END.split(line) for line in text.split("\n")]
    sizes = [[count(sentence) for sentence in line] for line in lines]
    kept = text
    while over > 0 and _sentences(sizes) > 1:
        while over > 0 and _sentences(sizes) > 1:
            longest = max(range(len(lines)), key=lambda at: (len(sizes[at]) > 1, sum(sizes[at])))
            over -= sizes[longest].pop()
            lines[longest].pop()
        kept = "\n".join(" ".join(line) for line in lines)
        over = count(kept) - budget
    return kept if over <= 0 else _cut_words(kept, budget, count)


def _sentences(sizes: Sequence[Sequence[int]]) -> int:
    return sum(1 for line in sizes for size in line if size)


def loop_start(tokens: Sequence[int]) -> int | None:
    """Give where a text that repeats itself should end; None for one that does not.

    It repeats itself when its last tokens are one block at least twice, over at least 24
    tokens: a short block many times, or a whole sentence again. The block is kept once.
    """
    for block in range(1, min(_LONGEST_BLOCK, len(tokens) // 2) + 1):
        tail = max(2 * block, _LEAST_TAIL)
        if tail > len(tokens):
            continue
        start = len(tokens) - tail
        if tokens[start + block :] == tokens[start : len(tokens) - block]:
            return start + block
    return None


def side_by_side(sizes: Sequence[int]) -> list[list[int]]:
    """Group prompts of these sizes, given by index, so that little is padding: longest first."""
    groups: list[list[int]] = []
    for at in sorted(range(len(sizes)), key=lambda at: -sizes[at]):
        room = min(_MOST_ROWS, _MOST_PADDED // max(1, sizes[groups[-1][0]])) if groups else 0
        if groups and len(groups[-1]) < room:
            groups[-1].append(at)
        else:
            groups.append([at])
    return groups


def common_start(rows: Sequence[Sequence[int]]) -> int:
    """How many first tokens all rows share."""
    shared = 0
    for column in zip(*rows, strict=False):
        if any(token != column[0] for token in column):
            break
        shared += 1
    return shared


def _cut_words(text: str, budget: int, count: Count) -> str:
    words = text.split(" ")
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if count(" ".join(words[:middle])) <= budget:
            low = middle
        else:
            high = middle - 1
    return " ".join(words[:low])
