"""PDF: pages of lines made paragraphs again. Encrypted and scanned ones are told apart.

The library reads the file. May be slow: runs in a worker (news.ways.documents).
"""

from __future__ import annotations

import io
import re
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from news.ways.papers import Paper, Unreadable, install_line, named_title

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_PAGES = 200
MAX_CHARS = 2_000_000
PATIENCE = timedelta(seconds=15)
"""After this no further page is begun: what was read by then is worth more than nothing."""
_MIN_CHARS_A_PAGE = 20
_SHORT_LINE = 0.75
_FURNITURE_PAGES = 3
_FURNITURE_LINES = 2
_FURNITURE_SHARE = 0.6
_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"^\W*(?:\w{1,6}\W+)?\d{1,4}(?:\s*(?:/|of|von|de|из|sur)\s*\d{1,4})?\W*$")
_HYPHENS = ("-", "\u00ad", "\u2010")


def read_pdf(body: bytes) -> Paper | Unreadable:
    """Never raises for what the bytes hold, but for a lack of memory."""
    try:
        from pypdf import PdfReader
        from pypdf.errors import DependencyError, PyPdfError
    except ImportError:
        return Unreadable(reason=install_line("PDF"))
    try:
        reader = PdfReader(io.BytesIO(body))
        # many have an owner's password only, which forbids printing, not reading
        if reader.is_encrypted and not reader.decrypt(""):
            return Unreadable(reason="the PDF is protected by a password; save a copy without one")
        return _read(reader)
    except DependencyError:
        return Unreadable(reason=install_line("encrypted PDF"))
    # the library reads numbers, names and references out of the file unchecked: what is wrong
    # with them comes up as its own errors, or as one of Python's from the place of their use
    except (PyPdfError, ArithmeticError, AttributeError, LookupError, OSError, RecursionError):
        return Unreadable(reason="the PDF is damaged or cut off")
    except (TypeError, ValueError, AssertionError, NotImplementedError):
        return Unreadable(reason="the PDF is damaged or cut off")


def _read(reader: PdfReader) -> Paper | Unreadable:
    count = len(reader.pages)
    pages: list[list[str]] = []
    chars = 0
    until = time.monotonic() + PATIENCE.total_seconds()
    for number in range(min(count, MAX_PAGES)):
        text = reader.pages[number].extract_text() or ""
        pages.append([" ".join(line.split()) for line in text.split("\n")])
        chars += len(text.strip())
        if chars > MAX_CHARS or time.monotonic() > until:
            break
    if count == 0:
        return Unreadable(reason="the PDF has no pages")
    if chars < _MIN_CHARS_A_PAGE * len(pages):
        if any("/XObject" in (page.get("/Resources") or {}) for page in reader.pages[:3]):
            return Unreadable(
                reason="the PDF holds pictures of its pages and no text; "
                "run it through text recognition (OCR) first"
            )
        return Unreadable(reason="the PDF holds no text")
    left = count - len(pages)
    said = reader.metadata
    return Paper(
        paragraphs=paragraphs(pages),
        title=named_title(said.title if said else None),
        author=_author(said.author if said else None),
        published_at=_created(said),
        notes=(f"only the first {len(pages)} of {count} pages were read",) if left else (),
    )


def paragraphs(pages: list[list[str]]) -> tuple[str, ...]:
    """Join the lines of pages to paragraphs.

    One ends at an empty line, or at a line that ends a sentence clearly before the margin.
    Words broken at a line's end are made whole; running heads, feet and page numbers go.
    """
    kept = [line for page in _without_furniture(pages) for line in page]
    lengths = sorted(len(line) for line in kept if len(line) > 20)
    margin = lengths[int(len(lengths) * 0.8)] if lengths else 0
    out: list[str] = []
    text = ""
    for line in kept:
        if not line:
            ended = bool(text) and text[-1] in '.!?。！？:»”"'
            text = _flush(out, text) if ended or len(text) < _SHORT_LINE * margin else text
            continue
        text = _joined(text, line)
        headline = len(text) < _SHORT_LINE * margin and text == line and line[-1] not in ",;-"
        if len(line) < _SHORT_LINE * margin and (line[-1] in '.!?。！？»”"' or headline):
            text = _flush(out, text)
    _flush(out, text)
    return tuple(out)


def _flush(out: list[str], text: str) -> str:
    if text:
        out.append(text)
    return ""


def _joined(text: str, line: str) -> str:
    if text.endswith(_HYPHENS) and text[-2:-1].isalpha() and line[:1].islower():
        return text[:-1] + line
    return f"{text} {line}" if text else line


def _without_furniture(pages: list[list[str]]) -> list[list[str]]:
    """Pages without page numbers and without the outer lines that most pages share.

    Numbers in them do not count. An inner line goes only where the one outside of it went.
    """
    pages = [_stripped(page) for page in pages]
    for _ in range(_FURNITURE_LINES):
        for end in (0, -1):
            seen = Counter(_alike(page[end]) for page in pages if page)
            often = max(_FURNITURE_PAGES, _FURNITURE_SHARE * len(pages))
            for page in pages:
                if page and (seen[_alike(page[end])] >= often or _PAGE_NUMBER.match(page[end])):
                    del page[end]
        pages = [_stripped(page) for page in pages]
    return pages


def _stripped(page: list[str]) -> list[str]:
    """Without empty lines at the ends."""
    full = [at for at, line in enumerate(page) if line]
    return page[full[0] : full[-1] + 1] if full else []


def _alike(line: str) -> str:
    return _NUMBER.sub("0", line.casefold())


def _author(text: Any) -> str | None:
    line = " ".join(str(text or "").split())[:200]
    return line or None


def _created(said: Any) -> datetime | None:
    """When the document was made; a date that cannot be read is none."""
    try:
        at: datetime | None = said.creation_date if said else None
        if at is None:
            return None
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None
