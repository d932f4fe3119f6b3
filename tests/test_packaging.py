"""What is shipped: our four packages with their data, under names that are ours alone."""

from __future__ import annotations

import fnmatch
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from bot.doctor import OURS, other_owners

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the working tree."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run([*command, str(ROOT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (found,) = folder.glob("*.whl")
    return found


def shipped(wheel: Path) -> set[str]:
    """The files in the wheel, without its own metadata."""
    names = zipfile.ZipFile(wheel).namelist()
    return {name for name in names if ".dist-info/" not in name}


def test_wheel_installs_our_names_and_no_others(wheel: Path) -> None:
    """Generic names are a danger, so exactly four are installed; no tests, no benchmarks."""
    assert {name.split("/")[0] for name in shipped(wheel)} == set(OURS)


def test_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    """Data files are easily left out: what lies in the tree lies in the wheel."""
    there = {
        path.relative_to(ROOT).as_posix()
        for name in OURS
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert there - shipped(wheel) == set()


@pytest.mark.parametrize(
    "pattern",
    [
        "config/sources.toml",
        "config/topics.toml",
        "config/places.toml",
        "config/sample/edition.toml",
        "config/sample/*.html",
        "config/sample/*.xml",
        "config/sample/*.jsonl",
        "summarizer/data/*",
        "summarizer/models/packaged.toml",
        "news/clutter.toml",
        "news/store/migrations/versions/*.py",
        "bot/preview/*.html",
        "bot/preview/*.css",
        "bot/preview/*.js",
        "bot/preview/*.json",
    ],
)
def test_wheel_holds_the_data(wheel: Path, pattern: str) -> None:
    """Each kind of data file that the program reads at run time is shipped."""
    assert fnmatch.filter(shipped(wheel), pattern)


def test_wheel_names_its_licences_and_its_command(wheel: Path) -> None:
    """The licence and the notice about the writer travel along, and `geobrief` is installed."""
    archive = zipfile.ZipFile(wheel)
    (info,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
    assert {f"{info}/licenses/LICENSE", f"{info}/licenses/NOTICE"} <= set(archive.namelist())
    assert "geobrief = bot.cli:main" in archive.read(f"{info}/entry_points.txt").decode()


def test_wheel_finds_its_data_where_it_is_installed(wheel: Path, tmp_path: Path) -> None:
    """Installed elsewhere, the program reads its own data, not the source tree's."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    subprocess.run([*pip, str(tmp_path / "site"), str(wheel)], check=True, capture_output=True)
    code = """if True:
        import config.editorial, news.store.engine, summarizer
        from pathlib import Path
        edition = config.editorial.load_edition("sample")
        database = news.store.engine.Database(Path("store.db"))
        database.upgrade()
        print(edition.folder, len(config.editorial.load_sources()), *database.revision())
    """
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    folder, feeds, revision, newest = done.stdout.split()
    assert Path(folder) == tmp_path / "site" / "config" / "sample"
    assert int(feeds) >= 60
    assert revision == newest


def test_no_other_distribution_owns_our_names() -> None:
    """No dependency installs a package of the same name: pip would let it overwrite ours."""
    assert other_owners() == {}


def ignored(path: str, rules: list[str]) -> bool:
    """Whether the last .dockerignore rule that names a path, or a folder above it, excludes it."""
    found = False
    pure = PurePosixPath(path)
    for rule in rules:
        pattern = rule.removeprefix("!").strip("/")
        forms = {pattern, pattern.removeprefix("**/")}
        above = [pure, *pure.parents][:-1]
        if any(fnmatch.fnmatchcase(str(part), form) for part in above for form in forms):
            found = not rule.startswith("!")
    return found


def test_image_is_made_of_files_that_are_there() -> None:
    """What the Dockerfile copies exists and is not kept from it by .dockerignore."""
    text = (ROOT / ".dockerignore").read_text()
    rules = [line for line in text.splitlines() if line and not line.startswith("#")]
    copied = [
        source
        for line in re.findall(r"^COPY (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert {*OURS, "pyproject.toml", "constraints.txt", "README.md"} <= set(copied)
    assert [path for path in copied if not (ROOT / path).exists()] == []
    assert [path for path in copied if ignored(path, rules)] == []
    assert ignored(".venv/bin/python", rules)
    assert ignored("data/live.db", rules)
    assert ignored("tests/conftest.py", rules)
    assert ignored("secrets/token", rules)


def test_same_pip_everywhere() -> None:
    """The Makefile and the Dockerfile pin one version of pip."""
    pins = {
        re.search(r"PIP_VERSION *:?= *(\S+)", (ROOT / name).read_text())
        for name in ("Makefile", "Dockerfile")
    }
    assert len({found[1] for found in pins if found}) == 1
    assert None not in pins


def test_every_dependency_is_pinned() -> None:
    """What pyproject.toml asks for has one exact version in constraints.txt that satisfies it."""
    import tomllib

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    asked = [Requirement(line) for group in (project["dependencies"], *extras) for line in group]
    pins = dict(
        line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines() if line
    )
    versions = {canonicalize_name(name): version for name, version in pins.items()}
    wrong = [
        str(item)
        for item in asked
        if canonicalize_name(item.name) not in versions
        or not item.specifier.contains(versions[canonicalize_name(item.name)])
    ]
    assert wrong == []


def test_every_import_is_a_declared_dependency() -> None:
    """A library that only happens to be installed here is missing on a fresh machine."""
    import ast
    import tomllib
    from importlib.metadata import packages_distributions

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *extras["writer"], *extras["documents"], *extras["eval"]]
    declared = {canonicalize_name(Requirement(line).name) for line in lines}
    imported: dict[str, set[str]] = {}
    for path in (path for name in OURS for path in (ROOT / name).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                modules = [node.module]
            else:
                continue
            for module in modules:
                imported.setdefault(module.split(".")[0], set()).add(path.name)
    owners = packages_distributions()
    undeclared = {
        name: files
        for name, files in imported.items()
        if name not in {*sys.stdlib_module_names, *OURS}
        and not declared & {canonicalize_name(owner) for owner in owners.get(name, [])}
    }
    assert undeclared == {}
