"""Countries, their cities and people in the languages that articles come in."""

from __future__ import annotations

import pytest
from newsroom import NOW, Newsroom

from config.editorial import load_places
from news.model import Draft, Outlet
from news.places import Places
from news.tongues import Tongues
from news.topics import Topics


@pytest.mark.parametrize(
    ("language", "text", "codes"),
    [
        ("fr", "Les fermiers ukrainiens vendent leur blé à l'Égypte et aux États-Unis.",
         {"UA": 1, "EG": 1, "US": 1}),
        ("fr", "La ministre allemande part pour Téhéran, la délégation turque reste à Moscou.",
         {"DE": 1, "IR": 1, "TR": 1, "RU": 1}),
        ("es", "El trigo ucraniano llega a Turquía; EE. UU. y Arabia Saudí lo celebran.",
         {"UA": 1, "TR": 1, "US": 1, "SA": 1}),
        ("es", "Pescadores chilenos y peruanas protestan en la frontera con Bolivia.",
         {"CL": 1, "PE": 1, "BO": 1}),
        ("de", "Deutschlands Bauern liefern in die Türkei und in die Vereinigten Staaten.",
         {"DE": 1, "TR": 1, "US": 1}),
        ("de", "Iranische Ärzte und ukrainischer Weizen: Großbritannien und Kiew zahlen.",
         {"IR": 1, "UA": 2, "GB": 1}),
        ("ru", "Украинский хлеб идёт через Турцию в Саудовскую Аравию и Южную Корею.",
         {"UA": 1, "TR": 1, "SA": 1, "KR": 1}),
        ("ru", "Врачи из Ирана работают в Китае, а сирийские и британские — в США.",
         {"IR": 1, "CN": 1, "SY": 1, "GB": 1, "US": 1}),
        ("ar", "القمح الأوكراني يصل إلى تركيا ومصر", {"UA": 1, "TR": 1, "EG": 1}),
        ("ar", "أطباء إيرانيون يعملون بالصين وللولايات المتحدة سفن قرب السعودية",
         {"IR": 1, "CN": 1, "US": 1, "SA": 1}),
        ("pt", "A Alemanha e a Rússia compram café do Brasil.", {"DE": 1, "RU": 1, "BR": 1}),
    ],
)  # fmt: skip
def test_countries_in_their_forms(
    places: Places, language: str, text: str, codes: dict[str, int]
) -> None:
    """Names bend, people are written small, and prepositions grow together with them."""
    assert dict(places.of("", text, NOW, language)) == codes


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "La réunion de Maurice et Dominique a duré : la grenade était mûre."),
        ("es", "La reunión de Mauricio duró; el Barça perdió y los polos se acabaron."),
        ("ru", "Того человека никто не видел, а перу писателя это не принадлежит."),
        ("ar", "الوضع المالي صعب وعنده بنين وبنات"),
        ("en", "The chinos were grecian in style; a turc and a russe stood beside a suisse."),
    ],
)
def test_common_words_are_no_countries(places: Places, language: str, text: str) -> None:
    """What is a country in one language is a meeting, a first name or money in another."""
    assert dict(places.of("", text, NOW, language)) == {}


@pytest.mark.parametrize(
    ("language", "title", "text", "code"),
    [
        ("fr", "La Géorgie recompte", "À Tbilissi, des observateurs regardent.", "GE"),
        ("fr", "La Géorgie recompte", "À Atlanta, les républicains regardent.", "US"),
        ("de", "Wahl im Kongo", "In Brazzaville öffnen die Lokale.", "CG"),
        ("de", "Wahl im Kongo", "In Kinshasa und Goma öffnen die Lokale.", "CD"),
        ("ar", "عمان تستضيف المحادثات", "وصل الوفد إلى مسقط عاصمة سلطنة عمان", "OM"),
        ("ar", "عمان تستضيف المحادثات", "قال مسؤول في الأردن إن الملك عبد الله يستقبل الوفد", "JO"),
    ],
)
def test_ambiguous_names_go_by_their_text(
    places: Places, language: str, title: str, text: str, code: str
) -> None:
    """One word means one thing in a text, in every language."""
    assert places.main(places.of(title, text, NOW, language))[:1] == (code,)


def test_an_unknown_language_has_the_english_names(places: Places) -> None:
    """A language that nobody lists, and none at all, take nothing away."""
    for language in ("xx", "not a language", "", None, "en"):
        assert dict(places.of("", "Kenya and France", NOW, language)) == {"KE": 1, "FR": 1}


def test_every_listed_country_is_one_of_the_gazetteer() -> None:
    """The file of languages speaks of countries that are listed, and in languages that are."""
    tables = load_places()
    codes = {table["code"] for table in tables["country"]}
    languages = {table["code"] for table in tables["language"]}
    for table in tables["language"]:
        assert set(table["also"]) <= codes
    for table in tables["people"]:
        assert table["code"] in codes
        assert table.keys() - {"code"} <= languages


def test_abbreviations_do_not_bend() -> None:
    """Endings are for words; what is written together is for languages that do so."""
    forms = {form.text for form in Tongues.from_tables(load_places()).forms("ru", {"US": ()})}
    assert "США" in forms
    assert "СШАа" not in forms
    assert "Соединенных Штатов Америки" in forms
    arabic = {form.text for form in Tongues.from_tables(load_places()).forms("ar", {"CN": ()})}
    assert {"الصين", "بالصين", "للصين", "والصين", "الصينية", "وللصينيين"} <= arabic


STRIKE = {
    "fr": ("Grève au port d'Odessa", "Les dockers ukrainiens ont cessé le travail vendredi. "
           "Kiev demande à la Turquie d'attendre."),
    "es": ("Huelga en el puerto", "Los estibadores ucranianos pararon el viernes. Ucrania pide a "
           "Turquía que espere."),
    "de": ("Streik im Hafen", "Ukrainische Hafenarbeiter legten am Freitag die Arbeit nieder. Die "
           "Ukraine bittet die Türkei zu warten."),
    "ru": ("Забастовка в порту", "Украинские докеры прекратили работу в пятницу. Киев просит "
           "Турцию подождать."),
    "ar": ("إضراب في الميناء", "أوقف عمال الميناء الأوكرانيون العمل يوم الجمعة. وطلبت أوكرانيا من "
           "تركيا الانتظار."),
}  # fmt: skip


@pytest.mark.parametrize("language", STRIKE)
def test_a_story_in_another_language_has_its_countries_and_region(
    newsroom: Newsroom, topics: Topics, language: str
) -> None:
    """Who is involved and which region it is of do not hang on English."""
    title, text = STRIKE[language]
    received = newsroom.ingest.receive(
        Draft(
            url="https://post.example/1", title=title, text=text, language=language,
            outlet=Outlet(name="Post", host="post.example"), published_at=NOW, fetched_at=NOW,
        ),
        title,
    )  # fmt: skip
    newsroom.group()
    story = newsroom.store.stories.get(newsroom.story_of(received.article_id or "") or 0)
    assert story is not None
    assert story.countries[:2] == ("UA", "TR")
    for region, strength in (("eastern-europe", 1.0), ("south-america", 0.0)):
        found = topics.strength(region, title=title, text=text, countries=story.countries)
        assert found == strength
