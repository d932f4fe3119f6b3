"""What keeps the bot from working, found before it does, and how to mend each.

Looks only: creates, repairs and downloads nothing, and asks Telegram only when told to.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.settings import Settings
    from news.store.engine import Database

OURS = ("bot", "news", "summarizer", "config")
"""The import names that must be this project's own (other packages install the same names)."""

TELEGRAM = "https://api.telegram.org"
_PYTHON = (3, 11)
_SQLITE = (3, 37, 0)  # STRICT tables
_MIB = 1024 * 1024
_DATA_MIB = 200
_RELEASED_AT = datetime(2025, 1, 1, tzinfo=UTC)
_REINSTALL = "make an environment of its own for geobrief and install it there again (make run)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding. `ok` is None where there is nothing to judge; `mend` is empty when well."""

    name: str
    ok: bool | None
    detail: str
    mend: str = ""


def checks(settings: Settings, *, online: bool = False, api: str = TELEGRAM) -> list[Check]:
    """Every check in order; `online` also asks Telegram (at `api`) whose token it is."""
    found = [python(), *packages(), *import_names(), sqlite(), folder(settings.data)]
    found += [disk("disk (data)", settings.data, _DATA_MIB)]
    found += [encoder(settings.encoder), *writer(settings), judge(settings.models)]
    found += clock(settings.default_zone)
    found += [check for edition in ("sample", "live") for check in store(settings, edition)]
    return [*found, token(settings, online=online, api=api)]


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Check:
    """Whether this Python is new enough."""
    shown = ".".join(map(str, version))
    if version >= _PYTHON:
        return Check(name="python", ok=True, detail=shown)
    return Check(name="python", ok=False, detail=f"{shown} is too old", mend="use Python 3.11+")


