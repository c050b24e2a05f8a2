"""Phrases for cues: what is meant by each, and what is asked where several fit."""

from __future__ import annotations

import random

import pytest

from soundwright.orchestrator.revision.references import resolve
from soundwright.scripts_compiler.document import loads
from soundwright.scripts_compiler.script import Script

STORY = """
version: 1
voices:
  - {name: Keeper, description: old man, gender: male}
  - {name: Ann, description: young woman, gender: female}
cues:
  - {type: music, id: theme, description: slow uneasy strings, length: 8}
  - {type: scene, id: tower, title: In the tower}
  - {type: sound, id: storm, description: storm at sea, layer: background}
  - {type: sound, id: wet, description: light rain on a window, layer: background}
  - {type: speech, id: k1, voice: Keeper, text: "You came, then. Through that."}
  - {type: sound, id: knock, description: three slow knocks on a wooden door, length: 2}
  - {type: speech, id: a1, voice: Ann, text: "Let me in! The boat is gone."}
  - {type: pause, id: p1, length: 1}
  - {type: sound, id: hit, description: knocking at the gate, length: 1}
  - {type: speech, id: k2, voice: Keeper, vocal: sigh}
  - {type: scene, id: quay, title: On the quay}
  - {type: sound, id: waves, description: waves against stone, layer: background}
  - {type: speech, id: a2, voice: Ann, text: "I should never have come."}
  - {type: speech, id: k3, voice: Keeper, text: "Sit.", emotion: weary}
  - {type: speech, id: a3, voice: Ann, text: "No. The boat!"}
  - {type: pause, length: 2}
"""


@pytest.fixture(scope="module")
def story() -> Script:
    return loads(STORY).script


def ids(script: Script, indices: tuple[int, ...]) -> list[str]:
    return [script.cues[index].id or f"#{index}" for index in indices]


@pytest.mark.parametrize(
    ("phrase", "meant"),
    [
        ("the second knock", "hit"), ("the first knock", "knock"), ("the last knock", "hit"), ("the rain", "wet"),
        ("her last line", "a3"), ("Ann's third line", "a3"), ("Ann's line 2", "a2"), ("line 2 of Ann", "a2"),
        ("the keeper's sigh", "k2"), ("Keeper's first line", "k1"), ("his second to last line", "k1"),
        ("scene two", "quay"), ("the second scene", "quay"), ("scene 1", "tower"), ("the tower scene", "tower"),
        ("the last scene", "quay"), ("the scene on the quay", "quay"), ('scene "In the tower"', "tower"),
        ("the storm", "storm"), ("the music", "theme"), ("the strings", "theme"), ("the theme", "theme"),
        ("a2", "a2"), ("cue a2", "a2"), ("cues[3]", "wet"), ("cue 4", "wet"), ("#1", "theme"),
        ('the line "let me in"', "a1"), ("the line “Sit.”", "k3"), ("the line about the boat in scene two", "a3"),
        ("Ann's line in scene one", "a1"), ("the last line of the tower scene", "a1"), ("the weary line", "k3"),
        ("the last pause", "#15"), ("the first pause", "p1"), ("the line after the second knock", "a2"),
        ("the sound before Ann's first line", "knock"), ("the thing Ann says last", "a3"), ("the wave", "waves"),
        ("the line where she says never", "a2"), ("the penultimate line", "k3"), ("the last but one line", "k3"),
        ("THE SECOND KNOCK!", "hit"), ("the raining", "wet"), ("line three", "a2"), ("the ninth cue", "hit"),
    ],
)  # fmt: skip
def test_a_phrase_means_one_cue(phrase: str, meant: str, story: Script) -> None:
    found = resolve(story, phrase)
    assert ids(story, found.cues) == [meant], found.reason
    assert found.one == found.cues[0]


@pytest.mark.parametrize(
    ("phrase", "meant"),
    [
        ("the knock", ["knock", "hit"]), ("Ann's line", ["a1", "a2", "a3"]), ("the pause", ["p1", "#15"]),
        ("the line about the boat", ["a1", "a3"]), ("the scene", ["tower", "quay"]),
        ("the bed", ["storm", "wet", "waves"]),
    ],
)  # fmt: skip
def test_several_that_fit_are_a_question(phrase: str, meant: list[str], story: Script) -> None:
    found = resolve(story, phrase)
    assert ids(story, found.cues) == meant
    assert found.ambiguous
    assert all(name in found.reason for name in meant if name[0] != "#")


@pytest.mark.parametrize(
    ("phrase", "meant"),
    [
        ("all knocks", ["knock", "hit"]), ("both pauses", ["p1", "#15"]), ("Ann's lines", ["a1", "a2", "a3"]),
        ("all beds", ["storm", "wet", "waves"]), ("every line in scene two", ["a2", "k3", "a3"]),
        ("her lines", ["a1", "a2", "a3"]),
    ],
)  # fmt: skip
def test_all_are_meant_where_all_are_named(phrase: str, meant: list[str], story: Script) -> None:
    found = resolve(story, phrase)
    assert ids(story, found.cues) == meant
    assert found.every
    assert not found.ambiguous


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("the third knock", "only 2"), ("the elephant", "No cue is"), ("Ann's ninth line", "only 3"),
        ("scene seven", "only 2"), ("cue 400", "the script has 16"), ("", "Nothing was named"), ("???", "Nothing was"),
        ("the third line of scene nine", "only 2"), ("the rian", "light rain"), ("the", "names no cue"),
    ],
)  # fmt: skip
def test_nothing_that_fits_is_said_with_what_is_near(phrase: str, said: str, story: Script) -> None:
    found = resolve(story, phrase)
    assert found.cues == ()
    assert said in found.reason


def test_a_pronoun_that_fits_two_asks_for_the_name() -> None:
    text = STORY.replace("gender: male", "gender: female")
    found = resolve(loads(text).script, "her last line")
    assert found.cues == ()
    assert "Keeper and Ann are female" in found.reason


def test_names_of_other_scripts_and_of_several_words_are_found() -> None:
    text = (
        "version: 1\nvoices:\n  - {name: 小明, description: boy}\n  - {name: The Old Man, description: old}\n"
        "  - {name: Man, description: other}\ncues:\n  - {type: speech, voice: 小明, text: 你好}\n"
        "  - {type: speech, voice: The Old Man, text: Good day}\n  - {type: speech, voice: Man, text: Hm}\n"
    )
    script = loads(text).script
    assert resolve(script, "小明's line").cues == (0,)
    assert resolve(script, "the old man's first line").cues == (1,)
    assert resolve(script, "Man's first line").cues == (2,)


def test_random_phrases_never_break_and_stay_in_the_script(story: Script) -> None:
    words = [
        "the",
        "a",
        "second",
        "last",
        "her",
        "Ann's",
        "knock",
        "line",
        "scene",
        "two",
        "in",
        "of",
        "after",
        "before",
        "all",
        '"',
        "'",
        "[",
        "]",
        "cues",
        "3",
        "-1",
        "\u202e",
        "雨",
        "\x00",
    ]
    rng = random.Random(3)  # noqa: S311  a test's dice
    for _ in range(3000):
        phrase = " ".join(rng.choices(words, k=rng.randint(0, 9)))
        found = resolve(story, phrase)
        assert all(0 <= index < len(story.cues) for index in (*found.cues, *found.near))
        assert found.reason
