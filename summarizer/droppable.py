"""Which stretches of an English sentence of news may go without changing what the rest says.

Reads commas, brackets and word classes, no parse tree: where two readings are possible the
stretch stays. The words are data (`data/shortening_en.toml`). Knows no other sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from summarizer.align import Token
from summarizer.grammar import (
    ADVERBS,
    DETERMINERS,
    HELPING,
    JOINING,
    PREPOSITIONS,
    RELATIVES,
    is_certainly_finite,
    is_date_word,
    is_finite,
    verb_forms,
)
from summarizer.linking import dateline_end, links
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
_PLACING = word_set("in on at after during before from near outside inside")
_LONGEST_SOURCE = 16
_SAYING = SPEECH - word_set("allegedly reportedly alleged reported according")
_PLURAL = word_set("are were have")
_LEAST_IN_DASHES = 2
_LONGEST_PHRASE = 5


def droppable(sentence: str, *, only_links: bool = False) -> list[Stretch]:
    """The stretches that may go, each alone or together with others, in order; some nest.

    With `only_links` those alone that tell nothing themselves.
    """
    if _ODD_MARKS.search(sentence) or not sentence.endswith("."):
        return []
    read = Reading(sentence)
    if not read.is_balanced:
        return []
    finders = (links,) if only_links else (links, _bracketed, _middles, _endings)
    return sorted({one for find in finders for one in find(read)})


def _bracketed(read: Reading) -> Iterator[Stretch]:
    """What stands in brackets, or between two dashes."""
    behind = dateline_end(read.text)
    for start, token in enumerate(read.tokens):
        if token.text != "(" or token.start < behind:
            continue
        end = next((at for at in range(start, len(read.tokens)) if read.word(at) == ")"), 0)
        left, right = read.tokens[start].start, read.tokens[end].start + 1
        told = read.span(start + 1, end)
        # a number in a list, or the short form of a name, by which it may be known further on
        is_mark = len(told) == 1 and (told[0].is_capital or told[0].text.isdigit())
        if not left or read.text[left - 1] != " " or not told or is_mark:
            continue
        if read.text[right : right + 1] not in (" ", ",", ".", ";") or speaks(told):
            continue
        if may_go(read, start + 1, end, dated=False) and not points_back(read, start, end):
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
    """Clauses, appositions, ages and lists between two commas."""
    commas = read.pauses[1:-1]
    for place, before in enumerate(commas):
        if not read.is_comma(before) or not _is_noun(read, before - 1):
            continue
        after = _closing(read, before, commas[place + 1 :])
        if after is None or not may_go(read, before + 1, after, dated=True):
            continue
        who = read.word(before + 1) not in {"which", *word_lists()["lists"]}
        if not points_back(read, before, after, who=who):
            yield from read.cut(read.tokens[before].start, read.tokens[after].start + 1)


def _closing(read: Reading, before: int, later: Sequence[int]) -> int | None:
    """The comma that closes what the one at `before` opens, where that may go."""
    ends = []
    for after in later:
        if not read.is_comma(after):
            break
        if _resumes(read, before, after):
            ends.append(after)
    if not ends and later and read.is_comma(later[0]):
        return later[0] if _is_aside_of_object(read, before, later[0]) else None
    if len(ends) != 1 or _is_front(read, before):
        return None
    after = ends[0]
    if opens_relative(read, before + 1):
        fits = any(is_finite(one.word) for one in read.span(before + 2, after))
    elif _opens_list(read, before + 1):
        fits = not any(is_certainly_finite(one.word) for one in read.span(before + 1, after))
    else:
        fits = after == later[0] and (
            _is_apposition(read, before + 1, after) or _is_age(read, before, after)
        )
    return after if fits else None


def _is_aside_of_object(read: Reading, before: int, after: int) -> bool:
    """Whether it describes a name behind the verb, and a place or time goes on: "A, a B, in C"."""
    told = read.span(before + 1, after)
    listed = _opens_list(read, before + 1)
    described = read.tokens[before - 1].is_capital and _is_apposition(read, before + 1, after)
    if not (listed or described) or read.word(after + 1) not in _PLACING:
        return False
    plain = not any(one.word in ("and", "or") or is_finite(one.word) for one in told[1:])
    return plain and is_whole(read.text[: read.tokens[before].start])


def _opens_list(read: Reading, at: int) -> bool:
    """Whether some of what was named before are told: "including", "such as"."""
    words = [read.word(at), read.word(at + 1)]
    return words[0] in word_lists()["lists"] or " ".join(words) in word_lists()["lists"]


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
    earlier = read.span(0, before)
    told = any(is_certainly_finite(one.word) and not one.is_capital for one in earlier)
    if word in HELPING:  # "he said the man, who was ill, would leave"
        at_once = not any(before < pause < after for pause in read.pauses)
        return word not in ("be", "been", "being") and (at_once or not told)
    return not told and (is_certainly_finite(word) or word in SPEECH) and word[-3:] != "ing"


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
    if len(told) < 2 or speaks(told) or is_date_word(read.word(first - 2)):
        return False
    opening = told[0]
    if opening.word not in _OPENS_NOUN or opening.is_capital:
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
    """What stands from a comma to the full stop, or to who said it."""
    source = _source(read)
    for comma in read.pauses[1:-1]:
        start = read.tokens[comma].start
        if not read.is_comma(comma):
            continue
        if source is not None:
            if comma < source and _ends_well(read, comma, source):
                yield from read.cut(start, read.tokens[source].start)
        elif _ends_well(read, comma, len(read.tokens)):
            yield from read.cut(start, len(read.text), ".")


def _source(read: Reading) -> int | None:
    """The comma before who said it: ", police said on Monday.", ", according to A."."""
    last = read.pauses[-2]
    part = read.tokens[last + 1 :]
    if not read.is_comma(last) or not part or part[0].word in RELATIVES:
        return None
    if part[0].word == "according":
        return last
    said = next((i for i, one in enumerate(part) if one.word in _SAYING), None)
    if said is None or len(part) > _LONGEST_SOURCE or _is_participle(part[0].word):
        return None
    if any(one.word in ("that", "and", "while", "as", "after", "when") for one in part):
        return None
    who = next((i for i, one in enumerate(part) if one.word in RELATIVES), said)
    return last if not any(is_certainly_finite(one.word) for one in part[:who]) else None


def _ends_well(read: Reading, comma: int, end: int) -> bool:
    """Whether all from the comma to `end` may go, and a whole sentence stands before it."""
    opening, relative = comma + 1, opens_relative(read, comma + 1)
    first, *later = list(read.parts(opening, end)) or [()]
    if not first or {read.word(end - 1), read.word(comma - 1)} & SPEECH:
        return False  # who speaks, or what was said, stands beyond the comma
    apposition = read.tokens[comma - 1].is_capital and _is_apposition(
        read, opening, opening + len(first)
    )
    along = _goes_along
    if relative:
        fits = _is_noun(read, comma - 1) and any(is_finite(one.word) for one in first[1:])
    elif apposition:  # not what somebody is given: "to give A, the chief, a free hand"
        given = any(
            read.word(at) in word_lists()["giving"] and read.word(at - 1) not in DETERMINERS
            for at in range(comma)
        )
        fits = not given and not any(one.word in ("and", "or") for one in first)
    elif _opens_list(read, opening):
        fits, along = _is_listed(first), _is_listed
    else:
        fits = _opens_clause(read, comma) and not (read.word(opening) == "as" and speaks(first))
    if not fits or not all(map(along, later)):
        return False
    if any(read.tokens[p].text != "," for p in read.pauses[1:-1] if comma < p < end):
        return False
    return may_go(read, opening, end, dated=relative) and is_whole(
        read.text[: read.tokens[comma].start]
    )


def _is_listed(part: Sequence[Token]) -> bool:
    """Whether it only names things, with no verb and no place or time behind them."""
    if part[0].word in (PREPOSITIONS - {"including"}) | (JOINING - {"and", "or"}):
        return False
    return not speaks(part) and not any(
        one.word in verb_forms() and one.word != "including" and not one.is_capital for one in part
    )


def _opens_clause(read: Reading, comma: int) -> bool:
    """Whether a clause opens there: "while ...", "adding that ...", "in a move ..."."""
    lists = word_lists()
    words = [read.word(at) for at in range(comma + 1, comma + 1 + _LONGEST_PHRASE)]
    part = next(read.parts(comma + 1, len(read.tokens)), ())
    if words[0] in lists["clauses"]:
        if words[0] == "as":  # not "as revealed by A", "as a big reason"
            told = [i for i in range(1, len(part)) if _is_verb_of(part, i)]
            if not told or told[0] == 1:
                return False
        return " ".join(words[:2]) not in lists["not_clauses"]
    if any(" ".join(words[:size]) in lists["openings"] for size in (2, 3)):
        return True
    beside = read.word(comma - 1).endswith("ing")  # a list of doings
    capital = read.tokens[comma + 1].is_capital if comma + 1 < len(read.tokens) else True
    return _is_participle(*words[:2]) and not beside and not capital


def _is_verb_of(part: Sequence[Token], at: int) -> bool:
    """Whether a verb stands there, not a noun of the same form: "the delay"."""
    noun = part[at - 1].word in DETERMINERS | PREPOSITIONS
    return is_finite(part[at].word) and not part[at].is_capital and not noun


def _is_participle(word: str, follower: str = "") -> bool:
    known = word in verb_forms() or follower in DETERMINERS | PREPOSITIONS | {"that"}
    return word.endswith("ing") and known and word not in word_lists()["not_verbs"]


def _goes_along(part: Sequence[Token]) -> bool:
    """Whether a further part of a closing clause belongs to it, and is no main clause or source."""
    word = part[0].word
    return not speaks(part) and (word in _RELATIVE or _is_participle(word))
