"""Search measured: the right articles first, and "not in my sources" where none is right.

    python bench/search.py CORPUS.jsonl.gz QUERIES.jsonl.gz [--limit 3000] [--json]

Queries whose id has an even md5 keep their articles in the corpus; those of the others are
taken out, so that every answer to them is a wrong one.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import math
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from news.ask import answers
from news.extract import PagePool
from news.fetch import Fetcher
from news.ingest import Ingest
from news.model import Draft, Outlet, Story
from news.outlets import Outlets
from news.search import Search
from news.signals import encode_parts
from news.store import Store
from summarizer.encode import Encoder, SentenceEncoder, bound_torch_threads

_ALONE = 0.6
NOW = datetime(2022, 6, 1, tzinfo=UTC)
Ranking = Sequence[str]


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Read a compressed JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def answerable(query: Mapping[str, Any]) -> bool:
    """Whether the query's articles stay in the corpus."""
    return int(hashlib.md5(str(query["id"]).encode()).hexdigest(), 16) % 2 == 0


def choose(
    corpus: Sequence[dict[str, Any]], queries: Sequence[dict[str, Any]], limit: int
) -> list[dict[str, Any]]:
    """Take the articles of the answerable queries, none of the others', and fill up."""
    wanted = {id for query in queries if answerable(query) for id in query["relevant"]}
    taken_out = {id for query in queries if not answerable(query) for id in query["relevant"]}
    kept = [row for row in corpus if row["id"] not in taken_out]
    kept.sort(key=lambda row: (row["id"] not in wanted, hashlib.md5(row["id"].encode()).digest()))
    return kept[:limit]


