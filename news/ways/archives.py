"""Zip archives: the articles in them, one by one, never more than the limits allow.

Names in an archive are labels only; nothing is written to disk. Knows no text formats.
"""

from __future__ import annotations

import io
import mmap
import unicodedata
import zipfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from news.ways.found import FoundFile, Problem

MAX_FILES = 2_000
MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_TOTAL_BYTES = 500 * 1024 * 1024
MAX_ARCHIVE_BYTES = 200 * 1024 * 1024
TEXTS = frozenset({".html", ".htm", ".xhtml", ".txt", ".text", ".md"})
ARTICLES = TEXTS | {".pdf", ".docx", ".eml"}
NESTED = frozenset(
    {".zip", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".tar", ".7z", ".rar", ".jar", ".cab", ".iso"}
)
_HEADS = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
_ENTRY = b"PK\x01\x02"
_CHUNK = 1024 * 1024
_NAMED = 3
_ENCRYPTED = 0x1
# what zipfile throws at broken archives: ValueError for negative sizes and bad names,
# NotImplementedError for methods it does not know, EOFError and OSError where it is cut off
BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError, ValueError)


class TooLarge(ValueError):
    """More came out of a member than may."""


def unpack(
    source: bytes | Path,
    *,
    what: str,
    suffixes: Collection[str] = ARTICLES,
    max_files: int = MAX_FILES,
    max_file_bytes: int = MAX_FILE_BYTES,
    max_total_bytes: int = MAX_TOTAL_BYTES,
) -> Iterator[FoundFile | Problem]:
    """Give the files of an archive whose names end in `suffixes`, in the archive's order.

    Other files and archives inside are named in one closing problem; a bomb ends the reading
    with one. Never raises for what the bytes hold. Memory: one file at a time.
    """
    refusal = _refusal(source, max_files)
    if refusal:
        yield Problem(what=what, reason=refusal)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as opened:
            members = [one for one in opened.infolist() if not _is_litter(one)]
            if len(members) > max_files:
                yield Problem(what=what, reason=_too_many(max_files))
                return
            yield from _members(
                opened,
                members,
                what=what,
                suffixes=suffixes,
                max_file_bytes=max_file_bytes,
                left=max_total_bytes,
            )
    except BROKEN as error:
        yield Problem(what=what, reason=f"is not a readable zip archive: {_line(error)}")


def _members(
    opened: zipfile.ZipFile,
    members: list[zipfile.ZipInfo],
    *,
    what: str,
    suffixes: Collection[str],
    max_file_bytes: int,
    left: int,
) -> Iterator[FoundFile | Problem]:
    total, nested, others, given, told = left, [], [], 0, False
    for member in members:
        name = harmless_name(member.filename)
        label, suffix = f"{what}:{name}", PurePosixPath(name.lower()).suffix
        if suffix in NESTED:
            nested.append(name)
            continue
        if suffix not in suffixes:
            others.append(name)
            continue
        try:
            body = read_member(opened, member, min(max_file_bytes, left))
        except TooLarge:
            if left < max_file_bytes:
                yield Problem(what=what, reason=_bomb(total), final=given == 0)
                return
            yield Problem(what=label, reason=_large(max_file_bytes))
            told = True
            continue
        except (*BROKEN, RuntimeError) as error:
            yield Problem(what=label, reason=f"cannot be unpacked: {_line(error)}")
            told = True
            continue
        left -= len(body)
        given += 1
        if body.startswith(_HEADS) and suffix in TEXTS:
            nested.append(name)
        else:
            yield FoundFile(name=name, body=body)
    yield from _left_out(what, nested, others, given)
    if not (given or told or nested or others):
        yield Problem(what=what, reason="the archive holds no file that could be read")


def read_member(opened: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    """Give a member's bytes; raises TooLarge past `limit`, whatever its header promises."""
    if member.flag_bits & _ENCRYPTED:
        raise RuntimeError("it is protected by a password")
    out = bytearray()
    with opened.open(member) as file:
        # by pieces: a single read() unpacks everything before it looks at the promised size
        while piece := file.read(min(_CHUNK, limit + 1 - len(out))):
            out += piece
            if len(out) > limit:
                raise TooLarge(member.filename)
    return bytes(out)


def harmless_name(name: str) -> str:
    """Give a name to show: no drive, root, `..`, control or direction signs; 200 characters."""
    signs = ((c, unicodedata.category(c)) for c in name.replace("\\", "/"))
    plain = "".join(c for c, kind in signs if kind[0] != "C" and kind not in ("Zl", "Zp"))
    parts = [part.strip() for part in plain.split("/")]
    kept = [p for p in parts if p not in ("", ".", "..") and not (len(p) == 2 and p[1] == ":")]
    return "/".join(kept)[-200:] or "unnamed"


def entries_at_most(source: bytes | Path) -> int:
    """Give a number of entries that the archive cannot exceed, without reading its list."""
    if isinstance(source, bytes):
        return source.count(_ENTRY)
    with source.open("rb") as file:
        return _count(file)


def _count(file: IO[bytes]) -> int:
    try:
        whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError:  # an empty file
        return 0
    with whole:
        count, at = 0, whole.find(_ENTRY)
        while at >= 0:
            count, at = count + 1, whole.find(_ENTRY, at + 4)
        return count


def _refusal(source: bytes | Path, max_files: int) -> str | None:
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > MAX_ARCHIVE_BYTES:
            return f"too big; archives of up to {MAX_ARCHIVE_BYTES // 2**20} MB are read"
        # a list of 100,000 names costs seconds and memory before the first is looked at;
        # archives inside, stored as they are, count too, hence the room
        if entries_at_most(source) > 5 * max_files:
            return _too_many(max_files)
    except OSError as error:
        return f"cannot be read: {(error.strerror or str(error)).lower()}"
    return None


def _is_litter(member: zipfile.ZipInfo) -> bool:
    """Folders, and what desktop systems leave in archives."""
    parts = member.filename.replace("\\", "/").split("/")
    return member.is_dir() or "__MACOSX" in parts or parts[-1].startswith(".")


def _left_out(what: str, nested: list[str], others: list[str], given: int) -> Iterator[Problem]:
    final = given == 0
    if nested:
        reason = f"archives inside the archive are not opened: {_some(nested)}"
        yield Problem(what=what, reason=reason, final=final)
    if others:
        reason = f"files that are not articles were left out: {_some(others)}"
        yield Problem(what=what, reason=reason, final=final)


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _too_many(limit: int) -> str:
    return f"holds too many files; archives of up to {limit:,} files are read"


def _large(limit: int) -> str:
    return f"too big; files of up to {limit // 2**20} MB are unpacked"


def _bomb(total: int) -> str:
    return f"unpacks to more than {total // 2**20} MB; the rest of the archive was not read"


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
