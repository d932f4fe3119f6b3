"""Composing a brief: which stories, in what order, told how long, and what to warn of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from news import rank
from news.catching_up import moved_on
from news.digest import Digests
from news.model import Article, Brief, Changes, Importance, Length, Story, StoryBrief
from news.severity import Severity, SeverityWords
from news.store import Store
from news.topics import Topics

STORIES: Mapping[Length, int] = {"short": 3, "medium": 6, "long": 10}
SENTENCES: Mapping[Length, int] = {"short": 2, "medium": 2, "long": 3}
MOST_MOVED = 24
"""So many stories told before are looked at for news in one brief, the weightiest first."""
News = Callable[[Sequence[Article], int], Changes | None]
"""Gives at most so many sentences of news in a story's articles for one reader; None where the
reader was shown none of them."""
LATE = timedelta(hours=24)
"""News that was published before the last brief but came in after it may be so old."""


def weigh(
    story: Story,
    articles: Sequence[Article],
    *,
    topics: Topics,
    severity: SeverityWords | None,
    now: datetime,
    since: datetime,
    wanted: Sequence[str] = (),
    fit: float,
) -> Importance:
    """Weigh a story for a reader of these topics, who looks back to `since`.

    `fit` is how well it fits the wanted topics. Whoever wants everything gets first what the
    listed topics are about.
    """
    fits = [topics.label(words) for words in wanted]
    if not wanted:
        listed = topics.of(story, articles)
        fit = max(listed.values(), default=0.0)
        fits = [topics.label(id) for id in listed]
    return rank.importance(
        story,
        articles,
        now=now,
        since=since,
        severity=severity.of(articles) if severity else Severity(),
        topic=fit,
        topics=fits,
        country=topics.country,
    )


def compose(
    *,
    store: Store,
    digests: Digests,
    topics: Topics,
    now: datetime,
    since: datetime,
    wanted: Sequence[str] = (),
    length: Length = "medium",
    known: Mapping[int, int] | None = None,
    news: News | None = None,
    stale_after: timedelta | None = None,
    severity: SeverityWords | None = None,
) -> Brief:
    """Choose and summarise the stories of [since, now] for one reader.

    `known` maps stories to the revision told before: unmoved ones are left out, and what was
    published earlier but came in since is told as well. `news` finds what is news for this
    reader in a story's articles: a story that moved tells only that, and one without any is
    left out. With `stale_after`, a notice says when the newest source is older than that.
    """
    known = known or {}
    candidates = [
        story
        for story in store.stories.changed_since(since - LATE if known else since, now)
        if story.revision > known.get(story.id, 0)
        and (story.last_at >= since or story.changed_at >= since)
    ]
    articles = store.articles.of_stories([story.id for story in candidates])
    ranked = []
    for story in candidates:
        fit = topic_fit(story, articles[story.id], topics, wanted)
        if fit > 0:
            weight = weigh(
                story, articles[story.id],
                topics=topics, severity=severity, now=now, since=since, wanted=wanted, fit=fit,
            )  # fmt: skip
            ranked.append((story, weight))
    ranked.sort(key=lambda item: (-item[1].total, -item[0].last_at.timestamp(), item[0].id))
    entries: list[StoryBrief] = []
    looked = 0
    for story, weight in ranked:
        if len(entries) == STORIES[length]:
            break
        new = story.id not in known
        mine = articles[story.id]
        fresh = mine if new else [one for one in mine if _came(one) >= since]
        digest = digests.extract(
            fresh or mine, title=story.title, sentences=SENTENCES[length], now=now
        )
        entry = StoryBrief(story=story, digest=digest, importance=weight, new=new)
        if not new and news is not None:
            if looked == MOST_MOVED:
                continue
            looked += 1
            entry = replace(entry, changes=news(mine, SENTENCES[length]))
            entry = moved_on(entry) if entry.changes is not None else entry
        if entry.digest.points:
            entries.append(entry)
    return Brief(
        at=now,
        since=since,
        topics=tuple(wanted),
        entries=tuple(entries),
        notices=tuple(_notices(store, now, stale_after)),
    )


def _came(article: Article) -> datetime:
    return max(article.published_at, article.fetched_at)


def topic_fit(
    story: Story, articles: Sequence[Article], topics: Topics, wanted: Sequence[str]
) -> float:
    """Say how well a story fits the best of the wanted topics; 1 when everything is wanted."""
    if not wanted:
        return 1.0
    return max(
        (
            topics.strength(
                words, title=article.title, text=article.text, countries=story.countries
            )
            for words in wanted
            for article in articles
        ),
        default=0.0,
    )


def _notices(store: Store, now: datetime, stale_after: timedelta | None) -> list[str]:
    if stale_after is None:
        return []
    notices = []
    collected = store.note("collected_well")
    tried = store.note("collected")
    if tried and (not collected or now - datetime.fromisoformat(collected) > stale_after):
        since = datetime.fromisoformat(collected) if collected else None
        notices.append(
            "Collecting news has been failing"
            + (f" since {since:%d %B %H:%M} UTC." if since else " from the start.")
        )
    newest = store.articles.newest_at()
    if newest is None:
        notices.append("No news has been collected yet.")
    elif now - newest > stale_after:
        hours = (now - newest) / timedelta(hours=1)
        notices.append(f"The newest source is {hours:.0f} hours old ({newest:%d %B %H:%M} UTC).")
    return notices
