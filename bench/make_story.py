#!/usr/bin/env python3
"""Make a reproducible synthetic story to measure mixing with.

usage: make_story.py S|M|L FOLDER [--seed N]

Writes FOLDER/clips/*.wav (PCM 16, mixed rates and channels) and FOLDER/timeline.json. Times are seconds, on a
1/100 s grid.
S: 60 s, 20 clips. M: 10 min, 300 clips. L: 1 h, 2,000 clips (1.5 GB). Needs numpy, scipy, soundfile.
"""

from __future__ import annotations

import argparse
import json
import pathlib
from typing import Any

import numpy as np
import soundfile as sf
from scipy.signal import lfilter

SIZES = {"S": (60, 20, 1, 30), "M": (600, 300, 5, 120), "L": (3600, 2000, 20, 240)}  # seconds, clips, beds, bed seconds
RATES = (16000, 22050, 24000, 32000, 44100)
GAIN_DB = {"bed": -20, "music": -14, "sound": -10, "speech": -6}


def coloured_noise(rng: np.random.Generator, frames: int, channels: int) -> Any:  # noqa: ANN401
    y = lfilter([0.05], [1, -0.95], rng.standard_normal((frames, channels)), axis=0)
    return y / (np.abs(y).max() + 1e-9)


def voice_like(rng: np.random.Generator, frames: int, rate: int) -> Any:  # noqa: ANN401
    t = np.arange(frames) / rate
    pitch = rng.uniform(90, 240)
    phase = 2 * np.pi * pitch * t + 0.8 * np.sin(2 * np.pi * 3 * t)
    y = sum(np.sin(k * phase) / k for k in range(1, 9) if k * pitch < 0.4 * rate)
    y = y * (0.5 + 0.5 * np.sin(2 * np.pi * rng.uniform(2.5, 5) * t)) + 0.02 * rng.standard_normal(frames)
    return (0.7 * y / np.abs(y).max())[:, None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1234)
    args = parser.parse_args()
    duration, count, beds, bed_length = SIZES[args.size]
    rng = np.random.default_rng([args.seed, ord(args.size)])
    clips = args.folder / "clips"
    clips.mkdir(parents=True, exist_ok=True)
    events = []
    for i in range(count):
        rate, channels = RATES[i % 5], 1
        if i < beds:
            kind, length, channels, rate = "bed", bed_length, 2, (44100, 32000)[i % 2]
        elif i % 10 == 7:
            kind, length, channels = "music", rng.uniform(5, 20), 2
        elif i % 10 in (3, 5, 9):
            kind, length, channels = "sound", rng.uniform(0.5, 4), 1 + i % 2
        else:
            kind, length = "speech", rng.uniform(1.5, 9)
        length = min(float(length), duration * 0.9)
        frames = int(length * rate)
        y = voice_like(rng, frames, rate) if kind == "speech" else coloured_noise(rng, frames, channels)
        path = clips / f"{i:05d}_{kind}.wav"
        sf.write(path, 0.8 * y, rate, subtype="PCM_16")
        start = i * duration / max(beds, 1) if kind == "bed" else rng.uniform(0, duration)
        events.append(
            {
                "file": f"clips/{path.name}",
                "kind": kind,
                "rate": rate,
                "channels": channels,
                "start_s": round(max(0.0, min(start, duration - length)) * 100) / 100,
                "length_s": frames / rate,
                "gain_db": round(GAIN_DB[kind] + float(rng.uniform(-3, 3)), 2),
                "fade_in_s": {"bed": 2.0, "music": 1.0}.get(kind, 0.01),
                "fade_out_s": {"bed": 3.0, "music": 1.5}.get(kind, 0.02),
                "pan": 0.0 if kind in ("bed", "music") else round(float(rng.uniform(-0.6, 0.6)), 2),
            }
        )
    (args.folder / "timeline.json").write_text(json.dumps({"duration_s": duration, "events": events}, indent=1))
    print(f"{args.size}: {count} clips, {sum(e['length_s'] for e in events):.0f} clip seconds")


if __name__ == "__main__":
    main()
