"""Countries, peoples, organisations and leaders in the languages that articles come in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from newsroom import NOW, Newsroom

from config.editorial import load_people, load_places
from news.involved import Involvement
from news.model import Draft, Outlet
from news.people import PeopleWords
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
        ("zh", "乌克兰小麦运往土耳其和埃及，美国表示欢迎。", {"UA": 1, "TR": 1, "EG": 1, "US": 1}),
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
        ("zh", "发展中国家和拉美国家的代表在印度洋上开会，马里兰州没有参加。"),
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


@pytest.mark.parametrize(
    ("language", "text", "organisations", "leaders"),
    [
        ("ru", "В Организации Объединённых Наций ждут Зеленского; с Лавровым и представителем "
         "Международного валютного фонда он не встретится, хуситы молчат.",
         {"United Nations", "International Monetary Fund", "Houthis"},
         {"Volodymyr Zelensky", "Sergei Lavrov"}),
        ("ar", "قال بوتين وغوتيريش إن الناتو ومجلس الأمن والبنك الدولي سيجتمعون بالقاهرة",
         {"NATO", "UN Security Council", "World Bank"}, {"Vladimir Putin", "António Guterres"}),
        ("zh", "古特雷斯呼吁安理会、北约和世卫组织开会，普京与马克龙通话。",
         {"UN Security Council", "NATO", "World Health Organization"},
         {"António Guterres", "Vladimir Putin", "Emmanuel Macron"}),
        ("fr", "Poutine et Loukachenko écrivent à l'OTAN et à la Cour pénale internationale.",
         {"NATO", "International Criminal Court"}, {"Vladimir Putin", "Alexander Lukashenko"}),
        ("es", "Zelenski habló con la OTAN, la OMS y la Reserva Federal; los talibanes, no.",
         {"NATO", "World Health Organization", "US Federal Reserve", "Taliban"},
         {"Volodymyr Zelensky"}),
        ("de", "Bundeskanzler Scholz und Selenskyj sprachen mit der Europäischen Zentralbank.",
         {"European Central Bank"}, {"Olaf Scholz", "Volodymyr Zelensky"}),
    ],
)  # fmt: skip
def test_organisations_and_leaders_in_their_forms(
    places: Places, language: str, text: str, organisations: set[str], leaders: set[str]
) -> None:
    """Who acts is found as the language writes and bends it, under one name for all."""
    named = places.named("", text, NOW, language)
    assert set(named.organisations) == organisations
    assert set(named.leaders) == leaders


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Людмила Путина приехала; белый дом у реки и старый кремль закрыты."),
        ("fr", "La poutine au fromage et la maison blanche du village."),
        ("es", "La casa blanca del pueblo está en venta; el consejo de seguridad vial opina."),
        ("de", "Der weiße Haushalt; ein roter Kreuzer lief ein."),
        ("en", "Poutine is a dish of chips, and Selenskyj nobody's name here."),
    ],
)
def test_others_are_no_leaders_and_no_organisations(
    places: Places, language: str, text: str
) -> None:
    """A namesake with a first name, common words in small letters and other languages' names."""
    named = places.named("", text, NOW, language)
    assert not named.organisations
    assert not named.leaders


def test_a_leader_abroad_stands_for_a_country_only_in_office(places: Places) -> None:
    """A surname in another script is dated as it is in English."""
    text = "Ангела Меркель и Олаф Шольц приехали в Прагу."
    then, later = (datetime(year, 3, 1, tzinfo=UTC) for year in (2021, 2022))
    assert dict(places.of("", text, then, "ru")) == {"CZ": 1, "DE": 1}
    assert places.named("", text, then, "ru").leaders == {"Angela Merkel": 1, "Olaf Scholz": 1}
    assert dict(places.of("", text, later, "ru")) == {"CZ": 1, "DE": 1}


def test_every_listed_name_belongs_to_one_that_is_known() -> None:
    """The file of names speaks of listed organisations and dated leaders, in listed languages."""
    tables = load_places()
    languages = {table["code"] for table in tables["language"]}
    ids = {table["id"] for table in tables["organisation"]}
    dated = {table["name"] for table in tables["leader"] if table["offices"]}
    assert {table["id"] for table in tables["body"]} <= ids
    assert {table["name"] for table in tables["person"]} <= dated
    for table in (*tables["body"], *tables["person"]):
        assert table.keys() - {"id", "name"} <= languages


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


SUMMIT = {
    "ru": ("Макрон приехал в Москву", "Владимир Путин принял Эмманюэля Макрона в Кремле. "
           "Генсек НАТО Йенс Столтенберг ждёт письма."),
    "ar": ("ماكرون يصل إلى موسكو", "استقبل فلاديمير بوتين إيمانويل ماكرون في الكرملين. وينتظر ينس "
           "ستولتنبرغ أمين عام الناتو رسالة."),
    "zh": ("马克龙抵达莫斯科", "普京在克里姆林宫会见马克龙。北约秘书长斯托尔滕贝格在等一封信。"),
}  # fmt: skip


@pytest.mark.parametrize("language", SUMMIT)
def test_a_story_in_another_script_says_who_is_involved(
    newsroom: Newsroom, topics: Topics, places: Places, language: str
) -> None:
    """People in office and organisations of a story do not hang on Latin letters."""
    title, text = SUMMIT[language]
    at = datetime(2022, 2, 7, tzinfo=UTC)
    received = newsroom.ingest.receive(
        Draft(
            url="https://post.example/2", title=title, text=text * 3, language=language,
            outlet=Outlet(name="Post", host="post.example"), published_at=at, fetched_at=at,
        ),
        title,
    )  # fmt: skip
    newsroom.group()
    story = newsroom.store.stories.get(newsroom.story_of(received.article_id or "") or 0)
    assert story is not None
    articles = newsroom.store.articles.of_stories([story.id])[story.id]
    involved = Involvement(places, PeopleWords.from_lists(load_people()), topics).of(
        story, articles
    )
    assert set(involved.people) == {"Vladimir Putin", "Emmanuel Macron", "Jens Stoltenberg"}
    assert set(involved.organisations) == {"Kremlin", "NATO"}
    assert involved.offices["Emmanuel Macron"] == "president, France"


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
