"""How well a judge tells supported summaries from others, on rows `article, summary, label`.

The judge is any callable over an article and sentences; word overlaps stand beside it as
baselines. Thresholds are fixed here. bench/ and `geobrief eval faithfulness` share it.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import mean
from typing import Any, Literal

from bot.evaluation import Told
from bot.failure import USAGE, Failure
from summarizer.check import PASSED, check
from summarizer.evidence import Evidence
from summarizer.judging import Judging
from summarizer.model import Document
from summarizer.support import names_held, words_held
from summarizer.text import content_words, split_sentences

Row = Mapping[str, Any]
Half = Literal["odd", "even", "all"]

THRESHOLD = 0.5
"""A summary whose least supported sentence scores at least so much is accepted."""

BASELINE_THRESHOLDS = {"unigram_overlap": 0.8, "bigram_overlap": 0.2, "name_number_overlap": 1.0}
"""Fixed once for all sets: the best mean of balanced accuracies on their even halves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a judge says of a sentence: its score from 0 to 1, and which checks failed.

    From THRESHOLD on the sentence counts as supported.
    """

    score: float
    failed: tuple[str, ...] = ()


Judge = Callable[[str, Sequence[str]], Sequence[Judged]]
"""Takes an article's text and the sentences of a summary of it; gives one Judged for each."""


def mechanical(article: str, sentences: Sequence[str]) -> list[Judged]:
    """The verdicts of the mechanical checks; a failed check brings the score below THRESHOLD."""
    document = Document(id="article", text=article)
    evidence = Evidence([(document, split_sentences(article))])
    found = []
    for sentence in sentences:
        verdict = check(sentence, evidence)
        failed = tuple(name for name, said in verdict.checks.items() if said != PASSED)
        half = 0.499 * min(verdict.support, 1.0)  # in full, and still below THRESHOLD
        found.append(Judged(score=THRESHOLD + half if verdict.supported else half, failed=failed))
    return found


def trained(judge: Judging) -> Judge:
    """The trained judge alone, on whole articles. What it gives raises JudgeUnavailable."""

    def scores(article: str, sentences: Sequence[str]) -> list[Judged]:
        evidence = Evidence([(Document(id="article", text=article), split_sentences(article))])
        return [Judged(score=score) for score in judge.scores(sentences, evidence)]

    return scores


def half_of(article: str) -> Half:
    """Which half an article is in, "even" or "odd", from its text alone."""
    return "odd" if hashlib.sha256(article.encode()).digest()[0] % 2 else "even"


def in_half(rows: Sequence[Row], half: Half) -> list[Row]:
    """The rows whose article is in `half`. Raises Failure for a row of another form."""
    for row in rows:
        if not isinstance(row.get("article"), str) or not isinstance(row.get("summary"), str):
            raise Failure(f"row {row.get('id')} has no `article` and `summary`", USAGE)
        if row.get("label") not in (0, 1):
            raise Failure(f"row {row.get('id')} has no `label`, 1 for supported or 0", USAGE)
    return [row for row in rows if half in ("all", half_of(row["article"]))]


def unigram_overlap(row: Row) -> float:
    """The share of the summary's content words that the article has."""
    return words_held(row["summary"], row["article"])


def bigram_overlap(row: Row) -> float:
    """The share of the summary's pairs of content words that the article has."""
    mine, theirs = content_words(row["summary"]), content_words(row["article"])
    pairs = set(pairwise(mine))
    return len(pairs & set(pairwise(theirs))) / max(1, len(pairs))


def name_number_overlap(row: Row) -> float:
    """The share of the summary's names and numbers that the article has; 1 where it has none."""
    return names_held(row["summary"], row["article"])


OVERLAPS = {
    "unigram_overlap": unigram_overlap,
    "bigram_overlap": bigram_overlap,
    "name_number_overlap": name_number_overlap,
}


@dataclass(slots=True)
class _Tally:
    """One method's scores and the labels, in the order of the rows."""

    threshold: float
    labels: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    sides: list[int] = field(default_factory=list)

    def figures(self, rows: slice) -> dict[str, Any]:
        return figures(self.labels[rows], self.scores[rows], self.threshold) | {
            "fitted": fitted(self.labels[rows], self.scores[rows], self.sides[rows])
        }


def figures(labels: Sequence[int], scores: Sequence[float], threshold: float) -> dict[str, Any]:
    """Balanced accuracy, AUC and the share of supported ones rejected, at the fixed threshold.

    `best` is what the threshold chosen on these very rows would give: a bound, not a result.
    None where the rows have one label only.
    """
    accepted = [score >= threshold for score in scores]
    two = len(set(labels)) == 2
    best, at = best_cut(labels, scores) if two else (0.0, threshold)
    return {
        "balanced_accuracy": round(balanced(labels, accepted), 4) if two else None,
        "auc": round(area(labels, scores), 4) if two else None,
        "wrong_rejections": _wrong(labels, accepted, 1),
        "wrong_acceptances": _wrong(labels, [not one for one in accepted], 0),
        "threshold": threshold,
        "best": {"balanced_accuracy": round(best, 4), "threshold": round(at, 4)} if two else None,
    }


