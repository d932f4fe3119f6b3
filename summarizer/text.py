"""Sentences with offsets, and what a sentence states: its words, names, numbers, quotations.

Pure functions over strings. Knows no documents, models or sources.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from summarizer.model import Sentence
from summarizer.numbers import Number, numbers
from summarizer.words import AUXILIARIES, CALENDAR, PRONOUNS, REPORTING, STOP_WORDS

__all__ = [
    "Number",
    "content_words",
    "denied",
    "fold",
    "leans",
    "names",
    "numbers",
    "place_key",
    "quotations",
    "quoted_stretches",
    "split_sentences",
    "spoken",
    "stem",
    "words",
]

_OPENING = 3
_DENIALS = frozenset(("not", "never", "no", "deny", "denies", "denied", "denying"))
_SUFFIXES = ("ians", "ian", "ans", "an", "ese", "ia", "ns", "is", "i", "s", "n", "a", "e", "y", "o")
_LATER = frozenset(("later", "afterwards", "another", "others", "meanwhile"))
_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")
_WORD = re.compile(r"[^\W_]+(?:[’'.][^\W_]+)*")
_NAME_TOKEN = re.compile(r"[^\W_]+(?:[’'.&-][^\W_]+)*\.?")
_CLOCK_END = re.compile(r"\b[ap]\.m\.$", re.IGNORECASE)
_ABBREVIATION_END = re.compile(
    r"(?:\b(?:approx|vs|incl|est|dr|pr|mm|mlle|mgr|ste)|(?:^|\s)d?m)\.$", re.IGNORECASE
)
_INITIAL_END = re.compile(r"(?:^|[\s.’'«(])[^\W\d_]\.$")
"""One letter and a dot: an initial, a title as the Arabic one for doctors, or "т. е."."""

_LISTED = re.compile(r"\s*\d{1,3}[.)]$")
_PARTICLES = re.compile(r"of|del?|der|den|d[iua]|dos|el|l[ae]|al|bin|ibn|v[ao]n|ul|abu")
_ORDINARY_END = re.compile(r"(?:[^s]s|ing|ly|tion|ment|ness|ity|ed)$")


def split_sentences(text: str, language: str = "en") -> list[Sentence]:
    """The sentences of `text` in order, stripped; `text[s.start:s.end] == s.text`.

    Line ends always break. `language` is an ISO 639 code; unknown ones fall back to
    English rules. Raises nothing: characters that the splitter cannot take are masked.
    """
    from sentencex import get_sentence_boundaries

    found: list[Sentence] = []
    for line in _LINE.finditer(text):
        # lone surrogates cannot be encoded; a mask of the same length keeps the offsets
        masked = re.sub(r"[\ud800-\udfff\x00]", "\ufffd", line[0])
        parts = get_sentence_boundaries(language or "en", masked)
        for start, end in _merged(masked, parts, language != "en"):
            piece = masked[start:end]
            left = start + len(piece) - len(piece.lstrip())
            right = start + len(piece.rstrip())
            if left < right:
                left, right = left + line.start(), right + line.start()
                found.append(Sentence(text=text[left:right], start=left, end=right))
    return found


def _merged(line: str, parts: list[dict[str, Any]], foreign: bool) -> Iterator[tuple[int, int]]:
    """Join what the splitter cuts after "5 a.m." before a day, after "approx." and list numbers.

    Outside English, where it knows initials, also after one letter with a dot.
    """
    begin: int | None = None
    for index, part in enumerate(parts):
        begin = part["start_index"] if begin is None else begin
        end = part["end_index"]
        piece = line[begin:end].rstrip()
        follower = _WORD.match(line, end)
        goes_on = index + 1 < len(parts) and (
            _ABBREVIATION_END.search(piece)
            or _LISTED.match(piece)
            or (foreign and _INITIAL_END.search(piece))
            or (_CLOCK_END.search(piece) and follower and follower[0].lower() in CALENDAR)
        )
        if not goes_on:
            yield begin, end
            begin = None


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Lower case, without accents, dots of acronyms and the possessive: "U.S.'s" is "us"."""
    plain = unicodedata.normalize("NFKD", word.replace("’", "'"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    plain = plain.replace(".", "")
    if plain.endswith("'s"):
        return plain[:-2]
    return plain.rstrip("'")


def words(text: str) -> list[str]:
    """The words of `text` in order, folded; hyphenated compounds are separate words."""
    return [folded for match in _WORD.finditer(text) if (folded := fold(match[0]))]


@cache
def _stemmer() -> Any:
    import snowballstemmer  # type: ignore[import-untyped]

    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The Snowball stem of a folded word."""
    return str(_stemmer().stemWord(word))


@lru_cache(maxsize=20_000)
def place_key(word: str) -> str:
    """A folded name without what tells a country from its people: Ukraine, Ukrainians.

    At least four letters stay, so that short names keep apart.
    """
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word


def content_words(text: str) -> list[str]:
    """Stems of the words that carry content, in order; function words are left out."""
    return [
        stem(word)
        for word in words(text)
        if word not in STOP_WORDS and "n't" not in word and (len(word) > 1 or word.isdigit())
    ]


def _capital(token: str) -> bool:
    return token[:1].isupper()


def _marked(token: str) -> bool:
    """Capitals that no sentence start explains: NATO, McDonald, U.S., al-style compounds."""
    letters = [c for c in token if c.isalpha()]
    return len(letters) > 1 and any(c.isupper() for c in letters[1:])


def _opens(text: str, start: int) -> bool:
    """Whether the word at `start` opens a sentence, a quotation, or follows a colon or a dash."""
    before = text[:start].rstrip()
    if not before:
        return True
    return before[-1] in '“"«„‘(:;!?…•*–—'


def leans(sentence: str) -> bool:
    """Say whether a sentence needs the one before it: it opens with "he" or "their" and no name.

    Also for "…, he said" where it names nobody who could be meant. A pronoun further on as a
    rule means somebody whom the sentence names itself.
    """
    tokens = re.findall(r"[^\W\d_]+", sentence)
    for place, word in enumerate(tokens[:_OPENING]):
        if fold(word) in PRONOUNS or fold(word) in _LATER:
            return True
        if place and word[0].isupper():
            return False
    return any(
        fold(one) in ("he", "she") and fold(other) in REPORTING for one, other in pairwise(tokens)
    )


def denied(sentence: str) -> frozenset[str]:
    """Stems of the words that a plain denial falls on: of "has not claimed it" that of "claimed".

    It falls on the next word that carries content, not across a comma.
    """
    found: set[str] = set()
    waiting = False
    for token in re.findall(r"[^\W_]+(?:[’'][^\W_]+)*|[,;:.—–]", sentence):
        word = fold(token)
        if not token[0].isalnum():
            waiting = False
        elif word in _DENIALS or word.endswith("n't"):
            waiting = True
        elif waiting and word not in STOP_WORDS and not word.endswith("ly"):
            found.add(stem(word))
            waiting = False
    return frozenset(found)


def names(text: str) -> frozenset[str]:
    """Capitalised spans of `text` that are names, as written, days and months among them.

    Function words and ordinary words at the start of a sentence are left out: a lone
    first word counts only when it is marked (NATO), stands capitalised elsewhere in the
    text, or is followed as only a name or a bare subject is ("Putin said", "China's").
    Text in capitals throughout tells no names: the result is then empty.
    """
    letters = [c for c in text if c.isalpha()]
    if letters and sum(c.isupper() for c in letters) > 0.7 * len(letters):
        return frozenset()
    sentences = [sentence.text for sentence in split_sentences(text)]
    tokens = [list(_NAME_TOKEN.finditer(sentence)) for sentence in sentences]
    inner: set[str] = set()
    lower: set[str] = set()
    for sentence, found in zip(sentences, tokens, strict=True):
        for token in found:
            if not _capital(token[0]):
                lower.add(fold(token[0]))
            elif not _opens(sentence, token.start()):
                inner.add(fold(token[0]))
    result: set[str] = set()
    for sentence, found in zip(sentences, tokens, strict=True):
        result.update(_names_of(sentence, found, inner, lower))
    return frozenset(result)


def _names_of(
    text: str, tokens: list[re.Match[str]], inner: set[str], lower: set[str]
) -> Iterator[str]:
    index = 0
    while index < len(tokens):
        length = _span_length(text, tokens, index)
        span = tokens[index : index + max(length, 1)]
        index += len(span)
        if not length:
            continue
        if _opens(text, span[0].start()):
            while len(span) > 1 and fold(span[0][0]) in STOP_WORDS and not _marked(span[0][0]):
                span = span[1:]
            follower = tokens[index] if index < len(tokens) else None
            if (
                len(span) == 1
                and length == 1
                and not _stands_alone(text, span[0], follower, inner, lower)
            ):
                continue
        if not all(fold(token[0]) in ("i", "i'm", "i've", "i'll", "i'd") for token in span):
            yield _tidy(text[span[0].start() : span[-1].end()])


def _tidy(span: str) -> str:
    """Without the possessive and the sentence's full stop; "U.S." keeps its own."""
    span = re.sub(r"['’]s?$", "", span)
    return span[:-1] if span.endswith(".") and "." not in span.split()[-1][:-1] else span


def _span_length(text: str, tokens: list[re.Match[str]], index: int) -> int:
    """How many tokens from `index` on make one capitalised span; particles only inside."""
    if not _capital(tokens[index][0]):
        return 0

    def adjoins(later: int) -> bool:
        return (
            later < len(tokens)
            and not text[tokens[later - 1].end() : tokens[later].start()].strip()
            and not re.search(r"['’]s$", tokens[later - 1][0])
        )

    end = index + 1
    while adjoins(end):
        if _capital(tokens[end][0]):
            end += 1
        elif (
            _PARTICLES.fullmatch(tokens[end][0])
            and adjoins(end + 1)
            and _capital(tokens[end + 1][0])
        ):
            end += 2
        else:
            break
    return end - index


def _stands_alone(
    text: str,
    first: re.Match[str],
    follower: re.Match[str] | None,
    inner: set[str],
    lower: set[str],
) -> bool:
    """Whether a lone capitalised word that opens a sentence is a name."""
    word = fold(first[0])
    if word in STOP_WORDS and not (_marked(first[0]) and word in ("us", "who", "it")):
        return False
    if _marked(first[0]) or word in inner or word in CALENDAR:
        return True
    if word in lower or _ORDINARY_END.search(word):
        return False
    if re.search(r"['’]s$", first[0]):
        return True
    if follower is None or text[first.end() : follower.start()].strip():
        return False
    return fold(follower[0]) in AUXILIARIES


def spoken(text: str) -> str:
    """Words alone, for comparing quotations whatever their marks and punctuation."""
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


_QUOTES = (
    re.compile(r"“([^“”]+)”"),
    re.compile(r'"([^"]+)"'),
    re.compile(r"«([^«»]+)»"),
    re.compile(r"„([^„“”]+)[“”]"),
    re.compile(r"(?<!\w)`+([^`'’\n]+)['’`]+"),
    re.compile(r"(?<![\w])‘((?:[^‘’]|’(?=\w))+)’(?!\w)"),
    re.compile(r"(?<![\w’'])'((?:[^']|'(?=\w))+)'(?!\w)"),
)


def quotations(text: str) -> tuple[str, ...]:
    """What stands between quotation marks, in order; apostrophes open none."""
    found: list[tuple[int, str]] = []
    taken = [False] * len(text)
    for pattern in _QUOTES:
        for match in pattern.finditer(text):
            if not any(taken[match.start() : match.end()]) and match[1].strip():
                found.append((match.start(), match[1].strip()))
                taken[match.start() : match.end()] = [True] * (match.end() - match.start())
    return tuple(quote for _, quote in sorted(found))


def quoted_stretches(text: str) -> list[str]:
    """What is quoted in a whole text: over several sentences, and a paragraph left open.

    A straight mark opens before a word and closes behind one; a quotation that a paragraph
    does not close runs to its end.
    """
    found: list[str] = []
    for paragraph in text.split("\n"):
        found.extend(quotations(paragraph))
        opened: int | None = None
        for match in re.finditer(r"[“”\"«»„]", paragraph):
            closes = match[0] in "”»" or (
                match[0] == '"' and opened is not None and not _opens_word(paragraph, match.end())
            )
            if opened is not None and closes:
                found.append(paragraph[opened : match.start()])
                opened = None
            elif opened is None and not closes:
                opened = match.end()
        if opened is not None:
            found.append(paragraph[opened:])
    return found


def _opens_word(text: str, end: int) -> bool:
    return end < len(text) and text[end].isalnum() and (end < 2 or not text[end - 2].isalnum())
