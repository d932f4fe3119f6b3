"""What became of cited sentences on a page that was read again: changed, taken back, or as told.

A page that was only rewritten, shortened by a paywall or carried on corrects nothing. Pure:
knows texts, no network, no store and no chats.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files
from typing import Literal

from news.readings import same_value
from news.statements import name_keys
from summarizer.figures import counts_people, figures
from summarizer.numbers import Number, numbers, occurs
from summarizer.text import content_words, fold, split_sentences
from summarizer.words import CALENDAR, NEGATIONS

Likeness = Callable[[str, Sequence[str]], Sequence[float]]
"""How alike a sentence is in meaning to each of others, from -1 to 1."""

_SAME_SENTENCE = 0.6
"""From this share of words in the same order on one sentence is the other, edited."""
_STILL_TOLD = 0.7
_ALIKE = 0.7
"""Of a page that still has so many of its sentences a missing one was taken out."""
_CARRIED_ON = 0.5
_LEAST_SENTENCES = 4
_ABOUT = 3

Kind = Literal["changed", "retracted", "noted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A cited sentence that does not stand any more, what stands there now, and the note on it."""

    said: str
    kind: Kind
    says: str | None = None
    note: str | None = None


def compare(cited: Sequence[str], before: str, after: str, alike: Likeness) -> list[Finding]:
    """Hold the sentences cited from the text `before` against the text that is there now.

    Give a finding for each that was corrected or taken back; none for the others.
    """
    old, new = _sentences(before), _sentences(after)
    known, present = {_plain(one) for one in old}, {_plain(one) for one in new}
    if not old or not new:
        return []
    kept = sum(_plain(one) in present for one in old) / len(old)
    notes = [one for one in new if _plain(one) not in known and is_note(one)]
    added = [one for one in new if _plain(one) not in known and one not in notes]
    told = [one for one in new if one not in notes]
    whole = _plain(" ".join(told))
    found = []
    for said in dict.fromkeys(cited):
        note = next((one for one in notes if _is_about(one, said)), None)
        if _plain(said) in whole:
            if note is not None:
                found.append(Finding(said=said, kind="noted", note=note))
            continue
        finding = _judge(said, added, told, kept, note, alike)
        if finding is not None and (kept > 0 or finding.note):
            found.append(finding)
    return found


def is_note(sentence: str) -> bool:
    """Whether a sentence says that what the page had told was wrong."""
    return any(pattern.search(sentence) for pattern in _notes())


@cache
def _notes() -> tuple[re.Pattern[str], ...]:
    data = tomllib.loads((files("news") / "corrected.toml").read_text(encoding="utf-8"))
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in data["notes"])


def _judge(
    said: str,
    added: Sequence[str],
    told: Sequence[str],
    kept: float,
    note: str | None,
    alike: Likeness,
) -> Finding | None:
    """Decide about one sentence that does not stand there word for word any more."""
    edited = max(added, key=lambda one: _overlap(said, one), default=None)
    if edited is not None and _overlap(said, edited) >= _SAME_SENTENCE:
        if not facts_differ(said, edited):
            return None
        if kept < _CARRIED_ON and note is None and _grew(said, edited):
            return None  # a live page goes on counting
        return Finding(said=said, kind="changed", says=edited, note=note)
    for one, like in zip(told, alike(said, told), strict=True):
        if like >= _STILL_TOLD and not facts_differ(said, one):
            return None
    if note is not None:
        return Finding(said=said, kind="retracted", note=note)
    if kept >= _ALIKE and len(told) >= _LEAST_SENTENCES:
        return Finding(said=said, kind="retracted")
    return None


def facts_differ(said: str, says: str) -> bool:
    """Whether two forms of a sentence differ in a number, a name, a day or a denial.

    What one leaves out is no difference; what it says in the other's place is.
    """
    mine, theirs = numbers(said), numbers(says)
    if _lost(mine, theirs) and _lost(theirs, mine):
        return True
    a, b = name_keys(said), name_keys(says)
    if a - b and b - a:
        return True
    days, other = _days(said), _days(says)
    if days - other and other - days:
        return True
    return _denies(said) != _denies(says)


def _lost(mine: frozenset[Number], theirs: frozenset[Number]) -> bool:
    return any(not occurs(one, theirs) for one in mine)


def _days(text: str) -> set[str]:
    words = re.findall(r"[A-Z][a-z]+", text)
    return {CALENDAR[word.lower()] for word in words if word.lower() in CALENDAR}


def _denies(text: str) -> bool:
    words = [fold(word) for word in re.findall(r"[^\W_]+(?:[’'][^\W_]+)*", text)]
    return any(word in NEGATIONS or word.endswith("n't") for word in words)


def _grew(said: str, says: str) -> bool:
    """Whether all that changed are counts of people, and every one of them is higher now."""
    was = {one.kind: one for one in figures(said) if counts_people(one.kind)}
    now = {one.kind: one for one in figures(says) if counts_people(one.kind)}
    pairs = [(was[kind], now[kind]) for kind in was.keys() & now.keys()]
    changed = [(a, b) for a, b in pairs if not same_value(a, b)]
    names = name_keys(said) - name_keys(says)
    return bool(changed) and not names and all(b.low > a.low for a, b in changed)


def _is_about(note: str, said: str) -> bool:
    shared = set(content_words(note)) & set(content_words(said))
    return len(shared) >= _ABOUT or bool(numbers(note) & numbers(said) and shared)


def _overlap(one: str, two: str) -> float:
    a, b = _plain(one).split(), _plain(two).split()
    return SequenceMatcher(a=a, b=b, autojunk=False).ratio()


def _sentences(text: str) -> list[str]:
    return [one.text for one in split_sentences(text) if len(one.text.split()) > 2]


def _plain(text: str) -> str:
    """Words alone, so that marks and spacing make no difference."""
    return " ".join(re.findall(r"[^\W_]+", fold(text)))
