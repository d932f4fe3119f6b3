"""What is written must stand in its sources: names, numbers, quotations, and together."""

from __future__ import annotations

import pytest

from summarizer.check import PASSED, Verdict, check
from summarizer.evidence import Evidence
from summarizer.model import Document
from summarizer.text import split_sentences

SOURCE = (
    "Ilmar Quorn, the president of Zarvik, told the Oltish foreign minister on Tuesday that "
    "his army will not attack the northern provinces. "
    "He said talks with the Alliance of Free Ports “must begin at once” in the capital. "
    "The army of Belmora has been fighting rebels in its eastern hills for two years, and at "
    "least 1,200 soldiers have died. "
    "Prices in Zarvik rose by 3.5 percent in May after the harbour workers walked out."
)


def verdict(written: str, source: str = SOURCE) -> Verdict:
    """Check one sentence against every sentence of one source."""
    document = Document(id="a", text=source, source="Coastal Herald")
    return check(written, Evidence([(document, split_sentences(source))]))


def failed(written: str, source: str = SOURCE) -> set[str]:
    """The names of the checks that failed."""
    return {name for name, said in verdict(written, source).checks.items() if said != PASSED}


@pytest.mark.parametrize("sentence", [s.text for s in split_sentences(SOURCE)])
def test_a_source_sentence_supports_itself(sentence: str) -> None:
    """Verbatim text passes every check and cites itself first."""
    found = verdict(sentence)
    assert found.supported, found.checks
    assert found.citations[0].sentence == sentence
    assert SOURCE[found.citations[0].start : found.citations[0].end] == sentence


@pytest.mark.parametrize(
    "written",
    [
        "Quorn told the Oltish foreign minister on Tuesday that his army will not attack.",
        "Belmora's army has been fighting rebels in the eastern hills for 2 years.",
        "At least 1200 Belmoran soldiers have died fighting rebels.",
        "Quorn said talks with the Alliance of Free Ports “must begin at once”.",
        "Prices in Zarvik rose by 3.5% in May.",
        "The Coastal Herald reported that prices in Zarvik rose by 3.5% in May.",
    ],
)
def test_faithful_rewordings_pass(written: str) -> None:
    """Shorter wording, surnames, people for country, digits for words, "he" for the name."""
    found = verdict(written)
    assert found.supported, found.checks


@pytest.mark.parametrize(
    ("written", "check_name"),
    [
        ("Zarvik's army has been fighting rebels in its eastern hills for two years.", "names"),
        ("Tovia fought rebels in its eastern hills for two years.", "names"),
        ("Zarvik fought rebels in its eastern hills for two years.", "names"),
        ("Texas has been fighting rebels in its eastern hills for two years.", "names"),
        ("Tovia's army has been fighting rebels in its eastern hills for two years.", "names"),
        (
            "Quorn told the Oltish foreign minister on Friday that his army will not attack.",
            "dates",
        ),
        ("At least 2,100 soldiers of the army of Belmora have died fighting rebels.", "numbers"),
        ("Prices in Zarvik rose by 3.5 million in May after workers walked out.", "numbers"),
        ("He said talks with the Alliance of Free Ports “will never start”.", "quotations"),
        ("He said talks with the Alliance of Free Ports “must begin at once.", "quotations"),
        (
            "Quorn told the Oltish foreign minister his army will attack the northern provinces.",
            "negation",
        ),
        ("Parliament voted to raise fishing taxes after a long summer debate.", "support"),
    ],
)
def test_what_sources_do_not_say_fails(written: str, check_name: str) -> None:
    """Each kind of invention fails the check made for it, with one line that says why."""
    found = verdict(written)
    assert not found.supported
    assert found.checks[check_name] != PASSED
    assert "\n" not in found.checks[check_name]


def test_who_did_it_to_whom() -> None:
    """The same words with the roles swapped are not the same news."""
    source = "Quorn warned Ostin about new tariffs."
    assert "order" in failed("Ostin warned Quorn about new tariffs.", source)
    assert not failed("Quorn warned Ostin about tariffs.", source)
    assert not failed("Ostin was warned by Quorn about tariffs.", source)
    assert "order" in failed("Quorn was warned by Ostin about tariffs.", source)


def test_the_opposite_by_prefix() -> None:
    """A prefix can turn a word into its opposite: "uncontrolled"."""
    source = "Crews started a controlled burn of the chemical at the depot."
    assert "negation" in failed("Crews started an uncontrolled burn of the chemical.", source)


def test_a_denial_is_not_the_deed() -> None:
    """What somebody denies is not told as done."""
    source = "Quorn has denied planning an invasion of Belmora."
    assert "negation" in failed("Quorn has planned an invasion of Belmora.", source)


def test_forms_of_one_name() -> None:
    """Acronym and full name, country and people, accents or none are one name."""
    source = "U.S. officials met Päivi Härmä in Geneva, and Ukrainian envoys joined them."
    assert not failed("American officials met Harma in Geneva.", source)
    assert not failed("Officials from the United States met Härmä in Geneva.", source)
    assert not failed("Envoys of Ukraine joined U.S. officials.", source)


@pytest.mark.parametrize("written", ["", "...", "It was so.", "“", "12", "🔥"])
def test_empty_statements_are_not_supported(written: str) -> None:
    """What states nothing is not shown, and raises nothing."""
    assert not verdict(written).supported


def test_no_sources() -> None:
    """Without sources nothing is supported."""
    found = check("Quorn met Ostin.", Evidence([]))
    assert not found.supported
    assert found.citations == ()


def test_what_somebody_said_is_not_told_as_a_fact() -> None:
    """Where the source names who said it, the written sentence does too."""
    source = "The harbour is safe for shipping, the port authority of Oltia said on Monday."
    assert failed("The harbour is safe for shipping.", source) == {"attribution"}
    assert not failed("The harbour is safe for shipping, the port authority said.", source)


def test_two_sentences_do_not_make_a_third() -> None:
    """A fusion of two true sentences that nobody wrote is refused though every word is there."""
    source = (
        "Water turned the streets of Zarvik brown on Tuesday. "
        "The council afterwards drew up a plan to reduce the landslide risk."
    )
    written = "Water in Zarvik turned streets brown, then drew up a plan against landslide risk."
    assert "edits" in failed(written, source)
