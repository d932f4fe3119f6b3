"""A transformers model in this process: loaded at first use, greedy, stopped at any token.

Knows devices, number formats, chat templates and windows; not what is written about.
Source of the speed: prompt lookup decoding (A. Saxena, 2023) guesses the next tokens from
the prompt and lets the model confirm several at once. The text is greedy decoding's own.
"""

from __future__ import annotations

import contextlib
import copy
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from summarizer.models.adapter import Adapter
from summarizer.models.memory import Loaded, Precision, free_memory, load_folder, quiet
from summarizer.models.window import loop_start, shorten
from summarizer.write import NEWS, TEXT, Form, Stop, Writer, WriterStopped, WriterUnavailable

_LOOKUP_TOKENS = 10


class LocalWriter(Writer):
    """A Writer on this machine's CPU or GPU, safe to call from several threads.

    `path_or_id` is a folder or the name of a model on a hub, `threads` the CPU threads,
    `idle` how long an unused model stays in memory, `max_input_tokens` what is read of a
    longer prompt. `precision` "auto" is bfloat16 where the processor computes in it and
    float32 elsewhere; greedy texts may differ between the two in a word. `adapter` changes the
    weights when they are loaded, and how the model is asked.
    """

    def __init__(
        self,
        path_or_id: str | Path,
        revision: str | None = None,
        *,
        name: str,
        threads: int = 2,
        idle: timedelta = timedelta(minutes=10),
        max_input_tokens: int = 1536,
        precision: Precision = "auto",
        adapter: Adapter | None = None,
    ) -> None:
        self._path_or_id = str(path_or_id)
        self._revision = revision
        self._name = f"{name} + {adapter.name}" if adapter else name
        self._adapter = adapter
        self._threads = threads
        self._idle = idle
        self._max_input_tokens = max_input_tokens
        self._precision: Precision = precision
        self._lock = threading.Lock()
        self._loaded: Loaded | None = None
        self._failure: WriterUnavailable | None = None
        self._used = False
        self._unused_since: datetime | None = None
        self._log = structlog.get_logger()

    @property
    def name(self) -> str:
        """The model's name and revision, for receipts."""
        return self._name

    def form(self, stop: Stop) -> Form:
        """The adapter's way of being asked, a seq2seq model's, or the common one."""
        if self._adapter is not None:
            return self._adapter.form
        with self._turn(stop):
            loaded = self._ready(stop)
        if not loaded.seq2seq:
            return NEWS
        tasks = getattr(loaded.model.config, "task_specific_params", None) or {}
        return replace(TEXT, system=tasks.get("summarization", {}).get("prefix", "").strip())

    @property
    def is_loaded(self) -> bool:
        """Whether the model is in memory."""
        return self._loaded is not None

    def load(self, stop: Stop = lambda: False) -> None:
        """Load the model now instead of at the first use; raises as `generate` does."""
        with self._turn(stop):
            self._ready(stop)

    def generate(self, system: str, user: str, *, max_tokens: int, stop: Stop) -> str:
        """Answer greedily in at most `max_tokens` tokens; see `summarizer.write.Writer`."""
        with self._turn(stop):
            loaded = self._ready(stop)
            self._used = True
            try:
                return self._write(loaded, system, user, max_tokens, stop)
            except (MemoryError, RuntimeError) as error:  # a GPU out of memory is a RuntimeError
                self._drop()
                raise WriterUnavailable(
                    f"{self._name} could not write: {_one_line(error)}", permanent=False
                ) from error

    def release(self) -> None:
        """Drop the model from memory, after the writing that is under way."""
        with self._lock:
            self._drop()

    def release_if_idle(self, now: datetime) -> bool:
        """Drop the model when it was not used for the idle time; true when it was dropped.

        `now` is aware UTC. The idle time is counted from the first call after a use, so call
        this every minute or so. Returns at once while the model writes.
        """
        if not self._lock.acquire(blocking=False):
            return False
        try:
            if self._loaded is None:
                return False
            if self._used or self._unused_since is None:
                self._used, self._unused_since = False, now
                return False
            if now - self._unused_since < self._idle:
                return False
            self._drop()
            return True
        finally:
            self._lock.release()

    @contextlib.contextmanager
    def _turn(self, stop: Stop) -> Iterator[None]:
        while True:
            if stop():
                raise WriterStopped
            if self._lock.acquire(timeout=0.05):
                break
        try:
            yield
        finally:
            self._lock.release()

    def _drop(self) -> None:
        if self._loaded is None:
            return
        device = self._loaded.device
        self._loaded, self._unused_since = None, None
        free_memory(device)
        self._log.info("writer released", model=self._name)

    def _ready(self, stop: Stop) -> Loaded:
        if self._failure is not None:
            raise self._failure
        if self._loaded is None:
            try:
                self._loaded = self._load(stop)
            except WriterUnavailable as error:
                if error.permanent:
                    self._failure = error
                raise
            self._used = True
        return self._loaded

    def _load(self, stop: Stop) -> Loaded:
        folder = Path(self._path_or_id)
        if not folder.is_dir():
            if folder.is_absolute():
                raise WriterUnavailable(
                    f"there is no model folder {folder}: check the writer's model setting",
                    permanent=True,
                )
            from summarizer.models.hub import fetch

            folder = fetch(self._path_or_id, self._revision, stop=stop)
        if stop():
            raise WriterStopped
        from safetensors import SafetensorError

        try:
            return load_folder(folder, self._precision, self._threads, self._adapter)
        except (
            *(OSError, ValueError, ImportError, RuntimeError, KeyError, TypeError),
            *(AttributeError, MemoryError, SafetensorError),
        ) as error:
            raise WriterUnavailable(
                f"the model {self._name} in {folder} cannot be loaded: {_one_line(error)}",
                permanent=not isinstance(error, MemoryError),
            ) from error

    def _write(self, loaded: Loaded, system: str, user: str, max_tokens: int, stop: Stop) -> str:
        import torch

        torch.set_num_threads(self._threads)  # a setting of the calling thread
        encoded = self._encode(loaded, system, user, max_tokens)
        config = _greedy(loaded, max_tokens)
        prompt_tokens = 0 if loaded.seq2seq else encoded["input_ids"].shape[1]
        watch = _Watch(stop, prompt_tokens)
        with torch.inference_mode(), _stopping_layers(loaded.model, stop), quiet():
            tokens = loaded.model.generate(
                **encoded, generation_config=config, stopping_criteria=[watch]
            )
        written = tokens[0, prompt_tokens:].tolist()
        if (start := loop_start(written)) is not None:
            self._log.info("writer repeated itself", model=self._name, kept_tokens=start)
            written = written[:start]
        return str(loaded.tokenizer.decode(written, skip_special_tokens=True)).strip()

    def _encode(self, loaded: Loaded, system: str, user: str, max_tokens: int) -> Any:
        tokenizer = loaded.tokenizer
        system, user = _defused(tokenizer, system), _defused(tokenizer, user)

        def count(text: str) -> int:
            return len(tokenizer(text, add_special_tokens=False)["input_ids"])

        room = loaded.window if loaded.seq2seq else loaded.window - max_tokens
        room = min(room, self._max_input_tokens)
        spare = room - count(_prompt(loaded, system, "")) - 2
        cut = shorten(user, max(spare, 16), count)
        if cut != user:
            self._log.warning(
                "prompt cut to the model's window",
                model=self._name,
                tokens=count(user),
                kept_tokens=count(cut),
            )
        return tokenizer(
            _prompt(loaded, system, cut),
            add_special_tokens=loaded.seq2seq or not tokenizer.chat_template,
            return_tensors="pt",
            return_token_type_ids=False,
        ).to(loaded.device)


