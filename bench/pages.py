"""Article extraction: ours beside trafilatura's two modes on the same pages, in the same run.

Usage: `python bench/pages.py CASES.jsonl.gz [--half even|odd|all] [--limit N]`. Prints one JSON
object. Tuned on the even rows; report the odd ones.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.evaluation import evaluate_pages, read_rows


def main() -> None:
    """Read the command line, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path)
    parser.add_argument("--half", choices=["even", "odd", "all"], default="odd")
    parser.add_argument("--limit", type=int)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    rows = read_rows(arguments.cases)
    chosen = {"even": rows[0::2], "odd": rows[1::2], "all": rows}[arguments.half]
    found = evaluate_pages(chosen[: arguments.limit], arguments.cases.parent)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
