"""The bot's own pages: welcome, help, settings, subscriptions, sources. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.telegram import callbacks, dates
from bot.telegram.markup import bold, escape, italic
from bot.telegram.messages import Button, Message, grid
from bot.telegram.views import Reader
from news.model import Feed, Outlet, Story
from news.served import Chat, Subscription

HOURS = ("06:00", "07:30", "09:00", "12:00", "18:00", "21:00")
TOPICS_ON_A_PAGE = 8
OUTLETS_SHOWN = 60
FEEDS_SHOWN = 10
"""Under each heading; without a network all of them fail, in ten messages otherwise."""
LENGTHS = ("short", "medium", "long")
EVERYTHING = "all"

Label = Callable[[str], str]


def welcome(reader: Reader, headlines: Sequence[Story] = ()) -> Message:
    """Greet someone; `headlines` are stories worth a look."""
    lines = [
        bold("Hello, I read world news for you."),
        "",
        "• Ask me about anything: a few sentences, each with its source.",
        "• Send a link, a text or a file: I summarise it.",
        "• Subscribe: a brief every day at your hour, nothing twice.",
    ]
    if headlines:
        lines += ["", bold("In the news")]
        lines += [f"• {escape(told.title)} /story_{told.id}" for told in headlines]
    if reader.edition:
        last_day = dates.moment(reader.now, reader.zone).rsplit(",", 1)[0]
        lines += ["", italic(f"This is the {reader.edition}: for it, today is {last_day}.")]
    buttons = [
        Button(label="Brief" if reader.edition else "Today's brief", data=_data("brf")),
        Button(label="Latest", data=_data("lat")),
        Button(label="Subscribe", data=_data("sub", 0)),
        Button(label="Help", data=_data("hlp")),
    ]
    return Message(text="\n".join(lines), buttons=grid(buttons, 2))


def help_page(lines: Sequence[tuple[str, str]]) -> Message:
    """List what the bot can do; `lines` are (how to write it, what it does)."""
    listed = "\n".join(f"{escape(how)} - {escape(what)}" for how, what in lines)
    free = (
        "Without a command: send a question for an answer from my sources, "
        "or a link, a long text, or a text, HTML, PDF, DOCX or mail file for a summary."
    )
    return Message(text=f"{bold('What I can do')}\n\n{listed}\n\n{escape(free)}")


def about(reader: Reader, models: Sequence[str]) -> Message:
    """Say what the bot is, how far to trust it, and what it keeps."""
    edition = f" You are reading the {reader.edition}." if reader.edition else ""
    parts = [
        bold("About geobrief"),
        "I collect articles from many outlets, group those about the same event, and tell you "
        f"each story in a few sentences.{escape(edition)}",
        "Every sentence shows where it comes from: the numbers, and the button Sources. A sentence "
        "that I write is checked against its sources; one that fails is replaced by a source's "
        "own words. If I have nothing, I say “Not in my sources”; that does not mean that nothing "
        "happened.",
    ]
    if models:
        parts.append(bold("Models") + "\n" + "\n".join(f"• {escape(line)}" for line in models))
    parts.append(
        bold("What I keep")
        + "\nThis chat's number, name, time zone and length; its subscriptions, the stories it "
        "follows, the briefs it got and the sentences it was shown. Texts and links you send are "
        "kept as articles, without your name, and are never shown to others; what you ask is kept "
        "only with the answer that I made, without your name. /forget deletes all that belongs to "
        "this chat."
    )
    return Message(text="\n\n".join(parts))


def settings(chat: Chat, subscriptions: Sequence[Subscription], now: datetime) -> Message:
    """Show a chat's settings with the buttons that change them."""
    local = dates.moment(now, chat.zone)
    text = "\n".join(
        [
            bold("Settings"),
            "",
            f"Length: {bold(chat.length)}",
            f"Time zone: {bold(chat.zone)} (now {escape(local)})",
            f"Subscriptions: {bold(str(len(subscriptions)))}",
            "",
            "Another zone: /timezone Europe/Berlin",
        ]
    )
    lengths = [
        Button(
            label=f"{name.capitalize()}{' ✓' if name == chat.length else ''}",
            data=_data("len", name),
        )
        for name in LENGTHS
    ]
    more = [
        Button(label="Subscriptions", data=_data("sbs")),
        Button(label="Subscribe", data=_data("sub", 0)),
        Button(label="Forget this chat", data=_data("fgt", "ask")),
    ]
    return Message(text=text, buttons=(tuple(lengths), tuple(more[:2]), tuple(more[2:])))


