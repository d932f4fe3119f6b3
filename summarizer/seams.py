"""Which words around a seam may be spared: titles, brackets, modifiers, a clause of its own.

Judges stretches of one source sentence by word classes. Knows no alignment.
"""

from __future__ import annotations

from collections.abc import Sequence

from summarizer.align import Token
from summarizer.grammar import (
    ADVERBS,
    BE,
    DETERMINERS,
    HELPING,
    HOLDERS,
    JOINING,
    PREPOSITIONS,
    RELATIVES,
    is_certainly_finite,
    is_date_word,
    is_finite,
    role_words,
    verb_forms,
)
from summarizer.words import PRONOUNS, word_set

LONGEST_TITLE = 9
_QUALIFYING = word_set(
    "former alleged suspected second third fourth deputy vice acting attempted so-called fake "
    "proposed possible would-be ex nearly almost few least failed unlikely only first last "
    "opposition rival"
)
"""Words before a noun that may not be left out."""
_FORMER = word_set("former vice deputy acting")
_PEOPLE = word_set("people men women children citizens residents inhabitants")
"""Words that say little without the "of" behind them."""
_HARD = word_set("of in on at by from with for")
_ABBREVIATED = 4
_HOLDING = 3


def since_pause(dropped: Sequence[Token]) -> Sequence[Token]:
    """What follows the last pause or full stop."""
    last = max(
        (
            i
            for i, token in enumerate(dropped)
            if token.is_pause or (token.text.endswith(".") and len(token.word) > _ABBREVIATED)
        ),
        default=-1,
    )
    return dropped[last + 1 :]


def is_front(front: Sequence[Token]) -> bool:
    """Words that only introduce: "but", "the", "then", a title before a name, adjectives."""
    if front[-1].word in ("that", "and", "but"):
        return True
    if all(is_light(token) for token in front):
        return True
    if front[-1].word == "of" and len(front) > 1 and front[-2].word in HOLDERS:
        return True
    if front[-1].word == "like" and len(front) == 2 and _is_plural(front[0]):
        return True  # "groups like A have done it": A has
    loose = front[0].word in DETERMINERS
    return len(front) <= LONGEST_TITLE and not any(
        token.word in (_HARD if loose else PREPOSITIONS)
        or (token.word in _QUALIFYING and not _is_title(front[i:]))
        or is_told(front, i)
        for i, token in enumerate(front)
    )


def _is_title(rest: Sequence[Token]) -> bool:
    """Whether a whole title before a name goes, "vice" and all: "Vice President A" is A."""
    if len(rest) < 2 or rest[0].word not in _FORMER:
        return False
    titled = all(token.is_capital for token in rest[1:]) and rest[1].word in role_words()
    return titled or rest[-1].word in role_words()


def _is_plural(token: Token) -> bool:
    return token.word.endswith("s") and token.word not in verb_forms()


def is_light(token: Token) -> bool:
    """Whether it is a pronoun or a helping verb."""
    return token.word in PRONOUNS or token.word in ("we", "i") or token.word in HELPING


def is_told(front: Sequence[Token], index: int) -> bool:
    """Whether a verb stands there, and not an adjective as in "the solar-powered plane"."""
    token = front[index]
    if token.is_capital or not is_certainly_finite(token.word):
        return False
    if not token.word.endswith("ed"):
        return True
    return index + 1 < len(front) and (
        front[index + 1].word in PREPOSITIONS or front[index + 1].word in DETERMINERS
    )


def is_clause(rest: Sequence[Token]) -> bool:
    """Whether a verb follows before any pause: words with a subject of their own."""
    for index, token in enumerate(rest[:LONGEST_TITLE]):
        if token.is_pause:
            return False
        if token.is_capital:
            continue
        if is_certainly_finite(token.word) or (index and token.word in verb_forms()):
            return True
    return False


