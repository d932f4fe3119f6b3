"""Answers: the right story, cited; "not in my sources" where there is nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from archive import EVENTS, Archive
from newsroom import NOW, Newsroom

from news.ask import SENTENCES, ask, in_time
from news.digest import Digests
from news.extract import PagePool
from news.fetch import Fetcher
from news.ingest import Ingest
from news.model import Answer, Evidence, Point
from news.outlets import Outlets
from news.places import Places
from news.search import Search
from news.statements import SentenceVectors
from news.store import Store
from news.stories import Grouper
from summarizer.encode import SentenceEncoder
from summarizer.pipeline import Summarizer

QUESTIONS = {
    "What is happening with the northern quay in Varnes?": "quay",
    "volcano ash": "ash",
    "tell me about the water plan of Jordan and Egypt": "water",
    "chess cup": "chess",
    "interest rates": "bank",
    "minister accused of bribes": "trial",
    "malaria vaccine for children": "vaccine",
    "ceasefire at the border": "border",
    "who won the election?": "election",
    "pictures of galaxies": "telescope",
    "forest fires": "fire",
    "Teral": "ash",
    "Egypt?": "water",
    "cup": "chess",
}
STRANGERS = (
    "football world cup",
    "tiktok ban in congress",
    "submarine cables",
    "how do I bake bread",
    "Grammy awards",
    "wheat exports",
    "moon landing 1969",
    "bitcoin",
    "rounds",
    "Oslo",
    "March",
    "asdfgh qwertz",
)


def _ask(archive: Archive, question: str, since: timedelta | None = None) -> Answer:
    store = archive.room.store
    digests = Digests(store, Summarizer(archive.encoder))
    return ask(
        question,
        store=store,
        search=archive.search,
        digests=digests,
        vectors=SentenceVectors(archive.encoder),
        now=NOW,
        since=since,
    )


@pytest.mark.parametrize(("question", "event"), QUESTIONS.items())
def test_a_question_is_answered_by_its_story(archive: Archive, question: str, event: str) -> None:
    """The first story is the right one, and every point cites a stored sentence."""
    answer = _ask(archive, question)
    assert answer.answered
    assert answer.digest is not None
    assert answer.stories[0].title == EVENTS[event][0]
    assert 1 <= len(answer.digest.points) <= SENTENCES
    for point in answer.digest.points:
        (evidence,) = point.evidence
        article = archive.room.store.articles.get(evidence.article_id)
        assert article is not None
        assert article.text[evidence.start : evidence.end] == evidence.sentence


@pytest.mark.parametrize("question", STRANGERS)
def test_what_is_not_in_the_sources_is_said_so(archive: Archive, question: str) -> None:
    """A question about something else gets no nearest guess, but how new the sources are."""
    answer = _ask(archive, question)
    assert (answer.answered, answer.digest, answer.stories) == (False, None, ())
    assert answer.newest_source_at == NOW


@pytest.mark.parametrize("question", ["", "?!", "what", "\0"])
def test_an_empty_question_is_not_answered(archive: Archive, question: str) -> None:
    """Nothing asked, nothing answered."""
    assert not _ask(archive, question).answered


def test_an_answer_looks_back_as_far_as_it_is_asked_to(archive: Archive) -> None:
    """With a limit of time, older news is no answer."""
    assert _ask(archive, "forest fires", since=timedelta(days=30)).answered
    assert not _ask(archive, "forest fires", since=timedelta(days=3)).answered


def test_an_answer_says_how_new_it_is(archive: Archive) -> None:
    """The time of its newest source, not of the newest article in the store."""
    assert _ask(archive, "volcano ash").newest_source_at == NOW - timedelta(days=1)


@pytest.fixture(scope="module")
def flood(
    tmp_path_factory: pytest.TempPathFactory,
    encoder: SentenceEncoder,
    pages: PagePool,
    places: Places,
) -> Iterator[Archive]:
    """A flood told by three outlets in three days, its toll rising; read only."""
    store = Store(tmp_path_factory.mktemp("flood") / "news.db")
    room = Newsroom(store, Ingest(store, Fetcher("tests"), pages, Outlets([])), places)
    for days, (outlet, text) in enumerate(FLOOD):
        at = NOW - timedelta(days=2 - days)
        room.tell(f"Flood in Varnes, day {days}", text, at=at, outlet=outlet)
    room.grouper = Grouper(store, encoder, places)
    room.group()
    yield Archive(room=room, search=Search(store, encoder), encoder=encoder)
    store.close()


ABROAD = (
    (
        "Город Варнес перестроит северный причал",
        "Совет города Варнес решил во вторник перестроить северный причал. Работы начнутся в мае. "
        "Рыбаки опасаются потерять места на время стройки. Мэр ответил, что проект опубликован.",
    ),
    (
        "Инфляция в Терале достигла 48 процентов",
        "Годовая инфляция в Терале достигла 48 процентов, сообщило статистическое ведомство. Курс "
        "кроны за год упал почти вдвое. Центральный банк оставил ставку на прежнем уровне.",
    ),
)


@pytest.fixture(scope="module")
def abroad(
    tmp_path_factory: pytest.TempPathFactory,
    encoder: SentenceEncoder,
    pages: PagePool,
    places: Places,
) -> Iterator[Archive]:
    """Two events told in Russian only; read only."""
    store = Store(tmp_path_factory.mktemp("abroad") / "news.db")
    room = Newsroom(store, Ingest(store, Fetcher("tests"), pages, Outlets([])), places)
    for days, (title, text) in enumerate(ABROAD):
        room.tell(title, text, at=NOW - timedelta(days=days + 1), language="ru")
    room.grouper = Grouper(store, encoder, places)
    room.group()
    yield Archive(room=room, search=Search(store, encoder), encoder=encoder)
    store.close()


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        ("Что решил совет Варнеса о северном причале?", True),
        ("инфляция в Терале", True),
        ("Что решил совет Осло о школах?", False),
        ("инфляция в Аргентине", False),
        ("южный причал Одессы", False),
    ],
)
def test_in_another_script_words_decide(abroad: Archive, question: str, answered: bool) -> None:
    """To the encoder all Russian is alike: what has other names than the question is no answer."""
    found = _ask(abroad, question)
    assert found.answered == answered
    assert found.note is None


@pytest.mark.parametrize(
    ("question", "language"),
    [("Was geschah im Hafen von Varnes?", "German"), ("乌克兰和俄罗斯的谈判", "Chinese")],
)
def test_a_question_in_a_language_of_no_article_is_told_so(
    abroad: Archive, question: str, language: str
) -> None:
    """Not "nothing happened": nothing can be found in that language, and which one to ask in."""
    found = _ask(abroad, question)
    assert not found.answered
    assert found.note is not None
    assert f"None of my articles is in {language}" in found.note
    assert "Most are in Russian" in found.note


def test_names_alone_are_no_foreign_language(abroad: Archive) -> None:
    """Of a list of names nobody can say which language it is in."""
    assert _ask(abroad, "ECOWAS Burkina Faso Damiba coup").note is None


FLOOD = (
    (
        "Harbour Post",
        "The flood in Varnes killed at least 12 people, the fire service of Varnes said. In 2011 a "
        "flood in Varnes killed 90 people. The river rose by two metres in the night.",
    ),
    (
        "Northern Wire",
        "The death toll of the flood in Varnes has risen to 17, police said. Some 300 graves are "
        "being dug in Varnes. The river of Varnes is falling again.",
    ),
    (
        "Coast Radio",
        "Rescuers in Varnes say that 18 to 20 people died in the flood. The river of Varnes is "
        "back in its bed, and the bridge is open again.",
    ),
)


def test_a_question_for_a_number_gets_the_newest_figures_first(flood: Archive) -> None:
    """Every value with its source, the newest first; another year's flood is not mixed in."""
    found = _ask(flood, "How many people were killed in the Varnes flood?")
    assert found.digest is not None
    assert [one.text.split(",")[0] for one in found.digest.points] == [
        "Rescuers in Varnes say that 18 to 20 people died in the flood.",
        "The death toll of the flood in Varnes has risen to 17",
        "The flood in Varnes killed at least 12 people",
    ]
    (count,) = found.counts
    assert [told.shown for told in count.told] == ["18 to 20", "17", "at least 12"]


