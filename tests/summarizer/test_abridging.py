"""A summary in its sources' words: the same sentences, some shorter, none with a new word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest

from summarizer.abridging import WORDS
from summarizer.encode import SentenceEncoder, bound_torch_threads
from summarizer.evidence import Evidence
from summarizer.model import Document, Summary
from summarizer.pipeline import LEFT_WHOLE, Job, Summarizer
from summarizer.write import Ask, Stop, Words, Writer, WriterUnavailable

TODAY = date(2022, 1, 5)
LEAD = (
    "The port city of Zarvik, which lives on fishing, closed its harbour on Monday after a storm "
    "tore two ships loose."
)
SHORT = "The port city of Zarvik closed its harbour on Monday after a storm tore two ships loose."
NINE = "However, the harbour master said that repairs of the northern quay will take nine days."
FISH = "Fishermen from the nearby villages asked the council for help, filling the square."
TEXT = f"{LEAD} {NINE} {FISH}"


class Chooser(Writer):
    """A writer of its sources' words that takes the shortest or the whole of each."""

    def __init__(self, place: int = -1, *, answer: str | Exception | None = None) -> None:
        self.place = place
        self.answer = answer
        self.asks: list[Ask] = []

    @property
    def name(self) -> str:
        """A name for receipts."""
        return "chooser"

    @property
    def words(self) -> Words:
        """Whose words it uses."""
        return "sources"

    def generate(self, system: str, user: str, *, max_tokens: int, stop: Stop) -> str:
        """Nothing: it does not write freely."""
        raise WriterUnavailable("it writes nothing of its own", permanent=True)

    def generate_many(self, asks: Sequence[Ask], *, stop: Stop) -> list[str | WriterUnavailable]:
        """The text at its place of every sentence."""
        self.asks += asks
        if isinstance(self.answer, WriterUnavailable):
            return [self.answer] * len(asks)
        return [
            self.answer
            if isinstance(self.answer, str)
            else "\n".join(texts[self.place] for texts in ask.within)
            for ask in asks
        ]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    """all-MiniLM-L6-v2 from the installed wheel, on one thread."""
    bound_torch_threads(1)
    return SentenceEncoder()


@pytest.fixture
def write(encoder: SentenceEncoder) -> Callable[..., Summary]:
    """Write a summary with a chooser."""

    def run(writer: Chooser, text: str = TEXT, sentences: int = 3, **more: Any) -> Summary:
        judge = more.pop("judge", None)
        summarizer = Summarizer(encoder, writer, judge=judge)
        document = Document(id="a", text=text, source="Wire", **more)
        return summarizer.write([document], sentences=sentences, today=TODAY, stop=lambda: False)

    return run


def test_the_sentences_are_those_of_a_summary_of_source_sentences(
    write: Callable[..., Summary], encoder: SentenceEncoder
) -> None:
    """Each pick is there in its order, shorter where the writer chose so, citing its own whole."""
    summary = write(Chooser())
    chosen = Summarizer(encoder).extract([Document(id="a", text=TEXT)], sentences=3)
    assert [c.citations[0].sentence for c in summary.claims] == [c.text for c in chosen.claims]
    assert summary.claims[0].text == SHORT
    assert summary.claims[1].text.startswith("The harbour master said")
    assert {claim.origin for claim in summary.claims} == {"written"}
    assert {claim.fate for claim in summary.claims} == {"kept"}
    assert summary.note is None
    for claim in summary.claims:
        assert claim.checks[WORDS] == claim.checks["support"] == "passed"


def test_a_summary_left_whole_says_so(write: Callable[..., Summary]) -> None:
    """Its sentences are the sources' own, and the note does not speak of failures."""
    summary = write(Chooser(0))
    assert [claim.text for claim in summary.claims] == [LEAD, NINE, FISH]
    assert {(claim.origin, claim.fate) for claim in summary.claims} == {("source", "kept")}
    assert (summary.method, summary.note) == ("write", LEFT_WHOLE)


