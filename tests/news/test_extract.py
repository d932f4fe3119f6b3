"""Pages and text files to articles."""

from __future__ import annotations

import json
import textwrap
from datetime import UTC, datetime

import pytest

from news.extract import Extracted, extract_page, extract_text
from news.plain import markdown_to_text
from news.receiving import first_words

NOW = datetime(2022, 2, 1, 12, 0, tzinfo=UTC)
URL = "https://www.hilltimes.example/world/2019/05/06/road-reopens?utm_source=feed"

PARAGRAPHS = [
    "The two governments agreed on Tuesday to reopen the mountain road, officials in both "
    "capitals said, after eleven weeks in which trucks had to take the long way by the coast.",
    "Traders at the border market expect prices to fall within days; a sack of flour had cost "
    "twice as much as in the autumn, according to the chamber of commerce in the valley town.",
    "The road was closed in November after shots were fired at a patrol. A joint commission of "
    "six officers looked into the incident and found no order behind it, its chairman said.",
    "Both sides will now post unarmed observers at the pass. Their reports go to the regional "
    "council every fortnight, and either government may close the road again at a day's notice.",
]

PAGE = """<!DOCTYPE html><html lang="en-GB"><head>
<title>Mountain road reopens after eleven weeks | The Hill Times</title>
<link rel="canonical" href="/world/2019/05/06/road-reopens">
<link rel="alternate" type="application/rss+xml" href="/feed">
<meta property="og:site_name" content="The Hill Times">
<meta property="og:title" content="Mountain road reopens after eleven weeks - The Hill Times">
<meta property="og:image" content="/pictures/2018/01/02/road.jpg">
{head}
</head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav>
<header><h1>Mountain road reopens after eleven weeks</h1><p>By A. Reporter</p></header>
<article>{body}
<div class="share"><a>Share</a> <a>Tweet</a></div>
<p>Read more: <a href="/a">Snow closes the pass</a></p></article>
<section><h3>Check Also</h3><h4><a href="/b">Harbour opens</a></h4>
<p>The minister has …</p></section>
<section id="respond"><h3>Leave a Reply</h3><p>Your email address will not be published.</p>
<form><textarea></textarea></form></section>
<aside><p>Sign up for our newsletter</p></aside>
<footer><p>© 2022 The Hill Times. All rights reserved.</p></footer></body></html>"""


def page(paragraphs: list[str], head: str = "") -> str:
    """A page with the usual clutter around these paragraphs."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return PAGE.format(head=head, body=body)


def linked(**data: object) -> str:
    """A JSON-LD block."""
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def read(html: bytes | str, url: str | None = URL) -> Extracted:
    """The page as extracted on the day of these tests."""
    return extract_page(html, url=url, now=NOW)


def test_the_article_and_nothing_else() -> None:
    """Menus, shares, related articles, comment form and footer are gone; paragraphs are kept."""
    found = read(page(PARAGRAPHS))
    assert found.text.split("\n\n") == PARAGRAPHS
    assert found.completeness == "full"


def test_what_the_page_says_about_itself() -> None:
    """Title without the site's name, own link, site, picture, feeds, language."""
    found = read(page(PARAGRAPHS))
    assert found.title == "Mountain road reopens after eleven weeks"
    assert found.canonical_url == "https://www.hilltimes.example/world/2019/05/06/road-reopens"
    assert found.site_name == "The Hill Times"
    assert found.image_url == "https://www.hilltimes.example/pictures/2018/01/02/road.jpg"
    assert found.feed_links == ("https://www.hilltimes.example/feed",)
    assert found.language == "en"


def test_dates_and_author_from_the_page_data() -> None:
    """JSON-LD instants in UTC; several authors in order, each once."""
    head = linked(
        **{
            "@context": "https://schema.org",
            "@graph": [
                {"@type": "WebSite"},
                {
                    "@type": ["NewsArticle"],
                    "datePublished": "2022-01-30T08:15:00+02:00",
                    "dateModified": "2022-01-30T10:00:00Z",
                    "author": [
                        {"name": "A. Reporter"},
                        {"name": "B. Writer"},
                        {"name": "A. Reporter"},
                    ],
                },
            ],
        }
    )
    found = read(page(PARAGRAPHS, head))
    assert found.published_at == datetime(2022, 1, 30, 6, 15, tzinfo=UTC)
    assert found.modified_at == datetime(2022, 1, 30, 10, 0, tzinfo=UTC)
    assert found.author == "A. Reporter, B. Writer"


