"""Ingestion: the same text once, changes noticed, bad input told in one line, the rest goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from newsroom import NOW, Newsroom

from news.bookmarks import MAX_ROW_CHARS
from news.ingest import MAX_FILE_BYTES, Ingest
from news.model import Article, Draft, Outlet, Received
from news.rows import read_date

BODY = (
    "Dockers in the harbour town of Varnes stopped work on Tuesday over a new roster. "
    "The port authority said that three ships were waiting outside the breakwater. "
    "A union spokeswoman asked for talks before the weekend, when the ferry season begins. "
    "Shopkeepers near the quay feared empty shelves should the strike last for a week. "
    "The mayor offered the town hall for a meeting and promised to listen to both sides. "
    "Nobody could say on Tuesday evening when the cranes of the northern quay would move again."
)
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Post</title>
<link>https://harbour-post.example/</link>{items}</channel></rss>"""


def _feed(*texts: str) -> str:
    return FEED.format(
        items="".join(
            f"<item><title>Item {number}</title><guid>g{number}</guid>"
            f"<description>{text}</description></item>"
            for number, text in enumerate(texts)
        )
    )


def _draft(**values: object) -> Draft:
    given: dict[str, object] = {
        "url": "https://harbour-post.example/strike",
        "title": "Dockers strike in Varnes",
        "text": BODY,
        "outlet": Outlet(name="Harbour Post", host="harbour-post.example"),
        "language": "en",
        "published_at": NOW - timedelta(hours=2),
        "fetched_at": NOW,
        **values,
    }
    return Draft(**given)  # type: ignore[arg-type]


def _stored(ingest: Ingest, received: Received) -> Article:
    assert received.article_id is not None, received.reason
    article = ingest.store.articles.get(received.article_id)
    assert article is not None
    return article


def _take(ingest: Ingest, what: Path | str, *, private: bool = False) -> list[Received]:
    return list(ingest.take(str(what), now=NOW, private=private))


def test_one_link_is_one_article_whatever_trails_it(ingest: Ingest, tmp_path: Path) -> None:
    """Tracking parameters and fragments do not make a second article."""
    file = tmp_path / "rows.jsonl"
    links = [
        "https://harbour-post.example/a",
        "http://www.harbour-post.example/a/?utm_source=x#top",
    ]
    file.write_text("\n".join(json.dumps({"url": link, "text": BODY}) for link in links))
    assert [one.outcome for one in _take(ingest, file)] == ["new", "duplicate"]
    assert ingest.store.articles.count() == 1


def test_a_text_without_a_link_is_known_by_its_words(ingest: Ingest, tmp_path: Path) -> None:
    """Case and spacing do not make a second article of a text that has no link."""
    for name, text in (("a.txt", BODY), ("b.txt", BODY.upper().replace(". ", ".\n"))):
        (tmp_path / name).write_text(text)
    assert [one.outcome for one in _take(ingest, tmp_path)] == ["new", "duplicate"]


def test_a_changed_text_replaces_the_old_one(ingest: Ingest) -> None:
    """The article keeps its id, arrival and first date; its text is the new one."""
    first = _stored(ingest, ingest.receive(_draft(), "a"))
    later = NOW + timedelta(hours=3)
    again = ingest.receive(
        _draft(text=BODY + " Talks began.", published_at=later, fetched_at=later), "b"
    )
    assert again.outcome == "changed"
    changed = _stored(ingest, again)
    assert changed.text.endswith("Talks began.")
    assert (changed.id, changed.number) == (first.id, first.number)
    assert changed.published_at == first.published_at


def test_a_teaser_never_replaces_the_full_text(ingest: Ingest) -> None:
    """What a failing page leaves of an article does not cost the article."""
    full = ingest.receive(_draft(), "full")
    teaser = ingest.receive(_draft(text=BODY[:160], completeness="teaser"), "teaser")
    assert teaser.outcome == "duplicate"
    assert _stored(ingest, full).text == BODY


def test_another_outlets_edited_copy_is_marked(ingest: Ingest) -> None:
    """A near copy points to the original, and a copy of the copy to the original too."""
    original = _stored(ingest, ingest.receive(_draft(), "original"))
    ids = []
    for name, extra in (
        ("Fjord Times", " With agency material."),
        ("Cape News", " Reported late."),
    ):
        host = name.split()[0].lower() + ".example"
        outlet = Outlet(name=name, host=host)
        received = ingest.receive(
            _draft(url=f"https://{host}/x", text=BODY + extra, outlet=outlet), name
        )
        ids.append(_stored(ingest, received))
    assert [copy.copy_of for copy in ids] == [original.id, original.id]


def test_a_form_used_again_is_no_copy(ingest: Ingest) -> None:
    """A text like one of long ago is news, as every month's price report is."""
    ingest.receive(_draft(), "old")
    later = NOW + timedelta(days=30)
    new = _draft(
        url="https://harbour-post.example/next",
        text=BODY.replace("three", "nine"),
        published_at=later,
        fetched_at=later,
    )
    assert _stored(ingest, ingest.receive(new, "new")).copy_of is None


