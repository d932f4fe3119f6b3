"""The command line is a contract: exit codes, one line for an error, one JSON document."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from commanding import Done, Program

TITLE = "Merovia and Lund end harbour talks without a treaty"
TEXT = (
    "The two coastal states of Merovia and Lund ended three days of talks in the port of Alvik "
    "on Thursday without a treaty on fishing rights, both delegations said.\n\n"
    "Negotiators had narrowed the dispute to 14 square kilometres of shallow water around the "
    "island of Grey Holm, according to a joint statement.\n\n"
    "Merovia's fisheries minister, Ana Torvald, said her government would keep its patrol boats "
    "in port until the next round in April.\n\n"
    "Fishing unions in Alvik, where some 900 families live off the catch, had asked for a quick "
    "settlement before the herring season begins in May.\n\n"
    "Check Also\n\nFive recipes with herring\n\nLeave a Reply\n\n"
    "Your email address will not be published. Required fields are marked *\n"
)
GERMAN = (
    "Die beiden Küstenstaaten beendeten am Donnerstag ihre Gespräche im Hafen von Alvik ohne "
    "Vertrag über die Fischerei, wie beide Delegationen mitteilten. Die Unterhändler hatten den "
    "Streit auf ein kleines Gebiet um die Insel Grauholm eingegrenzt. Die Fischer hatten auf eine "
    "schnelle Einigung vor Beginn der Saison im Mai gehofft."
)


@pytest.fixture
def call(program: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Program a command; servers on loopback may be read."""
    monkeypatch.setenv("GEOBRIEF_ALLOW_PRIVATE_ADDRESSES", "true")
    return program


@pytest.fixture
def article(tmp_path: Path) -> Path:
    """A text file with an article and the usual clutter."""
    path = tmp_path / "talks.txt"
    path.write_text(f"{TITLE}\n\n{TEXT}", encoding="utf-8")
    return path


def one_line(done: Done) -> str:
    """Give the error, which must be a single line that names the program."""
    lines = [line for line in done.err.splitlines() if line.startswith("geobrief: ")]
    assert len(lines) == 1, done.err
    assert "Traceback" not in done.err
    return lines[0]


