"""A folder watched for new files: two looks a minute apart decide what is complete and new.

`step` decides and is pure; `look` alone touches the disk. What is taken is the caller's to keep.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

MAX_FILES = 10_000
_UNFINISHED = frozenset({".part", ".partial", ".crdownload", ".download", ".tmp", ".temp", ".swp"})


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Sighting:
    """A file as it was seen: a changed one is another sighting. `size` in bytes."""

    path: str
    size: int
    mtime_ns: int


Look = Mapping[str, Sighting]
"""All that was seen at one time, by path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What two looks come to.

    `ready` is to be read now, oldest first, and to be added to what was taken, failed or not;
    `taken` is what was taken before and is still there: the rest may be forgotten.
    """

    ready: tuple[Sighting, ...]
    taken: frozenset[Sighting]


def step(before: Look, after: Look, taken: Collection[Sighting]) -> Step:
    """Decide which files are ready: the same in both looks, not empty, not taken already.

    A file still being written changes its size or its time between two looks.
    """
    known = frozenset(taken)
    present = frozenset(after.values())
    steady = (one for path, one in after.items() if before.get(path) == one and one.size > 0)
    ready = sorted(
        (one for one in steady if one not in known), key=lambda one: (one.mtime_ns, one.path)
    )
    return Step(ready=tuple(ready), taken=known & present)


def look(
    folder: Path, suffixes: Collection[str], *, max_files: int = MAX_FILES
) -> dict[str, Sighting]:
    """See the folder's files with these suffixes (lower case), its subfolders' too.

    Hidden and unfinished files are not seen, links are not followed: whoever may write into
    the folder may not choose what else is read. Of more than `max_files` the first by name
    are seen. Raises OSError when the folder itself cannot be read.
    """
    with os.scandir(folder):
        pass
    found: dict[str, Sighting] = {}
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not _is_wanted(name, suffixes):
                continue
            seen = _sighting(os.path.join(root, name))
            if seen is not None:
                found[seen.path] = seen
            if len(found) >= max_files:
                return found
    return found


def _is_wanted(name: str, suffixes: Collection[str]) -> bool:
    suffix = PurePath(name).suffix.lower()
    return suffix in suffixes and suffix not in _UNFINISHED and not name.startswith((".", "~"))


def _sighting(path: str) -> Sighting | None:
    try:
        found = os.lstat(path)
    except OSError:  # gone since its name was read
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return Sighting(path=path, size=found.st_size, mtime_ns=found.st_mtime_ns)