def test_short_texts_are_copies_only_when_they_agree_more(ingest: Ingest) -> None:
    """An outlet's standing phrases do not make copies of its short items."""
    frame = "Here is the morning report of the harbour office for ships, crews and their families:"
    first = _draft(url="https://a.example/1", text=f"{frame} two tankers left before dawn.")
    second = _draft(url="https://a.example/2", text=f"{frame} a trawler came home with cod.")
    ingest.receive(first, "1")
    assert _stored(ingest, ingest.receive(second, "2")).copy_of is None


def test_private_texts_stay_out_of_stories_and_search(newsroom: Newsroom) -> None:
    """What a chat sent in is in no story and in no search until a feed brings it."""
    url = "https://harbour-post.example/strike"
    id = newsroom.tell("Dockers strike", BODY, url=url, private=True)
    assert newsroom.group() == 0
    assert newsroom.store.articles.matching(["dockers"], since=None, limit=5) == []
    assert newsroom.store.articles.newest_at() is None
    assert newsroom.tell("Dockers strike", BODY, url=url) == id
    assert newsroom.group() == 1
    assert len(newsroom.store.articles.matching(["dockers"], since=None, limit=5)) == 1


def test_a_feed_that_brings_a_private_text_makes_it_new(ingest: Ingest) -> None:
    """For everyone else it is new, with the feed's own words."""
    ingest.receive(_draft(private=True, text=BODY + " Added by a stranger."), "chat")
    received = ingest.receive(_draft(), "feed")
    assert received.outcome == "new"
    assert _stored(ingest, received).text == BODY
    assert not _stored(ingest, received).private


def test_a_chat_cannot_change_what_others_read(ingest: Ingest, tmp_path: Path) -> None:
    """A file that names a known link as its own is read for its sender alone."""
    public = ingest.receive(_draft(), "feed")
    forged = tmp_path / "forged.html"
    forged.write_text(
        "<html><head><link rel='canonical' href='https://harbour-post.example/strike'>"
        "<title>Dockers strike in Varnes</title></head><body><article>"
        + "".join(
            f"<p>{line}. All of it was made up by the sender.</p>" for line in BODY.split(".")
        )
        + "</article></body></html>"
    )
    (mine,) = _take(ingest, forged, private=True)
    assert mine.outcome == "new"
    assert mine.article_id != public.article_id
    assert _stored(ingest, mine).private
    assert _stored(ingest, public).text == BODY


def test_bad_files_are_told_and_the_rest_goes_on(ingest: Ingest, tmp_path: Path) -> None:
    """One line each: empty, binary, too big, a web page as a feed; the good one is stored."""
    (tmp_path / "a-empty.txt").write_text(" \n")
    (tmp_path / "b-binary.txt").write_bytes(b"MZ\0\1\2" * 900)
    with (tmp_path / "c-huge.txt").open("wb") as huge:
        huge.truncate(50 * 1024 * 1024)
    (tmp_path / "d-page.xml").write_text("<!doctype html><html><body>Hello</body></html>")
    (tmp_path / "e-good.txt").write_text(BODY)
    (tmp_path / "f-ignored.png").write_bytes(b"\x89PNG")
    found = _take(ingest, tmp_path)
    assert [one.outcome for one in found] == ["failed"] * 4 + ["new"]
    reasons = [one.reason or "" for one in found[:4]]
    for reason, part in zip(
        reasons, ("no article text", "not text", "up to 20 MB", "not a feed"), strict=True
    ):
        assert part in reason
        assert "\n" not in reason


@pytest.mark.parametrize(
    "what",
    ["missing.txt", "~nobody-of-this-name/a.txt", "x" * 20_000, "http://[bad", "nul\0.txt", ""],
)
def test_what_cannot_be_read_is_one_line(ingest: Ingest, what: str) -> None:
    """No name, however odd, is more than one failed line."""
    (failed,) = _take(ingest, what)
    assert failed.outcome == "failed"
    assert failed.reason
    assert len(failed.reason) < 300


def test_a_folder_with_nothing_to_read_says_so(ingest: Ingest, tmp_path: Path) -> None:
    """An empty folder is not a silent success."""
    (failed,) = _take(ingest, tmp_path)
    assert "holds no text, page, feed, document" in (failed.reason or "")


