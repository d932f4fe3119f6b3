"""Headlines without what says nothing of the event: outlet names, newsroom labels, shouting.

The lists are data (`config/headlines.toml`); a headline that none of it fits stays as it is.
Which of its headlines names a story is decided by `central`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from news.model import Outlet, Vector
from summarizer.words import STOP_WORDS

_CENTRAL = 0.9
"""A headline may name a story when it is as near to its middle as this share of the nearest."""
_ENOUGH_WORDS = 3
"""What is left of a headline must still be one: nothing is cut that leaves fewer words."""
_LABEL_WORDS = 5
_SHOUTED = 0.7
_READ = 6000
_SPACES = re.compile(r"\s+")
_PICTOGRAPHS = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u25a0-\u25ff\u23e9-\u23ff\ufe0e\ufe0f\u200d\u20e3]+"
)
_BAR = re.compile(r"\s*(?:\||\s::\s|\s[»•·]\s)\s*")
_DASH_END = re.compile(r"(.*\S)\s+[-–—]+\s+([^-–—]*(?:-\w[^-–—]*)*)$")
_MARKS = re.compile(r"[!?]{2,}")
_TRAILING = re.compile(r"(?:\s*(?:\.{2,}|…)|!)+$")
_BULLET = re.compile(r"^(?:[-–—*•·>»]+\s+)+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_RUN = re.compile(
    r"\b(?=[^\W\d_])[A-ZÀ-ÞА-ЯΑ-Ω][A-ZÀ-ÞА-ЯΑ-Ω'’-]*(?:[ ,]+[A-ZÀ-ÞА-ЯΑ-Ω'’-]+)*\b(?!['’]?[a-z])"
)


def central(
    headlines: Sequence[tuple[datetime, str, Vector]],
    middle: Vector,
    avoid: Callable[[str], bool] = lambda headline: False,
) -> str:
    """Choose the headline that names a story: the newest of those near its middle.

    The nearest alone would name an old death toll for days. One to `avoid` names a story that
    has no other; "" where there is none at all.
    """
    told = [one for one in headlines if one[1]]
    choice = [one for one in told if not avoid(one[1])] or told
    nearness = [float(vector @ middle) for _, _, vector in choice]
    enough = _CENTRAL * max(nearness, default=0.0)
    near = [one for one, far in zip(choice, nearness, strict=True) if far >= enough] or choice
    return max(near, key=lambda one: one[0])[1] if near else ""


class Headlines:
    """Cleans headlines by the lists that ship and the outlets that are known."""

    def __init__(
        self, tables: Mapping[str, Any], outlets: Iterable[Outlet], acronyms: Iterable[str] = ()
    ) -> None:
        self._generic = frozenset(tables["generic"])
        self._sections = frozenset(tables["sections"])
        self._outlets = frozenset(
            key for outlet in outlets for key in self._keys(outlet.name, outlet.host) if key
        )
        self._acronyms = frozenset(word.upper() for word in (*tables["acronyms"], *acronyms))
        prefixes = _any(tables["prefixes"])
        self._prefix = re.compile(rf"^\W*(?:{prefixes})\s*(?:[:|!]+|\s[-–—]+\s)\s*", re.IGNORECASE)
        self._kind = re.compile(rf"^(?:{_any(tables['kinds'])})(?=\s*[:|])", re.IGNORECASE)
        self._call = re.compile(rf"^(?:{_any(tables['calls'])})[!.…]*\s+(?=\S)")
        # in lower case only: "Saturday Night Live: ..." is a name
        self._inner = re.compile(rf"\s+(?:{_any(tables['inner'])})(?=:\s)")
        self._suffix = re.compile(
            rf"\s+[-–—|]+\s+(?:{_any(tables['suffixes'])})\.?$", re.IGNORECASE
        )
        tag = f"(?:{_any(tables['brackets'])})"
        inside = rf"\+?\s*{tag}(?:\s*[:/&,+]?\s*{tag})?"
        self._tag = re.compile(
            rf"^\s*[\[(]\s*{inside}\s*[\])]\s*|\s*[\[(]\s*{inside}\s*[\])]\s*$", re.IGNORECASE
        )

    def clean(self, title: str, *, outlet: Outlet | None = None, text: str = "") -> str:
        """Give a headline as it would stand in a book of events; never empty unless it was.

        `outlet` is who published it; `text` is its article, which shows how words that the
        headline has in capitals are written.
        """
        plain = _SPACES.sub(" ", _PICTOGRAPHS.sub(" ", html.unescape(title))).strip()
        if not plain:
            return _SPACES.sub(" ", title).strip()
        own = frozenset(self._keys(outlet.name, outlet.host)) - {""} if outlet else frozenset()
        steps: Sequence[Callable[[str], str]] = (
            lambda line: _BULLET.sub("", line),
            lambda line: self._without_bars(line, own),
            lambda line: self._without_outlet(line, own),
            lambda line: self._suffix.sub("", line),
            lambda line: self._tag.sub("", line),
            lambda line: self._prefix.sub("", line),
            lambda line: self._call.sub("", line),
            lambda line: self._inner.sub("", line),
            lambda line: self._kind.sub(lambda found: found[0].capitalize(), line),
            _calm,
        )
        before = None
        while plain != before:
            before = plain
            for step in steps:
                plain = _kept(plain, step(plain))
        return self._quiet(plain, text)

    def is_view(self, title: str) -> bool:
        """Say whether a headline is marked as an opinion, a fact check and the like."""
        return bool(self._kind.match(title.strip()))

    def _keys(self, name: str, host: str) -> tuple[str, str, str]:
        """Give an outlet's name, its host and the host's main part as compared: bare letters."""
        labels = [part for part in host.lower().split(".") if part not in ("www", "feeds", "rss")]
        core = max(labels[:-1], key=len, default="")
        return self._key(name), self._key(host), self._key(core)

    def _key(self, words: str) -> str:
        found = re.findall(r"\w+", words.casefold())
        return "".join(word for word in found if word not in self._generic) or "".join(found)

    def _without_bars(self, line: str, own: frozenset[str]) -> str:
        """Cut what stands behind bars at the end: outlets, sections, bylines; and an outlet before.

        Newsrooms put a bar before nothing else that is so short.
        """
        parts = [part for part in _BAR.split(line) if part]
        while len(parts) > 1 and len(parts[-1].split()) <= _LABEL_WORDS:
            if not _long_enough(" ".join(parts[:-1])):
                break
            parts.pop()
        if len(parts) > 1 and self._names(parts[0], own | self._outlets):
            parts.pop(0)
        return " | ".join(parts)

    def _without_outlet(self, line: str, own: frozenset[str]) -> str:
        """Cut the outlet's own name from behind a dash or in brackets.

        Another outlet's name there may say whose word it is: it stays.
        """
        found = _DASH_END.match(line)
        if found and self._names(found[2], own):
            return found[1]
        bracket = re.match(r"(.*\S)\s*\(([^()]{2,40})\)$", line)
        if bracket and self._names(bracket[2], own):
            return bracket[1]
        lead = re.match(r"([^:|–—-]{2,40})\s*(?::|\s[–—-])\s+(.*)", line)
        return lead[2] if lead and self._names(lead[1], own) else line

    def _names(self, words: str, keys: frozenset[str]) -> bool:
        return len(words.split()) <= _LABEL_WORDS and self._key(words) in keys

    def _quiet(self, line: str, text: str) -> str:
        """Write shouted words as words; abbreviations stay.

        A headline all in capitals gets a capital for each longer word: that harms no name.
        In any other one only what its article writes in small letters is taken for shouted.
        """
        words = _WORD.findall(line)
        letters = [char for word in words for char in word if char.isupper() or char.islower()]
        if not any(word.isupper() and len(word) > 2 for word in words):
            return line
        loud = sum(char.isupper() for char in letters) > _SHOUTED * len(letters)
        if loud and len(words) <= _ENOUGH_WORDS:
            return line
        forms = _forms(text[:_READ])
        titled = loud or _titled(words)

        def quieter(found: re.Match[str]) -> str:
            run = _WORD.findall(found[0])
            shouted = loud or any(self._shouted(word, forms) for word in run)

            def lowered(one: re.Match[str]) -> str:
                word, small = one[0], one[0].lower()
                kept = not shouted or self._keeps(word, forms, loud=loud)
                if (
                    kept
                    or word == "I"
                    or (len(run) == 1 and not loud and not self._shouted(word, forms))
                ):
                    return word
                minor = len(small) < 5 and small in STOP_WORDS
                opens = found.start() + one.start() == 0
                return small.capitalize() if opens or (titled and not minor) else small

            return _WORD.sub(lowered, found[0])

        return _RUN.sub(quieter, line)

    def _keeps(self, word: str, forms: Mapping[str, frozenset[str]], *, loud: bool) -> bool:
        """Whether a word in capitals is one that has them: listed, or so in the article."""
        seen = forms.get(word.casefold(), frozenset())
        if word in self._acronyms:
            return not loud or not seen or word in seen
        return word in seen and not (loud and word.lower() in seen)

    def _shouted(self, word: str, forms: Mapping[str, frozenset[str]]) -> bool:
        seen = forms.get(word.casefold(), frozenset())
        return len(word) > 2 and word.lower() in seen and not self._keeps(word, forms, loud=False)


@lru_cache(maxsize=64)
def _forms(text: str) -> dict[str, frozenset[str]]:
    """Give how a text writes each of its words."""
    forms: dict[str, set[str]] = {}
    for word in _WORD.findall(text):
        forms.setdefault(word.casefold(), set()).add(word)
    return {key: frozenset(found) for key, found in forms.items()}


def _titled(words: Sequence[str]) -> bool:
    long = [word for word in words if len(word) > 4 and not word.isupper()]
    return bool(long) and sum(word[0].isupper() for word in long) > _SHOUTED * len(long)


def _calm(line: str) -> str:
    """Take the shouting out of punctuation; a question stays one."""
    tail = _TRAILING.search(line)
    if tail and tail[0] != "!":
        line = line[: tail.start()]
        last = line.split()[-1:] or [""]
        # cut short by a feed: without the mark it would read as a whole sentence
        if "." in tail[0] or "…" in tail[0]:
            line += "…" if last[0].strip("'’\"“”‘") in STOP_WORDS else ""
    line = _MARKS.sub(lambda found: "?" if "?" in found[0] else "!", line)
    return line.strip(" \t|–—-:;,")


def _kept(before: str, after: str) -> str:
    """Give the shorter headline where it is still one; a first letter stays a capital."""
    after = after.strip()
    if not after or (after != before and not _long_enough(after) and _long_enough(before)):
        return before
    if before[:1].isupper() and after[0].islower() and not after.startswith(before[:1]):
        return after[0].upper() + after[1:]
    return after


def _long_enough(line: str) -> bool:
    words = _WORD.findall(line)
    # a language that writes no spaces between words has few of them
    return len(words) >= _ENOUGH_WORDS or any(len(word) > 14 for word in words)


def _any(words: Iterable[str]) -> str:
    longest_first = sorted(set(words), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first)
