"""What languages are called, and what countries are called in them (from the CLDR)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from summarizer.text import fold


def language_name(code: str) -> str:
    """The English name of an ISO 639-1 code; the code itself where it has none."""
    return _english_languages().get(code, code)


def listed(codes: Iterable[str]) -> str:
    """Languages by name, as "German and Greek"."""
    *first, last = sorted(map(language_name, codes))
    return f"{', '.join(first)} and {last}" if first else last


@cache
def countries_in(language: str) -> dict[str, str]:
    """Countries' names in a language by their folded English names; none for one not known."""
    from babel import Locale, UnknownLocaleError

    try:
        there = Locale(language).territories
    except (UnknownLocaleError, ValueError):
        return {}
    here = Locale("en").territories
    codes = [str(code) for code in here if len(str(code)) == 2]
    return {fold(here[code]): there[code] for code in codes if code in there}


@cache
def _english_languages() -> dict[str, str]:
    from babel import Locale

    return dict(Locale("en").languages)
