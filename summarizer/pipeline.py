"""Documents to a summary: ranked source sentences, or written ones that passed their checks.

Several are written side by side. Knows no store, chat or clock; `today` is given.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from summarizer import extract, ranker
from summarizer.abridging import Abridging
from summarizer.encode import Encoder
from summarizer.extract import Overtaken, Pick
from summarizer.judging import Judging
from summarizer.languages import listed
from summarizer.model import Claim, Document, Summary
from summarizer.provenance import makers
from summarizer.translating import Translation
from summarizer.write import Ask, Form, Stop, Writer, WriterUnavailable
from summarizer.writing import Steps, Writing, source_claim

NOTHING = "There is no full sentence to show."
NO_WRITER = "No writer is installed: these are the sources' own sentences."
LEFT_WHOLE = "Nothing in these sentences could be left out: they are the sources' own."
NOTHING_WRITTEN = "The writer gave nothing usable: these are the sources' own sentences."

_LEAST_PICKED, _MOST_PICKED = 4, 8
_FEW_WORDS = 8
"""Fewer words than most sentences have: so many times fits what fills a form's room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one summary is to be of, and how long; `query` is what its reader asked.

    `overtaken` says which sentences are old news beside others; they are not shown.
    """

    documents: Sequence[Document]
    sentences: int = 3
    query: str | None = None
    overtaken: Overtaken | None = None


class Summarizer:
    """Summaries of one or more documents about the same event.

    Safe to call from several threads as far as the encoder and the writer are; a writer
    wants one thread at a time. `languages` are the ISO 639-1 codes that the writer knows,
    `translates` whether it may turn others into English; `heard` is told of everything that
    the writer was asked for, such as to count it; `judge` is asked about written sentences
    after the mechanical checks.
    """

    def __init__(
        self,
        encoder: Encoder,
        writer: Writer | None = None,
        *,
        languages: Collection[str] = ("en",),
        translates: bool = False,
        heard: Callable[[Summary], None] = lambda summary: None,
        judge: Judging | None = None,
    ) -> None:
        self.encoder = encoder
        self.writer = writer
        self._languages = frozenset(languages)
        self._translates = translates
        self._heard = heard
        self._judge = judge

    @property
    def ranker(self) -> str:
        """What chooses the sentences, for receipts and keys."""
        return f"{ranker.NAME} on {self.encoder.name}"

    def makers(self, *, writing: bool) -> dict[str, str]:
        """What makes a summary, by name and version; see `summarizer.provenance`."""
        found = makers(self.encoder, self.writer if writing else None, self._judge)
        known = sorted(self._languages) + (["translating"] if self._translates else [])
        return {**found, "languages": ", ".join(known)}

    def extract(
        self,
        documents: Sequence[Document],
        *,
        sentences: int = 3,
        query: str | None = None,
        overtaken: Overtaken | None = None,
    ) -> Summary:
        """The source sentences that matter most, verbatim; `overtaken` as of a `Job`.

        Raises EncoderUnavailable.
        """
        began = time.monotonic()
        picks = extract.rank(
            documents,
            self.encoder,
            sentences=max(1, sentences),
            query=query,
            overtaken=overtaken,
        )
        return Summary(
            claims=tuple(source_claim(pick.document, pick.sentence) for pick in picks),
            method="extract",
            model=self.ranker,
            seconds=time.monotonic() - began,
            note=self._abroad(documents) if picks else NOTHING,
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
        job = Job(documents=documents, sentences=sentences, query=query)
        return self.write_many([job], today=today, stop=stop)[0]

    def write_many(self, jobs: Sequence[Job], *, today: date, stop: Stop) -> list[Summary]:
        """Write several summaries side by side, as `write` does each: faster than one by one.

        `seconds` of each is its share of the time. Memory grows with the jobs: give a few
        dozen at once. Raises as `write` does; what was written until then is lost.
        """
        began = time.monotonic()
        ended: dict[int, list[Claim] | str | None] = {}
        steps: dict[int, Steps] = {}
        for at, job in enumerate(jobs):
            begun = self._begin(job, today, stop)
            if isinstance(begun, Writing | Translation):
                steps[at] = begun.steps()
            else:
                ended[at] = begun
        self._drive(steps, ended, stop)
        summaries = [self._summary(job, ended[at]) for at, job in enumerate(jobs)]
        share = (time.monotonic() - began) / max(1, len(jobs))
        summaries = [replace(summary, seconds=share) for summary in summaries]
        for summary in summaries:
            self._heard(summary)
        return summaries

    def _begin(self, job: Job, today: date, stop: Stop) -> Writing | Translation | str | None:
        """The writing to be done, or why there is none; None where no sentence can be shown."""
        if self.writer is None:
            return NO_WRITER
        if line := self._abroad(job.documents):
            return line
        sentences = max(1, job.sentences)
        known = self._known(job.documents)
        if not known:
            picks = self._picks(job, job.documents, sentences)
            return Translation(picks) if picks else None
        try:
            form = self.writer.form(stop)
        except WriterUnavailable as error:
            return str(error)
        if self.writer.words == "sources":
            picks = self._picks(job, known, sentences)
            return Abridging(form, picks, len(picks), today, self._judge) if picks else None
        picks = self._material(job, known, form)
        return Writing(form, picks, sentences, today, self._judge) if picks else None

    def _drive(
        self, steps: dict[int, Steps], ended: dict[int, list[Claim] | str | None], stop: Stop
    ) -> None:
        """Let the writer answer what all writings ask next, until each has ended."""
        asked: dict[int, Ask] = {at: next(step) for at, step in steps.items()}
        while asked:
            turn, asked = asked, {}
            for at, answer in zip(turn, self._answers(list(turn.values()), stop), strict=True):
                step = steps[at]
                try:
                    if isinstance(answer, WriterUnavailable):
                        asked[at] = step.throw(answer)
                    else:
                        asked[at] = step.send(answer)
                except StopIteration as end:
                    ended[at] = end.value
                except WriterUnavailable as error:
                    ended[at] = str(error)

    def _answers(self, asks: Sequence[Ask], stop: Stop) -> Sequence[str | WriterUnavailable]:
        assert self.writer is not None
        try:
            return self.writer.generate_many(asks, stop=stop)
        except WriterUnavailable as error:
            return [error] * len(asks)

    def _summary(self, job: Job, ended: list[Claim] | str | None) -> Summary:
        """The written claims, or source sentences with the reason why none were written."""
        if isinstance(ended, list) and any(claim.checks for claim in ended):
            assert self.writer is not None
            return Summary(
                claims=tuple(ended),
                method="write",
                model=self.writer.name,
                seconds=0.0,
                note=self._left_out(job.documents) or self._left_whole(ended),
            )
        note = NOTHING_WRITTEN if isinstance(ended, list) else ended
        summary = self.extract(
            job.documents, sentences=job.sentences, query=job.query, overtaken=job.overtaken
        )
        line = " ".join(note.split()) if note and summary.claims else summary.note
        return replace(summary, note=line)

    def _known(self, documents: Sequence[Document]) -> list[Document]:
        """The documents in languages that the writer knows; where it is not known, it may be."""
        return [one for one in documents if not one.language or one.language in self._languages]

    def _abroad(self, documents: Sequence[Document]) -> str | None:
        """The line for texts that the models cannot put into their reader's language."""
        if self._translates or self._known(documents):
            return None
        foreign = {one.language for one in documents if one.language}
        return (
            f"Summaries are written in {listed(self._languages)} only: "
            f"these are the sources' own sentences, in {listed(foreign)}."
        )

    def _left_out(self, documents: Sequence[Document]) -> str | None:
        """The line for articles that a written summary could not use."""
        known = self._known(documents)
        foreign = {one.language for one in documents if one.language} - self._languages
        if not known or not foreign:
            return None
        return f"Articles in {listed(foreign)} were left out: the writer does not know it."

    def _left_whole(self, claims: Sequence[Claim]) -> str | None:
        """The line for a summary in which a writer of its sources' words left nothing out."""
        assert self.writer is not None
        whole = all(claim.origin == "source" and claim.fate == "kept" for claim in claims)
        return LEFT_WHOLE if whole and self.writer.words == "sources" else None

    def _picks(self, job: Job, documents: Sequence[Document], sentences: int) -> list[Pick]:
        return extract.rank(
            documents,
            self.encoder,
            sentences=sentences,
            query=job.query,
            overtaken=job.overtaken,
        )

    def _material(self, job: Job, documents: Sequence[Document], form: Form) -> list[Pick]:
        """The picked sentences that the writer is shown, in reading order."""
        sentences = max(1, job.sentences)
        room = form.words_of_one if len(documents) == 1 else form.words_of_several
        wanted = min(max(2 * sentences, _LEAST_PICKED), _MOST_PICKED)
        if room is None:
            return self._picks(job, documents, wanted)
        picks = self._picks(job, documents, max(wanted, room // _FEW_WORDS))
        return _within(picks, room, at_least=sentences)


def _within(picks: Sequence[Pick], room: int, *, at_least: int) -> list[Pick]:
    """The best picks that have at most `room` words together, in the order given."""
    kept: list[Pick] = []
    for pick in sorted(picks, key=lambda pick: -pick.score):
        size = len(pick.sentence.text.split())
        if size <= room or len(kept) < at_least:
            kept.append(pick)
            room -= size
    return [pick for pick in picks if any(pick is one for one in kept)]
