"""A language model reads a written sentence beside its sources: how expected each word is.

Log likelihoods of the words by the packaged writer's model, with and without the sources (after
S. She and others, CoP, 2023), and the marks of an adapter that was trained to tell words which
sources do not support (`marking`, data/reader.md). Knows no verdicts.
"""

from __future__ import annotations

import json
import math
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from summarizer.casing import mended
from summarizer.evidence import Evidence, Passage, units
from summarizer.marking import Marker, read_before, read_on
from summarizer.models.lending import Lender
from summarizer.models.memory import Loaded
from summarizer.numbers import numbers
from summarizer.support import names_held, words_held
from summarizer.write import WriterUnavailable

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

MOST_WORDS = 160
"""Words of the sources that are shown with a sentence."""

MOST_SOURCE_TOKENS, MOST_TOKENS = 400, 90
"""Tokens of the sources, of which the last are read, and of the sentence, of which the first."""

OPENING = "\n\nSummary: "
"""Stands between the sources and the sentence, and before a sentence without sources."""

NAMES = (
    *("gain", "gain_low", "foreign", "whole", "surprise_low", "low", "held", "gap_low"),
    *("marked", "marked_most", "marked_three", "named", "worded"),
)
"""What is measured of a sentence; more never makes it less credible.

gain: how much likelier the sources make a word, its mean and its three least. foreign: the log
likelihoods of words that the sources lack, summed. whole: of all. low: the mean of the three
least; surprise_low: of each against what was to be expected; gap_low: against the likeliest
word. held: the share of tokens that the sources have. marked: what the marks say, of all
tokens, of the worst, of the three worst. named, worded: the shares of names and numbers, and of
content words, that the sources hold as written.
"""

_COVERED = 0.25
"""What a word counts that a chosen source sentence has already."""

_AT_ONCE = 8
"""Sentences that are read side by side: bounds memory."""

_LOWEST = 3


class ReaderUnavailable(Exception):
    """The model or the weights cannot be loaded; the message is one line that says why."""


class Reader:
    """Measures written sentences beside their sources; safe for several threads.

    `lender` has the packaged writer's model. `weights` is a file that bench/train_reader.py
    wrote, by default the packaged one.
    """

    def __init__(self, lender: Lender, weights: Path | None = None) -> None:
        self._lender = lender
        self._file = weights
        self._lock = threading.Lock()
        self._loaded: Weights | None = None

    @property
    def is_ready(self) -> bool:
        """Whether there is a model to read with; loads none."""
        return self._lender.is_ready

    def load(self) -> Weights:
        """The marker and how the measures are weighed, read once. Raises ReaderUnavailable."""
        with self._lock:
            if self._loaded is None:
                self._loaded = _read(self._file or _packaged())
            return self._loaded

    def features(self, sentences: Sequence[str], evidence: Evidence) -> NDArray[np.float64]:
        """What is measured of each sentence, one row under NAMES. Raises ReaderUnavailable."""
        import numpy as np

        marker = self.load().marker
        source = " ".join(passage.sentence.text for passage in evidence.everywhere)
        texts = [mended(sentence, source) for sentence in sentences]
        rows: list[list[float]] = []
        try:
            with self._lender.lend() as model:
                for start in range(0, len(texts), _AT_ONCE):
                    part = texts[start : start + _AT_ONCE]
                    beside = [shown(one, evidence) for one in part]
                    read = read_beside(model, beside, part, marker)
                    rows += [
                        measures(one) + overlaps(text, source)
                        for one, text in zip(read, part, strict=True)
                    ]
        except WriterUnavailable as error:
            raise ReaderUnavailable(str(error)) from error
        found = np.array(rows).reshape(-1, len(NAMES))
        if not np.isfinite(found).all():
            raise ReaderUnavailable("the model's arithmetic gave no number for a sentence")
        return found


class Weights:
    """The marker, its name, and how the measures are weighed beside the judge's score."""

    def __init__(self, tensors: Mapping[str, torch.Tensor], about: Mapping[str, str]) -> None:
        self.name = about["name"]
        self.marker = Marker({key: tensors[key] for key in tensors if key not in ("grid", "mix")})
        self.turn = float(about["turn"])
        self.grid = tensors["grid"].double().numpy()
        self.mix = tensors["mix"].double().numpy()
        if json.loads(about["features"]) != list(NAMES):
            raise ValueError("it was trained on other features")


class Read:
    """What the model said of one sentence's tokens; arrays of shape (tokens,).

    `own` is a token's log likelihood after the sources, `alone` without them, `most` that of
    the likeliest token, `entropy` the expected surprise in nats, `held` whether the sources have
    the token, `marks` the logit that they do not support it.
    """

    def __init__(self, **arrays: torch.Tensor) -> None:
        self.own, self.alone = arrays["own"], arrays["alone"]
        self.most, self.entropy = arrays["most"], arrays["entropy"]
        self.held, self.marks = arrays["held"], arrays["marks"]