def best_cut(labels: Sequence[int], scores: Sequence[float]) -> tuple[float, float]:
    """The highest balanced accuracy that one threshold gives on these rows, and that threshold.

    It lies halfway to the next lower score, so that it does not hang on one row. Rows of both
    labels are wanted.
    """
    cuts = sorted(set(scores))
    middles = [cuts[0], *((low + high) / 2 for low, high in pairwise(cuts))]
    each = [(balanced(labels, [score >= cut for score in scores]), cut) for cut in middles]
    return max(each, key=lambda one: one[0])


def fitted(labels: Sequence[int], scores: Sequence[float], sides: Sequence[int]) -> float | None:
    """Balanced accuracy where each side of the documents has the other side's best threshold.

    So are thresholds commonly fitted to a set (P. Laban and others, SummaC, 2022), and no row
    has a part in its own. None where a side lacks a label.
    """
    accepted = [False] * len(labels)
    for side in (0, 1):
        mine = [at for at, one in enumerate(sides) if one == side]
        others = [at for at, one in enumerate(sides) if one != side]
        known = [labels[at] for at in others]
        if len(set(known)) < 2:
            return None
        cut = best_cut(known, [scores[at] for at in others])[1]
        for at in mine:
            accepted[at] = scores[at] >= cut
    return round(balanced(labels, accepted), 4)


def side_of(article: str) -> int:
    """The side, 0 or 1, that an article's rows are on when thresholds are fitted."""
    return hashlib.sha256(article.encode()).digest()[1] % 2


def _wrong(labels: Sequence[int], right: Sequence[bool], label: int) -> float | None:
    """The share of the rows with this label that are not as they should be; None without any."""
    those = [yes for yes, one in zip(right, labels, strict=True) if one == label]
    return round(1 - sum(those) / len(those), 4) if those else None


def balanced(labels: Sequence[int], accepted: Sequence[bool]) -> float:
    """The mean of the shares of supported ones accepted and of others rejected."""
    shares = []
    for label in (0, 1):
        those = [
            yes == bool(label) for yes, one in zip(accepted, labels, strict=True) if one == label
        ]
        shares.append(sum(those) / max(1, len(those)))
    return mean(shares)


def area(labels: Sequence[int], scores: Sequence[float]) -> float:
    """The area under the ROC curve."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(labels, scores))


def evaluate(
    files: Mapping[str, Sequence[Row]],
    judge: Judge = mechanical,
    told: Told = lambda done, total: None,
) -> dict[str, Any]:
    """The judge and the overlaps on each file's rows and on all; `told` hears how many are done.

    A summary's score is its least supported sentence's. `mean` of the files' balanced
    accuracies stands beside the figures of all rows together, in which large files weigh more.
    """
    tallies = {"ours": _Tally(THRESHOLD)}
    tallies |= {name: _Tally(BASELINE_THRESHOLDS[name]) for name in OVERLAPS}
    spans: dict[str, slice] = {}
    failures: Counter[str] = Counter()
    began, total, done = time.perf_counter(), sum(map(len, files.values())), 0
    for name, rows in files.items():
        spans[name] = slice(done, done + len(rows))
        for row in rows:
            sentences = [one.text for one in split_sentences(row["summary"])]
            judged = judge(row["article"], sentences) if sentences else []
            failures.update({check for one in judged for check in one.failed})
            values = {"ours": min((one.score for one in judged), default=0.0)}
            values |= {each: overlap(row) for each, overlap in OVERLAPS.items()}
            for each, value in values.items():
                tallies[each].labels.append(int(row["label"]))
                tallies[each].scores.append(value)
                tallies[each].sides.append(side_of(row["article"]))
            done += 1
            told(done, total)
    return {
        "n": total,
        "seconds": round(time.perf_counter() - began, 1),
        **_both(tallies, slice(None), spans.values()),
        "failed": dict(failures.most_common()),
        "by_file": {
            name: {"n": span.stop - span.start, **_both(tallies, span)}
            for name, span in spans.items()
        },
    }


def _both(
    tallies: Mapping[str, _Tally], rows: slice, files: Sequence[slice] | Any = ()
) -> dict[str, Any]:
    """Our figures with the baselines' inside; of several files the mean of each measure too."""
    found = {}
    for name, tally in tallies.items():
        each = [tally.figures(span)["balanced_accuracy"] for span in files]
        known = [value for value in each if value is not None]
        found[name] = tally.figures(rows) | ({"mean": round(mean(known), 4)} if known else {})
    return {**found.pop("ours"), "baselines": found}
