"""The commands `timeline` and `catchup`: how a topic unfolded, as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import EditionOption, JsonOption, SinceOption
from bot.failure import USAGE, Failure

if TYPE_CHECKING:
    from rich.console import Console

    from bot.opening import Opened
    from news.history import CaughtUp, Timeline
    from news.model import Evidence
    from news.timeline import Entry

Open = Callable[..., AbstractContextManager["Opened"]]

_MOST = 366
_open: Open


def attach(app: typer.Typer, open_app: Open) -> None:
    """Add the commands to the command line; `open_app` wires the program."""
    global _open  # noqa: PLW0603 - set once, before any command runs
    _open = open_app
    app.command()(timeline)
    app.command()(catchup)


def timeline(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(help="The topic.")],
    since: SinceOption = None,
    dates: Annotated[
        int | None,
        typer.Option("--dates", "--days", min=1, max=_MOST, help="How many days are told."),
    ] = None,
    edition: EditionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how a topic unfolded, a dated source sentence for each day that matters."""
    from bot.opening import duration

    back = duration(since) if since else None
    topic = _topic(words, "geobrief timeline grain exports")
    with _open(ctx, edition) as opened:
        now = opened.app.clock.now()
        found = opened.app.desk.timeline(topic, now=now, since=back, dates=dates)
        if as_json:
            _print_json(timeline_json(topic, found))
        else:
            print_timeline(opened.out, found)


def catchup(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(help="The topic.")],
    edition: EditionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Catch up on a topic: the background in five sentences, then what is new."""
    topic = _topic(words, "geobrief catchup grain exports")
    with _open(ctx, edition) as opened:
        found = opened.app.desk.catch_up(topic, now=opened.app.clock.now())
        if as_json:
            _print_json(caught_up_json(topic, found))
        else:
            print_caught_up(opened.out, found)


def _topic(words: Sequence[str], example: str) -> str:
    topic = " ".join(words).strip()
    if not any(map(str.isalnum, topic)):
        raise Failure(f"name a topic: {example}", USAGE)
    return topic


def timeline_json(words: str, found: Timeline) -> dict[str, Any]:
    """Give a timeline as in docs/design.md."""
    return {
        "words": words,
        "title": found.title,
        "answered": bool(found.entries),
        "entries": [_entry(entry) for entry in found.entries],
        "articles": found.articles,
        "newest_source_at": _iso(found.newest_source_at),
        "seconds": found.seconds,
    }


def caught_up_json(words: str, found: CaughtUp) -> dict[str, Any]:
    """Give the background and the news of a topic as in docs/design.md."""
    from bot.forms import citation_json

    return {
        "words": words,
        "title": found.title,
        "answered": bool(found.background or found.news),
        "background": [_entry(entry) for entry in found.background],
        "since": found.since.isoformat(),
        "new": [
            {"text": point.text, "citations": [citation_json(one) for one in point.evidence]}
            for point in found.news
        ],
        "articles": found.articles,
        "newest_source_at": _iso(found.newest_source_at),
        "seconds": found.seconds,
    }


def print_timeline(console: Console, found: Timeline) -> None:
    """Print a timeline, a line a day with its source, or that there is none."""
    from rich.markup import escape

    if not found.entries:
        _print_nothing(console, found.newest_source_at)
        return
    console.print(f"[bold]Timeline: {escape(found.title)}[/bold]")
    _print_entries(console, found.entries)
    days = len(found.entries)
    console.print(
        f"[dim]{days} day{'s' if days != 1 else ''} from {found.articles} "
        f"article{'s' if found.articles != 1 else ''} · source sentences · "
        f"{found.seconds:.1f} s[/dim]"
    )


def print_caught_up(console: Console, found: CaughtUp) -> None:
    """Print the background of a topic and what is new, each line with its source."""
    from rich.markup import escape

    if not found.background and not found.news:
        _print_nothing(console, found.newest_source_at)
        return
    console.print(f"[bold]{escape(found.title)}[/bold]")
    if found.background:
        console.print("\n[bold]Background[/bold]")
        _print_entries(console, found.background)
    console.print("\n[bold]New in the last 48 hours[/bold]")
    for point in found.news:
        console.print(f"• {escape(point.text)}", soft_wrap=True)
        console.print(f"  [dim]{escape(_source(point.evidence[0]))}[/dim]", soft_wrap=True)
    if not found.news:
        newest = found.newest_source_at
        told = f"; the newest article is of {_day(newest)}" if newest else ""
        console.print(f"Nothing{told}.")
    console.print(f"[dim]{found.articles} articles · {found.seconds:.1f} s[/dim]")


def _print_entries(console: Console, entries: Sequence[Entry]) -> None:
    from rich.markup import escape

    for entry in entries:
        mark = " [yellow](to come)[/yellow]" if entry.ahead else ""
        for one in entry.evidence:
            console.print(
                f"[bold]{_day(entry.day)}[/bold]{mark}  {escape(one.sentence)}", soft_wrap=True
            )
            console.print(f"  [dim]{escape(_source(one))}[/dim]", soft_wrap=True)


def _print_nothing(console: Console, newest: datetime | None) -> None:
    console.print("Not in my sources.")
    console.print(
        f"[dim]The newest one is of {newest:%d %B %Y, %H:%M} UTC.[/dim]"
        if newest
        else "[dim]Nothing has been collected yet: geobrief ingest[/dim]"
    )


def _entry(entry: Entry) -> dict[str, Any]:
    from bot.forms import citation_json

    weight = entry.weight
    return {
        "day": entry.day.isoformat(),
        "ahead": entry.ahead,
        "sentences": [one.sentence for one in entry.evidence],
        "citations": [citation_json(one) for one in entry.evidence],
        "importance": {
            "total": round(weight.total, 3),
            "parts": {name: round(points, 3) for name, points in weight.parts.items()},
            "because": {
                "articles_naming_it": weight.named,
                "outlets_naming_it": weight.outlets,
                "biggest_story": weight.story,
            },
        },
    }


def _source(one: Evidence) -> str:
    at = f", {_day(one.published_at)}" if one.published_at else ""
    return f"{one.source or 'text'}{at}: {one.url or one.article_id}"


def _day(at: date) -> str:
    return f"{at.day} {at:%b %Y}"


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _print_json(value: Any) -> None:
    from bot import output

    output.print_json(value)
