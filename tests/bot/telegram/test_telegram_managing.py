"""Subscriptions, settings, rights and standing in a running chat."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from telegram_running import (
    ADMIN_OF_BOT,
    CHANNEL,
    FORUM,
    GROUP,
    READER,
    ROBIN,
    Talk,
    labels,
    talking,
)

from bot.preview import users
from bot.telegram import pages, texts
from bot.telegram.views import Reader
from news.model import Outlet


async def test_subscribe_in_one_line(talk: Talk) -> None:
    """Topics and hour in words; the confirmation names the next delivery in local time."""
    sent = await talk.ask("/subscribe ukraine, middle east 07:30")
    assert "War in Ukraine, middle east, every day at 07:30" in sent["text"]
    assert "Sat 19 Feb 2022, 07:30 EET" in sent["text"]
    (made,) = talk.store.subscriptions.of_chat(READER)
    assert made.topics == ("ukraine", "middle east")
    assert made.next_due_at == datetime(2022, 2, 19, 5, 30, tzinfo=UTC)
    removed = await talk.press(sent, "Remove")
    assert removed["text"] == "Unsubscribed."
    assert talk.store.subscriptions.of_chat(READER) == []


async def test_subscribe_by_buttons(talk: Talk) -> None:
    """Topics come a page at a time, then hours, then the confirmation, in one message."""
    sent = await talk.ask("/subscribe")
    assert labels(sent)[0] == "War in Ukraine"
    await talk.press(sent, "More topics (1/2)")
    chat = talk.world.chat(READER)

    def second_page() -> bool:
        now = talk.world.message(chat, sent["message_id"])
        return now is not None and "Region 8" in labels(now.body)

    await talk.until(second_page)
    await talk.press(sent, "Everything")
    await talk.shows(sent, "at what time?")
    await talk.press(sent, "18:00")
    await talk.shows(sent, "Everything, every day at 18:00")
    (made,) = talk.store.subscriptions.of_chat(READER)
    assert (made.topics, made.local_time) == ((), "18:00")


async def test_subscriptions_are_listed_and_removed(talk: Talk) -> None:
    """The list has a button for each; /unsubscribe takes a topic or all."""
    assert (await talk.ask("/subscriptions"))["text"] == texts.NO_SUBSCRIPTIONS
    for words in ("ukraine 07:30", "grain 08:00", "nato 09:00", "21:00"):
        await talk.ask(f"/subscribe {words}")
    sent = await talk.ask("/subscriptions")
    assert "daily at 07:30, Europe/Helsinki · next Sat 19 Feb 2022, 07:30 EET" in sent["text"]
    await talk.press(sent, "Remove 2")
    await talk.until(lambda: len(talk.store.subscriptions.of_chat(READER)) == 3)
    assert (await talk.ask("/unsubscribe War in Ukraine"))["text"] == "Unsubscribed."
    assert (await talk.ask("/unsubscribe chess"))["text"] == texts.NO_SUCH_SUBSCRIPTION
    assert (await talk.ask("/unsubscribe all"))["text"] == "Removed 2 subscriptions."


async def test_one_topic_of_several_goes_alone(talk: Talk) -> None:
    """The other topics of a subscription stay, and the answer names them."""
    await talk.ask("/subscribe ukraine, grain 07:30")
    sent = await talk.ask("/unsubscribe ukraine")
    assert sent["text"] == "No more ukraine. You still get: Grain trade."
    (left,) = talk.store.subscriptions.of_chat(READER)
    assert left.topics == ("grain",)


async def test_zone_moves_the_subscriptions(talk: Talk) -> None:
    """The hour stays the reader's when they move."""
    await talk.ask("/subscribe ukraine 07:30")
    assert "Europe/Helsinki" in (await talk.ask("/timezone"))["text"]
    sent = await talk.ask("/timezone tokyo")
    assert "Asia/Tokyo" in sent["text"]
    assert "Sat 19 Feb 2022, 07:30 JST" in sent["text"]
    (moved,) = talk.store.subscriptions.of_chat(READER)
    assert moved.next_due_at == datetime(2022, 2, 18, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/timezone Mars/Base", "I know no time zone"),
        ("/subscribe 25:70", "is not a time of day"),
        ("/nonsense", texts.UNKNOWN_COMMAND),
        ("/topic", texts.WHICH_TOPIC),
        ("/topic ?!", texts.WHICH_TOPIC),
        ("\N{GRINNING FACE}", texts.WHICH_TOPIC),
        ("/", texts.WHICH_TOPIC),
        ("/unsubscribe x", texts.NO_SUBSCRIPTIONS),
        ("/summary ferry strike", texts.TOO_LITTLE),
    ],
)
async def test_mistakes_get_one_line(talk: Talk, text: str, shown: str) -> None:
    """A wrong word is answered with what to do, in one line."""
    sent = await talk.ask(text)
    assert shown in sent["text"]
    assert "\n" not in sent["text"]


