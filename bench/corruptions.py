"""Claims that sources support, and the same claims with one thing made wrong.

Base claims are reference sentences whose words stand in the article, and shortened source
sentences. Half of the supported ones had a word replaced in claim and source alike, so that a
model cannot tell a replaced word by its oddness. Knows no model.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from importlib import resources

from summarizer.grammar import irregular_forms
from summarizer.text import fold, names, split_sentences, stem
from summarizer.words import CALENDAR, NEGATIONS, SMALL_NUMBERS, STOP_WORDS

_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_ASIDE = re.compile(r", [^,]{8,70},(?= (?:is|was|has|had|will|said|told|and|who|are|were)\b)")
_PHRASE = re.compile(
    r" (?:in|on|at|near|from|after|during|against) (?:the )?(?:[A-Z]\w+|[a-z]+)(?: [A-Z]\w+)?"
    r"(?=[,.;]| and )"
)
_BREAK = re.compile(r" (?=(?:after|because|as|in|to|for|with|over|that|who|and|by|when) )")
_AUXILIARY = re.compile(r"\b(is|was|are|were|will|would|can|could|has|have|had|should|must)\b ")
_VERB_END = re.compile(r"(?:ed|s)$")
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]


_LEAST_HELD = 0.75
"""The share of a reference sentence's content that its article must have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A claim with the source sentences it is to be held against; `kind` is how it was made.

    `changed` are the stretches of a false claim that make it so, as offsets of characters.
    """

    claim: str
    sources: tuple[str, ...]
    label: int
    kind: str
    document: str
    changed: tuple[tuple[int, int], ...] = ()


class Article:
    """One text's sentences and what can be swapped in: names, numbers, words by their ending."""

    def __init__(self, key: str, text: str, references: Sequence[str]) -> None:
        self.key = key
        self.sentences = [s.text for s in split_sentences(text) if 5 <= len(s.text.split()) <= 60]
        self.references = references

    @cached_property
    def names(self) -> list[str]:
        """Its names, each once, in a fixed order; days and months are none."""
        found = {name for sentence in self.sentences for name in names(sentence)}
        return sorted(n for n in found if not all(fold(w) in CALENDAR for w in n.split()))

    @cached_property
    def numbers(self) -> list[str]:
        """Its numbers as written."""
        return sorted({n for sentence in self.sentences for n in _NUMBER.findall(sentence)})

    @cached_property
    def by_ending(self) -> Mapping[str, list[str]]:
        """Its lower-case content words under their last two letters."""
        found: dict[str, set[str]] = {}
        for sentence in self.sentences:
            for word in _WORD.findall(sentence):
                if word.islower() and len(word) > 3 and word not in STOP_WORDS:
                    found.setdefault(word[-2:], set()).add(word)
        return {ending: sorted(held) for ending, held in found.items()}

    @cached_property
    def stems(self) -> list[frozenset[str]]:
        """The content stems of each sentence."""
        return [stems_of(sentence) for sentence in self.sentences]

    def sources(self, claim: str, most: int = 4) -> tuple[str, ...]:
        """The sentences that hold most of the claim, in the article's order."""
        wanted = stems_of(claim)
        ranked = sorted(
            range(len(self.sentences)), key=lambda i: (-len(wanted & self.stems[i]), i)
        )[:most]
        return tuple(self.sentences[i] for i in sorted(ranked))

    def holds(self, claim: str) -> float:
        """The share of the claim's content that the article has somewhere."""
        wanted = stems_of(claim)
        everything: frozenset[str] = frozenset().union(*self.stems)
        return len(wanted & everything) / max(1, len(wanted))


@lru_cache(maxsize=100_000)
def stems_of(text: str) -> frozenset[str]:
    """The stems of content words and the numbers of a text."""
    found = {stem(fold(w)) for w in _WORD.findall(text) if fold(w) not in STOP_WORDS}
    return frozenset(found | set(_NUMBER.findall(text)))


