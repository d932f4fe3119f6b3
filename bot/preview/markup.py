"""Telegram's HTML parse mode: markup to text and entities, with Telegram's refusals.

Offsets in refusals count bytes of UTF-8, as Telegram's do. Knows no chats; the only parse mode
of this bot is HTML, the two Markdown modes are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from bot.preview.entities import Entity, checked_link, finished, utf16_length
from bot.preview.refusals import Refusal, bad_request

_SIMPLE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(rb"&(?:(lt|gt|amp|quot)|#(\d+)|#x([0-9a-f]+));?", re.IGNORECASE)
_TOKEN = re.compile(rb"[A-Za-z0-9.\-]*")
_NAME = re.compile(rb"[^\s>]*")
_ATTRIBUTE = re.compile(rb"[^\s=>]*")
_SPACES = re.compile(rb"\s*")
_PLAIN = re.compile(rb"[^<&]+")
_USER = re.compile(r"tg:(?://)?user\?id=(\d+)$")


@dataclass(slots=True, kw_only=True)
class _Tag:
    name: str
    offset: int
    position: int
    attributes: dict[str, str] = field(default_factory=dict)


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Text and entities of an HTML message.

    Raises: `Refusal` ("can't parse entities: ...") for markup that Telegram does not take.
    """
    return _Parser(source).parse()


def parse(
    text: str, parse_mode: str | None, entities: list[Entity] | None = None
) -> tuple[str, list[Entity]]:
    """A bot's text as Telegram stores it; `entities` count only without a parse mode.

    Raises: `Refusal` for a parse mode that is unknown or not HTML, and for bad markup.
    """
    mode = (parse_mode or "").casefold()
    if mode in {"markdown", "markdownv2"}:
        raise Refusal(501, f"Not Implemented: the preview does not parse {parse_mode}")
    if mode == "html":
        return finished(*parse_html(text))
    if mode not in {"", "none"}:
        raise bad_request("unsupported parse_mode")
    return finished(text, [_given(entity) for entity in entities or []])


def _given(entity: Entity) -> Entity:
    if entity["offset"] < 0 or entity["length"] < 0:
        raise bad_request("ENTITY_BOUNDS_INVALID")
    return dict(entity)


def _fault(text: str) -> Refusal:
    return bad_request(f"can't parse entities: {text}")


