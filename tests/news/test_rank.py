"""A story's weight is the sum of parts that each say what they were counted from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from newsroom import NOW

from config.editorial import load_severity
from news.model import Article, Importance, Outlet, Story
from news.rank import WEIGHTS, importance
from news.severity import Severity, SeverityWords

HOUR = timedelta(hours=1)
WORDS = SeverityWords.from_tables(load_severity())


def article(number: int, *, title: str = "Quay opens", text: str = "The quay opened.", hours: float = 1, outlet: str = "", country: str | None = None, copy_of: str | None = None) -> Article:  # fmt: skip  # noqa: E501
    """An article of an outlet of its own, unless one is named."""
    name = outlet or f"Outlet {number}"
    return Article(
        id=f"{number:012x}",
        number=number,
        url=None,
        title=title,
        text=text,
        outlet=Outlet(name=name, host=f"{name}.example", country=country),
        language="en",
        author=None,
        published_at=NOW - hours * HOUR,
        fetched_at=NOW - hours * HOUR,
        content_hash=str(number),
        copy_of=copy_of,
    )


def weigh(*articles: Article, topic: float = 0.0, severity: Severity | None = None) -> Importance:
    """Weigh a story of these articles over the last day."""
    times = [one.published_at for one in articles] or [NOW]
    story = Story(
        id=1, title="Quay opens", first_at=min(times), last_at=max(times), changed_at=NOW,
        articles=len(articles), revision=1,
    )  # fmt: skip
    return importance(
        story, articles, now=NOW, since=NOW - 24 * HOUR,
        severity=severity or WORDS.of(articles), topic=topic, topics=["Trade"] if topic else [],
    )  # fmt: skip


def test_no_number_stands_without_its_parts() -> None:
    """The parts add up to the total, and every part says what it was counted from."""
    found = weigh(article(1), article(2, title="Ferry shelled, nine killed"), topic=0.5)
    assert found.total == pytest.approx(sum(found.parts.values()), abs=0.01)
    assert set(found.parts) == set(found.because) == set(WEIGHTS)
    assert all(found.because.values())
    assert "shelled" in found.because["severity"]
    assert found.because["topic"] == "fits Trade"


def test_copies_and_one_outlet_twice_add_no_voice() -> None:
    """Independent voices count, not articles; who copied is told."""
    one = article(1)
    alone = weigh(one)
    copied = weigh(one, article(2, copy_of=one.id), article(3, outlet="Outlet 1"))
    assert copied.parts["voices"] == alone.parts["voices"]
    assert "copied by 1 other outlet" in copied.because["voices"]
    assert weigh(one, article(2)).parts["voices"] > alone.parts["voices"]


def test_voices_of_several_countries_weigh_more() -> None:
    """The same number of voices from one country weighs less."""
    near = weigh(article(1, country="NO"), article(2, country="NO"))
    far = weigh(article(1, country="NO"), article(2, country="PE"))
    assert near.parts["countries"] == 0
    assert far.parts["countries"] > 0
    assert far.because["countries"] == "published in NO, PE"


def test_fresh_and_growing_stories_weigh_more() -> None:
    """What is told now counts more than what was, and more so where it was little before."""
    old, new = weigh(article(1, hours=20)), weigh(article(1, hours=1))
    assert new.parts["recency"] > old.parts["recency"]
    assert new.parts["growth"] > old.parts["growth"] == 0
    swelling = weigh(article(1, hours=20), *(article(n, hours=1) for n in range(2, 6)))
    fading = weigh(article(9, hours=1), *(article(n, hours=20) for n in range(2, 6)))
    assert swelling.parts["growth"] > fading.parts["growth"]


@pytest.mark.parametrize(
    ("graver", "lighter"),
    [
        ("Air strikes kill dozens in Alvik", "Alvik parliament votes on budget"),
        ("Alvik sinks into civil war", "Alvik opens a new quay"),
        ("Soldiers shell the port of Alvik", "Singer shells out for new album"),
        ("Nine dead in Alvik ferry fire", "Alvik author dies at 91"),
        ("Troops mass near Alvik", "Pitch invasion ends Alvik cup final"),
        ("Alvik talks on sanctions fail", "Alvik wins the champions league"),
    ],
)
def test_words_tell_how_grave_an_event_is(graver: str, lighter: str) -> None:
    """War weighs more than deaths, deaths more than politics; sport and figures of speech less."""
    heavy = weigh(article(1, title=graver)).parts
    light = weigh(article(1, title=lighter)).parts
    assert heavy["severity"] + heavy["lightness"] > light["severity"] + light["lightness"]


def test_one_grave_word_far_down_is_background() -> None:
    """A word in the text alone weighs less than in the headline, and least where others are."""
    down = weigh(article(1, text="The mayor spoke. He was once shot at in a war."))
    up = weigh(article(1, title="War comes to the quay"))
    assert 0 < down.parts["severity"] < up.parts["severity"]
    among = weigh(article(1, title="War comes to the quay"), *(article(n) for n in range(2, 9)))
    assert among.parts["severity"] < up.parts["severity"]


def test_a_death_in_war_is_no_sport() -> None:
    """What is grave takes its lightness from a story."""
    found = weigh(article(1, title="Footballer killed as air strikes and shelling hit stadium"))
    assert found.parts["lightness"] > -0.5
    assert weigh(article(1, title="Footballer scores a hat-trick")).parts["lightness"] < -1


@pytest.mark.parametrize(
    "title",
    ["Counting shells, and why the totals do not match", "Nine villages lie in ashes",
     "The open road to the border", "A truck and its trailer burn on the bridge"],
)  # fmt: skip
def test_common_words_are_no_sport_and_no_stage(title: str) -> None:
    """A word that sport borrowed makes nothing light; what only sport says does."""
    assert weigh(article(1, title=title, text="")).parts["lightness"] == 0
    assert weigh(article(1, title="Striker scores twice in cup match")).parts["lightness"] < 0


def test_texts_that_are_gone_are_weighed_by_their_headlines() -> None:
    """Aged articles keep a title; a story of none is no error."""
    assert weigh(replace(article(1, title="Nine killed at quay"), text="")).parts["severity"] > 0
    assert weigh().total >= 0
