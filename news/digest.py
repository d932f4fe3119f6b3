"""Summaries of stored articles: made once, kept by what they were made of, shown with evidence."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from news.model import Article, Digest, Evidence, Point
from news.overtaken import Overtaken, differing
from news.receiving import first_words
from news.store import Store
from news.store.aging import STORY
from news.withdrawals import standing, withdrawn
from summarizer.model import Claim, Document, Summary
from summarizer.pipeline import NOTHING_WRITTEN, Job, Summarizer

MOST_ARTICLES = 60
"""A story is summarised from so many of its articles: copies left out, each outlet heard.

What that costs is bounded elsewhere: `summarizer.candidates` considers so many sentences in all.
"""
NOT_PASSED = "No sentence in the writer's own words passed its checks: source sentences."
"""Also where the writer only repeated its sources."""
FORM = 2
"""Grows when the way of summarising changes, so that kept summaries are made anew."""


class Digests:
    """Makes and keeps digests, by what they were made of and what made them.

    A new model, revision, adapter, prompt, ranker or check makes anew.
    """

    def __init__(self, store: Store, summarizer: Summarizer) -> None:
        self._store = store
        self._summarizer = summarizer

    def extract(
        self,
        articles: Sequence[Article],
        *,
        title: str,
        sentences: int,
        now: datetime,
        question: str | None = None,
        keep: bool = True,
    ) -> Digest:
        """Give the ranked source sentences of articles, verbatim, within fractions of a second.

        `keep`: whether the store keeps it to be given again.
        """
        began = time.monotonic()
        chosen = choose([article for article in articles if article.text] or articles)
        if not any(article.text for article in chosen):
            return self._remembered(chosen, title=title, sentences=sentences, now=now)
        made_by = self._summarizer.makers(writing=False)
        key = _key("extract", made_by, chosen, sentences, question)
        kept = self._store.stories.digest(key)
        if kept is not None:
            return self._remarked(_kept(kept, began, title=title), chosen)
        job = _summarised(chosen, sentences, question)
        summary = self._extracted(job)
        digest = replace(
            _digest(summary, chosen, title=title, now=now, question=question),
            asked=sentences,
            made_by=made_by,
        )
        if keep:
            self._store.stories.keep_digest(key, digest)
        return self._remarked(digest, chosen)

    def _remarked(self, digest: Digest, articles: Sequence[Article]) -> Digest:
        """With what a reader must know beside the sentences; that is not kept with them."""
        cited = dict.fromkeys(one for point in digest.points for one in point.evidence)
        known = {article.id: article for article in articles}
        return replace(
            digest,
            notes=reservations(articles),
            differs=differing(list(cited), known, self._summarizer.encoder.encode),
        )

    def _extracted(self, job: Job) -> Summary:
        return self._summarizer.extract(
            job.documents, sentences=job.sentences, query=job.query, overtaken=job.overtaken
        )

    def _remembered(
        self, articles: Sequence[Article], *, title: str, sentences: int, now: datetime
    ) -> Digest:
        """Give what was kept of a story when the texts were dropped for their age."""
        ids = {article.story_id for article in articles}
        kept = [self._store.stories.digest(story_key(id)) for id in sorted(filter(None, ids))]
        if len(kept) == 1 and kept[0] is not None:
            return replace(kept[0], title=title, points=kept[0].points[:sentences])
        return Digest(
            title=title,
            points=(),
            method="extract",
            model=self._summarizer.encoder.name,
            article_ids=tuple(article.id for article in articles),
            created_at=now,
            seconds=0.0,
            note="the text was dropped for its age; its link is kept",
        )

    def write(self, digest: Digest, *, now: datetime, stop: Callable[[], bool]) -> Digest | None:
        """Give the written form of an extracted digest; see `write_many`."""
        return self.write_many([digest], now=now, stop=stop)[0]

    def written(self, digest: Digest) -> Digest | None:
        """Give the written form that was made before, at once; None where there is none."""
        job = self._job(digest)
        began = time.monotonic()
        kept = self._store.stories.digest(self._write_key(job, digest)) if job else None
        return _improved(digest, _kept(kept, began)) if kept and kept.is_written else None

    def write_many(
        self, digests: Sequence[Digest], *, now: datetime, stop: Callable[[], bool]
    ) -> list[Digest | None]:
        """Give the written forms of extracted digests, side by side; None: nothing to write from.

        Where no written sentence could be shown, the digest itself with a note that says why.
        Slow; memory grows with their number. Raises WriterStopped when `stop()` became true.
        """
        began = time.monotonic()
        jobs = {at: job for at, one in enumerate(digests) if (job := self._job(one))}
        keys = {at: self._write_key(job, digests[at]) for at, job in jobs.items()}
        kept = {at: self._store.stories.digest(key) for at, key in keys.items()}
        kept = {at: one and _kept(one, began) for at, one in kept.items()}
        fresh = [at for at in jobs if kept[at] is None]
        made_by = self._summarizer.makers(writing=True)
        summaries = self._summarizer.write_many(
            [_summarised(jobs[at], len(digests[at].points), digests[at].question) for at in fresh],
            today=now.date(),
            stop=stop,
        )
        for at, summary in zip(fresh, summaries, strict=True):
            of = digests[at]
            made = replace(
                _digest(summary, jobs[at], title=of.title, now=now, question=of.question),
                asked=len(of.points),
                made_by=made_by,
            )
            kept[at] = made
            # what the writer cannot do it cannot do tomorrow; a server may be back in a minute
            if summary.method == "write" or summary.note == NOTHING_WRITTEN:
                self._store.stories.keep_digest(keys[at], made)
        return [_improved(one, kept.get(at)) for at, one in enumerate(digests)]

    def _job(self, digest: Digest) -> list[Article] | None:
        """The articles that a digest can be written from; None where there is nothing to write."""
        if self._summarizer.writer is None or not digest.points or digest.final:
            return None
        found = map(self._store.articles.get, digest.article_ids)
        return [article for article in found if article is not None and article.text] or None

    def _write_key(self, articles: Sequence[Article], digest: Digest) -> str:
        made_by = self._summarizer.makers(writing=True)
        return _key("write", made_by, articles, len(digest.points), digest.question)

    def again(self, digest: Digest, *, stop: Callable[[], bool]) -> Digest | str:
        """Make a digest anew from what it was made of, or say in a line why that cannot be.

        Nothing is kept. Slow where it was written. Raises WriterStopped.
        """
        found = map(self._store.articles.get, digest.article_ids)
        chosen = [article for article in found if article is not None and article.text]
        writing = digest.method == "write"
        if not digest.made_by:
            return "it was made before receipts were kept"
        if {article.id: article.content_hash for article in chosen} != digest.made_of:
            return "the text of an article has changed since, or was dropped for its age"
        if writing and self._summarizer.writer is None:
            return "it was written, and no writer is ready"
        if self._summarizer.makers(writing=writing) != digest.made_by:
            return "it was made by other models or versions than these"
        job = _summarised(chosen, digest.asked, digest.question)
        summary = (
            self._summarizer.write_many([job], today=digest.created_at.date(), stop=stop)[0]
            if writing
            else self._extracted(job)
        )
        if summary.method != digest.method:
            return summary.note or "nothing was written"
        return _digest(
            summary, chosen, title=digest.title, now=digest.created_at, question=digest.question
        )


def _summarised(articles: Sequence[Article], sentences: int, question: str | None) -> Job:
    documents = [_document(article) for article in articles]
    return Job(
        documents=documents, sentences=sentences, query=question, overtaken=Overtaken(articles)
    )


def _kept(digest: Digest, began: float, **values: Any) -> Digest:
    """Give a digest that was made before, with the seconds that finding it took."""
    seconds = round(time.monotonic() - began, 3)
    return replace(digest, cached=True, seconds=seconds, **values)


def _improved(digest: Digest, made: Digest | None) -> Digest | None:
    if made is None:
        return None
    if made.is_written:
        return replace(made, title=digest.title, notes=digest.notes, differs=digest.differs)
    return replace(digest, note=made.note or NOT_PASSED)


def story_key(story_id: int) -> str:
    """Give the key under which a story's summary stays when its texts are dropped."""
    return f"{STORY}{story_id}"


