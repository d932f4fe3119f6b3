"""Who covers a story: copies told from texts, and silence said only of outlets that were read."""

from __future__ import annotations

from datetime import timedelta

from newsroom import NOW, Newsroom

from news.coverage import LOOK_BACK, Coverage, Matter, cover, has_state, matter_of
from news.habits import matters
from news.model import Article, Outlet, Ownership, Story
from news.store.activity import Activity
from news.topics import Topics

HOUR = timedelta(hours=1)
STORY = Story(
    id=1, title="Quay opens", first_at=NOW - 6 * HOUR, last_at=NOW, changed_at=NOW, articles=3,
    revision=1, countries=("NO", "SE"),
)  # fmt: skip


def outlet(name: str, country: str | None = "NO", ownership: Ownership = "private", family: str | None = None) -> Outlet:  # fmt: skip  # noqa: E501
    """An invented outlet."""
    host = name.lower().replace(" ", "-") + ".example"
    return Outlet(name=name, host=host, country=country, ownership=ownership, family=family)


def article(number: int, of: Outlet, *, hours: float = 1, copy_of: int | None = None) -> Article:
    """One text of an outlet."""
    return Article(
        id=f"{number:012x}",
        number=number,
        url=None,
        title="Quay opens",
        text="",
        outlet=of,
        language=None,
        author=None,
        published_at=NOW - hours * HOUR,
        fetched_at=NOW,
        content_hash=str(number),
        copy_of=None if copy_of is None else f"{copy_of:012x}",
    )


def active(of: Outlet, *, about: dict[str, int] | None = None, articles: int = 9, hours: float = 1) -> Activity:  # fmt: skip  # noqa: E501
    """What an outlet did lately."""
    return Activity(
        outlet=of, articles=articles, about=about or {}, newest_at=NOW - hours * HOUR
    )  # fmt: skip


def covered(articles: list[Article], *activity: Activity, read: tuple[str, ...] = ()) -> Coverage:
    """The coverage of the story, which is about Norway, Sweden and, wider, the North."""
    matters = [
        matter_of("Norway", ("NO",), activity, 2),
        matter_of("Sweden", ("SE",), activity, 2),
        Matter(name="Ships", texts={("Shipping News", "shipping-news.example"): 2}, least=2),
        matter_of("Northern Europe", ("NO", "SE", "FI", "DK"), activity, 3),
    ]
    return cover(STORY, articles, activity, matters=matters, read=read, now=NOW)


def test_outlets_copies_countries_and_owners_are_counted() -> None:
    """First ones first; a copy is its outlet's text and names whose it is; unknown comes last."""
    wire, post = outlet("Wire", "SE", "agency"), outlet("Post")
    found = covered(
        [
            article(1, wire, hours=5),
            article(2, post, hours=4, copy_of=1),
            article(3, post, hours=1),
            article(4, outlet("Nowhere", None, "unknown")),
        ]
    )
    assert [row.outlet.name for row in found.rows] == ["Wire", "Post", "Nowhere"]
    assert found.rows[1].follows == ("Wire",)
    assert (found.articles, found.copies, found.voices) == (4, 1, 3)
    assert [(one.name, one.outlets, one.articles) for one in found.countries] == [
        ("NO", 1, 2), ("SE", 1, 1), ("", 1, 1),
    ]  # fmt: skip
    assert [one.name for one in found.ownership][-1] == "unknown"


def test_silent_are_those_who_were_read_and_usually_write_of_it() -> None:
    """An outlet that was not read since may know the story: nothing is said of it."""
    found = covered(
        [article(1, outlet("Wire"))],
        active(outlet("Usual"), about={"NO": 5}),
        active(outlet("Most usual"), about={"SE": 8}),
        active(outlet("Elsewhere"), about={"PE": 9}),
        active(outlet("Once"), about={"NO": 1}),
        active(outlet("Asleep"), about={"NO": 9}, hours=30),
        active(outlet("Quiet feed"), about={"NO": 3}, hours=30),
        read=("quiet-feed.example",),
    )
    assert [one.outlet.name for one in found.silent] == ["Usual", "Quiet feed", "Most usual"]
    assert (found.others, found.unread) == (2, 1)