async def test_settings_change_the_length(talk: Talk) -> None:
    """The page shows what is set and changes it in place."""
    sent = await talk.ask("/settings")
    assert "Medium ✓" in labels(sent)
    await talk.press(sent, "Long")
    await talk.shows(sent, "Length: long")
    kept = talk.store.chats.get(READER)
    assert kept is not None
    assert kept.length == "long"


async def test_forget_asks_and_deletes(talk: Talk) -> None:
    """Nothing about the chat is left once someone has said so twice."""
    await talk.ask("/subscribe ukraine 07:30")
    kept = await talk.ask("/forget")
    await talk.press(kept, "Keep it")
    await talk.shows(kept, texts.KEPT)
    sent = await talk.ask("/forget")
    await talk.press(sent, "Yes, delete it")
    await talk.shows(sent, "is deleted")
    assert talk.store.chats.get(READER) is None
    assert talk.store.subscriptions.of_chat(READER) == []
    assert (await talk.ask("/forget"))["text"] == texts.NOTHING_KEPT


async def test_pages_about_the_bot(talk: Talk) -> None:
    """Help names every command; about says what is kept; sources are listed."""
    assert "/subscribe ukraine, middle east 07:30" in (await talk.ask("/help"))["text"]
    assert "/forget deletes" in (await talk.ask("/about"))["text"]
    assert "No articles" in (await talk.ask("/sources"))["text"]
    menu = talk.world.commands_for(talk.world.chat(READER), READER)
    assert {"command": "subscribe", "description": "a daily brief at your hour"} in menu
    group = talk.world.commands_for(talk.world.chat(GROUP), ROBIN)
    assert "subscribe" not in [one["command"] for one in group]


async def test_only_group_admins_change_a_group(talk: Talk) -> None:
    """Others get one line and nothing happens; the group's and the bot's admins may."""
    refused = await talk.ask("/subscribe ukraine 07:30", chat_id=GROUP, user=ROBIN)
    assert refused["text"] == texts.ADMINS_ONLY
    shown = await talk.ask("/story 1", chat_id=GROUP, user=ROBIN)
    pressed = await talk.press(shown, "Follow", user=ROBIN, chat_id=GROUP)
    assert pressed["text"] == texts.ADMINS_ONLY
    assert talk.store.follows.of_chat(GROUP) == []
    assert talk.store.subscriptions.of_chat(GROUP) == []
    made = await talk.ask("/subscribe ukraine 07:30", chat_id=GROUP, user=READER)
    assert "every day at 07:30" in made["text"]


async def test_bot_admins_may_change_any_group(tmp_path: Path) -> None:
    """The operator's admins need not be the group's."""
    async with talking(tmp_path, admins=frozenset({ADMIN_OF_BOT})) as talk:
        made = await talk.ask("/subscribe nato 07:30", chat_id=GROUP, user=ADMIN_OF_BOT)
        assert "NATO, every day at 07:30" in made["text"]


async def test_forum_subscription_belongs_to_its_thread(talk: Talk) -> None:
    """The brief comes where it was ordered."""
    await talk.ask("/subscribe nato 07:30", chat_id=FORUM, user=READER, thread_id=9)
    assert [one.thread_id for one in talk.store.subscriptions.of_chat(FORUM)] == [9]


async def test_channel_is_set_up_by_its_posts(talk: Talk) -> None:
    """Who can post in a channel may subscribe it; its other posts are not answered."""
    talk.say("A long story about a ferry", chat_id=CHANNEL)
    sent = await talk.ask("/subscribe nato 07:30", chat_id=CHANNEL)
    assert "NATO, every day at 07:30" in sent["text"]
    assert talk.desk.asked == []
    (made,) = talk.store.subscriptions.of_chat(CHANNEL)
    assert made.topics == ("nato",)


async def test_private_bot_serves_its_list_alone(tmp_path: Path) -> None:
    """A stranger gets one line and leaves no trace; those allowed are served."""
    async with talking(tmp_path, allowed=frozenset({ROBIN})) as talk:
        assert (await talk.ask("/start"))["text"] == texts.PRIVATE_BOT
        assert (await talk.ask("ferry"))["text"] == texts.PRIVATE_BOT
        assert talk.store.chats.all() == []
        assert talk.desk.asked == []
        served = await talk.ask("/topic ferry", chat_id=GROUP, user=ROBIN)
        assert served["text"].startswith("Ferry talks")
        pressed = await talk.press(served, "Sources", user=READER, chat_id=GROUP)
        assert pressed["text"] == texts.PRIVATE_BOT


