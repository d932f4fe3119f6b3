"""A small trained model that says how likely sources support a written sentence.

It weighs the overlaps of `support` and the nearness of `meaning`; bench/train_checker.py trains
it, data/judge.md tells on what and how well. Knows no thresholds of a summary in the making.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summarizer import meaning, support
from summarizer.casing import mended
from summarizer.encode import EncoderUnavailable, SentenceEncoder
from summarizer.evidence import Evidence, Passage, units

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from summarizer.meaning import Meaning

THRESHOLD = 0.5
"""From this score on a sentence counts as supported: fixed when the model was trained."""

LEFT_OUT = frozenset(
    (
        *("words", "content", "place_best", "article_words", "length_to_best"),
        *("names_count", "numbers_count", "quotes_count"),
    )
)
"""Features of `support` that tell a set's kind of text and not whether a sentence is true."""

NAMES = (*(name for name in support.NAMES if name not in LEFT_OUT), *meaning.NAMES)
"""What the model weighs, in its order."""

_MOST_SOURCES = 120
"""Source sentences that are held against a sentence; of more, those that share most words."""


class JudgeUnavailable(Exception):
    """The model cannot be loaded; the message is one line that says how to mend it."""


class Judge:
    """Scores from 0 to 1 for written sentences beside their sources; safe for several threads.

    `encoder` is the packaged sentence encoder, shared to spare its memory; by default one of
    its own. `weights` is a file that bench/train_checker.py wrote, by default the packaged one.
    """

    def __init__(self, encoder: SentenceEncoder | None = None, weights: Path | None = None) -> None:
        self._encoder = encoder or SentenceEncoder()
        self._weights = weights
        self._lock = threading.Lock()
        self._loaded: _Weights | None = None
        self._last: tuple[Evidence, Meaning] | None = None

    @property
    def name(self) -> str:
        """The model's name with its revision, for receipts. Raises JudgeUnavailable."""
        return self.load().name

    def load(self) -> _Weights:
        """The weights, read once. Raises JudgeUnavailable."""
        with self._lock:
            if self._loaded is None:
                self._loaded = _read(self._weights or _packaged())
            return self._loaded

    def scores(self, sentences: Sequence[str], evidence: Evidence) -> list[float]:
        """How likely the evidence's citable sentences support each sentence, from 0 to 1.

        A sentence without content, or without sources, scores 0. Raises JudgeUnavailable.
        """
        weights = self.load()
        if not sentences or not evidence.passages:
            return [0.0] * len(sentences)
        rows = self.features(sentences, evidence)
        return [
            float(score) if row.any() else 0.0
            for row, score in zip(rows, weights.scores(rows), strict=True)
        ]

    def features(self, sentences: Sequence[str], evidence: Evidence) -> NDArray[np.float64]:
        """What the model weighs, one row a sentence under NAMES; zeros without content."""
        import numpy as np

        source = " ".join(passage.sentence.text for passage in evidence.everywhere)
        texts = [mended(sentence, source) for sentence in sentences]
        try:
            near = self._encoder.borrow(lambda model: self._near(texts, evidence, model))
        except EncoderUnavailable as error:
            raise JudgeUnavailable(str(error)) from error
        rows = []
        for text, values in zip(texts, near, strict=True):
            found = {**support.features(text, evidence), **values}
            rows.append([found[name] for name in NAMES])
        return np.array(rows)

    def _near(self, texts: Sequence[str], evidence: Evidence, model: Any) -> list[dict[str, float]]:
        many = len(evidence.passages) > _MOST_SOURCES
        if many or self._last is None or self._last[0] is not evidence:
            sources = [passage.sentence.text for passage in _nearest(texts, evidence)]
            self._last = (evidence, meaning.Meaning(meaning.states(sources, model)))
        held = self._last[1]
        return [held.features(one) for one in meaning.states(texts, model)]


