"""Long sentences in parts: nothing is lost, and cuts lie where they hurt least."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from soundwright.tools.translation.parts import parts, whole


def words(text: str) -> int:
    return len(text.split())


def letters(text: str) -> int:
    return len(text)


def test_a_short_sentence_stays_whole() -> None:
    assert parts("Who is there?", words, 3) == ["Who is there?"]


def test_cuts_lie_at_clauses_else_phrases_else_words() -> None:
    text = "the wind, which was cold, rose again; nobody came, and nobody went"
    assert parts(text, words, 7) == ["the wind, which was cold, rose again;", "nobody came, and nobody went"]
    assert parts(text, words, 5) == [
        "the wind, which was cold,", "rose again;", "nobody came, and nobody went",
    ]  # fmt: skip
    assert parts("one two three four", words, 2) == ["one two", "three four"]


def test_writing_without_spaces_is_cut_at_its_own_marks_and_at_last_between_letters() -> None:
    assert parts("雨が降る、風が吹く", letters, 6) == ["雨が降る、", "風が吹く"]
    assert parts("雨が降る風が吹く", letters, 4) == ["雨が降る", "風が吹く"]


@given(st.text(alphabet="ab ,;:、 \t雨", max_size=200), st.integers(1, 20))
def test_no_letter_is_lost_and_no_part_is_too_long(text: str, most: int) -> None:
    found = parts(text, letters, most)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(len(part) <= most for part in found)


def test_what_could_not_be_finished_is_done_again_in_halves() -> None:
    asked: list[str] = []

    def translate(text: str) -> tuple[str, bool]:
        asked.append(text)
        return text.upper()[:60], len(text) <= 60

    text = "they went down to the harbour, where the boats lay, " * 4 + "and waited"
    assert whole(text, translate).split() == text.upper().split()
    assert asked[0] == text


def test_a_network_that_repeats_itself_is_not_asked_for_ever() -> None:
    asked: list[str] = []

    def translate(text: str) -> tuple[str, bool]:
        asked.append(text)
        return "la la la", False

    assert whole("they went down to the harbour, where the boats lay", translate) == "la la la la la la"
    assert len(asked) == 3
