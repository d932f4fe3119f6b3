"""What the ranker is trained and measured on: no article on both sides, short news beside long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bench.ranker_examples import Example, examples_of, read_ahead, told_by_others
from bench.ranker_scores import SUITES, chosen, measured
from bench.train_ranker import grouped, split, trained_stories
from summarizer.encode import Encoder

TOWNS = ("Veltmar", "Orskby", "Zarvik", "Quellin", "Dorsund", "Halvorn", "Mistrel", "Tarnow")


def article(sentences: int, seed: int) -> str:
    """News that nobody has reported, other words in every sentence."""
    return " ".join(
        f"{TOWNS[(seed + i) % 8]} voted on " + " ".join(f"w{seed}x{i}x{j}" for j in range(9)) + "."
        for i in range(sentences)
    )


def row(identity: str, sentences: int, seed: int = 1) -> dict[str, Any]:
    """A row as in the summary sets."""
    text = article(sentences, seed)
    return {"id": identity, "article": text, "references": [text.split(". ")[0] + "."]}


def story(identity: str, texts: Sequence[str]) -> dict[str, Any]:
    """A row as in the story sets."""
    articles = [{"text": text, "title": "Bridges", "source": "Gazette"} for text in texts]
    return {"id": identity, "articles": articles, "references": [texts[0].split(". ")[0] + "."]}


Made = Callable[..., list[Example]]


@pytest.fixture
def made(hashed: Encoder) -> Made:
    """A row's examples."""

    def run(one: dict[str, Any], *, wanted: float, by_words: bool = False) -> list[Example]:
        rows = grouped([one])
        return list(examples_of(rows[0], hashed, wanted=wanted, by_words=by_words))

    return run


def test_an_article_is_there_whole_and_cut_to_its_beginning(made: Made) -> None:
    """Short news looks like the beginning of long news, and fewer sentences of it are wanted."""
    whole, short = made(row("a", 30), wanted=4)
    assert (whole.short, len(whole.texts), whole.wanted) == (False, 30, 4)
    assert short.short
    assert 5 <= len(short.texts) <= 12
    assert short.texts == whole.texts[: len(short.texts)]
    assert short.wanted < whole.wanted
    # the place in the document is counted anew: the last sentence of a cut is late
    assert short.columns[-1].tolist() != whole.columns[len(short.texts) - 1].tolist()


def test_an_article_that_is_short_as_it_came_is_not_cut(made: Made) -> None:
    """All its sentences are there, whichever number is wanted."""
    assert [len(one.texts) for one in made(row("a", 4), wanted=3)] == [4, 4]


def test_of_a_story_one_article_stands_alone_too(made: Made) -> None:
    """The whole story, its articles' beginnings, and one article's."""
    whole, beginnings, alone = made(
        story("s", [article(20, 1), article(20, 2)]), wanted=2.5, by_words=True
    )
    assert len(whole.texts) == 40
    assert 8 <= len(beginnings.texts) <= 16
    assert 5 <= len(alone.texts) <= 12


def test_a_report_is_told_from_the_others(hashed: Encoder) -> None:
    """None of its own sentences are there to choose from."""
    texts = [article(12, 10), article(12, 20)]
    pair = told_by_others(grouped([story("s", texts)])[0], hashed, wanted=5)
    for one in pair:
        assert not set(one.texts) & set(one.reference.split("\n"))


def test_what_is_read_ahead_is_not_read_again(hashed: Any) -> None:
    """One pass over all rows, in bulk."""
    rows = grouped([row("a", 15, 1), row("b", 15, 2)])
    known = read_ahead(rows, hashed)
    before = len(hashed.asked)
    for one in rows:
        list(examples_of(one, known, wanted=3, by_words=False))
    assert len(hashed.asked) == before


def test_no_article_is_trained_on_in_the_fold_that_reports_it(hashed: Encoder) -> None:
    """Rows with an article in common stay on one side, over all sets."""
    shared = article(20, 5)
    rows = grouped(
        [
            story("neus_train_1", [shared, article(20, 1)]),
            story("neus_train_2", [shared, article(20, 2)]),
            *(story(f"neus_train_{i}", [article(20, i), article(20, 10 * i)]) for i in range(3, 9)),
        ]
    )
    assert rows[0]["group"] == rows[1]["group"]
    held = {
        "stories": [e for r in rows for e in examples_of(r, hashed, wanted=2.5, by_words=True)],
        "others": [e for r in rows for e in told_by_others(r, hashed, wanted=2.5)],
    }
    for seen, unseen in split(held, 3):
        left = {one.group for part in unseen.values() for one in part}
        assert left
        assert not left & {one.group for one in seen}


def test_stories_that_share_an_article_with_reported_ones_are_not_trained_on() -> None:
    """The validation part stays unseen, article by article."""
    shared = article(10, 3)
    rows = [
        story("neus_train_1", [shared, article(10, 1)]),
        story("neus_train_2", [article(10, 2), article(10, 4)]),
        story("neus_val_1", [shared, article(10, 6)]),
    ]
    assert [one["id"] for one in trained_stories(rows)] == ["neus_train_2"]


def test_choices_are_measured_as_the_package_makes_them(made: Made) -> None:
    """So many sentences, or words, beside the baselines on the same rows."""
    rows = [row("a", 30, 1), row("b", 9, 2), {**row("n", 30, 3), "title": "Bridges"}]
    told = story("neus_train_1", [article(20, 1), article(20, 2)])
    by_set = {
        "cnn": [e for r in rows[:2] for e in made(r, wanted=3)],
        "news": made(rows[2], wanted=4),
        "stories": made(told, wanted=2.5, by_words=True),
    }
    report = measured([((), by_set)], {one["id"]: one for one in [*rows, told]})
    assert [report[name]["n"] for name in SUITES] == [2, 1, 1, 1]
    assert all(0 <= one["lead"]["rouge1"] <= 100 for one in report.values())
    words = SUITES["allsides, training part"].budget
    picked = chosen(by_set["stories"][0], (), words)
    assert picked == sorted(picked)
    assert 40 <= sum(len(by_set["stories"][0].texts[i].split()) for i in picked) <= 80
