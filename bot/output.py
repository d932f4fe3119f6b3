"""What the command line prints for people; its JSON forms are in bot/forms.py."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from bot.counts import count_line, differ_line, translated
from bot.daymarks import day_note
from bot.forms import in_pairs
from news.collect import Round
from news.edits import changed_sentences
from news.model import (
    Answer,
    Article,
    Brief,
    Digest,
    Feed,
    Outcome,
    Point,
    Received,
    StoryBrief,
    Weighed,
)
from news.places import Places
from news.store.articles import Version

MOST_LINES = 50
"""So many outcomes are printed one by one; of more, the counts say enough."""
MOST_FAILURES = 20
OUTCOMES: Mapping[Outcome, tuple[str, str]] = {
    "new": ("green", "new"),
    "changed": ("cyan", "changed"),
    "duplicate": ("dim", "unchanged"),
    "left_out": ("yellow", "left out"),
    "failed": ("red", "failed"),
}
"""The colour and the word for each outcome."""


def print_json(value: Any) -> None:
    """Print one JSON document on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_summary(console: Console, digest: Digest) -> None:
    """Print a summary: each sentence with a marker for its source, the sources below.

    Under a sentence that is not the source's own stand the exact words that it rests on.
    """
    console.print(f"[bold]{escape(digest.title)}[/bold]")
    sources = _sources(digest)
    for point in digest.points:
        _print_point(console, point, sources, "• ")
        for one in point.behind:
            number = escape(f"[{sources[_place(one)]}]")
            quoted = f"[dim]{number} “{escape(one.sentence)}”[/dim]"
            console.print(Padding(quoted, (0, 0, 0, 4), expand=False))
    for count in digest.differs:
        console.print(f"[cyan]{escape(differ_line(count))}[/cyan]", soft_wrap=True)
    for line, mark in _listed(digest, sources):
        console.print(f"[dim]{escape(f'[{mark}]')} {escape(line)}[/dim]", soft_wrap=True)
    method = "written from the sentences it cites" if digest.is_written else "source sentences"
    took = f"{digest.seconds:.1f} s" + (", made before" if digest.cached else "")
    console.print(f"[dim]{method} · {escape(digest.model)} · {took}[/dim]")
    for note in filter(None, (digest.note, *digest.notes)):
        console.print(f"[yellow]{escape(note)}[/yellow]")


def print_answer(console: Console, answer: Answer) -> None:
    """Print an answer, or that the sources hold none."""
    if answer.digest is None:
        newest = answer.newest_source_at
        console.print("Not in my sources.")
        console.print(
            f"[dim]The newest one is of {newest:%d %B %Y, %H:%M} UTC.[/dim]"
            if newest
            else "[dim]Nothing has been collected yet: geobrief ingest[/dim]"
        )
        if answer.note:
            console.print(f"[yellow]{escape(answer.note)}[/yellow]")
        return
    for count in answer.counts:
        line = count_line(count)
        console.print(f"[cyan]{escape(line)}[/cyan]", soft_wrap=True)
    print_summary(console, answer.digest)
    for story in answer.stories:
        console.print(f"[dim]story {story.id}: {escape(story.title)}[/dim]")


def print_brief(console: Console, brief: Brief, places: Places, label: str = "") -> None:
    """Print a brief as a reader would get it."""
    day = f"{brief.at.day} {brief.at:%B %Y}"
    console.print()
    console.rule(f"[bold]Brief of {day}[/bold]" + (f" · {label}" if label else ""))
    if brief.topics:
        console.print(f"Topics: {escape(', '.join(brief.topics))}")
    for notice in brief.notices:
        console.print(f"[yellow]{escape(notice)}[/yellow]")
    for number, entry in enumerate(brief.entries, start=1):
        _print_entry(console, number, entry, places)
    if not brief.entries:
        console.print("Nothing new.")
    console.rule()


def _print_entry(console: Console, number: int, entry: StoryBrief, places: Places) -> None:
    story = entry.story
    moved = "" if entry.new else " [yellow](goes on)[/yellow]"
    console.print(f"\n[bold]{number}. {escape(story.title)}[/bold]{moved}")
    sources = _sources(entry.digest)
    for point in entry.digest.points:
        _print_point(console, point, sources, "   ")
    for count in entry.digest.differs:
        console.print(f"   [cyan]{escape(differ_line(count))}[/cyan]")
    how = "written" if entry.digest.is_written else "source sentences"
    where = ", ".join(places.name(code) for code in story.countries)
    told = f"{story.articles} article{'s' if story.articles != 1 else ''}"
    console.print(
        f"   [dim]{told} · {escape(', '.join(story.outlets))} · {escape(where)} · {how} · "
        f"story {story.id}[/dim]"
    )
    for note in entry.digest.notes:
        console.print(f"   [yellow]{escape(note)}[/yellow]")
    for evidence, mark in _listed(entry.digest, sources):
        console.print(f"   [dim]{escape(f'[{mark}]')} {escape(evidence)}[/dim]", soft_wrap=True)


