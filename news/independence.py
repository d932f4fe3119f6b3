"""How many independent voices tell a story: copies, sister outlets and one state are one voice.

Knows articles and their outlets only; what a voice is worth is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from news.model import Article, Outlet


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One publisher with something of its own to say.

    `articles` are the ids of its own texts, oldest first, `outlets` the names that published
    them, `copied_by` the names of others that carried its texts. `outlet` is the first one.
    """

    name: str
    outlet: Outlet
    outlets: tuple[str, ...]
    articles: tuple[str, ...]
    copied_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """A story in numbers: all articles, different texts, outlets that carried it, voices."""

    articles: int
    texts: int
    outlets: int
    voices: int


def voice_of(outlet: Outlet) -> str:
    """Give the name that an outlet's voice goes by: its family's, its state's, or its own.

    Outlets that one government owns or steers are not independent of each other. Whatever
    names no outlet is one voice, since nothing says that it is more.
    """
    if outlet.family:
        return outlet.family
    if outlet.ownership == "state" and outlet.country:
        return f"state:{outlet.country}"
    return outlet.name or outlet.host


def independent(articles: Iterable[Article]) -> tuple[Voice, ...]:
    """Give the voices behind a story's articles, in the order in which they first spoke.

    A copy is its original's voice; where the original is not among the articles, the first of
    its copies speaks for it.
    """
    rows = sorted(articles, key=lambda article: (article.published_at, article.number))
    speakers = _speakers(rows)
    own: dict[str, list[Article]] = {}
    carried: dict[str, list[str]] = {}
    for article in rows:
        speaker = speakers[article.id]
        name = voice_of(speaker.outlet)
        if speaker is article:
            own.setdefault(name, []).append(article)
        elif voice_of(article.outlet) != name:
            carried.setdefault(name, []).append(article.outlet.name)
    return tuple(
        Voice(
            name=name,
            outlet=mine[0].outlet,
            outlets=_once(article.outlet.name for article in mine),
            articles=tuple(article.id for article in mine),
            copied_by=_once(carried.get(name, ())),
        )
        for name, mine in own.items()
    )


def counts(articles: Sequence[Article]) -> Counts:
    """Count a story's articles, texts, outlets and voices."""
    voices = independent(articles)
    return Counts(
        articles=len(articles),
        texts=sum(len(voice.articles) for voice in voices),
        outlets=len({article.outlet.name for article in articles if article.outlet.name}),
        voices=len(voices),
    )


def _speakers(rows: Sequence[Article]) -> Mapping[str, Article]:
    """For each article's id, the article whose text it carries: itself, or the original."""
    known = {article.id: article for article in rows}
    first: dict[str, Article] = {}
    return {
        article.id: known.get(root := _root(article, known)) or first.setdefault(root, article)
        for article in rows
    }


def _root(article: Article, known: Mapping[str, Article]) -> str:
    """Follow the copies to the original, always towards what came in earlier."""
    while article.copy_of is not None:
        above = known.get(article.copy_of)
        if above is None:
            return article.copy_of
        if above.number >= article.number:
            break
        article = above
    return article.id


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
