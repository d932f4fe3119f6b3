"""Who covers a story and who does not, as a message and as lines. Pure, as in views.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.telegram import callbacks, dates
from bot.telegram.markup import bold, escape, italic, link, quote
from bot.telegram.messages import Button, Message
from bot.telegram.views import Reader
from bot.telegram.voicing import mark
from news.coverage import Coverage, Share, Silent

OWNERS: Mapping[str, str] = {
    "public": "public service",
    "private": "private",
    "agency": "news agency",
    "organisation": "organisation",
    "state": "state",
    "unknown": "not known",
}
_ROWS = 12
_SHARES = 12
_SILENT = 8

CountryName = Callable[[str], str]


def coverage(found: Coverage, reader: Reader, country: CountryName) -> Message:
    """Show who covers a story, what states' outlets alone say, and who is silent."""
    parts = [
        f"{bold('Coverage')} · {bold(found.story.title)}",
        italic(summary(found)),
    ]
    if found.rows:
        parts.append(f"{bold('By country')}\n{escape(by_country(found, country))}")
        parts.append(f"{bold('By owner')}\n{escape(by_owner(found))}")
        told = [f"• {escape(line)}" for line in who_tells(found, reader, country)]
        parts.append("\n".join([bold("Who tells it, first ones first"), *told]))
        parts.append("\n".join([bold("State outlets"), escape(state_line(found))]))
        parts += [_alone(found, place, country) for place in range(len(found.alone))]
    parts.append("\n".join([bold("Silent"), *map(escape, silence(found, country))]))
    button = Button(label="The story", data=callbacks.data("sty", found.story.id))
    return Message(text="\n\n".join(parts), buttons=((button,),))


def summary(found: Coverage) -> str:
    """Give a coverage in one line of numbers."""
    if not found.rows:
        return "No article of it is left."
    countries = sum(bool(share.name) for share in found.countries)
    copies = f" ({_count(found.copies, 'copy', 'copies')})" if found.copies else ""
    return (
        f"{_count(len(found.rows), 'outlet')} in {_count(countries, 'country', 'countries')}, "
        f"{_count(found.voices, 'independent voice')}, "
        f"{_count(found.articles, 'article')}{copies}"
    )


def by_country(found: Coverage, country: CountryName) -> str:
    """Give the outlets of each country in one line."""
    return _shares(found.countries, lambda name: country(name) if name else "not known")


def by_owner(found: Coverage) -> str:
    """Give the outlets of each kind of owner in one line."""
    return _shares(found.ownership, lambda name: OWNERS.get(name, name))


def who_tells(found: Coverage, reader: Reader, country: CountryName) -> list[str]:
    """Give a line for each outlet: where and whose it is, when it began, whom it copies."""
    lines = []
    for row in found.rows[:_ROWS]:
        outlet = row.outlet
        known = OWNERS[outlet.ownership] if outlet.ownership != "unknown" else None
        facts = ", ".join(fact for fact in (country(outlet.country or ""), known) if fact)
        name = outlet.name or outlet.host or "an unnamed source"
        line = f"{name}{f' ({facts})' if facts else ''} · {_moment(row.first_at, reader)}"
        line += f" · {row.articles} articles" if row.articles > 1 else ""
        if row.copied_at:
            what = "a copy" if not row.own_at else _count(len(row.copied_at), "copy", "copies")
            line += f" · {what} of {', '.join(row.follows) or 'another outlet'}"
        lines.append(line)
    more = len(found.rows) - _ROWS
    return [*lines, f"and {_count(more, 'more outlet')}"] if more > 0 else lines


def state_line(found: Coverage) -> str:
    """Say what part the outlets of states have in a story."""
    states = sum(row.outlet.ownership == "state" for row in found.rows)
    if found.state_only:
        return "Nobody but state outlets tells this story: nobody independent confirms it."
    if not states:
        return "No state outlet tells it."
    if not found.alone:
        return f"{_count(states, 'outlet')}; no claim was found that only they make."
    return f"{_count(states, 'outlet')}. Only they say:"


def silence(found: Coverage, country: CountryName) -> list[str]:
    """Say which outlets were read and have nothing, those that usually would have first."""
    lines = []
    if found.silent:
        named = ", ".join(_silent(one, country) for one in found.silent[:_SILENT])
        more = len(found.silent) - _SILENT
        named += f" and {more} more" if more > 0 else ""
        lines.append(
            "Wrote about such matters lately, were read since this began, have nothing on it: "
            f"{named}."
        )
    else:
        lines.append(
            "Of the outlets that wrote about such matters lately, none is known to be silent."
        )
    rest = []
    if found.others:
        has = "has" if found.others == 1 else "have"
        rest.append(f"{_count(found.others, 'other outlet')} read since {has} nothing either")
    if found.unread:
        them = "it" if found.unread == 1 else "them"
        rest.append(f"{_count(found.unread, 'outlet')} not read since: nothing is known of {them}")
    return [*lines, *(f"{line}." for line in rest)]


def caption(found: Coverage, alt: str) -> str:
    """Give the words below the picture: what it shows, for who cannot see it."""
    return f"{bold(found.story.title)}\n{escape(alt)}"


def _alone(found: Coverage, place: int, country: CountryName) -> str:
    one = found.alone[place]
    who = mark(one, country)
    where = link("read it there", one.said.evidence.url)
    return f"{quote(one.text)}\n{italic(who)} · {where}"


def _silent(one: Silent, country: CountryName) -> str:
    facts = [country(one.outlet.country)] if one.outlet.country else []
    facts.append(f"{_count(one.usual, 'text')} on {one.about}")
    return f"{one.outlet.name} ({', '.join(facts)})"


def _shares(shares: Sequence[Share], name: Callable[[str], str]) -> str:
    shown = ", ".join(f"{name(share.name)} {share.outlets}" for share in shares[:_SHARES])
    more = len(shares) - _SHARES
    return f"{shown} and {more} more" if more > 0 else shown


def _moment(at: datetime, reader: Reader) -> str:
    return dates.moment(at, reader.zone, now=None if reader.edition else reader.now)


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
