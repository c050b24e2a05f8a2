"""Speakers stay in their stems, whatever order a network gives them in."""

from __future__ import annotations

import numpy as np
import pytest

from soundwright.tools.analysis.fidelity import snr_db
from soundwright.tools.assets import Audio, Samples
from soundwright.tools.base import Context
from soundwright.tools.errors import Cancelled
from soundwright.tools.separation.speakers import apart
from soundwright.tools.signal import tempo

RATE = 16000


@pytest.fixture(scope="module")
def voices(spoken: Audio) -> tuple[Samples, Samples]:
    """A high voice and a lower one, a few seconds each."""
    high = tempo.resample(spoken.samples, spoken.rate, RATE)[0]
    return high, tempo.speed(high[None], RATE, 0.75)[0]


def talk(voices: tuple[Samples, Samples], turns: list[tuple[int, float]], seconds: float) -> Samples:
    """(2, frames): who speaks from when on; between them nothing."""
    out = np.zeros((2, round(seconds * RATE)), np.float32)
    for who, start_s in turns:
        said = voices[who][: out.shape[1] - round(start_s * RATE)]
        out[who, round(start_s * RATE) : round(start_s * RATE) + len(said)] += said
    return out


def parted(stems: Samples, seed: int, leak: float = 0.02, hiss: float = 1e-4) -> Samples:
    """Taken apart by a network that knows the stems but gives them in any order, with a hiss of its own each time."""
    dice, windows = np.random.default_rng(seed), 0

    def parts(numbers: Samples) -> Samples:
        nonlocal windows
        windows += 1
        first = int(numbers[0])
        made = stems[:, first : first + len(numbers)]
        made = made + leak * made[::-1] + hiss * dice.normal(size=made.shape).astype(np.float32)
        turned = windows > 1 and dice.random() < 0.5
        return np.asarray(made[::-1] if turned else made, np.float32)

    # In place of a mixture stands the number of each frame, exact below 2 ** 24.
    return apart(np.arange(stems.shape[1], dtype=np.float32), RATE, 2, parts, Context())


def kept(stems: Samples, seed: int) -> bool:
    return snr_db(stems, parted(stems, seed)) > 20


@pytest.mark.parametrize("seed", range(6))
def test_who_speaks_on_stays(voices: tuple[Samples, Samples], seed: int) -> None:
    assert kept(talk(voices, [(i % 2, 2.2 * i) for i in range(18)], 45), seed)


@pytest.mark.parametrize("seed", range(6))
def test_a_pause_where_stretches_meet_changes_nobody(voices: tuple[Samples, Samples], seed: int) -> None:
    turns = [(0, 0.0), (1, 2.0), (1, 13.0), (0, 15.0), (1, 17.0), (0, 26.5), (1, 30.0)]
    assert kept(talk(voices, turns, 40), seed)


@pytest.mark.parametrize("seed", range(6))
def test_after_a_long_pause_voices_are_compared(voices: tuple[Samples, Samples], seed: int) -> None:
    turns = [(0, 0.0), (1, 3.0), (1, 32.0), (0, 36.0), (0, 62.0), (1, 65.5), (1, 95.0)]
    assert kept(talk(voices, turns, 105), seed)


@pytest.mark.parametrize("seed", range(6))
def test_who_speaks_alone_stays_after_a_long_pause(voices: tuple[Samples, Samples], seed: int) -> None:
    assert kept(talk(voices, [(0, 0.0), (0, 25.0)], 45), seed)


@pytest.mark.parametrize("seed", range(6))
def test_who_speaks_first_after_a_long_pause_gets_a_stem_of_their_own(
    voices: tuple[Samples, Samples], seed: int
) -> None:
    assert kept(talk(voices, [(0, 0.0), (1, 25.0)], 45), seed)


def test_silence_and_short_sound_come_out_as_they_are(voices: tuple[Samples, Samples]) -> None:
    silence = np.zeros((2, 30 * RATE), np.float32)
    assert not parted(silence, 0, hiss=0.0).any()
    for frames in (1, 5000, 12 * RATE, 12 * RATE + 1):
        stems = talk(voices, [(0, 0.0)], 13)[:, :frames]
        assert parted(stems, 1, leak=0.0, hiss=0.0).shape == stems.shape
        assert snr_db(stems, parted(stems, 1, leak=0.0, hiss=0.0)) > 60


def test_a_cancel_is_heeded() -> None:
    with pytest.raises(Cancelled):
        apart(np.zeros(100, np.float32), RATE, 2, lambda x: np.stack([x, x]), Context(cancelled=lambda: True))
