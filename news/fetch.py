"""Fetching: one link in, bytes or a reason out, by conditional GET.

Users can add feeds, so this is a door: web links to public machines only, with caps on
size, time and redirects. Knows no feed, page or store; uses no proxy of the environment,
because behind one the address could not be checked.
"""

from __future__ import annotations

import contextlib
import re
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_network
from types import TracebackType
from typing import Self

import httpcore
import httpx

from news.addresses import (
    Deadline,
    Network,
    PinnedBackend,
    Resolve,
    TookTooLong,
    system_resolve,
)
from news.connection import Connection
from news.hosts import KEPT_IDLE, Hosts, Turn
from news.outcome import Fetched, FetchFailed, NotModified, failure, max_age, refusal
from news.robots import MAX_BYTES as ROBOTS_BYTES
from news.robots import Robots

__all__ = ["FEED_TYPES", "PAGE_TYPES", "FetchFailed", "Fetched", "Fetcher", "NotModified"]

FEED_TYPES = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
PAGE_TYPES = "text/html, application/xhtml+xml;q=0.9, text/plain;q=0.8, */*;q=0.5"

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 * 1024
_SHORT = 4 * 1024
_FOREIGN = (
    OSError,
    httpx.HTTPError,
    httpx.InvalidURL,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
)


class _Refused(Exception):
    """A link, answer or body that is not taken; carries the line to show."""

    def __init__(self, reason: str, *, permanent: bool = True) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Fetcher:
    """Fetches from any number of threads; `close()` or a `with` block ends it.

    `timeout` covers one `fetch` whole: names, connections, redirects, body; not the wait for
    a host's turn, which comes one request at a time, `host_pause` after the last one, or what
    `host_pauses` says of that host where it is longer.
    `max_bytes` counts decoded bytes. `allow_private` opens every address, `allowed_networks`
    only these ones besides the public ones. With `honour_robots` a page is only read where
    its site's robots.txt lets programs in. A host's connection is kept for its next request.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        max_bytes: int = 10 * 1024 * 1024,
        timeout: timedelta = timedelta(seconds=20),
        max_redirects: int = 5,
        allow_private: bool = False,
        allowed_networks: Iterable[str] = (),
        resolve: Resolve = system_resolve,
        host_pause: timedelta = timedelta(),
        host_pauses: Mapping[str, timedelta] | None = None,
        honour_robots: bool = False,
    ) -> None:
        self._user_agent = user_agent
        self._max_bytes = max_bytes
        self._timeout = timeout
        self._max_redirects = max_redirects
        networks: list[Network] = [ip_network(text) for text in allowed_networks]
        self._allowed = None if allow_private else tuple(networks)
        self._resolve = resolve
        self._tls = httpx.create_ssl_context(trust_env=False)
        self._hosts: Hosts[Connection] = Hosts(host_pause, host_pauses)
        self._robots = Robots(user_agent, self._fetch_robots) if honour_robots else None
        self._closed = False

    def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        max_bytes: int | None = None,
        accept: str = "*/*",
        page: bool = True,
    ) -> Fetched | NotModified | FetchFailed:
        """Never raises for what the network does. Not a `page`: made for programs, as feeds are."""
        if self._closed:
            raise RuntimeError("this Fetcher is closed")
        headers = {"Accept": accept}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        robots = self._robots if page else None
        return self._fetch(
            url, _Wanted(headers=headers, max_bytes=max_bytes or self._max_bytes), robots
        )

    def ready_in(self, url: str) -> float:
        """Seconds until the link's host may be asked again."""
        return self._hosts.ready_in(_host(url))

    def close(self) -> None:
        """No further fetches; those under way end by their own deadline."""
        self._closed = True
        self._hosts.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _fetch_robots(self, url: str) -> Fetched | NotModified | FetchFailed:
        wanted = _Wanted(headers={"Accept": "text/plain"}, max_bytes=ROBOTS_BYTES, cut=True)
        return self._fetch(url, wanted, None)

    def _fetch(
        self, url: str, wanted: _Wanted, robots: Robots | None
    ) -> Fetched | NotModified | FetchFailed:
        try:
            return self._follow(url, wanted, robots)
        except _Refused as error:
            return FetchFailed(url=url, reason=str(error), permanent=error.permanent)
        except _FOREIGN as error:
            return failure(url, error, self._timeout)

    def _follow(
        self, url: str, wanted: _Wanted, robots: Robots | None
    ) -> Fetched | NotModified | FetchFailed:
        at, permanent = _checked(url), True
        left, cookies = self._timeout.total_seconds(), httpx.Cookies()
        for hop in range(self._max_redirects + 1):
            if robots is not None:
                objection = robots.objection(at)
                if objection is not None:
                    return replace(objection, url=url)
                self._hosts.slow_down(_host(at), robots.delay(at) or timedelta())
            with self._hosts.turn(_host(at), self._connect) as turn:
                deadline = time.monotonic() + left
                with self._answer(turn, at, wanted, cookies, deadline) as response:
                    if response.status_code not in _REDIRECTS or "location" not in response.headers:
                        moved = permanent and hop > 0
                        return _read_answer(response, url, at, wanted, deadline, moved=moved)
                    permanent = permanent and response.status_code in (301, 308)
                    at = _checked(_target(at, response.headers["location"]))
            left = deadline - time.monotonic()
        raise _Refused(f"more than {self._max_redirects} redirects in a row")

    @contextlib.contextmanager
    def _answer(
        self,
        turn: Turn[Connection],
        at: str,
        wanted: _Wanted,
        cookies: httpx.Cookies,
        deadline: float,
    ) -> Iterator[httpx.Response]:
        headers = {
            "User-Agent": self._user_agent,
            "Accept-Encoding": "gzip, deflate",
            **wanted.headers,
        }
        request = httpx.Request("GET", at, headers=headers)
        cookies.set_cookie_header(request)
        assert turn.kept is not None
        try:
            response = turn.kept.ask(request, deadline)
        except (httpcore.NetworkError, httpcore.ProtocolError):
            if not turn.kept.used:
                raise
            # the site had closed the connection that was kept
            turn.kept.close()
            turn.kept = self._connect()
            response = turn.kept.ask(request, deadline)
        cookies.extract_cookies(response)
        try:
            yield response
            _finish(response)
        finally:
            response.close()
            turn.kept.used = True

    def _connect(self) -> Connection:
        deadline = Deadline(0.0)
        backend = PinnedBackend(deadline=deadline, allowed=self._allowed, resolve=self._resolve)
        pool = httpcore.ConnectionPool(
            ssl_context=self._tls,
            http2=True,
            network_backend=backend,
            max_connections=1,
            keepalive_expiry=KEPT_IDLE,
        )
        return Connection(pool, deadline)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What to ask with. `cut`: of a longer body the beginning is taken, not refused."""

    headers: Mapping[str, str]
    max_bytes: int
    cut: bool = False


def _checked(url: str) -> str:
    """The link without fragment, when it is one that may be asked for."""
    parts = httpx.URL(url.strip())
    if parts.scheme not in ("http", "https"):
        raise _Refused("only http and https links can be fetched")
    if parts.userinfo:
        raise _Refused("links with a user name or password are not fetched")
    if not parts.host:
        raise _Refused("the link names no site")
    return str(parts.copy_with(fragment=None))


def _target(at: str, location: str) -> str:
    return str(httpx.URL(at).join(location.strip()))


def _host(url: str) -> str:
    try:
        return httpx.URL(url.strip()).host.lower()
    except httpx.InvalidURL:
        return ""


def _finish(response: httpx.Response) -> None:
    """Read what is left of a short answer, so that its connection can serve the next request."""
    announced = response.headers.get("content-length", "")
    short = announced.isdigit() and int(announced) <= _SHORT
    if not response.is_stream_consumed and (short or response.status_code == 304):
        with contextlib.suppress(*_FOREIGN):
            for _ in response.iter_raw(_CHUNK):
                pass


def _read_answer(
    response: httpx.Response, url: str, at: str, wanted: _Wanted, deadline: float, *, moved: bool
) -> Fetched | NotModified | FetchFailed:
    if response.status_code == 304:
        return NotModified(
            url=at,
            etag=response.headers.get("etag"),
            last_modified=response.headers.get("last-modified"),
            max_age=max_age(response.headers.get("cache-control")),
        )
    if not response.is_success:
        return refusal(url, response.status_code, response.headers)
    return _fetched(response, at, _read(response, wanted, deadline), moved=moved)


def _read(response: httpx.Response, wanted: _Wanted, deadline: float) -> bytes:
    """The decoded body. Decoding is ours, because a bomb must stop at the cap, not after it."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    announced = response.headers.get("content-length", "")
    too_large = _Refused(f"larger than the limit of {_size(wanted.max_bytes)}")
    if announced.isdigit() and int(announced) > wanted.max_bytes and not wanted.cut:
        raise too_large
    inflate = _decoder(encoding)
    body = bytearray()
    for chunk in response.iter_raw(_CHUNK):
        if time.monotonic() > deadline:
            raise TookTooLong("reading the body")
        body += inflate(chunk, wanted.max_bytes + 1 - len(body)) if inflate else chunk
        if len(body) > wanted.max_bytes:
            if wanted.cut:
                return bytes(body[: wanted.max_bytes])
            raise too_large
    return bytes(body)


