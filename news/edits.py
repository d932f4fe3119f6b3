"""What an edit changed: sentences that went and came, and which version a citation is from.

Pure: knows no store. Matching by difflib over whole sentences, case and spacing aside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from news.model import Article, Evidence
from news.store.articles import Version
from summarizer.text import split_sentences


def changed_sentences(old: str, new: str) -> tuple[list[str], list[str]]:
    """Give the sentences of `old` that are gone and those of `new` that came, in their order."""
    before = [sentence.text for sentence in split_sentences(old)]
    after = [sentence.text for sentence in split_sentences(new)]
    matcher = SequenceMatcher(
        a=[_plain(text) for text in before], b=[_plain(text) for text in after], autojunk=False
    )
    removed: list[str] = []
    added: list[str] = []
    for kind, a_start, a_end, b_start, b_end in matcher.get_opcodes():
        if kind != "equal":
            removed += before[a_start:a_end]
            added += after[b_start:b_end]
    # a sentence that only moved is neither gone nor new
    moved = {_plain(text) for text in removed} & {_plain(text) for text in added}
    return (
        [text for text in removed if _plain(text) not in moved],
        [text for text in added if _plain(text) not in moved],
    )


def as_cited(
    article: Article, versions: Callable[[], Sequence[Version]], evidence: Iterable[Evidence]
) -> Article:
    """Give an article with the text that these citations were made from.

    `versions` is asked only if that is not the present text. The newest version counts that
    holds every cited sentence where the citation says; without one, the article stays as is.
    """
    cited = [one for one in evidence if one.article_id == article.id]
    if _holds(article.text, cited):
        return article
    for version in reversed(versions()):
        if _holds(version.text, cited):
            return replace(
                article,
                title=version.title,
                text=version.text,
                content_hash=version.content_hash,
                fetched_at=version.fetched_at,
            )
    return article


def _holds(text: str, cited: Sequence[Evidence]) -> bool:
    return all(text[one.start : one.end] == one.sentence for one in cited)


def _plain(sentence: str) -> str:
    return " ".join(sentence.split()).casefold()
