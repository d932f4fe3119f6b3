"""An OpenAI-compatible server on loopback whose replies a test says; requests are kept."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """A loopback server: `answer` writes each reply; requests are kept."""

    def __init__(self) -> None:
        self.answer: Answer = lambda handler: None
        self.requests: list[tuple[str, dict[str, Any], dict[str, str]]] = []
        self.asked: dict[int, str] = {}
        """What is asked of each thread that replies."""
        self.closed = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                outer.requests.append((self.path, body, dict(self.headers)))
                outer.asked[threading.get_ident()] = body["messages"][1]["content"]
                try:
                    outer.answer(self)
                except (BrokenPipeError, ConnectionResetError):
                    outer.closed.set()

            def log_message(self, *_: Any) -> None:
                """Keep the test's output clean."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@contextmanager
def running_server() -> Iterator[Server]:
    """A running server."""
    running = Server()
    thread = threading.Thread(target=running.http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield running
    finally:
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


def says(text: str) -> Answer:
    """Reply with this text, streamed."""
    return status(200, event(text) + b"data: [DONE]\n\n")


def silent_until(free: threading.Event) -> Answer:
    """Reply nothing until the test is over."""

    def silent(_: BaseHTTPRequestHandler) -> None:
        free.wait(30)

    return silent