def subscriptions_page(listed: Sequence[Subscription], label: Label) -> Message:
    """List a chat's subscriptions, each with a button that removes it."""
    lines = [bold("Subscriptions")]
    for number, one in enumerate(listed, 1):
        due = dates.weekday_moment(one.next_due_at, one.zone)
        lines.append(
            f"{number}. {bold(topic_names(one.topics, label))}\n"
            f"daily at {one.local_time}, {escape(one.zone)} · next {escape(due)}"
        )
    remove = [
        Button(label=f"Remove {number}", data=_data("uns", one.id))
        for number, one in enumerate(listed, 1)
    ]
    return Message(
        text="\n\n".join(lines),
        buttons=(*grid(remove, 3), (Button(label="Add another", data=_data("sub", 0)),)),
    )


def subscribed(made: Subscription, label: Label, *, zone_unset: bool) -> Message:
    """Confirm a subscription and name its next delivery in local time."""
    due = dates.weekday_moment(made.next_due_at, made.zone)
    names = topic_names(made.topics, label)
    lines = [
        f"Subscribed: {bold(names)}, every day at {bold(made.local_time)}.",
        f"Next brief: {bold(due)}{'' if due.endswith(made.zone) else escape(f' ({made.zone})')}.",
    ]
    if zone_unset:
        lines.append(italic("Not your time zone? Set it like this: /timezone Europe/Berlin"))
    return Message(
        text="\n".join(lines),
        buttons=(
            (
                Button(label="My subscriptions", data=_data("sbs")),
                Button(label="Remove", data=_data("uns", made.id)),
            ),
        ),
    )


