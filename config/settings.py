"""The settings: their types, meanings and defaults, and how the layers become one value.

Defaults < TOML file < secret files < environment (.env below the real one) < flags. A key
that is no setting is an error. Reads nothing before `load_settings` is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, PrivateAttr, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.layers import (
    SETTINGS_FILE,
    Given,
    Layer,
    SettingsError,
    dotenv_layer,
    environment_layer,
    file_layer,
    flag_layer,
    nearest,
    secrets_layer,
    spelled,
)
from config.values import (
    Amount,
    AmountOrNone,
    Codes,
    Count,
    Edition,
    File,
    Folder,
    Ids,
    LocalTime,
    LogFormat,
    LogLevel,
    Port,
    Right,
    Scale,
    Secret,
    ServerAddress,
    Switch,
    Text,
    WriterWords,
    Zone,
)

__all__ = ["Settings", "SettingsError", "effective", "load_settings"]

RUN_SECRETS = Path("/run/secrets")
"""Where container platforms put secrets."""

_NOT_IN_FILES = frozenset({"data", "config"})
_HIDDEN = "********"


def _data_folder() -> Path:
    return user_data_path("geobrief", appauthor=False)


def _models_folder() -> Path:
    return user_cache_path("geobrief", appauthor=False) / "models"


def _user_agent() -> str:
    try:
        return f"geobrief/{metadata.version('geobrief')}"
    except metadata.PackageNotFoundError:
        return "geobrief"


class Settings(BaseSettings):
    """Every setting. Made by `load_settings`; calling it directly reads no file or environment."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True
    )

    data: Folder = Field(default_factory=_data_folder)
    """The folder with the store, the settings file and the secrets."""
    config: File | None = None
    """The settings file; geobrief.toml in the data folder unless named."""
    edition: Edition | None = None
    """Which news: the sample edition or live feeds; sample without a token, live with one."""
    token: Secret | None = None
    """The Telegram bot token; without one the chat is a local page."""
    admins: Ids = ()
    """Telegram user ids that may change the bot for everybody."""
    allowed: Ids | None = None
    """Telegram user and chat ids that the bot answers; everybody's unless set."""
    models: Folder = Field(default_factory=_models_folder)
    """The folder of converted and fetched models, shared by all data folders."""
    encoder: Text | None = None
    """A sentence-transformers model, as a folder or hub id; the packaged one unless set."""
    writer: Text = "auto"
    """What writes summaries: packaged (the model that comes with the installation), a hub id, a
    folder, off; auto is the packaged one, only where a written summary is asked for."""
    writer_revision: Text | None = None
    """The hub revision of the writer; its default branch unless set."""
    writer_adapter: Folder | None = None
    """A LoRA adapter of the writer, as the PEFT library saves it; the shipped one if there is."""
    writer_adapter_scale: Scale | None = None
    """How strongly the adapter counts: 1 as trained, 0 not at all; as it says itself unless set."""
    writer_words: WriterWords = "auto"
    """Whose words summaries are written in: sources (the writer only chooses what source sentences
    leave out), or own; auto is sources for the packaged writer, own for any other."""
    writer_url: ServerAddress | None = None
    """The address of an OpenAI-compatible server that writes instead of a local model."""
    writer_model: Text | None = None
    """The model's name on that server."""
    writer_key: Secret | None = None
    """The key for that server."""
    writer_languages: Codes = ("en",)
    """The languages that the writer knows (ISO 639-1), as en,fr; texts in others are quoted."""
    writer_translates: Switch = False
    """Whether the writer may translate texts in other languages into English, marked as such."""
    writer_timeout_seconds: Amount = 60
    """How long one answer of that server may take, waiting for a busy one included."""
    writer_at_once: Count = 4
    """How many requests to that server are under way at once."""
    threads: Count = 2
    """How many cores the models may use."""
    writer_idle: AmountOrNone = 10
    """Minutes without work after which the writer leaves memory; 0 keeps it loaded."""
    preview_host: Text = "127.0.0.1"
    """The address that the local chat page listens on."""
    preview_port: Port = 8081
    """The port of the local chat page; 0 takes any free one."""
    health_port: Port | None = None
    """The port that answers health checks; none unless set."""
    default_zone: Zone = "UTC"
    """The time zone of a chat that has not chosen one."""
    brief_time: LocalTime = "07:30"
    """The local time of a daily brief when a subscriber names none."""
    stale_hours: Amount = 12
    """A brief says so when its newest source is older than this many hours."""
    collect_minutes: Amount = 15
    """How many minutes pass between two readings of a feed."""
    host_pause_seconds: AmountOrNone = 1
    """How many seconds pass between two requests to one site."""
    keep_text_days: AmountOrNone = 180
    """Days after which an article's text is dropped, its story summarised; 0 keeps it for ever."""
    log_level: LogLevel = "info"
    """The least important messages that are logged."""
    log_format: LogFormat = "auto"
    """How log lines look: auto is pretty on a terminal and JSON elsewhere."""
    user_agent: Text = Field(default_factory=_user_agent)
    """How the program names itself to the sites that it reads."""
    watch_folder: Folder | None = None
    """A folder whose new files are taken in as they come; none unless set."""
    allow_private_addresses: Switch = False
    """Whether feeds and links may lead into private networks; for tests and intranets."""

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leave the layers to `load_settings`, which knows each value's place for its messages."""
        return (init_settings,)

    @property
    def chosen_edition(self) -> Literal["sample", "live"]:
        """The edition as set, or else sample without a token and live with one."""
        return self.edition or ("live" if self.token else "sample")

    @property
    def store(self) -> Path:
        """The database of the chosen edition; each edition has its own."""
        return self.store_of(self.chosen_edition)

    def store_of(self, edition: str) -> Path:
        """The database of an edition."""
        return self.data / f"{edition}.db"

    @property
    def stale_after(self) -> timedelta:
        """The age from which a brief's newest source is called old."""
        return timedelta(hours=self.stale_hours)

    @property
    def collect_every(self) -> timedelta:
        """The time between two readings of a feed."""
        return timedelta(minutes=self.collect_minutes)

    @property
    def keep_text(self) -> timedelta | None:
        """How long an article's text is kept; None for ever."""
        return timedelta(days=self.keep_text_days) if self.keep_text_days else None

    @property
    def host_pause(self) -> timedelta:
        """The time between two requests to one site."""
        return timedelta(seconds=self.host_pause_seconds)

    @property
    def writer_idle_after(self) -> timedelta | None:
        """How long the writer stays in memory without work; None for always."""
        return timedelta(minutes=self.writer_idle) if self.writer_idle else None

    def secrets(self) -> tuple[str, ...]:
        """The values that no log line may show."""
        found = (self.token, self.writer_key)
        return tuple(secret.get_secret_value() for secret in found if secret)


