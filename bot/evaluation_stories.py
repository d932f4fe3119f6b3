"""Story grouping measured on labelled articles: BCubed of the program's own pass and baselines.

Knows the files' formats and the measure; prints nothing. `geobrief eval stories` and bench/
share it.
"""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from bot.evaluation import Row, Told
from bot.failure import USAGE, Failure
from news.correcting import MOST
from news.mending import may_split, to_merge, to_split
from news.rows import read_date
from news.signals import Signals, encode_parts, read_signals
from news.sketch import begun, together
from news.story_index import JOIN, StoryIndex
from summarizer.encode import Encoder
from summarizer.text import content_words, words

TFIDF_JOIN = 0.29
VECTORS_JOIN = 0.69
"""The baselines' thresholds, the best on the half that ours was chosen on: bench/stories.py."""
_KEPT = timedelta(days=10)
_AT_ONCE = 128
_CORRECTED = 64
"""After so many articles stories are put right, as the program does."""
_TFIDF_CHARS = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """An article whose story is known, and what it is compared by."""

    title: str
    text: str
    cluster: str
    signals: Signals


def evaluate_stories(
    rows: Sequence[Row], encoder: Encoder, told: Told = lambda at, n: None
) -> dict[str, Any]:
    """Group the rows as they would have arrived and compare with their labels.

    Rows are articles (`title`, `article`, `date`, `cluster`) or stories (`articles`, each with
    `title`, `text`, `date`). BCubed figures are fractions over articles; `ms_per_article` is
    the grouping alone, without encoding. `baselines` hold the same of a single pass over
    TF-IDF, of one over vectors alone, and of equal titles. Raises Failure for a wrong row.
    """
    began = time.perf_counter()
    items = labelled(rows, encoder, told)
    started = time.perf_counter()
    groups = by_index(items)
    grouping = time.perf_counter() - started
    return {
        "n": len(items),
        "clusters": len({item.cluster for item in items}),
        "stories": len(set(groups)),
        **bcubed(groups, items),
        "ms_per_article": round(1000 * grouping / len(items), 2),
        "baselines": {
            "tfidf_single_pass": bcubed(by_tfidf(items, TFIDF_JOIN), items),
            "vectors_alone": bcubed(by_vectors(items, VECTORS_JOIN), items),
            "exact_titles": bcubed(by_title(items), items),
        },
        "seconds": round(time.perf_counter() - began, 1),
    }


def labelled(
    rows: Sequence[Row], encoder: Encoder, told: Told = lambda at, n: None
) -> list[Labelled]:
    """Read and encode the rows' articles, in order of time. Raises Failure for a wrong row.

    An article without a date is taken to have been read right after the one before it.
    """
    found = sorted(_read(rows), key=lambda one: one[0])
    items: list[Labelled] = []
    for start in range(0, len(found), _AT_ONCE):
        part = found[start : start + _AT_ONCE]
        vectors = encode_parts(encoder, [(title, text) for _, title, text, _ in part])
        items += [
            Labelled(
                title=title,
                text=text,
                cluster=cluster,
                signals=read_signals(title, text, vector, at),
            )
            for (at, title, text, cluster), vector in zip(part, vectors, strict=True)
        ]
        told(len(items), len(found))
    return items


def _read(rows: Sequence[Row]) -> Iterator[tuple[datetime, str, str, str]]:
    now = datetime.now(UTC)
    last = datetime(1970, 1, 1, tzinfo=UTC)
    for number, row in enumerate(rows, start=1):
        for article, cluster in _articles(row, number):
            last = read_date(str(article.get("date") or ""), now) or last
            text = str(article.get("article") or article.get("text") or "")
            yield last, str(article.get("title") or ""), text, cluster


