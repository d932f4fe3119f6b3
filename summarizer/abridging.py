"""A summary in its sources' words: which of their sentences are told shorter, and how.

The sentences are those that a summary of source sentences would show, in the same order; the
writer chooses what is left out. Each shorter one passes the checks, or the whole one stands.
"""

from __future__ import annotations

from dataclasses import replace

from summarizer.check import PASSED, check
from summarizer.extract import Pick
from summarizer.leaning import leans_back
from summarizer.model import Claim
from summarizer.shortening import shortenings
from summarizer.told import MOST_CITED
from summarizer.write import Ask, build_prompt, max_tokens_for
from summarizer.writing import Steps, Writing, source_claim, tells_who

WORDS = "words"
"""The name of the check that holds by how it was written: all words are one source sentence's."""

SHORT = 3
"""Up to so many sentences a summary is a short one. A longer one is to cover what there is and
loses only what ties its sentences to others: what else it left out was missed (docs/quality.md)."""

MOST_CHECKED = 8
"""So many texts of one sentence are checked and offered to the writer, the shortest."""


class Abridging(Writing):
    """One summary in the making, of exactly the picks that it is given."""

    def steps(self) -> Steps:
        """End with a claim for each pick, shorter where the writer chose so."""
        system, user = build_prompt(
            self._picked, sentences=self._sentences, today=self._today, form=self._form
        )
        within = tuple(self._allowed(at) for at in range(len(self._picks)))
        answer = yield Ask(
            system=system, user=user, max_tokens=max_tokens_for(len(within)), within=within
        )
        lines = answer.split("\n")
        for at, pick in enumerate(self._picks):
            line = lines[at] if at < len(lines) else ""
            self._add(self._told(pick, line if line in within[at] else pick.sentence.text))
        return self._claims

    def _allowed(self, at: int) -> tuple[str, ...]:
        """What the pick there may become: what passes the checks, and keeps what others need."""
        pick, later = self._picks[at], self._picks[at + 1 :]
        whole, language = pick.sentence.text, pick.document.language
        goes_on = bool(later) and later[0].document is pick.document
        if goes_on and leans_back(later[0].sentence.text, language):
            return (whole,)
        shown = [one.sentence.text for one in later]
        found = shortenings(whole, language, shown, only_links=len(self._picks) > SHORT)
        shorter = [text for text in found[1:][-MOST_CHECKED:] if self._passes(at, text)]
        return (whole, *shorter)

    def _passes(self, at: int, text: str) -> bool:
        """Whether the checks that need no model hold."""
        if at == 0 and tells_who(text, self._picks[at].sentence.text) != PASSED:
            return False
        return check(text, self._evidence).supported

    def _told(self, pick: Pick, text: str) -> Claim:
        own = source_claim(pick.document, pick.sentence)
        if text == pick.sentence.text:
            return replace(own, checks={WORDS: PASSED})
        verdict = self._check(text)
        if not verdict.supported:
            self._log.debug("shorter_sentence_failed", checks=dict(verdict.checks))
            return replace(own, checks=dict(verdict.checks))
        rest = [one for one in verdict.citations if one != own.citations[0]]
        return Claim(
            text=text,
            citations=(*own.citations, *rest)[:MOST_CITED],
            origin="written",
            checks={WORDS: PASSED, **verdict.checks},
        )
