"""How long summaries take: source sentences, written ones beside plain transformers, in batches.

    python -m bench.writing ARTICLES.jsonl.gz [--articles 6] [--repeats 3] [--threads 2] [--cpu]
        [--precision float32] [--no-plain] [--alone 3]

The articles nearest to 600 words are taken. Plain is the same model in the same number format,
asked for as many sentences of the whole article by transformers' own generate(). --cpu counts
the processor's seconds instead of the clock's: where others are busy, with one thread. auto is
bfloat16 where the processor has it, which most have not.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, get_args

from bot.evaluation import read_rows
from summarizer.encode import SentenceEncoder, bound_torch_threads
from summarizer.judge import Judge
from summarizer.jury import Jury
from summarizer.model import Document
from summarizer.models import packaged
from summarizer.models.lending import Lender
from summarizer.models.memory import Precision, load_folder
from summarizer.pipeline import Job, Summarizer
from summarizer.reading import Reader
from summarizer.write import max_tokens_for

WORDS = 600
SENTENCES = 3
TODAY = date(2022, 6, 1)


def never() -> bool:
    """Nobody stops a bench."""
    return False


def articles(path: Path, count: int) -> list[Document]:
    """The articles whose length is nearest to 600 words."""
    rows = [row for row in read_rows(path) if isinstance(row.get("article"), str)]
    rows.sort(key=lambda row: abs(len(row["article"].split()) - WORDS))
    return [
        Document(id=str(row["id"]), text=row["article"], title=str(row.get("title") or ""))
        for row in rows[:count]
    ]


def timed(name: str, clock: Callable[[], float], action: Callable[[], Any]) -> float:
    """Seconds that an action takes, told on standard error as well."""
    began = clock()
    action()
    seconds = clock() - began
    print(f"{name} {seconds:.2f}", file=sys.stderr, flush=True)
    return seconds


class Plain:
    """The writer's model as transformers gives it, asked in one go for a summary."""

    def __init__(self, folder: Path, precision: Precision, threads: int) -> None:
        self._loaded = load_folder(folder, precision, threads)

    def summarise(self, document: Document) -> str:
        """Up to three sentences about the whole article, greedily."""
        import torch

        asked = f"{document.text}\n\nSummarise this article in {SENTENCES} sentences."
        inputs = self._loaded.tokenizer.apply_chat_template(
            [{"role": "user", "content": asked}],
            add_generation_prompt=True,
            return_tensors="pt",
            return_dict=True,
        )
        with torch.inference_mode():
            found = self._loaded.model.generate(
                **inputs, max_new_tokens=max_tokens_for(SENTENCES), do_sample=False
            )
        return str(self._loaded.tokenizer.decode(found[0, inputs["input_ids"].shape[1] :]))


def measure(
    documents: Sequence[Document],
    summarizer: Summarizer,
    plain: Plain | None,
    repeats: int,
    alone: int,
    clock: Callable[[], float],
) -> dict[str, Any]:
    """Time every way in turns, so that a busy moment meets all alike; medians of the turns.

    Only the first `alone` documents are written one by one, all of them side by side.
    """
    jobs = [Job(documents=[one], sentences=SENTENCES) for one in documents]
    write = partial(summarizer.write_many, today=TODAY, stop=never)
    extracted, written, raw, batches = [], [], [], []
    for _ in range(repeats):
        for job, one in list(zip(jobs, documents, strict=True))[:alone]:
            extracted.append(
                timed("source", clock, partial(summarizer.extract, [one], sentences=SENTENCES))
            )
            written.append(timed("written", clock, partial(write, [job])))
            if plain:
                raw.append(timed("plain", clock, partial(plain.summarise, one)))
        batches.append(timed("batch", clock, partial(write, jobs)))
    singly, together = statistics.mean(written), statistics.median(batches) / len(jobs)
    found = {
        "source_seconds": round(statistics.median(extracted), 3),
        "written_seconds": round(statistics.median(written), 2),
        "one_by_one_per_minute": round(60 / singly, 1),
        "batch_per_minute": round(60 / together, 1),
        "batch_gain": round(singly / together, 2),
    }
    if raw:
        found["plain_seconds"] = round(statistics.median(raw), 2)
        gain = statistics.median(raw) / statistics.median(written)
        found["times_faster_than_plain"] = round(gain, 2)
    return found


def main() -> None:
    """Measure and print one object."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("file", type=Path)
    options.add_argument("--articles", type=int, default=6)
    options.add_argument("--alone", type=int, help="write only so many of them one by one too")
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--cpu", action="store_true")
    options.add_argument("--precision", default="auto", choices=get_args(Precision))
    options.add_argument("--no-plain", action="store_true")
    given = options.parse_args()
    clock = time.process_time if given.cpu else time.perf_counter
    bound_torch_threads(given.threads)
    documents = articles(given.file, given.articles)
    folder = packaged.convert(packaged.default_models_folder(), lambda stage, share: None, never)
    lender = Lender(
        packaged.default_models_folder(), threads=given.threads, precision=given.precision
    )
    encoder = SentenceEncoder()
    jury = Jury(Judge(encoder), Reader(lender))
    summarizer = Summarizer(encoder, lender.writer(), judge=jury)
    # loading is nobody's time
    summarizer.write(documents[:1], sentences=SENTENCES, today=TODAY, stop=never)
    plain = None if given.no_plain else Plain(folder, given.precision, given.threads)
    found = {
        "articles": len(documents),
        "repeats": given.repeats,
        "words": round(statistics.mean(len(one.text.split()) for one in documents)),
        "precision": given.precision,
        "seconds_of": "the processor" if given.cpu else "the clock",
        **measure(
            documents, summarizer, plain, given.repeats, given.alone or len(documents), clock
        ),
    }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
