"""Numbers are read with what they count; what is no count is no figure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.figures import figures, kinds_asked


def told(sentence: str) -> list[str]:
    """Each figure as "kind: number", with the noun that narrows it."""
    return [f"{one.kind}{f' ({one.noun})' if one.who else ''}: {one}" for one in figures(sentence)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("At least 12 people were killed in Varnes.", ["killed: at least 12"]),
        (
            "The blast left 12 dead and 30 others wounded.",
            ["killed: 12", "wounded: 30"],
        ),
        ("The slide killed 18 to 20 people, the mayor said.", ["killed: 18 to 20"]),
        ("Between 18 and 20 people died in the slide.", ["killed: 18 to 20"]),
        ("The death toll in the port has risen from 12 to 18.", ["killed: 18"]),
        ("The count of people killed by the flood rose to 122.", ["killed: 122"]),
        ("Dozens were injured and tens of thousands displaced.",
         ["wounded: dozens", "displaced: tens of thousands"]),
        ("Twelve people, including two children, were killed.", ["killed: 12"]),
        ("Three of the 12 people killed were divers.", ["killed: 12"]),
        ("Five farmers and 11 children were killed.",
         ["killed (farmers): 5", "killed (children): 11"]),
        ("Police arrested more than 1,300 people.", ["arrested: more than 1,300"]),
        ("The aid is worth $1.5 billion, about 8.5 percent of the budget.",
         ["money: $1.5 billion", "percent: about 8.5%"]),
        ("Some 3,000 troops reached the border.", ["troops: some 3,000"]),
        ("The death toll passed 1,000, the highest for years.", ["killed: more than 1,000"]),
        ("Twelve of the 15 people aboard died.", ["killed: 12"]),
        ("At least 41 people, among them 13 children, lost their lives.",
         ["killed: at least 41"]),
        ("The agency says that 2.5m people have fled.", ["displaced: 2.5 million"]),
        ("Nurses treated 41 wounded people.", ["wounded: 41"]),
        ("The toll rose to 38, up from 18 a day earlier.", ["killed: 38"]),
        ("The clinic counted 100 killed and injured.", ["killed or wounded: 100"]),
        ("Soldiers fired 12 missiles and killed 30 people.",
         ["missiles and drones: 12", "killed: 30"]),
    ],
)  # fmt: skip
def test_a_number_is_read_with_what_it_counts(sentence: str, expected: list[str]) -> None:
    """Kinds, bounds, ranges, vague plurals and nouns that narrow a count come from the words."""
    assert told(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "The storm could kill 200 people.",
        "As many as 100 may have died, officials fear.",
        "One in three people was displaced.",
        "A flood in 2011 killed more fish than men.",
        "A 12-year-old boy won the cup on 14 February 2019.",
        "He was sentenced to 12 years in prison.",
        "Twelve gunmen killed the mayor of Varnes.",
        "The Boeing 737 was grounded.",
        "They met at 9:30 on the 12th of March.",
        "One in five people was asked.",
    ],
)
def test_what_counts_nothing_of_the_kind_is_no_figure(sentence: str) -> None:
    """Plans, ages, dates, terms, agents, names and shares are left out."""
    assert told(sentence) == []


def test_where_a_figure_stands_is_given_with_its_bound() -> None:
    """The offsets cover the number with the words that say how exact it is."""
    sentence = "Officials said that at least 12 people were killed."
    (one,) = figures(sentence)
    assert sentence[one.start : one.end] == "at least 12"


@given(st.text(max_size=200), st.integers(0, 10**9))
def test_any_text_is_read_without_an_error(text: str, number: int) -> None:
    """Whatever stands around a number, figures lie inside the text."""
    sentence = f"{text} {number} people were killed {text}"
    for one in figures(sentence):
        assert 0 <= one.start < one.end <= len(sentence)
        assert one.low <= one.high


def test_a_question_names_the_kinds_it_asks_for() -> None:
    """People ask with other forms than reports tell with."""
    assert kinds_asked("How many people died in the Varnes flood?") == ["killed"]
    assert kinds_asked("how many were wounded or arrested") == ["wounded", "arrested"]
    assert kinds_asked("ferry timetable") == []
