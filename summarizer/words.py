"""Closed word lists of English: function words, negations, number words, day and month forms.

Knows no names of people, places or outlets; equivalent name forms are data (`data/names_en.txt`).
An own list of function words, because the common ones drop words that carry news
("fire", "bill", "system", "move" are stop words in scikit-learn's).
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources


def _listed(text: str) -> list[str]:
    return text.split()


def word_set(text: str) -> frozenset[str]:
    """The words of `text`, for closed lists that are easier to read as lines."""
    return frozenset(text.split())


STOP_WORDS = frozenset(
    _listed("""
    a an the this that these those such some any each every either both all another other others
    i me my mine myself we us our ours ourselves you your yours yourself he him his himself
    she her hers herself it its itself they them their theirs themselves one ones who whom whose
    which what whatever whoever
    is are was were be been being am has have had having do does did doing done
    will would shall should can could may might must ought
    of in on at to from by with about into onto over under up down out off than as for
    between among amid through during before after since until till while upon toward towards
    within along across against around near per via
    and or but nor so yet if because although though unless whether when where why how
    there here then thus hence also too very just even still only already again ever rather quite
    more most much many less least few own same
    not no never none neither cannot nobody nothing nowhere without
    s t re ve ll d m
    however meanwhile despite moreover furthermore additionally overall according following
    including earlier later instead therefore
    said says say saying told tell tells mr mrs ms
    """)
)

NEGATIONS = frozenset(
    _listed("""
    not no never none neither nor nobody nothing nowhere without cannot hardly unable unlikely
    deny denies denied denying refuse refuses refused refusing reject rejects rejected rejecting
    fail fails failed failing stop stops stopped prevent prevents prevented
    halt halts halted cancel cancels canceled cancelled
    """)
)
"""Words that turn what follows into its opposite; verbs of denial among them."""

AUXILIARIES = frozenset(
    _listed("""
    is are was were has have had will would can could may might must should does did do
    said says told tells warned warns announced announces called calls accused accuses
    met meets wants wanted plans planned denied denies agreed agrees vowed vows urged urges
    rejected rejects launched launches won wins lost loses held holds became becomes
    """)
)
"""Verb forms before which a lone capitalised first word is a name or a bare subject."""

PRONOUNS = frozenset(_listed("he she it they his her its their him them this these those"))
"""Words that lean on the sentence before when they open one."""

FIRST_PERSON = frozenset(_listed("i me my mine myself we our ours ourselves"))
"""Words of someone who speaks of themselves; "us" is left out, the folded "U.S."."""

REPORTING = frozenset(
    _listed(
        "say says said saying tell tells told according claim claims "
        "claimed allege alleges alleged allegedly reported reportedly accuse accuses accused "
        "insist insists insisted deny denies denied argue argues argued"
    )
)
"""Words by which a report leaves a statement with whoever made it."""

SPEECH = REPORTING | frozenset(
    _listed(
        "acknowledged added admitted affirmed agreed announced "
        "announces asked asserted assured blamed blames called calling calls charged conceded "
        "condemned confirmed contended declared declined demand demanded demands described "
        "dismissed estimate estimated estimates expects expressed maintained noted ordered pledged "
        "predicted promised proposed reaffirmed reiterated rejected reports repeated ruled spoke "
        "stated stressed suggested threatened urged urges view viewed views voiced vowed wants "
        "wanted warned warns welcomed wrote"
    )
)
"""Those, and verbs that name a statement's maker in another way."""

_UNITS = _listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = _listed("twenty thirty forty fifty sixty seventy eighty ninety")
_ORDINALS = _listed(
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)

SMALL_NUMBERS: dict[str, int] = {word: value for value, word in enumerate(_UNITS)} | {
    word: 10 * (index + 2) for index, word in enumerate(_TENS)
}
ORDINALS: dict[str, int] = {word: value for value, word in enumerate(_ORDINALS) if value}
SCALES: dict[str, int] = {
    "hundred": 100,
    "thousand": 1_000,
    "lakh": 100_000,
    "million": 1_000_000,
    "crore": 10_000_000,
    "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
    "dozen": 12,
}
SHORT_SCALES: dict[str, int] = {
    "k": 1_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "bn": 1_000_000_000,
    "b": 1_000_000_000,
    "tn": 1_000_000_000_000,
    "trn": 1_000_000_000_000,
}

MONTHS = _listed(
    "january february march april may june july august september october november december"
)
DAYS = _listed("monday tuesday wednesday thursday friday saturday sunday")
CALENDAR: dict[str, str] = (
    {name: name for name in (*MONTHS, *DAYS)}
    | {name[:3]: name for name in (*MONTHS, *DAYS) if name != "may"}
    | {"sept": "september", "tues": "tuesday", "weds": "wednesday", "thur": "thursday"}
    | {"thurs": "thursday"}
)
"""Day and month names and their abbreviations, lower-cased, to the full name."""


@lru_cache(maxsize=1)
def name_forms() -> dict[str, str]:
    """Forms of a name that mean the same, lower-cased, each to the first of its line."""
    text = resources.files("summarizer").joinpath("data/names_en.txt").read_text("utf-8")
    forms: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        group = [form.strip().lower() for form in line.split(",")]
        forms.update(dict.fromkeys(group, group[0]))
    return forms
