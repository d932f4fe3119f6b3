"""What the command line prints: texts taken in, and summaries with what they rest on."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from rich.console import Console

from bot.output import MOST_FAILURES, MOST_LINES, print_received, print_round, print_summary
from news.collect import Round
from news.model import Digest, Evidence, Point, Received


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


def test_a_round_names_what_was_not_followed_or_read() -> None:
    """Entries that change all the time, and those beyond a feed's limit; only where there are."""
    out = io.StringIO()
    print_round(Console(file=out, width=200), Round(feeds=3, unchanged=2, restless=4, not_read=17))
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("3 feeds, 2 unchanged, 0 failed; articles: 0 new")
    assert lines[1].startswith("4 entries change all the time")
    assert lines[2].startswith("17 entries beyond the limit")
    out = io.StringIO()
    print_round(Console(file=out, width=200), Round(feeds=3))
    assert len(out.getvalue().splitlines()) == 1


def test_of_many_outcomes_only_failures_go_on() -> None:
    """The first lines, some of what failed after them, and how many were not told."""
    many = [Received(what=f"t{n}", outcome="new") for n in range(MOST_LINES + 100)]
    bad = [Received(what=f"b{n}", outcome="failed", reason="x") for n in range(MOST_FAILURES + 5)]
    lines = _printed(many + bad)
    assert len(lines) == MOST_LINES + MOST_FAILURES + 1
    assert lines[-1] == "… and 105 more"


def test_a_summary_shows_the_exact_words_behind_a_written_sentence() -> None:
    """Under a written sentence its quotation; the source's own sentence is not said twice."""
    one = Evidence(
        article_id="a1", url="https://quay.example/1", source="The Quay",
        sentence="The ferry line [sic] met the union on Friday.", start=5, end=50,
        published_at=datetime(2022, 2, 18, 9, 30, tzinfo=UTC),
    )  # fmt: skip
    other = Evidence(
        article_id="a2", url=None, source="", sentence="A strike waits.", start=0, end=15
    )
    digest = Digest(
        title="Ferry talks", method="write", model="m", article_ids=("a1", "a2"),
        created_at=datetime(2022, 2, 18, tzinfo=UTC), seconds=0.1,
        points=(
            Point(text="Line and union met.", origin="written", evidence=(one,)),
            Point(text="A strike waits.", origin="source", evidence=(other,)),
        ),
    )  # fmt: skip
    out = io.StringIO()
    print_summary(Console(file=out, width=200), digest)
    assert out.getvalue().splitlines()[:6] == [
        "Ferry talks",
        "• Line and union met. [1]",
        "    [1] “The ferry line [sic] met the union on Friday.”",
        "• A strike waits. [2]",
        "[1] The Quay, 18 February 2022 09:30 UTC: https://quay.example/1",
        "[2] text: a2",
    ]


def test_the_shape_of_a_quotation_mark_makes_no_other_sentence() -> None:
    """A sentence that differs from its source's in such marks alone is not quoted again."""
    source = "The harbour’s master said “no” on Friday."
    one = Evidence(article_id="a1", url=None, source="", sentence=source, start=0, end=len(source))
    same = 'The harbour\'s master said "no" on Friday.'
    assert Point(text=same, origin="written", evidence=(one,)).behind == ()
    other = same.replace("said", "says")
    assert Point(text=other, origin="written", evidence=(one,)).behind == (one,)
