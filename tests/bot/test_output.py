"""What the command line prints of texts taken in: few one by one, many as counts."""

from __future__ import annotations

import io

from rich.console import Console

from bot.output import MOST_FAILURES, MOST_LINES, print_received
from news.model import Received


def _printed(received: list[Received]) -> list[str]:
    out = io.StringIO()
    counts = print_received(Console(file=out, width=200), received)
    assert sum(counts.values()) == len(received)
    return out.getvalue().splitlines()


def test_few_outcomes_are_told_one_by_one() -> None:
    """A line each, and no more."""
    lines = _printed([Received(what=f"t{n}", outcome="new", article_id="a") for n in range(3)])
    assert len(lines) == 3
    assert "t2" in lines[2]


def test_of_many_outcomes_only_failures_go_on() -> None:
    """The first lines, some of what failed after them, and how many were not told."""
    many = [Received(what=f"t{n}", outcome="new") for n in range(MOST_LINES + 100)]
    bad = [Received(what=f"b{n}", outcome="failed", reason="x") for n in range(MOST_FAILURES + 5)]
    lines = _printed(many + bad)
    assert len(lines) == MOST_LINES + MOST_FAILURES + 1
    assert lines[-1] == "… and 105 more"
