"""Sitemaps of every form give their newest links, and none leads in a circle."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime
from typing import Any

import pytest
from papers_made import Web

from news.ways.found import FoundLink, Problem
from news.ways.sitemaps import (
    MAX_BYTES,
    MAX_ENTRIES,
    Sitemap,
    read_sitemap,
    robots_sitemaps,
    walk,
)

NOW = datetime(2022, 2, 20, 9, 0, tzinfo=UTC)
SITE = "https://harbour-post.example"
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'


def _urlset(*entries: str) -> str:
    return f'<?xml version="1.0"?><urlset {SPACE} {NEWS}>{"".join(entries)}</urlset>'


def _url(path: str, date: str | None = None, more: str = "") -> str:
    changed = f"<lastmod>{date}</lastmod>" if date else ""
    return f"<url><loc> {SITE}/{path} </loc>{changed}{more}</url>"


def _index(*names: str) -> str:
    listed = "".join(f"<sitemap><loc>{SITE}/{name}</loc></sitemap>" for name in names)
    return f"<sitemapindex {SPACE}>{listed}</sitemapindex>"


def _read(body: bytes | str, url: str = f"{SITE}/sitemap.xml") -> Sitemap:
    found = read_sitemap(body.encode() if isinstance(body, str) else body, url=url, now=NOW)
    assert isinstance(found, Sitemap), found
    return found


def _walk(web: Web, start: str, **limits: Any) -> tuple[list[FoundLink], list[Problem]]:
    found = list(walk(f"{SITE}/{start}", web, now=NOW, **limits))
    return (
        [one for one in found if isinstance(one, FoundLink)],
        [one for one in found if isinstance(one, Problem)],
    )


def test_links_and_dates_are_read() -> None:
    """Days, months and instants with a zone; dates to come and of long ago are none."""
    dates = {
        "2022-02-18": datetime(2022, 2, 18, tzinfo=UTC),
        "2022-02": datetime(2022, 2, 1, tzinfo=UTC),
        "2022-02-18T12:30:00+02:00": datetime(2022, 2, 18, 10, 30, tzinfo=UTC),
        "2022-02-18T12:30Z": datetime(2022, 2, 18, 12, 30, tzinfo=UTC),
        "2031-01-01": None,
        "0001-01-01T00:00:00+09:00": None,
        "yesterday": None,
    }
    found = _read(_urlset(*(_url(str(n), date) for n, date in enumerate(dates))))
    assert [link.seen_at for link in found.links] == list(dates.values())
    assert found.links[0].url == f"{SITE}/0"
    assert found.links[0].published_at is None


def test_a_news_sitemap_gives_title_and_date_of_publication() -> None:
    """The extension's own date counts; a picture's link is not the page's."""
    more = (
        "<n:news><n:publication><n:name>Harbour Post</n:name><n:language>en</n:language>"
        "</n:publication><n:publication_date>2022-02-18T08:00:00Z</n:publication_date>"
        "<n:title>Dockers &amp; ships</n:title></n:news>"
        '<i:image xmlns:i="http://www.google.com/schemas/sitemap-image/1.1">'
        f"<i:loc>{SITE}/quay.jpg</i:loc></i:image>"
    )
    (link,) = _read(_urlset(_url("a", "2022-02-19", more))).links
    assert (link.url, link.title, link.outlet) == (f"{SITE}/a", "Dockers & ships", "Harbour Post")
    assert link.published_at == datetime(2022, 2, 18, 8, tzinfo=UTC)
    assert link.language == "en"
    assert link.item().published_at == link.published_at


def test_gzip_text_and_broken_xml_are_read() -> None:
    """A cut-off file gives what stands before the cut."""
    whole = _urlset(_url("a"), _url("b"))
    for body in (
        gzip.compress(whole.encode()),
        f"{SITE}/a\r\n{SITE}/b\n".encode(),
        whole.encode("utf-16"),
        whole.removesuffix("</urlset>").encode() + f"<url><loc>{SITE}/c".encode(),
    ):
        assert [link.url for link in _read(body).links][:2] == [f"{SITE}/a", f"{SITE}/b"]


def test_links_to_other_sites_and_bad_links_are_dropped() -> None:
    """Subdomains are the same site; a stranger's links are not taken from a sitemap."""
    body = _urlset(
        _url("a"),
        "<url><loc>https://m.harbour-post.example/b</loc></url>",
        "<url><loc>https://stranger.example.org/c</loc></url>",
        "<url><loc>javascript:alert(1)</loc></url>",
        "<url></url>",
    )
    found = _read(body)
    assert len(found.links) == 2
    assert found.dropped == 3


