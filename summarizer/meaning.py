"""How near a sentence's words come to its sources' words in meaning, as plain numbers.

Each content word is a vector in its context (the encoder's third and last layer); what counts is
its nearest source word, and whether neighbours are near in one source sentence. After BERTScore
(Zhang et al., 2020), with pairs and least values. Decides nothing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from summarizer.text import fold, stem
from summarizer.words import STOP_WORDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORD = re.compile(r"[^\W_]+(?:[’'.,-](?=[^\W_])[^\W_]+)*")
_LAYERS = {"low": 3, "high": -1}
"""The lower layer tells words apart, the last one what they mean where they stand."""

_BATCH = 16
_LONGEST = 128
"""Tokens of a sentence that are read."""

_OF_LAYER = (
    *("mean", "least", "tenth", "rare", "name_least", "number_least", "word_least", "word_mean"),
    *("known_least", "new_mean", "new_sum", "best_mean", "best_least", "two", "window"),
    *("pair", "pair_least", "triple", "triple_least"),
)
NAMES = (
    *("nearest", "second", "third", "new", "new_names", "new_numbers"),
    *(f"{layer}_{name}" for layer in _LAYERS for name in _OF_LAYER),
)
"""The features' names, in the order of the mapping."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of a sentence; `content` carries meaning, `opens` stands at the sentence's start."""

    text: str
    form: str
    content: bool
    opens: bool

    @property
    def is_number(self) -> bool:
        """Whether it has a digit."""
        return any(c.isdigit() for c in self.text)


@dataclass(frozen=True, kw_only=True)
class States:
    """A sentence's words, their unit vectors (layers, words, dimensions), and its own vector."""

    words: Sequence[Word]
    vectors: NDArray[np.float32]
    whole: NDArray[np.float32]


def states(texts: Sequence[str], model: Any) -> list[States]:
    """Run sentences through a sentence-transformers model over BERT; one States for each."""
    import torch

    found: dict[int, States] = {}
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    for start in range(0, len(order), _BATCH):
        group = order[start : start + _BATCH]
        batch = model.tokenizer(
            [texts[at].encode("utf-8", "replace").decode() for at in group],
            padding=True,
            truncation=True,
            max_length=_LONGEST,
            return_tensors="pt",
            return_offsets_mapping=True,
        )
        offsets = batch.pop("offset_mapping").numpy()
        with torch.inference_mode():
            layers = model[0].auto_model(**batch, output_hidden_states=True).hidden_states
        mask = batch["attention_mask"].numpy().astype(bool)
        hidden = [layers[place].float().numpy() for place in _LAYERS.values()]
        for row, at in enumerate(group):
            held = [layer[row] for layer in hidden]
            found[at] = _of_sentence(texts[at], offsets[row], mask[row], held)
    return [found[at] for at in range(len(texts))]


def _of_sentence(
    text: str, offsets: NDArray[Any], mask: NDArray[Any], layers: Sequence[NDArray[Any]]
) -> States:
    import numpy as np

    words: list[Word] = []
    vectors: list[list[NDArray[Any]]] = []
    starts, ends = offsets[:, 0], offsets[:, 1]
    for match in _WORD.finditer(text):
        tokens = (starts < match.end()) & (ends > match.start()) & (ends > starts) & mask
        if not tokens.any():
            continue  # beyond what is read
        folded = fold(match[0])
        content = folded not in STOP_WORDS or any(c.isdigit() for c in match[0])
        words.append(Word(text=match[0], form=stem(folded), content=content, opens=not words))
        vectors.append([_unit(layer[tokens].mean(0)) for layer in layers])
    size = layers[0].shape[1]
    stacked = np.array(vectors, dtype=np.float32).reshape(len(words), len(layers), size)
    whole = _unit(layers[-1][mask].mean(0))
    return States(words=words, vectors=stacked.transpose(1, 0, 2), whole=whole)


