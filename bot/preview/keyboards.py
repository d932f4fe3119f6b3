"""Reply markup: what Telegram takes under a message, and what it refuses.

Knows no chats. The table has already checked types; here are the rules between fields.
"""

from __future__ import annotations

import json
from typing import Any

from bot.preview.entities import checked_link
from bot.preview.refusals import bad_request

MAX_BUTTONS = 100
MAX_PER_ROW = 8
MAX_BYTES = 10_240

_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)

Markup = dict[str, Any]


def inline_keyboard(markup: Markup | None) -> Markup | None:
    """The inline keyboard to keep with a message; None when the markup has none.

    Raises: `Refusal` (400) for a button without action or text, and beyond Telegram's limits.
    """
    if not markup or "inline_keyboard" not in markup:
        return None
    rows = [row for row in markup["inline_keyboard"] if row]
    if not rows:
        return None
    buttons = [button for row in rows for button in row]
    too_wide = any(len(row) > MAX_PER_ROW for row in rows)
    if len(buttons) > MAX_BUTTONS or too_wide or _size(rows) > MAX_BYTES:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": [[_button(button) for button in row] for row in rows]}


def reply_keyboard(markup: Markup | None) -> Markup | None:
    """The keyboard a chat shows instead of the usual one; an empty object removes it."""
    if not markup:
        return None
    if "keyboard" in markup:
        rows = [
            [button if isinstance(button, str) else button["text"] for button in row]
            for row in markup["keyboard"]
        ]
        if _size(rows) > MAX_BYTES:
            raise bad_request("reply markup is too long")
        return {"rows": rows, "once": bool(markup.get("one_time_keyboard"))}
    return {} if markup.get("remove_keyboard") else None


def has_callback(markup: Markup | None, data: str) -> bool:
    """Whether a message's keyboard holds a button with this callback data."""
    rows = (markup or {}).get("inline_keyboard", [])
    return any(button.get("callback_data") == data for row in rows for button in row)


def _button(button: Markup) -> Markup:
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    actions = [name for name in _ACTIONS if name in button]
    if not actions or button.get("callback_data") == "":
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(actions) > 1:
        raise bad_request("BUTTON_TYPE_INVALID")
    if actions == ["url"]:
        return button | {"url": _link(button["url"])}
    return button


def _link(url: str) -> str:
    scheme, separator, _ = url.partition("://")
    if separator and scheme.casefold() not in {"http", "https", "tg", "ton"}:
        raise bad_request(
            f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol"
        )
    link = checked_link(url)
    if link is None:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return link


def _size(rows: list[list[Any]]) -> int:
    return len(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode())
