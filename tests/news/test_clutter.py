"""What goes and what stays, line by line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.clutter import cleaned, is_real

FIRST = (
    "The two governments agreed on Tuesday to reopen the mountain road, officials in both "
    "capitals said, after eleven weeks in which trucks had to take the long way by the coast."
)
SECOND = (
    "Traders at the border market expect prices to fall within days; a sack of flour had cost "
    "twice as much as in the autumn, according to the chamber of commerce in the valley town."
)
GERMAN = (
    "Die beiden Regierungen einigten sich am Dienstag darauf, die Bergstraße nach elf Wochen "
    "wieder zu öffnen, wie Vertreter in beiden Hauptstädten am Abend übereinstimmend mitteilten."
)


def kept(*lines: str, title: str | None = None) -> list[str]:
    """What stays of these paragraphs."""
    return list(cleaned(list(lines), title).paragraphs)


@pytest.mark.parametrize(
    "heading",
    [
        "Check Also",
        "Leave a Reply",
        "RELATED ARTICLES:",
        "Comments (12)",
        "» You may also like",
        "À lire aussi",
        "Laisser un commentaire",
        "Noticias relacionadas",
        "Deja una respuesta",
        "Mehr zum Thema",
        "Schreibe einen Kommentar",
        "Читайте также",
        "Комментарии",
        "اقرأ أيضاً",
        "مواضيع ذات صلة",
    ],
)
def test_a_block_of_other_things_goes_with_its_heading(heading: str) -> None:
    """In every language of the rules; headlines and teasers under it go too."""
    lines = [FIRST, SECOND, heading, "Minister visits the new harbour", "The minister has …"]
    assert kept(*lines) == [FIRST, SECOND]


def test_an_inset_list_does_not_end_the_article() -> None:
    """After "Related" in the middle the article goes on with its next real paragraph."""
    lines = [FIRST, "Related", "Snow closes the pass", "A year of the road", SECOND, FIRST]
    assert kept(*lines) == [FIRST, SECOND, FIRST]


def test_readers_comments_go_even_when_they_are_long() -> None:
    """After the comment form's heading, late in the text, nothing is the article's."""
    article = [FIRST, SECOND] * 3
    assert kept(*article, "Leave a comment", SECOND) == article


def test_an_early_comment_count_does_not_end_the_article() -> None:
    """Many pages show "3 comments" under the headline."""
    assert kept("Comments 3", FIRST, SECOND) == [FIRST, SECOND]


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement",
        "Share",
        "Read more: Snow closes the pass",
        "Your email address will not be published. Required fields are marked *",
        "Sign up for our newsletter and never miss a story",
        "Photo: A. Person / Some Agency",
        "Click to share on Facebook (Opens in new window)",
        "We use cookies to improve your experience.",
        "La suite après la publicité",
        "Suscríbete a nuestro boletín diario",
        "Folgen Sie uns auf allen Kanälen",
        "Подписывайтесь на наш Telegram-канал",
        "جميع الحقوق محفوظة",
        "* * *",
    ],
)
def test_lines_of_the_page_go_wherever_they_stand(line: str) -> None:
    """Adverts, sharing, newsletters, credits, cookies; the paragraphs around them stay."""
    assert kept(FIRST, line, SECOND) == [FIRST, SECOND]


@pytest.mark.parametrize(
    "line",
    [
        "“We share this road,” she said.",
        "The talks go on.",
        "Nobody was hurt.",
        "What happens next",
        "Photographers were kept away from the bridge.",
    ],
)
def test_short_lines_of_the_article_stay(line: str) -> None:
    """A quotation, a short sentence, a subheading."""
    assert kept(FIRST, line, SECOND) == [FIRST, line, SECOND]


def test_the_title_and_byline_before_the_text_go() -> None:
    """They are facts of their own; the same words later are the article's."""
    lines = ["Road reopens", "By Some Person", "3 min read", "Updated 4 March 2022", FIRST]
    later = "By the road, people cheered."
    assert kept(*lines, later, title="Road reopens") == [FIRST, later]


def test_a_line_for_paying_readers_is_told() -> None:
    """It goes, and the page counts as behind a wall."""
    found = cleaned([FIRST, "Already a subscriber? Log in to read the rest"])
    assert found.walled
    assert found.paragraphs == (FIRST,)
    assert not cleaned([FIRST, SECOND]).walled