def reservations(articles: Sequence[Article]) -> tuple[str, ...]:
    """Give what a reader must know of texts none of which is the whole article of its link."""
    if not articles or any(one.completeness == "full" or not one.url for one in articles):
        return ()
    if len(articles) > 1:
        return ("Only teasers of these articles could be read, not the articles themselves.",)
    if articles[0].completeness == "paywalled":
        return ("Only the free beginning could be read; the rest is for paying readers.",)
    return ("Only a teaser could be read, not the article itself.",)


def choose(articles: Sequence[Article]) -> list[Article]:
    """Choose the articles to summarise: no copies, newest of each outlet first, oldest first out.

    Teasers speak only where no full text does, what its outlet has withdrawn not at all.
    """
    told, wrong = standing(articles), withdrawn(articles)
    originals = [one for one in told if one.copy_of is None or one.copy_of in wrong] or told
    full = [article for article in originals if article.completeness == "full"] or originals
    newest_first = sorted(full, key=lambda article: (article.published_at, article.number))
    newest_first.reverse()
    seen: dict[str, int] = {}
    ranked = []
    for order, article in enumerate(newest_first):
        turn = seen.get(article.outlet.name, 0)
        seen[article.outlet.name] = turn + 1
        ranked.append((turn, order, article))
    ranked.sort(key=lambda item: item[:2])
    kept = [article for _, _, article in ranked[:MOST_ARTICLES]]
    return sorted(kept, key=lambda article: (article.published_at, article.number))


