"""Which name stands where: a copied sentence keeps its source's names in their places.

Of "A beat B in C" a writer that copies makes "B beat A in C", or puts in a name from elsewhere.
Knows no facts; other forms of a name are told from the documents' own full names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from summarizer.align import Alignment, Token, tokens
from summarizer.grammar import PREPOSITIONS, is_date_word, is_finite, role_words
from summarizer.words import word_set

_LEAST_SHARE = 0.6
_THEM = word_set("i we you he she it they him her them his its their who")
_LONGEST = 7
"""Wider slots are rewording, of which this knows too little."""
_LONGEST_ACRONYM = 5


def other_name(found: Alignment, sources: Sequence[str]) -> str | None:
    """One line on a name that stands where the aligned source sentence has another one."""
    if found.share < _LEAST_SHARE or _turned(found):
        return None
    texts: list[tuple[Token, ...]] | None = None
    for mine, theirs in _slots(found):
        named, told = _named(mine), _named(theirs)
        if mine[0] is found.written[0] and named == [mine[0]] and not _is_name(mine[0], sources):
            continue  # only the sentence's first word
        if not told and not any(is_date_word(token.word) for token in mine):
            told = _only_day(theirs)
        if not named or not told or _keys(named) & _keys(told):
            continue
        texts = [tokens(text) for text in sources] if texts is None else texts
        if not any(_is_one(a, b, texts) for a in named for b in told):
            return f"its source has {_text(told)!r} there, not {_text(named)!r}"
    return None


def swapped_names(found: Alignment) -> str | None:
    """One line on a name that moved past another one: "A warned B" is not "B warned A"."""
    if found.share < _LEAST_SHARE or _turned(found):
        return None
    chain = dict(_in_order(found))
    content = [i for i, token in enumerate(found.written) if token.content]
    if sum(i in chain for i in content) < _LEAST_SHARE * len(content):
        return None
    kept = {place: index for index, place in chain.items()}
    for index, place in enumerate(found.where):
        token = found.written[index]
        if place is None or index in chain or not _named([token]):
            continue
        expected = _expected(chain, index)
        low, high = sorted((place, expected))
        past = [found.source[i] for i in range(low, high) if i in kept]
        other = [one for one in _named(past) if one.key != token.key]
        span = found.source[low:high]
        ties = any(one.word in PREPOSITIONS or is_finite(one.word) for one in span)
        stands = found.source[expected : expected + 1]
        if any(one.word in _THEM for one in stands):
            continue  # "joined A" for "joined them"
        owned = found.written[max(0, index - 2) : index + 2]
        if _is_apposed(found.written, index) or any(one.is_possessive for one in owned):
            continue  # "A, the best of B" for "the best of B, A"
        if other and ties and len(past) < _LONGEST:
            return f"its source has {other[0].text!r} and {token.text!r} the other way round"
    return None


def _is_apposed(words: Sequence[Token], index: int) -> bool:
    """Whether a comma follows the name."""
    while index + 1 < len(words) and words[index + 1].is_capital:
        index += 1
    return index + 1 < len(words) and words[index + 1].text == ","


def _expected(chain: Mapping[int, int], index: int) -> int:
    """Where in the source a written word would stand by the word before it."""
    return next((chain[i] + 1 for i in range(index - 1, -1, -1) if i in chain), 0)


def _turned(found: Alignment) -> bool:
    """Whether "A was praised by B" became "B praised A", or the other way round."""
    by = [any(token.word == "by" for token in side) for side in (found.written, found.source)]
    return by[0] != by[1]


def _slots(found: Alignment) -> Iterator[tuple[Sequence[Token], Sequence[Token]]]:
    """What stands between words that both have in one order: the written side and the source's."""
    at, place = -1, -1
    ends = (len(found.written), len(found.source))
    for index, there in [*_in_order(found), ends]:
        mine, theirs = found.written[at + 1 : index], found.source[place + 1 : there]
        first = at < 0 and place < 0 and len(theirs) > _LONGEST
        if mine and theirs and len(mine) <= _LONGEST and not first:
            yield mine, theirs[-_LONGEST:] if at < 0 else theirs[:_LONGEST]
        at, place = index, there


def _in_order(found: Alignment) -> list[tuple[int, int]]:
    """The aligned words that weigh most among those in the same order on both sides."""
    pairs = [(i, p) for i, p in enumerate(found.where) if p is not None]
    best: list[tuple[float, int | None]] = []
    for at, (index, place) in enumerate(pairs):
        weight, before = 0.0, None
        for earlier in range(at):
            if pairs[earlier][1] < place:
                near = 0.2 if pairs[earlier] == (index - 1, place - 1) else 0.0
                if best[earlier][0] + near > weight:
                    weight, before = best[earlier][0] + near, earlier
        best.append((weight + (1.0 if found.written[index].content else 0.4), before))
    chain: list[tuple[int, int]] = []
    last: int | None = max(range(len(best)), key=lambda at: best[at][0], default=None)
    while last is not None:
        chain.append(pairs[last])
        last = best[last][1]
    return chain[::-1]


def _is_name(first: Token, sources: Iterable[str]) -> bool:
    """Whether a sentence's first word is written as a name in a source, not first there."""
    return any(
        token.key == first.key and token.is_capital
        for text in sources
        for token in tokens(text)[1:]
    )


def _only_day(words: Sequence[Token]) -> list[Token]:
    """A day or month that stands alone: a name in its place is no day."""
    content = [token for token in words if token.content]
    return content if all(is_date_word(token.word) for token in content) else []


def _named(words: Sequence[Token]) -> list[Token]:
    return [
        token
        for token in words
        if token.is_capital
        and token.content
        and token.word not in role_words()
        and token.word.partition("'")[0] not in _THEM
        and not is_date_word(token.word)
    ]


def _keys(named: Sequence[Token]) -> set[str]:
    return {token.key for token in named} | {token.form for token in named}


def _is_one(one: Token, other: Token, texts: Sequence[Sequence[Token]]) -> bool:
    """Whether both are of one full name somewhere, or one is short for the other."""
    short, long = sorted((one, other), key=lambda token: len(_letters(token)))
    if _letters(long).startswith(_letters(short)):
        return True
    if _is_acronym(short) and _letters(short)[0] == _letters(long)[0]:
        return True
    pair = {one.key, other.key}
    return any(
        {first.key, second.key} == pair and first.is_capital and second.is_capital
        for text in texts
        for first, second in pairwise(text)
    )


def _letters(name: Token) -> str:
    return name.word.replace(".", "")


def _is_acronym(name: Token) -> bool:
    """Whether it is written as EU, U.N. or OSCE are."""
    written = name.text[: len(name.text.rstrip("s’'"))].replace(".", "")
    return written.isupper() and 1 < len(written) <= _LONGEST_ACRONYM


def _text(words: Sequence[Token]) -> str:
    return " ".join(token.text for token in words)
