"""Questions, stories, sources and summaries in a running chat."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from telegram_running import FORUM, GROUP, READER, ROBIN, Talk, labels, talking
from telegram_samples import NOW, digest, story

from bot.telegram import texts, views


async def test_start_welcomes_with_buttons(talk: Talk) -> None:
    """A newcomer reads what the bot does, sees news, and can tap instead of typing."""
    sent = await talk.ask("/start")
    assert "I read world news for you" in sent["text"]
    assert "/story_1" in sent["text"]
    assert labels(sent) == ["Today's brief", "Latest", "Subscribe", "Help"]
    assert talk.store.chats.get(READER) is not None


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("topic_ferry_strike", "Ferry talks <resume>"),
        ("story_1", "A strike was put off"),
        ("subscribe_ukraine__middle_east_0615", "War in Ukraine, middle east, every day at 06:15"),
        ("nonsense", "I read world news"),
    ],
)
async def test_deep_links_do_what_they_name(talk: Talk, link: str, shown: str) -> None:
    """A link into the bot may ask, open a story or subscribe; an unknown one welcomes."""
    assert shown in (await talk.ask(f"/start {link}"))["text"]


async def test_words_are_a_question(talk: Talk) -> None:
    """Plain words are answered like /topic, with markers, facts and buttons."""
    sent = await talk.ask("what about the ferry?")
    assert "The ferry line met the union. [1]" in sent["text"]
    assert "18 Feb, 08:30 EET" in sent["text"]
    assert labels(sent)[:3] == ["Sources", "More", "Follow"]
    assert "reply_to_message" not in sent
    await talk.ask("/topic ferry strike")
    assert talk.desk.asked == ["what about the ferry?", "ferry strike"]


async def test_a_question_for_a_number_gets_the_figures_first(talk: Talk) -> None:
    """All values with their outlets stand above the sentences, as on the command line."""
    sent = await talk.ask("how many were on the ferry?")
    figures = "killed: 18 to 20 (Paper 1, 18 Feb), 12 (Paper 2, 18 Feb)"
    assert f"\n\n{figures}\n\nThe ferry line met the union. [1]" in sent["text"]


async def test_unknown_is_said_with_topics_to_try(talk: Talk) -> None:
    """What the sources do not hold is not made up."""
    sent = await talk.ask("grain and volcanoes")
    assert sent["text"].startswith("Not in my sources.")
    assert labels(sent) == ["Grain trade"]


async def test_sources_show_what_the_message_cites(talk: Talk) -> None:
    """The button quotes the message's own sentences, and the press is answered."""
    sent = await talk.ask("ferry")
    assert (await talk.press(sent, "Sources"))["answered"]
    shown = await talk.reply(sent)
    assert "[1] Harbour Post" in shown["text"]
    assert any(entity["type"] == "blockquote" for entity in shown["entities"])


async def test_more_is_longer_and_follow_toggles(talk: Talk) -> None:
    """A story can be read at length, followed and unfollowed; the label says which."""
    sent = await talk.ask("/story 1")
    assert (await talk.press(sent, "Follow"))["text"] == texts.FOLLOWING
    assert [follow.story_id for follow in talk.store.follows.of_chat(READER)] == [1]
    assert (await talk.press(sent, "Following ✓"))["text"] == texts.NOT_FOLLOWING
    assert talk.store.follows.of_chat(READER) == []
    await talk.press(sent, "More")
    assert "Three sentences." in (await talk.reply(sent))["text"]


async def test_a_button_of_a_merged_story_follows_what_it_became(talk: Talk) -> None:
    """A message outlives the number of its story: its button still follows and unfollows."""
    sent = await talk.ask("/story 1")
    old, into = replace(story(1), revision=1), replace(story(2), revision=3)
    with talk.store.database.write() as connection:
        for one in (old, into):
            if talk.store.stories.find(connection, one.id) is None:
                talk.store.stories.add(connection, one)
            talk.store.stories.change(connection, one)
        talk.store.corrections.merge(connection, old, into, NOW)
    assert (await talk.press(sent, "Follow"))["text"] == texts.FOLLOWING
    (follow,) = talk.store.follows.of_chat(READER)
    assert (follow.story_id, follow.revision) == (2, 3)
    assert talk.store.follows.moved(9) == []
    assert (await talk.press(sent, "Following ✓"))["text"] == texts.NOT_FOLLOWING
    assert talk.store.follows.of_chat(READER) == []


