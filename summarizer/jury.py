"""The judge by features and what a language model's reading adds, weighed together.

How they are weighed was learned on annotated sets (bench/train_reader.py). Where there is no
model to read with, the judge decides alone. Knows no verdicts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog

from summarizer.evidence import Evidence
from summarizer.judge import Judge, calibrated, ranked
from summarizer.reading import Reader, ReaderUnavailable, Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST = 6.0
"""A judge's logit counts up to this, either way."""


class Jury:
    """Scores from 0 to 1 for written sentences, by the judge and the reader together."""

    def __init__(self, judge: Judge, reader: Reader) -> None:
        self._judge = judge
        self._reader = reader

    @property
    def name(self) -> str:
        """The names of those who decide. Raises JudgeUnavailable."""
        weights = self._weights()
        return self._judge.name + (f", {weights.name}" if weights else "")

    def scores(self, sentences: Sequence[str], evidence: Evidence) -> list[float]:
        """How likely the evidence supports each sentence. Raises JudgeUnavailable."""
        scores = self._judge.scores(sentences, evidence)
        told = [at for at, score in enumerate(scores) if score > 0]  # 0: it states nothing
        weights = self._weights()
        if weights is None or not told:
            return scores
        try:
            rows = self._reader.features([sentences[at] for at in told], evidence)
        except ReaderUnavailable as error:
            structlog.get_logger().warning("the judge decides alone", reason=str(error))
            return scores
        both = weighed(weights, [scores[at] for at in told], rows)
        for at, score in zip(told, both, strict=True):
            scores[at] = float(score)
        return scores

    def _weights(self) -> Weights | None:
        if not self._reader.is_ready:
            return None
        try:
            return self._reader.load()
        except ReaderUnavailable as error:
            structlog.get_logger().warning("the judge decides alone", reason=str(error))
            return None


def weighed(
    weights: Weights, judged: Sequence[float], rows: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The probability by both: the judge's own and the measures of `summarizer.reading`.

    `rows` has shape (sentences, measures); so has what is returned sentences.
    """
    import numpy as np

    values = inputs(judged, rows, weights.grid) @ weights.mix
    return calibrated(1 / (1 + np.exp(-values)), weights.turn)


def inputs(
    judged: Sequence[float], rows: NDArray[np.float64], grid: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What is weighed: the measures by their rank among `grid`'s, the judge's logit, a one."""
    import numpy as np

    own = np.array([logit(score) for score in judged])
    return np.column_stack([ranked(rows, grid), own, np.ones(len(own))])


def logit(score: float) -> float:
    """A probability as a logit, cut off where certainty is no more than confidence."""
    return max(-_MOST, min(_MOST, math.log((score + 1e-9) / (1 - score + 1e-9))))