def is_bracket(
    gap: Sequence[Token], kept: Token, follower: Token, between: Sequence[Token]
) -> bool:
    """A stretch between two pauses, or one that a pause or "and" keeps apart."""
    opened = gap[0].is_pause or kept.is_pause or any(token.is_pause for token in between)
    closed = gap[-1].is_pause or follower.is_pause or gap[-1].word in ("and", "but", "that")
    if opened and closed:
        return True
    return gap[-1].word in ("and", "or") and is_finite(gap[0].word) and is_finite(follower.word)


def is_modifier(gap: Sequence[Token], kept: Token, follower: Token) -> bool:
    """Words that only describe: "in the capital", "who had won", "late Tuesday", "large"."""
    opens = gap[0]
    if gap[-1].word == "of" and len(gap) <= _HOLDING and gap[-2:][0].word in HOLDERS:
        return True  # "against a host of threats"
    subject_dropped = tail_is_subject(gap, follower)
    if opens.word in PREPOSITIONS or opens.word in RELATIVES or opens.word in ("and", "or"):
        needed = opens.word == "of" and kept.word in _QUALIFYING | _PEOPLE
        return not subject_dropped and not needed
    if opens.is_pause or is_adverb(opens):
        return not subject_dropped
    if _is_participle(gap) and (follower.word in HELPING or follower.is_pause):
        return True
    if opens.word.endswith(("ing", "ed")) and not is_certainly_finite(opens.word):
        return not subject_dropped
    cut = next((i for i, t in enumerate(gap) if t.word in PREPOSITIONS), len(gap))
    if any(token.is_pause for token in gap) or subject_dropped:
        return False
    gap = gap[:cut]
    if follower.is_capital and _is_title(gap):
        return True  # "accused former Mayor A": accused A
    if any(token.word in _QUALIFYING or token.word in RELATIVES for token in gap):
        return False
    if _is_adjective(gap, kept, follower):
        return True
    if any(token.word in verb_forms() and not token.is_capital for token in gap):
        return all(token.word in HELPING or is_adverb(token) for token in gap)
    if kept.word in role_words() and gap[0].is_capital:
        return True  # "spokesman A said": the office alone
    names_on = kept.is_capital and gap[0].is_capital
    describes = follower.content and not is_certainly_finite(follower.word)
    return names_on or describes or follower.word in DETERMINERS


def _is_adjective(gap: Sequence[Token], kept: Token, follower: Token) -> bool:
    """Whether it only describes the noun behind it: "its continued (trust)"."""
    noun = follower.content and not is_finite(follower.word)
    held = kept.word in DETERMINERS or gap[0].word in DETERMINERS
    return noun and held and all(t.word in DETERMINERS or t.word.endswith("ed") for t in gap)


def _is_participle(gap: Sequence[Token]) -> bool:
    """Whether it describes what stands before it: "released on the eve of the vote"."""
    verbs = [t for t in gap[1:] if is_certainly_finite(t.word) and not t.is_capital]
    opens = gap[0].word.endswith("ed") and len(gap) > 1 and gap[1].word in PREPOSITIONS
    return opens and not verbs and not any(token.is_pause for token in gap)


def tail_is_subject(gap: Sequence[Token], follower: Token) -> bool:
    """Whether a verb follows whose own subject stands at the end of what was left out."""
    if not (is_certainly_finite(follower.word) or follower.word in BE) or follower.is_capital:
        return False
    tail = since_pause(gap)
    if len(tail) == len(gap) or not tail:
        return any(
            is_certainly_finite(token.word) and not token.is_capital for token in gap
        ) and any(token.word in JOINING for token in gap)
    first = tail[0]
    return not (
        first.word in PREPOSITIONS
        or first.word in RELATIVES
        or first.word in JOINING
        or is_adverb(first)
        or first.word.endswith("ing")
    )


def is_adverb(token: Token) -> bool:
    """Whether it only says how or when."""
    if token.word.endswith("ly") or is_date_word(token.word):
        return True
    return token.word in ADVERBS or token.word == "not"
