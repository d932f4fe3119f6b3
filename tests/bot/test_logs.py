"""Logs: one stream, one form, and never a secret in it."""

from __future__ import annotations

import io
import json
import logging
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import MASK, Masker, set_up

TOKEN = "987654321:AAE" + "q-_7" * 8
KEY = "a very/secret key"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leave the process's logging as it was."""
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, threading.excepthook
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    threading.excepthook = hook
    logging.captureWarnings(False)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """The JSON lines that were logged."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("form", ["json", "pretty"])
def test_no_secret_reaches_the_stream(form: Any) -> None:
    """Values, nested values, exception texts, causes and tracebacks are masked in both forms."""
    stream = io.StringIO()
    set_up("debug", form, secrets=[KEY], stream=stream)
    log = structlog.get_logger()
    log.info("called", url=f"https://api.telegram.org/bot{TOKEN}/getMe", deep=[{"a": (TOKEN,)}])
    log.info(
        "with %s", KEY, quoted="a%20very%2Fsecret%20key", raw=TOKEN.encode(), error=OSError(KEY)
    )
    try:
        try:
            raise ValueError(f"bad {TOKEN}")
        except ValueError as error:
            raise RuntimeError(KEY) from error
    except RuntimeError:
        log.exception("failed")
        logging.getLogger("a.library").exception("said %s", TOKEN)
    text = stream.getvalue()
    assert "Traceback" in text
    assert text.count(MASK) >= 10
    for secret in (TOKEN, "AAEq", "secret key", "secret%20key"):
        assert secret not in text


def test_json_lines_are_whole() -> None:
    """Every line is one JSON object with time, level and event, also after masking."""
    stream = io.StringIO()
    set_up("info", "json", stream=stream)
    structlog.get_logger().info("one", chat=5, path="ü", nothing=None, share=0.5)
    logging.getLogger("lib").warning('password="hunter22\\" x', stack_info=True)
    first, second = lines(stream)
    assert (first["event"], first["level"], first["chat"], first["path"]) == ("one", "info", 5, "ü")
    assert first["timestamp"].endswith("Z")
    assert "hunter22" not in second["event"]


def test_request_logs_stay_silent() -> None:
    """The HTTP client logs each URL, and a Bot API URL holds the token: not even at debug."""
    stream = io.StringIO()
    set_up("debug", "json", stream=stream)
    answer = httpx.MockTransport(lambda request: httpx.Response(200))
    with httpx.Client(transport=answer) as client:
        client.get(f"https://api.telegram.org/bot{TOKEN}/getMe")
    logging.getLogger("telegram.ext").info("chatty")
    assert stream.getvalue() == ""
    logging.getLogger("telegram.ext").warning("worth it")
    assert lines(stream)[0]["event"] == "worth it"


def test_level_is_kept() -> None:
    """Less important messages of ours are left out."""
    stream = io.StringIO()
    set_up("warning", "json", stream=stream)
    structlog.get_logger().info("small")
    structlog.get_logger().warning("great")
    assert [line["event"] for line in lines(stream)] == ["great"]


def test_setting_up_twice_logs_once() -> None:
    """A second set-up replaces the first."""
    first, second = io.StringIO(), io.StringIO()
    set_up("info", "json", stream=first)
    set_up("info", "json", stream=second)
    structlog.get_logger().info("once")
    assert first.getvalue() == ""
    assert len(lines(second)) == 1


def test_auto_is_pretty_on_a_terminal_only() -> None:
    """A terminal gets words, a pipe or a file gets JSON."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    pipe, terminal = io.StringIO(), Terminal()
    for stream in (pipe, terminal):
        set_up("info", "auto", stream=stream)
        structlog.get_logger().info("hello there", n=1)
    assert lines(pipe)[0]["n"] == 1
    assert "hello there" in terminal.getvalue()
    assert "{" not in terminal.getvalue()


def test_warnings_and_dying_threads_are_logged() -> None:
    """What Python itself would print goes the same way, masked."""
    stream = io.StringIO()
    set_up("info", "json", stream=stream)

    def die() -> None:
        raise RuntimeError(TOKEN)

    thread = threading.Thread(target=die)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn(f"old {TOKEN}", stacklevel=1)
    thread.start()
    thread.join()
    text = stream.getvalue()
    assert "a thread ended by an error" in text
    assert "old [masked]" in text
    assert TOKEN not in text


@pytest.mark.parametrize(
    "text",
    [
        f"bot{TOKEN}",
        TOKEN.replace(":", "%3A"),
        "Authorization: Bearer abcdefgh12345678",
        "https://me:abcdefgh12345678@host/x",
        "?api_key=abcdefgh12345678&x=1",
        '{"access_token": "abcdefgh12345678"}',
        "sk-abcdefgh12345678abcdefgh",
        "hf_abcdefgh12345678abcdefgh",
    ],
)
def test_shapes_of_secrets_are_masked(text: str) -> None:
    """What looks like a credential is hidden even when nobody named it a secret."""
    masked = Masker().text(text)
    assert MASK in masked
    assert "abcdefgh" not in masked
    assert "AAE" not in masked


@pytest.mark.parametrize(
    "text",
    [
        "370 tokens in, 65 out",
        "2022-02-18T18:00:00+00:00",
        "https://news.example/a?id=123456789:4",
        "a secret: he said",
        "the key question",
    ],
)
def test_plain_text_is_left_alone(text: str) -> None:
    """Times, links and news about secrets are not secrets."""
    assert Masker().text(text) == text


@given(st.text(min_size=1), st.text(), st.text())
def test_a_given_secret_never_survives(secret: str, before: str, after: str) -> None:
    """Whatever the secret is made of, it is gone (unless it is part of the mark itself)."""
    masked = Masker([secret]).text(before + secret + after)
    assert secret not in masked.replace(MASK, "\0") or secret == "\0"
