"""`geobrief summarize` on texts that are not in English, without and with a writer for them."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from commanding import Program
from loopback_writer import running_server, says

SENTENCES = {
    "Der Stadtrat von Varnes beschloss am Dienstag, den nördlichen Kai für 12,5 Millionen Kronen "
    "neu zu bauen.": "The city council of Varnes decided on Tuesday to rebuild the northern quay "
    "for 12.5 million crowns.",
    "Die Arbeiten beginnen im März und enden vor der Saison der Fähren im folgenden Jahr.": "Work "
    "begins in March and ends before the ferry season of the following year.",
    "Nach Angaben der Oppositionsführerin Ane Lund hatte niemand im Saal den Plan gelesen.": "All "
    "40 members had read the plan, according to the opposition leader Ane Lund.",
}


@pytest.fixture
def german(tmp_path: Path) -> str:
    """The path of a German text."""
    path = tmp_path / "kai.txt"
    path.write_text("\n\n".join(SENTENCES), encoding="utf-8")
    return str(path)


def test_an_english_writer_is_not_asked_and_the_answer_says_so(
    program: Program, german: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentences of the text, in its language, and one line that says why, once."""
    with running_server() as server:
        monkeypatch.setenv("GEOBRIEF_WRITER_URL", server.url)
        monkeypatch.setenv("GEOBRIEF_WRITER_MODEL", "small")
        code, out, err = program("summarize", german)
    assert code == 0, err
    assert all(out.count(sentence) == 1 for sentence in SENTENCES)
    assert out.count("Summaries are written in English only") == 1
    assert server.requests == []


def test_a_translating_writer_translates_marked_and_checked(
    program: Program, german: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """True sentences are English over their originals; one with an invented number is not."""
    with running_server() as server:
        monkeypatch.setenv("GEOBRIEF_WRITER_URL", server.url)
        monkeypatch.setenv("GEOBRIEF_WRITER_MODEL", "small")
        monkeypatch.setenv("GEOBRIEF_WRITER_TRANSLATES", "true")

        def answer(handler: BaseHTTPRequestHandler) -> None:
            asked = server.requests[-1][1]["messages"][1]["content"]
            says(next(said for source, said in SENTENCES.items() if source in asked))(handler)

        server.answer = answer
        code, out, err = program("summarize", german, "--json", "--no-store")
        shown = program("summarize", german, "--method", "write")[1]
    assert code == 0, err
    found = json.loads(out)
    assert [one["origin"] for one in found["sentences"]] == ["written", "written", "source"]
    for sentence, (source, said) in zip(found["sentences"], SENTENCES.items(), strict=True):
        (cited,) = sentence["citations"]
        assert cited["sentence"] == source
        written = sentence["origin"] == "written"
        assert sentence["text"] == (said if written else source)
        assert sentence["translated_from"] == ("de" if written else None)
    assert "40 is not in its source" in found["sentences"][2]["checks"]["numbers"]
    assert shown.count("(translated from German)") == 2
    for source in SENTENCES:
        assert source in shown
