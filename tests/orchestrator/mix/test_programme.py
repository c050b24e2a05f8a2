from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from pyebur128 import MeasurementMode, R128State, get_loudness_global, get_true_peak

from soundwright.orchestrator.mix import mix
from soundwright.orchestrator.mix.limiter import Limiter
from soundwright.orchestrator.mix.rawfile import RawFile
from soundwright.orchestrator.mix.true_peak import HALF_TAPS, TruePeakMeter, overshoot, peaks
from soundwright.orchestrator.timeline import Timeline
from soundwright.scripts_compiler.script import Master
from soundwright.tools.assets import Samples
from soundwright.tools.audio_files import AudioFileError
from soundwright.tools.errors import Cancelled


def measured(path: Path) -> tuple[float, float]:
    """Loudness and true peak of a file, by a library that had no part in its limiting."""
    samples, rate = soundfile.read(path, dtype="float64", always_2d=True)
    state = R128State(samples.shape[1], rate, MeasurementMode.MODE_I | MeasurementMode.MODE_TRUE_PEAK)
    state.add_frames(samples.reshape(-1), len(samples))
    return get_loudness_global(state), 20 * np.log10(max(get_true_peak(state, c) for c in range(samples.shape[1])))


def spiky(studio: Any, seconds: float = 6.0) -> Timeline:
    """Quiet speech with loud cracks: far from its target without a limiter."""
    rng = np.random.default_rng(5)
    samples = studio.voice(seconds, rate=48000) * 0.2
    for at in rng.integers(2000, samples.shape[1] - 2000, 15):
        samples[0, at : at + 400] += 0.9 * rng.standard_normal(400) * np.hanning(400)
    return Timeline((studio.clip(studio.keep("spiky", samples.astype(np.float32))),), seconds)


@pytest.mark.parametrize(
    ("rate", "loudness", "true_peak"),
    [(48000, -16.0, -1.0), (48000, -23.0, -3.0), (48000, -14.0, -2.0), (16000, -16.0, -1.0), (44100, -16.0, -1.0)],
)
def test_loudness_and_peak_are_met_together(
    studio: Any, tmp_path: Path, rate: int, loudness: float, true_peak: float
) -> None:
    settings = Master(loudness=loudness, true_peak=true_peak, sample_rate=rate)  # type: ignore[arg-type]
    report = mix(spiky(studio), settings, tmp_path / "o.flac")
    lufs, peak = measured(tmp_path / "o.flac")
    assert lufs == pytest.approx(loudness, abs=0.5)
    assert peak <= true_peak
    assert (lufs, peak) == pytest.approx((report.loudness_lufs, report.true_peak_dbtp), abs=0.1)
    assert report.limited_db > 1


def test_without_peaks_the_programme_is_only_scaled(studio: Any, tmp_path: Path) -> None:
    timeline = Timeline((studio.clip(studio.keep("a", studio.noise(5.0))),), 5.0)
    report = mix(timeline, Master(), tmp_path / "o.wav", premaster=tmp_path / "before.wav")
    before, _ = soundfile.read(tmp_path / "before.wav", dtype="float32")
    after, _ = soundfile.read(tmp_path / "o.wav", dtype="float32")
    np.testing.assert_allclose(after, before * 10 ** (report.gain_db / 20), atol=2e-7)
    assert report.limited_db == 0
    assert report.loudness_lufs == pytest.approx(-16, abs=0.01)


@pytest.mark.parametrize("name", ["o.wav", "o.flac", "o.mp3", "o.opus", "o.ogg"])
def test_every_format_holds_the_limit_once_decoded(studio: Any, tmp_path: Path, name: str) -> None:
    report = mix(spiky(studio), Master(), tmp_path / name)
    lufs, peak = measured(tmp_path / name)
    assert peak <= -1
    assert lufs == pytest.approx(-16, abs=0.5)
    assert report.files[0].true_peak_dbtp == pytest.approx(peak, abs=0.15)
    with soundfile.SoundFile(tmp_path / name) as file:
        assert file.comment == "AI-generated"


def test_opus_takes_rates_that_it_does_not_know(studio: Any, tmp_path: Path) -> None:
    report = mix(spiky(studio), Master(sample_rate=44100), tmp_path / "o.opus")
    assert report.files[0].rate == 48000
    assert soundfile.info(tmp_path / "o.opus").frames == pytest.approx(6 * 48000, abs=2)


@pytest.mark.parametrize("name", ["o.wav", "o.flac"])
def test_two_mixes_give_the_same_bytes_whatever_the_workers(studio: Any, tmp_path: Path, name: str) -> None:
    timeline = spiky(studio)
    written = []
    for jobs in (1, 5):
        mix(timeline, Master(), tmp_path / name, jobs=jobs, title="Story")
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]


