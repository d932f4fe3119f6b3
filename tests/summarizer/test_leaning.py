"""Sentences that need the one before them are known by their words, and not shown without it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.candidates import considered
from summarizer.extract import select
from summarizer.leaning import NOWHERE, Standing, leans_back
from summarizer.model import Document


@pytest.mark.parametrize(
    "sentence",
    [
        "He promised to open the lock before winter.",
        "But they refused to sign the paper in Varnes.",
        "Four weeks later another stood on the quay and promised a bridge.",
        "The two ministers will meet again in Alvik on Sunday.",
        "Another village was flooded overnight, the mayor said.",
        "The total, she wrote, is far too low.",
        "The total has risen for five days.",
        "Both were taken to a hospital in Varnes.",
        "About 700 families will be moved from that republic by bus.",
        "The ferry will stay there.",
        "This would be the third strike at the port of Alvik.",
        "“We had no time to read the plan.”",
        "“We had no time,” he said.",
        "For example, the lock of Varnes is still closed.",
        "The announcement comes a day before the vote in Varnes.",
    ],
)
def test_a_sentence_that_needs_another_leans(sentence: str) -> None:
    """Who, what or where is meant stands in the sentence before."""
    assert leans_back(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The two ministers, Ana Torvald and Jon Berg, will meet on Sunday.",
        "The two men who steered the ferry were taken to Varnes.",
        "Both Norway and Sweden closed the border.",
        "It is not clear whether the lock of Varnes will open.",
        "This week the council of Varnes votes on the bridge.",
        "The council of Varnes said it would rebuild the quay.",
        "Ana Torvald flew to Alvik and spoke to the fishermen there.",
        "The decision of the council to close the quay angered fishermen.",
        "“We had no time to read it,” Ana Lund said after the vote.",
        "There was no ferry to Alvik on Monday.",
        "Fishermen from the two largest villages on the fjord went on strike.",
        "Torvald called the plan a mistake, and in this plan nothing has changed.",
    ],
)
def test_a_sentence_that_names_what_it_means_stands(sentence: str) -> None:
    """Names in the sentence itself, days, and words that only look like a reference."""
    assert not leans_back(sentence)


@pytest.mark.parametrize(
    ("language", "leaning", "standing"),
    [
        ("fr", "Il a promis de revenir.", "Il y a deux ans, Orsk a fermé le port de Varnes."),
        ("fr", "Les deux ministres se verront dimanche.", "Le conseil de Varnes a voté la loi."),
        ("es", "Ambos fueron llevados al hospital.", "El consejo de Varnes votó la ley."),
        ("es", "Esta decisión llega tarde.", "Esta semana vota el consejo de Varnes."),
        ("de", "Beide wurden ins Krankenhaus gebracht.", "Es gibt in Varnes keine Fähre mehr."),
        ("de", "Dort bleibt die Fähre liegen.", "Der Rat von Varnes stimmte für die Brücke."),
        ("ru", "Он обещал открыть шлюз до зимы.", "Совет Орска проголосовал за мост."),
        ("ru", "Оба министра встретятся в воскресенье.", "В этот день порт Орска был закрыт."),
        ("ar", "وأضاف أن الميناء سيبقى مغلقا.", "صوت مجلس المدينة على بناء الجسر يوم الأحد."),
        ("ar", "وهذا القرار جاء متأخرا.", "أعلنت الحكومة إغلاق الميناء بعد العاصفة."),
        ("zh", "他承诺在冬天之前打开船闸。", "市议会周日投票决定修建大桥。"),
        ("zh", "双方将于周日再次会晤。", "港口因风暴关闭三天。"),
    ],
)
def test_other_languages_have_words_of_their_own(
    language: str, leaning: str, standing: str
) -> None:
    """What leans is read by the words of the text's language."""
    assert leans_back(leaning, language)
    assert not leans_back(standing, language)


@given(
    st.text(max_size=60), st.sampled_from(["en", "fr", "es", "de", "ru", "ar", "zh", "xx", None])
)
def test_any_text_can_be_asked_about(text: str, language: str | None) -> None:
    """Whatever the text or the language, there is an answer; of unknown languages it is no."""
    assert leans_back(text, language) in (True, False)
    assert not leans_back(text, "xx")


TEXT = (
    "Ana Torvald met Jon Berg in Varnes to talk about the lock. The two ministers will meet again. "
    "Fishermen of Alvik blocked the quay for a third day."
)


def test_what_a_sentence_leans_on_is_the_one_right_before_it() -> None:
    """The first sentence of a text, and one whose predecessor is no candidate, lean on nothing."""
    documents = [
        Document(id="a", text=TEXT),
        Document(id="b", text="He left Varnes at noon today."),
    ]
    needs = Standing(documents, considered(documents))
    assert [needs(at) for at in range(4)] == [None, 0, None, NOWHERE]


def chosen(scores: list[float], needs: dict[int, int], count: int) -> list[int]:
    """What is chosen of unlike sentences with these scores."""
    return sorted(select(np.array(scores), np.eye(len(scores)), count, needs=needs.get))


def test_one_nearly_as_good_is_shown_in_its_place() -> None:
    """Within a standard deviation the sentence that stands alone wins."""
    assert chosen([0.0, 1.0, 0.5], {1: 0}, 1) == [2]
    assert chosen([0.0, 1.0, 0.5], {1: NOWHERE}, 1) == [2]


def test_the_best_is_taken_with_the_one_before_it() -> None:
    """Far better than the others it brings its predecessor; chosen anyway, that costs nothing."""
    assert chosen([-1.0, 3.0, 0.5, 0.4], {1: 0}, 2) == [0, 1]
    assert chosen([1.5, 1.0, 0.9], {1: 0}, 2) == [0, 1]


def test_where_nothing_else_is_left_it_is_shown() -> None:
    """A text of leaning sentences alone still has a summary."""
    assert chosen([1.0, 0.5], {0: NOWHERE, 1: NOWHERE}, 2) == [0, 1]
