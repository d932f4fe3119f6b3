"""What sources say, sentence by sentence, in a form that a written sentence can be held against.

A unit is a content word in a normal form ("U.S." and "American" are one, "fighting" and
"fought" are two). Knows no verdicts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from summarizer.days import Day, days, is_same_day
from summarizer.model import Citation, Document, Sentence
from summarizer.numbers import Number, numbers
from summarizer.text import fold, names, place_key, quoted_stretches, split_sentences, spoken, stem
from summarizer.words import (
    CALENDAR,
    ORDINALS,
    PRONOUNS,
    SCALES,
    SMALL_NUMBERS,
    STOP_WORDS,
    name_forms,
)

_TOKEN = re.compile(r"[^\W_]+(?:[’'.][^\W_]+)*\.?|[,;:()—–]")
_RELATIVE_DAYS = frozenset(("yesterday", "today", "tomorrow", "tonight"))
_LONGEST_FORM = 5
_OPENING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One content word: its normal form, the word as written, and where it starts."""

    form: str
    word: str
    start: int

    @property
    def is_date(self) -> bool:
        """A day, a month, or "yesterday"; "may" only with its capital."""
        return self.form.startswith("@")


def _is_number_word(word: str) -> bool:
    if word[0].isdigit():
        return True
    return word in SMALL_NUMBERS or word in ORDINALS or word.removesuffix("s") in SCALES


def units(text: str) -> list[Unit]:
    """The content words of `text` in order; numbers are left out, they have a check of their own.

    Several words that are one name form ("United States") make one unit.
    """
    tokens = [m for m in _TOKEN.finditer(text) if m[0][0].isalnum()]
    folded = [fold(m[0]) for m in tokens]
    forms = name_forms()
    found: list[Unit] = []
    index = 0
    while index < len(tokens):
        for length in range(min(_LONGEST_FORM, len(tokens) - index), 0, -1):
            phrase = " ".join(folded[index : index + length])
            ordinary = length == 1 and phrase in STOP_WORDS and not tokens[index][0].isupper()
            if phrase in forms and not ordinary:
                found.append(_unit(f"={forms[phrase]}", tokens[index]))
                index += length
                break
        else:
            found.extend(_single(folded[index], tokens[index]))
            index += 1
    return found


def _unit(form: str, token: re.Match[str]) -> Unit:
    return Unit(form=form, word=token[0], start=token.start())


def _single(word: str, token: re.Match[str]) -> Iterable[Unit]:
    if not word or (word in STOP_WORDS and word not in CALENDAR) or _is_number_word(word):
        return ()
    if word in CALENDAR and (token[0][0].isupper() or len(word) > 3) and word != "march":
        if word == "may" and not token[0][0].isupper():
            return ()
        return (_unit(f"@{CALENDAR[word]}", token),)
    if word == "march" and token[0][0].isupper():
        return (_unit("@march", token),)
    if word in _RELATIVE_DAYS:
        return (_unit(f"@{word}", token),)
    if len(word) < 2 or "n't" in word:
        return ()
    return (_unit(stem(word), token),)


