"""Whether a shortened sentence still tells its source's deed of the one who did it.

Works on what a copying writer leaves out: "the family of A plans" must not become "A plans".
Knows no grammar beyond `grammar` and judges only words that came from the source sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from summarizer.align import Alignment, Token
from summarizer.grammar import (
    ADVERBS,
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
)
from summarizer.numbers import mentions
from summarizer.words import SPEECH, word_set

_ONE, _SEVERAL = word_set("he she his her"), word_set("we our")
_LONGEST_PHRASE = 8
_CONJUNCTIONS = word_set("as after before since until")
_LONGEST_GAP = 12
_TOLD = 4
_WITHIN = 4
_COPIED = 0.7
_LEAST_SHARE = 0.5
"""Judged is only what a writer copied: of free wording these rules know too little."""


def misplaced(found: Alignment) -> str | None:
    """One line that says whose deed was given to somebody else; None where nobody's was."""
    for rule in _RULES:
        if said := rule(found):
            return said
    return None


def _complement_as_subject(found: Alignment) -> str | None:
    """What stands after "of" or "in" in the source opens the sentence, its head left out."""
    for opening, place in _openings(found):
        before = _before_phrase(found.source, place)
        if before is None or found.source[before].word not in PREPOSITIONS:
            continue
        if before in found.taken and found.where.index(before) == opening - 1:
            continue
        if _opens_clause(found.source, before) or _told_by_who(found, opening):
            continue
        head = _head_before(found.source, before)
        end = _phrase_end(found.written, opening)
        if head is not None and (_keeps(found.written, head, end) or head.word in HOLDERS):
            continue
        apposition = _is_apposition(found.written, opening)
        if apposition and (head is None or found.source[before].word != "of"):
            continue
        follows = found.written[end] if end < len(found.written) else None
        if follows is None or not (
            follows.is_pause
            or apposition
            or follows.word in RELATIVES
            or _is_verb(found.written, end)
        ):
            continue
        if any(token.is_possessive for token in found.written[opening:end]):
            continue
        if not apposition and not _is_copied(found, end):
            continue
        clause = follows.is_pause or follows.word in RELATIVES
        if not apposition and not clause and _side_by_side(found, end):
            continue
        phrase = " ".join(token.text for token in found.written[opening:end])
        return f"{phrase!r} is not who does this in its source"
    return None


def _apposition_of_cut(found: Alignment) -> str | None:
    """What explained a word that was cut off opens the sentence: "On A, the maker of B, C said"."""
    opening = next((i for i, token in enumerate(found.written) if token.content), 0)
    place = found.where[opening] if found.where else None
    end = next((i for i, token in enumerate(found.written) if token.is_pause), 0)
    if place is None or any(t.word not in DETERMINERS for t in found.written[:opening]):
        return None
    before, after = place - opening - 1, place - opening + end
    cut = before > 0 and found.source[before].text == "," and found.source[before - 1].is_capital
    if not cut or before - 1 in found.taken or not opening < end < len(found.written) - 1:
        return None
    if after >= len(found.source) or found.source[after].text != ",":
        return None
    verb = end + 1
    while verb < len(found.written) and found.written[verb].is_capital:
        verb += 1
    phrase = found.written[:end]
    if verb == end + 1 or not _is_verb(found.written, verb):
        return None  # "the minister, A, said": a closed apposition is the subject's own
    if any(token.content and token.word in role_words() for token in phrase):
        return None
    shown = " ".join(token.text for token in phrase)
    return f"{shown!r} is {found.source[before - 1].text!r} in its source, not who follows"


def _other_than_we(found: Alignment) -> str | None:
    """What a speaker tells of "we" or "I" is told of somebody else, who is named elsewhere."""
    start = next((i for i, place in enumerate(found.where) if place is not None), 0)
    instead = [token for token in found.written[:start] if token.content]
    place = found.where[start] if found.where else None
    if not instead or place is None:
        return None
    for token in reversed(found.source[max(0, place - _WITHIN) : place]):
        if token.is_pause:
            return None
        if token.word.partition("'")[0] in ("we", "i"):
            spoke = any(token.word in SPEECH or token.word == "according" for token in instead)
            shown = " ".join(token.text for token in found.written[:start])
            return None if spoke else f"its source tells this of {token.text!r}, not of {shown!r}"
        if token.content:
            return None
    return None


def _one_of_us(found: Alignment) -> str | None:
    """What a speaker tells of "we" is told of one person: "he was right" for "we were right"."""
    for index in range(1, len(found.written)):
        place = found.where[index]
        if place is None or found.where[index - 1] is not None or not place:
            continue
        mine, theirs = found.written[index - 1], found.source[place - 1]
        if mine.word.partition("'")[0] in _ONE and theirs.word.partition("'")[0] in _SEVERAL:
            return f"its source tells this of {theirs.text!r}, not of {mine.text!r}"
    return None


