"""Edited articles: every text kept up to a limit, changes told, citations point where they did."""

from __future__ import annotations

from datetime import timedelta

from newsroom import NOW, Newsroom

from news.edits import as_cited, changed_sentences
from news.model import Evidence
from news.store.articles import MOST_VERSIONS

URL = "https://harbour-post.example/quay"
FIRST = (
    "The council of Varnes agreed to rebuild the northern quay. Work begins in March. "
    "The opposition left the hall before the vote was taken."
)
SECOND = FIRST.replace("Work begins in March.", "Work begins in April.")


def _tell(room: Newsroom, text: str, hours: int) -> str:
    at = NOW + timedelta(hours=hours)
    return room.tell("Quay to be rebuilt", text, url=URL, fetched_at=at)


def test_an_edit_keeps_the_old_text(newsroom: Newsroom) -> None:
    """Both texts are there in order, under one id, with when each was read."""
    id = _tell(newsroom, FIRST, 0)
    assert _tell(newsroom, SECOND, 3) == id
    versions = newsroom.store.articles.versions(id)
    assert [one.text for one in versions] == [FIRST, SECOND]
    assert [one.version for one in versions] == [1, 2]
    assert versions[1].fetched_at - versions[0].fetched_at == timedelta(hours=3)
    assert newsroom.store.articles.edits(id) == 1
    assert newsroom.store.articles.versions("unknown") == []


def test_an_old_form_that_comes_back_is_no_edit(newsroom: Newsroom) -> None:
    """Two forms that take turns make two versions, however often they come."""
    id = _tell(newsroom, FIRST, 0)
    for hour in range(1, 9):
        _tell(newsroom, (FIRST, SECOND)[hour % 2], hour)
    assert len(newsroom.store.articles.versions(id)) == 2


def test_a_page_that_prints_the_time_stops_making_versions(newsroom: Newsroom) -> None:
    """Changes beyond the limit are counted and change nothing."""
    id = ""
    for number in range(MOST_VERSIONS + 6):
        id = _tell(newsroom, f"{FIRST} It is {number} o'clock.", number)
    versions = newsroom.store.articles.versions(id)
    assert len(versions) == MOST_VERSIONS
    assert versions[-1].text.endswith(f"{MOST_VERSIONS - 1} o'clock.")
    assert newsroom.store.articles.edits(id) == MOST_VERSIONS + 5


def test_changes_are_told_by_sentences() -> None:
    """What stayed is not told, nor what only moved or changed its spacing."""
    assert changed_sentences(FIRST, SECOND) == (
        ["Work begins in March."],
        ["Work begins in April."],
    )
    assert changed_sentences(FIRST, FIRST.replace(". ", ".\n\n")) == ([], [])
    first, second, third = changed_sentences("", FIRST)[1]
    assert changed_sentences(FIRST, f"{third} {first} {second}") == ([], [])
    assert changed_sentences(FIRST, "") == ([first, second, third], [])


def test_a_citation_is_shown_in_the_version_it_was_made_from(newsroom: Newsroom) -> None:
    """Offsets into a text that was edited since are not held against the new one."""
    id = _tell(newsroom, FIRST, 0)
    start = FIRST.index("The opposition")
    cited = Evidence(
        article_id=id, url=URL, source="Harbour Post", sentence=FIRST[start:], start=start,
        end=len(FIRST),
    )  # fmt: skip
    _tell(newsroom, "Late on Tuesday it came to pass. " + FIRST, 3)
    articles = newsroom.store.articles
    now = articles.get(id)
    assert now is not None
    then = as_cited(now, lambda: articles.versions(id), [cited])
    assert then.text[cited.start : cited.end] == cited.sentence
    assert then.content_hash != now.content_hash
    assert as_cited(now, lambda: articles.versions(id), []) == now
