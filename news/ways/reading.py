"""The ways in as one: what is named or was read becomes texts, files, links and problems.

Chooses the way and runs it; storing is the caller's, and so are feeds, pages and plain texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from news.model import Draft
from news.outcome import Fetched, FetchFailed, NotModified
from news.outlets import Outlets
from news.ways import archives, gdelt, sitemaps, telegram_channel
from news.ways.documents import DocumentReader
from news.ways.found import Fetch, FoundFile, FoundLink, FoundText, Problem, unfetched
from news.ways.kinds import Kind

Found = FoundText | FoundFile | FoundLink | Draft | Problem
_MANY = "holds many articles; send one of them by its own link or file"


class Ways:
    """Reads by every way but pages, feeds and plain texts. Owns nothing.

    `fetch` reads pages, `ask` what is made for programs; without one it is `fetch` too.
    """

    def __init__(
        self,
        fetch: Fetch,
        documents: DocumentReader,
        outlets: Outlets,
        *,
        ask: Fetch | None = None,
    ) -> None:
        self._fetch = fetch
        self._ask = ask or fetch
        self._documents = documents
        self._outlets = outlets

    def named(
        self, what: str, *, now: datetime, since: datetime | None = None, single: bool = False
    ) -> Iterator[Found] | None:
        """Read what is known by its name alone: `@CHANNEL`, links of t.me, `gdelt:QUERY`.

        None where `what` is neither. `since` bounds how far back it goes. `single`: for a reader
        who asks about one text; what holds many is a problem then.
        """
        query = gdelt.query_of(what)
        if query is not None:
            if single:
                return iter((Problem(what=what, reason=_MANY),))
            return self._gdelt(query, what=what, now=now, since=since)
        channel = telegram_channel.channel_of(what)
        if channel is None:
            return None
        if isinstance(channel, Problem):
            return iter((channel,))
        if single and channel.message is None:
            return iter((Problem(what=what, reason=_MANY),))
        return telegram_channel.read_channel(
            channel, self._fetch, outlets=self._outlets, now=now, since=since
        )

    def read(
        self,
        kind: Kind,
        body: bytes,
        *,
        what: str,
        url: str,
        now: datetime,
        since: datetime | None = None,
        single: bool = False,
    ) -> Iterator[Found] | None:
        """Read bytes of a kind that `kind_of` recognised; None where it is no kind of this part.

        `url` is where they were found, a `file:` link for a file. `since` and `single` as in
        `named`.
        """
        if single and kind in ("zip", "sitemap"):
            return iter((Problem(what=what, reason=_MANY),))
        match kind:
            case "pdf" | "docx" | "eml":
                return iter((self._documents.read(body, kind, what=what, now=now),))
            case "zip":
                return archives.unpack(body, what=what)
            case "sitemap":
                return sitemaps.walk(url, self._after(url, body), now=now, since=since)
            case _:
                return None

    def archive(self, path: Path) -> Iterator[Found]:
        """Read an archive from disk, which may be larger than a file that is read whole."""
        return iter(archives.unpack(path, what=str(path)))

    def _gdelt(
        self, query: str, *, what: str, now: datetime, since: datetime | None
    ) -> Iterator[Found]:
        link = gdelt.query_link(query, until=now, since=since)
        if isinstance(link, Problem):
            yield link
            return
        answer = self._ask(link)
        if not isinstance(answer, Fetched):
            yield unfetched(what, answer)
            return
        found = gdelt.read_answer(answer.body, what=what, now=now)
        if isinstance(found, Problem):
            yield found
        elif not found:
            yield Problem(what=what, reason="GDELT knows no article for this")
        else:
            yield from found

    def _after(self, url: str, body: bytes) -> Fetch:
        """The caller's way to fetch, but the first page is at hand already."""
        first = Fetched(
            url=url,
            status=200,
            body=body,
            content_type=None,
            charset=None,
            etag=None,
            last_modified=None,
            permanent_redirect_to=None,
        )

        def fetch(link: str) -> Fetched | NotModified | FetchFailed:
            return first if link == url else self._fetch(link)

        return fetch
