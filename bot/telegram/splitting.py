"""Long HTML in parts that Telegram takes: between stories, paragraphs, lines, sentences, words.

Lengths count after entity parsing, in UTF-16 units. A tag that spans a cut is closed and opened
again; nothing is ever cut inside a tag or an entity.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.telegram.markup import ENTITY, TAG, plain
from bot.telegram.messages import Message

LIMIT = 4096
MAX_TAGS = 100
"""Telegram ignores what is formatted beyond the hundredth entity of a message."""

_TOKEN = re.compile(f"(?P<tag>{TAG.pattern})|(?P<entity>{ENTITY.pattern})|(?P<text>.)", re.DOTALL)
_SENTENCE_END = frozenset(".!?…。！？")
_CLOSERS = frozenset("\"'”’»)]")
_ANYWHERE, _WORD, _SENTENCE, _LINE, _PARAGRAPH, _STORY = range(6)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One tag, entity or character. `opens` and `closes` name the tag; `shown` is its text."""

    raw: str
    shown: str = ""
    opens: str = ""
    closes: str = ""

    @property
    def units(self) -> int:
        return _units(self.shown)


def utf16_length(text: str) -> int:
    """Give the length of HTML as Telegram counts it."""
    return _units(plain(text))


def split(text: str, limit: int = LIMIT) -> list[str]:
    """Cut HTML into parts of at most `limit` units, each well-formed; none for blank text.

    The best kind of place wins unless it would leave a part less than a quarter full. White
    space at a cut goes. `limit` must be at least 2.
    """
    pieces = list(_pieces(text))
    parts: list[str] = []
    open_tags: list[_Piece] = []
    start = 0
    while start < len(pieces):
        start = _skip_space(pieces, start)
        end = _end(pieces, start, len(open_tags), limit)
        if end < len(pieces):
            end = _cut(pieces, start, end, limit)
        body = "".join(piece.raw for piece in pieces[start:end])
        opening = "".join(piece.raw for piece in open_tags)
        open_tags = _still_open(open_tags, pieces[start:end])
        closing = "".join(f"</{piece.opens}>" for piece in reversed(open_tags))
        part = opening + body.rstrip() + closing
        if plain(part).strip():
            parts.append(part)
        start = end
    return parts


def split_message(message: Message) -> list[Message]:
    """Cut a message into those to send; the buttons go with the last."""
    parts = split(message.text)
    last = len(parts) - 1
    return [
        replace(message, text=part, buttons=message.buttons if place == last else ())
        for place, part in enumerate(parts)
    ]


def tags(text: str) -> int:
    """Count the formatted stretches of HTML."""
    return sum(1 for found in TAG.finditer(text) if not found.group(1))


def _pieces(text: str) -> Iterator[_Piece]:
    for found in _TOKEN.finditer(text):
        raw = found.group(0)
        if found.group("tag"):
            inner = TAG.fullmatch(raw)
            slash, name = (inner.group(1), inner.group(2)) if inner else ("", "")
            yield _Piece(raw, closes=name) if slash else _Piece(raw, opens=name)
        elif found.group("entity"):
            yield _Piece(raw, shown=html.unescape(raw))
        else:
            yield _Piece(raw, shown=raw)


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _skip_space(pieces: list[_Piece], start: int) -> int:
    while start < len(pieces) and pieces[start].shown.isspace():
        start += 1
    return start


def _end(pieces: list[_Piece], start: int, open_tags: int, limit: int) -> int:
    """Give the first place that no longer fits."""
    length, tag_count = 0, open_tags
    for place in range(start, len(pieces)):
        piece = pieces[place]
        length += piece.units
        tag_count += bool(piece.opens)
        if place > start and (length > limit or tag_count > MAX_TAGS):
            return place
    return len(pieces)


def _cut(pieces: list[_Piece], start: int, end: int, limit: int) -> int:
    """Give the best place to cut in (start, end], behind closing tags that follow it."""
    filled = 0
    places = []
    for place in range(start, end):
        filled += pieces[place].units
        level = _level(pieces, place)
        if level > _ANYWHERE:
            places.append((filled * 4 >= limit, level, place + 1))
    best = max(places)[2] if places else end
    while best < end and pieces[best].closes:
        best += 1
    return best


def _level(pieces: list[_Piece], place: int) -> int:
    """Say what kind of boundary lies behind the piece at `place`."""
    shown = pieces[place].shown
    if not shown.isspace():
        return _ANYWHERE
    before = pieces[place - 1].shown if place else ""
    if shown == "\n":
        following = pieces[place + 1] if place + 1 < len(pieces) else _Piece("")
        if before != "\n":
            return _LINE
        return _STORY if following.opens == "b" else _PARAGRAPH
    behind = place - 1
    while behind >= 0 and (not pieces[behind].shown or pieces[behind].shown in _CLOSERS):
        behind -= 1
    ends = behind >= 0 and pieces[behind].shown in _SENTENCE_END
    return _SENTENCE if ends else _WORD


def _still_open(before: list[_Piece], pieces: list[_Piece]) -> list[_Piece]:
    stack = list(before)
    for piece in pieces:
        if piece.opens:
            stack.append(piece)
        elif piece.closes and stack and stack[-1].opens == piece.closes:
            stack.pop()
    return stack
