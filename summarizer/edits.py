"""Whether a written sentence is its source's with only what can be spared left out.

A small writer copies, leaves out and joins; its falsehoods are at the seams. So every seam
must be of a kind that keeps the meaning: a bracket, a modifier, a clause of its own. What is
new is counted. Free rewording is not judged true here, only not known to be an edit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from summarizer.align import Alignment, Token
from summarizer.grammar import (
    ADVERBS,
    HELPING,
    JOINING,
    PREPOSITIONS,
    is_certainly_finite,
    is_date_word,
    is_finite,
    verb_forms,
)
from summarizer.seams import (
    LONGEST_TITLE,
    is_adverb,
    is_bracket,
    is_clause,
    is_front,
    is_light,
    is_modifier,
    is_told,
    since_pause,
)
from summarizer.words import PRONOUNS, REPORTING, SPEECH, word_set

MOST_NEW = 0.12
"""The share of content words that may be new, and no more than two: other words, other news."""

_LONGEST_DAY = 4
_MODALS = word_set("will would can could may might must should")
_CLAUSES = word_set("after before as when while since until because once where although though")
_TELLING = SPEECH | word_set("according report reports statement")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the written sentence from one source: written `start:end`, places there."""

    start: int
    end: int
    found: Alignment

    @property
    def first(self) -> int:
        return self.found.where[self.start] or 0

    @property
    def last(self) -> int:
        return self.found.where[self.end - 1] or 0


def unsafe_edit(tiles: Sequence[Alignment]) -> str | None:
    """One line about the first seam that may change the meaning; None where all are safe."""
    if not tiles:
        return "it is not told in its sources"
    pieces = list(_pieces(tiles))
    if not pieces:
        return "it is not told in its sources"
    written = tiles[0].written
    if said := _new(written, pieces):
        return said
    pieces = _without_strays(pieces)
    if said := _opening(written, pieces[0]):
        return said
    for before, after in pairwise(pieces):
        if said := _seam(written, before, after):
            return said
    if len(pieces) > 1 and _is_moved_front(pieces[-1], pieces[-2]):
        return None
    return _ending(pieces[-1])


def _is_moved_front(last: _Piece, before: _Piece) -> bool:
    """Whether what opens the source closes the sentence: "in 1984 A met B", "A met B in 1984"."""
    opens = last.first <= 1 and last.found.source[0].word in PREPOSITIONS
    return opens and last.found is before.found


def _pieces(tiles: Sequence[Alignment]) -> Iterator[_Piece]:
    """Unbroken stretches in written order: neighbours there and in one source."""
    length = len(tiles[0].written)
    owner = [next((t for t in tiles if t.where[i] is not None), None) for i in range(length)]
    start = 0
    while start < length:
        found = owner[start]
        if found is None:
            start += 1
            continue
        end = start + 1
        while (
            end < length
            and owner[end] is found
            and (found.where[end] == (found.where[end - 1] or 0) + 1)
        ):
            end += 1
        yield _Piece(start, end, found)
        start = end


