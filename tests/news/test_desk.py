"""The front door: what people send is read or refused in one line, and stays theirs alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from newsroom import NOW, Newsroom, WordEncoder

from news.desk import Desk, Unreadable
from news.ingest import MAX_FILE_BYTES
from news.topics import Topics
from summarizer.pipeline import Summarizer

TEXT = (
    "The council of Varnes agreed on Tuesday to rebuild the northern quay for 12 million crowns. "
    "Work begins in March and ends before the ferry season of the following year. "
    "The opposition wanted a cheaper plan and left the hall before the vote was taken. "
    "Shopkeepers near the harbour hope that the noise will be over before the summer comes."
)


@pytest.fixture
def desk(newsroom: Newsroom, topics: Topics) -> Desk:
    """A desk over an empty store."""
    return Desk(newsroom.store, Summarizer(WordEncoder()), newsroom.ingest, topics)


def test_a_pasted_text_is_summarised_and_stays_private(newsroom: Newsroom, desk: Desk) -> None:
    """Sentences of the text itself, and nothing for anyone else's news."""
    digest = desk.read_text(TEXT, now=NOW)
    assert digest.points
    assert all(point.text in TEXT for point in digest.points)
    assert newsroom.group() == 0
    assert not desk.ask("northern quay", now=NOW).answered
    assert desk.stories(now=NOW, since=timedelta(days=1)) == []
    again = desk.read(digest.article_ids[0], now=NOW)
    assert again.points == digest.points


def test_sent_files_are_read(desk: Desk) -> None:
    """Text and pages are; what cannot be is refused in one line."""
    assert desk.read_file("note.txt", TEXT.encode(), now=NOW).points
    page = f"<html><title>Quay</title><body><article><p>{TEXT}</p></article></body></html>"
    assert desk.read_file("page.HTML", page.encode(), now=NOW).points


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", b" \n\t ", "is empty"),
        ("a.xls", b"\xd0\xcf", "is none"),
        ("a.pdf", b"%PDF-1.4", "damaged"),
        ("a.txt", b"x " * (MAX_FILE_BYTES // 2 + 1), "too big"),
        ("a.html", b"<html><body></body></html>", "no article"),
        ("a.txt", b"too short", "no article text|too short"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(
    desk: Desk, name: str, body: bytes, told: str
) -> None:
    """Each bad file has its reason."""
    with pytest.raises(Unreadable, match=told) as error:
        desk.read_file(name, body, now=NOW)
    assert "\n" not in str(error.value)


def test_a_chat_reads_no_files_of_this_machine(desk: Desk, tmp_path: Path) -> None:
    """A path is no link, however it is written."""
    secret = tmp_path / "secret.txt"
    secret.write_text(TEXT)
    for what in (str(secret), secret.as_uri(), f" {secret}", "~/.env", ""):
        with pytest.raises(Unreadable, match="links that begin with"):
            desk.read_link(what, now=NOW)
    assert desk.read(str(secret), now=NOW).points


def test_a_dead_link_is_told_in_one_line(desk: Desk) -> None:
    """The reason is the fetcher's."""
    with pytest.raises(Unreadable) as error:
        desk.read_link("http://127.0.0.1:9/page", now=NOW)
    assert "\n" not in str(error.value)


def test_a_story_is_told_at_three_lengths(newsroom: Newsroom, desk: Desk) -> None:
    """Longer means more sentences; an unknown story is none."""
    newsroom.tell("Quay to be rebuilt", TEXT)
    newsroom.group()
    (story,) = desk.stories(now=NOW, since=timedelta(days=1))
    counts = []
    for length in ("short", "medium", "long"):
        told = desk.story(story.id, now=NOW, length=length)
        assert told is not None
        counts.append(len(told.digest.points))
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]
    assert desk.story(999, now=NOW) is None


def test_a_brief_looks_back_as_far_as_it_is_asked_to(newsroom: Newsroom, desk: Desk) -> None:
    """`since` counts back from now; the edge belongs to the brief."""
    newsroom.tell("Quay to be rebuilt", TEXT, at=NOW - timedelta(hours=24))
    newsroom.group()
    assert len(desk.brief(now=NOW).entries) == 1
    assert desk.brief(now=NOW, since=timedelta(hours=23)).entries == ()
    assert desk.write(desk.brief(now=NOW).entries[0].digest, now=NOW, stop=lambda: False) is None


def test_an_article_that_is_not_there_is_told(desk: Desk) -> None:
    """An id of nothing is one line."""
    with pytest.raises(Unreadable, match="no article"):
        desk.article("0123456789ab", now=NOW)
