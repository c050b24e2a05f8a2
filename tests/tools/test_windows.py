"""Long sound by windows: equal to the whole where the method allows it, with little memory, told of and cancelled."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundwright.tools.assets import Samples
from soundwright.tools.base import Context
from soundwright.tools.errors import Cancelled, ToolDefect
from soundwright.tools.signal.spectral import istft, stft
from soundwright.tools.windows import Windowing, cut, in_seconds, overlap_add, rising

RATE = 16000


def noise(frames: int, channels: int = 2) -> Samples:
    return np.random.default_rng(3).standard_normal((channels, frames)).astype(np.float32)


def filtered(samples: Samples) -> Samples:
    """A filter that hears 3 frames before and 2 after."""
    kernel = np.array([0.1, -0.3, 0.7, 0.4, 0.2, -0.1], np.float32)
    padded = np.pad(samples, ((0, 0), (3, 2)))
    return sum((kernel[i] * padded[:, i : i + samples.shape[1]] for i in range(6)), np.zeros_like(samples))


def gated(samples: Samples) -> Samples:
    """A mask on each column of a spectrum, by that column alone."""
    spectrum = stft(samples, 512, 128)
    magnitude = np.abs(spectrum)
    kept = spectrum * (magnitude > np.median(magnitude, axis=-2, keepdims=True))
    return istft(kept.astype(np.complex64), 512, 128, samples.shape[1])


def snr_db(wanted: Samples, given: Samples) -> float:
    return float(10 * np.log10(np.sum(wanted**2) / max(float(np.sum((given - wanted) ** 2)), 1e-30)))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5000), st.integers(50, 900), st.integers(0, 40))
def test_a_method_of_short_reach_gives_every_bit_of_the_whole(frames: int, core: int, more: int) -> None:
    samples = noise(frames)
    assert np.array_equal(overlap_add(samples, Windowing(core, 0, 3 + more), filtered), filtered(samples))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5000), st.integers(50, 900), st.integers(0, 50))
def test_fades_are_seamless(frames: int, core: int, fade: int) -> None:
    samples = noise(frames)
    assert snr_db(filtered(samples), overlap_add(samples, Windowing(core, fade, 3), filtered)) > 100


def test_a_method_on_spectra_gives_the_whole_where_cuts_lie_on_its_grid() -> None:
    samples = noise(10 * RATE)
    joined = overlap_add(samples, in_seconds(RATE, 1.5, 0.1, 0.1, align=128), gated)
    assert snr_db(gated(samples), joined) > 100
    astray = overlap_add(samples, Windowing(24000, 1600, 1601), gated)
    assert snr_db(gated(samples), astray) < 60  # off the grid every column hears something else


def test_windows_are_bounded_and_a_short_rest_makes_none_of_its_own() -> None:
    seen: list[int] = []

    def process(piece: Samples) -> Samples:
        seen.append(piece.shape[1])
        return piece

    samples = noise(10 * RATE + 100, 1)
    assert np.allclose(overlap_add(samples, Windowing(RATE, 100, 50), process), samples, atol=1e-6)
    assert len(seen) == 10
    assert max(seen) <= RATE * 1.5 + 400


def test_what_comes_before_the_frames_may_change_but_not_the_frames() -> None:
    samples = noise(5000)
    stems = overlap_add(samples, Windowing(900, 100), lambda x: np.stack([x, -x, 2 * x]))
    assert stems.shape == (3, 2, 5000)
    assert np.allclose(stems[2], 2 * samples, atol=1e-6)
    with pytest.raises(ToolDefect, match="came out with"):
        overlap_add(samples, Windowing(900), lambda x: x[:, :-1])
    with pytest.raises(ToolDefect, match="the ones before"):
        overlap_add(samples, Windowing(900), lambda x: x[: 1 + (x[0, 0] == samples[0, 0])])


def test_progress_is_told_and_a_cancel_heeded_between_windows() -> None:
    told: list[float] = []
    overlap_add(noise(5000), Windowing(1000, 100), filtered, Context(progress=told.append))
    assert told == sorted(told)
    assert len(told) == 5
    assert told[-1] == 1.0
    done: list[int] = []

    def process(piece: Samples) -> Samples:
        done.append(1)
        return piece

    with pytest.raises(Cancelled):
        overlap_add(noise(5000), Windowing(1000), process, Context(cancelled=lambda: len(done) == 2))
    assert len(done) == 2


def test_pieces_for_taggers_have_one_length_and_reach_the_end() -> None:
    samples = noise(2500)
    pieces = list(cut(samples, 1000, 500))
    assert [start for start, _ in pieces] == [0, 500, 1000, 1500]
    assert {piece.shape for _, piece in pieces} == {(2, 1000)}
    ((start, short),) = cut(samples[:, :300], 1000, 500)
    assert start == 0
    assert np.array_equal(short[:, :300], samples[:, :300])
    assert not short[:, 300:].any()
    with pytest.raises(ValueError, match="positive"):
        list(cut(samples, 0, 1))


@pytest.mark.parametrize("wrong", [{"core": 0}, {"core": 10, "fade": 11}, {"core": 10, "margin": -1}])
def test_a_windowing_that_cannot_be_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must"):
        Windowing(**wrong)


def test_a_fade_and_its_mirror_image_sum_to_one() -> None:
    assert np.allclose(rising(101) + rising(101)[::-1], 1, atol=1e-6)


@pytest.mark.parametrize(("size", "hop", "frames"), [(512, 128, 5000), (1024, 256, 1), (256, 64, 16000)])
def test_spectra_are_inverted(size: int, hop: int, frames: int) -> None:
    samples = noise(frames)
    assert snr_db(samples, istft(stft(samples, size, hop), size, hop, frames)) > 100
