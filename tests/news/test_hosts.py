"""Hosts have turns: one request at a time, a pause between, no thread lost to waiting."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news import hosts as hosts_module
from news.hosts import Hosts
from news.hostwise import AT_ONCE, by_host


class Line:
    """A connection that knows whether it was closed."""

    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        """Remember it."""
        self.closed = True


def test_a_host_has_one_turn_at_a_time_and_keeps_its_connection() -> None:
    """Threads wait for each other; what one leaves the next one uses."""
    hosts: Hosts[Line] = Hosts()
    inside, most, used = 0, 0, set()
    lock = threading.Lock()

    def ask() -> None:
        nonlocal inside, most
        with hosts.turn("news.example", Line) as turn:
            with lock:
                inside += 1
                most = max(most, inside)
                used.add(turn.kept)
            time.sleep(0.005)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, len(used)) == (1, 1)
    hosts.close()
    assert all(line is not None and line.closed for line in used)


def test_a_pause_lies_between_requests_of_one_host_only() -> None:
    """The next request waits; another host does not; a host may ask for a longer pause."""
    hosts: Hosts[Line] = Hosts(timedelta(seconds=0.05))
    started = time.monotonic()
    for _ in range(2):
        with hosts.turn("a.example", Line):
            pass
    assert time.monotonic() - started >= 0.05
    assert hosts.ready_in("a.example") > 0
    assert hosts.ready_in("b.example") == 0
    hosts.slow_down("a.example", timedelta(seconds=9))
    with hosts.turn("a.example", Line):
        pass
    assert hosts.ready_in("a.example") > 8


def test_a_host_that_is_known_to_want_more_gets_it() -> None:
    """A pause known beforehand holds, whatever the host's robots.txt says."""
    hosts: Hosts[Line] = Hosts(pauses={"slow.example": timedelta(seconds=9)})
    hosts.slow_down("slow.example", timedelta())
    for host in ("slow.example", "other.example"):
        with hosts.turn(host, Line):
            pass
    assert hosts.ready_in("slow.example") > 8
    assert hosts.ready_in("other.example") == 0


def test_few_connections_are_kept() -> None:
    """Those used longest ago are closed first."""
    hosts: Hosts[Line] = Hosts()
    lines = []
    for number in range(hosts_module.KEPT_AT_ONCE + 5):
        with hosts.turn(f"site{number}.example", Line) as turn:
            lines.append(turn.kept)
    closed = [line for line in lines if line is not None and line.closed]
    assert closed == lines[:5]


@given(
    st.lists(st.sampled_from("abcdefgh"), max_size=60),
    st.sampled_from([0.0, 0.002]),
)
def test_work_is_done_once_and_never_twice_at_once_for_a_host(
    names: list[str], pause: float
) -> None:
    """Everything is done, whatever the mixture of hosts and pauses."""
    things = [f"http://{name}.example/{number}" for number, name in enumerate(names)]
    busy: Counter[str] = Counter()
    done: Counter[str] = Counter()
    told: list[int] = []

    def work(thing: str) -> None:
        host = thing.split("/")[2]
        busy[host] += 1
        assert busy[host] == 1
        done[thing] += 1
        busy[host] -= 1

    by_host(
        things,
        lambda thing: thing,
        work,
        ready_in=lambda thing: pause,
        stop=lambda: False,
        progress=lambda count, total, what: told.append(count),
    )
    assert done == Counter(things)
    assert sorted(told) == list(range(1, len(things) + 1))


def test_thirty_two_hosts_are_asked_at_once_and_no_more() -> None:
    """As many as two cores carry; each waits here until all the others are at work."""
    together = threading.Barrier(AT_ONCE)
    lock = threading.Lock()
    busy, most = 0, 0

    def work(thing: str) -> None:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        together.wait(timeout=60)
        with lock:
            busy -= 1

    by_host(
        [f"http://host-{number}.example/" for number in range(2 * AT_ONCE)],
        str,
        work,
        ready_in=lambda thing: 0.0,
        stop=lambda: False,
        progress=lambda count, total, what: None,
    )
    assert most == AT_ONCE == 32


def test_an_error_in_the_work_is_not_lost() -> None:
    """What nobody expected is raised when the others are done."""

    def work(thing: str) -> None:
        raise ValueError(thing)

    with pytest.raises(ValueError, match=r"a\.example"):
        by_host(
            ["http://a.example/"],
            str,
            work,
            ready_in=lambda thing: 0.0,
            stop=lambda: False,
            progress=lambda count, total, what: None,
        )