@pytest.mark.parametrize("answer", ["", "Zarvik sank.\nIt rained.\nNobody came.", "\n\n\n\n"])
def test_an_answer_that_was_not_allowed_changes_nothing(
    write: Callable[..., Summary], answer: str
) -> None:
    """What is not among the texts is not shown: the whole sentence stands there."""
    summary = write(Chooser(answer=answer))
    assert [claim.text for claim in summary.claims] == [LEAD, NINE, FISH]


def test_a_writer_that_cannot_be_used_is_a_note(write: Callable[..., Summary]) -> None:
    """Then the source sentences stand, with the reason."""
    broken = WriterUnavailable("the model is gone", permanent=False)
    summary = write(Chooser(answer=broken))
    assert (summary.method, summary.note) == ("extract", "the model is gone")
    assert [claim.text for claim in summary.claims] == [LEAD, NINE, FISH]


def test_a_sentence_on_which_the_next_leans_stays_whole(write: Callable[..., Summary]) -> None:
    """What a following "he" may mean must not go."""
    text = (
        "The mayor of Zarvik, who met the guard Orlo Finn, closed the harbour on Monday. "
        "He said that the storm had torn two ships loose."
    )
    writer = Chooser()
    summary = write(writer, text=text, sentences=2)
    assert summary.claims[0].text.startswith("The mayor of Zarvik, who met the guard Orlo Finn,")


def test_what_the_checks_refuse_is_not_offered(write: Callable[..., Summary]) -> None:
    """The first sentence must still tell who: shorter, not vaguer."""
    text = (
        "The northern port, which Velda Quorn and Orlo Finn of Zarvik had run since the days of "
        "Tamsin Ruud, was closed on Monday after a storm."
    )
    writer = Chooser()
    write(writer, text=text, sentences=1)
    assert writer.asks[0].within == ((text,),)


def test_a_long_summary_loses_only_what_ties_sentences_together(
    write: Callable[..., Summary],
) -> None:
    """It is to cover what there is: clauses stay, "however" goes."""
    text = f"{TEXT} The ferry to Belmora, which was built abroad, sailed again on Tuesday evening."
    writer = Chooser()
    write(writer, text=text, sentences=4)
    (ask,) = writer.asks
    offered = {texts[0]: texts[1:] for texts in ask.within}
    assert offered[LEAD] == offered[FISH] == ()
    assert [one[:18] for one in offered[NINE]] == ["The harbour master"]


class Refusing:
    """A judge that finds no support for anything."""

    name = "refusing"

    def scores(self, sentences: Sequence[str], evidence: Evidence) -> list[float]:
        """None at all."""
        return [0.0] * len(sentences)


def test_what_the_judge_refuses_is_replaced_by_the_whole(write: Callable[..., Summary]) -> None:
    """The source's own sentence stands there and tells what failed; nothing is asked again."""
    writer = Chooser()
    summary = write(writer, judge=Refusing())
    assert [claim.text for claim in summary.claims] == [LEAD, NINE, FISH]
    assert {claim.fate for claim in summary.claims} == {"replaced"}
    assert len(writer.asks) == 1


def test_other_languages_are_left_whole(encoder: SentenceEncoder) -> None:
    """The rules are English; a writer that knows the language still tells nothing else."""
    text = "Der Hafen, der alt ist, wurde am Montag geschlossen, sagte die Sprecherin der Stadt."
    writer = Chooser()
    summarizer = Summarizer(encoder, writer, languages=("en", "de"))
    document = Document(id="a", text=text, language="de")
    summary = summarizer.write_many(
        [Job(documents=[document], sentences=1)], today=TODAY, stop=lambda: False
    )[0]
    assert [claim.text for claim in summary.claims] == [text]


def test_receipts_say_whose_words(encoder: SentenceEncoder) -> None:
    """A summary in the sources' words is kept apart from one in the writer's own."""
    makers = Summarizer(encoder, Chooser()).makers(writing=True)
    assert makers["words"].startswith("the sources', geobrief-shortening-")
