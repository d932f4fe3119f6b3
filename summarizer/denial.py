"""Whether a written sentence denies what its sources say, or tells what they deny.

A negation falls on the next content word; some verbs and prefixes negate too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from summarizer.evidence import Passage, Unit
from summarizer.text import fold, stem
from summarizer.words import NEGATIONS, STOP_WORDS, word_set

_LEAST_NEAR = 0.5
_LEAST_NEGATED = 6
_DENIALS = NEGATIONS | word_set(
    "failure failures refusal refusals rejection denial denials inability lack lacks lacked"
)
_ONLY = word_set("only just merely simply")
_WHOLLY = word_set("event case way circumstance circumstances means")
_OUTRIGHT = word_set("not no never cannot")
_NEGATING_PREFIXES = ("un", "in", "im", "il", "ir", "non", "dis", "anti")


def _negated(text: str) -> tuple[set[str], set[str]]:
    """The stems that a negation of `text` falls on (the next content word), and the others."""
    under: set[str] = set()
    plain: set[str] = set()
    negated = False
    before = ""
    for token in re.findall(r"[^\W_]+(?:[’'][^\W_]+)*|[,;:.—–]", text):
        word = fold(token)
        if not token[0].isalnum():
            negated = False
        elif word in _ONLY and before == "not":
            negated = False  # "not only A but also B" denies neither
        elif word in _DENIALS or word.endswith("n't"):
            negated = True
        elif word not in STOP_WORDS and not word.endswith("ly"):
            (under if negated else plain).add(stem(word))
            negated = negated and word in _WHOLLY  # "in no event shall A pay"
        before = word
    return under, plain


def _words(text: str) -> set[str]:
    found = {fold(token) for token in re.findall(r"[^\W_]+(?:[’'][^\W_]+)*", text)}
    return found | {"not" for word in found if word.endswith("n't")}


def _denies(passage: Passage) -> bool:
    """Whether a passage denies anything, by a word or a prefix."""
    said = _words(passage.sentence.text)
    return bool(said & (_DENIALS | {"but", "little", "few"})) or any(
        word.startswith(_NEGATING_PREFIXES) and len(word) > _LEAST_NEGATED for word in said
    )


def denial(written: str, stated: Sequence[Unit], cited: Sequence[Passage]) -> str | None:
    """One line when the two differ in what they deny."""
    under, plain = _negated(written)
    near = [p for p in cited if sum(map(p.holds, stated)) >= _LEAST_NEAR * len(stated)]
    spoken = [_negated(p.sentence.text) for p in near]
    source_under: set[str] = set().union(*(u for u, _ in spoken))
    source_plain: set[str] = set().union(*(p for _, p in spoken))
    lost = (plain - under) & (source_under - source_plain)
    if lost and not under:
        return f"its sources deny this: {min(lost)!r}"
    gained = (under - plain) & (source_plain - source_under)
    if gained and not source_under:
        return f"its sources do not deny this: {min(gained)!r}"
    if _OUTRIGHT & _words(written) and cited and not any(map(_denies, cited)):
        return "its sources deny nothing"
    known = source_under | source_plain
    for word in sorted((under | plain) - known):
        for prefix in _NEGATING_PREFIXES:
            bare = word.removeprefix(prefix)
            if prefix + word in known or (bare != word and len(bare) > 3 and bare in known):
                return f"its sources say the opposite of {word!r}"
    return None
