"""Search measured: the right articles first, and "not in my sources" where none is right.

    python bench/search.py CORPUS.jsonl.gz QUERIES.jsonl.gz [--limit 3000] [--json]

Queries whose id has an even md5 keep their articles in the corpus; those of the others are
taken out, so that every answer to them is a wrong one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.evaluation import Row, read_rows
from bot.evaluation_search import FIELDS, Archive, fill, quality, rankers, usable
from news.ask import answers
from news.search import Search
from news.signals import encode_parts
from news.store import Store
from summarizer.encode import Encoder, SentenceEncoder, bound_torch_threads

_ALONE = 0.6


def answerable(query: Mapping[str, Any]) -> bool:
    """Whether the query's articles stay in the corpus."""
    return int(hashlib.md5(str(query["id"]).encode()).hexdigest(), 16) % 2 == 0


def choose(corpus: Sequence[Row], queries: Sequence[Row], limit: int) -> list[Row]:
    """Take the articles of the answerable queries, none of the others', and fill up."""
    wanted = {id for query in queries if answerable(query) for id in query["relevant"]}
    taken_out = {id for query in queries if not answerable(query) for id in query["relevant"]}
    kept = [row for row in corpus if row["id"] not in taken_out]
    kept.sort(key=lambda row: (row["id"] not in wanted, hashlib.md5(row["id"].encode()).digest()))
    return kept[:limit]


def taken_out(corpus: Sequence[Row], queries: Sequence[Row]) -> list[Row]:
    """Give the articles of the unanswerable queries."""
    gone = {id for query in queries if not answerable(query) for id in query["relevant"]}
    return [row for row in corpus if row["id"] in gone]


def likeness_of_the_rest(
    store: Store,
    queries: Sequence[Row],
    removed: Sequence[Row],
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
    corpus: Sequence[Row],
    queries: Sequence[Row],
    encoder: Encoder,
    folder: Path,
    removed: Sequence[Row] = (),
) -> dict[str, Any]:
    """Fill a store and ask it everything; `removed` are articles of the unanswerable queries."""
    archive = fill(Store(folder / "bench.db"), corpus, encoder)
    there = archive.numbers
    search = Search(archive.store, encoder)
    likeness = likeness_of_the_rest(archive.store, queries, removed, encoder)
    methods = rankers(archive, corpus, encoder)
    result: dict[str, Any] = {"articles": len(set(there.values()))}
    for name, field in FIELDS.items():
        mine = [query for query in queries if usable(query, field)]
        known = [query for query in mine if there.keys() & set(query["relevant"])]
        asked = [query for query in known if answerable(query)]
        strangers = [query for query in mine if not there.keys() & set(query["relevant"])]
        alone = [query for query in strangers if likeness.get(query["id"], 1.0) <= _ALONE]
        relevant = [{there[id] for id in query["relevant"] if id in there} for query in asked]
        figures: dict[str, Any] = {"n": len(asked), "n_unanswerable": len(strangers)}
        for method, rank in methods.items():
            figures[method] = quality([rank(str(query[field])) for query in asked], relevant)
        figures["wrong_refusals"] = _refused(archive, search, asked, field)
        figures["wrong_answers"] = round(1 - _refused(archive, search, strangers, field), 4)
        figures["n_alone"] = len(alone)
        figures["wrong_answers_alone"] = round(1 - _refused(archive, search, alone, field), 4)
        result[name] = figures
    archive.store.close()
    return result


def _refused(archive: Archive, search: Search, queries: Sequence[Row], field: str) -> float:
    refused = sum(
        not any(map(answers, search.find(str(query[field]), now=archive.at))) for query in queries
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
    queries = read_rows(given.queries)
    rows = read_rows(given.corpus)
    corpus = choose(rows, queries, given.limit)
    removed = taken_out(rows, queries)[: given.limit]
    with tempfile.TemporaryDirectory() as folder:
        result = measure(corpus, queries, SentenceEncoder(), Path(folder), removed)
    result["seconds"] = round(time.perf_counter() - started, 1)
    print(json.dumps(result, indent=None if given.json else 1))


if __name__ == "__main__":
    main()
