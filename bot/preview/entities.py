"""Text and its entities: lengths in UTF-16 units, links and commands found as Telegram finds them.

Knows no chats and no markup language; `markup` reads HTML and hands its entities to `finished`.
An entity is the Bot API's own JSON object: type, offset, length and what the type adds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

Entity = dict[str, Any]

_ORDER = ("blockquote", "expandable_blockquote", "text_link", "text_mention", "pre", "code")
# Telegram silently drops what comes after these many.
MAX_ENTITIES = 100
_VERBATIM = frozenset({"pre", "code"})
_QUOTES = frozenset({"blockquote", "expandable_blockquote"})
# an automatic link is not looked for inside these
_CLOSED = frozenset({"pre", "code", "text_link", "text_mention"})

_COMMAND = re.compile(r"(?<![\w/<>@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/@])")
_MENTION = re.compile(r"(?<![\w@/])@[A-Za-z0-9_]{4,32}(?![\w@])")
_HASHTAG = re.compile(r"(?<![\w#&/])#(?=\w*[^\W\d])\w{1,256}")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,24}(?![\w@])")
_URL = re.compile(
    r"(?<![\w@.])(?:(?:https?|ftp)://[^\s<>\"]+"
    r"|(?:[^\W_](?:[\w-]{0,62}[^\W_])?\.)+([^\W\d_]{2,24})(?::\d{1,5})?(?:[/?#][^\s<>\"]*)?(?![\w@]))",
    re.IGNORECASE,
)
# Bare names are links only under these; every two-letter ending is a country's.
_ENDINGS = frozenset(
    {
        *("com", "org", "net", "info", "int", "edu", "gov", "mil", "biz"),
        *("news", "press", "media", "online", "world", "global", "site", "page", "blog"),
        *("app", "dev", "live", "today", "agency", "africa", "asia", "cat", "museum"),
    }
)
_TAIL = ".,:;!?'\"`*_~)]}»”’…"
_PAIRS = {")": "(", "]": "[", "}": "{"}


def utf16_length(text: str) -> int:
    """Length as Telegram counts it: characters beyond the basic plane are two."""
    return len(text) + sum(character > "\uffff" for character in text)


def utf16_slice(text: str, offset: int, length: int) -> str:
    """The part of a text that an entity covers."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    return encoded[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


def find_entities(text: str) -> list[Entity]:
    """Commands, mentions, hashtags, addresses and links of a text, none overlapping another."""
    found: list[tuple[int, int, str]] = []
    for match in _URL.finditer(text):
        end = _url_end(match)
        if end:
            found.append((match.start(), end, "url"))
    for kind, pattern in (
        ("email", _EMAIL),
        ("bot_command", _COMMAND),
        ("mention", _MENTION),
        ("hashtag", _HASHTAG),
    ):
        found += [(match.start(), match.end(), kind) for match in pattern.finditer(text)]
    chosen: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(found, key=lambda one: (one[0], -one[1])):
        if not chosen or start >= chosen[-1][1]:
            chosen.append((start, end, kind))
    return [
        {
            "type": kind,
            "offset": utf16_length(text[:start]),
            "length": utf16_length(text[start:end]),
        }
        for start, end, kind in chosen
    ]


def _url_end(match: re.Match[str]) -> int:
    """Where a link ends without the punctuation of its sentence; 0 when it is no link."""
    link = match.group(0)
    ending = match.group(1)
    if ending and not (len(ending) == 2 or ending.casefold() in _ENDINGS):
        return 0
    while link and link[-1] in _TAIL:
        opening = _PAIRS.get(link[-1])
        if opening and link.count(opening) >= link.count(link[-1]):
            break
        link = link[:-1]
    if not ending and "://" in link and not urlsplit(link).hostname:
        return 0
    return match.start() + len(link)


def finished(text: str, entities: Iterable[Entity]) -> tuple[str, list[Entity]]:
    """A message's text and entities as Telegram stores them.

    White space around the text goes, code keeps no other formatting inside, quotes do not nest,
    and links and commands written in plain are added.
    """
    # half a surrogate pair is no character; two halves side by side are one
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    trimmed = text.strip()
    shift = utf16_length(text[: len(text) - len(text.lstrip())])
    size = utf16_length(trimmed)
    given = []
    for entity in entities:
        start = max(entity["offset"] - shift, 0)
        end = min(entity["offset"] + entity["length"] - shift, size)
        if end > start:
            given.append(entity | {"offset": start, "length": end - start})
    kept = _without_crossings(given)
    closed = [entity for entity in kept if entity["type"] in _CLOSED]
    found = [one for one in find_entities(trimmed) if not any(_touch(one, two) for two in closed)]
    return trimmed, sorted(kept + found, key=_rank)[:MAX_ENTITIES]


def _without_crossings(entities: list[Entity]) -> list[Entity]:
    verbatim = [one for one in entities if one["type"] in _VERBATIM]
    kept: list[Entity] = []
    for entity in sorted(entities, key=_rank):
        if entity["type"] in _QUOTES:
            if not any(_touch(entity, other) for other in kept if other["type"] in _QUOTES):
                kept.append(entity)
        elif entity["type"] in _VERBATIM:
            if not any(_touch(entity, other) for other in kept if other["type"] in _VERBATIM):
                kept.append(entity)
        else:
            kept += _minus(entity, verbatim)
    return kept


def _minus(entity: Entity, holes: list[Entity]) -> list[Entity]:
    """What is left of an entity outside the holes."""
    pieces = []
    start, end = entity["offset"], entity["offset"] + entity["length"]
    for hole in sorted(holes, key=lambda one: int(one["offset"])):
        if not _touch(hole, {"offset": start, "length": end - start}):
            continue
        if hole["offset"] > start:
            pieces.append(entity | {"offset": start, "length": hole["offset"] - start})
        start = max(start, hole["offset"] + hole["length"])
    if end > start:
        pieces.append(entity | {"offset": start, "length": end - start})
    return pieces


def _touch(one: Entity, two: Entity) -> bool:
    return bool(
        one["offset"] < two["offset"] + two["length"]
        and two["offset"] < one["offset"] + one["length"]
    )


def _rank(entity: Entity) -> tuple[int, int, int, str]:
    kind = entity["type"]
    order = _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
    return entity["offset"], -entity["length"], order, kind


def checked_link(url: str) -> str | None:
    """A link as Telegram stores it ("example.org" becomes "http://example.org/"), None if bad."""
    url = url.strip()
    if url.casefold().startswith(("tg:", "ton:", "mailto:", "tel:")):
        return url
    if "://" not in url:
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        has_port = parts.port is not None
    except ValueError:
        return None
    if parts.scheme.casefold() not in {"http", "https"} or any(c.isspace() for c in url):
        return None
    if "." not in host.strip(".") and not (":" in host and has_port):
        return None
    return parts._replace(path=parts.path or "/").geturl()
