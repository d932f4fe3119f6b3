"""Timelines measured beside baselines on topics with reference timelines; prints nothing.

Dates as in Martschat and Markert (2018) and Ghalandari and Ifrim (2020): F1 of exact days, for
each reference timeline cut to the span of the articles, averaged over a topic's references and
then over topics. Texts by alignment-based ROUGE F1 (`aligned`).
"""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from statistics import mean
from typing import Any

from bot.evaluation import Row, Told
from bot.failure import USAGE, Failure
from news.daylines import DatedText
from news.model import Article, Outlet
from news.rows import read_date
from news.timeline import compose, ranked, read
from summarizer.encode import Encoder

Timeline = Mapping[date, Sequence[str]]
"""Sentences by day."""

_OURS = "ours"
_MARGIN = timedelta(days=7)
_DRAWS = 10
_HOW = 'ROUGE needs one more package: pip install "geobrief[eval]"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Articles, the days they span, and the reference timelines cut to that span."""

    texts: Sequence[DatedText]
    first: date
    last: date
    references: Sequence[Timeline]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a method is asked for: days from `first` to `last`, how many, how many sentences."""

    texts: Sequence[DatedText]
    first: date
    last: date
    dates: int | None
    sentences: int


Method = Callable[[Wanted], Sequence[Timeline]]
"""Gives timelines; of several (random draws) the figures are averaged."""


def date_f1(predicted: Mapping[date, Any], reference: Mapping[date, Any]) -> float:
    """F1 of exact days."""
    right = len(predicted.keys() & reference.keys())
    return 2 * right / (len(predicted) + len(reference)) if right else 0.0


def aligned(predicted: Timeline, reference: Timeline, size: int) -> float:
    """Alignment-based ROUGE-`size` F1, a fraction, "align+ m:1" of Martschat and Markert (2017).

    Each day is aligned to the other timeline's day that costs least, (1 - 1/(distance + 1))
    x (1 - ROUGE-1 F1), several to one allowed; shared n-grams count 1/(distance + 1). Recall
    aligns the reference's days, precision the prediction's. Stemmed; distances in days.
    """
    recall = _one_way(reference, predicted, size)
    precision = _one_way(predicted, reference, size)
    both = precision + recall
    return 2 * precision * recall / both if both else 0.0


def _one_way(from_: Timeline, to: Timeline, size: int) -> float:
    shared, total = 0.0, 0
    for day, sentences in from_.items():
        mine = _grams(tuple(sentences), size)
        total += mine.total()
        if not to:
            continue
        best = min(to, key=lambda other: (_cost(day, sentences, other, to[other]), other))
        weight = 1 / (abs((day - best).days) + 1)
        shared += weight * (mine & _grams(tuple(to[best]), size)).total()
    return shared / total if total else 0.0


def _cost(day: date, mine: Sequence[str], other: date, theirs: Sequence[str]) -> float:
    distance = abs((day - other).days)
    if not distance:
        return 0.0
    one, two = _grams(tuple(mine), 1), _grams(tuple(theirs), 1)
    likeness = 2 * (one & two).total() / max(1, one.total() + two.total())
    return (1 - 1 / (distance + 1)) * (1 - likeness)


@cache
def _grams(sentences: tuple[str, ...], size: int) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for sentence in sentences:
        tokens = _tokens(sentence)
        found.update(zip(*(tokens[at:] for at in range(size)), strict=False))
    return found


@cache
def _tokens(sentence: str) -> list[str]:
    return list(_tokenizer().tokenize(sentence))


@cache
def _tokenizer() -> Any:
    try:
        from rouge_score.tokenizers import DefaultTokenizer
    except ImportError as error:
        raise Failure(_HOW, USAGE) from error
    return DefaultTokenizer(use_stemmer=True)


def evaluate_timelines(
    rows: Sequence[Row], encoder: Encoder, told: Told = lambda at, n: None
) -> dict[str, Any]:
    """Our timelines and the baselines' on the same topics.

    `date_f1`: the number of days is chosen by the method. `date_f1_count_given`: it is the
    reference's; alignment ROUGE (percent) is that timeline's, with as many sentences a day as
    the reference has on average. Under `span_given` also the first and last day, a week wider,
    are the reference's, as in the literature. Raises Failure for a wrong row.
    """
    _tokenizer()
    began = time.perf_counter()
    figures: dict[str, list[dict[str, float]]] = defaultdict(list)
    spent, methods = 0.0, _methods(encoder)
    for at, row in enumerate(rows, start=1):
        started = time.perf_counter()
        topic = read_topic(row, at)
        spent += time.perf_counter() - started
        for name, method in methods.items():
            started = time.perf_counter()
            figures[name].append(_figures(method, topic))
            spent += (time.perf_counter() - started) if name == _OURS else 0.0
        told(at, len(rows))
    averaged = {name: _averaged(found) for name, found in figures.items()}
    return {
        "n": len(rows),
        "timelines": sum(len(row["timelines"]) for row in rows),
        "seconds": round(time.perf_counter() - began, 1),
        "seconds_ours": round(spent, 1),
        **averaged.pop(_OURS),
        "baselines": averaged,
        "by_topic": {
            str(row.get("id") or at + 1): {
                name: _averaged([found[at]]) for name, found in figures.items()
            }
            for at, row in enumerate(rows)
        },
    }


def read_topic(row: Row, number: int) -> Topic:
    """Read a row: `articles` with `date` and `text`, `timelines` of `date` and `sentences`.

    Articles without a readable date name days, but come out on none. Raises Failure.
    """
    listed, timelines = row.get("articles"), row.get("timelines")
    if not isinstance(listed, list) or not isinstance(timelines, list):
        raise Failure(f"row {number} lacks `articles` or `timelines`, both lists", USAGE)
    texts = read([_article(one, at, number) for at, one in enumerate(listed)])
    days = [text.published for text in texts if text.published]
    if not days:
        raise Failure(f"row {number} has no article with a text and a date", USAGE)
    first, last = min(days), max(days)
    references = [_reference(one, number, first, last) for one in timelines]
    kept = [reference for reference in references if reference]
    if not kept:
        raise Failure(f"row {number} has no reference day between {first} and {last}", USAGE)
    return Topic(texts=texts, first=first, last=last, references=kept)


def _article(one: Any, at: int, number: int) -> Article:
    if not isinstance(one, dict) or not isinstance(one.get("text"), str):
        raise Failure(f"row {number}: article {at + 1} has no `text`", USAGE)
    day = _day(one.get("date"))
    known = datetime(1, 1, 1, tzinfo=UTC)
    name = str(one.get("source") or "")
    return Article(
        id=f"{number}.{at}",
        number=at,
        url=None,
        title=str(one.get("title") or ""),
        text=one["text"],
        outlet=Outlet(name=name, host=""),
        language=one.get("language"),
        author=None,
        published_at=datetime(day.year, day.month, day.day, tzinfo=UTC) if day else known,
        fetched_at=known,
        content_hash="",
    )


def _reference(listed: Any, number: int, first: date, last: date) -> Timeline:
    found: dict[date, list[str]] = {}
    try:
        for entry in listed:
            day = _day(entry["date"])
            if day is None:
                raise ValueError(f"{entry['date']} is no day")
            if first <= day <= last:
                found.setdefault(day, []).extend(map(str, entry["sentences"]))
    except (TypeError, KeyError, ValueError) as error:
        raise Failure(
            f"row {number}: a timeline is a list of objects with `date` and `sentences` ({error})",
            USAGE,
        ) from error
    return found


def _day(value: Any) -> date | None:
    found = read_date(str(value or ""), datetime.now(UTC))
    return found.date() if found else None


def _figures(method: Method, topic: Topic) -> dict[str, float]:
    """One method's figures on one topic, averaged over its references and its draws."""
    free = method(_wanted(topic, topic.first, topic.last, None, 1))
    found: dict[str, list[float]] = defaultdict(list)
    for reference in topic.references:
        found["date_f1"] += [date_f1(one, reference) for one in free]
        sentences = max(1, round(mean(map(len, reference.values()))))
        whole = _wanted(topic, topic.first, topic.last, len(reference), sentences)
        near = _wanted(
            topic,
            max(topic.first, min(reference) - _MARGIN),
            min(topic.last, max(reference) + _MARGIN),
            len(reference),
            sentences,
        )
        for wanted, prefix in ((whole, ""), (near, "span_")):
            for one in method(wanted):
                found[f"{prefix}date_f1_count_given"].append(date_f1(one, reference))
                for size in (1, 2):
                    value = 100 * aligned(one, reference, size)
                    found[f"{prefix}alignment_rouge{size}"].append(value)
    return {
        **{name: mean(values) for name, values in found.items()},
        "dates": mean(map(len, free)),
    }


