"""A transformers model in this process: loaded at first use, greedy, stopped at any token.

Knows devices, number formats, chat templates and windows; not what is written about.
How the next tokens are found is for `decode`, and for `generation` where that cannot.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from summarizer.models.adapter import Adapter
from summarizer.models.choosing import LEAVING_OUT, choose
from summarizer.models.decode import Beginning, Beginnings, can_decode, greedy
from summarizer.models.generation import generate, stopping_layers
from summarizer.models.memory import Loaded, Precision, free_memory, load_folder
from summarizer.models.window import common_start, loop_start, shorten, side_by_side
from summarizer.write import (
    NEWS,
    TEXT,
    Ask,
    Form,
    Stop,
    Words,
    Writer,
    WriterStopped,
    WriterUnavailable,
)


class LocalWriter(Writer):
    """A Writer on this machine's CPU or GPU, safe to call from several threads.

    `path_or_id` is a folder or the name of a model on a hub, `threads` the CPU threads,
    `idle` how long an unused model stays in memory, `max_input_tokens` what is read of a
    longer prompt. `precision` "auto" is bfloat16 where the processor computes in it and
    float32 elsewhere; greedy texts may differ between the two in a word. `adapter` changes the
    weights when they are loaded, and how the model is asked. With `words` "sources" the model must
    be a causal one with a plain cache; it is loaded only where it has something to choose, and
    `leaving_out` is what a branch that leaves something out is given there, in nats.
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
        words: Words = "own",
        leaving_out: float = LEAVING_OUT,
    ) -> None:
        self._words = words
        self._leaving_out = leaving_out
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
        self._beginnings: Beginnings | None = None
        self._failure: WriterUnavailable | None = None
        self._used = False
        self._unused_since: datetime | None = None
        self._log = structlog.get_logger()

    @property
    def name(self) -> str:
        """The model's name and revision, for receipts."""
        return self._name

    @property
    def words(self) -> Words:
        """Whose words it uses."""
        return self._words

    def form(self, stop: Stop) -> Form:
        """The adapter's way of being asked, a seq2seq model's, or the common one."""
        if self._adapter is not None:
            return self._adapter.form
        if self._words == "sources":
            return NEWS
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
        return self._answers([Ask(system=system, user=user, max_tokens=max_tokens)], stop)[0]

    def generate_many(self, asks: Sequence[Ask], *, stop: Stop) -> list[str | WriterUnavailable]:
        """Answer several prompts together, those of like length side by side.

        Raises WriterUnavailable when the model cannot write at all.
        """
        return [*self._answers(asks, stop)] if asks else []

    def _answers(self, asks: Sequence[Ask], stop: Stop) -> list[str]:
        if all(ask.within and all(len(texts) == 1 for texts in ask.within) for ask in asks):
            return ["\n".join(text for (text,) in ask.within) for ask in asks]
        with self._turn(stop):
            loaded = self._ready(stop)
            self._used = True
            try:
                return self._write(loaded, asks, stop)
            except (MemoryError, RuntimeError) as error:  # a GPU out of memory is a RuntimeError
                self._drop()
                raise WriterUnavailable(
                    f"{self._name} could not write: {_one_line(error)}", permanent=False
                ) from error

    @contextlib.contextmanager
    def lent(self) -> Iterator[Loaded]:
        """The model for another use than writing, loaded if need be; nothing is written meanwhile.

        Raises WriterUnavailable, also for what fails in the use itself as in `generate`.
        """
        import torch

        with self._turn(lambda: False):
            loaded = self._ready(lambda: False)
            self._used = True
            torch.set_num_threads(self._threads)  # a setting of the calling thread
            try:
                yield loaded
            except (MemoryError, RuntimeError) as error:
                self._drop()
                raise WriterUnavailable(
                    f"{self._name} could not read: {_one_line(error)}", permanent=False
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
        self._loaded, self._beginnings, self._unused_since = None, None, None
        free_memory(device)
        self._log.info("writer released", model=self._name)

    def _ready(self, stop: Stop) -> Loaded:
        if self._failure is not None:
            raise self._failure
        if self._loaded is None:
            try:
                self._loaded = self._load(stop)
                if not self._loaded.seq2seq and can_decode(self._loaded.model):
                    self._beginnings = Beginnings(self._loaded.model)
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

    def _write(self, loaded: Loaded, asks: Sequence[Ask], stop: Stop) -> list[str]:
        import torch

        torch.set_num_threads(self._threads)  # a setting of the calling thread
        texts = [""] * len(asks)
        chosen = [at for at, ask in enumerate(asks) if ask.within]
        free = [at for at, ask in enumerate(asks) if not ask.within]
        with torch.inference_mode(), stopping_layers(loaded.model, stop):
            for some, write in ((chosen, self._choose), (free, self._free)):
                prompts = [self._encode(loaded, asks[at]) for at in some]
                for group in side_by_side([len(prompt) for prompt in prompts]):
                    rows = [prompts[at] for at in group]
                    told = [asks[some[at]] for at in group]
                    for at, text in zip(group, write(loaded, told, rows, stop), strict=True):
                        texts[some[at]] = text
        return texts

    def _free(
        self, loaded: Loaded, asks: Sequence[Ask], rows: list[list[int]], stop: Stop
    ) -> list[str]:
        """What the model writes behind each prompt in its own words."""
        room = [ask.max_tokens for ask in asks]
        if self._beginnings is None:
            written = generate(loaded, rows, room, stop)
        else:
            written = greedy(
                loaded.model,
                rows,
                room=room,
                ends=_ends(loaded),
                beginning=self._beginning(loaded, asks, rows),
                stop=stop,
            )
        return [self._text(loaded, tokens) for tokens in written]

    def _choose(
        self, loaded: Loaded, asks: Sequence[Ask], rows: list[list[int]], stop: Stop
    ) -> list[str]:
        """What the model chooses of the texts allowed."""
        if self._beginnings is None:
            raise WriterUnavailable(
                f"{self._name} cannot be kept to its sources' words: set writer_words = own",
                permanent=True,
            )
        found = choose(
            loaded.model,
            rows,
            [_tokens_within(loaded, ask) for ask in asks],
            beginning=self._beginning(loaded, asks, rows),
            stop=stop,
            leaving_out=self._leaving_out,
        )
        return [
            "\n".join(texts[at] for texts, at in zip(ask.within, places, strict=True))
            for ask, places in zip(asks, found, strict=True)
        ]

    def _beginning(
        self, loaded: Loaded, asks: Sequence[Ask], rows: Sequence[Sequence[int]]
    ) -> Beginning | None:
        """What the prompts have in common, read once; a prompt keeps something of its own."""
        assert self._beginnings is not None
        shared = [self._tokens(loaded, _prompt(loaded, ask.system, "")) for ask in asks]
        same = common_start([*shared, *(row[:-1] for row in rows)])
        return self._beginnings.of(rows[0][:same])

    def _text(self, loaded: Loaded, tokens: list[int]) -> str:
        if (start := loop_start(tokens)) is not None:
            self._log.info("writer repeated itself", model=self._name, kept_tokens=start)
            tokens = tokens[:start]
        return str(loaded.tokenizer.decode(tokens, skip_special_tokens=True)).strip()

    def _tokens(self, loaded: Loaded, prompt: str) -> list[int]:
        tokenizer = loaded.tokenizer
        special = loaded.seq2seq or not tokenizer.chat_template
        return list(tokenizer(prompt, add_special_tokens=special)["input_ids"])

    def _encode(self, loaded: Loaded, ask: Ask) -> list[int]:
        tokenizer = loaded.tokenizer
        system, user = _defused(tokenizer, ask.system), _defused(tokenizer, ask.user)

        def count(text: str) -> int:
            return len(tokenizer(text, add_special_tokens=False)["input_ids"])

        written = max(ask.max_tokens, sum(count(max(texts, key=len)) for texts in ask.within))
        room = loaded.window if loaded.seq2seq else loaded.window - written
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
        return self._tokens(loaded, _prompt(loaded, system, cut))


def _tokens_within(loaded: Loaded, ask: Ask) -> list[list[list[int]]]:
    """The tokens of every text allowed, as they follow on the sentence before."""
    tokenizer = loaded.tokenizer
    found = []
    for at, texts in enumerate(ask.within):
        told = [_defused(tokenizer, f" {text}" if at else text) for text in texts]
        found.append(list(tokenizer(told, add_special_tokens=False)["input_ids"]))
    return found


def _ends(loaded: Loaded) -> frozenset[int]:
    end = loaded.model.generation_config.eos_token_id
    if end is None:
        end = loaded.tokenizer.eos_token_id
    return frozenset([] if end is None else end if isinstance(end, list) else [end])


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


def _one_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0][:300] if lines else "") or type(error).__name__
