"""Headlines lose what says nothing of the event, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.editorial import load_headlines, load_sources
from news.headlines import Headlines
from news.model import Outlet

QUAY = Outlet(name="The Quay Post", host="quaypost.example")
HEADLINES = Headlines(load_headlines(), [*(one.outlet for one in load_sources()), QUAY], ["OSCE"])
ARTICLE = (
    "The port of Alvik closed. Nobody wins, the mayor said, and a big strike would end it. "
    "OSCE observers and the XQZ union were there."
)


@pytest.mark.parametrize(
    ("title", "cleaned"),
    [
        ("Port closes after storm - The Quay Post", "Port closes after storm"),
        ("Port closes after storm | Quay Post", "Port closes after storm"),
        ("Port closes after storm | World news | The Quay Post", "Port closes after storm"),
        ("Port closes after storm | Ada Quill", "Port closes after storm"),
        ("Port closes after storm (quaypost.example)", "Port closes after storm"),
        ("Quay Post: Port closes after storm", "Port closes after storm"),
        ("BREAKING: Port closes after storm!!!", "Port closes after storm"),
        ("LIVE Port closes after storm", "Port closes after storm"),
        ("Watch live: Port closes after storm", "Port closes after storm"),
        ("🚨 EXCLUSIVE | Port closes after storm 🌊", "Port closes after storm"),
        ("UPDATE 2 - Port closes after storm", "Port closes after storm"),
        ("Correction and update: Port closes after storm", "Port closes after storm"),
        ("Storm season live: Port closes at noon", "Storm season: Port closes at noon"),
        ("Port closes after storm – video", "Port closes after storm"),
        ("Port closes after storm [VIDEO]", "Port closes after storm"),
        ("Port closes after storm (+photos)", "Port closes after storm"),
        ("Will the port of Alvik close?!?!", "Will the port of Alvik close?"),
        ("What the mayor said next...", "What the mayor said next"),
        ("The mayor talks of a...", "The mayor talks of a…"),
        ("Port &amp; ferry close at noon", "Port & ferry close at noon"),
        ("Срочно: порт закрыт после шторма", "Порт закрыт после шторма"),
        ("Nobody WINS the port strike", "Nobody wins the port strike"),
        ("NOBODY WINS THE PORT STRIKE IN ALVIK", "Nobody Wins the Port Strike in Alvik"),
        ("OSCE OBSERVERS SEE XQZ STRIKE END", "OSCE Observers See XQZ Strike End"),
        ("OPINION: The port must open", "Opinion: The port must open"),
    ],
)
def test_what_says_nothing_goes(title: str, cleaned: str) -> None:
    """Outlet names, newsroom labels, pictures, shouting."""
    assert HEADLINES.clean(title, outlet=QUAY, text=ARTICLE) == cleaned


@pytest.mark.parametrize(
    "title",
    [
        "Saturday Night Live: a farewell",
        "Port closes - Reuters",
        "Live music returns to Alvik",
        "Video shows storm hitting the port",
        "OSCE and XQZ meet in Alvik",
        "Ferry strike: what we know – and what we do not",
        "Alvik 2-1 Teral: cup won at last!",
        "War | Peace",
        "Storm – the longest in years",
        "The US and the UK sign",
        "“We will not close the port,” mayor says",
        "US",
    ],
)
def test_real_headlines_stay(title: str) -> None:
    """Names, attributions to other outlets, scores and quotations are no clutter."""
    assert HEADLINES.clean(title, outlet=QUAY, text=ARTICLE) == title


def test_a_view_is_known_by_its_label() -> None:
    """So that it does not name a story that has news."""
    assert HEADLINES.is_view("Opinion: The port must open")
    assert not HEADLINES.is_view("Opinion polls close in Alvik")


@given(st.text(max_size=80), st.text(max_size=80))
def test_cleaning_ends_and_leaves_something(title: str, text: str) -> None:
    """Cleaned twice is cleaned once, and only nothing becomes nothing."""
    once = HEADLINES.clean(title, outlet=QUAY, text=text)
    assert HEADLINES.clean(once, outlet=QUAY, text=text) == once
    assert bool(once) == bool(title.strip())
