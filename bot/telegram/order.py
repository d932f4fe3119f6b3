"""Updates side by side, but each person's in a chat one after another.

A slow request of one person holds up nobody else, and not their own buttons either.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

MOST_AT_ONCE = 4096
"""Includes those that wait for their turn, so that one flooding chat does not stop the others."""

Turn = tuple[int, int, bool]


class PersonalOrder(BaseUpdateProcessor):
    """Runs updates concurrently, in order per chat, person and kind (buttons, the rest)."""

    def __init__(self) -> None:
        super().__init__(MOST_AT_ONCE)
        self._turns: dict[Turn, asyncio.Lock] = {}
        self._waiting: dict[Turn, int] = {}

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the update's turn and process it."""
        turn = _turn(update)
        lock = self._turns.setdefault(turn, asyncio.Lock())
        self._waiting[turn] = self._waiting.get(turn, 0) + 1
        try:
            async with lock:
                await coroutine
        finally:
            self._waiting[turn] -= 1
            if not self._waiting[turn]:
                del self._turns[turn], self._waiting[turn]

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to clear up."""


def _turn(update: object) -> Turn:
    if not isinstance(update, Update):
        return 0, 0, False
    chat, user = update.effective_chat, update.effective_user
    return (
        chat.id if chat else 0,
        user.id if user else 0,
        update.callback_query is not None,
    )
