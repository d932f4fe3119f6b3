"""A running chat for every test that asks for one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram_running import Talk, talking


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    """The chat without a writer, open to everyone."""
    async with talking(tmp_path) as running:
        yield running
