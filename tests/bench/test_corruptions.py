"""Corrupted claims: one thing is wrong, the same seed gives the same ones."""

from __future__ import annotations

import random

import pytest

from bench.corruptions import CORRUPTIONS, Article, pairs

TEXT = (
    "The council of Alvik voted on Tuesday to close the northern ferry terminal after 140 years. "
    "Mayor Ingrid Solheim said the closure would save 4 million crowns in the budget of Selje. "
    "The union leader Peder Brandt was angry at the decision, and workers gathered in Moldvik. "
    "Ferries to the islands will leave from the southern pier until the spring, Solheim added."
)
OTHER = (
    "The parliament of Oltia rejected a law on fishing near Zarvik in March. "
    "Minister Tessa Vale had promised 30 boats to the harbour of Belmora after the storm. "
    "Odo Lunt, a fisherman, said the price of cod was rising in the north of the country. "
    "The ministry will publish new figures on Friday."
)
CLAIM = "Mayor Ingrid Solheim said the closure would save 4 million crowns in the budget of Selje."


@pytest.fixture
def articles() -> tuple[Article, Article]:
    """Two invented articles."""
    return Article("a", TEXT, [CLAIM]), Article("b", OTHER, [])


@pytest.mark.parametrize("kind", sorted(CORRUPTIONS))
def test_a_corruption_changes_the_claim_or_gives_nothing(
    articles: tuple[Article, Article], kind: str
) -> None:
    """Never the claim itself again, which would be a false label."""
    for seed in range(20):
        found = CORRUPTIONS[kind](CLAIM, *articles, random.Random(seed))
        assert found is None or found != CLAIM


@pytest.mark.parametrize("kind", ["name_inside", "name_outside", "number", "denial", "word"])
def test_what_the_claim_has_can_be_corrupted(articles: tuple[Article, Article], kind: str) -> None:
    """A claim with names, numbers and a verb gives each of these."""
    made = [CORRUPTIONS[kind](CLAIM, *articles, random.Random(seed)) for seed in range(5)]
    assert any(made)


def test_pairs_are_balanced_and_the_same_for_a_seed(articles: tuple[Article, Article]) -> None:
    """Half are supported; a seed tells them all."""
    made = pairs(articles, 8, seed=3)
    assert made == pairs(articles, 8, seed=3)
    assert sum(pair.label for pair in made) == len(made) / 2 == 4
    assert all(pair.sources for pair in made)
