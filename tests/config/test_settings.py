"""The settings: layers in order, unknown keys refused, one clear line for each mistake."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from config.settings import Settings, SettingsError, effective, load_settings

TOKEN = "111222333:" + "Zz9_" * 9
Load = Callable[..., Settings]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with an empty folder for secrets."""
    (tmp_path / "data" / "secrets").mkdir(parents=True)
    return tmp_path / "data"


@pytest.fixture
def load(data: Path, tmp_path: Path) -> Load:
    """Loads with that folder, and with no layer from this machine."""

    def from_layers(environ: dict[str, str] | None = None, **flags: object) -> Settings:
        return load_settings(
            {"data": data, **flags},
            environ=environ or {},
            cwd=tmp_path,
            run_secrets=tmp_path / "run-secrets",
        )

    return from_layers


def line_of(load: Load, environ: dict[str, str] | None = None, **flags: object) -> str:
    """The one line that is said about wrong settings."""
    with pytest.raises(SettingsError) as caught:
        load(environ, **flags)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_defaults_hold(load: Load) -> None:
    """With nothing set the program has every setting, and shows the sample edition."""
    settings = load()
    assert settings.chosen_edition == "sample"
    assert (settings.writer, settings.threads, settings.preview_port) == ("auto", 2, 8081)
    assert settings.allowed is None
    assert settings.stale_after == timedelta(hours=12)
    assert settings.store == settings.data / "sample.db"


def test_defaults_are_valid_and_described() -> None:
    """Every default passes its own rule, and every setting says what it is."""
    Settings.model_validate(Settings().model_dump())
    assert all(field.description for field in Settings.model_fields.values())


def test_each_layer_overrides_the_one_below(load: Load, data: Path, tmp_path: Path) -> None:
    """Defaults < TOML < secrets of the folder < /run/secrets < .env < environment < flags."""
    seen = [load().threads]
    (data / "geobrief.toml").write_text("threads = 3")
    seen.append(load().threads)
    (data / "secrets" / "threads").write_text("4\n")
    seen.append(load().threads)
    (tmp_path / "run-secrets").mkdir()
    (tmp_path / "run-secrets" / "threads").write_text("5\n")
    seen.append(load().threads)
    (tmp_path / ".env").write_text("GEOBRIEF_THREADS=6\nSOMEBODY_ELSES=1\n")
    seen.append(load().threads)
    environ = {"GEOBRIEF_THREADS": "7", "PATH": "/bin"}
    seen += [load(environ).threads, load(environ, threads=8).threads]
    assert seen == [2, 3, 4, 5, 6, 7, 8]


def test_flag_that_was_not_given_changes_nothing(load: Load) -> None:
    """A flag of None leaves the layers below alone."""
    assert load({"GEOBRIEF_THREADS": "7"}, threads=None).threads == 7


def test_empty_environment_value_counts_as_not_set(load: Load) -> None:
    """A compose file hands on variables that nobody set as empty ones."""
    settings = load({"GEOBRIEF_THREADS": "", "TELEGRAM_BOT_TOKEN": ""})
    assert settings.threads == 2
    assert settings.token is None


@pytest.mark.parametrize("name", ["GEOBRIEF_TOKEN", "TELEGRAM_BOT_TOKEN"])
def test_token_has_two_names_in_the_environment(load: Load, name: str) -> None:
    """Both names are taken, and with a token the news is live."""
    settings = load({name: TOKEN})
    assert settings.token is not None
    assert settings.token.get_secret_value() == TOKEN
    assert settings.chosen_edition == "live"
    assert load({name: TOKEN}, edition="sample").chosen_edition == "sample"


def test_two_different_tokens_are_refused(load: Load) -> None:
    """Which of two tokens is meant is not guessed, and neither is shown."""
    line = line_of(load, {"GEOBRIEF_TOKEN": TOKEN, "TELEGRAM_BOT_TOKEN": TOKEN + "x"})
    assert "two different tokens" in line
    assert TOKEN not in line


