"""The `eval` commands about texts: summaries and the check of written sentences."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.evaluating import Bar, JsonOption, LimitOption, group, report

_MOST_WRITTEN = 100
_open: Callable[..., Any]

FilesArgument = Annotated[list[Path], typer.Argument(help="JSON Lines, gzip or not.")]
RowsOption = Annotated[
    str | None, typer.Option("--rows", metavar="FROM:TO", help="These rows of each file only.")
]
PrefixOption = Annotated[str, typer.Option(help="Only rows whose id begins so.")]


class Method(StrEnum):
    """Which of our methods are measured."""

    auto = "auto"
    extract = "extract"
    write = "write"
    both = "both"


class Half(StrEnum):
    """Which half of the articles, divided by a hash of their text."""

    odd = "odd"
    even = "even"
    all = "all"


def attach(open_app: Callable[..., Any]) -> None:
    """Say how the program is wired: `open_app(ctx, edition)`; the commands join `eval`."""
    global _open  # noqa: PLW0603 - set once, before any command runs
    _open = open_app


@contextlib.contextmanager
def _no_log() -> Iterator[None]:
    """Each failed sentence of a thousand rows is a figure here, no event."""
    quiet = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(quiet)


@group.command("summaries")
def eval_summaries(
    ctx: typer.Context,
    files: FilesArgument,
    limit: LimitOption = None,
    rows: RowsOption = None,
    prefix: PrefixOption = "",
    sentences: Annotated[
        int | None, typer.Option(min=1, help="How many sentences a summary may have.")
    ] = None,
    words: Annotated[
        int | None, typer.Option(min=5, help="Or about how many words, in whole sentences.")
    ] = None,
    method: Annotated[
        Method, typer.Option(help="auto writes too, where a writer is ready and rows are few.")
    ] = Method.auto,
    baselines: Annotated[
        str, typer.Option(help="all, none, or: lead,lexrank,textrank,centroid_mmr")
    ] = "all",
    as_json: JsonOption = False,
) -> None:
    """Measure summaries by ROUGE, with LexRank, TextRank and others beside them.

    Rows have `article` or `articles`, and `references`. Without --sentences and --words the
    references' own length is allowed: of one article a row, as many sentences as they have on
    average; of several, as many words, to the nearest ten. A summary of --words takes the best
    sentences until the next would lead further from that number.
    """
    from bot import evaluation
    from bot.evaluation_baselines import known
    from bot.evaluation_summaries import Plan, evaluate, pooled, usual_budget
    from bot.failure import USAGE, Failure
    from summarizer.budget import Budget

    if sentences and words:
        raise Failure("give --sentences or --words, not both", USAGE)
    others = known(baselines)
    read = {path: evaluation.read_rows(path) for path in files}
    parts = {path: evaluation.chosen(whole, rows, prefix)[:limit] for path, whole in read.items()}
    asked = Budget(sentences=sentences, words=words) if sentences or words else None
    reports = {}
    with _open(ctx, None, scratch=True) as opened:
        write, note = _whether_to_write(opened, method, sum(map(len, parts.values())))
        for path, part in parts.items():
            plan = Plan(
                budget=asked or usual_budget(part),
                extract=method is not Method.write,
                write=write,
                baselines=others,
            )
            with Bar(path.name) as bar, _no_log():
                reports[path.name] = evaluate(part, opened.app.summarizer, plan, bar.told)
    found = {**pooled(reports), "note": note, "data": evaluation.data_of(files)}
    report(found, _print_summaries, as_json=as_json)


def _whether_to_write(opened: Any, method: Method, rows: int) -> tuple[bool, str | None]:
    """Make the writer ready where it is asked for; of `auto` say why nothing was written."""
    from bot.commands import prepare_writer

    if method is Method.extract:
        return False, None
    prepare_writer(opened, must=method is not Method.auto)
    if not opened.app.writing.ready:
        return False, f"nothing was written: {opened.app.writing.state}"
    if method is Method.auto and rows > _MOST_WRITTEN:
        return False, (
            f"nothing was written: {rows} rows would take long; --limit {_MOST_WRITTEN} "
            "or --method both"
        )
    return True, None


def _print_summaries(found: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    keys = ("rouge1", "rouge2", "rougeLsum", "words", "seconds_per_item")
    shares = ("kept", "rewritten", "replaced", "added")
    console = Console()
    for name, part in (found.get("by_file") or {found["data"][0]["name"]: found}).items():
        written = shares if "write" in part["methods"] else ()
        table = Table(f"{name}: {part['n']} rows, {part['budget']}", *keys, *written)
        for method, figures in [*part["methods"].items(), *part["baselines"].items()]:
            table.add_row(
                method,
                *(f"{figures[key]:.2f}" for key in keys),
                *(f"{figures[key]:.2f}" if key in figures else "" for key in written),
            )
        console.print(table)
    if found["note"]:
        console.print(found["note"])


@group.command("faithfulness")
def eval_faithfulness(
    files: FilesArgument,
    limit: LimitOption = None,
    half: Annotated[
        Half, typer.Option(help="Articles are divided by a hash; thresholds were set on even.")
    ] = Half.all,
    checks_alone: Annotated[
        bool, typer.Option("--checks-alone", help="The mechanical checks without the model.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure the check of written sentences, with overlaps of words and names beside it.

    Rows have `article`, `summary` and `label` (1: supported). Thresholds are fixed; `best` is
    what one chosen on these very rows would give.
    """
    from bot import evaluation
    from bot.evaluation_faithfulness import evaluate, in_half, mechanical, trained
    from summarizer.judge import Judge, JudgeUnavailable
    from summarizer.jury import Jury
    from summarizer.models.lending import Lender
    from summarizer.models.packaged import default_models_folder
    from summarizer.reading import Reader

    model = Jury(Judge(), Reader(Lender(default_models_folder())))
    try:
        judge, name = (mechanical, "checks") if checks_alone else (trained(model), model.name)
    except JudgeUnavailable as error:
        judge, name = mechanical, f"checks alone: {error}"
    parts = {path.name: in_half(evaluation.read_rows(path), half.value)[:limit] for path in files}
    with Bar("summaries") as bar, _no_log():
        found = evaluate(parts, judge, told=bar.told)
    found = {**found, "judge": name, "half": half.value, "data": evaluation.data_of(files)}
    report(found, _print_faithfulness, as_json=as_json)


def _print_faithfulness(found: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    keys = ("balanced_accuracy", "auc", "wrong_rejections", "threshold", "fitted")
    table = Table("file", "method", "accuracy", "auc", "wrong rej.", "threshold", "fitted", "best")
    for name, part in [("all", found), *found["by_file"].items()]:
        table.add_section()
        for method, figures in [("geobrief", part), *part["baselines"].items()]:
            best = figures["best"]
            shown = [f"{figures[key]:.3f}" if figures[key] is not None else "" for key in keys]
            shown.append(f"{best['balanced_accuracy']:.3f}" if best else "")
            first = f"{name.split('.')[0]} ({part['n']})" if method == "geobrief" else ""
            table.add_row(first, method.removesuffix("_overlap").replace("_", ", "), *shown)
    console = Console()
    console.print(table)
    console.print(f"[dim]Judge: {found['judge']}[/dim]")
    console.print(
        "[dim]Accuracy is balanced, at one threshold fixed beforehand; fitted at thresholds set on "
        "the file's other documents, best at the one that suits these rows best. geobrief's mean "
        "over the files: "
        f"{found['mean'] if found.get('mean') is not None else '-'}[/dim]"
    )