def print_weight(console: Console, weighed: Weighed, lines: Sequence[str]) -> None:
    """Print a story's weight with a line for each part."""
    console.print(f"[bold]{escape(weighed.story.title)}[/bold] [dim]story {weighed.story.id}[/dim]")
    for line in lines:
        console.print(escape(line), soft_wrap=True)
    console.print(f"[bold]{weighed.importance.total:.1f}[/bold] points in all")
    if not weighed.fits:
        console.print("[yellow]It is off these topics: a brief about them leaves it out.[/yellow]")


def print_received(
    console: Console,
    received: Iterable[Received],
    *,
    lines: int = MOST_LINES,
    failures: int = MOST_FAILURES,
) -> dict[Outcome, int]:
    """Print outcomes as they come and give the counts.

    Of more than `lines` outcomes only those that failed are told, `failures` of them.
    """
    counts: dict[Outcome, int] = dict.fromkeys(OUTCOMES, 0)
    shown = failed = 0
    for one in received:
        counts[one.outcome] += 1
        failed += one.outcome == "failed" and shown >= lines
        if shown >= lines and (one.outcome != "failed" or failed > failures):
            continue
        shown += shown < lines
        detail = one.reason or one.article_id or ""
        colour, word = OUTCOMES[one.outcome]
        console.print(
            f"[{colour}]{word:9}[/{colour}] {escape(one.what)}  [dim]{escape(detail)}[/dim]",
            soft_wrap=True,
        )
        for note in one.notes:
            console.print(f"{'':9} [yellow]{escape(note)}[/yellow]", soft_wrap=True)
    hidden = sum(counts.values()) - shown - min(failed, failures)
    if hidden:
        console.print(f"… and {hidden} more")
    return counts


def in_counts(counts: Mapping[Outcome, int]) -> str:
    """Give counts in one line; what was left out is named only where there is some."""
    told = [name for name in OUTCOMES if counts[name] or name != "left_out"]
    return ", ".join(f"{counts[name]} {OUTCOMES[name][1]}" for name in told)


def print_round(console: Console, result: Round) -> None:
    """Print what a round of collecting brought: the feeds that failed, then all counts."""
    for url, reason in list(result.failed_feeds.items())[:MOST_FAILURES]:
        console.print(f"[red]failed[/red] {escape(url)}  {escape(reason)}", soft_wrap=True)
    if len(result.failed_feeds) > MOST_FAILURES:
        more = len(result.failed_feeds) - MOST_FAILURES
        console.print(f"… and {more} more: geobrief feeds list")
    print_received(console, result.failures[:MOST_FAILURES])
    if not result.feeds:
        console.print("No feed is due yet: geobrief feeds list")
        return
    counts = {name: result.outcomes[name] for name in OUTCOMES}
    console.print(
        f"{result.feeds} feeds, {result.unchanged} unchanged, {len(result.failed_feeds)} failed; "
        f"articles: {in_counts(counts)}",
        soft_wrap=True,
    )
    if result.restless:
        console.print(f"{result.restless} entries change all the time and are no longer followed")
    if result.not_read:
        console.print(f"{result.not_read} entries beyond the limit of a feed were not read")


def print_article(
    console: Console,
    article: Article,
    versions: Sequence[Version],
    edits: int,
    *,
    with_versions: bool,
) -> None:
    """Print a stored article, and what changed from version to version."""
    console.print(f"[bold]{escape(article.title)}[/bold]")
    facts = {
        "article": article.id,
        "outlet": f"{article.outlet.name or 'none named'} {article.outlet.host}".strip(),
        "link": article.url or "none",
        "published": f"{article.published_at:%Y-%m-%d %H:%M} UTC",
        "read": f"{article.fetched_at:%Y-%m-%d %H:%M} UTC",
        "hash": article.content_hash,
        "copy of": article.copy_of or "none",
        "story": str(article.story_id or "none"),
        "versions": f"{len(versions)}, {edits} changes seen",
    }
    for name, value in facts.items():
        console.print(f"[dim]{name:9}[/dim] {escape(value)}", soft_wrap=True)
    console.print()
    text = article.text or "The text was dropped for its age; link and summary are kept."
    console.print(escape(text), soft_wrap=True)
    for before, one in in_pairs(versions) if with_versions else ():
        console.rule(f"version {one.version}, read {one.fetched_at:%Y-%m-%d %H:%M} UTC")
        if before is None:
            console.print("[dim]the first text[/dim]")
            continue
        if one.title != before.title:
            console.print(f"[yellow]title[/yellow] {escape(before.title)} → {escape(one.title)}")
        removed, added = changed_sentences(before.text, one.text)
        for sign, colour, sentences in (("-", "red", removed), ("+", "green", added)):
            for sentence in sentences:
                console.print(f"[{colour}]{sign} {escape(sentence)}[/{colour}]", soft_wrap=True)


