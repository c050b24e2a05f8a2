"""Sounds and timelines for tests of the mix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.orchestrator.mix.mixer import total_of
from soundwright.orchestrator.mix.render import Renderer
from soundwright.orchestrator.timeline import Clip, Sound, Timeline, build_timeline
from soundwright.scripts_compiler.script import Script
from soundwright.tools import audio_files
from soundwright.tools.assets import Audio, Samples

VOICES = [{"name": "A", "description": "a"}, {"name": "B", "description": "b"}]


@dataclass
class Studio:
    """Makes sounds in a folder of its own, and timelines of them."""

    folder: Path
    rate: int = 48000

    def script(self, *cues: dict[str, Any], **top: Any) -> Script:
        inputs = [{"id": "rec", "file": "rec.wav"}]
        return Script.model_validate({"version": 1, "voices": VOICES, "inputs": inputs, "cues": list(cues), **top})

    def say(self, **more: Any) -> dict[str, Any]:
        return {"type": "speech", "voice": "A", "text": "one two three", **more}

    def tone(self, hz: float, seconds: float, rate: int = 48000, channels: int = 1, level: float = 0.2) -> Samples:
        wave = level * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
        return np.stack([wave] * channels).astype(np.float32)

    def noise(self, seconds: float, rate: int = 48000, channels: int = 1, seed: int = 0) -> Samples:
        frames = round(seconds * rate)
        return (0.1 * np.random.default_rng(seed).standard_normal((channels, frames))).astype(np.float32)

    def voice(self, seconds: float, pitch_hz: float = 140.0, rate: int = 24000, seed: int = 0) -> Samples:
        """Syllables of a harmonic tone: peaks and gaps like speech."""
        time = np.arange(round(seconds * rate)) / rate
        rng = np.random.default_rng(seed)
        wave = sum(np.sin(2 * np.pi * pitch_hz * k * time + k) / k for k in range(1, 12))
        syllables = np.clip(np.sin(2 * np.pi * 3.1 * time + rng.uniform(0, 6)), 0, 1) ** 0.7
        wave = np.asarray(wave * (0.05 + syllables) + 0.005 * rng.standard_normal(time.size))
        return np.asarray((0.5 * wave / np.abs(wave).max())[None], np.float32)

    def keep(self, name: str, samples: Samples, rate: int = 48000, **more: Any) -> Sound:
        path = audio_files.write(self.folder / f"{name}.wav", Audio(samples, rate))
        return Sound(path, rate, samples.shape[0], samples.shape[1], **more)

    def timeline(self, made: Script, sounds: Mapping[int, Samples | tuple[Samples, int] | Sound]) -> Timeline:
        """Sounds as samples at 48 kHz, as (samples, rate), or ready."""
        kept: dict[int, Sound] = {}
        for i, given in sounds.items():
            if isinstance(given, Sound):
                kept[i] = given
            else:
                samples, rate = given if isinstance(given, tuple) else (given, 48000)
                kept[i] = self.keep(f"sound{i}", samples, rate)
        return build_timeline(made, kept)

    def clip(self, sound: Sound, start_s: float = 0.0, **more: Any) -> Clip:
        """A clip that plays its sound as it is."""
        length = sound.length_s
        given: dict[str, Any] = {"index": 0, "name": "cues[0]", "kind": "sound", "end_s": start_s + length}
        given |= {"play_s": length, "ramp_s": length, "fade_out_at_s": length} | more
        return Clip(sound=sound, start_s=start_s, **given)

    def render(self, *clips: Clip | Timeline, channels: int = 2, jobs: int = 1) -> Samples:
        """The mix of clips, or of a timeline, before programme gain."""
        made = clips[0]
        if not isinstance(made, Timeline):
            some = [c for c in clips if isinstance(c, Clip)]
            made = Timeline(tuple(some), max(c.start_s + c.play_s for c in some))
        renderer = Renderer(made, self.rate, channels, jobs)
        return np.concatenate([total_of(s, channels) for s in renderer.segments()], axis=1)


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    folder = tmp_path / "sounds"
    folder.mkdir()
    return Studio(folder)
