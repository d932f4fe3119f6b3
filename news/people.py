"""Who a story is about: people named in full by its articles, and people in office.

No model of names: a name counts when several voices give it, or one text treats it as a
person's. Knows texts and the gazetteer.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from news.independence import voice_of
from news.model import Article
from news.places import Mentions, Places
from summarizer.text import fold, names
from summarizer.words import CALENDAR, REPORTING, STOP_WORDS

_READ = 6000
"""So many characters of an article are read."""
_TITLED, _AGAIN, _SAYS, _HUMAN = 2.0, 1.5, 1.0, 1.0
"""What a title before a name, its surname alone later, a verb of saying and words that only
people are followed by add to the belief that it is a person's."""
_BELIEVED = 1.5
_KNOWN = 3.0
_ALIKE = 0.84
_MOST_TOKENS = 4
_LINKS = frozenset({"of", "the", "for", "and"})
_TOKEN = re.compile(r"[\w'’-]+\.?")
_INITIAL = re.compile(r"\w\.?")


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleWords:
    """The compiled lists of `config/people.toml`, folded."""

    titles: frozenset[str]
    not_people: frozenset[str]
    after: frozenset[str]

    @classmethod
    def from_lists(cls, lists: Mapping[str, Sequence[str]]) -> PeopleWords:
        """Build from the parsed file."""
        return cls(**{name: frozenset(map(fold, words)) for name, words in lists.items()})


@dataclass(slots=True, kw_only=True)
class _Person:
    """A person over a story's articles: spellings with counts, belief, and who names them."""

    spellings: dict[str, int] = field(default_factory=dict)
    belief: float = 0.0
    voices: set[str] = field(default_factory=set)
    mentions: float = 0.0

    def add(self, name: str, belief: float, voice: str, mentions: float) -> None:
        self.spellings[name] = self.spellings.get(name, 0) + 1
        self.belief += belief
        self.voices.add(voice)
        self.mentions += mentions

    @property
    def name(self) -> str:
        return max(self.spellings, key=lambda name: self.spellings[name])


