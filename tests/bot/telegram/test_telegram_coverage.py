"""Who covers a story, in the chat: words, then a picture with words of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from telegram_running import Talk, labels
from telegram_samples import NOW, READER, coverage, story

from bot.drawing import alt_text
from bot.telegram import covering
from bot.telegram.markup import plain
from news.coverage import Row
from news.model import Outlet


async def test_words_and_a_picture(talk: Talk) -> None:
    """By command, by /coverage_1 and by the button; the picture says in words what it shows."""
    sent = await talk.ask("/coverage 1")
    assert "2 outlets in 2 countries, 2 independent voices, 3 articles (1 copy)" in sent["text"]
    assert labels(sent) == ["The story"]
    (picture,) = await talk.until(talk.pictures)
    assert "Picture: 2 outlets" in picture["caption"]
    assert picture["photo"][-1]["width"] == 1200
    await talk.ask("/coverage_1")
    await talk.until(lambda: len(talk.pictures()) == 2)
    shown = await talk.ask("/story 1")
    await talk.press(shown, "Coverage")
    await talk.until(lambda: len(talk.pictures()) == 3)


@pytest.mark.parametrize(
    ("words", "said"),
    [("/coverage", "Like this"), ("/coverage x", "Like this"), ("/coverage 7", "no longer")],
)
async def test_an_unknown_story_is_one_line(talk: Talk, words: str, said: str) -> None:
    """No number, no story, no picture."""
    sent = await talk.ask(words)
    assert said in sent["text"]
    assert "\n" not in sent["text"]
    assert talk.pictures() == []


async def test_a_story_whose_articles_are_gone_has_no_picture(talk: Talk) -> None:
    """Who was silent is still told."""
    sent = await talk.ask("/coverage 2")
    assert "No article of it is left." in sent["text"]
    assert "The Quay" in sent["text"]
    assert await talk.silent(sent | {"from": {"id": sent["chat"]["id"]}})
    assert talk.pictures() == []


def test_every_outlet_is_placed_and_escaped() -> None:
    """Country, owner, whom it copies, what it alone says, who is silent."""
    shown = plain(covering.coverage(coverage(), READER, {"FI": "Finland", "LT": "Lithuania"}.get).text)  # type: ignore[arg-type]  # fmt: skip  # noqa: E501
    assert "Finland 1, Lithuania 1" in shown
    assert "news agency 1, state 1" in shown
    assert "Lund <Courier> (Lithuania, state)" in shown
    assert "1 copy of Wire & Sons" in shown
    assert "A <plot>." in shown
    assert "only Lund <Courier>, state-owned, Lithuania" in shown
    assert "have nothing on it: The Quay (Finland, 4 texts on Finland)" in shown
    assert "1 other outlet read since has nothing either" in shown
    assert "2 outlets not read since: nothing is known of them" in shown


def test_what_states_alone_tell_is_said_plainly() -> None:
    """A story of states' outlets alone carries a warning; one without them says so."""
    only = replace(coverage(), state_only=True)
    assert "nobody independent confirms it" in covering.state_line(only)
    private = Row(outlet=Outlet(name="Quay", host="q.example"), own_at=(NOW,), copied_at=())
    assert covering.state_line(replace(coverage(), rows=(private,))) == "No state outlet tells it."
    assert "no claim was found" in covering.state_line(replace(coverage(), alone=()))


def test_a_long_list_is_cut_with_its_number() -> None:
    """Hundreds of outlets still make one message and one caption."""
    rows = tuple(
        Row(
            outlet=Outlet(name=f"Outlet {n}", host=f"o{n}.example"),
            own_at=(NOW - timedelta(hours=n),),
            copied_at=(),
        )
        for n in range(90)
    )
    found = replace(coverage(), rows=rows, story=story(1, title="<x>" * 200))
    lines = covering.who_tells(found, READER, str)
    assert lines[-1] == "and 78 more outlets"
    assert plain(covering.caption(found, alt_text(found, country=str))).startswith("<x>")