SENTENCES = {
    "en": FIRST,
    "fr": (
        "Les deux gouvernements ont convenu mardi de rouvrir la route de montagne, ont déclaré "
        "les autorités des deux capitales, après onze semaines de détour par la côte pour tous."
    ),
    "es": (
        "Los dos gobiernos acordaron el martes reabrir la carretera de montaña, dijeron "
        "funcionarios de ambas capitales, tras once semanas en que los camiones dieron la vuelta "
        "por la costa."
    ),
    "de": GERMAN,
    "ru": (
        "Правительства двух стран во вторник договорились вновь открыть горную дорогу, сообщили "
        "чиновники в обеих столицах, после одиннадцати недель, когда грузовики ехали в объезд по "
        "берегу моря и платили вдвое больше."
    ),
    "ar": (
        "اتفقت الحكومتان يوم الثلاثاء على إعادة فتح الطريق الجبلي كما قال مسؤولون في العاصمتين بعد "
        "أحد عشر أسبوعا اضطرت فيها الشاحنات إلى سلوك الطريق الساحلي الطويل ودفع رسوم مضاعفة."
    ),
}


CLUTTER = {
    "en": [
        "Check also", "Leave a reply", "Required fields are marked *", "Share this on Facebook",
        "Sign up for our newsletter", "Read more: Traders wait at the pass",
        "Photo: Harbour Wire", "We use cookies to improve your experience on our site.",
    ],
    "fr": [
        "À lire aussi", "Laisser un commentaire", "Les champs obligatoires sont indiqués avec *",
        "Partager sur Facebook", "Inscrivez-vous à notre newsletter",
        "Lire aussi : Les camions attendent au col", "Crédit photo : Agence du Port",
        "Nous utilisons des cookies pour améliorer votre expérience.",
    ],
    "es": [
        "También te puede interesar", "Deja un comentario",
        "Los campos obligatorios están marcados con *", "Compartir en Facebook",
        "Suscríbete a nuestro boletín", "Leer más: Los camiones esperan en el paso",
        "Foto: Agencia del Puerto", "Utilizamos cookies para mejorar su experiencia.",
    ],
    "de": [
        "Lesen Sie auch", "Kommentar schreiben", "Erforderliche Felder sind mit * markiert",
        "Auf Facebook teilen", "Jetzt Newsletter abonnieren",
        "Lesen Sie auch: Lastwagen warten am Pass", "Foto: Hafenagentur",
        "Wir verwenden Cookies, um Ihr Nutzererlebnis zu verbessern.",
    ],
    "ru": [
        "Читайте также", "Оставить комментарий", "Обязательные поля помечены *",
        "Поделиться в Facebook", "Подпишитесь на нашу рассылку",
        "Читать далее: Грузовики ждут на перевале", "Фото: Портовое агентство",
        "Мы используем файлы cookie для улучшения работы сайта.",
    ],
    "ar": [
        "اقرأ أيضا", "اترك تعليقا", "الحقول الإلزامية مشار إليها بـ *", "شارك على فيسبوك",
        "اشترك في نشرتنا البريدية", "اقرأ المزيد: الشاحنات تنتظر عند الممر",
        "تصوير: وكالة الميناء", "نستخدم ملفات تعريف الارتباط لتحسين تجربتك.",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "line"), [(name, line) for name, lines in CLUTTER.items() for line in lines]
)
def test_every_kind_of_clutter_goes_in_six_languages(language: str, line: str) -> None:
    """Related, comments, required fields, sharing, newsletter, "Read more:", credit, cookies."""
    sentence = SENTENCES[language]
    text = [sentence, sentence.replace(" ", " … ", 1)]
    assert kept(*text, line) == text


@pytest.mark.parametrize(
    ("language", "topics", "size", "mail", "reply"),
    [
        ("en", "More on", "Text size: A A A", "Join our mailing list.", "Leave a reply"),
        ("fr", "Plus sur ce sujet", "Taille du texte : A A", "Inscrivez-vous à notre newsletter.",
         "Laisser un commentaire"),
        ("es", "Más sobre este tema", "Tamaño del texto: A A", "Suscríbete a nuestro boletín.",
         "Deja un comentario"),
        ("de", "Mehr zum Thema", "Schriftgröße: A A A", "Hier geht es zu unserem Newsletter.",
         "Schreiben Sie einen Kommentar"),
        ("ru", "Ещё по теме", "Размер шрифта: А А А", "Подпишитесь на нашу рассылку.",
         "Оставить комментарий"),
        ("ar", "المزيد عن", "حجم الخط: أ أ أ", "اشترك في نشرتنا البريدية.", "اترك تعليقا"),
    ],
)  # fmt: skip
def test_each_language_loses_its_clutter_and_keeps_its_text(
    language: str, topics: str, size: str, mail: str, reply: str
) -> None:
    """Tools over the text, topics, newsletter and comment form under it go; paragraphs stay."""
    text = SENTENCES[language]
    lines = [size, text, mail, text + " ", topics, "- Alpha", "- Beta", reply, "* * *"]
    assert kept(*lines) == [text, text + " "]


