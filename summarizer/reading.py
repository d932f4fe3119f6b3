"""A small model reads a sentence beside its sources and marks the words they do not support.

The packaged encoder's layers, trained further on sentence and sources read together
(bench/train_reader.py; data/reader.md tells on what and how well). Each word of the sentence
gets a logit of being unsupported. Knows no verdicts.
"""

from __future__ import annotations

import json
import math
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summarizer.casing import mended
from summarizer.encode import EncoderUnavailable, packaged_model_folder
from summarizer.evidence import Evidence, Passage, units
from summarizer.models.memory import quiet
from summarizer.numbers import numbers

if TYPE_CHECKING:
    import torch

MOST_WORDS = 80
"""Words of the sources that are shown with a sentence."""

MOST_TOKENS = 256
"""Tokens of sources and sentence together; of longer ones the sources are cut."""

_COVERED = 0.25
"""What a word counts that a chosen source sentence has already."""

_AT_ONCE = 16
"""Sentences that are read side by side: bounds memory."""


class ReaderUnavailable(Exception):
    """The model cannot be loaded; the message is one line that says why."""


class Network:
    """The layers and the head: from tokens of sources and sentence to a logit for each token."""

    def __init__(self, layers: Any, head: Any) -> None:
        self.layers = layers
        self.head = head

    def take(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """Take trained weights, `layers.NAME` and `head.NAME`. Raises KeyError, RuntimeError."""
        own: dict[str, dict[str, torch.Tensor]] = {"layers": {}, "head": {}}
        for name, tensor in tensors.items():
            part, _, rest = name.partition(".")
            own[part][rest] = tensor.float()
        self.head.load_state_dict(own["head"])
        self.layers.load_state_dict({**self.layers.state_dict(), **own["layers"]})
        self.layers.eval()

    def __call__(self, inputs: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """The logit of being unsupported of each token, shape (rows, tokens).

        Tokens outside the sentence get minus infinity.
        """
        states = self.layers(**inputs).last_hidden_state
        logits: torch.Tensor = self.head(states).squeeze(-1).float()
        own = (inputs["token_type_ids"] == 1) & (inputs["attention_mask"] == 1)
        return logits.masked_fill(~own, -math.inf)


def blank() -> tuple[Network, Any]:
    """The network before training, from the packaged encoder, and its tokenizer.

    Raises EncoderUnavailable.
    """
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = packaged_model_folder()
    with quiet():
        layers = AutoModel.from_pretrained(folder, local_files_only=True, add_pooling_layer=False)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    head = torch.nn.Linear(layers.config.hidden_size, 1)
    torch.nn.init.normal_(head.weight, std=0.02)
    torch.nn.init.zeros_(head.bias)
    return Network(layers, head), tokenizer


def tokens(tokenizer: Any, sources: Sequence[str], sentences: Sequence[str]) -> Any:
    """Sources and sentence of each row as one sequence, padded; with offsets into the sentence."""
    return tokenizer(
        list(sources),
        list(sentences),
        truncation="only_first",
        max_length=MOST_TOKENS,
        padding=True,
        return_tensors="pt",
        return_offsets_mapping=True,
    )


def pooled(logits: torch.Tensor) -> torch.Tensor:
    """One logit for a sentence from its tokens': a smooth maximum; shape (rows,)."""
    import torch

    return torch.logsumexp(logits, dim=-1)


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


class Reader:
    """Reads written sentences beside their sources; safe for several threads.

    `weights` is a file that bench/train_reader.py wrote, by default the packaged one.
    """

    def __init__(self, weights: Path | None = None) -> None:
        self._file = weights
        self._lock = threading.Lock()
        self._loaded: Loaded | None = None

    def load(self) -> Loaded:
        """The network and what goes with it, read once. Raises ReaderUnavailable."""
        with self._lock:
            if self._loaded is None:
                self._loaded = _read(self._file or _packaged())
            return self._loaded

    def supports(self, sentences: Sequence[str], evidence: Evidence) -> list[float]:
        """A logit of support for each sentence. Raises ReaderUnavailable."""
        loaded = self.load()
        source = " ".join(passage.sentence.text for passage in evidence.everywhere)
        texts = [mended(sentence, source) for sentence in sentences]
        found: list[float] = []
        for start in range(0, len(texts), _AT_ONCE):
            part = texts[start : start + _AT_ONCE]
            found += loaded.supports([shown(one, evidence) for one in part], part)
        return found


class Loaded:
    """The network with its tokenizer, its name, and how it is weighed beside the judge."""

    def __init__(self, network: Network, tokenizer: Any, about: Mapping[str, str]) -> None:
        self.name = about["name"]
        self.mix: Mapping[str, float] = json.loads(about["mix"])
        self._network = network
        self._tokenizer = tokenizer

    def supports(self, sources: Sequence[str], sentences: Sequence[str]) -> list[float]:
        """A logit of support for each sentence, read beside its sources."""
        import torch

        given = tokens(self._tokenizer, sources, sentences)
        given.pop("offset_mapping")
        with torch.inference_mode():
            return [float(value) for value in -pooled(self._network(given))]


def _packaged() -> Path:
    return Path(str(resources.files("summarizer") / "data" / "reader.safetensors"))


def _read(path: Path) -> Loaded:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            about = dict(file.metadata() or {})
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - a file, no mapping
        network, tokenizer = blank()
        network.take(tensors)
        return Loaded(network, tokenizer, about)
    except (OSError, KeyError, ValueError, RuntimeError, SafetensorError) as error:
        why = str(error).strip().splitlines()[0][:150] if str(error).strip() else repr(error)
        raise ReaderUnavailable(
            f"the reader of written sentences cannot be loaded from {path}: reinstall geobrief, or "
            f"train it anew with bench/train_reader.py ({why})"
        ) from error
    except EncoderUnavailable as error:
        raise ReaderUnavailable(str(error)) from error