def taken_out(
    corpus: Sequence[dict[str, Any]], queries: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Give the articles of the unanswerable queries."""
    gone = {id for query in queries if not answerable(query) for id in query["relevant"]}
    return [row for row in corpus if row["id"] in gone]


def fill(store: Store, rows: Sequence[dict[str, Any]], encoder: Encoder) -> dict[int, str]:
    """Store the articles, each in a story of its own, and give row ids by article number."""
    ingest = Ingest(store, Fetcher("geobrief-bench"), PagePool(1), Outlets([]))
    numbers: dict[int, str] = {}
    vectors = encode_parts(encoder, [(str(row["title"]), str(row["article"])) for row in rows])
    for row, vector in zip(rows, vectors, strict=True):
        at = _date(row["date"])
        draft = Draft(
            url=f"https://bench.example/{row['id']}",
            title=str(row["title"]),
            text=str(row["article"]),
            outlet=Outlet(name=str(row["source"]), host="bench.example"),
            language="en",
            published_at=at,
            fetched_at=NOW,
        )
        id = ingest.receive(draft, str(row["id"])).article_id
        article = store.articles.get(id) if id else None
        if article is None or article.story_id is not None:
            continue
        story = Story(
            id=0, title=draft.title, first_at=at, last_at=at, changed_at=at, articles=1, revision=1
        )
        with store.database.write() as connection:
            story_id = store.stories.add(connection, story)
            store.placing.place(connection, article.number, story_id, vector)
        numbers[article.number] = str(row["id"])
    return numbers


def _date(text: Any) -> datetime:
    try:
        return min(datetime.fromisoformat(str(text)[:10]).replace(tzinfo=UTC), NOW)
    except ValueError:
        return NOW - timedelta(days=365)


def quality(rankings: Sequence[Ranking], relevant: Sequence[set[str]]) -> dict[str, float]:
    """nDCG@10 with binary relevance, recall@10 and MRR, as fractions."""
    ndcg, recall, mrr = [], [], []
    for ranking, right in zip(rankings, relevant, strict=True):
        gains = [1 / math.log2(place + 2) for place in range(min(10, len(right)))]
        got = [1 / math.log2(place + 2) for place, id in enumerate(ranking[:10]) if id in right]
        ndcg.append(sum(got) / sum(gains))
        recall.append(len(right & set(ranking[:10])) / len(right))
        mrr.append(next((1 / (place + 1) for place, id in enumerate(ranking) if id in right), 0.0))
    figures = {"ndcg10": ndcg, "recall10": recall, "mrr": mrr}
    return {name: round(float(np.mean(values)), 4) for name, values in figures.items()}


def rankers(
    store: Store, search: Search, encoder: Encoder, names: Mapping[int, str]
) -> dict[str, Callable[[str], Ranking]]:
    """Our search, full text alone and vectors alone, each giving row ids, best first."""
    kept = store.placing.vectors_after(0)
    matrix = np.stack([vector for _, _, vector in kept])
    ids = [names[number] for _, number, _ in kept]

    def ours(question: str) -> Ranking:
        return [names[hit.article.number] for hit in search.find(question, now=NOW, limit=10)]

    def words(question: str) -> Ranking:
        found = store.articles.matching(question.split(), since=None, limit=10)
        return [names[number] for number, _, _ in found]

    def vectors(question: str) -> Ranking:
        likeness = matrix @ encoder.encode([question])[0]
        return [ids[row] for row in np.argsort(-likeness)[:10]]

    return {"ours": ours, "full text alone": words, "vectors alone": vectors}


def likeness_of_the_rest(
    store: Store,
    queries: Sequence[dict[str, Any]],
    removed: Sequence[dict[str, Any]],
    encoder: Encoder,
) -> dict[str, float]:
    """Give for each query how near any kept article comes to the ones that were taken out.

    Where it is near, the event is still in the corpus, and an answer is not wrong.
    """
    rows = {str(row["id"]): at for at, row in enumerate(removed)}
    vectors = encode_parts(encoder, [(str(row["title"]), str(row["article"])) for row in removed])
    kept = np.stack([vector for _, _, vector in store.placing.vectors_after(0)])
    nearest = [float((kept @ vector).max()) for vector in vectors]
    return {
        query["id"]: max(nearest[rows[id]] for id in query["relevant"] if id in rows)
        for query in queries
        if rows.keys() & set(query["relevant"])
    }


def measure(
    corpus: Sequence[dict[str, Any]],
    queries: Sequence[dict[str, Any]],
    encoder: Encoder,
    folder: Path,
    removed: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """Fill a store and ask it everything; `removed` are articles of the unanswerable queries."""
    store = Store(folder / "bench.db")
    names = fill(store, corpus, encoder)
    search = Search(store, encoder)
    there = set(names.values())
    likeness = likeness_of_the_rest(store, queries, removed, encoder)
    result: dict[str, Any] = {"articles": len(names)}
    for field in ("query_title", "query_text"):
        usable = [query for query in queries if query[field] and not query["title_leaks"]]
        asked = [query for query in usable if answerable(query) and there & set(query["relevant"])]
        strangers = [query for query in usable if not there & set(query["relevant"])]
        relevant = [there & set(query["relevant"]) for query in asked]
        figures: dict[str, Any] = {"n": len(asked), "n_unanswerable": len(strangers)}
        for name, rank in rankers(store, search, encoder, names).items():
            seconds = []
            rankings = []
            for query in asked:
                started = time.perf_counter()
                rankings.append(rank(str(query[field])))
                seconds.append(time.perf_counter() - started)
            p95 = round(1000 * float(np.quantile(seconds, 0.95)), 1)
            figures[name] = {**quality(rankings, relevant), "p95_ms": p95}
        figures["wrong_refusals"] = _refused(search, asked, field)
        figures["wrong_answers"] = round(1 - _refused(search, strangers, field), 4)
        alone = [query for query in strangers if likeness.get(query["id"], 1.0) <= _ALONE]
        figures["n_alone"] = len(alone)
        figures["wrong_answers_alone"] = round(1 - _refused(search, alone, field), 4)
        result[field.replace("query_", "by_")] = figures
    store.close()
    return result


def _refused(search: Search, queries: Sequence[dict[str, Any]], field: str) -> float:
    refused = sum(
        not any(map(answers, search.find(str(query[field]), now=NOW))) for query in queries
    )
    return round(refused / max(1, len(queries)), 4)


def main() -> None:
    """Measure and print one object."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("corpus", type=Path)
    options.add_argument("queries", type=Path)
    options.add_argument("--limit", type=int, default=3000)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    started = time.perf_counter()
    bound_torch_threads(2)
    queries = rows_of(given.queries)
    rows = rows_of(given.corpus)
    corpus = choose(rows, queries, given.limit)
    removed = taken_out(rows, queries)[: given.limit]
    with tempfile.TemporaryDirectory() as folder:
        result = measure(corpus, queries, SentenceEncoder(), Path(folder), removed)
    result["seconds"] = round(time.perf_counter() - started, 1)
    print(json.dumps(result, indent=None if given.json else 1))


if __name__ == "__main__":
    main()
