"""Engines that listen, on sound whose content is known."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from soundwright.tools.asr.pieces import pieces, quietest, watched
from soundwright.tools.assets import Audio, Events, Notes, Samples, Scores, Speech
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.diarization.resemblyzer import ResemblyzerTool
from soundwright.tools.errors import Cancelled, ToolError
from soundwright.tools.model_store import ModelStore
from soundwright.tools.music_analysis.basic_pitch import BasicPitchTool
from soundwright.tools.music_analysis.rhythm import RhythmTool
from soundwright.tools.sfx.procedural import ProceduralSoundTool
from soundwright.tools.tagging.matching import matching
from soundwright.tools.tagging.yamnet import YamnetMeaningTool, YamnetTool
from soundwright.tools.understanding.dnsmos import DnsmosTool

RunOne = Callable[..., Any]
Pulled = Callable[[str], Place]
RATE = 24000


def effect(description: str, length_s: float) -> Samples:
    request = Request("generate_sound", {"description": description, "length": length_s}, seed=1)
    ((_, made),) = ProceduralSoundTool().run([request], Context())
    assert isinstance(made, Audio)
    assert made.rate == 48000
    return made.samples[:1]


@pytest.fixture(scope="module")
def rain_then_dog() -> Audio:
    """Rain for 4 s, silence, then a dog from 6 s."""
    silence = np.zeros((1, 2 * 48000), np.float32)
    return Audio(np.concatenate([0.5 * effect("heavy rain", 4.0), silence, effect("dog barking", 3.0)], axis=1), 48000)


@pytest.fixture(scope="module")
def two_voices() -> dict[str, list[Audio]]:
    """Lines of a woman (hibari) and of a man (pico)."""
    pytest.importorskip("hibari", reason="the extra 'local' is not installed")
    from soundwright.tools.tts.hibari import HibariTool  # noqa: PLC0415
    from soundwright.tools.tts.pico import PicoTool  # noqa: PLC0415

    lines = ("The train was late again, so we walked along the river.", "Nobody told me that the door would be locked.")
    found: dict[str, list[Audio]] = {}
    for name, tool, preset in (("woman", HibariTool(), "heart"), ("man", PicoTool(), "en-GB_low")):
        tool.load(Place())
        presets = [voice.preset for voice in tool.spec.voices]
        chosen = preset if preset in presets else next(p for p in presets if p.startswith(preset[:5]))
        requests = [Request("speak", {"text": line, "preset": chosen, "language": "en"}) for line in lines]
        said = [result for _, result in sorted(tool.run(requests, Context()), key=lambda pair: pair[0])]
        found[name] = [Audio(one.samples, one.rate) for one in said if isinstance(one, Speech)]
    return found


@pytest.fixture(scope="module")
def conversation(two_voices: dict[str, list[Audio]]) -> tuple[Audio, list[tuple[str, float, float]]]:
    import soxr  # noqa: PLC0415

    parts, turns, at = [], [], 0
    for who, line in (("woman", 0), ("man", 0), ("woman", 1), ("man", 1)):
        clip = two_voices[who][line]
        sound = soxr.resample(clip.samples.mean(axis=0), clip.rate, RATE).astype(np.float32)
        turns.append((who, at / RATE, (at + sound.size) / RATE))
        parts += [sound, np.zeros(RATE // 2, np.float32)]
        at += sound.size + RATE // 2
    return Audio(np.concatenate(parts)[None], RATE), turns


# --- what is heard -----------------------------------------------------------------------------------------------


def test_tags_name_what_sounds(run_one: RunOne, pulled: Pulled, rain_then_dog: Audio) -> None:
    tags = run_one(YamnetTool(), "tag", rain_then_dog, pulled("yamnet"), top=8)
    labels = [event.label for event in tags.events]
    assert len(labels) == 8
    assert "Rain" in labels[:4]
    assert [event.score for event in tags.events] == sorted((e.score for e in tags.events), reverse=True)


def test_described_sounds_are_found_where_they_are(run_one: RunOne, pulled: Pulled, rain_then_dog: Audio) -> None:
    wanted = ["a dog barking", "rain"]
    found = run_one(YamnetTool(), "detect", rain_then_dog, pulled("yamnet"), descriptions=wanted, threshold=0.3)
    rain = [event for event in found.events if event.label == "rain"]
    dog = [event for event in found.events if event.label == "a dog barking"]
    assert rain[0].start_s < 1.2
    assert 2.5 < rain[-1].end_s < 4.8
    assert dog
    assert all(event.start_s > 5.2 for event in dog)


def test_a_sound_without_a_label_is_refused_with_a_remedy(
    run_one: RunOne, pulled: Pulled, rain_then_dog: Audio
) -> None:
    with pytest.raises(ToolError, match="yamnet-meaning"):
        run_one(YamnetTool(), "detect", rain_then_dog, pulled("yamnet"), descriptions=["kids having fun"])


def test_meaning_finds_the_label_that_words_do_not(models_folder: Any) -> None:
    store = ModelStore(models_folder)
    tool = YamnetMeaningTool()
    for model in tool.spec.models:
        store.pull(model)
    tool.load(Place(weights=store.paths(tool.spec.models)))
    assert tool.labels_for("kids having fun") == ["Children playing"]
    assert tool.labels_for("rain on a tin roof") == ["Rain"]
    with pytest.raises(ToolError, match="the nearest are"):
        tool.labels_for("the second amendment")


def test_descriptions_match_labels_by_their_stems() -> None:
    labels = ["Dog", "Bark", "Rain", "Walk, footsteps", "Siren", "Car passing by"]
    assert matching("dogs barking", labels) == ["Dog", "Bark"]
    assert matching("a footstep", labels) == ["Walk, footsteps"]
    assert matching("cars passing", labels) == ["Car passing by"]
    assert matching("a violin", labels) == []


@pytest.mark.parametrize("op", ["tag", "detect"])
def test_silence_holds_nothing(run_one: RunOne, pulled: Pulled, op: str) -> None:
    silence = Audio(np.zeros((2, 16000), np.float32), 16000)
    assert run_one(YamnetTool(), op, silence, pulled("yamnet"), descriptions=["rain"]) == Events(())


# --- who speaks --------------------------------------------------------------------------------------------------


def _shares(events: Events, turns: list[tuple[str, float, float]], names: dict[str, str]) -> tuple[float, float]:
    """The shares of the time of the turns in which the right and a wrong label stand (pauses have none)."""
    shares = [0.0, 0.0]
    for who, start, end in turns:
        for event in events.events:
            shares[names.get(event.label) != who] += max(0.0, min(end, event.end_s) - max(start, event.start_s))
    whole = sum(end - start for _, start, end in turns)
    return shares[0] / whole, shares[1] / whole


def test_speakers_are_told_apart(
    run_one: RunOne, pulled: Pulled, conversation: tuple[Audio, list[tuple[str, float, float]]]
) -> None:
    audio, turns = conversation
    found = run_one(ResemblyzerTool(), "diarize", audio, pulled("resemblyzer"), speakers=None)
    right, wrong = _shares(found, turns, {"speaker1": "woman", "speaker2": "man"})
    assert right > 0.7
    assert wrong < 0.03
    alone = run_one(ResemblyzerTool(), "diarize", audio, pulled("resemblyzer"), speakers=1)
    assert {event.label for event in alone.events} == {"speaker1"}


def test_a_known_voice_is_recognised_and_a_strange_one_is_not(
    run_one: RunOne, pulled: Pulled, conversation: tuple[Audio, list[tuple[str, float, float]]],
    two_voices: dict[str, list[Audio]],
) -> None:  # fmt: skip
    audio, turns = conversation
    place, samples = pulled("resemblyzer"), {"samples.0": two_voices["man"][1]}
    found = run_one(ResemblyzerTool(), "identify_speaker", audio, place, samples, threshold=0.75)
    right, wrong = _shares(found, turns, {"sample1": "man", "unknown": "woman"})
    assert right > 0.7
    assert wrong < 0.03
    quiet = {"samples.0": Audio(np.zeros((1, RATE), np.float32), RATE)}
    with pytest.raises(ToolError, match="nobody speaks in sample 1"):
        run_one(ResemblyzerTool(), "identify_speaker", audio, place, quiet)


# --- how good it is ----------------------------------------------------------------------------------------------


def test_noise_lowers_the_score_of_speech(
    run_one: RunOne, pulled: Pulled, spoken: Audio, beside: Callable[[Samples, float], Samples]
) -> None:
    noisy = Audio(spoken.samples + beside(spoken.samples, 5.0), spoken.rate)
    clean, worse = (run_one(DnsmosTool(), "score_speech", one, pulled("dnsmos")) for one in (spoken, noisy))
    assert isinstance(clean, Scores)
    assert set(clean.scores) == {"overall_mos", "signal_mos", "background_mos"}
    assert clean.scores["overall_mos"] > worse.scores["overall_mos"] + 0.5
    assert clean.scores["background_mos"] > worse.scores["background_mos"] + 1.0
    with pytest.raises(ToolError, match="silence"):
        run_one(DnsmosTool(), "score_speech", Audio(np.zeros((1, 99), np.float32), 8000), pulled("dnsmos"))


# --- music -------------------------------------------------------------------------------------------------------


def _struck(times_s: list[float], pitches: list[int], length_s: float) -> Audio:
    """Struck tones with four partials."""
    sound = np.zeros(round(length_s * RATE))
    for time_s, pitch in zip(times_s, pitches, strict=True):
        t = np.arange(round(0.45 * RATE)) / RATE
        tone = sum(np.sin(2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * n * t) / n**1.5 for n in (1, 2, 3, 4))
        at = round(time_s * RATE)
        piece = (0.3 * tone * np.exp(-4 * t) * np.minimum(1, (0.45 - t) / 0.02))[: sound.size - at]
        sound[at : at + piece.size] += piece
    return Audio(sound[None].astype(np.float32), RATE)


def _scale(bpm: float, beats: int) -> Audio:
    """G major, one note on each beat, the first of four the loudest and in the bass too."""
    beat_s = 60 / bpm
    notes = [67, 71, 74, 72, 67, 69, 66, 67]
    times = [n * beat_s for n in range(beats)] + [n * beat_s for n in range(0, beats, 4)]
    pitches = [notes[n % 8] for n in range(beats)] + [43] * len(range(0, beats, 4))
    return _struck(times, pitches, beats * beat_s + 0.5)


def test_tempo_metre_and_key_are_measured(run_one: RunOne) -> None:
    scores = run_one(RhythmTool(), "analyse_music", _scale(100, 32)).scores
    assert scores["tempo_bpm"] == pytest.approx(100, abs=0.5)
    assert scores["beats_per_bar"] == 4
    assert (scores["key_pitch_class"], scores["key_is_minor"]) == (7, 0)


def test_beats_lie_on_the_notes_and_bars_on_the_bass(run_one: RunOne) -> None:
    events = run_one(RhythmTool(), "find_beats", _scale(120, 32)).events
    times = np.array([event.start_s for event in events])
    assert len(events) > 26
    assert np.abs(times / 0.5 - np.round(times / 0.5)).max() * 0.5 < 0.03
    down = [event.start_s for event in events if event.label == "downbeat"]
    assert all(abs(time / 2.0 - round(time / 2.0)) * 2.0 < 0.03 for time in down)


def test_music_without_a_beat_and_silence(run_one: RunOne) -> None:
    held = Audio((0.2 * np.sin(2 * np.pi * 220 * np.arange(RATE) / RATE))[None].astype(np.float32), RATE)
    assert run_one(RhythmTool(), "find_beats", held) == Events(())
    assert "tempo_bpm" not in run_one(RhythmTool(), "analyse_music", held).scores
    with pytest.raises(ToolError, match="silence"):
        run_one(RhythmTool(), "analyse_music", Audio(np.zeros((1, RATE), np.float32), RATE))


def test_notes_are_written_down_across_windows(run_one: RunOne, pulled: Pulled) -> None:
    times, pitches = [0.2 + 0.5 * n for n in range(12)], [60, 64, 67, 72, 55, 59, 62, 67, 57, 60, 64, 69]
    notes = run_one(BasicPitchTool(), "transcribe_notes", _struck(times, pitches, 6.5), pulled("basic-pitch"))
    assert isinstance(notes, Notes)
    found = [(note.pitch, note.start_s) for note in notes.parts[0].notes]
    heard = [
        any(p == pitch and abs(t - time) < 0.05 for p, t in found) for pitch, time in zip(pitches, times, strict=True)
    ]
    assert sum(heard) >= 11
    assert len(found) <= 15


# --- long recordings ---------------------------------------------------------------------------------------------


def test_long_sound_is_cut_in_the_pauses() -> None:
    rng = np.random.default_rng(0)
    sound = rng.normal(0, 0.1, 100 * 1000).astype(np.float32)
    for pause_s in (17.0, 29.0, 46.0, 55.0, 70.0):
        sound[round(pause_s * 1000) : round((pause_s + 0.5) * 1000)] = 0
    cut = list(pieces(sound, 1000, 30.0))
    assert cut[0][0] == 0
    assert cut[-1][1] == sound.size
    assert all(a[1] == b[0] for a, b in pairwise(cut))
    assert all(end - first <= 30000 for first, end in cut)
    assert all(np.abs(sound[end - 50 : end + 50]).max() == 0 for _, end in cut[:-1])
    assert list(pieces(sound[:0], 1000, 30.0)) == [(0, 0)]


def test_progress_is_told_and_a_cancel_heeded_before_each_piece() -> None:
    sound, told = np.zeros(100 * 1000, np.float32), list[float]()
    cut = list(watched(sound, 1000, 30.0, Context(progress=told.append)))
    assert cut == list(pieces(sound, 1000, 30.0))
    assert told == [first / sound.size for first, _ in cut]
    heard: list[int] = []
    with pytest.raises(Cancelled):
        heard.extend(first for first, _ in watched(sound, 1000, 30.0, Context(cancelled=lambda: len(heard) == 2)))
    assert len(heard) == 2


@pytest.mark.parametrize("frames", [0, 1, 100, 299, 300, 301])
def test_the_quietest_moment_of_a_short_sound_lies_in_it(frames: int) -> None:
    assert quietest(np.ones(frames, np.float32), 1000) == frames // 2
