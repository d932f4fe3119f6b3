"""PDF, DOCX and mail files become texts, or one line that says why not."""

from __future__ import annotations

import io
import os
import sys
import textwrap
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from papers_made import BODY, docx, pdf, zipped
from pypdf import PdfReader, PdfWriter

from news.ways.documents import DocumentReader, Format, read_document
from news.ways.docx import MAX_PART_BYTES
from news.ways.found import FoundText, Problem
from news.ways.pdf import paragraphs

NOW = datetime(2022, 2, 20, 9, 0, tzinfo=UTC)
LINES = textwrap.wrap(BODY, 80)
HEAD = "Dockers strike in Varnes"


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    """One worker for the tests that need none of their own."""
    with DocumentReader(time_limit=timedelta(seconds=60)) as opened:
        yield opened


def _text(body: bytes, format: Format) -> FoundText:
    found = read_document(body, format, what="a file", now=NOW)
    assert isinstance(found, FoundText), found
    return found


def _problem(body: bytes, format: Format) -> str:
    found = read_document(body, format, what="a file", now=NOW)
    assert isinstance(found, Problem), found
    assert "\n" not in found.reason
    return found.reason


def test_a_pdf_gives_its_text_and_what_it_says_of_itself(reader: DocumentReader) -> None:
    """Lines are joined to sentences; title, author and date come from the file."""
    info = {"Title": HEAD, "Author": "Ada Holm", "CreationDate": "D:20220218120000+02'00'"}
    found = reader.read(pdf([[HEAD, *LINES]], info=info), "pdf", what="a.pdf", now=NOW)
    assert isinstance(found, FoundText), found
    page = found.page
    assert (page.title, page.author, page.text) == (HEAD, "Ada Holm", BODY)
    assert page.published_at == datetime(2022, 2, 18, 10, 0, tzinfo=UTC)
    assert (page.language, page.completeness) == ("en", "full")


def test_a_file_name_is_no_title() -> None:
    """Of a PDF that a word processor named, the first line is the title."""
    for name in ("Microsoft Word - draft7.doc", "untitled", "draft7.pdf", "x-19"):
        found = _text(pdf([[HEAD, "", *LINES]], info={"Title": name}), "pdf")
        assert found.page.title == HEAD


def test_running_heads_and_page_numbers_go() -> None:
    """What stands on most pages is no text, and a sentence goes on over the page's end."""
    inside = [LINES[:3], LINES[3:], [*LINES[:3], "The quay remains"], ["closed for now."]]
    pages = [
        [f"Harbour Report {n} March", *lines, f"Page {n} of 4"]
        for n, lines in enumerate(inside, start=1)
    ]
    text = "\n\n".join(paragraphs(pages))
    assert "Harbour Report" not in text
    assert "Page" not in text
    assert text.endswith("The quay remains closed for now.")


def test_words_broken_at_a_lines_end_are_whole() -> None:
    """A hyphen at the end of a line joins; before a capital it stays."""
    lines = ["The govern-", "ment met the Anglo-", "Norse council."]
    assert paragraphs([lines]) == ("The government met the Anglo- Norse council.",)


def test_a_long_pdf_is_read_in_part_and_says_so() -> None:
    """Pages beyond the limit are named."""
    pages = [LINES[n % 5 :] + LINES[: n % 5] for n in range(205)]
    found = _text(pdf(pages), "pdf")
    assert found.notes == ("only the first 200 of 205 pages were read",)


