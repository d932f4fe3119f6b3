"""The command line as a person calls it, on a data folder of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from commanding import Done, Program

from bot import cli


@pytest.fixture
def program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Program:
    """Call a command without a writer, whatever settings the machine's environment holds."""
    for name in [*os.environ]:
        if name.startswith("GEOBRIEF_") or name == "TELEGRAM_BOT_TOKEN":
            monkeypatch.delenv(name)
    monkeypatch.setenv("GEOBRIEF_WRITER", "off")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["geobrief", "--data", str(tmp_path / "data"), *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return Done(int(ended.value.code or 0), printed.out, printed.err)

    return call
