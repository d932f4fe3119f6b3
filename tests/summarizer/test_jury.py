"""The reader of words beside the judge: what it is shown, what it finds, a file that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from summarizer.encode import SentenceEncoder
from summarizer.evidence import Evidence
from summarizer.judge import THRESHOLD, Judge, JudgeUnavailable
from summarizer.jury import Jury, logit, weighed
from summarizer.model import Document
from summarizer.reading import Reader, ReaderUnavailable, nearest, shown
from summarizer.text import split_sentences

SOURCE = (
    "The harbour council of Alvik voted on Tuesday to close the northern ferry terminal. "
    "The weather was mild that day. "
    "Mayor Ingrid Solheim said 140 workers would lose their jobs. "
    "She called the vote painful. "
    "The union leader Peder Brandt called the closure a betrayal of the islands. "
    "Ferries to the islands will leave from the southern pier until the spring."
)


def evidence(text: str = SOURCE) -> Evidence:
    """All of a text's sentences."""
    return Evidence([(Document(id="a", text=text), split_sentences(text))])


@pytest.fixture(scope="module")
def reader() -> Reader:
    """The packaged reader."""
    return Reader()


@pytest.fixture(scope="module")
def jury(reader: Reader) -> Jury:
    """The packaged judge and reader."""
    return Jury(Judge(SentenceEncoder()), reader)


def test_it_is_shown_the_sources_that_hold_the_sentence() -> None:
    """Rare words of the sentence choose the sources; they stand in the order of the text."""
    claim = "Ferries leave from the southern pier, says union leader Peder Brandt."
    found = [one.sentence.text for one in nearest(claim, evidence(), most_words=28)]
    assert found == [
        "The union leader Peder Brandt called the closure a betrayal of the islands.",
        "Ferries to the islands will leave from the southern pier until the spring.",
    ]
    assert shown(claim, evidence()).startswith("The harbour council")


def test_a_pronoun_brings_the_sentence_before_it() -> None:
    """Who "she" is stands in the text that is shown."""
    found = [one.sentence.text for one in nearest("The vote was painful.", evidence(), 20)]
    assert found[0].startswith("Mayor Ingrid Solheim")
    assert found[1] == "She called the vote painful."


def test_one_endless_sentence_is_shown_all_the_same(reader: Reader) -> None:
    """The nearest source is shown even where it alone is too long, and read in part."""
    text = "The council of Alvik " + "met and " * 900 + "voted."
    assert len(nearest("The council voted.", evidence(text))) == 1
    assert len(reader.supports(["The council voted."], evidence(text))) == 1


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (
            "Mayor Ingrid Solheim said 140 workers would lose their jobs.",
            "Mayor Ingrid Solheim said 940 workers would lose their jobs.",
        ),
        (
            "The council voted to close the northern ferry terminal.",
            "The council voted to close the northern airport terminal.",
        ),
        (
            "The union leader Peder Brandt called the closure a betrayal.",
            "The union leader Tomas Lindqvist called the closure a betrayal.",
        ),
    ],
)
def test_a_changed_word_lowers_the_support(reader: Reader, true: str, false: str) -> None:
    """Of two sentences that differ in a word, the sources' own reads as better supported."""
    right, wrong = reader.supports([true, false], evidence())
    assert right > wrong


def test_sentences_side_by_side_are_read_as_each_alone(reader: Reader) -> None:
    """Neither padding nor neighbours change what is read; twenty sentences are two turns."""
    claims = [f"The council voted {'again ' * (count % 5)}on Tuesday." for count in range(20)]
    together = reader.supports(claims, evidence())
    alone = [reader.supports([claim], evidence())[0] for claim in claims]
    assert together == pytest.approx(alone, abs=1e-3)


def test_judge_and_reader_decide_together(jury: Jury, reader: Reader) -> None:
    """The score is the two logits, weighed as the file says; the name tells both."""
    claim = "The council voted on Tuesday."
    judge = Judge(SentenceEncoder())
    (alone,) = judge.scores([claim], evidence())
    (support,) = reader.supports([claim], evidence())
    (score,) = jury.scores([claim], evidence())
    both = weighed(reader.load().mix, logit(alone), support)
    assert logit(score) == pytest.approx(both, abs=1e-3)
    assert jury.name == f"{judge.name}, {reader.load().name}"


def test_what_states_nothing_scores_nothing(jury: Jury) -> None:
    """A sentence without content, or without sources, is not supported."""
    assert jury.scores(["And so on."], evidence()) == [0.0]
    assert jury.scores(["The council voted."], evidence("")) == [0.0]
    assert jury.scores([], evidence()) == []


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (
            "Mayor Ingrid Solheim said 140 workers would lose their jobs.",
            "Mayor Ingrid Solheim said 940 workers would lose their jobs.",
        ),
        (
            "Ferries will leave from the southern pier until the spring.",
            "Airlines will leave from the eastern runway until the autumn.",
        ),
    ],
)
def test_a_realistic_mistake_is_not_supported(jury: Jury, true: str, false: str) -> None:
    """Both together stand on the right side of the threshold."""
    right, wrong = jury.scores([true, false], evidence())
    assert right >= THRESHOLD > wrong


def test_a_file_that_is_none_ends_in_one_line(tmp_path: Path) -> None:
    """Absent, damaged or of another shape: one line that says how to mend it."""
    import torch
    from safetensors.torch import save_file

    damaged, other = tmp_path / "damaged", tmp_path / "other"
    damaged.write_bytes(b"no tensors")
    told = {"name": "other", "mix": "{}"}
    save_file({"head.weight": torch.ones(1, 3), "head.bias": torch.ones(1)}, other, told)
    for path in (tmp_path / "absent", damaged, other):
        with pytest.raises(ReaderUnavailable, match="reinstall geobrief") as caught:
            Reader(path).load()
        assert "\n" not in str(caught.value)
    with pytest.raises(JudgeUnavailable, match="reinstall geobrief"):
        Jury(Judge(SentenceEncoder()), Reader(other)).scores(["The council voted."], evidence())
