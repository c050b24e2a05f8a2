"""What is read from the words of a request, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from soundwright.orchestrator.planner.demands import demand_lines, unmet
from soundwright.orchestrator.planner.numbers import number
from soundwright.orchestrator.planner.requirements import Quotation, Requirements, read_requirements
from soundwright.scripts_compiler.document import from_data
from soundwright.scripts_compiler.script import Script


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("One minute on quantum mechanics", 60), ("A 10 s scene in a lift", 10), ("A thirty-minute serial", 1800),
        ("a 90-second radio advert", 90), ("two and a half minutes about bees", 150), ("half an hour long", 1800),
        ("Make me a story that lasts about 2 minutes", 120), ("A play, length: 45 seconds", 45), ("an hour long", 3600),
        ("Write a forty-five second jingle", 45), ("In 20 seconds: the fall of Rome", 20),
        ("News in forty seconds with an anchor", 40),
        ("He waits for ten minutes at the bus stop", None), ("Ten minutes later she is gone", None),
        ("The 60 second bomb", None), ("A story about the first hour of spring", None), ("", None),
    ],
)  # fmt: skip
def test_lengths(text: str, seconds: float | None) -> None:
    assert read_requirements(text).duration_s == seconds


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("in ten to fifteen lines", (10, 15)), ("12 lines", (12, 12)), ("exactly one line", (1, 1)),
        ("at most five lines", (1, 5)), ("at least 3 lines", (3, None)), ("between 3 and 5 lines", (3, 5)),
        ("a dozen lines", (12, 12)), ("10-15 short lines", (10, 15)), ("each says two lines", None),
        ("a line of people", None), ("the line is busy", None), ("lines of washing", None),
    ],
)  # fmt: skip
def test_numbers_of_lines(text: str, lines: Any) -> None:
    assert read_requirements(text).lines == lines


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("News with three people", (3, 3)), ("two old friends talk", (2, 2)), ("four voices", (4, 4)),
        ("two to four characters", (2, 4)), ("a city of nine thousand people", None), ("200 people die", None),
        ("people talk", None),
    ],
)  # fmt: skip
def test_numbers_of_characters(text: str, characters: Any) -> None:
    assert read_requirements(text).characters == characters


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("in French", ("fr",)), ("They speak German and Italian", ("de", "it")), ("a Spanish-speaking cat", ("es",)),
        ("A Chinese and a Japanese child, each in their own language", ("zh", "ja")), ("a French chef", ()),
        ("in a German town", ()), ("in a Chinese restaurant", ()), ("with a Russian accent", ()),
    ],
)  # fmt: skip
def test_languages(text: str, languages: tuple[str, ...]) -> None:
    assert read_requirements(text).languages == languages


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ("no speech at all", True), ("a storm without words", True), ("nobody speaks", True),
        ("a wordless scene", True),
        ("she is left speechless", False), ("he has no speech impediment", False), ("a speech about rain", False),
    ],
)  # fmt: skip
def test_silence(text: str, silent: bool) -> None:
    assert read_requirements(text).no_speech is silent


@pytest.mark.parametrize(
    ("text", "quotations"),
    [
        ('Exactly one line, verbatim: "I am home."', (Quotation("I am home.", whole=True),)),
        ('Ann says "I am home" and leaves', (Quotation("I am home"),)),
        ("Sie sagt „Ich bin da.“", (Quotation("Ich bin da."),)),
        ('A play called "The Long Way Home"', ()),
        ('The so-called "expert" arrives', ()),
        ('Say exactly: "no speech"', (Quotation("no speech", whole=True),)),
    ],
)
def test_quotations(text: str, quotations: Any) -> None:
    assert read_requirements(text).quotations == quotations


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("twelve", 12), ("forty-five", 45), ("two and a half", 2.5), ("a dozen", 12), ("half an", 0.5),
     ("1.5", 1.5), ("lots", None), ("", None), ("ten ten ten", None)],
)  # fmt: skip
def test_numbers(text: str, value: float | None) -> None:
    assert number(text) == value


def script(*cues: Any, voices: tuple[str, ...] = ("Ann", "Bob")) -> Script:
    listed = [{"name": name, "description": "x"} for name in voices]
    return from_data({"version": 1, "voices": listed, "cues": list(cues)}).script


def say(text: str, voice: str = "Ann") -> dict[str, str]:
    return {"type": "speech", "voice": voice, "text": text}


def test_typography_is_no_matter_of_the_wording() -> None:
    asked = Requirements(quotations=(Quotation("He said 'stop'.", whole=True),))
    assert unmet(asked, script(say("He  said ‘stop’."))) == []
    assert unmet(asked, script(say("He said stop."))) != []
    assert unmet(asked, script(say("Well. He said 'stop'."))) != []


def test_a_narrator_does_not_count_where_two_people_were_asked_for() -> None:
    asked = Requirements(characters=(2, 2))
    told = script(say("a"), say("b", "Bob"), say("c", "Narrator"), voices=("Ann", "Bob", "Narrator"))
    assert unmet(asked, told) == []
    assert unmet(asked, script(say("a"))) != []


def test_laughter_is_no_line() -> None:
    laugh = {"type": "speech", "voice": "Ann", "vocal": "laugh"}
    assert unmet(Requirements(lines=(1, 1)), script(say("a"), laugh)) == []
    assert unmet(Requirements(no_speech=True), script(laugh)) == []


def test_a_problem_says_how_many_are_missing() -> None:
    (problem,) = unmet(Requirements(lines=(3, 5)), script(say("a")))
    assert str(problem) == "cues: 1 speech cues with text were written, 3 to 5 were asked for. Add 2."


def test_every_requirement_is_told() -> None:
    asked = read_requirements(
        'A one-minute play in three scenes with two people, in ten lines, in French, no music; Ann says "I am here."'
    )
    assert len(demand_lines(asked)) == 7
