"""The doctor finds what keeps the bot from working, changes nothing, and says how to mend it."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import doctor
from bot.doctor import Check
from config.settings import Settings
from news.model import Outlet
from news.store.engine import Database
from news.store.feeds import Feeds, Good

TOKEN = "111222333:" + "Zz9_" * 9


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings for live news in folders that do not exist yet."""
    return Settings(data=tmp_path / "data", models=tmp_path / "models", edition="live")


def changed(settings: Settings, **values: object) -> Settings:
    """The settings with other values."""
    return Settings.model_validate({**settings.model_dump(exclude_none=True), **values})


def store(settings: Settings) -> list[Check]:
    """What is found about the live store."""
    return list(doctor.store(settings, "live"))


def test_a_fresh_machine_is_well(settings: Settings, tmp_path: Path) -> None:
    """Before the first run nothing is wrong, and looking creates nothing."""
    found = doctor.checks(settings)
    assert [check for check in found if check.ok is False and not check.mend] == []
    assert [check.name for check in found if check.ok is False] == []
    assert list(tmp_path.iterdir()) == []


def test_every_part_is_looked_at(settings: Settings) -> None:
    """Python, packages, names, store, folder, disk, models, clock, zones and token are checked."""
    names = {check.name for check in doctor.checks(settings)}
    assert names >= {
        *("python", "packages", "import names", "sqlite", "data folder", "disk (data)"),
        *("encoder", "writer", "clock", "time zones", "store (live)", "token"),
    }


def test_old_python_is_told() -> None:
    """An older Python is named with what to use."""
    check = doctor.python((3, 10, 4))
    assert check.ok is False
    assert "3.10.4" in check.detail
    assert "3.11" in check.mend


def test_missing_and_old_packages_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A requirement that is absent or too old is named; one of an extra is not required."""
    info = tmp_path / "demo_program-1.dist-info"
    info.mkdir()
    requires = ["pydantic>=999", "no-such-package-of-ours", "httpx", 'absent-too; extra == "more"']
    lines = ["Metadata-Version: 2.1", "Name: demo-program", "Version: 1"]
    lines += [f"Requires-Dist: {line}" for line in requires]
    (info / "METADATA").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(str(tmp_path))
    (check,) = doctor.packages("demo-program")
    assert check.ok is False
    assert "pydantic is " in check.detail
    assert "no-such-package-of-ours is missing" in check.detail
    assert "absent-too" not in check.detail


def test_strangers_with_our_import_names_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package that installs a folder `config` or a module `bot.py` shares our names."""
    info = tmp_path / "stranger-2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 2\n")
    (info / "RECORD").write_text("config/__init__.py,,\nbot.py,,\nother/config.py,,\n")
    assert doctor.import_names()[0].ok is True
    monkeypatch.syspath_prepend(str(tmp_path))
    assert doctor.other_owners() == {"config": {"stranger"}, "bot": {"stranger"}}
    (check,) = doctor.import_names()
    assert check.ok is False
    assert "config also belongs to stranger" in check.detail
    assert "environment of its own" in check.mend


def test_names_that_lead_elsewhere_are_told(tmp_path: Path) -> None:
    """A copy of our packages in another place is not taken for ours."""
    (check,) = doctor.import_names(tmp_path)
    assert check.ok is False
    assert str(tmp_path / "bot") in check.detail


def test_data_folder_must_be_one(tmp_path: Path) -> None:
    """A file in the folder's place is found before the store fails on it."""
    (tmp_path / "data").write_text("")
    assert doctor.folder(tmp_path / "data").ok is False
    assert doctor.folder(tmp_path / "new" / "data").ok is True
    assert not (tmp_path / "new").exists()


def test_full_disk_is_told(tmp_path: Path) -> None:
    """Too little room is a fault, measured on the disk that the folder will be on."""
    assert doctor.disk("disk", tmp_path / "a" / "b", 0).ok is True
    check = doctor.disk("disk", tmp_path / "a" / "b", 10**12)
    assert check.ok is False
    assert "make room" in check.mend


def test_encoder_must_be_on_this_machine(tmp_path: Path) -> None:
    """The packaged encoder is found; a folder must hold a model; a hub id must be cached."""
    assert doctor.encoder(None).ok is True
    assert doctor.encoder(str(tmp_path)).ok is False
    (tmp_path / "config.json").write_text("{}")
    assert doctor.encoder(str(tmp_path)).ok is True
    missing = doctor.encoder("nobody/no-such-model")
    assert missing.ok is False
    assert "models fetch" in missing.mend
    assert doctor.encoder("/no/such/folder").ok is False


def test_writer_is_optional(settings: Settings, tmp_path: Path) -> None:
    """Off, on a server and not installed are no faults; a chosen model that is absent is."""
    assert [check.ok for check in doctor.writer(changed(settings, writer="off"))] == [None]
    remote = changed(settings, writer_url="http://127.0.0.1:9/v1", writer_model="m")
    assert doctor.writer(remote)[0].ok is None
    assert doctor.writer(changed(settings, writer="nobody/nothing"))[0].ok is False
    assert all(check.ok is not False for check in doctor.writer(settings))
    assert list(tmp_path.iterdir()) == []


