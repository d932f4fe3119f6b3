"""Invented news for the chat's tests: stories, sentences and outlets that do not exist."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bot.telegram.views import Reader
from news.coverage import Coverage, Row, Share, Silent
from news.history import CaughtUp, Timeline
from news.model import (
    Answer,
    Brief,
    Count,
    Digest,
    Evidence,
    Importance,
    Outlet,
    Point,
    Story,
    StoryBrief,
    Told,
)
from news.timeline import Entry, Weight
from news.voices import Alone, Said

NOW = datetime(2022, 2, 18, 9, 30, tzinfo=UTC)
READER = Reader(now=NOW, zone="Europe/Helsinki")
SAMPLE_READER = Reader(now=NOW, zone="Europe/Helsinki", edition="sample edition")


def evidence(
    number: int,
    sentence: str,
    *,
    source: str = "Harbour Post",
    url: str | None = "https://harbour.example/a?b=1&c=2",
) -> Evidence:
    """A cited sentence of an invented article."""
    return Evidence(
        article_id=f"{number:012x}",
        url=url,
        source=source,
        sentence=sentence,
        start=number * 100,
        end=number * 100 + len(sentence),
        published_at=NOW - timedelta(hours=number),
    )


def digest(
    *sentences: str,
    title: str = "Ferry talks <resume>",
    written: bool = False,
    url: str | None = "https://harbour.example/a?b=1&c=2",
) -> Digest:
    """A digest of one point per sentence."""
    points = tuple(
        Point(
            text=sentence,
            origin="written" if written else "source",
            evidence=(evidence(number, sentence, url=url),),
        )
        for number, sentence in enumerate(sentences, 1)
    )
    return Digest(
        title=title,
        points=points,
        method="write" if written else "extract",
        model="test",
        article_ids=("000000000001",),
        created_at=NOW,
        seconds=0.1,
    )


def story(id: int = 12, *, title: str = "Ferry talks <resume>", articles: int = 5) -> Story:
    """A story of four outlets."""
    return Story(
        id=id,
        title=title,
        first_at=NOW - timedelta(days=2),
        last_at=NOW - timedelta(hours=3),
        changed_at=NOW - timedelta(hours=3),
        articles=articles,
        revision=2,
        outlets=("Harbour Post", "Wire & Sons", "Northern Desk", "The Quay"),
        countries=("FI",),
    )


def entry(
    id: int = 12, *sentences: str, new: bool = True, title: str = "Ferry talks <resume>"
) -> StoryBrief:
    """A story with its summary."""
    told = sentences or ("The ferry line met the union.", "A strike was put off for a week.")
    return StoryBrief(
        story=story(id, title=title),
        digest=digest(*told, title=title),
        importance=Importance(total=1.0, parts={}),
        new=new,
    )


def brief(*entries: StoryBrief, notices: tuple[str, ...] = ()) -> Brief:
    """A brief of the last day."""
    return Brief(at=NOW, since=NOW - timedelta(days=1), topics=(), entries=entries, notices=notices)


def answer(*, answered: bool = True, newest: datetime | None = NOW) -> Answer:
    """An answer from two stories, or none."""
    return Answer(
        question="ferry strike",
        answered=answered,
        digest=digest("The ferry line met the union.") if answered else None,
        stories=(story(12), story(13, title="Port & rail")) if answered else (),
        newest_source_at=newest,
    )


def value(shown: str, number: int) -> Told:
    """One value of a count, of an invented outlet."""
    return Told(
        shown=shown,
        low=Decimal(1),
        high=Decimal(1),
        outlets=(f"Paper {number}",),
        at=NOW,
        evidence=(evidence(number, f"It is {shown}."),),
    )


def count() -> Count:
    """A count of which two outlets give different values."""
    told = (value("18 to 20", 1), value("12", 2))
    return Count(kind="killed", noun="", period="", told=told, earlier=(), differs=True, voices=2)


def timeline(days: int, *, title: str = "the ferry") -> Timeline:
    """A timeline of so many days from the first of January on; the last one is to come."""
    first = date(2022, 1, 1)
    return Timeline(
        title=title,
        entries=tuple(
            Entry(
                day=first + timedelta(days=number),
                evidence=(evidence(number, f"On day {number} the ferry <sailed>."),),
                weight=Weight(named=2),
                ahead=number > 18,
            )
            for number in range(days)
        ),
        articles=7,
        newest_source_at=NOW,
        seconds=0.1,
    )


def caught_up(days: int, *, title: str = "the ferry", news: bool = True) -> CaughtUp:
    """The background of so many days, and a piece of news where there is any."""
    told = timeline(days, title=title)
    one = evidence(99, "The ferry is back & afloat.", source="Wire")
    point = Point(text=one.sentence, evidence=(one,), origin="source")
    return CaughtUp(
        title=title,
        background=told.entries,
        news=(point,) if news and days else (),
        since=NOW - timedelta(hours=48),
        articles=8,
        newest_source_at=NOW,
        seconds=0.1,
    )


def coverage(*, told: bool = True) -> Coverage:
    """The coverage of story 1: a wire, a state's copy of it that says more, and who is silent."""
    wire = Outlet(name="Wire & Sons", host="wire.example", country="FI", ownership="agency")
    state = Outlet(name="Lund <Courier>", host="lund.example", country="LT", ownership="state")
    quay = Outlet(name="The Quay", host="quay.example", country="FI", ownership="private")
    own, copied = NOW - timedelta(hours=9), NOW - timedelta(hours=8)
    rows = (
        Row(outlet=wire, own_at=(own,), copied_at=()),
        Row(outlet=state, own_at=(NOW,), copied_at=(copied,), follows=("Wire & Sons",)),
    )
    claim = evidence(3, "A <plot>.", source=state.name)
    found = Coverage(
        story=story(1),
        at=NOW,
        rows=rows,
        voices=2,
        countries=tuple(Share(name=name, outlets=1, articles=1) for name in ("FI", "LT")),
        ownership=tuple(Share(name=name, outlets=1, articles=1) for name in ("agency", "state")),
        state_only=False,
        alone=(Alone(text=claim.sentence, said=Said(outlet=state, evidence=claim), state=True),),
        silent=(Silent(outlet=quay, usual=4, articles=9, about="Finland"),),
        others=1,
        unread=2,
    )
    if told:
        return found
    return replace(found, rows=(), voices=0, countries=(), ownership=(), alone=())
