"""One translated summary in the making: picked sentences, each translated alone and compared.

What can be compared across languages is: numbers, names where the script is the same, length,
and whether anything was translated at all. A sentence that fails is translated once more, then
its original stands. Asks no model itself, as `writing` does not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace

from summarizer.answer import usable_sentences
from summarizer.check import PASSED
from summarizer.extract import Pick
from summarizer.languages import countries_in, language_name
from summarizer.model import REWRITTEN, Claim
from summarizer.numbers import mentions
from summarizer.text import fold, names, words
from summarizer.words import CALENDAR
from summarizer.write import Ask, WriterUnavailable, translation_prompt
from summarizer.writing import Steps, source_claim

_DIGITS = re.compile(r"\d+(?:[.,:’'\u00a0\u202f]\d+|[ \u00a0\u202f]\d{3}(?!\d))*")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_ALIKE = 3
"""Names in two languages begin with as many like letters: Varsovie and Warsaw do not and fail,
Moskau and Moscow, Nations Unies and United Nations do."""
_TAKEN_OVER = 0.7
"""Of words that stand in the original: a text that has more was not translated."""
_SHORTEST, _LONGEST = 0.4, 2.5
_LONGEST_FROM_SIGNS = 8.0
"""How long a translation is beside its original, in characters; Chinese takes few of them."""


class Translation:
    """One summary in the making, in English, of sentences in another language."""

    def __init__(self, picks: Sequence[Pick]) -> None:
        self._picks = picks

    def steps(self) -> Steps:
        """End with a claim for each picked sentence: its translation, or itself."""
        claims: list[Claim] = []
        for pick in self._picks:
            try:
                claims.append((yield from self._translated(pick)))
            except WriterUnavailable:
                if not any(claim.translated_from for claim in claims):
                    raise
                claims.append(source_claim(pick.document, pick.sentence))
        return claims

    def _translated(self, pick: Pick) -> Generator[Ask, str, Claim]:
        original = source_claim(pick.document, pick.sentence)
        language = pick.document.language or ""
        source = pick.sentence.text
        wrong: str | None = None
        for _ in range(2):
            system, user = translation_prompt(source, language_name(language), wrong)
            answer = yield Ask(system=system, user=user, max_tokens=min(400, 40 + len(source)))
            said = " ".join(usable_sentences(answer, f"{system}\n{user}", [source]))
            checks = dict(compare(said, source, language))
            failed = [line for line in checks.values() if line != PASSED]
            if not failed:
                again = {REWRITTEN: wrong} if wrong else {}
                return replace(
                    original,
                    text=said,
                    origin="written",
                    checks={**checks, **again},
                    translated_from=language,
                )
            wrong = "; ".join(failed)
        return replace(original, checks=checks)


def compare(said: str, source: str, language: str) -> Mapping[str, str]:
    """Hold an English translation against its original: each check's name and what it found.

    Names are compared where both are in the Latin script; elsewhere there is no such check.
    """
    checks = {
        "translation": _is_one(said, source),
        "numbers": next(_numbers(said, source), PASSED),
    }
    if _is_latin(source):
        checks["names"] = next(_names(said, source, language), PASSED)
    return checks


def _is_one(said: str, source: str) -> str:
    if not said:
        return "it says nothing"
    theirs, ours = set(words(source)), words(said)
    signs = any(unicodedata.name(char, "").startswith(("CJK", "HANGUL")) for char in source)
    longest = _LONGEST_FROM_SIGNS if signs else _LONGEST
    if not _is_latin(said) or sum(w in theirs for w in ours) >= _TAKEN_OVER * len(ours):
        return "it was not translated"
    if not _SHORTEST * len(source) <= len(said) <= longest * len(source):
        return "it is much shorter or longer than its source"
    return PASSED


def _is_latin(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    latin = sum(unicodedata.name(char, "").startswith("LATIN") for char in letters)
    return latin >= 0.8 * len(letters)


def _numbers(said: str, source: str) -> Iterator[str]:
    """The digits of both are the same, however they are grouped; words may stand for them."""
    ours, theirs = _runs(said), _runs(source)
    for run, shown in ours.items():
        if run not in theirs:
            yield f"{shown} is not in its source"
    worded = {one.number.value for one in mentions(said)}
    for run, shown in theirs.items():
        if run not in ours and run not in worded:
            yield f"{shown} of its source is missing"


def _runs(text: str) -> dict[str, str]:
    """Numbers as plain digits, by which they are compared, and as they are written."""
    return {
        "".join(str(unicodedata.decimal(char)) for char in run[0] if char.isdecimal()): run[0]
        for run in _DIGITS.finditer(text)
    }


def _names(said: str, source: str, language: str) -> Iterator[str]:
    theirs, ours = _starts(source), _starts(said)
    for name in sorted(names(said)):
        parts = [word for word in words(name) if word not in CALENDAR and len(word) >= _ALIKE]
        country = _country(name, language)
        known = {part[:_ALIKE] for part in parts} | (_starts(country) if country else set())
        if parts and not known & theirs:
            yield f"it names {name}, which its source does not"
    for run in _runs_of_capitals(source):
        if not _starts(run) & ours and not _abroad(run, said, language):
            yield f"{run} of its source is missing"


def _runs_of_capitals(text: str) -> Iterator[str]:
    """Two and more capitalised words in a row, without the one that the sentence begins with."""
    capitals = [word for word in _WORD.finditer(text) if word.start() and word[0][0].isupper()]
    run = capitals[:1]
    for word in capitals[1:]:
        if text[run[-1].end() : word.start()] in {" ", "-"}:
            run.append(word)
            continue
        if len(run) > 1:
            yield text[run[0].start() : run[-1].end()]
        run = [word]
    if len(run) > 1:
        yield text[run[0].start() : run[-1].end()]


def _country(name: str, language: str) -> str | None:
    """What a country, or the country of a nationality, is called in a language."""
    known = countries_in(language)
    plain = fold(name)
    return known.get(plain) or next(
        (there for here, there in known.items() if len(plain) > 4 and here[:4] == plain[:4]), None
    )


def _abroad(run: str, said: str, language: str) -> bool:
    """Whether a capitalised run holds a country that the translation names in English."""
    held = f" {fold(run)} "
    return any(
        here in fold(said) for here, there in countries_in(language).items() if fold(there) in held
    )


def _starts(text: str) -> set[str]:
    return {word[:_ALIKE] for word in words(text) if len(word) >= _ALIKE}
