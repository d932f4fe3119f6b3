"""Somebody who was shown a story is told what is news in it, and nothing that was said before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from newsroom import NOW, Newsroom
from reports import POST, article

from news.catching_up import CatchingUp, moved_on
from news.changes import is_new
from news.model import Article, Changes, Digest, Importance, Point, Story, StoryBrief
from news.served import Chat
from news.statements import SentenceVectors, Statement, state
from summarizer.encode import SentenceEncoder

CHAT = 42
TOLD = (
    "The ferry Alma sank off Alvik on Thursday evening after it struck a rock.",
    "At least 12 people were killed, the coast guard said.",
    "Divers searched for survivors through the night.",
)
LABELLED = (
    # what came later, and whether it is news to a reader of TOLD
    ("The ferry Alma hit a rock and went down near Alvik on Thursday evening.", False),
    ("The Alma sank off Alvik on Thursday after striking a rock, the coast guard said.", False),
    ("Twelve people died when the ferry sank, according to the coast guard.", False),
    ("Divers looked for survivors all night.", False),
    ("All through the night divers searched the sea for people who survived.", False),
    ("The coast guard says at least 12 people lost their lives.", False),
    ("Prosecutor Ana Torvald opened an investigation into the captain on Friday.", True),
    ("The shipping company Nordline stopped all its other ferries.", True),
    ("The captain, Jon Berg, had been drinking, according to a police report.", True),
    ("Merovia sent two rescue helicopters and 40 doctors to Alvik.", True),
    ("The wreck lies at a depth of 90 metres and will be raised next week.", True),
    ("Prime Minister Lena Holm cancelled her trip to Lund and declared a day of mourning.", True),
    (
        "Four hours later, on Thursday evening, the ferry Alma struck a rock near Alvik and sank.",
        False,
    ),
    ("The coast guard has not said that people were killed, a spokesman insisted.", True),
)


@pytest.fixture(scope="module")
def vectors(encoder: SentenceEncoder) -> SentenceVectors:
    """Sentence vectors by the real encoder."""
    return SentenceVectors(encoder)


def statements(vectors: SentenceVectors, *texts: str) -> list[Statement]:
    """Each text as the statement of an article of its own."""
    reports = [article(number, POST, text) for number, text in enumerate(texts, 1)]
    return [one for report in reports for one in state([report], vectors).rows]


def test_news_is_told_from_repetition(vectors: SentenceVectors) -> None:
    """Of fourteen labelled sentences at most one is judged wrongly."""
    known = statements(vectors, *TOLD)
    later = statements(vectors, *(text for text, _ in LABELLED))
    assert len(known) == len(TOLD)
    rows = vectors.of([one.sentence.text for one in known])
    judged = {
        one.sentence.text: is_new(one, known, rows @ vectors.of([one.sentence.text])[0])
        for one in later
    }
    wrong = [text for text, label in LABELLED if judged.get(text) != label]
    assert len(wrong) <= 1, wrong


@pytest.fixture
def reader(newsroom: Newsroom, vectors: SentenceVectors) -> Reader:
    """A chat that was shown nothing yet."""
    return Reader(newsroom, vectors)


class Reader:
    """A chat, what it is shown, and what is news for it."""

    def __init__(self, room: Newsroom, vectors: SentenceVectors) -> None:
        self.room = room
        self.vectors = vectors
        self.catching_up = CatchingUp(room.store, vectors)
        self.ids: list[str] = []
        room.store.chats.meet(Chat(id=CHAT, kind="private", title="Reader", created_at=NOW))

    def publish(self, text: str, hours: float, outlet: str, url: str | None = None) -> str:
        """An outlet's text, read so many hours after the first."""
        at = NOW + timedelta(hours=hours)
        id = self.room.tell(f"Report {hours:g}", text, at=at, outlet=outlet, url=url)
        self.ids.append(id)
        return id

    def show(self, hours: float, *sentences: str) -> None:
        """Show the chat sentences of the texts published so far."""
        points = []
        for text in sentences:
            one = next(one for one in self._statements() if one.sentence.text == text)
            points.append(Point(text=text, evidence=(one.evidence,), origin="source"))
        self.room.store.showing.add(CHAT, None, points, NOW + timedelta(hours=hours))

    def _articles(self) -> list[Article]:
        found = [self.room.store.articles.get(id) for id in dict.fromkeys(self.ids)]
        return [one for one in found if one is not None]

    def _statements(self) -> list[Statement]:
        return [one for each in self._articles() for one in state([each], self.vectors).rows]

    def news(self, sentences: int = 3) -> Changes | None:
        """What is news for the chat."""
        return self.catching_up.news(CHAT, self._articles(), sentences=sentences)

    def told(self) -> list[str]:
        """The sentences of news."""
        found = self.news()
        return [point.text for point in found.points] if found else []


def test_who_was_shown_nothing_gets_no_changes(reader: Reader) -> None:
    """Changes are only for a chat that was shown something of the story."""
    reader.publish(" ".join(TOLD), 0, "Harbour Post")
    assert reader.news() is None


