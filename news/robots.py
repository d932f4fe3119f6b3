"""What a site asks of robots: robots.txt (RFC 9309), kept for a day. Knows no pages or feeds.

A site without the file allows everything; one whose server fails is left alone for now.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from protego import Protego

from news.outcome import Fetched, FetchFailed, NotModified

KEPT = timedelta(days=1)
RETRY = timedelta(minutes=15)
"""How long a site is left alone whose robots.txt could not be read."""
MAX_BYTES = 512 * 1024
"""Of a longer file the beginning counts; the RFC asks for 500 KiB at least."""
SITES_KEPT = 2_000
LONGEST_DELAY = timedelta(seconds=30)

FORBIDDEN = "the site's robots.txt asks programs not to read this page"
UNKNOWN = "the site's robots.txt cannot be read now, so no page of the site is"

Ask = Callable[[str], Fetched | NotModified | FetchFailed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One site's rules. `file` is None where there is none; `known` false: leave it alone."""

    file: Protego | None
    known: bool
    until: float
    why: str = ""


class Robots:
    """The rules of sites, for one user agent; `ask(link)` fetches a robots.txt."""

    def __init__(self, user_agent: str, ask: Ask) -> None:
        self._agent = user_agent.partition("/")[0].strip().lower()
        self._ask = ask
        self._sites: OrderedDict[str, Rules] = OrderedDict()
        self._lock = threading.Lock()

    def objection(self, url: str) -> FetchFailed | None:
        """Say why a page is not to be read, if the site says so; reads the site's rules once."""
        rules = self._rules(url)
        if not rules.known:
            # a site that is not there has no rules: what is wrong is that it is not there
            return FetchFailed(url=url, reason=rules.why or UNKNOWN, unreachable=bool(rules.why))
        if rules.file is None or rules.file.can_fetch(url, self._agent):
            return None
        return FetchFailed(url=url, reason=FORBIDDEN, permanent=True)

    def delay(self, url: str) -> timedelta | None:
        """Give the pause that a site asks for, half a minute at most, if its rules are known."""
        with self._lock:
            rules = self._sites.get(_site(url))
        wanted = rules.file.crawl_delay(self._agent) if rules and rules.file else None
        if wanted is None:
            return None
        return timedelta(seconds=min(max(wanted, 0.0), LONGEST_DELAY.total_seconds()))

    def _rules(self, url: str) -> Rules:
        site = _site(url)
        with self._lock:
            known = self._sites.get(site)
        if known is not None and known.until > time.monotonic():
            return known
        rules = self._read(f"{site}/robots.txt")
        with self._lock:
            self._sites[site] = rules
            self._sites.move_to_end(site)
            while len(self._sites) > SITES_KEPT:
                self._sites.popitem(last=False)
        return rules

    def _read(self, link: str) -> Rules:
        answer = self._ask(link)
        now = time.monotonic()
        day, soon = now + KEPT.total_seconds(), now + RETRY.total_seconds()
        if isinstance(answer, Fetched):
            text = answer.body.decode("utf-8", "replace")
            return Rules(file=Protego.parse(text), known=True, until=day)
        refused = isinstance(answer, FetchFailed) and (
            answer.permanent or (answer.status is not None and 400 <= answer.status < 500)
        )
        # "come back later" is no absence of rules
        if refused and isinstance(answer, FetchFailed) and answer.status != 429:
            return Rules(file=None, known=True, until=day)
        away = isinstance(answer, FetchFailed) and answer.unreachable
        why = answer.reason if isinstance(answer, FetchFailed) and away else ""
        return Rules(file=None, known=False, until=soon, why=why)


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"
