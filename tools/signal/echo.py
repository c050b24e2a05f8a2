"""Distinct repeats. Arrays are float32 of shape (channels, frames), in and out."""

from __future__ import annotations

import math

import numpy as np

from soundwright.tools.assets import Samples

INAUDIBLE_DB = -60.0


def echo(samples: Samples, rate: int, delay_s: float, feedback: float, wet_db: float) -> Samples:
    """The sound and its repeats, each ``feedback`` times the one before, until 60 dB down.

    Shape (channels, frames + tail).
    """
    delay = max(1, round(delay_s * rate))
    gains_db = [wet_db]
    while feedback > 0 and gains_db[-1] + 20 * math.log10(feedback) > INAUDIBLE_DB:
        gains_db.append(gains_db[-1] + 20 * math.log10(feedback))
    frames = samples.shape[1]
    if frames == 0:
        return samples.copy()
    out = np.zeros((samples.shape[0], frames + delay * len(gains_db)), np.float32)
    out[:, :frames] = samples
    for number, gain_db in enumerate(gains_db, 1):
        out[:, number * delay : number * delay + frames] += samples * np.float32(10 ** (gain_db / 20))
    return out