def read_beside(
    model: Loaded, sources: Sequence[str], sentences: Sequence[str], marker: Marker | None = None
) -> list[Read]:
    """Let the model read each sentence after its sources, and after none.

    Without a marker all marks are zero.
    """
    import torch

    layers = model.model.model
    opening = before_of(model, "")
    before = [before_of(model, one) for one in sources]
    own = [tokens_of(model, one) or opening[-1:] for one in sentences]
    texts = [[first[-1], *rest] for first, rest in zip(before, own, strict=True)]
    with torch.inference_mode():
        sources_read = read_before(layers, [first[:-1] for first in before])
        beside = read_on(layers, sources_read, texts)
        sources_read.forget()
        marks = [torch.zeros(len(one)) for one in own]
        if marker is not None:
            marks = marker.marks(layers, sources_read, texts)
        alone = read_on(layers, read_before(layers, [opening[:-1]] * len(own)), texts)
        return [
            Read(
                **_likelihoods(model, beside[row], alone[row], own[row]),
                held=torch.tensor([word in set(before[row]) for word in own[row]]).float(),
                marks=marks[row].cpu(),
            )
            for row in range(len(own))
        ]


def _likelihoods(
    model: Loaded, beside: torch.Tensor, alone: torch.Tensor, own: Sequence[int]
) -> dict[str, torch.Tensor]:
    """What `Read` has of the model's guesses at one sentence's tokens, from its states."""
    import torch

    likely = torch.log_softmax(model.model.lm_head(beside[: len(own)]).float(), -1)
    plain = torch.log_softmax(model.model.lm_head(alone[: len(own)]).float(), -1)
    words = torch.tensor(own, device=likely.device)[:, None]
    found = {
        "own": likely.gather(1, words)[:, 0],
        "alone": plain.gather(1, words)[:, 0],
        "most": likely.max(-1).values,
        "entropy": -(likely.exp() * likely).sum(-1),
    }
    return {name: values.cpu() for name, values in found.items()}


def tokens_of(model: Loaded, sentence: str) -> list[int]:
    """The sentence's tokens, the first MOST_TOKENS of them."""
    return list(model.tokenizer(sentence, add_special_tokens=False)["input_ids"][:MOST_TOKENS])


def before_of(model: Loaded, source: str) -> list[int]:
    """The tokens of the sources and of what opens the sentence, the last MOST_SOURCE_TOKENS."""
    text = source + OPENING if source else OPENING.strip() + " "
    return list(model.tokenizer(text, add_special_tokens=False)["input_ids"][-MOST_SOURCE_TOKENS:])


def measures(read: Read) -> list[float]:
    """What NAMES says that the model has a part in, of one sentence."""
    import torch

    def least(values: torch.Tensor) -> float:
        return float(values.sort().values[:_LOWEST].mean())

    own, gain, marks = read.own, read.own - read.alone, -read.marks
    return [
        float(gain.mean()),
        least(gain),
        float(own[read.held == 0].sum()),
        float(own.sum()),
        least(own + read.entropy),
        least(own),
        float(read.held.mean()),
        least(own - read.most),
        -float(torch.logsumexp(-marks, 0)),
        float(marks.min()),
        least(marks),
    ]


def overlaps(sentence: str, source: str) -> list[float]:
    """The rest of NAMES: shares that the whole sources hold; 1 for what a sentence has none of."""
    return [names_held(sentence, source), words_held(sentence, source)]


def shown(sentence: str, evidence: Evidence) -> str:
    """The sources that a sentence is read beside, as one text."""
    text = " ".join(one.sentence.text for one in nearest(sentence, evidence))
    return " ".join(text.split())


def nearest(sentence: str, evidence: Evidence, most_words: int = MOST_WORDS) -> list[Passage]:
    """The source sentences that together hold most of the sentence's words, in reading order.

    Greedy: each next one adds most that is not held yet, rare words first, and the sentence
    before it where it opens with a pronoun. At least one, however long.
    """
    wanted = _contents(sentence)
    held = [(one.forms | one.numbers) & wanted for one in evidence.passages]
    count = Counter(word for each in held for word in each)
    weight = {word: math.log(1 + len(held) / n) for word, n in count.items()}
    chosen: dict[int, Passage] = {}
    covered: set[object] = set()
    free, room = set(range(len(held))), most_words
    while free and room > 0:
        worth = {
            at: sum(weight[word] * (_COVERED if word in covered else 1.0) for word in held[at])
            for at in free
        }
        best = max(free, key=lambda at: (worth[at], -at))
        free.discard(best)
        covered |= held[best]
        passage = evidence.passages[best]
        for one in (passage.antecedent, passage):
            if one is None or id(one) in chosen:
                continue
            size = len(one.sentence.text.split())
            if size <= room or not chosen:
                chosen[id(one)] = one
                room -= size
    place = {id(one): at for at, one in enumerate(evidence.everywhere)}
    return sorted(chosen.values(), key=lambda one: place.get(id(one), len(place)))


def _contents(text: str) -> frozenset[object]:
    return frozenset((*(unit.form for unit in units(text)), *numbers(text)))


def _packaged() -> Path:
    return Path(str(resources.files("summarizer") / "data" / "reader.safetensors"))


def _read(path: Path) -> Weights:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            about = dict(file.metadata() or {})
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - a file, no mapping
        return Weights(tensors, about)
    except (OSError, KeyError, ValueError, RuntimeError, SafetensorError) as error:
        why = str(error).strip().splitlines()[0][:150] if str(error).strip() else repr(error)
        raise ReaderUnavailable(
            f"the reader of written sentences cannot be loaded from {path}: reinstall geobrief, or "
            f"train it anew with bench/train_reader.py ({why})"
        ) from error
