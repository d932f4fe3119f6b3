"""Text that lost its capitals gets those back that its sources show; stray marks are joined.

Summarisers that write in lower case, with blanks before commas, name the same people.
Knows no judge and no names of its own.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z][\w'’-]*")
_INSIDE = re.compile(r"(?<=[a-z,;] )[A-Z][\w'’-]*")
_LOWER = re.compile(r"\b[a-z][\w'’-]*")
_OPENING = re.compile(r"[.!?] [A-Z]")


def mended(text: str, source: str) -> str:
    """The text with joined marks and, where it has no capitals of its own, the source's."""
    text = text.replace("\\'", "'").replace(" 's", "'s").replace("``", '"').replace("''", '"')
    text = re.sub(r'" ([^"]*?) "', r'"\1"', text)
    text = re.sub(r" ([,.;:!?])", r"\1", text)
    capitals = [word for word in _WORD.findall(text)[1:] if word[0].isupper()]
    if len(capitals) > len(_OPENING.findall(text)):
        return text
    known: dict[str, str] = {}
    for word in _INSIDE.findall(source):
        known.setdefault(word.lower(), word)
    for word in _LOWER.findall(source):
        known.pop(word, None)
    return _WORD.sub(lambda match: known.get(match[0].lower(), match[0]), text)
