"""PDF, DOCX and mail files: read in a process of their own, which may be slow, swell or break.

The formats are others' (pdf, docx, mail); this part knows how to run them within limits.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Literal, Self

import structlog

from news.ways.found import FoundText, Problem
from news.ways.papers import Paper, Unreadable, as_page

Format = Literal["pdf", "docx", "eml"]
MAX_BYTES = 50 * 1024 * 1024
TIME_LIMIT = timedelta(seconds=30)
MEMORY = 1024 * 1024 * 1024
"""Bytes of address space that one document may take, beside what the libraries need."""
_START_LIMIT = 60.0
_END_LIMIT = 1.0
_LOST = (EOFError, OSError, BrokenPipeError)


def read_document(body: bytes, format: Format, *, what: str, now: datetime) -> FoundText | Problem:
    """Read a document here and now; may take long or much memory (see DocumentReader)."""
    if len(body) > MAX_BYTES:
        return Problem(what=what, reason=f"too big; up to {MAX_BYTES // 2**20} MB are read")
    if not body.strip(b"\0 \t\r\n"):
        return Problem(what=what, reason="the file is empty")
    paper = _reader(format)(body)
    if isinstance(paper, Unreadable):
        return Problem(what=what, reason=paper.reason)
    page = as_page(paper, now=now)
    if not page.text:
        return Problem(what=what, reason="the document holds no text")
    return FoundText(what=what, page=page, notes=paper.notes)


def _reader(format: Format) -> Callable[[bytes], Paper | Unreadable]:
    match format:
        case "pdf":
            from news.ways.pdf import read_pdf

            return read_pdf
        case "docx":
            from news.ways.docx import read_docx

            return read_docx
        case "eml":
            from news.ways.mail import read_mail

            return read_mail


class DocumentReader:
    """`read_document` in one worker process, started with the first document; `close()` ends it.

    Any number of threads may call `read`; one document is under way at a time. One past
    `time_limit` is given up and the worker replaced. `memory` is in bytes, kept where the
    system can (Linux).
    """

    def __init__(self, *, time_limit: timedelta = TIME_LIMIT, memory: int = MEMORY) -> None:
        self._limit = time_limit.total_seconds()
        self._memory = memory
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    def read(self, body: bytes, format: Format, *, what: str, now: datetime) -> FoundText | Problem:
        """Blocks until the document is read or given up."""
        if len(body) > MAX_BYTES:
            return Problem(what=what, reason=f"too big; up to {MAX_BYTES // 2**20} MB are read")
        with self._lock:
            if self._closed.is_set():
                return Problem(what=what, reason="the program is ending")
            try:
                pipe = self._started()
                pipe.send((body, format, what, now))
                if not pipe.poll(self._limit):
                    raise TimeoutError
                answer: FoundText | Problem = pipe.recv()
                return answer
            except _LOST as error:
                self._kill()
                reason = self._why(error)
                structlog.get_logger().warning("document given up", what=what, reason=reason)
                return Problem(what=what, reason=reason)

    def close(self) -> None:
        """End the worker, idle or not, at once."""
        self._closed.set()
        process = self._process
        if process is not None:
            process.kill()
            process.join(_END_LIMIT)
        with self._lock:
            self._kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _started(self) -> Connection:
        if self._pipe is not None:
            return self._pipe
        # spawn: a fork of a program with threads and models may hang
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_work, args=(theirs, self._memory), name="documents", daemon=True
        )
        process.start()
        theirs.close()
        self._process, self._pipe = process, ours
        if not ours.poll(_START_LIMIT):
            raise TimeoutError
        ours.recv()
        return ours

    def _kill(self) -> None:
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if process is not None:
            process.kill()
            process.join(_END_LIMIT)
        if pipe is not None:
            pipe.close()

    def _why(self, error: BaseException) -> str:
        if self._closed.is_set():
            return "the program is ending"
        if isinstance(error, TimeoutError):
            return f"the document took longer than {self._limit:g} seconds to read"
        return "the document broke its reader"


def _work(pipe: Connection, memory: int) -> None:
    """The worker's life: say ready, then document in, text out, until the pipe closes."""
    import logging
    import signal

    # the terminal's Ctrl-C is the parent's to answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for noisy in ("pypdf", "mammoth", "charset_normalizer"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    from news.language import detect_language

    # loads what every document needs before the first one's time runs
    detect_language("A sentence to begin with.")
    _limit_memory(memory)
    with contextlib.suppress(*_LOST):
        pipe.send("ready")
        while True:
            body, format, what, now = pipe.recv()
            pipe.send(_done(body, format, what, now))


def _done(body: bytes, format: Format, what: str, now: datetime) -> FoundText | Problem:
    try:
        return read_document(body, format, what=what, now=now)
    except MemoryError:
        return Problem(what=what, reason="the document needs too much memory to read")
    except Exception as error:  # noqa: BLE001 - whatever a parser throws, the worker reads on
        reason = f"the document broke its reader ({type(error).__name__})"
        return Problem(what=what, reason=reason)


def _limit_memory(memory: int) -> None:
    """Bound the address space at what is in use now and `memory` more."""
    try:
        import resource

        with open("/proc/self/statm", encoding="ascii") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))
    except (ImportError, OSError, ValueError):  # other systems: the time limit is what is left
        return
