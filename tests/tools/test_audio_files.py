from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile

from soundwright.tools import audio_files
from soundwright.tools.assets import Audio, Samples
from soundwright.tools.audio_files import AudioFile, AudioFileError, AudioWriter
from soundwright.tools.base import Context, Request
from soundwright.tools.errors import ToolError
from soundwright.tools.files import FilesTool


def noise(channels: int = 2, frames: int = 48000) -> Samples:
    return (0.2 * np.random.default_rng(1).standard_normal((channels, frames))).astype(np.float32).clip(-0.9, 0.9)


@pytest.mark.parametrize("channels", [1, 2])
def test_wav_keeps_every_float_bit(tmp_path: Path, channels: int) -> None:
    samples = noise(channels)
    audio_files.write(tmp_path / "a.wav", Audio(samples, 44100))
    back = audio_files.read(tmp_path / "a.wav")
    assert back.rate == 44100
    np.testing.assert_array_equal(back.samples, samples)


@pytest.mark.parametrize(("suffix", "floor"), [(".flac", 1e-6), (".mp3", 0.2), (".opus", 0.3), (".ogg", 0.3)])
def test_formats_come_back(tmp_path: Path, suffix: str, floor: float) -> None:
    time = np.arange(48000) / 48000
    samples = np.stack([0.5 * np.sin(2 * np.pi * 440 * time)] * 2).astype(np.float32)
    path = audio_files.write(tmp_path / f"a{suffix}", Audio(samples, 48000))
    back = audio_files.read(path).samples
    assert abs(back.shape[1] - 48000) <= 1
    assert np.abs(back[:, 2000:-2000] - samples[:, 2000 : back.shape[1] - 2000]).max() < floor


@pytest.mark.parametrize(("name", "coding"), [("a.wav", "FLOAT"), ("a.wav", "PCM_24"), ("a.flac", None)])
def test_same_samples_same_bytes(tmp_path: Path, name: str, coding: str | None) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        audio_files.write(tmp_path / folder / name, Audio(noise(), 48000), coding=coding, tags={"title": "T"})
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_tags_are_written(tmp_path: Path) -> None:
    for name in ("a.flac", "a.wav", "a.mp3", "a.ogg", "a.opus"):
        path = audio_files.write(
            tmp_path / name, Audio(noise(), 48000), coding="PCM_16" if name == "a.wav" else None,
            tags={"title": "Lighthouse", "comment": "AI-generated"},
        )  # fmt: skip
        with soundfile.SoundFile(path) as file:
            assert (file.title, file.comment) == ("Lighthouse", "AI-generated"), name


def test_ranges_are_clipped_to_the_file(tmp_path: Path) -> None:
    samples = noise(1, 1000)
    audio_files.write(tmp_path / "a.wav", Audio(samples, 8000))
    with AudioFile(tmp_path / "a.wav") as file:
        np.testing.assert_array_equal(file.read(-5, 10), samples[:, :10])
        np.testing.assert_array_equal(file.read(990, 2000), samples[:, 990:])
        assert file.read(1000, 2000).shape == (1, 0)
        assert file.read(7, 3).shape == (1, 0)


def test_threads_read_their_own_ranges(tmp_path: Path) -> None:
    samples = noise(2, 50000)
    audio_files.write(tmp_path / "a.flac", Audio(samples, 48000))
    whole = audio_files.read(tmp_path / "a.flac").samples
    with AudioFile(tmp_path / "a.flac") as file, ThreadPoolExecutor(8) as pool:
        starts = list(range(0, 50000, 777))
        for start, got in zip(starts, pool.map(lambda s: file.read(s, s + 777), starts), strict=True):
            np.testing.assert_array_equal(got, whole[:, start : start + 777])
    assert np.abs(whole).max() > 0.1


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = audio_files.write(tmp_path / "a.wav", Audio(noise(1, 10), 8000))
    before = path.read_bytes()

    def interrupted() -> None:
        with AudioWriter(path, 8000, 1) as writer:
            writer.write(noise(1, 100000))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.wav", None, "no such file"),
        ("empty.wav", b"", "not audio"),
        ("text.mp3", b"hello\n" * 100, "not audio"),
        ("cut.wav", b"RIFF\x00\x00\x00\x00WAVE", "not audio"),
    ],
)
def test_what_is_no_audio_is_named(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(AudioFileError, match=message):
        audio_files.probe(tmp_path / name)


def test_nothing_and_nan_are_refused(tmp_path: Path) -> None:
    audio_files.write(tmp_path / "nothing.wav", Audio(np.zeros((1, 0), np.float32), 8000))
    audio_files.write(tmp_path / "nan.wav", Audio(np.full((1, 8), np.nan, np.float32), 8000))
    with pytest.raises(AudioFileError, match="no sound"):
        audio_files.read(tmp_path / "nothing.wav")
    with pytest.raises(AudioFileError, match="not finite"):
        audio_files.read(tmp_path / "nan.wav")


@pytest.mark.parametrize(("name", "rate"), [("a.xyz", 48000), ("a.opus", 44100), ("a.mp3", 96000)])
def test_what_cannot_be_written_is_refused_at_once(tmp_path: Path, name: str, rate: int) -> None:
    with pytest.raises(AudioFileError):
        AudioWriter(tmp_path / name, rate, 2)
    assert list(tmp_path.iterdir()) == []


def test_the_tool_reads_and_names_what_is_missing(tmp_path: Path) -> None:
    samples = noise(2, 500)
    path = audio_files.write(tmp_path / "a.wav", Audio(samples, 22050))
    batch = [Request("load_file", {"file": str(path)}), Request("load_file", {"file": str(tmp_path / "b.wav")})]
    results = dict(FilesTool().run(batch, Context()))
    assert isinstance(results[0], Audio)
    np.testing.assert_array_equal(results[0].samples, samples)
    assert isinstance(results[1], ToolError)
    assert "b.wav" in str(results[1])
