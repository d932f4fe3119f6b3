"""A relative day is shown with its date, as a mark outside the quoted sentence."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.daymarks import day_marks, day_note
from bot.forms import sentence_json
from news.model import Evidence, Point

FRIDAY = datetime(2022, 2, 18, 9, tzinfo=UTC)


def shown(sentence: str, at: datetime | None = FRIDAY, text: str | None = None) -> Point:
    """A shown sentence of an article of this date."""
    source = Evidence(
        article_id="a",
        url=None,
        source="Wire",
        sentence=sentence,
        start=0,
        end=len(sentence),
        published_at=at,
    )
    return Point(text=text or sentence, evidence=(source,), origin="source")


@pytest.mark.parametrize(
    ("sentence", "note"),
    [
        ("The council of Varnes voted on Thursday.", "Thursday: 17 Feb 2022"),
        ("The council of Varnes voted yesterday.", "yesterday: 17 Feb 2022"),
        (
            "The ferry left Alvik on Monday and will be back on Sunday.",
            "Monday: 14 Feb 2022; Sunday: 20 Feb 2022",
        ),
        ("The council of Varnes voted on 3 February.", ""),
        ("The council of Varnes voted last week.", ""),
        ("Le conseil de Varnes a voté la loi sur le port jeudi soir.", "jeudi: 17 Feb 2022"),
    ],
)
def test_relative_days_are_resolved_by_the_articles_date(sentence: str, note: str) -> None:
    """Weekdays and "yesterday", in the article's language; dates and weeks say what they mean."""
    assert day_note(shown(sentence)) == note


def test_no_date_is_made_up() -> None:
    """A source without a date resolves nothing, and a day that is not shown gets no mark."""
    sentence = "The council of Varnes voted on Thursday."
    assert day_marks(shown(sentence, at=None)) == ()
    assert day_marks(shown(sentence, text="The council voted.")) == ()


def test_dates_stand_in_json_and_the_text_stays_as_it_is() -> None:
    """`dates` beside the sentence; what is quoted is not touched."""
    sentence = "The council of Varnes voted on Thursday."
    found = sentence_json(shown(sentence))
    assert found["text"] == sentence
    assert found["dates"] == [{"words": "Thursday", "date": "2022-02-17"}]