def _wanted(topic: Topic, first: date, last: date, dates: int | None, sentences: int) -> Wanted:
    inside = [
        text for text in topic.texts if text.published is None or first <= text.published <= last
    ]
    return Wanted(texts=inside, first=first, last=last, dates=dates, sentences=sentences)


def _averaged(topics: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Average over topics; fractions to four places, percentages and counts to two."""
    means = {name: mean(one[name] for one in topics) for name in topics[0]}
    rounded = {name: round(value, 4 if "f1" in name else 2) for name, value in means.items()}
    return {
        **{name: value for name, value in rounded.items() if not name.startswith("span_")},
        "span_given": {
            name.removeprefix("span_"): value
            for name, value in rounded.items()
            if name.startswith("span_")
        },
    }


def _methods(encoder: Encoder) -> dict[str, Method]:
    def ours(wanted: Wanted) -> list[Timeline]:
        entries = compose(
            wanted.texts,
            encoder.encode,
            today=wanted.last,
            first=wanted.first,
            dates=wanted.dates,
            sentences=wanted.sentences,
        )
        told = [entry for entry in entries if not entry.ahead]
        return [{entry.day: [one.sentence for one in entry.evidence] for entry in told}]

    return {
        _OURS: ours,
        "publication_volume": lambda wanted: [_counted(wanted, _published(wanted))],
        "date_mentions": lambda wanted: [_counted(wanted, _mentioned(wanted))],
        "random_article_days": _random,
    }


def _published(wanted: Wanted) -> Counter[date]:
    return Counter(text.published for text in wanted.texts if text.published)


def _mentioned(wanted: Wanted) -> Counter[date]:
    """Days by the expressions that name them, in the span."""
    return Counter(
        day
        for text in wanted.texts
        for mention in text.mentions
        for day in mention.days
        if wanted.first <= day <= wanted.last
    )


def _counted(wanted: Wanted, counts: Counter[date]) -> Timeline:
    """The days that are counted most: as many as wanted, else by the rule that ours goes by."""
    return _told(wanted, ranked(counts, wanted.dates)[: wanted.dates or len(counts)])


def _random(wanted: Wanted) -> list[Timeline]:
    """Days on which articles came out: as many as wanted, else each by the toss of a coin."""
    days = sorted(_published(wanted))
    draws = []
    for seed in range(_DRAWS):
        chance = random.Random(seed)
        count = min(wanted.dates, len(days)) if wanted.dates else None
        tossed = [day for day in days if chance.random() < 0.5] if count is None else None
        draws.append(_told(wanted, tossed or chance.sample(days, count or 1)))
    return draws


def _told(wanted: Wanted, days: Sequence[date]) -> Timeline:
    """The first sentences of the articles of each day, or those that name it."""
    came: defaultdict[date, list[DatedText]] = defaultdict(list)
    for text in wanted.texts:
        if text.published:
            came[text.published].append(text)
    return {day: _first_sentences(wanted, day, came[day]) for day in days}


def _first_sentences(wanted: Wanted, day: date, came: Sequence[DatedText]) -> list[str]:
    found = [text.sentences[0].text for text in came if text.sentences]
    if not came:
        naming = (text for text in wanted.texts if day in text.days)
        found = [
            text.sentences[text.place_of(one.start)].text
            for text in naming
            for one in text.mentions
            if day in one.days
        ]
    return found[: wanted.sentences]
