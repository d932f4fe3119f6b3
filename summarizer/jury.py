"""The judge by features and the reader of words, weighed together.

How the two are weighed was settled on documents that the reader did not learn from
(bench/train_reader.py). Knows no verdicts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from summarizer.evidence import Evidence
from summarizer.judge import Judge, JudgeUnavailable
from summarizer.reading import Loaded, Reader, ReaderUnavailable

_MOST = 6.0
"""A judge's logit counts up to this, either way."""


class Jury:
    """Scores from 0 to 1 for written sentences, by the judge and the reader together."""

    def __init__(self, judge: Judge, reader: Reader | None = None) -> None:
        self._judge = judge
        self._reader = reader or Reader()

    @property
    def name(self) -> str:
        """The names of both. Raises JudgeUnavailable."""
        return f"{self._judge.name}, {self._loaded().name}"

    def scores(self, sentences: Sequence[str], evidence: Evidence) -> list[float]:
        """How likely the evidence supports each sentence. Raises JudgeUnavailable."""
        mix = self._loaded().mix
        scores = self._judge.scores(sentences, evidence)
        told = [at for at, score in enumerate(scores) if score > 0]  # 0: it states nothing
        supports = self._reader.supports([sentences[at] for at in told], evidence)
        for at, support in zip(told, supports, strict=True):
            scores[at] = _likely(weighed(mix, logit(scores[at]), support))
        return scores

    def _loaded(self) -> Loaded:
        try:
            return self._reader.load()
        except ReaderUnavailable as error:
            raise JudgeUnavailable(str(error)) from error


def logit(score: float) -> float:
    """A probability as a logit, cut off where certainty is no more than confidence."""
    return max(-_MOST, min(_MOST, math.log((score + 1e-9) / (1 - score + 1e-9))))


def weighed(mix: Mapping[str, float], judge: float, reader: float) -> float:
    """The logit of both together: `mix` has the weights of each, and a constant."""
    return mix["judge"] * judge + mix["reader"] * reader + mix["constant"]


def _likely(value: float) -> float:
    return 1 / (1 + math.exp(-value))