def choose_topic(known: Sequence[tuple[str, str]], page: int) -> Message:
    """Offer topics to subscribe to, a page at a time."""
    pages = max(1, -(-len(known) // TOPICS_ON_A_PAGE))
    page = page % pages
    shown = known[page * TOPICS_ON_A_PAGE : (page + 1) * TOPICS_ON_A_PAGE]
    rows = grid([Button(label=name, data=_data("sut", id)) for id, name in shown], 2)
    last = [Button(label="Everything", data=_data("sut", EVERYTHING))]
    if pages > 1:
        last.append(Button(label=f"More topics ({page + 1}/{pages})", data=_data("sub", page + 1)))
    text = "\n".join(
        [
            bold("A brief about what?"),
            "",
            "Choose, or write it in one line with any words and hour:",
            "<code>/subscribe ukraine, middle east 07:30</code>",
        ]
    )
    return Message(text=text, buttons=(*rows, tuple(last)))


def choose_hour(topic: str, label: Label, zone: str) -> Message:
    """Offer hours for a subscription to a topic."""
    names = topic_names(() if topic == EVERYTHING else (topic,), label)
    hours = [Button(label=hour, data=_data("sun", topic, hour.replace(":", ""))) for hour in HOURS]
    text = f"{bold(names)}: every day at what time? Hours are {escape(zone)} (/timezone)."
    return Message(
        text=text, buttons=(*grid(hours, 3), (Button(label="Back", data=_data("sub", 0)),))
    )


def timezone_page(chat: Chat, now: datetime) -> Message:
    """Show the chat's zone and how to change it."""
    local = dates.moment(now, chat.zone)
    return Message(
        text=f"Your time zone is {bold(chat.zone)}; it is {escape(local)} there.\n"
        "Change it like this: /timezone Europe/Berlin, or just a big city's name: /timezone Tokyo"
    )


def timezone_set(chat: Chat, now: datetime, moved: Sequence[Subscription]) -> Message:
    """Confirm a zone and say when the next brief comes."""
    lines = [
        f"Time zone: {bold(chat.zone)}; it is {escape(dates.moment(now, chat.zone))} there.",
    ]
    if moved:
        first = min(one.next_due_at for one in moved)
        lines.append(f"Next brief: {bold(dates.weekday_moment(first, chat.zone))}.")
    return Message(text="\n".join(lines))


def sources_list(outlets: Sequence[tuple[Outlet, int, datetime]], reader: Reader) -> Message:
    """List outlets with country, ownership, number of articles and the newest one's time."""
    if not outlets:
        return Message(text="No articles have been collected yet.")
    total = sum(count for _, count, _ in outlets)
    lines = [f"{bold('My sources')}: {len(outlets)} outlets, {total} articles"]
    if reader.edition:
        lines.append(italic(reader.edition))
    lines.append("")
    for outlet, count, newest in outlets[:OUTLETS_SHOWN]:
        known = outlet.ownership if outlet.ownership != "unknown" else None
        facts = ", ".join(fact for fact in (outlet.country, known) if fact)
        at = dates.moment(newest, reader.zone, now=None if reader.edition else reader.now)
        lines.append(
            f"{bold(outlet.name or outlet.host)}{escape(f' ({facts})') if facts else ''} · "
            f"{count} · newest {escape(at)}"
        )
    if len(outlets) > OUTLETS_SHOWN:
        lines.append(f"and {len(outlets) - OUTLETS_SHOWN} more")
    return Message(text="\n".join(lines))


def feeds_page(feeds: Sequence[Feed], reader: Reader, *, details: bool) -> Message:
    """Say how the feeds do; with `details`, which ones fail or are turned off, and why."""
    if not feeds:
        return Message(text="I read no feeds here.")
    failing = [feed for feed in feeds if feed.active and feed.failures]
    off = [feed for feed in feeds if not feed.active]
    waiting = sum(feed.active and not feed.failures and not feed.last_success_at for feed in feeds)
    well = len(feeds) - len(failing) - len(off) - waiting
    lines = [f"{bold('My feeds')}: {len(feeds)}, {well} well, {len(failing)} failing"]
    lines[0] += f", {len(off)} turned off" if off else ""
    lines[0] += f", {waiting} not read yet" if waiting else ""
    last = max((feed.last_success_at for feed in feeds if feed.last_success_at), default=None)
    if last is not None:
        lines.append(f"Last read {escape(dates.moment(last, reader.zone, now=reader.now))}")
    if not details:
        return Message(text="\n".join(lines))
    quiet = [feed for feed in feeds if feed.active and not feed.failures and feed.notice]
    for heading, chosen in (("Failing", failing), ("Turned off", off), ("Quiet", quiet)):
        if chosen:
            shown = chosen[:FEEDS_SHOWN]
            lines += ["", bold(heading), *(_feed_line(feed, reader) for feed in shown)]
            if len(chosen) > len(shown):
                lines.append(f"and {len(chosen) - len(shown)} more: geobrief feeds list")
    return Message(text="\n".join(lines))


def _feed_line(feed: Feed, reader: Reader) -> str:
    since = feed.last_success_at
    last = dates.moment(since, reader.zone, now=reader.now) if since else "never"
    often = "once" if feed.failures == 1 else f"{feed.failures} times"
    told = feed.notice or f"failed {often}: {feed.error}"
    facts = f"{told} · last success {last} · {feed.items} items"
    return f"• {bold(feed.outlet.name or feed.outlet.host)} · {escape(facts)}\n{escape(feed.url)}"


def confirm_forget() -> Message:
    """Ask before everything about a chat is deleted."""
    return Message(
        text="Delete everything I keep about this chat: settings, subscriptions, followed stories "
        "and the record of past briefs? This cannot be undone.",
        buttons=(
            (
                Button(label="Yes, delete it", data=_data("fgt", "yes")),
                Button(label="Keep it", data=_data("fgt", "no")),
            ),
        ),
    )


def topic_names(topics: Sequence[str], label: Label) -> str:
    """Give topics as people call them; none of them means everything."""
    return ", ".join(label(topic) for topic in topics) or "Everything"


def _data(action: str, *values: object) -> str:
    return callbacks.data(action, *values)