Corruption = Callable[[str, Article, Article, random.Random], str | None]
"""Takes a claim, its article, another one and a generator; gives a changed claim or None."""


def _other_name(claim: str, pool: Sequence[str], chance: random.Random) -> tuple[str, str] | None:
    mine = sorted(names(claim))
    if not mine:
        return None
    old = chance.choice(mine)
    several = " " in old
    free = [
        n
        for n in pool
        if n not in claim and not stems_of(n) & stems_of(claim) and (" " in n) == several
    ] or [n for n in pool if not stems_of(n) & stems_of(claim)]
    return (old, chance.choice(free)) if free else None


def name_inside(claim: str, article: Article, other: Article, chance: random.Random) -> str | None:
    """Another name of the same article."""
    swap = _other_name(claim, article.names, chance)
    return claim.replace(*swap) if swap else None


def name_outside(claim: str, article: Article, other: Article, chance: random.Random) -> str | None:
    """A name that the article does not have."""
    swap = _other_name(claim, [n for n in other.names if n not in article.names], chance)
    return claim.replace(*swap) if swap else None


def names_turned(claim: str, article: Article, other: Article, chance: random.Random) -> str | None:
    """Two names of the claim in each other's place."""
    mine = sorted(names(claim), key=claim.find)
    if len(mine) < 2 or stems_of(mine[0]) & stems_of(mine[1]):
        return None
    one, two = mine[:2]
    return claim.replace(one, "\0").replace(two, one).replace("\0", two)


def number(claim: str, article: Article, other: Article, chance: random.Random) -> str | None:
    """Another number, of the article or near the true one."""
    mine = _NUMBER.findall(claim)
    if not mine:
        worded = [w for w in claim.split() if w in SMALL_NUMBERS]
        others = [w for w in ("two", "three", "four", "five", "six", "seven") if w not in worded]
        if not worded:
            return None
        return claim.replace(chance.choice(worded), chance.choice(others), 1)
    old = chance.choice(mine)
    pool = [n for n in article.numbers if n != old and len(n) == len(old)]
    if not pool or chance.random() < 0.5:
        digits = [c for c in old if c.isdigit()]
        place = chance.randrange(len(digits))
        new = str((int(digits[place]) + chance.randint(1, 8)) % 9 + 1)
        seen = -1
        made = ""
        for c in old:
            seen += c.isdigit()
            made += new if c.isdigit() and seen == place else c
        pool = [made]
    changed = re.sub(rf"(?<!\d){re.escape(old)}(?!\d)", chance.choice(pool), claim, count=1)
    return changed if changed != claim else None


def date(claim: str, article: Article, other: Article, chance: random.Random) -> str | None:
    """Another weekday or month."""
    for kind in (_DAYS, _MONTHS):
        mine = [word for word in kind if re.search(rf"\b{word}\b", claim)]
        if mine:
            return claim.replace(mine[0], chance.choice([w for w in kind if w != mine[0]]))
    return None


def denial(claim: str, article: Article, other: Article, chance: random.Random) -> str | None:
    """A negation more, or one less."""
    without = re.sub(r" (?:not|never)\b|n't\b", "", claim, count=1)
    if without != claim:
        return without
    if stems_of(claim) & {stem(word) for word in NEGATIONS}:
        return None
    return _AUXILIARY.sub(r"\1 not ", claim, count=1) if _AUXILIARY.search(claim) else None


def word(claim: str, article: Article, other: Article, chance: random.Random) -> str | None:
    """A content word gives way to one with the same ending, of this article or the other."""
    mine = [w for w in _WORD.findall(claim) if w.islower() and len(w) > 3 and w not in STOP_WORDS]
    if not mine:
        return None
    old = chance.choice(mine)
    source = article if chance.random() < 0.5 else other
    free = [w for w in source.by_ending.get(old[-2:], ()) if stem(w) not in stems_of(claim)]
    return re.sub(rf"\b{old}\b", chance.choice(free), claim, count=1) if free else None


