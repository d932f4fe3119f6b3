"""Which article is which: links, sums and near copies. Knows no store and no network."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b, sha256
from urllib.parse import parse_qsl, urlsplit

import numpy as np

NEAR_COPY = 0.5
"""From this similarity on two texts are one text, edited.

Of 2.7 million pairs of real articles three reach it, all true copies; of copies with a credit
line added, a sentence dropped and every 30th word changed all do, cut to 120 words 86 %.
"""
NEAR_COPY_SHORT = 0.75
"""The same for texts of few words, where an outlet's standing phrases fill half the text."""

_SHORT_WORDS = 60

_SLOTS = 128
_SEED = 20220131
_GRAM = 3
# 32 bands of 4: a pair at 0.6 meets in some band with probability 0.99, at 0.5
# with 0.87, at 0.2 with 0.05.
_BANDS = 32
# Thai to Burmese, kana, Han
SOLID = "\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Scripts without spaces between words, for a set in a regular expression; cut into characters."""
_WORD = re.compile(rf"[{SOLID}]|[^\W{SOLID}]+")
_MOST_ROUNDS = 64


@lru_cache(maxsize=4096)
def canonical_url(url: str) -> str:
    """The link without what does not name the article; applying it twice changes nothing.

    Tracking parameters, fragments, AMP and mobile forms, `www`, trailing slashes and the
    difference between http and https are gone. It names an article; it is not for fetching.
    Anything but a web link comes back as it is, without the space around it.
    """
    url = url.strip()
    if not url.lower().startswith(("http://", "https://")):
        return url
    # ural undoes one layer of quoting at a time
    for _ in range(_MOST_ROUNDS):
        simpler = _simplified(url)
        if simpler == url:
            break
        url = simpler
    return url


def _simplified(url: str) -> str:
    from ural import normalize_url

    try:
        plain = str(normalize_url(url, strip_protocol=False))
        story = _story_number(url)
    except ValueError:
        return url
    if story and "sid=" not in plain:
        plain += ("&" if "?" in plain else "?") + story
    return re.sub(r"^http:", "https:", plain)


def _story_number(url: str) -> str:
    """A short numeric `sid`: the library takes it for a session, some sites number stories so."""
    for name, value in parse_qsl(urlsplit(url).query):
        if name == "sid" and value.isascii() and value.isdigit() and len(value) <= 9:
            return f"sid={value}"
    return ""


def content_hash(title: str, text: str) -> str:
    """Sha256 hex of the words of title and text; case, spacing and punctuation do not count."""
    return sha256(f"{' '.join(_words(title))}\n{' '.join(_words(text))}".encode()).hexdigest()


def article_id(url: str | None, content_hash: str) -> str:
    """12 hex characters, from the canonical link if there is one, else from the sum."""
    return sha256(canonical_url(url).encode()).hexdigest()[:12] if url else content_hash[:12]


def signature(text: str) -> bytes:
    """MinHash of word 3-grams (Broder 1997) and the number of words; empty without words.

    128 + 1 x uint32, little endian; the same text gives the same bytes in every process.
    """
    from rensa import RMinHash

    words = _words(text)
    if not words:
        return b""
    size = min(_GRAM, len(words))
    grams = {" ".join(words[at : at + size]) for at in range(len(words) - size + 1)}
    (sketch,) = RMinHash.from_token_sets([sorted(grams)], num_perm=_SLOTS, seed=_SEED)
    return np.asarray([*sketch.digest(), len(words)], dtype="<u4").tobytes()


def similarity(a: bytes, b: bytes) -> float:
    """Estimated Jaccard similarity of two texts by their signatures, 0 to 1."""
    if not a or len(a) != len(b):
        return 0.0
    equal = np.frombuffer(a, dtype="<u4") == np.frombuffer(b, dtype="<u4")
    return float(np.mean(equal[:_SLOTS]))


def is_near_copy(a: bytes, b: bytes) -> bool:
    """Whether two signatures are those of one text, edited; short texts must agree more."""
    if not a or not b:
        return False
    words = min(int.from_bytes(each[-4:], "little") for each in (a, b))
    needed = NEAR_COPY if words >= _SHORT_WORDS else NEAR_COPY_SHORT
    return similarity(a, b) >= needed


def bands(signature: bytes) -> tuple[int, ...]:
    """32 bucket keys (signed 64 bit); near copies share at least one.

    The number of the band is mixed in, so one index column holds them all.
    """
    width = 4 * _SLOTS // _BANDS
    return tuple(
        int.from_bytes(
            blake2b(
                signature[band * width : (band + 1) * width],
                digest_size=8,
                salt=band.to_bytes(2, "little"),
            ).digest(),
            "little",
            signed=True,
        )
        for band in range(_BANDS if signature else 0)
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