def _nearest(texts: Sequence[str], evidence: Evidence) -> Sequence[Passage]:
    """The sources, in their order; of very many those that share most words with the texts."""
    passages = evidence.passages
    if len(passages) <= _MOST_SOURCES:
        return passages
    wanted = {unit.form for text in texts for unit in units(text)}
    best = sorted(range(len(passages)), key=lambda at: -len(wanted & passages[at].forms))
    return [passages[at] for at in sorted(best[:_MOST_SOURCES])]


class _Weights:
    """Logistic models over ranked features, and the mean of what they say."""

    def __init__(self, tensors: Mapping[str, Any], about: Mapping[str, str]) -> None:
        self.name = about["name"]
        self._turn = float(about["turn"])
        self._gates = [(gate, mid, width) for gate, mid, width in json.loads(about["members"])]
        self._grid = tensors["grid"].astype("float64")
        self._weights = [
            tensors[f"weights.{at}"].astype("float64") for at in range(len(self._gates))
        ]

    def scores(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities of support for rows of features, shape (rows, len(NAMES))."""
        import numpy as np

        inputs = members(ranked(rows, self._grid), rows, self._gates)
        each = [1 / (1 + np.exp(-(x @ w))) for x, w in zip(inputs, self._weights, strict=True)]
        return calibrated(np.asarray(np.mean(each, axis=0)), self._turn)


def calibrated(scores: NDArray[np.float64], turn: float) -> NDArray[np.float64]:
    """The same order of scores with `turn` moved to THRESHOLD."""
    odds = scores / (1 - scores + 1e-12) * (1 - turn) / turn
    return odds / (1 + odds)


Gate = tuple[str | None, float, float]
"""The feature that tells copied from freely worded text, where it turns, how sharply; or None."""


def members(
    ranks: NDArray[np.float64], rows: NDArray[np.float64], gates: Sequence[Gate]
) -> list[NDArray[np.float64]]:
    """What each member weighs: with a gate every feature twice, for copied and for free text.

    What is wrong in a copied sentence is a word; in a free one nearly every word is new.
    """
    import numpy as np

    ones = np.ones((len(rows), 1))
    found = []
    for gate, mid, width in gates:
        if gate is None:
            found.append(np.hstack([ranks, ones]))
            continue
        copied = 1 / (1 + np.exp(-(rows[:, [NAMES.index(gate)]] - mid) / width))
        found.append(np.hstack([ranks * copied, ranks * (1 - copied), copied, ones]))
    return found


def ranked(rows: NDArray[np.float64], grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each value as a normal variable: its place among `grid`'s quantiles of its feature.

    `rows` has shape (rows, features), `grid` (quantiles, features). Values that many training
    rows share stand in the middle of their ranks; nothing goes beyond 2.5.
    """
    import numpy as np
    import torch

    shares = np.linspace(0, 1, len(grid))
    columns = []
    for values, known in zip(rows.T, grid.T, strict=True):
        up = np.interp(values, known, shares)
        down = -np.interp(-values, -known[::-1], -shares[::-1])
        columns.append((up + down) / 2)
    places = np.clip(np.stack(columns, axis=1), 1e-6, 1 - 1e-6)
    normal = torch.special.ndtri(torch.from_numpy(places)).numpy()
    return np.asarray(np.clip(normal, -2.5, 2.5))


def _packaged() -> Path:
    return Path(str(resources.files("summarizer") / "data" / "judge.safetensors"))


def _read(path: Path) -> _Weights:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            about = dict(file.metadata() or {})
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - a file, no mapping
        if json.loads(about["features"]) != list(NAMES):
            raise ValueError("it was trained on other features")
        return _Weights(tensors, about)
    except (OSError, KeyError, ValueError, SafetensorError) as error:
        why = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise JudgeUnavailable(
            f"the judge of written sentences cannot be loaded from {path}: reinstall geobrief, or "
            f"train it anew with bench/train_checker.py ({why[:150]})"
        ) from error
