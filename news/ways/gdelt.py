"""GDELT's document search (DOC 2.0): a query as a link, its answer as links to articles.

Asks for nothing itself. GDELT covers a window of some months and wants a pause between two
questions; that patience is the caller's.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from news.entries import OLDEST, plain_line, web_link
from news.ways.found import FoundLink, Problem

HOST = "api.gdeltproject.org"
API = f"https://{HOST}/api/v2/doc/doc"
PREFIX = "gdelt:"
MAX_RECORDS = 250
DEFAULT_WINDOW = timedelta(days=1)
PAUSE = timedelta(seconds=6)
"""Between two questions: its refusal asks for five, and who keeps exactly five is refused too."""
_MAX_QUERY = 500
_STAMP = "%Y%m%d%H%M%S"
# it sends a backslash before signs that JSON does not let it stand before
_BAD_ESCAPE = re.compile(r'\\(\\|["/bfnrt]|u[0-9a-fA-F]{4})|\\')
_TAG = re.compile(r"<[^<>]{1,200}>")
_SPACED_SIGN = re.compile(r"\s+([,.;:!?%)\]])")


def query_of(what: str) -> str | None:
    """The query of `gdelt:WORDS` or of a link to the API; None where `what` is neither."""
    if what[: len(PREFIX)].lower() == PREFIX:
        return " ".join(what[len(PREFIX) :].split())
    try:
        parts = urlsplit(what)
    except ValueError:
        return None
    if (parts.hostname or "").lower() == HOST and "/doc/" in parts.path:
        return " ".join(dict(parse_qsl(parts.query)).get("query", "").split())
    return None


def query_link(
    query: str, *, until: datetime, since: datetime | None = None, records: int = MAX_RECORDS
) -> str | Problem:
    """The link that asks for articles seen in `since` (a day before) to `until`, newest first.

    GDELT's own operators (`sourcelang:`, `domainis:`, "a phrase", (this OR that)) pass through.
    """
    words = " ".join(query.split())
    what = f"{PREFIX}{words[:80]}"
    if not words:
        return Problem(what=what, reason="name what to look for, such as gdelt:ferry strike")
    if len(words) > _MAX_QUERY:
        return Problem(what=what, reason=f"a query may have up to {_MAX_QUERY} characters")
    begin = (until - DEFAULT_WINDOW) if since is None else since
    if begin >= until:
        return Problem(what=what, reason="the query's time ends before it begins")
    asked = {
        "query": words,
        "mode": "artlist",
        "format": "json",
        "sort": "datedesc",
        "maxrecords": str(min(max(records, 1), MAX_RECORDS)),
        "startdatetime": begin.astimezone(UTC).strftime(_STAMP),
        "enddatetime": until.astimezone(UTC).strftime(_STAMP),
    }
    return f"{API}?{urlencode(asked)}"


def read_answer(body: bytes, *, what: str, now: datetime) -> tuple[FoundLink, ...] | Problem:
    """The answer's articles, each link once, in its order; no article is an answer too.

    What GDELT refuses it says as plain text with status 200: that text is the problem. The
    date of an article is when GDELT saw it, a quarter of an hour or more after publication.
    """
    text = body.decode("utf-8", "replace").strip().removeprefix("\ufeff")
    if not text:
        return ()
    if not text.startswith(("{", "[")):
        told = plain_line(_TAG.sub(" ", text[:2_000]))[:200]
        return Problem(what=what, reason=f"GDELT does not answer: {told or 'it gave no reason'}")
    try:
        answer = json.loads(_BAD_ESCAPE.sub(_escaped, text), strict=False)
    except (ValueError, RecursionError):
        return Problem(what=what, reason="GDELT's answer is broken JSON")
    rows = answer.get("articles", []) if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        return Problem(what=what, reason="GDELT's answer has another form than its manual says")
    links = (_link(row, now) for row in rows[:MAX_RECORDS] if isinstance(row, dict))
    return tuple({link.url: link for link in links if link is not None}.values())


def _escaped(match: re.Match[str]) -> str:
    return match[0] if match[1] else "\\\\"


def _link(row: dict[str, Any], now: datetime) -> FoundLink | None:
    url = web_link(row.get("url"), "")
    if url is None:
        return None
    return FoundLink(
        url=url,
        # GDELT writes titles with a space before every sign
        title=_SPACED_SIGN.sub(r"\1", plain_line(row.get("title")))[:300],
        seen_at=_seen(row.get("seendate"), now),
        outlet=plain_line(row.get("domain")).lower() or None,
        language=plain_line(row.get("language")) or None,
        country=plain_line(row.get("sourcecountry")) or None,
    )


def _seen(value: object, now: datetime) -> datetime | None:
    """`20220218T120000Z`, in UTC; nothing before 1990 or after `now`."""
    try:
        at = datetime.strptime(str(value), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return at if OLDEST <= at <= now else None
