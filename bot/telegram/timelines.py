"""Timelines and what one missed, as messages: dated source sentences, each linked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.telegram import callbacks, dates
from bot.telegram.markup import bold, escape, italic, link
from bot.telegram.messages import Button, Message, Rows
from bot.telegram.views import Reader
from news.history import CaughtUp, Timeline
from news.model import Digest, Evidence, Point
from news.timeline import Entry

ON_A_PAGE = 8
_TO_COME = "to come"


def pages(found: Timeline) -> int:
    """How many pages a timeline has."""
    return max(1, -(-len(found.entries) // ON_A_PAGE))


def on_page(found: Timeline, page: int) -> Sequence[Entry]:
    """The entries of a page; pages count from 0."""
    return found.entries[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]


def timeline(found: Timeline, reader: Reader, *, page: int, key: str) -> Message:
    """Show a page of a timeline; `key` is that of the kept digest of what is shown."""
    shown = on_page(found, page)
    head = [bold(f"Timeline: {found.title}"), italic(_facts(found, page))]
    if reader.edition:
        head[1] += f" · {italic(reader.edition)}"
    parts = ["\n".join(head), *map(_entry, shown)]
    return Message(text="\n\n".join(parts), buttons=_timeline_buttons(found, page, key))


def caught_up(found: CaughtUp, reader: Reader, *, key: str) -> Message:
    """Show a topic's background, and what came in the last two days."""
    parts = [bold(found.title)]
    if found.background:
        parts += [italic("Background"), *map(_entry, found.background)]
    parts.append(italic("New in the last 48 hours"))
    parts += [f"• {escape(point.text)} {_source(point.evidence[0])}" for point in found.news]
    if not found.news:
        newest = found.newest_source_at
        at = dates.moment(newest, reader.zone) if newest else ""
        parts.append(escape(f"Nothing; the newest article is from {at}." if at else "Nothing."))
    if reader.edition:
        parts.append(italic(reader.edition))
    buttons = (
        Button(label="Sources", data=callbacks.data("src", 0, key)),
        Button(label="Timeline", data=callbacks.data("tml", "", key)),
    )
    return Message(text="\n\n".join(parts), buttons=(buttons,))


def as_digest(
    title: str, entries: Sequence[Entry], news: Sequence[Point], at: Reader, words: str
) -> Digest:
    """Give what a message shows as a digest, for its Sources; its title is what was asked."""
    points = [_point(one) for entry in entries for one in entry.evidence] + list(news)
    cited = dict.fromkeys(one.article_id for point in points for one in point.evidence)
    return Digest(
        title=words or title,
        points=tuple(points),
        method="timeline",
        model="",
        article_ids=tuple(cited),
        created_at=at.now,
        seconds=0.0,
    )


def _facts(found: Timeline, page: int) -> str:
    days, articles = len(found.entries), found.articles
    told = f"{days} day{'' if days == 1 else 's'}"
    told += f" from {articles} article{'' if articles == 1 else 's'}"
    return f"{told} · page {page + 1} of {pages(found)}" if pages(found) > 1 else told


def _entry(entry: Entry) -> str:
    mark = f" · {italic(_TO_COME)}" if entry.ahead else ""
    told = "\n".join(f"{escape(one.sentence)} {_source(one)}" for one in entry.evidence)
    return f"{bold(day(entry.day))}{mark}\n{told}"


def day(on: date) -> str:
    """Give a day as a timeline heads its line: "Tue 8 Feb 2022"."""
    return f"{on:%a} {on.day} {on:%b %Y}"


def _source(one: Evidence) -> str:
    return f"[{link(one.source or 'source', one.url)}]"


def _point(one: Evidence) -> Point:
    return Point(text=one.sentence, evidence=(one,), origin="source")


def _timeline_buttons(found: Timeline, page: int, key: str) -> Rows:
    def at(number: int) -> str:
        if found.story is not None:
            return callbacks.data("tls", found.story.id, number)
        return callbacks.data("tml", number, key)

    turn = []
    if page > 0:
        turn.append(Button(label="◀ Earlier", data=at(page - 1)))
    if page + 1 < pages(found):
        turn.append(Button(label="Later ▶", data=at(page + 1)))
    more = [Button(label="Sources", data=callbacks.data("src", 0, key))]
    if found.story is not None:
        more.append(Button(label="The story", data=callbacks.data("sty", found.story.id)))
    else:
        more.append(Button(label="Catch me up", data=callbacks.data("cup", key)))
    return tuple(row for row in (tuple(turn), tuple(more)) if row)