def test_token_from_env_file_and_secret_file(load: Load, data: Path, tmp_path: Path) -> None:
    """A token may lie in .env or in a secret file, with the line end an editor leaves."""
    (data / "secrets" / "token").write_text(TOKEN + "\n")
    assert load().secrets() == (TOKEN,)
    (tmp_path / ".env").write_text(f"TELEGRAM_BOT_TOKEN='{TOKEN}2'\n")
    assert load().secrets() == (TOKEN + "2",)


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        (
            {"GEOBRIEF_THREDS": "3"},
            ["GEOBRIEF_THREDS in the environment", "mean GEOBRIEF_THREADS?"],
        ),
        ({"GEOBRIEF_threads": "3"}, ["GEOBRIEF_threads", "did you mean GEOBRIEF_THREADS?"]),
        ({"GEOBRIEF_QQQ": "3"}, ["GEOBRIEF_QQQ", "geobrief config"]),
        ({"GEOBRIEF_THREADS": "many"}, ["GEOBRIEF_THREADS", "'many'", "whole number from 1"]),
        ({"GEOBRIEF_PREVIEW_PORT": "70000"}, ["'70000'", "65535"]),
        ({"GEOBRIEF_EDITION": "old"}, ["'old'", "sample or live"]),
        ({"GEOBRIEF_ADMINS": "me"}, ["'me'", "1001,1002"]),
        ({"GEOBRIEF_ALLOWED": "me"}, ["'me'", "1001,1002"]),
        ({"GEOBRIEF_DEFAULT_ZONE": "Europe/Belin"}, ["did you mean Europe/Berlin?"]),
        ({"GEOBRIEF_DEFAULT_ZONE": "../../etc"}, ["IANA time zone"]),
        ({"GEOBRIEF_DEFAULT_ZONE": "Europe"}, ["IANA time zone"]),
        ({"GEOBRIEF_BRIEF_TIME": "25:70"}, ["'25:70'", "07:30"]),
        ({"GEOBRIEF_WRITER_URL": "gpu-box"}, ["'gpu-box'", "http://"]),
        ({"GEOBRIEF_WRITER_URL": "http://[::1/v1"}, ["http://"]),
        ({"GEOBRIEF_STALE_HOURS": "nan"}, ["'nan'", "number above 0"]),
        ({"GEOBRIEF_LOG_LEVEL": "loud"}, ["'loud'", "debug, info, warning or error"]),
        ({"GEOBRIEF_USER_AGENT": "a\r\nHost: b"}, ["printable"]),
        ({"GEOBRIEF_CONFIG": "none.toml"}, ["none.toml", "--config"]),
    ],
)
def test_wrong_environment_is_one_line(
    load: Load, environ: dict[str, str], words: list[str]
) -> None:
    """The line names the key, where it came from and what is right."""
    line = line_of(load, environ)
    assert all(word in line for word in words), line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("thread = 3", ["thread in ", "geobrief.toml", "did you mean threads?"]),
        ("[preview]\nport = 3", ["preview in ", "no such setting"]),
        ("threads = [1]", ["threads in ", "[1]", "whole number"]),
        ("brief_time = 07:30:00", ["brief_time in ", "in quotes"]),
        ("threads =", ["geobrief.toml is not TOML", "threads = 2"]),
        ('data = "elsewhere"', ["data in ", "--data or GEOBRIEF_DATA"]),
        ('config = "other.toml"', ["config in ", "--config or GEOBRIEF_CONFIG"]),
    ],
)
def test_wrong_file_is_one_line(load: Load, data: Path, text: str, words: list[str]) -> None:
    """A mistake in the settings file is told with the file's path."""
    (data / "geobrief.toml").write_text(text)
    line = line_of(load)
    assert all(word in line for word in words), line


def test_file_that_is_no_text_is_one_line(load: Load, data: Path) -> None:
    """A settings file in another encoding is named, not shown as a traceback."""
    (data / "geobrief.toml").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in line_of(load)


def test_wrong_flag_names_the_flag(load: Load) -> None:
    """A flag is written in the message as it is written on the command line."""
    assert line_of(load, preview_port=-1).startswith("--preview-port: -1 is not valid")


