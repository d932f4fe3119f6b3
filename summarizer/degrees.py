"""How much, how sure, which way: degrees that a shortened sentence may not change.

Comparatives and other opposites, superlatives, quantities ("some" is not "most"), bounds of
numbers ("up to 12" is not "12") and what is only possible or planned. Knows no names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from summarizer.align import Alignment, Token
from summarizer.grammar import (
    BE,
    DETERMINERS,
    PREPOSITIONS,
    is_certainly_finite,
    opposites,
    verb_forms,
)
from summarizer.text import stem
from summarizer.words import word_set

_BOUNDS = {
    "least": re.compile(
        r"(?:at least|no (?:fewer|less) than|more than|over|upwards? of|above|exceed(?:s|ed|ing)?"
        r"|minimum of|a further)\s+(?:the\s+)?[^\w.,;]{0,3}$",
        re.IGNORECASE,
    ),
    "most": re.compile(
        r"(?:at most|no more than|up to|as many as|as much as|fewer than|less than|under|below"
        r"|nearly|almost|maximum of)\s+(?:the\s+)?[^\w.,;]{0,3}$",
        re.IGNORECASE,
    ),
}
_RANKS = (
    ("no", "none"),
    ("few", "little", "hardly"),
    ("some", "several", "certain"),
    ("many", "much", "numerous"),
    ("most",),
    ("all", "every", "each", "entire", "whole"),
)
_POSSIBLE = word_set("may might could possibly perhaps maybe potentially")
_WISHED = word_set(
    "want hope seek threaten consider aim ask urge demand call offer try attempt mull weigh "
    "propose propos favor favour like wish refuse decline fail deny"
)
_AHEAD = word_set(
    "will would shall should plan expect intend set due schedule prepare agree promise vow pledge "
    "about going likely"
)
_DOUBTS = word_set(
    "alleged allegedly reportedly purported purportedly suspected apparent apparently supposed "
    "supposedly accused rumored rumoured unconfirmed presumed proposed potential possible would-be"
)
_SUPERLATIVE = re.compile(r"(?:most|least|best|worst|first|last|latest|[a-z]{3,}est)$")
_NOT_SUPERLATIVE = word_set(
    "interest protest request arrest west midwest guest contest invest harvest forest modest "
    "honest test rest latest suggest manifest conquest behest unrest digest quest chest nest attest"
)
_GOVERNING = 4
_LONG_COPY = 8
_LEAST_BESIDE = 3
_CONDITIONS = word_set("if unless whether would could might may")
_BESIDE = 4
_LEAST_ASKED = 3
_LEAST_SHARE = 0.5
"""Judged is only what a writer copied: of free wording these rules know too little."""


def other_way(found: Alignment) -> str | None:
    """A word that stands where the source has its opposite: "prices rose" for "prices fell"."""
    against_all = _opposite_keys()
    for index, token in enumerate(found.written):
        against = against_all.get(_key(token.word), frozenset())
        if not against or found.where[index] is not None:
            continue
        for place, other in enumerate(found.source):
            if place in found.taken or _key(other.word) not in against:
                continue
            if _same_place(found, index, place):
                return f"its source says {other.text!r}, not {token.text!r}"
    return None


def _same_place(found: Alignment, index: int, place: int) -> bool:
    """Whether the nearest copied words on one side of both are the same, and copied is most."""
    if found.share < _LEAST_SHARE:
        return False
    for step in (-1, 1):
        for near in range(index + step, index + step * _BESIDE, step):
            if not 0 <= near < len(found.written):
                break
            there = found.where[near]
            if there is not None and abs(there - place) < _BESIDE:
                return (there - place) * step > 0
    return False


def _key(word: str) -> str:
    return verb_forms().get(word, stem(word))


@cache
def _opposite_keys() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for word, others in opposites().items():
        found.setdefault(_key(word), set()).update(map(_key, others))
    return {word: frozenset(others - {word}) for word, others in found.items()}


def changed_degree(found: Alignment, written: str, source: str) -> str | None:
    """One line on a superlative, a quantity or a bound that `written` makes stronger."""
    return _superlative(found) or _quantity(found) or _bound(found, written, source)


def _superlative(found: Alignment) -> str | None:
    """Tell "one of the highest" from "the highest", and "second largest" from "largest"."""
    for index, token in enumerate(found.written):
        place = found.where[index]
        if place is None or token.word in _NOT_SUPERLATIVE or not _SUPERLATIVE.match(token.word):
            continue
        told = [one.word for one in found.source[max(0, place - 4) : place]]
        said = [one.word for one in found.written[max(0, index - 4) : index]]
        for mark in ("one", "among", "second", "third", "fourth", "fifth", "nearly", "almost"):
            if mark in told and mark not in said and (mark != "one" or "of" in told):
                return f"its source says {mark!r} before {token.text!r}"
    return None


def _rank(word: str) -> int | None:
    return next((rank for rank, group in enumerate(_RANKS) if word in group), None)


def _quantity(found: Alignment) -> str | None:
    """Tell "some lawmakers" from "most lawmakers"."""
    for index in range(1, len(found.written)):
        place = found.where[index]
        if place is None or not found.written[index].content:
            continue
        said, told = _quantifier(found.written, index), _quantifier(found.source, place)
        if said is None or told is None or said == told:
            continue
        mine, theirs = _rank(said), _rank(told)
        if mine is not None and theirs is not None and mine != theirs:
            return f"its source says {told!r}, not {said!r}, of {found.written[index].text!r}"
    return None


def _quantifier(tokens: Sequence[Token], index: int) -> str | None:
    """The quantity word up to three words before, over "of the" and one adjective."""
    for back in range(index - 1, max(-1, index - 4), -1):
        word = tokens[back].word
        if tokens[back].is_pause:
            return None
        if _rank(word) is not None:
            return word
        if tokens[back].content and back != index - 1:
            return None
    return None


def bound_before(text: str, start: int) -> str | None:
    """Give "least" for a lower bound that stands before `start`, "most" for an upper one."""
    before = text[max(0, start - 24) : start]
    return next((name for name, pattern in _BOUNDS.items() if pattern.search(before)), None)


def _bound(found: Alignment, written: str, source: str) -> str | None:
    """Tell "up to 500" from "500" and from "more than 500"."""
    for index, token in enumerate(found.written):
        place = found.where[index]
        if place is None or not token.text[0].isdigit():
            continue
        said = bound_before(written, token.start)
        told = bound_before(source, found.source[place].start)
        if said != told and (said is not None or told == "most"):
            names = {"least": "a lower bound", "most": "an upper bound", None: "no bound"}
            return f"its source gives {names[told]} with {token.text}, not {names[said]}"
    return None


def too_sure(found: Alignment) -> str | None:
    """One line on what the source holds possible, wished, planned or alleged, told as a fact."""
    if found.share < _LEAST_SHARE and len(found.taken) < _LONG_COPY:
        return None
    for index, token in enumerate(found.written):
        place = found.where[index]
        if place is None or not token.content or token.is_capital:
            continue
        if token.word not in verb_forms() or (index and _makes_noun(found.written[index - 1])):
            continue
        told, said = _mood(found.source, place), _mood(found.written, index)
        if told is not None and told[1] in ("would", "will") and _is_aim(found.written, index):
            continue
        if told is not None and _weaker(told, said):
            return f"its source says {told[1]!r} of {token.text!r}"
    return _condition_lost(found) or _tense_lost(found) or _made_sure(found)


def _is_aim(tokens: Sequence[Token], index: int) -> bool:
    """Whether a noun's "to" stands before the verb: "a deal to stop it"."""
    if index < 2 or tokens[index - 1].word != "to":
        return False
    noun = tokens[index - 2]
    plain = verb_forms().get(noun.word, noun.word)
    wished = plain in _WISHED | _AHEAD or is_certainly_finite(noun.word)
    return noun.content and not noun.is_capital and not wished