class People:
    """Finds the people of stories."""

    def __init__(self, words: PeopleWords, places: Places) -> None:
        self._words = words
        self._places = places
        self._beliefs = lru_cache(maxsize=4096)(self._read)

    def of(self, articles: Sequence[Article], named: Sequence[Mentions]) -> list[str]:
        """Give the people of a story, those first that most voices name; copies say nothing.

        `named` is what the gazetteer found in each of the articles.
        """
        people: list[_Person] = []
        voices = {voice_of(article.outlet) for article in articles}
        for article, mentions in zip(articles, named, strict=True):
            voice = voice_of(article.outlet)
            for name, weight in mentions.leaders.items():
                _person(people, name).add(name, _KNOWN, voice, weight)
            for name, belief, count in self._beliefs(article.text[:_READ], article.language):
                known = self._places.leader(name, article.language)
                person = _person(people, known or name)
                if known is None or known not in mentions.leaders:
                    weight = count + 5 * (name.split()[-1] in article.title)
                    person.add(known or name, belief, voice, weight)
        enough = [one for one in people if self._is_in_story(one, len(voices))]
        enough.sort(key=lambda one: (-len(one.voices), -one.mentions, one.name))
        return [one.name for one in enough]

    def _is_in_story(self, person: _Person, voices: int) -> bool:
        if person.belief < _BELIEVED:
            return False
        return len(person.voices) > 1 or (voices == 1 and person.mentions >= 2)

    def _read(self, text: str, language: str | None) -> tuple[tuple[str, float, int], ...]:
        """Give the full names of a text with how far each is believed to be a person's."""
        found: dict[str, tuple[float, int]] = {}
        written = _TOKEN.findall(text)
        tokens = [fold(token) for token in written]
        small = {token for token in written if token.islower()}
        places: dict[str, list[int]] = {}
        for at, token in enumerate(tokens):
            places.setdefault(token, []).append(at)
        for span in names(text):
            name, titled = self._without_titles(span)
            if not self._may_be_a_name(name, language):
                continue
            first, last = fold(name.split()[0]), fold(name.split()[-1])
            if last in small or first in small:
                continue
            uses = places.get(last, [])
            full = sum(at > 0 and tokens[at - 1] == first for at in uses)
            belief = _TITLED * titled + _AGAIN * (0 < full < len(uses))
            belief += _SAYS * any(_says(tokens, at) for at in uses)
            belief += _HUMAN * any(self._human(tokens, at) for at in uses)
            known = found.get(name, (0.0, 0))
            found[name] = (max(known[0], belief), max(known[1], len(uses)))
        return tuple((name, belief, count) for name, (belief, count) in sorted(found.items()))

    def _without_titles(self, span: str) -> tuple[str, bool]:
        """Take titles, offices and nationalities from before a name; say whether a title was."""
        tokens = span.replace("’", "'").split()
        last = max(
            (at for at, token in enumerate(tokens[:-2]) if self._is_title(token)), default=-1
        )
        titled, tokens = last >= 0, tokens[last + 1 :]
        while len(tokens) > 1:
            if self._is_title(tokens[0]):
                titled = True
            elif not (titled and fold(tokens[0]) in _LINKS) and not self._goes_before(tokens[0]):
                break
            tokens = tokens[1:]
        kept = [token for token in tokens if not (_INITIAL.fullmatch(token) and len(tokens) > 2)]
        return " ".join(kept), titled

    def _is_title(self, token: str) -> bool:
        return fold(token.rstrip(".,")) in self._words.titles

    def _goes_before(self, token: str) -> bool:
        """Say whether a word before a name says where somebody is from, or of what body."""
        return (token.isupper() and len(token) > 1) or self._is_place(token)

    def _is_place(self, token: str) -> bool:
        return self._places.code(token.removesuffix("'s")) is not None

    def _may_be_a_name(self, name: str, language: str | None) -> bool:
        tokens = name.split()
        if not 2 <= len(tokens) <= _MOST_TOKENS or any(char.isdigit() for char in name):
            return False
        if any("." in token for token in tokens[:-1]) or _opening(tokens[0]):
            return False
        if any(token.isupper() and len(token) > 3 for token in tokens):
            return False
        keys = [fold(token) for token in tokens]
        if any(key in self._words.not_people or key in CALENDAR for key in keys):
            return False
        if keys[-1] in self._words.titles or "of" in keys:
            return False
        return not self._places.is_listed(name, language)

    def _human(self, tokens: Sequence[str], at: int) -> bool:
        following = tokens[at + 1 : at + 2]
        aged = bool(following and following[0].isdigit() and 10 < int(following[0]) < 110)
        return bool(following) and (aged or following[0] in self._words.after)


def _opening(token: str) -> bool:
    """Say whether a word is one that sentences begin with rather than names."""
    key = fold(token)
    return key in STOP_WORDS or key.endswith(("ing", "ly")) or key in REPORTING


def _says(tokens: Sequence[str], at: int) -> bool:
    near = (*tokens[max(0, at - 2) : at], *tokens[at + 1 : at + 2])
    return any(token in REPORTING for token in near)


def _person(people: list[_Person], name: str) -> _Person:
    """Give the person of this name, however it is spelled, or a new one."""
    for person in people:
        if any(_same(name, spelling) for spelling in person.spellings):
            return person
    people.append(_Person())
    return people[-1]


@lru_cache(maxsize=20_000)
def _same(one: str, two: str) -> bool:
    """Say whether two full names are one person's: as spelled, or nearly."""
    first, second = fold(one).split(), fold(two).split()
    if first == second:
        return True
    if first[0][0] != second[0][0] or first[-1][0] != second[-1][0]:
        return False
    ratio = difflib.SequenceMatcher
    last = first[-1] == second[-1] or ratio(None, first[-1], second[-1]).ratio() >= _ALIKE
    given = first[0] == second[0] or ratio(None, first[0], second[0]).ratio() >= _ALIKE
    return last and (given or "".join(first) == "".join(second))