def load_settings(
    flags: Mapping[str, Any],
    *,
    environ: Mapping[str, str],
    cwd: Path,
    run_secrets: Path = RUN_SECRETS,
) -> Settings:
    """Read every layer and give the settings; `flags` by setting name, None for not given.

    Relative paths count from `cwd`, in a settings file from its folder. Raises SettingsError.
    """
    upper = _merged(dotenv_layer(cwd), environment_layer(environ, "the environment"))
    upper = _merged(_placed(upper, cwd), _placed(flag_layer(flags), cwd))
    named = upper.get("config")
    path = Path(named.value) if named else _folder(upper) / SETTINGS_FILE
    lower = _placed(file_layer(path, named=named is not None), path.parent)
    wrong = _misplaced(lower, named=named is not None)
    data = _folder(_merged(lower, upper))
    names = set(Settings.model_fields)
    for folder, shared in ((data / "secrets", False), (run_secrets, True)):
        secrets = secrets_layer(folder, names, shared=shared)
        wrong += _misplaced(secrets, named=False)
        lower = _merged(lower, secrets)
    layer = _merged(lower, upper)
    wrong += [_unknown(key, given) for key, given in layer.items() if key not in names]
    return _validated(layer, wrong, config=path if path.is_file() else None)


def effective(settings: Settings) -> list[tuple[str, str, str]]:
    """Every setting as (name, value with secrets masked, origin), in the order of the model."""
    rows = []
    for name in Settings.model_fields:
        value = settings.chosen_edition if name == "edition" else getattr(settings, name)
        rows.append((name, _shown(value), settings._origins.get(name, "default")))
    return rows


