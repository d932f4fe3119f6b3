"""Archives give their articles and nothing else, within limits."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from papers_made import BODY, zipped

from news.ways.archives import MAX_FILES, entries_at_most, harmless_name, unpack
from news.ways.found import FoundFile, Problem

PAGE = f"<html><body><p>{BODY}</p></body></html>".encode()


def _split(found: list[FoundFile | Problem]) -> tuple[list[str], list[Problem]]:
    return (
        [one.name for one in found if isinstance(one, FoundFile)],
        [one for one in found if isinstance(one, Problem)],
    )


def test_articles_are_given_and_the_rest_is_named(tmp_path: Path) -> None:
    """Pages and texts come out, from bytes and from disk; pictures are named, litter is not."""
    files = {
        "news/": b"",
        "news/strike.html": PAGE,
        "note.TXT": BODY.encode(),
        "quay.jpg": b"\xff\xd8",
        "__MACOSX/._strike.html": b"\0\5",
        ".DS_Store": b"\0",
    }
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(files))
    for source in (path, path.read_bytes()):
        found = list(unpack(source, what="a.zip"))
        names, problems = _split(found)
        assert names == ["news/strike.html", "note.TXT"]
        assert next(one.body for one in found if isinstance(one, FoundFile)) == PAGE
        (told,) = problems
        assert "left out: quay.jpg" in told.reason
        assert not told.final


def test_names_are_labels_without_directions() -> None:
    """Roots, drives, parents and control signs do not survive."""
    files = {
        "/etc/passwd.txt": BODY.encode(),
        "../../up.html": PAGE,
        "C:\\Users\\x\\a.html": PAGE,
        "a\u202elmth.txt": BODY.encode(),
    }
    names, problems = _split(list(unpack(zipped(files), what="a.zip")))
    assert names == ["etc/passwd.txt", "up.html", "Users/x/a.html", "almth.txt"]
    assert problems == []


@example("a\u2028b")
@given(st.text())
def test_no_name_leads_anywhere(name: str) -> None:
    """Whatever a name is, its label is relative, without parents, on one line and not empty."""
    label = harmless_name(name)
    assert label
    assert not label.startswith("/") or len(label) == 200
    assert ".." not in label.split("/")
    assert len(label.splitlines()) == 1


def test_archives_inside_are_not_opened() -> None:
    """Named so or not, an archive in an archive stays closed."""
    inner = zipped({"b.html": PAGE})
    names, (told,) = _split(
        list(unpack(zipped({"b.zip": inner, "hidden.txt": inner, "a.html": PAGE}), what="a.zip"))
    )
    assert names == ["a.html"]
    assert told.reason == "archives inside the archive are not opened: b.zip, hidden.txt"


def test_a_hundred_thousand_entries_are_refused() -> None:
    """Before the list of names is even read."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"{number}.txt"), b"")
    (told,) = unpack(out.getvalue(), what="a.zip")
    assert isinstance(told, Problem)
    assert "too many files" in told.reason
    assert entries_at_most(out.getvalue()) == 100_000
    few = zipped({f"{number}.txt": b"" for number in range(MAX_FILES + 1)})
    (told,) = unpack(few, what="a.zip")
    assert isinstance(told, Problem)


def test_a_bomb_ends_with_one_line() -> None:
    """One file too large is passed over; a total too large ends the reading."""
    files = {"big.txt": b" " * 3_000_000, "a.html": PAGE}
    names, (told,) = _split(list(unpack(zipped(files), what="a.zip", max_file_bytes=2_000_000)))
    assert names == ["a.html"]
    assert (told.what, "too big" in told.reason) == ("a.zip:big.txt", True)
    many = zipped({f"{number}.txt": b" " * 1_000_000 for number in range(20)})
    names, (told,) = _split(list(unpack(many, what="a.zip", max_total_bytes=5_000_000)))
    assert len(names) == 5
    assert "the rest of the archive was not read" in told.reason


def test_a_size_that_lies_is_not_believed() -> None:
    """A member that says one byte and unpacks to megabytes is refused without unpacking it."""
    size = 3_000_000
    body = zipped({"a.txt": b" " * size})
    lying = body.replace(struct.pack("<L", size), struct.pack("<L", 1))
    names, problems = _split(list(unpack(lying, what="a.zip")))
    assert names == []
    assert len(problems) == 1


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 10, b"\x1f" * 5_000])
def test_a_broken_archive_is_one_line(body: bytes) -> None:
    """Empty, cut off or no archive at all."""
    (told,) = unpack(body, what="a.zip")
    assert isinstance(told, Problem)
    assert "not a readable zip archive" in told.reason
    assert "\n" not in told.reason


def test_an_archive_cut_off_or_damaged_is_told(tmp_path: Path) -> None:
    """A wrong sum is told for its file, a missing end for the whole, a missing file as such."""
    body = zipped({"a.html": PAGE, "b.html": PAGE})
    (told,) = unpack(body[:-30], what="a.zip")
    assert isinstance(told, Problem)
    at = body.index(b"a.html") + 12
    names, problems = _split(
        list(unpack(body[:at] + bytes([body[at] ^ 255]) + body[at + 1 :], what="a.zip"))
    )
    assert names == ["b.html"]
    assert "cannot be unpacked" in problems[0].reason
    (told,) = unpack(tmp_path / "missing.zip", what="missing.zip")
    assert isinstance(told, Problem)
    assert "no such file" in told.reason


def test_a_protected_or_empty_archive_says_so() -> None:
    """A password is named; nothing to read is no silent success."""
    locked = bytearray(zipped({"a.html": PAGE}))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (told,) = unpack(bytes(locked), what="a.zip")
    assert isinstance(told, Problem)
    assert "password" in told.reason
    (told,) = unpack(zipped({}), what="a.zip")
    assert isinstance(told, Problem)
    assert "no file that could be read" in told.reason
