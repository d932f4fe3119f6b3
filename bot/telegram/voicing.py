"""Who says what, as a message: shared facts, figures side by side, what one side alone says.

Pure functions, as in views.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.counts import count_label, value
from bot.telegram import callbacks, dates
from bot.telegram.markup import bold, escape, italic, link, quote
from bot.telegram.messages import Button, Message
from bot.telegram.views import Reader
from news.model import Count, Evidence, Story, Told
from news.voices import Alone, Fact, Voices

CountryName = Callable[[str], str]
_QUOTES_OF_ONE = 4


def voices(story: Story, heard: Voices, reader: Reader, country: CountryName) -> Message:
    """Show who says what in a story."""
    parts = [f"{bold('Who says what')} · {bold(story.title)}", italic(summary(heard))]
    if heard.facts:
        parts += [bold("Several say"), *(_fact(fact, country) for fact in heard.facts)]
    if heard.counts:
        parts += [bold("Figures, newest first"), *(_count(one, reader) for one in heard.counts)]
    if heard.alone:
        parts += [bold("Only one says"), *(_alone(one, country) for one in heard.alone)]
    button = Button(label="The story", data=callbacks.data("sty", story.id))
    return Message(text="\n\n".join(parts), buttons=((button,),))


def summary(heard: Voices) -> str:
    """Say in one line how many voices were heard, and what that means for what follows."""
    texts = f"{heard.articles} text{'' if heard.articles == 1 else 's'}"
    if not heard.articles:
        return "No texts are left to compare: they were dropped for their age."
    if heard.voices == 1:
        named = ", ".join(heard.outlets) or "unnamed"
        return f"One voice only ({named}, {texts}): nothing to compare."
    line = f"{heard.voices} independent voices, {texts}: {', '.join(heard.outlets)}"
    if not heard.facts and not heard.counts and not heard.alone:
        line += ". No two say the same in comparable words."
    return line


def mark(claim: Alone, country: CountryName) -> str:
    """Name who alone says something: "only Outlet, state-owned, Country"."""
    outlet = claim.said.outlet
    named = " and ".join(claim.outlets) or outlet.name or outlet.host or "an unnamed source"
    facts = [f"only {named}"]
    facts += ["state-owned"] if claim.state else []
    facts += [country(outlet.country)] if outlet.country else []
    return ", ".join(facts)


def side(fact: Fact, country: CountryName) -> str:
    """Say that outlets of one country alone share a fact; empty where others do."""
    return f"only outlets of {country(fact.side)}" if fact.side else ""


def _fact(fact: Fact, country: CountryName) -> str:
    names = [link(one.outlet.name or "source", one.evidence.url) for one in fact.said]
    same = f" (in the same words: {', '.join(fact.copied)})" if fact.copied else ""
    told = f"• {escape(fact.text)}\n{' · '.join(names)}{escape(same)}"
    told += f" · {italic(side(fact, country))}" if fact.side else ""
    return told + _quotes([one.evidence for one in fact.said[1:]])


def _count(count: Count, reader: Reader) -> str:
    """One line of values, each linked to who tells it, and the sentences behind them."""
    values = ", ".join(_value(told) for told in count.told)
    state = "they differ" if count.differs else "they agree"
    lines = [f"• {bold(count_label(count))}: {values} · {italic(state)}"]
    if count.earlier:
        lines.append(escape("earlier: " + ", ".join(value(told) for told in count.earlier)))
    quotes = [
        f"{told.shown} · {_source(one, reader)}: {one.sentence}"
        for told in count.told
        for one in told.evidence[:_QUOTES_OF_ONE]
    ]
    return "\n".join([*lines, quote("\n".join(quotes), expandable=True)])


def _value(told: Told) -> str:
    urls: dict[str, str | None] = {}
    for one in told.evidence:
        urls.setdefault(one.source, one.url)
    names = ", ".join(link(name, urls.get(name)) for name in told.outlets)
    return f"{bold(told.shown)} ({names}, {told.at.day} {told.at:%b})"


def _source(one: Evidence, reader: Reader) -> str:
    name = one.source or "source"
    if one.published_at is None:
        return name
    now = None if reader.edition else reader.now
    return f"{name}, {dates.moment(one.published_at, reader.zone, now=now)}"


def _alone(one: Alone, country: CountryName) -> str:
    who = mark(one, country)
    return f"• {escape(one.text)}\n{italic(who)} · {link('read it there', one.said.evidence.url)}"


def _quotes(evidence: Sequence[Evidence]) -> str:
    said = "\n".join(f"{one.source or 'source'}: {one.sentence}" for one in evidence)
    return f"\n{quote(said, expandable=True)}" if said else ""
