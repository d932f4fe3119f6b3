"""What readers' topics mean, and how much a text is about them."""

from __future__ import annotations

import pytest
from reports import NOON, POST, article

from news.lexicon import plain
from news.model import Story
from news.places import Places
from news.topics import Topics

STORY = Story(
    id=1, title="", first_at=NOON, last_at=NOON, changed_at=NOON, articles=5, revision=5
)  # fmt: skip
TEXT = "Officials met in the capital to talk about the price of bread and the coming winter."


def test_topics_on_offer_have_names(topics: Topics) -> None:
    """Every topic on offer is found by its id and its name."""
    offered = topics.known()
    assert len(offered) > 20
    for id, name in offered:
        assert (topics.find(id).id, topics.label(id)) == (id, name)
        assert topics.label(name) == name


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("middle east", "Middle East"),
        ("Middle-East", "Middle East"),
        ("UKRAINE", "Ukraine"),
        ("french", "France"),
        ("space telescopes", "space telescopes"),
    ],
)
def test_words_mean_a_listed_topic_a_country_or_themselves(
    topics: Topics, words: str, label: str
) -> None:
    """Listed ones first, then countries, then just the words."""
    assert topics.label(words) == label


@pytest.mark.parametrize(
    ("words", "label"), [("mali", "Mali"), ("Syria", "Syria"), ("north korea", "North Korea")]
)
def test_a_country_is_not_the_region_around_it(topics: Topics, words: str, label: str) -> None:
    """Who names a country wants that one, not the topic of which it is a part."""
    found = topics.find(words)
    assert (found.name, len(found.countries)) == (label, 1)


def test_no_topic_of_several_countries_goes_by_the_name_of_one(
    topics: Topics, places: Places
) -> None:
    """The data holds to that: a country's own name is no alias of more than the country."""
    own = {plain(name) for country in places.countries.values() for name in country.names}
    listed = [topics.get(id) for id, _ in topics.known()]
    wide = [alias for one in listed if len(one.near) > 1 for alias in one.aliases]
    assert wide
    assert not own.intersection(map(plain, wide)) - {"palestinians"}  # a people, not the country


@pytest.mark.parametrize(
    ("words", "codes"),
    [("mali junta", {"ML"}), ("Norway and the Swedish", {"NO", "SE"}), ("chess cup", set())],
)
def test_countries_in_a_readers_words(topics: Topics, words: str, codes: set[str]) -> None:
    """Found in small letters too, by name or people."""
    assert topics.countries_in(words) == codes


def test_a_region_is_a_matter_of_countries(topics: Topics) -> None:
    """A story set in a region's country is about it; the first countries count most."""
    args = {"title": "Bread is dear", "text": TEXT}
    assert topics.strength("middle east", countries=("JO", "NO"), **args) == 1.0
    assert topics.strength("middle east", countries=("NO", "SE", "JO"), **args) == 0.6
    assert topics.strength("middle east", countries=("NO",), **args) == 0.0


def test_a_part_of_the_world_is_its_regions(topics: Topics) -> None:
    """Africa means every country of its regions."""
    args = {"title": "Bread is dear", "text": TEXT}
    assert topics.strength("africa", countries=("ML",), **args) == 1.0
    assert topics.strength("Africa", countries=("NO",), **args) == 0.0


def test_a_country_is_found_under_any_of_its_names(topics: Topics) -> None:
    """A demonym asks for the country."""
    assert topics.strength("french", title="x", text=TEXT, countries=("FR",)) == 1.0


def test_free_words_must_all_be_there(topics: Topics) -> None:
    """In any form, in the title or the lead; the title counts more."""
    strength = topics.strength
    assert strength("bread prices", title="x", text=TEXT, countries=()) == 0.5
    assert strength("bread prices", title="Price of bread", text=TEXT, countries=()) == 1.0
    assert strength("bread strikes", title="x", text=TEXT, countries=()) == 0.0
    assert strength("the of", title="the of", text="the of", countries=()) == 0.0


def test_one_passing_term_is_not_enough(topics: Topics) -> None:
    """A listed topic needs a term in the title or two in the lead."""
    words = "sanctions"
    once = "The ferry was late. " * 5 + "Sanctions were mentioned."
    assert topics.strength(words, title="Ferry late", text=once, countries=()) == 0.0
    assert topics.strength(words, title="New sanctions", text=once, countries=()) > 0.5


@pytest.mark.parametrize(
    ("topic", "title"),
    [
        ("elections", "Quatre millions d'électeurs pour les législatives"),
        ("peace-talks", "Dos bandos firman una tregua en el puerto"),
        ("migration", "Hunderte Flüchtlinge erreichen die Insel"),
        ("sanctions", "Новые санкции против верфей"),
        ("disasters", "زلزال يهدم قرية في الجبل"),
        ("disasters", "Un séisme détruit un village de montagne"),
    ],
)
def test_topics_are_found_in_other_languages(topics: Topics, topic: str, title: str) -> None:
    """A headline in French, Spanish, German, Russian or Arabic has its topic."""
    assert topics.strength(topic, title=title, text="", countries=()) > 0
    assert topic in topics.listed(title=title, text="")


def test_a_story_is_about_what_a_good_part_of_its_articles_is_about(topics: Topics) -> None:
    """Many articles that name a topic plainly count, though none is full of it; one alone not."""
    quake = "An earthquake shook the town; two aftershocks followed within the hour."
    texts = [quake, quake + " Schools stay shut.", quake + " Trains stop.", TEXT, TEXT]
    found = topics.of(STORY, [article(at, POST, text) for at, text in enumerate(texts)])
    assert list(found) == ["disasters"]
    assert topics.of(STORY, [article(at, POST, text) for at, text in enumerate(texts[2:])]) == {}
