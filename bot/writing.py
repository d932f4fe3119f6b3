"""The writer's room: where the writer comes from, one thread for it, and one text at a time.

Until the writer is ready, and where there is none, source sentences stand. A text that
nobody waits for any more is not begun.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import structlog

from bot.clock import Clock
from news.desk import Desk
from news.model import Digest
from summarizer.models import packaged
from summarizer.models.adapter import SHIPPED, read_adapter
from summarizer.pipeline import Summarizer
from summarizer.write import Words, Writer, WriterStopped, WriterUnavailable

if TYPE_CHECKING:
    from summarizer.models.lending import Lender
    from summarizer.models.local import LocalWriter

Progress = Callable[[str, float], None]
PACKAGED, AUTO = "packaged", "auto"
BY_DEFAULT = (
    "not used unless asked for: the packaged one only shortens source sentences "
    "(setting writer = packaged)"
)
AT_ONCE = 16
"""So many are written side by side; half a minute of one core in bfloat16, more in float32."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterPlan:
    """Where the writer comes from: an OpenAI-compatible server, a model, the packaged one, none.

    `source` is "auto" (the packaged one, only where somebody asks for a written summary),
    "packaged", "off", a folder or a hub id; a `server` comes before it. `words` "auto" is the
    sources' words for the packaged one without an adapter, and their own for others.
    """

    source: str = AUTO
    revision: str | None = None
    adapter: Path | None = None
    adapter_scale: float | None = None
    server: str | None = None
    server_model: str | None = None
    server_key: str | None = None
    server_timeout: timedelta = timedelta(seconds=60)
    server_at_once: int = 4
    models: Path
    threads: int = 2
    idle: timedelta = timedelta(minutes=10)
    words: Words | Literal["auto"] = "auto"