def test_stems_sum_to_the_programme_before_the_limiter(studio: Any, tmp_path: Path) -> None:
    made = studio.script(
        {"type": "music", "description": "m", "layer": "background"}, studio.say(space="room"),
        {"type": "sound", "description": "s", "length": 2}, {"type": "clip", "source": "rec", "pan": 0.5},
    )  # fmt: skip
    timeline = studio.timeline(
        made, {0: studio.noise(30.0, channels=2), 1: (studio.voice(3.0), 24000), 2: studio.noise(2, seed=4),
               3: studio.tone(300, 2.0)},
    )  # fmt: skip
    report = mix(timeline, Master(), None, stems_folder=tmp_path / "stems", premaster=tmp_path / "before.wav")
    stems = [soundfile.read(p, dtype="float64")[0] for p in report.stems.values()]
    before = soundfile.read(tmp_path / "before.wav", dtype="float64")[0]
    assert sorted(p.name for p in (tmp_path / "stems").iterdir()) == ["music.wav", "sound.wav", "speech.wav"]
    assert np.abs(sum(stems) - before * 10 ** (report.gain_db / 20)).max() < 1e-6


def test_mono_and_a_silent_programme(studio: Any, tmp_path: Path) -> None:
    silent = studio.timeline(studio.script({"type": "pause", "length": 2}), {})
    report = mix(silent, Master(channels=1), tmp_path / "o.wav")
    assert soundfile.info(tmp_path / "o.wav").channels == 1
    assert soundfile.info(tmp_path / "o.wav").frames == 96000
    assert ["silent" in str(w) for w in report.warnings] == [True]


def test_what_peaks_forbid_is_said(studio: Any, tmp_path: Path) -> None:
    click = np.zeros((1, 48000), np.float32)
    click[0, ::4800] = 0.9
    report = mix(
        Timeline((studio.clip(studio.keep("c", click)),), 1.0),
        Master(loudness=-5.0, true_peak=-20.0),
        tmp_path / "o.wav",
    )
    assert report.loudness_lufs < -6
    assert "peaks" in str(report.warnings[-1])
    assert measured(tmp_path / "o.wav")[1] <= -20


def test_a_cancelled_mix_leaves_nothing(studio: Any, tmp_path: Path) -> None:
    cancel = threading.Event()
    (tmp_path / "out").mkdir()

    def stop_late(share: float) -> None:
        if share > 0.5:
            cancel.set()

    with pytest.raises(Cancelled):
        mix(spiky(studio), Master(), tmp_path / "out" / "o.flac", progress=stop_late, cancel=cancel)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_sound_that_is_gone_is_named(studio: Any, tmp_path: Path) -> None:
    timeline = spiky(studio)
    timeline.clips[0].sound.file.unlink()
    for jobs in (1, 3):
        with pytest.raises(AudioFileError, match=r"spiky\.wav"):
            mix(timeline, Master(), tmp_path / "o.flac", jobs=jobs)
    assert not (tmp_path / "o.flac").exists()


def test_true_peaks_between_samples_are_found() -> None:
    time = np.arange(4800)
    wave = (np.hanning(4800) * np.sin(np.pi / 2 * time + np.pi / 4)).astype(np.float32)[None]
    assert np.abs(wave).max() == pytest.approx(np.sqrt(0.5), abs=1e-4)
    meter = TruePeakMeter(1)
    for at in range(0, 4800, 700):
        meter.add(wave[:, at : at + 700])
    assert meter.true_peak_dbtp() == pytest.approx(0, abs=0.05)


def test_blocks_left_out_could_not_have_mattered() -> None:
    samples = np.random.default_rng(2).standard_normal((2, 50000)).astype(np.float32)
    samples *= np.abs(np.sin(np.arange(50000) / 5000)).astype(np.float32)
    everything = peaks(samples)
    for floor in (0.5, 2.0, 3.0):
        some = peaks(samples, floor)
        np.testing.assert_array_equal(some[everything > floor], everything[everything > floor])
    assert (everything <= np.abs(samples).max() * overshoot()).all()


def test_the_limiter_never_passes_its_ceiling_and_leaves_the_rest_alone() -> None:
    rng = np.random.default_rng(3)
    samples: Samples = (0.1 * rng.standard_normal((2, 96000))).astype(np.float32)
    samples[:, 40000:40400] *= 12
    limiter = Limiter(-1.0, 48000)
    padded = np.pad(samples, ((0, 0), (limiter.before, limiter.after)))
    blocks = [
        limiter.process(padded[:, at : at + 7000 + limiter.before + limiter.after]) for at in range(0, 96000, 7000)
    ]
    limited = np.concatenate(blocks, axis=1)
    assert 20 * np.log10(peaks(limited)[HALF_TAPS:-HALF_TAPS].max()) <= -0.95
    np.testing.assert_array_equal(limited[:, :39700], samples[:, :39700])
    np.testing.assert_array_equal(limited[:, 90000:], samples[:, 90000:])
    gain = limited / np.where(samples == 0, 1, samples)
    assert np.abs(np.diff(gain[0])).max() < 0.03


def test_a_full_disk_is_an_error_that_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = RawFile(tmp_path / "mixed", 1)
    with closing(raw), Path("/dev/full").open("wb", buffering=0) as full:
        raw._file.close()
        monkeypatch.setattr(raw, "_file", full)
        with pytest.raises(AudioFileError, match="mixed"):
            raw.write(np.zeros((1 << 16, 1), np.float32))
    assert not (tmp_path / "mixed").exists()
