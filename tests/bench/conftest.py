"""What the tests of training and measuring share: an encoder with nothing to load."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray


class Hashed:
    """Vectors of hashed words: enough to tell sentences apart. Keeps what it was `asked`."""

    name = "hashed-words"
    dimensions = 384

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Normalised counts."""
        self.asked += texts
        rows = np.full((len(texts), self.dimensions), 1e-3, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[zlib.crc32(word.strip(".,?").encode()) % self.dimensions] += 1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


@pytest.fixture
def hashed() -> Hashed:
    """A new one."""
    return Hashed()
