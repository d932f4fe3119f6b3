"""HTML to entities, Telegram's refusals of it, and links found in plain text."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.preview.entities import checked_link, find_entities, utf16_length, utf16_slice
from bot.preview.markup import parse, parse_html
from bot.preview.refusals import Refusal


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("ä<b", "Unclosed start tag at byte offset 2"),
        ("ä<article>x</article>", 'Unsupported start tag "article" at byte offset 2'),
        ("3 < 4", 'Unsupported start tag "" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<i>x</i", "Unclosed end tag at byte offset 4"),
        ('<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        ("<a href=a/b>y</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<tg-emoji emoji-id="x">y</tg-emoji>', "Invalid custom emoji identifier specified"),
    ],
)
def test_bad_markup_is_refused_in_telegrams_words(source: str, said: str) -> None:
    """The bot sees the very text, with the byte offset, that Telegram would send."""
    with pytest.raises(Refusal) as refused:
        parse_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {said}"


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("<strong>x</strong>", "bold"),
        ("<em>x</em>", "italic"),
        ("<ins>x</ins>", "underline"),
        ("<del>x</del>", "strikethrough"),
        ("<tg-spoiler>x</tg-spoiler>", "spoiler"),
        ('<span class="tg-spoiler">x</span>', "spoiler"),
        ("<code>x</code>", "code"),
        ("<pre>x</pre>", "pre"),
        ("<blockquote>x</blockquote>", "blockquote"),
        ("<blockquote expandable>x</blockquote>", "expandable_blockquote"),
        ('<tg-emoji emoji-id="5">x</tg-emoji>', "custom_emoji"),
    ],
)
def test_every_supported_tag_gives_its_entity(source: str, kind: str) -> None:
    """All tags of the parse mode are understood."""
    text, entities = parse(source, "HTML")
    assert text == "x"
    assert [one["type"] for one in entities] == [kind]


def test_links_are_stored_with_scheme_and_path() -> None:
    """A link without a scheme gets one; a mention by id becomes a text mention."""
    _, entities = parse('<a href="example.org">x</a> <a href="tg://user?id=7">y</a>', "HTML")
    assert entities[0]["url"] == "http://example.org/"
    assert entities[1]["type"] == "text_mention"
    assert entities[1]["user"]["id"] == 7


def test_a_bad_link_leaves_its_text() -> None:
    """Telegram drops a link it does not take, not the words."""
    assert parse('<a href="javascript:alert(1)">x</a>', "HTML") == ("x", [])


def test_code_keeps_no_other_formatting() -> None:
    """Bold around code is cut into the parts beside it."""
    _, entities = parse("<b>a<code>b</code>c</b>", "HTML")
    found = [(one["type"], one["offset"], one["length"]) for one in entities]
    assert found == [("bold", 0, 1), ("code", 1, 1), ("bold", 2, 1)]


def test_a_language_counts_for_code_inside_pre() -> None:
    """`<pre><code class=...>` is one entity with its language."""
    _, entities = parse('<pre><code class="language-sql">x</code></pre>', "HTML")
    assert entities == [{"type": "pre", "offset": 0, "length": 1, "language": "sql"}]


def test_white_space_around_the_text_goes_and_entities_move() -> None:
    """Offsets hold for the trimmed text."""
    text, entities = parse("\n  <b>x</b>  \n", "HTML")
    assert (text, entities) == ("x", [{"type": "bold", "offset": 0, "length": 1}])


@given(st.text(), st.text(min_size=1))
def test_escaped_text_comes_back_as_it_was(before: str, inner: str) -> None:
    """Whatever text is escaped, parsing gives it back, with the entity over exactly its part."""
    text, entities = parse_html(f"{escape(before)}<b>{escape(inner)}</b>")
    wanted = (before + inner).encode("utf-8", "replace").decode()
    assert text == wanted
    (bold,) = entities
    assert bold["offset"] + bold["length"] == utf16_length(wanted)
    assert (
        utf16_slice(text, bold["offset"], bold["length"])
        == inner.encode("utf-8", "replace").decode()
    )


@given(st.text())
def test_any_text_parses_or_is_refused(source: str) -> None:
    """No input makes the parser fail in another way, and entities lie inside the text."""
    try:
        text, entities = parse(source, "HTML")
    except Refusal:
        return
    assert all(0 <= one["offset"] < utf16_length(text) for one in entities)
    assert all(one["offset"] + one["length"] <= utf16_length(text) for one in entities)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start now", [("bot_command", "/start")]),
        ("/topic@some_bot x", [("bot_command", "/topic@some_bot")]),
        ("and/or", []),
        ("see https://example.org/a_(b), ok", [("url", "https://example.org/a_(b)")]),
        ("see (example.org/path).", [("url", "example.org/path")]),
        ("no.where today", []),
        ("mail desk@example.org", [("email", "desk@example.org")]),
        ("hello @some_reader!", [("mention", "@some_reader")]),
        ("#talks and #2022", [("hashtag", "#talks")]),
        ("🏟 /latest", [("bot_command", "/latest")]),
    ],
)
def test_entities_of_plain_text(text: str, found: list[tuple[str, str]]) -> None:
    """Commands, links and names are marked as Telegram marks them, in UTF-16 units."""
    entities = find_entities(text)
    marked = [(one["type"], utf16_slice(text, one["offset"], one["length"])) for one in entities]
    assert marked == found


@pytest.mark.parametrize(
    "link", ["ftp://example.org/", "http://", "http://[", "no host", "http://a b.org/"]
)
def test_links_that_telegram_does_not_take(link: str) -> None:
    """Other schemes and broken hosts are no links."""
    assert checked_link(link) is None


def test_only_the_first_hundred_entities_stay() -> None:
    """Telegram drops the rest without a word."""
    _, entities = parse("<b>x</b> " * 150, "HTML")
    assert len(entities) == 100


def test_the_markdown_modes_are_refused_plainly() -> None:
    """Only HTML is parsed here, and an unknown mode is Telegram's own refusal."""
    with pytest.raises(Refusal, match="does not parse MarkdownV2"):
        parse("x", "MarkdownV2")
    with pytest.raises(Refusal, match="unsupported parse_mode"):
        parse("x", "bbcode")