class Passage:
    """One source sentence and what it states, worked out when it is first asked for."""

    def __init__(self, document: Document, sentence: Sentence, before: Passage | None) -> None:
        self.document = document
        self.sentence = sentence
        self.before = before
        self.index: int = before.index + 1 if before else 0
        """The place among its document's sentences."""

    @cached_property
    def units(self) -> list[Unit]:
        """The sentence's content words in order."""
        return units(self.sentence.text)

    @cached_property
    def forms(self) -> frozenset[str]:
        """The normal forms of its content words."""
        return frozenset(unit.form for unit in self.units)

    @cached_property
    def keys(self) -> frozenset[str]:
        """Place keys of its capitalised words."""
        capital = (unit.word for unit in self.units if unit.word[0].isupper())
        return frozenset(place_key(fold(word)) for word in capital)

    @cached_property
    def numbers(self) -> frozenset[Number]:
        """Its numbers."""
        return numbers(self.sentence.text)

    @cached_property
    def initials(self) -> frozenset[str]:
        """The initials of its names of several words, lower-cased."""
        spans = (re.findall(r"[A-Z]\w*", name) for name in names(self.sentence.text))
        return frozenset("".join(w[0] for w in span).lower() for span in spans if len(span) > 1)

    @cached_property
    def antecedent(self) -> Passage | None:
        """The sentence before it, when this one opens with "he" or "their" and no name.

        A pronoun further on as a rule means somebody whom the sentence names itself.
        """
        opening = re.findall(r"[^\W\d_]+", self.sentence.text)[:_OPENING]
        for place, word in enumerate(opening):
            if fold(word) in PRONOUNS:
                return self.before
            if place and word[0].isupper():
                return None
        return None

    def holds(self, unit: Unit) -> bool:
        """Whether this very sentence has the unit, or the place it is derived from."""
        if unit.form in self.forms:
            return True
        if unit.form[0] in "=@":
            return False
        key = place_key(fold(unit.word))
        return len(key) >= 4 and key in self.keys

    def names_with(self, unit: Unit) -> bool:
        """Whether it has the unit as a part of a name: with a capital."""
        key = place_key(fold(unit.word))
        return any(
            one.word[0].isupper() and (one.form == unit.form or place_key(fold(one.word)) == key)
            for one in self.units
        )

    def names_day(self, day: Day) -> bool:
        """Whether it names this day, in these or other words, by its document's own date."""
        at = self.document.published_at
        return any(
            is_same_day(day, known) for known in days(self.sentence.text, at.date() if at else None)
        )

    @property
    def citation(self) -> Citation:
        """The sentence as a citation."""
        return Citation(
            document_id=self.document.id,
            source=self.document.source,
            url=self.document.url,
            sentence=self.sentence.text,
            start=self.sentence.start,
            end=self.sentence.end,
        )


class Evidence:
    """Source sentences that a written sentence may rest on, with their documents behind them.

    `passages` are the picked sentences; only they can be cited, and the sentence before one
    of them where it says who "he" is. `everywhere` are all sentences of the documents.
    """

    def __init__(self, picked: Sequence[tuple[Document, Sequence[Sentence]]]) -> None:
        self.passages: list[Passage] = []
        self.everywhere: list[Passage] = []
        for document, sentences in picked:
            whole: list[Passage] = []
            for sentence in split_sentences(document.text, document.language or "en"):
                before = whole[-1] if whole else None
                whole.append(Passage(document, sentence, before))
            self.everywhere.extend(whole)
            known = {(p.sentence.start, p.sentence.end): p for p in whole}
            for sentence in sentences:
                passage = known.get((sentence.start, sentence.end))
                if passage is None:
                    before = next(
                        (p for p in reversed(whole) if p.sentence.end <= sentence.start), None
                    )
                    passage = Passage(document, sentence, before)
                self.passages.append(passage)

    @cached_property
    def quoted(self) -> list[str]:
        """What the documents have between quotation marks, as words between blanks."""
        documents = {id(p.document): p.document for p in self.everywhere}
        return [
            f" {spoken(quote)} "
            for document in documents.values()
            for quote in quoted_stretches(document.text)
        ]

    def is_of_one_name(self, unit: Unit) -> bool:
        """Whether a word stands in only one of the documents' names of several words."""
        return len(self._full_names.get(unit.form, ())) == 1

    @cached_property
    def _full_names(self) -> dict[str, set[frozenset[str]]]:
        found: dict[str, set[frozenset[str]]] = {}
        for passage in self.everywhere:
            for name in names(passage.sentence.text):
                forms = frozenset(unit.form for unit in units(name))
                for form in forms if len(forms) > 1 else ():
                    found.setdefault(form, set()).add(forms)
        return found

    @cached_property
    def name_words(self) -> frozenset[str]:
        """The folded words of all names in the documents."""
        found = (name for passage in self.everywhere for name in names(passage.sentence.text))
        return frozenset(fold(word) for name in found for word in name.split())
