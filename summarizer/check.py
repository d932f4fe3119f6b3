"""Is a written sentence supported by its source sentences? Mechanical checks, no model.

What must be true is judged against the cited sentences themselves; the rest of the documents
only confirms a fuller form of a name that a cited sentence has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from summarizer.align import Alignment, align
from summarizer.days import days
from summarizer.degrees import changed_degree, only_asked, other_way, too_sure
from summarizer.denial import denial
from summarizer.edits import unsafe_edit
from summarizer.evidence import Evidence, Passage, Unit, units
from summarizer.model import Citation
from summarizer.naming import unknown_name
from summarizer.numbers import Mention, mentions, occurs
from summarizer.order import turned
from summarizer.owners import wrong_owner
from summarizer.partners import belongs_to_other
from summarizer.roles import wrong_office
from summarizer.shifts import (
    hedge_lost,
    more_than_one,
    new_description,
    new_owner,
    object_as_doer,
    other_doer,
    ran_over_pause,
    relative_as_main,
    tense_lost,
    whose_voice,
)
from summarizer.slots import other_name, swapped_names
from summarizer.speakers import lost_speaker, mixed_speaker, says_nothing, wrong_speaker
from summarizer.subject import misplaced
from summarizer.text import quotations, spoken
from summarizer.told import MOST_CITED, Rest, cite, ordered

NAME = "geobrief-checks-5"
"""The checks' name and version, for receipts; grows when what passes changes."""

PASSED = "passed"

LEAST_SUPPORT = 0.5
"""The least share of a written sentence's content that its cited sentences must hold.

Chosen by balanced accuracy on one half of the articles of six annotated sets.
"""

