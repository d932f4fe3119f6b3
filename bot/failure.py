"""How a command ends when it cannot do what was asked: one line and an exit code."""

from __future__ import annotations

FAILED = 1
USAGE = 2
TRY_LATER = 75


class Failure(Exception):
    """Ends a command; the message is one line for the person who called it."""

    def __init__(self, line: str, code: int = FAILED) -> None:
        super().__init__(line)
        self.code = code
