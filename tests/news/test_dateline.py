"""A text without a date has the day of its dateline, where that is a whole date."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from newsroom import NOW

from news.dateline import dateline
from news.feeds import FeedItem
from news.ingest import Ingest
from news.model import Received

TWELFTH = datetime(2022, 1, 12, tzinfo=UTC)
BODY = (
    "The council agreed to rebuild the northern quay for 12 million crowns. Work begins in March "
    "and ends before the ferry season of the following year, the treasurer said. "
)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "VARNES, 12 January 2022 - The council agreed"),
        ("en", "PORT ALVIK, Merovia, Wednesday, January 12, 2022 -- The council"),
        ("en", "ST. OLAV, Jan. 12, 2022 (Harbour Wire) — The council"),
        ("en", "Varnes (12 January 2022) – The council"),
        ("en", "VARNES, 2022-01-12 - The council"),
        ("en", "12 January 2022 | The council"),
        ("en", "Varnes, 12 January 2022\nThe council"),
        (None, "VARNES, 12 January 2022 - The council agreed to rebuild the quay"),
        ("tlh", "VARNES, 12 January 2022 - The council"),
        ("fr", "VARNES, le 12 janvier 2022 (Agence du port) – Le conseil"),
        ("es", "VARNES, 12 de enero de 2022.- El consejo"),
        ("de", "Varnes, den 12. Januar 2022 - Der Rat"),
        ("ru", "ВАРНЕС, 12 января 2022 г. — Совет"),
        ("ar", "القاهرة (وكالة)، ١٢ يناير ٢٠٢٢ - وافق المجلس"),
        ("zh", "港口社北方港2022年1月12日电 委员会"),
        ("tr", "VARNES, 12 Ocak 2022 - Meclis"),
    ],
)
def test_the_day_is_read(language: str | None, line: str) -> None:
    """Place, day and agency in the order and the words of each language."""
    assert dateline(line, language=language, now=NOW) == TWELFTH


@pytest.mark.parametrize(
    "line",
    [
        "The council met on 12 January 2022 - a Wednesday - to talk.",
        "VARNES, January 12 - The council",
        "VARNES, 12/01/2022 - The council",
        "Varnes, a city of 2,000 - was",
        "Elections, 2022 - what we know",
        "Alvik, Merovia, 1789 - The",
        "VARNES, 31 February 2022 - The council",
        "VARNES, 12 January 1822 - The council",
        "Since January 2022 - the hottest of all - the harbour",
        "اجتمع المجلس في القاهرة يوم 12 يناير 2022 - وقال",
    ],
)
def test_what_is_no_dateline_dates_nothing(line: str) -> None:
    """Sentences with a date in them, days without a year, figures that may be read two ways."""
    assert dateline(line, language=None if line.isascii() else "ar", now=NOW) is None


def test_a_day_to_come_is_not_believed() -> None:
    """An hour is allowed for clocks, as with every other date."""
    midnight = datetime(2022, 1, 12, tzinfo=UTC)
    line = "VARNES, 12 January 2022 - The council"
    assert dateline(line, language="en", now=midnight - timedelta(minutes=59)) == midnight
    assert dateline(line, language="en", now=midnight - timedelta(minutes=61)) is None


@given(st.text(max_size=80), st.sampled_from(["en", "ar", "zh", "", "x", None]))
def test_any_text_has_a_day_or_none(text: str, language: str | None) -> None:
    """Whatever the words, reading them does not raise."""
    for line in (text, f"{text} 2022 - ", f"VARNES, {text} 2022: "):
        found = dateline(line, language=language, now=NOW)
        assert found is None or found.tzinfo is UTC


def _day(ingest: Ingest, received: Received) -> datetime:
    article = ingest.store.articles.get(received.article_id or "")
    assert article is not None, received.reason
    return article.published_at


def test_every_way_in_looks_at_it_last(ingest: Ingest, tmp_path: Path) -> None:
    """Texts, rows and feed items: their own date counts first, the time of reading last."""
    line = "VARNES, 12 January 2022 - "
    (tmp_path / "a.txt").write_text(f"{line}{BODY}")
    rows = [
        {"text": f"{line}Row one. {BODY}"},
        {"text": f"{line}Row two. {BODY * 2}", "date": "2022-02-01"},
        {"text": f"Row three. {BODY * 3}"},
    ]
    (tmp_path / "b.jsonl").write_text("\n".join(map(json.dumps, rows)))
    taken = list(ingest.take(str(tmp_path), now=NOW))
    days = [_day(ingest, received) for received in taken]
    assert days == [TWELFTH, TWELFTH, datetime(2022, 2, 1, tzinfo=UTC), NOW]
    item = FeedItem(
        guid="1",
        url=None,
        title="Quay",
        summary_html="",
        content_html=f"<p>{line}{BODY}</p>",
        published_at=None,
        updated_at=None,
        author=None,
        language="en",
    )
    draft = ingest.item(item, now=NOW, feed_url=None, outlet_name=None)
    assert draft is not None
    assert draft.published_at == TWELFTH
