"""Two programs on one token: the later one gives up with a line instead of fighting for ever."""

from __future__ import annotations

from telegram.error import Conflict, NetworkError

from bot.running import MOST_CONFLICTS, conflict_watch


def test_lasting_conflicts_end_the_program_once() -> None:
    """The line is said once, however many conflicts follow."""
    said: list[str] = []
    watch = conflict_watch(said.append)
    for _ in range(MOST_CONFLICTS + 3):
        watch(Conflict("terminated by other getUpdates request"))
    assert len(said) == 1
    assert "stop one of the two" in said[0]


def test_a_predecessors_last_poll_is_waited_for() -> None:
    """Conflicts that pass, or come between other troubles, end nothing."""
    said: list[str] = []
    watch = conflict_watch(said.append)
    for _ in range(3):
        for _ in range(MOST_CONFLICTS - 1):
            watch(Conflict("terminated by other getUpdates request"))
        watch(NetworkError("line down"))
    assert said == []
