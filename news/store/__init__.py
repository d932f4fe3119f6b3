"""Where articles, stories, chats and deliveries are kept. Queries are grouped by what they keep."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.store.activity import Activities
from news.store.aging import Aging
from news.store.articles import Articles
from news.store.briefs import Briefs
from news.store.chats import Chats, Follows, Subscriptions
from news.store.corrections import Corrections
from news.store.engine import Database, StoreUnavailable
from news.store.feeds import Feeds
from news.store.placing import Placing
from news.store.showing import Showing
from news.store.sketches import Sketches
from news.store.stories import Stories
from news.store.tables import meta

__all__ = ["Store", "StoreUnavailable"]


class Store:
    """An open store, its tables up to date. Safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        """Open the store at `path`, creating it. Raises StoreUnavailable."""
        self.database = Database(path)
        self.database.upgrade()
        self.articles = Articles(self.database)
        self.placing = Placing(self.database)
        self.sketches = Sketches()
        self.aging = Aging(self.database)
        self.activities = Activities(self.database)
        self.stories = Stories(self.database)
        self.corrections = Corrections(self.stories)
        self.feeds = Feeds(self.database)
        self.chats = Chats(self.database)
        self.subscriptions = Subscriptions(self.database)
        self.follows = Follows(self.database)
        self.briefs = Briefs(self.database)
        self.showing = Showing(self.database)

    def note(self, key: str) -> Any:
        """Give what was noted under `key`, or None."""
        with self.database.read() as connection:
            return connection.execute(sa.select(meta.c.value).where(meta.c.key == key)).scalar()

    def set_note(self, key: str, value: Any) -> None:
        """Note a JSON value under `key`."""
        with self.database.write() as connection:
            self.note_within(connection, key, value)

    def note_within(self, connection: Connection, key: str, value: Any) -> None:
        """Do the same within a caller's transaction; None takes the note away."""
        connection.execute(sa.delete(meta).where(meta.c.key == key))
        if value is not None:
            connection.execute(sa.insert(meta).values(key=key, value=value))

    def close(self) -> None:
        """Close the database."""
        self.database.close()
