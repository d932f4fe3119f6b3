"""Figures of several sources side by side: what is counted, when and where, by whom, how many.

Numbers of another day, year or place are kept apart. Pure: knows no store and no encoder.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from news.model import Count, Told
from news.statements import Statement, Statements, name_keys
from summarizer.figures import ABOUT, LEAST, MONEY, MOST, PERCENT, VAGUE, Figure, counts_people
from summarizer.text import content_words, fold, leans
from summarizer.words import CALENDAR, DAYS, MONTHS, STOP_WORDS

_ALIKE = {True: 0.1, False: 0.55}
"""So alike must sentences be whose figures are compared: of people, of anything else.

Sentences with two tolls of one event are often as unlike as 0.15: one tells of the search, the
other of the storm. Kind, time and place tell them apart, not likeness.
"""
_ALIKE_LOOSE = 0.62
"""The same for money and percentages, whose noun says what they are of."""
_FAR = 6
"""Values further apart than so many times are of one count only where sentences are alike."""
_SAME_SENTENCE = 0.6
_SAME_PARTIES = 0.6
_OLD = timedelta(days=4)
_NEAR = 8
_LEAD = 4000
"""So many characters of an article tell which places it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One figure as one source gives it.

    `when` is the day that the sentence names, or the words that put it into the past
    ("since 2014"), or None: now. `places` are keys of the names behind "in" and "near".
    """

    statement: Statement
    row: int
    figure: Figure
    when: date | str | None
    places: frozenset[str]

    @property
    def at(self) -> datetime:
        """When its article was published."""
        return self.statement.article.published_at


@cache
def _past() -> tuple[re.Pattern[str], ...]:
    data = tomllib.loads((files("news") / "past.toml").read_text(encoding="utf-8"))
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in data["patterns"])


@cache
def _withdrawn() -> re.Pattern[str]:
    data = tomllib.loads((files("news") / "past.toml").read_text(encoding="utf-8"))
    return re.compile(rf"\b(?:{'|'.join(data['withdrawn'])})\b", re.IGNORECASE)


@cache
def _places() -> re.Pattern[str]:
    data = tomllib.loads((files("news") / "past.toml").read_text(encoding="utf-8"))
    words = "|".join(data["places"])
    return re.compile(
        rf"\b(?:{words})\s+(?:the\s+)?(?:[a-z]+\s+){{0,5}}?"
        r"((?:[A-Z][^\W_]*(?:[-’'][^\W_]+)*)(?:\s+(?:[A-Z][^\W_]*|of|al|el|de))*)"
    )


def readings(statements: Statements) -> list[Reading]:
    """Give every figure of a story's statements with its day and place."""
    return [reading for row, one in enumerate(statements.rows) for reading in read(one, row)]


def read(one: Statement, row: int = 0) -> list[Reading]:
    """Give the figures of one statement."""
    text, published_at = one.sentence.text, one.article.published_at
    if _withdrawn().search(text):
        return []
    whens = _whens(text, one.figures, published_at)
    places = frozenset(
        key
        for match in _places().finditer(text)
        for key in name_keys(f"near {match[1]}")
        if key not in CALENDAR
    )
    return [
        Reading(statement=one, row=row, figure=figure, when=when, places=places)
        for figure, when in zip(one.figures, whens, strict=True)
    ]


def _whens(text: str, found: Sequence[Figure], published_at: datetime) -> list[date | str | None]:
    """The time of each figure: a mark of time belongs to the figure nearest to it."""
    whens: list[date | str | None] = [None] * len(found)
    if not found:
        return whens
    for start, end, mark in _marks(text, published_at):
        nearest = min(
            range(len(found)),
            key=lambda at: min(abs(start - found[at].end), abs(found[at].start - end)),
        )
        if whens[nearest] is None or isinstance(mark, str):
            whens[nearest] = mark
    days = [when for when in whens if isinstance(when, date)]
    if len(set(days)) == 1:  # one day is that of the whole sentence
        whens = [days[0] if when is None else when for when in whens]
    return whens


def _marks(text: str, published_at: datetime) -> list[tuple[int, int, date | str]]:
    found: list[tuple[int, int, date | str]] = []
    for pattern in _past():
        for match in pattern.finditer(text):
            if not _superlative(text[: match.start()]):
                found.append((match.start(), match.end(), " ".join(match[0].lower().split())))
    for match in re.finditer(
        r"\b(?:in|of|during|by|until)?\s*((?:[A-Z]\w+\s+)?(?:19|20)\d\d)\b", text
    ):
        year = int(match[1][-4:])
        if year != published_at.year and not _superlative(text[: match.start()]):
            found.append((match.start(), match.end(), f"in {year}"))
    taken = [(start, end) for start, end, _ in found]
    for match in re.finditer(r"\b([A-Z][a-z]+)\.?(?:\s+(\d{1,2})\b)?", text):
        if any(start <= match.start() < end for start, end in taken):
            continue
        mark = _day(match[1], match[2], published_at)
        if mark is not None and not _superlative(text[: match.start()]):
            found.append((match.start(), match.end(), mark))
    return found


