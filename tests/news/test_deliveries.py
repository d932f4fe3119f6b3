"""The ledger: a brief once per slot, each part once and in order, nothing lost at a restart."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from newsroom import NOW, Newsroom

from news.model import Evidence, Point
from news.served import Chat, Delivery, Follow, Subscription
from news.store import Store
from news.store.briefs import Booking, NextSlot

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
GROUP = -1_001_234_567_890


def _chat(id: int = 7, **values: str) -> Chat:
    return Chat(id=id, kind="private", title="Ada", created_at=NOW, **values)  # type: ignore[arg-type]


def _subscription(chat_id: int = 7, **values: object) -> Subscription:
    given: dict[str, object] = {
        "id": 0,
        "chat_id": chat_id,
        "thread_id": None,
        "topics": ("ukraine", "nato"),
        "local_time": "07:30",
        "zone": "UTC",
        "next_due_at": NOW,
        "created_at": NOW,
        **values,
    }
    return Subscription(**given)  # type: ignore[arg-type]


def _booking(slot: str = "slot 1", chat_id: int = 7, parts: int = 3, **values: object) -> Booking:
    given: dict[str, object] = {
        "slot": slot,
        "chat_id": chat_id,
        "thread_id": None,
        "messages": [(f"{slot} part {part}", None) for part in range(parts)],
        "told": {},
        "at": NOW,
        **values,
    }
    return Booking(**given)  # type: ignore[arg-type]


def _send_all(store: Store) -> list[str]:
    sent = []
    while (delivery := store.briefs.claim_next(NOW)) is not None:
        store.briefs.sent(delivery.id, 100 + delivery.id)
        sent.append(delivery.text)
    return sent


def _texts(*deliveries: Delivery | None) -> list[str | None]:
    return [one.text if one else None for one in deliveries]


def test_a_slot_is_served_once(store: Store) -> None:
    """The same slot is booked once ever, whoever tries again."""
    store.chats.meet(_chat())
    assert store.briefs.book(_booking())
    assert not store.briefs.book(_booking(parts=9))
    assert len(_send_all(store)) == 3
    assert not store.briefs.book(_booking())
    assert _send_all(store) == []


def test_booking_moves_the_subscription_on(store: Store) -> None:
    """The brief, its messages and the next due time are one transaction."""
    store.chats.meet(_chat())
    mine = store.subscriptions.add(_subscription())
    assert [one.id for one in store.subscriptions.claim_due(NOW, HOUR, 9)] == [mine.id]
    assert store.subscriptions.claim_due(NOW, HOUR, 9) == []
    then = NextSlot(subscription_id=mine.id, served_at=NOW, next_due_at=NOW + DAY)
    assert store.briefs.book(_booking(), then=then)
    (kept,) = store.subscriptions.of_chat(7)
    assert (kept.last_slot_at, kept.next_due_at) == (NOW, NOW + DAY)
    assert store.subscriptions.claim_due(NOW + DAY - HOUR, HOUR, 9) == []
    assert len(store.subscriptions.claim_due(NOW + DAY, HOUR, 9)) == 1
    assert store.briefs.last_at(7) == NOW


def test_a_claim_comes_back_when_its_holder_died(store: Store) -> None:
    """A lease ends, and a start of the only process ends it at once."""
    store.chats.meet(_chat())
    store.subscriptions.add(_subscription())
    assert len(store.subscriptions.claim_due(NOW, HOUR, 9)) == 1
    assert len(store.subscriptions.claim_due(NOW + HOUR, HOUR, 9)) == 1
    store.subscriptions.release_leases()
    assert len(store.subscriptions.claim_due(NOW + HOUR, HOUR, 9)) == 1


def test_an_hour_that_was_changed_meanwhile_stays_changed(store: Store) -> None:
    """A brief that was being composed does not undo what its reader set."""
    store.chats.meet(_chat())
    mine = store.subscriptions.add(_subscription())
    store.subscriptions.claim_due(NOW, HOUR, 9)
    moved = store.subscriptions.add(
        _subscription(topics=("NATO", "Ukraine"), local_time="18:00", next_due_at=NOW + 6 * HOUR)
    )
    assert moved.id == mine.id
    then = NextSlot(subscription_id=mine.id, served_at=NOW, next_due_at=NOW + DAY)
    assert store.briefs.book(_booking(), then=then)
    (kept,) = store.subscriptions.of_chat(7)
    assert (kept.local_time, kept.next_due_at) == ("18:00", NOW + 6 * HOUR)


def test_nothing_is_booked_for_who_has_gone(store: Store) -> None:
    """A subscription or chat that went while its brief was composed gets none."""
    store.chats.meet(_chat())
    mine = store.subscriptions.add(_subscription())
    then = NextSlot(subscription_id=mine.id, served_at=NOW, next_due_at=NOW + DAY)
    assert store.subscriptions.remove(7, [mine.id]) == 1
    assert not store.briefs.book(_booking(), then=then)
    store.chats.forget(7)
    assert not store.briefs.book(_booking())
    assert store.briefs.states() == {}


def test_parts_go_in_order_one_at_a_time(store: Store) -> None:
    """The next part waits until the one before is settled, whatever way."""
    store.chats.meet(_chat())
    store.briefs.book(_booking())
    first = store.briefs.claim_next(NOW)
    assert first is not None
    assert store.briefs.claim_next(NOW) is None
    store.briefs.retry(first.id, NOW + HOUR, "slow down")
    assert store.briefs.claim_next(NOW) is None
    again = store.briefs.claim_next(NOW + HOUR)
    assert again is not None
    assert (again.id, again.attempts) == (first.id, 2)
    store.briefs.unknown(first.id, "timed out")
    second = store.briefs.claim_next(NOW + HOUR)
    assert second is not None
    store.briefs.failed(second.id, "too long")
    third = store.briefs.claim_next(NOW + HOUR)
    assert _texts(first, second, third) == [f"slot 1 part {part}" for part in range(3)]


def test_one_chat_does_not_wait_for_another(store: Store) -> None:
    """Order holds within a chat; other chats go on meanwhile."""
    for id in (7, 8):
        store.chats.meet(_chat(id))
        store.briefs.book(_booking(f"slot {id}", id, 1))
    assert _texts(*(store.briefs.claim_next(NOW) for _ in range(3))) == [
        "slot 7 part 0",
        "slot 8 part 0",
        None,
    ]


@given(steps=st.lists(st.sampled_from(["claim", "sent", "retry", "restart"]), max_size=25))
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_restart_between_any_two_steps_loses_and_repeats_nothing(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    """Each part ends sent exactly once, or unknown when the program died while sending it."""
    path = tmp_path_factory.mktemp("ledger") / "news.db"
    store = Store(path)
    store.chats.meet(_chat())
    store.briefs.book(_booking())
    asked: list[int] = []
    in_hand: Delivery | None = None
    for step in [*steps, "restart"]:
        if step == "restart":
            store.close()
            store = Store(path)
            assert store.briefs.park_interrupted() == (in_hand is not None)
            assert not store.briefs.book(_booking())
            in_hand = None
        elif step == "claim" and in_hand is None:
            in_hand = store.briefs.claim_next(NOW)
        elif in_hand is not None and step == "sent":
            asked.append(in_hand.part)
            store.briefs.sent(in_hand.id, 1)
            in_hand = None
        elif in_hand is not None and step == "retry":
            store.briefs.retry(in_hand.id, NOW, "again")
            in_hand = None
    while (delivery := store.briefs.claim_next(NOW)) is not None:
        asked.append(delivery.part)
        store.briefs.sent(delivery.id, 1)
    states = store.briefs.states()
    assert asked == sorted(set(asked))
    assert states.get("sent", 0) == len(asked)
    assert states.get("sent", 0) + states.get("unknown", 0) == 3
    store.close()


def test_paused_chats_are_left_alone_and_come_back_without_old_news(store: Store) -> None:
    """Who blocked the bot gets nothing; who returns gets the next brief, not the stale one."""
    store.chats.meet(_chat(zone="Asia/Tehran"))
    store.subscriptions.add(_subscription())
    store.briefs.book(_booking())
    store.chats.set(7, paused="blocked")
    assert store.briefs.claim_next(NOW) is None
    assert store.subscriptions.claim_due(NOW + DAY, HOUR, 9) == []
    back = store.chats.meet(_chat())
    assert (back.paused, back.zone) == (None, "Asia/Tehran")
    assert store.briefs.claim_next(NOW + DAY) is None
    assert store.briefs.states() == {"failed": 3}
    assert len(store.subscriptions.claim_due(NOW + DAY, HOUR, 9)) == 1


def _furnish(room: Newsroom, chat_id: int) -> int:
    """Give a chat something of every kind, and a story's id."""
    text = "Dockers in the harbour town stopped work over a new roster."
    article = room.tell("Dockers strike", text)
    room.group()
    room.store.chats.meet(_chat(chat_id, zone="Asia/Tehran", length="long"))
    room.store.subscriptions.add(_subscription(chat_id, thread_id=4))
    room.store.follows.add(Follow(chat_id=chat_id, thread_id=None, story_id=1, revision=0))
    room.store.briefs.book(_booking("a slot", chat_id, told={1: 1}))
    source = Evidence(
        article_id=article, url=None, source="Post", sentence=text, start=0, end=len(text)
    )
    shown = Point(text=text, evidence=(source,), origin="source")
    room.store.showing.add(chat_id, None, [shown], NOW)
    return 1


