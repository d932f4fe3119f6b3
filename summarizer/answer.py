"""From a writer's raw answer to the sentences in it that can be checked at all.

Drops refusals, remarks about the task, echoes of the prompt, repetition and a cut-off
end. Judges form only; whether a sentence is true is for `check`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from summarizer.candidates import starts_inside
from summarizer.evidence import units
from summarizer.text import split_sentences, words

_BULLET = re.compile(r"^\s*(?:[-–—*•·#>]+|\(?\d{1,2}[.):]|sentence \d+:)\s*", re.IGNORECASE)
_LABEL = re.compile(
    r"^\s*(?:\**(?:the )?(?:short |brief |news |final |corrected |rewritten |revised )*"
    r"(?:article \d+|summary|answer|output|response|result|sentence|version|text)\**\s*:\**)\s*",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"^(?:the|this|these) (?:source|article|passage|report|text)s? "
    r"(?:also )?(?:state|say|report|mention|note|explain)s?,? that (?=\S)",
    re.IGNORECASE,
)
"""What a writer puts before a sentence to say that it was told so: the citation says it."""
_REMARK = re.compile(
    r"^(?:(?:sure|certainly|of course|okay|ok|yes|no)\b[,.!:]|here(?:'s| is| are)\b.*:?$|note:"
    r"|i(?:'m| am) (?:sorry|an ai|unable|not able)|sorry\b|unfortunately,? i\b|as an ai\b"
    r"|i (?:can(?:no|')t|do not|don't|will|have)\b"
    r"|(?:this|the) (?:summary|text|passage|sentence)s? "
    r"|these sentences|based on the (?:text|sentences|sources|information)"
    r"|(?:please|let me)\b|is there anything|you are\b|your task)",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?]['\"”’»)\]]*$")
_LEAST_WORDS = 4
_MOST_WORDS = 80


def usable_sentences(answer: str, prompt: str, sources: Iterable[str]) -> list[str]:
    """The sentences of `answer` worth checking, in order, each once.

    `prompt` is everything the writer was shown; a sentence that stands in it counts as
    an echo unless it is part of one of `sources`, the source sentences.
    """
    known = [_plain(source) for source in sources]
    shown = _plain(prompt)
    found: list[str] = []
    for line in answer.replace("\r", "\n").split("\n"):
        text = _LABEL.sub("", _BULLET.sub("", line)).strip().strip("*").strip()
        for sentence in split_sentences(_unwrapped(text)):
            plain = _plain(sentence.text)
            echo = plain in shown and not any(plain in source for source in known)
            written = _unframed(sentence.text)
            if _is_usable(written) and not echo and not repeats(written, found):
                found.append(written)
    return found


def repeats(sentence: str, earlier: Iterable[str]) -> bool:
    """Whether four fifths of the content of the shorter of two sentences stands in the other."""
    mine = {unit.form for unit in units(sentence)}
    for other in earlier:
        theirs = {unit.form for unit in units(other)}
        if len(mine & theirs) >= 0.8 * max(1, min(len(mine), len(theirs))):
            return True
    return False


def _is_usable(text: str) -> bool:
    count = len(words(text))
    if not _LEAST_WORDS <= count <= _MOST_WORDS or not _ENDS.search(text) or starts_inside(text):
        return False
    return not _REMARK.search(text.replace("’", "'"))


def _unframed(sentence: str) -> str:
    """Without "The source states that" at its beginning."""
    rest = _FRAME.sub("", sentence)
    return rest if rest == sentence else rest[0].upper() + rest[1:]


def _unwrapped(text: str) -> str:
    """Without quotation marks around the whole line."""
    if (
        len(text) > 1
        and text[0] in '"“'
        and text[-1] in '"”'
        and not re.search(r"[\"“”]", text[1:-1])
    ):
        return text[1:-1].strip()
    return text


def _plain(text: str) -> str:
    return " ".join(words(text))
