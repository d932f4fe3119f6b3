"""Receipts: what a summary was made of, and that the same comes out again, or that it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from newsroom import NOW, Newsroom, WordEncoder

from news.digest import Digests
from news.model import Article, Digest
from news.receipt import SENTENCES, Receipt, write_receipt
from summarizer.pipeline import Summarizer
from summarizer.write import Stop, Writer

TEXT = (
    "The council of Varnes agreed on Tuesday to rebuild the northern quay for 12 million crowns. "
    "Work begins in March and ends before the ferry season of the following year.\n\n"
    "The opposition wanted a cheaper plan and left the hall before the vote was taken. "
    "Its leader Ane Lund said on the steps outside that nobody had read the plan."
)
AGREED = "The council of Varnes agreed on Tuesday to rebuild the northern quay."
LEFT = "The opposition wanted a cheaper plan and left the hall before the vote."


class Fickle(Writer):
    """A writer that says something else each time, in turn."""

    def __init__(self, *answers: str) -> None:
        self._answers = answers
        self._calls = 0

    @property
    def name(self) -> str:
        """A name for receipts."""
        return "fickle 1"

    def generate(self, system: str, user: str, *, max_tokens: int, stop: Stop) -> str:
        """The next answer; the last one for ever."""
        answer = self._answers[min(self._calls, len(self._answers) - 1)]
        self._calls += 1
        return answer


@pytest.fixture
def article(newsroom: Newsroom) -> Article:
    """A stored article."""
    id = newsroom.tell("Quay to be rebuilt", TEXT, url="https://harbour-post.example/quay")
    stored = newsroom.store.articles.get(id)
    assert stored is not None
    return stored


Make = Callable[[Writer | None], tuple[Digests, Digest]]


@pytest.fixture
def make(newsroom: Newsroom, article: Article) -> Make:
    """Make a summary of the article in two sentences, written where there is a writer."""

    def made(writer: Writer | None) -> tuple[Digests, Digest]:
        digests = Digests(newsroom.store, Summarizer(WordEncoder(), writer))
        digest = digests.extract([article], title="One", sentences=2, now=NOW)
        if writer is not None:
            found = digests.write(digest, now=NOW, stop=lambda: False)
            assert found is not None
            digest = found
        return digests, digest

    return made


def test_a_summary_knows_what_it_was_made_of_and_by(make: Make, article: Article) -> None:
    """Contents by hash, models, prompt and checks by name; a kept one knows it still."""
    digests, plain = make(None)
    assert plain.made_of == {article.id: article.content_hash}
    assert set(plain.made_by) == {"encoder", "ranker", "choice", "libraries", "languages"}
    assert plain.asked == 2
    digests, written = make(Fickle(AGREED))
    assert written.made_by["writer"] == "fickle 1"
    assert {"prompt", "checks", "judge"} <= set(written.made_by)
    assert digests.written(written) == written


def test_made_again_it_is_the_same(make: Make) -> None:
    """Source sentences and written ones, with their citations and checks."""
    for writer in (None, Fickle(AGREED)):
        digests, digest = make(writer)
        again = digests.again(digest, stop=lambda: False)
        assert isinstance(again, Digest)
        assert again.points == digest.points


def test_another_text_is_not_called_the_same(make: Make) -> None:
    """A writer that answers differently is found out, and the kept text stays."""
    digests, digest = make(Fickle(AGREED, LEFT))
    again = digests.again(digest, stop=lambda: False)
    assert isinstance(again, Digest)
    assert again.points != digest.points
    assert digests.written(digest) == digest


def test_what_cannot_be_made_again_says_why(
    newsroom: Newsroom, make: Make, article: Article
) -> None:
    """Without the writer, with another one, and when the article says something else now."""
    _, written = make(Fickle(AGREED))
    bare = Digests(newsroom.store, Summarizer(WordEncoder()))
    assert "no writer" in str(bare.again(written, stop=lambda: False))

    class Other(Fickle):
        @property
        def name(self) -> str:
            return "fickle 2"

    other = Digests(newsroom.store, Summarizer(WordEncoder(), Other(AGREED)))
    assert "other models" in str(other.again(written, stop=lambda: False))
    digests, plain = make(None)
    later = NOW + timedelta(hours=1)
    newsroom.tell("Quay to be rebuilt", f"It was late. {TEXT}", url=article.url, at=later)
    assert "has changed" in str(digests.again(plain, stop=lambda: False))


def test_a_receipt_is_of_the_summary_made_last(
    newsroom: Newsroom, make: Make, article: Article
) -> None:
    """The written one where there is one; of what answered a question or was shown, none."""
    newsroom.group()
    story = newsroom.store.stories.get(newsroom.story_of(article.id) or 0)
    assert story is not None

    def receipt(digests: Digests) -> Receipt:
        return write_receipt(
            story, newsroom.store, digests, now=NOW + timedelta(days=1), stop=lambda: False
        )

    bare = Digests(newsroom.store, Summarizer(WordEncoder()))
    first = receipt(bare)
    assert (first.digest.asked, first.same) == (SENTENCES, True)
    assert [one.id for one in first.articles] == [article.id]
    later = NOW + timedelta(days=2)
    bare.extract([article], title="", sentences=1, now=later, question="who left the hall?")
    newsroom.store.stories.keep_digest("shown:1", replace(first.digest, created_at=later))
    assert receipt(bare).digest.created_at == NOW + timedelta(days=1)
    digests = Digests(newsroom.store, Summarizer(WordEncoder(), Fickle(AGREED, LEFT)))
    short = digests.extract([article], title="One", sentences=1, now=later)
    assert digests.write(short, now=later, stop=lambda: False)
    last = receipt(digests)
    assert last.digest.points[0].text == AGREED
    assert last.same is False


def test_a_text_that_came_about_otherwise_is_still_the_same_text(
    newsroom: Newsroom, article: Article
) -> None:
    """Other checks on the way are told apart from another text, and from another source."""
    newsroom.group()
    story = newsroom.store.stories.get(newsroom.story_of(article.id) or 0)
    assert story is not None
    digests = Digests(newsroom.store, Summarizer(WordEncoder()))
    made = write_receipt(story, newsroom.store, digests, now=NOW, stop=lambda: False)
    first, *rest = made.digest.points
    otherwise = replace(made, again=(replace(first, checks={"names": "wrong"}), *rest))
    assert (made.same, made.same_way) == (True, True)
    assert (otherwise.same, otherwise.same_way) == (True, False)
    assert replace(made, again=(replace(first, evidence=()), *rest)).same is False