def test_a_year_and_other_nouns_can_be_asked_for(flood: Archive) -> None:
    """A year asked for is the one answered; what no word list knows is found by its noun."""
    (old,) = _ask(flood, "How many people were killed by the Varnes flood in 2011?").counts
    assert [told.shown for told in old.told] == ["90"]
    (graves,) = _ask(flood, "How many graves are dug after the flood in Varnes?").counts
    assert [told.shown for told in graves.told] == ["some 300"]


def test_a_question_that_the_sources_do_not_answer_so_is_told_what_they_hold(
    archive: Archive,
) -> None:
    """Without a reason or somebody's words the story is told, with a line that says so."""
    answer = _ask(archive, "What did Napoleon say about the northern quay in Varnes?")
    assert answer.digest is not None
    assert answer.digest.points
    assert answer.digest.note == (
        "My sources quote no words of Napoleon on this; this is what they tell of it."
    )


def _point(sentence: str, days: int) -> Point:
    """A sentence of an article so many days before now."""
    source = Evidence(
        article_id=f"{days}",
        url=None,
        source="Post",
        sentence=sentence,
        start=0,
        end=len(sentence),
        published_at=NOW - timedelta(days=days),
    )
    return Point(text=sentence, evidence=(source,), origin="source")


def test_what_is_told_of_several_days_is_told_in_their_order() -> None:
    """By the past day that a sentence names, else by its article's; of one day nothing moves."""
    burst = _point("The dam of Orsk burst on Tuesday.", 0)  # now is a Friday
    buried = _point("Orsk buried nine people.", 1)
    vote = _point("The council of Orsk will vote on Monday.", 0)
    assert in_time([vote, buried, burst]) == (burst, buried, vote)
    today = _point("The river is low again.", 0)
    assert in_time([vote, today]) == (vote, today)