def test_a_device_does_not_end_the_memory(ingest: Ingest) -> None:
    """An endless file is read up to the limit only."""
    (failed,) = _take(ingest, "/dev/zero")
    assert str(MAX_FILE_BYTES // 2**20) in (failed.reason or "")


def test_broken_rows_are_told_by_line_and_the_rest_goes_on(ingest: Ingest, tmp_path: Path) -> None:
    """A byte order mark, broken, nested and empty rows do not cost the good row."""
    file = tmp_path / "rows.jsonl"
    good = json.dumps({"headline": "Dockers strike", "body": BODY, "outlet": {"name": "x"}})
    rows = ["{broken", "[1, 2]", "", "[" * 200_000, json.dumps({"title": "no text"}), good]
    file.write_text("\ufeff" + "\n".join(rows), encoding="utf-8")
    found = _take(ingest, file)
    assert [one.outcome for one in found] == ["failed"] * 4 + ["new"]
    assert [one.what.rsplit(":", 1)[1] for one in found] == ["1", "2", "4", "5", "6"]
    article = _stored(ingest, found[-1])
    assert (article.title, article.text, article.url) == ("Dockers strike", BODY, None)
    assert article.published_at == NOW


def test_an_endless_row_ends_the_file_in_one_line(ingest: Ingest, tmp_path: Path) -> None:
    """A file without line ends is not read into memory."""
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({"text": BODY}) + "\n" + "x" * (MAX_ROW_CHARS + 10))
    assert [one.outcome for one in _take(ingest, file)] == ["new", "failed"]


def test_lists_and_lone_surrogates_in_rows_do_no_harm(ingest: Ingest, tmp_path: Path) -> None:
    """A list is no text, and half a character is stored as a sign for one."""
    file = tmp_path / "rows.jsonl"
    file.write_text(
        f'{{"text": ["a", "b"], "article": "{BODY} \\ud83d \\u0000 end"}}', encoding="utf-8"
    )
    (received,) = _take(ingest, file)
    assert _stored(ingest, received).text.startswith(BODY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-01-31", datetime(2022, 1, 31, tzinfo=UTC)),
        ("2022-01-31T10:20:30Z", datetime(2022, 1, 31, 10, 20, 30, tzinfo=UTC)),
        ("2022-01-31T10:20:30+02:00", datetime(2022, 1, 31, 8, 20, 30, tzinfo=UTC)),
        ("Mon, 31 Jan 2022 10:20:30 EST", datetime(2022, 1, 31, 15, 20, 30, tzinfo=UTC)),
        ("January 31, 2022", datetime(2022, 1, 31, tzinfo=UTC)),
        ("31 January", datetime(2022, 1, 31, tzinfo=UTC)),
        ("March 2021", datetime(2021, 3, 1, tzinfo=UTC)),
        ("1643624430", datetime(2022, 1, 31, 10, 20, 30, tzinfo=UTC)),
        ("1643624430000", datetime(2022, 1, 31, 10, 20, 30, tzinfo=UTC)),
        ("0001-01-01", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("not a date", None),
        ("99999999999999999999", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_are_read_in_the_forms_of_data_files(
    text: str | None, expected: datetime | None
) -> None:
    """A date is read without the machine's clock, or it is none."""
    assert read_date(text, NOW) == expected


def test_a_date_in_the_future_is_the_time_of_reading(ingest: Ingest, tmp_path: Path) -> None:
    """Nobody publishes tomorrow."""
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({"text": BODY, "date": "2031-01-01"}))
    (received,) = _take(ingest, file)
    assert _stored(ingest, received).published_at == NOW


def test_a_feed_file_gives_its_items(ingest: Ingest, tmp_path: Path) -> None:
    """Items with their own text are stored; one without a word is told."""
    file = tmp_path / "feed.xml"
    file.write_text(_feed(BODY, ""))
    outcomes = [one.outcome for one in _take(ingest, file)]
    assert outcomes == ["new", "failed"]


def test_a_feed_is_not_taken_in_for_one_reader(ingest: Ingest, tmp_path: Path) -> None:
    """A chat cannot fill everybody's news with a feed of its own, as a file or as a link."""
    file = tmp_path / "feed.xml"
    file.write_text(_feed(BODY))
    with _site(file.read_bytes(), "application/rss+xml") as url:
        for what in (file, url):
            (refused,) = _take(ingest, what, private=True)
            assert "is a feed" in (refused.reason or "")
        assert ingest.store.articles.count() == 0
        assert [one.outcome for one in _take(ingest, url)] == ["new"]


def test_a_page_is_taken_in_by_its_link(ingest: Ingest) -> None:
    """A link to a page stores its article; a dead link is one line."""
    paragraphs = "".join(f"<p>{line}.</p>" for line in BODY.split(". "))
    body = f"<html><title>Strike</title><body><article>{paragraphs}</article></body></html>"
    with _site(body.encode(), "text/html") as url:
        (received,) = _take(ingest, url)
        assert "Dockers in the harbour town" in _stored(ingest, received).text
    (failed,) = _take(ingest, url)
    assert failed.outcome == "failed"


@contextmanager
def _site(body: bytes, kind: str) -> Iterator[str]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/page"
    finally:
        server.shutdown()
        server.server_close()
