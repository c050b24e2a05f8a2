from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundwright.tools.tts.numbers import cardinal, ordinal, year
from soundwright.tools.tts.text_normalise import normalise, normalise_plain, spoken_text

SPOKEN = [
    (
        "Dr. Smith lives at 12 Baker St., near St. Paul's.",
        "Doctor Smith lives at twelve Baker Street, near Saint Paul's.",
    ),
    ("It cost $9.99 at 7:30 pm!!", "It cost nine dollars and ninety nine cents at seven thirty P.M.!"),
    ("On March 3, 2024, we met.", "On March third, twenty twenty four, we met."),
    ("3 March 1999", "the third of March nineteen ninety nine"),
    (
        "Paid £3.50, €20 and $1.5 million.",
        "Paid three pounds and fifty pence, twenty euros and one point five million dollars.",
    ),
    ("It is -3.5°C, 5 km away.", "It is minus three point five degrees Celsius, five kilometers away."),
    ("“No…” 🙂 he said — twice.", "No… he said — twice."),
    ("Henry VIII, Chapter IV.", "Henry the eighth, Chapter four."),
    ("the 1990s, the 21st, 1/2 and 24/7", "the nineteen nineties, the twenty first, one half and twenty four seven"),
    ("See https://www.example.com/a?b=c now.", "See example dot com slash a now."),
    ("GET OUT! The FBI is here.", "get out! The FBI is here."),
    ("Noooo! I-I-I can't.", "no! I can't."),
    ("No. 5, e.g. this, etc.", "number five, for example this, et cetera."),
    ("No. I said no.", "No. I said no."),
    ("well-known, co-operate; 6-year-old", "well-known, co-operate; six year old"),
    ("a *loud* [bang] <b>", "a loud bang b"),
    ("Call 555-1234.", "Call five five five, one two three four."),
]


@pytest.mark.parametrize(("written", "spoken"), SPOKEN)
def test_text_is_spoken_as_a_reader_would_say_it(written: str, spoken: str) -> None:
    assert spoken_text(normalise(written)) == spoken


def test_every_written_word_keeps_its_place() -> None:
    words = normalise("At 7:30 — 🙂 Dr. No said $5.")
    assert [word.written for word in words] == ["At", "7:30", "—", "🙂", "Dr.", "No", "said", "$5."]
    assert [word.spoken for word in words] == ["At", "seven thirty", "—", "", "Doctor", "No", "said", "five dollars."]


def test_a_pronunciation_is_said_for_whole_words_in_any_case() -> None:
    said = spoken_text(normalise("Siobhan, SIOBHAN's and Siobhanna", [("siobhan", "shiv awn")]))
    assert said == "shiv awn, shiv awn's and Siobhanna"


def test_a_pronunciation_of_several_words_replaces_the_run() -> None:
    assert (
        spoken_text(normalise("St Kilda lies far off.", [("St Kilda", "saint kill-da")]))
        == "saint kill-da lies far off."
    )


def test_british_dates_and_units() -> None:
    assert (
        spoken_text(normalise("3/4/2024, 5 m", british=True)) == "the third of April, twenty twenty four, five metres"
    )


def test_other_languages_keep_their_figures() -> None:
    assert spoken_text(normalise_plain("¿Son las 7:30, <b>señora</b>? 🙂")) == "Son las 7:30, bseñora/b?"


def test_number_words() -> None:
    assert cardinal(1_250_013) == "one million two hundred fifty thousand thirteen"
    assert ordinal(112) == "one hundred twelfth"
    assert [year(n) for n in (1905, 2000, 2019, 1800)] == [
        "nineteen oh five", "two thousand", "twenty nineteen", "eighteen hundred",
    ]  # fmt: skip


@given(st.text(max_size=80))
def test_any_text_becomes_one_entry_per_word_and_no_error(text: str) -> None:
    words = normalise(text)
    assert [word.written for word in words] == text.split()
    assert not any(character.isdecimal() and character.isascii() for word in words for character in word.spoken)
