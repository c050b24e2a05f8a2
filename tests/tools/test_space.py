"""Sound around the head: differences between the ears, distance, moving without clicks, heads from files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.tools.assets import Audio, Samples, Speech, Word
from soundwright.tools.base import Place, Tool
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.space import air
from soundwright.tools.space.binaural import KemarTool, SofaTool, SphereTool
from soundwright.tools.space.head import MeasuredHead, SphericalHead
from soundwright.tools.space.moving import at
from tests.toys.heads import write_head, write_sofa

RunOne = Callable[..., Any]
RATE = 48000


def spot(azimuth: float, elevation: float = 0.0, distance: float = 1.0) -> dict[str, float]:
    return {"azimuth": azimuth, "elevation": elevation, "distance": distance}


def noise(seconds: float = 1.0) -> Audio:
    samples = np.random.default_rng(2).standard_normal((1, round(seconds * RATE))) * 0.1
    return Audio(samples.astype(np.float32), RATE)


def later_s(samples: Samples) -> float:
    """By how much the left ear hears later than the right one, from below 1.5 kHz, to a tenth of a sample."""
    size = 1 << (samples.shape[1] - 1).bit_length()
    left, right = np.fft.rfft(samples, 2 * size)
    cross = left * np.conj(right)
    cross[round(1500 / RATE * 2 * size) :] = 0
    like = np.fft.irfft(cross, 20 * size)
    lag = int(np.argmax(like))
    return (lag - 20 * size if lag > 10 * size else lag) / 10 / RATE


def louder_db(samples: Samples) -> float:
    """By how much the right ear hears louder above 3 kHz."""
    spectra = np.abs(np.fft.rfft(samples))[:, samples.shape[1] * 3000 // RATE :]
    return float(10 * np.log10(np.sum(spectra[1] ** 2) / np.sum(spectra[0] ** 2)))


HEADS: dict[str, type[SphereTool]] = {"sphere": SphereTool, "kemar": KemarTool}


@pytest.fixture
def head(request: pytest.FixtureRequest, pulled: Callable[[str], Place]) -> tuple[Tool, Place]:
    return HEADS[request.param](), pulled("kemar") if request.param == "kemar" else Place()


@pytest.mark.parametrize("head", HEADS, indirect=True)
def test_the_near_ear_hears_earlier_and_louder(head: tuple[Tool, Place], run_one: RunOne) -> None:
    tool, place = head
    made = {a: run_one(tool, "spatialize", noise(), place, path=[spot(a)]) for a in (-90, -45, 0, 45, 90)}
    times = {azimuth: later_s(audio.samples) for azimuth, audio in made.items()}
    levels = {azimuth: louder_db(audio.samples) for azimuth, audio in made.items()}
    assert times[90] == pytest.approx(690e-6, abs=110e-6)
    assert times[45] == pytest.approx(450e-6, abs=90e-6)  # a sphere: 3 a sin(45°) / c below 1 kHz
    assert times[0] == pytest.approx(0, abs=15e-6)
    assert times[-90] == pytest.approx(-times[90], abs=40e-6)
    assert levels[90] > levels[45] > levels[0] + 4
    assert levels[90] > 8
    assert levels[-90] == pytest.approx(-levels[90], abs=1.5)


@pytest.mark.parametrize("head", HEADS, indirect=True)
def test_a_moving_sound_never_clicks(head: tuple[Tool, Place], run_one: RunOne) -> None:
    tool, place = head
    t = np.arange(2 * RATE) / RATE
    tone = Audio(np.asarray(0.3 * np.sin(2 * np.pi * 400 * t)[None], np.float32), RATE)
    round_trip = [spot(a) for a in (-170, -90, 0, 90, 170)]
    made = run_one(tool, "spatialize", tone, place, path=round_trip).samples[:, 2000 : 2 * RATE - 2000]
    above = np.abs(np.fft.rfft(made * np.hanning(made.shape[1])))
    hz = np.fft.rfftfreq(made.shape[1], 1 / RATE)
    assert above[:, hz > 2000].max() < above.max() * 10 ** (-60 / 20)
    assert later_s(made[:, :8000]) < -100e-6
    assert later_s(made[:, -20000:-12000]) > 100e-6


def test_without_a_path_it_is_thirty_degrees_right_and_keeps_words(run_one: RunOne) -> None:
    said = Speech(noise(0.5).samples, RATE, text="hush", words=(Word("hush", 0.1, 0.4),))
    made = run_one(SphereTool(), "spatialize", said, path=[])
    assert isinstance(made, Speech)
    assert made.words == said.words
    assert made.length_s == said.length_s
    assert np.array_equal(made.samples, run_one(SphereTool(), "spatialize", said, path=[spot(30)]).samples)
    assert later_s(made.samples) == pytest.approx(330e-6, abs=60e-6)


def test_distance_takes_level_and_air_takes_heights(run_one: RunOne) -> None:
    near, far = (run_one(SphereTool(), "spatialize", noise(), path=[spot(0, 0, d)]).samples[0] for d in (1, 50))
    spectra = [np.abs(np.fft.rfft(x)) for x in (near, far)]
    low, high = (slice(n * len(near) // RATE, (n + 2000) * len(near) // RATE) for n in (200, 12000))
    drop = [20 * np.log10(np.linalg.norm(spectra[0][s]) / np.linalg.norm(spectra[1][s])) for s in (low, high)]
    assert drop[0] == pytest.approx(20 * np.log10(50), abs=1)
    assert drop[1] > drop[0] + 5
    assert air.absorption_db_per_m(np.array([1000.0, 8000.0])) == pytest.approx([0.0047, 0.105], rel=0.15)


def test_paths_run_along_arcs_at_even_steps() -> None:
    path = [spot(0), spot(90, 0, 4)]
    assert at(path, 0) == (0, 0, 1)
    assert at(path, 0.5) == pytest.approx((45, 0, 2))
    assert at(path, 1) == (90, 0, 4)
    assert abs(at([spot(-90), spot(90)], 0.5)[0]) < 1e-6  # by the front
    assert at([spot(170), spot(-170)], 0.5)[0] == pytest.approx(180, abs=1e-6) or at([spot(170), spot(-170)], 0.5)[
        0
    ] == pytest.approx(-180, abs=1e-6)


def test_a_measured_head_gives_back_what_was_measured_and_lies_between() -> None:
    azimuths = np.arange(-180.0, 180.0, 10.0)
    bins = 257
    sphere = SphericalHead(pinna=False)
    responses = np.fft.irfft(np.stack([sphere.spectra(a, 0, RATE, bins) for a in azimuths]), axis=-1)
    head = MeasuredHead(azimuths, np.zeros(len(azimuths)), responses, RATE)
    for azimuth in (40.0, 45.0):
        wanted, given = sphere.spectra(azimuth, 0, RATE, bins), head.spectra(azimuth, 0, RATE, bins)
        low = slice(2, 20)
        assert np.allclose(np.abs(given[:, low]), np.abs(wanted[:, low]), rtol=0.05)
        phase = np.angle(given[0] * np.conj(given[1]) * np.conj(wanted[0] * np.conj(wanted[1])))[low]
        assert np.abs(phase).max() < 0.2
    with pytest.raises(ValueError, match="shape"):
        MeasuredHead(azimuths, azimuths, np.zeros((3, 2, 5)), RATE)


def test_a_sofa_file_is_a_head(tmp_path: Path, run_one: RunOne) -> None:
    write_head(tmp_path)
    place = Place(weights={"me.sofa": tmp_path / "me.sofa"})
    made = run_one(SofaTool(), "spatialize", noise(), place, path=[spot(60)])
    wanted = run_one(SphereTool(), "spatialize", noise(), path=[spot(60)])
    assert later_s(made.samples) == pytest.approx(later_s(wanted.samples), abs=30e-6)
    assert louder_db(made.samples) == pytest.approx(louder_db(wanted.samples), abs=2)


def test_what_is_no_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing, match="models add sofa-head"):
        SofaTool().load(Place())
    with pytest.raises(ToolMissing, match="models pull kemar"):
        KemarTool().load(Place())
    pytest.importorskip("h5py", reason="the extra 'space' is not installed")
    broken = tmp_path / "x.sofa"
    broken.write_bytes(b"no hdf5")
    with pytest.raises(ToolError, match="no SOFA file"):
        SofaTool().load(Place(weights={"x.sofa": broken}))
    with pytest.raises(ToolError, match="convention"):
        SofaTool().load(Place(weights={"y.sofa": write_sofa(tmp_path / "y.sofa", np.zeros((2, 1, 9)), np.zeros(2))}))
