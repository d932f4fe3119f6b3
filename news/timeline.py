"""A timeline of articles: which days matter, and the sentence that says what happened on each.

Days come from the texts and from publication; sentences are the sources' own. Takes articles
and sentence vectors; knows no store, no clock and no question.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from news.daylines import POOL, DatedText, Encode, Line, choose_lines, lines_of
from news.independence import voice_of
from news.model import Article, Evidence

SHARE = 0.4
"""A day is told when it weighs this share of what the heaviest days weigh on average.

Found on two topics of news and confirmed on two others, both ways (docs/quality.md).
"""
_HEAVIEST = 5
_FEWEST = 8
"""So many days are told, where there are so many, however heavy one of them is."""
_PUBLISHED = 0.5
_STORY = 0.5
_OUTLETS = 2
"""A day long before the first article, or still to come, needs so many outlets that name it."""
_BEFORE = timedelta(days=7)
"""An event may be so much older than the first article about it, and needs no second outlet."""
_AHEAD = 3
_FAR = timedelta(days=366)
_SPARE = 4
"""With a number of days wanted, a fourth more is looked at: some tell nothing new."""
_SENTENCES = 320
"""So many sentences are encoded for all days together, but for each day at least:"""
_LEAST = 6
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """Why a day matters.

    `named`: articles that name it. `published`: articles of the day and of the day after, each
    counted half, since papers come a day late. `story`: articles of the biggest story that
    began that day. `outlets`: outlets that name it; not part of the sum.
    """

    named: int = 0
    published: float = 0.0
    story: int = 0
    outlets: int = 0

    @property
    def parts(self) -> dict[str, float]:
        """The points of each part; a story counts with the logarithm of its size."""
        return {
            "named": float(self.named),
            "published": self.published,
            "story": _STORY * math.log1p(self.story),
        }

    @property
    def total(self) -> float:
        """The parts together."""
        return sum(self.parts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What happened on a day: source sentences, best first, and why the day is told.

    `ahead` says that the day is still to come.
    """

    day: date
    evidence: tuple[Evidence, ...]
    weight: Weight
    ahead: bool = False


def read(articles: Iterable[Article]) -> list[DatedText]:
    """Find the times that articles name; copies and empty texts are left out."""
    return [DatedText(one) for one in articles if one.copy_of is None and one.text]