def test_unknown_zone_is_told() -> None:
    """Without the zone data no brief could be scheduled."""
    assert [check.ok for check in doctor.clock("Pacific/Auckland")] == [True, True]
    zones = doctor.clock("Mars/Olympus")[1]
    assert zones.ok is False
    assert "tzdata" in zones.mend


def test_sound_store_with_its_feeds(settings: Settings) -> None:
    """A store of this version is well; feeds are counted, with the last good reading."""
    database = Database(settings.store)
    database.upgrade()
    assert [(check.name, check.ok) for check in store(settings)] == [
        ("store (live)", True),
        ("feeds", None),
    ]
    feeds, now = Feeds(database), datetime.now(UTC)
    for number in range(3):
        url = f"https://{number}.example/feed"
        feeds.add(url, Outlet(name="n", host=f"{number}.example"), confirmed=False, now=now)
    first, second, _ = feeds.all()
    later = now + timedelta(hours=1)
    feeds.failed(second, now=now, next_due_at=later, reason="the page is gone")
    assert store(settings)[1].ok is False
    good = Good(
        next_due_at=later,
        etag=None,
        last_modified=None,
        body_hash=None,
        ttl=None,
        cadence=None,
        new=4,
    )
    feeds.succeeded(first, good, now)
    check = store(settings)[1]
    assert check.ok is True
    assert "3 of 3 active, 1 failing" in check.detail
    old = now - timedelta(days=3)
    feeds.succeeded(first, good, old)
    assert store(settings)[1].ok is False
    database.close()


@pytest.mark.parametrize(
    "body", [b"this is no database at all" * 50, b"SQLite format 3\0" + b"x" * 5000]
)
def test_damaged_store_is_told(settings: Settings, body: bytes) -> None:
    """A file that is no database is one line with a way out, and is left as it is."""
    settings.data.mkdir()
    settings.store.write_bytes(body)
    (check,) = store(settings)
    assert check.ok is False
    assert "backup" in check.mend
    assert settings.store.read_bytes() == body


def test_store_of_another_version_is_told(settings: Settings) -> None:
    """An older form wants an upgrade; the doctor does not do it."""
    settings.data.mkdir()
    with sqlite3.connect(settings.store) as connection:
        connection.execute("CREATE TABLE t (a)")
    (check,) = store(settings)
    assert check.ok is False
    assert "db upgrade" in check.mend


@pytest.mark.parametrize("value", ["55555", "my token", TOKEN[:20], "abc:" + "x" * 35])
def test_malformed_token_is_told(settings: Settings, value: str) -> None:
    """A token that cannot be one is found without asking, and is not shown."""
    check = doctor.token(changed(settings, token=SecretStr(value)))
    assert check.ok is False
    assert "@BotFather" in check.mend
    assert value not in check.detail + check.mend


@contextmanager
def telegram(status: int, body: bytes) -> Iterator[tuple[str, list[str]]]:
    """A server on loopback that answers as given, and notes what was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "ok", "words"),
    [
        (200, {"ok": True, "result": {"username": "news_bot"}}, True, "@news_bot"),
        (401, {"ok": False, "description": "Unauthorized"}, False, "HTTP 401"),
        (502, "<html>", False, "did not answer"),
    ],
)
def test_online_asks_telegram(
    settings: Settings, status: int, body: object, ok: bool, words: str
) -> None:
    """With `online` the token's owner is asked for; the token shows in no answer."""
    live = changed(settings, token=SecretStr(TOKEN))
    raw = body if isinstance(body, str) else json.dumps(body)
    with telegram(status, raw.encode()) as (api, asked):
        assert doctor.token(live).ok is True
        assert asked == []
        check = doctor.token(live, online=True, api=api)
    assert asked == [f"/bot{TOKEN}/getMe"]
    assert (check.ok, words in check.detail) == (ok, True)
    assert TOKEN not in repr(check)


def test_no_network_is_told(settings: Settings) -> None:
    """A dead connection is one line without the address, which holds the token."""
    live = changed(settings, token=SecretStr(TOKEN))
    with telegram(200, b"") as (api, _):
        pass
    check = doctor.token(live, online=True, api=api)
    assert check.ok is False
    assert TOKEN not in repr(check)
    assert "network" in check.mend


def test_the_judge_is_named_or_missed(tmp_path: Path) -> None:
    """With its weights it has a name; without them one line says what holds and what to do."""
    assert doctor.judge(tmp_path).ok is True
    missing = doctor.judge(tmp_path, tmp_path / "judge.safetensors")
    assert missing.ok is False
    assert "mechanical checks only" in missing.detail
    assert "train_checker" in missing.mend
