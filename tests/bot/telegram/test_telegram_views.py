"""News as messages: what a reader sees of stories, answers, sources and briefs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram_samples import NOW, READER, SAMPLE_READER, answer, brief, digest, entry, evidence

from bot.telegram import callbacks, dates, views
from bot.telegram.markup import link, plain
from bot.telegram.messages import Button, from_json, grid, to_json
from bot.telegram.splitting import utf16_length
from bot.telegram.views import Status
from news.model import Involved, Point


def test_story_shows_title_sentences_markers_and_facts() -> None:
    """A story has an escaped bold title, linked markers, outlets, count and a local time."""
    message = views.story(entry(), READER, Status())
    assert message.text.startswith("<b>Ferry talks &lt;resume&gt;</b>")
    assert '<a href="https://harbour.example/a?b=1&amp;c=2">[1]</a>' in message.text
    shown = plain(message.text)
    assert "Harbour Post, Wire & Sons, Northern Desk and 1 more · 5 articles" in shown
    assert "18 Feb, 08:30 EET" in shown
    assert views.VERBATIM in shown
    assert [button.label for button in message.buttons[0]] == ["Sources", "More", "Follow"]


def test_sample_news_is_never_undated() -> None:
    """The sample edition's news names its year and what it is."""
    shown = plain(views.story(entry(), SAMPLE_READER, Status()).text)
    assert "18 Feb 2022, 08:30 EET · sample edition" in shown


def test_writing_is_announced_and_the_written_text_says_what_it_is() -> None:
    """The last line tells a text that will be replaced, a written one and a quoted one apart."""
    told = entry()
    assert views.WRITING in views.story(told, READER, Status(writing=True)).text
    written = digest("The line and the union met.", "The strike waits.", written=True)
    text = views.digest(written, READER, Status()).text
    assert views.WRITTEN in text
    assert views.VERBATIM not in text
    assert "<blockquote expandable>[1] The line and the union met." in text


def test_marker_without_link_is_plain() -> None:
    """A source without an address has a marker, but nothing to tap."""
    text = views.digest(digest("Only words.", url=None), READER, Status()).text
    assert "Only words. [1]" in text
    assert "<a " not in text


def test_sources_quote_each_cited_sentence_once() -> None:
    """Sources are numbered like the markers, with outlet, time, link and the sentence."""
    shown = views.sources(digest("First <one>.", "Second one."), READER).text
    assert "[1] <b>Harbour Post</b> · 18 Feb, 10:30 EET" in shown
    assert "<blockquote>First &lt;one&gt;.</blockquote>" in shown
    assert shown.count("<blockquote>") == 2


def test_sources_say_which_quotations_stand_behind_a_written_sentence() -> None:
    """A written sentence stands over what it rests on; what is quoted already is only numbered."""
    first, second = (
        evidence(1, "The line met the <union>."),
        evidence(2, "The strike waits.", source="The Quay"),
    )
    points = (
        Point(text="Line & union met.", origin="written", evidence=(first, second)),
        Point(text="A strike was put off.", origin="written", evidence=(second,)),
        Point(text=first.sentence, origin="source", evidence=(first,)),
    )
    shown = plain(views.sources(replace(digest(), points=points), READER).text)
    assert shown.split("\n\n")[1:] == [
        "▸ Line & union met. [1][2]",
        "[1] Harbour Post · 18 Feb, 10:30 EET · read it there\nThe line met the <union>.",
        "[2] The Quay · 18 Feb, 09:30 EET · read it there\nThe strike waits.",
        "▸ A strike was put off. [2]",
    ]


def test_a_translated_sentence_is_marked_over_its_original() -> None:
    """In the message and under Sources, where the original stands."""
    one = evidence(1, "Die Fähre fährt.")
    point = Point(text="The ferry sails.", origin="written", evidence=(one,), translated_from="de")
    told = replace(digest(), points=(point,))
    mark = "The ferry sails. [1] (translated from German)"
    assert mark in plain(views.digest(told, READER, Status()).text)
    shown = plain(views.sources(told, READER).text)
    assert mark in shown
    assert "Die Fähre fährt." in shown