def test_a_date_in_the_link_or_the_future_is_not_believed() -> None:
    """Neither the link's 2019, nor the picture's 2018, nor a date after today."""
    assert read(page(PARAGRAPHS)).published_at is None
    ahead = '<meta property="article:published_time" content="2022-02-03T00:00:00Z">'
    assert read(page(PARAGRAPHS, ahead)).published_at is None
    soon = '<meta property="article:published_time" content="2022-02-01T12:40:00Z">'
    assert read(page(PARAGRAPHS, soon)).published_at is not None


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2022-01-30", datetime(2022, 1, 30, tzinfo=UTC)),
        ("2022-01-30T08:00:00", datetime(2022, 1, 30, 8, tzinfo=UTC)),
        ("Sun, 30 Jan 2022 08:00:00 +0100", datetime(2022, 1, 30, 7, tzinfo=UTC)),
        ("January 30, 2022 8:00 am", datetime(2022, 1, 30, 8, tzinfo=UTC)),
    ],
)
def test_dates_in_many_forms(said: str, at: datetime) -> None:
    """All become aware UTC."""
    head = f'<meta property="article:published_time" content="{said}">'
    assert read(page(PARAGRAPHS, head)).published_at == at


def test_a_visible_date_is_found() -> None:
    """Where the page's data is silent, its own words are read."""
    dated = page(['<time datetime="2022-01-29">29 January 2022</time>', *PARAGRAPHS])
    assert read(dated).published_at == datetime(2022, 1, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    "canonical",
    ["https://elsewhere.example/road", "https://www.hilltimes.example/", "javascript:void(0)"],
)
def test_a_foreign_or_empty_canonical_link_is_not_believed(canonical: str) -> None:
    """A page cannot pass for another site's article, nor all articles for the front page."""
    html = page(PARAGRAPHS).replace('href="/world/2019/05/06/road-reopens"', f'href="{canonical}"')
    assert read(html).canonical_url is None


def test_the_pages_data_helps_where_its_markup_hides_the_text() -> None:
    """An articleBody that holds much more than the markup is the article."""
    body = "\n\n".join(PARAGRAPHS)
    head = linked(**{"@type": "NewsArticle", "articleBody": body})
    assert read(page(PARAGRAPHS[:1], head)).text == body


GERMAN = [
    "Die beiden Regierungen einigten sich am Dienstag darauf, die Bergstraße nach elf Wochen "
    "wieder zu öffnen, wie Vertreter in beiden Hauptstädten am Abend übereinstimmend mitteilten.",
    "Händler auf dem Grenzmarkt rechnen damit, dass die Preise binnen weniger Tage fallen; ein "
    "Sack Mehl kostete zuletzt doppelt so viel wie im Herbst, teilte die Handelskammer im Tal mit.",
    "Die Straße war im November gesperrt worden, nachdem Schüsse auf eine Streife gefallen waren. "
    "Sechs Offiziere untersuchten den Vorfall und fanden keinen Befehl, sagte ihr Vorsitzender.",
    "Beide Seiten stellen nun unbewaffnete Beobachter an den Pass. Ihre Berichte gehen alle zwei "
    "Wochen an den Rat der Region, und jede Regierung darf die Straße wieder sperren.",
]
LEAD = (
    "Wieder rollen Lastwagen über den Pass, und beide Hauptstädte wollen, dass es auf Dauer so "
    "bleibt, auch im nächsten Winter."
)


@pytest.mark.parametrize(
    ("head", "lead"),
    [
        (f'<meta property="og:description" content="{LEAD}">', f"<p>{LEAD}</p>"),
        (f'<meta name="description" content="{LEAD[:95]} …">', f"<div><b>{LEAD}</b></div>"),
        ("", f'<div class="siteHead leadText"><p>{LEAD}</p></div>'),
    ],
)
def test_the_lead_over_the_text_belongs_to_it(head: str, lead: str) -> None:
    """Known by the page's description or by its markup's name for it; taken once."""
    html = page(GERMAN, head).replace("<article>", f"<header>{lead}</header><article>")
    assert read(html).text.split("\n\n") == [LEAD, *GERMAN]
    assert read(page(GERMAN, head)).text.split("\n\n") == GERMAN
    assert read(page([LEAD, *GERMAN], head)).text.split("\n\n") == [LEAD, *GERMAN]


def test_an_announcement_in_english_is_no_part_of_the_text() -> None:
    """There the text begins without it and says the same again."""
    lead = "Trucks roll over the pass again, and both capitals say they want to keep it that way."
    head = f'<meta property="og:description" content="{lead}">'
    shown = page(PARAGRAPHS, head).replace("<article>", f'<p class="dek">{lead}</p><article>')
    assert read(shown).text.split("\n\n") == PARAGRAPHS


