"""What a fetch ends in: bytes, nothing new, or one clear line about what went wrong.

Translates HTTP statuses and the errors of the libraries; asks for nothing itself.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from news.addresses import NameNotFound, RefusedAddress, TookTooLong

_LONGEST_WAIT = timedelta(days=7)
# A refusal that the same request may outlive: time, load, a login, a guard against robots.
_PASSING = frozenset({401, 403, 407, 408, 409, 421, 423, 425, 429})
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
_MEANINGS = {
    400: "the site calls the request malformed",
    401: "the site asks for a login",
    402: "the site asks for payment",
    403: "the site refuses access",
    404: "there is no such page",
    410: "the page is gone for good",
    429: "the site asks to come back later",
    451: "the page is blocked for legal reasons",
    500: "the site has an error",
    502: "the site is not reachable behind its gateway",
    503: "the site is busy or down for maintenance",
    504: "the site did not answer its gateway",
}
_CLASSES = {
    3: "the site redirects to nowhere",
    4: "the site refuses the request",
    5: "the site has an error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A 2xx answer; `body` is decoded (gzip undone), `content_type` without parameters.

    `url` is where it was found; `permanent_redirect_to` the same, when every redirect on the
    way was a permanent one.
    """

    url: str
    status: int
    body: bytes
    content_type: str | None
    charset: str | None
    etag: str | None
    last_modified: str | None
    permanent_redirect_to: str | None
    max_age: timedelta | None = None

    @property
    def content_type_as_sent(self) -> str | None:
        """The content type with its charset."""
        if self.content_type is None or self.charset is None:
            return self.content_type
        return f"{self.content_type}; charset={self.charset}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A 304: what the caller has is still current."""

    url: str
    etag: str | None
    last_modified: str | None
    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """No bytes; `reason` is one line for a user.

    `permanent`: the same request will fail again. `unreachable`: no connection was
    made (name not found, refused, no route), as when there is no network at all.
    """

    url: str
    reason: str
    permanent: bool = False
    retry_after: timedelta | None = None
    status: int | None = None
    unreachable: bool = False

    @property
    def passing(self) -> bool:
        """Whether it is worth asking again later: no network, or a server that is not ready."""
        return self.unreachable or self.status in _LATER


def refusal(url: str, status: int, headers: Mapping[str, str]) -> FetchFailed:
    """What an HTTP status outside 2xx and 304 means to a user."""
    meaning = _MEANINGS.get(status) or _CLASSES.get(status // 100, "the answer is no page")
    return FetchFailed(
        url=url,
        reason=f"{meaning} (HTTP {status})",
        permanent=400 <= status < 500 and status not in _PASSING,
        retry_after=retry_after(headers.get("retry-after"), headers.get("date")),
        status=status,
    )


def max_age(cache_control: str | None) -> timedelta | None:
    """How long an answer stays fresh, from its Cache-Control header; a week at most."""
    directives = [part.strip().lower() for part in (cache_control or "").split(",")]
    if "no-cache" in directives or "no-store" in directives:
        return None
    for part in directives:
        name, _, value = part.partition("=")
        seconds = value.strip().strip('"')
        if name.strip() == "max-age" and seconds.isdigit():
            return min(timedelta(seconds=int(seconds[:9])), _LONGEST_WAIT)
    return None


def retry_after(value: str | None, date: str | None) -> timedelta | None:
    """How long to wait, from a Retry-After header in seconds or as a date; a week at most.

    A date counts from the answer's own `Date` header where there is one: the site's clock
    may be wrong, but it is wrong in both.
    """
    text = (value or "").strip()
    if text.isdigit():
        wait = timedelta(seconds=min(int(text[:9]), 10**8))
    else:
        until = _http_date(text)
        if until is None:
            return None
        wait = until - (_http_date(date or "") or datetime.now(UTC))
    return min(max(wait, timedelta(0)), _LONGEST_WAIT)


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def failure(url: str, error: Exception, timeout: timedelta) -> FetchFailed:
    """What an error of the connection or the HTTP library means to a user."""
    match error:
        case RefusedAddress():
            return FetchFailed(url=url, reason=f"refused: {error}", permanent=True)
        case NameNotFound():
            reason = "the site's name was not found, or there is no network"
            return FetchFailed(url=url, reason=reason, unreachable=True)
        case httpx.InvalidURL() | httpx.UnsupportedProtocol() | httpcore.UnsupportedProtocol():
            return FetchFailed(url=url, reason=f"not a valid link: {error}", permanent=True)
        case TookTooLong() | httpcore.TimeoutException():
            reason = f"no complete answer within {timeout.total_seconds():g} seconds"
            unreachable = isinstance(error, httpcore.ConnectTimeout)
            return FetchFailed(url=url, reason=reason, unreachable=unreachable)
        # httpcore's pool drops the cause, but the system's error is also its argument
        case httpcore.ConnectError(args=(ssl.SSLError() as handshake, *_)):
            return FetchFailed(url=url, reason=_tls_reason(handshake))
        case httpcore.ConnectError():
            cause = error.args[0] if error.args else None
            detail = getattr(cause, "strerror", None) or "no connection"
            reason = f"the site could not be reached ({detail.lower()})"
            return FetchFailed(url=url, reason=reason, unreachable=True)
        case httpcore.NetworkError() | OSError():
            return FetchFailed(url=url, reason="the connection broke off")
        case _:
            return FetchFailed(url=url, reason="the site's answer is not valid HTTP")


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the site's certificate is not valid ({error.verify_message})"
    return "no secure connection could be agreed with the site"
