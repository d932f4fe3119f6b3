"""Flags say which field of a foreign row is which of ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from news.rows import read_row
from news.ways.fieldmap import TARGETS, FieldMap, FieldMapError

NOW = datetime(2022, 2, 20, tzinfo=UTC)
ROW: dict[str, Any] = {
    "hed": "Dockers strike",
    "text": "a teaser only",
    "content": {"paragraphs": ["One.", "Two."], "html": ""},
    "a.b": "dotted",
    "people": [{"name": "Ada Holm"}, {"name": "Bo Lind"}],
    "when": 1643624430,
}


def test_mapped_fields_are_read_as_ours() -> None:
    """Dotted paths lead into objects and lists; lists of texts are paragraphs."""
    flags = ["title=hed", "text=content.html,content.paragraphs", "author=people.1.name"]
    found = read_row(FieldMap.parse([*flags, "date=when", "source=a.b"]).apply(ROW), now=NOW)
    assert (found.title, found.text, found.author) == ("Dockers strike", "One.\n\nTwo.", "Bo Lind")
    assert found.source == "dotted"
    assert found.published_at == datetime(2022, 1, 31, 10, 20, 30, tzinfo=UTC)


def test_every_target_reaches_the_row_reader() -> None:
    """No name that is offered is lost on the way."""
    for target in TARGETS:
        value = "2022-01-31" if target == "date" else "x-value"
        found = read_row(FieldMap.parse([f"{target}=mine"]).apply({"mine": value}), now=NOW)
        got = found.published_at if target == "date" else getattr(found, target)
        assert got, target


def test_without_flags_or_fields_the_usual_names_count() -> None:
    """An absent field leaves the row as it is."""
    assert not FieldMap.parse([])
    assert FieldMap.parse([]).apply(ROW) is ROW
    for path in ("missing", "hed.x.y", "people.9.name", "people.name", "content"):
        found = read_row(FieldMap.parse([f"text={path}"]).apply(ROW), now=NOW)
        assert found.text == "a teaser only"


@pytest.mark.parametrize("flag", ["title", "title=", "=x", "", "headline=title", "text=,,"])
def test_a_wrong_flag_is_one_line_that_says_what_is_right(flag: str) -> None:
    """Unknown names list the right ones; half a flag shows a whole one."""
    with pytest.raises(FieldMapError) as error:
        FieldMap.parse([flag])
    assert "\n" not in str(error.value)
    assert "title" in str(error.value)
