"""What a document holds, whatever its format, and how that becomes an article's text.

Knows no file format.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from news.entries import OLDEST
from news.extract import Extracted, extract_text

_SKEW = timedelta(hours=1)
_FILE_NAME = re.compile(
    r"^(?:microsoft \w+ - .*|untitled\b.*|[!-~]+|.*\.(?:docx?|pdf|odt|rtf|indd|qxd|pages|txt))$",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document's paragraphs in order, and what it says of itself; dates are UTC, unbounded.

    A paragraph's lines may be broken at a fixed width, as mail's are.
    """

    paragraphs: tuple[str, ...]
    title: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Nothing could be read; `reason` is one line for a user."""

    reason: str


def install_line(kind: str) -> str:
    """What to do when a library is missing."""
    return f'reading {kind} files needs more libraries: pip install "geobrief[documents]"'


def named_title(text: object) -> str | None:
    """A title that a program keeps in a file; file names and "untitled" are none."""
    line = " ".join(str(text or "").split())[:300]
    return None if not line or _FILE_NAME.match(line) else line


def as_page(paper: Paper, *, now: datetime) -> Extracted:
    """The paper as an article: clutter out, language and completeness found.

    Its title, said again at the beginning of the text, is not part of the text. Dates before
    1990 and more than an hour after `now` are none.
    """
    lines = [text for text in paper.paragraphs if text.strip()]
    title = paper.title or ""
    if title:
        for at, line in enumerate(lines[:3]):
            if _bare(line) == _bare(title):
                del lines[at]
                break
        # the reader of texts takes a first line without a stop for the title
        lines.insert(0, title.rstrip(" .;:,。।"))
    page = extract_text("\n\n".join(lines))
    at_time = paper.published_at
    believed = at_time is not None and OLDEST <= at_time <= now + _SKEW
    return replace(
        page,
        title=title or page.title,
        author=paper.author,
        published_at=at_time if believed else None,
    )


def _bare(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
