"""Summaries measured by ROUGE beside baselines, on rows with `article` or `articles`.

ROUGE as in the literature: stemming, F-measure in percent, for rougeLsum one sentence a line,
of the reference too. Prints nothing. bench/ and `geobrief eval summaries` share it.
"""

from __future__ import annotations

import copy
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from statistics import mean
from typing import TYPE_CHECKING, Any, Protocol

from bot.evaluation import Told
from bot.evaluation_baselines import baselines, needs_extra
from bot.failure import USAGE, Failure
from summarizer.budget import Budget, fitting
from summarizer.encode import Encoder
from summarizer.model import Document, Summary
from summarizer.text import split_sentences

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Row = Mapping[str, Any]
MEASURES = ("rouge1", "rouge2", "rougeLsum")
BUDGET_RULE = (
    "one article a row: as many sentences as the references have on average; "
    "several: as many words, to the nearest ten"
)


class Summarizing(Protocol):
    """What is measured: the summarizer's two methods."""

    encoder: Encoder

    def extract(self, documents: Sequence[Document], *, sentences: int) -> Summary:
        """Source sentences, verbatim."""
        ...

    def write(
        self,
        documents: Sequence[Document],
        *,
        sentences: int,
        today: date,
        stop: Callable[[], bool],
    ) -> Summary:
        """A written summary, checked."""
        ...


def documents_of(row: Row) -> list[Document]:
    """The row's article or articles as documents. Raises Failure for a row that has neither."""
    articles = row.get("articles") or [row.get("article")]
    parts = [{"text": one} if isinstance(one, str) else one for one in articles]
    if not all(isinstance(part, Mapping) and isinstance(part.get("text"), str) for part in parts):
        raise Failure(f"row {row.get('id')} has neither `article` nor `articles`", USAGE)
    if "articles" not in row:
        parts = [{**parts[0], "title": row.get("title")}]
    return [
        Document(
            id=str(index),
            text=part["text"],
            title=part.get("title") or "",
            source=part.get("source") or "",
            published_at=_day(part.get("date")),
        )
        for index, part in enumerate(parts)
    ]


def _day(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "").replace(tzinfo=UTC)
    except ValueError:
        return None


def references_of(row: Row) -> list[list[str]]:
    """The row's references, each as its sentences. Raises Failure where there is none."""
    found = row.get("references")
    if not isinstance(found, list) or not found or not all(isinstance(r, str) for r in found):
        raise Failure(f"row {row.get('id')} has no `references`, a list of texts", USAGE)
    return [[sentence.text for sentence in split_sentences(one)] for one in found]


def usual_budget(rows: Sequence[Row]) -> Budget:
    """What to allow where nothing is asked for (BUDGET_RULE)."""
    references = [one for row in rows for one in references_of(row)]
    if any(len(documents_of(row)) > 1 for row in rows):
        words = mean(len(" ".join(one).split()) for one in references)
        return Budget(words=max(10, 10 * round(words / 10)))
    return Budget(sentences=max(1, round(mean(map(len, references)))))


class Scores:
    """ROUGE F-measures (percentages), words and seconds, averaged over rows.

    Of several references the nearest counts, measure by measure.
    """

    def __init__(self) -> None:
        try:
            from rouge_score.rouge_scorer import RougeScorer
            from rouge_score.tokenizers import DefaultTokenizer
        except ImportError as error:
            raise needs_extra() from error
        self._scorer = RougeScorer(list(MEASURES), tokenizer=DefaultTokenizer(use_stemmer=True))
        self.values: dict[str, list[float]] = defaultdict(list)

    def add(
        self,
        references: Sequence[Sequence[str]],
        lines: Sequence[str],
        seconds: float,
        **counts: float,
    ) -> None:
        """Score one summary; it and each reference are given as sentences."""
        targets = ["\n".join(one) for one in references]
        found = self._scorer.score_multi(targets, "\n".join(lines))
        for measure, score in found.items():
            self.values[measure].append(100 * score.fmeasure)
        self.values["words"].append(len(" ".join(lines).split()))
        self.values["seconds_per_item"].append(seconds)
        for name, value in counts.items():
            self.values[name].append(value)

    def report(self) -> dict[str, float]:
        """The means, rounded."""
        return {name: round(mean(values), 3) for name, values in self.values.items() if values}


