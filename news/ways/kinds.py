"""Which way in a thing takes, by its name, its first bytes and what a server calls it.

Reads no more than it is given; of the disk it asks only whether a name is a folder.
"""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlsplit

from news.ways.gdelt import query_of
from news.ways.telegram_channel import channel_of

Kind = Literal[
    "feed",
    "page",
    "text",
    "pdf",
    "docx",
    "eml",
    "zip",
    "jsonl",
    "opml",
    "sitemap",
    "telegram",
    "gdelt",
    "folder",
    "unknown",
]

SUFFIXES: dict[str, Kind] = {
    **dict.fromkeys((".html", ".htm", ".xhtml"), "page"),
    **dict.fromkeys((".xml", ".rss", ".atom", ".rdf"), "feed"),
    **dict.fromkeys((".txt", ".text", ".md"), "text"),
    **dict.fromkeys((".jsonl", ".ndjson"), "jsonl"),
    ".pdf": "pdf",
    ".docx": "docx",
    ".eml": "eml",
    ".zip": "zip",
    ".opml": "opml",
}
"""What a name's end promises."""
_TYPES: dict[str, Kind] = {
    "application/pdf": "pdf",
    "application/x-pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "message/rfc822": "eml",
    "application/zip": "zip",
    "application/x-zip-compressed": "zip",
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
    "text/x-opml": "opml",
    "text/x-opml+xml": "opml",
    "application/rss+xml": "feed",
    "application/atom+xml": "feed",
    "application/rdf+xml": "feed",
    "application/feed+json": "feed",
    "text/html": "page",
    "application/xhtml+xml": "page",
    "text/plain": "text",
}
_ROOTS: dict[str, Kind] = {
    "urlset": "sitemap",
    "sitemapindex": "sitemap",
    "opml": "opml",
    "rss": "feed",
    "feed": "feed",
    "rdf": "feed",
    "html": "page",
    "!doctype html": "page",
}
_ROOT = re.compile(
    r"<(?:[\w-]+:)?(urlset|sitemapindex|opml|rss|feed|rdf|html|!doctype html)\b", re.I
)
_MAIL = re.compile(
    r"^(?:from|date|subject|to|message-id|mime-version|received|return-path|delivered-to):[ \t]?\S",
    re.IGNORECASE | re.MULTILINE,
)
_SITEMAP_NAME = re.compile(
    r"(?:^|/)(?:robots\.txt|[\w.-]*sitemap[\w.-]*\.(?:xml|txt)(?:\.gz)?)$", re.I
)
_HEAD = 4096


def kind_of(what: str, head: bytes | None = None, content_type: str | None = None) -> Kind:
    """Say which way in `what` takes: its first bytes count most, then the server, then its name.

    `head`: the first kilobytes, where they are at hand; more is not looked at. Without them a
    link is a "page" until it is fetched, unless its name promises something else.
    """
    if query_of(what) is not None:
        return "gdelt"
    if channel_of(what) is not None:
        return "telegram"
    is_link = what.lower().startswith(("http://", "https://"))
    if not is_link and _is_folder(what):
        return "folder"
    path = _path(what) if is_link else what.replace("\\", "/")
    named = SUFFIXES.get(PurePosixPath(path.lower()).suffix)
    listed = bool(_SITEMAP_NAME.search(path))
    told = _TYPES.get((content_type or "").partition(";")[0].strip().lower())
    if head:
        shown = _by_head(head[:_HEAD], named)
        # a list of links, and robots.txt, are known by their names alone
        if shown is None or (shown == "text" and listed):
            return "sitemap" if listed else told or named or _plain(head)
        return shown
    if listed:
        return "sitemap"
    return told or named or ("page" if is_link else "unknown")


def _by_head(head: bytes, named: Kind | None) -> Kind | None:
    """What the bytes themselves say; None where they say nothing."""
    if head.startswith(b"\x1f\x8b"):
        head = _unpacked(head)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        office = b"[Content_Types].xml" in head or b"word/" in head
        return "docx" if named == "docx" or (office and named != "zip") else "zip"
    text = _text(head)
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        root = _ROOT.search(re.sub(r"<!--.*?-->", "", start, flags=re.DOTALL))
        return _ROOTS[root[1].lower()] if root else None
    if start.startswith("{"):
        return _json(start, named)
    if named not in ("text", "page") and _is_mail(start):
        return "eml"
    return None


def _json(start: str, named: Kind | None) -> Kind | None:
    if "jsonfeed.org/version" in start:
        return "feed"
    line = start.partition("\n")[0]
    try:
        return "jsonl" if named == "jsonl" or isinstance(json.loads(line), dict) else None
    except (ValueError, RecursionError):
        return None


def _is_mail(start: str) -> bool:
    """Two of a message's headers, and nothing else, before the first empty line."""
    block = re.split(r"\r?\n\r?\n", start, maxsplit=1)[0]
    lines = [line for line in block.splitlines() if line]
    plain = all(re.match(r"[!-9;-~]+:|[ \t]|From ", line) for line in lines[:-1])
    return plain and len(_MAIL.findall(block)) >= 2


def _plain(head: bytes) -> Kind:
    return "unknown" if b"\0" in head[:_HEAD] else "text"


def _text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    return head.decode("utf-8", "replace")


def _unpacked(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, _HEAD)
    except zlib.error:
        return b""


def _path(link: str) -> str:
    try:
        return unquote(urlsplit(link).path)
    except ValueError:
        return ""


def _is_folder(what: str) -> bool:
    try:
        return bool(what.strip()) and Path(what).expanduser().is_dir()
    except (OSError, RuntimeError, ValueError):
        return False