def test_help_loads_nothing_heavy() -> None:
    """`--help` answers at once because no model library is imported for it."""
    code = (
        "import sys\nfrom bot import cli\nsys.argv = ['geobrief', '--help']\n"
        "try:\n    cli.main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'transformers', 'sqlalchemy', 'telegram', 'trafilatura', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip().endswith("[]")
    assert "summarize" in done.stdout


def test_summarize_cites_exactly_and_drops_clutter(call: Program, article: Path) -> None:
    """Every citation cuts its sentence out of the stored text, in which no clutter is left."""
    done = call("summarize", str(article), "--json", "--sentences", "3")
    assert done.code == 0, done.err
    found = done.json()
    assert found["title"] == TITLE
    assert found["method"] == "extract"
    assert len(found["sentences"]) == 3
    texts = {one["article_id"]: one["text"] for one in found["articles"]}
    for sentence in found["sentences"]:
        assert sentence["origin"] == "source"
        for cited in sentence["citations"]:
            assert texts[cited["article_id"]][cited["start"] : cited["end"]] == cited["sentence"]
    for clutter in ("Check Also", "Leave a Reply", "Required fields", "recipes"):
        assert clutter not in next(iter(texts.values()))


def test_what_was_summarised_is_there_by_its_id(call: Program, article: Path) -> None:
    """`summarize` stores what it reads: the id it prints names it from then on."""
    first = call("summarize", str(article), "--json").json()
    id = first["articles"][0]["article_id"]
    again = call("summarize", id, "--json")
    assert again.code == 0
    assert again.json()["sentences"] == first["sentences"]
    loose = call("summarize", str(article), "--json", "--no-store").json()
    assert len(loose["articles"][0]["article_id"]) == 64
    assert loose["sentences"][0]["text"] == first["sentences"][0]["text"]


def test_without_a_writer_auto_says_so_once(call: Program, article: Path) -> None:
    """Source sentences stand in; `--method write` fails with a line that says what is missing."""
    done = call("summarize", str(article))
    assert done.code == 0
    assert done.err.count("giving source sentences") == 1
    assert call("summarize", str(article), "--method", "write").code == 1


def test_other_languages_get_their_own_sentences(call: Program, tmp_path: Path) -> None:
    """A text that the models do not know is not translated or invented: its sentences stand."""
    path = tmp_path / "gespraeche.txt"
    path.write_text(GERMAN, encoding="utf-8")
    found = call("summarize", str(path), "--json").json()
    assert found["articles"][0]["language"] == "de"
    assert all(sentence["text"] in GERMAN for sentence in found["sentences"])


def test_ingest_ask_brief_and_stories(call: Program, tmp_path: Path) -> None:
    """What is taken in can be asked for, listed and told; twice is stored once."""
    rows = [
        {"url": f"https://{name}.example/talks", "title": TITLE, "text": TEXT + extra}
        for name, extra in (("one", ""), ("two", "The catch fell by a fifth last year.\n"))
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\nnot json\n", encoding="utf-8")
    first = call("ingest", str(path), "--json").json()
    assert (first["new"], first["failed"]) == (2, 1)
    second = call("ingest", str(path), "--json").json()
    assert (second["new"], second["duplicate"]) == (0, 2)

    answer = call("ask", "fishing", "talks", "in", "Alvik", "--json").json()
    assert answer["answered"]
    assert answer["sentences"][0]["citations"]
    nothing = call("ask", "volleyball results in Ruritania", "--json").json()
    assert not nothing["answered"]
    assert nothing["sentences"] == []

    brief = call("brief", "--json").json()
    assert brief["stories"][0]["title"] == TITLE
    assert set(brief["stories"][0]) >= {
        "story_id", "title", "summary", "sources", "outlets", "countries", "importance", "new"
    }  # fmt: skip
    assert call("brief", "--html").out.startswith("<!doctype html>")
    (listed,) = call("stories", "--json").json()["stories"]
    why = call("why", str(listed["story_id"]), "--json").json()
    assert why["importance"]["total"] == brief["stories"][0]["importance"]["total"]
    assert set(why["importance"]["parts"]) == set(listed["importance"]["because"])
    assert "points in all" in call("why", str(listed["story_id"]), "--topics", "chess").out
    receipt = call("receipt", str(listed["story_id"]), "--json").json()
    assert receipt["again"]["same"] is True
    hashes = {one["article_id"]: one["content_hash"] for one in receipt["articles"]}
    for sentence in receipt["sentences"]:
        assert all(hashes[cited["article_id"]] for cited in sentence["citations"])
    assert receipt["made_by"]["ranker"] in call("receipt", str(listed["story_id"])).out
    assert len(call("sources", "--json").json()["sources"]) == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.txt", None, "cannot be read"),
        ("empty.txt", b"", "holds no article text"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 20, "is not text"),
        ("form.html", b"<html><body><form><input></form></body></html>", "article"),
        ("feed.xml", b"<!doctype html><html><body>Log in</body></html>", "feed"),
        ("big.txt", b"word " * 11_000_000, "MB"),
    ],
)
def test_what_cannot_be_read_is_one_line(
    call: Program, tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    """Bad input fails with one line that says what is wrong, for ingest and summarize alike."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    for command in ("ingest", "summarize"):
        done = call(command, str(path))
        assert done.code == 1, done.out
        assert said in one_line(done)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["ask", "-what"], 2, "-w. Words that begin with a dash go after --"),
        (["summarize", "x.txt", "--method", "foo"], 2, "'--method': 'foo' is not one of"),
        (["coverage", "1", "--picture", "map.docx"], 2, "name it map.png"),
        (["brief", "--since", "soon"], 2, "24h"),
        (["ingest", "--since", "7d"], 2, "something named"),
        (["ingest", "@varnes_quay", "--since", "soon"], 2, "24h"),
        (["nonsense"], 2, "No such command"),
        (["summarize", "http://127.0.0.1:9/x"], 75, "127.0.0.1"),
        (["summarize", "--sentences", "0", "x.txt"], 2, "sentences"),
        (["run", "--edition", "mars"], 2, "edition"),
        (["ingest", "--edition", "sample"], 2, "--edition live"),
        (["voices", "77"], 1, "geobrief stories"),
        (["forget", "42", "--yes"], 1, "42"),
        (["why", "999"], 1, "no story 999"),
        (["why", "999", "--edition", "live"], 1, "no story 999"),
        (["receipt", "999"], 1, "no story 999"),
        (["coverage", "999", "--edition", "live"], 1, "no story 999"),
        (["why", "it"], 2, "STORY"),
        (["feeds", "remove", "https://nobody.example/feed"], 1, "no feed"),
    ],
)
def test_mistakes_are_one_line_and_a_code(
    call: Program, words: list[str], code: int, said: str
) -> None:
    """2 for wrong words, 1 for what could not be done, 75 for later; the line says what to do."""
    done = call(*words)
    assert done.code == code, done.err
    assert said in one_line(done)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ask"], "geobrief: ask: give the question (geobrief ask --help)"),
        (["summarize"], "give a file, link, article id, or - for input"),
        (["voices"], "give a story's number"),
        (["feeds", "add"], "feeds add: give LINKS"),
        (["brief", "mali"], "quotation marks"),
    ],
)
def test_what_is_missing_is_said_in_its_own_words(
    call: Program, words: list[str], said: str
) -> None:
    """Not the name of a variable, but what to give."""
    done = call(*words)
    assert done.code == 2
    assert said in one_line(done)


def test_a_file_that_is_not_there_needs_no_writer(call: Program) -> None:
    """It is looked for first: what writes would take a minute to load for nothing."""
    done = call("summarize", "nobody.txt", "--method", "write")
    assert done.code == 1
    assert "nobody.txt" in one_line(done)
    assert "writer" not in done.err


def test_a_summary_made_before_says_so(call: Program, article: Path) -> None:
    """The second time it is found, and `seconds` are those of finding it."""
    assert call("summarize", str(article), "--json").json()["cached"] is False
    again = call("summarize", str(article), "--json").json()
    assert again["cached"] is True
    assert "made before" in call("summarize", str(article)).out


def test_an_unknown_setting_is_named(call: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped environment name is an error that suggests the right one."""
    monkeypatch.setenv("GEOBRIEF_THREDS", "2")
    done = call("stories")
    assert done.code == 2
    assert "THREADS" in one_line(done)


def test_config_masks_secrets(call: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """The effective settings are shown with their origin, the token never."""
    token = "1234567890:" + "A" * 35
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", token)
    done = call("config", "--json")
    assert done.code == 0
    assert token not in done.out + done.err
    assert done.json()["edition"]["value"] == "live"
    assert done.json()["writer"] == {"value": "off", "origin": "environment"}


def test_database_commands(call: Program, tmp_path: Path) -> None:
    """The database can be checked, upgraded and copied while it is in use."""
    assert "is well" in call("db", "check").out
    assert "form" in call("db", "upgrade").out
    done = call("db", "backup", str(tmp_path / "copies"))
    assert Path(done.out.strip()).is_file()
