"""Formats of others through ffmpeg, and the bridge to pydub."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import soundwright as sw
from soundwright.tools import audio_files, foreign, pydub_bridge
from soundwright.tools.analysis.fidelity import snr_db
from soundwright.tools.assets import Audio
from soundwright.tools.audio_files import AudioFileError
from soundwright.tools.base import Context, Request
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.files import FilesTool

pydub = pytest.importorskip("pydub", reason="the extra 'formats' is not installed")
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


@pytest.fixture(scope="module")
def tone() -> Audio:
    t = np.arange(2 * 48000) / 48000
    return Audio(np.asarray(0.3 * np.sin(2 * np.pi * np.array([[440], [660]]) * t), np.float32), 48000)


def encoded(folder: Path, tone: Audio, name: str, *options: str) -> Path:
    wav = audio_files.write(folder / "source.wav", tone)
    subprocess.run(
        ["ffmpeg", "-y", "-loglevel", "error", "-i", str(wav), *options, f"file:{folder / name}"], check=True
    )
    return folder / name


def test_there_and_back_loses_nothing(tone: Audio) -> None:
    segment = sw.to_pydub(tone)
    assert isinstance(segment, pydub.AudioSegment)
    assert (segment.frame_rate, segment.channels, len(segment)) == (48000, 2, 2000)
    back = sw.from_pydub(segment)
    assert snr_db(tone.samples, back.samples) > 150
    assert snr_db(tone.samples, sw.from_pydub(segment.set_sample_width(2)).samples) > 78
    assert np.abs(sw.from_pydub(sw.to_pydub(Audio(tone.samples * 9, 48000))).samples).max() == 1.0
    with pytest.raises(TypeError, match="AudioSegment"):
        sw.from_pydub(tone)


@needs_ffmpeg
@pytest.mark.parametrize("name", ["a.m4a", "a.mka", "a.wma", "a.mp4", "-i.m4a", "file:http.m4a", "a b'\"$(x).aac"])
def test_other_formats_are_read_whatever_their_name(name: str, tone: Audio, tmp_path: Path) -> None:
    made = audio_files.read(encoded(tmp_path, tone, name))
    assert made.channels == 2
    assert made.length_s == pytest.approx(2, abs=0.15)
    spectrum = np.abs(np.fft.rfft(made.samples[0]))
    assert np.argmax(spectrum) / made.length_s == pytest.approx(440, abs=2)


@needs_ffmpeg
def test_the_sound_of_a_video_is_read(tone: Audio, tmp_path: Path) -> None:
    video = encoded(
        tmp_path, tone, "film.mkv", "-f", "lavfi", "-i", "color=black:s=64x64:d=2", "-map", "0:a", "-map", "1:v",
        "-c:v", "mpeg4",
    )  # fmt: skip
    ((_, made),) = FilesTool().run([Request("load_file", {"file": str(video)})], Context())
    assert isinstance(made, Audio)
    assert made.length_s == pytest.approx(2, abs=0.1)


@needs_ffmpeg
def test_no_playlist_is_followed_and_what_is_no_sound_is_said(tone: Audio, tmp_path: Path) -> None:
    secret = encoded(tmp_path, tone, "secret.m4a")
    playlist = tmp_path / "list.m4a"
    playlist.write_text(f"#EXTM3U\n#EXTINF:2,\n{secret}\n#EXT-X-ENDLIST\n")
    silent = encoded(tmp_path, tone, "silent.mp4", "-f", "lavfi", "-i", "color=black:s=64x64:d=1", "-map", "1:v")
    for path in (playlist, silent):
        with pytest.raises(AudioFileError, match="no sound that can be read"):
            audio_files.read(path)
    with pytest.raises(AudioFileError, match="no such file"):
        foreign.read(tmp_path / "none.m4a")


@needs_ffmpeg
def test_length_size_and_time_are_bounded(tone: Audio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = encoded(tmp_path, tone, "a.m4a")
    with pytest.raises(AudioFileError, match="stopped"):
        foreign.read(path, cancelled=lambda: True)
    monkeypatch.setattr(foreign, "MAX_LENGTH_S", 1)
    with pytest.raises(AudioFileError, match="longer than"):
        foreign.read(path)
    monkeypatch.setattr(foreign, "MAX_FILE_BYTES", 10)
    with pytest.raises(AudioFileError, match="at most"):
        foreign.read(path)


def test_without_ffmpeg_the_error_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ToolMissing, match="ffmpeg"):
        pydub_bridge.ffmpeg()
    path = tmp_path / "a.m4a"
    path.write_bytes(b"x")
    with pytest.raises(ToolMissing, match="ffmpeg"):
        audio_files.read(path)
    with pytest.raises(ToolMissing, match="ffmpeg"):
        next(iter(FilesTool().run([Request("load_file", {"file": str(path)})], Context())))


def test_an_unreadable_file_is_an_error_of_the_tool(tmp_path: Path) -> None:
    ((_, made),) = FilesTool().run([Request("load_file", {"file": str(tmp_path / "no.wav")})], Context())
    assert isinstance(made, ToolError)
