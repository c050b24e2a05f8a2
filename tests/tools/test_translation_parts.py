"""Long sentences in parts: nothing is lost, and cuts lie where they hurt least."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundwright.tools.assets import Text
from soundwright.tools.base import Context, Request
from soundwright.tools.errors import Cancelled
from soundwright.tools.translation.parts import parts, whole
from soundwright.tools.translation.seamless import SeamlessTool
from soundwright.tools.translation.text import M2m100Tool, NllbTool


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


class Network:
    """Answers at once, and counts how often it is asked."""

    generation_config = SimpleNamespace(max_new_tokens=12)

    def __init__(self, answer: Any) -> None:
        self.answer, self.asked = answer, 0

    def generate(self, **given: Any) -> Any:
        del given
        self.asked += 1
        return self.answer


class Processor:
    """A token for each word."""

    def __call__(self, text: str, **options: Any) -> dict[str, list[str]]:
        del options
        return {"input_ids": text.split()}

    def get_lang_id(self, code: str) -> int:
        return len(code)

    def batch_decode(self, tokens: Any, **options: Any) -> list[str]:
        del options
        return ["said"] * len(tokens)


TOKENS = np.zeros((1, 3), np.intp)


@pytest.mark.parametrize(
    ("make", "answer"), [(M2m100Tool, TOKENS), (NllbTool, TOKENS), (SeamlessTool, SimpleNamespace(sequences=TOKENS))]
)
@pytest.mark.parametrize("text", ["and the sea went on as before " * 100, "Who is there? " * 5, "Who is there?\n" * 5])
def test_a_cancel_is_heeded_before_each_part(
    make: Any, answer: Any, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool, network = make(), Network(answer)
    tool.model, tool.processor = network, Processor()
    monkeypatch.setattr(tool, "on_device", dict)
    request = Request("translate", {"to": "fr", "language": "en"}, {"text": Text(text)})
    made = tool.listen(request, Context())
    assert made.text.split() == ["said"] * network.asked
    assert network.asked > 4
    network.asked = 0
    with pytest.raises(Cancelled):
        tool.listen(request, Context(cancelled=lambda: network.asked == 2))
    assert network.asked == 2
