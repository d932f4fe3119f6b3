"""Taking in what a command names: one line per text or a bar for long files, then the counts.

Results are kept on disk until they are printed, so that a hundred thousand rows cost no memory.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from types import TracebackType
from typing import IO, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from bot import forms, output
from bot.failure import FAILED, TRY_LATER, Failure
from bot.opening import Opened
from news.ingest import Reading
from news.model import Outcome, Received
from news.ways.fieldmap import FieldMap

PATIENCE = 2.0
"""Seconds after which a bar says how far the work is."""
_SPOOL = 1024 * 1024


class Meter:
    """A bar on `console` with rate and time left, seen only when the work takes long.

    `patience` is in seconds.
    """

    def __init__(self, console: Console, unit: str, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TextColumn("{task.fields[done]:,} " + unit + ", {task.fields[rate]:,.0f}/s, left:"),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=console,
            transient=True,
        )
        self._begun = time.monotonic()
        self._task: int | None = None
        self.done = 0

    def show(self, what: str, share: float) -> None:
        """Show how far `what` is, 0 to 1."""
        passed = time.monotonic() - self._begun
        if passed < self._patience and self._task is None:
            return
        if self._task is None:
            self._task = self._progress.add_task(what, total=1.0, done=0, rate=0.0)
            self._progress.start()
        self._progress.update(
            self._progress.task_ids[0],
            description=what[-60:],
            completed=share,
            done=self.done,
            rate=self.done / passed,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()


def take_in(
    opened: Opened,
    what: Sequence[str],
    *,
    as_json: bool,
    since: timedelta | None = None,
    fields: FieldMap | None = None,
) -> None:
    """Take in what is named, tell each outcome, group what came.

    Fails where one of the things named gave nothing at all; a part of one may fail. Where none of
    them gave anything and each may later (no network), the failure says to try again later.
    """
    app = opened.app
    counts: dict[Outcome, int] = dict.fromkeys(output.OUTCOMES, 0)
    unread: dict[str, Received] = {}
    with tempfile.SpooledTemporaryFile(_SPOOL, "w+", encoding="utf-8") as spool:
        with Meter(opened.err, "texts") as meter:
            tell = _teller(opened, meter)

            def outcomes() -> Iterator[Received]:
                for name in what:
                    now = app.clock.now()
                    begin, read = None if since is None else now - since, False
                    for received in app.ingest.take(
                        name, now=now, since=begin, fields=fields, progress=tell
                    ):
                        meter.done += 1
                        counts[received.outcome] += 1
                        read = read or received.outcome not in ("failed", "left_out")
                        unread.setdefault(name, received)
                        if as_json:
                            spool.write(json.dumps(forms.received_json(received)) + "\n")
                        yield received
                    if read:
                        unread.pop(name, None)

            if as_json:
                for _ in outcomes():
                    pass
            else:
                output.print_received(opened.out, outcomes())
        group(opened)
        if as_json:
            _print_json(counts, spool)
        else:
            opened.out.print(output.in_counts(counts))
    for first in unread.values():
        line = f"{first.what}: {first.reason}"
        if len(what) > 1:
            line = f"{len(unread)} of {len(what)} gave nothing to take in; the first, {line}"
        elif sum(counts.values()) > 1:
            line = f"nothing in it could be taken in; the first, {line}"
        later = len(unread) == len(set(what)) and all(one.passing for one in unread.values())
        raise Failure(line, TRY_LATER if later else FAILED)


def group(opened: Opened) -> int:
    """Group what waits, with a bar where that takes long; give the number."""
    app = opened.app
    waiting = app.store.placing.count_waiting()
    with Meter(opened.err, "articles") as meter:

        def step(count: int) -> None:
            meter.done += count
            meter.show("Grouping into stories", min(1.0, meter.done / max(waiting, 1)))

        return app.grouper.run(app.clock.now(), progress=step)


def _teller(opened: Opened, meter: Meter) -> Callable[[Reading], None]:
    told: set[str] = set()

    def tell(reading: Reading) -> None:
        if reading.lines_before and reading.what not in told:
            told.add(reading.what)
            opened.err.print(
                f"{reading.what}: going on after line {reading.lines_before}, where the last "
                "reading stopped",
                soft_wrap=True, markup=False,
            )  # fmt: skip
        meter.show(reading.what, reading.share)

    return tell


def _print_json(counts: Mapping[Outcome, int], spool: IO[str]) -> None:
    """Print one document, its rows from the spool one by one."""
    head = json.dumps(dict(counts), indent=2).removesuffix("\n}")
    print(head + ',\n  "articles": [', end="")  # noqa: T201 - the result itself
    spool.seek(0)
    for place, line in enumerate(spool):
        row = json.dumps(json.loads(line), ensure_ascii=False)
        print(("," if place else "") + "\n    " + row, end="")  # noqa: T201 - the same
    print("\n  ]\n}")  # noqa: T201 - the same
