"""The editorial data that ships is whole and agrees with itself."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from config.editorial import (
    EditorialError,
    load_edition,
    load_places,
    load_sources,
    load_topics,
)
from news.outlets import Outlets


def test_feeds_cover_every_region() -> None:
    """At least 60 feeds, and each region of the topics has an outlet of its own."""
    sources = load_sources()
    regions = {region["id"] for region in load_topics()["region"]}
    assert len(sources) >= 60
    assert {source.outlet.region for source in sources} == regions


def test_feeds_are_plain_public_links() -> None:
    """Every link is http(s), without credentials, and listed once."""
    urls = [source.url for source in load_sources()]
    assert {urlsplit(url).scheme for url in urls} <= {"http", "https"}
    assert not any("@" in urlsplit(url).netloc for url in urls)
    assert [url for url, count in Counter(urls).items() if count > 1] == []


def test_a_host_belongs_to_one_outlet() -> None:
    """Outlets are found by host, so two may not share one."""
    owners: dict[str, set[str]] = {}
    for source in load_sources():
        owners.setdefault(source.outlet.host, set()).add(source.outlet.name)
    assert {host: names for host, names in owners.items() if len(names) > 1} == {}


def test_confirmation_is_a_note_in_the_file_and_a_fact_in_the_value() -> None:
    """Entries with a place where the link was seen are confirmed, others are not."""
    confirmed = Counter(source.confirmed for source in load_sources())
    assert confirmed[True] > 0


def test_outlets_are_found_by_their_pages() -> None:
    """The list serves the domain's look-up: a page below an outlet's host is the outlet's."""
    source = load_sources()[0]
    outlets = Outlets(source.outlet for source in load_sources())
    assert outlets.of(f"https://edition.{source.outlet.host}/a/b") == source.outlet


def test_topics_and_places_speak_of_the_same_regions_and_countries() -> None:
    """Every country's region exists and lists it; topics name known countries only."""
    topics, places = load_topics(), load_places()
    regions = {region["id"]: set(region["countries"]) for region in topics["region"]}
    codes = {country["code"] for country in places["country"]}
    for country in places["country"]:
        assert country["code"] in regions[country["region"]], country["name"]
    for topic in topics["topic"]:
        assert set(topic.get("countries", ())) <= codes, topic["id"]
    assert len(places["organisation"]) > 0


def test_the_sample_edition_says_who_and_when() -> None:
    """The packaged edition has a clock of its own, and outlets on hosts that cannot exist."""
    edition = load_edition("sample")
    assert edition.starts_at.utcoffset() == timedelta(0)
    assert edition.title
    assert "invented" in edition.note
    assert len(edition.outlets) >= 2
    assert all(outlet.host.endswith(".example") for outlet in edition.outlets)
    assert edition.folder.is_dir()


def test_unknown_edition_names_the_known_ones() -> None:
    """An edition that does not ship is one line that says which do."""
    with pytest.raises(EditorialError, match=r"'moon'.*sample"):
        load_edition("moon")
