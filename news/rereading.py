"""Reading cited pages again for a day after they were shown, and finding what was corrected.

Due times are rows; a few pages a round, by the fetcher that all reading goes through. Says who
is to be told what; knows no messages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from news.edits import as_cited
from news.extract import Extracted, ExtractFailed
from news.fetch import PAGE_TYPES, Fetched, FetchFailed, NotModified
from news.ingest import Ingest
from news.model import Article, Draft
from news.retractions import Finding, compare
from news.statements import SentenceVectors
from news.store.showing import REREAD_FOR, Reread, Shown

PAGES = 5
LEASE = timedelta(minutes=10)
PAUSES = (timedelta(hours=3), timedelta(hours=6), timedelta(hours=12))
"""Between one reading and the next; the first comes an hour after the page was shown."""
AGAIN = timedelta(minutes=30)
"""After an answer that may pass: a page that is not there is asked for once more, too."""
_GONE_FOR_GOOD = 410
_GONE = (404, _GONE_FOR_GOOD)
_LEAST = 0.6
"""A page with less of its words than so is cut off, by a paywall or by an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What one chat is to be told about an article it was shown: findings, or that it is gone.

    `shown` are the sentences concerned, as that chat was shown them.
    """

    chat_id: int
    thread_id: int | None
    article: Article
    shown: tuple[Shown, ...]
    findings: tuple[Finding, ...]
    withdrawn: bool = False


class Rereading:
    """Reads pages again. One at a time per process."""

    def __init__(self, ingest: Ingest, vectors: SentenceVectors) -> None:
        self._ingest = ingest
        self._store = ingest.store
        self._vectors = vectors

    def run(
        self,
        now: datetime,
        tell: Callable[[Sequence[Correction]], None],
        *,
        stop: Callable[[], bool] = lambda: False,
    ) -> int:
        """Read what is due, a few pages; `tell` gets what each brings before it counts as read."""
        done = 0
        for page in self._store.showing.claim_rereads(now, LEASE, PAGES):
            if stop():
                break
            article = self._store.articles.get(page.article_id)
            if article is None or article.private:
                self._store.showing.settle_reread(page.article_id, None)
                continue
            self._read(page, article, now, tell)
            done += 1
        return done

    def _read(
        self,
        page: Reread,
        article: Article,
        now: datetime,
        tell: Callable[[Sequence[Correction]], None],
    ) -> None:
        log = structlog.get_logger()
        answer = self._ingest.fetcher.fetch(
            page.url, etag=page.etag, last_modified=page.last_modified, accept=PAGE_TYPES
        )
        match answer:
            case FetchFailed(status=status) if status in _GONE:
                if status != _GONE_FOR_GOOD and not page.gone:
                    self._settle(page, now + AGAIN, gone=1)
                    return
                tell(self._withdrawn(article, now))
                log.info("cited page gone", url=page.url, status=status)
                self._settle(page, None)
            case FetchFailed(reason=reason):
                log.debug("cited page not read", url=page.url, reason=reason)
                self._settle(page, now + max(AGAIN, answer.retry_after or AGAIN))
            case NotModified():
                self._next(page, now)
            case Fetched():
                tell(self._changed(article, answer, now))
                self._next(page, now, etag=answer.etag, last_modified=answer.last_modified)

    def _next(self, page: Reread, now: datetime, **values: str | None) -> None:
        """Have a page read again, later each time."""
        pause = PAUSES[min(page.tries, len(PAUSES) - 1)]
        self._settle(page, now + pause, tries=page.tries + 1, gone=0, **values)

    def _settle(self, page: Reread, due_at: datetime | None, **values: object) -> None:
        late = due_at is not None and due_at > page.until_at
        self._store.showing.settle_reread(
            page.article_id, None if late else due_at, **({} if late else values)
        )

    def _withdrawn(self, article: Article, now: datetime) -> list[Correction]:
        return [
            Correction(
                chat_id=chat_id,
                thread_id=mine[-1].thread_id,
                article=article,
                shown=tuple(mine),
                findings=(),
                withdrawn=True,
            )
            for chat_id, mine in self._receivers(article, now).items()
        ]

    def _changed(self, article: Article, answer: Fetched, now: datetime) -> list[Correction]:
        page = self._ingest.pages.extract(
            answer.body, url=answer.url, now=now, content_type=answer.content_type_as_sent
        )
        if isinstance(page, ExtractFailed) or not _is_whole(page, article):
            return []
        receivers = self._receivers(article, now)
        corrections = [
            Correction(
                chat_id=chat_id,
                thread_id=mine[-1].thread_id,
                article=article,
                shown=tuple(one for one in mine if one.evidence.sentence in said),
                findings=tuple(findings),
            )
            for chat_id, mine in receivers.items()
            if (findings := self._findings(article, mine, page))
            and (said := {finding.said for finding in findings})
        ]
        if corrections:
            # else the page may only be longer than the feed's text, which is no edit of it
            self._keep(article, page, now)
        return corrections

    def _receivers(self, article: Article, now: datetime) -> dict[int, list[Shown]]:
        """Who was shown the article within the time that it is watched, and what of it."""
        found: dict[int, list[Shown]] = {}
        for one in self._store.showing.uncorrected(article.id, now - REREAD_FOR):
            found.setdefault(one.chat_id, []).append(one)
        return found

    def _findings(self, article: Article, shown: Sequence[Shown], page: Extracted) -> list[Finding]:
        evidence = [one.evidence for one in shown]
        cited = as_cited(article, lambda: self._store.articles.versions(article.id), evidence)
        return compare([one.sentence for one in evidence], cited.text, page.text, self._likeness)

    def _likeness(self, sentence: str, others: Sequence[str]) -> list[float]:
        rows = self._vectors.of([sentence, *others])
        return [float(value) for value in rows[1:] @ rows[0]]

    def _keep(self, article: Article, page: Extracted, now: datetime) -> None:
        """Store what the page says now, as a version of its article."""
        self._ingest.receive(
            Draft(
                url=article.url,
                title=article.title,
                text=page.text,
                outlet=article.outlet,
                language=article.language,
                author=article.author,
                published_at=article.published_at,
                fetched_at=now,
                completeness=page.completeness,
            ),
            article.url or article.id,
        )


def _is_whole(page: Extracted, article: Article) -> bool:
    """Whether a page shows its article, not a wall before it, an error or another page."""
    if page.completeness != "full":
        return False
    return len(page.text.split()) >= _LEAST * len(article.text.split())
