"""What is named on the command line is recognised by its bytes, type and name."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from papers_made import BODY, docx, pdf, zipped

from news.ways.kinds import Kind, kind_of

LINK = "https://harbour-post.example"
URLSET = b'<?xml version="1.0"?>\n<!-- made -->\n<urlset xmlns="x"><url/></urlset>'
OPML = b'\xef\xbb\xbf<?xml version="1.0"?><opml version="2.0"><body/></opml>'
MAIL = b"Received: from a\r\n\tby b\r\nFrom: a@b.example\r\nSubject: x\r\n\r\nHello"
ROW = b'{"title": "x", "text": "y"}\n{"title": "z"}\n'
HTML = b"<!-- x -->\n<!DOCTYPE html>\n<html><body>rss</body></html>"


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("@harbour_post", "telegram"),
        ("https://t.me/harbour_post/5", "telegram"),
        ("https://t.me/+abcdef", "telegram"),
        ("gdelt:ferry strike", "gdelt"),
        (f"{LINK}/robots.txt", "sitemap"),
        (f"{LINK}/news-sitemap.xml.gz", "sitemap"),
        (f"{LINK}/a/report.PDF?x=1", "pdf"),
        (f"{LINK}/feed.xml", "feed"),
        (f"{LINK}/2022/strike", "page"),
        ("report.docx", "docx"),
        ("mail.eml", "eml"),
        ("pages.zip", "zip"),
        ("rows.ndjson", "jsonl"),
        ("feeds.opml", "opml"),
        ("note.md", "text"),
        ("picture.png", "unknown"),
        ("", "unknown"),
        ("nul\0", "unknown"),
        ("http://[bad", "page"),
    ],
)
def test_names_alone_promise_a_kind(what: str, kind: Kind) -> None:
    """Before anything is read."""
    assert kind_of(what) == kind


def test_a_folder_is_one(tmp_path: Path) -> None:
    """Whatever its name ends in."""
    folder = tmp_path / "a.zip"
    folder.mkdir()
    assert kind_of(str(folder)) == "folder"


@pytest.mark.parametrize(
    ("what", "head", "kind"),
    [
        (f"{LINK}/x", pdf([["a"]]), "pdf"),
        ("wrong.txt", b"\r\n%PDF-1.4", "pdf"),
        (f"{LINK}/x", docx([BODY]), "docx"),
        ("a.docx", b"PK\x03\x04rubbish", "docx"),
        ("a.zip", docx([BODY]), "zip"),
        (f"{LINK}/x", zipped({"a.html": HTML}), "zip"),
        (f"{LINK}/x", MAIL, "eml"),
        ("a.eml", MAIL, "eml"),
        ("a.txt", MAIL, "text"),
        (f"{LINK}/x", URLSET, "sitemap"),
        ("a.xml", URLSET, "sitemap"),
        (f"{LINK}/x.gz", gzip.compress(URLSET), "sitemap"),
        (f"{LINK}/x", OPML, "opml"),
        ("a.xml", OPML, "opml"),
        (f"{LINK}/x", b"<rss version='2.0'>", "feed"),
        (f"{LINK}/x", b'<?xml version="1.0"?><rdf:RDF xmlns="x">', "feed"),
        (f"{LINK}/feed.xml", b"<html>Log in</html>", "page"),
        (f"{LINK}/x", b'{"version": "https://jsonfeed.org/version/1.1"}', "feed"),
        ("a.json", ROW, "jsonl"),
        ("a.jsonl", b"{broken", "jsonl"),
        (f"{LINK}/x", HTML, "page"),
        (f"{LINK}/robots.txt", b"User-agent: *\nSitemap: /a.xml", "sitemap"),
        (f"{LINK}/sitemap.txt", f"{LINK}/a\n".encode(), "sitemap"),
        (f"{LINK}/x", BODY.encode(), "text"),
        ("x", BODY.encode("utf-16"), "unknown"),
        ("x", b"\x89PNG\r\n\0\0", "unknown"),
        ("x", b"\x1f\x8bbroken\0", "unknown"),
        ("notes", b"From: here to there\nis a long way, he said.\n", "text"),
    ],
    # packed bytes hold the time: as part of a name they would differ between two processes
    ids=lambda value: value if isinstance(value, str) else "bytes",
)
def test_bytes_say_more_than_names(what: str, head: bytes, kind: Kind) -> None:
    """A login page under a feed's name is a page, a PDF under any name is a PDF."""
    assert kind_of(what, head) == kind


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("application/pdf", "pdf"),
        ("message/rfc822; charset=utf-8", "eml"),
        ("APPLICATION/X-NDJSON", "jsonl"),
        ("text/x-opml", "opml"),
        ("application/octet-stream", "page"),
    ],
)
def test_a_servers_word_counts_before_the_name(content_type: str, kind: Kind) -> None:
    """But for types that say nothing."""
    assert kind_of(f"{LINK}/x", None, content_type) == kind


@given(st.text(), st.binary(max_size=300), st.none() | st.text())
def test_nothing_is_too_odd_to_be_named(what: str, head: bytes, content_type: str | None) -> None:
    """Any name, any bytes, any type: a kind, no error."""
    assert kind_of(what, head, content_type)
