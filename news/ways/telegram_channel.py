"""A public Telegram channel's web preview page: its messages as drafts.

Reads the page's markup; `read_channel` asks its caller for pages. Knows nothing of the Bot API.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from news.entries import plain_line, web_link
from news.extract import extract_text, html_to_text
from news.model import Draft
from news.outcome import Fetched
from news.outlets import Outlets
from news.plain import decode
from news.ways.found import Fetch, Problem, unfetched

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_PAGES = 5
"""A page holds twenty messages or so."""
_HOSTS = frozenset({"t.me", "telegram.me", "telegram.dog"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_POST = re.compile(r"([A-Za-z][A-Za-z0-9_]{3,31})/(\d{1,12})")
# first parts of t.me links that are pages of Telegram's own, not names of channels
_INVITES = frozenset({"joinchat", "c", "addlist"})
_OWN_PAGES = frozenset(
    {"addemoji", "addstickers", "addtheme", "bg", "boost", "confirmphone", "contact", "giftcode"}
    | {"invoice", "iv", "login", "m", "nft", "proxy", "setlanguage", "share", "socks"}
)
_TITLE_WORDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel by its public name, or one message of it."""

    name: str
    message: int | None = None

    @property
    def page(self) -> str:
        """The link of its web page."""
        end = "" if self.message is None else f"/{self.message}"
        return f"https://t.me/s/{self.name}{end}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as shown; `text` has paragraphs by blank lines and is "" for a picture alone.

    `link` is the page that it previews, if it names one.
    """

    id: int
    url: str
    text: str
    at: datetime | None
    forwarded_from: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPage:
    """One page, oldest message first; `older` is the id before which the next page ends."""

    name: str
    title: str
    messages: tuple[Message, ...]
    older: int | None


def channel_of(what: str) -> Channel | Problem | None:
    """The channel that `@NAME` or a link of t.me names; None where `what` is neither.

    A link by invitation names a private channel: that is a problem.
    """
    what = what.strip()
    if what.startswith("@"):
        return Channel(name=what[1:]) if _NAME.fullmatch(what[1:]) else None
    bare = what if "//" in what else f"https://{what}"
    try:
        parts = urlsplit(bare)
        host = (parts.hostname or "").lower().removeprefix("www.")
    except ValueError:
        return None
    steps = [step for step in parts.path.split("/") if step]
    front, _, rest = host.partition(".")
    if rest in _HOSTS and _NAME.fullmatch(front):
        steps = [front, *steps]
    elif host not in _HOSTS or parts.scheme not in ("http", "https"):
        return None
    steps = steps[1:] if steps[:1] == ["s"] else steps
    if steps and (steps[0].lower() in _INVITES or steps[0].startswith("+")):
        reason = "is an invitation or a private channel; only public channels have a web page"
        return Problem(what=what[:200], reason=reason)
    if not steps or steps[0].lower() in _OWN_PAGES or not _NAME.fullmatch(steps[0]):
        return None
    number = steps[1] if len(steps) > 1 else ""
    message = int(number) if re.fullmatch(r"[0-9]{1,12}", number) else None
    return Channel(name=steps[0], message=message)


def read_page(body: bytes, channel: Channel) -> ChannelPage | Problem:
    """Read the page; a name without a public page is a problem in one line."""
    from lxml import etree
    from lxml import html as lxml_html

    what = f"@{channel.name}"
    try:
        tree = lxml_html.document_fromstring(decode(body, markup=True))
    except (ValueError, etree.LxmlError):
        return Problem(what=what, reason="Telegram's page for it is empty or broken")
    posts = _all(tree, "tgme_widget_message")
    if not posts and not _all(tree, "tgme_channel_info"):
        reason = (
            "has no public page: there is no such channel, it is private, it is a group or "
            "a person, or it has switched its web preview off"
        )
        return Problem(what=what, reason=reason)
    found = [message for post in posts if (message := _message(post)) is not None]
    head = _all(tree, "tgme_channel_info_header_title") or _all(
        tree, "tgme_widget_message_owner_name"
    )
    return ChannelPage(
        name=channel.name,
        title=plain_line(head[0].text_content())[:200] if head else channel.name,
        messages=tuple(sorted(found, key=lambda message: message.id)),
        older=_older(tree),
    )


def read_channel(
    channel: Channel,
    fetch: Fetch,
    *,
    outlets: Outlets,
    now: datetime,
    since: datetime | None = None,
    max_pages: int = MAX_PAGES,
) -> Iterator[Draft | Problem]:
    """Give the messages as drafts, newest first, from up to `max_pages` pages, none before `since`.

    Messages without words are passed over. A channel named by one message gives that one.
    """
    url, asked, given = channel.page, set[int](), 0
    for number in range(max_pages if channel.message is None else 1):
        answer = fetch(url)
        if not isinstance(answer, Fetched):
            yield unfetched(url, answer, final=number == 0)
            return
        page = read_page(answer.body, channel)
        if isinstance(page, Problem):
            yield page
            return
        drafts = list(_drafts(page, channel, outlets=outlets, now=now, since=since))
        yield from drafts
        given += len(drafts)
        old = [m for m in page.messages if since is not None and m.at is not None and m.at < since]
        # a page that names itself or a later one as the older would never end
        if page.older is None or old or page.older in asked or not page.messages:
            break
        asked.add(page.older)
        url = f"{channel.page}?before={page.older}"
    if not given:
        told = "the channel shows no new message with words"
        yield Problem(
            what=channel.page,
            reason=told if channel.message is None else "the channel shows no such message",
        )


def draft_of(message: Message, page: ChannelPage, *, outlets: Outlets, now: datetime) -> Draft:
    """The message as a draft: its first line is the title where it looks like one.

    Short as it may be, a message is complete. The outlet is the channel, under the host name
    that Telegram gives it, so that two channels are two outlets; the author of a forwarded
    message is where it came from.
    """
    host = f"{page.name.lower()}.t.me"
    found = extract_text(message.text)
    words = message.text.split()
    start = " ".join(words[:_TITLE_WORDS]) + (" …" if len(words) > _TITLE_WORDS else "")
    return Draft(
        url=message.url,
        title=found.title or start,
        text=found.text or message.text,
        outlet=outlets.of(f"https://{host}/", name=page.title),
        language=found.language,
        author=message.forwarded_from,
        published_at=min(message.at or now, now),
        fetched_at=now,
        completeness="full",
    )


def _drafts(
    page: ChannelPage,
    channel: Channel,
    *,
    outlets: Outlets,
    now: datetime,
    since: datetime | None,
) -> Iterator[Draft]:
    for message in reversed(page.messages):
        wanted = channel.message in (None, message.id)
        fresh = since is None or message.at is None or message.at >= since
        if message.text and wanted and fresh:
            yield draft_of(message, page, outlets=outlets, now=now)


def _message(post: HtmlElement) -> Message | None:
    """None for what is no message: "channel created", "picture changed"."""
    named = _POST.fullmatch(post.get("data-post") or "")
    if named is None or "service_message" in (post.get("class") or "").split():
        return None
    # the text of a message that this one answers stands inside it, under the same class
    texts = [
        node
        for node in _all(post, "tgme_widget_message_text")
        if "js-message_reply_text" not in (node.get("class") or "")
        and not any("tgme_widget_message_reply" in (up.get("class") or "") for up in _up(node))
    ]
    forwarded = _all(post, "tgme_widget_message_forwarded_from_name")
    previews = _all(post, "tgme_widget_message_link_preview")
    return Message(
        id=int(named[2]),
        url=f"https://t.me/{named[1]}/{named[2]}",
        text="\n\n".join(filter(None, map(_words, texts))),
        at=_moment(post),
        forwarded_from=plain_line(forwarded[0].text_content())[:200] or None if forwarded else None,
        link=web_link(previews[0].get("href"), "") if previews else None,
    )


def _words(node: HtmlElement) -> str:
    from lxml import html as lxml_html

    return html_to_text(str(lxml_html.tostring(node, encoding="unicode", with_tail=False)))


def _moment(post: HtmlElement) -> datetime | None:
    for link in _all(post, "tgme_widget_message_date"):
        for node in link.iter("time"):
            try:
                at = datetime.fromisoformat(node.get("datetime") or "")
                return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
            except (ValueError, OverflowError):
                continue
    return None


def _older(tree: HtmlElement) -> int | None:
    """From the link rel=prev, else from the button that loads more."""
    links = [node.get("href") for node in tree.iter("link") if node.get("rel") == "prev"]
    links += [node.get("href") for node in _all(tree, "tme_messages_more")]
    for link in links:
        try:
            (number,) = parse_qs(urlsplit(link or "").query).get("before", [""])[:1]
        except ValueError:
            continue
        if re.fullmatch(r"[0-9]{1,12}", number):
            return int(number)
    return None


def _all(tree: HtmlElement, name: str) -> list[HtmlElement]:
    """Elements of a class, in document order."""
    return list(tree.find_class(name))


def _up(node: HtmlElement) -> Iterator[HtmlElement]:
    yield from node.iterancestors()
