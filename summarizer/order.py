"""Who does what to whom: whether a written sentence turns its source's deed round."""

from __future__ import annotations

import re
from collections.abc import Sequence

from summarizer.evidence import Passage, Unit
from summarizer.grammar import is_finite
from summarizer.text import fold


def turned(written: str, stated: Sequence[Unit], cited: Sequence[Passage]) -> str | None:
    """Give the deed that `written` tells the other way round than its best source sentence.

    So for "A warned B" where it has "B warned A", and for "managed by A" where it has
    "manages A". None when there is no such deed.
    """
    for passage in cited[:1]:
        for index, deed in enumerate(stated[:-1]):
            if not is_finite(fold(deed.word)) or not deed.word[0].islower():
                continue
            if deed.form not in passage.forms:
                continue
            before = stated[index - 1] if index else None
            if _is_turned(written, before, deed, stated[index + 1], passage):
                return deed.word
    return None


def _is_turned(
    written: str, before: Unit | None, deed: Unit, after: Unit, passage: Passage
) -> bool:
    forms = [unit.form for unit in passage.units]
    middle = forms.index(deed.form)
    told = passage.units[middle]
    ahead, next_ones = forms[:middle], forms[middle + 1 : middle + 3]
    if forms.count(deed.form) > 1 or not after.word[0].isupper() or after.is_date:
        return False
    if _by_follows(passage.sentence.text, told):
        return False
    if _by_follows(written, deed):
        return after.form in next_ones and after.form not in ahead
    if before is None or not before.word[0].isupper() or before.is_date:
        return False
    behind = forms[middle + 1 :]
    turned = after.form in ahead and before.form in behind
    return turned and before.form not in ahead and after.form not in behind


def _by_follows(text: str, unit: Unit) -> bool:
    return bool(re.match(r"\s+by\b", text[unit.start + len(unit.word) :]))
