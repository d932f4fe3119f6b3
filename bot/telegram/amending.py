"""A correction as a message: what was shown, what the page says now, and where. Pure."""

from __future__ import annotations

from bot.telegram import dates
from bot.telegram.markup import bold, escape, italic, link, quote
from bot.telegram.messages import Message
from bot.telegram.views import Reader
from news.rereading import Correction
from news.retractions import Finding

_LONGEST = 5


def correction(found: Correction, reader: Reader) -> Message:
    """Tell a chat what changed on a page that it was shown sentences of."""
    article = found.article
    outlet = article.outlet.name or article.outlet.host or "the source"
    shown_at = max(one.shown_at for one in found.shown)
    seen = dates.moment(shown_at, reader.zone, now=None if reader.edition else reader.now)
    heading = "Withdrawn" if found.withdrawn else "Corrected at the source"
    parts = [
        f"{bold(heading)} · {link(outlet, article.url)}\n{escape(article.title)}",
        italic(f"What I showed you on {seen} does not stand there any more."),
    ]
    if found.withdrawn:
        parts.append("The page is gone. From it I had told you:")
        parts += [quote(one.evidence.sentence) for one in found.shown[:_LONGEST]]
    else:
        if all(finding.kind == "noted" for finding in found.findings):
            parts[1] = italic(f"The page that I cited on {seen} now carries a note.")
        parts += [_finding(finding) for finding in found.findings[:_LONGEST]]
    parts.append(link("Read it there", article.url))
    return Message(text="\n\n".join(parts))


def _finding(finding: Finding) -> str:
    lines = [f"It said:\n{quote(finding.said)}"]
    if finding.kind == "changed" and finding.says:
        lines.append(f"It now says:\n{quote(finding.says)}")
    elif finding.kind == "retracted":
        lines.append("That sentence has been taken out.")
    if finding.note:
        lines.append(f"The outlet's note:\n{quote(finding.note)}")
    return "\n".join(lines)
