"""The procedural sound tool: what descriptions mean, and what is always true of its sounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from soundwright.tools.assets import Audio, content_hash
from soundwright.tools.base import Context, Request, Tool
from soundwright.tools.errors import ToolError
from soundwright.tools.sfx.library import scenes, sounds
from soundwright.tools.sfx.parse import nearest_sounds, parse
from soundwright.tools.sfx.procedural import ProceduralSoundTool, known_sounds

RATE = 48000


def make(description: str, *, seed: int = 1, **params: Any) -> Audio:
    request = Request("generate_sound", {"description": description, **params}, seed=seed)
    [(index, result)] = list(ProceduralSoundTool().run([request], Context()))
    assert index == 0
    assert isinstance(result, Audio), result
    return result


def loudness(x: NDArray[np.float32], window: int = 480) -> NDArray[np.float64]:
    """RMS of consecutive windows of 10 ms, over all channels."""
    power = np.square(x.astype(np.float64)).mean(axis=0)
    return np.asarray(np.sqrt(power[: power.size // window * window].reshape(-1, window).mean(axis=1)))


def onsets(x: NDArray[np.float32]) -> int:
    """How often the level, after 120 ms of being lower, rises above a third of its highest."""
    level = loudness(x)
    loud = level > level.max() / 3
    return sum(bool(loud[k]) and not loud[max(0, k - 12) : k].any() for k in range(loud.size))


def names(description: str) -> list[str]:
    return [layer.sound.name for layer in parse(description)]


def test_it_is_a_tool() -> None:
    assert isinstance(ProceduralSoundTool(), Tool)


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("rain and distant thunder", ["rain", "thunder"]),
        ("A single church bell tolls", ["church bell"]),
        ("footsteps on gravel", ["footsteps"]),
        ("someone walking through deep, crunching snow", ["footsteps"]),
        ("heavy rain drumming on a tin roof", ["rain"]),
        ("the old door creaks open, then slams shut", ["door creak", "door slam"]),
        ("key turning in a lock", ["key in lock"]),
        ("a dog barking far away", ["dog bark"]),
        ("no rain, only wind", ["wind"]),
        ("rain without thunder", ["rain"]),
        ("knocking in the kitchen", ["knock"]),
        ("thunderstorm", ["rain", "wind", "thunder"]),
    ],
)
def test_a_description_names_its_sounds(description: str, expected: list[str]) -> None:
    assert names(description) == expected


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("three slow knocks on a wooden door", {"count": 3, "speed": 0.6, "material": "wood"}),
        ("2 knocks", {"count": 2}),
        ("a dozen gunshots", {"count": 12}),
        ("clock striking midnight", {"count": 12}),
        ("gunshots", {"count": 3}),
        ("knocking for 20 seconds", {"count": None}),
        ("distant foghorn", {"distance": 0.75}),
        ("footsteps in snow", {"material": "snow"}),
        ("light rain, heard from inside", {"inside": True, "intensity": 0.2}),
        ("muffled knocking", {"muffled": True}),
    ],
)
def test_words_steer_the_manner(description: str, expected: Mapping[str, object]) -> None:
    manner = parse(description)[0].manner
    assert {key: getattr(manner, key) for key in expected} == expected


def test_qualifiers_stay_with_their_clause() -> None:
    rain, thunder = parse("heavy rain and distant thunder")
    assert (rain.manner.intensity, rain.manner.distance) == (0.85, 0.0)
    assert (thunder.manner.intensity, thunder.manner.distance) == (0.5, 0.75)


def test_every_known_sound_is_found_by_its_own_name() -> None:
    lost = [name for name in sounds() if names(name) != [name]]
    assert lost == []
    assert [name for name in scenes() if not parse(name)] == []
    assert known_sounds() == sorted({*sounds(), *scenes()})


def test_every_part_of_a_scene_is_a_known_sound() -> None:
    assert {part.sound for scene in scenes().values() for part in scene.parts} <= set(sounds())


def test_an_unknown_sound_is_an_error_that_names_the_nearest() -> None:
    request = Request("generate_sound", {"description": "thundr"})
    [(_, result)] = list(ProceduralSoundTool().run([request], Context()))
    assert isinstance(result, ToolError)
    assert "'thundr'" in str(result)
    assert "thunder" in str(result)
    assert nearest_sounds("thundr")[0] == "thunder"


@pytest.mark.parametrize("name", known_sounds())
def test_every_sound_is_clean(name: str) -> None:
    audio = make(name, length=2.0)
    x = audio.samples
    assert (audio.rate, audio.length_s) == (RATE, 2.0)
    assert np.isfinite(x).all()
    assert 0.01 < np.abs(x).max() <= 0.9
    assert np.abs(x.mean(axis=1)).max() < 0.002
    assert np.abs(x[:, 0]).max() < 0.02
    assert np.abs(x[:, -1]).max() < 0.02


@pytest.mark.parametrize("description", ["rain", "two knocks", "busy café"])
def test_the_same_request_gives_the_same_bytes_and_another_seed_or_take_does_not(description: str) -> None:
    first = content_hash(make(description, length=2.0))
    assert content_hash(make(description, length=2.0)) == first
    assert content_hash(make(description, length=2.0, seed=2)) != first
    assert content_hash(make(description, length=2.0, take=1)) != first


@pytest.mark.parametrize(
    ("text", "count"), [("one knock", 1), ("two slow knocks", 2), ("three knocks", 3), ("5 knocks", 5)]
)
def test_a_count_is_heard_exactly(text: str, count: int) -> None:
    assert onsets(make(text, length=5.0).samples) == count


@pytest.mark.parametrize("description", ["rain", "footsteps on wood", "crickets", "clock ticking", "crowd murmur"])
def test_a_lasting_sound_fills_its_length(description: str) -> None:
    audio = make(description, length=12.0)
    assert audio.length_s == 12.0
    seconds = loudness(audio.samples, RATE)
    assert seconds.min() > 0.05 * seconds.max()


@pytest.mark.parametrize(("text", "count"), [("gunshot", 1), ("gunshots", 3), ("a knock", 3)])
def test_a_sound_without_a_number_has_its_usual_count(text: str, count: int) -> None:
    assert [onsets(make(text).samples), onsets(make("gunshot", length=4.0).samples)] == [count, 1]


def test_what_was_counted_is_followed_by_silence() -> None:
    level = loudness(make("two knocks", length=6.0).samples, RATE)
    assert level[3:].max() < 0.01 * level.max()


LOOPS = [
    "rain",
    "wind",
    "sea waves",
    "fire",
    "stream",
    "crowd murmur",
    "train",
    "crickets",
    "machine hum",
    "siren",
    "forest",
]


@pytest.mark.parametrize("description", LOOPS)
def test_a_loop_has_no_audible_join(description: str) -> None:
    x = make(description, length=6.0, loop=True).samples
    assert x.shape[1] == 6 * RATE
    twice = np.concatenate([x, x], axis=1).astype(np.float64)
    steps = np.abs(np.diff(twice, axis=1)).max(axis=0)
    join = steps[x.shape[1] - 3 : x.shape[1] + 2].max()
    assert join <= 1.2 * np.quantile(steps, 0.9999)
    level = 20 * np.log10(loudness(twice.astype(np.float32), 2400) + 1e-6)
    jumps = np.abs(np.diff(level))
    at = x.shape[1] // 2400
    assert jumps[at - 1] <= max(3.0, 1.2 * float(np.max(np.delete(jumps, at - 1))))


def test_a_long_bed_repeats_a_period_without_an_audible_join() -> None:
    x = make("rain", length=180.0).samples
    assert x.shape == (2, 180 * RATE)
    level = loudness(x, RATE)[1:-1]
    assert level.max() / level.min() < 1.5


def test_heavier_rain_is_denser_and_distance_takes_the_highs() -> None:
    def brightness(description: str) -> float:
        x = make(description, length=3.0).samples[0]
        power = np.square(np.abs(np.fft.rfft(x)))
        return float(power[3000 * 3 :].sum() / power.sum())

    def crest(description: str) -> float:
        x = make(description, length=3.0).samples[0]
        return float(np.abs(x).max() / np.sqrt(np.square(x).mean()))

    assert crest("light rain") > 1.3 * crest("torrential rain")
    assert brightness("distant applause") < 0.3 * brightness("applause")


def test_slow_steps_are_fewer_than_running_ones() -> None:
    assert onsets(make("slow footsteps", length=6.0).samples) < onsets(make("running footsteps", length=6.0).samples)


def in_halves(x: NDArray[np.float32]) -> tuple[float, float]:
    level = loudness(x)
    half = level.size // 2
    return float(level[:half].mean()), float(level[half:].mean())


@pytest.mark.parametrize(
    ("description", "louder"),
    [
        ("a police siren wails, drawing closer through the streets", "end"),
        ("footsteps approaching on gravel", "end"),
        ("a steam train clatters past and fades into the distance", "start"),
        ("a horse trotting away into the distance", "start"),
        ("rain getting louder", "end"),
    ],
)
def test_what_moves_is_heard_to_move(description: str, louder: str) -> None:
    start, end = in_halves(make(description, length=8.0).samples)
    assert (start < 0.7 * end) if louder == "end" else (end < 0.7 * start)


def test_a_loop_does_not_move() -> None:
    start, end = in_halves(make("rain getting louder", length=10.0, loop=True).samples)
    assert 0.7 < start / end < 1.4


@pytest.mark.parametrize(("words", "earlier"), [("growing faster", False), ("getting slower", True), ("steady", None)])
def test_events_hasten_and_slacken(words: str, earlier: bool | None) -> None:
    sound = make(f"a heartbeat, {words}", length=8.0).samples
    half = sound.shape[1] // 2
    first, second = onsets(sound[:, :half]), onsets(sound[:, half:])
    assert abs(first - second) <= 2 if earlier is None else (first > second) == earlier
