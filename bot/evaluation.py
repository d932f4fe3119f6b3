"""Our parts measured beside the baselines on rows with known answers: page extraction.

Knows the formats of the data sets and the measures of their papers; prints nothing. bench/ and
`geobrief eval` share it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Any

from bot.failure import USAGE, Failure

Row = Mapping[str, Any]
Reader = Callable[[bytes, Row], str]
Told = Callable[[int, int], None]

_GRAM = 4
_OURS = "ours"
# Brief, and with a date in words: what is loaded on need is loaded with this page.
_FIRST = b"""<html><body><h1>A first page</h1><p class="date">5 tammikuuta 2021 klo 10</p>
<p>A few words, so that every reader has looked at some before time is taken.</p></body></html>"""
_INVISIBLE = re.compile("[\u00ad\u200b\ufeff]")
# A day's first instant somewhere on Earth and its last: what a page calls a day is its own.
_EAST, _WEST = timedelta(hours=14), timedelta(hours=36)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a text has of what it should have: found rightly, found wrongly, missed."""

    right: int
    wrong: int
    missed: int


def read_rows(path: Path, limit: int | None = None) -> list[Row]:
    """Rows of a JSON Lines file, gzip or not. Raises Failure in one line for what is no such."""
    try:
        rows = [json.loads(line) for line in _unpacked(path).split(b"\n") if line.strip()]
    except OSError as error:
        raise Failure(f"cannot read {path}: {error.strerror or error}", USAGE) from error
    except (ValueError, EOFError) as error:
        raise Failure(f"{path} is not JSON Lines, one object a line", USAGE) from error
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise Failure(f"{path} holds no rows; one JSON object a line is expected", USAGE)
    return rows[:limit]


def chosen(rows: Sequence[Row], span: str | None, prefix: str) -> list[Row]:
    """The rows whose id begins with `prefix`, and of those the `span`, as "300:600".

    Raises Failure for a span of another form and where no row is left.
    """
    found = [row for row in rows if str(row.get("id", "")).startswith(prefix)]
    if span:
        match = re.fullmatch(r"(-?\d*):(-?\d*)", span)
        if match is None:
            raise Failure(f"“{span}” names no rows; write from:to, as 300:600 or -300:", USAGE)
        low, high = (int(part) if part.strip("-") else None for part in match.groups())
        found = found[low:high]
    if not found:
        raise Failure("no rows are left: see --prefix and --rows", USAGE)
    return found


def data_of(paths: Iterable[Path]) -> list[dict[str, str]]:
    """The names of files and their checksums: what the figures are about."""
    return [
        {"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in paths
    ]


def page_bytes(row: Row, folder: Path) -> bytes:
    """The row's page, unpacked; `html` is a path relative to the cases file's folder."""
    path = folder / str(row["html"])
    try:
        return _unpacked(path)
    except (OSError, EOFError) as error:
        raise Failure(f"cannot read the page {path}", USAGE) from error


def _unpacked(path: Path) -> bytes:
    body = path.read_bytes()
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def compared(gold: str, text: str) -> Counts:
    """Runs of four words in both, in the text only, in the gold only."""
    one, two = _shingles(gold), _shingles(text)
    return Counts(right=(one & two).total(), wrong=(two - one).total(), missed=(one - two).total())


def passages(row: Row, text: str) -> Counts:
    """For rows that list passages to be found (`with`) and to be left out (`without`)."""
    flat = _flat(text)
    wanted = [_flat(part) in flat for part in row["with"]]
    return Counts(
        right=sum(wanted),
        wrong=sum(_flat(part) in flat for part in row.get("without") or ()),
        missed=len(wanted) - sum(wanted),
    )


def averaged(counts: Iterable[Counts]) -> tuple[float, float]:
    """Precision and recall averaged over pages.

    As in scrapinghub's article-extraction-benchmark: a page without any text counts for
    recall alone.
    """
    rows = list(counts)
    precision = [row.right / (row.right + row.wrong) for row in rows if row.right + row.wrong]
    recall = [row.right / (row.right + row.missed) for row in rows if row.right + row.missed]
    return mean(precision or [0.0]), mean(recall or [0.0])


def summed(counts: Iterable[Counts]) -> tuple[float, float]:
    """Precision and recall over all passages of all pages, as in trafilatura's evaluation."""
    rows = list(counts)
    right = sum(row.right for row in rows)
    wrong = sum(row.wrong for row in rows)
    missed = sum(row.missed for row in rows)
    return right / max(1, right + wrong), right / max(1, right + missed)


@dataclass(slots=True, kw_only=True)
class _Tally:
    """One method's counts by set, the seconds it took, and each set's way of counting."""

    bodies: dict[str, list[Counts]] = field(default_factory=lambda: defaultdict(list))
    listed: dict[str, list[Counts]] = field(default_factory=lambda: defaultdict(list))
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, row: Row, text: str, seconds: float) -> None:
        source = str(row.get("source") or "unnamed")
        self.seconds[source] += seconds
        if row.get("body"):
            self.bodies[source].append(compared(str(row["body"]), text))
        else:
            self.listed[source].append(passages(row, text))

    def figures(self, source: str | None = None) -> dict[str, float]:
        """Of one set or all; sets of two kinds are weighted by their pages."""
        chosen = [source] if source else list(self.seconds)
        bodies = [count for each in chosen for count in self.bodies.get(each, ())]
        listed = [count for each in chosen for count in self.listed.get(each, ())]
        n = len(bodies) + len(listed)
        by_body, by_list = averaged(bodies), summed(listed)
        precision, recall = (
            (one * len(bodies) + two * len(listed)) / max(1, n)
            for one, two in zip(by_body, by_list, strict=True)
        )
        both = precision + recall
        spent = sum(self.seconds[each] for each in chosen)
        return {
            "f1": round(2 * precision * recall / both if both else 0.0, 4),
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "ms_per_page": round(spent / max(1, n) * 1000, 1),
        }


