"""How a command begins: settings, logs, which edition, and the wired program."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.app import App, build
from bot.failure import USAGE, Failure
from bot.logs import set_up
from config.settings import Settings, load_settings

_LAST = "edition"
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A wired program and where it prints: results on `out`, all else on `err`."""

    app: App
    out: Console
    err: Console


def read_settings(flags: Mapping[str, Any]) -> Settings:
    """Read the settings with these flags. Raises SettingsError."""
    return load_settings(flags, environ=os.environ, cwd=Path.cwd())


@contextlib.contextmanager
def open_program(
    flags: Mapping[str, Any], *, running: bool = False, scratch: bool = False
) -> Iterator[Opened]:
    """Wire the program for a command and close it after.

    Without an edition named, `run` takes the sample when there is no token; other commands
    speak to the edition that ran last in the data folder, or else to live news. `scratch`
    works on a store that is thrown away.
    """
    settings = read_settings(flags)
    if settings.edition is None and not running and not settings.token:
        last = settings.data / _LAST
        ran = last.read_text(encoding="utf-8").strip() if last.is_file() else "live"
        settings = read_settings({**flags, "edition": ran if ran in ("sample", "live") else "live"})
    set_up(settings.log_level, settings.log_format, secrets=settings.secrets())
    with contextlib.ExitStack() as stack:
        path = None
        if scratch:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="geobrief-"))
            path = Path(folder) / "scratch.db"
        app = build(settings, store_path=path)
        stack.callback(app.close)
        if running:
            (settings.data / _LAST).write_text(settings.chosen_edition + "\n", encoding="utf-8")
        yield Opened(app=app, out=Console(), err=Console(file=sys.stderr))


def duration(text: str) -> timedelta:
    """Read 90m, 24h, 7d or 2w. Raises Failure."""
    match = re.fullmatch(r"(\d{1,6})\s*([mhdw])", text.strip().lower())
    if match is None or int(match[1]) == 0:
        raise Failure(f"“{text}” is no length of time; write 90m, 24h, 7d or 2w", USAGE)
    try:
        found = timedelta(**{_UNITS[match[2]]: int(match[1])})
    except OverflowError:
        found = timedelta.max
    return min(found, timedelta(days=36500))
