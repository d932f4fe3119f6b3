"""Documents to a summary: ranked source sentences, or written ones that passed their checks.

A written sentence that fails is rewritten once, then replaced by the source's own
sentence. Knows no store, chat or clock; `today` is given.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

import structlog

from summarizer import extract
from summarizer.answer import repeats, usable_sentences
from summarizer.check import PASSED, Verdict, check
from summarizer.encode import Encoder
from summarizer.evidence import Evidence
from summarizer.extract import Pick
from summarizer.model import Citation, Claim, Document, Sentence, Summary
from summarizer.text import content_words, fold, names, words
from summarizer.words import CALENDAR
from summarizer.write import (
    Form,
    Stop,
    Writer,
    WriterUnavailable,
    build_prompt,
    max_tokens_for,
    rewrite_prompt,
)

NOTHING = "There is no full sentence to show."
NO_WRITER = "No writer is installed: these are the sources' own sentences."
NOTHING_WRITTEN = "The writer gave nothing usable: these are the sources' own sentences."

_LEAST_PICKED, _MOST_PICKED = 4, 8
_FEW_WORDS = 8
"""Fewer words than most sentences have: so many times fits what fills a form's room."""
_LEAST_NAMED = 0.75
"""How many of its source sentence's names the first written sentence must keep."""


