"""Sentences keep their offsets; names, numbers and quotations are found as a reader would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.numbers import Number, mentions, numbers, occurs
from summarizer.text import (
    content_words,
    denied,
    fold,
    names,
    quotations,
    split_sentences,
    words,
)


def split(text: str, language: str = "en") -> list[str]:
    """The texts of the sentences."""
    return [sentence.text for sentence in split_sentences(text, language)]


@given(st.text(max_size=300))
def test_offsets_cut_the_sentence_out_of_any_text(text: str) -> None:
    """`text[start:end]` is the sentence, stripped, in order, without overlap."""
    end = 0
    for sentence in split_sentences(text):
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
        assert sentence.text
        assert sentence.start >= end
        end = sentence.end


@given(
    st.lists(st.sampled_from(["Ada met Bo.", "“No,” she said.", "U.S. aid rose 3.5%.", "\n", " "]))
)
def test_no_word_is_lost(parts: list[str]) -> None:
    """Everything that is no blank belongs to one sentence."""
    text = " ".join(parts)
    assert "".join("".join(split(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. Senate met. It voted.", ["The U.S. Senate met.", "It voted."]),
        ("J. K. Moss met Gen. Ortu. He left.", ["J. K. Moss met Gen. Ortu.", "He left."]),
        ("Prices rose 3.4 percent. They fell.", ["Prices rose 3.4 percent.", "They fell."]),
        ("“We won. We rest,” he said. She left.", ["“We won. We rest,” he said.", "She left."]),
        ("A headline\n\nA sentence.", ["A headline", "A sentence."]),
        ("- one thing\n- another", ["- one thing", "- another"]),
        ("It begins at 5 a.m. Monday. All come.", ["It begins at 5 a.m. Monday.", "All come."]),
        ("Line one\r\nLine two", ["Line one", "Line two"]),
        ("1. One thing came.\n2) Another went.", ["1. One thing came.", "2) Another went."]),
        ("He works for the U.S. The pact holds.", ["He works for the U.S.", "The pact holds."]),
        ("“It is late. Go home.” She left.", ["“It is late. Go home.”", "She left."]),
        (
            "Lt. Col. Prane of Velt Inc. met at No. 10.",
            ["Lt. Col. Prane of Velt Inc. met at No. 10."],
        ),
    ],
)
def test_boundaries(text: str, expected: list[str]) -> None:
    """Abbreviations, initials, decimals and quotations do not end a sentence; lines do."""
    assert split(text) == expected


def test_characters_outside_the_first_plane_do_not_shift_offsets() -> None:
    """Offsets count characters, not bytes or UTF-16 units, also beside a lone surrogate."""
    text = "Fire 🔥🔥 spread. \ud800 Then rain came."
    assert split(text)[0] == "Fire 🔥🔥 spread."
    last = split_sentences(text)[-1]
    assert text[last.start : last.end] == last.text


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "ar",
            ["وصل الرئيس د. أورسك يوم الاثنين.", "هل انتهت الحرب؟", "ارتفعت الأسعار 3.5 في المئة."],
        ),
        ("ar", ["قال الوزير: «انتصرنا. سنعود غدا».", "ثم غادر القاعة."]),
        ("zh", ["你好。", "总统于周一抵达。", "价格上涨3.5%。", "战争结束了吗？", "是的！"]),
        ("fr", ["M. Orsk et Mme Velt ont vu le Dr. Prane à 15 h 30.", "Le PIB a reculé de 3,5 %."]),
        ("fr", ["« Nous avons gagné. Nous partons », a-t-il dit.", "L’O.N.U. a voté."]),
        ("ru", ["Президент А. Б. Орск прибыл в г. Ольт в 15.30.", "Цены выросли на 3,5 %."]),
        ("ru", ["«Мы победили. Мы уходим», — сказал он.", "В 2021 г. погибли 5 тыс. человек."]),
        (
            "es",
            ["El Sr. Orsk llegó a EE. UU. el lunes.", "«Ganamos. Nos vamos», dijo.", "¿Terminó?"],
        ),
        ("de", ["Am 5. Mai traf Dr. Orsk in St. Olt ein.", "Rund 3,5 Mio. Menschen flohen."]),
        ("xx", ["Saluton.", "Bonan tagon."]),
    ],
)
def test_other_languages_split_too(language: str, expected: list[str]) -> None:
    """Titles, initials, decimals and quotations survive in other languages, known or not."""
    joined = ("" if language == "zh" else " ").join(expected)
    assert split(joined, language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Velda Quorn met Mr. Ostin in Zarvik on Tuesday.",
            {"Velda Quorn", "Mr. Ostin", "Zarvik", "Tuesday"},
        ),
        ("Officials said the talks failed.", set()),
        ("Heavy fighting continues.", set()),
        ("China's air force has been fighting.", {"China"}),
        ("Quorn said so.", {"Quorn"}),
        ("NATO met.", {"NATO"}),
        ("The White House and the Bank of Zarvik agree.", {"White House", "Bank of Zarvik"}),
        ("I think I'm right.", set()),
        ("EVERYTHING IS IN CAPITALS", set()),
        ("In Zarvik, rain fell. Zarvik is wet.", {"Zarvik"}),
        ("Sina Al-Rudani left the U.S. He flew.", {"Sina Al-Rudani", "U.S."}),
    ],
)
def test_names(text: str, expected: set[str]) -> None:
    """Names are found though never seen before; ordinary first words are none."""
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("twelve", "12", ""),
        ("a dozen", "12", ""),
        ("12.0", "12", ""),
        ("two hundred and five thousand", "205000", ""),
        ("twenty-five", "25", ""),
        ("1,234,567", "1234567", ""),
        ("12,34,567", "1234567", ""),
        ("1.234.567", "1234567", ""),
        ("$1.5bn", "1500000000", "$"),
        ("1.5 billion dollars", "1500000000", "$"),
        ("US$50,000", "50000", "$"),
        ("3.4 per cent", "3.4", "%"),
        ("3.4%", "3.4", "%"),
        ("25th", "25", "th"),
        ("third", "3", "th"),
        ("the 1990s", "1990", "s"),
        ("half a million", "500000", ""),
        ("20-million", "20000000", ""),
        ("9:30", "9:30", ""),
        ("thousands", "1000", "s"),
    ],
)
def test_one_number_in_many_forms(text: str, value: str, unit: str) -> None:
    """A number has one normal form, whether in digits or in words."""
    assert numbers(text) == {Number(value=value, unit=unit)}


def test_one_as_a_pronoun_is_no_number() -> None:
    """The pronoun "one" counts nothing, "one man" does."""
    assert not numbers("No one and one of them knew that one.")
    assert numbers("one man") == {Number(value="1")}


@given(st.integers(min_value=0, max_value=10**15))
def test_thousands_separators_change_nothing(value: int) -> None:
    """The same digits with and without separators are the same number."""
    assert numbers(f"about {value:,} people") == numbers(f"about {value} people")


@given(st.text(max_size=200))
def test_mentions_stand_inside_the_text(text: str) -> None:
    """Any text is read without an error, and mentions lie inside it."""
    for mention in mentions(text):
        assert 0 <= mention.start < mention.end <= len(text)


@pytest.mark.parametrize(
    ("written", "source", "same"),
    [
        ("5 percent", "5%", True),
        ("5 percent", "5", False),
        ("5", "5%", False),
        ("5 million", "$5 million", True),
        ("$5", "€5", False),
        ("third", "3", True),
        ("thousands", "hundreds", False),
    ],
)
def test_units_must_agree(written: str, source: str, same: bool) -> None:
    """A number with another unit is another number; a bare one may leave a currency out."""
    (number,) = numbers(written)
    assert occurs(number, numbers(source)) is same


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('He said “never” and "go home".', ("never", "go home")),
        ("‘It’s over,’ she said.", ("It’s over,",)),
        ("It's the players' union, don't ask.", ()),
        ("«Oui» „ja“", ("Oui", "ja")),
        ("“left open", ()),
        ("He wrote 'no way' today.", ("no way",)),
    ],
)
def test_quotations(text: str, expected: tuple[str, ...]) -> None:
    """Each kind of quotation mark opens a quotation; an apostrophe does not."""
    assert quotations(text) == expected


def test_content_words_are_stems_without_function_words() -> None:
    """Function words go, news words that common stop lists drop stay."""
    assert content_words("The rebels were fighting a fire over the bill") == [
        "rebel",
        "fight",
        "fire",
        "bill",
    ]


def test_folding() -> None:
    """Case, accents, acronym dots and possessives do not tell words apart."""
    assert fold("U.S.'s") == fold("US")
    assert fold("Niinistö’s") == "niinisto"
    assert words("pro-Zarvik aid") == ["pro", "zarvik", "aid"]


def test_a_denial_falls_on_the_next_word_that_carries_content() -> None:
    """Not across a comma, and not on adverbs."""
    assert denied("The group has not yet publicly claimed the attack, police say.") == {"claim"}
    assert denied("No, the ferry sails. It doesn't stop.") == {"stop"}
    assert denied("The group claimed the attack.") == frozenset()
