"""A writer on an OpenAI-compatible server (vLLM, TGI, llama.cpp, ...), over streamed HTTP.

Knows the chat completions format and how servers refuse: waits as a server asks where that is
short, leaves it alone where it is long. Every foreign error becomes one line. The key appears
in the request's header and nowhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import time
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import structlog

from summarizer.write import Ask, Stop, Writer, WriterStopped, WriterUnavailable

_ASK_STOP_SECONDS = 0.05
_LONGEST_WAIT_SECONDS = 3600.0
_RETRY = frozenset({408, 409, 425, 429})
_TRIES = 3
_LEFT_ALONE_SECONDS = 30.0
"""So long a server that ran into the time limit is not asked again: a summary has many asks."""
_CHARACTERS_OF_A_TOKEN = 20
"""No language's tokens are this long on average: a server that goes on ignores `max_tokens`."""


class ServerWriter(Writer):
    """A Writer that asks a server; safe to call from several threads without a running loop.

    `base_url` is the address up to and with `/v1` (added when the address has no path).
    `timeout` bounds one whole answer with all waiting for it; `at_once` requests are under way
    at most. Raises ValueError, one line, for an address that is not http(s) or that holds a
    password.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str | None = None,
        timeout: timedelta = timedelta(seconds=60),
        *,
        at_once: int = 4,
        max_bytes: int = 2_000_000,
    ) -> None:
        self._url = _endpoint(base_url)
        self._model = model
        self._api_key = api_key
        self._timeout = timeout.total_seconds()
        self._at_once = max(1, at_once)
        self._max_bytes = max_bytes
        self._busy_until = 0.0
        self._log = structlog.get_logger()

    def __repr__(self) -> str:
        return f"ServerWriter({str(self._url)!r}, model={self._model!r})"

    @property
    def name(self) -> str:
        """The model's name and its server, for receipts."""
        return f"{self._model} at {self._url.host}"

    def generate(self, system: str, user: str, *, max_tokens: int, stop: Stop) -> str:
        """Answer through the server; see `summarizer.write.Writer`.

        `stop()` is asked at every chunk and 20 times a second while none comes; the
        connection is closed at once, which ends the server's work too.
        """
        answer = self.generate_many(
            [Ask(system=system, user=user, max_tokens=max_tokens)], stop=stop
        )[0]
        if isinstance(answer, WriterUnavailable):
            raise answer
        return answer

    def generate_many(self, asks: Sequence[Ask], *, stop: Stop) -> list[str | WriterUnavailable]:
        """Answer several, `at_once` of them at a time; see `summarizer.write.Writer`."""
        return asyncio.run(self._until_stopped(asks, stop))

    def _body(self, ask: Ask) -> dict[str, Any]:
        return {
            "model": self._model,
            "messages": [
                {"role": "system", "content": ask.system},
                {"role": "user", "content": ask.user},
            ],
            "max_tokens": ask.max_tokens,
            "temperature": 0,
            "stream": True,
        }

    async def _until_stopped(
        self, asks: Sequence[Ask], stop: Stop
    ) -> list[str | WriterUnavailable]:
        if stop():
            raise WriterStopped
        turns = asyncio.Semaphore(self._at_once)
        answering = asyncio.gather(*(self._answer(ask, turns, stop) for ask in asks))
        try:
            while not answering.done():
                await asyncio.wait({answering}, timeout=_ASK_STOP_SECONDS)
                if not answering.done() and stop():
                    raise WriterStopped
            return answering.result()
        finally:
            answering.cancel()
            with contextlib.suppress(asyncio.CancelledError, WriterStopped):
                await answering

    async def _answer(
        self, ask: Ask, turns: asyncio.Semaphore, stop: Stop
    ) -> str | WriterUnavailable:
        """The answer to one ask, or why there is none, after as many tries as are worth it."""
        async with turns:
            ends_at = time.monotonic() + self._timeout
            for tried in range(1, _TRIES + 1):
                wait = self._busy_until - time.monotonic()
                if wait > 0 and tried == 1:
                    return self._later(f"asked to be left alone, for {math.ceil(wait)} s more")
                try:
                    return await self._try(ask, ends_at - time.monotonic(), stop)
                except WriterUnavailable as error:
                    pause = error.retry_after
                    if pause is None:
                        return error
                    if tried == _TRIES or pause >= ends_at - time.monotonic():
                        self._busy_until = time.monotonic() + pause
                        return error
                await asyncio.sleep(pause)
        raise AssertionError("the last try returns")

    async def _try(self, ask: Ask, seconds: float, stop: Stop) -> str:
        headers = {"Authorization": f"Bearer {self._api_key}"} if self._api_key else {}
        limits = httpx.Timeout(seconds, connect=min(5.0, seconds))
        body = self._body(ask)
        try:
            async with (
                asyncio.timeout(seconds),
                httpx.AsyncClient(timeout=limits) as client,
                client.stream("POST", self._url, json=body, headers=headers) as response,
            ):
                if response.status_code != httpx.codes.OK:
                    raise self._refusal(response)
                return await self._read(response, _CHARACTERS_OF_A_TOKEN * ask.max_tokens, stop)
        except (TimeoutError, httpx.TimeoutException) as error:
            self._busy_until = time.monotonic() + min(_LEFT_ALONE_SECONDS, self._timeout)
            raise self._later(f"did not answer within {self._timeout:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._later(f"cannot be reached ({type(error).__name__})") from error

    async def _read(self, response: httpx.Response, most: int, stop: Stop) -> str:
        """The streamed text; of an answer that never ends, the first `most` characters."""
        pieces: list[str] = []
        other: list[str] = []
        length = 0
        async for line in self._lines(response):
            if stop():
                raise WriterStopped
            if not line.startswith("data:"):
                other.append(line)
                continue
            data = line[5:].strip()
            if data == "[DONE]":
                return "".join(pieces).strip()
            pieces.append(self._content(data, "delta"))
            length += len(pieces[-1])
            if length > most:
                return "".join(pieces)[:most].strip()
        if pieces:
            raise self._later("broke off its answer")
        # Some servers do not stream whatever they are asked.
        return self._content("".join(other), "message").strip()

    async def _lines(self, response: httpx.Response) -> AsyncIterator[str]:
        """Split the body into lines; a body or a line without end is refused, not gathered."""
        pending, received = b"", 0
        async for chunk in response.aiter_bytes():
            received += len(chunk)
            if received > self._max_bytes:
                raise self._later(f"sent more than {self._max_bytes} bytes")
            *whole, pending = (pending + chunk).split(b"\n")
            for line in whole:
                yield line.decode("utf-8", "replace").rstrip("\r")
        if pending:
            yield pending.decode("utf-8", "replace")

    def _content(self, data: str, field: str) -> str:
        try:
            answer = json.loads(data)
            if "error" in answer:
                raise self._later("reported an error while it wrote")
            choices = answer["choices"]
            text = choices[0][field].get("content") if choices else ""
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise self._later("sent something that is not a chat completion") from error
        return text if isinstance(text, str) else ""

    def _refusal(self, response: httpx.Response) -> WriterUnavailable:
        # Only the status is told: servers repeat the key, or the articles, in their answers.
        status = response.status_code
        self._log.warning("writer server refused", status=status, model=self._model)
        where = f"the writer's server {self._url.host} answered {status}"
        if status in (401, 403):
            return WriterUnavailable(f"{where}: check the writer's API key setting", permanent=True)
        if status == 404:
            return WriterUnavailable(
                f"{where}: check the writer's server address and model name {self._model!r}",
                permanent=True,
            )
        if 300 <= status < 400:
            return WriterUnavailable(
                f"{where}: it has moved, set the writer's server address anew", permanent=True
            )
        if status in _RETRY or status >= 500:
            return WriterUnavailable(
                f"{where}: it is busy or broken, try again later",
                permanent=False,
                retry_after=_retry_after(response.headers),
            )
        return WriterUnavailable(f"{where}: it refused this request", permanent=False)

    def _later(self, what: str) -> WriterUnavailable:
        return WriterUnavailable(f"the writer's server {self._url.host} {what}", permanent=False)


def _endpoint(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url.strip())
    except httpx.InvalidURL:
        raise ValueError("the writer's server address is not a link") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("the writer's server address must begin with http:// or https://")
    if url.userinfo:
        raise ValueError("the writer's server address must hold no password: set the API key")
    path = url.path.rstrip("/") or "/v1"
    return url.copy_with(path=f"{path}/chat/completions", query=None, fragment=None)


def _retry_after(headers: httpx.Headers) -> float | None:
    """Seconds to wait, from a number or a date; a date counts from the server's own clock."""
    value = headers.get("retry-after", "").strip()
    with contextlib.suppress(ValueError):
        seconds = float(value)
        return min(max(seconds, 0.0), _LONGEST_WAIT_SECONDS) if math.isfinite(seconds) else None
    with contextlib.suppress(ValueError, TypeError):
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("date", ""))
        return min(max(wait.total_seconds(), 0.0), _LONGEST_WAIT_SECONDS)
    return None
