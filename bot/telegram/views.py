"""News as messages: stories, answers, summaries, their sources, briefs. Pure functions.

Each shown sentence carries the numbers of the source sentences behind it. Knows no store,
no Telegram objects and no clock: a `Reader` says for whom and when.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.counts import change_line, count_line, differ_line, translated
from bot.daymarks import day_note
from bot.telegram import callbacks, dates
from bot.telegram.markup import bold, escape, is_web, italic, link, quote
from bot.telegram.messages import Button, Message, Rows, grid
from bot.telegram.splitting import LIMIT, MAX_TAGS, split_message, tags, utf16_length
from news.model import Answer, Brief, Changes, Digest, Evidence, Involved, Point, Story, StoryBrief

WRITING = "✍ writing a shorter version…"
WRITTEN = "✍ written from the sentences under Sources"
VERBATIM = "source sentences, word for word"
NAMED_OUTLETS = 3
JUST_SEEN = timedelta(hours=1)
"""Who saw a story so lately need not be told that it holds nothing new."""
NAMED_PEOPLE = 4
RELATED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom a message is made: the edition's present, their zone, what the news is called."""

    now: datetime
    zone: str
    edition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a message says about itself: whether a better text is coming, whether it is followed."""

    writing: bool = False
    following: bool = False


def story(entry: StoryBrief, reader: Reader, status: Status, *, longer: bool = True) -> Message:
    """Show one story; `longer` offers the longer version."""
    text = _paragraphs(
        bold(entry.story.title),
        _news(entry.changes, reader) if entry.changes else "",
        _body(entry.digest),
        _who(entry.involved) if entry.involved else "",
        _lines(_meta(entry.story, reader), _origin(entry.digest, status)),
    )
    return Message(
        text=text, buttons=_story_buttons(entry.story.id, entry.digest, status, longer=longer)
    )


def answer(
    found: Answer, reader: Reader, status: Status, *, near: Sequence[tuple[str, str]] = ()
) -> Message:
    """Show an answer, or that there is none; `near` are topics (id, name) to try instead."""
    if not found.answered or found.digest is None or not found.digest.points:
        return _no_answer(found, reader, near)
    main = found.stories[0] if found.stories else None
    related = [
        f"{escape(other.title)} /story_{other.id}" for other in found.stories[1 : RELATED + 1]
    ]
    text = _paragraphs(
        bold(found.digest.title),
        _lines(*(bold(count_line(count)) for count in found.counts)),
        _body(found.digest),
        _lines(italic("Also from:"), *related) if related else "",
        _lines(
            _meta(main, reader) if main else _reading_meta(found.digest, reader),
            _origin(found.digest, status),
        ),
    )
    buttons = _story_buttons(main.id, found.digest, status) if main else _sources_row(found.digest)
    return Message(text=text, buttons=buttons)


def digest(summary: Digest, reader: Reader, status: Status) -> Message:
    """Show the summary of a link, text or file that someone sent, and what it rests on."""
    evidence = _numbered(summary)
    quotes = "\n".join(f"[{number}] {one.sentence}" for number, one in enumerate(evidence, 1))
    rests_on = _lines(italic("It rests on:"), quote(quotes, expandable=True))
    text = _paragraphs(
        bold(summary.title),
        _body(summary),
        rests_on if summary.is_written else "",
        _lines(_reading_meta(summary, reader), _origin(summary, status)),
    )
    return Message(text=text, buttons=_sources_row(summary))


def sources(summary: Digest, reader: Reader) -> Message:
    """Show what each sentence of a digest rests on: quotations with outlet, time and link.

    A sentence that is not the source's own stands above the quotations behind it.
    """
    parts = [f"{italic('Sources of')} {bold(summary.title)}"]
    numbers = {_name(one): number for number, one in enumerate(_numbered(summary), 1)}
    quoted: set[int] = set()
    for point in summary.points:
        if point.behind:
            parts.append(f"▸ {_sentence(point, numbers)}")
        for one in point.evidence:
            number = numbers[_name(one)]
            if number not in quoted:
                quoted.add(number)
                parts.append(f"[{number}] {_quotation(one, reader)}")
    if len(parts) == 1:
        parts.append("It cites no sentence.")
    return Message(text="\n\n".join(parts))


def _quotation(one: Evidence, reader: Reader) -> str:
    facts = [bold(one.source or "the text you sent")]
    if one.published_at is not None:
        facts.append(escape(_moment(one.published_at, reader)))
    if is_web(one.url):
        facts.append(link("read it there", one.url))
    return " · ".join(facts) + "\n" + quote(one.sentence)


def brief(
    composed: Brief, reader: Reader, *, topics: Sequence[str] = (), heading: str = "Your brief"
) -> list[Message]:
    """Show a brief in as many messages as it takes, no story cut unless it is too long itself.

    `topics` as people call them.
    """
    names = ", ".join(topics)
    head = [bold(heading), _brief_line(composed, reader, names)]
    head += [italic(f"⚠ {notice}") for notice in composed.notices]
    if not composed.entries:
        about = f" about {names}" if names else ""
        nothing = f"Nothing new{about} since {_moment(composed.since, reader)}."
        return [Message(text=_paragraphs("\n".join(head), escape(nothing)))]
    messages: list[Message] = []
    text, numbers = "\n".join(head), list[Button]()
    for number, entry in enumerate(composed.entries, 1):
        block = _entry(number, entry, reader)
        joined = f"{text}\n\n{block}"
        if numbers and (utf16_length(joined) > LIMIT - 64 or tags(joined) > MAX_TAGS):
            messages.append(Message(text=text, buttons=grid(numbers, 5)))
            joined, numbers = block, []
        text = joined
        numbers.append(_story_button(number, entry.story))
    hint = italic("Tap a number for the story, its sources and more.")
    messages.append(Message(text=f"{text}\n\n{hint}", buttons=grid(numbers, 5)))
    return [part for message in messages for part in split_message(message)]


def latest(composed: Brief, reader: Reader, *, limit: int = 8) -> Message:
    """Show the top stories, a line each, with a button for every one."""
    head = f"{bold('Latest')} · {escape(_moment(reader.now, reader))}{_edition(reader)}"
    entries = composed.entries[:limit]
    notices = "\n".join(italic(f"⚠ {notice}") for notice in composed.notices)
    if not entries:
        return Message(text=_paragraphs(head, notices, "No stories yet: nothing was collected."))
    lines = [
        f"{number}. {bold(entry.story.title)}\n{italic(_voices(entry.story, reader))}"
        for number, entry in enumerate(entries, 1)
    ]
    return Message(
        text=_paragraphs(head, notices, *lines),
        buttons=grid([_story_button(n, entry.story) for n, entry in enumerate(entries, 1)], 4),
    )


def digest_key(summary: Digest) -> str:
    """Give a short name of what a digest shows, for the button that asks for its sources."""
    shown = [
        [point.text, [[one.article_id, one.start, one.end] for one in point.evidence]]
        for point in summary.points
    ]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]


def follow_label(following: bool) -> str:
    """Give the text of the button that follows a story or stops following it."""
    return "Following ✓" if following else "Follow"


def _no_answer(found: Answer, reader: Reader, near: Sequence[tuple[str, str]]) -> Message:
    if found.newest_source_at is None:
        newest = "I have not collected any news yet."
    else:
        newest = f"The newest article I have is from {_moment(found.newest_source_at, reader)}"
        newest += f" ({reader.edition})." if reader.edition else "."
    text = _paragraphs(
        bold("Not in my sources."),
        escape(newest),
        escape(found.note or ""),
        escape("Perhaps one of these, or /latest:" if near else "See what there is: /latest"),
    )
    return Message(
        text=text,
        buttons=grid([Button(label=name, data=callbacks.data("ask", id)) for id, name in near], 1),
    )


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _body(summary: Digest) -> str:
    """The points with their markers: flowing when written, one a paragraph when they are quoted."""
    numbers = {_name(one): number for number, one in enumerate(_numbered(summary), 1)}
    between = " " if all(point.origin == "written" for point in summary.points) else "\n\n"
    told = between.join(_sentence(point, numbers) for point in summary.points)
    return _paragraphs(told, _differences(summary))


def _differences(summary: Digest) -> str:
    return _lines(*(italic(differ_line(count)) for count in summary.differs))


def _sentence(point: Point, numbers: dict[tuple[str, int, int], int]) -> str:
    markers = "".join(link(f"[{numbers[_name(one)]}]", one.url) for one in point.evidence)
    notes = [f"({note})"] if (note := day_note(point)) else []
    notes += [translated(point)] if point.translated_from else []
    return " ".join([escape(point.text.strip()), *filter(None, [markers]), *map(italic, notes)])


def _numbered(summary: Digest) -> list[Evidence]:
    """The cited sentences, each once, in the order in which they are first cited."""
    found: dict[tuple[str, int, int], Evidence] = {}
    for point in summary.points:
        for one in point.evidence:
            found.setdefault(_name(one), one)
    return list(found.values())


def _name(one: Evidence) -> tuple[str, int, int]:
    return one.article_id, one.start, one.end


def _news(changes: Changes, reader: Reader) -> str:
    """What is new since the reader saw the story last, before the summary of all of it."""
    seen = _moment(changes.since, reader)
    if not changes.points and not changes.figures:
        if reader.now - changes.since < JUST_SEEN:
            return ""
        return italic(f"Nothing new since you saw it ({seen}).")
    lines = [italic(f"New since you saw it ({seen}):")]
    lines += [bold(change_line(one)) for one in changes.figures]
    for point in changes.points:
        (one,) = point.evidence
        lines.append(f"• {escape(point.text)} {link(one.source or 'source', one.url)}")
    return "\n".join([*lines, "", italic("The story:")])


def _origin(summary: Digest, status: Status) -> str:
    """The last line: how the text came to be, and whether a better one is on its way."""
    lines = [italic(note) for note in (summary.note, *summary.notes) if note]
    if status.writing:
        lines.append(italic(WRITING))
    else:
        lines.append(italic(WRITTEN if summary.is_written else VERBATIM))
    return "\n".join(lines)


def _who(involved: Involved) -> str:
    """The people, organisations and places of a story, a line each; none for none."""
    people = [
        f"{name} ({involved.offices[name]})" if name in involved.offices else name
        for name in involved.people[:NAMED_PEOPLE]
    ]
    where = dict.fromkeys((*involved.countries, *involved.areas[:NAMED_PEOPLE]))
    return _lines(
        *(
            f"{italic(label)} {escape(', '.join(names))}"
            for label, names in (
                ("People:", people),
                ("Organisations:", involved.organisations[:NAMED_PEOPLE]),
                ("Where:", list(where)),
            )
            if names
        )
    )


def _meta(told: Story, reader: Reader) -> str:
    return italic(_voices(told, reader)) + _edition(reader)


def _voices(told: Story, reader: Reader) -> str:
    facts = [_named(told.outlets)] if told.outlets else []
    if told.articles > 1:
        facts.append(f"{told.articles} articles")
    facts.append(_moment(told.last_at, reader))
    return " · ".join(facts)


def _reading_meta(summary: Digest, reader: Reader) -> str:
    evidence = _numbered(summary)
    outlets = list(dict.fromkeys(one.source for one in evidence if one.source))
    if not outlets:
        return ""
    times = [one.published_at for one in evidence if one.published_at is not None]
    facts = [_named(outlets), *([_moment(max(times), reader)] if times else [])]
    return italic(" · ".join(facts))


def _named(outlets: Sequence[str]) -> str:
    named = ", ".join(outlets[:NAMED_OUTLETS])
    more = len(outlets) - NAMED_OUTLETS
    return f"{named} and {more} more" if more > 0 else named


def _moment(at: datetime, reader: Reader) -> str:
    return dates.moment(at, reader.zone, now=None if reader.edition else reader.now)


def _edition(reader: Reader) -> str:
    return f" · {italic(reader.edition)}" if reader.edition else ""


def _brief_line(composed: Brief, reader: Reader, names: str) -> str:
    local = dates.moment(composed.at, reader.zone).rsplit(", ", 1)[-1]
    facts = [f"{dates.day(composed.at, reader.zone)}, {local}"]
    facts += [names] if names else []
    return escape(" · ".join(facts)) + _edition(reader)


def _entry(number: int, entry: StoryBrief, reader: Reader) -> str:
    moved = "" if entry.new else f" {italic('· moved on')}"
    numbers = {_name(one): place for place, one in enumerate(_numbered(entry.digest), 1)}
    told = " ".join(_sentence(point, numbers) for point in entry.digest.points)
    if entry.changes is not None:
        told = _lines(*(bold(change_line(one)) for one in entry.changes.figures), told)
    told = _lines(told, _differences(entry.digest))
    return (
        f"<b>{number}. {escape(entry.story.title)}</b>{moved}\n{told}\n"
        f"{italic(_voices(entry.story, reader))}"
    )


def _story_button(number: int, told: Story) -> Button:
    return Button(label=str(number), data=callbacks.data("sty", told.id))


def _story_buttons(story_id: int, summary: Digest, status: Status, *, longer: bool = True) -> Rows:
    row = [
        Button(label="Sources", data=callbacks.data("src", story_id, digest_key(summary))),
        Button(label="More", data=callbacks.data("more", story_id)),
        Button(label=follow_label(status.following), data=callbacks.data("flw", story_id)),
    ]
    voices = Button(label="Who says what", data=callbacks.data("vcs", story_id))
    unfolded = Button(label="Timeline", data=callbacks.data("tls", story_id))
    return (
        tuple(row if longer else [row[0], row[2]]),
        (unfolded, voices),
        (
            Button(label="Coverage", data=callbacks.data("cov", story_id)),
            Button(label="Why", data=callbacks.data("why", story_id)),
        ),
    )


def _sources_row(summary: Digest) -> Rows:
    row = [Button(label="Sources", data=callbacks.data("src", 0, digest_key(summary)))]
    urls = list(dict.fromkeys(one.url for one in _numbered(summary) if is_web(one.url)))
    if len(urls) == 1:
        row.append(Button(label="Read the page", url=urls[0]))
    return (tuple(row),)