def test_a_pdf_that_cannot_be_read_says_why() -> None:
    """Cut off, protected, scanned, empty and no PDF at all are told apart."""
    whole = pdf([[HEAD, *LINES]])
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(whole)))
    writer.encrypt("secret", algorithm="AES-256")
    locked = io.BytesIO()
    writer.write(locked)
    assert "password" in _problem(locked.getvalue(), "pdf")
    assert "OCR" in _problem(pdf([[], []], picture=True), "pdf")
    assert "no text" in _problem(pdf([[]]), "pdf")
    assert "damaged or cut off" in _problem(whole[: len(whole) // 3], "pdf")
    assert "damaged or cut off" in _problem(b"%PDF-1.7\n" + os.urandom(20_000), "pdf")
    assert "empty" in _problem(b"\0" * 5_000, "pdf")


def test_a_pdf_that_forbids_printing_is_read() -> None:
    """An owner's password alone keeps nobody from reading."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([[HEAD, "", *LINES]]))))
    writer.encrypt("", "owner", algorithm="AES-128")
    out = io.BytesIO()
    writer.write(out)
    assert _text(out.getvalue(), "pdf").page.text == BODY


def test_a_docx_gives_its_text_and_properties(reader: DocumentReader) -> None:
    """The paragraph in the title's style is the title; what was deleted is not read."""
    space = "".join(
        f"<w:{tag}><w:r><w:{part}>{text}</w:{part}></w:r></w:{tag}>"
        for tag, part, text in (
            ("ins", "t", "Talks began on Friday."),
            ("del", "delText", "Talks failed."),
        )
    )
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    table = f"<w:tbl><w:tr>{cell.format('Ships waiting')}{cell.format('three')}</w:tr></w:tbl>"
    body = docx(
        [BODY], heading=HEAD, title="draft7", author="Ada Holm", extra=f"<w:p>{space}</w:p>{table}"
    )
    found = reader.read(body, "docx", what="a.docx", now=NOW)
    assert isinstance(found, FoundText), found
    page = found.page
    assert (page.title, page.author) == (HEAD, "Ada Holm")
    assert page.published_at == datetime(2022, 2, 18, 12, 0, tzinfo=UTC)
    assert page.text.split("\n\n") == [BODY, "Talks began on Friday.", "Ships waiting", "three"]


def test_a_docx_bomb_is_refused() -> None:
    """A part that unpacks to gigabytes is left at the limit, whatever its header says."""
    bomb = docx([BODY], more_parts={"word/notes.xml": b" " * (MAX_PART_BYTES + 1)})
    assert len(bomb) < 100_000
    assert "unpacks to more than" in _problem(bomb, "docx")
    # the size that its own lists promise: 1 byte
    size = (MAX_PART_BYTES + 1).to_bytes(4, "little")
    assert "damaged" in _problem(bomb.replace(size, (1).to_bytes(4, "little")), "docx")


def test_pictures_in_a_docx_cost_nothing() -> None:
    """What is no text is not even unpacked."""
    body = docx([BODY], more_parts={"word/media/image1.png": b"\0" * (MAX_PART_BYTES + 1)})
    assert _text(body, "docx").page.text == BODY


def test_a_docx_that_cannot_be_read_says_why() -> None:
    """An old or protected file, a cut one, another archive, broken XML, nothing in it."""
    assert "password" in _problem(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\1" * 512, "docx")
    assert "damaged" in _problem(docx([BODY])[:400], "docx")
    assert "damaged" in _problem(zipped({"a.txt": b"hello"}), "docx")
    broken = docx([BODY], more_parts={"word/styles.xml": b"<w:styles"})
    assert "damaged" in _problem(broken, "docx")
    assert "no text" in _problem(docx([]), "docx")
    deep = "<w:sdt><w:sdtContent>" * 3_000 + "</w:sdtContent></w:sdt>" * 3_000
    assert "deep" in _problem(docx([], extra=deep), "docx")


def test_entities_in_a_docx_are_not_expanded() -> None:
    """A billion laughs end in a line."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    core = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><x><title>&l9;</title></x>'
    )
    found = _text(docx([BODY], more_parts={"docProps/core.xml": core.encode()}), "docx")
    assert len(found.page.title or "") < 400
    styles = core.replace("<x>", "<styles>").replace("</x>", "</styles>")
    started = time.process_time()
    read_document(
        docx([BODY], more_parts={"word/styles.xml": styles.encode()}), "docx", what="x", now=NOW
    )
    assert time.process_time() - started < 20


def _mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    given = {
        "Subject": f"Fwd: {HEAD}",
        "From": "Ada Holm <ada@harbour-post.example>",
        "Date": "Fri, 18 Feb 2022 13:00:00 +0100",
        **headers,
    }
    for name, value in given.items():
        message[name.replace("_", "-")] = value
    return message


def test_a_message_gives_its_text_subject_sender_and_date() -> None:
    """Attachments are named and not read; the signature is no text."""
    message = _mail()
    message.set_content("\n".join(LINES) + "\n\n-- \nAda Holm, Harbour Post\n")
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="tide.pdf")
    message.add_attachment("a,b", subtype="csv", filename="ships.csv")
    found = _text(message.as_bytes(), "eml")
    assert (found.page.title, found.page.author, found.page.text) == (HEAD, "Ada Holm", BODY)
    assert found.page.published_at == datetime(2022, 2, 18, 12, 0, tzinfo=UTC)
    assert found.notes == ("attachments were not read: tide.pdf, ships.csv",)


def test_html_is_read_where_the_plain_text_only_points_to_it() -> None:
    """A newsletter's note "view this in a browser" is not its text; a real plain text is."""
    html = f"<html><body><table><tr><td><p>{BODY}</p></td></tr></table></body></html>"
    for plain, expected in (("View it in your browser.", BODY), (BODY + " In short.", "In short.")):
        message = _mail()
        message.set_content(plain)
        message.add_alternative(html, subtype="html")
        assert _text(message.as_bytes(), "eml").page.text.endswith(expected)


def test_odd_charsets_and_flowed_lines_are_read() -> None:
    """An unknown charset is guessed; lines that flow are one."""
    lines = BODY.replace("Varnes", "Värnes").replace(". ", ". \n").encode("cp1252")
    head = b"From: a@b.example\nSubject: =?x-none?Q?Str=69ke?=\nContent-Type: text/plain; "
    body = head + b"charset=x-none; format=flowed\nContent-Transfer-Encoding: 8bit\n\n" + lines
    assert _text(body, "eml").page.text == BODY.replace("Varnes", "Värnes")


def test_a_message_that_cannot_be_read_says_why() -> None:
    """No text, no message, rubbish, a hundred thousand parts, parts in parts in parts."""
    message = _mail()
    message.set_content(b"\x89PNG", maintype="image", subtype="png", filename="quay.png")
    reason = _problem(message.as_bytes(), "eml")
    assert "holds no text" in reason
    assert "quay.png" in reason
    assert "not a mail message" in _problem(b"Hello there, this is no mail.", "eml")
    assert "not a mail message" in _problem(os.urandom(100_000), "eml")
    many = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n"
    assert "parts" in _problem(many + b"--x\n\na\n" * 100_000 + b"--x--", "eml")
    deep = b"From: a@b.example\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000)
    )
    assert _problem(deep, "eml")


@pytest.mark.parametrize("format", ["pdf", "docx", "eml"])
def test_fifty_megabytes_of_rubbish_end_in_a_line(format: Format, reader: DocumentReader) -> None:
    """The largest file that is looked at costs no more than the time limit."""
    rubbish = os.urandom(1024 * 1024) * 50
    for body in (rubbish, rubbish + b"x"):
        found = reader.read(body, format, what="rubbish", now=NOW)
        assert isinstance(found, Problem)


def test_a_missing_library_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is said; mail needs nothing."""
    for name in ("pypdf", "mammoth"):
        monkeypatch.setitem(sys.modules, name, None)
    for body, format in ((pdf([LINES]), "pdf"), (docx([BODY]), "docx")):
        assert 'pip install "geobrief[documents]"' in _problem(body, format)  # type: ignore[arg-type]
    message = _mail()
    message.set_content(BODY)
    assert _text(message.as_bytes(), "eml").page.text == BODY


def test_a_document_that_takes_too_long_is_given_up() -> None:
    """The worker is replaced, and the next document is read."""
    # the library needs minutes for it
    slow = pdf([["A ship sails."] * 200_000])
    with DocumentReader(time_limit=timedelta(seconds=5)) as reader:
        found = reader.read(slow, "pdf", what="slow", now=NOW)
        assert isinstance(found, Problem), found
        assert isinstance(reader.read(docx([BODY]), "docx", what="next", now=NOW), FoundText)


def test_a_closed_reader_says_so() -> None:
    """Nothing is read when the program ends."""
    reader = DocumentReader()
    reader.close()
    found = reader.read(docx([BODY]), "docx", what="late", now=NOW)
    assert isinstance(found, Problem)
    assert "ending" in found.reason
