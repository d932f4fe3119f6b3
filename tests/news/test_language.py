"""Language detection with the packaged model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.language import detect_language


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "The ministers agreed to meet again next week in the capital."),
        ("fr", "Les ministres ont décidé de se revoir la semaine prochaine dans la capitale."),
        ("es", "Los ministros acordaron reunirse de nuevo la próxima semana en la capital."),
        ("de", "Die Minister wollen sich nächste Woche wieder in der Hauptstadt treffen."),
        ("ru", "Министры договорились снова встретиться на следующей неделе в столице."),
        ("ar", "اتفق الوزراء على الاجتماع مرة أخرى الأسبوع المقبل في العاصمة."),
        ("zh", "部长们同意下周在首都再次会面。"),
        ("uk", "Міністри домовилися знову зустрітися наступного тижня у столиці."),
    ],
)
def test_a_sentence_is_enough(code: str, text: str) -> None:
    """One sentence of news names its language."""
    assert detect_language(text) == code
    assert detect_language(f"\n{text}\n\n{text}\n") == code


@pytest.mark.parametrize("text", ["", "OK", "12.03.2022 10:45", "NATO", "+++ --- +++" * 20])
def test_too_little_text_is_no_language(text: str) -> None:
    """Nothing is guessed from a word or from figures."""
    assert detect_language(text) is None


@given(st.text(max_size=200))
def test_any_text_gives_a_code_or_none(text: str) -> None:
    """Two small letters, or None; never an error."""
    code = detect_language(text)
    assert code is None or (len(code) == 2 and code.islower())
