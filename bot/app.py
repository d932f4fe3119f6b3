"""The composition root: settings in, a wired program out. The only place that knows every part."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog

from bot.clock import Clock, EditionClock, SystemClock
from bot.health import Metrics
from bot.writing import WriterPlan, WritingRoom
from config.editorial import (
    Edition,
    load_edition,
    load_headlines,
    load_people,
    load_places,
    load_severity,
    load_sources,
    load_topics,
)
from config.settings import Settings
from news.collect import Collector
from news.desk import Desk
from news.digest import Digests
from news.extract import PagePool
from news.fetch import Fetcher
from news.headlines import Headlines
from news.ingest import Ingest
from news.involved import Involvement
from news.model import Received
from news.outlets import Outlets
from news.people import PeopleWords
from news.places import Places
from news.retention import Retention
from news.severity import SeverityWords
from news.store import Store
from news.stories import Grouper
from news.topics import Topics
from news.ways import gdelt
from summarizer.encode import SentenceEncoder, bound_torch_threads
from summarizer.judge import Judge
from summarizer.jury import Jury
from summarizer.models.lending import Lender
from summarizer.pipeline import Summarizer
from summarizer.reading import Reader


@dataclass(slots=True, kw_only=True)
class App:
    """The parts of a running program, for one edition. `stopping` ends all long work."""

    settings: Settings
    edition: Edition | None
    store: Store
    clock: Clock
    encoder: SentenceEncoder
    summarizer: Summarizer
    desk: Desk
    ingest: Ingest
    collector: Collector
    grouper: Grouper
    retention: Retention
    places: Places
    topics: Topics
    writing: WritingRoom
    metrics: Metrics
    stopping: threading.Event

    @property
    def label(self) -> str:
        """What to call news that is not live; empty for live news."""
        return self.edition.title if self.edition else ""

    def close(self) -> None:
        """Stop what runs beside, note the clock, close the store."""
        self.stopping.set()
        self.writing.close()
        self.clock.save()
        self.ingest.close()
        self.ingest.pages.close()
        self.ingest.fetcher.close()
        self.store.close()


def build(settings: Settings, *, store_path: Path | None = None) -> App:
    """Wire the program for the chosen edition. Models load when first used.

    Raises StoreUnavailable.
    """
    bound_torch_threads(settings.threads)
    name = settings.chosen_edition
    edition = load_edition(name) if name != "live" else None
    store = Store(store_path or settings.store)
    clock: Clock = EditionClock(store, edition.starts_at) if edition else SystemClock()
    listed_places = load_places()
    places = Places.from_tables(listed_places)
    topics = Topics.from_tables(load_topics(), places)
    abbreviations = [name for table in listed_places["organisation"] for name in table["aliases"]]
    encoder = SentenceEncoder(settings.encoder)
    stopping = threading.Event()
    metrics = Metrics()
    # the judge was trained on the packaged encoder
    lender = Lender(
        settings.models,
        threads=settings.threads,
        idle=settings.writer_idle_after or timedelta.max,
        words="own" if settings.writer_words == "own" else "sources",
    )
    judge = Jury(Judge(None if settings.encoder else encoder), Reader(lender))
    summarizer = Summarizer(
        encoder,
        None,
        languages=settings.writer_languages,
        translates=settings.writer_translates,
        heard=metrics.wrote,
        judge=judge,
    )
    outlets = edition.outlets if edition else [source.outlet for source in load_sources()]
    headlines = Headlines(load_headlines(), outlets, abbreviations)
    ingest = Ingest(
        store,
        Fetcher(
            settings.user_agent,
            allow_private=settings.allow_private_addresses,
            host_pause=settings.host_pause,
            host_pauses={gdelt.HOST: gdelt.PAUSE},
            honour_robots=True,
        ),
        PagePool(),
        Outlets(outlets),
    )
    return App(
        settings=settings,
        edition=edition,
        store=store,
        clock=clock,
        encoder=encoder,
        summarizer=summarizer,
        desk=Desk(
            store,
            summarizer,
            ingest,
            topics,
            stale_after=settings.stale_after,
            severity=SeverityWords.from_tables(load_severity()),
            involvement=Involvement(places, PeopleWords.from_lists(load_people()), topics),
        ),
        ingest=ingest,
        collector=Collector(ingest, interval=settings.collect_every),
        grouper=Grouper(store, encoder, places, headlines),
        # an edition's texts are the package's own, not old news
        retention=Retention(
            store, Digests(store, summarizer), None if edition else settings.keep_text
        ),
        places=places,
        topics=topics,
        writing=WritingRoom(summarizer, _writer_plan(settings), lender, stopping),
        metrics=metrics,
        stopping=stopping,
    )


def _writer_plan(settings: Settings) -> WriterPlan:
    key = settings.writer_key
    return WriterPlan(
        source=settings.writer,
        revision=settings.writer_revision,
        adapter=settings.writer_adapter,
        adapter_scale=settings.writer_adapter_scale,
        server=settings.writer_url,
        server_model=settings.writer_model,
        server_key=key.get_secret_value() if key else None,
        server_timeout=timedelta(seconds=settings.writer_timeout_seconds),
        server_at_once=settings.writer_at_once,
        models=settings.models,
        threads=settings.threads,
        idle=settings.writer_idle_after or timedelta.max,
        words=settings.writer_words,
    )


def know_feeds(app: App) -> int:
    """Add the listed feeds that the store does not have yet; give their number.

    A feed that the operator removed stays away: the list is only read once per link.
    """
    known = set(app.store.note("listed_feeds") or ())
    now, added = app.clock.now(), 0
    for source in load_sources():
        if source.url not in known:
            added += app.store.feeds.add(
                source.url, source.outlet, confirmed=source.confirmed, now=now
            )
            known.add(source.url)
    app.store.set_note("listed_feeds", sorted(known))
    return added


def load_sample(app: App, progress: Callable[[Received], None]) -> int:
    """Take the edition's articles in, once per store, by the way of all other articles."""
    assert app.edition is not None
    if app.store.note("edition_loaded") == app.edition.name:
        return 0
    count = 0
    for received in app.ingest.take(str(app.edition.folder), now=app.clock.now()):
        progress(received)
        count += 1
        if received.outcome == "failed":
            structlog.get_logger().warning("edition", what=received.what, reason=received.reason)
        if app.stopping.is_set():
            return count
    app.store.set_note("edition_loaded", app.edition.name)
    return count
