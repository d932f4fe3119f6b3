"""The domain's front door: what chats and commands ask for, answered from the store.

Synchronous and safe to call from many threads. Fast answers are source sentences; `write`
is the slow second step. Knows no chat and no clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import PurePath

from news.ask import ask
from news.brief import News, compose, topic_fit, weigh
from news.catching_up import CatchingUp
from news.coverage import LOOK_BACK, Coverage, cover, has_state
from news.digest import Digests
from news.habits import matters
from news.history import CaughtUp, History, Timeline
from news.ingest import MAX_FILE_BYTES, SINGLE, Ingest
from news.involved import Involvement
from news.model import (
    Answer,
    Article,
    Brief,
    Digest,
    Importance,
    Involved,
    Length,
    Received,
    Story,
    StoryBrief,
    Weighed,
)
from news.receipt import Receipt, write_receipt
from news.search import Search
from news.severity import SeverityWords
from news.statements import SentenceVectors, state
from news.store import Store
from news.topics import Topics
from news.voices import Voices, hear
from summarizer.pipeline import Summarizer

STORY_SENTENCES: Mapping[Length, int] = {"short": 2, "medium": 3, "long": 7}
TEXT_SENTENCES = 4
_DAY = timedelta(hours=24)
_MOST_NOTES = 5
_SENT = {"", *SINGLE}


class Unreadable(Exception):
    """A link, file or text that cannot be summarised; the message is one line for its sender.

    `permanent`: it is no use to try again later.
    """

    def __init__(self, line: str, *, permanent: bool = True) -> None:
        super().__init__(line)
        self.permanent = permanent


class Desk:
    """Answers questions, composes briefs, reads what people send."""

    def __init__(
        self,
        store: Store,
        summarizer: Summarizer,
        ingest: Ingest,
        topics: Topics,
        *,
        stale_after: timedelta = timedelta(hours=12),
        severity: SeverityWords | None = None,
        involvement: Involvement | None = None,
    ) -> None:
        self.store = store
        self.topics = topics
        self._ingest = ingest
        self._search = Search(store, summarizer.encoder)
        self._digests = Digests(store, summarizer)
        self._stale_after = stale_after
        self.vectors = SentenceVectors(summarizer.encoder)
        self._catching_up = CatchingUp(store, self.vectors)
        self._history = History(store, self._search, topics, self._digests, self.vectors)
        self._severity = severity
        self._involvement = involvement

    def ask(self, question: str, *, now: datetime, since: timedelta | None = None) -> Answer:
        """Answer from stored articles with cited source sentences; `answered` may be false."""
        return ask(
            question,
            store=self.store,
            search=self._search,
            digests=self._digests,
            vectors=self.vectors,
            now=now,
            since=since,
            countries=self.topics.countries_in(question),
        )

    def brief(
        self,
        *,
        now: datetime,
        topics: Sequence[str] = (),
        since: timedelta = timedelta(hours=24),
        length: Length = "medium",
        known: Mapping[int, int] | None = None,
        chat_id: int | None = None,
    ) -> Brief:
        """Compose a brief of the stories of the last `since`, most important first.

        `known` maps story ids to the revision that the reader has been told: a story that
        has not moved since is left out, one that has is marked as not new. With `chat_id` it
        tells only what is news for that chat.
        """
        return compose(
            store=self.store,
            digests=self._digests,
            topics=self.topics,
            now=now,
            since=now - since,
            wanted=topics,
            length=length,
            known=known,
            news=self._news_for(chat_id),
            stale_after=self._stale_after,
            severity=self._severity,
        )

    def story(
        self,
        story_id: int,
        *,
        now: datetime,
        length: Length = "medium",
        chat_id: int | None = None,
    ) -> StoryBrief | None:
        """Give one story with its summary; None when there is no such story.

        With `chat_id` also what is news in it for that chat.
        """
        story = self.store.stories.get(story_id)
        if story is None:
            return None
        articles = self.store.articles.of_stories([story.id])[story.id]
        digest = self._digests.extract(
            articles, title=story.title, sentences=STORY_SENTENCES[length], now=now
        )
        weight = self._weigh(story, articles, (), now).importance
        news = self._news_for(chat_id)
        changes = news(articles, STORY_SENTENCES[length]) if news is not None else None
        involved = self._involvement.of(story, articles) if self._involvement else None
        return StoryBrief(
            story=story, digest=digest, importance=weight, changes=changes, involved=involved
        )

    def involved(self, stories: Sequence[Story]) -> dict[int, Involved]:
        """Say who is involved in stories. Some milliseconds for each of their articles."""
        if self._involvement is None:
            return {story.id: Involved() for story in stories}
        articles = self.store.articles.of_stories([story.id for story in stories])
        return {story.id: self._involvement.of(story, articles[story.id]) for story in stories}

    def _news_for(self, chat_id: int | None) -> News | None:
        if chat_id is None:
            return None
        reader: int = chat_id
        return lambda articles, most: self._catching_up.news(reader, articles, sentences=most)

    def weigh(self, stories: Sequence[Story], *, now: datetime) -> dict[int, Importance]:
        """Weigh stories as a brief of the last 24 hours about everything would."""
        articles = self.store.articles.of_stories([story.id for story in stories])
        return {
            story.id: self._weigh(story, articles[story.id], (), now).importance
            for story in stories
        }

    def why(self, story_id: int, *, now: datetime, topics: Sequence[str] = ()) -> Weighed | None:
        """Say how important a story is to a reader of these topics, and why; None for no story."""
        story = self.store.stories.get(story_id)
        if story is None:
            return None
        articles = self.store.articles.of_stories([story.id])[story.id]
        return self._weigh(story, articles, topics, now)

    def _weigh(
        self, story: Story, articles: Sequence[Article], topics: Sequence[str], now: datetime
    ) -> Weighed:
        fit = topic_fit(story, articles, self.topics, topics)
        weight = weigh(
            story,
            articles,
            topics=self.topics,
            severity=self._severity,
            now=now,
            since=now - _DAY,
            wanted=topics,
            fit=fit,
        )
        return Weighed(story=story, importance=weight, fits=fit > 0)

    def voices(self, story_id: int) -> tuple[Story, Voices] | None:
        """Say who says what in a story; None when there is no such story.

        Takes seconds the first time: up to 240 sentences are encoded.
        """
        story = self.store.stories.get(story_id)
        if story is None:
            return None
        began = time.monotonic()
        articles = self.store.articles.of_stories([story.id])[story.id]
        heard = hear(state(articles, self.vectors))
        return story, replace(heard, seconds=round(time.monotonic() - began, 3))

    def timeline(
        self,
        words: str,
        *,
        now: datetime,
        since: timedelta | None = None,
        dates: int | None = None,
    ) -> Timeline:
        """Tell how a topic unfolded, day by day: `dates` days, or as many as matter.

        `since` is how far back articles and days may lie. No entries where the sources hold
        nothing about it.
        """
        return self._history.timeline(words, now=now, since=since, dates=dates)

    def story_timeline(self, story_id: int, *, now: datetime) -> Timeline | None:
        """Tell how a story unfolded and what led to it; None when there is no such story."""
        return self._history.of_story(story_id, now=now)

    def catch_up(self, words: str, *, now: datetime) -> CaughtUp:
        """Give a topic's background in five dated sentences, then what came in 48 hours."""
        return self._history.catch_up(words, now=now)

    def coverage(self, story_id: int, *, now: datetime) -> Coverage | None:
        """Say who covers a story and who does not; None when there is no such story.

        Where outlets of states and others tell it, as slow as `voices` the first time.
        """
        story = self.store.stories.get(story_id)
        if story is None:
            return None
        articles = self.store.articles.of_stories([story.id])[story.id]
        began = story.first_at
        activity = self.store.activities.between(began - LOOK_BACK, now)
        return cover(
            story,
            articles,
            activity,
            matters=matters(
                story,
                articles,
                activity,
                store=self.store,
                topics=self.topics,
                name=self.topics.country,
            ),
            read={
                feed.outlet.host
                for feed in self.store.feeds.all()
                if feed.last_success_at is not None and feed.last_success_at >= began
            },
            now=now,
            alone=hear(state(articles, self.vectors)).alone if has_state(articles) else (),
        )

    def stories(self, *, now: datetime, since: timedelta, limit: int = 50) -> list[Story]:
        """Give the stories of the last `since`, newest first."""
        return self.store.stories.changed_since(now - since, now, limit=limit)

    def write(self, digest: Digest, *, now: datetime, stop: Callable[[], bool]) -> Digest | None:
        """Give the written form of a digest, itself with a note why not, or None.

        Slow. Raises summarizer.write.WriterStopped when `stop()` became true.
        """
        return self._digests.write(digest, now=now, stop=stop)

    def write_many(
        self, digests: Sequence[Digest], *, now: datetime, stop: Callable[[], bool]
    ) -> list[Digest | None]:
        """Give what `write` gives of each, side by side: faster than one after the other."""
        return self._digests.write_many(digests, now=now, stop=stop)

    def written(self, digest: Digest) -> Digest | None:
        """Give the written form of a digest that was made before, at once; None for none."""
        return self._digests.written(digest)

    def receipt(self, story_id: int, *, now: datetime, stop: Callable[[], bool]) -> Receipt | None:
        """Say what a story's last summary was made of, and make it again; None for no such story.

        Slow where it was written. Raises WriterStopped.
        """
        story = self.store.stories.get(story_id)
        if story is None:
            return None
        return write_receipt(story, self.store, self._digests, now=now, stop=stop)

    def read(
        self, what: str, *, now: datetime, sentences: int = TEXT_SENTENCES, private: bool = True
    ) -> Digest:
        """Read a link, file or stored article's id and summarise it. Raises Unreadable."""
        if self.store.articles.get(what) is not None:
            return self.article(what, now=now, sentences=sentences)
        return self._summary_of(
            self._ingest.take(what, now=now, private=private), now=now, sentences=sentences
        )

    def read_link(self, url: str, *, now: datetime) -> Digest:
        """Read a page and summarise it. Raises Unreadable."""
        # never a path: a chat may not read the files of this machine
        if not url.lower().startswith(("http://", "https://")):
            raise Unreadable("I read links that begin with http:// or https://.")
        return self.read(url, now=now)

    def read_text(
        self,
        text: str,
        *,
        now: datetime,
        title: str | None = None,
        sentences: int = TEXT_SENTENCES,
    ) -> Digest:
        """Summarise a pasted or sent text. Raises Unreadable."""
        body = f"{title}\n\n{text}" if title else text
        received = self._ingest.text(body, what=title or "the text", now=now, private=True)
        return self._summary_of([received], now=now, sentences=sentences)

    def read_body(
        self, body: bytes, *, what: str, now: datetime, sentences: int = TEXT_SENTENCES
    ) -> Digest:
        """Summarise bytes of any kind that a file may hold. Raises Unreadable."""
        if not body.strip():
            raise Unreadable("is empty")
        received = self._ingest.body(body, what=what, now=now, private=True)
        return self._summary_of(received, now=now, sentences=sentences)

    def read_file(self, name: str, body: bytes, *, now: datetime) -> Digest:
        """Summarise a sent text, page, PDF, DOCX or mail. Raises Unreadable."""
        if len(body) > MAX_FILE_BYTES:
            raise Unreadable(f"{name} is too big; I read files of up to 20 MB.")
        if not body.strip():
            raise Unreadable(f"{name} is empty.")
        if PurePath(name).suffix.lower() not in _SENT:
            raise Unreadable(f"I read text, HTML, PDF, DOCX and mail files; {name} is none.")
        received = self._ingest.file(body, what=name, now=now, private=True)
        return self._summary_of([received], now=now, sentences=TEXT_SENTENCES)

    def article(self, article_id: str, *, now: datetime, sentences: int = TEXT_SENTENCES) -> Digest:
        """Summarise a stored article. Raises Unreadable when there is none with this id."""
        article = self.store.articles.get(article_id)
        if article is None:
            raise Unreadable(f"there is no article {article_id} in this store")
        digest = self._digests.extract([article], title=article.title, sentences=sentences, now=now)
        if not digest.points:
            raise Unreadable(digest.note or "the text holds no sentence to summarise")
        return digest

    def _summary_of(self, received: Iterable[Received], *, now: datetime, sentences: int) -> Digest:
        outcomes = list(received)
        digest = self._digest_of(outcomes, now=now, sentences=sentences)
        notes = [*digest.notes, *(note for one in outcomes for note in one.notes)]
        notes += [one.reason for one in outcomes if one.outcome == "left_out" and one.reason]
        notes += [f"{one.what}: {one.reason}" for one in outcomes if one.outcome == "failed"]
        told = [f"{note[:1].upper()}{note[1:].rstrip('.')}." for note in notes]
        # the same file in several folders gives the same note
        return replace(digest, notes=tuple(dict.fromkeys(told))[:_MOST_NOTES])

    def _digest_of(self, outcomes: Sequence[Received], *, now: datetime, sentences: int) -> Digest:
        found = (one.article_id for one in outcomes if one.article_id is not None)
        ids = list(dict.fromkeys(found))  # two files may hold the same article
        if not ids:
            reasons = dict.fromkeys(one.reason for one in outcomes if one.reason)
            passing = bool(outcomes) and all(one.passing for one in outcomes)
            raise Unreadable(
                "; ".join(reasons) or "nothing to read was found", permanent=not passing
            )
        if len(ids) == 1:
            return self.article(ids[0], now=now, sentences=sentences)
        articles = [article for article in map(self.store.articles.get, ids) if article]
        return self._digests.extract(
            articles, title=articles[0].title, sentences=sentences, now=now
        )