def compose(
    texts: Sequence[DatedText],
    encode: Encode,
    *,
    today: date,
    first: date | None = None,
    dates: int | None = None,
    most: int = 100,
    spread: bool = False,
    sentences: int = 1,
    about: str = "",
) -> list[Entry]:
    """Tell the days that matter in `texts`, oldest first, `sentences` for each.

    `dates` is how many days, None for as many as matter, at most `most`; `spread` takes them
    from all along, not the heaviest wherever they lie; `first` is the earliest that may be
    told; `about` are the words that were asked. Days long before the first article and days
    after `today` need several outlets that name them. Raises EncoderUnavailable.
    """
    weights = weigh(texts)
    days = _days(weights, texts, today=today, first=first, dates=dates, most=most)
    if spread and dates is not None:
        days = _spread({day: weights[day].total for day in days}, dates)
    wanted = len(days) if dates is None else dates + dates // _SPARE + 1
    each = max(_SENTENCES // max(1, wanted), 2 * sentences, _LEAST)
    pools = _pools(days, texts, wanted, min(each, max(POOL, 2 * sentences)))
    chosen = choose_lines(pools, encode, sentences=sentences, about=about)
    told = sorted(list(chosen)[: dates or len(chosen)])
    return [
        Entry(
            day=day,
            evidence=tuple(map(_evidence, chosen[day])),
            weight=weights[day],
            ahead=day > today,
        )
        for day in told
    ]


def weigh(texts: Iterable[DatedText]) -> dict[date, Weight]:
    """Give the weight of every day that a text names or came out on."""
    named: Counter[date] = Counter()
    came: Counter[date] = Counter()
    outlets: defaultdict[date, set[str]] = defaultdict(set)
    stories: defaultdict[int, list[date]] = defaultdict(list)
    for text in texts:
        named.update(text.days)
        for day in text.days:
            outlets[day].add(voice_of(text.article.outlet))
        if text.published is not None:
            came[text.published] += 1
            if text.article.story_id is not None:
                stories[text.article.story_id].append(text.published)
    biggest: Counter[date] = Counter()
    for days in stories.values():
        biggest[min(days)] = max(biggest[min(days)], len(days))
    return {
        day: Weight(
            named=named[day],
            published=_PUBLISHED * (came[day] + came[day + _DAY]),
            story=biggest[day],
            outlets=len(outlets[day]),
        )
        for day in {*named, *came}
    }


def ranked(totals: Mapping[date, float], count: int | None = None) -> list[date]:
    """Give days by weight, heaviest first: all where a number is wanted, else those that matter.

    Of equals the later comes first.
    """
    order = sorted(totals, key=lambda day: (totals[day], day), reverse=True)
    if count is not None or not order:
        return order
    heaviest = order[:_HEAVIEST]
    least = SHARE * sum(totals[day] for day in heaviest) / len(heaviest)
    return [day for at, day in enumerate(order) if at < _FEWEST or totals[day] >= least]


def _days(
    weights: Mapping[date, Weight],
    texts: Sequence[DatedText],
    *,
    today: date,
    first: date | None,
    dates: int | None,
    most: int,
) -> list[date]:
    """Give the days that may be told, heaviest first; a few that are still to come last."""
    dated = [text.published for text in texts if text.published]
    began = min(dated) - _BEFORE if dated else date.min
    allowed = {
        day: weight.total
        for day, weight in weights.items()
        if (first is None or day >= first) and (began <= day <= today or _many_say(weight))
    }
    past = {day: weight for day, weight in allowed.items() if day <= today}
    ahead = {day: allowed[day] for day in allowed.keys() - past.keys() if day <= today + _FAR}
    told = ranked(past, dates)[: most if dates is None else None]
    return told + ([] if dates else ranked(ahead, _AHEAD)[:_AHEAD])


def _spread(totals: Mapping[date, float], count: int) -> list[date]:
    """Cut the days that matter into `count` stretches of about the same weight.

    Gives the heaviest of each before all others, heaviest first.
    """
    matter = sorted(ranked(totals))
    whole = sum(totals[day] for day in matter)
    best: dict[int, date] = {}
    passed = 0.0
    for day in matter:
        # a day belongs where its middle lies, so that a heavy one fills no stretch but its own
        part = int(count * (passed + totals[day] / 2) / whole) if whole else 0
        passed += totals[day]
        if part not in best or totals[day] > totals[best[part]]:
            best[part] = day
    first = sorted(best.values(), key=lambda day: -totals[day])
    return [*first, *(day for day in ranked(totals, count) if day not in first)]


def _many_say(weight: Weight) -> bool:
    return weight.outlets >= _OUTLETS


def _pools(
    days: Sequence[date], texts: Sequence[DatedText], most: int, each: int
) -> dict[date, list[Line]]:
    """Give the lines of the first `most` of these days that have any, at most `each` a day."""
    wanted = set(days)
    naming: defaultdict[date, list[DatedText]] = defaultdict(list)
    published: defaultdict[date, list[DatedText]] = defaultdict(list)
    for text in texts:
        for day in wanted & text.days:
            naming[day].append(text)
        if text.published in wanted:
            published[text.published].append(text)
    pools: dict[date, list[Line]] = {}
    for day in days:
        if len(pools) == most:
            break
        if lines := lines_of(day, naming[day], published[day], most=each):
            pools[day] = lines
    return pools


def _evidence(line: Line) -> Evidence:
    article = line.article
    undated = article.published_at == article.fetched_at
    return Evidence(
        article_id=article.id,
        url=article.url,
        source=article.outlet.name,
        sentence=line.sentence.text,
        start=line.sentence.start,
        end=line.sentence.end,
        published_at=None if undated else article.published_at,
    )
