"""Which stretches of an English sentence of news may go without changing what the rest says.

Reads commas, brackets and word classes, no parse tree: where two readings are possible the
stretch stays. The words are data (`data/shortening_en.toml`). Knows no other sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from summarizer.align import Token
from summarizer.grammar import (
    ADVERBS,
    DETERMINERS,
    HELPING,
    JOINING,
    PREPOSITIONS,
    is_certainly_finite,
    is_date_word,
    is_finite,
    verb_forms,
)
from summarizer.pauses import (
    Reading,
    Stretch,
    is_whole,
    may_go,
    points_back,
    speaks,
    word_lists,
)
from summarizer.words import PRONOUNS, SPEECH, word_set

_ODD_MARKS = re.compile(
    r"[«»„‟‘`\[\]{}|?!…\n]|(?<!\w)['’]|\.\.|[.!?][\"”’']*\s+[\"“]?[A-Z][a-z]+\s+[a-z]"
)
_AGE = re.compile(r"\d{1,3}")
_DASHES = frozenset(("--", "—", "–"))
_RELATIVE = word_set("who whom whose which where")
_OPENS_NOUN = (DETERMINERS - word_set("that this these those my your our")) | {"one"}
_PLURAL = word_set("are were have")
_LEAST_IN_DASHES = 2
_LONGEST_PHRASE = 5


def droppable(sentence: str) -> list[Stretch]:
    """The stretches that may go, each alone or together with others, in order; some nest."""
    if _ODD_MARKS.search(sentence) or not sentence.endswith("."):
        return []
    read = Reading(sentence)
    if not read.is_balanced:
        return []
    found = [*_fronts(read), *_asides(read), *_bracketed(read), *_middles(read), *_endings(read)]
    return sorted(set(found))


def _fronts(read: Reading) -> Iterator[Stretch]:
    """Words that join only, and where somebody spoke: "However, ...", "Speaking in A, ..."."""
    lists = word_lists()
    first, comma = read.word(0), read.pauses[1]
    phrase = " ".join(read.word(at) for at in range(min(comma, _LONGEST_PHRASE + 1)))
    bare = first in lists["bare"] and read.word(1) not in lists["not_bare"]
    if read.is_comma(comma) and (phrase in lists["front"] or _is_place_of_speech(read, comma)):
        yield from read.cut(0, read.tokens[comma].start + 1)
    elif bare and comma != 1:
        yield from read.cut(0, read.tokens[1].start)


def _is_place_of_speech(read: Reading, comma: int) -> bool:
    """Whether it says before whom somebody spoke, and the sentence's subject follows."""
    if read.word(0) not in word_lists()["speaking"] or not may_go(read, 0, comma, dated=False):
        return False
    subject = next(read.parts(comma + 1, len(read.tokens)), ())
    told = any(is_certainly_finite(one.word) for one in subject[1:])
    return told and not is_finite(subject[0].word) and not points_back(read, 0, comma, who=True)


def _asides(read: Reading) -> Iterator[Stretch]:
    """Phrases between commas that join only, and ", too." at the end."""
    for before, after in pairwise(read.pauses[1:]):
        phrase = " ".join(read.word(at) for at in range(before + 1, after))
        if not read.is_comma(before) or phrase not in word_lists()["aside"]:
            continue
        start = read.tokens[before].start
        if after == len(read.tokens):
            yield from read.cut(start, len(read.text), ".")
        elif read.is_comma(after):
            inside = is_finite(read.word(after + 1)) or is_finite(read.word(before - 1))
            yield from read.cut(start, read.tokens[after].start + 1, "" if inside else ",")


def _bracketed(read: Reading) -> Iterator[Stretch]:
    """What stands in brackets, or between two dashes."""
    opened = [at for at, token in enumerate(read.tokens) if token.text == "("]
    for start in opened:
        end = next((at for at in range(start, len(read.tokens)) if read.word(at) == ")"), 0)
        left, right = read.tokens[start].start, read.tokens[end].start + 1
        told = read.span(start + 1, end)
        is_mark = len(told) == 1 and (len(told[0].text) == 1 or told[0].text.isdigit())
        if not left or read.text[left - 1] != " " or not told or is_mark:
            continue
        if read.text[right : right + 1] not in (" ", ",", ".", ";") or speaks(told):
            continue
        if may_go(read, start + 1, end, dated=True) and not points_back(read, start, end):
            yield from read.cut(left - 1, right)
    dashes = [at for at in read.pauses[1:-1] if read.tokens[at].text in _DASHES]
    if len(dashes) == 2:
        yield from _dashed(read, *dashes)


