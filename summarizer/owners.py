"""Whose something is: "A's B" must be tied so by a source: "A's B", "B of A", "the A B", "his B".

Of "the Foreign Minister A" a writer makes "A's Foreign Minister", of "the X president makes his
visit" "X's visit". Judged is only what both words of stand in one source sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from summarizer.align import Token, tokens
from summarizer.grammar import DETERMINERS, PREPOSITIONS, is_certainly_finite, role_words
from summarizer.words import word_set

_LONGEST = 5
_NEAR = 6
_PRONOUNS = word_set("his her its their whose")


def wrong_owner(written: str, sources: Iterable[str]) -> str | None:
    """One line about a thing that `written` gives to an owner whom no source ties to it."""
    stated = list(_owned(tokens(written)))
    if not stated:
        return None
    texts = [tokens(text) for text in sources]
    for owner, things in stated:
        both = [
            (text, thing)
            for thing in things
            for text in texts
            if _places(text, owner) and _places(text, thing)
        ]
        if both and not any(_tied(text, owner, thing) for text, thing in both):
            return f"no source ties {both[-1][1].text!r} to {owner.text!r} in this way"
    return None


def _owned(words: Sequence[Token]) -> Iterator[tuple[Token, list[Token]]]:
    """Each named owner with what may be the last word of what is said to be theirs.

    That is the phrase's end, and where capitals or an office end in it: "A's daughter B Moe says",
    "A's President B Moe".
    """
    for index, owner in enumerate(words):
        if not owner.is_possessive or not owner.is_capital or not owner.content:
            continue
        end = index + 1
        while end < min(len(words), index + 1 + _LONGEST) and _is_of_phrase(words[end]):
            end += 1
        things = [
            words[at]
            for at in range(index + 1, end)
            if at + 1 == end
            or words[at].is_capital != words[at + 1].is_capital
            or (words[at].word in role_words() and words[at + 1].word not in role_words())
        ]
        if things:
            yield owner, things


def _is_of_phrase(word: Token) -> bool:
    if word.is_pause or word.word in PREPOSITIONS or word.word in DETERMINERS:
        return False
    return word.content and not is_certainly_finite(word.word)


def _places(text: Sequence[Token], wanted: Token) -> list[int]:
    return [
        at
        for at, word in enumerate(text)
        if word.form == wanted.form or (wanted.is_capital and word.key == wanted.key)
    ]


def _tied(text: Sequence[Token], owner: Token, thing: Token) -> bool:
    owners = _places(text, owner)
    return any(_is_tied(text, one, at) for at in _places(text, thing) for one in owners) or any(
        _by_pronoun(text, owners, at) for at in _places(text, thing)
    )


def _is_tied(text: Sequence[Token], owner: int, thing: int) -> bool:
    """Say whether it is "A's B", "the A B", "the B of A" or "the B that A has"."""
    if owner < thing <= owner + _NEAR:
        between = text[owner + 1 : thing]
        if text[owner].is_possessive:
            return not any(word.is_possessive for word in between)
        named = any(w.is_capital and w.word not in role_words() for w in between)
        return not named and all(_is_of_phrase(word) for word in between)
    if thing < owner <= thing + _NEAR:
        between = text[thing + 1 : owner]
        if any(word.word in PREPOSITIONS for word in between):
            return True
        follows = text[owner + 1 : owner + 4]
        # "Leader A said" makes A the leader, and leaves nothing to A
        office = any(word.word in role_words() for word in text[thing:owner] if word.content)
        return not office and any(is_certainly_finite(word.word) for word in follows)
    return False


def _by_pronoun(text: Sequence[Token], owners: Sequence[int], thing: int) -> bool:
    """In "A ... his B" the pronoun right before the thing, the owner before it by that word."""
    for at in range(max(0, thing - 4), thing):
        if text[at].word in _PRONOUNS:
            return any(one < at and not _is_modifier(text, one) for one in owners)
    return False


def _is_modifier(text: Sequence[Token], at: int) -> bool:
    """Whether a name stands before what it describes: "the Indian prime minister"."""
    return at + 1 < len(text) and text[at + 1].content and text[at + 1].word in role_words()