def _superlative(before: str) -> bool:
    """Whether a time belongs to a comparison, not to the figure: "the deadliest since"."""
    last = re.findall(r"[^\W\d_]+", before)[-_NEAR:]
    return any(
        re.search(r"[a-z]{3}(?:est|iest)$", word) or word in ("first", "worst", "most", "record")
        for word in last
    )


def _day(word: str, day: str | None, published_at: datetime) -> date | str | None:
    """A weekday or a date as the day before publication that it means; longer ago as words."""
    name = CALENDAR.get(word.lower())
    published = published_at.astimezone(UTC).date()
    if name in DAYS:
        return published - timedelta(days=(published.weekday() - DAYS.index(name)) % 7)
    if name not in MONTHS or (word.lower() in ("may", "march", "mar") and not day):
        return None
    month = MONTHS.index(name) + 1
    if day is None:
        return None if month == published.month else f"in {word}"
    try:
        meant = date(published.year, month, int(day))
        if meant > published + timedelta(days=1):
            meant = date(published.year - 1, month, int(day))
    except ValueError:
        return None
    return meant if published - meant <= _OLD else f"on {word} {day}"


def same_value(one: Figure, two: Figure) -> bool:
    """Whether two figures do not contradict: 12 and at least 12, 18 and 18 to 20, dozens and 40."""
    if one.unit != two.unit:
        return False
    low1, high1 = _span(one)
    low2, high2 = _span(two)
    return low1 <= high2 and low2 <= high1


def _span(figure: Figure) -> tuple[Decimal, Decimal]:
    low, high = figure.low, figure.high
    if figure.sign == VAGUE:
        return low, low * 10
    if figure.sign == ABOUT:
        return low * Decimal("0.93"), high * Decimal("1.07")
    return low, high


def comparable(one: Reading, two: Reading, alike: float, sites: Sites) -> bool:
    """Whether two figures are of one count. `alike` is the likeness of their sentences."""
    a, b = one.figure, two.figure
    if _kind(one) != _kind(two) or not _same_time(one, two):
        return False
    equal = same_value(a, b)
    if not equal and sites.apart(one, two):
        return False
    if a.kind in (MONEY, PERCENT):
        told = one.statement, two.statement
        if not equal and (not _same_names(*told) or any(leans(x.sentence.text) for x in told)):
            return False
        return alike >= _ALIKE_LOOSE and _of(one) == _of(two) and (equal or alike >= _SAME_SENTENCE)
    least = _ALIKE[counts_people(a.kind)]
    small, large = sorted((max(a.low, Decimal(1)), max(b.low, Decimal(1))))
    if large > _FAR * small and not equal:
        least = _SAME_SENTENCE
    return alike >= least


def _same_names(one: Statement, two: Statement) -> bool:
    """Whether two sentences are of the same parties: one without a name may be of anybody."""
    least = min(len(one.names), len(two.names))
    return least > 0 and len(one.names & two.names) >= _SAME_PARTIES * least


def alike(one: Reading, two: Reading) -> bool:
    """Whether two figures of things are told in much the same words."""
    shared = one.statement.words & two.statement.words
    return len(shared) >= 0.4 * min(len(one.statement.words), len(two.statement.words))


class Sites:
    """Which places of a story are one site, said with the town or the country, and which are not.

    A name that half of the articles hold tells no site of its own; two places between which
    one article divides its figures are two sites.
    """

    def __init__(self, found: Sequence[Reading]) -> None:
        articles = {one.statement.article.id: one.statement.article for one in found}
        texts = [name_keys(article.text[:_LEAD]) for article in articles.values()]
        counted = Counter(key for keys in texts for key in keys)
        self._wide = {key for key, count in counted.items() if 2 * count >= max(2, len(texts))}
        self._divided: set[frozenset[object]] = set()
        for one, two in combinations(found, 2):
            mine = one.statement.article.id == two.statement.article.id and one.row != two.row
            if mine and _kind(one) == _kind(two) and not same_value(one.figure, two.figure):
                pairs = product(_marks_of(one), _marks_of(two))
                self._divided.update(frozenset(pair) for pair in pairs if _of_a_kind(pair))

    def apart(self, one: Reading, two: Reading) -> bool:
        """Whether two figures are told of different places, or of two days that one article has."""
        pairs = product(_marks_of(one), _marks_of(two))
        if any(len({*pair}) == 2 and frozenset(pair) in self._divided for pair in pairs):
            return not one.places & two.places
        if not one.places or not two.places or one.places & two.places:
            return False
        return bool(one.places - self._wide) and bool(two.places - self._wide)


