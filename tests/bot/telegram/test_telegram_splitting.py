"""Long HTML in parts: what Telegram takes, nothing lost, nothing broken."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.telegram.markup import ENTITY, TAG, bold, escape, italic, link, plain, quote
from bot.telegram.messages import Button, Message
from bot.telegram.splitting import MAX_TAGS, split, split_message, tags, utf16_length

WORDS = st.text(
    alphabet=st.sampled_from("abcdefgh <>&\"'.!?\n😀é中\u200d"), min_size=1, max_size=40
)
PIECES = st.one_of(
    WORDS.map(escape),
    WORDS.map(bold),
    WORDS.map(italic),
    WORDS.map(quote),
    WORDS.map(lambda words: link(words, "https://a.example/?x=1&y=2")),
    WORDS.map(lambda words: f"<b>{italic(words)}{escape(words)}</b>"),
    st.sampled_from(["\n\n", "\n", " ", ". "]),
)
MARKUP = st.lists(PIECES, max_size=30).map("".join)


def squeezed(text: str) -> str:
    """Text without white space, which a cut may swallow."""
    return "".join(text.split())


def is_well_formed(text: str) -> bool:
    """Whether every tag is closed in order and nothing is left that is no markup."""
    stack: list[str] = []
    for found in TAG.finditer(text):
        if not found.group(1):
            stack.append(found.group(2))
        elif not stack or stack.pop() != found.group(2):
            return False
    rest = ENTITY.sub("", TAG.sub("", text))
    return not stack and not re.search(r"[<>&]", rest)


@settings(max_examples=300)
@given(markup=MARKUP, limit=st.integers(2, 120))
def test_parts_fit_and_lose_nothing(markup: str, limit: int) -> None:
    """Every part fits, is well-formed and not blank; together they say what the whole said."""
    parts = split(markup, limit)
    assert all(utf16_length(part) <= limit for part in parts)
    assert all(is_well_formed(part) for part in parts)
    assert all(plain(part).strip() for part in parts)
    assert squeezed("".join(map(plain, parts))) == squeezed(plain(markup))


@given(markup=MARKUP)
def test_what_fits_stays_whole(markup: str) -> None:
    """A text within the limits is one part and keeps its markup."""
    if plain(markup).strip():
        assert len(split(markup, 100_000)) == 1 or tags(markup) > MAX_TAGS


@given(text=st.text(max_size=300))
def test_escaped_text_comes_back(text: str) -> None:
    """What a reader sees of escaped text is the text."""
    assert plain(escape(text)) == text


def test_length_counts_utf16_after_parsing() -> None:
    """Tags count nothing, an entity one, an emoji two."""
    assert utf16_length("<b>a &amp; 😀</b>") == 6
    assert utf16_length('<a href="https://a.example/very/long">x</a>&#128512;') == 3


def test_cuts_between_stories_before_paragraphs() -> None:
    """Where a story ends is a better place than a later end of a paragraph."""
    text = f"{bold('One')}\nfirst text here\n\n{bold('Two')}\nsecond\n\nmore of the second one"
    first, second = split(text, 45)
    assert first == "<b>One</b>\nfirst text here"
    assert second.startswith("<b>Two</b>")


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("one two\n\nthree four five", 20, ["one two", "three four five"]),
        ("One is here. Two is here. Three", 28, ["One is here. Two is here.", "Three"]),
        ("alpha beta gamma", 11, ["alpha beta", "gamma"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
    ],
)
def test_best_place_wins(text: str, limit: int, parts: list[str]) -> None:
    """Paragraphs come before sentences, sentences before words, words before anywhere."""
    assert split(text, limit) == parts


def test_open_tags_are_closed_and_opened_again() -> None:
    """A tag across a cut covers its words in both parts, attributes included."""
    text = '<a href="https://a.example/">alpha beta gamma</a>'
    assert split(text, 11) == [
        '<a href="https://a.example/">alpha beta</a>',
        '<a href="https://a.example/">gamma</a>',
    ]


def test_formatting_beyond_the_hundredth_goes_into_the_next_part() -> None:
    """Telegram ignores later formatting, so the part ends before it."""
    parts = split(" ".join(bold(str(number)) for number in range(150)))
    assert [tags(part) for part in parts] == [100, 50]


def test_blank_text_has_no_parts() -> None:
    """There is no message of white space."""
    assert split("") == split(" \n<b> </b>\n") == []


def test_buttons_go_with_the_last_part() -> None:
    """Only the last part of a message carries its buttons."""
    rows = ((Button(label="x", data="1:hlp"),),)
    parts = split_message(Message(text="word " * 2000, buttons=rows))
    assert len(parts) == 3
    assert [part.buttons for part in parts] == [(), (), rows]
