"""Which articles their own outlet has withdrawn: corrected since by another article of the story.

Knows articles as they are stored; what a page says when it is read again is `retractions`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from news.model import Article
from summarizer.text import content_words

_IN_ITS_PLACE = 0.5
"""A correction of at least this share of a report's length tells what there is to tell."""


def withdrawn(articles: Iterable[Article]) -> dict[str, Article]:
    """Find the articles that their outlet has withdrawn: by id, the one that corrects each.

    That is, of the outlet's earlier articles in a story, the one with most of the correction's
    words. A note much shorter than it cannot stand in its place: then both stay.
    """
    known = sorted(articles, key=lambda one: one.published_at)
    found: dict[str, Article] = {}
    for place, note in enumerate(known):
        if not _headline().search(note.title):
            continue
        origin = (note.outlet.name, note.story_id)
        before = [one for one in known[:place] if (one.outlet.name, one.story_id) == origin]
        words = set(content_words(note.text))
        wrong = max(before, key=lambda one: len(words & {*content_words(one.text)}), default=None)
        if wrong is not None and len(note.text) >= _IN_ITS_PLACE * len(wrong.text):
            found[wrong.id] = note
    return found


def standing(articles: Iterable[Article]) -> list[Article]:
    """Give the articles, in order, without those that were withdrawn and what copies them.

    A correction may differ so little from what it corrects that it counts as its copy; it stays.
    """
    every = list(articles)
    wrong = withdrawn(every)
    right = {one.id for one in wrong.values()} - wrong.keys()
    return [one for one in every if one.id in right or not {one.id, one.copy_of} & wrong.keys()]


@cache
def _headline() -> re.Pattern[str]:
    data = tomllib.loads((files("news") / "corrected.toml").read_text(encoding="utf-8"))
    return re.compile(data["headline"], re.IGNORECASE)
