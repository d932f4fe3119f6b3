"""EML: one mail message's text, subject, sender and date. Attachments are named, not read.

The standard library reads the message; knows no mail server.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default

from news.plain import decode, html_to_text
from news.ways.papers import Paper, Unreadable

MAX_PARTS = 200
_MAX_MARKS = 10_000
_MUCH_MORE = 2.0
_NAMED = 5
_HEADERS = ("from", "date", "subject", "to", "message-id", "mime-version", "received")
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
_REPLY_MARK = re.compile(r"^(?:(?:re|fwd?|aw|wg|tr|rv|sv)(?:\[\d+\])?:\s*)+", re.IGNORECASE)
# what the library throws at headers and parts that break the standards
_BROKEN = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


def read_mail(body: bytes) -> Paper | Unreadable:
    """Never raises for what the bytes hold, but for a lack of memory."""
    # the library takes minutes over a message of a million parts, or of parts in parts in parts
    if body.count(b"\n--") > _MAX_MARKS or body.lower().count(b"boundary=") > MAX_PARTS:
        return Unreadable(reason=f"the message has more than {MAX_PARTS} parts")
    try:
        message = email.message_from_bytes(body.lstrip(), policy=default)
    except (*_BROKEN, RecursionError):
        return Unreadable(reason="the message is damaged")
    if not isinstance(message, EmailMessage) or not any(name in message for name in _HEADERS):
        return Unreadable(reason="is not a mail message: it has no From, Date or Subject")
    try:
        parts = _parts(message)
    except RecursionError:
        return Unreadable(reason="the message is nested too deep")
    if parts is None:
        return Unreadable(reason=f"the message has more than {MAX_PARTS} parts")
    text = _text(parts)
    attached = [name for part in parts if (name := _attachment(part))]
    notes = (f"attachments were not read: {_some(attached)}",) if attached else ()
    if not text:
        hint = f" ({notes[0]})" if notes else ""
        return Unreadable(reason=f"the message holds no text{hint}")
    return Paper(
        paragraphs=tuple(re.split(r"\n[ \t]*\n", text)),
        title=_REPLY_MARK.sub("", _header(message, "subject"))[:300] or None,
        author=_sender(message),
        published_at=_sent(message),
        notes=notes,
    )


def _parts(message: EmailMessage) -> list[EmailMessage] | None:
    """The parts that hold something themselves, forwarded messages' own too; None for too many."""
    found: list[EmailMessage] = []
    for count, part in enumerate(message.walk()):
        if count > 4 * MAX_PARTS or len(found) > MAX_PARTS:
            return None
        if isinstance(part, EmailMessage) and not part.is_multipart():
            found.append(part)
    return found


def _text(parts: list[EmailMessage]) -> str:
    """The plain text, or the HTML where the plain one is only a note that there is HTML."""
    plain = "\n\n".join(_plain(part) for part in _of_kind(parts, "text/plain"))
    html = "\n\n".join(html_to_text(_content(part)) for part in _of_kind(parts, "text/html"))
    return html.strip() if len(html) > _MUCH_MORE * len(plain) else plain.strip()


def _of_kind(parts: list[EmailMessage], kind: str) -> Iterator[EmailMessage]:
    return (p for p in parts if p.get_content_type() == kind and not _attachment(p))


def _plain(part: EmailMessage) -> str:
    """A text part without its signature; lines of `format=flowed` joined (RFC 3676)."""
    text = _SIGNATURE.split(_content(part).replace("\r\n", "\n"), maxsplit=1)[0]
    try:
        flowed = str(part.get_param("format", "")).lower() == "flowed"
    except _BROKEN:
        flowed = False
    return re.sub(r" \n(?=[^\s>])", " ", text) if flowed else text


def _content(part: EmailMessage) -> str:
    """The text in its charset; a charset that is unknown or wrong is guessed."""
    try:
        body = part.get_payload(decode=True)
    except _BROKEN:
        return ""
    if not isinstance(body, bytes):
        return ""
    try:
        kind = str(part.get("content-type", ""))
    except _BROKEN:
        kind = ""
    return decode(body, kind, markup=part.get_content_type() == "text/html")


def _attachment(part: EmailMessage) -> str | None:
    """The name of a part that is a file; None for the message's own texts and pictures in it."""
    try:
        name, own = part.get_filename(), part.get_content_maintype() == "text"
        if name is None and (own or part.get_content_disposition() != "attachment"):
            return None
        if part.get_content_disposition() == "inline" and part.get("content-id"):
            return None
    except _BROKEN:
        return "unnamed"
    return " ".join((name or "unnamed").replace("/", " ").split())[:80]


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())
    except _BROKEN:
        return ""


def _sender(message: EmailMessage) -> str | None:
    """The sender's name; an address alone is no author."""
    try:
        addresses = message["from"].addresses if message["from"] is not None else ()
        name = addresses[0].display_name if addresses else ""
    except _BROKEN:
        return None
    return " ".join(name.split())[:200] or None


def _sent(message: EmailMessage) -> datetime | None:
    try:
        at: datetime | None = message["date"].datetime if message["date"] is not None else None
        if at is None:
            return None
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except _BROKEN:
        return None
