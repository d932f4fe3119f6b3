"""The commands about what lies behind one story: its weight, its voices, its summary's making."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli import EditionOption, JsonOption
from bot.failure import USAGE, Failure

StoryArgument = Annotated[
    int, typer.Argument(metavar="STORY", help="A story's number, as `stories` lists it.")
]
_open: Callable[..., Any]


def attach(app: typer.Typer, open_app: Callable[..., Any]) -> None:
    """Add these commands to the command line; `open_app(ctx)` wires the program."""
    global _open  # noqa: PLW0603 - set once, before any command runs
    _open = open_app
    app.command()(why)
    app.command()(coverage)
    app.command()(receipt)


def why(
    ctx: typer.Context,
    story: StoryArgument,
    topics: Annotated[str, typer.Option(help="A reader's topics, separated by commas.")] = "",
    edition: EditionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why a story stands where it stands in a brief: every part of its weight."""
    from bot import forms, output
    from bot.telegram.weighing import lines

    with _open(ctx, edition) as opened:
        app = opened.app
        wanted = [part.strip() for part in topics.split(",") if part.strip()]
        weighed = app.desk.why(story, now=app.clock.now(), topics=wanted)
        if weighed is None:
            raise no_story(story)
        if as_json:
            involved = app.desk.involved([weighed.story])[weighed.story.id]
            row = forms.story_json(weighed.story, weighed.importance, involved)
            output.print_json({**row, "topics_wanted": wanted, "fits": weighed.fits})
            return
        output.print_weight(opened.out, weighed, lines(weighed.importance))


def coverage(
    ctx: typer.Context,
    story: StoryArgument,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a picture (PNG) as well.")
    ] = None,
    edition: EditionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say who covers a story, what state outlets alone report, and who is silent."""
    from bot import output
    from bot.covering import coverage_json, print_coverage

    if picture is not None and picture.suffix.lower() != ".png":
        raise Failure(f"the picture is a PNG: name it {picture.with_suffix('.png').name}", USAGE)
    with _open(ctx, edition) as opened:
        app = opened.app
        found = app.desk.coverage(story, now=app.clock.now())
        if found is None:
            raise no_story(story)
        if picture is not None:
            _draw(found, picture, app.places)
        if as_json:
            output.print_json(coverage_json(found))
        else:
            print_coverage(opened.out, found, app.places)


def receipt(
    ctx: typer.Context,
    story: StoryArgument,
    edition: EditionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a story's last summary was made of and by, and whether it can be made again."""
    from bot import output
    from bot.receipts import print_receipt, receipt_json

    with _open(ctx, edition) as opened:
        app = opened.app
        app.writing.prepare(lambda stage, share: None, convert=False, asked=True)
        found = app.desk.receipt(story, now=app.clock.now(), stop=app.stopping.is_set)
        if found is None:
            raise no_story(story)
        if as_json:
            output.print_json(receipt_json(found))
        else:
            print_receipt(opened.out, found)


def _draw(found: Any, file: Path, places: Any) -> None:
    from bot import drawing

    def country(code: str) -> str:
        return str(places.name(code)) if code else ""

    if not found.rows:
        raise Failure(f"no article of story {found.story.id} is left to draw")
    alt = drawing.alt_text(found, country=country)
    try:
        file.write_bytes(drawing.coverage_png(found, country=country, describe=alt))
    except OSError as error:
        raise Failure(f"cannot write {file}: {error.strerror}") from error


def no_story(number: int) -> Failure:
    """Give the error for a number that no story has."""
    return Failure(f"there is no story {number}: geobrief stories lists them")
