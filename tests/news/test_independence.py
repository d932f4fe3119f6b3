"""Voices: copies, sister outlets and one government's outlets are counted once."""

from __future__ import annotations

import json
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from newsroom import NOW, Newsroom

from config.editorial import load_sources
from news.extract import PagePool
from news.fetch import Fetcher
from news.independence import counts, independent, voice_of
from news.ingest import Ingest
from news.model import Article, Outlet
from news.outlets import Outlets

POST = Outlet(name="Harbour Post", host="harbour-post.example", country="NO")
TIMES = Outlet(name="Fjord Times", host="fjord-times.example", country="NO")
WIRE = Outlet(name="Quay Wire", host="quay-wire.example", country="CH", ownership="agency")
RADIO = Outlet(name="Two Coasts Radio", host="radio.example", family="Two Coasts")
VIDEO = Outlet(name="Two Coasts Video", host="video.example", family="Two Coasts")
ORGAN = Outlet(name="The Organ", host="organ.example", country="XA", ownership="state")
GAZETTE = Outlet(name="The Gazette", host="gazette.example", country="XA", ownership="state")
ABROAD = Outlet(name="The Neighbour", host="neighbour.example", country="XB", ownership="state")


STORM = (
    "A storm came ashore at Varnes before dawn and took the roof of the fish hall with it. "
    "Nobody was hurt, said the harbour master, who had sent the night shift home at ten."
)


def _article(id: str, outlet: Outlet, *, copy_of: str | None = None, hours: int = 0) -> Article:
    at = NOW + timedelta(hours=hours)
    return Article(
        id=id, number=int(id[1:]), url=None, title="A title", text="A text.", outlet=outlet,
        language="en", author=None, published_at=at, fetched_at=at, content_hash=id,
        copy_of=copy_of,
    )  # fmt: skip


def test_a_wire_text_is_one_voice_however_many_carry_it() -> None:
    """Copies count for their original, and their outlets are named as what they are."""
    told = [
        _article("a1", WIRE),
        _article("a2", POST, copy_of="a1", hours=1),
        _article("a3", TIMES, copy_of="a1", hours=2),
    ]
    (voice,) = independent(told)
    assert (voice.name, voice.articles) == ("Quay Wire", ("a1",))
    assert voice.copied_by == ("Harbour Post", "Fjord Times")
    numbers = counts(told)
    assert (numbers.articles, numbers.texts, numbers.outlets, numbers.voices) == (3, 1, 3, 1)


def test_who_copies_and_also_writes_has_a_voice() -> None:
    """An outlet that carried the wire's text and wrote one of its own speaks for itself."""
    told = [
        _article("a1", WIRE),
        _article("a2", POST, copy_of="a1"),
        _article("a3", POST, hours=1),
    ]
    assert [voice.name for voice in independent(told)] == ["Quay Wire", "Harbour Post"]


def test_copies_of_an_absent_original_are_one_voice() -> None:
    """Where the original is not at hand, its copies do not become independent of each other."""
    told = [_article("a2", POST, copy_of="a1"), _article("a3", TIMES, copy_of="a1", hours=1)]
    (voice,) = independent(told)
    assert (voice.outlets, voice.copied_by) == (("Harbour Post",), ("Fjord Times",))


def test_one_publisher_is_one_voice() -> None:
    """Outlets of one family are counted once; all their texts are kept apart."""
    told = [_article("a1", RADIO), _article("a2", VIDEO), _article("a3", POST)]
    assert [voice.name for voice in independent(told)] == ["Two Coasts", "Harbour Post"]
    assert independent(told)[0].outlets == ("Two Coasts Radio", "Two Coasts Video")
    assert counts(told).outlets == 3


def test_one_government_is_one_voice() -> None:
    """State outlets of one country are one voice; those of another country are another."""
    told = [_article("a1", ORGAN), _article("a2", GAZETTE), _article("a3", ABROAD)]
    assert [voice.name for voice in independent(told)] == ["state:XA", "state:XB"]


def test_nameless_texts_are_no_crowd() -> None:
    """Texts of which nobody knows the outlet are one voice together."""
    nobody = Outlet(name="", host="")
    told = [_article("a1", nobody), _article("a2", nobody), _article("a3", POST)]
    assert counts(told).voices == 2
    assert counts(told).outlets == 1


@given(
    st.lists(
        st.tuples(st.sampled_from([POST, TIMES, WIRE, RADIO, VIDEO, ORGAN]), st.integers(0, 12)),
        max_size=12,
    )
)
def test_any_chain_of_copies_is_counted(told: list[tuple[Outlet, int]]) -> None:
    """Copies of copies, of themselves, in circles: every article is counted, none twice."""
    articles = [
        _article(f"a{at}", outlet, copy_of=f"a{copied}" if copied else None)
        for at, (outlet, copied) in enumerate(told, start=1)
    ]
    numbers = counts(articles)
    assert numbers.voices <= len({voice_of(outlet) for outlet, _ in told})
    assert numbers.voices <= numbers.texts <= numbers.articles == len(articles)
    assert bool(numbers.voices) == bool(articles)


def test_families_of_the_list_have_members() -> None:
    """A family that only one listed outlet belongs to says nothing; an outlet has one family."""
    members: dict[str, set[str]] = {}
    family: dict[str, set[str | None]] = {}
    for source in load_sources():
        family.setdefault(source.outlet.name, set()).add(source.outlet.family)
        if source.outlet.family:
            members.setdefault(source.outlet.family, set()).add(source.outlet.name)
    assert members
    assert [name for name, names in members.items() if len(names) < 2] == []
    assert [name for name, found in family.items() if len(found) > 1] == []


def test_an_article_remembers_its_family(newsroom: Newsroom, pages: PagePool) -> None:
    """What the list says of an outlet's publisher is kept with the article."""
    ingest = Ingest(newsroom.store, Fetcher("tests"), pages, Outlets([RADIO, VIDEO]))
    row = {"url": "https://radio.example/a", "title": "A storm", "text": STORM}
    (received,) = ingest.take(_file(newsroom, row), now=NOW)
    article = newsroom.store.articles.get(received.article_id or "")
    assert article is not None
    assert article.outlet.family == "Two Coasts"


def _file(room: Newsroom, row: dict[str, str]) -> str:
    path = room.store.database.path.with_name("rows.jsonl")
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    return str(path)
