"""The words by which a language names days, and the pattern made of them.

English is in dates.toml; months, weekdays and "yesterday" of other languages are dateparser's.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from importlib.resources import files
from typing import Any

YEAR = r"(?:1[5-9]|20|21)\d\d"
TOKEN = re.compile(r"\w+")
_OWN = "en"
_NEVER = r"(?!x)x"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_ORDINAL = r"(?:st|nd|rd|th|er|º|ª|\.)?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A language's words, folded, and what finds the times named by them.

    `anchors` are the words without one of which no time is named; `cue` finds those that say
    whether a day is past or to come.
    """

    pattern: re.Pattern[str]
    anchors: frozenset[str]
    cue: re.Pattern[str] | None
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    relative: Mapping[str, int]
    units: Mapping[str, str]
    numbers: Mapping[str, int]
    before: frozenset[str]
    after: frozenset[str]
    repeated: frozenset[str]
    ahead: frozenset[str]
    told: frozenset[str]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("news") / "dates.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=64)
def words_of(language: str | None) -> Words:
    """Give the words of a language (ISO 639 code); of none or one that nobody knows, English."""
    language = language or _OWN
    table = _data().get(language) if language != "other" else None
    if table is None:
        table = _theirs(language)
    if table is None:
        return words_of(_OWN)
    cues = [*table.get("ahead", ()), *table.get("told", ())]
    return Words(
        pattern=_pattern(table),
        anchors=_anchors(table),
        cue=re.compile(rf"(?i:(?<!\w)(?:{_any(cues)})(?!\w))") if cues else None,
        months=_places(table["months"], 1),
        weekdays=_places(table["weekdays"], 0),
        relative={word.casefold(): off for word, off in table["relative"].items()},
        units=table.get("units", {}),
        numbers=table.get("numbers", {}),
        before=_folded(table.get("before", ())),
        after=_folded(table.get("after", ())),
        repeated=_folded(table.get("repeated", ())),
        ahead=_folded(table.get("ahead", ())),
        told=_folded(table.get("told", ())),
    )


def _anchors(table: Mapping[str, Any]) -> frozenset[str]:
    """The words without one of which no time is named, as they may be written."""
    names = [name for group in (*table["months"], *table["weekdays"]) for name in group]
    words = {name.split()[0] for name in names}
    words |= {TOKEN.findall(phrase)[-1] for phrase in table["relative"]}
    words |= {*table.get("ago", ()), *table.get("units", ())}
    return frozenset(
        form for word in words for form in (word, word.lower(), word.upper(), word.capitalize())
    )


def _theirs(language: str) -> dict[str, Any] | None:
    """A language's names of months and days in dateparser's data; None where it has none."""
    if not re.fullmatch("[a-z]{2,3}", language):
        return None
    try:
        info = import_module(f"dateparser.data.date_translation_data.{language}").info
    except ModuleNotFoundError:
        return None
    offs = {"2 day ago": -2, "1 day ago": -1, "0 day ago": 0, "in 1 day": 1, "in 2 day": 2}
    named = info.get("relative-type", {})
    own = _data()[_OWN]
    return {
        **_data()["other"],
        # a month is read behind a number only, so its abbreviations do no harm
        "months": [_written(info.get(name.lower(), ()), 3) for name, *_ in own["months"]],
        "weekdays": [_written(info.get(name.lower(), ()), 4) for name, *_ in own["weekdays"]],
        "relative": {word: off for key, off in offs.items() for word in named.get(key, ())},
    }


def _written(names: Iterable[str], least: int) -> list[str]:
    """The names of `least` letters or more without figures; the longest where all are shorter."""
    words = [name for name in names if not any(map(str.isdigit, name))]
    return [name for name in words if len(name) >= least] or sorted(words, key=len)[-1:]