def _without_strays(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Without lone words that moved: which names and numbers belong is judged elsewhere."""
    return [
        piece
        for piece in pieces
        if piece is pieces[0] or piece.end - piece.start > 1 or not _is_stray(piece, pieces)
    ]


def _is_stray(piece: _Piece, pieces: Sequence[_Piece]) -> bool:
    """Whether a lone word stands out of its source's order; a verb never is one."""
    if is_finite(piece.found.written[piece.start].word):
        return False
    same = [one for one in pieces if one.found is piece.found and one is not piece]
    return any((one.start < piece.start) != (one.first < piece.first) for one in same)


def _new(written: Sequence[Token], pieces: Sequence[_Piece]) -> str | None:
    """Content words that no source sentence beneath it has."""
    told = {i for piece in pieces for i in range(piece.start, piece.end)}
    known = {token.form for piece in pieces for token in piece.found.source}
    content = [i for i, token in enumerate(written) if token.content]
    fresh = [
        written[i]
        for i in content
        if i not in told
        and written[i].form not in known
        and not written[i].is_capital
        and not written[i].text[0].isdigit()
        and not written[i].word.endswith("ly")
    ]
    forms = verb_forms()
    told_of = {forms.get(t.word, t.word) for piece in pieces for t in piece.found.source}
    fresh = [token for token in fresh if forms.get(token.word) not in told_of]
    governed = {b for a, b in pairwise(written) if a.word in _MODALS and b.word in forms}
    verbs = [t for t in fresh if is_certainly_finite(t.word) or t in governed]
    verbs = [token for token in verbs if token.word not in REPORTING]
    if verbs:  # another deed: one is enough
        return f"its sources do not say {verbs[0].text!r}"
    fresh = [token for token in fresh if token.word not in _TELLING]
    if len(fresh) > max(1, min(2, MOST_NEW * len(content))):
        return "its sources do not say " + ", ".join(repr(token.text) for token in fresh[:4])
    return None


def _opening(written: Sequence[Token], piece: _Piece) -> str | None:
    """What stood before the sentence's first words may be left out only up to a pause."""
    source = piece.found.source
    front = since_pause(source[: piece.first])
    instead = [token for token in written[: piece.start] if token.word not in HELPING]
    rest = source[piece.first :]
    if not front or is_front(front):
        return _other_subject(front, instead, rest)
    if front[-1].word in _CLAUSES and is_clause(rest):
        return None
    if any(token.word in _TELLING for token in front):
        return None  # who said it is for another check
    if all(token.form in piece.found.forms for token in front if token.content):
        return None  # told elsewhere in the sentence: "B was seen by A"
    if instead and instead[0].word == front[0].word and _is_phrase(front):
        return None  # "in 2020" of "in the fiscal year 2020"
    if instead and (len(front) <= len(instead) + 1 or _stands_for(instead, front)):
        return _other_subject(front, instead, rest)
    return f"it leaves out {_text(front[-LONGEST_TITLE:])!r}"


def _is_phrase(front: Sequence[Token]) -> bool:
    """Whether it is one preposition with what belongs to it."""
    told = any(token.word in PREPOSITIONS or is_finite(token.word) for token in front[1:])
    return front[0].word in PREPOSITIONS and not told


def _other_subject(
    front: Sequence[Token], instead: Sequence[Token], rest: Sequence[Token]
) -> str | None:
    """A name before the verb, in whose place the written sentence has another."""
    named = [token for token in front if token.is_capital and token.content]
    mine = [token for token in instead if token.content]
    if not named or not mine or not rest or not is_certainly_finite(rest[0].word):
        return None
    if {token.form for token in named} & {token.form for token in mine}:
        return None
    return f"its source tells this of {_text(named)!r}"


def _stands_for(instead: Sequence[Token], front: Sequence[Token]) -> bool:
    """Whether a lone "he" stands for a subject with a name in it."""
    return (
        len(instead) == 1
        and instead[0].word in PRONOUNS
        and any(token.is_capital for token in front)
        and not any(is_told(front, i) for i in range(len(front)))
    )


def _seam(written: Sequence[Token], before: _Piece, after: _Piece) -> str | None:
    """Whether what lies between two pieces in their source may be left out, or joined at all."""
    between = written[before.end : after.start]
    if before.found is after.found and after.first > before.last:
        gap = before.found.source[before.last + 1 : after.first]
        while (
            len(gap) > 1
            and gap[-1].word in HELPING
            and (gap[-2].is_pause or written[after.start].word not in HELPING)
        ):
            gap = gap[:-1]
        return _unsafe_gap(written, before, after, gap, between)
    return _unsafe_join(written, before, after, between)


def _unsafe_gap(
    written: Sequence[Token],
    before: _Piece,
    after: _Piece,
    gap: Sequence[Token],
    between: Sequence[Token],
) -> str | None:
    told = before.found.forms
    gap = [token for token in gap if not (token.content and token.form in told)]
    if not any(token.content and not token.text[0].isdigit() for token in gap):
        return None
    kept, follower = written[before.end - 1], written[after.start]
    if _moves_day(written[: before.end], gap):
        return f"its source has {_text(gap[:LONGEST_TITLE])!r} before this"
    if is_bracket(gap, kept, follower, between) or is_modifier(gap, kept, follower):
        return None
    if _is_replaced(gap, between) or _is_abbreviated(gap, between, after):
        return None
    return f"it leaves out {_text(gap[-LONGEST_TITLE:])!r}"


def _moves_day(front: Sequence[Token], gap: Sequence[Token]) -> bool:
    """Whether a day goes from "last week A told that B left" to B, who left before."""
    dated = len(front) <= _LONGEST_DAY and any(is_date_word(token.word) for token in front)
    if not dated or gap[-1].word != "that":
        return False
    return any(is_certainly_finite(token.word) and not token.is_capital for token in gap[:-1])


def _is_abbreviated(gap: Sequence[Token], between: Sequence[Token], after: _Piece) -> bool:
    """Whether a name gave way to the short form that its source has in brackets behind it."""
    bracket = next((i for i, token in enumerate(gap) if token.text == "("), None)
    if bracket is None or not any(token.is_capital for token in gap[:bracket]):
        return False
    short = [token.text for token in gap[bracket + 1 :] if token.text != ")"]
    if short:
        return short == [token.text for token in between]
    follows = after.found.source[after.first + 1 : after.first + 2]
    return bool(follows) and follows[0].text == ")"


def _is_replaced(gap: Sequence[Token], between: Sequence[Token]) -> bool:
    """Whether other words stand in its place: judged by what is new, not as left out."""
    return any(token.content for token in between) and len(gap) <= len(between) + 2


def _unsafe_join(
    written: Sequence[Token],
    before: _Piece,
    after: _Piece,
    between: Sequence[Token],
) -> str | None:
    """Words from elsewhere in the source, or in another sentence, need a clause of their own."""
    if not any(written[i].content for i in range(after.start, after.end)):
        return None
    opener = between[-1] if between else written[after.start]
    ahead = after.found.source[: after.first]
    loose = (is_light(token) or token.is_pause or token.word in ADVERBS for token in ahead)
    if opener.word == "by" or all(loose):
        return None
    if any(token.word in _TELLING for token in (*between, written[before.end - 1])):
        return None
    joined = (
        opener.is_pause
        or opener.word.endswith("ing")
        or opener.word in JOINING
        or written[before.end - 1].is_pause
    )
    if after.end - after.start == 1 and not joined:
        return None  # a lone word that moved: names and numbers are judged elsewhere
    if not joined:
        return f"{_text(written[after.start : after.end])!r} stands elsewhere in its sources"
    return _other_clause(written, before, after)


def _other_clause(written: Sequence[Token], before: _Piece, after: _Piece) -> str | None:
    """A joined clause brings its subject with it, or shares that of the sentence so far."""
    front = since_pause(after.found.source[: after.first])
    if not front or (is_front(front) and not _tells(written, after.start)):
        return None
    so_far = {token.key for token in written[: before.end] if token.content}
    if all(is_light(token) for token in front):
        return None
    if so_far & {token.key for token in front if token.content}:
        return None
    return f"its source tells {_text(written[after.start : after.end][:4])!r} of {_text(front)!r}"


def _tells(written: Sequence[Token], index: int) -> bool:
    """Whether a clause opens with its verb, and so has no subject of its own."""
    token = written[index]
    return is_certainly_finite(token.word) or token.word.endswith("ing")


def _ending(piece: _Piece) -> str | None:
    """The sentence may end early only where its source has a pause or a modifier."""
    source = piece.found.source
    if piece.end < len(piece.found.written) or piece.last + 1 >= len(source):
        return None
    follower, kept = source[piece.last + 1], source[piece.last]
    if follower.is_pause and (verb := _cut_clause(piece)):
        return f"it ends before {verb.text!r}"
    if not follower.content or is_adverb(follower) or follower.word.endswith("ing"):
        return None
    if kept.is_pause or is_finite(follower.word) or kept.text.endswith((".", "!", "?")):
        return None
    return f"it ends before {follower.text!r}"


def _cut_clause(piece: _Piece) -> Token | None:
    """The verb behind a bracket, when the clause that it belongs to ends before the bracket.

    So for "after a driver -- who was ill -- fell asleep" that ends with "a driver".
    """
    source = piece.found.source
    opened = max((i for i in range(piece.last) if source[i].word in _CLAUSES), default=None)
    closing = next((i for i in range(piece.last + 2, len(source)) if source[i].is_pause), None)
    if opened is None or closing is None or closing + 1 >= len(source):
        return None
    clause = source[opened + 1 : piece.last + 1]
    if len(clause) > LONGEST_TITLE or any(one.is_pause or is_finite(one.word) for one in clause):
        return None
    verb = source[closing + 1]
    return verb if is_certainly_finite(verb.word) and not verb.is_capital else None


def _text(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens)