def evaluate_pages(rows: Sequence[Row], folder: Path, told: Told = lambda at, n: None) -> Row:
    """Our extraction and trafilatura's two modes on the same pages, one after the other.

    `f1`, `precision`, `recall` (fractions) and `ms_per_page` (from bytes to text) are ours,
    for all rows and `by_source`; `baselines` holds the same of the others. `facts` counts
    titles and days that are right, where rows know them. Raises Failure for a wrong row.
    """
    for number, row in enumerate(rows, start=1):
        _check(row, number)
    facts: dict[str, Counter[str]] = defaultdict(Counter)
    readers = _readers(facts)
    tallies = {name: _Tally() for name in readers}
    began = time.perf_counter()
    # a first time that does not count: the libraries load what they need once
    for read in readers.values():
        read(_FIRST, {})
    order = list(readers)
    for at, row in enumerate(rows):
        page = page_bytes(row, folder)
        for name in order[at % len(order) :] + order[: at % len(order)]:
            started = time.perf_counter()
            text = readers[name](page, row)
            tallies[name].add(row, text, time.perf_counter() - started)
        told(at + 1, len(rows))
    ours = tallies.pop(_OURS)
    return {
        "n": len(rows),
        "seconds": round(time.perf_counter() - began, 1),
        **ours.figures(),
        "baselines": {name: tally.figures() for name, tally in tallies.items()},
        "by_source": {
            source: {
                "n": len(ours.bodies.get(source, ())) + len(ours.listed.get(source, ())),
                **ours.figures(source),
                "baselines": {name: tally.figures(source) for name, tally in tallies.items()},
            }
            for source in sorted(ours.seconds)
        },
        "facts": {kind: dict(values) for kind, values in sorted(facts.items())},
    }


def _check(row: Row, number: int) -> None:
    if not isinstance(row.get("html"), str):
        raise Failure(f"row {number} has no `html`, the path of a page", USAGE)
    if not row.get("body") and not isinstance(row.get("with"), list):
        raise Failure(f"row {number} has neither `body` nor passages in `with`", USAGE)


def _readers(facts: dict[str, Counter[str]]) -> dict[str, Reader]:
    from trafilatura import extract

    from news.extract import extract_page

    now = datetime.now(UTC)

    def ours(page: bytes, row: Row) -> str:
        found = extract_page(page, url=row.get("url"), now=now)
        if row.get("title"):
            right = _words(str(row["title"])) == _words(found.title or "")
            facts["title"].update({"n": 1, "right": right})
        if row.get("date"):
            right = _on_day(found.published_at, str(row["date"]))
            facts["date"].update({"n": 1, "right": right, "none": found.published_at is None})
        return found.text

    def trafilatura(page: bytes, *, precise: bool) -> str:
        return extract(page, favor_precision=precise, include_comments=False) or ""

    return {
        _OURS: ours,
        "trafilatura": lambda page, row: trafilatura(page, precise=False),
        "trafilatura_precision": lambda page, row: trafilatura(page, precise=True),
    }


def _on_day(moment: datetime | None, day: str) -> bool:
    """Whether the instant falls on that day in some time zone: a page's day is its own."""
    try:
        midnight = datetime.fromisoformat(day[:10]).replace(tzinfo=UTC)
    except ValueError:
        return False
    return moment is not None and midnight - _EAST <= moment < midnight + _WEST


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    """Runs of four words and how often each occurs; of a shorter text, the text."""
    words = re.findall(r"\w+", text)
    size = min(_GRAM, len(words))
    starts = range(len(words) - size + 1) if words else range(0)
    return Counter(tuple(words[at : at + size]) for at in starts)


def _flat(text: str) -> str:
    """In one line and one form; what no reader sees does not make texts differ."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
