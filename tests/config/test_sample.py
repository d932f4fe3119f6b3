"""The sample edition as it ships: complete, labelled, honest about itself, readable by our parts.

Reads the files themselves; loading them into a store is tested where editions are loaded.
"""

from __future__ import annotations

import calendar
import json
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import fastfeedparser
import feedparser
import pytest
from lxml import html

from news.extract import extract_page
from news.identify import canonical_url, is_near_copy, signature

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "config" / "sample"
PAGES = sorted(SAMPLE.glob("pages/*/*.html"))
FEEDS = sorted(SAMPLE.glob("feeds/*.xml"))
FIRST_DAY = datetime(2021, 12, 1, tzinfo=UTC)

# Where each page design keeps the article's own paragraphs, and words of everything around them.
BODY = {
    "harbourpost.example": "//div[@class='story-copy']/p[not(@class)]",
    "northlight.example": "//section[@class='body']/p",
    "potomacdispatch.example": "//div[@id='story-content']/p[@class='graf']",
    "levantreview.example": "//div[@class='in']/text()[normalize-space()]",
}
EVERYWHERE = (
    "Share on Facebook",
    "Read more:",
    "Leave a reply",
    "Your email address will not be published. Required fields are marked *",
    "invented",
    "cookies",
)
CLUTTER = {
    "harbourpost.example": (
        "Sign in",
        "Related articles",
        "More on",
        "About the author",
        "reports on foreign affairs for",
        "The Morning Tide",
        "Shipping forecast",
        "Share via WhatsApp",
    ),
    "northlight.example": (
        "Check also",
        "Most read",
        "Letter from the North",
        "Tags:",
        "writes about foreign and security policy",
        "Data protection",
        "Save for later",
    ),
    "potomacdispatch.example": (
        "Related articles",
        "Check also",
        "The Evening Dispatch",
        "Filed under",
        "is a staff writer at",
        "Advertisement",
        "Gift article",
    ),
    "levantreview.example": (
        "Check also",
        "Exchange rates",
        "The Weekly Review",
        "Tags:",
        "is a correspondent of",
        "Donate now",
        "Text size",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One article as the files hold it."""

    url: str
    title: str
    teaser: str
    published_at: datetime
    paragraphs: tuple[str, ...]

    @property
    def host(self) -> str:
        """The outlet's host."""
        return urlsplit(self.url).hostname or ""

    @property
    def text(self) -> str:
        """The paragraphs with blank lines between them."""
        return "\n\n".join(self.paragraphs)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _page(path: Path) -> Row:
    tree = html.fromstring(path.read_bytes())
    found = tree.xpath(BODY[path.parent.name])
    texts = [node if isinstance(node, str) else node.text_content() for node in found]
    (published,) = tree.xpath("//meta[@property='article:published_time']/@content")
    (title,) = tree.xpath("//meta[@property='og:title']/@content")
    (teaser,) = tree.xpath("//meta[@property='og:description']/@content")
    (url,) = tree.xpath("//link[@rel='canonical']/@href")
    return Row(
        url=url,
        title=title,
        teaser=teaser,
        published_at=datetime.fromisoformat(published),
        paragraphs=tuple(_squeezed(text) for text in texts),
    )


def _feed(path: Path) -> Iterator[Row]:
    for entry in feedparser.parse(path.read_bytes()).entries:
        tree = html.fromstring(f"<div>{entry.content[0].value}</div>")
        yield Row(
            url=entry.link,
            title=entry.title,
            teaser=entry.summary,
            published_at=datetime.fromtimestamp(calendar.timegm(entry.published_parsed), UTC),
            paragraphs=tuple(_squeezed(p.text_content()) for p in tree.xpath("./p")),
        )


def _lines(path: Path) -> Iterator[Row]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Row(
            url=row["url"],
            title=row["title"],
            teaser=row["description"],
            published_at=datetime.fromisoformat(row["published_at"]),
            paragraphs=tuple(row["text"].split("\n\n")),
        )


@cache
def _rows() -> tuple[Row, ...]:
    rows = [_page(path) for path in PAGES]
    rows += [row for path in FEEDS for row in _feed(path)]
    rows += [row for path in sorted(SAMPLE.glob("articles/*.jsonl")) for row in _lines(path)]
    return tuple(rows)


@cache
def _edition() -> dict[str, Any]:
    return tomllib.loads((SAMPLE / "edition.toml").read_text(encoding="utf-8"))


@cache
def _labels() -> dict[str, str]:
    labels: dict[str, str] = json.loads(
        (ROOT / "tests" / "data" / "sample_stories.json").read_text(encoding="utf-8")
    )
    return labels


@cache
def _stories() -> dict[str, tuple[Row, ...]]:
    stories: dict[str, list[Row]] = defaultdict(list)
    for row in _rows():
        stories[_labels()[row.url]].append(row)
    return {
        key: tuple(sorted(rows, key=lambda row: row.published_at)) for key, rows in stories.items()
    }


def test_every_article_has_one_address_and_a_label() -> None:
    """The labels name exactly the articles that ship, each under one canonical link."""
    urls = [row.url for row in _rows()]
    assert len(urls) >= 60
    assert Counter(urls).most_common(1)[0][1] == 1
    assert set(urls) == set(_labels())
    assert [canonical_url(url) for url in urls] == urls


def test_links_carry_year_and_month() -> None:
    """A link is host, year, month and slug, and the month is the article's own."""
    for row in _rows():
        day = row.published_at.astimezone(UTC)
        assert re.fullmatch(rf"https://[a-z]+\.example/{day:%Y/%m}/[a-z0-9-]+", row.url), row.url


def test_articles_are_of_a_readable_length() -> None:
    """Every article has 150 to 600 words."""
    lengths = {row.url: len(row.text.split()) for row in _rows()}
    assert {url: words for url, words in lengths.items() if not 150 <= words <= 600} == {}


def test_dates_lie_within_the_edition() -> None:
    """Every date has a zone, and no article is newer than the edition's clock."""
    starts_at = _edition()["starts_at"]
    assert starts_at == datetime(2022, 2, 18, 18, tzinfo=UTC)
    for row in _rows():
        assert row.published_at.tzinfo is not None, row.url
        assert FIRST_DAY <= row.published_at <= starts_at, row.url


def test_outlets_are_invented_and_listed() -> None:
    """Every outlet sits on a reserved host, is listed, and the edition says it is invented."""
    edition = _edition()
    regions = tomllib.loads((ROOT / "config" / "topics.toml").read_text(encoding="utf-8"))["region"]
    countries = {region["id"]: region["countries"] for region in regions}
    outlets = {outlet["host"]: outlet for outlet in edition["outlet"]}
    assert {row.host for row in _rows()} == set(outlets)
    for host, outlet in outlets.items():
        assert host.endswith(".example")
        assert outlet["country"] in countries[outlet["region"]]
        assert outlet["language"] == "en"
        assert outlet["ownership"] in {"public", "private", "state", "agency"}
    assert "invented" in edition["note"]


def test_stories_are_many_and_from_many_regions() -> None:
    """At least 15 stories from at least five regions, each with its facts noted."""
    notes = (ROOT / "docs" / "sample.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### `([a-z-]+)` · .*20\d\d · ([a-z-]+)$", notes, re.MULTILINE)
    topics = tomllib.loads((ROOT / "config" / "topics.toml").read_text(encoding="utf-8"))
    assert len(_stories()) >= 15
    assert sorted(key for key, _ in headings) == sorted(_stories())
    assert {region for _, region in headings} <= {region["id"] for region in topics["region"]}
    assert len({region for _, region in headings}) >= 5


def test_every_story_is_told_by_two_to_six_outlets() -> None:
    """An event that one outlet tells alone, or that all tell, would not test grouping."""
    told = {key: len({row.host for row in rows}) for key, rows in _stories().items()}
    assert {key: count for key, count in told.items() if not 2 <= count <= 6} == {}


def test_near_copies_lie_within_stories_and_between_outlets() -> None:
    """Some texts are copies of an agency's, and no two others are alike by accident."""
    signed = [(row, signature(row.text)) for row in _rows()]
    copies = [(a, b) for (a, x), (b, y) in combinations(signed, 2) if is_near_copy(x, y)]
    assert copies
    for a, b in copies:
        assert _labels()[a.url] == _labels()[b.url]
        assert "meridianwire.example" in {a.host, b.host} != {a.host}


def test_corrections_correct_an_article_of_the_edition() -> None:
    """Each correction follows an earlier article of its own outlet about the same event."""
    found = 0
    for rows in _stories().values():
        for at, row in enumerate(rows):
            if row.title.startswith("Correct"):
                found += 1
                assert row.host in {earlier.host for earlier in rows[:at]}, row.url
    assert found >= 1


def test_a_story_is_followed_up_days_later() -> None:
    """At least one story goes on for days after its first article."""
    spans = [rows[-1].published_at - rows[0].published_at for rows in _stories().values()]
    assert max(spans) >= timedelta(days=3)


def test_nobody_is_quoted() -> None:
    """No invented quotation: texts, titles and teasers hold no quotation marks."""
    for row in _rows():
        assert not re.search(r'["“”„«»‘]', f"{row.title}\n{row.teaser}\n{row.text}"), row.url
        assert not re.search(r"(?:^|[\s(])['’](?=\w)", row.text), row.url


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_pages_hold_the_usual_clutter(path: Path) -> None:
    """Pages are as cluttered as real ones, and say that their outlet is invented."""
    shown = _squeezed(html.fromstring(path.read_bytes()).text_content())
    assert [
        words for words in (*EVERYWHERE, *CLUTTER[path.parent.name]) if words not in shown
    ] == []
    assert re.search(r"is an invented [a-z]+", shown)
    assert "geobrief" in shown
    assert path.stem == urlsplit(_page(path).url).path.rsplit("/", 1)[-1]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_extraction_gives_the_article_and_nothing_else(path: Path) -> None:
    """Every paragraph of the article comes out; share buttons, teasers and forms do not."""
    article = _page(path)
    page = extract_page(path.read_bytes(), url=article.url, now=_edition()["starts_at"])
    text = _squeezed(page.text)
    assert [words for words in article.paragraphs if words not in text] == []
    others = [row for row in _rows() if row.host == article.host and row.url != article.url]
    teasers = [words for row in others for words in (row.title, row.teaser)]
    clutter = (*EVERYWHERE, *CLUTTER[article.host], *teasers)
    assert sorted(words for words in clutter if words in text) == []
    assert page.canonical_url == article.url
    assert page.published_at == article.published_at


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_feeds_are_read_alike_by_both_parsers(path: Path) -> None:
    """The quick and the lenient parser find the same items, dates and full texts."""
    lenient = feedparser.parse(path.read_bytes())
    quick = fastfeedparser.parse(path.read_text(encoding="utf-8"))
    assert not lenient.bozo
    assert "invented" in lenient.feed.subtitle
    assert [entry.link for entry in lenient.entries] == [entry.link for entry in quick.entries]
    for ours, theirs in zip(_feed(path), quick.entries, strict=True):
        assert datetime.fromisoformat(theirs.published) == ours.published_at
        body = html.fromstring(f"<div>{theirs.content[0]['value']}</div>")
        assert _squeezed(body.text_content()) == "".join(ours.paragraphs)