def _openings(found: Alignment) -> Iterator[tuple[int, int]]:
    """Where phrases open at the start of the sentence, or after a comma with an article."""
    for index, place in enumerate(found.where):
        if place is None or not found.written[index].content:
            continue
        start = index
        while start and found.written[start - 1].word in DETERMINERS:
            start -= 1
        if start == 0:
            yield index, place
        elif found.written[start - 1].is_pause and index != start:
            earlier = found.where[start - 1]
            if earlier is None or earlier + 1 != place - (index - start):
                yield index, place


def _side_by_side(found: Alignment, end: int) -> bool:
    """Whether its source has this phrase and the verb at `end` next to each other as well."""
    last = found.where[end - 1]
    return last is not None and found.where[end] == last + 1


def _is_copied(found: Alignment, start: int) -> bool:
    """Whether what is told from `start` on came from this source, not from other words."""
    rest = [i for i in range(start, len(found.written)) if found.written[i].content][:_TOLD]
    held = sum(found.where[i] is not None for i in rest)
    return bool(rest) and held >= _COPIED * len(rest) and found.share >= _LEAST_SHARE


def _is_apposition(written: Sequence[Token], opening: int) -> bool:
    while opening and written[opening - 1].word in DETERMINERS:
        opening -= 1
    return opening > 0


def _before_phrase(source: Sequence[Token], place: int) -> int | None:
    """The token before the phrase that the source has at `place`, its own words skipped."""
    index = place - 1
    while index >= 0 and (source[index].word in DETERMINERS or source[index].is_capital):
        if source[index].word in PREPOSITIONS or source[index].is_pause:
            break
        index -= 1
    return index if index >= 0 else None


def _told_by_who(found: Alignment, opening: int) -> bool:
    """Whether its source goes on about the same one: "echoed by A, who lost": A lost."""
    end = _phrase_end(found.written, opening)
    last, verb = found.where[end - 1], found.where[end] if end < len(found.written) else None
    if last is None or verb is None or verb != last + 3:
        return False
    return found.source[last + 1].text == "," and found.source[last + 2].word == "who"


def _opens_clause(source: Sequence[Token], before: int) -> bool:
    """Whether "as" or "after" opens a clause with a verb: "as A and B consider it"."""
    if source[before].word not in _CONJUNCTIONS:
        return False
    for index in range(before + 2, min(len(source), before + 1 + _LONGEST_PHRASE)):
        token = source[index]
        if token.is_pause or (token.word in PREPOSITIONS and token.word != "of"):
            return False
        if not token.is_capital and is_finite(token.word):
            return not _noun_follows_verb(source, index)
    return False


def _head_before(source: Sequence[Token], preposition: int) -> Token | None:
    for token in reversed(source[max(0, preposition - 3) : preposition]):
        if token.is_pause:
            return None
        if token.content or token.word in HOLDERS:
            return token
    return None


def _keeps(written: Sequence[Token], head: Token, end: int) -> bool:
    """Whether the phrase's head stands in it or is its verb; after the verb it is another's."""
    return any(token.form == head.form for token in written[: end + 2])


def _phrase_end(written: Sequence[Token], start: int) -> int:
    """The first token after the noun phrase that begins at `start`."""
    end = start + 1
    while end < min(len(written), start + _LONGEST_PHRASE):
        token = written[end]
        if token.is_pause or (not token.content and token.word not in ("and", "the")):
            break
        if not token.is_capital and is_finite(token.word):
            break
        end += 1
    return end


def _is_verb(tokens: Sequence[Token], index: int) -> bool:
    """Whether a sentence's verb stands at `index`, adverbs skipped."""
    while index < len(tokens) and (
        tokens[index].word.endswith("ly") or tokens[index].word == "also"
    ):
        index += 1
    if index >= len(tokens) or tokens[index].is_capital:
        return False
    return is_certainly_finite(tokens[index].word) or (
        is_finite(tokens[index].word) and not _noun_follows_verb(tokens, index)
    )


def _noun_follows_verb(tokens: Sequence[Token], index: int) -> bool:
    """Whether a verb follows at once, so that "plans" in "plans were" is a noun."""
    return index + 1 < len(tokens) and is_certainly_finite(tokens[index + 1].word)