def test_a_lead_is_kept_where_the_text_is_in_the_pages_data() -> None:
    """What the markup shows of a paid article goes before the text that its data hold."""
    head = linked(**{"@type": "NewsArticle", "articleBody": "\n\n".join(GERMAN)})
    lead = f'<header><p class="intro">{LEAD}</p></header>'
    html = page(GERMAN[:1], head).replace("<article>", f"{lead}<article>")
    assert read(html).text.split("\n\n") == [LEAD, *GERMAN]


def test_links_around_blocks_lead_elsewhere() -> None:
    """A picture, headline and sentence inside one link are another page's, as in a list."""
    card = (
        '<a href="/harbour"><div><h3>Harbour opens</h3><p>After the storm the harbour opened '
        "again, and the first ferry left with two hundred people who had waited for days on the "
        "quay for a boat to the islands.</p></div></a>"
    )
    html = page(PARAGRAPHS).replace("<div class=", f"{card}<div class=")
    assert read(html).text.split("\n\n") == PARAGRAPHS


def test_what_opens_over_a_word_is_no_part_of_its_sentence() -> None:
    """A span of links inside a paragraph goes; the word it belongs to stays."""
    links = "".join(f'<a href="/{n}">Report number {n} on the minister</a> ' for n in range(4))
    over = f'Minister <span><a href="/m">Ilse Rand</a><span>{links}</span></span> agreed. '
    found = read(page([over + PARAGRAPHS[0], *PARAGRAPHS[1:]])).text.split("\n\n")
    assert found == ["Minister Ilse Rand agreed. " + PARAGRAPHS[0], *PARAGRAPHS[1:]]


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ('<div id="root"></div><script src="a.js"></script>', "JavaScript"),
        ("<noscript>Bitte JavaScript aktivieren</noscript>", "JavaScript"),
        ('<h1>Welcome</h1><form><input name="p" type="PASSWORD"></form>', "login"),
    ],
)
def test_a_page_says_what_it_asks_for(html: str, reason: str) -> None:
    """Scripts or a login instead of an article are told as such; an article needs no reason."""
    found = read(f"<html><head><title>A page</title></head><body>{html}</body></html>")
    assert found.completeness == "empty"
    assert reason in (found.reason or "")
    assert read(page(PARAGRAPHS)).reason is None


def titled(heads: str, told: str, shown: str, url: str = URL) -> str | None:
    """The title of a page with these headings, og:title and title."""
    head = f'<meta property="og:title" content="{told}">' if told else ""
    html = f"<html><head>{head}<title>{shown}</title></head><body>{heads}</body></html>"
    return read(html, url).title


def test_the_heading_that_the_other_titles_are_about_is_the_title() -> None:
    """Sites word their titles for search; the site's slogan in a heading is no title."""
    assert (
        titled(
            "<h1>Mountain road reopens after eleven weeks</h1>",
            "Mountain road is open again after weeks",
            "Mountain road is open again after weeks",
        )
        == "Mountain road reopens after eleven weeks"
    )
    slogan = "News from above the trees"
    heads = f"<h1>{slogan}</h1><h1>Road reopens</h1>"
    assert titled(heads, "Road reopens", f"Road reopens | {slogan}") == "Road reopens"
    assert titled("<h1>Politics</h1>", "Mountain road reopens", "") == "Mountain road reopens"


def test_a_kicker_is_no_part_of_the_title() -> None:
    """What stands over a headline within its heading goes where another title lacks it."""
    told = "Mountain road reopens after eleven weeks"
    assert titled(f"<h1>Transport {told}</h1>", told, told) == told


def test_the_sites_own_name_is_known_from_its_host() -> None:
    """At a title's end it goes, also where no other title is there to agree."""
    assert titled("", "", "Mountain road reopens - The Hilltimes Online") == "Mountain road reopens"


def test_authors_from_meta() -> None:
    """Of the names a page gives, links to profiles are none."""
    profile = '<meta property="article:author" content="https://social.example/a.reporter">'
    named = '<meta property="article:author" content="A. Reporter">'
    assert read(page(PARAGRAPHS, named)).author == "A. Reporter"
    assert read(page(PARAGRAPHS, profile)).author is None


@pytest.mark.parametrize(
    ("language", "name", "said", "day"),
    [
        ("en", "publish-date", "2022-01-30", 30),
        ("en", "vr:published-time", "30.01.2022 18:50", 30),
        ("es", "article:published_time", "10/01/2022 05:22 pm", 10),
        ("en-GB", "article:published_time", "10/01/2022 05:22 pm", 10),
    ],
)
def test_dates_under_other_names_and_in_the_pages_own_order(
    language: str, name: str, said: str, day: int
) -> None:
    """Two orders of day and month: read only where the page's language has one."""
    html = page(PARAGRAPHS, f'<meta name="{name}" content="{said}">')
    found = read(html.replace('lang="en-GB"', f'lang="{language}"')).published_at
    assert found is not None
    assert found.day == day


