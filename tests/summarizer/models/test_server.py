"""The server writer against a real HTTP server on loopback: answers, refusals, stops, garbage."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
import structlog
from loopback_writer import Answer, Server, event, running_server, says, silent_until, status

from summarizer.models.server import ServerWriter
from summarizer.write import Ask, WriterStopped, WriterUnavailable

KEY = "sk-secret-of-the-test"


@pytest.fixture
def server() -> Iterator[Server]:
    """A running server."""
    with running_server() as running:
        yield running


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
    server.answer = silent_until(free)
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
        ask(server.url, timeout=timedelta(seconds=5))
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


def in_turn(*answers: Answer) -> Answer:
    """Reply with each of these once, with the last for ever."""
    left = list(answers)

    def reply(handler: BaseHTTPRequestHandler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return reply


def test_a_busy_server_is_asked_again_when_it_says(server: Server) -> None:
    """A short Retry-After is waited for, twice at most."""
    busy = status(429, Retry_After="0.05")
    server.answer = in_turn(busy, busy, says("It rained."))
    assert ask(server.url) == "It rained."
    assert len(server.requests) == 3
    server.answer = busy
    with pytest.raises(WriterUnavailable, match="busy"):
        ask(server.url)
    assert len(server.requests) == 6


def test_waiting_for_a_busy_server_can_be_stopped(server: Server) -> None:
    """A stop is heard while the server wants to be waited for."""
    server.answer = status(503, Retry_After="20")
    with pytest.raises(WriterStopped):
        ask(server.url, stop=lambda: len(server.requests) > 0)


def test_a_server_that_wants_a_long_pause_gets_it(server: Server) -> None:
    """It is not waited for and not asked again before: every ask is told so at once."""
    server.answer = in_turn(status(429, Retry_After="900"), says("It rained."))
    writer = ServerWriter(server.url, "small-model", KEY)
    for line in ("busy", "left alone, for [0-9]+ s more"):
        with pytest.raises(WriterUnavailable, match=line):
            writer.generate("a", "b", max_tokens=9, stop=lambda: False)
    assert len(server.requests) == 1


def test_a_server_that_hangs_costs_its_time_limit_once(server: Server) -> None:
    """The other asks of a summary do not wait for it as well."""
    free = threading.Event()
    server.answer = silent_until(free)
    writer = ServerWriter(server.url, "small-model", timeout=timedelta(seconds=0.3), at_once=1)
    asks = [Ask(system="a", user=str(number), max_tokens=9) for number in range(20)]
    try:
        told = [str(one) for one in writer.generate_many(asks, stop=lambda: False)]
    finally:
        free.set()
    assert "did not answer" in told[0]
    assert all("left alone" in one for one in told[1:])
    assert len(server.requests) == 1


def test_several_are_asked_at_once_but_not_more_than_allowed(server: Server) -> None:
    """Requests are side by side, bounded; answers come in the order of the asks."""
    under_way, most = 0, 0
    lock, meeting = threading.Lock(), threading.Barrier(3, timeout=20)

    def reply(handler: BaseHTTPRequestHandler) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        meeting.wait()
        asked = server.asked[threading.get_ident()]
        with lock:
            under_way -= 1
        says(asked)(handler)

    server.answer = reply
    writer = ServerWriter(server.url, "small-model", at_once=3)
    asks = [Ask(system="a", user=str(number), max_tokens=9) for number in range(9)]
    assert writer.generate_many(asks, stop=lambda: False) == [one.user for one in asks]
    assert most == 3


def test_an_answer_without_end_is_cut(server: Server) -> None:
    """A server that repeats itself for ever is read as far as asked, and hung up on."""

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(event("It rained and rained. "))

    server.answer = endless
    assert 0 < len(ask(server.url)) <= 20 * 40
    assert server.closed.wait(10)


def test_an_empty_answer_is_an_answer(server: Server) -> None:
    """Nothing said is nothing to show, not a failure."""
    server.answer = status(200, b"data: [DONE]\n\n")
    assert ask(server.url) == ""


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
