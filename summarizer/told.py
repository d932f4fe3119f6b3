"""What a written sentence says besides one name, date or number, and where that stands.

A name must not only stand in the sources: it must stand with its deed. Knows no verdicts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from summarizer.evidence import Evidence, Passage, Unit, units
from summarizer.text import names

LEAST_WITH_SUBJECT = 0.6
LEAST_TOGETHER = 0.34
"""How much of what the best source sentence holds must stand in one sentence with a name.

Stricter for the first name, the subject as a rule. On highlights written by people in which
the first name was swapped for another of the article, these two bring the acceptance from
62 % down to 23 %; the price is that 48 % instead of 37 % of the unchanged ones, which join
facts of several sentences, are rejected and shown as source sentences.
"""

MOST_CITED = 3
_CLAUSE_END = re.compile(
    r"[;:]|,\s(?:and|while|but|after|as|who|which|when|where|with)\b|\s(?:while|but|and|after)\s"
)
_LEAST_CLAUSE = 3


class Rest:
    """What a written sentence says besides one name, date or number at `start:end` of it."""

    def __init__(self, written: str, stated: Sequence[Unit], start: int, end: int) -> None:
        rest = [unit for unit in stated if not start <= unit.start < end]
        cuts = [0, *(m.start() for m in _CLAUSE_END.finditer(written)), len(written)]
        low = max(cut for cut in cuts if cut <= start)
        high = min((cut for cut in cuts if cut >= end), default=len(written))
        clause = [unit for unit in rest if low <= unit.start < high]
        self.stretches = [rest, clause] if len(clause) >= _LEAST_CLAUSE else [rest]

    def stands_in(self, passage: Passage, passages: Sequence[Passage], least: float) -> bool:
        """Whether `passage` holds `least` of what the best holds of it, or of its clause."""
        for stretch in self.stretches:
            best = max(sum(map(p.holds, stretch)) for p in passages)
            if sum(map(passage.holds, stretch)) >= least * best:
                return True
        return False

    def find(
        self,
        known: Sequence[Passage],
        passages: Sequence[Passage],
        least: float = LEAST_TOGETHER,
    ) -> Passage | None:
        """The first of `known` that it stands in."""
        return next((p for p in known if self.stands_in(p, passages, least)), None)

    def told_without(
        self, known: Sequence[Passage], passages: Sequence[Passage], stated: Sequence[Unit]
    ) -> Passage | None:
        """Who the whole article is about, where the sentence that tells the deed names nobody.

        The first of `known` in the document of the best passage, unless that one has a name
        of its own that the written sentence leaves out: then the deed is that one's.
        """
        best = max(passages, key=lambda p: sum(map(p.holds, self.stretches[0])))
        forms = {unit.form for unit in stated}
        for name in names(best.sentence.text):
            others = [unit for unit in units(name) if not unit.is_date]
            if others and not forms.intersection(unit.form for unit in others):
                return None
        return next((p for p in known if p.document is best.document), None)


def cite(passage: Passage, cited: list[Passage]) -> None:
    """Add a passage to what is cited, while there is room."""
    if passage not in cited and len(cited) < MOST_CITED:
        cited.append(passage)


def ordered(evidence: Evidence, cited: Sequence[Passage]) -> list[Passage]:
    """All passages, the cited ones first."""
    return [*cited, *(p for p in evidence.passages if p not in cited)]
