"""Our ranker: a small transformer that scores every sentence in view of all the others.

Two layers of attention over sentences, which come in as the encoder's vectors and as the
columns of `features`. Trained by bench/train_ranker.py; knows no texts and chooses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from summarizer.encode import PACKAGED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

NAME = "geobrief-ranker-3"
"""The ranker's name and version, for receipts."""

_WEIGHTS = "data/ranker.safetensors"


def network(
    *, features: int, vectors: int, width: int, heads: int, layers: int, drop: float
) -> Any:
    """An untrained network: (batch, sentences, features), vectors and a mask to scores.

    `drop` is what training hides of the input; inside the layers it made training a third slower.
    """
    import torch
    from torch import Tensor, nn

    class Network(nn.Module):
        """Scores sentences in view of each other; a linear path beside it sees features only."""

        def __init__(self) -> None:
            super().__init__()
            self.features = nn.Linear(features, width)
            self.vectors = nn.Linear(vectors, width, bias=False)
            self.drop = nn.Dropout(drop)
            layer = nn.TransformerEncoderLayer(
                width, heads, 2 * width, 0.0, "gelu", batch_first=True, norm_first=True
            )
            self.context = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
            self.norm = nn.LayerNorm(width)
            self.score = nn.Linear(width, 1)
            self.direct = nn.Linear(features, 1)

        def forward(self, columns: Tensor, vectors: Tensor, mask: Tensor) -> Tensor:
            seen = self.features(columns) + self.vectors(self.drop(vectors))
            seen = self.context(self.drop(seen), src_key_padding_mask=~mask)
            scores = self.score(self.norm(seen)) + self.direct(columns)
            return torch.as_tensor(scores).squeeze(-1).masked_fill(~mask, -1e4)

    return Network()


def knows(encoder: str) -> bool:
    """Whether the ranker was trained on this encoder's vectors; of others it gets features only."""
    return encoder == PACKAGED


def scores(
    columns: Vector, vectors: Vector | None, networks: Sequence[Any] = ()
) -> NDArray[np.float64]:
    """One score for each row of `columns` (see `features`): mean 0, deviation 1, higher is better.

    `vectors` has the packaged encoder's vector for each row; None where another encoder is set.
    The mean over `networks`, by default the package's, which were trained from different seeds.
    """
    import torch

    shipped, dimensions = _trained()
    networks = networks or shipped
    if vectors is None:
        vectors = np.zeros((len(columns), dimensions), dtype=np.float32)
    given = [torch.from_numpy(np.asarray(a, dtype=np.float32))[None] for a in (columns, vectors)]
    mask = torch.ones((1, len(columns)), dtype=torch.bool)
    with torch.inference_mode():
        found = np.mean([net(*given, mask)[0].numpy() for net in networks], axis=0, dtype=float)
    return standardised(found)


def standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values with mean 0 and deviation 1; zeros where all are the same."""
    return np.asarray((values - values.mean()) / (values.std() or 1.0))


@lru_cache(maxsize=1)
def _trained() -> tuple[list[Any], int]:
    """The networks that come with the package, and the length of the vectors they take."""
    from safetensors import safe_open

    held_at = resources.files("summarizer").joinpath(_WEIGHTS)
    with resources.as_file(held_at) as path, safe_open(path, "pt") as held:
        shape = json.loads(held.metadata()["shape"])
        weights = {name: held.get_tensor(name).float() for name in list(held.keys())}
    networks = []
    for seed in sorted({name.split(".")[0] for name in weights}):
        net = network(**shape, drop=0.0)
        own = {n.split(".", 1)[1]: w for n, w in weights.items() if n.split(".")[0] == seed}
        net.load_state_dict(own)
        networks.append(net.eval())
    return networks, int(shape["vectors"])