class _Parser:
    """One pass over the bytes of one message."""

    def __init__(self, source: str) -> None:
        self._data = source.encode("utf-8", "replace")
        self._at = 0
        self._parts: list[str] = []
        self._units = 0
        self._open: list[_Tag] = []
        self._found: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        while self._at < len(self._data):
            plain = _PLAIN.match(self._data, self._at)
            if plain:
                self._add(plain.group().decode())
                self._at = plain.end()
            elif self._data[self._at : self._at + 1] == b"&":
                decoded, self._at = _reference(self._data, self._at)
                self._add(decoded)
            elif self._data[self._at + 1 : self._at + 2] == b"/":
                self._end_tag()
            else:
                self._start_tag()
        if self._open:
            name = self._open[-1].name
            raise _fault(f'Can\'t find end tag corresponding to start tag "{name}"')
        return "".join(self._parts), _with_languages(self._found)

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._units += utf16_length(text)

    def _take(self, pattern: re.Pattern[bytes]) -> bytes:
        match = pattern.match(self._data, self._at)
        taken = match.group() if match else b""
        self._at += len(taken)
        return taken

    def _next(self) -> bytes:
        return self._data[self._at : self._at + 1]

    def _start_tag(self) -> None:
        begin = self._at
        self._at += 1
        name = self._take(_NAME).decode("utf-8", "replace").lower()
        if not self._next():
            raise _fault(f"Unclosed start tag at byte offset {begin}")
        if name not in _SIMPLE:
            raise _fault(f'Unsupported start tag "{name}" at byte offset {begin}')
        tag = _Tag(name=name, offset=self._units, position=len(self._parts))
        self._take(_SPACES)
        while self._next() != b">":
            self._attribute(tag, begin)
            self._take(_SPACES)
        self._at += 1
        if name == "span" and tag.attributes.get("class") != "tg-spoiler":
            raise _fault(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self._open.append(tag)

    def _attribute(self, tag: _Tag, begin: int) -> None:
        if not self._next():
            raise _fault(f'Unclosed start tag "{tag.name}" at byte offset {begin}')
        key = self._take(_ATTRIBUTE).decode("utf-8", "replace").lower()
        if not key:
            raise _fault(f'Empty attribute name in the tag "{tag.name}" at byte offset {begin}')
        self._take(_SPACES)
        if self._next() != b"=":
            tag.attributes[key] = ""
            return
        self._at += 1
        self._take(_SPACES)
        quote = self._next()
        if not quote:
            raise _fault(f'Unclosed start tag "{tag.name}" at byte offset {begin}')
        if quote in {b'"', b"'"}:
            tag.attributes[key] = self._quoted(quote, begin)
            return
        token_begin = self._at
        tag.attributes[key] = self._take(_TOKEN).decode()
        if self._next() not in {b">"} and not self._next().isspace():
            raise _fault(f"Unexpected end of name token at byte offset {token_begin}")

    def _quoted(self, quote: bytes, begin: int) -> str:
        end = self._data.find(quote, self._at + 1)
        if end < 0:
            raise _fault(f"Unclosed start tag at byte offset {begin}")
        raw = self._data[self._at + 1 : end]
        self._at = end + 1
        value, at = "", 0
        while at < len(raw):
            if raw[at : at + 1] == b"&":
                decoded, at = _reference(raw, at)
                value += decoded
            else:
                stop = raw.find(b"&", at)
                stop = len(raw) if stop < 0 else stop
                value += raw[at:stop].decode("utf-8", "replace")
                at = stop
        return value

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise _fault(f"Unexpected end tag at byte offset {begin}")
        self._at += 2
        name = self._take(_NAME).decode("utf-8", "replace").lower()
        self._take(_SPACES)
        if self._next() != b">":
            raise _fault(f"Unclosed end tag at byte offset {begin}")
        self._at += 1
        tag = self._open.pop()
        if name and name != tag.name:
            raise _fault(
                f"Unmatched end tag at byte offset {begin},"
                f' expected "</{tag.name}>", found "</{name}>"'
            )
        if self._units > tag.offset:
            self._close(tag)

    def _close(self, tag: _Tag) -> None:
        entity: Entity = {
            "type": _SIMPLE[tag.name],
            "offset": tag.offset,
            "length": self._units - tag.offset,
        }
        if tag.name == "a":
            inner = "".join(self._parts[tag.position :])
            extra = _link(tag.attributes.get("href") or inner)
            if extra is None:
                return
            entity |= extra
        elif tag.name == "blockquote" and "expandable" in tag.attributes:
            entity["type"] = "expandable_blockquote"
        elif tag.name == "tg-emoji":
            identifier = tag.attributes.get("emoji-id", "")
            if not identifier.isdecimal() or identifier.startswith("0"):
                raise _fault("Invalid custom emoji identifier specified")
            entity["custom_emoji_id"] = identifier
        elif tag.name in {"code", "pre"}:
            language = tag.attributes.get("class", "").removeprefix("language-")
            if language and language != tag.attributes.get("class"):
                entity["language"] = language
        self._found.append(entity)


def _link(url: str) -> dict[str, Any] | None:
    user = _USER.match(url)
    if user:
        person = {"id": int(user.group(1)), "is_bot": False, "first_name": ""}
        return {"type": "text_mention", "user": person}
    link = checked_link(url)
    return {"url": link} if link else None


def _with_languages(entities: list[Entity]) -> list[Entity]:
    """`<pre><code class="language-x">` is one entity; a language elsewhere says nothing."""
    spans: dict[tuple[int, int], list[Entity]] = {}
    for entity in entities:
        if entity["type"] in {"code", "pre"}:
            spans.setdefault((entity["offset"], entity["length"]), []).append(entity)
    merged: list[Entity] = []
    for entity in entities:
        same = spans.get((entity["offset"], entity["length"]), [])
        kinds = {one["type"] for one in same}
        if entity["type"] in {"code", "pre"} and kinds == {"code", "pre"}:
            language = next((one["language"] for one in same if "language" in one), None)
            if entity["type"] == "code":
                continue
            merged.append(_plain(entity) | ({"language": language} if language else {}))
        else:
            merged.append(_plain(entity))
    return merged


def _plain(entity: Entity) -> Entity:
    return {key: value for key, value in entity.items() if key != "language"}


def _reference(data: bytes, at: int) -> tuple[str, int]:
    """A character reference and where it ends; a lone "&" stands for itself."""
    match = _REFERENCE.match(data, at)
    if not match:
        return "&", at + 1
    named, decimal, hexadecimal = match.groups()
    if named:
        return _NAMED[named.decode().lower()], match.end()
    digits = decimal or hexadecimal
    code = int(digits, 10 if decimal else 16) if len(digits) < 10 else 0
    if 0xD800 <= code <= 0xDFFF:
        raise _fault(
            "Text contains invalid Unicode characters after decoding HTML entities,"
            " check for unmatched surrogate code units"
        )
    if not 0 < code <= 0x10FFFF:
        return "&", at + 1
    return chr(code), match.end()
