"""Receipts on the command line: what is of the sentence shown, what of the one that is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.receipts import receipt_json
from news.model import Digest, Evidence, Point, Story
from news.receipt import Receipt

NOW = datetime(2022, 2, 18, 9, tzinfo=UTC)
SOURCE = Evidence(
    article_id="a", url=None, source="Wire", sentence="The dam holds.", start=0, end=14
)
STORY = Story(
    id=1, title="Dam", first_at=NOW, last_at=NOW, changed_at=NOW, articles=2, revision=2
)  # fmt: skip


def receipt(checks: dict[str, str]) -> Receipt:
    """A receipt of one sentence of a written summary."""
    point = Point(text="The dam holds.", evidence=(SOURCE,), origin="source", checks=checks)
    digest = Digest(
        title="Dam",
        points=(point,),
        method="write",
        model="m",
        article_ids=("a",),
        created_at=NOW,
        seconds=1.0,
        asked=1,
    )
    return Receipt(story=STORY, digest=digest, articles=(), again=None, reason="no writer")


def test_failed_checks_are_of_the_sentence_that_is_not_shown() -> None:
    """A source sentence in place of a written one has failed nothing itself."""
    (told,) = receipt_json(receipt({"numbers": "12 is not in the source"}))["sentences"]
    assert (told["fate"], told["checks"]) == ("replaced", {})
    assert told["not_shown"] == {"checks": {"numbers": "12 is not in the source"}}
    (kept,) = receipt_json(receipt({"numbers": "passed"}))["sentences"]
    assert (kept["fate"], kept["checks"], kept["not_shown"]) == (
        "kept",
        {"numbers": "passed"},
        None,
    )


def test_a_receipt_says_which_version_it_is_of() -> None:
    """A story is told in several lengths: briefs of two sentences, /story of three."""
    made = receipt({})
    two = replace(made, digest=replace(made.digest, asked=2))
    assert "medium brief" in receipt_json(two)["version"]
    nine = replace(made, digest=replace(made.digest, asked=9))
    assert "any brief" in receipt_json(nine)["version"]
