"""Who covers a story and who does not: by outlet, country and ownership.

Pure: a story's articles and what all outlets did lately in, a picture of the coverage out. An
outlet is called silent only where it was read after the story began and where it has the habit
of writing about its countries, its topics or its region.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from news.independence import independent, voice_of
from news.model import Article, Outlet, Ownership, Story
from news.store.activity import Activity
from news.voices import Alone

LOOK_BACK = timedelta(days=21)
"""What an outlet usually writes about is what it wrote about in so long before."""
MAIN_COUNTRIES = 2
"""So many of its countries a story is mainly about."""
_UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One outlet's part in a story: when its texts came, and which of them are copies.

    `follows` names the outlets whose texts it carried.
    """

    outlet: Outlet
    own_at: tuple[datetime, ...]
    copied_at: tuple[datetime, ...]
    follows: tuple[str, ...] = ()

    @property
    def first_at(self) -> datetime:
        """When its first text came."""
        return min((*self.own_at, *self.copied_at))

    @property
    def articles(self) -> int:
        """How many texts it published."""
        return len(self.own_at) + len(self.copied_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The outlets of one country or kind of owner (`name`, "" for unknown) in a story."""

    name: str
    outlets: int
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """An outlet that was read and has nothing on a story; `usual`: its texts on `about`."""

    outlet: Outlet
    usual: int
    articles: int
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a story is about, under a name that people know, and who wrote of it lately.

    `texts` counts the articles of an outlet, by its name and host; fewer than `least` are no
    habit.
    """

    name: str
    texts: Mapping[tuple[str, str], int]
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Who covers a story, first ones first, and who is silent, the most surprising first.

    `state_only`: nobody but outlets of states tells it. `alone` are claims that only a state's
    outlets make. `others` were read as well and seldom write about such matters; `unread` are
    outlets known from before of which nothing was read since the story began.
    """

    story: Story
    at: datetime
    rows: tuple[Row, ...]
    voices: int
    countries: tuple[Share, ...]
    ownership: tuple[Share, ...]
    state_only: bool
    alone: tuple[Alone, ...] = ()
    silent: tuple[Silent, ...] = ()
    others: int = 0
    unread: int = 0

    @property
    def articles(self) -> int:
        """How many articles there are, copies included."""
        return sum(row.articles for row in self.rows)

    @property
    def copies(self) -> int:
        """How many of them are copies."""
        return sum(len(row.copied_at) for row in self.rows)


def matter_of(
    name: str, codes: Collection[str], activity: Iterable[Activity], least: int
) -> Matter:
    """Give the matter of some countries, by what outlets did lately."""
    return Matter(
        name=name,
        least=least,
        texts={
            (one.outlet.name, one.outlet.host): sum(
                count for code, count in one.about.items() if code in codes
            )
            for one in activity
        },
    )


def cover(
    story: Story,
    articles: Sequence[Article],
    activity: Iterable[Activity],
    *,
    matters: Sequence[Matter],
    read: Iterable[str] = (),
    now: datetime,
    alone: Sequence[Alone] = (),
) -> Coverage:
    """Describe the coverage of a story.

    `activity` is what outlets did from LOOK_BACK before the story began until now; `matters` what
    the story is about, the narrowest first; `read` are the hosts of feeds that were read since it
    began, whether they had anything new or not.
    """
    rows = _rows(articles)
    silent, others, unread = _silence(story, articles, list(activity), matters, frozenset(read))
    owners: set[Ownership] = {row.outlet.ownership for row in rows}
    return Coverage(
        story=story,
        at=now,
        rows=rows,
        voices=len(independent(articles)),
        countries=_shares(rows, lambda outlet: outlet.country or _UNKNOWN),
        ownership=_shares(rows, lambda outlet: outlet.ownership),
        state_only=owners == {"state"},
        alone=tuple(one for one in alone if one.state),
        silent=silent,
        others=others,
        unread=unread,
    )


def has_state(articles: Iterable[Article]) -> bool:
    """Say whether a state's outlet is among those that tell a story, and another one too."""
    owners = {article.outlet.ownership for article in articles}
    return "state" in owners and len(owners) > 1


def _rows(articles: Sequence[Article]) -> tuple[Row, ...]:
    names = {article.id: article.outlet.name for article in articles}
    by_outlet: dict[tuple[str, str], list[Article]] = {}
    for article in articles:
        by_outlet.setdefault((article.outlet.name, article.outlet.host), []).append(article)
    rows = []
    for mine in by_outlet.values():
        copies = [article for article in mine if article.copy_of is not None]
        sources = (names.get(article.copy_of or "", "") for article in copies)
        rows.append(
            Row(
                outlet=mine[0].outlet,
                own_at=tuple(sorted(one.published_at for one in mine if one.copy_of is None)),
                copied_at=tuple(sorted(one.published_at for one in copies)),
                follows=tuple(dict.fromkeys(name for name in sources if name)),
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.first_at, row.outlet.name)))


def _shares(rows: Sequence[Row], of: Callable[[Outlet], str]) -> tuple[Share, ...]:
    """Count outlets and articles by what `of` gives, the most outlets first, unknown last."""
    names = dict.fromkeys(of(row.outlet) for row in rows)
    shares = [
        Share(
            name=name,
            outlets=sum(of(row.outlet) == name for row in rows),
            articles=sum(row.articles for row in rows if of(row.outlet) == name),
        )
        for name in names
    ]
    last = (_UNKNOWN, "unknown")
    return tuple(
        sorted(shares, key=lambda one: (one.name in last, -one.outlets, -one.articles, one.name))
    )


def _silence(
    story: Story,
    articles: Sequence[Article],
    activity: Sequence[Activity],
    matters: Sequence[Matter],
    read: frozenset[str],
) -> tuple[tuple[Silent, ...], int, int]:
    """Give who is silent, how many others had nothing either, and how many were not read."""
    telling = {_side(article.outlet) for article in articles}
    silent: list[tuple[int, Silent]] = []
    others = unread = 0
    sides: set[str] = set()
    for one in sorted(activity, key=lambda one: -one.articles):
        side = _side(one.outlet)
        if side in telling or side in sides or not one.outlet.name:
            continue
        sides.add(side)
        habit = _habit(one.outlet, matters)
        if one.newest_at < story.first_at and one.outlet.host not in read:
            unread += 1
        elif habit is None:
            others += 1
        else:
            rank, usual = habit
            about = matters[rank].name
            silent.append(
                (rank, Silent(outlet=one.outlet, usual=usual, articles=one.articles, about=about))
            )
    silent.sort(
        key=lambda one: (one[0], -one[1].usual, -one[1].usual / one[1].articles, one[1].outlet.name)
    )
    return tuple(one for _, one in silent), others, unread


def _habit(outlet: Outlet, matters: Sequence[Matter]) -> tuple[int, int] | None:
    """Give the first matter of which an outlet writes by habit, its place, and how often."""
    for rank, matter in enumerate(matters):
        usual = matter.texts.get((outlet.name, outlet.host), 0)
        if usual >= matter.least:
            return rank, usual
    return None


def _side(outlet: Outlet) -> str:
    """Give the name under which outlets of one publisher are one; each outlet of a state is one."""
    return outlet.name if outlet.ownership == "state" else voice_of(outlet)