@lru_cache(maxsize=1)
def _opposites() -> Mapping[str, Sequence[str]]:
    text = (resources.files("summarizer") / "data" / "opposites_en.txt").read_text("utf-8")
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if "|" not in line:
            continue
        left, right = ([w.strip() for w in side.split(",")] for side in line.split("|"))
        for one, two in ((left, right), (right, left)):
            for w in one:
                found.setdefault(w, []).extend(two)
    return found


def opposite(claim: str, article: Article, other: Article, chance: random.Random) -> str | None:
    """A word gives way to one that means the opposite."""
    known = _opposites()
    mine = [w for w in _WORD.findall(claim) if w in known or irregular_forms().get(w) in known]
    if not mine:
        return None
    old = chance.choice(mine)
    turned = known.get(old) or known[irregular_forms()[old]]
    same = [w for w in turned if w[-2:] == old[-2:]] or list(turned)
    return re.sub(rf"\b{re.escape(old)}\b", chance.choice(same), claim, count=1)


def _subject_end(sentence: str) -> int:
    """Where the words before the first verb end, roughly; 0 when that is not clear."""
    for match in list(_WORD.finditer(sentence))[1:9]:
        if _AUXILIARY.match(sentence, match.start()) or (
            match[0].islower() and _VERB_END.search(match[0]) and match[0].endswith("ed")
        ):
            return match.start()
    return 0


def subject(claim: str, article: Article, other: Article, chance: random.Random) -> str | None:
    """What another sentence of the article tells of somebody else, told of this subject."""
    end = _subject_end(claim)
    if not end:
        return None
    for _ in range(6):
        sentence = chance.choice(article.sentences)
        stop = _subject_end(sentence)
        new = sentence[:stop]
        if stop and not stems_of(new) & stems_of(claim[:end]) and stems_of(new):
            return new + claim[end:]
    return None


def spliced(claim: str, article: Article, other: Article, chance: random.Random) -> str | None:
    """The end gives way to the end of another sentence of the article."""
    mine = [m.start() for m in _BREAK.finditer(claim) if m.start() > 20]
    if not mine:
        return None
    for _ in range(6):
        sentence = chance.choice(article.sentences)
        theirs = [m.start() for m in _BREAK.finditer(sentence) if m.start() > 20]
        cut = chance.choice(mine)
        if theirs and len(stems_of(sentence) & stems_of(claim)) < 0.3 * len(stems_of(claim)):
            end = sentence[chance.choice(theirs) :]
            if len(stems_of(end) - stems_of(claim)) >= 2:
                return claim[:cut] + end
    return None


def added(claim: str, article: Article, other: Article, chance: random.Random) -> str | None:
    """A place, a time or a circumstance more, from elsewhere in the article or from another."""
    source = article if chance.random() < 0.4 else other
    phrases = [m[0] for s in source.sentences for m in _PHRASE.finditer(s)]
    phrases = [p for p in phrases if stems_of(p) and not stems_of(p) & stems_of(claim)]
    if not phrases or not claim.endswith("."):
        return None
    return claim[:-1] + chance.choice(phrases) + "."


CORRUPTIONS: Mapping[str, Corruption] = {
    one.__name__: one
    for one in (
        *(name_inside, name_outside, names_turned, number, date),
        *(denial, word, opposite, subject, spliced, added),
    )
}


def shortened(sentence: str, chance: random.Random) -> str:
    """A source sentence as a hasty editor would shorten it: an aside or a last clause less."""
    text = _ASIDE.sub("", sentence, count=1)
    cuts = [m.start() for m in re.finditer(r", (?:which|who|while|as|after|with) ", text)]
    if cuts and cuts[-1] > 40 and chance.random() < 0.7:
        text = text[: cuts[-1]] + "."
    return text


