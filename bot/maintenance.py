"""The operator's commands: feeds, models, database, settings, health, and a chat's own data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.failure import FAILED, USAGE, Failure

feeds = typer.Typer(help="The feeds of live news.", no_args_is_help=True)
models = typer.Typer(help="The models.", no_args_is_help=True)
db = typer.Typer(help="The database.", no_args_is_help=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_open: Callable[..., Any]


def attach(app: typer.Typer, open_app: Callable[..., Any]) -> None:
    """Add these commands to the command line; `open_app(ctx, edition)` wires the program."""
    global _open  # noqa: PLW0603 - set once, before any command runs
    _open = open_app
    for name, group in (("feeds", feeds), ("models", models), ("db", db)):
        app.add_typer(group, name=name)
    app.command()(config)
    app.command()(doctor)
    app.command()(export)
    app.command()(forget)


def _live(ctx: typer.Context) -> Any:
    from bot.cli import Edition

    return _open(ctx, Edition.live)


@feeds.command("list")
def list_feeds(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """List the feeds with their health."""
    from bot import output
    from bot.app import know_feeds

    with _live(ctx) as opened:
        know_feeds(opened.app)
        found = opened.app.store.feeds.all()
        if as_json:
            output.print_json({"feeds": [output.feed_json(feed) for feed in found]})
        else:
            output.print_feeds(opened.out, found)


@feeds.command("add")
def add_feed(ctx: typer.Context, links: Annotated[list[str], typer.Argument()]) -> None:
    """Add feeds, each read once to see that it is one; a page's own feed link is followed."""
    from news.collect import find_feed

    with _live(ctx) as opened:
        app = opened.app
        refused = 0
        for link in links:
            found = find_feed(link, app.ingest.fetcher)
            if not found.ok:
                refused += 1
                opened.err.print(f"{link}: {found.reason}", soft_wrap=True)
                continue
            outlet = app.ingest.outlets.of(found.link or found.url, name=found.title)
            new = app.store.feeds.add(found.url, outlet, confirmed=True, now=app.clock.now())
            word = "added" if new else "is there already"
            opened.out.print(f"{found.url} {word} ({outlet.name})", soft_wrap=True)
        if refused == len(links):
            raise Failure("no feed was added")


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
    """Ask every feed now and say how each one does."""
    from bot import output
    from bot.app import know_feeds
    from news.collect import find_feed

    with _live(ctx) as opened:
        app = opened.app
        know_feeds(app)
        rows = []
        for feed in app.store.feeds.all():
            found = find_feed(feed.url, app.ingest.fetcher)
            rows.append({"url": feed.url, "ok": found.ok, "items": found.items,
                         "reason": found.reason})  # fmt: skip
            if not as_json:
                told = f"{found.items} items" if found.ok else found.reason
                mark = "[green]ok[/green]    " if found.ok else "[red]failed[/red]"
                opened.out.print(f"{mark} {feed.url}  {told}", soft_wrap=True)
        if as_json:
            output.print_json({"feeds": rows})
        if rows and not any(row["ok"] for row in rows):
            raise Failure("no feed can be read: is the network up?", 75)


@models.command("list")
def list_models(ctx: typer.Context) -> None:
    """Say which models are used and where each one stands."""
    with _open(ctx) as opened:
        app = opened.app
        app.writing.prepare(lambda stage, share: None, convert=False)
        opened.out.print(f"encoder  {app.encoder.name}")
        opened.out.print(f"writer   {app.writing.state}", soft_wrap=True)
        opened.out.print(f"folder   {app.settings.models}", soft_wrap=True)


@models.command("fetch")
def fetch_models(ctx: typer.Context) -> None:
    """Make the writer ready for use: the packaged one is converted once."""
    from bot.commands import prepare_writer

    with _open(ctx) as opened:
        prepare_writer(opened, must=True)
        opened.out.print(f"writer {opened.app.writing.state}", soft_wrap=True)


