"""A channel's web page gives its messages, page by page, and says when there is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from papers_made import BODY, Web

from news.model import Draft, Outlet
from news.outlets import Outlets
from news.ways.found import Problem
from news.ways.telegram_channel import (
    Channel,
    ChannelPage,
    channel_of,
    read_channel,
    read_page,
)

NOW = datetime(2022, 2, 20, 9, 0, tzinfo=UTC)
OUTLETS = Outlets([Outlet(name="Listed", host="listed_news.t.me", country="NO")])
PAGE = "https://t.me/s/harbour_post"


def _message(number: int, text: str, *, before: str = "", after: str = "", kind: str = "") -> str:
    """As the web page writes one: the bubble with what stands before, the text, and a footer."""
    shown = (
        f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>'
        if text
        else '<a class="tgme_widget_message_photo_wrap" href="https://t.me/harbour_post/9"></a>'
    )
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        f'<div class="tgme_widget_message text_not_supported_wrap js-widget_message {kind}" '
        f'data-post="harbour_post/{number}" data-view="eyJj"><div class="tgme_widget_message_user">'
        '<a href="https://t.me/harbour_post"><i class="tgme_widget_message_user_photo"></i></a>'
        "</div>"
        '<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author">'
        '<a class="tgme_widget_message_owner_name" href="https://t.me/harbour_post">'
        f'<span dir="auto">Harbour Post</span></a></div>{before}{shown}{after}'
        '<div class="tgme_widget_message_footer compact js-message_footer"><div '
        'class="tgme_widget_message_info short js-message_info"><span '
        'class="tgme_widget_message_views">12.5K</span><span class="copyonly"> views</span>'
        '<span class="tgme_widget_message_meta"><a class="tgme_widget_message_date" '
        f'href="https://t.me/harbour_post/{number}"><time datetime="2022-02-{number:02}T12:00:00'
        '+02:00" class="time">12:00</time></a></span></div></div></div></div></div>'
    )


def _page(*messages: str, older: int | None = None) -> str:
    more = (
        f'<a href="/s/harbour_post?before={older}" class="tme_messages_more js-messages_more" '
        f'data-before="{older}"></a>'
        if older
        else ""
    )
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body class="widget_frame_base">'
        '<main class="tgme_main"><div class="tgme_channel_info"><div '
        'class="tgme_channel_info_header_title"><span dir="auto">Harbour Post</span></div>'
        '<div class="tgme_channel_info_counter">5K subscribers</div></div>'
        f'<section class="tgme_channel_history">{more}{"".join(messages)}</section></main></body>'
    )


def _read(page: str) -> ChannelPage:
    found = read_page(page.encode(), Channel(name="harbour_post"))
    assert isinstance(found, ChannelPage), found
    return found


def _all(
    web: Web, channel: Channel | None = None, *, since: datetime | None = None, max_pages: int = 5
) -> tuple[list[Draft], list[Problem]]:
    found = list(
        read_channel(
            channel or Channel(name="harbour_post"),
            web,
            outlets=OUTLETS,
            now=NOW,
            since=since,
            max_pages=max_pages,
        )
    )
    return (
        [one for one in found if isinstance(one, Draft)],
        [one for one in found if isinstance(one, Problem)],
    )


def test_a_message_is_read_with_its_date_link_and_source() -> None:
    """Line breaks are paragraphs; views, buttons and the answered message are no text."""
    before = (
        '<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;'
        '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/fjord/5">'
        '<span dir="auto">Fjord Times</span></a></div>'
        '<a class="tgme_widget_message_reply" href="https://t.me/harbour_post/2"><div '
        'class="tgme_widget_message_text js-message_reply_text" dir="auto">An older text</div></a>'
    )
    after = (
        '<a class="tgme_widget_message_link_preview" href="https://harbour-post.example/a"><div '
        'class="link_preview_title">A page</div></a>'
    )
    text = f"<b>Dockers strike</b> <i class='emoji'><b>⚓</b></i><br/><br/>{BODY} &amp; more"
    page = _read(_page(_message(18, text, before=before, after=after), older=3))
    (message,) = page.messages
    assert message.text == f"Dockers strike ⚓\n\n{BODY} & more"
    assert (message.id, message.url) == (18, "https://t.me/harbour_post/18")
    assert message.at == datetime(2022, 2, 18, 10, tzinfo=UTC)
    assert (message.forwarded_from, message.link) == (
        "Fjord Times",
        "https://harbour-post.example/a",
    )
    assert (page.title, page.older) == ("Harbour Post", 3)


def test_messages_become_drafts_newest_first() -> None:
    """Over several pages, each channel an outlet of its own, pictures and notices passed over."""
    web = Web(
        {
            PAGE: _page(_message(12, f"Day 12. {BODY}"), _message(14, f"Day 14. {BODY}"), older=12),
            f"{PAGE}?before=12": _page(
                _message(8, "Channel created", kind="service_message"),
                _message(9, ""),
                _message(11, f"Quay news<br>{BODY}"),
            ),
        }
    )
    drafts, problems = _all(web)
    assert problems == []
    assert [draft.url for draft in drafts] == [
        f"https://t.me/harbour_post/{n}" for n in (14, 12, 11)
    ]
    last = drafts[-1]
    assert (last.title, last.text, last.completeness) == ("Quay news", BODY, "full")
    assert last.outlet == Outlet(name="Harbour Post", host="harbour_post.t.me")
    assert (last.language, last.published_at.day, last.fetched_at) == ("en", 11, NOW)
    assert drafts[0].title.startswith("Day 14. Dockers")


def test_pages_back_are_bounded() -> None:
    """By number, by date, and where a page names itself as the older one."""
    pages = {PAGE: _page(_message(19, BODY), older=19)}
    pages |= {f"{PAGE}?before={n}": _page(_message(n - 1, BODY), older=n - 1) for n in range(3, 20)}
    web = Web(pages)
    assert len(_all(web, max_pages=3)[0]) == 3
    drafts, _ = _all(web, since=datetime(2022, 2, 17, tzinfo=UTC), max_pages=20)
    assert [draft.published_at.day for draft in drafts] == [19, 18, 17]
    circle = Web({PAGE: _page(_message(19, BODY), older=19), f"{PAGE}?before=19": pages[PAGE]})
    _all(circle, max_pages=20)
    assert len(circle.asked) == 2


def test_one_message_can_be_named() -> None:
    """Its page shows those around it, which are not taken; a missing one is told."""
    around = _page(_message(5, BODY), _message(6, f"Six. {BODY}"), older=4)
    drafts, _ = _all(Web({f"{PAGE}/6": around}), Channel(name="harbour_post", message=6))
    assert [draft.url for draft in drafts] == ["https://t.me/harbour_post/6"]
    _, (told,) = _all(Web({f"{PAGE}/7": around}), Channel(name="harbour_post", message=7))
    assert "no such message" in told.reason


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            '<html><body><div class="tgme_page"><div class="tgme_page_extra">If you have Telegram, '
            "you can contact @harbour_post right away.</div></div></body></html>",
            "no such channel, it is private",
        ),
        ("", "empty or broken"),
        ("<html></html>", "no public page"),
        (_page(), "no new message with words"),
        (None, "no such page"),
    ],
    ids=["private", "empty", "blank", "silent", "missing"],
)
def test_a_channel_without_a_page_is_one_line(body: str | None, told: str) -> None:
    """Private, unknown, empty: each is told."""
    drafts, (problem,) = _all(Web({PAGE: body} if body is not None else {}))
    assert drafts == []
    assert told in problem.reason
    assert problem.final


def test_a_later_page_that_fails_leaves_the_first() -> None:
    """What was read stays."""
    drafts, (told,) = _all(Web({PAGE: _page(_message(19, BODY), older=19)}))
    assert len(drafts) == 1
    assert not told.final


def test_a_channel_of_the_list_is_its_outlet() -> None:
    """The list of sources knows a channel by the host name that Telegram gives it."""
    body = _page(_message(19, BODY)).replace("harbour_post/", "Listed_News/")
    drafts, _ = _all(Web({"https://t.me/s/Listed_News": body}), Channel(name="Listed_News"))
    assert (drafts[0].outlet.name, drafts[0].outlet.country) == ("Listed", "NO")


@pytest.mark.parametrize(
    ("what", "name", "message"),
    [
        ("@harbour_post", "harbour_post", None),
        ("t.me/harbour_post", "harbour_post", None),
        ("https://t.me/s/harbour_post?before=7", "harbour_post", None),
        ("https://t.me/s/harbour_post/7", "harbour_post", 7),
        ("http://www.telegram.me/harbour_post/7?single", "harbour_post", 7),
        ("https://harbour_post.t.me/7", "harbour_post", 7),
        ("https://t.me/share", None, None),
        ("https://t.me/", None, None),
        ("https://t.me/a", None, None),
        ("@x", None, None),
        ("@", None, None),
        ("notes.txt", None, None),
        ("https://harbour-post.example/t.me/x", None, None),
        ("ftp://t.me/harbour_post", None, None),
        ("http://[bad", None, None),
    ],
)
def test_channels_are_recognised(what: str, name: str | None, message: int | None) -> None:
    """By name and by every form of link; Telegram's own pages are none."""
    expected = Channel(name=name, message=message) if name else None
    assert channel_of(what) == expected


@pytest.mark.parametrize("end", ["+AbCdEf", "joinchat/AbC", "c/1234/5", "s/+x"])
def test_an_invitation_is_no_public_channel(end: str) -> None:
    """It says so instead of failing on a page."""
    found = channel_of(f"https://t.me/{end}")
    assert isinstance(found, Problem)
    assert "public channels" in found.reason


def test_rubbish_is_one_line() -> None:
    """Fifty megabytes without markup end in a line."""
    found = read_page(b"\x00\xff<p" * 12_000_000, Channel(name="harbour_post"))
    assert isinstance(found, Problem)
