"""Who says what, on the command line: as text and as JSON (docs/design.md, "The command line")."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape

from bot.counts import count_line, value
from bot.forms import citation_json, count_json
from bot.telegram.voicing import mark, side, summary
from news.model import Count, Evidence, Story
from news.places import Places
from news.voices import Said, Voices


def print_voices(console: Console, story: Story, heard: Voices, places: Places) -> None:
    """Print who says what in a story."""
    console.print(f"[bold]{escape(story.title)}[/bold]")
    console.print(f"[dim]story {story.id} · {escape(summary(heard))}[/dim]", soft_wrap=True)
    if heard.facts:
        console.print("\n[bold]Several say[/bold]")
    for fact in heard.facts:
        told_by = side(fact, places.name)
        console.print(f"• {escape(fact.text)} [cyan]{escape(told_by)}[/cyan]")
        for said in fact.said:
            _print_quote(console, said.evidence)
        if fact.copied:
            same = f"in the same words: {', '.join(fact.copied)}"
            console.print(f"   [dim]{escape(same)}[/dim]")
    if heard.counts:
        console.print("\n[bold]Figures, newest first[/bold]")
    for count in heard.counts:
        console.print(f"• {escape(count_line(count))} [cyan]{differs(count)}[/cyan]")
        for told in count.told:
            for one in told.evidence:
                _print_quote(console, one, told.shown)
        if count.earlier:
            earlier = ", ".join(map(value, count.earlier))
            console.print(f"   [dim]earlier: {escape(earlier)}[/dim]")
    if heard.alone:
        console.print("\n[bold]Only one says[/bold]")
    for claim in heard.alone:
        who = mark(claim, places.name)
        console.print(f"• {escape(claim.text)} [cyan]{escape(who)}[/cyan]")
        _print_quote(console, claim.said.evidence, with_quote=False)
    console.print(f"[dim]{heard.seconds:.1f} s[/dim]")


def differs(count: Count) -> str:
    """Say whether the sources of a count contradict each other."""
    return "they differ" if count.differs else "they agree"


def voices_json(story: Story, heard: Voices) -> dict[str, Any]:
    """Give who says what as in docs/design.md."""
    return {
        "story_id": story.id,
        "title": story.title,
        "voices": heard.voices,
        "articles": heard.articles,
        "outlets": list(heard.outlets),
        "facts": [
            {
                "text": fact.text,
                "said": [_said(said) for said in fact.said],
                "same_words": list(fact.copied),
                "only_country": fact.side or None,
            }
            for fact in heard.facts
        ],
        "figures": [count_json(count) for count in heard.counts],
        "alone": [
            {
                "text": one.text,
                "state_owned": one.state,
                "outlets": list(one.outlets),
                **_said(one.said),
            }
            for one in heard.alone
        ],
        "seconds": heard.seconds,
    }


def _said(said: Said) -> dict[str, Any]:
    outlet = said.outlet
    return {
        "outlet": outlet.name,
        "country": outlet.country,
        "ownership": outlet.ownership,
        "citation": citation_json(said.evidence),
    }


def _print_quote(
    console: Console, one: Evidence, shown: str = "", *, with_quote: bool = True
) -> None:
    at = f", {one.published_at.day} {one.published_at:%B %Y %H:%M} UTC" if one.published_at else ""
    number = f"{shown} · " if shown else ""
    said = f": “{one.sentence}”" if with_quote else ""
    line = f"{number}{one.source or 'source'}{at}{said} {one.url or one.article_id}"
    console.print(f"   [dim]{escape(line)}[/dim]", soft_wrap=True)
