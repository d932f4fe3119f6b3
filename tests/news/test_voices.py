"""Who says what: shared facts, figures side by side, what one side alone says."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from reports import POST, RADIO, SISTER, STATE, WIRE, article

from news.model import Article, Outlet
from news.statements import MOST_ARTICLES, MOST_SENTENCES, SentenceVectors, state
from news.voices import Voices, hear
from summarizer.encode import SentenceEncoder


@pytest.fixture(scope="module")
def vectors(encoder: SentenceEncoder) -> SentenceVectors:
    """Sentence vectors by the real encoder."""
    return SentenceVectors(encoder)


def heard(vectors: SentenceVectors, articles: Sequence[Article]) -> Voices:
    """Who says what in these articles."""
    return hear(state(articles, vectors))


def lines(voices: Voices) -> list[str]:
    """Each count as "kind: value (outlets); ..."."""
    return [
        f"{one.kind}{one.period and ' ' + one.period}: "
        + "; ".join(f"{told.shown} ({', '.join(told.outlets)})" for told in one.told)
        for one in voices.counts
    ]


def test_a_fact_that_two_voices_tell_is_shown_once_with_both(vectors: SentenceVectors) -> None:
    """Sentences that say the same are one fact: a source's own words, and each other's quote."""
    found = heard(
        vectors,
        [
            article(1, POST, "Prime Minister Ana Torvald resigned on Friday after the ferry vote. "
                    "Fishing boats stayed in port all day because of the storm."),
            article(2, WIRE, "Ana Torvald, the prime minister, stepped down on Friday following "
                    "the vote on the ferry. The museum of Alvik opens in June."),
        ],
    )  # fmt: skip
    (fact,) = found.facts
    assert {said.outlet.name for said in fact.said} == {"Harbour Post", "Northern Wire"}
    assert fact.text == fact.said[0].evidence.sentence
    assert all("Torvald" in said.evidence.sentence for said in fact.said)


@pytest.mark.parametrize(
    "other",
    [
        "Ana Torvald, the prime minister, did not step down on Friday after the ferry vote.",
        "Jon Berg, the finance minister, stepped down on Friday after the ferry vote.",
    ],
)
def test_a_denial_and_another_name_are_no_shared_fact(vectors: SentenceVectors, other: str) -> None:
    """Likeness alone does not make a fact: names must agree, and what one denies is not shared."""
    first = "Prime Minister Ana Torvald resigned on Friday after the ferry vote in Alvik."
    assert heard(vectors, [article(1, POST, first), article(2, WIRE, other)]).facts == ()


def test_copies_and_one_states_outlets_are_one_voice(vectors: SentenceVectors) -> None:
    """The same words in two outlets are one text, and two outlets of one state are one voice."""
    text = "Prime Minister Ana Torvald resigned on Friday after the long ferry vote in Alvik."
    again = "Ana Torvald, prime minister, resigned on Friday after the ferry vote in Alvik."
    assert heard(vectors, [article(1, POST, text), article(2, WIRE, text)]).facts == ()
    assert heard(vectors, [article(1, STATE, text), article(2, SISTER, again)]).facts == ()


def test_figures_that_differ_stand_side_by_side_newest_first(vectors: SentenceVectors) -> None:
    """Values with their sources; "at least 12" and "12" agree, 18 to 20 does not."""
    found = heard(
        vectors,
        [
            article(1, POST, "At least 12 people were killed when the ferry sank off Alvik."),
            article(2, WIRE, "Twelve people died in the sinking of the ferry, police said."),
            article(3, RADIO, "The coast guard says that 18 to 20 people were killed at sea."),
        ],
    )
    assert lines(found) == ["killed: 18 to 20 (Coast Radio); at least 12 (Northern Wire, Harbour "
                            "Post)"]  # fmt: skip
    assert found.counts[0].differs
    assert found.counts[0].told[0].evidence[0].sentence.startswith("The coast guard")


def test_figures_of_other_years_and_places_are_kept_apart(vectors: SentenceVectors) -> None:
    """A background figure is compared with its like, and two towns' figures not at all."""
    found = heard(
        vectors,
        [
            article(1, POST, "The flood killed 12 people in Varnes and Alvik. In 2011 a flood "
                    "killed more than 900 people."),
            article(2, WIRE, "The flood killed 14 people, police said. A flood in 2011 killed more "
                    "than 900 people in the region."),
        ],
    )  # fmt: skip
    assert lines(found) == [
        "killed: 14 (Northern Wire); 12 (Harbour Post)",
        "killed in 2011: more than 900 (Northern Wire, Harbour Post)",
    ]
    towns = [
        article(1, POST, "Rockets killed 12 people in Varnes. Rockets killed 3 people in Alvik."),
        article(2, WIRE, "Rockets killed 3 people in Alvik. Rockets killed 12 people in Varnes."),
    ]
    assert sorted(lines(heard(vectors, towns))) == [
        "killed: 12 (Northern Wire, Harbour Post)",
        "killed: 3 (Northern Wire, Harbour Post)",
    ]