def test_every_mistake_is_found_at_once(load: Load) -> None:
    """The first line is raised, the others are kept beside it."""
    with pytest.raises(SettingsError) as caught:
        load({"GEOBRIEF_THREDS": "1", "GEOBRIEF_EDITION": "x", "GEOBRIEF_THREADS": "x"})
    assert len({str(caught.value), *caught.value.others}) == 3


def test_secret_file_mistakes_are_one_line(load: Load, data: Path) -> None:
    """Files in the folder of secrets must be settings and hold something."""
    secret = data / "secrets" / "tokne"
    secret.write_text(TOKEN)
    line = line_of(load)
    assert "did you mean token?" in line
    assert TOKEN not in line
    secret.rename(data / "secrets" / "token").write_text(" \n")
    assert "is empty" in line_of(load)


def test_platform_files_among_run_secrets_are_left_alone(load: Load, tmp_path: Path) -> None:
    """/run/secrets is shared with the platform; only near misses of a name are mistakes."""
    run_secrets = tmp_path / "run-secrets"
    (run_secrets / "kubernetes.io").mkdir(parents=True)
    (run_secrets / "redhat.repo").write_text("[repo]")
    assert load().token is None
    (run_secrets / "tokens").write_text(TOKEN)
    assert "did you mean token?" in line_of(load)


def test_secrets_never_show(load: Load, data: Path) -> None:
    """Neither the list, nor the text form, nor an error shows a token or a key."""
    environ = {"TELEGRAM_BOT_TOKEN": TOKEN, "GEOBRIEF_WRITER_KEY": "k-12345"}
    settings = load(environ)
    shown = str(effective(settings)) + repr(settings) + str(settings.model_dump())
    assert TOKEN not in shown
    assert "k-12345" not in shown
    (data / "geobrief.toml").write_text(f"token = ['{TOKEN}']")
    assert TOKEN not in line_of(load)
    assert "hunter2" not in line_of(load, {"GEOBRIEF_WRITER_URL": "http://me:hunter2@gpu/v1"})


def test_effective_settings_name_their_origin(load: Load, data: Path) -> None:
    """`geobrief config` shows each value with the layer that it came from."""
    (data / "geobrief.toml").write_text('admins = [7, 8]\nbrief_time = "6:05"')
    (data / "secrets" / "writer_key").write_text("k-12345")
    rows = {
        name: (value, origin)
        for name, value, origin in effective(load({"GEOBRIEF_ALLOWED": "1, -2"}, threads=4))
    }
    assert list(rows) == list(Settings.model_fields)
    assert rows["admins"] == ("7, 8", "file")
    assert rows["brief_time"] == ("06:05", "file")
    assert rows["writer_key"] == ("********", "secret")
    assert rows["allowed"] == ("1, -2", "environment")
    assert rows["threads"] == ("4", "flag")
    assert rows["edition"] == ("sample", "default")
    assert rows["config"][0] == str(data / "geobrief.toml")


def test_relative_paths_count_from_where_they_are_written(data: Path, tmp_path: Path) -> None:
    """On the command line from the working directory, in a settings file from its folder."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "my.toml").write_text('data = "../data"\nmodels = "m"')
    (data / "secrets" / "threads").write_text("9")
    environ = {"GEOBRIEF_CONFIG": "etc/my.toml"}
    settings = load_settings({}, environ=environ, cwd=tmp_path, run_secrets=tmp_path / "none")
    assert settings.data.resolve() == data
    assert settings.models == tmp_path / "etc" / "m"
    assert settings.threads == 9
    flags = {"models": Path("here")}
    moved = load_settings(flags, environ=environ, cwd=tmp_path, run_secrets=tmp_path / "none")
    assert moved.models == tmp_path / "here"


def test_plain_construction_reads_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only `load_settings` reads layers, and only those that it is given."""
    monkeypatch.setenv("GEOBRIEF_THREADS", "33")
    monkeypatch.setenv("THREADS", "33")
    assert Settings().threads == 2


def test_idle_writer_may_stay_forever(load: Load) -> None:
    """Zero minutes mean that the writer keeps its memory."""
    assert load({"GEOBRIEF_WRITER_IDLE": "0"}).writer_idle_after is None
    assert load({"GEOBRIEF_WRITER_IDLE": "2.5"}).writer_idle_after == timedelta(minutes=2.5)
