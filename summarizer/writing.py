"""One written summary in the making: what is asked, what is checked, what stands in its place.

A failing sentence is rewritten once, then replaced by the source's own. Asks no model itself:
whoever drives it may write several summaries side by side.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

import structlog

from summarizer.answer import repeats, usable_sentences
from summarizer.check import PASSED, Verdict
from summarizer.evidence import Evidence
from summarizer.extract import Pick
from summarizer.judging import Judging, judged
from summarizer.model import NOTES, REWRITTEN, Citation, Claim, Document, Sentence
from summarizer.text import content_words, fold, names, words
from summarizer.words import CALENDAR
from summarizer.write import (
    Ask,
    Form,
    WriterUnavailable,
    build_prompt,
    max_tokens_for,
    rewrite_prompt,
)

_LEAST_NAMED = 0.6
"""How many of its source sentence's names the first written sentence must keep."""

Steps = Generator[Ask, str, list[Claim]]
"""Yields what the writer is to be asked, takes its answer, ends with the claims.

A WriterUnavailable may be thrown in instead of an answer; where the first one fails, it comes out.
"""


class Writing:
    """One summary in the making: which source sentences its claims already rest on."""

    def __init__(
        self,
        form: Form,
        picks: Sequence[Pick],
        sentences: int,
        today: date,
        judge: Judging | None = None,
    ) -> None:
        self._form = form
        self._judge = judge
        self._today = today
        self._picks = picks
        self._sentences = sentences
        self._picked = [
            (group[0].document, [pick.sentence for pick in group])
            for _, each in groupby(picks, key=lambda pick: id(pick.document))
            for group in [list(each)]
        ]
        self._evidence = Evidence(self._picked)
        self._claims: list[Claim] = []
        self._rested_on: set[tuple[str, int, int]] = set()
        self._log = structlog.get_logger()

    def steps(self) -> Steps:
        """End with checked claims in the writer's order; what it left out is added behind them."""
        system, user = build_prompt(
            self._picked, sentences=self._sentences, today=self._today, form=self._form
        )
        written = yield from self._ask(system, user, self._sentences)
        for sentence in written[: self._sentences]:
            yield from self._settle(sentence)
        if self._claims:
            self._complete()
        return self._claims

    def _ask(self, system: str, user: str, sentences: int) -> Generator[Ask, str, list[str]]:
        answer = yield Ask(system=system, user=user, max_tokens=max_tokens_for(sentences))
        sources = [pick.sentence.text for pick in self._picks]
        return usable_sentences(answer, f"{system}\n{user}", sources)

    def _settle(self, sentence: str) -> Generator[Ask, str, None]:
        """Keep one written sentence, or what may stand in its place, or drop a repetition."""
        verdict = self._check(sentence)
        if verdict.supported:
            self._add_written(sentence, verdict, {})
            return
        failed = {
            name: said
            for name, said in verdict.checks.items()
            if said != PASSED and name not in NOTES
        }
        self._log.debug("written_sentence_failed", checks=failed)
        if not (yield from self._rewritten(sentence, verdict, failed)):
            self._add_source(verdict)

    def _check(self, sentence: str) -> Verdict:
        """Hold a sentence against the sources; the first one must also tell who it is about."""
        verdict = judged(sentence, self._evidence, self._judge)
        if self._claims or not verdict.supported:
            return verdict
        said = tells_who(sentence, verdict.citations[0].sentence)
        return replace(verdict, supported=said == PASSED, checks={**verdict.checks, "who": said})

    def _rewritten(
        self, sentence: str, verdict: Verdict, failed: dict[str, str]
    ) -> Generator[Ask, str, bool]:
        free = [c for c in verdict.citations if _place(c) not in self._rested_on]
        if not free:
            return False
        source = next((p for p in self._picks if _spot(p) == _place(free[0])), None)
        if source is None:
            return False
        told = [(source.document, [source.sentence])]
        prompt = rewrite_prompt(sentence, told, today=self._today, form=self._form)
        try:
            second = yield from self._ask(*prompt, 1)
        except WriterUnavailable:
            return False
        again = self._check(second[0]) if second else None
        if again is None or not again.supported or second[0] == sentence:
            return False
        return self._add_written(second[0], again, {REWRITTEN: "; ".join(failed.values())})

    def _add_written(self, text: str, verdict: Verdict, more: dict[str, str]) -> bool:
        """Add a supported sentence unless its first source sentence was already told."""
        main = verdict.citations[0]
        if _place(main) in self._rested_on or repeats(text, (c.text for c in self._claims)):
            return False
        self._add(
            Claim(
                text=text,
                citations=verdict.citations,
                origin="source" if text == main.sentence else "written",
                checks={**verdict.checks, **more},
            )
        )
        return True

    def _add_source(self, verdict: Verdict) -> None:
        """The best source sentence that was not told yet stands in place of a failed one."""
        supporting = [
            pick for c in verdict.citations for pick in self._picks if _place(c) == _spot(pick)
        ]
        rest = sorted(self._picks, key=lambda pick: -pick.score)
        for pick in [*supporting, *rest]:
            if self._is_new(pick):
                claim = source_claim(pick.document, pick.sentence)
                self._add(replace(claim, checks=dict(verdict.checks)))
                return

    def _complete(self) -> None:
        """Rest on at least as many source sentences as were asked for: no news is lost."""
        for pick in sorted(self._picks, key=lambda pick: -pick.score):
            if len(self._rested_on) >= self._sentences:
                return
            if self._is_new(pick):
                self._add(source_claim(pick.document, pick.sentence))

    def _is_new(self, pick: Pick) -> bool:
        told = (claim.text for claim in self._claims)
        return _spot(pick) not in self._rested_on and not repeats(pick.sentence.text, told)

    def _add(self, claim: Claim) -> None:
        self._claims.append(claim)
        self._rested_on.update(_place(citation) for citation in claim.citations)


def tells_who(written: str, source: str) -> str:
    """Say whether most names of the news itself survive: shorter, not vaguer."""
    named = [
        name for name in names(source) if not any(fold(word) in CALENDAR for word in words(name))
    ]
    kept = set(content_words(written))
    lost = [
        name
        for name in named
        if (told := content_words(name)) and not kept.intersection(told)  # "J&K" has no word
    ]
    if len(named) - len(lost) >= _LEAST_NAMED * len(named):
        return PASSED
    return f"it leaves out {', '.join(sorted(lost))}"


def source_claim(document: Document, sentence: Sentence) -> Claim:
    """A source's own sentence as a claim that cites itself."""
    citation = Citation(
        document_id=document.id,
        source=document.source,
        url=document.url,
        sentence=sentence.text,
        start=sentence.start,
        end=sentence.end,
    )
    return Claim(text=sentence.text, citations=(citation,), origin="source")


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.document_id, citation.start, citation.end


def _spot(pick: Pick) -> tuple[str, int, int]:
    return pick.document.id, pick.sentence.start, pick.sentence.end
