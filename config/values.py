"""The kinds of value that settings have, each with the words for what is right.

Pure checks on single values; knows no setting's name and no place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    StringConstraints,
)

from config.layers import nearest


@dataclass(frozen=True, slots=True)
class Right:
    """What a setting's value must be, as the end of "give ..."."""

    text: str


def _listed(value: object) -> object:
    """Take "1,2 3" for a list, and one number for a list of one."""
    if isinstance(value, str):
        return tuple(part for part in re.split(r"[,;\s]+", value) if part)
    return (value,) if isinstance(value, int) else value


def _lowered(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _zone(name: str) -> str:
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        zones = {zone.lower(): zone for zone in available_timezones()}
        close = zones.get(nearest(name, zones) or "")
        hint = f"; did you mean {close}?" if close else ""
        raise ValueError(f"an IANA time zone such as Europe/Berlin{hint}") from error
    return name


def _clock_time(value: str) -> str:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", value)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError("a time of day from 00:00 to 23:59, such as 07:30")
    return f"{int(found[1]):02}:{found[2]}"


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("one line of printable characters")
    return value


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _server(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("the server's address, such as http://127.0.0.1:8000/v1")
    if "@" in parts.netloc:
        raise ValueError("the address without user and password; the key goes into writer_key")
    return value.rstrip("/")


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    AfterValidator(_printable),
    Right("a text that is not empty"),
]
Secret = Annotated[
    SecretStr, BeforeValidator(_stripped), Field(min_length=1), Right("a text that is not empty")
]
Folder = Annotated[Path, Right("the path of a folder")]
File = Annotated[Path, Right("the path of a TOML file")]
Switch = Annotated[bool, Right("true or false")]
Ids = Annotated[
    tuple[int, ...],
    BeforeValidator(_listed),
    Right("numeric ids separated by commas, such as 1001,1002"),
]
Codes = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")], ...],
    BeforeValidator(_listed),
    Field(min_length=1),
    Right("two-letter language codes separated by commas, such as en,fr"),
]
Count = Annotated[int, Field(ge=1, le=256), Right("a whole number from 1 to 256")]
Port = Annotated[
    int, Field(ge=0, le=65535), Right("a whole number from 0 (any free port) to 65535")
]
Amount = Annotated[
    float, Field(gt=0, le=100_000, allow_inf_nan=False), Right("a number above 0, such as 15")
]
AmountOrNone = Annotated[
    float, Field(ge=0, le=100_000, allow_inf_nan=False), Right("a number, 0 for no limit")
]
Scale = Annotated[float, Field(ge=0, le=4, allow_inf_nan=False), Right("a number from 0 to 4")]
WriterWords = Annotated[
    Literal["auto", "sources", "own"], BeforeValidator(_lowered), Right("auto, sources or own")
]
Edition = Annotated[Literal["sample", "live"], BeforeValidator(_lowered), Right("sample or live")]
LogLevel = Annotated[
    Literal["debug", "info", "warning", "error"],
    BeforeValidator(_lowered),
    Right("debug, info, warning or error"),
]
LogFormat = Annotated[
    Literal["auto", "pretty", "json"], BeforeValidator(_lowered), Right("auto, pretty or json")
]
Zone = Annotated[Text, AfterValidator(_zone)]
LocalTime = Annotated[
    Text, AfterValidator(_clock_time), Right('a time of day in quotes, such as "07:30"')
]
ServerAddress = Annotated[Text, AfterValidator(_server)]
