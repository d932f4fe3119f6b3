"""Fetching: one link in, bytes or a reason out, by conditional GET.

Users can add feeds, so this is a door: web links to public machines only, with caps on
size, time and redirects. Knows no feed, page or store; uses no proxy of the environment,
because behind one the address could not be checked.
"""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from ipaddress import ip_network
from types import TracebackType
from typing import Self

import httpcore
import httpx

from news.addresses import Network, PinnedBackend, Resolve, TookTooLong, system_resolve
from news.outcome import Fetched, FetchFailed, NotModified, failure, refusal

__all__ = ["FEED_TYPES", "PAGE_TYPES", "FetchFailed", "Fetched", "Fetcher", "NotModified"]

FEED_TYPES = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
PAGE_TYPES = "text/html, application/xhtml+xml;q=0.9, text/plain;q=0.8, */*;q=0.5"

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 * 1024
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

    `timeout` covers one `fetch` whole: name, connection, redirects, body. `max_bytes` counts
    decoded bytes. `allow_private` opens every address, `allowed_networks` only these ones
    besides the public ones. Each fetch has its own connections, so that one slow answer
    cannot hold up another thread; redirects within a site share them.
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
    ) -> None:
        self._user_agent = user_agent
        self._max_bytes = max_bytes
        self._timeout = timeout
        self._max_redirects = max_redirects
        networks: list[Network] = [ip_network(text) for text in allowed_networks]
        self._allowed = None if allow_private else tuple(networks)
        self._resolve = resolve
        self._tls = httpx.create_ssl_context(trust_env=False)
        self._closed = False

    def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        max_bytes: int | None = None,
        accept: str = "*/*",
    ) -> Fetched | NotModified | FetchFailed:
        """Never raises for what the network does."""
        if self._closed:
            raise RuntimeError("this Fetcher is closed")
        headers = {
            "User-Agent": self._user_agent,
            "Accept": accept,
            "Accept-Encoding": "gzip, deflate",
        }
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        deadline = time.monotonic() + self._timeout.total_seconds()
        try:
            with httpx.Client(
                transport=self._transport(deadline), trust_env=False, timeout=None
            ) as client:
                return self._follow(client, url, headers, max_bytes or self._max_bytes, deadline)
        except _Refused as error:
            return FetchFailed(url=url, reason=str(error), permanent=error.permanent)
        except _FOREIGN as error:
            return failure(url, error, self._timeout)

    def close(self) -> None:
        """No further fetches; those under way end by their own deadline."""
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _transport(self, deadline: float) -> _PinnedTransport:
        backend = PinnedBackend(deadline=deadline, allowed=self._allowed, resolve=self._resolve)
        return _PinnedTransport(
            httpcore.ConnectionPool(ssl_context=self._tls, http2=True, network_backend=backend)
        )

    def _follow(
        self,
        client: httpx.Client,
        url: str,
        headers: dict[str, str],
        max_bytes: int,
        deadline: float,
    ) -> Fetched | NotModified | FetchFailed:
        at, permanent = _checked(url), True
        for hop in range(self._max_redirects + 1):
            with client.stream("GET", at, headers=headers) as response:
                if response.status_code in _REDIRECTS and "location" in response.headers:
                    permanent = permanent and response.status_code in (301, 308)
                    at = _checked(_target(at, response.headers["location"]))
                    continue
                if response.status_code == 304:
                    return NotModified(
                        url=str(at),
                        etag=response.headers.get("etag"),
                        last_modified=response.headers.get("last-modified"),
                    )
                if not response.is_success:
                    return refusal(url, response.status_code, response.headers)
                body = _read(response, max_bytes, deadline)
                return _fetched(response, str(at), body, moved=permanent and hop > 0)
        raise _Refused(f"more than {self._max_redirects} redirects in a row")


class _PinnedTransport(httpx.BaseTransport):
    """Httpx over a pool of our own making: its own transport takes no network backend."""

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                extensions={},
            )
        )
        assert isinstance(answer.stream, Iterable)
        return httpx.Response(
            status_code=answer.status, headers=answer.headers, stream=_Body(answer)
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


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


def _read(response: httpx.Response, max_bytes: int, deadline: float) -> bytes:
    """The decoded body. Decoding is ours, because a bomb must stop at the cap, not after it."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    announced = response.headers.get("content-length", "")
    too_large = _Refused(f"larger than the limit of {_size(max_bytes)}")
    if announced.isdigit() and int(announced) > max_bytes:
        raise too_large
    inflate = _decoder(encoding)
    body = bytearray()
    for chunk in response.iter_raw(_CHUNK):
        if time.monotonic() > deadline:
            raise TookTooLong("reading the body")
        body += inflate(chunk, max_bytes + 1 - len(body)) if inflate else chunk
        if len(body) > max_bytes:
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
    )


def _size(count: int) -> str:
    return f"{count / 1024 / 1024:g} MB" if count >= 1024 * 1024 else f"{count} bytes"
