"""What becomes of a text that comes in: new, changed, a duplicate, a near copy, or refused.

One text, or some hundreds of them in one transaction. Knows no files, links or feeds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from unicodedata import east_asian_width

from sqlalchemy.engine import Connection

from news import identify
from news.dateline import dateline
from news.language import detect_language
from news.model import Draft, Outcome, Received
from news.store import Store
from news.store.articles import Candidate, Identity

MIN_WORDS = 8
"""A text of fewer words says nothing that a summary could rest on."""
COPY_WINDOW = timedelta(days=14)
"""A text like one of longer ago is a form that is used again, not a copy."""
_MOST_TITLE = 100
"""Columns of a title that is made of a text's first words; a Chinese sign takes two."""
_RICHNESS = {"full": 2, "paywalled": 1, "teaser": 1, "empty": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A text with all that can be found out before the store is locked for it."""

    what: str
    draft: Draft
    identity: Identity


class Receiver:
    """Stores texts. Safe to use from many threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def receive(self, draft: Draft, what: str) -> Received:
        """Store a text unless it is there already, and say what became of it.

        What a chat sent in changes nothing that others read, and a teaser no full text.
        """
        return self.receive_many([(what, draft)])[0]

    def receive_many(
        self,
        drafts: Sequence[tuple[str, Draft | Received]],
        note: Callable[[Connection], None] | None = None,
    ) -> list[Received]:
        """Do the same for many in one transaction, all or none; what failed before stays as is.

        `note` may record in the same transaction how far the caller has come.
        """
        ready = [one if isinstance(one, Received) else _ready(one, what) for what, one in drafts]
        if note is None and not any(isinstance(one, _Ready) for one in ready):
            return [one for one in ready if isinstance(one, Received)]
        with self._store.database.write() as connection:
            found = [
                one if isinstance(one, Received) else self._settle(connection, one) for one in ready
            ]
            if note is not None:
                note(connection)
        return found

    def _settle(self, connection: Connection, ready: _Ready) -> Received:
        what, draft, identity = ready.what, ready.draft, ready.identity
        articles = self._store.articles
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
        copy_of = None if draft.private else original(draft, identity, equal + like)
        articles.add(connection, draft, identity, copy_of)
        return Received(what=what, outcome="new", article_id=identity.id)

    def _again(
        self, connection: Connection, draft: Draft, identity: Identity, same: Candidate
    ) -> Outcome:
        """Decide what an article's second coming changes, and do it."""
        published = same.private and not draft.private
        if published:
            self._store.articles.publish(connection, same.id)
        poorer = _RICHNESS[draft.completeness] < _RICHNESS[same.completeness]
        if same.content_hash == identity.content_hash or (poorer and not published):
            return "new" if published else "duplicate"
        if not published and self._store.articles.had(connection, same.id, identity.content_hash):
            return "duplicate"  # two forms of a page that take turns are no news each time
        if draft.published_at >= draft.fetched_at:  # no date was given: the first one stands
            draft = replace(draft, published_at=same.published_at)
        private = same.private and draft.private
        kept = self._store.articles.change(connection, replace(draft, private=private), identity)
        if published:
            return "new"
        return "changed" if kept else "duplicate"


def identity_of(draft: Draft) -> Identity:
    """Give what tells a text from others."""
    content = identify.content_hash(draft.title, draft.text)
    signature = identify.signature(draft.text)
    return Identity(
        id=identify.article_id(draft.url and identify.canonical_url(draft.url), content),
        content_hash=content,
        signature=signature,
        bands=identify.bands(signature),
    )


def original(draft: Draft, identity: Identity, known: Sequence[Candidate]) -> str | None:
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


def _ready(draft: Draft, what: str) -> _Ready | Received:
    draft = replace(draft, title=_storable(draft.title), text=_storable(draft.text))
    refusal = _refusal(draft)
    if refusal:
        return failed(what, refusal)
    if draft.language is None:
        draft = replace(draft, language=detect_language(f"{draft.title}\n{draft.text}"))
    return _Ready(what=what, draft=draft, identity=identity_of(draft))


def _refusal(draft: Draft) -> str | None:
    if draft.completeness == "empty" or not draft.text.strip():
        return "holds no article text"
    if len(draft.text.split()) < MIN_WORDS and len(draft.text) < 8 * MIN_WORDS:
        return f"too short to be an article ({len(draft.text.split())} words)"
    return None


def _storable(text: str) -> str:
    """Give a text without what no database and no tokenizer takes: NUL, lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def failed(what: str, reason: str, *, passing: bool = False) -> Received:
    """Give the outcome of what could not be taken in."""
    return Received(what=what, outcome="failed", reason=reason, passing=passing)


def published(at: datetime | None, text: str, language: str | None, now: datetime) -> datetime:
    """Give the time of publication: as told, else the text's dateline, else the time of reading.

    Nothing was published after it was read.
    """
    return min(at or dateline(text, language=language, now=now) or now, now)


def first_words(text: str) -> str:
    """Give the beginning of a text that has no title: 12 words, of scripts without blanks less."""
    words = text.split()
    told = " ".join(words[:12])
    columns = list(accumulate(1 + (east_asian_width(char) in "WF") for char in told))
    cut = told[: bisect_right(columns, _MOST_TITLE)].rstrip()
    return f"{cut} …" if len(words) > 12 or cut != told else told
