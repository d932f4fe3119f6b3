"""Who writes by default: nobody, unless settings name a writer or somebody asks for its text."""

from __future__ import annotations

import threading
from pathlib import Path

from tiny_models import build_causal

from bot.writing import BY_DEFAULT, WriterPlan, WritingRoom
from summarizer.encode import SentenceEncoder
from summarizer.models.lending import Lender
from summarizer.pipeline import Summarizer


def room(models: Path, source: str) -> WritingRoom:
    """A room with a writer from `source`; nothing is loaded, no model was converted here."""
    plan = WriterPlan(source=source, models=models)
    return WritingRoom(Summarizer(SentenceEncoder()), plan, Lender(models), threading.Event())


def prepared(writing: WritingRoom, *, asked: bool) -> str:
    """The state after a try that converts nothing."""
    assert not writing.prepare(lambda stage, share: None, convert=False, asked=asked)
    return writing.state


def test_source_sentences_are_the_default(tmp_path: Path) -> None:
    """Without a setting the packaged writer is neither converted nor loaded, and it says why."""
    writing = room(tmp_path, "auto")
    assert writing.only_if_asked
    assert not writing.needs_conversion()
    assert prepared(writing, asked=False) == BY_DEFAULT


def test_a_written_summary_can_be_asked_for(tmp_path: Path) -> None:
    """`--method write` and `writer = packaged` both look for the packaged model."""
    found = prepared(room(tmp_path, "auto"), asked=True)
    assert found != BY_DEFAULT
    packaged = room(tmp_path, "packaged")
    assert not packaged.only_if_asked
    assert prepared(packaged, asked=False) == found
    assert packaged.needs_conversion() == room(tmp_path, "auto").needs_conversion(asked=True)


def test_off_is_off(tmp_path: Path) -> None:
    """A writer that was switched off does not come when asked for."""
    assert "switched off" in prepared(room(tmp_path, "off"), asked=True)


def test_a_server_cannot_be_kept_to_its_sources_words(tmp_path: Path) -> None:
    """Only a model in this process can; the one line says what to set."""
    plan = WriterPlan(server="http://127.0.0.1:9/v1", models=tmp_path, words="sources")
    summarizer = Summarizer(SentenceEncoder())
    writing = WritingRoom(summarizer, plan, Lender(tmp_path), threading.Event())
    assert "writer_words = own" in prepared(writing, asked=True)


def test_the_packaged_writer_keeps_to_its_sources_words(tmp_path: Path) -> None:
    """A model that an operator names writes in its own words unless told otherwise."""
    folder = build_causal(tmp_path)
    words = []
    for plan in (
        WriterPlan(source=str(folder), models=tmp_path),
        WriterPlan(source=str(folder), models=tmp_path, words="sources"),
    ):
        summarizer = Summarizer(SentenceEncoder())
        writing = WritingRoom(summarizer, plan, Lender(tmp_path), threading.Event())
        assert writing.prepare(lambda stage, share: None)
        assert summarizer.writer is not None
        words.append(summarizer.writer.words)
    assert words == ["own", "sources"]
