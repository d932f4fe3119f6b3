"""Documents on their own and in archives become articles, and what was left out is told."""

from __future__ import annotations

from pathlib import Path

from newsroom import NOW
from papers_made import BODY, docx, pdf, zipped

from news.desk import Desk
from news.ingest import Ingest
from news.model import Received
from news.topics import Topics
from news.ways.pdf import MAX_PAGES
from summarizer.encode import SentenceEncoder
from summarizer.pipeline import Summarizer

LINES = BODY.replace(". ", ".\n").splitlines()
MAIL = (
    "From: Ane Lund <ane@harbour-post.example>\nSubject: Strike at the quay\n"
    "Date: Wed, 16 Feb 2022 10:00:00 +0000\nMIME-Version: 1.0\n"
    'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
    f"{BODY}\n--b\nContent-Type: application/pdf\n"
    'Content-Disposition: attachment; filename="roster.pdf"\n\n%PDF\n--b--\n'
)


def _take(ingest: Ingest, path: Path, body: bytes) -> list[Received]:
    path.write_bytes(body)
    return list(ingest.take(str(path), now=NOW))


def test_documents_in_an_archive_are_articles(ingest: Ingest, tmp_path: Path) -> None:
    """Each by its kind; a broken one fails alone, an archive inside is left out."""
    files = {
        "a/report.pdf": pdf([[f"The first report. {line}" for line in LINES]]),
        "letter.docx": docx(["A second report.", BODY], heading="Ferry talks begin"),
        "strike.eml": MAIL.encode(),
        "broken.pdf": b"%PDF-1.4 and no more",
        "older.zip": zipped({"x.txt": BODY.encode()}),
        "quay.jpg": b"\xff\xd8",
    }
    found = _take(ingest, tmp_path / "week.zip", zipped(files))
    outcomes = {one.what.partition("week.zip")[2]: one.outcome for one in found[:4]}
    assert outcomes == {
        ":a/report.pdf": "new",
        ":letter.docx": "new",
        ":strike.eml": "new",
        ":broken.pdf": "failed",
    }
    assert [one.outcome for one in found[4:]] == ["left_out", "left_out"]
    titles = {ingest.store.articles.get(one.article_id or "").title for one in found[1:3]}  # type: ignore[union-attr]
    assert titles == {"Ferry talks begin", "Strike at the quay"}


def test_what_was_left_out_of_a_document_is_noted(ingest: Ingest, tmp_path: Path) -> None:
    """Pages beyond the limit and attachments; the article is there all the same."""
    pages = [LINES[n % 5 :] + LINES[: n % 5] for n in range(MAX_PAGES + 3)]
    (long,) = _take(ingest, tmp_path / "long.pdf", pdf(pages))
    assert (long.outcome, long.notes) == (
        "new",
        (f"only the first {MAX_PAGES} of {MAX_PAGES + 3} pages were read",),
    )
    (mail,) = _take(ingest, tmp_path / "strike.eml", MAIL.encode())
    assert mail.notes == ("attachments were not read: roster.pdf",)


def test_a_summary_says_what_it_does_not_rest_on(
    ingest: Ingest, encoder: SentenceEncoder, topics: Topics, tmp_path: Path
) -> None:
    """Of a mail its attachments, of an archive the files that were left out."""
    desk = Desk(ingest.store, Summarizer(encoder, None), ingest, topics)
    sent = desk.read_file("strike.eml", MAIL.encode(), now=NOW)
    assert sent.points
    assert sent.notes == ("Attachments were not read: roster.pdf.",)
    assert desk.read_file("letter.docx", docx([BODY]), now=NOW).notes == ()
    path = tmp_path / "week.zip"
    files = {"strike.eml": MAIL.encode(), "quay.jpg": b"\xff\xd8", "broken.pdf": b"%PDF-1.4"}
    path.write_bytes(zipped(files))
    attached, others, broken = desk.read(str(path), now=NOW).notes
    assert attached.startswith("Attachments were not read")
    assert others.startswith("Files that are not articles were left out")
    assert broken.endswith("week.zip:broken.pdf: the PDF is damaged or cut off.")