def base_claims(article: Article, chance: random.Random) -> list[str]:
    """Reference sentences that the article words too, and as many shortened source sentences."""
    known = {fold(w) for s in article.sentences for w in _WORD.findall(s)}
    found = []
    for reference in article.references:
        for sentence in (s.text for s in split_sentences(reference)):
            named = {fold(w) for name in names(sentence) for w in _WORD.findall(name)}
            counted = set(_NUMBER.findall(sentence)) <= set(article.numbers)
            told = named <= known and counted and article.holds(sentence) >= _LEAST_HELD
            if told and 6 <= len(sentence.split()) <= 45:
                found.append(sentence if sentence.endswith(".") else f"{sentence}.")
    plain = [s for s in article.sentences if s.endswith(".") and len(s.split()) <= 45]
    for sentence in chance.sample(plain, min(len(plain), max(1, len(found)))):
        found.append(shortened(sentence, chance))
    return found


def pairs(articles: Sequence[Article], most: int, seed: int) -> list[Pair]:
    """Up to `most` pairs, half of them supported, the same ones for one seed."""
    chance = random.Random(seed)
    found: list[Pair] = []
    order = list(articles)
    while len(found) < most:
        before = len(found)
        chance.shuffle(order)
        for article in order:
            for claim in chance.sample(claims := base_claims(article, chance), min(2, len(claims))):
                found.extend(_both(claim, article, chance.choice(order), chance))
        if len(found) == before:
            break
    return found[:most]


def _both(claim: str, article: Article, other: Article, chance: random.Random) -> list[Pair]:
    """A supported pair and a corrupted one of the same claim, or nothing."""
    kinds = list(CORRUPTIONS)
    chance.shuffle(kinds)
    for kind in kinds:
        wrong = CORRUPTIONS[kind](claim, article, other, chance)
        if wrong and wrong != claim:
            break
    else:
        return []
    sources = article.sources(claim)
    right, sources_right = claim, sources
    replaced = kind in ("name_outside", "number", "word") and chance.random() < 0.5
    # the replaced word in claim and source alike is supported
    if replaced and (applied := _applied(claim, wrong, sources)):
        right, sources_right = wrong, applied
    style = _style(chance)
    return [
        Pair(claim=style(right), sources=sources_right, label=1, kind="kept", document=article.key),
        Pair(
            claim=style(wrong),
            sources=article.sources(wrong),
            label=0,
            kind=kind,
            document=article.key,
            changed=changes(style(claim), style(wrong)),
        ),
    ]


def changes(true: str, false: str) -> tuple[tuple[int, int], ...]:
    """The stretches of `false` that `true` has not; where words are missing, their neighbours."""
    mine, theirs = ([*re.finditer(r"\w+|[^\w\s]", text)] for text in (false, true))
    matcher = SequenceMatcher(None, [m[0] for m in theirs], [m[0] for m in mine], autojunk=False)
    found = []
    for kind, _, _, start, end in matcher.get_opcodes():
        if kind == "equal" or not mine:
            continue
        missing = start == end  # words are left out: those beside the gap are wrong
        first, last = (start - 1, start) if missing else (start, end - 1)
        found.append((mine[max(0, first)].start(), mine[min(last, len(mine) - 1)].end()))
    return tuple(found)


def _applied(old: str, new: str, sources: Sequence[str]) -> tuple[str, ...] | None:
    """The sources with the one replacement that made `new` of `old`, if it can be told."""
    mine, theirs = old.split(), new.split()
    start = 0
    while start < min(len(mine), len(theirs)) and mine[start] == theirs[start]:
        start += 1
    end = 0
    while end < min(len(mine), len(theirs)) - start and mine[-1 - end] == theirs[-1 - end]:
        end += 1
    out = " ".join(mine[start : len(mine) - end]).strip(".,;")
    into = " ".join(theirs[start : len(theirs) - end]).strip(".,;")
    if not out or not into or not any(out in source for source in sources):
        return None
    return tuple(source.replace(out, into) for source in sources)


def _style(chance: random.Random) -> Callable[[str], str]:
    """As it is, or in lower case with spaced marks, as some summarisers leave it."""
    if chance.random() < 0.15:
        return lambda text: re.sub(r"([,.])(?= |$)", r" \1", text.lower())
    return lambda text: text
