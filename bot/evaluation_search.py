"""Search measured: the labelled articles first, beside full text, TF-IDF and vectors alone.

Knows the files' formats and the measures; prints nothing. `geobrief eval search` and bench/
share it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bot.evaluation import Row, Told
from bot.failure import USAGE, Failure
from news.extract import PagePool
from news.fetch import Fetcher
from news.ingest import Ingest
from news.model import Draft, Outlet, Story
from news.outlets import Outlets
from news.rows import read_date
from news.search import Search
from news.signals import encode_parts
from news.store import Store
from summarizer.encode import Encoder

FIELDS = {"by_title": "query_title", "by_text": "query_text"}
_AT_ONCE = 256
_PLACES = 10
_A_YEAR = timedelta(days=365)
Ranker = Callable[[str], Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A store of the corpus's articles, and which number each row's article has.

    A row whose text is a copy of another's has that one's number. Questions are asked `at` a
    time, a year after the newest article: they carry no date, so none should seem late news.
    """

    store: Store
    numbers: Mapping[str, int]
    at: datetime


def evaluate_search(
    corpus: Sequence[Row],
    queries: Sequence[Row],
    encoder: Encoder,
    folder: Path,
    told: Told = lambda at, n: None,
) -> dict[str, Any]:
    """Put the corpus into a store in `folder` and ask it every question.

    Corpus rows have `id, title, date, source, article`; queries `query_title, query_text,
    relevant` (ids) and `title_leaks`, with which a row is left out by its title. Figures are
    fractions, means over questions; `p95_ms` is of one question. Raises Failure for wrong rows.
    """
    began = time.perf_counter()
    _check(corpus, ("id", "title", "article"))
    _check(queries, ("query_title", "query_text", "relevant"))
    archive = fill(Store(folder / "search.db"), corpus, encoder, told)
    try:
        methods = rankers(archive, corpus, encoder)
        found = {name: _measured(archive, queries, rank) for name, rank in methods.items()}
    finally:
        archive.store.close()
    return {
        "n": len(queries),
        "articles": len(set(archive.numbers.values())),
        **found.pop("geobrief"),
        "baselines": found,
        "seconds": round(time.perf_counter() - began, 1),
    }


def fill(
    store: Store, rows: Sequence[Row], encoder: Encoder, told: Told = lambda at, n: None
) -> Archive:
    """Store the articles, each in a story of its own."""
    ingest = Ingest(store, Fetcher("geobrief"), PagePool(1), Outlets([]))
    numbers: dict[str, int] = {}
    now = datetime.now(UTC)
    newest = datetime(1970, 1, 1, tzinfo=UTC)
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        vectors = encode_parts(encoder, [(str(row["title"]), str(row["article"])) for row in part])
        for row, vector in zip(part, vectors, strict=True):
            at = read_date(str(row.get("date") or ""), now) or now - _A_YEAR
            newest = max(newest, at)
            number = _store(store, ingest, row, at, vector)
            if number is not None:
                numbers[str(row["id"])] = number
        told(min(start + _AT_ONCE, len(rows)), len(rows))
    ingest.close()
    ingest.pages.close()
    return Archive(store=store, numbers=numbers, at=newest + _A_YEAR)


def _store(store: Store, ingest: Ingest, row: Row, at: datetime, vector: Any) -> int | None:
    """Give the number of a row's article; None for a text that is not taken."""
    draft = Draft(
        url=f"https://corpus.example/{row['id']}",
        title=str(row["title"]),
        text=str(row["article"]),
        outlet=Outlet(name=str(row.get("source") or ""), host="corpus.example"),
        language="en",
        published_at=at,
        fetched_at=at,
    )
    id = ingest.receive(draft, str(row["id"])).article_id
    article = store.articles.get(id) if id else None
    if article is None:
        return None
    if article.story_id is None:
        story = Story(
            id=0, title=draft.title, first_at=at, last_at=at, changed_at=at, articles=1, revision=1
        )
        with store.database.write() as connection:
            story_id = store.stories.add(connection, story)
            store.placing.place(connection, article.number, story_id, vector)
    return article.number


