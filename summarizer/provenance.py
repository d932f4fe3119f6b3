"""What makes a summary: the names and versions of models, prompt, checks and libraries.

Two summaries by the same makers of the same texts on one day are the same, as far as
arithmetic allows. Loads no model.
"""

from __future__ import annotations

from functools import cache
from importlib import metadata

from summarizer import check, extract, ranker, shortening
from summarizer.encode import PACKAGED, WHEEL, Encoder
from summarizer.judge import JudgeUnavailable
from summarizer.judging import Judging
from summarizer.write import PROMPT, Writer

_LIBRARIES = ("torch", "transformers", "sentence-transformers")


def makers(
    encoder: Encoder, writer: Writer | None = None, judge: Judging | None = None
) -> dict[str, str]:
    """Encoder, ranker and libraries; with a `writer` also it, its prompt, checks, judge."""
    found = {
        "encoder": _encoder(encoder.name),
        "ranker": ranker.NAME,
        "choice": extract.CHOICE,
        "libraries": _libraries(),
    }
    if writer is not None:
        found |= {
            "writer": writer.name,
            "prompt": str(PROMPT),
            "words": _words(writer),
            "checks": check.NAME,
            "judge": _judge(judge),
        }
    return found


def _words(writer: Writer) -> str:
    return f"the sources', {shortening.NAME}" if writer.words == "sources" else "its own"


def _judge(judge: Judging | None) -> str:
    try:
        return judge.name if judge is not None else "none"
    except JudgeUnavailable:
        return "none"


def _encoder(name: str) -> str:
    version = _version(WHEEL) if name == PACKAGED else ""
    return f"{name} {version}".rstrip()


@cache
def _libraries() -> str:
    return ", ".join(f"{name} {version}" for name in _LIBRARIES if (version := _version(name)))


@cache
def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