_AGE = re.compile(r"\d{1,3}(?:,|[\s-]+year[\s-]+old)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the checks found.

    `checks` maps each check to "passed" or to one line that says what failed. `citations`
    are the source sentences that support it best, best first, also when it failed.
    `support` is the share of its content that they hold, from 0 to 1.
    """

    supported: bool
    checks: Mapping[str, str]
    citations: tuple[Citation, ...]
    support: float


def check(written: str, evidence: Evidence) -> Verdict:
    """Hold one written sentence against `evidence`.

    A sentence without any content word or number is not supported: it states nothing.
    """
    stated = units(written)
    cited, support = _cover(stated, evidence.passages)
    told = [passage.sentence.text for passage in cited]
    tiles = align(written, told)
    tiled = list(zip(tiles, cited, strict=True))
    deed = turned(written, stated, cited)
    everywhere = [passage.sentence.text for passage in evidence.everywhere]
    checks = {
        "support": _support(support),
        "names": _first(
            [
                unknown_name(written, stated, evidence, cited, tiles),
                *(other_name(one, everywhere) for one in tiles[:1]),
                *map(swapped_names, tiles[:1]),
            ]
        ),
        "offices": _first(
            [wrong_office(written, everywhere), new_description(written, everywhere)]
        ),
        "dates": _first([_dates(written, stated, evidence, cited), *_owners(written, told, True)]),
        "numbers": _first(
            [_numbers(written, stated, evidence, cited), *_owners(written, told, False)]
        ),
        "degrees": _first(
            said
            for one, text in zip(tiles, told, strict=True)
            for said in (other_way(one), changed_degree(one, written, text), more_than_one(one))
        ),
        "certainty": _first(
            said
            for one, text in zip(tiles, told, strict=True)
            for said in (
                too_sure(one),
                only_asked(one, written, text),
                hedge_lost(one),
                tense_lost(one),
            )
        ),
        "quotations": _quotations(written, evidence, cited),
        "negation": _first([denial(written, stated, cited)]),
        "subject": _first(
            said
            for one in tiles
            for said in (
                misplaced(one),
                other_doer(one),
                object_as_doer(one),
                relative_as_main(one),
            )
        ),
        "owners": _first([wrong_owner(written, everywhere), *map(new_owner, tiles)]),
        "order": PASSED if deed is None else f"its sources tell {deed!r} the other way round",
        "attribution": _speaking(tiled, written),
        "edits": _first([unsafe_edit(tiles), *(ran_over_pause(one, written) for one in tiles)]),
    }
    return Verdict(
        supported=all(result == PASSED for result in checks.values()),
        checks=checks,
        citations=tuple(passage.citation for passage in cited[:MOST_CITED]),
        support=support,
    )


def _owners(written: str, told: Sequence[str], dates: bool) -> Iterator[str | None]:
    return (belongs_to_other(written, source, dates=dates) for source in told)


def _cover(stated: Sequence[Unit], passages: Sequence[Passage]) -> tuple[list[Passage], float]:
    """The one to three passages that hold most of `stated`, and the share that they hold.

    The first holds the most; a further one must add two words, a tenth of the sentence.
    Word pairs in the source's order count half beside single words: a sentence stitched
    from scattered words has the words but not the pairs.
    """
    wanted = {unit.form: unit for unit in stated}
    pairs = [(a.form, b.form) for a, b in pairwise(stated)]
    if not wanted:
        return [], 0.0
    chosen: list[Passage] = []
    held: set[str] = set()
    while len(chosen) < MOST_CITED:
        gains = [
            (sum(1 for f, u in wanted.items() if f not in held and p.holds(u)), -i)
            for i, p in enumerate(passages)
        ]
        gain, index = max(gains, default=(0, 0))
        if gain < (1 if not chosen else max(2, 0.1 * len(wanted))):
            break
        best = passages[-index]
        chosen.append(best)
        held.update(form for form, unit in wanted.items() if best.holds(unit))
    single = len(held) / len(wanted)
    if not pairs:
        return chosen, single
    paired = sum(1 for pair in pairs if any(_has_pair(p, pair) for p in chosen)) / len(pairs)
    return chosen, (single + 0.5 * paired) / 1.5


def _has_pair(passage: Passage, pair: tuple[str, str]) -> bool:
    """Whether the two words stand in this order at most four content words apart."""
    forms = [unit.form for unit in passage.units]
    for index, form in enumerate(forms):
        if form == pair[0] and pair[1] in forms[index + 1 : index + 5]:
            return True
    return False


def _support(support: float) -> str:
    if support >= LEAST_SUPPORT:
        return PASSED
    return f"only {support:.0%} of its content stands in its sources"


def _dates(
    written: str, stated: Sequence[Unit], evidence: Evidence, cited: list[Passage]
) -> str | None:
    for unit in stated:
        if not unit.is_date:
            continue
        rest = Rest(written, stated, unit.start, unit.start + len(unit.word))
        day = next((d for d in days(written, None) if d.start <= unit.start < d.end), None)
        known = [
            p
            for p in ordered(evidence, cited)
            if p.holds(unit) or (day is not None and p.names_day(day))
        ]
        together = rest.find(known, evidence.passages)
        if together is None:
            where = "does not stand with this in" if known else "is not in"
            return f"{unit.word.rstrip('.')!r} {where} its sources"
        cite(together, cited)
    return None


def _numbers(
    written: str, stated: Sequence[Unit], evidence: Evidence, cited: list[Passage]
) -> str | None:
    for mention in mentions(written):
        day = next((d for d in days(written, None) if d.start <= mention.start < d.end), None)
        known = [
            p
            for p in ordered(evidence, cited)
            if occurs(mention.number, p.numbers) or (day is not None and p.names_day(day))
        ]
        if not known:
            return f"{mention.number} is not in its sources"
        rest = Rest(written, stated, mention.start, mention.end)
        together = rest.find(known, evidence.passages) or _of_age(written, mention, stated, known)
        if together is None:
            return f"{mention.number} does not stand with this in its sources"
        cite(together, cited)
    return None


def _of_age(
    written: str, mention: Mention, stated: Sequence[Unit], known: Sequence[Passage]
) -> Passage | None:
    """The first of `known` that gives this age to the same person: "A, 71," or "71-year-old"."""
    if not _AGE.match(written, mention.start):
        return None
    before = [unit for unit in stated if unit.start < mention.start][-1:]
    for passage in known:
        lean = passage.antecedent
        if all(passage.holds(u) or bool(lean and lean.holds(u)) for u in before):
            return passage
    return None


def _quotations(written: str, evidence: Evidence, cited: list[Passage]) -> str:
    """Quotation marks stand only around words that a source has between its own."""
    if sum(written.count(mark) for mark in '“”"«»„') % 2:
        return "a quotation mark stands alone"
    for quote in quotations(written):
        wanted = f" {spoken(quote)} "
        if not wanted.strip():
            continue
        if not any(wanted in words for words in evidence.quoted):
            return f"no source has {quote[:60]!r} between quotation marks"
        holder = next(
            (p for p in ordered(evidence, cited) if wanted in f" {spoken(p.sentence.text)} "),
            None,
        )
        if holder is not None:
            cite(holder, cited)
    return PASSED


def _speaking(tiled: Sequence[tuple[Alignment, Passage]], written: str) -> str:
    """What a source leaves with a speaker keeps that speaker, and no other."""
    if said := says_nothing(written):
        return said
    for found, passage in tiled:
        source = passage.sentence.text
        before = passage.before.sentence.text if passage.before else ""
        said = (
            lost_speaker(found, source)
            or wrong_speaker(found, written, source, before)
            or whose_voice(written, source)
        )
        if said:
            return said
    sources = [(p.sentence.text, p.before.sentence.text if p.before else "") for _, p in tiled]
    return mixed_speaker([found for found, _ in tiled], written, sources) or PASSED


def _first(found: Iterable[str | None]) -> str:
    return next((said for said in found if said), PASSED)