def rankers(archive: Archive, corpus: Sequence[Row], encoder: Encoder) -> dict[str, Ranker]:
    """Our search and the baselines, each giving article numbers for a question, best first."""
    store, search = archive.store, Search(archive.store, encoder)
    kept = store.placing.vectors_after(0)
    matrix = np.stack([vector for _, _, vector in kept])
    ids = [number for _, number, _ in kept]

    def ours(question: str) -> Sequence[int]:
        hits = search.find(question, now=archive.at, limit=_PLACES)
        return [hit.article.number for hit in hits]

    def words(question: str) -> Sequence[int]:
        found = store.articles.matching(question.split(), since=None, limit=_PLACES)
        return [number for number, _, _ in found]

    def vectors(question: str) -> Sequence[int]:
        likeness = matrix @ encoder.encode([question])[0]
        return [ids[row] for row in np.argsort(-likeness)[:_PLACES]]

    return {
        "geobrief": ours,
        "full_text_bm25": words,
        "tfidf": _tfidf(archive, corpus),
        "vectors_alone": vectors,
    }


def _tfidf(archive: Archive, corpus: Sequence[Row]) -> Ranker:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = {
        archive.numbers[str(row["id"])]: f"{row['title']} {row['article']}"
        for row in corpus
        if str(row["id"]) in archive.numbers
    }
    vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english")
    matrix = vectorizer.fit_transform(texts.values())
    numbers = list(texts)

    def rank(question: str) -> Sequence[int]:
        scores = (matrix @ vectorizer.transform([question]).T).toarray()[:, 0]
        return [numbers[row] for row in np.argsort(-scores, kind="stable")[:_PLACES]]

    return rank


def quality(
    rankings: Sequence[Sequence[int]], relevant: Sequence[set[int]]
) -> dict[str, float | None]:
    """nDCG@10 with binary relevance, recall@10 and MRR (of ten), as fractions; None of nothing."""
    ndcg, recall, mrr = [], [], []
    for ranking, right in zip(rankings, relevant, strict=True):
        gains = [1 / math.log2(place + 2) for place in range(min(_PLACES, len(right)))]
        top = ranking[:_PLACES]
        got = [1 / math.log2(place + 2) for place, id in enumerate(top) if id in right]
        ndcg.append(sum(got) / sum(gains))
        recall.append(len(right & set(top)) / len(right))
        mrr.append(next((1 / (place + 1) for place, id in enumerate(top) if id in right), 0.0))
    figures = {"ndcg10": ndcg, "recall10": recall, "mrr": mrr}
    return {
        name: round(float(np.mean(values)), 4) if values else None
        for name, values in figures.items()
    }


def usable(query: Row, field: str) -> bool:
    """Whether a query can be asked by this field: its title may stand in an article's text."""
    return bool(query.get(field)) and not (field == "query_title" and query.get("title_leaks"))


def _measured(archive: Archive, queries: Sequence[Row], rank: Ranker) -> dict[str, Any]:
    seconds: list[float] = []
    found: dict[str, Any] = {}
    for name, field in FIELDS.items():
        rankings, relevant = [], []
        for query in queries:
            right = {archive.numbers[id] for id in query["relevant"] if id in archive.numbers}
            if not right or not usable(query, field):
                continue
            began = time.perf_counter()
            rankings.append(rank(str(query[field])))
            seconds.append(time.perf_counter() - began)
            relevant.append(right)
        found[name] = {"n": len(rankings), **quality(rankings, relevant)}
    p95 = round(1000 * float(np.quantile(seconds, 0.95)), 1) if seconds else None
    return {**found, "p95_ms": p95}


def _check(rows: Sequence[Row], keys: Sequence[str]) -> None:
    for number, row in enumerate(rows, start=1):
        missing = [key for key in keys if key not in row]
        if missing:
            raise Failure(f"row {number} has no {missing[0]!r}", USAGE)
        if "relevant" in keys and not isinstance(row["relevant"], list):
            raise Failure(f"row {number}: 'relevant' is no list of ids", USAGE)
