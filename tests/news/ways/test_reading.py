"""All ways end in texts, files, links or drafts, or in one line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from papers_made import BODY, Web, docx, zipped

from news.outcome import Fetched, FetchFailed, NotModified
from news.outlets import Outlets
from news.ways.documents import DocumentReader
from news.ways.found import FoundFile, FoundLink, FoundText, Problem
from news.ways.kinds import Kind
from news.ways.reading import Ways

NOW = datetime(2022, 2, 20, 9, 0, tzinfo=UTC)
SITE = "https://harbour-post.example"


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    """One worker for the module."""
    with DocumentReader(time_limit=timedelta(seconds=60)) as opened:
        yield opened


def test_bytes_of_every_kind_are_read(reader: DocumentReader, tmp_path: Path) -> None:
    """A document is a text, an archive files, a sitemap links; other kinds are not of this part."""
    web = Web({})
    ways = Ways(web, reader, Outlets([]))
    sitemap = f"<urlset><url><loc>{SITE}/a</loc></url></urlset>".encode()
    archive = zipped({"a.html": b"<p>x</p>"})
    given: dict[Kind, bytes] = {"docx": docx([BODY]), "zip": archive, "sitemap": sitemap}
    found = {
        kind: list(ways.read(kind, body, what="x", url=f"{SITE}/map.xml", now=NOW) or ())
        for kind, body in given.items()
    }
    assert [type(one) for (one,) in found.values()] == [FoundText, FoundFile, FoundLink]
    assert web.asked == []
    others: tuple[Kind, ...] = ("page", "text", "feed", "opml", "jsonl", "unknown")
    for kind in others:
        assert ways.read(kind, b"x", what="x", url=SITE, now=NOW) is None
    (tmp_path / "a.zip").write_bytes(archive)
    assert [type(one) for one in ways.archive(tmp_path / "a.zip")] == [FoundFile]


def test_what_is_known_by_name_is_asked_for(reader: DocumentReader) -> None:
    """GDELT's articles come as links; its silence, its refusal and a dead line are told."""
    row = {"url": f"{SITE}/a", "title": "Strike", "seendate": "20220219T120000Z"}
    answers = [json.dumps({"articles": [row]}), "{}", "Too short.", None]
    kinds = []
    for answer in answers:

        def fetch(url: str, answer: str | None = answer) -> Fetched | NotModified | FetchFailed:
            return Web({} if answer is None else {url: answer})(url)

        (one,) = Ways(fetch, reader, Outlets([])).named("gdelt:strike", now=NOW) or [None]
        kinds.append(one.reason if isinstance(one, Problem) else type(one).__name__)
    assert kinds == [
        "FoundLink",
        "GDELT knows no article for this",
        "GDELT does not answer: Too short.",
        "there is no such page (HTTP 404)",
    ]


def test_names_that_need_no_fetch_are_told_at_once(reader: DocumentReader) -> None:
    """An invitation and an empty query ask nobody; a page's link is none of these."""
    web = Web({})
    ways = Ways(web, reader, Outlets([]))
    for what in ("https://t.me/+abc", "gdelt:"):
        (told,) = ways.named(what, now=NOW) or [None]
        assert isinstance(told, Problem)
    assert ways.named(f"{SITE}/a", now=NOW) is None
    assert web.asked == []
    (told,) = ways.named("@harbour_post", now=NOW) or [None]
    assert isinstance(told, Problem)
    assert web.asked == ["https://t.me/s/harbour_post"]


def test_who_asks_about_one_text_is_not_given_many(reader: DocumentReader) -> None:
    """A chat cannot send a site, an archive or a channel to be read; one message it can."""
    web = Web({})
    ways = Ways(web, reader, Outlets([]))
    for what in ("@harbour_post", "gdelt:strike"):
        (told,) = ways.named(what, now=NOW, single=True) or [None]
        assert isinstance(told, Problem)
        assert "many articles" in told.reason
    kinds: tuple[Kind, ...] = ("zip", "sitemap")
    for kind in kinds:
        (told,) = ways.read(kind, b"x", what="x", url=SITE, now=NOW, single=True) or [None]
        assert isinstance(told, Problem)
    assert web.asked == []
    (told,) = ways.named("https://t.me/harbour_post/5", now=NOW, single=True) or [None]
    assert isinstance(told, Problem)
    assert web.asked == ["https://t.me/s/harbour_post/5"]
