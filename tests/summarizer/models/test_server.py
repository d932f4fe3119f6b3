"""The server writer against a real HTTP server on loopback: answers, refusals, stops, garbage."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import structlog

from summarizer.models.server import ServerWriter
from summarizer.write import WriterStopped, WriterUnavailable

KEY = "sk-secret-of-the-test"

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """A loopback server: `answer` writes each reply; requests are kept."""

    def __init__(self) -> None:
        self.answer: Answer = lambda handler: None
        self.requests: list[tuple[str, dict[str, Any], dict[str, str]]] = []
        self.closed = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                outer.requests.append((self.path, body, dict(self.headers)))
                try:
                    outer.answer(self)
                except (BrokenPipeError, ConnectionResetError):
                    outer.closed.set()

            def log_message(self, *_: Any) -> None:
                """Keep the test's output clean."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server() -> Iterator[Server]:
    """A running server."""
    running = Server()
    thread = threading.Thread(target=running.http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield running
    running.http.shutdown()
    running.http.server_close()


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    """Reply with a status and nothing to stream."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def event(text: str) -> bytes:
    """One streamed chunk."""
    return f"data: {json.dumps({'choices': [{'delta': {'content': text}}]})}\n\n".encode()


def ask(url: str, stop: Callable[[], bool] = lambda: False, **options: Any) -> str:
    """Ask the server with the test's key."""
    writer = ServerWriter(url, "small-model", KEY, **options)
    return writer.generate("Be brief.", "What happened?", max_tokens=40, stop=stop)


def test_streamed_answer_is_joined(server: Server) -> None:
    """The chunks make the text; the request is greedy, bounded and carries the key."""
    chunks = [b": keep-alive\n\n", event("The port "), event("reopened – ünd"), event("."),
              b'data: {"choices": []}\n\n', b"data: [DONE]\n\n"]  # fmt: skip
    server.answer = status(200, b"".join(chunks), Content_Type="text/event-stream")
    assert ask(server.url) == "The port reopened – ünd."
    path, body, headers = server.requests[0]
    assert path == "/v1/chat/completions"
    assert body["temperature"] == 0
    assert body["max_tokens"] == 40
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert headers["Authorization"] == f"Bearer {KEY}"


def test_whole_answer_of_a_server_that_does_not_stream(server: Server) -> None:
    """A server may ignore `stream`; its one JSON document is read."""
    answer = {"choices": [{"message": {"role": "assistant", "content": " It rained. "}}]}
    server.answer = status(200, json.dumps(answer, indent=1).encode())
    assert ask(server.url + "/api/v1/") == "It rained."
    assert server.requests[0][0] == "/api/v1/chat/completions"


def test_slow_stream_is_stopped_and_closed(server: Server) -> None:
    """A stop while chunks come ends the request and closes the connection."""
    begun = threading.Event()

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not server.closed.wait(0.02):
            handler.wfile.write(event("word "))
            begun.set()

    server.answer = endless
    with pytest.raises(WriterStopped):
        ask(server.url, stop=begun.is_set)
    assert server.closed.wait(10)


def test_silent_server_can_be_stopped(server: Server) -> None:
    """A stop is heard while the server says nothing at all."""
    asked, free = threading.Event(), threading.Event()

    def silent(_: BaseHTTPRequestHandler) -> None:
        asked.set()
        free.wait(30)

    server.answer = silent
    try:
        with pytest.raises(WriterStopped):
            ask(server.url, stop=asked.is_set)
    finally:
        free.set()


def test_silent_server_runs_into_the_time_limit(server: Server) -> None:
    """No answer in time can be tried again."""
    free = threading.Event()

    def silent(_: BaseHTTPRequestHandler) -> None:
        free.wait(30)

    server.answer = silent
    try:
        with pytest.raises(WriterUnavailable, match=r"did not answer within 0\.2 s") as error:
            ask(server.url, timeout=timedelta(seconds=0.2))
    finally:
        free.set()
    assert not error.value.permanent


@pytest.mark.parametrize(
    ("code", "headers", "permanent", "retry_after", "line"),
    [
        (401, {}, True, None, "API key"),
        (403, {}, True, None, "API key"),
        (404, {}, True, None, "model name 'small-model'"),
        (308, {"Location": "http://127.0.0.1/elsewhere"}, True, None, "moved"),
        (429, {"Retry-After": "7"}, False, 7.0, "busy"),
        (429, {"Retry-After": "999999"}, False, 3600.0, "busy"),
        (503, {"Retry-After": "Wed, 01 Jan 2020 00:00:30 GMT"}, False, 0.0, "busy"),
        (500, {"Retry-After": "soon"}, False, None, "busy"),
        (502, {"Retry-After": "nan"}, False, None, "busy"),
        (422, {}, False, None, "refused this request"),
    ],
)
def test_refusals_say_what_to_mend(
    server: Server,
    code: int,
    headers: dict[str, str],
    permanent: bool,
    retry_after: float | None,
    line: str,
) -> None:
    """Each refusal is one line, permanent when only a setting mends it; it repeats no body."""
    server.answer = status(code, f'{{"error": "wrong key {KEY}"}}'.encode(), **headers)
    with pytest.raises(WriterUnavailable, match=line) as error:
        ask(server.url)
    assert (error.value.permanent, error.value.retry_after) == (permanent, retry_after)
    assert KEY not in str(error.value)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"<html>welcome</html>", "not a chat completion"),
        (b"", "not a chat completion"),
        (b"data: {broken\n\n", "not a chat completion"),
        (b'data: ["list"]\n\n', "not a chat completion"),
        (b'data: {"choices": 5}\n\n', "not a chat completion"),
        (b'data: {"error": {"message": "out of memory"}}\n\n', "reported an error"),
        (event("The begin"), "broke off"),
        (b"data: " + b"x" * 5000, "more than 4000 bytes"),
    ],
)
def test_garbage_is_one_line(server: Server, body: bytes, line: str) -> None:
    """Whatever a server sends, the error is one line that can be tried again."""
    server.answer = status(200, body)
    with pytest.raises(WriterUnavailable, match=line) as error:
        ask(server.url, max_bytes=4000)
    assert not error.value.permanent
    assert "\n" not in str(error.value)


def test_absent_server_is_one_line() -> None:
    """A refused connection can be tried again."""
    with pytest.raises(WriterUnavailable, match="cannot be reached") as error:
        ask("http://127.0.0.1:1")
    assert not error.value.permanent


def test_key_is_in_no_log_name_or_repr(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """The key goes to the server and nowhere else."""
    caplog.set_level(logging.DEBUG)
    server.answer = status(401)
    writer = ServerWriter(server.url, "small-model", KEY)
    with structlog.testing.capture_logs() as entries, pytest.raises(WriterUnavailable):
        writer.generate("a", "b", max_tokens=1, stop=lambda: False)
    assert entries
    assert KEY not in f"{entries} {caplog.text} {writer!r} {writer} {writer.name}"
    assert writer.name == "small-model at 127.0.0.1"


@pytest.mark.parametrize(
    "address", ["", "localhost:8000", "ftp://x/v1", "http://u:p@x/v1", "http://"]
)
def test_address_that_cannot_be_right_is_refused_at_once(address: str) -> None:
    """A wrong address is told when the writer is made, without repeating a password."""
    with pytest.raises(ValueError, match="server address") as error:
        ServerWriter(address, "m")
    assert "u:p" not in str(error.value)