def _document(article: Article) -> Document:
    return Document(
        id=article.id,
        text=article.text,
        # first words in the place of a title are the first sentence, not a headline that repeats it
        title="" if article.title == first_words(article.text) else article.title,
        source=article.outlet.name,
        url=article.url,
        published_at=article.published_at,
        language=article.language,
    )


def _digest(
    summary: Summary,
    articles: Sequence[Article],
    *,
    title: str,
    now: datetime,
    question: str | None,
) -> Digest:
    # a text that bore no date was stored with the time of reading, which is nobody's date
    times = {
        article.id: article.published_at
        for article in articles
        if article.published_at != article.fetched_at
    }
    return Digest(
        title=title,
        points=tuple(_point(claim, times) for claim in summary.claims),
        method=summary.method,
        model=summary.model,
        article_ids=tuple(article.id for article in articles),
        created_at=now,
        seconds=round(summary.seconds, 3),
        note=summary.note,
        question=question,
        made_of={article.id: article.content_hash for article in articles},
    )


def _point(claim: Claim, times: dict[str, datetime]) -> Point:
    return Point(
        text=claim.text,
        origin=claim.origin,
        checks=dict(claim.checks),
        translated_from=claim.translated_from,
        evidence=tuple(
            Evidence(
                article_id=citation.document_id,
                url=citation.url,
                source=citation.source,
                sentence=citation.sentence,
                start=citation.start,
                end=citation.end,
                published_at=times.get(citation.document_id),
            )
            for citation in claim.citations
        ),
    )


def _key(
    method: str,
    made_by: Mapping[str, str],
    articles: Sequence[Article],
    sentences: int,
    question: str | None,
) -> str:
    made_of = [
        FORM,
        method,
        sorted(made_by.items()),
        sentences,
        question,
        [[article.id, article.content_hash] for article in articles],
    ]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()