async def test_story_numbers_are_checked(talk: Talk) -> None:
    """A number that is none, or of no story, is answered in a line."""
    assert (await talk.ask("/story_99"))["text"] == texts.STORY_GONE
    assert (await talk.ask("/story twelve"))["text"] == texts.WHICH_STORY
    assert (await talk.ask("/story_1"))["text"].startswith("Ferry talks")


async def test_latest_and_brief(talk: Talk) -> None:
    """The top stories have numbers to tap; a brief may be about words."""
    latest = await talk.ask("/latest")
    assert "1. Ferry talks <resume>" in latest["text"]
    await talk.press(latest, "1")
    assert "The ferry line met the union." in (await talk.reply(latest))["text"]
    assert "War in Ukraine" in (await talk.ask("/brief ukraine"))["text"]
    assert "Nothing new about Grain trade" in (await talk.ask("/brief grain"))["text"]


async def test_a_brief_on_request_counts_as_told(talk: Talk) -> None:
    """What /brief showed is known when the chat subscribes; an empty one leaves nothing."""
    await talk.ask("/brief grain")
    assert talk.store.chats.get(READER) is None
    await talk.ask("/brief")
    await talk.ask("/subscribe 07:30")
    assert talk.store.briefs.told(READER) == {1: 2}


async def test_written_version_replaces_the_first_answer(tmp_path: Path) -> None:
    """Source sentences come at once and say that more is coming; the written text is edited in."""
    async with talking(tmp_path, can_write=lambda: True) as talk:
        sent = await talk.ask("ferry")
        assert views.WRITING in sent["text"]
        talk.writer.result = digest("The line and the union met.", written=True)
        talk.writer.gate.set()
        final = await talk.shows(sent, views.WRITTEN)
        assert "The line and the union met. [1]" in final["text"]
        assert views.WRITING not in final["text"]
        await talk.press(final, "Sources")
        assert "The line and the union met." in (await talk.reply(final))["text"]


@pytest.mark.parametrize("fails", [True, False])
async def test_first_answer_survives_the_writer(tmp_path: Path, fails: bool) -> None:
    """A writer that fails, or gives nothing, takes only the "writing" line away."""
    async with talking(tmp_path, can_write=lambda: True) as talk:
        sent = await talk.ask("ferry")
        talk.writer.fails = fails
        talk.writer.gate.set()
        final = await talk.shows(sent, views.VERBATIM)
        assert "The ferry line met the union. [1]" in final["text"]
        assert views.WRITING not in final["text"]


async def test_newer_request_stops_the_older_writing(tmp_path: Path) -> None:
    """Nobody waits for the first text once the second is asked for; buttons stop nothing."""
    async with talking(tmp_path, can_write=lambda: True) as talk:
        first = await talk.ask("ferry")
        await talk.press(first, "Sources")
        await talk.ask("/help")
        assert not talk.writer.stopped
        await talk.ask("another ferry")
        await talk.until(lambda: talk.writer.stopped)
        await talk.shows(first, views.VERBATIM)


async def test_other_chats_are_answered_while_one_waits(talk: Talk) -> None:
    """A slow question holds up its own chat alone."""
    slow = talk.say("slow ferry")
    await talk.until(lambda: talk.desk.asked)
    quick = await talk.ask("/topic ferry", chat_id=GROUP, user=ROBIN)
    assert quick["text"]
    assert not [one for one in talk.from_bot() if one["message_id"] > slow["message_id"]]
    assert talk.world.typing_for(READER) > 0
    talk.desk.slow.set()
    assert (await talk.reply(slow))["text"].startswith("Ferry talks")


async def test_links_are_read(talk: Talk) -> None:
    """A link alone, behind /summary, forwarded, or replied to, is summarised."""
    assert "The page says this." in (await talk.ask("https://a.example/page"))["text"]
    assert "The page says this." in (await talk.ask("/summary https://b.example/x"))["text"]
    forwarded = await talk.ask("Look: https://c.example/y", forward_from="Someone")
    assert "The page says this." in forwarded["text"]
    post = talk.say("https://d.example/z")
    await talk.reply(post)
    await talk.ask("/summary", reply_to=post["message_id"])
    assert [what for _, what in talk.desk.read] == [
        "https://a.example/page",
        "https://b.example/x",
        "https://c.example/y",
        "https://d.example/z",
        "https://d.example/z",
    ]
    assert (await talk.ask("/summary"))["text"] == texts.WHAT_TO_SUMMARISE