def test_teasers_under_a_list_go_even_when_they_are_sentences() -> None:
    """Headline, sentence, headline, sentence is a list; sentences in a row are an article."""
    teasers = [
        "Snow closes the pass",
        SECOND,
        "A year of the road",
        "The road is a year old today.",
    ]
    assert kept(FIRST, SECOND, FIRST, "Check also", *teasers[:2], *teasers) == [
        FIRST,
        SECOND,
        FIRST,
    ]
    short = "The road was closed for most of the winter."
    assert kept(FIRST, "Related articles", "Snow closes the pass", short, short + " Twice.") == [
        FIRST,
        short,
        short + " Twice.",
    ]


def test_what_stands_over_the_headline_goes() -> None:
    """A text that begins with the page's menu begins at its title."""
    menu = ["Lowland Post", "Harbour, 4 March 2022", "World", "Money"]
    assert kept(*menu, "Road reopens", FIRST, title="Road reopens") == [FIRST]


def test_a_long_sentence_over_the_headline_stays() -> None:
    """Some pages repeat the title below the first lines of the text."""
    said = "The ferry left at noon with two hundred people who had waited on the quay for days."
    assert kept(said, "Road reopens", FIRST, title="Road reopens") == [said, FIRST]


@pytest.mark.parametrize(
    "text",
    [
        GERMAN[:-1] + ", „und zwar für immer.“",
        "彼は記者団に対し、「" + "山の道は十一週間ぶりに再び開かれた" * 3 + "。」",
        "ถนนบนภูเขาเปิดอีกครั้งหลังปิดมาสิบเอ็ดสัปดาห์ เจ้าหน้าที่ของทั้งสองประเทศกล่าวเมื่อวันอังคาร "
        "ผู้ค้าที่ตลาดชายแดนคาดว่าราคาสินค้าจะลดลงภายในไม่กี่วัน",
        "دونوں حکومتوں نے منگل کو پہاڑی سڑک دوبارہ کھولنے پر اتفاق کیا، حکام نے کہا، گیارہ "
        "ہفتوں کے بعد جن میں ٹرکوں کو ساحل کے ساتھ لمبا راستہ لینا پڑا۔",
    ],
)
def test_a_paragraph_is_known_in_every_script(text: str) -> None:
    """Without spaces, without full stops, or with the quotation marks of the language."""
    assert is_real(text)
    assert not is_real(text[: len(text) // 6])


def test_a_byline_with_a_date_over_the_text_goes() -> None:
    """Names, day and hour are facts of their own; without any it may be a subtitle."""
    assert kept("A. Person | 04/03/2022 | 20:45", "A cold spring", FIRST) == [
        "A cold spring",
        FIRST,
    ]


def test_a_line_that_leads_to_a_link_takes_it_along() -> None:
    """The link's headline goes; a sentence after it is the article's."""
    assert kept(FIRST, "Read more:", "Snow closes the pass", SECOND) == [FIRST, SECOND]
    assert kept(FIRST, "More:", "Nobody was hurt, officials said.", SECOND) == [
        FIRST,
        "Nobody was hurt, officials said.",
        SECOND,
    ]


def test_without_a_title_nothing_is_taken_for_it() -> None:
    """A long line that is no sentence stays."""
    long = " ".join(["word"] * 60)
    assert kept(long, FIRST) == [long, FIRST]


@given(st.lists(st.one_of(st.sampled_from([FIRST, SECOND, GERMAN]), st.text(max_size=40))))
def test_real_paragraphs_stay_among_any_short_lines(lines: list[str]) -> None:
    """Whatever short lines stand between, no real paragraph is lost (comment forms aside)."""
    found = kept(*lines)
    for paragraph in (FIRST, SECOND, GERMAN):
        assert (paragraph in found) == (paragraph in lines)


def test_what_a_real_paragraph_is() -> None:
    """Enough words and a sentence's end; a cut-off teaser is none."""
    assert is_real(FIRST)
    assert is_real(
        "两国政府星期二同意重新开放山路，此前卡车绕行海岸线长达十一周，双方官员在首都表示，" * 2
        + "价格将下降。"
    )
    assert not is_real(FIRST.removesuffix(".") + " …")
    assert not is_real("The road is open.")
