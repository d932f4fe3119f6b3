"""One copy of the packaged model in memory, for writing and for reading what was written.

Knows where the converted model lies; not what it is asked.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from summarizer.models import packaged
from summarizer.models.local import LocalWriter
from summarizer.models.memory import Loaded, Precision
from summarizer.write import Words, WriterUnavailable


class Lender:
    """The packaged writer without an adapter, made at the first use; safe for several threads.

    `models_folder` is where it was converted to; the rest is as a LocalWriter's. Unless said
    otherwise it writes in its sources' words.
    """

    def __init__(
        self,
        models_folder: Path,
        *,
        threads: int = 2,
        idle: timedelta = timedelta(minutes=10),
        precision: Precision = "auto",
        words: Words = "sources",
    ) -> None:
        self._words = words
        self._folder = models_folder
        self._threads = threads
        self._idle = idle
        self._precision: Precision = precision
        self._lock = threading.Lock()
        self._writer: LocalWriter | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the model was converted; loads nothing."""
        return packaged.is_converted(self._folder)

    def writer(self) -> LocalWriter:
        """The writer that everybody shares. Raises WriterUnavailable before the conversion."""
        with self._lock:
            if self._writer is None:
                found = packaged.state(self._folder)
                if found.condition != "ready":
                    raise WriterUnavailable(found.line, permanent=False)
                recipe = packaged.load_recipe()
                self._writer = LocalWriter(
                    found.folder,
                    name=f"{recipe.name} {recipe.revision}",
                    threads=self._threads,
                    idle=self._idle,
                    precision=self._precision,
                    words=self._words,
                )
            return self._writer

    @contextmanager
    def lend(self) -> Iterator[Loaded]:
        """The model in memory, after the writing that is under way. Raises WriterUnavailable."""
        with self.writer().lent() as loaded:
            yield loaded

    def rest(self, now: datetime) -> None:
        """Let the model leave memory when it was not used for the idle time; `now` is aware."""
        if self._writer is not None:
            self._writer.release_if_idle(now)
