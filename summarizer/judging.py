"""The checks' verdict and the trained judge's score, made one verdict.

The judge may reject what the checks pass. It overrules nothing: among doubted sentences that were
read, false ones scored as high as true ones. A source's own words need no judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import structlog

from summarizer.check import PASSED, Verdict, check
from summarizer.evidence import Evidence
from summarizer.judge import JudgeUnavailable
from summarizer.model import MODEL_SCORE
from summarizer.text import spoken

MODEL = "model"
"""The name of the judge's check."""

REJECTED = 0.3
"""Below this score a sentence that passed the checks is not shown all the same."""


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
    """Check a written sentence; what passes in other words is asked of the judge, if there is one.

    Its check and score stand beside the others'.
    """
    verdict = check(written, evidence)
    if judge is None or not verdict.supported or _is_verbatim(written, verdict):
        return verdict
    try:
        (score,) = judge.scores([written], evidence)
    except JudgeUnavailable as error:
        structlog.get_logger().warning("only mechanical checks", reason=str(error))
        return verdict
    said = PASSED
    if not score >= REJECTED:  # also where it is no number
        said = f"the model finds support in the sources unlikely ({score:.2f})"
    checks = {**verdict.checks, MODEL: said, MODEL_SCORE: f"{score:.2f}"}
    return replace(verdict, supported=said == PASSED, checks=checks)


def _is_verbatim(written: str, verdict: Verdict) -> bool:
    return bool(verdict.citations) and spoken(written) == spoken(verdict.citations[0].sentence)