def packages(distribution: str = "geobrief") -> list[Check]:
    """Whether every required package is installed in a version that will do."""
    from packaging.requirements import Requirement

    try:
        required = [Requirement(line) for line in metadata.requires(distribution) or ()]
    except metadata.PackageNotFoundError:
        detail = f"{distribution} is not installed, it runs from its source folder"
        return [Check(name="packages", ok=None, detail=detail, mend=_REINSTALL)]
    needed = [item for item in required if not item.marker or item.marker.evaluate({"extra": ""})]
    wrong = []
    for item in needed:
        try:
            version = metadata.version(item.name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{item.name} is missing")
            continue
        if not item.specifier.contains(version, prereleases=True):
            wrong.append(f"{item.name} is {version}, needed is {item.specifier}")
    if wrong:
        return [Check(name="packages", ok=False, detail="; ".join(wrong), mend=_REINSTALL)]
    return [Check(name="packages", ok=True, detail=f"{len(needed)} installed")]


def import_names(root: Path | None = None) -> list[Check]:
    """Whether our import names lead to our files and no other distribution installed them."""
    root = (root or Path(__file__).resolve().parent.parent).resolve()
    owners = other_owners()
    wrong = []
    for name in OURS:
        if owners.get(name):
            wrong.append(f"{name} also belongs to {', '.join(sorted(owners[name]))}")
            continue
        spec = importlib.util.find_spec(name)
        place = Path(spec.origin).resolve().parent if spec and spec.origin else None
        if place != root / name:
            wrong.append(f"{name} is {place or 'missing'}, not {root / name}")
    if not wrong:
        return [Check(name="import names", ok=True, detail=", ".join(OURS))]
    return [Check(name="import names", ok=False, detail="; ".join(wrong), mend=_REINSTALL)]


def other_owners(distribution: str = "geobrief") -> dict[str, set[str]]:
    """Installed distributions other than ours that hold files under one of our names."""
    owners: dict[str, set[str]] = {}
    for found in metadata.distributions():
        name = found.metadata["Name"] or "an unnamed package"
        if name.lower() == distribution:
            continue
        for file in found.files or ():
            top = file.parts[0].removesuffix(".py")
            if top in OURS:
                owners.setdefault(top, set()).add(name)
    return owners


def sqlite() -> Check:
    """Whether this Python's SQLite has what the store is built on."""
    import sqlite3

    with sqlite3.connect(":memory:") as connection:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    lacks = [] if sqlite3.sqlite_version_info >= _SQLITE else ["strict tables"]
    lacks += [] if "ENABLE_FTS5" in options else ["full-text search (FTS5)"]
    version = sqlite3.sqlite_version
    if lacks:
        detail = f"{version} lacks {' and '.join(lacks)}"
        mend = "use a Python with SQLite 3.37 or newer built with FTS5"
        return Check(name="sqlite", ok=False, detail=detail, mend=mend)
    return Check(name="sqlite", ok=True, detail=version)


def folder(path: Path) -> Check:
    """Whether the data folder can be written, or made."""
    import os

    there = _existing(path)
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        detail = str(path) if there == path else f"{path} (made at the first run)"
        return Check(name="data folder", ok=True, detail=detail)
    mend = "let this user write there, or choose another folder with --data"
    return Check(name="data folder", ok=False, detail=f"{there} cannot be written", mend=mend)


def disk(name: str, path: Path, needed_mib: int) -> Check:
    """Whether there is room on the disk of `path`."""
    free = shutil.disk_usage(_existing(path)).free // _MIB
    detail = f"{free:,} MiB free at {path}"
    if free >= needed_mib:
        return Check(name=name, ok=True, detail=detail)
    return Check(name=name, ok=False, detail=detail, mend=f"make room for {needed_mib:,} MiB there")


def encoder(model: str | None) -> Check:
    """Whether the sentence encoder's files are on this machine."""
    from summarizer.encode import PACKAGED, EncoderUnavailable, packaged_model_folder

    if model is None:
        try:
            packaged_model_folder()
        except EncoderUnavailable as error:
            return Check(name="encoder", ok=False, detail="not installed", mend=str(error))
        return Check(name="encoder", ok=True, detail=f"{PACKAGED} (packaged)")
    return _model("encoder", model, "SentenceTransformer")


def writer(settings: Settings) -> list[Check]:
    """Whether what writes is on this machine; extraction works without it."""
    if settings.writer_url:
        detail = f"{settings.writer_model or 'a model'} on {settings.writer_url} (not asked)"
        return [Check(name="writer", ok=None, detail=detail)]
    if settings.writer == "off":
        detail = "off: summaries are source sentences"
        return [Check(name="writer", ok=None, detail=detail)]
    if settings.writer not in ("auto", "packaged"):
        return [_model("writer", settings.writer, "writer")]
    return _packaged_writer(settings)


def judge(models: Path, weights: Path | None = None) -> Check:
    """Whether the judge of written sentences can be read; without it the checks decide alone."""
    from summarizer.judge import Judge, JudgeUnavailable
    from summarizer.jury import Jury
    from summarizer.models.lending import Lender
    from summarizer.reading import Reader

    try:
        jury = Jury(Judge(weights=weights), Reader(Lender(models)))
        return Check(name="judge", ok=True, detail=jury.name)
    except JudgeUnavailable as error:
        detail = "missing: written sentences have mechanical checks only"
        return Check(name="judge", ok=False, detail=detail, mend=str(error))


def _packaged_writer(settings: Settings) -> list[Check]:
    from summarizer.models.packaged import load_recipe, state

    recipe = load_recipe()
    found = state(settings.models, recipe)
    if found.condition == "ready":
        return [Check(name="writer", ok=True, detail=f"{recipe.name}, {found.line}")]
    if found.condition == "missing":
        detail = "not installed: summaries are source sentences"
        return [Check(name="writer", ok=None, detail=detail, mend=found.line)]
    needed = recipe.disk_bytes // _MIB
    room = disk("disk (models)", settings.models, needed)
    return [Check(name="writer", ok=None, detail=f"{recipe.name}, {found.line}"), room]


def clock(zone: str) -> list[Check]:
    """Whether the clock is plausible and time zones are known."""
    from zoneinfo import ZoneInfo

    now, before = datetime.now(UTC), (time.monotonic(), time.time())
    time.sleep(0.05)
    steps = (time.monotonic() - before[0], time.time() - before[1])
    if now < _RELEASED_AT or abs(steps[0] - steps[1]) > 1:
        detail = f"{now:%Y-%m-%d %H:%M} UTC cannot be right, or it jumps"
        found = [Check(name="clock", ok=False, detail=detail, mend="set it, and keep it by NTP")]
    else:
        found = [Check(name="clock", ok=True, detail=f"{now:%Y-%m-%d %H:%M} UTC")]
    try:
        local = now.astimezone(ZoneInfo(zone))
        ZoneInfo("Europe/Berlin")
    except (KeyError, ValueError, OSError):
        mend = "install the tzdata package: pip install tzdata"
        return [*found, Check(name="time zones", ok=False, detail=f"{zone} unknown", mend=mend)]
    return [*found, Check(name="time zones", ok=True, detail=f"{local:%H:%M} in {zone}")]


def store(settings: Settings, edition: str) -> Iterator[Check]:
    """Whether an edition's database is sound and of this version; its feeds' health."""
    import sqlite3

    from sqlalchemy.exc import SQLAlchemyError

    from news.store.engine import Database, StoreUnavailable

    path, name = settings.store_of(edition), f"store ({edition})"
    if not path.is_file():
        if edition == settings.chosen_edition:
            yield Check(name=name, ok=None, detail=f"none yet at {path}; the first run makes it")
        return
    restore = "restore a backup of it, or move it away to begin anew"
    database = None
    try:
        database = Database(path)
        problems = database.check()
        if problems:
            yield Check(name=name, ok=False, detail="; ".join(problems[:3]), mend=restore)
            return
        revision, newest = database.revision()
        yield _revision(name, path, revision, newest)
        if revision == newest and edition == "live":
            yield _feeds(database)
    except (StoreUnavailable, SQLAlchemyError, sqlite3.Error) as error:
        why = str(getattr(error, "orig", None) or error)
        yield Check(name=name, ok=False, detail=f"{path}: {why}", mend=restore)
    finally:
        if database:
            database.close()


def token(settings: Settings, *, online: bool = False, api: str = TELEGRAM) -> Check:
    """Whether the bot token can be one and, `online`, whether Telegram knows it."""
    import re

    ask = "get one from @BotFather and set TELEGRAM_BOT_TOKEN"
    if settings.token is None:
        detail = "none: the chat is a local page"
        return Check(name="token", ok=None, detail=detail, mend=ask)
    secret = settings.token.get_secret_value()
    if not re.fullmatch(r"\d{5,}:[A-Za-z0-9_-]{30,}", secret):
        detail = "not of the form 123456789:AA... that Telegram gives"
        return Check(name="token", ok=False, detail=detail, mend=f"copy it whole, or {ask}")
    if not online:
        detail = "well-formed (--online asks Telegram)"
        return Check(name="token", ok=True, detail=detail)
    return _whose(secret, api, ask)


def _whose(secret: str, api: str, ask: str) -> Check:
    import httpx

    try:
        answer = httpx.get(f"{api}/bot{secret}/getMe", timeout=10)
        body = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        # the error's text may hold the address, and with it the token
        mend = "check the network and its proxy"
        detail = f"Telegram did not answer ({type(error).__name__})"
        return Check(name="token", ok=False, detail=detail, mend=mend)
    if isinstance(body, dict) and body.get("ok"):
        detail = f"@{body['result'].get('username')}"
        return Check(name="token", ok=True, detail=detail)
    detail = f"Telegram refuses it (HTTP {answer.status_code})"
    return Check(name="token", ok=False, detail=detail, mend=ask)


def _model(name: str, model: str, kind: str) -> Check:
    """A model that the operator chose: a folder, or an id in the local hub cache."""
    path = Path(model).expanduser()
    if path.is_dir():
        if (path / "config.json").is_file():
            return Check(name=name, ok=True, detail=str(path))
        mend = f"name a folder that a {kind} model was saved to"
        return Check(name=name, ok=False, detail=f"{path} holds no config.json", mend=mend)
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        if isinstance(try_to_load_from_cache(model, "config.json"), str):
            return Check(name=name, ok=True, detail=f"{model} (in the hub cache)")
    except HFValidationError:
        mend = "name a folder that exists, or a hub id such as owner/name"
        return Check(name=name, ok=False, detail=f"there is no folder {model}", mend=mend)
    mend = "fetch it while online: geobrief models fetch"
    return Check(name=name, ok=False, detail=f"{model} is not on this machine", mend=mend)


def _revision(name: str, path: Path, revision: str | None, newest: str | None) -> Check:
    if revision == newest:
        size = path.stat().st_size / _MIB
        return Check(name=name, ok=True, detail=f"{path}, {size:.1f} MiB, form {revision}")
    mend = "geobrief db upgrade; if that fails, a newer geobrief made it: install that one"
    detail = f"{path} has form {revision}, this version has {newest}"
    return Check(name=name, ok=False, detail=detail, mend=mend)


def _feeds(database: Database) -> Check:
    from news.store.feeds import Feeds

    found = Feeds(database).all()
    if not found:
        mend = "geobrief run or geobrief ingest reads the list that ships"
        return Check(name="feeds", ok=None, detail="none yet", mend=mend)
    active = [feed for feed in found if feed.active]
    failing = [feed for feed in active if feed.error]
    detail = f"{len(active)} of {len(found)} active, {len(failing)} failing"
    last_at = max((feed.last_success_at for feed in found if feed.last_success_at), default=None)
    if last_at is None:
        tried = any(feed.last_tried_at for feed in found)
        mend = "check the network; geobrief ingest says what each feed answers" if tried else ""
        ok = False if tried else None
        return Check(name="feeds", ok=ok, detail=f"{detail}; none was ever read", mend=mend)
    old = datetime.now(UTC) - last_at > timedelta(hours=24)
    detail += f"; last read {last_at:%Y-%m-%d %H:%M} UTC"
    mend = "leave geobrief run running, or check the network" if old else ""
    return Check(name="feeds", ok=not old, detail=detail, mend=mend)


def _existing(path: Path) -> Path:
    """The folder itself, or the nearest one above that exists."""
    return next(place for place in (path, *path.absolute().parents) if place.exists())
