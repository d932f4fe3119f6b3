"""Digests: made once, anew when a text changes, every citation exactly the stored text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from newsroom import NOW, Newsroom, WordEncoder

from news.digest import MOST_ARTICLES, NOT_PASSED, Digests, choose
from news.model import Article, Outlet
from summarizer.pipeline import NOTHING_WRITTEN, Summarizer
from summarizer.write import Writer, WriterUnavailable

TEXT = (
    "The council of Varnes agreed on Tuesday to rebuild the northern quay for 12 million crowns. "
    "Work begins in March and ends before the ferry season of the following year.\n\n"
    "The opposition wanted a cheaper plan and left the hall before the vote was taken. "
    "“We had no time to read it,” its leader Ane Lund said on the steps outside."
)


class Copyist(Writer):
    """A writer that repeats the first sentence it is given, or says or raises what it is told."""

    def __init__(self, answer: str | Exception | None = None) -> None:
        self.calls = 0
        self._answer = answer

    @property
    def name(self) -> str:
        """A name for receipts."""
        return f"copyist {self._answer!r}" if self._answer is not None else "copyist"

    def generate(self, system: str, user: str, *, max_tokens: int, stop: Callable[[], bool]) -> str:
        """Answer with a sentence that every source supports, unless told otherwise."""
        del system, user, max_tokens, stop
        self.calls += 1
        if isinstance(self._answer, Exception):
            raise self._answer
        if self._answer is not None:
            return self._answer
        return "The council of Varnes agreed on Tuesday to rebuild the northern quay."


class Renamed(Copyist):
    """The same under another name."""

    @property
    def name(self) -> str:
        """Another revision."""
        return "copyist 2"


@pytest.fixture
def article(newsroom: Newsroom) -> Article:
    """A stored article."""
    id = newsroom.tell("Quay to be rebuilt", TEXT, url="https://harbour-post.example/quay")
    stored = newsroom.store.articles.get(id)
    assert stored is not None
    return stored


def test_every_citation_cuts_its_sentence_out_of_the_stored_text(
    newsroom: Newsroom, article: Article
) -> None:
    """`text[start:end]` is the quoted sentence, with link, outlet and time."""
    digests = Digests(newsroom.store, Summarizer(WordEncoder()))
    digest = digests.extract([article], title=article.title, sentences=2, now=NOW)
    assert len(digest.points) == 2
    for point in digest.points:
        (evidence,) = point.evidence
        assert article.text[evidence.start : evidence.end] == evidence.sentence == point.text
        assert (evidence.source, evidence.url) == ("Harbour Post", article.url)
        assert evidence.published_at == article.published_at


def test_a_digest_is_made_once_and_kept(newsroom: Newsroom, article: Article) -> None:
    """The same articles and question give the kept digest; another title is only a title."""
    digests = Digests(newsroom.store, Summarizer(WordEncoder()))
    first = digests.extract([article], title="One", sentences=2, now=NOW)
    later = NOW + timedelta(hours=1)
    again = Digests(newsroom.store, Summarizer(WordEncoder())).extract(
        [article], title="Two", sentences=2, now=later
    )
    assert (again.created_at, again.points) == (NOW, first.points)
    assert (first.title, again.title) == ("One", "Two")
    asked = digests.extract([article], title="One", sentences=2, now=later, question="the cost?")
    assert asked.created_at == later


def test_a_changed_text_is_summarised_anew(newsroom: Newsroom, article: Article) -> None:
    """No citation points into a text that is gone."""
    digests = Digests(newsroom.store, Summarizer(WordEncoder()))
    digests.extract([article], title="One", sentences=2, now=NOW)
    newsroom.tell("Quay to be rebuilt", "Late on Tuesday it came to pass. " + TEXT, url=article.url)
    changed = newsroom.store.articles.get(article.id)
    assert changed is not None
    digest = digests.extract([changed], title="One", sentences=2, now=NOW)
    for point in digest.points:
        (evidence,) = point.evidence
        assert changed.text[evidence.start : evidence.end] == evidence.sentence


def test_the_written_form_is_kept_as_well(newsroom: Newsroom, article: Article) -> None:
    """The slow step runs once for the same articles; without a writer there is none."""
    writer = Copyist()
    digests = Digests(newsroom.store, Summarizer(WordEncoder(), writer))
    digest = digests.extract([article], title="One", sentences=2, now=NOW)
    written = digests.write(digest, now=NOW, stop=lambda: False)
    assert written is not None
    assert (written.method, written.model) == ("write", "copyist")
    calls = writer.calls
    assert digests.write(digest, now=NOW, stop=lambda: False) == written
    assert writer.calls == calls
    plain = Digests(newsroom.store, Summarizer(WordEncoder()))
    assert plain.write(digest, now=NOW, stop=lambda: False) is None


def test_written_forms_are_kept_by_what_made_them(newsroom: Newsroom, article: Article) -> None:
    """Another writer writes anew; the same one answers at once from what was kept."""
    summarizer = Summarizer(WordEncoder(), Copyist())
    digests = Digests(newsroom.store, summarizer)
    digest = digests.extract([article], title="One", sentences=2, now=NOW)
    assert digests.written(digest) is None
    made = digests.write(digest, now=NOW, stop=lambda: False)
    assert digests.written(digest) == made
    summarizer.writer = Renamed()
    assert digests.written(digest) is None
    summarizer.writer = Copyist()
    assert digests.written(digest) == made


def test_many_are_written_together_and_each_is_kept(newsroom: Newsroom) -> None:
    """What was written before is not written again; what has nothing to write from is None."""
    articles = []
    for place in ("Varnes", "Tolm", "Quessel"):
        id = newsroom.tell(f"Quay of {place}", TEXT.replace("Varnes", place))
        found = newsroom.store.articles.get(id)
        assert found is not None
        articles.append(found)
    writer = Copyist()
    digests = Digests(newsroom.store, Summarizer(WordEncoder(), writer))
    made = [digests.extract([one], title=one.title, sentences=2, now=NOW) for one in articles]
    first = digests.write(made[0], now=NOW, stop=lambda: False)
    found_all = digests.write_many(
        [*made, replace(made[0], final=True)], now=NOW, stop=lambda: False
    )
    assert found_all[0] == first
    assert found_all[3] is None
    calls = writer.calls
    again = digests.write_many(made, now=NOW, stop=lambda: False)
    assert again == found_all[:3]
    assert writer.calls == calls


def test_what_could_not_be_written_says_why(newsroom: Newsroom, article: Article) -> None:
    """Useless answers are kept as that; a writer that is away is asked again."""
    silent, away = Copyist(""), Copyist(WriterUnavailable("it is busy", permanent=False))
    for writer, note, calls in ((silent, NOTHING_WRITTEN, 1), (away, "it is busy", 2)):
        digests = Digests(newsroom.store, Summarizer(WordEncoder(), writer))
        digest = digests.extract([article], title="One", sentences=2, now=NOW)
        for _ in range(2):
            made = digests.write(digest, now=NOW, stop=lambda: False)
            assert made == replace(digest, note=note)
        assert writer.calls == calls


def _article(number: int, **values: object) -> Article:
    given: dict[str, object] = {
        "id": f"{number:012d}",
        "number": number,
        "url": None,
        "title": "t",
        "text": "x",
        "outlet": Outlet(name=f"Outlet {number % 3}", host="h"),
        "language": "en",
        "author": None,
        "published_at": NOW + timedelta(minutes=number),
        "fetched_at": NOW,
        "content_hash": str(number),
        **values,
    }
    return Article(**given)  # type: ignore[arg-type]


def test_a_writer_that_only_repeats_is_not_said_to_have_failed(
    newsroom: Newsroom, article: Article
) -> None:
    """The source's own words in the writer's mouth are source sentences, and the note is true."""
    own = TEXT.split(". ", maxsplit=1)[0] + "."
    summarizer = Summarizer(WordEncoder(), Copyist(own))
    digests = Digests(newsroom.store, summarizer)
    digest = digests.extract([article], title="One", sentences=1, now=NOW)
    made = digests.write(digest, now=NOW, stop=lambda: False)
    assert made == replace(digest, note=NOT_PASSED)
    assert "own words" in NOT_PASSED


def test_copies_and_teasers_stand_back() -> None:
    """They speak only where nothing better does."""
    whole, copy = _article(1), _article(2, copy_of="000000000001")
    teaser = _article(3, completeness="teaser")
    assert choose([whole, copy, teaser]) == [whole]
    assert choose([copy, teaser]) == [teaser]
    assert choose([copy]) == [copy]
    assert choose([]) == []


def test_what_an_outlet_has_withdrawn_is_not_told() -> None:
    """Its correction speaks in its place, also one that is nearly its copy; copies of it do not."""
    post, wire = (Outlet(name=name, host=f"{name}.example") for name in ("post", "wire"))
    early = _article(1, outlet=post, text="The quay opened. Nobody came to look at it.")
    wrong = _article(2, outlet=post, text="Nine ships sank in Alvik. All were old ships.")
    copied = _article(3, outlet=wire, text=wrong.text, copy_of=wrong.id)
    other = _article(4, outlet=wire, text="Ships sank in Alvik. Nine, said one of the papers.")
    right = _article(
        5,
        outlet=post,
        title="Corrected: Ships sink in Alvik",
        text="Two ships sank in Alvik, not nine. All were old ships.",
        copy_of=wrong.id,
    )
    assert choose([early, wrong, copied, other, right]) == [early, other, right]
    uncorrected = replace(right, title="Correct: ships sink in Alvik", copy_of=None)
    assert wrong in choose([early, wrong, uncorrected])
    assert other in choose([wrong, other, right])


def test_a_short_note_does_not_silence_a_report() -> None:
    """It tells too little to stand alone: the report and the note both speak."""
    outlet = Outlet(name="post", host="post.example")
    report = _article(1, outlet=outlet, text="Nine ships sank in Alvik on Monday. " * 5)
    note = _article(2, outlet=outlet, title="Correction: ships", text="It was the mayor of Alvik.")
    assert choose([report, note]) == [report, note]


@pytest.mark.parametrize(
    ("completeness", "url", "told"),
    [
        ("teaser", "https://harbour-post.example/a", "Only a teaser could be read"),
        ("paywalled", "https://harbour-post.example/a", "the rest is for paying readers"),
        ("full", "https://harbour-post.example/a", None),
        ("teaser", None, None),
    ],
)
def test_a_teaser_is_never_told_as_the_article(
    newsroom: Newsroom, completeness: str, url: str | None, told: str | None
) -> None:
    """Its summary says so, when it is given again too; a pasted text is what it is."""
    one = _article(1, text=TEXT, title="Quay", completeness=completeness, url=url)
    digests = Digests(newsroom.store, Summarizer(WordEncoder(), None))
    for _ in range(2):
        notes = digests.extract([one], title="Quay", sentences=2, now=NOW).notes
        assert bool(notes) == (told is not None)
        assert told is None or told in notes[0]


def test_of_several_teasers_none_is_the_article(newsroom: Newsroom) -> None:
    """Where one outlet's whole text is there, it speaks alone, and nothing needs saying."""
    digests = Digests(newsroom.store, Summarizer(WordEncoder(), None))
    links = [f"https://outlet-{n}.example/a" for n in range(3)]
    teasers = [_article(n, text=TEXT, completeness="teaser", url=links[n]) for n in (1, 2)]
    whole = _article(3, text=TEXT, url=links[0])
    (told,) = digests.extract(teasers, title="Quay", sentences=2, now=NOW).notes
    assert told.startswith("Only teasers of these articles")
    assert digests.extract([*teasers, whole], title="Quay", sentences=2, now=NOW).notes == ()


def test_each_outlet_is_heard_before_one_is_heard_twice() -> None:
    """A story of many articles keeps the newest of each outlet, told oldest first."""
    outlet = Outlet(name="Loud", host="loud.example")
    many = [_article(number, outlet=outlet) for number in range(10, 110)]
    chosen = choose([_article(1), *many])
    assert len(chosen) == MOST_ARTICLES
    assert chosen[0].number == 1
    assert [one.number for one in chosen[1:]] == list(range(110 - MOST_ARTICLES + 1, 110))
