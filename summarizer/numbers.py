"""Numbers in running text, as digits or words, in one normal form.

"twelve", "12", "12.0" and "a dozen" are the same number; "$1.5bn" and "1.5 billion dollars"
too. Knows nothing about what is counted.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from summarizer.words import ORDINALS, SCALES, SHORT_SCALES, SMALL_NUMBERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A value in plain digits ("1500000", "3.4", or "9:30"), and its unit.

    The unit is "" (none), "%", a currency sign, "th" (an ordinal), or "s" (a vague
    plural: thousands, the 1990s).
    """

    value: str
    unit: str = ""

    def __str__(self) -> str:
        """The number as one would read it."""
        return f"{self.value} {self.unit}".strip()


CURRENCY_WORDS = {
    "dollar": "$",
    "euro": "€",
    "pound": "£",
    "yen": "¥",
    "yuan": "¥",
    "rupee": "₹",
    "rouble": "₽",
    "ruble": "₽",
    "lira": "₺",
    "won": "₩",
    "usd": "$",
    "eur": "€",
    "gbp": "£",
    "rs": "₹",
}
_SCALE = "|".join(sorted([*SCALES, *SHORT_SCALES], key=len, reverse=True))
_WORDS = "|".join(sorted([*SMALL_NUMBERS, *ORDINALS, *SCALES], key=len, reverse=True))
_VAGUE = "|".join(f"{word}s" for word in SCALES)
_UNIT_AFTER = (
    r"(?:\s?(?P<percent>%|per\s?cent\b|percent\b|percentage points?\b)"
    rf"|[\s-](?:U\.?S\.?\s|Canadian\s|Australian\s)?(?P<money>{'|'.join(CURRENCY_WORDS)})s?\b)?"
)
_DIGITS = re.compile(
    r"(?:(?P<sign>[^\w\s.,;:!?()\[\]{}'\"“”‘’/-]|\b(?:rs\.?|usd|eur|gbp))\s?|(?<![\w.,]))"
    r"(?P<digits>\d+:\d{2}(?!\d)|\d{1,3}(?:,\d{2,3}|, 000\b)+(?:\.\d+)?(?![\d])"
    r"|\d{1,3}(?:[\u00a0\u2009\u202f]\d{3})+|\d{1,3}(?:\.\d{3}){2,}|\d+(?:\.\d+)?)"
    rf"(?:(?P<suffix>st|nd|rd|th|s)\b|[\s-]?(?P<scale>{_SCALE})(?P<scales>s?)\b)?" + _UNIT_AFTER,
    re.IGNORECASE,
)
_WORDED = re.compile(
    rf"\b(?P<half>half\s)?(?P<words>(?:an?\s)?(?:{_WORDS})(?:(?:[\s-]+|(?<=hundred)\sand\s|(?<=thousand)\sand\s"
    rf"|(?<=million)\sand\s)(?:{_WORDS}))*)\b" + _UNIT_AFTER,
    re.IGNORECASE,
)
_VAGUE_PLURAL = re.compile(rf"\b(?P<vague>tens|{_VAGUE})\b", re.IGNORECASE)
# "one" is a number only where something is counted with it
_PRONOUN_ONE = re.compile(
    r"\b(?:(?:no|any|this|that|the|each|every|which|some|another|only)\s+one"
    r"|one(?=\s+(?:of|another|or|by|to|who|that|which|is|was|in|day|can|may|has|had)\b|['’,.;:?!]))\b",
    re.IGNORECASE,
)


def _plain(value: Decimal) -> str:
    text = format(value.normalize(), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _unit(match: re.Match[str]) -> str:
    if match["percent"]:
        return "%"
    return CURRENCY_WORDS[match["money"].lower()] if match["money"] else ""


def _digit_number(match: re.Match[str]) -> Number:
    digits = re.sub(r"[,\s\u00a0\u2009\u202f]", "", match["digits"])
    if digits.count(".") > 1:
        digits = digits.replace(".", "")
    sign = (match["sign"] or "").lower().rstrip(".")
    unit = _unit(match) or CURRENCY_WORDS.get(sign, "")
    if len(sign) == 1 and unicodedata.category(sign) == "Sc":
        unit = sign
    if ":" in digits:
        return Number(value=digits, unit=unit)
    value = Decimal(digits)
    scale = (match["scale"] or "").lower()
    if scale in ("m", "b") and not unit:
        return Number(value=_plain(value), unit=scale)  # 100m may be metres
    value *= SCALES.get(scale) or SHORT_SCALES.get(scale) or 1
    suffix = (match["suffix"] or "").lower()
    if suffix:
        unit = "s" if suffix == "s" else "th"
    return Number(value=_plain(value), unit=unit)


def _spoken(words: list[str], unit: str) -> list[Number]:
    """Values of a run of number words; a word that cannot continue the value starts a new one.

    "two hundred and five thousand" adds within `group` and moves it into `total` at each
    scale from a thousand up.
    """
    found: list[Number] = []
    total = group = last = 0
    ordinal = started = False

    def close() -> None:
        if started:
            found.append(Number(value=str(total + group), unit="th" if ordinal else unit))

    for word in words:
        small = SMALL_NUMBERS.get(word, ORDINALS.get(word))
        if small is None:
            scale = SCALES[word]
            if scale in (12, 100):
                group = max(group, 1) * scale
            else:
                total, group = total + max(group, 1) * scale, 0
            last, started = scale, True
            continue
        fits = not started or last >= 100 or (last >= 20 and last % 10 == 0 and small < 10)
        if not fits or ordinal:
            close()
            total = group = 0
        group, last, started = group + small, small, True
        ordinal = word in ORDINALS
    close()
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A number where it stands: `text[start:end]` reads as `number`."""

    number: Number
    start: int
    end: int


def mentions(text: str) -> list[Mention]:
    """Every number of `text` where it stands, digits first, then words.

    "one" counts only where something is counted with it; "half a million" is 500000.
    """
    found: list[Mention] = []

    def add(number: Number, match: re.Match[str]) -> None:
        found.append(Mention(number=number, start=match.start(), end=match.end()))

    rest = list(text)
    for match in _DIGITS.finditer(text):
        add(_digit_number(match), match)
        rest[match.start() : match.end()] = " " * (match.end() - match.start())
    remaining = _PRONOUN_ONE.sub(lambda m: "·" * len(m[0]), "".join(rest))
    for match in _WORDED.finditer(remaining):
        spoken = re.findall(r"[a-z]+", match["words"].lower())
        values = _spoken([w for w in spoken if w not in ("a", "an", "and")], _unit(match))
        if match["half"] and len(values) == 1:
            values = [Number(value=_plain(Decimal(values[0].value) / 2), unit=values[0].unit)]
        for value in values:
            add(value, match)
    for match in _VAGUE_PLURAL.finditer(remaining):
        word = match["vague"].lower()
        add(Number(value="10" if word == "tens" else str(SCALES[word[:-1]]), unit="s"), match)
    return found


def numbers(text: str) -> frozenset[Number]:
    """The numbers of `text`, each once."""
    return frozenset(mention.number for mention in mentions(text))


def occurs(number: Number, among: frozenset[Number]) -> bool:
    """Whether `number` stands in `among`: the same value, in the same or no stated unit."""
    for other in among:
        if other.value != number.value:
            continue
        units = {number.unit, other.unit}
        if len(units) == 1 or units == {"", "th"}:
            return True
        if not number.unit and other.unit not in ("%", "s"):
            return True  # "5 million" for "$5 million" says less, not otherwise
    return False
