"""What is sent: HTML text and rows of buttons. Values only; knows no Telegram objects."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One inline button: either our callback `data` or a web `url`."""

    label: str
    data: str | None = None
    url: str | None = None


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message before it is split: `text` is Telegram's HTML."""

    text: str
    buttons: Rows = ()


def to_json(rows: Rows) -> str | None:
    """Write button rows as the ledger keeps them; None for no buttons."""
    if not rows:
        return None
    plain = [
        [
            {"label": button.label}
            | ({"data": button.data} if button.data else {"url": button.url or ""})
            for button in row
        ]
        for row in rows
    ]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str | None) -> Rows:
    """Read button rows back from the ledger."""
    if not text:
        return ()
    return tuple(tuple(Button(**button) for button in row) for row in json.loads(text))


def grid(buttons: list[Button], width: int) -> Rows:
    """Lay buttons out in as few rows of at most `width` as hold them, no row much shorter."""
    rows = -(-len(buttons) // width)
    width = -(-len(buttons) // rows) if rows else width
    return tuple(tuple(buttons[start : start + width]) for start in range(0, len(buttons), width))