def print_feeds(console: Console, feeds: Sequence[Feed]) -> None:
    """Print feeds with their health."""
    table = Table("outlet", "country", "kind", "last success", "failures", "items")
    for heading in ("a new one every", "link"):
        table.add_column(heading, overflow="fold")
    for feed in feeds:
        last = f"{feed.last_success_at:%Y-%m-%d %H:%M}" if feed.last_success_at else "never"
        trouble = f"{feed.failures}: {feed.error}" if feed.failures else ""
        table.add_row(
            escape(feed.outlet.name),
            feed.outlet.country or "",
            feed.outlet.ownership,
            last if feed.active else f"{last} (off)",
            escape(feed.notice or trouble),
            str(feed.items),
            cadence(feed),
            escape(feed.url),
        )
    console.print(table)


def cadence(feed: Feed) -> str:
    """Give the typical time between a feed's items in words; empty when it is not known."""
    if feed.cadence is None:
        return ""
    minutes = feed.cadence.total_seconds() / 60
    if minutes < 90:
        return f"{max(1, round(minutes))} min"
    return f"{round(minutes / 60)} h" if minutes < 48 * 60 else f"{round(minutes / 1440)} days"


def print_check(console: Console, feed: Feed, ok: bool, items: int, reason: str) -> None:
    """Print how a feed answered just now, beside what is known of it."""
    mark = "[green]ok[/green]    " if ok else "[red]failed[/red]"
    last = f"{feed.last_success_at:%Y-%m-%d %H:%M}" if feed.last_success_at else "never"
    facts = [f"{items} items" if ok else escape(reason), f"last success {last}"]
    facts += [f"{feed.failures} failures"] if feed.failures else []
    facts += [f"a new one every {cadence(feed)}"] if feed.cadence else []
    facts += [escape(feed.notice)] if feed.notice else []
    console.print(f"{mark} {escape(feed.url)}  {', '.join(facts)}", soft_wrap=True)


def brief_html(brief: Brief, title: str) -> str:
    """Give a brief as one HTML page that needs nothing else."""
    parts = [f"<h1>{html.escape(title)}</h1>"]
    parts += [f"<p><em>{html.escape(notice)}</em></p>" for notice in brief.notices]
    for entry in brief.entries:
        parts.append(f"<h2>{html.escape(entry.story.title)}</h2>")
        for point in entry.digest.points:
            marks = "".join(_html_mark(one.url, one.source) for one in point.evidence)
            parts.append(f"<p>{html.escape(point.text)} {marks}</p>")
        parts += [
            f"<p><em>{html.escape(differ_line(one))}</em></p>" for one in entry.digest.differs
        ]
    if not brief.entries:
        parts.append("<p>Nothing new.</p>")
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title><body>{''.join(parts)}</body></html>"
    )


def _html_mark(url: str | None, source: str) -> str:
    name = html.escape(source or "source")
    return f'<a href="{html.escape(url)}">[{name}]</a>' if url else f"[{name}]"


def _place(evidence: Any) -> tuple[str, str]:
    return evidence.article_id, evidence.source


def _sources(digest: Digest) -> dict[tuple[str, str], int]:
    """Number the cited articles in order of appearance."""
    numbers: dict[tuple[str, str], int] = {}
    for point in digest.points:
        for one in point.evidence:
            numbers.setdefault(_place(one), len(numbers) + 1)
    return numbers


def _listed(digest: Digest, sources: dict[tuple[str, str], int]) -> list[tuple[str, int]]:
    seen: dict[int, str] = {}
    for point in digest.points:
        for one in point.evidence:
            at: datetime | None = one.published_at
            when = f", {at.day} {at:%B %Y %H:%M} UTC" if at else ""
            where = one.url or one.article_id
            seen.setdefault(sources[_place(one)], f"{one.source or 'text'}{when}: {where}")
    return [(text, mark) for mark, text in sorted(seen.items())]


def _print_point(
    console: Console, point: Point, sources: dict[tuple[str, str], int], lead: str
) -> None:
    marks = " ".join(dict.fromkeys(f"[{sources[_place(one)]}]" for one in point.evidence))
    mark = f" [dim]{translated(point)}[/dim]" if point.translated_from else ""
    days = f" [dim]({escape(note)})[/dim]" if (note := day_note(point)) else ""
    console.print(f"{lead}{escape(point.text)} [cyan]{escape(marks)}[/cyan]{days}{mark}")
