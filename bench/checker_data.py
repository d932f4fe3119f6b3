"""What the judge learns from: annotated summaries and corrupted claims, with their features.

Articles of several sets that are one document in other words of a scraper make one group, so that
no document stands on both sides. Knows no model that is fitted.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.corruptions import Article, Pair, pairs
from bot.evaluation import read_rows
from bot.evaluation_faithfulness import half_of
from summarizer.evidence import Evidence
from summarizer.judge import NAMES, Judge
from summarizer.model import Document
from summarizer.text import split_sentences

SEED = 1
CORRUPTED = 13_000
"""Pairs that are made; of USED articles, drawn from theirs, up to EACH are learned from."""
USED, EACH = 470, 4
CORRUPTED_SET = "corrupted"

_LONG_WORD = re.compile(r"[a-z0-9]{4,}")
_RARE = 6


def files_of(data: Path) -> dict[str, Path]:
    """Every file that is read, by its name."""
    found = sorted((data / "faithfulness").glob("*.jsonl.gz"))
    found += [data / "summaries" / f"{name}.jsonl.gz" for name in ("newssumm_1700", "cnn_1000")]
    return {path.name: path for path in [*found, data / "stories" / "allsides_summaries.jsonl.gz"]}


def checksum(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def documents(articles: Sequence[str]) -> list[int]:
    """The group of each article: those that share most of their words are one document."""
    held = [frozenset(_LONG_WORD.findall(article.lower())) for article in articles]
    count = Counter(word for each in held for word in each)
    holders: dict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(held):
        for word in each:
            if 1 < count[word] <= _RARE:
                holders[word].append(at)
    group = list(range(len(articles)))
    for one, two in {(a, b) for at in holders.values() for a in at for b in at if a < b}:
        shared = len(held[one] & held[two])
        if shared > 0.85 * min(len(held[one]), len(held[two])) or shared > 0.6 * len(
            held[one] | held[two]
        ):
            old, new = group[two], group[one]
            group = [new if each == old else each for each in group]
    return group


def annotated(data: Path) -> list[dict[str, Any]]:
    """The even half of the annotated summaries, with `set` and `group`.

    Left out are those whose document stands in the odd half in other words.
    """
    rows = [
        {**row, "set": path.name.split(".")[0]}
        for path in sorted((data / "faithfulness").glob("*.jsonl.gz"))
        for row in read_rows(path)
    ]
    articles = sorted({row["article"] for row in rows})
    group = dict(zip(articles, documents(articles), strict=True))
    odd = {group[article] for article in articles if half_of(article) == "odd"}
    return [
        {**row, "group": group[row["article"]]} for row in rows if group[row["article"]] not in odd
    ]


def articles_of(data: Path) -> list[Article]:
    """The articles that claims are made from; no annotated set has them."""
    folder = data / "summaries"
    sources = [
        *(("n", row) for row in read_rows(folder / "newssumm_1700.jsonl.gz")[:1400]),
        *(("c", row) for row in read_rows(folder / "cnn_1000.jsonl.gz")),
    ]
    articles = [Article(f"{kind}{r['id']}", r["article"], r["references"]) for kind, r in sources]
    for row in read_rows(data / "stories" / "allsides_summaries.jsonl.gz"):
        if row["id"].startswith("neus_train"):
            text = row["articles"][0]["text"]
            articles.append(Article(f"{row['id']}.0", text, row["references"]))
    return [one for one in articles if len(one.sentences) >= 4]


def corrupted(data: Path) -> list[Pair]:
    """Claims and their corruptions, with the sources of their articles' other claims."""
    made = pairs(articles_of(data), CORRUPTED, SEED)
    by_article: dict[str, list[Pair]] = defaultdict(list)
    for pair in made:
        by_article[pair.document].append(pair)
    keys = sorted(by_article)
    random.Random(5).shuffle(keys)
    return [pair for key in keys[:USED] for pair in with_all(by_article[key])]


def with_all(own: Sequence[Pair]) -> Iterator[Pair]:
    """Each pair with the sources of its article's other claims behind its own."""
    everything = [source for pair in own for source in pair.sources]
    for pair in own[:EACH]:
        begun = {tuple(source.split()[:4]) for source in pair.sources}
        rest = [s for s in dict.fromkeys(everything) if tuple(s.split()[:4]) not in begun]
        yield Pair(
            claim=pair.claim,
            sources=(*pair.sources, *rest),
            label=pair.label,
            kind=pair.kind,
            document=pair.document,
        )


def measured(data: Path, kept: Path | None) -> list[dict[str, Any]]:
    """One entry a summary: set, group, label and the features of its sentences.

    What `kept` holds under a text's sum is not measured again.
    """
    known = _known(kept)
    judge = Judge()
    found = []
    for row in annotated(data):
        sentences = [one.text for one in split_sentences(row["summary"])]
        features = _features(row["article"], sentences, judge, known, kept)
        if features:
            found.append({key: row[key] for key in ("set", "group", "label")} | {"rows": features})
    for pair in corrupted(data):
        features = _features("\n".join(pair.sources), [pair.claim], judge, known, kept)
        group = int(hashlib.sha256(pair.document.encode()).hexdigest()[:7], 16) + 10**6
        found.append({"set": CORRUPTED_SET, "group": group, "label": pair.label, "rows": features})
    return found


def _known(kept: Path | None) -> dict[str, list[list[float]]]:
    if kept is None or not kept.exists():
        return {}
    lines = kept.read_text("utf-8").splitlines()
    return {one["key"]: one["rows"] for one in map(json.loads, lines) if one["names"] == len(NAMES)}


def _features(
    article: str,
    sentences: Sequence[str],
    judge: Judge,
    known: dict[str, list[list[float]]],
    kept: Path | None,
) -> list[list[float]]:
    if not sentences:
        return []
    key = hashlib.sha256("\0".join([article, *sentences]).encode()).hexdigest()
    if key not in known:
        evidence = Evidence([(Document(id="article", text=article), split_sentences(article))])
        rows = judge.features(sentences, evidence)
        known[key] = [[round(float(value), 5) for value in row] for row in rows]
        if kept is not None:
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"key": key, "names": len(NAMES), "rows": known[key]}) + "\n")
    return known[key]


def about(data: Path) -> Mapping[str, str]:
    """The names and checksums of what is read."""
    return {name: checksum(path) for name, path in files_of(data).items()}
