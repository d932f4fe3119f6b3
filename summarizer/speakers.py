"""Who said it: what a source leaves with a speaker keeps that speaker, and no other.

Reads "A said that ...", "..., A said" and "according to A". Knows no facts and no names' forms
beyond the words themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from summarizer.align import Alignment, Token, tokens
from summarizer.grammar import (
    DETERMINERS,
    HELPING,
    PREPOSITIONS,
    RELATIVES,
    is_certainly_finite,
    is_finite,
    role_words,
)
from summarizer.words import REPORTING, SPEECH, word_set

_HE = word_set("he she they it we i who")
_LONGEST_SPEAKER = 14
_LEAST_TOLD = 2
_FINDING = word_set("ruled rules concluded concludes found finds determined decided showed shows")
_BESIDE = word_set("after since when before while")
"""What opens a clause beside the news: "days after he said so, A left"."""
_ABBREVIATED = 4
_MOSTLY = 0.6
_HEARERS = word_set("told tell tells telling")
_PAPERS = word_set("statement release website post data figures records")
"""Papers and figures: who stands behind them is named elsewhere or nobody."""
_TELLING = (
    REPORTING
    | word_set(
        "added warned warns estimated estimates predicted predicts suggested suggests argued "
        "believes believe believed thinks think wrote writes declared testified contended "
        "asserted adding warning claiming arguing tweeted tweets"
    )
) - word_set("accuse accuses accused deny denies denied reported reportedly alleged allegedly")


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One report inside a sentence, as places of its tokens.

    `verb` is where "said" stands, `speaker` and `said` are the places of who speaks and of
    what is told; either may be empty.
    """

    verb: int
    speaker: frozenset[int]
    said: frozenset[int]


@cache
def _told(text: str) -> tuple[Telling, ...]:
    words = tokens(text)
    found: list[Telling] = []
    for place, token in enumerate(words):
        if token.word == "according" and place + 1 < len(words) and words[place + 1].word == "to":
            found.append(_according(words, place))
        elif token.word in _TELLING | _FINDING and not token.is_capital and _reports(words, place):
            found.append(_telling(text, words, place))
    return tuple(found)


def tellings(text: str) -> tuple[Telling, ...]:
    """The reports in one sentence, in order."""
    return _told(text)


def _reports(words: Sequence[Token], place: int) -> bool:
    """Not "is said to", "the reports", "to say": those tell of no speaker here."""
    before = words[place - 1].word if place else ""
    follows = words[place + 1].word if place + 1 < len(words) else ""
    if before == "to" and follows == "that":
        return True  # "A went on to say that ..."
    if words[place].word in _FINDING and follows != "that":
        return False  # "police found a boat"
    return before not in DETERMINERS and before not in ("to", "be", "been", "of")


def _according(words: Sequence[Token], place: int) -> Telling:
    end = place + 2
    while end < len(words) and not words[end].is_pause and end - place < _LONGEST_SPEAKER:
        end += 1
    speaker = frozenset(range(place + 2, end))
    return Telling(
        verb=place,
        speaker=speaker,
        said=frozenset(range(len(words))) - speaker - {place, place + 1},
    )


def _telling(text: str, words: Sequence[Token], place: int) -> Telling:
    """A report by a verb: its speaker before it, or behind it where nothing stands before."""
    if _trails(words, place):  # "A spoke there, saying that ..."
        start = max(0, _clause_start(words, place - 1))
        ahead = frozenset(range(start, place - 1))
        return Telling(verb=place, speaker=ahead, said=frozenset(range(place + 1, len(words))))
    start = _clause_start(words, place)
    ahead = frozenset(range(start, place))
    everything = frozenset(range(len(words)))
    behind = _after(words, place)
    closes = start > 0 and _ends_report(words, place)
    if not any(words[i].content or words[i].word in _HE for i in ahead) and behind is not None:
        speaker = frozenset(range(place + 1, behind))  # "..., said A"
        return Telling(verb=place, speaker=speaker, said=everything - speaker - {place})
    if closes:  # "..., A said on Monday"
        return Telling(verb=place, speaker=ahead, said=frozenset(range(start)))
    end = len(words)
    if any(words[i].word in _BESIDE for i in range(max(0, start - 1), place)):
        end = next((i for i in range(place, end) if words[i].text == ","), end)
    return Telling(verb=place, speaker=ahead, said=frozenset(range(place + 1, end)))