def only_asked(found: Alignment, written: str, source: str) -> str | None:
    """One line on what the source only asks, told as a fact."""
    content = sum(found.source[place].content for place in found.taken)
    if content >= _LEAST_ASKED and source.rstrip("”\"'’) ").endswith("?") and "?" not in written:
        return "its source only asks this"
    return None


def _makes_noun(before: Token) -> bool:
    return before.word in DETERMINERS or (before.word in PREPOSITIONS and before.word != "to")


def _mood(tokens: Sequence[Token], index: int) -> tuple[str, str] | None:
    """How sure the nearest governing word makes the one at `index`, and that word."""
    for back in range(index - 1, max(-1, index - 1 - _GOVERNING), -1):
        token = tokens[back]
        if token.is_pause:
            return None
        kind = _kind(token, tokens, back)
        if kind:
            return kind, token.text
        if token.content and not token.word.endswith("ly"):
            return None
        if token.word in ("and", "or", "but", "who", "that", "which", "the", "a", "an"):
            return None
    return None


def _kind(token: Token, tokens: Sequence[Token], index: int) -> str | None:
    if token.word in _POSSIBLE and not token.is_capital:
        return "possible"
    if token.word in _DOUBTS:
        return "doubted"
    plain = verb_forms().get(token.word, token.word)
    governs = index + 1 < len(tokens) and tokens[index + 1].word in ("to", "ing")
    if plain in _WISHED and governs:
        return "wished"
    if plain in _AHEAD and (governs or plain in ("will", "would", "shall", "should")):
        return "ahead"
    return None