async def test_blocked_chat_is_paused_and_resumes(talk: Talk) -> None:
    """Preferences survive a block; /start serves again."""
    await talk.ask("/subscribe ukraine 07:30")
    chat = talk.world.chat(READER)
    person = users.speaker(chat, None)

    def paused() -> str | None:
        kept = talk.store.chats.get(READER)
        return kept.paused if kept else None

    users.set_bot_standing(talk.world, chat, "kicked", person)
    await talk.until(lambda: paused() == "blocked")
    users.set_bot_standing(talk.world, talk.world.chat(READER), "member", person)
    await talk.until(lambda: paused() is None)
    assert len(talk.store.subscriptions.of_chat(READER)) == 1


async def test_group_greets_pauses_and_moves(talk: Talk) -> None:
    """A group is greeted once, paused when the bot goes, and keeps all as a supergroup."""
    assert [one["text"] for one in talk.from_bot(GROUP)] == [texts.WELCOME_GROUP]
    await talk.ask("/subscribe ukraine 07:30", chat_id=GROUP, user=READER)
    chat = talk.world.chat(GROUP)
    person = users.speaker(chat, READER)
    users.set_bot_standing(talk.world, chat, "kicked", person)
    await talk.until(lambda: (kept := talk.store.chats.get(GROUP)) and kept.paused == "removed")
    users.set_bot_standing(talk.world, talk.world.chat(GROUP), "member", person)
    await talk.until(lambda: (kept := talk.store.chats.get(GROUP)) and not kept.paused)
    new_id = GROUP - 500
    moved = talk.world.post(talk.world.chat(GROUP), person, {"migrate_to_chat_id": new_id})
    talk.world.tell_bot("message", moved)
    await talk.until(lambda: talk.store.chats.get(new_id))
    assert talk.store.chats.get(GROUP) is None
    assert len(talk.store.subscriptions.of_chat(new_id)) == 1


async def test_feeds_and_their_health(talk: Talk) -> None:
    """Readers get the counts; the bot's admin also learns which feed fails and why."""
    assert (await talk.ask("/feeds"))["text"] == "I read no feeds here."
    now = datetime(2022, 2, 18, 12, tzinfo=UTC)
    feeds = talk.store.feeds
    for name in ("quay", "harbour"):
        link = f"https://{name}.example/feed"
        feeds.add(link, Outlet(name=name.title(), host=f"{name}.example"), confirmed=True, now=now)
    broken = next(feed for feed in feeds.all() if "quay" in feed.url)
    feeds.failed(broken, now=now, next_due_at=now, reason="the site has an error (HTTP 500)")
    told = (await talk.ask("/feeds"))["text"]
    assert "2, 0 well, 1 failing, 1 not read yet" in told
    assert "HTTP 500" not in told
    in_group = await talk.ask("/feeds", chat_id=GROUP, user=ADMIN_OF_BOT)
    assert "HTTP 500" not in in_group["text"]
    shown = pages.feeds_page(feeds.all(), Reader(now=now, zone="UTC"), details=True).text
    assert "Quay" in shown
    assert "failed once: the site has an error (HTTP 500)" in shown
    feeds.failed(
        broken, now=now, next_due_at=now, reason="gone", active=False, notice="turned off: <gone>"
    )
    off = pages.feeds_page(feeds.all(), Reader(now=now, zone="UTC"), details=True).text
    assert "turned off: &lt;gone&gt;" in off


async def test_a_long_list_of_dead_feeds_is_one_message(talk: Talk) -> None:
    """Without a network every feed fails: the first are named, the others counted."""
    now = datetime(2022, 2, 18, 12, tzinfo=UTC)
    feeds = talk.store.feeds
    for number in range(60):
        outlet = Outlet(name=f"Post {number}", host=f"post{number}.example")
        feeds.add(f"https://{outlet.host}/feed", outlet, confirmed=True, now=now)
    for feed in feeds.all():
        feeds.failed(feed, now=now, next_due_at=now, reason="the site's name was not found")
    shown = pages.feeds_page(feeds.all(), Reader(now=now, zone="UTC"), details=True).text
    assert shown.count("failed once") == pages.FEEDS_SHOWN
    assert f"and {60 - pages.FEEDS_SHOWN} more" in shown
    assert len(shown) < 4096
