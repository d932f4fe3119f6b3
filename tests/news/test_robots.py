"""robots.txt: honoured for pages, kept for a day, failures as RFC 9309 wants them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from news.fetch import Fetched, Fetcher, FetchFailed
from news.outcome import NotModified
from news.robots import FORBIDDEN, LONGEST_DELAY, UNKNOWN, Robots

pytest_plugins = ["loopback_site"]

RULES = """User-agent: *
Disallow: /private
Crawl-delay: 7

User-agent: geobrief
Disallow: /no-programs
Allow: /no-programs/but-this
Crawl-delay: 500
"""
PAGE = "https://news.example/story"


class Answers:
    """What sites answer for their robots.txt, and how often they were asked."""

    def __init__(self, answer: Fetched | NotModified | FetchFailed) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, url: str) -> Fetched | NotModified | FetchFailed:
        """Answer."""
        self.asked.append(url)
        return self.answer


def a_file(text: str) -> Fetched:
    """A robots.txt that is there."""
    return Fetched(
        url="https://news.example/robots.txt",
        status=200,
        body=text.encode(),
        content_type="text/plain",
        charset=None,
        etag=None,
        last_modified=None,
        permanent_redirect_to=None,
    )


def robots(answer: Fetched | FetchFailed, agent: str = "geobrief/0.1 (+about)") -> Robots:
    """Rules of one site."""
    return Robots(agent, Answers(answer))


def test_the_rules_for_our_name_count() -> None:
    """Our own group wins over the one for all; longer rules over shorter ones."""
    ours = robots(a_file(RULES))
    assert ours.objection(f"{PAGE}") is None
    assert ours.objection("https://news.example/private") is None
    objection = ours.objection("https://news.example/no-programs/x")
    assert objection is not None
    assert (objection.reason, objection.permanent) == (FORBIDDEN, True)
    assert ours.objection("https://news.example/no-programs/but-this") is None
    assert robots(a_file(RULES), "other").objection("https://news.example/private") is not None


def test_a_wished_pause_is_bounded() -> None:
    """Seven seconds are seven, five hundred half a minute; nothing is known before the file is."""
    other = robots(a_file(RULES), "other")
    assert other.delay(PAGE) is None
    other.objection(PAGE)
    assert other.delay(PAGE) == timedelta(seconds=7)
    ours = robots(a_file(RULES))
    ours.objection(PAGE)
    assert ours.delay(PAGE) == LONGEST_DELAY


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_no_file_means_no_rules(status: int) -> None:
    """RFC 9309: 4xx is "unavailable", and everything may be read."""
    assert robots(FetchFailed(url="", reason="", status=status)).objection(PAGE) is None


@pytest.mark.parametrize("status", [429, 500, 503, None])
def test_a_broken_server_is_left_alone(status: int | None) -> None:
    """RFC 9309: 5xx and no answer are "unreachable", and nothing may be read for now."""
    objection = robots(FetchFailed(url="", reason="", status=status)).objection(PAGE)
    assert objection is not None
    assert (objection.reason, objection.permanent) == (UNKNOWN, False)


def test_a_site_is_asked_once() -> None:
    """The file is kept; another port or scheme is another site."""
    answers = Answers(a_file(RULES))
    kept = Robots("geobrief", answers)
    for link in (PAGE, "https://news.example/b", "http://news.example/", "https://news.example:8/"):
        kept.objection(link)
    assert answers.asked == [
        "https://news.example/robots.txt",
        "http://news.example/robots.txt",
        "https://news.example:8/robots.txt",
    ]


@pytest.fixture
def polite() -> Iterator[Fetcher]:
    """A fetcher that honours robots.txt and may talk to loopback."""
    with Fetcher("geobrief-test/1", allow_private=True, honour_robots=True) as opened:
        yield opened


def test_pages_ask_first_and_feeds_do_not(
    web: tuple[str, list[dict[str, str]]], polite: Fetcher
) -> None:
    """A page is not asked for where the rules say no; a feed is made for programs."""
    base, seen = web
    refused = polite.fetch(f"{base}/conditional")
    assert isinstance(refused, FetchFailed)
    assert refused.reason == FORBIDDEN
    assert [request["path"] for request in seen] == ["/robots.txt"]
    assert isinstance(polite.fetch(f"{base}/conditional", page=False), Fetched)
    assert isinstance(polite.fetch(f"{base}/page"), Fetched)


def test_a_redirect_to_a_forbidden_page_is_not_followed(
    web: tuple[str, list[dict[str, str]]], polite: Fetcher
) -> None:
    """Every step of the way is asked about."""
    base, seen = web
    refused = polite.fetch(f"{base}/redirect?to=/conditional")
    assert isinstance(refused, FetchFailed)
    assert refused.reason == FORBIDDEN
    assert "/conditional" not in [request["path"] for request in seen]
