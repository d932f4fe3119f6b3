"""What a source sentence may become: what goes, what never goes, and that nothing is added."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.pauses import is_whole
from summarizer.shortening import MOST, shortenings


@pytest.mark.parametrize(
    ("sentence", "shorter"),
    [
        ("However, the ferry sank off the coast.", "The ferry sank off the coast."),
        ("But the ferry sank off the coast.", "The ferry sank off the coast."),
        ("In addition, the port will close soon.", "The port will close soon."),
        (
            "Speaking to reporters in Oslo, the minister said the port will close.",
            "The minister said the port will close.",
        ),
        ("The council, however, rejected the plan.", "The council rejected the plan."),
        ("The mayor signed the order, too.", "The mayor signed the order."),
        ("In Bergen, for example, a school closed.", "In Bergen, a school closed."),
        ("The bank also closed its doors.", "The bank closed its doors."),
        (
            "The port will close, the mayor said in a statement.",
            "The port will close, the mayor said.",
        ),
        ("OSLO (Reuters) - The port will close soon.", "The port will close soon."),
        ("(CNN)The port will close soon.", "The port will close soon."),
        ("OSLO, 30 Jun: The port will close soon.", "The port will close soon."),
    ],
)
def test_words_that_only_join_may_go(sentence: str, shorter: str) -> None:
    """What ties a sentence to the one before it, and where somebody spoke, can be spared."""
    assert shortenings(sentence) == (sentence, shorter)


@pytest.mark.parametrize(
    ("sentence", "shorter"),
    [
        (
            "Anna Berg, who grew up in the north, won the vote.",
            "Anna Berg won the vote.",
        ),
        (
            "The bridge, which carries a third of all traffic, has been closed.",
            "The bridge has been closed.",
        ),
        (
            "Police searched the old harbour, where two boats burned.",
            "Police searched the old harbour.",
        ),
        (
            "The strike closed four schools, some of which serve children from abroad.",
            "The strike closed four schools.",
        ),
    ],
)
def test_added_clauses_may_go(sentence: str, shorter: str) -> None:
    """A clause that a comma sets apart tells more of a thing; without it the thing is the same."""
    assert shortenings(sentence) == (sentence, shorter)


@pytest.mark.parametrize(
    ("sentence", "shorter"),
    [
        (
            "Norland, the country's largest bank, lost 300 jobs on Monday.",
            "Norland lost 300 jobs on Monday.",
        ),
        ("Anna Berg, 42, was released on Monday.", "Anna Berg was released on Monday."),
        (
            "The award went to Anna Berg, a teacher from the north.",
            "The award went to Anna Berg.",
        ),
        (
            "The European Fishing Council (by then with a new head) met in Oslo.",
            "The European Fishing Council met in Oslo.",
        ),
        (
            "The harbour -- the oldest on the coast -- was closed on Monday.",
            "The harbour was closed on Monday.",
        ),
    ],
)
def test_descriptions_may_go(sentence: str, shorter: str) -> None:
    """What a thing is besides, how old somebody is, and what stands in brackets or dashes."""
    assert shortenings(sentence) == (sentence, shorter)


@pytest.mark.parametrize(
    ("sentence", "shorter"),
    [
        (
            "The minister defended the plan, adding that the port needs money.",
            "The minister defended the plan.",
        ),
        ("The roof fell on the crowd, killing 12 people.", "The roof fell on the crowd."),
        (
            "The bank raised its rate, while others waited for the figures.",
            "The bank raised its rate.",
        ),
        (
            "The roof fell on the crowd, killing 12 people, police said on Monday.",
            "The roof fell on the crowd, police said on Monday.",
        ),
        (
            "The storm closed four schools, including two in the north, according to the mayor.",
            "The storm closed four schools, according to the mayor.",
        ),
        (
            "The court freed Anna Berg, a former mayor, in January.",
            "The court freed Anna Berg in January.",
        ),
        ("The bank closed its doors, with crowds in the street.", "The bank closed its doors."),
    ],
)
def test_closing_clauses_may_go(sentence: str, shorter: str) -> None:
    """What happened besides or because of it closes a sentence that stands without it."""
    assert shortenings(sentence) == (sentence, shorter)


@pytest.mark.parametrize(
    "sentence",
    [
        "The talks ended in Paris, Texas, on Monday.",
        "Delegates from France, the Netherlands, and Norway signed the treaty.",
        "The mayor, his wife and a guard, were hurt in the crash.",
        "In 2016, the court freed Anna Berg.",
        "According to the police, the driver fled.",
        "The driver fled, the police said.",
        "The driver fled, according to the police.",
        "The driver fled, citing fear of the crowd.",
        "Asked about the plan, the mayor said no.",
        "Two guards were killed on Monday, a source who was there told the Herald.",
        "Two guards were killed in Oslo, a source told the Herald.",
        "The mayor said in an interview with the Herald that the port will close.",
        "The port is not only old but also small.",
        "Anna Berg, also known as the Fox, was freed.",
        "The harbour will be closed for a year, as revealed by the mayor.",
        "Two classes of ships -- old and new -- lie there and both need repair.",
        "The meeting (8 September) was held in Oslo.",
        "The council wants to give its new mayor, Anna Berg, a clean slate.",
        "The company pointed to the storm, as a big reason for the delay.",
        "The council is ready to accept ideas, including those of the north, and form a committee.",
        "The European Fishing Council (EFC) met in Oslo.",
    ],
)
def test_lists_places_times_and_sources_stay(sentence: str) -> None:
    """A list is no apposition; where, when and by whom it is told belongs to what is told."""
    assert shortenings(sentence) == (sentence,)


@pytest.mark.parametrize(
    "sentence",
    [
        "The bank will pay, if the court agrees.",
        "The bank will pay, unless the court objects.",
        "The plan passed, although half of the council left.",
        "The plan passed, but the mayor stopped it.",
        "The council approved the plan, which costs a lot, but the mayor stopped it.",
        "The mayor, who denies the charge, was arrested.",
        "The mayor, who allegedly took money, was arrested.",
        "The fee is lower now, than it was in spring.",
        "The vote was not about the port, but about the mayor.",
        "The port has the same rules, as ports in the north have.",
        "The mayor was killed, as officials said at first.",
    ],
)
def test_conditions_turns_and_doubts_stay(sentence: str) -> None:
    """What binds, turns, doubts or compares is part of what is said."""
    assert shortenings(sentence) == (sentence,)


@pytest.mark.parametrize(
    "sentence",
    [
        '"The port, which is old, will close," the mayor said.',
        'The mayor said the port, "which is old," will close.',
        "The mayor said: 'The port, which is old, will close.'",
        'The mayor said "the port, which is old, will close.',
        "Will the port, which is old, close.?",
        "The port (which is old, will close.",
    ],
)
def test_quotations_and_broken_marks_stay_whole(sentence: str) -> None:
    """Nothing goes from inside quotation marks, nor where marks do not fit together."""
    assert shortenings(sentence) == (sentence,)


@pytest.mark.parametrize(
    "sentence",
    [
        "When he met Anna Berg, who left early, the mayor wept.",
        "In Oslo, where the talks began, crowds gathered.",
        "After the blast, a man, apparently hurt, ran away.",
        "The mayor said the driver, who was ill, would leave.",
        "He tapped into the fame of Anna Berg, the daughter of a smith, to be his deputy.",
        "Anna Berg, who lives in Oslo, known for its harbour, said she won.",
        "The case opens if a report, which ran here is right, he is guilty.",
        '"The port will close," a man of Norland, which runs it said.',
        "Norland wanted help for its ports, which are old, the mayor, Anna Berg, told the Herald.",
        "The mayor had a meeting with the judge, Anna Berg, during which fees, also old, figured.",
    ],
)
def test_what_may_not_be_whole_without_it_is_no_sentence(sentence: str) -> None:
    """Where the rest has no subject, no verb, or another reading, nothing of that kind goes."""
    for text in shortenings(sentence)[1:]:
        assert text.startswith("The mayor said the driver would leave")


def test_a_moment_that_is_counted_from_keeps_its_part() -> None:
    """What counts from a moment keeps it: "two years later"; else the same clause goes."""
    clause = "Berg, whose march in 1955 closed the port, "
    assert shortenings(clause + "moved to a village two years later.") == (
        clause + "moved to a village two years later.",
    )
    assert shortenings(clause + "moved to a village.")[1:] == ("Berg moved to a village.",)


def test_words_that_point_at_a_part_keep_it() -> None:
    """A later "its", "he" or "the company" must not lose what it means."""
    for sentence in (
        "Anna Berg, who leads Norland, said its profits fell.",
        "Anna Berg, the wife of Erik Berg, said he was ill.",
        "Anna Berg, who runs a bakery, said the bakery burned.",
    ):
        assert shortenings(sentence) == (sentence,)


def test_so_too_is_one_phrase() -> None:
    """Of "So, too, does B" nothing may be left that begins with "too"."""
    found = shortenings("So, too, do many of the boats in the harbour of Oslo lie there.")
    assert not any(text.startswith("Too") for text in found)


def test_a_name_that_is_used_later_stays() -> None:
    """The next sentence of a summary may say "Norland" only if this one has said who that is."""
    sentence = "Anna Berg, who leads Norland, resigned on Monday."
    assert shortenings(sentence)[1:] == ("Anna Berg resigned on Monday.",)
    assert shortenings(sentence, later=["Norland lost a third of its value."]) == (sentence,)


def test_parts_go_alone_and_together() -> None:
    """Every choice of parts is there, the sentence itself first, then the longest."""
    sentence = (
        "However, the bridge, which is old, was closed on Monday, leaving two villages cut off."
    )
    found = shortenings(sentence)
    assert found[0] == sentence
    assert len(found) == 8
    assert found[-1] == "The bridge was closed on Monday."
    assert list(map(len, found)) == sorted(map(len, found), reverse=True)


def test_other_languages_have_the_sentence_alone() -> None:
    """The rules are those of English."""
    sentence = "Anna Berg, who grew up in the north, won the vote."
    assert shortenings(sentence, "de") == (sentence,)
    assert len(shortenings(sentence, None)) == 2


_PARTS = st.sampled_from(
    [
        "However", ", which is old", ", 42", " (the oldest)", " -- a port --", ", killing two",
        ", the mayor", " said", " was closed", " the bridge", " Anna Berg", ",", ".", '"', " and",
        ", who left", " in Oslo", ", while others wait", " if",
    ]
)  # fmt: skip


@given(st.lists(_PARTS, max_size=12).map("".join))
def test_whatever_is_read_only_loses_words(text: str) -> None:
    """Each text has the sentence's own words in their order, and there are not too many."""
    sentence = f"{text}."
    found = shortenings(sentence)
    assert found[0] == sentence
    assert len(set(found)) == len(found) <= MOST
    for shorter in found[1:]:
        rest = iter(sentence.lower().replace(",", " ").replace(".", " ").split())
        words = shorter.lower().replace(",", " ").replace(".", " ").split()
        assert all(word in rest for word in words)
        assert shorter.count('"') % 2 == 0


def test_a_whole_sentence_has_a_subject_and_its_verb() -> None:
    """A main clause counts; an opening phrase, a fragment and a broken end do not."""
    assert is_whole("The bank closed its doors")
    assert is_whole("In Oslo, the bank closed its doors")
    assert not is_whole("In Oslo")
    assert not is_whole("When the bank closed its doors")
    assert not is_whole("The bank said")
    assert not is_whole("The bank closed the")
