"""Pictures of coverage are drawn for any story: few outlets, many, odd names, odd times."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from bot.drawing import MOST_ROWS, alt_text, coverage_png
from news.coverage import Coverage, cover
from news.model import Article, Outlet, Ownership, Story

NOW = datetime(2022, 2, 18, 12, tzinfo=UTC)
OWNERS: tuple[Ownership, ...] = ("private", "public", "state", "agency", "organisation", "unknown")


def covered(outlets: int, *, title: str = "Quay opens", names: str = "Outlet", days: float = 1) -> Coverage:  # fmt: skip  # noqa: E501
    """The coverage of a story by so many outlets over so many days, every fifth text a copy."""
    articles = [
        Article(
            id=f"{n:012x}",
            number=n,
            url=None,
            title=title,
            text="",
            outlet=Outlet(
                name=f"{names} {n}", host=f"o{n}.example", ownership=OWNERS[n % 6],
                country=(None, "NO", "PE", "FI")[n % 4] if outlets < 40 else f"{n:02}"[:2],
            ),
            language=None,
            author=None,
            published_at=NOW - timedelta(days=days) * n / max(outlets, 1),
            fetched_at=NOW,
            content_hash=str(n),
            copy_of=f"{0:012x}" if n and n % 5 == 0 else None,
        )
        for n in range(outlets)
    ]  # fmt: skip
    story = Story(
        id=7, title=title, first_at=NOW - timedelta(days=days), last_at=NOW, changed_at=NOW,
        articles=outlets, revision=1,
    )  # fmt: skip
    return cover(story, articles, [], matters=[], now=NOW)


def opened(png: bytes) -> Image.Image:
    """The picture that a file holds."""
    picture = Image.open(io.BytesIO(png))
    picture.load()
    return picture


@pytest.mark.parametrize(
    ("outlets", "title", "names", "days"),
    [
        (1, "Quay opens", "Outlet", 0),
        (4, "A cost of $5 and 10^3_x", "Порт", 1),
        (12, "قصف الميناء", "الميناء", 40),
        (90, "A very long title " * 20, "An outlet of a very long name", 900),
        (3, "港口开放", "港口", 2),
        (2, "", "", 0.01),
    ],
)
def test_any_story_can_be_drawn(outlets: int, title: str, names: str, days: float) -> None:
    """The width is fixed, the height bounded, and Telegram takes the sides."""
    picture = opened(
        coverage_png(covered(outlets, title=title, names=names, days=days), country=str)
    )
    assert picture.format == "PNG"
    assert picture.width == 1200
    assert 250 < picture.height < 200 + 60 * (MOST_ROWS + 6)


def test_the_picture_carries_its_words() -> None:
    """Who cannot see it finds in the file and in the caption what it shows."""
    found = covered(6)
    alt = alt_text(found, country={"NO": "Norway", "PE": "Peru", "FI": "Finland"}.get)  # type: ignore[arg-type]
    assert "6 outlets" in alt
    assert "Norway 2" in alt
    assert "Hollow marks are copies (1)" in alt
    assert opened(coverage_png(found, country=str, describe=alt)).info["Description"] == alt


def test_nothing_to_draw_is_said() -> None:
    """A story whose articles are gone has no picture."""
    with pytest.raises(ValueError, match="nobody covers"):
        coverage_png(covered(0), country=str)


def test_several_threads_may_draw() -> None:
    """The same story gives the same picture, whoever else draws."""
    found = covered(5)
    with ThreadPoolExecutor(3) as threads:
        drawn = set(threads.map(lambda _: coverage_png(found, country=str), range(6)))
    assert len(drawn) == 1