class Remembering:
    """An encoder that encodes each text once, such as while one row is looked at."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, NDArray[np.float32]] = {}

    @property
    def name(self) -> str:
        """That of the encoder."""
        return self._encoder.name

    @property
    def dimensions(self) -> int:
        """Those of the encoder."""
        return self._encoder.dimensions

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors as the encoder's; it is asked for those only that are not in memory."""
        import numpy as np

        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self._known[text] for text in texts])


def extracted(
    summarizer: Summarizing, documents: Sequence[Document], budget: Budget
) -> tuple[Summary, float]:
    """Our source sentences within the budget, and the seconds that choosing them once takes."""
    if budget.words is None:
        summary = summarizer.extract(documents, sentences=budget.likely_sentences)
        return summary, summary.seconds
    summarizer = copy.copy(summarizer)
    summarizer.encoder = Remembering(summarizer.encoder)
    first = summarizer.extract(documents, sentences=budget.likely_sentences)
    known = {budget.likely_sentences: first}

    def words_of(count: int) -> int:
        if count not in known:
            known[count] = summarizer.extract(documents, sentences=count)
        return sum(len(claim.text.split()) for claim in known[count].claims)

    return known[fitting(words_of, budget.words, budget.likely_sentences)], first.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to run on a file: a budget, whether to write, and which baselines (None: all)."""

    budget: Budget
    extract: bool = True
    write: bool = False
    baselines: Sequence[str] | None = None
    today: date | None = None


def evaluate(
    rows: Sequence[Row],
    summarizer: Summarizing,
    plan: Plan,
    told: Told = lambda done, total: None,
) -> dict[str, Any]:
    """Our methods and the baselines on the same rows; `told` hears how many are done.

    Gives `n`, `seconds`, `budget`, `methods` and `baselines`; figures per item are means. What
    became of written sentences (`kept`, `rewritten`, `replaced`, and `added` source sentences)
    is a share of the sentences shown. Raises Failure for a wrong row or a missing library.
    """
    wanted = {"extract": plan.extract, "write": plan.write}
    methods = {name: Scores() for name, asked in wanted.items() if asked}
    others = baselines(plan.baselines)
    scores = {name: Scores() for name in others}
    # a first time that does not count: models load once
    summarizer.extract([Document(id="first", text="This is the first sentence.")], sentences=1)
    began = time.perf_counter()
    for done, row in enumerate(rows, start=1):
        documents, references = documents_of(row), references_of(row)
        for name, choose in others.items():
            started = time.perf_counter()
            lines = choose(documents, plan.budget)
            scores[name].add(references, lines, time.perf_counter() - started)
        summary, seconds = extracted(summarizer, documents, plan.budget)
        if plan.extract:
            methods["extract"].add(references, [c.text for c in summary.claims], seconds)
        if plan.write:
            written = summarizer.write(
                documents,
                sentences=max(1, len(summary.claims)),
                today=plan.today or datetime.now(UTC).date(),
                stop=lambda: False,
            )
            lines = [claim.text for claim in written.claims]
            methods["write"].add(references, lines, written.seconds, **shares_of(written))
        told(done, len(rows))
    return {
        "n": len(rows),
        "seconds": round(time.perf_counter() - began, 1),
        "budget": str(plan.budget),
        "methods": {name: one.report() for name, one in methods.items()},
        "baselines": {name: one.report() for name, one in scores.items()},
    }


def pooled(reports: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The figures of several files as one: means over all their rows, each file `by_file`."""
    if len(reports) == 1:
        return next(iter(reports.values()))
    total = sum(report["n"] for report in reports.values())

    def means(part: str) -> dict[str, dict[str, float]]:
        names = {name: None for report in reports.values() for name in report[part]}
        return {
            name: {
                key: round(sum(r["n"] * r[part][name][key] for r in reports.values()) / total, 3)
                for key in next(iter(reports.values()))[part][name]
            }
            for name in names
        }

    return {
        "n": total,
        "seconds": round(sum(report["seconds"] for report in reports.values()), 1),
        "budget": "by file",
        "methods": means("methods"),
        "baselines": means("baselines"),
        "by_file": dict(reports),
    }


def shares_of(summary: Summary) -> dict[str, float]:
    """Which shares of the sentences shown were kept as written, rewritten, replaced, added.

    A summary that could not be written at all has `added` sentences only.
    """
    fates = summary.fates if summary.method == "write" else {"added": len(summary.claims)}
    return {
        name: fates.get(name, 0) / max(1, len(summary.claims))
        for name in ("kept", "rewritten", "replaced", "added")
    }
