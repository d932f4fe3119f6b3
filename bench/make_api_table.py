"""Makes the preview's table of Bot API parameters from a machine-readable copy of the manual.

Usage: `python bench/make_api_table.py API_JSON [TABLE_JSON]`. Keeps names, types, required marks
and limits; none of the manual's prose goes into the table.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

TABLE = Path(__file__).resolve().parent.parent / "bot" / "preview" / "api_table.json"

_RANGE = re.compile(r"(?<![\w.])(\d+)\s?[-\N{EN DASH}]\s?(\d+)(?:\s+(\S+)(?:\s+(\S+)\s+(\S+))?)?")
_COUNT_WORDS = frozenset({"items", "identifiers", "answer", "initial", "emoji", "search"})


def limit_of(types: list[str], description: str) -> dict[str, Any]:
    """`{"min", "max", "unit"}` as the description states it, empty where it states none.

    Units: "characters", "parsed" (UTF-16 units after entity parsing), "bytes", "items".
    Ranges of plain numbers are left out: Telegram clamps most of them.
    """
    for found in _RANGE.finditer(description):
        low, high, word, after, what = found.groups()
        unit = _unit(types, (word or "").strip(".,;").casefold(), f"{after} {what}".casefold())
        if unit:
            return {"min": int(low), "max": int(high), "unit": unit}
    return {}


def _unit(types: list[str], word: str, rest: str) -> str:
    if all(name.startswith("Array") for name in types):
        return "items" if word in _COUNT_WORDS else ""
    if types != ["String"]:
        return ""
    if word == "bytes":
        return "bytes"
    if word.startswith("character"):
        return "parsed" if rest.startswith("after entit") else "characters"
    return ""


def field(entry: dict[str, Any]) -> dict[str, Any]:
    """One parameter or field: `{"types", "required"?, "min"?, "max"?, "unit"?}`."""
    made: dict[str, Any] = {"types": entry["types"]}
    if entry["required"]:
        made["required"] = True
    return made | limit_of(entry["types"], entry["description"])


def fields(entry: dict[str, Any]) -> dict[str, Any]:
    """All fields of a method or type, by name."""
    return {one["name"]: field(one) for one in entry.get("fields", [])}


def reachable(api: dict[str, Any]) -> dict[str, Any]:
    """The types that a bot can send: those named by parameters, and what these contain."""
    waiting = [
        name
        for method in api["methods"].values()
        for one in method.get("fields", [])
        for name in one["types"]
    ]
    found: dict[str, Any] = {}
    while waiting:
        name = waiting.pop().replace("Array of ", "")
        entry = api["types"].get(name)
        if entry is None or name in found:
            continue
        found[name] = {"one_of": entry["subtypes"]} if entry.get("subtypes") else fields(entry)
        waiting += entry.get("subtypes", [])
        waiting += [kind for one in entry.get("fields", []) for kind in one["types"]]
    return dict(sorted(found.items()))


def make_table(api: dict[str, Any]) -> dict[str, Any]:
    """The whole table: `{"version", "methods": {name: fields}, "types": {name: fields}}`."""
    methods = {name: fields(entry) for name, entry in sorted(api["methods"].items())}
    return {"version": api["version"], "methods": methods, "types": reachable(api)}


def dump(table: dict[str, Any]) -> str:
    """The table as JSON with one method or type a line, so that a change can be read."""

    def block(part: dict[str, Any]) -> str:
        lines = (f'"{name}":{json.dumps(part[name], separators=(",", ":"))}' for name in part)
        return "{\n" + ",\n".join(lines) + "\n}"

    return (
        f'{{"version":{json.dumps(table["version"])},\n'
        f'"methods":{block(table["methods"])},\n"types":{block(table["types"])}}}\n'
    )


def main(arguments: list[str]) -> int:
    """Write the table; 2 when the arguments are wrong."""
    if not 1 <= len(arguments) <= 2:
        print("usage: make_api_table.py API_JSON [TABLE_JSON]", file=sys.stderr)
        return 2
    table = make_table(json.loads(Path(arguments[0]).read_text(encoding="utf-8")))
    target = Path(arguments[1]) if len(arguments) == 2 else TABLE
    target.write_text(dump(table), encoding="utf-8")
    print(f"{target}: {len(table['methods'])} methods, {len(table['types'])} types")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