def test_silence_is_judged_by_topic_and_region_too() -> None:
    """Who writes of the region or the topic could have told it; who writes of others could not."""
    found = covered(
        [article(1, outlet("Wire"))],
        active(outlet("Shipping News"), about={"PE": 2}),
        active(outlet("Baltic Post"), about={"FI": 2, "DK": 1}),
        active(outlet("Seldom"), about={"FI": 1, "DK": 1}),
        active(outlet("Andes Post"), about={"PE": 40}),
        active(outlet("Oslo Post"), about={"NO": 2, "FI": 9}),
    )
    assert [(one.outlet.name, one.usual, one.about) for one in found.silent] == [
        ("Oslo Post", 2, "Norway"), ("Shipping News", 2, "Ships"),
        ("Baltic Post", 3, "Northern Europe"),
    ]  # fmt: skip
    assert found.others == 2


def test_sisters_of_who_tells_are_not_silent_but_other_states_outlets_are() -> None:
    """One publisher's outlets speak together; each outlet of a state decides for itself."""
    found = covered(
        [
            article(1, outlet("Wire East", family="Wire")),
            article(2, outlet("State One", "SE", "state")),
        ],
        active(outlet("Wire West", family="Wire"), about={"NO": 5}),
        active(outlet("State One", "SE", "state"), about={"NO": 5}),
        active(outlet("State Two", "SE", "state"), about={"NO": 5}),
    )
    assert [one.outlet.name for one in found.silent] == ["State Two"]


def test_what_states_alone_tell() -> None:
    """Nobody else's word stands beside it."""
    state = outlet("State One", "SE", "state")
    assert covered([article(1, state)]).state_only
    assert not covered([article(1, state), article(2, outlet("Post"))]).state_only
    assert has_state([article(1, state), article(2, outlet("Post"))])
    assert not has_state([article(1, state)])
    assert not has_state([article(2, outlet("Post"))])


def test_a_story_of_no_articles_is_covered_by_nobody() -> None:
    """Nothing is left of it; that is no error."""
    found = covered([], active(outlet("Usual"), about={"NO": 5}))
    assert found.rows == ()
    assert not found.state_only
    assert [one.outlet.name for one in found.silent] == ["Usual"]


def test_the_store_knows_who_wrote_about_what(newsroom: Newsroom) -> None:
    """By the main countries of the stories; what was sent in private counts for nobody."""
    for hours, (title, text) in enumerate(
        [
            ("Oslo opens a quay", "The quay in Oslo, Norway, opened on Monday after long work."),
            ("Lima closes a mine", "The mine near Lima, Peru, closed on Monday after a strike."),
        ]
    ):
        newsroom.tell(title, text, at=NOW - hours * HOUR)
    newsroom.tell("Old news", "A bridge fell in Oslo, Norway, long ago and far up.", at=NOW - 2 * LOOK_BACK)  # fmt: skip  # noqa: E501
    newsroom.tell("Mine", "A private note about a quay in Bergen, Norway, of some length.", outlet="Quay", private=True)  # fmt: skip  # noqa: E501
    newsroom.group()
    (found,) = newsroom.store.activities.between(NOW - LOOK_BACK, NOW)
    assert found.outlet.name == "Harbour Post"
    assert found.articles == 2
    assert found.about["NO"] == found.about["PE"] == 1
    assert found.newest_at == NOW


def test_a_storys_matters_are_its_countries_topics_and_region(
    newsroom: Newsroom, topics: Topics
) -> None:
    """Each with who wrote of it lately, as the store knows it; the narrowest come first."""
    quake = "An earthquake near Lima, Peru, brought down a bridge; rescuers dig for survivors."
    newsroom.tell("Earthquake shakes Lima", quake)
    newsroom.tell("Earthquake in Turkey", "An earthquake near Ankara, Turkey, cracked many walls.",
                  outlet="Anatolian Post", at=NOW - 30 * HOUR)  # fmt: skip
    newsroom.tell("Tsunami warning", "A tsunami warning after the earthquake off Chile was lifted.",
                  outlet="Anatolian Post", at=NOW - 20 * HOUR)  # fmt: skip
    newsroom.group()
    (story,) = [one for one in newsroom.store.stories.changed_since(NOW - HOUR, NOW, limit=9)
                if "Lima" in one.title]  # fmt: skip
    found = matters(
        story,
        newsroom.store.articles.of_stories([story.id])[story.id],
        newsroom.store.activities.between(NOW - LOOK_BACK, NOW),
        store=newsroom.store, topics=topics, name=topics.country,
    )  # fmt: skip
    assert [one.name for one in found] == ["Peru", "Disasters and accidents", "South America"]
    post = ("Anatolian Post", "anatolian-post.example")
    assert [one.texts.get(post, 0) for one in found] == [0, 2, 1]
