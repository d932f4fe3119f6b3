"""What the tests of the checks share: one source, one written sentence, what failed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from summarizer.check import PASSED, check
from summarizer.evidence import Evidence
from summarizer.model import Document
from summarizer.text import split_sentences

Failed = Callable[..., dict[str, str]]


@pytest.fixture
def failed() -> Failed:
    """The checks that a written sentence fails against a source, each with its line."""

    def run(written: str, source: str, published: str | None = None) -> dict[str, str]:
        document = Document(
            id="a",
            text=source,
            source="Coastal Herald",
            published_at=datetime.fromisoformat(published).replace(tzinfo=UTC)
            if published
            else None,
        )
        verdict = check(written, Evidence([(document, split_sentences(source))]))
        return {name: said for name, said in verdict.checks.items() if said != PASSED}

    return run