@pytest.mark.parametrize("met_before", [False, True])
def test_a_group_that_moves_keeps_everything(newsroom: Newsroom, met_before: bool) -> None:
    """Subscriptions, follows, settings, what was told and what is on its way move along."""
    store = newsroom.store
    story = _furnish(newsroom, -5)
    if met_before:
        store.chats.meet(_chat(GROUP))
        store.follows.add(Follow(chat_id=GROUP, thread_id=None, story_id=story, revision=0))
    store.chats.move(-5, GROUP)
    store.chats.move(-5, GROUP)
    store.chats.move(GROUP, GROUP)
    assert store.chats.get(-5) is None
    chat = store.chats.get(GROUP)
    assert chat is not None
    assert (chat.zone, chat.length) == ("Asia/Tehran", "long")
    assert [one.thread_id for one in store.subscriptions.of_chat(GROUP)] == [4]
    assert [one.story_id for one in store.follows.of_chat(GROUP)] == [story]
    assert store.briefs.told(GROUP) == {story: 1}
    assert len(store.chats.export(GROUP)["shown"]) == 1
    assert len(_send_all(store)) == 3
    assert store.database.check() == []


def test_forgetting_leaves_nothing(newsroom: Newsroom) -> None:
    """All that is kept about a chat goes, and nothing of another chat."""
    store = newsroom.store
    _furnish(newsroom, 7)
    store.chats.meet(_chat(8))
    assert set(store.chats.export(7)) == {
        "chats",
        "subscriptions",
        "follows",
        "told",
        "shown",
        "briefs",
        "deliveries",
    }
    assert all(store.chats.export(7).values())
    gone = store.chats.forget(7)
    assert all(gone.values())
    assert not any(store.chats.export(7).values())
    assert [chat.id for chat in store.chats.all()] == [8]
    assert store.chats.forget(7) == dict.fromkeys(gone, 0)


