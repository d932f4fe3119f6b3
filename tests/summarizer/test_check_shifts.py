"""What is copied keeps its doer, its owner, its tense, its doubt and its voice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Failed = Callable[..., dict[str, str]]


def test_a_verb_keeps_the_name_before_it(failed: Failed) -> None:
    """Who beat whom is not turned by another name from the same sentence."""
    source = (
        "Harbour Cup: Selje beat Oltia by four goals on Sunday to win the cup for a third year."
    )
    written = "Oltia beat Oltia by four goals on Sunday to win the cup for a third year."
    assert "subject" in failed(written, source)
    assert not failed("Selje beat Oltia by four goals on Sunday.", source)


def test_a_thing_gets_no_new_owner(failed: Failed) -> None:
    """Of "the trust in the coast guard" nobody knows from the sentence alone whose it is."""
    source = "Moe praised the coast guard, saying she has the greatest trust in the service."
    assert "owners" in failed("Moe praised the coast guard for its trust in the service.", source)


@pytest.mark.parametrize(
    ("written", "source"),
    [
        (
            "One part of the plan is ready for a first trial in the harbour.",
            "But one part of the plan also seems ready for a first trial in the harbour.",
        ),
        (
            "The council is looking for a new site for the fish market.",
            "The council was looking for a new site for the fish market.",
        ),
    ],
)
def test_what_was_doubted_or_past_stays_so(failed: Failed, written: str, source: str) -> None:
    """Neither "seems" nor "was" is lost on the way."""
    assert "certainty" in failed(written, source)
    assert "certainty" not in failed(source, source)


def test_reported_speech_may_come_back_to_the_present(failed: Failed) -> None:
    """Of "said it was ready", "says it is ready" is the same."""
    source = "The council said the site was ready for the fish market."
    assert not failed("The council says the site is ready for the fish market.", source)


def test_a_quoted_voice_is_not_the_summary_s_own(failed: Failed) -> None:
    """An "I" out of a quotation needs its marks or its speaker in the third person."""
    source = "“Last spring I counted forty seals here, but the bay has changed,” says Kaja Moe."
    written = "Last spring I counted forty seals here, but the bay has changed."
    assert "attribution" in failed(written, source)
    assert not failed(source, source)


def test_a_dash_is_not_run_over(failed: Failed) -> None:
    """What follows the second dash belongs to what stood before the first."""
    source = "The law broke an old rule—the ban was the best sign of that rule—for a poor bargain."
    written = "The ban was the best sign of that rule for a poor bargain."
    assert "edits" in failed(written, source)
    assert "edits" not in failed("The ban was the best sign of that rule.", source)


def test_a_day_stays_with_its_deed(failed: Failed) -> None:
    """When somebody looked at the news is not when it happened."""
    source = "Last week, we analyzed the news that Selje Bank is leaving the Oltian market."
    assert "edits" in failed("Last week, Selje Bank is leaving the Oltian market.", source)


def test_people_of_a_place_are_not_people(failed: Failed) -> None:
    """Some words say little without the "of" behind them."""
    source = "For ages the people of Selje gave their neighbours salt and rope."
    assert failed("For ages the people gave their neighbours salt and rope.", source)


def test_a_speaker_without_words_says_nothing(failed: Failed) -> None:
    """That a paper reports is no news without what it reports."""
    source = "The harbour will close in June, the Coastal Herald reports."
    assert "attribution" in failed("The Coastal Herald reports.", source)


def test_what_somebody_goes_on_to_say_is_theirs(failed: Failed) -> None:
    """A quotation of several sentences, and "went on to say that", have a speaker."""
    source = (
        "Moe thanked the pilots, then went on to say that the complaints of Selje Bank are false."
    )
    assert "attribution" in failed("The complaints of Selje Bank are false.", source)
    source = (
        'Today, thousands sent word that they have had enough of high fares," Moe said in a '
        "statement Tuesday night. Voters chose among Lunt, Sall and a third."
    )
    written = "Today, thousands sent word that they have had enough of high fares."
    assert "attribution" in failed(written, source)


def test_a_state_that_is_over_is_not_told_as_going_on(failed: Failed) -> None:
    """Who wanted a boat may have one by now; who has bought it "buys" it in a headline."""
    source = "Odo Lunt wanted to buy a boat in the harbour of Selje."
    assert "certainty" in failed("Odo Lunt wants to buy a boat in the harbour of Selje.", source)
    source = "Odo Lunt bought a boat in the harbour of Selje."
    assert not failed("Odo Lunt buys a boat in the harbour of Selje.", source)


def test_another_is_not_another_of_what_follows(failed: Failed) -> None:
    """In "another, a sailor from Selje" the first one need not be a sailor."""
    source = "Another, a young sailor from Selje, is held for stealing ropes from the pier."
    written = "Another young sailor from Selje is held for stealing ropes from the pier."
    assert "edits" in failed(written, source)


def test_one_does_not_become_several(failed: Failed) -> None:
    """A captain who takes the floor is not captains who do."""
    source = "The meeting fell silent as a young Oltian party functionary took her turn to speak."
    written = "Young Oltian party functionaries took her turn to speak."
    assert "degrees" in failed(written, source)
    assert "degrees" not in failed("A young Oltian party functionary took her turn.", source)


def test_a_quoted_title_is_nobody_s_voice(failed: Failed) -> None:
    """The "our" in the name of a day belongs to nobody in particular."""
    source = "Moe declared Sunday a “Day of Thanks for our Crews and our Piers” on the harbour."
    assert "attribution" not in failed("Moe declared a day of thanks for our crews.", source)


def test_who_is_asked_to_act_has_not_asked(failed: Failed) -> None:
    """Of "captains want the mayor to leave" it is not the mayor who wants it."""
    source = "A group of captains wants the mayor to fine the crews that took part in the raid."
    written = "The mayor wants to fine the crews that took part in the raid."
    assert "subject" in failed(written, source)
    source = "The port will open in May, said the mayor, who took part in the raid."
    assert "subject" not in failed("The mayor said the port will open in May.", source)


def test_hearsay_stays_hearsay(failed: Failed) -> None:
    """What "is being reported" is not told as a fact."""
    source = "It's being reported that crews in Selje voted by fax despite the rules of the port."
    assert "certainty" in failed("Crews in Selje voted by fax despite the rules.", source)
    written = "Crews in Selje reportedly voted by fax despite the rules."
    assert "certainty" not in failed(written, source)


def test_what_who_did_is_not_the_aide_s_deed(failed: Failed) -> None:
    """A comma in the place of "who" gives the deed to another subject."""
    source = (
        "An aide to Moe, the owner of the line who paid nine crowns to Lunt, confirmed the report."
    )
    written = "An aide to Moe, the owner of the line, paid nine crowns to Lunt."
    assert "subject" in failed(written, source)
    source = "Mayor Lunt, who visited the pier on Saturday, declared three days of rest."
    written = "Mayor Lunt visited the pier on Saturday, declared three days of rest."
    assert "subject" not in failed(written, source)
