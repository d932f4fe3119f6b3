"""Titles and offices: a person has the one that the sources give, "former" and "deputy" included.

Reads "Foreign Minister A", "A, the former mayor of B," and "A is the mayor". Knows no facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from summarizer.align import Token, tokens
from summarizer.grammar import BE, DETERMINERS, PREPOSITIONS, is_finite, role_words, roles
from summarizer.text import fold
from summarizer.words import word_set

_QUALIFIERS = word_set(
    "former ex late acting interim deputy vice assistant associate junior senior outgoing "
    "incoming elect designate candidate nominee aspirant hopeful presumptive ousted deposed "
    "retired onetime longtime self-proclaimed shadow"
)
_FREE = word_set("senior junior outgoing incoming longtime retired late")
"""Qualifiers that may be left out: the office stays the same."""
_LONGEST = 4
_APPOSITION = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """An office that a text gives to a person.

    `name` is the folded last word of the name, `role` the first form of the office's group,
    `qualifiers` what restricts it ("former"), `shown` how the text says it.
    """

    name: str
    role: str
    qualifiers: frozenset[str]
    shown: str


@cache
def holdings(text: str) -> tuple[Holding, ...]:
    """The offices that `text` gives to people it names."""
    words = tokens(text)
    found: list[Holding] = []
    for start, end, role in _offices(words):
        qualifiers, first = _qualifiers(words, start, end)
        for name in _holders(words, first, start, end):
            found.append(
                Holding(
                    name=name,
                    role=role,
                    qualifiers=qualifiers,
                    shown=" ".join(t.text for t in words[first:end]),
                )
            )
    return tuple(found)


def _offices(words: Sequence[Token]) -> Iterable[tuple[int, int, str]]:
    """Where offices stand, the longest form first, none inside another."""
    known = roles()
    index = 0
    while index < len(words):
        for length in range(min(_LONGEST, len(words) - index), 0, -1):
            phrase = " ".join(token.word for token in words[index : index + length])
            if phrase not in known and words[index].is_capital:
                phrase = phrase.removesuffix("s")  # "Presidents A and B"
            if phrase in known and not words[index + length - 1].is_possessive:
                yield index, index + length, known[phrase]
                index += length
                break
        else:
            index += 1


def _qualifiers(words: Sequence[Token], start: int, end: int) -> tuple[frozenset[str], int]:
    """What restricts the office at `start:end`, and where the phrase with it begins."""
    found = set()
    first = start
    for back in range(start - 1, max(-1, start - 5), -1):
        token = words[back]
        if token.is_pause or token.word in DETERMINERS or token.word in BE or token.word == "and":
            break
        if token.word in _QUALIFIERS:
            found.add("former" if token.word in ("ex", "onetime") else token.word)
            first = back
        elif token.word in role_words() or (
            not token.is_capital and (is_finite(token.word) or not token.content)
        ):
            break
    after = words[end].word if end < len(words) else ""
    if after in ("elect", "designate", "candidate", "nominee", "hopeful"):
        found.add(after)
    return frozenset(found), first


def _holders(words: Sequence[Token], first: int, start: int, end: int) -> Iterable[str]:
    """Last names of who holds the office: named after it, before it, or with "is"."""
    after = end
    while after < len(words) and words[after].word in _QUALIFIERS:
        after += 1
    name = _name_at(words, after)
    if name:
        yield name
        return
    behind = _apposed(words, end)
    if behind:
        yield behind
    ahead = _named_before(words, first)
    if ahead:
        yield ahead


def _name_at(words: Sequence[Token], index: int) -> str | None:
    """The last word of the name that stands at `index`."""
    end = index
    while end < len(words) and words[end].is_capital and words[end].word not in roles():
        end += 1
        if words[end - 1].is_possessive:
            break
    return fold(words[end - 1].text) if end > index else None


def _apposed(words: Sequence[Token], end: int) -> str | None:
    """The name in "the mayor of B, A," or "B's mayor, A,"."""
    for index in range(end, min(len(words), end + _APPOSITION)):
        if words[index].text != ",":
            if words[index].is_pause or words[index].word in BE:
                return None
            continue
        name_end = index + 1
        while name_end < len(words) and words[name_end].is_capital:
            name_end += 1
        closed = name_end == len(words) or words[name_end].is_pause
        if name_end - index > 2 and closed:  # two words: a place is often one
            return fold(words[name_end - 1].text)
        return None
    return None


def _named_before(words: Sequence[Token], first: int) -> str | None:
    """The name in "A, the mayor", "A, mayor", "A is the mayor", "A, who was mayor"."""
    index = first - 1
    skipped = 0
    while index >= 0 and skipped < _LONGEST:
        token = words[index]
        if token.text == "," or token.word in BE or token.word in ("who", "became", "as"):
            index -= 1
            while index >= 0 and (
                words[index].is_pause or words[index].word in ("who", "is", "was")
            ):
                index -= 1
            return _last_name(words, index)
        if not (token.word in DETERMINERS or token.is_capital or token.content):
            return None
        index -= 1
        skipped += 1
    return None


def _last_name(words: Sequence[Token], index: int) -> str | None:
    """The word at `index` if it ends a name; a lone one after "of" or "in" is a place."""
    if index < 0 or not words[index].is_capital:
        return None
    lone = index == 0 or not words[index - 1].is_capital
    if lone and index and words[index - 1].word in PREPOSITIONS:
        return None
    return fold(words[index].text)


def wrong_office(written: str, sources: Iterable[str]) -> str | None:
    """One line about a person to whom `written` gives an office that no source does."""
    stated = holdings(written)
    if not stated:
        return None
    known: dict[str, list[Holding]] = {}
    texts = list(sources)
    for text in texts:
        for holding in holdings(text):
            known.setdefault(holding.name, []).append(holding)
    for holding in stated:
        given = known.get(holding.name, [])
        if any(_same(holding, one) for one in given):
            continue
        if any(_together(holding, text) for text in texts) and not any(
            one.role == holding.role for one in given
        ):
            continue  # said of them in a way that is not read here, or one office of several
        if given:
            told = given[0].shown
            return f"{holding.name.title()} is {told!r} in its sources, not {holding.shown!r}"
        return f"no source calls {holding.name.title()} {holding.shown!r}"
    return None


def _same(written: Holding, source: Holding) -> bool:
    if written.role != source.role and not source.role.endswith(f" {written.role}"):
        return False
    return source.qualifiers - _FREE <= written.qualifiers and (
        written.qualifiers - _FREE <= source.qualifiers
    )


def _together(holding: Holding, text: str) -> bool:
    if any(other.role == holding.role for other in holdings(text)):
        return False
    plain = [token.word for token in tokens(text)]
    office = holding.shown.lower().split()
    runs = (plain[start : start + len(office)] for start in range(len(plain)))
    return holding.name in plain and office in runs
