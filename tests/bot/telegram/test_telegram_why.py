"""Why a story stands where it stands, in the chat."""

from __future__ import annotations

import pytest
from telegram_running import Talk, labels
from telegram_samples import story

from bot.telegram import weighing
from bot.telegram.markup import plain
from news.model import Importance, Weighed


async def test_every_part_is_shown(talk: Talk) -> None:
    """By command, by /why_1 and by the button under a story."""
    for words in ("/why 1", "/why_1"):
        sent = await talk.ask(words)
        assert "+1.5 Who tells it: 2 independent voices: Wire & Post" in sent["text"]
        assert "fits <grain>" in sent["text"]
        assert "2.0 points" in sent["text"]
    shown = await talk.ask("/story 1")
    assert "Why" in labels(shown)
    pressed = await talk.press(shown, "Why")
    assert pressed is not None
    why = await talk.until(
        lambda: [one for one in talk.from_bot() if "2.0 points" in one["text"]][2:]
    )
    assert labels(why[0]) == ["The story"]


@pytest.mark.parametrize(
    ("words", "said"),
    [("/why", "Like this"), ("/why it", "Like this"), ("/why 7", "no longer"), ("/why ٣", "Like")],
)
async def test_an_unknown_story_is_one_line(talk: Talk, words: str, said: str) -> None:
    """No number, no story, no traceback."""
    sent = await talk.ask(words)
    assert said in sent["text"]
    assert "\n" not in sent["text"]


async def test_a_story_off_the_topics_says_so(talk: Talk) -> None:
    """A chat that subscribes to something else learns why its briefs leave the story out."""
    await talk.ask("/subscribe ukraine 07:30")
    assert "off the topics" in (await talk.ask("/why 1"))["text"]
    await talk.ask("/subscribe everything 08:30")
    assert "off the topics" not in (await talk.ask("/why 1"))["text"]


def test_nothing_of_it_is_markup() -> None:
    """Titles and reasons are data."""
    importance = Importance(total=1.0, parts={"voices": 1.0, "odd": 0.0}, because={"voices": "<b>"})
    text = weighing.why(Weighed(story=story(title="A <i> story"), importance=importance)).text
    assert "A <i> story" in plain(text)
    assert "+1.0 Who tells it: <b>" in plain(text)
    assert "+0.0 odd" in plain(text)
