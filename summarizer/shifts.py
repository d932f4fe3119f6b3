"""What shifts although the words are copied: who acts, whose thing it is, when, how sure.

Works on one aligned source sentence; each function gives a line on what it found, or None. Open
word classes are data (`data/shifts_en.toml`). Knows no grammar beyond `grammar` and no facts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise

from summarizer.align import Alignment, Token, tokens
from summarizer.grammar import (
    BE,
    HELPING,
    JOINING,
    PREPOSITIONS,
    is_certainly_finite,
    is_date_word,
    is_finite,
    verb_forms,
)
from summarizer.text import quotations
from summarizer.words import FIRST_PERSON, REPORTING, SPEECH, word_set

_POSSESSIVES = word_set("his her its their our my your whose")
_SUBJECTS = word_set("he she it they")
_POSSIBLE = word_set("may might could would")
_DASHES = frozenset(("--", "—", "–"))
_NEAR = 3
_PHRASE = 6
"""So many words a noun's article may stand before it."""
_BESIDE = 20
"""So far apart a name and what somebody is called stand in a sentence that says it."""
_CLAUSE = 20
"""So far before a hedge the part of the source begins that it is about."""


@cache
def _listed() -> Mapping[str, frozenset[str]]:
    """The word classes of `data/shifts_en.toml`."""
    text = resources.files("summarizer").joinpath("data/shifts_en.toml").read_text("utf-8")
    return {name: frozenset(words) for name, words in tomllib.loads(text).items()}


def other_doer(found: Alignment) -> str | None:
    """A name right before a copied verb, in whose place the source has another name."""
    for index in range(1, len(found.written)):
        place = found.where[index]
        verb, mine = found.written[index], found.written[index - 1]
        if not place or verb.is_capital or not is_finite(verb.word):
            continue
        theirs = found.source[place - 1]
        if found.where[index - 1] == place - 1 or not (_names(mine) and _names(theirs)):
            continue
        said = {token.key for token in found.written[:index] if token.content}
        if theirs.key not in said and verb.word == found.source[place].word:
            return f"its source tells {verb.text!r} of {theirs.text!r}, not of {mine.text!r}"
    return None


def object_as_doer(found: Alignment) -> str | None:
    """Tell "A wants the mayor to leave" from "the mayor wants to leave"."""
    for index in range(1, len(found.written)):
        verb, place = found.written[index], found.where[index]
        held = found.where[index - 1]
        if place is None or held is None or not place < held <= place + _NEAR:
            continue
        if verb.is_capital or verb.word in _listed()["inverted"] or not is_finite(verb.word):
            continue
        doer = found.written[index - 1]
        between = found.source[place + 1 : held]
        apart = any(one.is_pause or one.content for one in between)
        if doer.content and not apart and found.source[held - 1].word not in PREPOSITIONS:
            return f"its source has {doer.text!r} behind {verb.text!r}, not before it"
    return None


def relative_as_main(found: Alignment) -> str | None:
    """Of "an aide of A, the owner who paid, left" a comma for "who" makes "an aide ..., paid"."""
    for index in range(2, len(found.written)):
        place = found.where[index]
        if place is None or place < 2 or not found.written[index - 1].is_pause:
            continue
        who, before = found.source[place - 1], found.source[place - 2]
        if who.word in ("who", "which") and place - 1 not in found.taken and not before.is_pause:
            return f"its source tells {found.written[index].text!r} of {before.text!r}"
    return None


def more_than_one(found: Alignment) -> str | None:
    """Tell "a captain took the floor" from "captains take the floor"."""
    for token, place in zip(found.written, found.where, strict=True):
        if place is None or not token.content or token.is_capital:
            continue
        theirs = found.source[place]
        if token.word not in _plurals(theirs.word):
            continue
        for before in reversed(found.source[max(0, place - _PHRASE) : place]):
            if before.is_pause or before.word in PREPOSITIONS or is_certainly_finite(before.word):
                break
            if before.word in ("a", "an"):
                return f"its source tells of one {theirs.text!r}"
    return None


def _plurals(noun: str) -> tuple[str, ...]:
    return (f"{noun}s", f"{noun}es", *((f"{noun[:-1]}ies",) if noun.endswith("y") else ()))


def _names(token: Token) -> bool:
    return token.is_capital and token.content and not is_date_word(token.word)


def new_owner(found: Alignment) -> str | None:
    """Tell "its trust in the service" from "the trust in the service": who has it was not told."""
    for index, token in enumerate(found.written[:-1]):
        if token.word not in _POSSESSIVES or found.where[index] is not None:
            continue
        after = index + 1
        place = found.where[after]
        if place is None or not found.written[after].content:
            continue
        if found.source[place].word != found.written[after].word:
            continue  # "she announced it": her announcement
        before = found.source[max(0, place - _NEAR) : place]
        behind = found.source[place + 1 : place + 2]
        owned = any(one.word in _POSSESSIVES or one.is_possessive for one in before)
        if not owned and not any(one.word == "of" for one in behind):
            thing = found.written[after].text
            return f"its source does not say whose {thing!r} it is"
    return None


