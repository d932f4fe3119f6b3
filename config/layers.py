"""Where settings come from: a TOML file, secret files, the environment, flags.

Each layer is read into named values that remember their place. Knows no setting's type or
meaning; what is wrong with a place itself is one line, in SettingsError.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

Origin = Literal["default", "file", "secret", "environment", "flag"]

PREFIX = "GEOBRIEF_"
TOKEN_NAME = "TELEGRAM_BOT_TOKEN"
"""The token's usual name, accepted beside GEOBRIEF_TOKEN."""

SETTINGS_FILE = "geobrief.toml"
_LARGEST_SECRET = 64 * 1024


class SettingsError(Exception):
    """A setting is wrong. One line: which, where it came from, what is right.

    `others` are the lines of further mistakes found in the same reading.
    """

    def __init__(self, line: str, others: Iterable[str] = ()) -> None:
        super().__init__(_one_line(line))
        self.others = tuple(_one_line(other) for other in others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A value as found; `where` is its key and place in words, for messages."""

    value: Any
    origin: Origin
    where: str


Layer = dict[str, Given]
"""Setting name to value; names are not checked yet."""


def flag_layer(flags: Mapping[str, Any]) -> Layer:
    """The flags that were given; None stands for one that was not."""
    return {
        name: Given(value=value, origin="flag", where=spelled(name, "flag"))
        for name, value in flags.items()
        if value is not None
    }


def environment_layer(environ: Mapping[str, str], place: str) -> Layer:
    """Every GEOBRIEF_* name and the bot token; an empty value counts as not set.

    Raises SettingsError when the token's two names hold two tokens.
    """
    layer: Layer = {}
    for name, value in environ.items():
        if value and name.startswith(PREFIX):
            rest = name.removeprefix(PREFIX)
            # what is not all capitals keeps its form, so that it is refused as unknown
            key = rest.lower() if rest == rest.upper() else name
            layer[key] = Given(value=value, origin="environment", where=f"{name} in {place}")
    token = environ.get(TOKEN_NAME)
    if token:
        if "token" in layer and layer["token"].value != token:
            raise SettingsError(
                f"{PREFIX}TOKEN and {TOKEN_NAME} in {place} hold two different tokens; keep one"
            )
        where = f"{TOKEN_NAME} in {place}"
        layer["token"] = Given(value=token, origin="environment", where=where)
    return layer


def dotenv_layer(folder: Path) -> Layer:
    """The same names in a `.env` file in `folder`; its other names belong to others."""
    from dotenv import dotenv_values

    path = folder / ".env"
    if not path.is_file():
        return {}
    try:
        found = dotenv_values(path, interpolate=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(_unreadable(path, error)) from error
    return environment_layer({name: value or "" for name, value in found.items()}, str(path))


def file_layer(path: Path, *, named: bool) -> Layer:
    """The keys of a TOML file. One that was `named` must be there.

    Raises SettingsError when it cannot be read or is not TOML.
    """
    if not path.is_file() and not named:
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise SettingsError(
            f"there is no settings file {path}; name one that exists with --config"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(_unreadable(path, error)) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path} is not TOML: {error}; write lines such as threads = 2"
        ) from error
    return {
        name: Given(value=value, origin="file", where=f"{name} in {path}")
        for name, value in found.items()
    }


def secrets_layer(folder: Path, names: Iterable[str], *, shared: bool = False) -> Layer:
    """The files of a folder, each named as a setting and holding its value.

    In a `shared` folder (/run/secrets also holds what the platform puts there) files that
    are not near a setting's name are left alone. Raises SettingsError for an unreadable one.
    """
    known = set(names)
    layer: Layer = {}
    try:
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
        for path in paths:
            foreign = shared and path.name not in known and not nearest(path.name, known)
            if path.name.startswith(".") or foreign or not path.is_file():
                continue
            layer[path.name] = Given(
                value=_secret(path), origin="secret", where=f"the secret file {path}"
            )
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            _unreadable(Path(getattr(error, "filename", None) or folder), error)
        ) from error
    return layer


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a mistyped one most likely meant."""
    found = get_close_matches(
        name.lower().removeprefix(PREFIX.lower()), list(known), n=1, cutoff=0.7
    )
    return found[0] if found else None


def spelled(name: str, origin: Origin) -> str:
    """How a setting is written where it came from."""
    if origin == "environment":
        return PREFIX + name.upper()
    return "--" + name.replace("_", "-") if origin == "flag" else name


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _secret(path: Path) -> str:
    if path.stat().st_size > _LARGEST_SECRET:
        raise SettingsError(f"the secret file {path} is too large to be a setting; remove it")
    value = path.read_text(encoding="utf-8-sig").strip()
    if not value:
        raise SettingsError(
            f"the secret file {path} is empty; write the value into it or remove it"
        )
    return value


def _unreadable(path: Path, error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"{path} is not UTF-8 text; save it as UTF-8"
    return f"{path} cannot be read ({error.strerror}); let the user that runs geobrief read it"