async def test_dead_link_is_one_line(talk: Talk) -> None:
    """A page that cannot be read is a sentence, not an error."""
    assert (await talk.ask("https://dead.example/"))["text"] == "The page cannot be reached."
    assert (await talk.ask("/summary too short"))["text"] == texts.TOO_LITTLE


async def test_long_text_in_many_messages_is_one(talk: Talk) -> None:
    """A paste of 20,000 characters, which clients cut into messages, gets one summary."""
    text = "The harbour was quiet that morning and the cranes stood still. " * 320
    sent = await talk.ask(text)
    assert "The text says this." in sent["text"]
    assert len(talk.desk.read) == 1
    assert len(talk.desk.read[0][1]) > 19_000


async def test_paragraphs_are_a_text(talk: Talk) -> None:
    """More than a few hundred characters are no question."""
    await talk.ask("A long paragraph about the harbour. " * 20)
    assert [kind for kind, _ in talk.desk.read] == ["text"]
    assert talk.desk.asked == []


@pytest.mark.parametrize(
    ("name", "mime", "content", "shown"),
    [
        ("notes.txt", "text/plain", b"words " * 50, "The file says this."),
        ("page.html", "text/html", b"<p>words", "The file says this."),
        ("notes", "text/plain; charset=utf-8", b"words", "The file says this."),
        ("blank.txt", "text/plain", b" \n ", texts.EMPTY_FILE),
        ("song.mp3", "audio/mpeg", b"abc", texts.FILE_KIND),
        ("big.txt", "text/plain", b"x" * (20 * 1024 * 1024 + 1), texts.FILE_TOO_BIG),
    ],
)
async def test_files(talk: Talk, name: str, mime: str, content: bytes, shown: str) -> None:
    """Text and HTML files are summarised; all others get one clear line."""
    assert shown in (await talk.reply(talk.send_file(name, content, mime=mime)))["text"]


async def test_groups_are_answered_when_they_address_the_bot(talk: Talk) -> None:
    """A mention or a reply is a question, other talk is none of the bot's business."""
    named = await talk.ask("@geobrief_preview_bot ferry?", chat_id=GROUP, user=ROBIN)
    assert named["text"].startswith("Ferry talks")
    assert named["reply_to_message"]["text"].endswith("ferry?")
    assert talk.desk.asked == ["ferry?"]
    await talk.ask("ferry again", chat_id=GROUP, user=ROBIN, reply_to=named["message_id"])
    assert talk.desk.asked[-1] == "ferry again"
    overheard = talk.say("is the ferry late?", chat_id=GROUP, user=ROBIN)
    assert await talk.silent(overheard)


async def test_answers_go_to_their_thread(talk: Talk) -> None:
    """In a forum the answer appears under the topic in which it was asked."""
    sent = await talk.ask("/topic ferry", chat_id=FORUM, user=ROBIN, thread_id=7)
    assert sent["message_thread_id"] == 7


@pytest.mark.parametrize("text", ["/help@other_news_bot", "/unknown_thing"])
async def test_commands_of_others_are_left_alone(talk: Talk, text: str) -> None:
    """In a group a command for another bot, or unknown to this one, is not answered."""
    assert await talk.silent(talk.say(text, chat_id=GROUP, user=ROBIN))


async def test_trouble_is_one_line(talk: Talk) -> None:
    """What nobody expected is said in a line, and the chat goes on."""
    talk.desk.broken = True
    assert (await talk.ask("ferry"))["text"] == texts.FAILED
    talk.desk.broken = False
    assert (await talk.ask("ferry"))["text"].startswith("Ferry talks")


async def test_old_buttons_are_answered(talk: Talk) -> None:
    """A button of another version gets a polite line instead of a spinning wheel."""
    sent = await talk.ask("/help")
    chat = talk.world.chat(READER)
    stale: dict[str, Any] = sent | {
        "reply_markup": {"inline_keyboard": [[{"text": "Old", "callback_data": "0:x"}]]}
    }
    talk.world.rewrite(chat, stale)
    found = await talk.press(stale, "Old")
    assert found["text"] == texts.OLD_BUTTON
    assert found["show_alert"]