def test_no_answer_says_what_is_newest_and_offers_near_topics() -> None:
    """Not knowing is an answer, with the age of what is known and topics to try."""
    message = views.answer(answer(answered=False), READER, Status(), near=[("grain", "Grain")])
    shown = plain(message.text)
    assert shown.startswith("Not in my sources.")
    assert "18 Feb, 11:30 EET" in shown
    assert message.buttons == ((Button(label="Grain", data="1:ask:grain"),),)
    empty = plain(views.answer(answer(answered=False, newest=None), READER, Status()).text)
    assert "not collected any news" in empty


def test_answer_names_the_other_stories_it_draws_on() -> None:
    """A second story behind an answer can be opened by its number."""
    assert "Port &amp; rail /story_13" in views.answer(answer(), READER, Status()).text


def test_brief_fits_messages_and_cuts_no_story() -> None:
    """Many long stories become several messages, each within limits, buttons with their stories."""
    long = "The delegation said that the talks would go on at the same place next week. "
    entries = [
        entry(number, *(long * 4 for _ in range(3)), title=f"Story {number}")
        for number in range(1, 11)
    ]
    messages = views.brief(brief(*entries), READER)
    assert len(messages) > 1
    assert all(utf16_length(message.text) <= 4096 for message in messages)
    labels = [button.label for message in messages for row in message.buttons for button in row]
    assert labels == [str(number) for number in range(1, 11)]
    for message in messages:
        for row in message.buttons:
            for button in row:
                assert f"<b>{button.label}. Story {button.label}</b>" in message.text


def test_brief_is_dated_and_warns() -> None:
    """A brief names its day, its topics, what it is worth, and a story known before."""
    made = views.brief(
        brief(entry(new=False), notices=("Collecting <failed>.",)), SAMPLE_READER, topics=["NATO"]
    )
    shown = plain(made[0].text)
    assert "Friday, 18 February 2022, 11:30 EET · NATO · sample edition" in shown
    assert "⚠ Collecting <failed>." in shown
    assert "· moved on" in shown


def test_empty_brief_says_so() -> None:
    """A brief of nothing is one line, not silence."""
    (message,) = views.brief(brief(), READER, topics=["NATO"])
    assert "Nothing new about NATO since 17 Feb, 11:30 EET." in plain(message.text)


def test_one_story_too_long_for_a_message_is_cut() -> None:
    """The ledger's messages fit Telegram whatever a source writes."""
    made = views.brief(brief(entry(1, "word " * 3000)), READER)
    assert all(utf16_length(message.text) <= 4096 for message in made)
    assert made[-1].buttons


def test_latest_has_a_line_and_a_button_for_each() -> None:
    """The latest stories are numbered and can be tapped."""
    message = views.latest(brief(*(entry(number) for number in range(1, 12))), READER)
    assert "8. <b>" in message.text
    assert "9. <b>" not in message.text
    assert sum(len(row) for row in message.buttons) == 8


@given(st.text(), st.text())
def test_text_never_becomes_markup(title: str, sentence: str) -> None:
    """Whatever a feed or a model writes is shown as it is."""
    shown = plain(views.digest(digest(sentence, title=title), READER, Status()).text)
    assert title in shown
    assert sentence.strip() in shown


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "tg://user?id=1", "https://", "not a link", "http://[bad", None]
)
def test_only_web_addresses_are_linked(url: str | None) -> None:
    """An address that Telegram would refuse is shown as words."""
    assert link("x", url) == "x"


def test_link_address_cannot_leave_its_attribute() -> None:
    """A quotation mark in an address stays in the address."""
    assert (
        link("x", 'https://a.example/"><b>') == '<a href="https://a.example/%22&gt;&lt;b&gt;">x</a>'
    )


