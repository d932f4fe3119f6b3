"""What each command does, once the program is wired. Prints through bot.output."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from bot import forms, output
from bot.app import know_feeds, load_sample
from bot.failure import FAILED, TRY_LATER, USAGE, Failure
from bot.opening import Opened
from news.desk import Unreadable
from news.edits import as_cited
from news.model import Article, Brief, Digest, Length

_TOGETHER = 3
"""Written side by side before a deadline, which costs the group that it meets."""


def run_on(opened: Opened, *, chat: bool, collect: bool) -> None:
    """Run until a signal. The process ends at once after: threads may be inside a library."""
    from bot.running import serve

    app = opened.app
    begin(opened, collect=collect)
    if chat:
        show_today(opened)
    asyncio.run(_serve_and_leave(serve(app, opened.out, chat=chat, collect=collect), opened))


async def _serve_and_leave(serving: Any, opened: Opened) -> None:
    await serving
    opened.app.close()
    opened.out.print("Ended.")
    sys.stdout.flush()
    sys.stderr.flush()
    # a page being fetched or a batch being encoded would hold the exit for seconds; its work is
    # a row's state and is taken up at the next start
    os._exit(0)


def begin(opened: Opened, *, collect: bool = True) -> None:
    """Load the sample edition, or list the feeds of live news."""
    app = opened.app
    if app.edition is None:
        if collect:
            know_feeds(app)
        return
    with _progress(opened) as progress:
        task = progress.add_task(f"Reading the {app.edition.title.lower()}", total=None)
        read = load_sample(app, lambda _received: progress.advance(task))
        progress.update(task, total=max(read, 1), completed=max(read, 1))
        waiting = len(app.store.placing.waiting(1000))
        if waiting:
            task = progress.add_task("Grouping articles into stories", total=waiting)
            app.grouper.run(app.clock.now(), progress=lambda count: progress.advance(task, count))


def show_today(opened: Opened) -> Brief:
    """Print the brief of the last 24 hours and give it."""
    app = opened.app
    brief = app.desk.brief(now=app.clock.now())
    output.print_brief(opened.out, brief, app.places, app.label)
    return brief


def run_once(opened: Opened, deadline: timedelta) -> None:
    """Make one pass and print the brief, written as far as the deadline allows."""
    app = opened.app
    begin(opened)
    if app.edition is None:
        result = _collect(opened)
        if result.offline:
            raise Failure(
                f"none of {result.feeds} feeds can be reached: is the network up?", TRY_LATER
            )
        app.grouper.run(app.clock.now())
    brief = app.desk.brief(now=app.clock.now())
    ends_at = time.monotonic() + deadline.total_seconds()
    with _progress(opened) as progress:
        if app.writing.needs_conversion() and deadline > timedelta(minutes=2):
            task = progress.add_task("Preparing the writer, once (about a minute)", total=100)
            app.writing.prepare(
                lambda stage, share: progress.update(
                    task, description=f"Preparing the writer: {stage}", completed=share * 100
                )
            )
        else:
            app.writing.prepare(lambda stage, share: None, convert=False)
        task = progress.add_task("Writing", total=len(brief.entries))
        entries = []
        for start in range(0, len(brief.entries), _TOGETHER):
            group = brief.entries[start : start + _TOGETHER]
            found = app.writing.write_all(
                app.desk,
                [entry.digest for entry in group],
                app.clock.now(),
                lambda: time.monotonic() >= ends_at,
            )
            for entry, made in zip(group, found, strict=True):
                entries.append(replace(entry, digest=made) if made and made.is_written else entry)
                progress.advance(task)
    brief = replace(brief, entries=tuple(entries))
    output.print_brief(opened.out, brief, app.places, app.label)
    if not app.writing.ready:
        opened.err.print(f"writer: {app.writing.state}; the sentences are the sources' own")


def collect_feeds(opened: Opened, *, as_json: bool) -> None:
    """Read all due feeds and group what came."""
    app = opened.app
    if app.edition is not None:
        raise Failure("the sample edition has no feeds; use --edition live", USAGE)
    know_feeds(app)
    result = _collect(opened)
    grouped = app.grouper.run(app.clock.now())
    if as_json:
        output.print_json({**forms.round_json(result), "grouped": grouped})
    else:
        output.print_round(opened.out, result)
    if result.offline:
        raise Failure(f"none of {result.feeds} feeds can be reached: is the network up?", TRY_LATER)
    if result.feeds and result.feeds == len(result.failed_feeds):
        raise Failure(f"none of {result.feeds} feeds could be read: geobrief feeds list")


def _collect(opened: Opened) -> Any:
    app = opened.app
    with _progress(opened) as progress:
        task = progress.add_task("Collecting", total=None)

        def step(done: int, total: int, what: str) -> None:
            progress.update(
                task, completed=done, total=total, description=f"Collecting {what[:60]}"
            )

        return app.collector.run(app.clock.now(), progress=step)


def summarise(
    opened: Opened,
    what: Sequence[str],
    *,
    sentences: int,
    method: str,
    no_store: bool,
    as_json: bool,
) -> None:
    """Summarise each thing named; with several and --json, the document is a list.

    What cannot be read is told and passed over; the command fails at its end.
    """
    app = opened.app
    wants_writer = method != "extract"
    documents: list[dict[str, Any]] = []
    missing: list[Failure] = []
    for name in what:
        try:
            digest = _read(opened, name, sentences)
        except Unreadable as error:
            line = f"{'standard input' if name == '-' else name}: {error}"
            missing.append(Failure(line, FAILED if error.permanent else TRY_LATER))
            if len(what) > 1:
                opened.err.print(escape(line), soft_wrap=True)
            continue
        if wants_writer and not documents:  # a writer that takes a minute to load waits for a text
            _prepare_for(opened, method)
        if not as_json and method != "write":
            output.print_summary(opened.out, digest)
        if wants_writer and app.writing.ready:
            made = app.writing.write_now(app.desk, digest, app.clock.now(), lambda: False)
            better = made is not None and made.is_written
            told, digest = digest.note, made or digest
            if not as_json and better and method != "write":
                opened.out.print()
            if not as_json and (better or method == "write"):
                output.print_summary(opened.out, digest)
            elif not as_json and digest.note and digest.note != told:
                opened.out.print(f"[yellow]{escape(digest.note)}[/yellow]")
        articles = _articles(opened, digest)
        document = forms.summary_json(digest, articles, with_text=True)
        documents.append(_without_store(document, articles) if no_store else document)
        if not as_json:
            ids = ", ".join(article["article_id"] for article in documents[-1]["articles"])
            opened.out.print(f"[dim]article {ids}[/dim]\n", soft_wrap=True)
    if as_json and documents:
        output.print_json(documents[0] if len(what) == 1 else documents)
    if missing and len(what) == 1:
        raise missing[0]
    if missing:
        code = missing[0].code if len({one.code for one in missing}) == 1 else FAILED
        raise Failure(f"{len(missing)} of {len(what)} could not be summarised", code)


def _prepare_for(opened: Opened, method: str) -> None:
    """Make the writer ready as a method wants it, and say where there is none."""
    app = opened.app
    prepare_writer(opened, must=method == "write")
    if method == "auto" and not app.writing.ready and not app.writing.only_if_asked:
        opened.err.print(f"writer: {app.writing.state}; giving source sentences", soft_wrap=True)


def _read(opened: Opened, name: str, sentences: int) -> Digest:
    app, now = opened.app, opened.app.clock.now()
    if name != "-":
        return app.desk.read(name, now=now, sentences=sentences)
    body = sys.stdin.buffer.read()
    return app.desk.read_body(body, what="standard input", now=now, sentences=sentences)


def prepare_writer(opened: Opened, *, must: bool) -> None:
    """Make the writer ready; with `must` it is converted first if need be, or the command fails."""
    app = opened.app
    if must and app.writing.needs_conversion(asked=True):
        with _progress(opened) as progress:
            task = progress.add_task("Preparing the writer, once", total=100)
            app.writing.prepare(
                lambda stage, share: progress.update(
                    task, description=f"Preparing the writer: {stage}", completed=share * 100
                ),
                asked=True,
            )
    else:
        app.writing.prepare(lambda stage, share: None, convert=must, asked=must)
    if must and not app.writing.ready:
        raise Failure(f"there is no writer: {app.writing.state}")


def _without_store(document: dict[str, Any], articles: Sequence[Article]) -> dict[str, Any]:
    """Name articles by their content: a store that is thrown away gives no ids."""
    names = {article.id: article.content_hash for article in articles}
    for sentence in document["sentences"]:
        for citation in sentence["citations"]:
            citation["article_id"] = names[citation["article_id"]]
    for article in document["articles"]:
        article["article_id"] = names[article["article_id"]]
    return document


def answer(opened: Opened, question: str, *, since: timedelta | None, as_json: bool) -> None:
    """Answer a question."""
    app = opened.app
    if not question.strip():
        raise Failure("ask something: geobrief ask nato russia talks", USAGE)
    found = app.desk.ask(question, now=app.clock.now(), since=since)
    if as_json:
        articles = _articles(opened, found.digest) if found.digest else []
        output.print_json(forms.answer_json(found, articles))
    else:
        output.print_answer(opened.out, found)


def show_brief(
    opened: Opened, *, topics: Sequence[str], since: timedelta, length: Length, form: str
) -> None:
    """Print the brief of now as text, JSON or HTML."""
    app = opened.app
    brief = app.desk.brief(now=app.clock.now(), topics=topics, since=since, length=length)
    if form == "json":
        articles = app.store.articles.of_stories([entry.story.id for entry in brief.entries])
        involved = app.desk.involved([entry.story for entry in brief.entries])
        output.print_json(forms.brief_json(brief, articles, involved))
    elif form == "html":
        day = f"{brief.at.day} {brief.at:%B %Y}"
        print(output.brief_html(brief, f"Brief of {day}"))  # noqa: T201 - the result itself
    else:
        output.print_brief(opened.out, brief, app.places, app.label)


def list_stories(opened: Opened, *, since: timedelta, limit: int, as_json: bool) -> None:
    """List stories, newest first."""
    app = opened.app
    found = app.desk.stories(now=app.clock.now(), since=since, limit=limit)
    if as_json:
        weights = app.desk.weigh(found, now=app.clock.now())
        involved = app.desk.involved(found)
        rows = [forms.story_json(one, weights[one.id], involved[one.id]) for one in found]
        output.print_json({"stories": rows})
        return
    for story in found:
        opened.out.print(
            f"[bold]{story.id:5}[/bold] {story.last_at:%Y-%m-%d %H:%M}  "
            f"{story.articles:2} {'article ' if story.articles == 1 else 'articles'}  "
            f"{escape(story.title)}",
            soft_wrap=True,
        )
    if not found:
        opened.out.print("No stories in that time.")


def show_voices(opened: Opened, story_id: int, *, as_json: bool) -> None:
    """Print who says what in a story."""
    from bot.voicing import print_voices, voices_json

    app = opened.app
    found = app.desk.voices(story_id)
    if found is None:
        raise Failure(f"there is no story {story_id}: geobrief stories lists them")
    if as_json:
        output.print_json(voices_json(*found))
    else:
        print_voices(opened.out, *found, app.places)


def list_sources(opened: Opened, *, as_json: bool) -> None:
    """List outlets with their articles."""
    found = opened.app.store.articles.by_outlet()
    if as_json:
        output.print_json(
            {
                "sources": [
                    {
                        "outlet": outlet.name,
                        "host": outlet.host,
                        "country": outlet.country,
                        "ownership": outlet.ownership,
                        "articles": count,
                        "newest_at": newest.isoformat(),
                    }
                    for outlet, count, newest in found
                ]
            }
        )
        return
    for outlet, count, newest in found:
        opened.out.print(
            f"{count:5}  {escape(outlet.name or 'no outlet named')}  "
            f"[dim]{outlet.country or '--'} · {outlet.ownership} · newest {newest:%Y-%m-%d %H:%M}"
            "[/dim]",
            soft_wrap=True,
        )
    if not found:
        opened.out.print("No articles yet: geobrief ingest")


def _articles(opened: Opened, digest: Digest) -> list[Article]:
    """Give a digest's articles, each with the text that its citations point into."""
    kept = opened.app.store.articles
    cited = [one for point in digest.points for one in point.evidence]
    found = map(kept.get, digest.article_ids)
    return [
        as_cited(article, partial(kept.versions, article.id), cited)
        for article in found
        if article is not None
    ]


def _progress(opened: Opened) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        console=opened.err,
        transient=True,
    )
