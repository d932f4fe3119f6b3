"""Bytes to text, HTML to text, tidy characters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.plain import decode, html_to_text, tidy


@pytest.mark.parametrize(
    ("body", "content_type", "markup", "text"),
    [
        ("Zürich".encode(), None, False, "Zürich"),
        ("Zürich".encode("utf-8-sig"), "text/html; charset=latin-1", False, "Zürich"),
        ("Zürich".encode("utf-16"), None, False, "Zürich"),
        ("Zürich".encode("latin-1"), 'text/html; charset="ISO-8859-1"', False, "Zürich"),
        ("Москва".encode("cp1251"), "text/html; charset=windows-1251", False, "Москва"),
        (
            '<meta charset="cp1251">Москва'.encode("cp1251"),
            None,
            True,
            '<meta charset="cp1251">Москва',
        ),
        ("“quoted”".encode("cp1252"), "text/plain; charset=iso-8859-1", False, "“quoted”"),
        ("Zürich".encode(), "text/html; charset=nonsense", False, "Zürich"),
    ],
)
def test_encodings_are_found(
    body: bytes, content_type: str | None, markup: bool, text: str
) -> None:
    """By mark, by being UTF-8, by header, by the page's own word."""
    assert decode(body, content_type, markup=markup) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (
            "Le conseil municipal a voté à la fête, élu réélu où ça être, près de la gelée.",
            "cp1252",
        ),
        ("The council voted on élu réélu à la fête late on Tuesday after a debate.", "cp1252"),
        ("El Consejo decidió mañana la reunión del año según el señor García.", "latin-1"),
        ("Die Küstenstaaten beendeten Gespräche über die Fischerei für große Häfen.", "cp1252"),
        ("Rada gminy zagłosowała późno we wtorek po długiej dyskusji, mówią źródła.", "cp1250"),
        ("A tanács kedden késő este szavazott a költségvetésről, őszintén.", "cp1250"),
        ("Совет проголосовал поздно вечером во вторник после долгих споров.", "cp1251"),
        ("صوت المجلس في وقت متأخر من يوم الثلاثاء بعد مناقشة طويلة", "cp1256"),
        ("評議会は予算に関する長い議論の後、火曜日の夜遅くに投票した。", "shift_jis"),
    ],
)
def test_an_encoding_without_a_label_is_guessed_by_its_language(text: str, encoding: str) -> None:
    """Western letters are not taken for Central Europe's, nor the other way round."""
    assert decode(text.encode(encoding)) == text


@given(st.binary(max_size=200))
def test_any_bytes_become_text(body: bytes) -> None:
    """A binary file ends in characters, not in an error."""
    assert isinstance(decode(body, "text/html; charset=utf-7", markup=True), str)


def test_html_becomes_paragraphs() -> None:
    """Blocks by blank lines, inline markup without a trace, scripts and captions gone."""
    fragment = (
        "<p>First &amp; <b>bo</b>ld.</p><p>Second<br>line</p><script>x()</script>"
        "<ul><li>one</li><li>two</li></ul><figure><figcaption>A caption</figcaption></figure>tail"
    )
    assert html_to_text(fragment) == "First & bold.\n\nSecond\n\nline\n\none\n\ntwo\n\ntail"


def test_plain_text_with_angle_brackets_is_no_markup() -> None:
    """Feeds hold both; figures are not tags."""
    assert html_to_text("profits < 3 and > 1 &ndash; so far") == "profits < 3 and > 1 – so far"


def test_deeply_nested_markup_ends() -> None:
    """No recursion: a hostile feed cannot exhaust the stack."""
    assert html_to_text("<div>" * 100 + "deep" + "</div>" * 100) == "deep"
    assert isinstance(html_to_text("<div>" * 50_000 + "deep"), str)


def test_invisible_characters_go_and_joiners_stay() -> None:
    """Soft hyphens, marks of direction and control characters split words; Persian needs ZWNJ."""
    assert tidy("mini\u00adster\u200b \u202ea\x00b\x07") == "minister ab"
    assert tidy("می\u200cخواهم") == "می\u200cخواهم"


@given(st.text(max_size=300))
def test_tidy_text_is_normal_and_stays_so(text: str) -> None:
    """NFC, no control characters but line ends, and applying it twice changes nothing."""
    once = tidy(text)
    assert once == tidy(once)
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(char) == "Cc" and char != "\n" for char in once)
    assert "\n\n\n" not in once


@given(st.text(max_size=200))
def test_any_fragment_becomes_text(text: str) -> None:
    """Whatever a feed holds."""
    assert "\x00" not in html_to_text(text)
    assert isinstance(html_to_text(f"<p>{text}</p><a href='{text}'>"), str)
