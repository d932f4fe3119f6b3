"""What a summary was made of, on the command line: as text and as JSON (docs/design.md)."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape

from bot.forms import sentence_json
from news.brief import SENTENCES
from news.desk import STORY_SENTENCES
from news.model import Article, Point
from news.receipt import Receipt
from summarizer.check import PASSED
from summarizer.model import MODEL_SCORE, REWRITTEN, fate_of

_FATES = {
    "kept": "as written",
    "rewritten": "written anew",
    "replaced": "the source's, in place of a written one",
    "added": "the source's",
}


def print_receipt(console: Console, receipt: Receipt) -> None:
    """Print a receipt: by whom, from what, each sentence with its checks, and the second try."""
    digest = receipt.digest

    def line(text: str) -> None:
        console.print(escape(text), soft_wrap=True)

    line(f"Receipt of story {receipt.story.id}: {receipt.story.title}")
    line(f"made {digest.created_at:%Y-%m-%d %H:%M:%S} UTC, {digest.asked} sentences asked for")
    line(
        f"of {len(receipt.articles)} of its {receipt.story.articles} articles; {_version(receipt)}"
    )
    console.print("\n[bold]Made by[/bold]")
    for name, version in digest.made_by.items():
        line(f"  {name.replace('_', ' '):17} {version}")
    console.print("\n[bold]Made of[/bold]")
    for article in receipt.articles:
        line(f"  {article.id} {digest.made_of.get(article.id, '')}")
        line(f"      {article.outlet.name or 'text'}: {article.url or article.title}")
    console.print("\n[bold]Sentences[/bold]")
    for number, point in enumerate(digest.points, 1):
        line(f"  {number}. {point.text}")
        for one in point.evidence:
            line(f"      [{one.article_id} {one.start}-{one.end}] “{one.sentence}”")
        line(f"      {_fate(point, written=digest.method == 'write')}")
    console.print(f"\n[bold]Made again:[/bold] {escape(_verdict(receipt))}", soft_wrap=True)
    for point in receipt.again or () if receipt.same is False else ():
        line(f"  - {point.text}")


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    """Give a receipt as in docs/design.md."""
    digest = receipt.digest
    written = digest.method == "write"
    return {
        "story_id": receipt.story.id,
        "title": receipt.story.title,
        "method": digest.method,
        "asked": digest.asked,
        "version": _version(receipt),
        "created_at": digest.created_at.isoformat(),
        "made_by": dict(digest.made_by),
        "articles": [_article(one, digest.made_of.get(one.id)) for one in receipt.articles],
        "sentences": [
            _sentence(one, fate_of(one.checks) if written else "source") for one in digest.points
        ],
        "again": {
            "same": receipt.same,
            "same_checks": receipt.same_way if receipt.same else None,
            "reason": receipt.reason,
            "sentences": None if receipt.again is None else list(map(sentence_json, receipt.again)),
        },
    }


def _version(receipt: Receipt) -> str:
    """Say where a summary of this length is shown: a story is told in several."""
    lengths = [length for length, count in SENTENCES.items() if count == receipt.digest.asked]
    shown = [f"a {length} brief" for length in lengths]
    views = STORY_SENTENCES.items()
    shown += [f"the {name} /story" for name, count in views if count == receipt.digest.asked]
    told = (
        f"as long as in {' and in '.join(shown)}"
        if shown
        else "longer or shorter than in any brief"
    )
    return f"the summary that was made last, {told}"


def _sentence(point: Point, fate: str) -> dict[str, Any]:
    """A shown sentence; what was found wrong stands under the version that is not shown."""
    first = {
        name: said for name, said in point.checks.items() if fate == "replaced" or name == REWRITTEN
    }
    checks = {name: said for name, said in point.checks.items() if name not in first}
    return {
        **sentence_json(point),
        "fate": fate,
        "checks": checks,
        "not_shown": {"checks": first} if first else None,
    }


def _article(article: Article, content_hash: str | None) -> dict[str, Any]:
    return {
        "article_id": article.id,
        "content_hash": content_hash,
        "source": article.outlet.name,
        "url": article.url,
        "published_at": article.published_at.isoformat(),
    }


def _fate(point: Point, *, written: bool) -> str:
    """How a sentence came to stand here, and what its checks said."""
    if not written:
        return _FATES["added"]
    passed = ", ".join(name for name, said in point.checks.items() if said == PASSED)
    failed = "; ".join(
        said if name == REWRITTEN else f"{name}: {said}"
        for name, said in point.checks.items()
        if said != PASSED and name != MODEL_SCORE
    )
    told = [_FATES[fate_of(point.checks)]]
    told += [f"failed first: {failed}"] if failed else []
    told += [f"passed: {passed}"] if passed else []
    if score := point.checks.get(MODEL_SCORE):
        told.append(f"the judge's score: {score}")
    return " · ".join(told)


def _verdict(receipt: Receipt) -> str:
    if receipt.same is None:
        return f"not possible, {receipt.reason}"
    if not receipt.same:
        return "ANOTHER TEXT came out:"
    other = "" if receipt.same_way else ", though what was first written or checked differs"
    return f"the same text{other}"