_SURE = {"possible": 0, "wished": 1, "doubted": 1, "ahead": 2}


def _weaker(told: tuple[str, str], said: tuple[str, str] | None) -> bool:
    """Whether what was told with less certainty is now said with more."""
    if said is None:
        return True
    return _SURE[said[0]] > _SURE[told[0]]


def _made_sure(found: Alignment) -> str | None:
    """Tell "allowed them to land" from "they will land"."""
    for index in range(1, len(found.written)):
        place = found.where[index]
        before = found.written[index - 1]
        if before.word != "will" or found.where[index - 1] is not None or not place:
            continue
        if found.source[place - 1].word == "to" and _mood(found.source, place) is None:
            ahead = found.source[max(0, place - _LONG_COPY) : place]
            if not any(verb_forms().get(one.word, one.word) in _AHEAD for one in ahead):
                return f"its source does not say that they will {found.written[index].text}"
    return None


def _condition_lost(found: Alignment) -> str | None:
    """What the source says under an "if" is not told without one."""
    if {token.word for token in found.written} & _CONDITIONS:
        return None
    source = found.source
    for place, token in enumerate(source):
        if token.word not in ("if", "unless") or (
            place and source[place - 1].word in ("as", "even")
        ):
            continue
        end = next((i for i in range(place, len(source)) if source[i].is_pause), len(source))
        clause = range(place + 1, end)
        wanted = sum(source[i].content for i in clause)
        used = sum(i in found.taken for i in clause if source[i].content)
        beside = sum(source[i].content for i in found.taken if i not in clause)
        told = used >= 2 and used >= 0.6 * wanted and used >= 0.3 * len(found.taken)
        if told or (place <= 1 and not used and beside >= _LEAST_BESIDE):
            return f"its source says this under an {token.word!r}"
    return None


def _tense_lost(found: Alignment) -> str | None:
    """Tell "was expected" from "is expected": what was planned may have been given up."""
    for index, token in enumerate(found.written[:-1]):
        place = found.where[index]
        if place is None or token.word not in ("is", "are") or token.word not in BE:
            continue
        follower = verb_forms().get(found.written[index + 1].word, found.written[index + 1].word)
        if found.source[place].word in ("was", "were") and follower in _AHEAD:
            return f"its source says {found.source[place].text!r}, not {token.text!r}"
    return None
