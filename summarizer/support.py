"""How a written sentence stands to its sources, as plain numbers for a model to weigh.

Overlap, cover, order, names, numbers, negation: nothing here decides, `check` does. Loads no
model; what depends on the sources alone is worked out once for one Evidence.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from summarizer.evidence import Evidence, Passage, Unit, units
from summarizer.numbers import Number, mentions, numbers, occurs
from summarizer.text import content_words, fold, names, place_key, quotations, words
from summarizer.words import NEGATIONS, REPORTING, SPEECH

_NEAR = 5
"""How many content words apart two words may stand in a source to count as a pair there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """What the sources hold, for one Evidence: by sentence in citable order, and altogether."""

    passages: Sequence[Passage]
    forms: Sequence[frozenset[str]]
    spoken: Sequence[Sequence[str]]
    count: Mapping[str, int]
    all_forms: frozenset[str]
    keys: frozenset[str]
    numbers: frozenset[Number]
    content: Mapping[int, frozenset[tuple[str, ...]]]
    plain: Mapping[int, frozenset[tuple[str, ...]]]
    shapes: Mapping[str, frozenset[str]]
    quotable: str

    def rarity(self, form: str) -> float:
        """Smoothed inverse sentence frequency: rare words tell more."""
        return math.log((len(self.passages) + 1) / (self.count.get(form, 0) + 0.5))


def features(sentence: str, evidence: Evidence) -> Mapping[str, float]:
    """Describe how `sentence` stands to `evidence`, always under the same names in one order.

    Shares lie between 0 and 1, and are 1 for what a sentence has none of (no names: all its
    names are held); counts say how many there are. "best" is the one source sentence that
    holds most of its content, "all" the whole documents. A sentence without content, or no
    sources, gives zeros. Raises nothing. A few milliseconds, after the first sentence beside
    the same `evidence`, which works out what the sources hold.
    """
    stated = units(sentence)
    source = _source(evidence)
    if not stated or not source.passages:
        return dict.fromkeys(NAMES, 0.0)
    best = _best(stated, source)
    found = {
        **_overlap(sentence, stated, best, source),
        **_cover(stated, best, source),
        **_order(stated, best, source),
        **_named(sentence, stated, best, source),
        **_counted(sentence, stated, best, source),
        **_turns(sentence, source.passages[best]),
        **_size(sentence, stated, best, source),
    }
    return {name: round(found[name], 6) for name in NAMES}