class _Watch:
    """A stopping criterion: asks `stop()` at every token, ends a text that goes in circles."""

    def __init__(self, stop: Stop, prompt_tokens: int) -> None:
        self._stop = stop
        self._prompt_tokens = prompt_tokens

    def __call__(self, input_ids: Any, scores: Any, **options: Any) -> Any:
        import torch

        if self._stop():
            raise WriterStopped
        circling = loop_start(input_ids[0, self._prompt_tokens :].tolist()) is not None
        return torch.full((input_ids.shape[0],), circling, device=input_ids.device)


def _greedy(loaded: Loaded, max_tokens: int) -> Any:
    config = copy.deepcopy(loaded.model.generation_config)
    # Neutral values, not None: generate() fills a None with the model's own setting. A
    # penalty on repetition would push the text away from its source's words.
    config.update(
        do_sample=False,
        num_beams=1,
        num_beam_groups=1,
        temperature=1.0,
        top_p=1.0,
        top_k=50,
        repetition_penalty=1.0,
        encoder_repetition_penalty=1.0,
        no_repeat_ngram_size=0,
        encoder_no_repeat_ngram_size=0,
        length_penalty=1.0,
        early_stopping=False,
        min_length=0,
        min_new_tokens=0,
        max_length=None,
        max_new_tokens=max_tokens,
    )
    if config.pad_token_id is None:
        pad, end = loaded.tokenizer.pad_token_id, config.eos_token_id
        config.pad_token_id = pad if pad is not None else (end[0] if isinstance(end, list) else end)
    # Guesses come from the decoder's own text, which holds the source in causal models only.
    if not loaded.seq2seq and not getattr(loaded.model, "_is_stateful", False):
        config.prompt_lookup_num_tokens = _LOOKUP_TOKENS
    return config


def _prompt(loaded: Loaded, system: str, user: str) -> str:
    tokenizer = loaded.tokenizer
    if loaded.seq2seq or not tokenizer.chat_template:
        return f"{system}\n\n{user}" + ("" if loaded.seq2seq else "\n") if system else user
    from jinja2 import TemplateError

    def render(*messages: dict[str, str]) -> str:
        return str(
            tokenizer.apply_chat_template(
                list(messages), tokenize=False, add_generation_prompt=True
            )
        )

    try:
        return render({"role": "system", "content": system}, {"role": "user", "content": user})
    except TemplateError:  # some templates know no system role
        return render({"role": "user", "content": f"{system}\n\n{user}"})


def _defused(tokenizer: Any, text: str) -> str:
    """Break up what the tokenizer would read as one of its marks, such as an end of turn."""
    for mark in tokenizer.get_added_vocab():
        if len(mark) > 2 and mark in text:
            text = text.replace(mark, f"{mark[0]} {mark[1:]}")
    return text


@contextlib.contextmanager
def _stopping_layers(model: Any, stop: Stop) -> Iterator[None]:
    # Reading a long prompt takes seconds before the first token; the layers ask as well.
    import torch

    def ask(*_: object) -> None:
        if stop():
            raise WriterStopped

    layers = [
        layer
        for module in model.modules()
        if isinstance(module, torch.nn.ModuleList)
        for layer in module
    ]
    handles = [layer.register_forward_pre_hook(ask) for layer in layers]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _one_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0][:300] if lines else "") or type(error).__name__