def test_an_outlets_older_figure_gives_way_to_its_newer_one(vectors: SentenceVectors) -> None:
    """Of one voice its newest article speaks; what it said before is named as earlier."""
    found = heard(
        vectors,
        [
            article(1, POST, "The slide killed 5 people, rescuers in Varnes said."),
            article(2, WIRE, "The slide in Varnes killed 12 people."),
            article(3, POST, "The slide killed 12 people, rescuers in Varnes now say."),
        ],
    )
    (count,) = found.counts
    assert [told.shown for told in count.told] == ["12"]
    assert [told.shown for told in count.earlier] == ["5"]
    assert not count.differs


def test_what_a_state_outlet_alone_says_is_marked(vectors: SentenceVectors) -> None:
    """A claim that no other voice makes is given with its outlet; a shared one is not."""
    shared = "Ana Torvald resigned as prime minister on Friday after the ferry vote."
    claim = "Foreign agents paid the dockers of Merovia to block the harbour, the ministry said."
    found = heard(
        vectors,
        [
            article(1, POST, f"{shared} Fishing boats stayed in port."),
            article(2, STATE, f"Prime minister Ana Torvald resigned after the ferry vote. {claim}"),
        ],
    )
    assert [(one.text, one.said.outlet.name, one.state) for one in found.alone] == [
        (claim, "Lund Courier", True)
    ]


def test_odd_stories_are_told_of_sensibly(vectors: SentenceVectors) -> None:
    """One article, none with text, one text under five links: nothing is compared, no error."""
    text = "The ferry sank off Alvik and 12 people were killed, the coast guard said."
    assert heard(vectors, []).voices == 0
    assert heard(vectors, [article(1, POST, "")]).articles == 0
    one = heard(vectors, [article(1, POST, text)])
    assert (one.voices, one.facts, one.counts, one.alone) == (1, (), (), ())
    five = heard(vectors, [article(number, POST, text) for number in range(1, 6)])
    assert (five.voices, five.articles) == (1, 1)


def test_the_work_is_bounded_however_many_articles(vectors: SentenceVectors) -> None:
    """Of a hundred articles sixty are read, a few sentences of each, every voice heard."""
    articles = [
        article(number, Outlet(name=f"Paper {number}", host=f"p{number}.example"),
                " ".join(f"Ship {number} brought crate {n} to quay {n % 7} of Varnes."
                         for n in range(30)))
        for number in range(1, 101)
    ]  # fmt: skip
    found = state(articles, vectors)
    assert len({one.article.id for one in found.rows}) == MOST_ARTICLES
    assert len(found.rows) <= MOST_SENTENCES


def test_what_one_country_alone_says_is_marked(vectors: SentenceVectors) -> None:
    """A fact of several voices of one country bears its name where other countries were read."""
    first = "Prime Minister Ana Torvald resigned on Friday after the ferry vote in Alvik."
    second = "Ana Torvald stepped down as prime minister on Friday after the ferry vote in Alvik."
    third = "The museum of the coast opens its doors in June, said its director Jon Berg."
    local = Outlet(name="Fjord Times", host="fjord.example", country="NO")
    told = [article(1, POST, first), article(2, local, second)]
    assert [fact.side for fact in heard(vectors, told).facts] == [""]
    told.append(article(3, WIRE, third))
    assert [fact.side for fact in heard(vectors, told).facts] == ["NO"]


def test_all_outlets_of_the_state_that_says_it_are_named(vectors: SentenceVectors) -> None:
    """Two outlets of one government are one voice, and both stand in its mark."""
    claim = "Foreign agents paid the dockers of Merovia to block the harbour, the ministry said."
    again = "The ministry said that foreign agents had paid Merovia's dockers to block the harbour."
    told = [
        article(1, POST, "Fishing boats stayed in port all day because of the heavy storm."),
        article(2, STATE, claim),
        article(3, SISTER, again),
    ]
    (alone,) = heard(vectors, told).alone
    assert set(alone.outlets) == {"Lund Courier", "Lund Today"}
