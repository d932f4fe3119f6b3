"""The command line: a contract (docs/design.md, "The command line"). Heavy parts load on use.

Exit codes: 0 done, 1 failed, 2 usage or settings, 75 try again later. Errors are one line.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.exceptions import TyperException

from bot.failure import FAILED, TRY_LATER, USAGE, Failure

if TYPE_CHECKING:
    from bot.opening import Opened

_GLOBAL = ("--data", "--config", "--log-level")


class Edition(StrEnum):
    """Which news a command speaks to."""

    sample = "sample"
    live = "live"


class How(StrEnum):
    """How a summary is made."""

    auto = "auto"
    extract = "extract"
    write = "write"


class Length(StrEnum):
    """How long a brief is."""

    short = "short"
    medium = "medium"
    long = "long"


EditionOption = Annotated[
    Edition | None,
    typer.Option("--edition", help="Which news: the sample edition or live feeds."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document and nothing else.")
]
SinceOption = Annotated[str | None, typer.Option("--since", help="How far back: 90m, 24h, 7d, 2w.")]

app = typer.Typer(
    name="geobrief",
    help="Reads geopolitical news for you: stories, checked summaries, answers, a daily brief.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def open_app(
    ctx: typer.Context, edition: Edition | None = None, **more: Any
) -> AbstractContextManager[Opened]:
    """Read the settings and wire the program for a command."""
    from bot.opening import open_program

    flags = {**ctx.obj, "edition": edition.value if edition else None}
    return open_program(flags, **more)


@app.callback()
def _globals(
    ctx: typer.Context,
    data: Annotated[Path | None, typer.Option(help="The data folder (or GEOBRIEF_DATA).")] = None,
    config: Annotated[Path | None, typer.Option(help="The settings file.")] = None,
    log_level: Annotated[str | None, typer.Option(help="debug, info, warning or error.")] = None,
) -> None:
    ctx.obj = {"data": data, "config": config, "log_level": log_level}


@app.command()
def run(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="One pass, print the brief, end.")] = False,
    edition: EditionOption = None,
    deadline: Annotated[
        str, typer.Option(help="With --once: how long summaries may be written, as 3m.")
    ] = "3m",
) -> None:
    """Collect, group, summarise, schedule and chat, in one process."""
    from bot.commands import run_on, run_once
    from bot.opening import duration

    with open_app(ctx, edition, running=True) as opened:
        if once:
            run_once(opened, duration(deadline))
        else:
            run_on(opened, chat=True, collect=True)


@app.command()
def bot(ctx: typer.Context, edition: EditionOption = None) -> None:
    """Run the chat and the briefs only; a worker elsewhere collects."""
    from bot.commands import run_on

    with open_app(ctx, edition, running=True) as opened:
        run_on(opened, chat=True, collect=False)


@app.command()
def worker(ctx: typer.Context, edition: EditionOption = None) -> None:
    """Collect and group only; the chat runs elsewhere."""
    from bot.commands import run_on

    with open_app(ctx, edition, running=True) as opened:
        run_on(opened, chat=False, collect=True)


@app.command()
def ingest(
    ctx: typer.Context,
    what: Annotated[
        list[str] | None, typer.Argument(help="Links, files, folders; none: all feeds due.")
    ] = None,
    edition: EditionOption = None,
    maps: Annotated[
        list[str] | None,
        typer.Option("--map", help="Which field of JSONL rows is what: title=headline."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(help="How far back channels, GDELT queries, sitemaps and feeds go: 24h, 7d."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Take in pages, feeds, files and folders; with nothing named, all feeds that are due.

    A long JSONL file that was interrupted goes on where it stopped.
    """
    if not what:
        from bot.commands import collect_feeds

        if since:
            raise Failure(
                "--since needs something named; feeds that are due go by what is new", USAGE
            )
        with open_app(ctx, edition or Edition.live) as opened:
            collect_feeds(opened, as_json=as_json)
        return
    from bot.intake import take_in
    from bot.opening import duration
    from news.ways.fieldmap import FieldMap, FieldMapError

    try:
        fields = FieldMap.parse(maps or ())
    except FieldMapError as error:
        raise Failure(str(error), USAGE) from error
    with open_app(ctx, edition) as opened:
        begin = duration(since) if since else None
        take_in(opened, what, as_json=as_json, since=begin, fields=fields)