def names_held(text: str, source: str) -> float:
    """The share of a text's names, each as a whole, and numbers that a source has; 1 for none."""
    counted = numbers(source)
    held = [bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", source)) for name in names(text)]
    held += [number in counted for number in numbers(text)]
    return sum(held) / len(held) if held else 1.0


def words_held(text: str, source: str) -> float:
    """The share of a text's different content words that a source has; 0 for none."""
    mine = set(content_words(text))
    return len(mine & set(content_words(source))) / max(1, len(mine))


NAMES = (
    *("one_best", "two_best", "three_best", "one_all", "two_all", "three_all"),
    *("plain_two_all", "plain_three_all", "plain_four_all", "near_two_all"),
    *("two_sentences", "neighbours", "second_gain", "rare_best", "rare_all", "rarest_all"),
    *("shape_all", "shape_least", "missing_words", "missing_run"),
    *("common_best", "run_best", "run_all", "in_order_best", "opening_best", "opening_place"),
    *("names_all", "names_best", "names_two", "names_count", "name_with_deed", "first_name_deed"),
    *("numbers_all", "numbers_best", "numbers_count", "dates_all", "dates_best"),
    *("quotes_all", "quotes_count", "denies_more", "denies_less", "tells_more", "tells_less"),
    *("words", "content", "place_best", "article_words", "length_to_best"),
)
"""The features' names, in the order of the mapping."""


@lru_cache(maxsize=2)
def _source(evidence: Evidence) -> _Source:
    passages = evidence.passages
    spoken = [words(passage.sentence.text) for passage in evidence.everywhere]
    contents = [[u.form for u in passage.units] for passage in evidence.everywhere]
    forms = {form for content in contents for form in content}
    return _Source(
        passages=passages,
        forms=[passage.forms for passage in passages],
        spoken=spoken,
        count=Counter(form for passage in passages for form in passage.forms),
        all_forms=frozenset(forms),
        keys=frozenset().union(*(passage.keys for passage in evidence.everywhere)),
        numbers=frozenset().union(*(passage.numbers for passage in evidence.everywhere)),
        content={size: _grams(contents, size) for size in (2, 3)},
        plain={size: _grams(spoken, size) for size in (2, 3, 4)},
        shapes=_by_shape(forms),
        quotable=f" {' '.join(word for line in spoken for word in line)} ",
    )


def _grams(lines: Iterable[Sequence[str]], size: int) -> frozenset[tuple[str, ...]]:
    return frozenset(gram for line in lines for gram in _runs(line, size))


def _runs(line: Sequence[str], size: int) -> Iterable[tuple[str, ...]]:
    return zip(*(line[start:] for start in range(size)), strict=False)


def _share(held: int, wanted: int) -> float:
    return held / wanted if wanted else 1.0


def _best(stated: Sequence[Unit], source: _Source) -> int:
    """The passage that holds most of the units, rare ones counting more; the earliest of equals."""
    weight = {unit.form: source.rarity(unit.form) for unit in stated}

    def held(index: int) -> float:
        passage = source.passages[index]
        return sum(weight[unit.form] for unit in stated if passage.holds(unit))

    return max(range(len(source.passages)), key=lambda index: (held(index), -index))


def _overlap(sentence: str, stated: Sequence[Unit], best: int, source: _Source) -> dict[str, float]:
    """Shares of content words, pairs and triples, and of runs of all words, that sources hold."""
    passage = source.passages[best]
    forms = [unit.form for unit in stated]
    mine = [unit.form for unit in passage.units]
    spoken = words(sentence)
    found = {
        "one_best": _share(sum(map(passage.holds, stated)), len(stated)),
        "one_all": _share(sum(_known(unit, source) for unit in stated), len(stated)),
        "near_two_all": _near_pairs(forms, source),
    }
    for size, name in ((2, "two"), (3, "three")):
        wanted = set(_runs(forms, size))
        found[f"{name}_best"] = _share(len(wanted & set(_runs(mine, size))), len(wanted))
        found[f"{name}_all"] = _share(len(wanted & source.content[size]), len(wanted))
    for size, name in ((2, "two"), (3, "three"), (4, "four")):
        wanted = set(_runs(spoken, size))
        found[f"plain_{name}_all"] = _share(len(wanted & source.plain[size]), len(wanted))
    return found


def _known(unit: Unit, source: _Source) -> bool:
    if unit.form in source.all_forms:
        return True
    return unit.form[0] not in "=@" and _key(unit) in source.keys


def _key(unit: Unit) -> str:
    return place_key(fold(unit.word))


def _near_pairs(forms: Sequence[str], source: _Source) -> float:
    """The share of neighbouring content words that stand near each other, in this order."""
    wanted = set(pairwise(forms))
    held = 0
    for first, second in wanted:
        for passage, known in zip(source.passages, source.forms, strict=True):
            if first in known and second in known and _follows(passage, first, second):
                held += 1
                break
    return _share(held, len(wanted))


def _follows(passage: Passage, first: str, second: str) -> bool:
    forms = [unit.form for unit in passage.units]
    return any(
        form == first and second in forms[place + 1 : place + 1 + _NEAR]
        for place, form in enumerate(forms)
    )


def _cover(stated: Sequence[Unit], best: int, source: _Source) -> dict[str, float]:
    """How much two source sentences hold together, and what is held when rare words count more."""
    held = [
        {place for place, unit in enumerate(stated) if passage.holds(unit)}
        for passage in source.passages
    ]
    second = max(range(len(held)), key=lambda index: len(held[index] | held[best]))
    beside = [index for index in (best - 1, best + 1) if 0 <= index < len(held)]
    count = len(stated)
    weight = [source.rarity(unit.form) for unit in stated]
    known = [_known(unit, source) for unit in stated]
    missing = [unit for unit, there in zip(stated, known, strict=True) if not there]
    shapes = [
        1.0 if there else _shape(unit, source) for unit, there in zip(stated, known, strict=True)
    ]
    rarest = sorted(range(count), key=lambda place: -weight[place])[: max(1, count // 4)]
    return {
        "two_sentences": len(held[best] | held[second]) / count,
        "neighbours": max((len(held[best] | held[one]) for one in beside), default=len(held[best]))
        / count,
        "second_gain": len(held[second] - held[best]) / count,
        "rare_best": sum(weight[place] for place in held[best]) / (sum(weight) or 1.0),
        "rare_all": sum(w for w, there in zip(weight, known, strict=True) if there)
        / (sum(weight) or 1.0),
        "rarest_all": sum(place in held[best] for place in rarest) / len(rarest),
        "shape_all": sum(shapes) / count,
        "shape_least": min(shapes),
        "missing_words": float(len(missing)),
        "missing_run": float(_longest(known, value=False)),
    }


def _longest(flags: Iterable[bool], *, value: bool) -> int:
    longest = run = 0
    for flag in flags:
        run = run + 1 if flag is value else 0
        longest = max(longest, run)
    return longest


def _by_shape(forms: Iterable[str]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for form in forms:
        for part in _parts(form):
            found.setdefault(part, set()).add(form)
    return {part: frozenset(holders) for part, holders in found.items()}


@lru_cache(maxsize=20_000)
def _parts(form: str) -> frozenset[str]:
    padded = f"^{form}"
    return frozenset(padded[start : start + 3] for start in range(max(1, len(padded) - 2)))


def _shape(unit: Unit, source: _Source) -> float:
    """The likeness of letters to the most alike source word: "winner" is near to "winning"."""
    parts = _parts(unit.form)
    near = Counter(form for part in parts for form in source.shapes.get(part, ()))
    return max(
        (shared / len(parts | _parts(form)) for form, shared in near.most_common(8)), default=0.0
    )


def _order(stated: Sequence[Unit], best: int, source: _Source) -> dict[str, float]:
    """Whether its words stand in the order of its sources, and who it opens with."""
    passage = source.passages[best]
    forms = [unit.form for unit in stated]
    mine = [unit.form for unit in passage.units]
    first = {form: place for place, form in reversed(list(enumerate(mine)))}
    places = [first[form] for form in forms if form in first]
    steps = [b > a for a, b in pairwise(places)]
    opening = stated[0]
    return {
        "common_best": _common(forms, mine) / len(forms),
        "run_best": _longest_run(forms, [mine]) / len(forms),
        "run_all": _longest_run(forms, [[u.form for u in p.units] for p in source.passages])
        / len(forms),
        "in_order_best": _share(sum(steps), len(steps)),
        "opening_best": float(passage.holds(opening)),
        "opening_place": first.get(opening.form, len(mine)) / max(1, len(mine)),
    }


def _common(mine: Sequence[str], theirs: Sequence[str]) -> int:
    """The length of the longest common subsequence."""
    row = [0] * (len(theirs) + 1)
    for one in mine:
        diagonal = 0
        for place, other in enumerate(theirs, start=1):
            above = row[place]
            row[place] = diagonal + 1 if one == other else max(above, row[place - 1])
            diagonal = above
    return row[-1]


def _longest_run(mine: Sequence[str], lines: Sequence[Sequence[str]]) -> int:
    """The longest stretch of `mine` that stands unbroken in one of `lines`."""
    longest = 0
    wanted = set(mine)
    for line in lines:
        if len(wanted.intersection(line)) <= longest:
            continue
        row = [0] * (len(line) + 1)
        for one in mine:
            for place in range(len(line), 0, -1):
                row[place] = row[place - 1] + 1 if one == line[place - 1] else 0
            longest = max(longest, *row)
    return longest


def _named(sentence: str, stated: Sequence[Unit], best: int, source: _Source) -> dict[str, float]:
    """Which of its names sources hold, and whether each stands with what is told of it."""
    spans: list[list[Unit]] = []
    for name in sorted(names(sentence), key=sentence.find):
        start = sentence.find(name)
        parts = [u for u in stated if start <= u.start < start + len(name) and not u.is_date]
        if parts:
            spans.append(parts)
    holders = [[p for p in source.passages if p.holds(span[-1])] for span in spans]
    most = source.passages[best]
    second = max(source.passages, key=lambda p: sum(p.holds(s[-1]) for s in spans))
    deeds = [
        _with_deed(span, known, stated, most) for span, known in zip(spans, holders, strict=True)
    ]
    everywhere = [all(_known(unit, source) for unit in span) for span in spans]
    return {
        "names_all": _share(sum(everywhere), len(spans)),
        "names_best": _share(sum(all(map(most.holds, span)) for span in spans), len(spans)),
        "names_two": _share(
            sum(most.holds(span[-1]) or second.holds(span[-1]) for span in spans), len(spans)
        ),
        "names_count": float(len(spans)),
        "name_with_deed": min(deeds, default=1.0),
        "first_name_deed": deeds[0] if deeds else 1.0,
    }


def _with_deed(
    span: Sequence[Unit], known: Sequence[Passage], stated: Sequence[Unit], best: Passage
) -> float:
    """How much of what the best sentence tells besides this name stands in one that names it."""
    rest = [unit for unit in stated if unit not in span]
    most = sum(map(best.holds, rest))
    if not most:
        return 1.0 if known else 0.0
    return min(1.0, max((sum(map(p.holds, rest)) for p in known), default=0) / most)


def _counted(sentence: str, stated: Sequence[Unit], best: int, source: _Source) -> dict[str, float]:
    """Which of its numbers, dates and quotations sources hold."""
    passage = source.passages[best]
    counted = [mention.number for mention in mentions(sentence)]
    dates = [unit for unit in stated if unit.is_date]
    quotes = [f" {' '.join(words(quote))} " for quote in quotations(sentence)]
    return {
        "numbers_all": _share(sum(occurs(n, source.numbers) for n in counted), len(counted)),
        "numbers_best": _share(sum(occurs(n, passage.numbers) for n in counted), len(counted)),
        "numbers_count": float(len(counted)),
        "dates_all": _share(sum(d.form in source.all_forms for d in dates), len(dates)),
        "dates_best": _share(sum(passage.holds(date) for date in dates), len(dates)),
        "quotes_all": _share(sum(quote in source.quotable for quote in quotes), len(quotes)),
        "quotes_count": float(len(quotes)),
    }


def _turns(sentence: str, passage: Passage) -> dict[str, float]:
    """Denials, and words of telling, that only one of the two has."""
    mine, theirs = set(words(sentence)), set(words(passage.sentence.text))
    denials = [sum(_denies(word) for word in side) for side in (mine, theirs)]
    return {
        "denies_more": float(denials[0] > denials[1]),
        "denies_less": float(denials[0] < denials[1]),
        "tells_more": float(bool(mine & SPEECH) and not theirs & SPEECH),
        "tells_less": float(bool(theirs & REPORTING) and not mine & SPEECH),
    }


def _denies(word: str) -> bool:
    return word in NEGATIONS or word.endswith("n't")


def _size(sentence: str, stated: Sequence[Unit], best: int, source: _Source) -> dict[str, float]:
    passage = source.passages[best]
    return {
        "words": float(len(words(sentence))),
        "content": float(len(stated)),
        "place_best": best / len(source.passages),
        "article_words": float(sum(map(len, source.spoken))),
        "length_to_best": len(stated) / max(1, len(passage.units)),
    }
