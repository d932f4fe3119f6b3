"""Pages in worker processes: a page that is too slow or too large costs a worker, not the run.

Knows how to start, wait for and end workers; what they do with a page is news.extract's.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import TYPE_CHECKING, Self

import structlog

if TYPE_CHECKING:
    from news.extract import Extracted

_START_LIMIT = 60.0
_END_LIMIT = 1.0
_FIRST = "<html><head><title>First</title></head><body><p>A page to begin with.</p></body></html>"
_LOST = (EOFError, OSError, BrokenPipeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractFailed:
    """The page broke its worker: too slow, too large, or beyond the parser."""

    url: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    html: bytes | str
    url: str | None
    now: datetime
    content_type: str | None


class PagePool:
    """`extract_page` in worker processes, started with the first page; `close()` ends them.

    Any number of threads may call `extract` at once; as many pages as there are processes are
    under way. A page past `time_limit` is given up and its worker replaced.
    """

    def __init__(
        self, processes: int = 2, *, time_limit: timedelta = timedelta(seconds=20)
    ) -> None:
        self._limit = time_limit.total_seconds()
        self._slots: queue.LifoQueue[_Worker] = queue.LifoQueue()
        self._workers = [_Worker() for _ in range(processes)]
        for worker in self._workers:
            self._slots.put(worker)
        self._closed = threading.Event()

    def extract(
        self, html: bytes | str, *, url: str | None, now: datetime, content_type: str | None = None
    ) -> Extracted | ExtractFailed:
        """Blocks until the page is done or given up."""
        worker = self._slots.get()
        try:
            if self._closed.is_set():
                return ExtractFailed(url=url, reason="the program is ending")
            task = _Task(html=html, url=url, now=now, content_type=content_type)
            return worker.run(task, self._limit)
        except _LOST as error:
            worker.kill()
            reason = "the program is ending" if self._closed.is_set() else _why(error, self._limit)
            structlog.get_logger().warning("page given up", url=url, reason=reason)
            return ExtractFailed(url=url, reason=reason)
        finally:
            self._slots.put(worker)

    def close(self) -> None:
        """End the workers, idle or not, within a second or two."""
        self._closed.set()
        for worker in self._workers:
            worker.ask_to_end()
        until = time.monotonic() + _END_LIMIT
        for worker in self._workers:
            worker.end(max(0.0, until - time.monotonic()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Worker:
    """One process and the pipe to it; used by one thread at a time, ended by any."""

    def __init__(self) -> None:
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._ended = False
        self._lock = threading.Lock()

    def run(self, task: _Task, limit: float) -> Extracted | ExtractFailed:
        """Raises one of _LOST when the process is slow or gone; then it must be killed."""
        pipe = self._started()
        pipe.send(task)
        if not pipe.poll(limit):
            raise TimeoutError
        answer: Extracted | ExtractFailed = pipe.recv()
        return answer

    def kill(self) -> None:
        """End the process now; the next page starts another."""
        with self._lock:
            process, pipe = self._process, self._pipe
            self._process = self._pipe = None
        if process is not None:
            process.kill()
            process.join(_END_LIMIT)
        if pipe is not None:
            pipe.close()

    def ask_to_end(self) -> None:
        """An idle process leaves on its own; a busy one will be killed."""
        with self._lock:
            self._ended = True
            if self._pipe is not None:
                with contextlib.suppress(*_LOST):
                    self._pipe.send(None)

    def end(self, patience: float) -> None:
        """Wait that many seconds, then kill. The pipe stays open for whoever waits at it."""
        with self._lock:
            process = self._process
        if process is not None:
            process.join(patience)
            process.kill()
            process.join(_END_LIMIT)

    def _started(self) -> Connection:
        with self._lock:
            if self._ended:
                raise EOFError
            if self._pipe is not None:
                return self._pipe
            # spawn: a fork of a program with threads and models may hang
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs,), name="pages", daemon=True)
            process.start()
            theirs.close()
            self._process, self._pipe = process, ours
        if not ours.poll(_START_LIMIT):
            raise TimeoutError
        ours.recv()
        return ours


def _why(error: BaseException, limit: float) -> str:
    if isinstance(error, TimeoutError):
        return f"the page took longer than {limit:g} seconds to read"
    return "the page broke the parser"


def _work(pipe: Connection) -> None:
    """The worker's life: say ready, then page in, result out, until told to end."""
    import logging

    # the terminal's Ctrl-C is the parent's to answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for noisy in ("trafilatura", "htmldate", "readability", "charset_normalizer"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    from news.extract import extract_page

    # loads the libraries before the first page's time runs
    extract_page(_FIRST, url=None, now=datetime.now(UTC))
    with contextlib.suppress(*_LOST):
        pipe.send("ready")
        while (task := pipe.recv()) is not None:
            pipe.send(_done(extract_page, task))


def _done(extract_page: Callable[..., Extracted], task: _Task) -> Extracted | ExtractFailed:
    try:
        return extract_page(task.html, url=task.url, now=task.now, content_type=task.content_type)
    except Exception as error:  # noqa: BLE001 - whatever a parser throws, the worker reads on
        reason = f"the page broke the parser ({type(error).__name__})"
        return ExtractFailed(url=task.url, reason=reason)