def _places(names: Sequence[Sequence[str]], start: int) -> dict[str, int]:
    return {name.casefold(): at for at, group in enumerate(names, start) for name in group}


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def _any(words: Iterable[str]) -> str:
    """Any of the words, the longest first, any space between their parts."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(r"\s+".join(map(re.escape, word.split())) for word in ordered) or _NEVER


def _cased(groups: Sequence[Sequence[str]], capital: bool) -> str:
    names = [name for group in groups for name in group]
    if capital:
        return f"(?:{_any([*names, *(name.upper() for name in names if len(name) > 3)])})"
    return f"(?i:{_any(names)})"


def _pattern(table: Mapping[str, Any]) -> re.Pattern[str]:
    """One pattern for all that names a time; the group that matched last says what kind."""
    capital = bool(table.get("capital"))
    month, weekday = _cased(table["months"], capital), _cased(table["weekdays"], capital)
    span = rf"\s*(?:{_any(table['spans'])})\s*"
    particle = rf"(?:(?:{_any(table['particles'])})\s+)?"
    year = rf"(?:\.?\s*,?\s+{particle}(?P<KIND_y>{YEAR})\b(?![.,]?\d))?"
    no_day = rf"(?!\d|[.,:/]\d|\s*(?:{_any(table.get('not_days', ()))})(?!\w))"
    units, numbers = _any(table.get("units", ())), _any(table.get("numbers", ()))
    which = _any([*table.get("before", ()), *table.get("after", ()), *table.get("this", ())])
    repeated = _any(table.get("repeated", ()))
    named = rf"(?P<named>\b(?:{_any(table.get('named', ()))})\b)"
    kinds = {
        "iso": rf"(?<![\d-])(?P<iso_y>{YEAR})-(?P<iso_m>[01]\d)-(?P<iso_d>[0-3]\d)(?![\d-])",
        "fig": r"(?<![\d./-])(?P<fig_1>\d\d?)(?P<fig_s>[./])(?P<fig_2>\d\d?)(?P=fig_s)"
        rf"(?P<fig_y>{YEAR})(?![\d/])",
        "dmy": rf"(?<![\d.,:/$€£-])(?P<dmy_d>{_DAY}){_ORDINAL}"
        rf"(?:(?:\s+{particle}(?P<dmy_n>{month})\b\.?)?{span}(?P<dmy_e>{_DAY}){_ORDINAL})?"
        rf"\s+{particle}(?P<dmy_m>{month})\b(?!['’]s){year}",
        "mdy": rf"\b(?P<mdy_m>{month})\.?\s+(?P<mdy_d>{_DAY}){_ORDINAL}{no_day}"
        rf"(?:{span}(?:(?P<mdy_n>{month})\.?\s+)?(?P<mdy_e>{_DAY}){_ORDINAL}{no_day})?{year}",
        "my": rf"\b(?P<my_m>{month})\.?,?\s+(?P<my_y>{YEAR})\b",
        "wd": rf"\b(?:(?P<wd_q>{which}|{repeated})\s+)?(?P<wd_d>{weekday})\b"
        rf"(?!\s*,?\s+(?:{_DAY}{_ORDINAL}\s+{particle}{month}|{month}\.?\s+{_DAY}{_ORDINAL})\b)",
        "rel": rf"\b(?P<rel_w>(?i:{_any(table['relative'])}))\b",
        "ago": rf"\b(?P<ago_n>\d{{1,3}}|(?i:{numbers}))\s+(?P<ago_u>(?i:{units}))\s+"
        rf"(?:{_any(table.get('ago', ()))})\b",
        "per": rf"\b(?P<per_q>(?i:{which}))\s+(?P<per_u>{units})\b",
        "mo": rf"\b(?:{_any([*table.get('in', ()), *table.get('before', ())])})[\s-]+"
        rf"(?P<mo_m>{month})\b(?!\.?,?\s+\d)",
        "yr": rf"\b(?:{_any(table.get('in', ()))})\s+(?P<yr_y>{YEAR})\b(?![.,]?\d)",
    }
    parts = [f"(?P<{kind}>{part.replace('KIND', kind)})" for kind, part in kinds.items()]
    return re.compile("|".join([named, *parts]))
