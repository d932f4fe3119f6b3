"""Sitemaps: lists of a site's pages, news sitemaps, indexes of them, robots.txt that names them.

Format: sitemaps.org and Google's news extension. `walk` asks its caller for every page.
"""

from __future__ import annotations

import heapq
import re
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from lxml import etree

from news.entries import OLDEST, language_code, plain_line, web_link
from news.outcome import Fetched
from news.plain import decode
from news.ways.found import Fetch, FoundLink, Problem, unfetched

MAX_BYTES = 50 * 1024 * 1024
"""Uncompressed; the protocol's own limit, as the next one is."""
MAX_ENTRIES = 50_000
MAX_SITEMAPS = 50
MAX_LINKS = 1_000
_FETCH_FAILURES = 10
_SKEW = timedelta(hours=1)
_PIECE = 1024 * 1024
_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapRef:
    """A sitemap named by an index or by robots.txt."""

    url: str
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What one file names, in its order.

    `dropped` counts entries beyond MAX_ENTRIES, bad links and, in a sitemap proper, links to
    other sites, which the protocol forbids.
    """

    links: tuple[FoundLink, ...] = ()
    sitemaps: tuple[SitemapRef, ...] = ()
    dropped: int = 0


def read_sitemap(body: bytes, *, url: str, now: datetime) -> Sitemap | Problem:
    """Read a sitemap, an index, a list of links as text, or robots.txt (known by its link).

    gzip is undone. Broken XML gives what stands before the break. Dates before 1990 and more
    than an hour after `now` are none. Never raises for what the bytes hold.
    """
    plain = _unpacked(body)
    if plain is None:
        return Problem(what=url, reason=f"the sitemap is larger than {MAX_BYTES // 2**20} MB")
    if urlsplit(url).path.lower().endswith("/robots.txt"):
        names = robots_sitemaps(plain, url)
        found = Sitemap(sitemaps=tuple(SitemapRef(url=name) for name in names))
        return found if names else Problem(what=url, reason="this robots.txt names no sitemap")
    # 4: a byte order mark of three bytes, or zero bytes of UTF-16, may stand before the sign
    if b"<" not in plain.lstrip()[:4]:
        return _text(plain, url)
    return _xml(plain, url, now + _SKEW)


def robots_sitemaps(body: bytes, url: str) -> tuple[str, ...]:
    """The sitemaps that a robots.txt names, absolute, each once; they may lie on other hosts."""
    lines = decode(body[:500_000]).splitlines()
    found = (web_link(match[1], url) for line in lines if (match := _LINE.match(line)))
    return tuple(dict.fromkeys(link for link in found if link))[:MAX_SITEMAPS]


def walk(
    start: str,
    fetch: Fetch,
    *,
    now: datetime,
    since: datetime | None = None,
    max_links: int = MAX_LINKS,
    max_sitemaps: int = MAX_SITEMAPS,
) -> Iterator[FoundLink | Problem]:
    """Read a sitemap and those it names, then give the newest `max_links` links, newest first.

    Each file is read once, so one that names itself ends. Of an index the newest sitemaps
    come first. Problems come before the links. Links without a date come last; what has one
    of before `since` does not come.
    """
    known, failures, named = {start}, 0, 0
    todo = deque([start])
    best: dict[str, FoundLink] = {}
    for _ in range(max_sitemaps):
        if not todo:
            break
        url = todo.popleft()
        found = _read(url, fetch, now)
        if isinstance(found, Problem):
            yield found
            failures += 1
            if failures >= _FETCH_FAILURES:
                break
            continue
        for ref in sorted(found.sitemaps, key=lambda ref: _age(ref.changed_at)):
            if ref.url not in known and not _older(ref.changed_at, since):
                known.add(ref.url)
                todo.append(ref.url)
        named += len(found.links) + len(found.sitemaps)
        for link in found.links:
            if not _older(link.at, since):
                best.setdefault(link.url, link)
        best = {link.url: link for link in _newest(best, 2 * max_links)}
        if found.dropped:
            reason = f"{found.dropped:,} entries were left out: too many, or not of this site"
            yield Problem(what=url, reason=reason, final=False)
    if todo:
        reason = f"{len(todo)} more sitemaps were not read"
        yield Problem(what=start, reason=reason, final=False)
    if not best and not failures:
        reason = "the sitemap names no page" + (" so new" if named else "")
        yield Problem(what=start, reason=reason)
    yield from _newest(best, max_links)


def _read(url: str, fetch: Fetch, now: datetime) -> Sitemap | Problem:
    answer = fetch(url)
    if isinstance(answer, Fetched):
        return read_sitemap(answer.body, url=answer.url, now=now)
    return unfetched(url, answer)


def _newest(links: dict[str, FoundLink], count: int) -> list[FoundLink]:
    return heapq.nsmallest(count, links.values(), key=lambda link: _age(link.at))


def _older(at: datetime | None, since: datetime | None) -> bool:
    return at is not None and since is not None and at < since


def _age(at: datetime | None) -> float:
    return -at.timestamp() if at is not None else float("inf")


def _unpacked(body: bytes) -> bytes | None:
    """The body, gzip undone as far as the limit; None when it is larger."""
    if body.startswith(b"\x1f\x8b"):
        try:
            body = zlib.decompressobj(wbits=31).decompress(body, MAX_BYTES + 1)
        except zlib.error:
            body = b""
    return None if len(body) > MAX_BYTES else body


def _text(plain: bytes, url: str) -> Sitemap | Problem:
    """A list of links, one a line."""
    text = "" if b"\0" in plain[:4096] else decode(plain)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    links = [line for line in lines if web_link(line, "") == line]
    if not links or len(links) < len(lines) / 2:
        return Problem(what=url, reason="this is no sitemap: neither XML nor a list of links")
    own = [FoundLink(url=link) for link in links if _same_site(link, url)][:MAX_ENTRIES]
    return Sitemap(links=tuple(own), dropped=len(lines) - len(own))


def _xml(plain: bytes, url: str, latest: datetime) -> Sitemap | Problem:
    """Entities stay as they are and nothing is fetched: a sitemap needs neither.

    Fed piece by piece, because a whole tree takes ten times the file's size.
    """
    parser = etree.XMLPullParser(
        events=("end",), recover=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    links: list[FoundLink] = []
    refs: list[SitemapRef] = []
    count = 0
    root = ""
    try:
        for at in range(0, len(plain), _PIECE):
            parser.feed(plain[at : at + _PIECE])
            for _, node in parser.read_events():
                name = _name(node)
                if name in ("url", "sitemap"):
                    count += 1
                    if count <= MAX_ENTRIES:
                        _keep(node, name, url, latest, links, refs)
                    _forget(node)
                elif name in ("urlset", "sitemapindex"):
                    root = name
    except etree.LxmlError:
        if not links and not refs:
            return Problem(what=url, reason="this is no sitemap: the XML cannot be read")
    if not root and not count:
        return Problem(what=url, reason="this is no sitemap: it holds neither pages nor sitemaps")
    return Sitemap(links=tuple(links), sitemaps=tuple(refs), dropped=count - len(links) - len(refs))


def _forget(node: etree._Element) -> None:
    """Empty an entry that was read, and drop those before it from the tree."""
    node.clear()
    parent = node.getparent()
    while parent is not None and node.getprevious() is not None:
        del parent[0]


def _keep(
    node: etree._Element,
    name: str,
    url: str,
    latest: datetime,
    links: list[FoundLink],
    refs: list[SitemapRef],
) -> None:
    said = _said(node)
    link = web_link(said.get("loc"), url)
    if link is None:
        return
    changed = _moment(said.get("lastmod"), latest)
    if name == "sitemap":
        refs.append(SitemapRef(url=link, changed_at=changed))
    elif _same_site(link, url):
        found = FoundLink(
            url=link,
            title=plain_line(said.get("news:title")),
            published_at=_moment(said.get("news:publication_date"), latest),
            seen_at=changed,
            outlet=plain_line(said.get("news:name")) or None,
            language=language_code(said.get("news:language")),
        )
        links.append(found)


def _said(node: etree._Element) -> dict[str, str]:
    """Texts of an entry by name; the news extension's as `news:...`, others' are left out."""
    found: dict[str, str] = {}
    for part in node.iter():
        text = (part.text or "").strip()
        if not text or not isinstance(part.tag, str):
            continue
        name = _name(part)
        if "sitemap-news" in part.tag:
            name = f"news:{name}"
        elif part.getparent() is not node:  # a picture's own loc, a translation's link
            continue
        found.setdefault(name, text)
    return found


def _name(node: etree._Element) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _same_site(link: str, url: str) -> bool:
    """Whether both are of one registered domain; a file of our own disk may name any."""
    from ural import get_domain_name

    own = urlsplit(url).hostname
    if not own or urlsplit(link).hostname == own:
        return True
    return bool(get_domain_name(link) == get_domain_name(url))


def _moment(text: str | None, latest: datetime) -> datetime | None:
    """W3C date and time; a day alone is its midnight, a year or month its first day, in UTC."""
    text = (text or "").strip()[:40]
    if re.fullmatch(r"\d{4}(?:-\d{2})?", text):
        text += "-01-01" if len(text) == 4 else "-01"
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if OLDEST <= at <= latest else None
