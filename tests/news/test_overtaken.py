"""Of one count a summary tells the newest figures; what outlets give otherwise that day differs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from reports import NOON, POST, RADIO, WIRE, article

from news.model import Article, Evidence
from news.overtaken import Overtaken, differing
from news.statements import as_document
from summarizer.encode import SentenceEncoder
from summarizer.pipeline import Summarizer

OLD = "The storm off Alvik killed 12 people on Monday, the coast guard said."
NEW = "Divers have found 18 dead in Alvik so far, the mayor told reporters after the storm."
OTHER = "The harbour of Alvik stays closed to all ships until the end of the week."


@pytest.fixture(scope="module")
def summarizer(encoder: SentenceEncoder) -> Summarizer:
    """The real ranker over the real encoder."""
    return Summarizer(encoder)


def shown(summarizer: Summarizer, articles: Sequence[Article], sentences: int = 2) -> list[str]:
    """The sentences of these articles' summary."""
    summary = summarizer.extract(
        [as_document(one) for one in articles],
        sentences=sentences,
        overtaken=Overtaken(articles),
    )
    return [claim.text for claim in summary.claims]


def test_an_old_toll_is_not_told_beside_a_newer_one(summarizer: Summarizer) -> None:
    """Yesterday's 12 gives its place to today's 18, and anything else is told instead."""
    articles = [article(-30, POST, f"{OLD} {OTHER}"), article(1, WIRE, NEW)]
    assert set(shown(summarizer, articles)) == {NEW, OTHER}
    assert set(shown(summarizer, articles, 3)) == {NEW, OTHER}


def test_an_outlet_replaces_its_own_figure_of_the_same_day(summarizer: Summarizer) -> None:
    """The morning's number of an outlet is old when its noon article has another."""
    articles = [article(-3, POST, f"{OLD} {OTHER}"), article(1, POST, NEW)]
    assert set(shown(summarizer, articles, 3)) == {NEW, OTHER}


def test_outlets_that_differ_on_one_day_are_told_as_a_difference(summarizer: Summarizer) -> None:
    """Neither is old: both may be shown, and the difference is named with its outlets."""
    articles = [article(-3, POST, OLD), article(1, WIRE, NEW)]
    assert set(shown(summarizer, articles)) == {OLD, NEW}
    evidence = [cited(one, text) for one, text in zip(articles, (OLD, NEW), strict=True)]
    known = {one.id: one for one in articles}
    (count,) = differing(evidence, known, summarizer.encoder.encode)
    assert [(told.shown, told.outlets) for told in count.told] == [
        ("18", ("Northern Wire",)),
        ("12", ("Harbour Post",)),
    ]
    assert differing(evidence[:1], known, summarizer.encoder.encode) == ()


@pytest.mark.parametrize(
    "old",
    [
        "A fire in Brekke killed 12 people on Monday, the police there said.",
        "The storm off Alvik injured 12 people on Monday, the coast guard said.",
        "The storm off Alvik killed at least 18 people on Monday, the coast guard said.",
    ],
)
def test_what_counts_something_else_is_not_old(summarizer: Summarizer, old: str) -> None:
    """Another place, another count, and a figure that agrees stay."""
    again = "At least 18 people died in Alvik, a town of fishermen, said the coast guard."
    more = "A mass in Alvik will be held on Sunday for those who drowned in the night."
    articles = [
        article(-30, POST, old),
        article(0, RADIO, f"{NEW} {OTHER}"),
        article(1, WIRE, f"{again} {more}"),
    ]
    assert old in shown(summarizer, articles, 5)


def test_a_rise_told_in_one_sentence_is_the_newest_figure(summarizer: Summarizer) -> None:
    """Of "rose to 18, from 12" the end counts: an older 12 is old, though it is named."""
    rise = "The number of people killed by the storm off Alvik rose to 18, from 12 on Monday."
    articles = [article(-30, POST, f"{OLD} {OTHER}"), article(1, WIRE, rise)]
    assert set(shown(summarizer, articles, 3)) == {rise, OTHER}


def cited(one: Article, text: str) -> Evidence:
    """The evidence for a sentence of an article."""
    start = one.text.index(text)
    return Evidence(
        article_id=one.id,
        url=one.url,
        source=one.outlet.name,
        sentence=text,
        start=start,
        end=start + len(text),
        published_at=NOON + timedelta(hours=one.number),
    )
