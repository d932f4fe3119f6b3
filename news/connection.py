"""One host's connection: httpx requests over a pool that dials checked addresses only.

Knows no redirects, caps or caches: it asks and hands over what comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import httpcore
import httpx

from news.addresses import Deadline


class Connection:
    """A host's connection, used by whoever has the host's turn."""

    def __init__(self, pool: httpcore.ConnectionPool, deadline: Deadline) -> None:
        self._transport = _PinnedTransport(pool)
        self._deadline = deadline
        self.used = False

    def ask(self, request: httpx.Request, deadline: float) -> httpx.Response:
        """Send a request; all of its answer is to be read by the deadline."""
        self._deadline.at = deadline
        response = self._transport.handle_request(request)
        response.request = request
        return response

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


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
