"""A watched folder gives each complete new file once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.ways.watch import Sighting, look, step

TEXTS = frozenset({".txt", ".html"})


def test_a_file_is_ready_when_it_has_stopped_growing(tmp_path: Path) -> None:
    """New, growing, steady, taken, changed, gone: one life of a file."""
    file = tmp_path / "a.txt"
    looks = [look(tmp_path, TEXTS)]
    ready: list[list[str]] = []
    taken: frozenset[Sighting] = frozenset()
    for text in ("half", "half and more", "half and more", "half and more", "new", "new", None):
        if text is None:
            file.unlink()
        elif not file.exists() or file.read_text() != text:
            file.write_text(text)
        looks.append(look(tmp_path, TEXTS))
        found = step(looks[-2], looks[-1], taken)
        taken = found.taken | set(found.ready)
        ready.append([os.path.basename(one.path) for one in found.ready])
    assert ready == [[], [], ["a.txt"], [], [], ["a.txt"], []]
    assert step(looks[-1], looks[-1], taken).taken == frozenset()


def test_only_finished_visible_files_of_the_right_kind_are_seen(tmp_path: Path) -> None:
    """Hidden, partial and other files are not; neither is what a link points to."""
    (tmp_path / "sub").mkdir()
    (tmp_path / ".git").mkdir()
    secret = tmp_path.parent / "secret.txt"
    secret.write_text("not for the folder")
    names = ("a.txt", "b.TXT.part", ".c.txt", "~d.txt", "e.png", "sub/f.HTML", ".git/g.txt")
    for name in names:
        (tmp_path / name).write_text("x")
    (tmp_path / "link.txt").symlink_to(secret)
    os.mkfifo(tmp_path / "pipe.txt")
    seen = {os.path.relpath(path, tmp_path) for path in look(tmp_path, TEXTS)}
    assert seen == {"a.txt", "sub/f.HTML"}
    assert len(look(tmp_path, TEXTS, max_files=1)) == 1


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    """A folder that vanished is not an empty one: it would be forgotten what was taken."""
    with pytest.raises(OSError, match="missing"):
        look(tmp_path / "missing", TEXTS)


SIGHTINGS = st.dictionaries(
    st.sampled_from("abcd"), st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=4
).map(lambda d: {p: Sighting(path=p, size=s, mtime_ns=m) for p, (s, m) in d.items()})


@given(SIGHTINGS, SIGHTINGS, SIGHTINGS)
def test_ready_files_are_steady_new_and_taken_once(
    before: dict[str, Sighting], after: dict[str, Sighting], old: dict[str, Sighting]
) -> None:
    """Never a changing, empty or taken one; taken, it does not come again."""
    taken = frozenset(old.values())
    found = step(before, after, taken)
    for one in found.ready:
        assert before[one.path] == after[one.path] == one
        assert one.size > 0
        assert one not in taken
    again = step(after, after, found.taken | set(found.ready))
    assert not set(again.ready) & set(found.ready)
    assert found.taken <= taken