class Summarizer:
    """Summaries of one or more documents about the same event.

    Safe to call from several threads as far as the encoder and the writer are; a writer
    wants one thread at a time. `languages` are the ISO 639 codes that the writer knows.
    """

    def __init__(
        self,
        encoder: Encoder,
        writer: Writer | None = None,
        *,
        languages: Collection[str] = ("en",),
    ) -> None:
        self.encoder = encoder
        self.writer = writer
        self._languages = frozenset(languages)

    def extract(
        self, documents: Sequence[Document], *, sentences: int = 3, query: str | None = None
    ) -> Summary:
        """The source sentences that matter most, verbatim. Raises EncoderUnavailable."""
        began = time.monotonic()
        picks = extract.rank(documents, self.encoder, sentences=max(1, sentences), query=query)
        return Summary(
            claims=tuple(_source_claim(pick.document, pick.sentence) for pick in picks),
            method="extract",
            model=f"{extract.NAME} on {self.encoder.name}",
            seconds=time.monotonic() - began,
            note=None if picks else NOTHING,
        )

    def write(
        self,
        documents: Sequence[Document],
        *,
        sentences: int = 3,
        query: str | None = None,
        today: date,
        stop: Stop,
    ) -> Summary:
        """A written summary, every sentence checked; source sentences with a note where not.

        Raises EncoderUnavailable, and WriterStopped when `stop` became true. A writer that
        is absent or unavailable, or a language that it does not know, is a note.
        """
        began = time.monotonic()
        sentences = max(1, sentences)
        if reason := self._why_not(documents):
            return self._instead(documents, sentences, query, reason, began)
        assert self.writer is not None
        try:
            form = self.writer.form(stop)
            picks = self._material(documents, sentences, query, form)
            if not picks:
                return self._instead(documents, sentences, query, None, began)
            claims = _Writing(self.writer, form, picks, sentences, today, stop).claims()
        except WriterUnavailable as error:
            return self._instead(documents, sentences, query, str(error), began)
        if not any(claim.checks for claim in claims):
            return self._instead(documents, sentences, query, NOTHING_WRITTEN, began)
        return Summary(
            claims=tuple(claims),
            method="write",
            model=self.writer.name,
            seconds=time.monotonic() - began,
        )

    def _why_not(self, documents: Sequence[Document]) -> str | None:
        if self.writer is None:
            return NO_WRITER
        foreign = sorted({d.language for d in documents if d.language} - self._languages)
        if foreign:
            return (
                f"The writer does not know this language ({', '.join(foreign)}): source sentences."
            )
        return None

    def _material(
        self, documents: Sequence[Document], sentences: int, query: str | None, form: Form
    ) -> list[Pick]:
        """The picked sentences that the writer is shown, in reading order."""
        room = form.words_of_one if len(documents) == 1 else form.words_of_several
        wanted = min(max(2 * sentences, _LEAST_PICKED), _MOST_PICKED)
        if room is None:
            return extract.rank(documents, self.encoder, sentences=wanted, query=query)
        picks = extract.rank(
            documents, self.encoder, sentences=max(wanted, room // _FEW_WORDS), query=query
        )
        return _within(picks, room, at_least=sentences)

    def _instead(
        self,
        documents: Sequence[Document],
        sentences: int,
        query: str | None,
        note: str | None,
        began: float,
    ) -> Summary:
        summary = self.extract(documents, sentences=sentences, query=query)
        line = " ".join(note.split()) if note and summary.claims else summary.note
        return replace(summary, note=line, seconds=time.monotonic() - began)


class _Writing:
    """One summary in the making: which source sentences its claims already rest on."""

    def __init__(
        self,
        writer: Writer,
        form: Form,
        picks: Sequence[Pick],
        sentences: int,
        today: date,
        stop: Stop,
    ) -> None:
        self.writer = writer
        self._form = form
        self._today = today
        self._picks = picks
        self._sentences = sentences
        self._stop = stop
        self._picked = [
            (group[0].document, [pick.sentence for pick in group])
            for _, each in groupby(picks, key=lambda pick: id(pick.document))
            for group in [list(each)]
        ]
        self._evidence = Evidence(self._picked)
        self._claims: list[Claim] = []
        self._rested_on: set[tuple[str, int, int]] = set()
        self._log = structlog.get_logger()

    def claims(self) -> list[Claim]:
        """The checked claims in the writer's order; what it left out is added behind them."""
        system, user = build_prompt(
            self._picked, sentences=self._sentences, today=self._today, form=self._form
        )
        for sentence in self._ask(system, user, self._sentences)[: self._sentences]:
            self._settle(sentence)
        if self._claims:
            self._complete()
        return self._claims

    def _ask(self, system: str, user: str, sentences: int) -> list[str]:
        answer = self.writer.generate(
            system, user, max_tokens=max_tokens_for(sentences), stop=self._stop
        )
        sources = [pick.sentence.text for pick in self._picks]
        return usable_sentences(answer, f"{system}\n{user}", sources)

    def _settle(self, sentence: str) -> None:
        """Keep one written sentence, or what may stand in its place, or drop a repetition."""
        verdict = self._check(sentence)
        if verdict.supported:
            self._add_written(sentence, verdict, {})
            return
        failed = {name: said for name, said in verdict.checks.items() if said != PASSED}
        self._log.info("written_sentence_failed", checks=failed)
        if self._rewritten(sentence, verdict, failed):
            return
        self._add_source(verdict)

    def _check(self, sentence: str) -> Verdict:
        """Hold a sentence against the sources; the first one must also tell who it is about."""
        verdict = check(sentence, self._evidence)
        if self._claims or not verdict.supported:
            return verdict
        said = _tells_who(sentence, verdict.citations[0].sentence)
        return replace(verdict, supported=said == PASSED, checks={**verdict.checks, "who": said})

    def _rewritten(self, sentence: str, verdict: Verdict, failed: dict[str, str]) -> bool:
        free = [c for c in verdict.citations if _place(c) not in self._rested_on]
        if not free:
            return False
        source = next((p for p in self._picks if _spot(p) == _place(free[0])), None)
        if source is None:
            return False
        told = [(source.document, [source.sentence])]
        prompt = rewrite_prompt(sentence, told, today=self._today, form=self._form)
        try:
            second = self._ask(*prompt, 1)
        except WriterUnavailable:
            return False
        again = self._check(second[0]) if second else None
        if again is None or not again.supported or second[0] == sentence:
            return False
        return self._add_written(second[0], again, {"rewritten": "; ".join(failed.values())})

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
                claim = _source_claim(pick.document, pick.sentence)
                self._add(replace(claim, checks=dict(verdict.checks)))
                return

    def _complete(self) -> None:
        """Rest on at least as many source sentences as were asked for: no news is lost."""
        for pick in sorted(self._picks, key=lambda pick: -pick.score):
            if len(self._rested_on) >= self._sentences:
                return
            if self._is_new(pick):
                self._add(_source_claim(pick.document, pick.sentence))

    def _is_new(self, pick: Pick) -> bool:
        told = (claim.text for claim in self._claims)
        return _spot(pick) not in self._rested_on and not repeats(pick.sentence.text, told)

    def _add(self, claim: Claim) -> None:
        self._claims.append(claim)
        self._rested_on.update(_place(citation) for citation in claim.citations)


def _within(picks: Sequence[Pick], room: int, *, at_least: int) -> list[Pick]:
    """The best picks that have at most `room` words together, in the order given."""
    kept: list[Pick] = []
    for pick in sorted(picks, key=lambda pick: -pick.score):
        size = len(pick.sentence.text.split())
        if size <= room or len(kept) < at_least:
            kept.append(pick)
            room -= size
    return [pick for pick in picks if any(pick is one for one in kept)]


def _tells_who(written: str, source: str) -> str:
    """Say whether most names of the news itself survive: shorter, not vaguer."""
    named = [
        name for name in names(source) if not all(fold(word) in CALENDAR for word in words(name))
    ]
    kept = set(content_words(written))
    lost = [name for name in named if not kept.intersection(content_words(name))]
    if len(named) - len(lost) >= _LEAST_NAMED * len(named):
        return PASSED
    return f"it leaves out {', '.join(sorted(lost))}"


def _source_claim(document: Document, sentence: Sentence) -> Claim:
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
