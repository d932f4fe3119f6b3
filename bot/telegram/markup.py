"""Telegram's HTML: the one place where text becomes markup, and markup plain text again."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)((?:\s[^<>]*)?)>")
ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_PIECE = re.compile(f"{TAG.pattern}|{ENTITY.pattern}")


def escape(text: str) -> str:
    """Make any text safe inside HTML. Everything that is not ours goes through here."""
    return html.escape(text, quote=False)


def bold(text: str) -> str:
    """Give text in bold, escaped."""
    return f"<b>{escape(text)}</b>"


def italic(text: str) -> str:
    """Give text in italics, escaped."""
    return f"<i>{escape(text)}</i>"


def quote(text: str, *, expandable: bool = False) -> str:
    """Give text as a quotation, escaped; `expandable` shows three lines until it is tapped."""
    return f"<blockquote{' expandable' if expandable else ''}>{escape(text)}</blockquote>"


def link(text: str, url: str | None) -> str:
    """Give text linked to a web address, or plain where there is none that Telegram takes."""
    if not is_web(url):
        return escape(text)
    address = escape(url or "").replace('"', "%22")
    return f'<a href="{address}">{escape(text)}</a>'


def is_web(url: str | None) -> bool:
    """Say whether an address may stand behind a link or a button."""
    if not url or any(character.isspace() for character in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def plain(text: str) -> str:
    """Give the text that a reader of this HTML sees."""
    return _PIECE.sub(lambda found: _shown(found.group(0)), text)


def _shown(piece: str) -> str:
    return html.unescape(piece) if piece.startswith("&") else ""