def _validated(layer: Layer, wrong: list[str], *, config: Path | None) -> Settings:
    values = {key: given.value for key, given in layer.items() if key in Settings.model_fields}
    try:
        settings = Settings(**{"config": config, **values})
    except ValidationError as error:
        for detail in error.errors():
            line = _invalid(str(detail["loc"][0]), detail, layer)
            wrong += [] if line in wrong else [line]
    if wrong:
        raise SettingsError(wrong[0], wrong[1:])
    settings._origins.update({key: given.origin for key, given in layer.items()})
    return settings


def _merged(lower: Layer, upper: Layer) -> Layer:
    return {**lower, **upper}


def _placed(layer: Layer, folder: Path) -> Layer:
    """Resolve the paths of a layer against the folder they were meant from."""
    placed = dict(layer)
    for name in ("data", "config", "models", "watch_folder", "writer_adapter"):
        given = layer.get(name)
        if given and isinstance(given.value, str | Path) and str(given.value):
            path = folder / Path(given.value).expanduser()
            placed[name] = Given(value=path, origin=given.origin, where=given.where)
    return placed


def _folder(layer: Layer) -> Path:
    given = layer.get("data")
    return Path(given.value) if given and isinstance(given.value, Path) else _data_folder()


def _misplaced(layer: Layer, *, named: bool) -> list[str]:
    """What says where to find itself: the data folder in a file that was found through it."""
    refused = {"config"} if named else _NOT_IN_FILES
    return [
        f"{layer[name].where} cannot be set there; use --{name} or GEOBRIEF_{name.upper()}"
        for name in sorted(refused & set(layer))
    ]


def _unknown(key: str, given: Given) -> str:
    close = nearest(key, Settings.model_fields)
    hint = (
        f"did you mean {spelled(close, given.origin)}?"
        if close
        else "`geobrief config` lists the settings"
    )
    return f"{given.where}: there is no such setting; {hint}"


def _invalid(name: str, detail: Mapping[str, Any], layer: Layer) -> str:
    given = layer.get(name)
    if given is None:
        return f"the default of {name} does not hold: {detail['msg']}"
    field = Settings.model_fields[name]
    own = detail.get("ctx", {}).get("error")
    right = str(own) if isinstance(own, ValueError) else _right(field)
    hidden = _is_secret(field) or "@" in str(given.value)
    value = "its value" if hidden else repr(given.value)[:80]
    return f"{given.where}: {value} is not valid; give {right}"


def _right(field: FieldInfo) -> str:
    """What a field's value must be; a narrower type's words come after the wider one's."""
    found = [item.text for item in _walk(field, lambda item: isinstance(item, Right))]
    return found[-1] if found else "another value"


def _is_secret(field: FieldInfo) -> bool:
    return bool(_walk(field, lambda item: item is SecretStr))


def _walk(field: FieldInfo, wanted: Callable[[Any], bool]) -> list[Any]:
    """The parts of a field's type, through unions and annotations, that are `wanted`."""

    def parts(item: Any) -> Iterable[Any]:
        yield item
        for inner in (*getattr(item, "__args__", ()), *getattr(item, "__metadata__", ())):
            yield from parts(inner)

    found = [item for item in field.metadata if wanted(item)]
    return found + [item for item in parts(field.annotation) if wanted(item)]


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return _HIDDEN
    if value is None:
        return "-"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "-"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).lower() if isinstance(value, bool) else str(value)
