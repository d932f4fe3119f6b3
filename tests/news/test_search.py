"""Search with the real encoder: the right story first, whatever the words around the question."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest
from archive import EVENTS, Archive
from newsroom import NOW, Newsroom, WordEncoder
from numpy.typing import NDArray

from news.search import Search, asked_words


@pytest.mark.parametrize(
    ("question", "event"),
    [
        ("northern quay", "quay"),
        ("What is happening with the volcano?", "ash"),
        ("airports shut because of an eruption", "ash"),
        ("water deal egypt", "water"),
        ("who won the chess tournament", "chess"),
        ("why are mortgages getting more expensive", "bank"),
        ("corruption case against a politician", "trial"),
        ("children malaria", "vaccine"),
        ("troops pulled back after negotiations", "border"),
        ("latest news about the islands' election", "election"),
        ("space observatory images", "telescope"),
        ("wildfires", "fire"),
        ("parking policy", "policy"),
    ],
)
def test_the_right_article_is_first(archive: Archive, question: str, event: str) -> None:
    """By words or by meaning, with or without words of asking."""
    search = archive.search
    assert search.find(question, now=NOW)[0].article.title == EVENTS[event][0]


def test_words_of_asking_do_not_count() -> None:
    """What is asked for stays; a question of nothing else keeps its words."""
    assert asked_words("What is the latest news about sanctions on grain?") == ["sanction", "grain"]
    assert asked_words("What happened?") != []
    assert asked_words("?!") == []


@pytest.mark.parametrize(
    "question", ["", "?", "the of and", '"*" OR (', "\0", "𝔘𝔫𝔦 🚢", "x" * 5000]
)
def test_any_question_is_answered_with_hits_or_none(archive: Archive, question: str) -> None:
    """Odd questions raise nothing."""
    search = archive.search
    for hit in search.find(question, now=NOW):
        assert 0 <= hit.coverage <= 1


def test_only_what_is_asked_for_in_time(archive: Archive) -> None:
    """`since` leaves older articles out, and nothing of after `now` is found."""
    search = archive.search
    recent = search.find("water deal egypt", now=NOW, since=timedelta(days=1))
    assert {hit.article.title for hit in recent} <= {EVENTS["quay"][0], EVENTS["ash"][0]}
    past = search.find("northern quay", now=NOW - timedelta(days=5))
    assert EVENTS["quay"][0] not in {hit.article.title for hit in past}


def test_hits_say_how_well_they_fit(archive: Archive) -> None:
    """Coverage is the share of what is asked for; likeness is the vectors'."""
    search = archive.search
    (best, *_) = search.find("rebuilding the northern quay", now=NOW)
    assert best.coverage == 1.0
    assert best.likeness > 0.4
    (partly, *_) = search.find("quay zeppelins", now=NOW)
    assert 0 < partly.coverage < 1


def test_new_and_changed_articles_are_found_at_once(newsroom: Newsroom) -> None:
    """A search that has answered before learns what came since, and forgets what was edited out."""
    search = Search(newsroom.store, WordEncoder())
    url = "https://harbour-post.example/a"
    assert search.find("lighthouse", now=NOW) == []
    newsroom.tell("Lighthouse", "The old lighthouse on the cape is to be painted red.", url=url)
    assert search.find("lighthouse", now=NOW) == []
    newsroom.group()
    assert search.find("lighthouse", now=NOW)[0].likeness > 0.3
    newsroom.tell("Bridge", "A wooden bridge over the brook will be closed for a week.", url=url)
    newsroom.group()
    (hit,) = search.find("lighthouse", now=NOW)
    assert (hit.coverage, hit.likeness < 0.4) == (0.0, True)
    assert search.find("wooden bridge", now=NOW)[0].likeness > 0.4


def test_vectors_of_another_model_are_left_out(newsroom: Newsroom) -> None:
    """Until they are made anew, search goes by words."""

    class Other:
        name = "words-32"
        dimensions = 32

        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return WordEncoder().encode(texts)[:, :32]

    newsroom.tell("Lighthouse", "The old lighthouse on the cape is to be painted red.")
    newsroom.group()
    (hit,) = Search(newsroom.store, Other()).find("lighthouse", now=NOW)
    assert (hit.coverage, hit.likeness) == (1.0, 0.0)
