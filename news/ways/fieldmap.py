"""Field names of foreign JSONL rows: which of their fields is which of ours, as flags say.

Changes rows before `news.rows` reads them; knows no files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

TARGETS: Mapping[str, str] = {
    "url": "url",
    "title": "title",
    "text": "text",
    "teaser": "description",
    "date": "published_at",
    "source": "source",
    "author": "author",
    "language": "language",
}
"""What can be named, and the field that `news.rows` looks for first."""
_DEEPEST = 20
_LONGEST_LIST = 10_000


class FieldMapError(ValueError):
    """A flag that says nothing usable; the message is one line that says what is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMap:
    """Of each of our fields, the paths in a row where it may stand; the first non-empty counts.

    A row that has none of them is read under the usual names.
    """

    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def parse(cls, flags: Iterable[str]) -> FieldMap:
        """Read flags such as `title=headline` and `text=content,body.text`.

        A flag given twice adds to the first. Raises FieldMapError.
        """
        paths: dict[str, tuple[str, ...]] = {}
        for flag in flags:
            target, sign, given = flag.partition("=")
            target = target.strip().lower()
            fields = tuple(part.strip() for part in given.split(",") if part.strip())
            if not sign or not fields:
                raise FieldMapError(
                    f"--map {flag[:80]!r} is not NAME=FIELD, such as title=headline "
                    "or text=content,body.text"
                )
            if target not in TARGETS:
                right = ", ".join(TARGETS)
                raise FieldMapError(f"--map knows no {target[:40]!r}; it maps {right}")
            paths[target] = paths.get(target, ()) + fields
        return cls(paths=paths)

    def __bool__(self) -> bool:
        return bool(self.paths)

    def apply(self, row: dict[str, Any]) -> dict[str, Any]:
        """Give the row with the mapped fields under the names that `news.rows` reads first."""
        if not self.paths:
            return row
        found: dict[str, Any] = {}
        for target, paths in self.paths.items():
            joint = "\n\n" if target in ("text", "teaser") else ", "
            value = next((text for path in paths if (text := _plain(_at(row, path), joint))), "")
            if value:
                found[TARGETS[target]] = value
        return {**row, **found}


def _at(value: Any, path: str) -> Any:
    """Follow a dotted path; a name that holds dots itself comes first, digits count in lists."""
    if isinstance(value, dict) and path in value:
        return value[path]
    for step in path.split(".")[:_DEEPEST]:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step[:9]) < len(value):
            value = value[int(step[:9])]
        else:
            return None
    return value


def _plain(value: Any, joint: str) -> str:
    """Give texts and numbers as text, lists of them joined; objects and truth values are none."""
    if isinstance(value, list):
        return joint.join(part for one in value[:_LONGEST_LIST] if (part := _plain_one(one)))
    return _plain_one(value)


def _plain_one(value: Any) -> str:
    if isinstance(value, bool):
        return ""
    return str(value).strip() if isinstance(value, str | int | float) else ""
