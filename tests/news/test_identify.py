"""Links, sums and near copies."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.identify import (
    NEAR_COPY,
    article_id,
    bands,
    canonical_url,
    content_hash,
    is_near_copy,
    signature,
    similarity,
)

PLAIN = "https://news.example/world/talks-resume"

ARTICLE = """
Negotiators from the two river states met again on Thursday to settle how the water of the
northern dam is shared in dry years. The delegations spoke for nine hours behind closed doors
and left without a statement, but two officials said the draft now names a yearly minimum.
Farmers downstream have lost a third of their harvest since the reservoir was filled, the
ministry of agriculture estimates, while the upstream government points to new power plants
that light some four million homes. A joint committee of engineers is to measure the flow at
six points until the spring, and its figures will be published every week. Observers from the
regional union called the committee a first step, and warned that the rains may fail again.
Both sides agreed to meet in the second week of March, this time on the other bank.
"""


@pytest.mark.parametrize(
    "variant",
    [
        "http://news.example/world/talks-resume",
        "https://www.news.example/world/talks-resume/",
        "https://m.news.example/world/talks-resume",
        "https://amp.news.example/world/talks-resume",
        "https://news.example/world/talks-resume/amp/",
        "https://news.example/world/talks-resume?outputType=amp",
        "https://NEWS.example:443/world/talks-resume?utm_source=rss&utm_medium=feed&fbclid=x1",
        "https://news.example/world/talks-resume#comments",
        "  https://news.example/world/./talks-resume \n",
    ],
)
def test_forms_of_one_link_are_one(variant: str) -> None:
    """Tracking, mobile, AMP, protocol, fragment and slash do not make another article."""
    assert canonical_url(variant) == PLAIN


@pytest.mark.parametrize(
    "other",
    [
        "https://news.example/world/talks-resume-2",
        "https://news.example/World/Talks-Resume",
        "https://news.example/world/talks-resume?page=2",
        "https://sport.news.example/world/talks-resume",
        "https://news.example:8080/world/talks-resume",
    ],
)
def test_other_articles_stay_others(other: str) -> None:
    """What may name another text is kept."""
    assert canonical_url(other) != PLAIN


def test_story_numbers_in_the_query_are_kept() -> None:
    """`sid` is a session at some sites and the story's number at others."""
    first = canonical_url("https://news.example/article.php?sid=101")
    assert first != canonical_url("https://news.example/article.php?sid=102")
    assert first == canonical_url("https://www.news.example/article.php?utm_source=x&sid=101")


def test_query_order_does_not_count() -> None:
    """The same parameters in another order are the same page."""
    one = canonical_url("https://news.example/show?id=7&lang=fr")
    assert one == canonical_url("https://news.example/show?lang=fr&id=7")


def test_what_is_no_web_link_comes_back() -> None:
    """Feed ids of other schemes stay as they are."""
    assert canonical_url(" urn:uuid:1234 ") == "urn:uuid:1234"
    assert canonical_url("") == ""


@given(
    st.one_of(
        st.text(max_size=80),
        st.from_regex(r"\Ahttps?://(www\.|m\.)?[a-z]{1,9}\.(com|org)(/[\w%.~&=?#/:+-]{0,40})?\Z"),
        st.text(max_size=50).map(lambda tail: f"https://news.example/{tail}"),
        st.text(max_size=50).map(lambda tail: f"http://news.example/a?{tail}"),
    )
)
def test_a_canonical_link_is_its_own_canonical_link(url: str) -> None:
    """Applying it twice changes nothing, whatever the link; it never raises."""
    once = canonical_url(url)
    assert canonical_url(once) == once


def test_ids_follow_the_link_and_else_the_text() -> None:
    """Twelve hex characters; tracking does not change them; without a link the sum counts."""
    total = content_hash("Talks resume", ARTICLE)
    assert len(total) == 64
    assert article_id(PLAIN, total) == article_id(f"{PLAIN}?utm_source=x", "0" * 64)
    assert article_id(None, total) == total[:12]
    assert set(article_id(PLAIN, total)) <= set("0123456789abcdef")


def test_the_sum_ignores_form_but_no_word() -> None:
    """Quotes, spacing and case differ between two copies; a changed figure is a new text."""
    same = content_hash("“Talks”  resume", "Some 3,000 people,\n\nthe army said.")
    assert same == content_hash('"talks" resume', "some 3,000 people the Army said")
    assert same != content_hash('"talks" resume', "some 4,000 people the Army said")
    assert content_hash("a b", "c") != content_hash("a", "b c")


def edited(text: str, share: float) -> str:
    """The text with a share of its words changed, always the same ones."""
    words = text.split()
    for at in random.Random(7).sample(range(len(words)), int(len(words) * share)):
        words[at] = "other"
    return " ".join(words)


@pytest.mark.parametrize(
    "copy",
    [
        "A new headline over the same report.\n" + ARTICLE,
        ARTICLE + "\nReporting by a first person in the north; editing by a second person.",
        ARTICLE.replace("Farmers downstream have lost a third of their harvest since the", ""),
        edited(ARTICLE, 0.04),
        ARTICLE.upper(),
    ],
)
def test_edited_copies_are_found_and_recognised(copy: str) -> None:
    """An agency text is recognised after the usual edits, through the buckets too."""
    one, two = signature(ARTICLE), signature(copy)
    assert similarity(one, two) >= NEAR_COPY
    assert is_near_copy(one, two)
    assert set(bands(one)) & set(bands(two))


def test_other_texts_on_the_same_event_are_no_copies() -> None:
    """Two outlets' own words stay two articles."""
    other = """The dam talks went on late into Thursday night. Nobody spoke to reporters, yet people
    close to both teams described a paper that would promise the lower country a fixed amount of
    water each year. Fields there have dried up since the lake behind the wall began to rise."""
    assert not is_near_copy(signature(ARTICLE), signature(other))
    assert not set(bands(signature(ARTICLE))) & set(bands(signature(other)))


def test_short_texts_must_agree_more() -> None:
    """A standing phrase under different headlines does not make a copy; the same teaser does."""
    phrase = "Our weekly look at the maps and graphs that explain the past seven days."
    one = signature(f"Two harbours reopen after the autumn storm. {phrase}")
    two = signature(f"Why grain prices keep falling in the north. {phrase}")
    assert similarity(one, two) > 0.3
    assert not is_near_copy(one, two)
    assert is_near_copy(one, one)


def test_texts_without_words_are_like_nothing() -> None:
    """Not even like each other: two empty pages are not one article."""
    empty = signature(" … \n")
    assert (empty, bands(empty)) == (b"", ())
    assert similarity(empty, empty) == 0.0
    assert not is_near_copy(empty, signature(ARTICLE))


def test_scripts_without_spaces_are_compared_by_character() -> None:
    """A Chinese copy with a changed end is a copy."""
    text = (
        "两国代表团星期四再次会晤讨论北部水坝在干旱年份如何分配水资源会谈持续九个小时没有发表声明"
        * 2
    )
    assert is_near_copy(signature(text), signature(text + "记者在当地报道"))


def test_signatures_are_the_same_in_every_process() -> None:
    """They are stored, so they may not depend on a process's hash seed."""
    code = f"from news.identify import signature; print(signature({ARTICLE!r}).hex())"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert bytes.fromhex(other) == signature(ARTICLE)
    assert all(-(2**63) <= key < 2**63 for key in bands(signature(ARTICLE)))