class WritingRoom:
    """Owns the writer. `state` is one line for people about where it stands."""

    def __init__(
        self, summarizer: Summarizer, plan: WriterPlan, lender: Lender, stopping: threading.Event
    ) -> None:
        self._summarizer = summarizer
        self._plan = plan
        self._lender = lender
        self._stopping = stopping
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._local: LocalWriter | None = None
        self.state = "not prepared"

    @property
    def ready(self) -> bool:
        """Whether summaries can be written now."""
        return self._summarizer.writer is not None

    @property
    def only_if_asked(self) -> bool:
        """Whether no writer was named in the settings: it writes where somebody asks for it."""
        return self._plan.server is None and self._plan.source == AUTO

    def needs_conversion(self, *, asked: bool = False) -> bool:
        """Whether the packaged writer is installed and still to be made ready (about a minute)."""
        plan = self._plan
        if plan.server is not None or not (
            plan.source == PACKAGED or (asked and self.only_if_asked)
        ):
            return False
        return packaged.state(plan.models).condition == "unconverted"

    def prepare(self, progress: Progress, *, convert: bool = True, asked: bool = False) -> bool:
        """Make the writer ready where there is one; slow when it is to be converted first.

        `progress(stage, share)` is told how far it is; `asked` means that a written summary was
        asked for. Gives whether it is ready; `state` says why not.
        """
        if self.only_if_asked and not asked:
            self.state = BY_DEFAULT
            return False
        try:
            writer = self._find(progress, convert=convert)
        except WriterUnavailable as error:
            self.state = str(error)
            structlog.get_logger().warning("no writer", reason=str(error))
            return False
        except WriterStopped:
            self.state = "stopped while it was being prepared"
            return False
        if writer is None:
            return False
        self._summarizer.writer = writer
        self.state = f"ready: {writer.name}"
        return True

    def _find(self, progress: Progress, *, convert: bool) -> Writer | None:
        plan = self._plan
        if plan.server is not None:
            if plan.words == "sources":
                raise WriterUnavailable(
                    "a server cannot be kept to its sources' words: "
                    "set writer_words = own, or leave writer_url out",
                    permanent=True,
                )
            from summarizer.models.server import ServerWriter

            return ServerWriter(
                plan.server,
                plan.server_model or "",
                plan.server_key,
                plan.server_timeout,
                at_once=plan.server_at_once,
            )
        if plan.source == "off":
            self.state = "switched off (setting writer = off)"
            return None
        if plan.source not in (AUTO, PACKAGED):
            name = f"{plan.source} {plan.revision}" if plan.revision else plan.source
            return self._here(plan.source, name, plan.adapter)
        found = packaged.state(plan.models)
        if found.condition == "missing" or (found.condition == "unconverted" and not convert):
            self.state = found.line
            return None
        folder = packaged.convert(plan.models, progress, self._stopping.is_set)
        adapter = plan.adapter or (SHIPPED if SHIPPED.is_dir() else None)
        if adapter is None:
            return self._lender.writer()
        recipe = packaged.load_recipe()
        return self._here(str(folder), f"{recipe.name} {recipe.revision}", adapter)

    def _here(self, source: str, name: str, adapter: Path | None) -> Writer:
        from summarizer.models.local import LocalWriter

        plan = self._plan
        self._local = LocalWriter(
            source,
            plan.revision,
            name=name,
            threads=plan.threads,
            idle=plan.idle,
            adapter=read_adapter(adapter, plan.adapter_scale) if adapter else None,
            words="own" if plan.words == "auto" else plan.words,
        )
        return self._local

    def write_now(
        self, desk: Desk, digest: Digest, now: datetime, stop: Callable[[], bool]
    ) -> Digest | None:
        """Write in the caller's thread; the digest with a note where nothing could be written.

        None when stopped, without a writer, or when there is nothing to write from.
        """
        return self.write_all(desk, [digest], now, stop)[0]

    def write_all(
        self, desk: Desk, digests: Sequence[Digest], now: datetime, stop: Callable[[], bool]
    ) -> list[Digest | None]:
        """Write several side by side in the caller's thread; see `write_now`."""

        def over() -> bool:
            return stop() or self._stopping.is_set()

        if not self.ready or over():
            return [None] * len(digests)
        try:
            return desk.write_many(digests, now=now, stop=over)
        except WriterStopped:
            return [None] * len(digests)

    async def write(
        self, desk: Desk, clock: Clock, digest: Digest, stop: Callable[[], bool]
    ) -> Digest | None:
        """Write in the writer's thread, after those who asked before; None for nothing better."""
        if not self.ready:
            return None
        loop = asyncio.get_running_loop()
        made = await loop.run_in_executor(
            self._thread, self.write_now, desk, digest, clock.now(), stop
        )
        return made if made is not None and made.is_written else None

    def write_ahead(self, desk: Desk, digests: Sequence[Digest], now: datetime) -> int:
        """Write what will soon be shown, a few at a time in the writer's thread; give how many.

        Whoever asks meanwhile waits for one such group at most. What is written is kept.
        """
        written = 0
        for start in range(0, len(digests), AT_ONCE):
            group = digests[start : start + AT_ONCE]
            if not self.ready or self._stopping.is_set():
                break
            try:
                done = self._thread.submit(self.write_all, desk, group, now, lambda: False)
                written += sum(one is not None and one.is_written for one in done.result())
            except (RuntimeError, CancelledError):  # the thread was closed
                break
        return written

    def try_out(self) -> str:
        """Let the writer say a few words. Raises WriterUnavailable."""
        writer = self._summarizer.writer
        if writer is None:
            raise WriterUnavailable(self.state, permanent=True)
        return writer.generate(
            "You are a news editor.",
            "Write one short sentence about the weather.",
            max_tokens=20,
            stop=self._stopping.is_set,
        )

    def rest(self) -> None:
        """Let the writer leave memory when nothing was written for a while."""
        now = datetime.now(UTC)
        self._lender.rest(now)
        if self._local is not None:
            self._local.release_if_idle(now)

    def close(self) -> None:
        """End the thread; what is being written stops at its next token."""
        self._thread.shutdown(wait=False, cancel_futures=True)
