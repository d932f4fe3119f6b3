"""DOCX: the library makes HTML of it, after the archive was unpacked within limits.

Knows no pages, pictures or styles. May be slow: runs in a worker (news.ways.documents).
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

from news.entries import OLDEST
from news.plain import html_to_text
from news.ways.archives import BROKEN, TooLarge, entries_at_most, read_member
from news.ways.papers import Paper, Unreadable, install_line, named_title

MAX_PART_BYTES = 20 * 1024 * 1024
MAX_TOTAL_BYTES = 60 * 1024 * 1024
MAX_PARTS = 5_000
_BOMB = f"the document unpacks to more than {MAX_PART_BYTES // 2**20} MB; it was not read"
_OLE = b"\xd0\xcf\x11\xe0"
_HEADING = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)
_NOTE_MARK = re.compile(r"<sup><a [^>]*>\[\d+\]</a></sup>|<a href=\"#\w*note-ref-\d+\">↑</a>")
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => h2:fresh"
_CORE = "docProps/core.xml"


def read_docx(body: bytes) -> Paper | Unreadable:
    """Never raises for what the bytes hold, but for a lack of memory."""
    try:
        import mammoth
    except ImportError:
        return Unreadable(reason=install_line("DOCX"))
    if body.startswith(_OLE):
        return Unreadable(
            reason="the document is protected by a password or is an old .doc; "
            "save it as .docx without one"
        )
    try:
        safe, core = _checked(body)
    except TooLarge:
        return Unreadable(reason=_BOMB)
    except (*BROKEN, RuntimeError):
        return Unreadable(reason="the document is damaged or is no .docx")
    try:
        html = mammoth.convert_to_html(safe, style_map=_STYLES).value
    except RecursionError:
        return Unreadable(reason="the document is nested too deep")
    # what the library throws is whatever its XML reader and Python throw at broken parts
    except Exception:  # noqa: BLE001
        return Unreadable(reason="the document is damaged or is no .docx")
    html = _NOTE_MARK.sub("", html)
    heading = _HEADING.search(html)
    said = _properties(core)
    text = html_to_text(html)
    if not text:
        return Unreadable(reason="the document holds no text")
    return Paper(
        paragraphs=tuple(text.split("\n\n")),
        title=(html_to_text(heading[1]).replace("\n\n", " ") if heading else "")
        or named_title(said.get("title"))
        or None,
        author=said.get("creator", "")[:200] or None,
        published_at=_moment(said.get("created")),
    )


def _checked(body: bytes) -> tuple[io.BytesIO, bytes]:
    """The archive packed again, every part unpacked under the limits first, pictures left empty.

    The library unpacks whole parts before it looks at their size. Gives the document's
    properties beside it, b"" without them.
    """
    if entries_at_most(body) > MAX_PARTS:
        raise TooLarge("too many parts")
    out, core, left = io.BytesIO(), b"", MAX_TOTAL_BYTES
    with (
        zipfile.ZipFile(io.BytesIO(body)) as opened,
        zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as safe,
    ):
        # of two parts of one name the last counts, as it does for the library
        for name, part in {one.filename: one for one in opened.infolist()}.items():
            wanted = name.endswith((".xml", ".rels"))
            data = read_member(opened, part, min(MAX_PART_BYTES, left)) if wanted else b""
            left -= len(data)
            core = data if name == _CORE else core
            safe.writestr(zipfile.ZipInfo(name), data)
    out.seek(0)
    return out, core


def _properties(core: bytes) -> dict[str, str]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(core, parser) if core else None
    except (etree.LxmlError, ValueError):
        return {}
    if root is None:
        return {}
    return {
        etree.QName(node).localname: " ".join((node.text or "").split())
        for node in root
        if isinstance(node.tag, str)
    }


def _moment(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if at >= OLDEST else None