def _trails(words: Sequence[Token], place: int) -> bool:
    """Whether "saying" follows a comma: whoever the clause before is about speaks."""
    return words[place].word.endswith("ing") and place > 1 and words[place - 1].text == ","


def _clause_start(words: Sequence[Token], place: int) -> int:
    """Where the clause of the verb at `place` begins; a bracketed apposition belongs to it."""
    index = place - 1
    while index >= 0 and place - index <= _LONGEST_SPEAKER:
        token = words[index]
        if token.word in ("and", "but", "while", "that", "as", "because", "although") and any(
            is_certainly_finite(one.word) for one in words[max(0, index - 6) : index]
        ):
            return index + 1
        if token.is_pause:
            opened = _apposition_start(words, index)
            if opened is None or index != place - 1:
                return index + 1
            index = opened
        index -= 1
    return max(0, index + 1)


def _apposition_start(words: Sequence[Token], comma: int) -> int | None:
    """The comma that opens what the comma before the verb closes: "A, the mayor of B, said"."""
    if words[comma].text == ")":
        return next((i for i in range(comma - 1, -1, -1) if words[i].text == "("), None)
    for index in range(comma - 1, max(-1, comma - _LONGEST_SPEAKER), -1):
        if words[index].is_pause:
            inside = words[index + 1 : comma]
            told = any(is_certainly_finite(one.word) and not one.is_capital for one in inside)
            return index if inside and (not told or inside[0].word in RELATIVES) else None
    return None


def _after(words: Sequence[Token], place: int) -> int | None:
    """The end of a speaker that follows the verb: "said A, the mayor"."""
    end = place + 1
    while end < len(words) and not words[end].is_pause and words[end].word not in PREPOSITIONS:
        if words[end].word in HELPING or words[end].word == "that":
            return None
        end += 1
    only_how = all(word.word.endswith("ly") for word in words[place + 1 : end])
    return end if end > place + 1 and not only_how else None


def _ends_report(words: Sequence[Token], place: int) -> bool:
    """Whether nothing is told after the verb: only when, where, or to whom."""
    rest = words[place + 1 :]
    if not rest:
        return True
    pause = next((i for i, one in enumerate(rest) if one.is_pause or _closes(one)), len(rest))
    short = rest[:pause]
    if any(is_certainly_finite(one.word) and not one.is_capital for one in short):
        return False
    return (
        not short
        or short[0].word in PREPOSITIONS
        or short[0].is_capital
        or (words[place].word in _HEARERS)
    )


def _closes(token: Token) -> bool:
    """Whether a full stop follows: a quotation of several sentences has some inside."""
    return token.text.endswith(".") and len(token.text) > _ABBREVIATED


def says_nothing(written: str) -> str | None:
    """One line when only that somebody spoke is left: "The Herald reports."."""
    words = tokens(written)
    content = [token for token in words[:-1] if token.content]
    named = all(token.is_capital or token.word in role_words() for token in content)
    ends = words[-1].word.rstrip(".") in SPEECH if words else False
    if (content and named and ends) or _only_where(written, words):
        return "it does not say what was told"
    return None


def _only_where(written: str, words: Sequence[Token]) -> bool:
    """Whether only where or when somebody spoke is left: "A said in a speech in B."."""
    verbs = [i for i, one in enumerate(words) if is_finite(one.word) and not one.is_capital]
    if len(verbs) != 1 or words[verbs[0]].word not in ("said", "says", "told"):
        return False
    rest = words[verbs[0] + 1 :]
    told = any(mark in written for mark in '“”":') or any(one.word == "that" for one in words)
    return bool(rest) and not told and rest[0].word in PREPOSITIONS


def lost_speaker(found: Alignment, source: str) -> str | None:
    """One line when what the source leaves with somebody is told as a fact."""
    own = _has_voice(found, source)
    kept = {
        place
        for telling in tellings(source)
        if telling.verb in found.taken
        for place in telling.said | telling.speaker
    }
    for telling in tellings(source):
        used = [i for i in found.taken if found.source[i].content and i not in kept]
        inside = [i for i in used if i in telling.said]
        if len(inside) < max(_LEAST_TOLD, 0.6 * len(used)) or telling.verb in found.taken:
            continue
        if own or _speaks_of_self(found, telling):
            continue
        told = _content(found.source, telling.speaker)
        if told and told <= _PAPERS:
            continue
        speaker = " ".join(found.source[i].text for i in sorted(telling.speaker)) or "somebody"
        return f"its source leaves this with {speaker!r}"
    return None


