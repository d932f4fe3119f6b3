"""Documents, mail and archives end in the same articles as pages and texts do."""

from __future__ import annotations

import zipfile
from pathlib import Path

from newsroom import NOW

from news.ingest import Ingest

BODY = (
    "The council of Varnes agreed on Tuesday to rebuild the northern quay for 12 million crowns. "
    "Work begins in March and ends before the ferry season of the following year. "
)


def test_a_mail_is_an_article(ingest: Ingest, tmp_path: Path) -> None:
    """Its subject is the title, its text the text."""
    path = tmp_path / "letter.eml"
    path.write_text(
        "From: Ane Lund <ane@harbour-post.example>\nSubject: Quay to be rebuilt\n"
        "Date: Wed, 16 Feb 2022 10:00:00 +0000\nContent-Type: text/plain; charset=utf-8\n\n" + BODY
    )
    (received,) = ingest.take(str(path), now=NOW)
    assert received.outcome == "new", received.reason
    article = ingest.store.articles.get(received.article_id or "")
    assert article is not None
    assert article.title == "Quay to be rebuilt"
    assert "12 million crowns" in article.text


def test_an_archive_gives_its_files(ingest: Ingest, tmp_path: Path) -> None:
    """Each text of a zip file is an article, one that is none is told."""
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("one.txt", BODY)
        pack.writestr("two.txt", "Ash from the volcano closed the airfield of Teral. " * 4)
        pack.writestr("empty.txt", " ")
    outcomes = [one.outcome for one in ingest.take(str(path), now=NOW)]
    assert sorted(outcomes) == ["failed", "new", "new"]


def test_a_broken_document_is_one_line(ingest: Ingest, tmp_path: Path) -> None:
    """A file that only begins like a document is told."""
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.4 and no more")
    (received,) = ingest.take(str(path), now=NOW)
    assert received.outcome == "failed"
    assert received.reason
    assert "\n" not in received.reason


def test_a_list_of_feeds_adds_them(ingest: Ingest, tmp_path: Path) -> None:
    """OPML is no article: its feeds join the store, each once; a broken list is one line."""
    path = tmp_path / "mine.opml"
    path.write_text(
        '<opml version="2.0"><body><outline text="Ports">'
        '<outline type="rss" text="Harbour" xmlUrl="https://harbour.example/feed"/>'
        "</outline></body></opml>"
    )
    assert [one.outcome for one in ingest.take(str(path), now=NOW)] == ["new"]
    assert [one.outcome for one in ingest.take(str(path), now=NOW)] == ["duplicate"]
    assert [feed.url for feed in ingest.store.feeds.all()] == ["https://harbour.example/feed"]
    path.write_text("<opml><body>")
    (received,) = ingest.take(str(path), now=NOW)
    assert received.outcome == "failed"
    assert ingest.store.articles.count() == 0
