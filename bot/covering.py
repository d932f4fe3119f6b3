"""Who covers a story, on the command line: as text and as JSON (docs/design.md)."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape

from bot.forms import citation_json
from bot.telegram import covering
from bot.telegram.views import Reader
from bot.telegram.voicing import mark
from news.coverage import Coverage, Row, Share
from news.model import Outlet
from news.places import Places


def print_coverage(console: Console, found: Coverage, places: Places) -> None:
    """Print who covers a story, what states' outlets alone say, and who is silent."""
    reader = Reader(now=found.at, zone="UTC", edition="-")
    name = _namer(places)
    console.print(f"[bold]{escape(found.story.title)}[/bold]")
    console.print(f"[dim]story {found.story.id} · {covering.summary(found)}[/dim]", soft_wrap=True)
    if found.rows:
        _section(console, "By country", [covering.by_country(found, name)])
        _section(console, "By owner", [covering.by_owner(found)])
        _section(console, "Who tells it", covering.who_tells(found, reader, name))
        _section(console, "State outlets", [covering.state_line(found)])
        for one in found.alone:
            who = mark(one, name)
            console.print(f"• {escape(one.text)} [cyan]{escape(who)}[/cyan]")
            where = one.said.evidence.url or one.said.evidence.article_id
            console.print(f"   [dim]{escape(where)}[/dim]", soft_wrap=True)
    _section(console, "Silent", covering.silence(found, name))


def coverage_json(found: Coverage) -> dict[str, Any]:
    """Give a coverage; times are UTC."""
    return {
        "story_id": found.story.id,
        "title": found.story.title,
        "at": found.at.isoformat(),
        "voices": found.voices,
        "articles": found.articles,
        "copies": found.copies,
        "outlets": [_row(row) for row in found.rows],
        "countries": [_share(share) for share in found.countries],
        "ownership": [_share(share) for share in found.ownership],
        "state_only": found.state_only,
        "state_claims": [
            {
                "text": one.text,
                **_outlet(one.said.outlet),
                "citation": citation_json(one.said.evidence),
            }
            for one in found.alone
        ],
        "silent": [
            {
                **_outlet(one.outlet),
                "about": one.about,
                "usual": one.usual,
                "articles": one.articles,
            }
            for one in found.silent
        ],
        "others_silent": found.others,
        "not_read_since": found.unread,
    }


def _namer(places: Places) -> covering.CountryName:
    return lambda code: places.name(code) if code else ""


def _section(console: Console, heading: str, lines: list[str]) -> None:
    console.print(f"\n[bold]{heading}[/bold]")
    for line in lines:
        console.print(escape(line), soft_wrap=True)


def _outlet(outlet: Outlet) -> dict[str, Any]:
    return {"outlet": outlet.name, "country": outlet.country, "ownership": outlet.ownership}


def _row(row: Row) -> dict[str, Any]:
    return {
        **_outlet(row.outlet),
        "host": row.outlet.host,
        "articles": row.articles,
        "copies": len(row.copied_at),
        "copies_of": list(row.follows),
        "first_at": row.first_at.isoformat(),
        "last_at": max((*row.own_at, *row.copied_at)).isoformat(),
    }


def _share(share: Share) -> dict[str, Any]:
    return {"name": share.name or None, "outlets": share.outlets, "articles": share.articles}
