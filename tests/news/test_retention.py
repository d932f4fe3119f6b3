"""Retention: texts leave once their story is summarised, the rest stays, the file is bounded."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from newsroom import NOW, Newsroom, WordEncoder

from news.digest import Digests, story_key
from news.model import Digest
from news.retention import EVERY, RECORDS, Retention
from news.served import Chat
from news.store.briefs import Booking
from news.store.tables import articles, bands, briefs, buckets, deliveries, told, versions
from summarizer.pipeline import Summarizer

KEEP = timedelta(days=30)
TEXT = (
    "The council of Varnes agreed on Tuesday to rebuild the northern quay for 12 million crowns. "
    "Work begins in March and ends before the ferry season of the following year. "
    "The opposition wanted a cheaper plan and left the hall before the vote was taken."
)


@pytest.fixture
def digests(newsroom: Newsroom) -> Digests:
    """Summaries by the word encoder."""
    return Digests(newsroom.store, Summarizer(WordEncoder()))


@pytest.fixture
def retention(newsroom: Newsroom, digests: Digests) -> Retention:
    """Texts are kept for thirty days."""
    return Retention(newsroom.store, digests, KEEP)


def _rows(room: Newsroom, table: sa.Table) -> int:
    with room.store.database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_an_old_text_goes_and_its_summary_stays(
    newsroom: Newsroom, retention: Retention, digests: Digests
) -> None:
    """Link, title, outlet and the story's summary are there; text, versions and sums are not."""
    url = "https://harbour-post.example/quay"
    id = newsroom.tell("Quay to be rebuilt", TEXT, url=url)
    newsroom.group()
    newsroom.tell("Quay to be rebuilt", TEXT + " Nobody was surprised by this.", url=url)
    newsroom.group()
    story_id = newsroom.story_of(id)
    assert story_id is not None
    later = NOW + KEEP + timedelta(days=1)
    assert retention.run(later).texts == 1
    article = newsroom.store.articles.get(id)
    assert article is not None
    assert (article.text, article.title, article.url) == ("", "Quay to be rebuilt", url)
    assert (_rows(newsroom, versions), _rows(newsroom, bands), _rows(newsroom, buckets)) == (
        0,
        0,
        0,
    )
    assert newsroom.store.articles.frequency("opposition") == 0
    digest = digests.extract([article], title="Quay", sentences=2, now=later)
    assert len(digest.points) == 2
    assert digest.points[0].evidence[0].sentence in TEXT
    assert retention.run(later).texts == 0
    assert newsroom.group(later) == 0


def test_only_what_was_read_long_ago_goes(newsroom: Newsroom, retention: Retention) -> None:
    """A story that goes on keeps its young texts, and an archive read today is young."""
    old = newsroom.tell("Quay to be rebuilt", TEXT)
    copied = newsroom.tell(
        "Quay to be rebuilt", TEXT, at=NOW + timedelta(days=5), outlet="Fjord Times"
    )
    newsroom.group()
    assert newsroom.story_of(old) == newsroom.story_of(copied)
    archive = newsroom.tell("Ash", TEXT[::-1], at=NOW - timedelta(days=900), fetched_at=NOW)
    newsroom.group()
    assert retention.run(NOW + KEEP - timedelta(days=1)).texts == 0
    assert retention.run(NOW + KEEP + timedelta(days=2)).texts == 2
    kept = {id: newsroom.store.articles.get(id) for id in (old, copied, archive)}
    assert [bool(found and found.text) for found in kept.values()] == [False, True, False]
    story_id = newsroom.story_of(old)
    assert story_id is not None
    assert newsroom.store.stories.digest(story_key(story_id)) is not None


def test_texts_that_wait_for_their_story_stay(newsroom: Newsroom, retention: Retention) -> None:
    """What has no story yet has no summary that could stand for it."""
    id = newsroom.tell("Quay to be rebuilt", TEXT)
    assert retention.run(NOW + 2 * KEEP).texts == 0
    found = newsroom.store.articles.get(id)
    assert found is not None
    assert found.text == TEXT


def test_private_texts_go_whole(newsroom: Newsroom, retention: Retention) -> None:
    """What a chat sent in leaves no row."""
    newsroom.tell("A letter", TEXT, private=True)
    assert retention.run(NOW + timedelta(days=2)).private == 0
    assert retention.run(NOW + 2 * KEEP).private == 1
    assert _rows(newsroom, articles) == 0


def test_for_ever_is_for_ever(newsroom: Newsroom, digests: Digests) -> None:
    """Without a limit no text goes."""
    newsroom.tell("Quay to be rebuilt", TEXT)
    newsroom.group()
    pruned = Retention(newsroom.store, digests, None).run(NOW + timedelta(days=4000))
    assert (pruned.texts, pruned.private) == (0, 0)


def test_records_past_their_use_go(newsroom: Newsroom, retention: Retention) -> None:
    """Old shown digests and settled briefs go; a story's summary and what waits stay."""
    store = newsroom.store
    for key in ("shown:abc", "0123", story_key(7)):
        store.stories.keep_digest(key, _digest(NOW))
    store.chats.meet(Chat(id=5, kind="private", title="Ada", created_at=NOW))
    newsroom.tell("Quay to be rebuilt", TEXT)
    newsroom.group()
    for number in range(4):
        store.briefs.book(
            Booking(
                slot=f"slot {number}",
                chat_id=5,
                thread_id=None,
                messages=[("text", None)],
                told={1: 1},
                at=NOW + timedelta(days=number),
            )
        )
    for _ in range(2):
        delivery = store.briefs.claim_next(NOW + timedelta(days=9))
        assert delivery is not None
        store.briefs.sent(delivery.id, 1)
    pruned = retention.run(NOW + RECORDS + timedelta(days=9))
    assert (pruned.digests, pruned.briefs) == (2, 2)
    assert store.stories.digest(story_key(7)) is not None
    assert (_rows(newsroom, briefs), _rows(newsroom, deliveries), _rows(newsroom, told)) == (
        2,
        2,
        0,
    )


def test_it_runs_once_a_day(newsroom: Newsroom, retention: Retention) -> None:
    """A restart or a second process does not repeat it."""
    assert retention.run_if_due(NOW) is not None
    assert retention.run_if_due(NOW + EVERY / 2) is None
    assert retention.run_if_due(NOW + EVERY) is not None


def test_the_file_stays_bounded_over_a_year(newsroom: Newsroom, retention: Retention) -> None:
    """After the first months it grows by no more than what stays of each article."""
    source = random.Random(3)
    sizes = []
    for day in range(365):
        at = NOW + timedelta(days=day)
        words = ["".join(source.choices("abdegiklmnorstu", k=7)) for _ in range(200)]
        text = ". ".join(" ".join(source.choices(words, k=12)).capitalize() for _ in range(60))
        newsroom.tell(f"Report {day} {words[0]}", text, at=at)
        if day % 5 == 4:
            newsroom.group(at)
        if day % 10 == 9:
            retention.run(at)
            sizes.append(newsroom.store.database.path.stat().st_size)
    # a title, a link, sums and a summary stay of each article, of some twenty kilobytes at first
    assert (sizes[-1] - sizes[8]) / 270 < 4000
    assert newsroom.store.database.check() == []


def _digest(at: datetime) -> Digest:
    return Digest(
        title="t",
        points=(),
        method="extract",
        model="words-64",
        article_ids=(),
        created_at=at,
        seconds=0.1,
    )
