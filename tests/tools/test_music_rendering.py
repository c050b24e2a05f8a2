"""Composed music as sound, through the real soundfont."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from soundwright.scripts_compiler.operations import builtin
from soundwright.tools.analysis.loudness import integrated_loudness, true_peak_db
from soundwright.tools.assets import Asset, Audio, Note, Notes, Part, Samples
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import ToolMissing
from soundwright.tools.model_store import ModelStore
from soundwright.tools.music.composer_tool import FONT_FILE, RATE, ComposerTool
from soundwright.tools.music.soundfont import SoundFont, wrapped

pytest.importorskip("symusic")


@pytest.fixture(scope="module")
def font_path(models_folder: Path) -> Path:
    return ModelStore(models_folder).path("musescore-general", FONT_FILE)


@pytest.fixture(scope="module")
def tool(font_path: Path) -> ComposerTool:
    made = ComposerTool()
    made.load(Place(weights={FONT_FILE: font_path}))
    return made


def make(tool: ComposerTool, description: str, length: float, loop: bool = False, seed: int = 1) -> Samples:
    params = builtin()["generate_music"].resolve({"description": description, "length": length, "loop": loop})
    ((_, result),) = tool.run([Request("generate_music", params, seed=seed)], Context())
    assert isinstance(result, Audio), result
    assert (result.rate, result.tail) == (RATE, 0)
    return result.samples


@pytest.mark.parametrize(
    ("description", "length"),
    [
        ("sting", 2.0),
        ("news theme", 6.0),
        ("sad piano", 20.0),
        ("techno", 12.5),
        ("slow uneasy strings", 8.0),
        ("x", 0.1),
    ],
)
def test_music_fits_its_length_is_levelled_and_ends_softly(tool: ComposerTool, description: str, length: float) -> None:
    samples = make(tool, description, length)
    assert samples.shape == (2, round(length * RATE))
    assert np.isfinite(samples).all()
    assert true_peak_db(samples, RATE) <= -1.0
    loud = np.abs(samples).max()
    assert loud > 0.05
    assert np.abs(samples[:, -48:]).max() < 0.01 * loud
    if length >= 2:
        assert integrated_loudness(samples, RATE) == pytest.approx(-20, abs=0.5)


def test_the_same_request_gives_the_same_samples(tool: ComposerTool, font_path: Path) -> None:
    other = ComposerTool()
    other.load(Place(weights={FONT_FILE: font_path}))
    first = make(tool, "jazz", 8)
    np.testing.assert_array_equal(first, make(other, "jazz", 8))
    assert not np.array_equal(first, make(tool, "jazz", 8, seed=2))


def test_the_tempo_can_be_heard(tool: ComposerTool) -> None:
    samples = make(tool, "four on the floor house, 120 bpm", 24)
    frame = RATE // 100
    energy = np.square(samples[:, : 22 * RATE]).sum(axis=0).reshape(-1, frame).sum(axis=1)
    onset = np.maximum(np.diff(np.log(energy + 1e-6)), 0)
    onset -= onset.mean()
    similar = np.correlate(onset, onset, "full")[len(onset) - 1 :]
    lag = 30 + int(np.argmax(similar[30:90]))
    assert lag == pytest.approx(50, abs=1)  # hundredths of a second


def test_a_loop_wraps_what_rings_on(font_path: Path) -> None:
    font, length_s = SoundFont(font_path, RATE), 4.0
    once = (Note(60, 0.2, 1.0), Note(64, 1.0, 2.5), Note(67, 2.5, 4.3))
    thrice = tuple(
        replace(note, start_s=note.start_s + turn * length_s, end_s=note.end_s + turn * length_s)
        for turn in range(3)
        for note in once
    )
    frames = round(length_s * RATE)
    middle = font.render(Part(thrice, 48))[:, frames : 2 * frames]
    np.testing.assert_allclose(wrapped(font.render(Part(once, 48)), frames), middle, atol=1e-4)
    assert np.abs(middle[:, : RATE // 10]).max() > 1e-3  # before its first note there is what rings on


@pytest.mark.parametrize("description", ["ambient pad", "lofi beat"])
def test_a_loop_has_no_click_and_no_hole_at_its_join(tool: ComposerTool, description: str) -> None:
    loop = make(tool, description, 16, loop=True)
    assert loop.shape == (2, 16 * RATE)
    round_and_round = np.concatenate((loop, loop), axis=1)
    steps = np.abs(np.diff(round_and_round)).max(axis=0)
    join = steps[loop.shape[1] - 3 : loop.shape[1] + 2].max()
    assert join <= np.quantile(steps, 0.9999)
    block = RATE // 10
    level = np.square(round_and_round).sum(axis=0).reshape(-1, block).mean(axis=1)
    assert level[159:161].min() > 0.02 * np.median(level)


def test_notes_can_be_rendered_alone(tool: ComposerTool) -> None:
    notes: Asset = Notes((Part((Note(69, 0.0, 1.0),), 73), Part((Note(36, 0.5, 0.6),), 0, drums=True)))
    ((_, result),) = tool.run([Request("render_notes", {}, {"notes": notes})], Context())
    assert isinstance(result, Audio)
    spectrum = np.abs(np.fft.rfft(result.samples[0, RATE // 10 : RATE // 2] * np.hanning(RATE // 2 - RATE // 10)))
    assert np.argmax(spectrum) * 2.5 == pytest.approx(440, abs=5)


def test_a_missing_soundfont_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing, match="models pull musescore-general"):
        ComposerTool().load(Place(weights={FONT_FILE: tmp_path / "none.sf3"}))


@pytest.mark.parametrize("program", [0, 16, 25, 48, 60, 72, 73, 114])
@pytest.mark.parametrize("pitch", [60, 69, 77])
def test_instruments_are_in_tune(font_path: Path, program: int, pitch: int) -> None:
    sound = SoundFont(font_path, RATE).render(Part((Note(pitch, 0.0, 1.0),), program))
    power = np.abs(
        np.fft.rfft(sound.mean(axis=0)[RATE // 20 : RATE // 2] * np.hanning(RATE // 2 - RATE // 20), 1 << 18)
    )

    def strength(hz: float) -> float:
        bins = [round(hz * harmonic * (1 << 18) / RATE) for harmonic in range(1, 7)]
        return float(sum(power[b - 5 * h : b + 5 * h + 1].max() / h for h, b in enumerate(bins, 1)))

    hz = 440 * 2 ** ((pitch - 69) / 12)
    shifts = [step / 4 for step in range(-23, 24)]
    best = max(shifts, key=lambda shift: strength(hz * 2 ** (shift / 12)))
    assert abs(best) <= 0.25


def test_notes_beyond_an_instrument_are_silent(font_path: Path) -> None:
    assert SoundFont(font_path, RATE).render(Part((), 0)).shape == (2, 0)
    assert not SoundFont(font_path, RATE).render(Part((Note(120, 0.0, 0.5),), 58)).any()
