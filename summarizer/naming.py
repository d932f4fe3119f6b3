"""Whether every name of a written sentence stands in its sources, and with its deed.

A name may be shorter than there, an acronym, or stand for "he". Offices are for `roles`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from summarizer.align import Alignment
from summarizer.evidence import Evidence, Passage, Unit
from summarizer.text import fold, names, spoken
from summarizer.told import LEAST_TOGETHER, LEAST_WITH_SUBJECT, Rest, cite, ordered
from summarizer.words import AUXILIARIES

_ORDINARY_FORM = re.compile(r"(?:s|ing|ly|tion|ment|ness|ity|ed|er|al|ive|ic|ous|an|ish|ese|y)$")
_LEAST_COPIED = 3


def unknown_name(
    written: str,
    stated: Sequence[Unit],
    evidence: Evidence,
    cited: list[Passage],
    tiles: Sequence[Alignment],
) -> str | None:
    """One line about the first name that its sources lack or do not tell this of."""
    found = names(written)
    opening = _opening(written, stated)
    if opening and not any(written.startswith(name, opening.start) for name in found):
        if fold(opening.word) in evidence.name_words:
            found |= {opening.word}
        elif _is_bare_subject(written, opening) and not any(
            passage.holds(opening) for passage in evidence.everywhere
        ):
            return f"{opening.word!r} is not in its sources"
    least = LEAST_WITH_SUBJECT
    for name in sorted(found, key=written.find):
        start = written.find(name)
        end = start + len(name)
        parts = [u for u in stated if start <= u.start < end and not u.is_date]
        if not parts:
            continue
        rest = Rest(written, stated, start, end)
        known = [p for p in ordered(evidence, cited) if _has_name(name, parts, p, evidence)]
        if not known:
            return f"{name!r} is not in its sources"
        together = rest.find(known, evidence.passages, least) or rest.told_without(
            known, evidence.passages, stated
        )
        least = LEAST_TOGETHER
        if together is None or _replaced(name, start, tiles, together, cited):
            return f"{name!r} does not stand with this in its sources"
        cite(together, cited)
        leaned = together.antecedent
        if leaned and not any(together.holds(part) for part in parts):
            cite(leaned, cited)
    return None


def _replaced(
    name: str, start: int, tiles: Sequence[Alignment], holder: Passage, cited: Sequence[Passage]
) -> bool:
    """Whether a name from a sentence further off stands where the source has other words.

    So for "recovery from the Great War" where it has "recovery from the great flood". A name
    from the same or the next sentence may stand for "the agency" or "he".
    """
    if not tiles or holder is cited[0] or holder.document is not cited[0].document:
        return False
    if abs(holder.index - cited[0].index) <= 1:
        return False
    found = tiles[0]
    places = [
        i for i, t in enumerate(found.written) if start <= t.start < start + len(name) and t.content
    ]
    if not places or found.where[places[-1]] is not None or places[0] < _LEAST_COPIED:
        return False
    before = found.where[places[0] - _LEAST_COPIED : places[0]]
    if None in before or before != tuple(range(before[0] or 0, (before[0] or 0) + len(before))):
        return False
    follows = found.source[(before[-1] or 0) + 1 : (before[-1] or 0) + 1 + len(places)]
    return bool(follows) and follows[-1].content


def _opening(written: str, stated: Sequence[Unit]) -> Unit | None:
    """The first word, if it carries content: no form tells a name there from another word."""
    word = re.search(r"[^\W_]", written)
    if word is None or not stated or stated[0].start != word.start() or stated[0].is_date:
        return None
    return stated[0] if stated[0].word[0].isupper() and not stated[0].word.endswith("ly") else None


def _is_bare_subject(written: str, opening: Unit) -> bool:
    """Whether a verb follows the first word, or its form is not an ordinary plural or noun."""
    rest = re.match(r"\W*([^\W\d_]+)", written[opening.start + len(opening.word) :])
    follower = rest[1] if rest else ""
    verb_follows = follower in AUXILIARIES or follower.endswith("ed")
    return verb_follows or not _ORDINARY_FORM.search(opening.word)


def _has_name(name: str, parts: Sequence[Unit], passage: Passage, evidence: Evidence) -> bool:
    """Whether a passage names this: in full, in part with the full form elsewhere, or as "he"."""
    if all(passage.holds(part) for part in parts):
        return True
    if fold(name).replace(" ", "") in passage.initials:
        return True
    if f" {spoken(name)} " in f" {spoken(passage.document.source)} ":
        return True  # "the outlet reported": that it did is what citing it says
    lean = passage.antecedent
    reach = [passage, lean] if lean else [passage]
    partly = any(p.names_with(parts[-1]) for p in reach) or any(
        p.names_with(part) and evidence.is_of_one_name(part) for p in reach for part in parts
    )
    return partly and any(all(p.holds(part) for part in parts) for p in evidence.everywhere)