def test_a_second_report_of_the_same_is_no_news(reader: Reader) -> None:
    """More articles without a new sentence leave nothing to tell."""
    reader.publish(" ".join(TOLD), 0, "Harbour Post")
    reader.show(1, *TOLD[:2])
    reader.publish(" ".join(text for text, new in LABELLED if not new), 2, "Coast Radio")
    found = reader.news()
    assert found is not None
    assert (found.points, found.figures) == ((), ())


def test_only_the_new_sentences_of_a_later_report_are_told(reader: Reader) -> None:
    """Of a report that repeats and adds, what it adds is told, once, with its source."""
    reader.publish(" ".join(TOLD), 0, "Harbour Post")
    reader.show(1, *TOLD[:2])
    old, new = LABELLED[0][0], LABELLED[6][0]
    reader.publish(f"{new} {old}", 2, "Coast Radio")
    reader.publish(f"{LABELLED[1][0]} {new}", 3, "Northern Wire")
    assert reader.told() == [new]
    reader.show(4, new)
    assert reader.told() == []


def test_what_stood_in_the_articles_then_is_no_news_later(reader: Reader) -> None:
    """A sentence that was there but not shown does not come as news when another repeats it."""
    reader.publish(" ".join([*TOLD, LABELLED[7][0]]), 0, "Harbour Post")
    reader.show(1, TOLD[0])
    reader.publish("Nordline, the shipping company, has stopped all its other ferries.", 2, "Wire")
    assert reader.told() == []


def test_a_figure_that_changed_is_told_with_both_sources(reader: Reader) -> None:
    """Was 12, now 18: the sentence is news though all its other words were told."""
    reader.publish(" ".join(TOLD), 0, "Harbour Post")
    reader.show(1, *TOLD[:2])
    later = "At least 18 people were killed, the coast guard of Alvik said."
    reader.publish(f"{LABELLED[0][0]} {later}", 5, "Coast Radio")
    found = reader.news()
    assert found is not None
    (change,) = found.figures
    assert (change.was.shown, change.was.outlets) == ("at least 12", ("Harbour Post",))
    assert (change.now.shown, change.now.outlets) == ("at least 18", ("Coast Radio",))
    assert [point.text for point in found.points] == [later]


def test_an_older_or_equal_figure_is_no_change(reader: Reader) -> None:
    """Twelve for "at least 12" is the same, and a slow outlet's old toll is no news."""
    reader.publish("The ferry Alma sank off Alvik. Five people were killed at sea.", 0, "Echo")
    reader.publish(" ".join(TOLD), 1, "Harbour Post")
    reader.show(2, TOLD[1])
    reader.publish("The ferry sank off Alvik. Police say 5 people were killed.", 3, "Slow Wire")
    reader.publish("The ferry sank off Alvik. Twelve people were killed.", 4, "Coast Radio")
    found = reader.news()
    assert found is not None
    assert found.figures == ()


def test_an_edited_article_tells_only_its_new_sentence(reader: Reader) -> None:
    """A live page that adds a paragraph brings that paragraph, not its old ones again."""
    url = "https://harbour-post.example/live"
    reader.publish(" ".join(TOLD), 0, "Harbour Post", url=url)
    reader.show(1, TOLD[1])
    reader.publish(" ".join([*TOLD, LABELLED[9][0]]), 2, "Harbour Post", url=url)
    assert reader.told() == [LABELLED[9][0]]


def test_a_chat_is_kept_apart_and_its_rows_go_with_it(reader: Reader) -> None:
    """Unknown chats leave no trace; a forgotten one takes what it was shown along."""
    reader.publish(" ".join(TOLD), 0, "Harbour Post")
    reader.show(1, TOLD[0])
    store = reader.room.store
    shown = store.showing.of(CHAT, reader.ids)
    points = [Point(text="x", evidence=(shown[0].evidence,), origin="source")]
    store.showing.add(77, None, points, NOW)
    assert store.showing.of(77, reader.ids) == []
    store.showing.add(CHAT, None, points, NOW + timedelta(hours=3))
    (again,) = store.showing.of(CHAT, reader.ids)
    assert again.shown_at == NOW + timedelta(hours=3)
    assert store.chats.forget(CHAT)["shown"] == 1


def test_a_moved_entry_shows_the_news_in_place_of_the_summary(reader: Reader) -> None:
    """The digest of a moved story holds the new points alone, and nothing writes it anew."""
    reader.publish(" ".join(TOLD), 0, "Harbour Post")
    reader.show(1, TOLD[0])
    reader.publish(LABELLED[6][0], 2, "Coast Radio")
    changes = reader.news()
    assert changes is not None
    digest = Digest(
        title="Ferry", points=(), method="extract", model="m", article_ids=(), created_at=NOW,
        seconds=0.0,
    )  # fmt: skip
    story = Story(
        id=1, title="Ferry", first_at=NOW, last_at=NOW, changed_at=NOW, articles=2, revision=2
    )
    weight = Importance(total=1.0, parts={})
    entry = moved_on(StoryBrief(story=story, digest=digest, importance=weight, changes=changes))
    assert [point.text for point in entry.digest.points] == [LABELLED[6][0]]
    assert (entry.new, entry.digest.final) == (False, True)
