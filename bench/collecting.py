"""How long a full round over many feeds takes, against a site of many hosts on loopback.

    python bench/collecting.py [--feeds 2000] [--hosts 200] [--pause 1] [--json]

Half the feeds are unchanged in the measured round, five in a hundred answer after ten
seconds, five in a hundred are broken. Beside it: one plain client, one feed after another.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import multiprocessing
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx
import structlog

from news.collect import Collector
from news.extract import PagePool
from news.fetch import Fetcher
from news.ingest import Ingest
from news.model import Outlet
from news.outlets import Outlets
from news.store import Store

SLOW_SECONDS = 10.0
SAMPLE = 40
ITEMS = 20
NOW = datetime(2022, 3, 1, 6, tzinfo=UTC)
SENTENCE = "The council met on day {day} and spoke of item {item} of feed {feed} until late. "


class Site:
    """Serves every feed; counts what each host is asked at once, and the bytes not sent."""

    def __init__(self) -> None:
        self.day = 0
        self.now: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()

    def body(self, feed: int) -> bytes:
        """The feed as it stands today; even feeds never change."""
        day = self.day if feed % 2 else 0
        items = "".join(
            f"<item><title>Item {item} of {feed}, day {day}</title>"
            f"<link>http://host{feed}.example/{day}/{item}</link><guid>{day}-{item}</guid>"
            f"<description>{SENTENCE.format(day=day, item=item, feed=feed) * 8}</description>"
            "</item>"
            for item in range(ITEMS)
        )
        return f'<rss version="2.0"><channel><title>{feed}</title>{items}</channel></rss>'.encode()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request after another."""
        self.counts["connections"] += 1
        try:
            while line := await reader.readline():
                headers = await _headers(reader)
                host = headers.get("host", "").partition(":")[0]
                self.now[host] += 1
                self.counts["most at once"] = max(self.counts["most at once"], self.now[host])
                try:
                    if not await self.answer(int(line.split()[1][5:]), headers, writer):
                        return
                finally:
                    self.now[host] -= 1
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def answer(
        self, feed: int, headers: dict[str, str], writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one request; false ends the connection."""
        self.counts["requests"] += 1
        if feed % 20 == 0:
            await asyncio.sleep(SLOW_SECONDS)
        if feed % 20 == 1 and feed % 3 == 0:
            return False
        if feed % 20 == 1:
            writer.write(b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return True
        body, tag = self.body(feed), f'"{feed}-{self.day if feed % 2 else 0}"'
        if headers.get("if-none-match") == tag:
            self.counts["bytes saved"] += len(body)
            writer.write(f"HTTP/1.1 304 Same\r\nETag: {tag}\r\n\r\n".encode())
        else:
            self.counts["bytes sent"] += len(body)
            head = f"HTTP/1.1 200 OK\r\nETag: {tag}\r\nContent-Type: application/rss+xml\r\n"
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        return True


async def _headers(reader: asyncio.StreamReader) -> dict[str, str]:
    found = {}
    while (line := await reader.readline()).strip():
        name, _, value = line.decode("latin-1").partition(":")
        found[name.lower()] = value.strip()
    return found


def run_site(pipe: Connection) -> None:
    """Serve in a process of its own; a message starts the next day and fetches the counts."""

    async def main() -> None:
        site = Site()
        server = await asyncio.start_server(site.serve, "127.0.0.1", 0, backlog=512)
        pipe.send(server.sockets[0].getsockname()[1])
        while await asyncio.to_thread(pipe.recv):
            pipe.send(dict(site.counts))
            site.day += 1
            site.counts.clear()

    asyncio.run(main())


def lags(stop: threading.Event) -> list[float]:
    """How late a chat's event loop in this process wakes up, in milliseconds, until `stop`."""
    found: list[float] = []

    async def watch() -> None:
        while not stop.is_set():
            before = time.perf_counter()
            await asyncio.sleep(0.02)
            found.append((time.perf_counter() - before - 0.02) * 1000)

    asyncio.run(watch())
    return found


def a_round(collector: Collector, now: datetime) -> dict[str, Any]:
    """Ask every feed once; the pages of their items are left for later."""
    asked, stop = threading.Event(), threading.Event()
    late: list[float] = []
    watcher = threading.Thread(target=lambda: late.extend(lags(stop)))
    watcher.start()

    def progress(done: int, total: int, what: str) -> None:
        del what
        if done == total:
            asked.set()

    started, busy = time.perf_counter(), time.process_time()
    result = collector.run(now, stop=asked.is_set, progress=progress)
    seconds = time.perf_counter() - started
    stop.set()
    watcher.join()
    late.sort()
    return {
        "seconds": round(seconds, 1),
        "feeds": result.feeds,
        "failed": len(result.failed_feeds),
        "unchanged": result.unchanged,
        "feeds_a_second": round(result.feeds / seconds, 1),
        "processor_seconds": round(time.process_time() - busy, 1),
        "loop_late_ms_median": round(statistics.median(late), 1),
        "loop_late_ms_p99": round(late[int(len(late) * 0.99)], 1),
        "loop_late_ms_most": round(late[-1], 1),
    }


def one_by_one(port: int, hosts: int, feeds: int) -> dict[str, Any]:
    """A plain client, one feed after another, on a sample with its share of slow ones."""
    started = time.perf_counter()
    with httpx.Client(trust_env=False, timeout=20) as client:
        for number in range(SAMPLE):
            try:
                client.get(
                    f"http://127.0.0.1:{port}/feed{number}",
                    headers={"Host": f"host{number % hosts}.example"},
                ).read()
            except httpx.HTTPError:
                continue
    seconds = time.perf_counter() - started
    return {
        "feeds": SAMPLE,
        "seconds": round(seconds, 1),
        "seconds_for_all": round(seconds / SAMPLE * feeds),
    }


def main() -> int:
    """Run both and print what came out; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--pause", type=float, default=1.0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    ours, theirs = multiprocessing.Pipe()
    site = multiprocessing.Process(target=run_site, args=(theirs,), daemon=True)
    site.start()
    port = ours.recv()
    report: dict[str, Any] = {"feeds": given.feeds, "hosts": given.hosts, "pause": given.pause}
    with (
        tempfile.TemporaryDirectory() as folder,
        Fetcher(
            "geobrief-bench",
            allow_private=True,
            resolve=lambda host, port: ["127.0.0.1"],
            host_pause=timedelta(seconds=given.pause),
        ) as fetcher,
        PagePool(1) as pages,
    ):
        store = Store(Path(folder) / "news.db")
        for number in range(given.feeds):
            # slow and broken feeds lie anywhere among the hosts
            host = f"host{number * 7919 % 104729 % given.hosts}.example"
            link = f"http://{host}:{port}/feed{number}"
            store.feeds.add(link, Outlet(name=host, host=host), confirmed=True, now=NOW)
        collector = Collector(Ingest(store, fetcher, pages, Outlets([])))
        for name, now in (("first", NOW), ("again", NOW + timedelta(days=2))):
            report[name] = a_round(collector, now)
            ours.send(True)
            report[name].update(ours.recv())
        store.close()
    report["one_by_one"] = one_by_one(port, given.hosts, given.feeds)
    ours.send(False)
    site.join(5)
    again = report["again"]
    report["kept"] = {
        "no host asked twice at once": again["most at once"] == 1,
        "slowest feed plus a minute": again["seconds"] <= SLOW_SECONDS + 60,
        "every feed asked": again["feeds"] == given.feeds,
    }
    if given.json:
        print(json.dumps(report, indent=2))
    else:
        for name, value in report.items():
            print(f"{name:12} {value}")
    return 0 if all(report["kept"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
