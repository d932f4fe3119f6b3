"""Callback data: ours, versioned, stateless and under 64 bytes, so that buttons work for weeks."""

from __future__ import annotations

from dataclasses import dataclass

VERSION = "1"
MAX_BYTES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A pressed button: what it asks for, and of what."""

    action: str
    values: tuple[str, ...] = ()

    def number(self, place: int = 0) -> int:
        """Give one of the values as a number, 0 when it is none."""
        text = self.value(place)
        return int(text) if text.isascii() and text.isdigit() else 0

    def value(self, place: int = 0) -> str:
        """Give one of the values, empty when it is not there."""
        return self.values[place] if place < len(self.values) else ""


def data(action: str, *values: object) -> str:
    """Write callback data. Raises ValueError when it would be too long for Telegram."""
    text = ":".join((VERSION, action, *(str(value) for value in values)))
    if len(text.encode()) > MAX_BYTES:
        raise ValueError(f"callback data is longer than {MAX_BYTES} bytes: {text}")
    return text


def read(text: str) -> Press | None:
    """Read callback data; None when it is not ours or of another version."""
    version, _, rest = text.partition(":")
    if version != VERSION or not rest:
        return None
    action, *values = rest.split(":")
    return Press(action=action, values=tuple(values))
