"""Answers: the right story, cited; "not in my sources" where there is nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from archive import EVENTS, Archive
from newsroom import NOW

from news.ask import SENTENCES, ask
from news.digest import Digests
from news.model import Answer
from summarizer.pipeline import Summarizer

QUESTIONS = {
    "What is happening with the northern quay in Varnes?": "quay",
    "volcano ash": "ash",
    "tell me about the water plan of Jordan and Egypt": "water",
    "chess cup": "chess",
    "interest rates": "bank",
    "minister accused of bribes": "trial",
    "malaria vaccine for children": "vaccine",
    "ceasefire at the border": "border",
    "who won the election?": "election",
    "pictures of galaxies": "telescope",
    "forest fires": "fire",
}
STRANGERS = (
    "football world cup",
    "tiktok ban in congress",
    "submarine cables",
    "how do I bake bread",
    "Grammy awards",
    "wheat exports",
    "moon landing 1969",
    "bitcoin",
    "asdfgh qwertz",
)


def _ask(archive: Archive, question: str, since: timedelta | None = None) -> Answer:
    store = archive.room.store
    digests = Digests(store, Summarizer(archive.encoder))
    return ask(question, store=store, search=archive.search, digests=digests, now=NOW, since=since)


@pytest.mark.parametrize(("question", "event"), QUESTIONS.items())
def test_a_question_is_answered_by_its_story(archive: Archive, question: str, event: str) -> None:
    """The first story is the right one, and every point cites a stored sentence."""
    answer = _ask(archive, question)
    assert answer.answered
    assert answer.digest is not None
    assert answer.stories[0].title == EVENTS[event][0]
    assert 1 <= len(answer.digest.points) <= SENTENCES
    for point in answer.digest.points:
        (evidence,) = point.evidence
        article = archive.room.store.articles.get(evidence.article_id)
        assert article is not None
        assert article.text[evidence.start : evidence.end] == evidence.sentence


@pytest.mark.parametrize("question", STRANGERS)
def test_what_is_not_in_the_sources_is_said_so(archive: Archive, question: str) -> None:
    """A question about something else gets no nearest guess, but how new the sources are."""
    answer = _ask(archive, question)
    assert (answer.answered, answer.digest, answer.stories) == (False, None, ())
    assert answer.newest_source_at == NOW


@pytest.mark.parametrize("question", ["", "?!", "what", "\0"])
def test_an_empty_question_is_not_answered(archive: Archive, question: str) -> None:
    """Nothing asked, nothing answered."""
    assert not _ask(archive, question).answered


def test_an_answer_looks_back_as_far_as_it_is_asked_to(archive: Archive) -> None:
    """With a limit of time, older news is no answer."""
    assert _ask(archive, "forest fires", since=timedelta(days=30)).answered
    assert not _ask(archive, "forest fires", since=timedelta(days=3)).answered


def test_an_answer_says_how_new_it_is(archive: Archive) -> None:
    """The time of its newest source, not of the newest article in the store."""
    assert _ask(archive, "volcano ash").newest_source_at == NOW - timedelta(days=1)
