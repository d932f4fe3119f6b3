"""Feeds of every kind: entries found beside the two libraries', dates, links, milliseconds.

    python bench/feeds.py FOLDER [--json]

FOLDER holds `index.jsonl.gz` with rows of `file`, `kind` and perhaps `url` and `headers`.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import io
import json
import statistics
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import fastfeedparser
import feedparser

from news.feeds import FeedItem, ParsedFeed, parse_feed

ADDRESS = "https://feeds.example/feed"


def rows_of(folder: Path) -> list[tuple[str, str, Mapping[str, str], bytes]]:
    """Give (kind, file, headers, body) of each file."""
    with gzip.open(folder / "index.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    found: list[tuple[str, str, Mapping[str, str], bytes]] = []
    for row in rows:
        body = (folder / row["file"]).read_bytes()
        if row["file"].endswith(".gz"):
            body = gzip.decompress(body)
        lines_of = (line.partition(":") for line in row.get("headers") or ())
        headers = {name.strip().lower(): value.strip() for name, _, value in lines_of}
        found.append((row["kind"], row["file"], headers, body))
    return found


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """The result, None where it raised, and the milliseconds."""
    started = time.perf_counter()
    result = None
    with contextlib.suppress(Exception):
        result = work()
    return result, (time.perf_counter() - started) * 1000


def compare(kind: str, file: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """One file by all three."""
    ours, our_ms = timed(
        lambda: parse_feed(body, url=ADDRESS, content_type=headers.get("content-type"))
    )
    fast, fast_ms = timed(lambda: fastfeedparser.parse(body))
    told = {"content-type": "application/xml", "content-location": ADDRESS, **headers}
    slow, slow_ms = timed(lambda: feedparser.parse(io.BytesIO(body), response_headers=told))
    theirs = [found["entries"] if found else [] for found in (fast, slow)]
    most = max(theirs, key=len)
    items = ours.items if isinstance(ours, ParsedFeed) else ()
    days, want_days = _days(items), _their_days(theirs[1])
    links = {item.url for item in items if item.url}
    # a space in a link is written as one should be
    wanted = {entry["link"].replace(" ", "%20") for entry in theirs[1] if _web(_get(entry, "link"))}
    dated = sum(1 for item in items if item.published_at or item.updated_at)
    want_dated = sum(1 for entry in theirs[1] if _date(entry))
    return {
        "kind": kind,
        "file": file,
        "ended": ours is None,
        "parser": getattr(ours, "parser", "none"),
        "ours": len(items) + getattr(ours, "dropped", 0),
        "fast": len(theirs[0]),
        "feedparser": len(theirs[1]),
        "missed": max(0, len(most) - len(items) - getattr(ours, "dropped", 0)),
        "links_wanted": len(wanted),
        "links_right": len(wanted & links),
        "dated": dated,
        "dated_feedparser": want_dated,
        "dates_wanted": want_days.total(),
        "dates_right": (days & want_days).total(),
        "ms": our_ms,
        "fast_ms": fast_ms,
        "feedparser_ms": slow_ms,
    }


def _get(entry: Any, name: str) -> Any:
    """The value itself: feedparser's own `get` answers for other names too, with a warning."""
    return dict.get(entry, name)


def _web(link: object) -> bool:
    return isinstance(link, str) and link.startswith(("http://", "https://"))


def _date(entry: Mapping[str, Any]) -> bool:
    names = ("published_parsed", "updated_parsed")
    return any(_get(entry, name) and entry[name][0] >= 1990 for name in names)


def _days(items: Iterable[FeedItem]) -> Counter[str]:
    """When items were published, to the second; feedparser knows no parts of one."""
    return Counter(f"{item.published_at:%FT%T}" for item in items if item.published_at)


def _their_days(entries: Iterable[Mapping[str, Any]]) -> Counter[str]:
    told = (_get(entry, "published_parsed") for entry in entries)
    return Counter(
        time.strftime("%FT%T", moment) for moment in told if moment and moment[0] >= 1990
    )


def report(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The sums of a set of files."""
    return {
        "files": len(rows),
        "ended_the_run": sum(row["ended"] for row in rows),
        "entries": {
            name: sum(row[name] for row in rows) for name in ("ours", "fast", "feedparser")
        },
        "missed": sum(row["missed"] for row in rows),
        "files_with_misses": [row["file"] for row in rows if row["missed"]],
        "links_right": f"{sum(row['links_right'] for row in rows)} of "
        f"{sum(row['links_wanted'] for row in rows)}",
        "dated": {
            "ours": sum(row["dated"] for row in rows),
            "feedparser": sum(row["dated_feedparser"] for row in rows),
        },
        "dates_right": f"{sum(row['dates_right'] for row in rows)} of "
        f"{sum(row['dates_wanted'] for row in rows)}",
        "ms_mean": round(statistics.mean(row["ms"] for row in rows), 2),
        "ms_most": round(max(row["ms"] for row in rows), 1),
        "ms_mean_fastfeedparser": round(statistics.mean(row["fast_ms"] for row in rows), 2),
        "ms_mean_feedparser": round(statistics.mean(row["feedparser_ms"] for row in rows), 2),
    }


def main() -> int:
    """Print the sums of all files and of each kind; 1 when a file ended the run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    files = rows_of(given.folder)
    # imports and first uses are not a feed's time
    compare(*files[0])
    compare("", "", {}, b"<rss><channel><item><title>&bad;<b></title></item></channel></rss>")
    rows = [compare(*file) for file in files]
    found = {"all": report(rows)}
    for kind in sorted({row["kind"] for row in rows}):
        found[kind] = report([row for row in rows if row["kind"] == kind])
    if given.json:
        print(json.dumps(found, indent=2))
    else:
        for kind, sums in found.items():
            print(kind)
            for name, value in sums.items():
                print(f"  {name:24} {value}")
    return 1 if found["all"]["ended_the_run"] else 0


if __name__ == "__main__":
    sys.exit(main())
