"""The `eval` commands: our parts measured beside baselines on files with known answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

group = typer.Typer(help="Measure the parts beside baselines.", no_args_is_help=True)

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document and nothing else.")
]
LimitOption = Annotated[int | None, typer.Option(min=1, help="Use the first N rows only.")]
Row = Callable[[Any], list[str]]
_BCUBED = ("bcubed_precision", "bcubed_recall", "bcubed_f1")
_COLUMNS = ("f1", "precision", "recall", "ms_per_page")


def attach(app: typer.Typer) -> None:
    """Add the `eval` commands to the command line."""
    app.add_typer(group, name="eval")


@group.callback()
def _eval() -> None:
    """Keep the measures together under one name."""


def report(found: Any, table: Callable[[Any], None], *, as_json: bool) -> None:
    """Print figures as one document or as a table."""
    from bot import output

    if as_json:
        output.print_json(found)
    else:
        table(found)


def _print_table(title: str, columns: Sequence[str], found: Any, row: Row) -> None:
    """Print our figures above those of the baselines."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title, *columns)
    for method, figures in [("geobrief", found), *found["baselines"].items()]:
        table.add_row(method.replace("_", " "), *row(figures))
    Console().print(table)


@group.command("pages")
def eval_pages(
    cases: Annotated[Path, typer.Argument(help="JSON Lines: html, url, body, source.")],
    limit: LimitOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure the text of pages, with trafilatura alone beside it."""
    from bot import evaluation

    rows = evaluation.read_rows(cases, limit)
    quiet = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with Bar("pages") as progress:
            found = evaluation.evaluate_pages(rows, cases.parent, progress.told)
    finally:
        logging.disable(quiet)
    report(found, _print, as_json=as_json)


@group.command("stories")
def eval_stories(
    data: Annotated[
        Path, typer.Argument(help="JSON Lines: title, article, date, cluster; or articles.")
    ],
    limit: LimitOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how articles are grouped into stories, with TF-IDF and vectors alone beside it."""
    from bot import evaluation
    from bot.evaluation_stories import evaluate_stories
    from summarizer.encode import SentenceEncoder

    rows = evaluation.read_rows(data, limit)
    with Bar("articles") as progress:
        found = evaluate_stories(rows, SentenceEncoder(), progress.told)
    report(found, _print_stories, as_json=as_json)


def _print_stories(found: Any) -> None:
    _print_table(
        f"{found['n']} articles in {found['clusters']} stories",
        [column.removeprefix("bcubed_") for column in _BCUBED],
        found,
        lambda figures: [f"{figures[column]:.3f}" for column in _BCUBED],
    )


@group.command("timelines")
def eval_timelines(
    topics: Annotated[Path, typer.Argument(help="JSON Lines: articles, timelines.")],
    limit: LimitOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure the days and sentences of timelines, beside publication volume and others."""
    from bot import evaluation
    from bot.evaluation_timelines import evaluate_timelines
    from summarizer.encode import SentenceEncoder

    rows = evaluation.read_rows(topics, limit)
    with Bar("timelines") as progress:
        found = evaluate_timelines(rows, SentenceEncoder(), progress.told)
    report(found, _print_timelines, as_json=as_json)


def _print_timelines(found: Any) -> None:
    columns = ("date_f1", "date_f1_count_given", "alignment_rouge1", "alignment_rouge2", "dates")
    _print_table(
        f"{found['n']} topics, {found['timelines']} timelines",
        columns,
        found,
        lambda figures: [f"{figures[column]:g}" for column in columns],
    )


@group.command("search")
def eval_search(
    corpus: Annotated[Path, typer.Argument(help="JSON Lines: id, title, date, source, article.")],
    queries: Annotated[
        Path,
        typer.Argument(help="JSON Lines: query_title, query_text, relevant, title_leaks."),
    ],
    limit: Annotated[int | None, typer.Option(min=1, help="Use the first N queries only.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure search, with full text, TF-IDF and vectors alone beside it."""
    import tempfile

    from bot import evaluation
    from bot.evaluation_search import evaluate_search
    from summarizer.encode import SentenceEncoder

    archive, asked = evaluation.read_rows(corpus), evaluation.read_rows(queries, limit)
    with tempfile.TemporaryDirectory(prefix="geobrief-") as folder, Bar("articles") as progress:
        found = evaluate_search(archive, asked, SentenceEncoder(), Path(folder), progress.told)
    report(found, _print_search, as_json=as_json)


def _print_search(found: Any) -> None:
    keys = ("ndcg10", "recall10", "mrr")
    columns = [f"{key} {name}" for name in ("by title", "by text") for key in keys]

    def row(figures: Any) -> list[str]:
        values = [figures[name][key] for name in ("by_title", "by_text") for key in keys]
        shown = ["-" if value is None else f"{value:.3f}" for value in values]
        return [*shown, f"{figures['p95_ms'] or 0:.1f}"]

    title = f"{found['n']} questions, {found['articles']} articles"
    _print_table(title, [*columns, "p95 ms"], found, row)


def _print(found: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("pages")
    table.add_column("method", no_wrap=True)
    for column in _COLUMNS:
        table.add_column(column.removesuffix("_per_page"))
    for name, part in [("all", found), *found["by_source"].items()]:
        for method, figures in [("geobrief", part), *part["baselines"].items()]:
            table.add_row(
                f"{name} ({part['n']})", method, *(f"{figures[column]:g}" for column in _COLUMNS)
            )
    Console().print(table)


class Bar:
    """A bar on standard error, shown once the work has taken two seconds."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._bar: Any = None

    def __enter__(self) -> Bar:
        import time

        self._began = time.monotonic()
        return self

    def told(self, done: int, total: int) -> None:
        """Hear how many of how many are done."""
        import time

        from rich.console import Console
        from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

        if self._bar is None:
            if time.monotonic() - self._began < 2:
                return
            columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn())
            self._bar = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True))
            self._task = self._bar.add_task(self._what, total=total)
            self._bar.start()
        self._bar.update(self._task, completed=done)

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.stop()