def _unit(vector: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    return vector / (np.linalg.norm(vector) + 1e-9)  # type: ignore[no-any-return]


class Meaning:
    """What the source sentences hold, worked out once; `features` holds a sentence to it."""

    def __init__(self, sources: Sequence[States]) -> None:
        self._sources = sources

    @cached_property
    def _forms(self) -> Mapping[str, float]:
        """The sources' word forms with their rarity: smoothed inverse sentence frequency."""
        count = Counter(
            form for source in self._sources for form in {word.form for word in source.words}
        )
        return {
            form: math.log((len(self._sources) + 1) / (held + 0.5)) for form, held in count.items()
        }

    @cached_property
    def _capitals(self) -> frozenset[str]:
        return frozenset(
            word.form
            for source in self._sources
            for word in source.words
            if word.text[0].isupper() and not word.opens
        )

    def features(self, sentence: States) -> dict[str, float]:
        """How near the sentence comes to the sources, under NAMES; zeros without either's words."""
        import numpy as np

        content = [at for at, word in enumerate(sentence.words) if word.content]
        if not content or not self._sources:
            return dict.fromkeys(NAMES, 0.0)
        words = [sentence.words[at] for at in content]
        near = sorted((float(sentence.whole @ one.whole) for one in self._sources), reverse=True)
        near += [0.0, 0.0]
        named = np.array([self._is_name(word) for word in words])
        counted = np.array([word.is_number for word in words])
        new = np.array([word.form not in self._forms for word in words])
        rarest = max(self._forms.values(), default=1.0)
        rarity = np.array([self._forms.get(word.form, rarest) for word in words])
        found = {"nearest": near[0], "second": near[1], "third": near[2]}
        found |= {
            "new": float(new.sum()),
            "new_names": float((new & named).sum()),
            "new_numbers": float((new & counted).sum()),
        }
        for place, layer in enumerate(_LAYERS):
            likeness = self._likeness(sentence.vectors[place][content], place)
            values = _of_layer(likeness, named, counted, new, rarity)
            found |= {f"{layer}_{name}": value for name, value in values.items()}
        return {name: round(found[name], 5) for name in NAMES}

    def _is_name(self, word: Word) -> bool:
        return word.text[0].isupper() and (not word.opens or word.form in self._capitals)

    def _likeness(self, vectors: NDArray[Any], place: int) -> NDArray[Any]:
        """For each word and source sentence the cosine of the nearest word: (words, sources)."""
        import numpy as np

        columns = [
            (vectors @ source.vectors[place].T).max(1)
            if source.words
            else np.zeros(len(vectors), dtype=np.float32)
            for source in self._sources
        ]
        return np.stack(columns, axis=1)


def _of_layer(
    likeness: NDArray[Any],
    named: NDArray[Any],
    counted: NDArray[Any],
    new: NDArray[Any],
    rarity: NDArray[Any],
) -> dict[str, float]:
    import numpy as np

    best = likeness.max(1)
    plain = ~named & ~counted
    first = int(likeness.mean(0).argmax())
    with_first = np.maximum(likeness, likeness[:, [first]]).mean(0)
    beside = np.maximum(likeness, np.roll(likeness, -1, axis=1)).mean(0)[: likeness.shape[1] - 1]
    pairs = np.minimum(likeness[:-1], likeness[1:])
    triples = np.minimum(pairs[:-1], likeness[2:]) if len(likeness) > 2 else pairs[:0]
    pair, triple = pairs.max(1), triples.max(1)
    mean = float(best.mean())
    window = float(beside.max()) if len(beside) else float(likeness.mean(0).max())
    return {
        "mean": mean,
        "least": float(best.min()),
        "tenth": float(np.quantile(best, 0.1)),
        "rare": float((best * rarity).sum() / (rarity.sum() + 1e-9)),
        "name_least": _least(best[named]),
        "number_least": _least(best[counted]),
        "word_least": _least(best[plain]),
        "word_mean": float(best[plain].mean()) if plain.any() else 1.0,
        "known_least": _least(best[~new]),
        "new_mean": float(best[new].mean()) if new.any() else 1.0,
        "new_sum": float((1 - best[new]).sum()),
        "best_mean": float(likeness.mean(0).max()),
        "best_least": float(likeness[:, first].min()),
        "two": float(with_first.max()),
        "window": window,
        "pair": float(pair.mean()) if len(pair) else mean,
        "pair_least": _least(pair, float(best.min())),
        "triple": float(triple.mean()) if len(triple) else mean,
        "triple_least": _least(triple, float(best.min())),
    }


def _least(values: NDArray[Any], none: float = 1.0) -> float:
    return float(values.min()) if len(values) else none
