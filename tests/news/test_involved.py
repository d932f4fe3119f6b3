"""Who a story involves: people in office and in the texts, organisations, areas, topics."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from newsroom import NOW, Newsroom

from config.editorial import load_people, load_places
from news.involved import Involvement
from news.model import Article, Involved, Outlet, Story
from news.people import PeopleWords
from news.places import Places
from news.topics import Topics

TALKS = (
    "Foreign Minister Ola Brandt met Captain Runa Eik, 44, in Alvik on Monday. Brandt said the "
    "ferry line would stay. Eik did not answer. The OSCE sent observers to Donbas."
)


@pytest.fixture
def involvement(places: Places, topics: Topics) -> Involvement:
    """By the lists that ship."""
    return Involvement(places, PeopleWords.from_lists(load_people()), topics)


def article(number: int, title: str, text: str, *, copy_of: str | None = None) -> Article:
    """An article of an outlet of its own."""
    return Article(
        id=f"{number:012x}",
        number=number,
        url=None,
        title=title,
        text=text,
        outlet=Outlet(name=f"Outlet {number}", host=f"o{number}.example"),
        language="en",
        author=None,
        published_at=NOW,
        fetched_at=NOW,
        content_hash=str(number),
        copy_of=copy_of,
    )


def involved(involvement: Involvement, *articles: Article) -> Involved:
    """Who a story of these articles involves."""
    story = Story(
        id=1, title="Talks", first_at=NOW, last_at=NOW, changed_at=NOW, articles=len(articles),
        revision=1, countries=("UA",),
    )  # fmt: skip
    return involvement.of(story, articles)


def test_people_are_those_whom_several_voices_name(involvement: Involvement) -> None:
    """In full, under one spelling, without titles; whom one outlet alone names is left out."""
    other = "Ola Brandt and Captain Runa Eike met. Brandt said little. Editor Jon Myhr wrote it."
    found = involved(involvement, article(1, "Talks in Alvik", TALKS), article(2, "Talks", other))
    assert set(found.people) == {"Ola Brandt", "Runa Eik"}
    alone = involved(involvement, article(1, "Talks in Alvik", TALKS))
    assert set(alone.people) == {"Ola Brandt", "Runa Eik"}


def test_a_copy_is_no_second_voice(involvement: Involvement) -> None:
    """Wire text that is carried on makes nobody better known."""
    one = article(1, "Talks in Alvik", "Ola Brandt spoke. Nobody answered.")
    two = replace(article(2, "Talks in Alvik", one.text), copy_of=one.id)
    assert involved(involvement, one, two).people == ()


def test_organisations_and_areas_have_one_name_each(involvement: Involvement) -> None:
    """Abbreviations and other languages lead to the same name; side remarks are left out."""
    found = involved(
        involvement,
        article(1, "Talks in Alvik", TALKS),
        article(2, "OSCE at the front", "L'ОБСЕ and the ONU went to Donbass. The OSCE left."),
        article(3, "Observers", "OSCE observers in Donetsk. The IMF was not asked."),
    )
    assert found.organisations == ("Organization for Security and Co-operation in Europe",)
    assert found.areas == ("Donbas",)
    assert found.countries == ("Ukraine",)


@pytest.mark.parametrize(
    ("year", "office"),
    [(2010, "vice president, United States"), (2018, None), (2022, "president, United States")],
)
def test_an_office_is_told_of_its_time_only(places: Places, year: int, office: str | None) -> None:
    """Who was in office when the news was new, and nothing of later."""
    assert places.office("Joe Biden", datetime(year, 6, 1, tzinfo=UTC)) == office


def test_nothing_is_said_of_offices_after_the_list_was_made(places: Places) -> None:
    """Nobody is president for ever."""
    assert places.office("Vladimir Putin", datetime(2024, 6, 1, tzinfo=UTC)) is not None
    assert places.office("Vladimir Putin", datetime(2040, 6, 1, tzinfo=UTC)) is None
    assert places.office("Nobody Known", NOW) is None


def test_a_surname_in_the_news_is_its_bearer_in_office(involvement: Involvement) -> None:
    """Alone it means the one whom all know; after another first name it does not."""
    found = involved(
        involvement,
        article(1, "Macron calls Putin", "President Putin and Mr Macron spoke for an hour."),
        article(2, "Hour on the phone", "Macron called Putin. Igor Putin sells cars in Alvik."),
    )
    assert set(found.people) == {"Emmanuel Macron", "Vladimir Putin"}
    assert found.offices["Emmanuel Macron"] == "president, France"


def test_leaders_speak_for_their_countries(places: Places) -> None:
    """Only while they are in office."""
    title, text = "Merkel warns", "Merkel spoke."
    assert "DE" in places.of(title, text, datetime(2020, 1, 1, tzinfo=UTC))
    assert places.of(title, text, datetime(2024, 1, 1, tzinfo=UTC)) == {}


def test_texts_that_are_gone_leave_the_headlines(involvement: Involvement) -> None:
    """An aged story names what its titles name; one without articles names nobody."""
    found = involved(involvement, article(1, "NATO and Putin agree", ""))
    assert found.organisations == ("NATO",)
    assert found.people == ("Vladimir Putin",)
    assert involved(involvement).people == ()


def test_the_lists_agree(places: Places) -> None:
    """Every office is of a known country or organisation, and ends after it began."""
    tables = load_places()
    known = {one["code"] for one in tables["country"]} | {
        one["id"] for one in tables["organisation"]
    }
    for leader in tables["leader"]:
        for office in leader["offices"]:
            assert office["of"] in known, leader["name"]
            assert office["from"] < office["to"], leader["name"]
    for area in tables["area"]:
        assert set(area["countries"]) <= set(places.countries), area["name"]
    for group in tables["ambiguous"]:
        codes = {one["code"] for one in group["sense"]} - {""}
        assert codes <= set(places.countries), group["words"]
        assert group["usually"] in codes, group["words"]


def test_a_storys_countries_are_those_that_its_articles_share(newsroom: Newsroom) -> None:
    """What one article names in passing is not what the story is about, first or last."""
    flood = "The river rose over the quay of Lima, Peru, and {} families left their homes at night."
    passing = " Envoys from Norway and from Chad, who were in town for talks, looked on."
    newsroom.tell("Flood in Lima", flood.format("nine") + passing, outlet="Outlet A")
    for outlet in "BCD":
        text = flood.format(f"some {ord(outlet)}") + " Boats came from La Paz."
        newsroom.tell("Bolivia helps after flood in Lima", text, outlet=f"Outlet {outlet}")
    last = newsroom.tell("Flood in Lima", flood.format("all") + passing, outlet="Outlet E")
    newsroom.group()
    story = newsroom.store.stories.get(newsroom.story_of(last) or 0)
    assert story is not None
    assert story.articles == 5
    assert story.countries == ("PE", "BO")
    assert {"NO", "TD"} < set(story.named)
    assert sum(story.named.values()) == pytest.approx(5, abs=0.01)
