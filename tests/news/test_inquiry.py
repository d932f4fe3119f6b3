"""Questions for somebody's words and for reasons get the sentences that give them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import NOON, POST, STATE, WIRE, article

from news.inquiry import Inquiry, inquire, speaks
from news.replies import none_given, reply
from news.statements import SentenceVectors
from summarizer.encode import SentenceEncoder


@pytest.mark.parametrize(
    ("question", "kind", "who", "what"),
    [
        ("What did Ana Torvald say about the ferry?", "said", "Ana Torvald", "the ferry"),
        ("what does norway say on the border", "said", "norway", "the border"),
        ("What was the mayor's reaction to the strike?", "said", "the mayor", "the strike"),
        ("how did Berg respond to the vote", "said", "Berg", "the vote"),
        ("qu'a dit Torvald sur le port ?", "said", "Torvald", "le port"),
        ("что сказал Берг о мосте?", "said", "Берг", "мосте"),
        ("Why is the ferry late?", "why", "", "the ferry late"),
        ("What led to the strike in Alvik?", "why", "", "the strike in Alvik"),
        ("pourquoi le port est-il fermé ?", "why", "", "le port est-il fermé"),
    ],
)
def test_what_a_question_asks_for(question: str, kind: str, who: str, what: str) -> None:
    """Whose words, or the reason of what."""
    found = inquire(question)
    assert found is not None
    assert (found.kind, found.who, found.what) == (kind, who, what)


@pytest.mark.parametrize(
    "question",
    ["ferry strike", "what is happening in Alvik", "how many people died?", "what did he say", "?"],
)
def test_other_questions_are_left_alone(question: str) -> None:
    """What names nobody and asks no reason is a topic."""
    assert inquire(question) is None


@given(st.text(max_size=80))
def test_any_text_can_be_a_question(text: str) -> None:
    """Whatever is asked, it is read without an error."""
    inquire(text)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Torvald said the ferry would sail.", True),
        ("The ferry will sail, said Ana Torvald, the prime minister.", True),
        ("According to Torvald the ferry will sail.", True),
        ("Torvald, the prime minister, has warned the crews.", True),
        ("Torvald's minister said the ferry would sail.", False),
        ("Jon Berg said that Torvald had left.", False),
        ("Torvald left for Varnes.", False),
    ],
)
def test_whose_words_a_sentence_gives(sentence: str, said: bool) -> None:
    """The one who speaks, not the one who is spoken of."""
    assert speaks("ana torvald", sentence) is said


ARTICLES = [
    article(-20, POST, "Ferries between Alvik and Varnes stood still for a third day on Monday. "
            "Prime Minister Ana Torvald said the crews would get nothing before the vote. "
            "Fishermen waited on the quay."),
    article(1, WIRE, "The crews of the ferries stopped work because the line had cut their pay "
            "for night trips. Jon Berg, their leader, told reporters that Torvald never called."),
]  # fmt: skip


@pytest.fixture(scope="module")
def vectors(encoder: SentenceEncoder) -> SentenceVectors:
    """Sentence vectors by the real encoder."""
    return SentenceVectors(encoder)


def told(question: str, vectors: SentenceVectors) -> list[str]:
    """The answer's sentences."""
    inquiry = inquire(question)
    assert inquiry is not None
    found = reply(inquiry, question, ARTICLES, vectors, title="Ferries", now=NOON)
    return [point.text for point in found.points] if found else []


def test_somebodys_own_words_answer(vectors: SentenceVectors) -> None:
    """Only what is left with the one who was asked for, each sentence with its evidence."""
    assert told("What did Torvald say about the ferries?", vectors) == [
        "Prime Minister Ana Torvald said the crews would get nothing before the vote."
    ]
    assert told("What did Norway say about the ferries?", vectors) == []


def test_a_reason_answers_why(vectors: SentenceVectors) -> None:
    """Sentences with a cause that are about what was asked; of something else none."""
    assert told("Why have the ferry crews stopped work?", vectors) == [
        "The crews of the ferries stopped work because the line had cut their pay for night trips."
    ]
    assert told("Why did the volcano erupt?", vectors) == []
    assert "no reason" in none_given(Inquiry(kind="why", who="", what="x"))


def test_an_outlet_of_a_state_is_cited_like_any_other(vectors: SentenceVectors) -> None:
    """Evidence stands in the article at its place."""
    one = article(2, STATE, "The harbour is closed. Lund blamed the storm, citing the harbour log.")
    inquiry = inquire("why is the harbour closed")
    assert inquiry is not None
    found = reply(inquiry, "why is the harbour closed", [one], vectors, title="", now=NOON)
    assert found is not None
    (evidence,) = found.points[0].evidence
    assert one.text[evidence.start : evidence.end] == found.points[0].text
