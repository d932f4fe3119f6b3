"""The JSON forms of what the command line prints: a contract, see docs/design.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.daymarks import day_marks
from news.collect import Round
from news.edits import changed_sentences
from news.independence import independent
from news.model import (
    Answer,
    Article,
    Brief,
    Count,
    Digest,
    Evidence,
    Feed,
    Importance,
    Involved,
    Point,
    Received,
    Story,
    StoryBrief,
    Told,
)
from news.store.articles import Version


def summary_json(
    digest: Digest, articles: Sequence[Article], *, with_text: bool = False
) -> dict[str, Any]:
    """Give a digest in the form of docs/design.md; `with_text` adds each article's stored text."""
    return {
        "title": digest.title,
        "method": digest.method,
        "model": digest.model,
        "sentences": [sentence_json(point) for point in digest.points],
        "articles": [_article(article, with_text=with_text) for article in articles],
        "created_at": digest.created_at.isoformat(),
        "seconds": digest.seconds,
        "cached": digest.cached,
        "note": digest.note,
        "notes": list(digest.notes),
        "differs": [count_json(count) for count in digest.differs],
    }


def answer_json(answer: Answer, articles: Sequence[Article]) -> dict[str, Any]:
    """Give an answer; one without sources has no sentences."""
    body: dict[str, Any] = (
        summary_json(answer.digest, articles)
        if answer.digest
        else {"title": None, "method": None, "model": None, "sentences": [], "articles": []}
        | {"note": answer.note}
    )
    newest = answer.newest_source_at
    return {
        "question": answer.question,
        "answered": answer.answered,
        **body,
        "stories": [{"story_id": story.id, "title": story.title} for story in answer.stories],
        "figures": [count_json(count) for count in answer.counts],
        "newest_source_at": newest.isoformat() if newest else None,
    }


def brief_json(
    brief: Brief, articles: dict[int, list[Article]], involved: Mapping[int, Involved]
) -> dict[str, Any]:
    """Give a brief with each story's summary, voices and the parts of its importance."""
    return {
        "at": brief.at.isoformat(),
        "since": brief.since.isoformat(),
        "topics": list(brief.topics),
        "stories": [
            _entry(entry, articles[entry.story.id], involved[entry.story.id])
            for entry in brief.entries
        ],
        "notices": list(brief.notices),
    }


def importance_json(importance: Importance) -> dict[str, Any]:
    """Give a weight with its parts, and what each was counted from."""
    return {
        "total": importance.total,
        "parts": dict(importance.parts),
        "because": dict(importance.because),
    }


def involved_json(involved: Involved) -> dict[str, Any]:
    """Give who is involved in a story; offices by person."""
    return {
        "people": list(involved.people),
        "offices": dict(involved.offices),
        "organisations": list(involved.organisations),
        "areas": list(involved.areas),
        "topics": list(involved.topics),
    }


def story_json(story: Story, importance: Importance, involved: Involved) -> dict[str, Any]:
    """Give a story without its summary."""
    return {
        "story_id": story.id,
        "title": story.title,
        "articles": story.articles,
        "outlets": list(story.outlets),
        "countries": list(story.countries),
        "first_at": story.first_at.isoformat(),
        "last_at": story.last_at.isoformat(),
        **involved_json(involved),
        "importance": importance_json(importance),
    }


def received_json(received: Received) -> dict[str, Any]:
    """Give what became of one text."""
    return {
        "what": received.what,
        "outcome": received.outcome,
        "article_id": received.article_id,
        "reason": received.reason,
        "notes": list(received.notes),
    }


def round_json(result: Round) -> dict[str, Any]:
    """Give what a round of collecting brought."""
    return {
        "feeds": result.feeds,
        "unchanged_feeds": result.unchanged,
        "failed_feeds": result.failed_feeds,
        **{name: result.outcomes[name] for name in ("new", "changed", "duplicate", "failed")},
        "restless": result.restless,
        "not_read": result.not_read,
        "failures": [received_json(one) for one in result.failures],
    }


