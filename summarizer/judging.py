"""The checks' verdict and the trained judge's score, made one verdict.

The judge may reject what the checks pass, and overrule their doubts; never what they found to be
a contradiction or an invention. A source's own words need no judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import structlog

from summarizer.check import DOUBTS, PASSED, Verdict, check
from summarizer.evidence import Evidence
from summarizer.judge import JudgeUnavailable
from summarizer.model import MODEL_SCORE, OVERRULED
from summarizer.text import spoken

MODEL = "model"
"""The name of the judge's check."""

REJECTED = 0.3
"""Below this score a sentence that passed the checks is not shown all the same."""

CERTAIN = 0.98
"""From this score on the judge overrules the checks' doubts: of 43 doubted sentences that were read
beside their sources, false ones reached .95."""


class Judging(Protocol):
    """What the pipeline asks: how likely the evidence supports each sentence, 0 to 1."""

    @property
    def name(self) -> str:
        """The judge's name and revision, for receipts. May raise JudgeUnavailable."""
        ...

    def scores(self, sentences: Sequence[str], evidence: Evidence) -> list[float]:
        """One score a sentence."""
        ...


def judged(written: str, evidence: Evidence, judge: Judging | None) -> Verdict:
    """Check a written sentence, then ask the judge, if there is one."""
    verdict = check(written, evidence)
    if judge is None or not verdict.citations or _is_verbatim(written, verdict):
        return verdict
    try:
        (score,) = judge.scores([written], evidence)
    except JudgeUnavailable as error:
        structlog.get_logger().warning("only mechanical checks", reason=str(error))
        return verdict
    return weighed(verdict, score)


def weighed(verdict: Verdict, score: float) -> Verdict:
    """The verdict with the judge's own check, its score, and doubts that it overruled."""
    failed = {name: said for name, said in verdict.checks.items() if said != PASSED}
    checks = {**verdict.checks, MODEL: PASSED, MODEL_SCORE: f"{score:.2f}"}
    if failed and DOUBTS.issuperset(failed) and score >= CERTAIN:
        checks |= dict.fromkeys(failed, PASSED)
        checks[OVERRULED] = "; ".join(failed.values())
        return replace(verdict, supported=True, checks=checks)
    if score < REJECTED:
        checks[MODEL] = f"the model finds support in the sources unlikely ({score:.2f})"
        return replace(verdict, supported=False, checks=checks)
    return replace(verdict, checks=checks)


def _is_verbatim(written: str, verdict: Verdict) -> bool:
    return spoken(written) == spoken(verdict.citations[0].sentence)
