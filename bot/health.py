"""Whether the program is well, over HTTP: `/health` for machines, `/metrics` for Prometheus."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from summarizer.model import Summary


class Metrics:
    """The program's counters; one registry each, so that tests do not share them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.articles = Counter(
            "geobrief_articles", "Articles taken in.", ["outcome"], registry=self.registry
        )
        self.deliveries = Counter(
            "geobrief_deliveries", "Messages of briefs.", ["outcome"], registry=self.registry
        )
        self.written = Counter(
            "geobrief_written", "Summaries written.", ["outcome"], registry=self.registry
        )
        self.sentences = Counter(
            "geobrief_written_sentences",
            "Sentences of written summaries: kept, rewritten, replaced by the source's, added.",
            ["fate"],
            registry=self.registry,
        )
        self.last_tick = Gauge(
            "geobrief_last_tick_seconds", "When the clock last ticked.", registry=self.registry
        )

    def wrote(self, summary: Summary) -> None:
        """Count a summary that was asked of the writer, and what became of its sentences."""
        self.written.labels(outcome="written" if summary.method == "write" else "source").inc()
        for fate, count in summary.fates.items():
            self.sentences.labels(fate=fate).inc(count)

    def tick(self) -> None:
        """Note that the clock ticks."""
        self.last_tick.set(time.time())


def create_health_app(metrics: Metrics, state: Callable[[], dict[str, Any]]) -> Starlette:
    """Serve `state()` (its `ok` decides between 200 and 503) and the metrics."""

    async def health(_request: Request) -> Response:
        found = await run_in_threadpool(state)
        return JSONResponse(found, status_code=200 if found["ok"] else 503)

    async def numbers(_request: Request) -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/health", health), Route("/metrics", numbers)])
