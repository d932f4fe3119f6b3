"""Bytes to stored articles: pages, feeds, text, JSONL and folders all end in `receive`.

Chooses how what is named is read; what becomes of a text is news.receiving's to decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePath

from news.bookmarks import Reading
from news.dateline import dateline
from news.extract import Extracted, ExtractFailed, PagePool, extract_text, html_to_text
from news.feedlists import take_list
from news.feeds import FeedItem, NotAFeed, ParsedFeed, parse_feed
from news.fetch import Fetcher, FetchFailed, NotModified
from news.model import Draft, Outcome, Received
from news.outlets import Outlets
from news.plain import decode, markdown_to_text
from news.receiving import Receiver, failed, first_words, published
from news.rowfiles import RowFiles, Told
from news.store import Store
from news.ways.documents import DocumentReader, Format
from news.ways.fieldmap import FieldMap
from news.ways.found import FoundFile, FoundLink, FoundText, Problem
from news.ways.kinds import Kind, kind_of
from news.ways.reading import Found, Ways

__all__ = ["FULL_WORDS", "MAX_FILE_BYTES", "READABLE", "Ingest", "Reading"]

MAX_FILE_BYTES = 20 * 1024 * 1024
FULL_WORDS = 120
"""A feed item with this many words carries the article itself; its page is not asked for."""

_HTML = {".html", ".htm", ".xhtml"}
_DOCUMENTS: dict[str, Format] = {".pdf": "pdf", ".docx": "docx", ".eml": "eml"}
_FEED = {".xml", ".rss", ".atom", ".rdf"}
_MARKDOWN = {".md"}
_TEXT = {".txt", ".text", *_MARKDOWN}
_ROWS = {".jsonl", ".ndjson"}
_OTHER: frozenset[Kind] = frozenset({"pdf", "docx", "eml", "zip", "sitemap"})
SINGLE = _HTML | _TEXT | {*_DOCUMENTS}
"""Files of one article."""
READABLE = SINGLE | _FEED | _ROWS | {".zip"}
_HEAD = 4096
_LIKE_A_LINK = re.compile(r"[a-z][a-z0-9+-]+:|www\.|(?:[\w-]+\.)+[a-z]{2,}/", re.IGNORECASE)
_MANY_REFUSED = "names articles of many; send a link to one article of it"
_FEED_REFUSED = "is a feed, not an article; send a link to one article of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class _How:
    """How something is to be taken in."""

    now: datetime
    private: bool
    since: datetime | None
    fields: FieldMap
    told: Told


class Ingest:
    """Takes texts in. The store, fetcher and page pool belong to the caller; `close()` it."""

    def __init__(self, store: Store, fetcher: Fetcher, pages: PagePool, outlets: Outlets) -> None:
        self.store = store
        self.fetcher = fetcher
        self.pages = pages
        self.outlets = outlets
        self._receiver = Receiver(store)
        self._rows = RowFiles(store, self._receiver, outlets)
        self._documents = DocumentReader()
        ask = partial(fetcher.fetch, page=False)
        self._ways = Ways(fetcher.fetch, self._documents, outlets, ask=ask)

    def close(self) -> None:
        """End the process that reads documents, if one was needed."""
        self._documents.close()

    def receive(self, draft: Draft, what: str) -> Received:
        """Store a text unless it is there already, and say what became of it.

        What a chat sent in changes nothing that others read, and a teaser no full text.
        """
        return self._receiver.receive(draft, what)

    def take(
        self,
        what: str,
        *,
        now: datetime,
        private: bool = False,
        since: datetime | None = None,
        fields: FieldMap | None = None,
        progress: Told = lambda reading: None,
    ) -> Iterator[Received]:
        """Take in a link, file or folder, giving one outcome for each text in it.

        `private`: for whoever asked alone; a feed, which would be news for all, is refused.
        `since`: how far back a channel, a query, a sitemap or a feed is read.
        `fields` says where JSONL rows hold what; `progress` hears of files and folders.
        """
        how = _How(
            now=now, private=private, since=since, fields=fields or FieldMap(), told=progress
        )
        named = self._ways.named(what, now=now, since=since)
        if named is not None:
            yield from self._take_found(named, what, how)
            return
        if what.lower().startswith(("http://", "https://")):
            yield from self._take_link(what, how)
            return
        if not what.strip():
            yield failed(what, "no file, folder or link was named")
            return
        try:
            path = Path(what).expanduser()
            found = _readable(path) if path.is_dir() else None
        except (OSError, RuntimeError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            yield failed(what[:200], f"cannot be read: {reason}")
            return
        if found is None:
            yield from self._take_file(path, how)
            return
        if not found:
            yield failed(what, "the folder holds no text, page, feed, document or .jsonl file")
        for place, item in enumerate(found):
            mine = replace(how, told=partial(_part, progress, what, place, len(found)))
            yield from self._take_file(item, mine)
            mine.told(Reading(what=str(item), share=1.0))

    def page(
        self,
        body: bytes,
        *,
        what: str,
        url: str | None,
        now: datetime,
        private: bool,
        content_type: str | None = None,
    ) -> Received:
        """Take in one HTML page that was read from `url` or from a file."""
        page = self.pages.extract(body, url=url, now=now, content_type=content_type)
        if isinstance(page, ExtractFailed):
            return failed(what, page.reason)
        return self._extracted(page, what=what, url=url, now=now, private=private)

    def text(
        self,
        text: bytes | str,
        *,
        what: str,
        now: datetime,
        private: bool,
        markdown: bool = False,
    ) -> Received:
        """Take in a plain text, or one with Markdown's marks."""
        if isinstance(text, bytes):
            if "\0" in decode(text[:_HEAD]):
                return failed(what, "is not text, nor a document, archive or .jsonl file")
            text = decode(text)
        page = extract_text(markdown_to_text(text) if markdown else text)
        return self._extracted(page, what=what, url=None, now=now, private=private)

    def body(self, body: bytes, *, what: str, now: datetime, private: bool) -> Iterator[Received]:
        """Take in what only its first bytes describe, such as standard input."""
        how = _How(now=now, private=private, since=None, fields=FieldMap(), told=lambda _: None)
        return self._take_body(body, how, what=what, suffix="", uri="")

    def file(self, body: bytes, *, what: str, now: datetime, private: bool) -> Received:
        """Take in a file of one article; the end of its name says what it is."""
        suffix = PurePath(what).suffix.lower()
        if suffix in _HTML:
            return self.page(body, what=what, url=None, now=now, private=private)
        if suffix in _DOCUMENTS:
            found = self._documents.read(body, _DOCUMENTS[suffix], what=what, now=now)
            return self._read(found, now=now, private=private)
        return self.text(body, what=what, now=now, private=private, markdown=suffix in _MARKDOWN)

    def item(
        self, item: FeedItem, *, now: datetime, feed_url: str | None, outlet_name: str | None
    ) -> Draft | None:
        """Give a feed item's own text as a draft, complete or as a teaser; None without one."""
        text = html_to_text(item.content_html) or html_to_text(item.summary_html)
        if not text:
            return None
        url = item.url
        return Draft(
            url=url,
            title=item.title or first_words(text),
            text=text,
            outlet=self.outlets.of(url or feed_url, name=outlet_name),
            language=item.language,
            author=item.author,
            published_at=published(item.published_at or item.updated_at, text, item.language, now),
            fetched_at=now,
            completeness="full" if len(text.split()) >= FULL_WORDS else "teaser",
        )

    def _read(self, found: FoundText | Problem, *, now: datetime, private: bool) -> Received:
        if isinstance(found, Problem):
            outcome: Outcome = "failed" if found.final else "left_out"
            return Received(
                what=found.what, outcome=outcome, reason=found.reason, passing=found.passing
            )
        received = self._extracted(found.page, what=found.what, url=None, now=now, private=private)
        return replace(received, notes=found.notes)

    def _extracted(
        self, page: Extracted, *, what: str, url: str | None, now: datetime, private: bool
    ) -> Received:
        if page.completeness == "empty" and page.reason:
            return failed(what, page.reason)
        link = page.canonical_url or url
        draft = Draft(
            url=link,
            title=page.title or first_words(page.text),
            text=page.text,
            outlet=self.outlets.of(link, name=page.site_name),
            language=page.language,
            author=page.author,
            published_at=published(page.published_at, page.text, page.language, now),
            fetched_at=now,
            completeness=page.completeness,
            private=private,
        )
        return self.receive(draft, what)

    def _take_found(self, found: Iterator[Found], what: str, how: _How) -> Iterator[Received]:
        """Store what another way in gave; links that it names are read as a feed's are."""
        for one in found:
            match one:
                case Problem() | FoundText():
                    yield self._read(one, now=how.now, private=how.private)
                case FoundFile():
                    name = f"{what}:{one.name}"
                    yield self.file(one.body, what=name, now=how.now, private=how.private)
                case FoundLink() if how.private:
                    yield failed(what, _MANY_REFUSED)
                    return
                case FoundLink():
                    yield self.read_page(one.item(), None, now=how.now)
                case Draft():
                    draft = replace(one, private=how.private)
                    yield self.receive(draft, draft.url or what)

    def _take_link(self, url: str, how: _How) -> Iterator[Received]:
        now, private = how.now, how.private
        answer = self.fetcher.fetch(url)
        if isinstance(answer, FetchFailed):
            yield failed(url, answer.reason, passing=answer.passing)
            return
        if isinstance(answer, NotModified):
            yield failed(url, "the server said that nothing changed, though nothing was known")
            return
        kind = kind_of(url, answer.body[:_HEAD], answer.content_type)
        if kind in _OTHER:
            found = self._ways.read(
                kind, answer.body, what=url, url=answer.url, now=now, since=how.since
            )
            yield from self._take_found(found or iter(()), url, how)
            return
        feed = parse_feed(answer.body, url=answer.url, content_type=answer.content_type, now=now)
        if isinstance(feed, ParsedFeed) and private:
            yield failed(url, _FEED_REFUSED)
        elif isinstance(feed, ParsedFeed):
            yield from self._take_feed(feed, how, what=url, url=answer.url)
        elif (answer.content_type or "").startswith("text/plain"):
            yield self.text(answer.body, what=url, now=now, private=private)
        else:
            yield self.page(
                answer.body,
                what=url,
                url=answer.url,
                now=now,
                private=private,
                content_type=answer.content_type_as_sent,
            )

    def _take_feed(
        self, feed: ParsedFeed, how: _How, *, what: str, url: str | None
    ) -> Iterator[Received]:
        now = how.now
        if feed.dropped:
            reason = f"{feed.dropped} items beyond the limit of a feed were not read"
            yield Received(what=what, outcome="left_out", reason=reason)
        for item in feed.items:
            at = item.published_at or item.updated_at
            if how.since is not None and at is not None and at < how.since:
                continue
            name = item.url or item.title or f"{what}: {item.guid}"
            draft = self.item(item, now=now, feed_url=url or feed.link, outlet_name=feed.title)
            if draft and draft.completeness == "full":
                yield self.receive(draft, name)
            elif item.url and url:
                yield self.read_page(item, draft, now=now)
            elif draft:
                yield self.receive(draft, name)
            else:
                yield failed(name, "the item has no text and no page to read")

    def read_page(self, item: FeedItem, draft: Draft | None, *, now: datetime) -> Received:
        """Read an item's page; where that fails, its teaser stands in, named as one."""
        assert item.url is not None
        answer = self.fetcher.fetch(item.url)
        if isinstance(answer, FetchFailed | NotModified):
            if draft is not None and (isinstance(answer, NotModified) or answer.permanent):
                return self.receive(draft, item.url)
            if isinstance(answer, NotModified):
                return failed(item.url, "nothing changed")
            return failed(item.url, answer.reason, passing=answer.passing)
        page = self.pages.extract(
            answer.body, url=answer.url, now=now, content_type=answer.content_type_as_sent
        )
        if isinstance(page, ExtractFailed) or page.completeness == "empty":
            if draft is not None:
                return self.receive(draft, item.url)
            return failed(item.url, page.reason or "the page holds no article")
        page = replace(
            page,
            title=page.title or item.title,
            published_at=item.published_at
            or page.published_at
            or dateline(page.text, language=page.language, now=now)
            or item.updated_at,
            author=page.author or item.author,
        )
        return self._extracted(page, what=item.url, url=answer.url, now=now, private=False)

    def _take_file(self, path: Path, how: _How) -> Iterator[Received]:
        what, suffix = str(path), path.suffix.lower()
        try:
            if suffix in _ROWS:
                yield from self._rows.take(
                    path, now=how.now, private=how.private, fields=how.fields, told=how.told
                )
                return
            with path.open("rb") as file:
                body = file.read(MAX_FILE_BYTES + 1)
        except (OSError, ValueError) as error:
            yield failed(what, f"cannot be read: {_why(what, error)}")
            return
        uri = path.absolute().as_uri()
        yield from self._take_body(body, how, what=what, suffix=suffix, uri=uri)

    def _take_body(
        self, body: bytes, how: _How, *, what: str, suffix: str, uri: str
    ) -> Iterator[Received]:
        now, private = how.now, how.private
        if len(body) > MAX_FILE_BYTES:
            yield failed(what, f"too big; files of up to {MAX_FILE_BYTES // 2**20} MB are read")
        elif (kind := kind_of(what, body[:_HEAD])) in _OTHER:
            found = self._ways.read(kind, body, what=what, url=uri, now=now, since=how.since)
            yield from self._take_found(found or iter(()), what, how)
        elif kind == "opml" and not private:
            yield from take_list(body, what=what, store=self.store, outlets=self.outlets, now=now)
        elif suffix in _FEED or kind == "feed":
            feed = parse_feed(body, url=uri, now=now)
            if private and isinstance(feed, ParsedFeed):
                yield failed(what, _FEED_REFUSED)
            elif isinstance(feed, NotAFeed):
                yield failed(what, feed.reason)
            else:
                yield from self._take_feed(feed, how, what=what, url=None)
        elif suffix in _HTML or kind == "page":
            yield self.page(body, what=what, url=None, now=now, private=private)
        else:
            markdown = suffix in _MARKDOWN
            yield self.text(body, what=what, now=now, private=private, markdown=markdown)


def _why(what: str, error: Exception) -> str:
    """Give why a path could not be opened; who meant a link is told how one begins."""
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    if isinstance(error, FileNotFoundError) and _LIKE_A_LINK.match(what):
        reason += "; a link begins with http:// or https://"
    return reason


def _part(told: Told, what: str, place: int, count: int, reading: Reading) -> None:
    """Tell of one file's reading as a part of its folder's."""
    told(replace(reading, what=what, share=(place + reading.share) / count))


def _readable(folder: Path) -> list[Path]:
    return sorted(
        item for item in folder.rglob("*") if item.is_file() and item.suffix.lower() in READABLE
    )
