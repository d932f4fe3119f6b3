"""Why a story stands where it stands, as a message: every part with its points. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping

from bot.telegram import callbacks
from bot.telegram.markup import bold, escape, italic
from bot.telegram.messages import Button, Message
from news.model import Importance, Weighed

PARTS: Mapping[str, str] = {
    "voices": "Who tells it",
    "countries": "Where it is told",
    "volume": "How much is new of it",
    "recency": "How fresh it is",
    "growth": "Whether it grows",
    "severity": "How grave it is",
    "lightness": "How light it is",
    "topic": "What it is about",
}
"""What each part is called, in the order in which it is shown."""


def why(weighed: Weighed) -> Message:
    """Show a story's points, part by part, and what each was counted from."""
    told = weighed.story
    parts = [
        f"{bold('Why it stands where it stands')} · {bold(told.title)}",
        "\n".join(escape(line) for line in lines(weighed.importance)),
        f"{bold(f'{weighed.importance.total:.1f} points')} in all. A brief begins with the most.",
    ]
    if not weighed.fits:
        parts.append(italic("It is off the topics of this chat, so its briefs leave it out."))
    button = Button(label="The story", data=callbacks.data("sty", told.id))
    return Message(text="\n\n".join(parts), buttons=((button,),))


def lines(importance: Importance) -> list[str]:
    """Give a line for each part: "+2.0 Who tells it: 3 independent voices: A, B, C"."""
    return [
        f"{points:+.1f} {PARTS.get(name, name)}: {importance.because.get(name, '')}".rstrip(": ")
        for name, points in importance.parts.items()
        if points or name != "lightness"
    ]
