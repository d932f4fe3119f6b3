"""Greedy decoding among given texts: at each branch the likeliest token that one of them has.

Where only one token can follow it is taken unasked; what lies behind the last branch is never
read, and a text without a branch never asked about. Knows tensors and caches, not texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from summarizer.models.decode import Beginning, SideBySide
from summarizer.write import Stop, WriterStopped

LEAVING_OUT = 6.0
"""What a branch that leaves something out is given beside one that goes on, in nats: a model that
reads a sentence and is to tell it copies. So much is what a cut that breaks the sentence costs: of
five such cuts four cost 6.7 to 21 (docs/quality.md)."""

Texts = Sequence[Sequence[int]]
"""The tokens of all that one sentence may become; one with which another begins is left out."""


class _Row:
    """One prompt, what is still to be read of it, and which texts were chosen so far."""

    def __init__(self, prompt: Sequence[int], sentences: Sequence[Texts]) -> None:
        self.unread = list(prompt)
        self.chosen: list[int] = []
        self._sentences = sentences
        self._left: list[int] = []
        self._taken = 0
        self._open()

    @property
    def done(self) -> bool:
        """Whether every sentence is chosen."""
        return len(self.chosen) == len(self._sentences)

    def advance(self) -> None:
        """Take what can only follow, up to the next branch or the end."""
        while not self.done:
            texts = self._sentences[len(self.chosen)]
            if len(self._left) == 1:
                self.unread += texts[self._left[0]][self._taken :]
                self.chosen.append(self._left[0])
                self._open()
            elif len(follows := {texts[at][self._taken] for at in self._left}) == 1:
                self._take(follows.pop())
            else:
                return

    def branches(self) -> dict[int, int]:
        """The tokens that may follow, each with the length of the longest text behind it."""
        texts = self._sentences[len(self.chosen)]
        found: dict[int, int] = {}
        for at in self._left:
            token = texts[at][self._taken]
            found[token] = max(found.get(token, 0), len(texts[at]))
        return found

    def choose(self, logits: Any, leaving_out: float) -> None:
        """Take the best branch; `logits` are of all tokens, `leaving_out` is in nats."""
        found = self.branches()
        whole = max(found, key=lambda token: found[token])
        self._take(max(found, key=lambda one: float(logits[one]) + (one != whole) * leaving_out))

    def _take(self, token: int) -> None:
        texts = self._sentences[len(self.chosen)]
        self._left = [at for at in self._left if texts[at][self._taken] == token]
        self._taken += 1
        self.unread.append(token)

    def _open(self) -> None:
        self._taken = 0
        texts = [] if self.done else self._sentences[len(self.chosen)]
        self._left = [
            at
            for at, one in enumerate(texts)
            if not any(other[: len(one)] == one and len(other) > len(one) for other in texts)
        ]


def choose(
    model: Any,
    prompts: Sequence[Sequence[int]],
    sentences: Sequence[Sequence[Texts]],
    *,
    beginning: Beginning | None,
    stop: Stop,
    leaving_out: float = LEAVING_OUT,
) -> list[list[int]]:
    """For each prompt and each of its sentences the place of the text that the model chooses.

    Every prompt begins with the tokens of `beginning` and has more of its own; each prompt's
    sentences are written behind it, one after the other. Raises WriterStopped when `stop()`
    became true.
    """
    shared = len(beginning.tokens) if beginning else 0
    rows = [_Row(one[shared:], texts) for one, texts in zip(prompts, sentences, strict=True)]
    open_ = list(_going_on(rows))
    beside = SideBySide(model, len(open_), beginning) if open_ else None
    while beside is not None and open_:
        if stop():
            raise WriterStopped
        logits = beside.read([row.unread for row in open_])
        for row, one in zip(open_, logits, strict=True):
            row.unread = []
            row.choose(one, leaving_out)
        left = list(_going_on(open_))
        if left:
            beside.select([at for at, row in enumerate(open_) if row in left])
        open_ = left
    return [row.chosen for row in rows]


def _going_on(rows: Sequence[_Row]) -> Iterator[_Row]:
    """The rows that stand at a branch; the others have chosen all."""
    for row in rows:
        row.advance()
        if not row.done:
            yield row