def _articles(row: Row, number: int) -> list[tuple[Row, str]]:
    """Give a row's articles, each with the label of its story."""
    several = row.get("articles")
    if isinstance(several, list) and several:
        return [
            (one if isinstance(one, dict) else {"text": str(one)}, f"row {number}")
            for one in several
        ]
    if not row.get("title") and not row.get("article"):
        raise Failure(f"row {number} has neither `title` and `article` nor `articles`", USAGE)
    if row.get("cluster") in (None, ""):
        raise Failure(f"row {number} has no `cluster`, the story that its article is of", USAGE)
    return [(row, str(row["cluster"]))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """How articles were grouped in the end, and how often that was put right on the way."""

    groups: list[int]
    merged: int
    split: int


def by_index(items: Sequence[Labelled], join: float = JOIN) -> list[int]:
    """Group with the program's own index, stories merged and split as there."""
    return grouped(items, join).groups


def grouped(
    items: Sequence[Labelled], join: float = JOIN, *, merging: bool = True, splitting: bool = True
) -> Corrected:
    """Group the same, with or without what is put right later."""
    work = Correction(items)
    fresh: dict[int, Signals] = {}
    for place, item in enumerate(items):
        best = work.index.best(item.signals)
        id = best[0] if best is not None and best[1] >= join else work.last + 1
        work.add(id, place)
        fresh[id] = item.signals
        if (place + 1) % _CORRECTED == 0 or place + 1 == len(items):
            for moved, latest in fresh.items():
                if moved not in work.index or (merging and work.merge(moved, latest)):
                    continue
                if splitting:
                    work.split(moved)
            fresh = {}
            work.index.drop_before(item.signals.at - 2 * _KEPT)
    return Corrected(groups=work.groups(), merged=work.merged, split=work.parted)


class Correction:
    """Stories by the places of their articles, in step with an index."""

    def __init__(self, items: Sequence[Labelled]) -> None:
        self.index = StoryIndex()
        self.last = self.merged = self.parted = 0
        self._items = items
        self._members: dict[int, list[int]] = {}
        self._looked: dict[int, int] = {}

    def groups(self) -> list[int]:
        """Give the story of each article."""
        found = {place: id for id, places in self._members.items() for place in places}
        return [found[place] for place in sorted(found)]

    def add(self, id: int, place: int) -> None:
        """Put an article into a story."""
        self.last = max(self.last, id)
        signals = self._items[place].signals
        self.index.count(signals.terms)
        self.index.add(id, signals, place + 1)
        self._members.setdefault(id, []).append(place)

    def merge(self, id: int, latest: Signals) -> bool:
        """Make a story one with another, where that is the same."""
        other = to_merge(self.index, id, lambda: latest)
        if other is None:
            return False
        old, into = max(id, other), min(id, other)
        both = together((self.index.sketch(into), self.index.sketch(old)), self.index.rarity)
        self.index.drop(old)
        self.index.put(into, both)
        self._members[into] += self._members.pop(old)
        self.merged += 1
        return True

    def split(self, id: int) -> bool:
        """Make two stories of one, where it is two."""
        sketch = self.index.sketch(id)
        if sketch.count > MOST or not may_split(sketch, self._looked.get(id, 0)):
            return False
        self._looked[id] = sketch.count
        mine = [Member(place=place) for place in sorted(self._members[id])]
        read = [self._items[one.place].signals for one in mine]
        apart = to_split(self.index, mine, [one.vector for one in read], lambda: read)
        if not apart:
            return False
        self.last += 1
        self.parted += 1
        for part, members in ((id, [one for one in mine if one not in apart]), (self.last, apart)):
            self._members[part] = [one.place for one in members]
            parts = [
                begun(self._items[one.place].signals, self.index.rarity, one.place + 1)
                for one in members
            ]
            self.index.put(part, together(parts, self.index.rarity))
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article by its place among those that are grouped."""

    place: int
    copy_of: None = None

    @property
    def id(self) -> str:
        """Its place, as a name."""
        return str(self.place)


def by_tfidf(items: Sequence[Labelled], join: float) -> list[int]:
    """Group by TF-IDF of title and text, the frequencies counted beforehand over all rows."""
    rows = _tfidf(items)
    held: defaultdict[str, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))

    def dots(at: int) -> dict[int, float]:
        found: defaultdict[int, float] = defaultdict(float)
        for term, weight in rows[at].items():
            for group, total in held[term].items():
                found[group] += weight * total
        return found

    def add(at: int, group: int) -> None:
        for term, weight in rows[at].items():
            held[term][group] += weight

    return _single_pass(items, dots, add, join)


def _tfidf(items: Sequence[Labelled]) -> list[dict[str, float]]:
    """Weigh damped counts by inverse document frequency, each row of length one."""
    counts = [Counter(content_words(f"{one.title} {one.text[:_TFIDF_CHARS]}")) for one in items]
    held = Counter(term for row in counts for term in row)
    rare = {term: 1 + math.log((1 + len(items)) / (1 + count)) for term, count in held.items()}
    rows = []
    for row in counts:
        weights = {term: (1 + math.log(count)) * rare[term] for term, count in row.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        rows.append({term: weight / length for term, weight in weights.items()})
    return rows


def by_vectors(items: Sequence[Labelled], join: float) -> list[int]:
    """Group by sentence vectors alone."""
    sums = np.zeros((len(items), len(items[0].signals.vector)), dtype=np.float32)
    groups = 0

    def dots(at: int) -> dict[int, float]:
        return dict(enumerate((sums[:groups] @ items[at].signals.vector).tolist()))

    def add(at: int, group: int) -> None:
        nonlocal groups
        sums[group] += items[at].signals.vector
        groups = max(groups, group + 1)

    return _single_pass(items, dots, add, join)


def by_title(items: Sequence[Labelled]) -> list[int]:
    """Group what has the same words for a title; articles without a title stay alone."""
    known: dict[str, int] = {}
    keys = [" ".join(words(item.title)) or f"\n{at}" for at, item in enumerate(items)]
    return [known.setdefault(key, len(known) + 1) for key in keys]


def _single_pass(
    items: Sequence[Labelled],
    dots: Callable[[int], Mapping[int, float]],
    add: Callable[[int, int], None],
    join: float,
) -> list[int]:
    """Join the group whose sum is most alike among those of the last ten days, or begin one.

    `dots` gives the products of an item's unit row with the sums, `add` adds it to one.
    """
    groups: list[int] = []
    squares: list[float] = []
    times: list[datetime] = []
    for at, item in enumerate(items):
        products = dots(at)
        best, group = max(
            (
                (product / math.sqrt(squares[id]), -id)
                for id, product in products.items()
                if item.signals.at - times[id] <= _KEPT
            ),
            default=(0.0, 0),
        )
        if best >= join:
            group = -group
            squares[group] += 2 * products[group] + 1.0
            times[group] = item.signals.at
        else:
            group = len(squares)
            squares.append(1.0)
            times.append(item.signals.at)
        add(at, group)
        groups.append(group)
    return groups


def bcubed(groups: Sequence[int], items: Sequence[Labelled]) -> dict[str, float]:
    """BCubed precision, recall and F1 over documents (Bagga and Baldwin 1998), as fractions."""
    both = Counter(zip(groups, (item.cluster for item in items), strict=True))
    ours, gold = Counter(groups), Counter(item.cluster for item in items)
    n = len(items)
    precision = sum(count * count / ours[group] for (group, _), count in both.items()) / n
    recall = sum(count * count / gold[cluster] for (_, cluster), count in both.items()) / n
    return {
        "bcubed_precision": round(precision, 4),
        "bcubed_recall": round(recall, 4),
        "bcubed_f1": round(2 * precision * recall / (precision + recall), 4),
    }
