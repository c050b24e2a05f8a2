from __future__ import annotations

import pytest

from soundwright.orchestrator.casting import TOO_ALIKE, Cast, VoiceWanted, cast
from soundwright.orchestrator.character import read_character
from soundwright.tools.errors import ToolMissing
from soundwright.tools.tts.hibari import HibariTool
from soundwright.tools.tts.kokoro import KokoroTool
from soundwright.tools.tts.kokoro_voices import voices
from soundwright.tools.tts.pico import PicoTool
from soundwright.tools.voice_likeness import likeness

SPECS = (KokoroTool.spec, HibariTool.spec, PicoTool.spec)
INFO = {voice.preset: voice for spec in SPECS for voice in spec.voices}


def _same(count: int, gender: str, accent: str | None) -> list[VoiceWanted]:
    return [VoiceWanted(f"V{n}", f"a {gender} voice", gender=gender, accent=accent) for n in range(count)]


@pytest.mark.parametrize(("gender", "accent"), [("male", "american"), ("female", "american"), ("female", "british")])
def test_three_of_one_gender_and_accent_sound_clearly_different(gender: str, accent: str) -> None:
    given = list(cast(_same(3, gender, accent), SPECS, {}).values())
    assert all(INFO[got.preset].gender == gender and INFO[got.preset].accent == accent for got in given)
    for n, one in enumerate(given):
        for other in given[:n]:
            alike = likeness((one.tool, one.preset), (other.tool, other.preset))
            assert alike is not None
            assert alike < TOO_ALIKE


def test_a_cast_of_eight_has_no_two_voices_alike() -> None:
    given = list(cast(_same(4, "male", None) + [VoiceWanted(f"W{n}", "a woman") for n in range(4)], SPECS, {}).values())
    pairs = [(a, b) for n, a in enumerate(given) for b in given[:n]]
    assert max(likeness((a.tool, a.preset), (b.tool, b.preset)) or 0.0 for a, b in pairs) < TOO_ALIKE


@pytest.mark.parametrize(
    ("description", "gender", "age", "accent"),
    [
        ("old man, gravelly and slow, British", "male", "old", "british"),
        ("frightened young woman", "female", "young", ""),
        ("a little girl", "female", "child", ""),
        ("boy of nine", "male", "child", ""),
        ("the queen, elderly and stern", "female", "old", ""),
        ("little old lady", "female", "old", ""),
        ("a French waiter", "male", "", "french"),
    ],
)
def test_descriptions_are_understood(description: str, gender: str, age: str, accent: str) -> None:
    character = read_character("X", description, None, None, None)
    assert (character.gender, character.age, character.accent) == (gender, age, accent)


def test_voices_follow_the_description() -> None:
    given = cast(
        [
            VoiceWanted("Keeper", "old man, gravelly and slow", accent="british"),
            VoiceWanted("Lucy", "little girl"),
            VoiceWanted("Hal", "the ship's computer, a robot"),
        ],
        SPECS,
        {},
    )
    assert [got.preset.rstrip("_0123456789") for got in given.values()][:1] == ["old_man_gb"]
    assert INFO[given["Lucy"].preset].age == "child"
    assert given["Hal"].preset == "robot_1"


def test_gender_alternates_where_nothing_tells() -> None:
    given = cast([VoiceWanted("Xq", "speaker"), VoiceWanted("Zt", "speaker")], SPECS, {})
    assert {INFO[got.preset].gender for got in given.values()} == {"female", "male"}


def test_a_voice_depends_only_on_those_before_it() -> None:
    wanted = [VoiceWanted("A", "a man"), VoiceWanted("B", "a man"), VoiceWanted("C", "a woman")]
    assert list(cast(wanted[:2], SPECS, {}).items()) == list(cast(wanted, SPECS, {}).items())[:2]


def test_another_take_casts_another_voice_of_the_same_kind() -> None:
    first, second = (cast([VoiceWanted("A", "a man", take=take)], SPECS, {})["A"] for take in (0, 1))
    assert first.preset != second.preset
    assert INFO[second.preset].gender == "male"


def test_locked_and_pinned_voices_are_kept_and_avoided() -> None:
    usual = cast([VoiceWanted("B", "a woman")], SPECS, {})["B"]
    given = cast([VoiceWanted("A", "anyone"), VoiceWanted("B", "a woman")], SPECS, {"A": usual})
    assert given["A"] == usual
    assert given["B"].preset != usual.preset
    pinned = VoiceWanted("C", "a man", tool="kokoro", preset="bf_emma")
    assert cast([pinned], SPECS, {})["C"] == Cast("kokoro", "bf_emma", "pinned in the script")


def test_a_pin_to_no_voice_and_an_unknown_language_are_refused() -> None:
    with pytest.raises(ToolMissing, match="no voice 'nobody'"):
        cast([VoiceWanted("A", "x", tool="kokoro", preset="nobody")], SPECS, {})
    with pytest.raises(ToolMissing, match="'ja'"):
        cast([VoiceWanted("A", "x", language="ja")], SPECS, {})


def test_other_languages_get_voices_that_speak_them() -> None:
    assert cast([VoiceWanted("A", "ein Mann", language="de", gender="male")], SPECS, {})["A"].preset == "de-DE-low"


def test_every_kokoro_voice_was_measured_against_every_other() -> None:
    names = list(voices())
    assert all(likeness(("kokoro", one), ("kokoro", names[0])) is not None for one in names)
