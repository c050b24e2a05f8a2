"""Does removing noise help who listens? Word errors of speech in noise before and after each enhancer.

    python bench/noisy_words.py FOLDER [--engine whisper] [--snr -5 5]

Ten sayings in two voices of Kokoro's (kept in FOLDER from run to run), in procedural noise at a signal-to-noise
ratio in dB of each saying, heard by ``--engine``. Enhancers that are not installed are left out.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path

import numpy as np
from listening import done, tool
from listening_material import SAYINGS, Clip, spoken
from treating import RATE, at_snr, coloured, fit, sound, to_rate

from soundwright.tools.assets import Audio, Samples, Transcript
from soundwright.tools.base import Tool
from soundwright.tools.understanding.word_errors import normal_words, word_errors

VOICES = ("am_adam", "bf_emma")
NOISES = ("white", "rain", "crowd talking in a cafe")
ENHANCERS = ("deepfilternet", "dtln", "rnnoise")
LONGEST_S = 12.0


def in_noise(clip: Clip, noise: Samples | None, snr: float) -> Audio:
    """The clip at 48 kHz, (1, frames), with noise."""
    said = to_rate(clip.audio.samples.mean(axis=0, keepdims=True), clip.audio.rate)
    return Audio(said if noise is None else said + at_snr(said, fit(noise, said.shape[1]), snr), RATE)


def noise_of(kind: str) -> Samples:
    return coloured(round(LONGEST_S * RATE), 0.0) if kind == "white" else sound(kind, LONGEST_S)


def enhanced(engine: Tool | None, audio: Audio) -> Audio:
    if engine is None:
        return audio
    made, _ = done(engine, "enhance", audio, strength=1.0)
    assert isinstance(made, Audio)
    return made


def errors(listener: Tool, clips: list[Clip], sounds: list[Audio]) -> str:
    wrong = total = 0
    for clip, audio in zip(clips, sounds, strict=True):
        heard, _ = done(listener, "transcribe", audio, language="en")
        assert isinstance(heard, Transcript)
        wanted = normal_words(clip.text)
        wrong, total = wrong + word_errors(wanted, normal_words(heard.text)), total + len(wanted)
    return f"{wrong:3d} of {total} words wrong ({wrong / total:.1%})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", default="whisper")
    parser.add_argument("--snr", type=float, nargs="+", default=[-5.0, 5.0])
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    listener = tool(options.engine)
    assert listener is not None, "the engine that listens is not installed"
    clips = spoken(options.folder, [("kokoro", voice, "en", text) for voice in VOICES for text in SAYINGS])
    kinds: list[tuple[str, Samples | None, float]] = [("no noise", None, np.inf)]
    kinds += [(kind, noise_of(kind), snr) for kind in NOISES for snr in options.snr]
    for name in ("", *ENHANCERS):
        engine = tool(name) if name else None
        if name and engine is None:
            continue
        for kind, noise, snr in kinds:
            sounds = [enhanced(engine, in_noise(clip, noise, snr)) for clip in clips]
            print(f"{name or 'as it is':14} {kind:24} {snr:4.0f} dB  {errors(listener, clips, sounds)}", flush=True)
        if engine is not None:
            engine.close()


if __name__ == "__main__":
    main()