def article_json(
    article: Article, versions: Sequence[Version], edits: int, *, with_versions: bool
) -> dict[str, Any]:
    """Give a stored article; with its versions, each with what it changed in the one before."""
    found: dict[str, Any] = {
        **_article(article, with_text=True),
        "author": article.author,
        "fetched_at": article.fetched_at.isoformat(),
        "content_hash": article.content_hash,
        "copy_of": article.copy_of,
        "story_id": article.story_id,
        "private": article.private,
        "edits": edits,
    }
    if with_versions:
        found["versions"] = [_version(one, before) for before, one in in_pairs(versions)]
    return found


def feed_json(feed: Feed) -> dict[str, Any]:
    """Give a feed and its health."""
    last = feed.last_success_at
    return {
        "url": feed.url,
        "outlet": feed.outlet.name,
        "country": feed.outlet.country,
        "language": feed.outlet.language,
        "ownership": feed.outlet.ownership,
        "confirmed": feed.confirmed,
        "active": feed.active,
        "last_success_at": last.isoformat() if last else None,
        "failures": feed.failures,
        "error": feed.error,
        "items": feed.items,
        "cadence_seconds": int(feed.cadence.total_seconds()) if feed.cadence else None,
        "next_due_at": feed.next_due_at.isoformat(),
        "notice": feed.notice,
    }


def in_pairs(versions: Sequence[Version]) -> Iterator[tuple[Version | None, Version]]:
    """Give each version with the one before it."""
    return zip([None, *versions], versions, strict=False)


def _version(one: Version, before: Version | None) -> dict[str, Any]:
    removed, added = changed_sentences(before.text, one.text) if before else ([], [])
    return {
        "version": one.version,
        "title": one.title,
        "text": one.text,
        "content_hash": one.content_hash,
        "fetched_at": one.fetched_at.isoformat(),
        "removed": removed,
        "added": added,
    }


def sentence_json(point: Point) -> dict[str, Any]:
    """Give a shown sentence with what it rests on."""
    return {
        "text": point.text,
        "citations": [citation_json(one) for one in point.evidence],
        "checks": dict(point.checks),
        "origin": point.origin,
        "translated_from": point.translated_from,
        "dates": [{"words": words, "date": day.isoformat()} for words, day in day_marks(point)],
    }


def citation_json(one: Evidence) -> dict[str, Any]:
    """Give the source sentence behind something shown, and where it stands."""
    return {
        "article_id": one.article_id,
        "url": one.url,
        "source": one.source,
        "sentence": one.sentence,
        "start": one.start,
        "end": one.end,
    }


def count_json(count: Count) -> dict[str, Any]:
    """Give a count with its values, newest first, each with its sentences."""
    return {
        "kind": count.kind,
        "noun": count.noun,
        "period": count.period,
        "differs": count.differs,
        "values": [_told(told) for told in count.told],
        "earlier": [_told(told) for told in count.earlier],
    }


def _told(told: Told) -> dict[str, Any]:
    return {
        "shown": told.shown,
        "low": float(told.low),
        "high": float(told.high),
        "outlets": list(told.outlets),
        "at": told.at.isoformat(),
        "citations": [citation_json(one) for one in told.evidence],
    }


def _article(article: Article, *, with_text: bool) -> dict[str, Any]:
    found = {
        "article_id": article.id,
        "url": article.url,
        "title": article.title,
        "source": article.outlet.name,
        "language": article.language,
        "published_at": article.published_at.isoformat(),
        "completeness": article.completeness,
    }
    return {**found, "text": article.text} if with_text else found


def _entry(entry: StoryBrief, articles: Sequence[Article], involved: Involved) -> dict[str, Any]:
    cited = set(entry.digest.article_ids)
    return {
        "story_id": entry.story.id,
        "title": entry.story.title,
        "summary": summary_json(entry.digest, [one for one in articles if one.id in cited]),
        "sources": len(independent(articles)),
        "outlets": list(entry.story.outlets),
        "countries": list(entry.story.countries),
        **involved_json(involved),
        "importance": importance_json(entry.importance),
        "new": entry.new,
    }