@app.command()
def summarize(
    ctx: typer.Context,
    what: Annotated[list[str], typer.Argument(help="A file, link, article id, or - for input.")],
    sentences: Annotated[int, typer.Option(min=1, max=20, help="How many sentences.")] = 4,
    method: Annotated[
        How, typer.Option(help="auto writes where settings name a writer.")
    ] = How.auto,
    no_store: Annotated[bool, typer.Option("--no-store", help="Keep nothing.")] = False,
    edition: EditionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Summarise texts: ranked source sentences at once, the written summary after them."""
    from bot.commands import summarise

    with open_app(ctx, edition, scratch=no_store) as opened:
        summarise(
            opened, what, sentences=sentences, method=method.value, no_store=no_store,
            as_json=as_json,
        )  # fmt: skip


@app.command()
def ask(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(help="The question.")],
    since: SinceOption = None,
    edition: EditionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer from the stored articles, or say that they hold no answer."""
    from bot.commands import answer
    from bot.opening import duration

    with open_app(ctx, edition) as opened:
        answer(
            opened,
            " ".join(words),
            since=duration(since) if since else None,
            as_json=as_json,
        )


@app.command()
def brief(
    ctx: typer.Context,
    topics: Annotated[str, typer.Option(help="Topics, separated by commas.")] = "",
    since: SinceOption = "24h",
    length: Annotated[Length, typer.Option(help="How many stories.")] = Length.medium,
    edition: EditionOption = None,
    as_json: JsonOption = False,
    as_html: Annotated[bool, typer.Option("--html", help="Print an HTML page.")] = False,
) -> None:
    """Print the brief of now."""
    from bot.commands import show_brief
    from bot.opening import duration

    with open_app(ctx, edition) as opened:
        show_brief(
            opened,
            topics=[part.strip() for part in topics.split(",") if part.strip()],
            since=duration(since or "24h"),
            length=length.value,
            form="json" if as_json else "html" if as_html else "text",
        )


@app.command()
def stories(
    ctx: typer.Context,
    since: SinceOption = "7d",
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 30,
    edition: EditionOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the latest stories."""
    from bot.commands import list_stories
    from bot.opening import duration

    with open_app(ctx, edition) as opened:
        list_stories(opened, since=duration(since or "7d"), limit=limit, as_json=as_json)


@app.command()
def voices(
    ctx: typer.Context,
    story: Annotated[int, typer.Argument(help="A story's number, as `stories` lists it.")],
    edition: EditionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say who says what in a story: shared facts, differing figures, what one side alone says."""
    from bot.commands import show_voices

    with open_app(ctx, edition) as opened:
        show_voices(opened, story, as_json=as_json)


@app.command()
def sources(ctx: typer.Context, edition: EditionOption = None, as_json: JsonOption = False) -> None:
    """List the outlets that articles came from."""
    from bot.commands import list_sources

    with open_app(ctx, edition) as opened:
        list_sources(opened, as_json=as_json)


def main() -> None:
    """Run a command; every expected failure is one line and an exit code."""
    from bot import evaluating, evaluating_texts, maintenance, storylore, timelines

    maintenance.attach(app, open_app)
    evaluating.attach(app)
    evaluating_texts.attach(open_app)
    timelines.attach(app, open_app)
    storylore.attach(app, open_app)
    try:
        code = app(args=_globals_first(sys.argv[1:]), standalone_mode=False)
    except TyperException as error:
        code = _usage(error)
    except (KeyboardInterrupt, typer.Abort):
        # who ends a program that runs until it is ended has got what they asked for
        code = _say("stopped", 0 if {"run", "bot", "worker"} & set(sys.argv) else 130)
    except BrokenPipeError:
        code = 0
    except Exception as error:
        expected = _exit_code(error)
        if expected is None:
            raise
        code = _say(str(error), expected)
    sys.exit(code if isinstance(code, int) else 0)


def _exit_code(error: Exception) -> int | None:
    """Give the exit code of an error whose text is a line for people; None for a bug.

    Only modules that were loaded can have raised, so none is loaded to find out.
    """
    if isinstance(error, Failure):
        return error.code
    expected = {
        ("config.layers", "SettingsError"): USAGE,
        ("config.editorial", "EditorialError"): FAILED,
        ("news.store.engine", "StoreUnavailable"): FAILED,
        ("news.desk", "Unreadable"): FAILED,
        ("news.schedule", "BadRequest"): USAGE,
        ("summarizer.encode", "EncoderUnavailable"): FAILED,
        ("summarizer.write", "WriterUnavailable"): FAILED,
        ("bot.running", "CannotStart"): TRY_LATER,
    }
    for (module, name), code in expected.items():
        if module in sys.modules and isinstance(error, getattr(sys.modules[module], name)):
            return code
    return None


def _globals_first(words: list[str]) -> list[str]:
    """Move the options that every command takes before the command, wherever they stand."""
    first: list[str] = []
    rest: list[str] = []
    words = list(words)
    while words:
        word = words.pop(0)
        if word == "--":
            return [*first, *rest, word, *words]
        if word in _GLOBAL and words:
            first += [word, words.pop(0)]
        elif word.startswith(tuple(f"{name}=" for name in _GLOBAL)):
            first.append(word)
        else:
            rest.append(word)
    return [*first, *rest]


def _usage(error: TyperException) -> int:
    """Say what was wrong with a command's words; no words at all get the help."""
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stdout.write(f"{error.format_message()}\n")
        return 0
    return _say(_missing(error) or _hint(error.format_message()), USAGE)


def _missing(error: TyperException) -> str:
    """What to give to a command that was given too little; nothing for other errors."""
    param, ctx = getattr(error, "param", None), getattr(error, "ctx", None)
    if type(error).__name__ != "MissingParameter" or param is None or ctx is None:
        return ""
    names: list[str] = []
    while ctx.parent is not None:
        names.insert(0, ctx.info_name)
        ctx = ctx.parent
    command = " ".join(names)
    told = (getattr(param, "help", None) or param.name.upper()).rstrip(".")
    what = told if told[1:2].isupper() else f"{told[:1].lower()}{told[1:]}"
    return f"{command}: give {what} (geobrief {command} --help)"


def _hint(line: str) -> str:
    line = line.replace("Value error, ", "")  # how the checking library begins
    if "No such option" in line:
        line = line.rstrip(".")
        return f"{line}. Words that begin with a dash go after --, as in: geobrief ask -- -word"
    if "unexpected extra argument" in line:
        return f"{line}: several words go into quotation marks; --help tells what a command takes"
    return line


def _say(line: str, code: int) -> int:
    sys.stderr.write(f"geobrief: {' '.join(line.split())}\n")
    return code


if __name__ == "__main__":
    main()