@models.command("check")
def check_models(ctx: typer.Context) -> None:
    """Load each model and use it once."""
    with _open(ctx) as opened:
        app = opened.app
        vectors = app.encoder.encode(["The ministers met.", "Talks were held by ministers."])
        likeness = float(vectors[0] @ vectors[1])
        opened.out.print(f"encoder  {app.encoder.name}: two like sentences at {likeness:.2f}")
        if app.writing.prepare(lambda stage, share: None, convert=False):
            text = app.writing.try_out()
            opened.out.print(f"writer   {app.writing.state}: {text!r}", soft_wrap=True)
        else:
            opened.out.print(f"writer   {app.writing.state}", soft_wrap=True)


@db.command("upgrade")
def upgrade_database(ctx: typer.Context) -> None:
    """Bring the database to this version's form (every start does)."""
    with _open(ctx) as opened:
        now, newest = opened.app.store.database.revision()
        opened.out.print(f"{opened.app.store.database.path}: form {now} of {newest}")


@db.command("check")
def check_database(ctx: typer.Context) -> None:
    """Check the database for damage."""
    with _open(ctx) as opened:
        problems = opened.app.store.database.check()
        for problem in problems:
            opened.err.print(problem, soft_wrap=True)
        if problems:
            raise Failure(
                "the database is damaged; restore a backup (geobrief db backup makes one)"
            )
        opened.out.print(
            f"{opened.app.store.database.path} is well: {opened.app.store.articles.count()} "
            f"articles, {opened.app.store.stories.count()} stories",
            soft_wrap=True,
        )


@db.command("backup")
def backup_database(
    ctx: typer.Context, folder: Annotated[Path | None, typer.Argument()] = None
) -> None:
    """Copy the database while everything runs on."""
    with _open(ctx) as opened:
        target = folder or opened.app.settings.data / "backups"
        try:
            path = opened.app.store.database.backup(target)
        except OSError as error:
            raise Failure(f"cannot write to {target}: {error.strerror}") from error
        opened.out.print(str(path), soft_wrap=True)


def config(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Print the settings in force, secrets masked, and where each comes from."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from bot import output
    from bot.opening import read_settings
    from config.settings import effective

    rows = effective(read_settings(ctx.obj))
    if as_json:
        output.print_json(
            {name: {"value": value, "origin": origin} for name, value, origin in rows}
        )
        return
    table = Table("setting", "value", "from")
    for row in rows:
        table.add_row(*(escape(part) for part in row))
    Console().print(table)


def doctor(
    ctx: typer.Context,
    online: Annotated[bool, typer.Option("--online", help="Also ask Telegram.")] = False,
) -> None:
    """Check what the bot needs and say how to mend what is missing."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from bot.doctor import checks
    from bot.opening import read_settings

    found = checks(read_settings(ctx.obj), online=online)
    table = Table("")
    for heading in ("check", "found", "how to mend it"):
        table.add_column(heading, overflow="fold")
    marks = {True: "[green]ok[/green]", False: "[red]wrong[/red]", None: "[yellow]note[/yellow]"}
    for check in found:
        table.add_row(
            marks[check.ok],
            escape(check.name),
            escape(check.detail),
            escape(check.mend),
        )
    Console().print(table)
    if any(check.ok is False for check in found):
        raise typer.Exit(FAILED)


def export(ctx: typer.Context, chat: Annotated[int, typer.Argument()]) -> None:
    """Print all that is kept about a chat, as JSON. A group's id goes after --."""
    from bot import output

    with _open(ctx) as opened:
        if opened.app.store.chats.get(chat) is None:
            raise Failure(f"nothing is kept about chat {chat}")
        output.print_json(opened.app.store.chats.export(chat))


def forget(
    ctx: typer.Context,
    chat: Annotated[int, typer.Argument()],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete all that is kept about a chat. A group's id goes after --."""
    with _open(ctx) as opened:
        if opened.app.store.chats.get(chat) is None:
            raise Failure(f"nothing is kept about chat {chat}")
        if not yes and not typer.confirm(f"Delete everything about chat {chat}?"):
            raise Failure("nothing was deleted", USAGE)
        gone = opened.app.store.chats.forget(chat)
        opened.out.print(", ".join(f"{count} {name}" for name, count in gone.items()) + " deleted")
