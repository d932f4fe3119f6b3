"""The check of written sentences measured: `geobrief eval faithfulness`, the odd half by default.

    python -m bench.faithfulness FILES... --half odd --json

Thresholds were chosen on the even half. Halves are taken by article, so that no article stands
in both.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bench.summaries import read_rows
from bot.evaluation_faithfulness import (
    Judged,
    bigram_overlap,
    evaluate,
    half_of,
    in_half,
    mechanical,
    name_number_overlap,
)

__all__ = ["Judged", "bigram_overlap", "half_of", "mechanical", "name_number_overlap"]


def main() -> None:
    """Read the command line, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--half", choices=["even", "odd", "all"], default="odd")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    files = {path.name: in_half(read_rows(path), arguments.half) for path in arguments.data}
    report = evaluate(files)
    print(json.dumps(report) if arguments.json else json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
