"""Are the figures still what they were? `geobrief eval` on pinned data, held against floors.json.

    python -m bench.check_floors [--data FOLDER] [--only WORDS] [--update [--lower NAME ...]]

Without --data only what lies in this repository is measured; all else is named as skipped.
--update pins what was measured; a worse figure or other data needs --lower with the name.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

HERE = Path(__file__).parent
FLOORS = HERE / "floors.json"
INVENTED = HERE.parent / "tests" / "data" / "floors"
Run = Callable[[Sequence[str]], Mapping[str, Any]]
State = Literal["ok", "better", "WORSE", "OTHER DATA", "skipped", "not pinned"]
BAD: tuple[State, ...] = ("WORSE", "OTHER DATA")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What became of one figure of one measure, or of the measure as a whole (`figure` empty)."""

    measure: str
    state: State
    figure: str = ""
    value: float | None = None
    floor: float | None = None
    why: str = ""

    def __str__(self) -> str:
        """One line for people."""
        numbers = "" if self.value is None else f" {self.value:g}"
        numbers += "" if self.floor is None else f" (pinned {self.floor:g})"
        return f"{self.state:10} {self.measure}: {self.figure}{numbers}{self.why}".rstrip()


def run_eval(words: Sequence[str]) -> Mapping[str, Any]:
    """Run `geobrief eval ... --json` in a process of its own. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bot.cli", "--data", folder, "eval", *words, "--json"]
        done = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, cwd=HERE.parent, timeout=3600
        )
    return dict(json.loads(done.stdout))


def check(
    pinned: Mapping[str, Any], data: Path | None, run: Run = run_eval, only: str = ""
) -> Iterator[Line]:
    """Measure what can be measured and compare, measure by measure.

    `pinned` is floors.json: `slack`, the share by which a figure may be worse (machines differ in
    a last digit; a measure of a few rows has its own, as one sentence moves it far), and
    `measures`. A figure in `least` must not fall, one in `most` not grow.
    """
    for name, measure in pinned["measures"].items():
        if only not in name:
            continue
        folder = INVENTED if measure["in"] == "invented" else data
        if folder is None:
            yield Line(measure=name, state="skipped", why="its data is not here: give --data")
            continue
        missing = [file for file in measure["sha256"] if not (folder / file).is_file()]
        if missing:
            yield Line(measure=name, state="skipped", why=f"there is no {folder / missing[0]}")
            continue
        changed = [file for file, sum in measure["sha256"].items() if sum_of(folder / file) != sum]
        if changed:
            yield Line(measure=name, state="OTHER DATA", why=f"{', '.join(changed)} has changed")
        files = {file: str(folder / file) for file in measure["sha256"]}
        found = run([files.get(word, word) for word in measure["command"].split()])
        slack = float(measure.get("slack", pinned["slack"]))
        yield from _compared(name, measure, found, slack)


def _compared(
    name: str, measure: Mapping[str, Any], found: Mapping[str, Any], slack: float
) -> Iterator[Line]:
    for side, sign in (("least", 1), ("most", -1)):
        for figure, floor in measure.get(side, {}).items():
            value = at(found, figure)
            state: State = "not pinned"
            if floor is not None:
                gain = sign * (value - floor)
                state = "WORSE" if gain < -slack * abs(floor) else "better" if gain > 0 else "ok"
            yield Line(measure=name, figure=figure, value=value, floor=floor, state=state)


def at(found: Mapping[str, Any], figure: str) -> float:
    """The figure under a path of keys, as "methods.extract.rouge1". Raises KeyError."""
    value: Any = found
    for key in figure.split("."):
        value = value[key]
    return float(value)


def updated(
    pinned: Mapping[str, Any], lines: Sequence[Line], data: Path | None, lower: Sequence[str]
) -> tuple[dict[str, Any], list[str]]:
    """The floors with what was measured, and the measures that were left for want of --lower."""
    new: dict[str, Any] = json.loads(json.dumps(pinned))
    refused = sorted({one.measure for one in lines if one.state in BAD} - set(lower))
    for line in lines:
        measure = new["measures"][line.measure]
        if line.measure in refused or line.state == "skipped":
            continue
        if line.state == "OTHER DATA":
            folder = INVENTED if measure["in"] == "invented" else data
            assert folder is not None
            measure["sha256"] = {file: sum_of(folder / file) for file in measure["sha256"]}
        if line.state in ("better", "WORSE", "not pinned"):
            side = "least" if line.figure in measure.get("least", {}) else "most"
            if line.figure:
                measure[side][line.figure] = line.value
    return new, refused


def sum_of(path: Path) -> str:
    """The checksum by which data is known."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Check or update; exit code 1 when a figure is worse or the data is another."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--data", type=Path, help="the folder with the shared data sets")
    options.add_argument("--only", default="", help="only measures with this in their name")
    options.add_argument("--update", action="store_true", help="pin what was measured")
    options.add_argument("--lower", action="append", default=[], metavar="NAME")
    given = options.parse_args()
    pinned = json.loads(FLOORS.read_text(encoding="utf-8"))
    if unknown := set(given.lower) - set(pinned["measures"]):
        options.error(f"there is no measure {', '.join(sorted(unknown))}")
    lines = []
    for line in check(pinned, given.data, only=given.only):
        print(line, flush=True)
        lines.append(line)
    bad = sorted({line.measure for line in lines if line.state in BAD})
    if given.update:
        new, bad = updated(pinned, lines, given.data, given.lower)
        FLOORS.write_text(json.dumps(new, indent=1) + "\n", encoding="utf-8")
    if bad:
        print(f"not as pinned: {', '.join(bad)}; to accept that: --update --lower NAME")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