def _kind(reading: Reading) -> tuple[str, str, str]:
    return reading.figure.kind, reading.figure.unit, reading.figure.who


def _marks_of(reading: Reading) -> frozenset[object]:
    """Its places, or its day: never both, for the same place has several days."""
    if reading.places:
        return frozenset(reading.places)
    return frozenset({reading.when}) if isinstance(reading.when, date) else frozenset()


def _of_a_kind(pair: tuple[object, object]) -> bool:
    return isinstance(pair[0], date) == isinstance(pair[1], date)


def _same_time(one: Reading, two: Reading) -> bool:
    if isinstance(one.when, str) or isinstance(two.when, str):
        return one.when == two.when
    return True


def _of(reading: Reading) -> str:
    """The noun behind an amount of money or a percentage: "in aid", "of voters"."""
    rest = reading.statement.sentence.text[reading.figure.end :]
    words = re.findall(r"[^\W\d_]+|[^\w\s]", rest)[:5]
    for word in words:
        if not word[0].isalpha():
            return ""
        if fold(word) not in STOP_WORDS and len(word) > 2:
            return (content_words(word) or [""])[0]
    return ""


def compare(found: Sequence[Reading], vectors: NDArray[np.float32]) -> list[Count]:
    """Give the counts that at least two voices give, those that differ first.

    Of one voice the newest article speaks, its first sentence with that count.
    """
    counts = [count_of(group) for group in groups(found, vectors)]
    wanted = [count for count in counts if count.voices > 1]
    return sorted(
        wanted, key=lambda one: (not one.differs, not counts_people(one.kind), -one.voices)
    )


def groups(found: Sequence[Reading], vectors: NDArray[np.float32]) -> list[list[Reading]]:
    """Put readings of one count together; each group begins with what more sources tell early."""
    made: list[list[Reading]] = []
    sites = Sites(found)
    ordered = sorted(found, key=lambda one: (one.statement.position, -one.at.timestamp(), one.row))
    for one in ordered:
        best: tuple[float, list[Reading]] | None = None
        for group in made:
            alike = [float(vectors[one.row] @ vectors[other.row]) for other in group]
            fits = [
                comparable(one, other, like, sites)
                for other, like in zip(group, alike, strict=True)
            ]
            if sum(fits) * 2 <= len(fits):
                continue
            score = max(alike)
            if best is None or score > best[0]:
                best = (score, group)
        if best is None:
            made.append([one])
        else:
            best[1].append(one)
    return made


def count_of(group: Sequence[Reading]) -> Count:
    """Give what the voices of one count say now, and what their own newer figures replaced."""
    present: dict[str, Reading] = {}
    past: list[Reading] = []
    newest = sorted(group, key=lambda one: (-one.at.timestamp(), one.statement.position))
    for one in newest:
        mine = present.setdefault(one.statement.voice, one)
        if mine.statement.article.id != one.statement.article.id and not same_value(
            mine.figure, one.figure
        ):
            past.append(one)
    spoken = [
        one
        for one in newest
        if present[one.statement.voice] is one
        or (
            one.statement.article.outlet.name
            != present[one.statement.voice].statement.article.outlet.name
            and same_value(one.figure, present[one.statement.voice].figure)
        )
    ]
    head = spoken[0]
    said = list(present.values())
    return Count(
        kind=head.figure.kind,
        noun=head.figure.noun if head.figure.who else "",
        period=head.when if isinstance(head.when, str) else "",
        told=_told(spoken),
        earlier=_told(past),
        differs=not all(same_value(a.figure, b.figure) for a in said for b in said),
        voices=len(present),
    )


def _told(found: Sequence[Reading]) -> tuple[Told, ...]:
    """One entry for each value, newest first; the most careful wording of a value stands."""
    values: dict[tuple[Decimal, Decimal, str], list[Reading]] = {}
    for one in found:
        vague = one.figure.sign if one.figure.sign == VAGUE else ""
        values.setdefault((one.figure.low, one.figure.high, vague), []).append(one)
    told = []
    for mine in values.values():
        wording = sorted(mine, key=lambda one: one.figure.sign not in (LEAST, MOST))[0]
        told.append(
            Told(
                shown=wording.figure.shown,
                low=wording.figure.low,
                high=wording.figure.high,
                outlets=tuple(
                    dict.fromkeys(one.statement.article.outlet.name or "unnamed" for one in mine)
                ),
                at=max(one.at for one in mine),
                evidence=tuple(one.statement.evidence for one in mine),
            )
        )
    return tuple(sorted(told, key=lambda one: -one.at.timestamp()))
