"""Bytes to stored articles: pages, feeds, text, JSONL and folders all end in `receive`.

Decides whether a text is new, changed, a duplicate or a near copy; says why one was refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from news import identify
from news.extract import Extracted, ExtractFailed, PagePool, extract_text, html_to_text
from news.feeds import FeedItem, NotAFeed, ParsedFeed, parse_feed
from news.fetch import Fetched, Fetcher, FetchFailed, NotModified
from news.language import detect_language
from news.model import Draft, Outcome, Received
from news.outlets import Outlets
from news.rows import read_row
from news.store import Store
from news.store.articles import Candidate, Identity

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_ROW_CHARS = 2 * 1024 * 1024
"""A JSONL file may be of any length, a row of it not."""
MIN_WORDS = 8
"""A text of fewer words says nothing that a summary could rest on."""
FULL_WORDS = 120
"""A feed item with this many words carries the article itself; its page is not asked for."""

_HTML = {".html", ".htm", ".xhtml"}
_FEED = {".xml", ".rss", ".atom", ".rdf"}
_TEXT = {".txt", ".text", ".md"}
_ROWS = {".jsonl", ".ndjson"}
READABLE = _HTML | _FEED | _TEXT | _ROWS
COPY_WINDOW = timedelta(days=14)
"""A text like one of longer ago is a form that is used again, not a copy."""
_RICHNESS = {"full": 2, "paywalled": 1, "teaser": 1, "empty": 0}
_FEED_REFUSED = "is a feed, not an article; send a link to one article of it"


class Ingest:
    """Takes texts in. Owns nothing: the store, fetcher and page pool belong to the caller."""

    def __init__(self, store: Store, fetcher: Fetcher, pages: PagePool, outlets: Outlets) -> None:
        self.store = store
        self.fetcher = fetcher
        self.pages = pages
        self.outlets = outlets

    def receive(self, draft: Draft, what: str) -> Received:
        """Store a text unless it is there already, and say what became of it.

        What a chat sent in changes nothing that others read, and a teaser no full text.
        """
        draft = replace(draft, title=_storable(draft.title), text=_storable(draft.text))
        refusal = _refusal(draft)
        if refusal:
            return Received(what=what, outcome="failed", reason=refusal)
        if draft.language is None:
            draft = replace(draft, language=detect_language(f"{draft.title}\n{draft.text}"))
        identity = _identity(draft)
        articles = self.store.articles
        with self.store.database.write() as connection:
            same, equal, like = articles.same_or_like(connection, identity)
            if (
                same is not None
                and (draft.private and not same.private)
                and same.content_hash != identity.content_hash
            ):
                own = identify.article_id(None, identity.content_hash)
                identity = replace(identity, id=own)
                same, equal, like = articles.same_or_like(connection, identity)
            if same is not None:
                outcome = self._again(connection, draft, identity, same)
                return Received(what=what, outcome=outcome, article_id=same.id)
            for known in equal:
                if draft.private or not known.host or known.host == draft.outlet.host:
                    if known.private and not draft.private:
                        continue
                    return Received(what=what, outcome="duplicate", article_id=known.id)
            copy_of = None if draft.private else _original(draft, identity, equal + like)
            articles.add(connection, draft, identity, copy_of)
        return Received(what=what, outcome="new", article_id=identity.id)

    def _again(
        self, connection: Connection, draft: Draft, identity: Identity, same: Candidate
    ) -> Outcome:
        """Decide what an article's second coming changes, and do it."""
        published = same.private and not draft.private
        if published:
            self.store.articles.publish(connection, same.id)
        poorer = _RICHNESS[draft.completeness] < _RICHNESS[same.completeness]
        if same.content_hash == identity.content_hash or (poorer and not published):
            return "new" if published else "duplicate"
        if draft.published_at >= draft.fetched_at:  # no date was given: the first one stands
            draft = replace(draft, published_at=same.published_at)
        private = same.private and draft.private
        kept = self.store.articles.change(connection, replace(draft, private=private), identity)
        if published:
            return "new"
        return "changed" if kept else "duplicate"

    def take(self, what: str, *, now: datetime, private: bool = False) -> Iterator[Received]:
        """Take in a link, file or folder, giving one outcome for each text in it.

        `private`: for whoever asked alone; a feed, which would be news for all, is refused.
        """
        if what.lower().startswith(("http://", "https://")):
            yield from self._take_link(what, now=now, private=private)
            return
        if not what.strip():
            yield _failed(what, "no file, folder or link was named")
            return
        try:
            path = Path(what).expanduser()
            found = _readable(path) if path.is_dir() else None
        except (OSError, RuntimeError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            yield _failed(what[:200], f"cannot be read: {reason}")
            return
        if found is not None:
            if not found:
                yield _failed(what, "the folder holds no .html, .txt, .xml or .jsonl file")
            for item in found:
                yield from self._take_file(item, now=now, private=private)
        else:
            yield from self._take_file(path, now=now, private=private)

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
            return _failed(what, page.reason)
        return self._extracted(page, what=what, url=url, now=now, private=private)

    def text(self, text: bytes | str, *, what: str, now: datetime, private: bool) -> Received:
        """Take in a plain text."""
        return self._extracted(extract_text(text), what=what, url=None, now=now, private=private)

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
            title=item.title or _first_words(text),
            text=text,
            outlet=self.outlets.of(url or feed_url, name=outlet_name),
            language=item.language,
            author=item.author,
            published_at=_not_after(item.published_at or item.updated_at, now),
            fetched_at=now,
            completeness="full" if len(text.split()) >= FULL_WORDS else "teaser",
        )

    def _extracted(
        self, page: Extracted, *, what: str, url: str | None, now: datetime, private: bool
    ) -> Received:
        link = page.canonical_url or url
        draft = Draft(
            url=link,
            title=page.title or _first_words(page.text),
            text=page.text,
            outlet=self.outlets.of(link, name=page.site_name),
            language=page.language,
            author=page.author,
            published_at=_not_after(page.published_at, now),
            fetched_at=now,
            completeness=page.completeness,
            private=private,
        )
        return self.receive(draft, what)

    def _take_link(self, url: str, *, now: datetime, private: bool) -> Iterator[Received]:
        answer = self.fetcher.fetch(url)
        if isinstance(answer, FetchFailed):
            yield _failed(url, answer.reason)
            return
        if isinstance(answer, NotModified):
            yield _failed(url, "the server said that nothing changed, though nothing was known")
            return
        feed = parse_feed(answer.body, url=answer.url, content_type=answer.content_type, now=now)
        if isinstance(feed, ParsedFeed) and private:
            yield _failed(url, _FEED_REFUSED)
        elif isinstance(feed, ParsedFeed):
            yield from self._take_feed(feed, what=url, url=answer.url, now=now)
        elif (answer.content_type or "").startswith("text/plain"):
            yield self.text(answer.body, what=url, now=now, private=private)
        else:
            yield self.page(
                answer.body,
                what=url,
                url=answer.url,
                now=now,
                private=private,
                content_type=_content_type(answer),
            )

    def _take_feed(
        self, feed: ParsedFeed, *, what: str, url: str | None, now: datetime
    ) -> Iterator[Received]:
        if feed.dropped:
            yield _failed(what, f"{feed.dropped} items beyond the feed's limit were not read")
        for item in feed.items:
            name = item.url or item.guid or what
            draft = self.item(item, now=now, feed_url=url or feed.link, outlet_name=feed.title)
            if draft and draft.completeness == "full":
                yield self.receive(draft, name)
            elif item.url and url:
                yield self.read_page(item, draft, now=now)
            elif draft:
                yield self.receive(draft, name)
            else:
                yield _failed(name, "the item has no text and no page to read")

    def read_page(self, item: FeedItem, draft: Draft | None, *, now: datetime) -> Received:
        """Read an item's page; where that fails, its teaser stands in, named as one."""
        assert item.url is not None
        answer = self.fetcher.fetch(item.url)
        if isinstance(answer, FetchFailed | NotModified):
            if draft is not None and (isinstance(answer, NotModified) or answer.permanent):
                return self.receive(draft, item.url)
            reason = answer.reason if isinstance(answer, FetchFailed) else "nothing changed"
            return _failed(item.url, reason)
        page = self.pages.extract(
            answer.body, url=answer.url, now=now, content_type=_content_type(answer)
        )
        if isinstance(page, ExtractFailed) or page.completeness == "empty":
            if draft is not None:
                return self.receive(draft, item.url)
            return _failed(item.url, getattr(page, "reason", "the page holds no article"))
        page = replace(
            page,
            title=page.title or item.title,
            published_at=item.published_at or page.published_at,
            author=page.author or item.author,
        )
        return self._extracted(page, what=item.url, url=answer.url, now=now, private=False)

    def _take_file(self, path: Path, *, now: datetime, private: bool) -> Iterator[Received]:
        what = str(path)
        suffix = path.suffix.lower()
        try:
            if suffix in _ROWS:
                yield from self._take_rows(path, now=now, private=private)
                return
            with path.open("rb") as file:
                body = file.read(MAX_FILE_BYTES + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            yield _failed(what, f"cannot be read: {reason.lower()}")
            return
        if len(body) > MAX_FILE_BYTES:
            yield _failed(what, f"too big; files of up to {MAX_FILE_BYTES // 2**20} MB are read")
        elif suffix in _FEED:
            feed = parse_feed(body, url=path.as_uri() if path.is_absolute() else "", now=now)
            if private and isinstance(feed, ParsedFeed):
                yield _failed(what, _FEED_REFUSED)
            elif isinstance(feed, NotAFeed):
                yield _failed(what, feed.reason)
            else:
                yield from self._take_feed(feed, what=what, url=None, now=now)
        elif suffix in _HTML or body.lstrip()[:15].lower().startswith(
            (b"<!doctype html", b"<html")
        ):
            yield self.page(body, what=what, url=None, now=now, private=private)
        elif b"\0" in body[:4096]:
            yield _failed(what, "is not text; .html, .txt, .xml and .jsonl files are read")
        else:
            yield self.text(body, what=what, now=now, private=private)

    def _take_rows(self, path: Path, *, now: datetime, private: bool) -> Iterator[Received]:
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            for number, line in enumerate(iter(lambda: lines.readline(MAX_ROW_CHARS), ""), start=1):
                what = f"{path}:{number}"
                if len(line) == MAX_ROW_CHARS and not line.endswith("\n"):
                    yield _failed(what, "a row is too long; the file was read up to here")
                    return
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError) as error:
                    reason = getattr(error, "msg", None) or "nested too deep"
                    yield _failed(what, f"is not a JSON object: {reason}")
                    continue
                if isinstance(row, dict):
                    yield self.receive(self._row(row, now=now, private=private), what)
                else:
                    yield _failed(what, "is not a JSON object")

    def _row(self, row: dict[str, Any], *, now: datetime, private: bool) -> Draft:
        found = read_row(row, now=now)
        url = identify.canonical_url(found.url) if found.url else None
        text = found.text or found.teaser
        return Draft(
            url=url,
            title=found.title or _first_words(text),
            text=text,
            outlet=self.outlets.of(url, name=found.source or None),
            language=found.language or None,
            author=found.author or None,
            published_at=_not_after(found.published_at, now),
            fetched_at=now,
            completeness="full" if found.text else "teaser",
            private=private,
        )


