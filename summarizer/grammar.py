"""English word classes that need no model: verbs and their forms, prepositions, hedges, offices.

Open classes are data (`data/verbs_en.txt`, `data/roles_en.txt`, `data/opposites_en.txt`),
closed ones stand here. Knows no sentences.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from summarizer.words import AUXILIARIES, CALENDAR, word_set

DETERMINERS = word_set("a an the this that these those his her its their our my your")
PREPOSITIONS = word_set(
    "of in on at to from by with about into onto over under for between among amid through "
    "during before after since until upon toward towards within along across against around "
    "near per via without behind beyond beneath beside inside outside despite as like"
)
RELATIVES = word_set("who whom whose which that where when")
JOINING = word_set("and or but nor so yet while although though because if unless as when")
ADVERBS = word_set("also further again then meanwhile")
"""Words that join a sentence to what was told before: without them it says the same."""
BE = word_set("is are was were be been being am")
HELPING = BE | word_set("has have had does do did will would can could may might must shall should")

HOLDERS = word_set(
    "group number dozen dozens score scores hundreds thousands millions billions lot lots couple "
    "pair handful series crowd crowds majority minority most some many several part half quarter "
    "third percent cent rest all both each one two three kind type sort form wave string "
    "total host range variety array slew raft flurry "
    "city town village state province region island islands republic kingdom district county "
    "month year sum game sport port peninsula strait gulf sea"
)
"""Words before "of" that do not change what a phrase is about: "a group of men", "the city of"."""


def _data(name: str) -> list[str]:
    text = resources.files("summarizer").joinpath(f"data/{name}").read_text("utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]


@cache
def verb_forms() -> dict[str, str]:
    """Every form of the known verbs, to the plain form: "fought" and "fighting" to "fight"."""
    forms: dict[str, str] = {}
    for line in _data("verbs_en.txt"):
        for entry in line.split(","):
            plain, *irregular = entry.split()
            for form in (*_regular(plain), *irregular, plain):
                forms.setdefault(form, plain)
            forms[plain] = plain
    return forms


def _regular(plain: str) -> list[str]:
    if plain.endswith("e"):
        return [f"{plain}s", f"{plain}d", f"{plain[:-1]}ing"]
    if plain.endswith("y") and plain[-2] not in "aeiou":
        return [f"{plain[:-1]}ies", f"{plain[:-1]}ied", f"{plain}ing"]
    hissing = plain.endswith(("s", "x", "z", "ch", "sh"))
    found = [f"{plain}es" if hissing else f"{plain}s", f"{plain}ed", f"{plain}ing"]
    if plain[-1] in "bdglmnprt" and plain[-2] in "aeiou":
        found += [f"{plain}{plain[-1]}ed", f"{plain}{plain[-1]}ing"]
    return found


@cache
def irregular_forms() -> dict[str, str]:
    """The forms that no rule makes, to the plain form: "fought" to "fight"."""
    found: dict[str, str] = {}
    for line in _data("verbs_en.txt"):
        for entry in line.split(","):
            plain, *irregular = entry.split()
            found.update((form, plain) for form in irregular if form != plain)
    for noun in ("found", "left", "lay", "saw", "felt", "rose", "ground", "bore", "thought"):
        found.pop(noun, None)  # as often another word: "founder", "the left", "a rose"
    return found


@cache
def finite_forms() -> frozenset[str]:
    """Forms that can stand as a sentence's verb: "says", "said", "is", not "saying"."""
    known = verb_forms()
    return frozenset(form for form in known if not form.endswith("ing")) | AUXILIARIES | HELPING


def is_finite(word: str) -> bool:
    """Whether a folded word in small letters can be a sentence's verb; unknown "-ed" words too."""
    if word in finite_forms():
        return True
    return word.endswith("ed") and len(word) > 4 and word not in ("hundred", "indeed", "united")


def is_certainly_finite(word: str) -> bool:
    """The same without forms that are as often nouns or plain forms: "plan", "attack"."""
    if word in AUXILIARIES or word in HELPING:
        return word not in ("be", "been", "being")
    plain = verb_forms().get(word)
    return (plain is not None and plain != word and not word.endswith(("ing", "s"))) or (
        plain is None and is_finite(word)
    )


@cache
def roles() -> dict[str, str]:
    """Offices in small letters, each to the first of its group; also of several words."""
    found: dict[str, str] = {}
    for line in _data("roles_en.txt"):
        group = [form.strip() for form in line.split(",")]
        found.update(dict.fromkeys(group, group[0]))
    return found


@cache
def role_words() -> frozenset[str]:
    """Every word of every office."""
    return frozenset(word for role in roles() for word in role.replace("-", " ").split())


@cache
def opposites() -> dict[str, frozenset[str]]:
    """Each word in small letters to the words that say the opposite."""
    found: dict[str, set[str]] = {}
    for line in _data("opposites_en.txt"):
        left, right = ([w.strip() for w in side.split(",")] for side in line.split("|"))
        for one, other in ((left, right), (right, left)):
            for word in one:
                found.setdefault(word, set()).update(other)
    return {word: frozenset(others) for word, others in found.items()}


def is_date_word(word: str) -> bool:
    """Days, months, and words that place something in time."""
    return word in CALENDAR or word in _TIMES


_TIMES = word_set(
    "yesterday today tomorrow tonight now recently earlier later late early last next this "
    "morning afternoon evening night week weekend month year ago already still also again"
)
