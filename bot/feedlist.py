"""The commands about the feeds of live news: list, add, remove, check, import, export."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.failure import FAILED, TRY_LATER, USAGE, Failure

feeds = typer.Typer(help="The feeds of live news.", no_args_is_help=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_open: Callable[..., Any]


def attach(app: typer.Typer, open_app: Callable[..., Any]) -> None:
    """Add these commands to the command line; `open_app(ctx, edition)` wires the program."""
    global _open  # noqa: PLW0603 - set once, before any command runs
    _open = open_app
    app.add_typer(feeds, name="feeds")


def _live(ctx: typer.Context) -> Any:
    from bot.cli import Edition

    return _open(ctx, Edition.live)


@feeds.command("list")
def list_feeds(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """List the feeds with their health."""
    from bot import forms, output
    from bot.app import know_feeds

    with _live(ctx) as opened:
        know_feeds(opened.app)
        found = opened.app.store.feeds.all()
        if as_json:
            output.print_json({"feeds": [forms.feed_json(feed) for feed in found]})
        else:
            output.print_feeds(opened.out, found)


@feeds.command("add")
def add_feed(ctx: typer.Context, links: Annotated[list[str], typer.Argument()]) -> None:
    """Add feeds, each read once to see that it is one; a page's own feed link is followed."""
    from news.collect import find_feed

    with _live(ctx) as opened:
        app = opened.app
        refused = []
        for link in links:
            found = find_feed(_with_scheme(link), app.ingest.fetcher)
            if not found.ok:
                refused.append(found)
                opened.err.print(f"{link}: {found.reason}", soft_wrap=True)
                continue
            outlet = app.ingest.outlets.of(found.link or found.url, name=found.title)
            now = app.clock.now()
            word = "is there already"
            if app.store.feeds.add(found.url, outlet, confirmed=True, now=now):
                word = "added"
            elif app.store.feeds.revive(found.url, now):
                word = "turned on again"
            opened.out.print(f"{found.url} {word} ({outlet.name})", soft_wrap=True)
        if len(refused) == len(links):
            later = all(found.passing for found in refused)
            raise Failure("no feed was added", TRY_LATER if later else FAILED)


@feeds.command("remove")
def remove_feed(ctx: typer.Context, links: Annotated[list[str], typer.Argument()]) -> None:
    """Remove feeds; their articles stay."""
    with _live(ctx) as opened:
        for link in links:
            if not opened.app.store.feeds.remove(link):
                raise Failure(f"there is no feed {link}; geobrief feeds list shows them")
            opened.out.print(f"{link} removed", soft_wrap=True)


@feeds.command("check")
def check_feeds(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Ask every feed now, many hosts at once, and say how each one does."""
    from bot import forms, output
    from bot.app import know_feeds
    from news.collect import find_feed
    from news.hostwise import by_host

    with _live(ctx) as opened:
        app = opened.app
        know_feeds(app)
        rows: list[dict[str, Any]] = []
        passing: list[bool] = []
        telling = threading.Lock()

        def check(feed: Any) -> None:
            found = find_feed(feed.url, app.ingest.fetcher)
            health = forms.feed_json(feed)
            with telling:
                passing.append(found.passing)
                rows.append(
                    {**health, "ok": found.ok, "items_now": found.items, "reason": found.reason}
                )
                if not as_json:
                    output.print_check(opened.out, feed, found.ok, found.items, found.reason)

        by_host(
            app.store.feeds.all(),
            lambda feed: feed.url,
            check,
            ready_in=app.ingest.fetcher.ready_in,
            stop=app.stopping.is_set,
            progress=lambda done, total, what: None,
        )
        if as_json:
            output.print_json({"feeds": sorted(rows, key=lambda row: str(row["url"]))})
        if rows and not any(row["ok"] for row in rows):
            if all(passing):
                raise Failure("no feed can be read: is the network up?", TRY_LATER)
            raise Failure("no feed can be read")


@feeds.command("import")
def import_feeds(
    ctx: typer.Context, source: Annotated[str, typer.Argument(metavar="FILE|LINK")]
) -> None:
    """Add the feeds of an OPML list; each is read when its turn comes."""
    from news.feedlists import take_list

    with _live(ctx) as opened:
        app = opened.app
        body, now = _list_of(source, app), app.clock.now()
        found = list(
            take_list(body, what=source, store=app.store, outlets=app.ingest.outlets, now=now)
        )
        told = [one.outcome for one in found]
        if "failed" in told and len(told) == 1:
            raise Failure(f"{source}: {found[0].reason}")
        known = told.count("duplicate")
        opened.out.print(f"{told.count('new')} feeds added, {known} were there already")
        for one in found:
            if one.outcome == "failed":
                opened.err.print(f"{source}: {one.reason}", soft_wrap=True)


@feeds.command("export")
def export_feeds(
    ctx: typer.Context, file: Annotated[Path | None, typer.Argument(metavar="[FILE]")] = None
) -> None:
    """Write the feeds as an OPML list, to the screen unless a file is named."""
    from bot.app import know_feeds
    from news.opml import write_opml

    with _live(ctx) as opened:
        know_feeds(opened.app)
        found = opened.app.store.feeds.all()
        body = write_opml(found, opened.app.clock.now())
        if file is None:
            typer.echo(body, nl=False)
            return
        try:
            file.write_bytes(body)
        except OSError as error:
            raise Failure(f"cannot write {file}: {error.strerror}") from error
        opened.out.print(f"{len(found)} feeds written to {file}", soft_wrap=True)


def _with_scheme(link: str) -> str:
    """A site as people write it, "example.org/news", is meant as a web address."""
    host = link.partition("/")[0]
    return link if ":" in link or "." not in host.strip(".") else f"https://{link}"


def _list_of(source: str, app: Any) -> bytes:
    from news.fetch import Fetched, FetchFailed

    if source.startswith(("http://", "https://")):
        answer = app.ingest.fetcher.fetch(source, page=False)
        if isinstance(answer, Fetched):
            return answer.body
        if isinstance(answer, FetchFailed):
            raise Failure(f"{source}: {answer.reason}", TRY_LATER if answer.passing else FAILED)
        raise Failure(f"{source}: the server sent nothing")
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise Failure(f"cannot read {source}: {error.strerror}", USAGE) from error