def _refusal(draft: Draft) -> str | None:
    if draft.completeness == "empty" or not draft.text.strip():
        return "holds no article text"
    if len(draft.text.split()) < MIN_WORDS and len(draft.text) < 8 * MIN_WORDS:
        return f"too short to be an article ({len(draft.text.split())} words)"
    return None


def _identity(draft: Draft) -> Identity:
    content = identify.content_hash(draft.title, draft.text)
    signature = identify.signature(draft.text)
    return Identity(
        id=identify.article_id(draft.url and identify.canonical_url(draft.url), content),
        content_hash=content,
        signature=signature,
        bands=identify.bands(signature),
    )


def _original(draft: Draft, identity: Identity, known: Sequence[Candidate]) -> str | None:
    """Give the article that this one copies: the most alike, or what that one copies itself."""
    best, score = None, 0.0
    for candidate in known:
        signature = candidate.signature
        far = abs(candidate.published_at - draft.published_at) > COPY_WINDOW
        if candidate.private or signature is None or far:
            continue
        likeness = identify.similarity(identity.signature, signature)
        if likeness > score and identify.is_near_copy(identity.signature, signature):
            best, score = candidate, likeness
    return None if best is None else (best.copy_of or best.id)


def _content_type(answer: Fetched) -> str | None:
    if answer.content_type is None or answer.charset is None:
        return answer.content_type
    return f"{answer.content_type}; charset={answer.charset}"


def _storable(text: str) -> str:
    """Give a text without what no database and no tokenizer takes: NUL, lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _readable(folder: Path) -> list[Path]:
    return sorted(
        item for item in folder.rglob("*") if item.is_file() and item.suffix.lower() in READABLE
    )


def _not_after(at: datetime | None, now: datetime) -> datetime:
    """Give the time of publication; none, or one in the future, is the time of reading."""
    return now if at is None or at > now else at


def _first_words(text: str) -> str:
    words = text.split()
    return " ".join(words[:12]) + (" …" if len(words) > 12 else "")


def _failed(what: str, reason: str) -> Received:
    return Received(what=what, outcome="failed", reason=reason)
