"""Who says what in the chat: every claim with its outlet and a link, all of it escaped."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from telegram_running import READER as READER_CHAT
from telegram_running import Talk, labels
from telegram_samples import NOW, READER, entry, evidence, story, value

from bot.telegram import views, voicing
from bot.telegram.markup import plain
from bot.telegram.views import Status
from news.model import Changes, Count, Draft, FigureChange, Outlet
from news.receiving import identity_of
from news.voices import Alone, Fact, Said, Voices

STATE = Outlet(name="Lund <Courier>", host="lund.example", country="LT", ownership="state")


def some() -> Voices:
    """A fact, a count that differs, and what a state's outlet alone says."""
    one, two = evidence(1, "The ferry sails."), evidence(2, "The ferry is sailing.", source="Wire")
    post = Outlet(name="Harbour Post", host="harbour.example")
    return Voices(
        facts=(
            Fact(
                text=one.sentence,
                said=(Said(outlet=post, evidence=one), Said(outlet=post, evidence=two)),
                copied=("Echo",),
            ),
        ),
        counts=(
            Count(
                kind="killed",
                noun="",
                period="",
                told=(value("18 to 20", 1), value("12", 2)),
                earlier=(value("5", 3),),
                differs=True,
                voices=2,
            ),
        ),
        alone=(
            Alone(
                text="A <plot>.",
                said=Said(outlet=STATE, evidence=evidence(3, "A <plot>.")),
                state=True,
            ),
        ),
        voices=3,
        articles=4,
        outlets=("Harbour Post", "Wire", "Lund <Courier>"),
    )


def test_every_claim_is_shown_with_who_says_it() -> None:
    """Facts with quotes, figures side by side, the mark of a state outlet with its country."""
    message = voicing.voices(story(), some(), READER, {"LT": "Lithuania"}.__getitem__)
    text = plain(message.text)
    assert "3 independent voices, 4 texts" in text
    assert "killed: 18 to 20 (Paper 1, 18 Feb), 12 (Paper 2, 18 Feb) · they differ" in text
    assert "earlier: 5 (Paper 3" in text
    assert "only Lund <Courier>, state-owned, Lithuania" in text
    assert "in the same words: Echo" in text
    assert "<plot>" not in message.text


def test_a_story_with_nothing_to_compare_says_so() -> None:
    """One voice, no text left, nothing in common: each is one plain line."""
    bare = replace(some(), facts=(), counts=(), alone=())
    assert "No two say the same" in voicing.summary(bare)
    assert "nothing to compare" in voicing.summary(replace(bare, voices=1))
    assert "dropped for their age" in voicing.summary(replace(bare, articles=0))


async def test_the_button_and_the_command_show_it(talk: Talk) -> None:
    """A story offers who says what; /voices asks for a number, and says when it is unknown."""
    shown = await talk.reply(talk.say("/story 1"))
    assert "Who says what" in labels(shown)
    await talk.press(shown, "Who says what")
    await talk.until(lambda: next(
        (one for one in talk.from_bot() if "independent voices" in str(one.get("text"))), None
    ))  # fmt: skip
    assert "Of which story?" in (await talk.reply(talk.say("/voices")))["text"]
    assert "no longer here" in (await talk.reply(talk.say("/voices 77")))["text"]


def test_a_story_seen_before_begins_with_what_is_new() -> None:
    """What is new stands first, with figures that changed; nothing new is said as well."""
    point = entry().digest.points[0]
    figure = FigureChange(kind="killed", noun="", was=value("12", 1), now=value("18", 2))
    changes = Changes(since=NOW - timedelta(hours=2), points=(point,), figures=(figure,))
    shown = plain(views.story(replace(entry(), changes=changes), READER, Status()).text)
    assert "New since you saw it (18 Feb, 09:30" in shown
    assert "killed: was 12 (Paper 1, 18 Feb), now 18 (Paper 2, 18 Feb)" in shown
    none = replace(changes, points=(), figures=())
    shown = plain(views.story(replace(entry(), changes=none), READER, Status()).text)
    assert "Nothing new since you saw it" in shown
    lately = replace(none, since=NOW - timedelta(minutes=5))
    shown = plain(views.story(replace(entry(), changes=lately), READER, Status()).text)
    assert "since you saw it" not in shown


async def test_who_follows_a_story_is_held_to_know_it(talk: Talk) -> None:
    """A new chat's first answer leaves no trace; with Follow, what the story said is kept."""
    draft = Draft(
        url="https://harbour.example/a",
        title="Ferry talks",
        text="The ferry line met the union. A strike was put off for a week.",
        outlet=Outlet(name="Harbour Post", host="harbour.example"),
        published_at=NOW,
        fetched_at=NOW,
    )
    with talk.store.database.write() as connection:
        identity = replace(identity_of(draft), id=evidence(1, "").article_id)
        talk.store.articles.add(connection, draft, identity, None)
    shown = await talk.reply(talk.say("/story 1"))
    assert talk.store.chats.export(READER_CHAT)["shown"] == []
    await talk.press(shown, "Follow")
    await talk.until(lambda: talk.store.chats.export(READER_CHAT)["follows"])
    kept = talk.store.chats.export(READER_CHAT)["shown"]
    assert [row["sentence"] for row in kept] == ["The ferry line met the union."]
