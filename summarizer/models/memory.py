"""A transformers folder into memory, quietly, and out of it again.

Knows devices, number formats and what the libraries print; not prompts or texts.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from summarizer.models.adapter import Adapter, merge

Precision = Literal["auto", "float32", "bfloat16", "float16"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A model ready to run; `window` is how many tokens it reads and writes in all."""

    model: Any
    tokenizer: Any
    device: str
    seq2seq: bool
    window: int


def load_folder(
    folder: Path, precision: Precision, threads: int, adapter: Adapter | None = None
) -> Loaded:
    """Load the model, its adapter and its tokenizer. Raises whatever the libraries raise."""
    import torch
    from transformers import (
        AutoConfig,
        AutoModelForCausalLM,
        AutoModelForSeq2SeqLM,
        AutoTokenizer,
    )

    torch.set_num_threads(threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    with quiet():
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        seq2seq = bool(config.is_encoder_decoder)
        kind: Any = AutoModelForSeq2SeqLM if seq2seq else AutoModelForCausalLM
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        dtype = getattr(torch, _precision(precision, device))
        # an adapter's changes are smaller than what a 16-bit number can be changed by
        model = kind.from_pretrained(
            folder,
            local_files_only=True,
            dtype=torch.float32 if adapter else dtype,
            use_safetensors=True,
        )
    if adapter is not None:
        merge(model, adapter)
    model = model.to(device=device, dtype=dtype).eval()
    window = getattr(config, "max_position_embeddings", None) or tokenizer.model_max_length
    return Loaded(
        model=model, tokenizer=tokenizer, device=device, seq2seq=seq2seq, window=int(window)
    )


def _precision(asked: Precision, device: str) -> str:
    import torch

    if asked != "auto":
        return asked
    if device == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
    # Where it is only emulated, bfloat16 is several times slower than float32.
    able = torch.cpu.get_capabilities()
    return "bfloat16" if able.get("avx512_bf16") or able.get("amx_bf16") else "float32"


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers' bars and advice off the terminal; its settings are restored."""
    from transformers.utils import logging

    noise: Any = logging  # untyped
    level = noise.get_verbosity()
    bars = noise.is_progress_bar_enabled()
    restore: list[Callable[[], None]] = [lambda: noise.set_verbosity(level)]
    if bars:
        restore.append(noise.enable_progress_bar)
    noise.set_verbosity_error()
    noise.disable_progress_bar()
    try:
        yield
    finally:
        for step in restore:
            step()


def free_memory(device: str) -> None:
    """Give what a dropped model held back to the machine."""
    gc.collect()
    if device != "cpu":
        import torch

        torch.cuda.empty_cache()
    # glibc keeps freed weights for itself: 2.0 GB after a release without this, 0.6 with it.
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