def test_a_wall_is_told() -> None:
    """By the page's data or its words; a long text is an article all the same."""
    head = linked(**{"@type": "NewsArticle", "isAccessibleForFree": "False"})
    assert read(page(PARAGRAPHS[:2], head)).completeness == "paywalled"
    asked = [*PARAGRAPHS[:3], "Subscribe to continue reading this article."]
    assert read(page(asked)).completeness == "paywalled"
    assert "Subscribe" not in read(page(asked)).text
    assert read(page(PARAGRAPHS * 3, head)).completeness == "full"


def test_a_teaser_is_told() -> None:
    """A paragraph that breaks off is not the article."""
    assert read(page([PARAGRAPHS[0].removesuffix(".") + " …"])).completeness == "teaser"


@pytest.mark.parametrize(
    "html",
    ["", "   ", "<html></html>", b"\x00\xff\xfe\x01" * 50, "just words", "<" * 500, "{}"],
)
def test_a_page_without_article_is_empty(html: bytes | str) -> None:
    """Whatever comes, there is no error and no invented text."""
    assert read(html).completeness == "empty"


def test_other_encodings_are_read() -> None:
    """A page in windows-1251 that says so only in its markup."""
    words = (
        "Правительства двух стран договорились во вторник вновь открыть горную дорогу, сообщили "
        "представители обеих столиц, после одиннадцати недель, когда грузовики ехали в объезд. "
    )
    head = '<meta http-equiv="content-type" content="text/html; charset=windows-1251">'
    found = read(page([words * 3, words * 2], head).encode("cp1251", "xmlcharrefreplace"))
    assert "горную дорогу" in found.text
    assert found.language == "ru"


def test_a_text_file_with_clutter() -> None:
    """The first line is the title, the clutter of a scraped page is gone."""
    raw = "\r\n\r\n".join(
        [
            "Mountain road reopens",
            *PARAGRAPHS,
            "Check Also",
            "Harbour opens",
            "The minister has …",
            "Leave a Reply",
            "Your email address will not be published. Required fields are marked *",
        ]
    )
    found = extract_text(raw.encode("utf-8-sig"))
    assert found.title == "Mountain road reopens"
    assert found.text.split("\n\n") == PARAGRAPHS
    assert (found.completeness, found.language) == ("full", "en")


def test_a_text_file_without_headline() -> None:
    """A first line that is a sentence belongs to the text."""
    found = extract_text("\n\n".join(PARAGRAPHS))
    assert found.title is None
    assert found.text.split("\n\n") == PARAGRAPHS


def test_hard_wrapped_lines_are_joined() -> None:
    """Mail and old text files break lines at a width; a paragraph is one paragraph."""
    wrapped = "\n\n".join(["The road", *(textwrap.fill(text, 72) for text in PARAGRAPHS)])
    assert extract_text(wrapped).text.split("\n\n") == PARAGRAPHS


def test_tags_in_a_text_file_are_no_words() -> None:
    """HTML saved as plain text loses its tags; a text about a tag keeps it."""
    found = extract_text("".join(f"<div><p><b>{text}</b></p></div>" for text in PARAGRAPHS))
    assert found.text.split("\n\n") == PARAGRAPHS
    about = f"{PARAGRAPHS[0]} The tag <b> stands before what is bold."
    assert extract_text(about).text == about


def test_marks_of_markdown_are_no_words() -> None:
    """A heading is the title; stars, links and quotation marks of Markdown are gone."""
    raw = f"# Mountain road\n\n* **{PARAGRAPHS[0]}**\n\n> [{PARAGRAPHS[1]}](https://a.example)\n"
    found = extract_text(markdown_to_text(raw))
    assert found.title == "Mountain road"
    assert found.text.split("\n\n") == PARAGRAPHS[:2]


def test_a_text_without_blanks_is_named_by_its_beginning() -> None:
    """A title is a line, not the whole of a Chinese text."""
    assert first_words("港" * 200) == "港" * 50 + " …"
    assert first_words("one two") == "one two"
    assert first_words("word " * 13) == "word " * 12 + "…"


def test_an_empty_text_file_is_empty() -> None:
    """No text, no title."""
    assert extract_text(b" \n\n ") == Extracted(text="", completeness="empty")