def test_follows_are_told_when_the_story_moved(newsroom: Newsroom) -> None:
    """A follow is due when its story's revision passed the one told; a brief settles it too."""
    store = newsroom.store
    story = _furnish(newsroom, 7)
    assert store.follows.moved(9) == []
    newsroom.tell(
        "Dockers strike goes on", "Dockers in the harbour town go on striking over the roster.",
        outlet="Fjord Times",
    )  # fmt: skip
    newsroom.group()
    (follow,) = store.follows.moved(9)
    assert (follow.story_id, follow.revision) == (story, 1)
    store.briefs.book(_booking("another", told={story: 2}))
    assert store.follows.moved(9) == []
    assert store.briefs.told(7) == {story: 2}
    assert store.follows.remove(7, story)
    assert not store.follows.remove(7, story)


def test_the_same_topics_move_a_subscription(store: Store) -> None:
    """Another order or case is the same subscription; another thread is another."""
    store.chats.meet(_chat())
    store.subscriptions.add(_subscription())
    store.subscriptions.add(_subscription(topics=("NATO", "ukraine"), local_time="08:00"))
    store.subscriptions.add(_subscription(thread_id=9))
    assert [one.local_time for one in store.subscriptions.of_chat(7)] == ["08:00", "07:30"]


def test_a_subscription_of_another_chat_is_not_removed(store: Store) -> None:
    """An id from elsewhere does nothing."""
    for id in (7, 8):
        store.chats.meet(_chat(id))
        store.subscriptions.add(_subscription(id))
    assert store.subscriptions.remove(8, [one.id for one in store.subscriptions.of_chat(7)]) == 0
