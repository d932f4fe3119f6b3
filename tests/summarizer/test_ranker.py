"""The trained ranker: its features, what it prefers, and what it does without its own encoder."""

from __future__ import annotations

from importlib import resources

import numpy as np
import pytest

from summarizer import ranker
from summarizer.encode import PACKAGED, SentenceEncoder, bound_torch_threads
from summarizer.extract import Pick, rank
from summarizer.features import NAMES, features
from summarizer.model import Document

ARTICLE = [
    "Zarvik closed its harbour on Monday after a storm tore two cargo ships from their moorings.",
    "Nobody was hurt, mayor Velda Quorn told reporters.",
    "Ships now wait off the coast of Zarvik, and repairs of the harbour will take nine days.",
    "“It was loud,” she said.",
    "She likes the sea.",
    "Fishermen asked the city of Zarvik for help with income lost while the harbour is closed.",
    "Weather was also bad in other years.",
    "They talked about it for a while.",
]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    """all-MiniLM-L6-v2 from the installed wheel, on two threads."""
    bound_torch_threads(2)
    return SentenceEncoder()


class OtherEncoder:
    """An encoder that the ranker was not trained on: vectors from hashed words."""

    name = "words-of-another-make"
    dimensions = 32

    def encode(self, texts: list[str]) -> np.ndarray:
        """Normalised counts of words by the sum of their letters."""
        rows = np.full((len(texts), self.dimensions), 0.01, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[sum(map(ord, word)) % self.dimensions] += 1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def columns_of(encoder: SentenceEncoder, wanted: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Features and vectors of the article."""
    vectors = encoder.encode([*ARTICLE, "Storm closes harbour"])
    found = features(
        ARTICLE,
        [0] * len(ARTICLE),
        list(range(len(ARTICLE))),
        ["Storm closes harbour"],
        vectors[:-1],
        vectors[-1:],
        wanted=wanted,
    )
    return found, vectors[:-1]


def test_features_are_named_bounded_and_finite(encoder: SentenceEncoder) -> None:
    """One column a name, none of them wild: a network meets what it was trained on."""
    columns, _ = columns_of(encoder)
    assert columns.shape == (len(ARTICLE), len(NAMES))
    assert np.isfinite(columns).all()
    assert np.abs(columns).max() < 5
    held = dict(zip(NAMES, columns.T, strict=True))
    assert held["first"].tolist() == [1.0] + [0.0] * 7
    assert held["quoted"].argmax() == 3
    assert held["leaning"][4] == 1
    assert held["title_words"][0] == 1


def test_news_scores_above_talk(encoder: SentenceEncoder) -> None:
    """What happened outweighs what leans on other sentences and says little."""
    columns, vectors = columns_of(encoder)
    scores = ranker.scores(columns, vectors)
    assert abs(scores.mean()) < 1e-6
    assert abs(scores.std() - 1) < 1e-6
    assert int(scores.argmax()) == 0
    assert min(scores[[0, 2, 5]]) > max(scores[[3, 4, 6, 7]])


def test_a_sentence_is_scored_in_view_of_the_others(encoder: SentenceEncoder) -> None:
    """The same rows in other company have other scores: there is attention over the document."""
    columns, vectors = columns_of(encoder)
    whole = ranker.scores(columns, vectors)
    some = ranker.scores(columns[:4], vectors[:4])
    assert not np.allclose(np.diff(whole[:4]), np.diff(some))
    assert np.array_equal(whole, ranker.scores(columns, vectors))


def test_another_encoder_gets_the_features_only(encoder: SentenceEncoder) -> None:
    """With vectors that it does not know the ranker still prefers the news."""
    assert ranker.knows(PACKAGED)
    assert ranker.knows(encoder.name)
    assert not ranker.knows(OtherEncoder.name)
    article = Document(id="a", title="Storm closes harbour", text=" ".join(ARTICLE))
    picks = rank([article], OtherEncoder(), sentences=2)  # type: ignore[arg-type]
    assert picks[0].sentence.text == ARTICLE[0]


def test_one_sentence_has_a_score() -> None:
    """A single row has no deviation to divide by."""
    scores = ranker.scores(np.zeros((1, len(NAMES)), dtype=np.float32), None)
    assert scores.tolist() == [0.0]


def test_the_weights_are_small() -> None:
    """The package carries them: at most 30 MB."""
    held = resources.files("summarizer").joinpath("data/ranker.safetensors")
    assert 100_000 < len(held.read_bytes()) < 30_000_000


TOPICS = ("harbour", "bridge", "railway", "hospital", "school", "market", "airport", "dam")
DEEDS = ("opened", "flooded", "closed", "burned", "expanded", "sold", "inspected", "rebuilt")


def long_text(words: int) -> str:
    """Invented news of about so many words: another town in every paragraph."""
    sentences: list[str] = []
    count = at = 0
    while count < words:
        deed, topic = DEEDS[at % 8], TOPICS[at // 8 % 8]
        sentence = (
            f"The town of Velt{at} {deed} its {topic} number {at} on Tuesday, council member "
            f"Orsk{at % 97} said after {at} residents had asked for it in writing."
        )
        sentences.append(sentence)
        count += len(sentence.split())
        at += 1
    return " ".join(sentences)


def thirds(text: str, picks: list[Pick]) -> set[int]:
    """In which thirds of the text the picks stand."""
    return {3 * pick.sentence.start // len(text) for pick in picks}


def test_a_long_text_is_told_from_all_of_it(encoder: SentenceEncoder) -> None:
    """20,000 words: three sentences come from its three thirds, more from everywhere."""
    text = long_text(20_000)
    for count in (3, 6):
        picks = rank([Document(id="a", text=text)], encoder, sentences=count)
        assert len(picks) == count
        assert thirds(text, picks) == {0, 1, 2}
        assert all(p.sentence.text == text[p.sentence.start : p.sentence.end] for p in picks)


def test_a_story_of_sixty_articles_is_told_from_several(encoder: SentenceEncoder) -> None:
    """Sixty reports of one event: the sentences chosen are of more than two outlets."""
    reports = [
        Document(
            id=str(i),
            source=f"Outlet {i}",
            text=f"A storm closed the harbour of Zarvik on Monday, outlet {i} learned. "
            + long_text(300).replace("Velt", f"Town{i}x"),
        )
        for i in range(60)
    ]
    picks = rank(reports, encoder, sentences=6)
    assert len(picks) == 6
    assert len({pick.document.id for pick in picks}) > 2