def _subject_left_out(found: Alignment) -> str | None:
    """The words before a verb were left out up to another subject of the same sentence."""
    for index in range(len(found.written) - 1):
        here, there = found.where[index], found.where[index + 1]
        if here is None or there is None or not 1 < there - here <= _LONGEST_GAP:
            continue
        verb = found.written[index + 1].word
        if found.source[there].word != verb and verb not in HELPING:
            continue
        if not found.written[index].content or not _is_verb(found.written, index + 1):
            continue
        gap = found.source[here + 1 : there]
        if all(token.form in found.forms for token in _tail(gap) if token.content):
            continue
        if _brings_subject(found.source[here], found.written[index], gap):
            owner = " ".join(token.text for token in _tail(gap))
            return f"its source tells {found.written[index + 1].text!r} of {owner!r}"
    return None


def _tail(gap: Sequence[Token]) -> Sequence[Token]:
    """What follows the last pause of a gap."""
    last = max((i for i, token in enumerate(gap) if token.is_pause), default=-1)
    return gap[last + 1 :]


def _brings_subject(kept: Token, written: Token, gap: Sequence[Token]) -> bool:
    """Whether a stretch left out before a verb ends with that verb's own subject."""
    if gap[-1].word in ("and", "but", "or", "he", "she", "they", "it"):
        return False  # the verb shares its subject, or a pronoun stands for it
    if kept.is_possessive and written.is_possessive and len(gap) == 1:
        return gap[0].word in role_words()  # "A's latest attack": the attack stays A's
    tail = [t for t in _tail(gap) if not t.word.endswith("ly") and t.word not in ADVERBS]
    if not tail and any(token.word in ADVERBS for token in gap):
        return False
    if all(token.text[0].isdigit() for token in tail):
        return False
    if not tail or any(token.is_possessive for token in written_tail(kept, written)):
        return bool(tail) and not written.is_possessive and kept.is_possessive
    first = tail[0]
    if len(_tail(gap)) < len(gap):  # a pause stands inside: a clause or an apposition ended
        return _opens_phrase(first) and not _is_time(first)
    if first.word in PREPOSITIONS or first.word in RELATIVES or first.word in ("and", "to", "or"):
        return False
    if is_certainly_finite(first.word) and not first.is_capital:
        joins = [i for i, token in enumerate(gap) if token.word in JOINING]
        return bool(joins) and joins[-1] + 1 < len(gap) and _opens_phrase(gap[joins[-1] + 1])
    if first.is_capital and all(t.is_capital or t.word in HELPING for t in tail):
        named = any(token.word in role_words() for token in tail)
        return named and kept.word not in role_words()
    return _opens_phrase(first) and first.word not in DETERMINERS and kept.is_capital


def written_tail(kept: Token, written: Token) -> Sequence[Token]:
    """The possessive that only the source has: its owner is not the subject."""
    return () if written.is_possessive or not kept.is_possessive else (kept,)


def _opens_phrase(token: Token) -> bool:
    if token.word in PREPOSITIONS or token.word in RELATIVES or token.word in JOINING:
        return False
    if token.word in HELPING or token.word.endswith(("ing", "ly")) or _is_time(token):
        return False
    return token.content or token.word in DETERMINERS or bool(mentions(token.text))


def _is_time(token: Token) -> bool:
    return is_date_word(token.word)


def _joined_to_subject(found: Alignment) -> str | None:
    """Somebody was added with "and" to the subject, of whom the source sentence says nothing."""
    known = {token.form for token in found.source if token.content}
    for index, token in enumerate(found.written):
        if token.word != "and" or not index or found.where[index - 1] is None:
            continue
        end = _phrase_end(found.written, index + 1)
        added = [one for one in found.written[index + 1 : end] if one.content]
        if not added or not _is_verb(found.written, end) or found.where[end] is None:
            continue
        if not any(one.form in known for one in added):
            phrase = " ".join(one.text for one in found.written[index + 1 : end])
            return f"its source does not tell this of {phrase!r} too"
    return None


def _shortcut_of(found: Alignment) -> str | None:
    """Whether "the first night of the second season of A" became "the first night of A"."""
    for index, token in enumerate(found.written):
        here = found.where[index]
        if token.word != "of" or here is None or found.source[here].word != "of" or not index:
            continue
        follower = next(
            (i for i in range(index + 1, len(found.written)) if found.written[i].content), None
        )
        place = None if follower is None else found.where[follower]
        if place is None or place <= here:
            continue
        between = found.source[here + 1 : place]
        chained = [i for i, one in enumerate(between) if one.word == "of"]
        if not chained or any(one.is_pause for one in between):
            continue
        if any(one.content and one.word not in HOLDERS for one in between[: chained[-1]]):
            lost = " ".join(one.text for one in between[: chained[-1]])
            return f"it leaves out {lost!r} after 'of'"
    return None


_RULES = (
    *(_complement_as_subject, _subject_left_out, _joined_to_subject, _shortcut_of),
    *(_apposition_of_cut, _other_than_we, _one_of_us),
)