def test_robots_names_sitemaps() -> None:
    """In any case, absolute or not, on other hosts too; the rest of the file is not looked at."""
    body = (
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /\nSITEMAP: /a.xml # all\n"
        b"sitemap:https://maps.example.org/b.xml.gz\nSitemap: javascript:x\nSitemap: /a.xml\n"
    )
    found = robots_sitemaps(body, f"{SITE}/robots.txt")
    assert found == (f"{SITE}/a.xml", "https://maps.example.org/b.xml.gz")
    assert [ref.url for ref in _read(body, f"{SITE}/robots.txt").sitemaps] == list(found)
    none = read_sitemap(b"User-agent: *", url=f"{SITE}/robots.txt", now=NOW)
    assert isinstance(none, Problem)


def test_the_newest_links_of_all_sitemaps_come_first() -> None:
    """Over an index, each link once, those without a date last, no more than asked for."""
    web = Web(
        {
            f"{SITE}/robots.txt": f"Sitemap: {SITE}/index.xml",
            f"{SITE}/index.xml": _index("a.xml", "b.xml"),
            f"{SITE}/a.xml": _urlset(_url("old", "2021-01-01"), _url("undated")),
            f"{SITE}/b.xml": _urlset(_url("new", "2022-02-19"), _url("old", "2020-01-01")),
        }
    )
    links, problems = _walk(web, "robots.txt")
    assert [link.url.rsplit("/", 1)[1] for link in links] == ["new", "old", "undated"]
    assert problems == []
    assert len(_walk(web, "robots.txt", max_links=1)[0]) == 1


def test_a_sitemap_that_names_itself_ends() -> None:
    """Each file is asked for once, in a circle of two as well."""
    web = Web({f"{SITE}/a.xml": _index("a.xml", "b.xml"), f"{SITE}/b.xml": _index("a.xml")})
    links, (told,) = _walk(web, "a.xml")
    assert links == []
    assert web.asked == [f"{SITE}/a.xml", f"{SITE}/b.xml"]
    assert "names no page" in told.reason


def test_an_endless_index_is_left_at_the_limit() -> None:
    """Sitemaps that were not read are counted; ten that fail are enough."""
    pages = {f"{SITE}/0.xml": _index(*(f"{n}.xml" for n in range(1, 100)))}
    pages |= {f"{SITE}/{n}.xml": _urlset(_url(str(n))) for n in range(1, 100)}
    links, (told,) = _walk(Web(pages), "0.xml", max_sitemaps=5)
    assert len(links) == 4
    assert "95 more sitemaps were not read" in told.reason
    assert not told.final
    broken = Web({f"{SITE}/0.xml": pages[f"{SITE}/0.xml"]})
    assert len(_walk(broken, "0.xml")[1]) == 11
    assert len(broken.asked) == 11


def test_a_huge_sitemap_is_read_to_the_limit() -> None:
    """More entries than the protocol allows are counted, not kept; a bomb is refused."""
    found = _read(_urlset(*(_url(str(n)) for n in range(MAX_ENTRIES + 10))))
    assert (len(found.links), found.dropped) == (MAX_ENTRIES, 10)
    bomb = gzip.compress(b" " * (MAX_BYTES + 1))
    told = read_sitemap(bomb, url=SITE, now=NOW)
    assert isinstance(told, Problem)
    assert "larger than" in told.reason


def test_entities_are_not_expanded() -> None:
    """Neither a file of this machine nor a billion laughs."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    for named, used in (
        (f'<!ENTITY l0 "ha">{laughs}', "&l9;"),
        ('<!ENTITY f SYSTEM "file:///etc/passwd">', "&f;"),
    ):
        url = f"<url><loc>{SITE}/{used}</loc></url>"
        body = f"<!DOCTYPE u [{named}]><urlset {SPACE}>{_url('a')}{url}</urlset>"
        found = read_sitemap(body.encode(), url=f"{SITE}/sitemap.xml", now=NOW)
        links = found.links if isinstance(found, Sitemap) else ()
        assert {link.url for link in links} <= {f"{SITE}/a", f"{SITE}/"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Log in</body></html>",
        b"<rss><channel/></rss>",
        b"\x1f\x8b broken",
        b"Hello there\nno links",
        b"<",
        os.urandom(1024) * 50 * 1024,
        b"<a>" * 1_000_000,
    ],
    ids=["empty", "page", "feed", "gzip", "words", "cut", "rubbish", "deep"],
)
def test_what_is_no_sitemap_is_one_line(body: bytes) -> None:
    """A login page, a feed, rubbish: each is told."""
    told = read_sitemap(body, url=f"{SITE}/sitemap.xml", now=NOW)
    assert isinstance(told, Problem)
    assert "no sitemap" in told.reason