def _dashed(read: Reading, first: int, last: int) -> Iterator[Stretch]:
    left, right = read.tokens[first], read.tokens[last]
    end = right.start + len(right.text)
    spaced = read.text[left.start - 1] == " " == read.text[end : end + 1]
    joined = left.text == right.text == "—"
    told = read.span(first + 1, last)
    if left.text != right.text or not (spaced or joined) or len(told) < _LEAST_IN_DASHES:
        return
    if (
        speaks(told)
        or told[0].is_capital
        or told[0].word in JOINING
        or not may_go(read, first + 1, last, dated=True)
    ):
        return
    if points_back(read, first, last) or read.word(first - 1) in PREPOSITIONS | DETERMINERS:
        return
    if read.word(last + 1) in DETERMINERS:
        return
    start = left.start - 1 if read.text[left.start - 1] == " " else left.start
    yield from read.cut(start, end, "" if read.text[end : end + 1] == " " else " ")


def _middles(read: Reading) -> Iterator[Stretch]:
    """Relative clauses, appositions and ages between a subject and its verb."""
    commas = read.pauses[1:-1]
    for place, before in enumerate(commas):
        if not read.is_comma(before) or not _is_noun(read, before - 1):
            continue
        ends = []
        for after in commas[place + 1 :]:
            if not read.is_comma(after):
                break
            if _resumes(read, before, after):
                ends.append(after)
        if len(ends) != 1 or _is_front(read, before):
            continue
        after = ends[0]
        relative = opens_relative(read, before + 1)
        if relative:
            fits = any(is_finite(one.word) for one in read.span(before + 2, after))
        else:
            fits = after == commas[place + 1] and (
                _is_apposition(read, before + 1, after) or _is_age(read, before, after)
            )
        who = read.word(before + 1) != "which"
        fits = fits and may_go(read, before + 1, after, dated=True)
        if fits and not points_back(read, before, after, who=who):
            yield from read.cut(read.tokens[before].start, read.tokens[after].start + 1)


def _is_front(read: Reading, comma: int) -> bool:
    """Whether what the comma closes only introduces: "After the blast, a man, ..."."""
    start = max(p for p in read.pauses if p < comma)
    opening = read.tokens[start + 1]
    if opening.word in PREPOSITIONS | JOINING or opening.word.endswith("ing"):
        return not any(
            is_certainly_finite(one.word) and not one.is_capital
            for one in read.span(start + 2, comma)
        )
    return is_date_word(opening.word) and comma - start <= _LONGEST_PHRASE


def _is_noun(read: Reading, at: int) -> bool:
    """Whether a noun stands there, to which something can be added."""
    if at < 0:
        return False
    token, word = read.tokens[at], read.word(at)
    if not token.content or word in word_lists()["pointers"] or word in PRONOUNS:
        return False
    return token.is_capital or not (is_certainly_finite(word) or word.endswith("ly"))


def _resumes(read: Reading, before: int, after: int) -> bool:
    """Whether a verb follows the closing comma, whose subject stands before the opening one."""
    at = after + 1
    if read.word(at) in ADVERBS | {"now", "still"}:
        at += 1
    if at >= len(read.tokens) or read.tokens[at].is_capital:
        return False
    word = read.word(at)
    if word in HELPING:
        return word not in ("be", "been", "being")
    if not (is_certainly_finite(word) or word in SPEECH):
        return False
    start = max(p for p in read.pauses if p < before)
    earlier = read.span(start + 1, before)
    told = any(is_certainly_finite(one.word) and not one.is_capital for one in earlier)
    return not word.endswith("ing") and (not told or (word in SPEECH and word != "called"))