def hedge_lost(found: Alignment) -> str | None:
    """A "possibly" or "seems" that stands before a copied word of the source is kept."""
    doubts = _listed()["hedges"] | _listed()["seems"]
    if {token.word for token in found.written} & (doubts | _POSSIBLE):
        return None
    if (told := _hearsay(found)) is not None:
        return f"its source says this is {told.text!r}"
    for place, token in enumerate(found.source):
        if token.is_capital or token.word not in doubts:
            continue
        rest = place + 1
        while rest < len(found.source) and found.source[rest].word in ("to", "be", "have"):
            rest += 1
        if rest in found.taken and any(place - _CLAUSE <= one < place for one in found.taken):
            return f"its source says {token.text!r} before {found.source[rest].text!r}"
    return None


def _hearsay(found: Alignment) -> Token | None:
    """The "reported" of "it is reported that", unless it is kept or told in another word."""
    hearsay = _listed()["hearsay"]
    own = {t.word for t, at in zip(found.written, found.where, strict=True) if at is None}
    if own & (SPEECH | hearsay):
        return None
    for place in range(1, len(found.source) - 1):
        before, told, after = found.source[place - 1 : place + 2]
        said = before.word in BE and told.word in hearsay and after.word == "that"
        if said and place not in found.taken:
            return told
    return None


def tense_lost(found: Alignment) -> str | None:
    """Tell "was looking" from "is looking": what was so may have ended."""
    told = {token.word for token in found.source}
    if told & REPORTING:
        return None  # reported speech moves tenses back
    for index, token in enumerate(found.written[:-1]):
        place = found.where[index]
        if place is None or token.word not in ("is", "are"):
            continue
        if found.source[place].word in ("was", "were"):
            return f"its source says {found.source[place].text!r}, not {token.text!r}"
    return _no_longer(found)


def _no_longer(found: Alignment) -> str | None:
    """Tell "wanted" from "wants": of deeds a headline has the present, of states it may not."""
    forms = verb_forms()
    for token, place in zip(found.written, found.where, strict=True):
        if place is None or forms.get(token.word) not in _listed()["states"]:
            continue
        told = found.source[place]
        now = token.word in (forms[token.word], f"{forms[token.word]}s")
        has = place and found.source[place - 1].word in HELPING
        if now and told.word != token.word and told.word in _past_states() and not has:
            return f"its source says {told.text!r}, not {token.text!r}"
    return None


@cache
def _past_states() -> frozenset[str]:
    states = _listed()["states"]
    return frozenset(
        form
        for form, plain in verb_forms().items()
        if plain in states and form not in (plain, f"{plain}s") and not form.endswith("ing")
    )


def ran_over_pause(found: Alignment, written: str) -> str | None:
    """What a dash keeps apart runs on without it; "another, a sailor" became "another sailor"."""
    for index in range(1, len(found.written)):
        here, there = found.where[index - 1], found.where[index]
        before, after = found.written[index - 1], found.written[index]
        if there is None:
            continue
        passed = [token.word for token in found.source[max(0, there - _NEAR) : there]]
        apart = before.word in _listed()["apart"]
        if apart and (before.word, ",") in pairwise(passed):
            return f"its source has a comma behind {before.text!r}"
        if here is None or there != here + 2 or after.word in JOINING:
            continue
        marked = "-" in written[before.start + len(before.text) : after.start]
        if found.source[here + 1].text in _DASHES and not marked:
            return f"its source has a dash before {after.text!r}"
    return None


def whose_voice(written: str, source: str) -> str | None:
    """An "I" or "we" that the source has only inside a quotation, told without one."""
    own = " ".join(quote for quote in quotations(source) if _is_statement(quote))
    inside = {t.word.partition("'")[0] for t in tokens(own)}
    rest = written
    for quote in quotations(written):
        rest = rest.replace(quote, " ")
    said = [t for t in tokens(rest) if t.word.partition("'")[0] in FIRST_PERSON]
    for token in said:
        if token.word.partition("'")[0] in inside:
            return f"its source leaves {token.text!r} with somebody in quotation marks"
    return None


def _is_statement(quote: str) -> bool:
    """Whether a quotation is a statement, not a title or a term: it has a verb."""
    said = tokens(quote)
    verbs = (is_certainly_finite(token.word) or "'" in token.word for token in said)
    return any(verb and not token.is_capital for verb, token in zip(verbs, said, strict=True))


def new_description(written: str, sources: Iterable[str]) -> str | None:
    """One line on what somebody is called behind a comma, where no source calls them so.

    So for "A, a character in the show," of an actor who plays in it.
    """
    stated = list(_described(tokens(written)))
    if not stated:
        return None
    texts = [tokens(text) for text in sources]
    for name, noun in stated:
        if not any(_calls(text, name, noun) for text in texts):
            return f"no source calls {name.text!r} {noun.text!r}"
    return None


def _described(words: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """Names with the noun of "A, a noun of B," behind them."""
    for index in range(len(words) - 3):
        name, pause, article = words[index : index + 3]
        if not (_names(name) and pause.text == "," and article.word in ("a", "an")):
            continue
        end = index + 3
        while end < len(words) and words[end].content and not words[end].is_possessive:
            end += 1
        noun = words[end - 1]
        if end > index + 3 and not noun.is_capital and not is_certainly_finite(noun.word):
            yield name, noun


def _calls(text: Sequence[Token], name: Token, noun: Token) -> bool:
    """Whether a sentence has both near each other, or has "he" or "she" for the name."""
    named = [i for i, token in enumerate(text) if token.key == name.key]
    named += [i for i, token in enumerate(text[:_NEAR]) if token.word in _SUBJECTS]
    called = [i for i, token in enumerate(text) if token.form == noun.form]
    return any(abs(one - other) <= _BESIDE for one in named for other in called)