def test_digest_key_names_what_is_shown() -> None:
    """The same shown sentences have one key; others have another."""
    assert views.digest_key(digest("a b")) == views.digest_key(digest("a b"))
    assert views.digest_key(digest("a b")) != views.digest_key(digest("a c"))


@given(
    st.lists(
        st.lists(
            st.builds(Button, label=st.text(min_size=1), data=st.text(min_size=1)), min_size=1
        ).map(tuple),
    ).map(tuple)
)
def test_buttons_survive_the_ledger(rows: tuple[tuple[Button, ...], ...]) -> None:
    """Buttons read back are the ones that were kept."""
    assert from_json(to_json(rows)) == rows


def test_url_buttons_survive_the_ledger() -> None:
    """A button may lead to the web instead."""
    rows = grid([Button(label="x", url="https://a.example/")], 2)
    assert from_json(to_json(rows)) == rows


@given(
    st.sampled_from(["src", "more", "flw"]),
    st.lists(st.integers(0, 10**12).map(str), max_size=3),
)
def test_callback_data_reads_back(action: str, values: list[str]) -> None:
    """What a button carries is what its press says."""
    found = callbacks.read(callbacks.data(action, *values))
    assert found == callbacks.Press(action=action, values=tuple(values))


@pytest.mark.parametrize("text", ["", "1", "1:", "0:src:1", "2:src:1", "src:1", "nonsense"])
def test_foreign_callback_data_is_none(text: str) -> None:
    """Data of another version, or none of ours, is not guessed at."""
    assert callbacks.read(text) is None


def test_callback_data_is_bounded() -> None:
    """Telegram takes 64 bytes."""
    with pytest.raises(ValueError, match="longer than 64"):
        callbacks.data("ask", "ä" * 40)
    assert callbacks.Press(action="x", values=("²",)).number() == 0


@pytest.mark.parametrize(
    ("at", "zone", "shown"),
    [
        (datetime(2022, 2, 18, 5, 30, tzinfo=UTC), "Europe/Helsinki", "18 Feb 2022, 07:30 EET"),
        (datetime(2022, 2, 18, 22, 5, tzinfo=UTC), "Asia/Tokyo", "19 Feb 2022, 07:05 JST"),
        (datetime(2022, 7, 1, 12, 0, tzinfo=UTC), "America/Sao_Paulo", "1 Jul 2022, 09:00 UTC-03"),
    ],
)
def test_moments_are_local_and_name_their_zone(at: datetime, zone: str, shown: str) -> None:
    """A time is the reader's, and says whose it is."""
    assert dates.moment(at, zone) == shown


def test_year_is_left_out_only_within_the_same() -> None:
    """Live news of this year needs no year; older news does."""
    assert dates.moment(NOW, "UTC", now=NOW) == "18 Feb, 09:30 UTC"
    old = NOW - timedelta(days=60)
    assert dates.moment(old, "UTC", now=NOW) == "20 Dec 2021, 09:30 UTC"


def test_a_story_says_who_is_involved() -> None:
    """People with their offices, organisations and places; all of it escaped, nothing if none."""
    involved = Involved(
        countries=("Finland",),
        people=("Ola <Brandt>", "Runa Eik"),
        offices={"Runa Eik": "mayor, Alvik"},
        organisations=("OSCE",),
        areas=("Alvik & Bay",),
    )
    shown = plain(views.story(replace(entry(), involved=involved), READER, Status()).text)
    assert "People: Ola <Brandt>, Runa Eik (mayor, Alvik)\nOrganisations: OSCE" in shown
    assert "Where: Finland, Alvik & Bay" in shown
    assert "People" not in plain(
        views.story(replace(entry(), involved=Involved()), READER, Status()).text
    )


def test_no_button_is_left_alone_in_a_row() -> None:
    """Six in rows of at most five are two rows of three."""
    six = [Button(label=str(n), data=f"n{n}") for n in range(6)]
    assert [len(row) for row in grid(six, 5)] == [3, 3]
    assert [len(row) for row in grid(six[:5], 5)] == [5]
    assert grid([], 5) == ()
