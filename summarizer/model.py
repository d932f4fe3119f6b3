"""The values that the summarizer takes and gives: documents, sentences, claims, summaries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Origin = Literal["written", "source"]
"""Whether a claim was written by a model, or is a source's own sentence."""

Fate = Literal["kept", "rewritten", "replaced", "added"]
"""What became of a sentence of a written summary: shown as first written, or as written anew
after a check failed; or the source's own sentence, in its place or for news that it left out."""

REWRITTEN = "rewritten"
"""The name under which `checks` holds what was wrong with the first version."""

MODEL_SCORE = "model_score"
"""The name under which `checks` holds how likely the trained judge finds support, 0 to 1."""

NOTES = frozenset((REWRITTEN, MODEL_SCORE))
"""Entries of `checks` that tell something else than how a check ended."""

Method = Literal["extract", "write"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One text to summarise. Offsets everywhere count characters of `text`."""

    id: str
    text: str
    title: str = ""
    source: str = ""
    url: str | None = None
    published_at: datetime | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A stretch of a document's text: `text == document.text[start:end]`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The source sentence behind a claim: `sentence == text[start:end]` of that document."""

    document_id: str
    source: str
    url: str | None
    sentence: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One sentence that is shown, with what it rests on.

    `checks` maps the name of a check to "passed" or to one line that says what failed
    in the written sentence that this claim replaced; what NOTES names is told beside them.
    `translated_from` is the ISO 639-1 code of the language that a translated sentence is from.
    """

    text: str
    citations: tuple[Citation, ...]
    origin: Origin
    checks: Mapping[str, str] = field(default_factory=dict)
    translated_from: str | None = None

    @property
    def fate(self) -> Fate:
        """What became of the written sentence that stands, or stood, here."""
        return fate_of(self.checks)


def fate_of(checks: Mapping[str, str]) -> Fate:
    """What the checks of a claim in a written summary tell about it."""
    if not checks:
        return "added"
    if REWRITTEN in checks:
        return "rewritten"
    ended = (said for name, said in checks.items() if name not in NOTES)
    return "kept" if all(said == "passed" for said in ended) else "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Claims about one or more documents, in reading order.

    `model` names the writer for method "write", the ranker for "extract". `note` is one
    line for the reader when something was not as asked (no writer, unknown language, ...).
    """

    claims: tuple[Claim, ...]
    method: Method
    model: str
    seconds: float
    note: str | None = None

    @property
    def fates(self) -> dict[Fate, int]:
        """How many sentences of a written summary were kept, rewritten, replaced and added."""
        counted: dict[Fate, int] = {"kept": 0, "rewritten": 0, "replaced": 0, "added": 0}
        for claim in self.claims if self.method == "write" else ():
            counted[claim.fate] += 1
        return counted
