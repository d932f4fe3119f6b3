"""How important a story is to one reader at one time, and every part of why.

Pure: a story with its articles in, a weight with its parts out. What a part counts, how much a
unit of it weighs and what was counted stand beside each other, so that nobody has to believe
a number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from news.independence import Voice, independent
from news.model import Article, Importance, Story
from news.severity import Severity

WEIGHTS: Mapping[str, float] = {
    "voices": 1.0,
    "countries": 0.6,
    "volume": 0.3,
    "recency": 0.8,
    "growth": 0.4,
    "severity": 1.6,
    "lightness": -1.5,
    "topic": 1.5,
}
"""Points for one unit of each part."""
GROWING = timedelta(hours=6)
"""What came in so lately is compared with what came in before, per as long."""
_MOST_GROWTH = 2.0
_NAMED = 4


def importance(
    story: Story,
    articles: Sequence[Article],
    *,
    now: datetime,
    since: datetime,
    severity: Severity,
    topic: float,
    topics: Sequence[str] = (),
    country: Callable[[str], str] = str,
) -> Importance:
    """Weigh a story for a reader who looks at what happened since `since`.

    `topic` is how well it fits what the reader wants, 0 to 1, and `topics` the names of that;
    `country` names a country by its code. The total is the sum of the parts.
    """
    voices = independent(articles)
    places = list(dict.fromkeys(one.outlet.country for one in voices if one.outlet.country))
    named = _listed([country(code) for code in places])
    recent, before = _arrivals(articles, story.first_at, now)
    fresh = sum(one.copy_of is None and since <= one.published_at <= now for one in articles)
    age = max(timedelta(), now - story.last_at)
    values = {
        "voices": math.log2(1 + len(voices)),
        "countries": math.log2(max(1, len(places))),
        "volume": math.log2(1 + fresh),
        "recency": math.exp(-(age / max(now - since, timedelta(hours=1)))),
        "growth": min(_MOST_GROWTH, max(0.0, math.log2((1 + recent) / (1 + before)))),
        "severity": severity.grave,
        "lightness": severity.light,
        "topic": topic,
    }
    parts = {name: round(WEIGHTS[name] * value, 3) + 0.0 for name, value in values.items()}
    grave = f"{severity.level}: {_listed(severity.words)}" if severity.words else "no grave words"
    fits = f"fits {_listed(topics)}" if topic else f"fits none of {_listed(topics)}"
    reasons = {
        "voices": _told_by(voices),
        "countries": f"published in {named}" if places else "from no known country",
        "volume": f"{_count(fresh, 'own text')} in the last {_length(now - since)}, "
        f"{_count(len(articles), 'article')} in all",
        "recency": f"the latest article is {_length(age)} old",
        "growth": f"{_count(recent, 'text')} in the last {_length(GROWING)}, "
        f"{before:.1f} per {_length(GROWING)} before",
        "severity": grave,
        "lightness": _listed(severity.light_words) if severity.light else "nothing light",
        "topic": fits if topics else "fits no listed topic",
    }
    return Importance(total=round(sum(parts.values()), 3), parts=parts, because=reasons)


def _arrivals(articles: Sequence[Article], begun: datetime, now: datetime) -> tuple[int, float]:
    """Count the own texts of the last GROWING, and those before per GROWING."""
    texts = [article for article in articles if article.copy_of is None]
    recent = sum(now - GROWING < article.published_at <= now for article in texts)
    earlier = sum(article.published_at <= now - GROWING for article in texts)
    spans = max(1.0, (now - GROWING - begun) / GROWING)
    return recent, earlier / spans


def _told_by(voices: Sequence[Voice]) -> str:
    carried = sum(len(voice.copied_by) for voice in voices)
    names = _listed([voice.outlets[0] if voice.outlets else voice.name for voice in voices])
    told = f"{_count(len(voices), 'independent voice')}: {names}" if names else "no outlet named"
    return f"{told}; copied by {_count(carried, 'other outlet')}" if carried else told


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED} more" if len(names) > _NAMED else shown


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _length(span: timedelta) -> str:
    minutes = span / timedelta(minutes=1)
    if minutes < 90:
        return _count(round(minutes), "minute")
    hours = minutes / 60
    return _count(round(hours), "hour") if hours < 48 else _count(round(hours / 24), "day")
