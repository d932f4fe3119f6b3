"""Fetching is a door: only public web addresses are dialled, whatever a link or redirect says."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from news.fetch import Fetched, Fetcher, FetchFailed, NotModified

AGENT = "geobrief-test"
pytest_plugins = ["loopback_site"]

Site = tuple[str, list[dict[str, str]]]


def failed(answer: Fetched | NotModified | FetchFailed) -> FetchFailed:
    """The answer, which must be a failure of one line."""
    assert isinstance(answer, FetchFailed), answer
    assert "\n" not in answer.reason
    assert answer.reason
    return answer


@pytest.mark.parametrize(
    "url",
    [
        "ftp://news.example/feed",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://user:word@news.example/",
        "http:///nowhere",
        "http://news.example:port/",
        "not a link",
        "",
    ],
)
def test_only_plain_web_links_are_fetched(fetcher: Fetcher, url: str) -> None:
    """Other schemes, passwords in links and broken links are refused at once."""
    answer = failed(fetcher.fetch(url))
    assert answer.permanent
    assert not answer.unreachable


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::1]"])
def test_loopback_is_refused_by_default(web: Site, host: str) -> None:
    """However the address is written, the site never sees the request."""
    base, seen = web
    port = urlsplit(base).port
    with Fetcher(AGENT) as careful:
        answer = careful.fetch(f"http://{host}:{port}/page")
    assert isinstance(answer, FetchFailed)
    assert "not a public address" in answer.reason or answer.unreachable
    assert f"{host} leads to {host}" not in answer.reason
    assert seen == []


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[::ffff:127.0.0.3]/",
        "//192.168.1.1/",
    ],
)
def test_a_redirect_into_a_private_network_is_refused(web: Site, target: str) -> None:
    """Every step of the way is checked, not only the first link."""
    with Fetcher(AGENT, allowed_networks=["127.0.0.1/32"]) as careful:
        assert isinstance(careful.fetch(f"{web[0]}/page"), Fetched)
        answer = failed(careful.fetch(f"{web[0]}/redirect?to={target}"))
    assert "not a public address" in answer.reason
    assert answer.permanent


def test_a_redirect_to_another_scheme_is_refused(web: Site, fetcher: Fetcher) -> None:
    """Nor may a site send the fetcher to a file."""
    answer = failed(fetcher.fetch(f"{web[0]}/redirect?to=file:///etc/passwd"))
    assert "http" in answer.reason


def test_a_name_is_looked_up_once_and_that_address_is_dialled(web: Site) -> None:
    """A name that changes its answer between check and connection gains nothing."""
    base, seen = web
    port = urlsplit(base).port
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    asked: list[str] = []

    def turning(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    with Fetcher(AGENT, allowed_networks=["127.0.0.1/32"], resolve=turning) as careful:
        assert isinstance(careful.fetch(f"http://news.example:{port}/page"), Fetched)
    with Fetcher(AGENT, allowed_networks=["127.0.0.1/32"], resolve=turning) as careful:
        assert "10.0.0.1" in failed(careful.fetch(f"http://news.example:{port}/page")).reason
    assert asked == ["news.example", "news.example"]
    assert [request["host"] for request in seen] == [f"news.example:{port}"]


def test_private_addresses_beside_public_ones_are_not_dialled(web: Site) -> None:
    """Of a name's addresses only the checked ones are used."""
    port = urlsplit(web[0]).port

    def both(host: str, port: int) -> list[str]:
        return ["10.0.0.1", "127.0.0.1"]

    with Fetcher(AGENT, allowed_networks=["127.0.0.1/32"], resolve=both) as careful:
        assert isinstance(careful.fetch(f"http://news.example:{port}/page"), Fetched)
