"""Logging: structlog and the standard library's loggers in one stream, secrets masked.

Lines go to standard error, pretty on a terminal and JSON elsewhere. Nothing that looks like a
bot token or a key reaches a line: not in a value, an exception's text or a traceback.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, Literal, TextIO
from urllib.parse import quote

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

MASK = "[masked]"

# They log each request with its URL, and a Bot API URL holds the token; or they are chatty.
_QUIET = (
    "alembic",
    "apscheduler",
    "asyncio",
    "filelock",
    "hpack",
    "htmldate",
    "httpcore",
    "httpcore2",
    "httpx",
    "httpx2",
    "huggingface_hub",
    "matplotlib",
    "PIL",
    "readability",
    "sentence_transformers",
    "sqlalchemy",
    "telegram",
    "trafilatura",
    "transformers",
    "urllib3",
    "uvicorn",
)
_SHAPES = (
    # a Telegram bot token, also inside a URL, also with its colon percent-encoded
    re.compile(r"(?<!\d)\d{6,12}(?::|%3[Aa])[A-Za-z0-9_-]{30,}"),
    # keys with the prefixes of well-known services
    re.compile(r"\b(?:sk|pk|rk|hf|gh[pousr]|xox[abp])[-_][A-Za-z0-9_-]{16,}"),
    re.compile(r"(?i)(?<=bearer )[A-Za-z0-9._~+/-]{8,}=*"),
    # key=..., also in a query, also "key": "..."
    re.compile(
        r"(?i)(?<![a-z])(?:api[-_]?key|access[-_]?token|auth[-_]?token|secret|password|authorization)"
        r"[\"']?\s*[=:]\s*[\"']?(?!bearer |\[masked)"
        r"(?P<value>[^\s\\\"'&,;)}\]]{6,})"
    ),
    # user:password@ in an address
    re.compile(r"(?<=://)[^/\s:@]+:(?!\[masked)(?P<value>[^/\s\\@]+)(?=@)"),
)
_NAMED = frozenset(
    {"token", "bot_token", "api_key", "writer_key", "password", "secret", "authorization"}
)


class Masker:
    """Hides given secrets and whatever has the shape of one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        given = {secret for secret in secrets if secret}
        forms = given | {quote(secret, safe="") for secret in given}
        self._secrets = sorted(forms, key=len, reverse=True)

    def text(self, text: str) -> str:
        """The text with every secret replaced by a mark."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        for shape in _SHAPES:
            text = shape.sub(_hide, text)
        return text

    def value(self, value: Any) -> Any:
        """The same for a log line's value: texts, and what lies in containers or prints as text."""
        match value:
            case None | bool() | int() | float():
                return value
            case dict():
                return {self.value(key): self._entry(key, item) for key, item in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self.value(item) for item in value]
            case bytes():
                return self.text(value.decode("utf-8", "replace"))
            case _:
                return self.text(value if isinstance(value, str) else repr(value))

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Mask an event, as a structlog processor; exceptions must be text by then."""
        return {
            key: value if key.startswith("_") else self._entry(key, value)
            for key, value in event.items()
        }

    def _entry(self, key: object, value: Any) -> Any:
        named = isinstance(key, str) and key.lower() in _NAMED
        return MASK if named and value else self.value(value)


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """Masks the finished line again: what a renderer puts together may complete a secret."""

    def __init__(self, masker: Masker, **options: Any) -> None:
        super().__init__(**options)
        self._masker = masker

    def format(self, record: logging.LogRecord) -> str:
        return self._masker.text(super().format(record))


def set_up(
    level: str = "info",
    form: Literal["auto", "pretty", "json"] = "auto",
    *,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> Masker:
    """Send every logger of the process to `stream` (standard error). May be called again.

    Gives the masker, for texts that reach people by other ways.
    """
    stream = stream or sys.stderr
    masker = Masker(secrets)
    pretty = form == "pretty" or (form == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(masker, pretty=pretty, colours=stream.isatty()))
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, _Formatter):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    threading.excepthook = _log_thread_death
    return masker


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        # tracebacks become text before the masking; local variables are never shown
        structlog.processors.format_exc_info,
        structlog.processors.UnicodeDecoder(),
    ]


def _formatter(masker: Masker, *, pretty: bool, colours: bool) -> logging.Formatter:
    stamp = structlog.processors.TimeStamper(fmt="%H:%M:%S" if pretty else "iso", utc=not pretty)
    renderer: Callable[..., Any] = (
        structlog.dev.ConsoleRenderer(
            colors=colours, exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
        )
        if pretty
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    return _Formatter(
        masker,
        foreign_pre_chain=_shared(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            stamp,
            masker,
            renderer,
        ],
    )


def _hide(found: re.Match[str]) -> str:
    if "value" not in found.groupdict():
        return MASK
    start, end = found.start("value") - found.start(), found.end("value") - found.start()
    return found[0][:start] + MASK + found[0][end:]


def _log_thread_death(death: threading.ExceptHookArgs) -> None:
    if death.exc_type is SystemExit:
        return
    logging.getLogger("bot").error(
        "a thread ended by an error",
        exc_info=(death.exc_type, death.exc_value or death.exc_type(), death.exc_traceback),
    )