def opens_relative(read: Reading, at: int) -> bool:
    """Whether a relative clause opens there: "who", "in which", "some of whom"."""
    if read.word(at) in _RELATIVE:
        return True
    if read.word(at) in PREPOSITIONS:
        return read.word(at + 1) in ("which", "whom")
    listed = read.word(at) in word_lists()["partitives"] and read.word(at + 1) == "of"
    return listed and read.word(at + 2) in ("which", "whom")


def _is_apposition(read: Reading, first: int, last: int) -> bool:
    """Whether a noun with its article stands there, with no verb but in a clause of its own."""
    told = read.span(first, last)
    opening = told[0]
    if opening.word not in _OPENS_NOUN or opening.is_capital or len(told) < 2:
        return False
    if opening.word == "one" and told[1].word != "of":
        return False
    if any(one.word == "and" for one in told) and (
        read.word(last + 1) in _PLURAL or opening.word not in ("a", "an", "the")
    ):
        return False
    relative = next(
        (i for i, one in enumerate(told) if one.word in _RELATIVE | {"that"}), len(told)
    )
    plain = told[1:relative]
    if any(one.is_pause for one in plain):
        return False
    return not any(is_finite(one.word) and not one.is_capital for one in plain[:-1]) and not (
        plain and is_certainly_finite(plain[-1].word)
    )


def _is_age(read: Reading, before: int, after: int) -> bool:
    """Whether only an age stands there: ", 42,"."""
    only = after == before + 2 and bool(_AGE.fullmatch(read.tokens[before + 1].text))
    return only and read.tokens[before - 1].is_capital


def _endings(read: Reading) -> Iterator[Stretch]:
    """Clauses and appositions from a comma to the full stop."""
    for comma in read.pauses[1:-1]:
        if read.is_comma(comma) and _ends_well(read, comma):
            yield from read.cut(read.tokens[comma].start, len(read.text), ".")


def _ends_well(read: Reading, comma: int) -> bool:
    """Whether all from the comma on may go, and a whole sentence stands before it."""
    end = len(read.tokens)
    opening, relative = comma + 1, opens_relative(read, comma + 1)
    first, *later = list(read.parts(opening, end)) or [()]
    if not first:
        return False
    noun = _is_noun(read, comma - 1)
    if relative:
        fits = noun and any(is_finite(one.word) for one in first[1:])
    elif read.tokens[comma - 1].is_capital and _is_apposition(read, opening, opening + len(first)):
        fits = not any(one.word in ("and", "or") for one in first)
    else:
        fits = _opens_clause(read, comma) and not (read.word(opening) == "as" and speaks(first))
    if not fits or any(not _goes_along(part) for part in later):
        return False
    if read.word(end - 1) in SPEECH:  # whoever speaks stands before the comma
        return False
    if any(read.tokens[p].text != "," for p in read.pauses[1:-1] if p > comma):
        return False
    return may_go(read, opening, end, dated=relative) and is_whole(
        read.text[: read.tokens[comma].start]
    )


def _opens_clause(read: Reading, comma: int) -> bool:
    """Whether a clause opens there: "while ...", "adding that ...", "in a move ..."."""
    lists = word_lists()
    words = [read.word(at) for at in range(comma + 1, comma + 1 + _LONGEST_PHRASE)]
    if words[0] in lists["clauses"]:
        return " ".join(words[:2]) not in lists["not_clauses"]
    if any(" ".join(words[:size]) in lists["openings"] for size in (2, 3)):
        return True
    beside = read.word(comma - 1).endswith("ing")  # a list of doings
    capital = read.tokens[comma + 1].is_capital if comma + 1 < len(read.tokens) else True
    return _is_participle(*words[:2]) and not beside and not capital


def _is_participle(word: str, follower: str = "") -> bool:
    known = word in verb_forms() or follower in DETERMINERS | PREPOSITIONS | {"that"}
    return word.endswith("ing") and known and word not in word_lists()["not_verbs"]


def _goes_along(part: Sequence[Token]) -> bool:
    """Whether a further part of a closing clause belongs to it, and is no main clause or source."""
    word = part[0].word
    return not speaks(part) and (word in _RELATIVE or _is_participle(word))
