"""Whether a feed's body says anything new: its hash apart from clocks and comments."""

from __future__ import annotations

import hashlib
import re

_HEAD_END = re.compile(rb"<(?:[\w-]+:)?(?:item|entry)\b")
_NOISE = re.compile(
    rb"<((?:[\w-]+:)?(?:lastBuildDate|pubDate|date|updated|modified|generator))\b[^>]*?"
    rb"(?:/>|>[^<]{0,400}</\1\s*>)",
    re.IGNORECASE,
)
_LAST_BUILD = re.compile(
    rb"<lastBuildDate\b[^>]{0,100}>[^<]{0,100}</lastBuildDate\s*>", re.IGNORECASE
)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)


def update_hash(body: bytes) -> str:
    """A sum of the body without the channel's own dates, its generator and all comments.

    The dates of items stay in: a new date on an item is news.
    """
    plain = _COMMENT.sub(b"", body)
    first = _HEAD_END.search(plain)
    end = first.start() if first else len(plain)
    rest = _LAST_BUILD.sub(b"", plain[end:])
    return hashlib.sha256(_NOISE.sub(b"", plain[:end]) + rest).hexdigest()
