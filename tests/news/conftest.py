"""What the domain's tests share: a real store, ingestion, the data that ships, the encoder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from archive import EVENTS, Archive
from newspaper import Site, subscribe
from newsroom import NOW, Newsroom

from config.editorial import load_places, load_topics
from news.collect import Collector, Round
from news.extract import PagePool
from news.fetch import Fetcher
from news.ingest import Ingest
from news.model import Outlet
from news.outlets import Outlets
from news.places import Places
from news.search import Search
from news.store import Store
from news.stories import Grouper
from news.topics import Topics
from summarizer.encode import SentenceEncoder


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store(tmp_path / "news.db")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def places() -> Places:
    """The gazetteer that ships."""
    return Places.from_tables(load_places())


@pytest.fixture(scope="session")
def topics(places: Places) -> Topics:
    """The topics that ship."""
    return Topics.from_tables(load_topics(), places)


@pytest.fixture(scope="session")
def pages() -> Iterator[PagePool]:
    """One worker that reads pages, shared by the whole run."""
    with PagePool(1) as pool:
        yield pool


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    """The real encoder, loaded once."""
    return SentenceEncoder()


@pytest.fixture
def ingest(store: Store, pages: PagePool) -> Iterator[Ingest]:
    """Ingestion that may read from loopback."""
    with Fetcher("geobrief-tests", allow_private=True, timeout=timedelta(seconds=5)) as fetcher:
        known = [Outlet(name="Harbour Post", host="harbour-post.example", country="NO")]
        opened = Ingest(store, fetcher, pages, Outlets(known))
        yield opened
        opened.close()


@pytest.fixture
def newsroom(store: Store, ingest: Ingest, places: Places) -> Newsroom:
    """A store with ingestion and grouping by the word encoder."""
    return Newsroom(store, ingest, places)


@pytest.fixture(scope="session")
def archive(
    tmp_path_factory: pytest.TempPathFactory,
    encoder: SentenceEncoder,
    pages: PagePool,
    places: Places,
) -> Iterator[Archive]:
    """Twelve events a day apart; read only."""
    store = Store(tmp_path_factory.mktemp("archive") / "news.db")
    room = Newsroom(store, Ingest(store, Fetcher("tests"), pages, Outlets([])), places)
    for days, (title, text) in enumerate(EVENTS.values()):
        room.tell(title, text, at=NOW - timedelta(days=days))
    room.grouper = Grouper(store, encoder, places)
    room.group()
    yield Archive(room=room, search=Search(store, encoder), encoder=encoder)
    store.close()


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that is up."""
    made = Site()
    yield made
    made.close()


@pytest.fixture
def collect(ingest: Ingest, site: Site) -> Callable[[datetime], Round]:
    """Run a round on the site's one feed at a given time."""
    subscribe(ingest, f"{site.url}/feed")
    collector = Collector(ingest, spread=False)
    return collector.run
