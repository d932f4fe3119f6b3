"""The operator's commands: models, database, settings, health, and a chat's own data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import feedlist
from bot.failure import FAILED, USAGE, Failure

models = typer.Typer(help="The models.", no_args_is_help=True)
db = typer.Typer(help="The database.", no_args_is_help=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_open: Callable[..., Any]


def attach(app: typer.Typer, open_app: Callable[..., Any]) -> None:
    """Add these commands to the command line; `open_app(ctx, edition)` wires the program."""
    global _open  # noqa: PLW0603 - set once, before any command runs
    _open = open_app
    feedlist.attach(app, open_app)
    for name, group in (("models", models), ("db", db)):
        app.add_typer(group, name=name)
    app.command()(config)
    app.command()(doctor)
    app.command()(article)
    app.command()(export)
    app.command()(forget)


def _live(ctx: typer.Context) -> Any:
    from bot.cli import Edition

    return _open(ctx, Edition.live)


@models.command("list")
def list_models(ctx: typer.Context) -> None:
    """Say which models are used and where each one stands."""
    with _open(ctx) as opened:
        app = opened.app
        app.writing.prepare(lambda stage, share: None, convert=False, asked=True)
        when = " (where asked for)" if app.writing.only_if_asked else ""
        opened.out.print(f"encoder  {app.encoder.name}")
        opened.out.print(f"writer   {app.writing.state}{when}", soft_wrap=True)
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
        if app.writing.prepare(lambda stage, share: None, convert=False, asked=True):
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


def article(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(help="An article's id, or its first six signs or more.")],
    versions: Annotated[
        bool, typer.Option("--versions", help="Also what each edit changed.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show a stored article: text, outlet, dates, what it copies, and how it was edited."""
    from bot import forms, output

    with _open(ctx) as opened:
        articles = opened.app.store.articles
        found = articles.get(id)
        if found is None:
            raise Failure(f"there is no article {id} in this store")
        texts, edits = articles.versions(found.id), articles.edits(found.id)
        if as_json:
            output.print_json(forms.article_json(found, texts, edits, with_versions=versions))
        else:
            output.print_article(opened.out, found, texts, edits, with_versions=versions)


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