class _Inflate:
    """Gzip or deflate, never yielding more than asked for."""

    def __init__(self, *, raw_allowed: bool) -> None:
        # 32 + 15: zlib and gzip headers alike; some servers send deflate without any header.
        self._machine = zlib.decompressobj(wbits=47)
        self._raw_allowed = raw_allowed

    def __call__(self, chunk: bytes, limit: int) -> bytes:
        try:
            out = self._machine.decompress(chunk, limit)
        except zlib.error as error:
            if not self._raw_allowed:
                raise _Refused("the answer is broken (bad compression)", permanent=False) from error
            self._raw_allowed = False
            self._machine = zlib.decompressobj(wbits=-15)
            return self(chunk, limit)
        self._raw_allowed = False
        return out


def _decoder(encoding: str) -> _Inflate | None:
    if encoding in ("", "identity"):
        return None
    if encoding in ("gzip", "x-gzip", "deflate"):
        return _Inflate(raw_allowed=encoding == "deflate")
    raise _Refused(f"the site sent a compression nobody asked for ({encoding[:20]})")


def _fetched(response: httpx.Response, url: str, body: bytes, *, moved: bool) -> Fetched:
    kind = response.headers.get("content-type", "")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", kind, re.IGNORECASE)
    return Fetched(
        url=url,
        status=response.status_code,
        body=body,
        content_type=kind.partition(";")[0].strip().lower() or None,
        charset=charset[1].lower() if charset else None,
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
        permanent_redirect_to=url if moved else None,
        max_age=max_age(response.headers.get("cache-control")),
    )


def _size(count: int) -> str:
    return f"{count / 1024 / 1024:g} MB" if count >= 1024 * 1024 else f"{count} bytes"
