"""A short report that the tests of the judge and of the reader share."""

from __future__ import annotations

from summarizer.evidence import Evidence
from summarizer.model import Document
from summarizer.text import split_sentences

REPORT = (
    "The harbour council of Alvik voted on Tuesday to close the northern ferry terminal. "
    "The weather was mild that day. "
    "Mayor Ingrid Solheim said 140 workers would lose their jobs. "
    "She called the vote painful. "
    "The union leader Peder Brandt called the closure a betrayal of the islands. "
    "Ferries to the islands will leave from the southern pier until the spring."
)


def evidence(text: str = REPORT) -> Evidence:
    """All of a text's sentences."""
    return Evidence([(Document(id="a", text=text), split_sentences(text))])
