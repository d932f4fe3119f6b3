"""Pages read in worker processes: the same result, bounded in time, ended at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from news.extract import Extracted, ExtractFailed, PagePool, extract_page

NOW = datetime(2022, 2, 1, 12, 0, tzinfo=UTC)
URL = "https://www.hilltimes.example/world/road-reopens"
PAGE = """<html lang="en"><head><title>Mountain road reopens</title></head><body><article>
<h1>Mountain road reopens</h1>
<p>The two governments agreed on Tuesday to reopen the mountain road, officials in both capitals
said, after eleven weeks in which trucks had to take the long way by the coast.</p>
<p>Traders at the border market expect prices to fall within days; a sack of flour had cost twice
as much as in the autumn, according to the chamber of commerce in the valley town.</p>
</article></body></html>"""


@pytest.fixture(scope="module")
def pool() -> Iterator[PagePool]:
    """One worker with a short patience, counted after its start."""
    with PagePool(1, time_limit=timedelta(seconds=5)) as opened:
        yield opened


def test_a_worker_gives_what_the_function_gives(pool: PagePool) -> None:
    """The same result, across the process boundary, from many threads."""
    results: list[Extracted | ExtractFailed] = []
    threads = [
        threading.Thread(target=lambda: results.append(pool.extract(PAGE, url=URL, now=NOW)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [extract_page(PAGE, url=URL, now=NOW)] * 6


def test_a_slow_page_costs_its_worker_and_no_more() -> None:
    """It is reported, and the next page is read by a new worker."""
    slow = "<html><body>" + "<div><p>word <b>and</b> word.</p></div>" * 150_000
    with PagePool(1, time_limit=timedelta(seconds=1)) as hasty:
        given_up = hasty.extract(slow, url=URL, now=NOW)
        assert isinstance(given_up, ExtractFailed)
        assert "longer than 1 second" in given_up.reason
        assert isinstance(hasty.extract(PAGE, url=URL, now=NOW), Extracted)


def test_closing_does_not_wait_for_a_page() -> None:
    """Whoever waits for a page learns that the program ends; nothing is left running."""
    slow = "<html><body>" + "<div><p>word <b>and</b> word.</p></div>" * 150_000
    pool, answers = PagePool(1), []
    assert isinstance(pool.extract(PAGE, url=URL, now=NOW), Extracted)
    thread = threading.Thread(target=lambda: answers.append(pool.extract(slow, url=URL, now=NOW)))
    thread.start()
    time.sleep(0.2)
    pool.close()
    thread.join(10)
    assert not thread.is_alive()
    (answer,) = answers
    assert isinstance(answer, ExtractFailed)
    assert "ending" in answer.reason
    assert isinstance(pool.extract(PAGE, url=URL, now=NOW), ExtractFailed)


def test_a_pool_that_read_nothing_closes_at_once() -> None:
    """Workers start with the first page, not before."""
    PagePool().close()
