"""A fresh preview for every test that asks for one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from preview_running import Preview, serve


@pytest.fixture
async def preview(tmp_path: Path) -> AsyncIterator[Preview]:
    """A fresh preview with its first two chats."""
    async with serve(tmp_path / "preview.sqlite3") as running:
        yield running