def _has_voice(found: Alignment, source: str) -> bool:
    """Whether the written sentence names a voice of its own, not one that its source cites."""
    said = {place for telling in tellings(source) for place in telling.said}
    return any(
        (token.word in SPEECH or token.word == "according") and found.where[index] not in said
        for index, token in enumerate(found.written)
    )


def _speaks_of_self(found: Alignment, telling: Telling) -> bool:
    """Whether "A says he has" is told as "A has": whoever tells it is who it is about."""
    follows = [i for i in sorted(telling.said) if i > telling.verb][:6]
    pronoun = any(found.source[i].word in ("he", "she", "they", "it", "i", "we") for i in follows)
    ahead = any(found.source[i].word in ("will", "would") for i in follows)
    told = [i for i in telling.speaker if found.source[i].content]
    return pronoun and not ahead and any(i in found.taken for i in told)


def wrong_speaker(found: Alignment, written: str, source: str, before: str) -> str | None:
    """One line when `written` has somebody else say what its source has somebody say.

    `before` is the sentence before the source sentence: it tells who "he" is.
    """
    for mine in tellings(written):
        speaker = _content(found.written, mine.speaker)
        if not speaker or _is_office(found.written, mine.speaker):
            continue
        said = {found.where[i] for i in mine.said if found.written[i].content} - {None}
        others = [
            theirs
            for theirs in tellings(source)
            if len(said & theirs.said) >= max(2, 0.5 * len(said))
        ]
        known = [_who(found.source, theirs, before) for theirs in others]
        if others and all(known) and not any(speaker & told for told in known):
            name = " ".join(found.source[i].text for i in sorted(others[0].speaker))
            return f"its source has {name!r} say this"
    return None


def mixed_speaker(
    tiles: Sequence[Alignment], written: str, sources: Sequence[tuple[str, str]]
) -> str | None:
    """One line when one source names who speaks and only another one what is said.

    `sources` are the tiles' sentences, each with the sentence before it.
    """
    words = tiles[0].written if tiles else ()
    for mine in (*tellings(written), *_headed(words)):
        speaker = _content(words, mine.speaker)
        said = [i for i in mine.said if words[i].content]
        if not speaker or len(said) < _LEAST_TOLD:
            continue
        for found, (source, before) in zip(tiles, sources, strict=True):
            if sum(found.where[i] is not None for i in said) < _MOSTLY * len(said):
                continue
            around = f"{before} {source}" if _goes_on(source) else source
            if not speaker & {token.form for token in tokens(around) if token.content}:
                name = " ".join(words[i].text for i in sorted(mine.speaker))
                return f"its source does not have {name!r} say this"
            break
    return None


def _headed(words: Sequence[Token]) -> tuple[Telling, ...]:
    """The report in "A: the port will close"."""
    colon = next((i for i, token in enumerate(words[:_LONGEST_SPEAKER]) if token.text == ":"), 0)
    if not colon or not all(token.is_capital for token in words[:colon]):
        return ()
    told = frozenset(range(colon + 1, len(words)))
    return (Telling(verb=colon, speaker=frozenset(range(colon)), said=told),)


def _goes_on(source: str) -> bool:
    """Whether a sentence quotes somebody, or has "he" speak: the one before may tell who."""
    words = tokens(source)
    pronoun = any(words[i].word in _HE for one in tellings(source) for i in one.speaker)
    return pronoun or any(mark in source for mark in '“”"')


def _who(words: Sequence[Token], telling: Telling, before: str) -> frozenset[str]:
    """The words that name a report's speaker; of "he" those of the sentence before."""
    told = _content(words, telling.speaker)
    if any(words[i].word in _HE for i in telling.speaker):
        told |= {token.form for token in tokens(before) if token.content}
    return told


def _is_office(words: Sequence[Token], places: frozenset[int]) -> bool:
    """Whether it is "the foreign minister" without a name: who holds the office is for `roles`."""
    named = [words[i] for i in places if words[i].is_capital and words[i].word not in role_words()]
    return len(named) < 2 and any(words[i].word in role_words() for i in places)


def _content(words: Sequence[Token], places: frozenset[int]) -> frozenset[str]:
    return frozenset(words[i].form for i in places if words[i].content)
